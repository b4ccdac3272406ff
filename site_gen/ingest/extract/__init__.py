"""Saved page to draft: the text of an article and its facts, each with a doubt where it is a guess. Pure."""
