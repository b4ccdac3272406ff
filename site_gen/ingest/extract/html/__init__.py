"""Drafts of HTML pages: the text by way of trafilatura and of our own blocks, the facts by what a page declares."""
