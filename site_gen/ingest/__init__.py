"""Saved page to article file: files are read (`formats`), text and facts extracted (`extract`), articles written."""
