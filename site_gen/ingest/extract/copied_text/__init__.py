"""Drafts of plain text that was copied from a page: where the article stands in it, its title, byline and day."""
