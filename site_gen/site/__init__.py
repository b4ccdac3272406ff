"""The whole site as memoized queries: who is named where, what tells one story, what happened when. Pure."""
