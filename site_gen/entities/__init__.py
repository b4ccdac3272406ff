"""Entities (companies, topics, people, places): found in texts, suggested, and kept in order by a person."""
