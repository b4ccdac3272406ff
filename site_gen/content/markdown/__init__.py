"""Markdown to blocks with permanent ids and to HTML that can hold no script; quotes of it. Pure."""
