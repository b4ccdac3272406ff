"""Paths of a site's files, relative to it, and names of what a build keeps for itself in the output."""

from __future__ import annotations

CONFIG = "content/site.yaml"  # settings
ARTICLES = "content/articles"
SAVED = "content/saved"  # the saved pages that articles were made of
ABOUT = "content/about.md"
PERMALINK_LEDGER = "content/permalinks.txt"  # published addresses, see `permalink_ledger`
PARAGRAPH_LEDGER = "content/anchors.txt"  # published paragraphs, see `paragraph_ledger`
ISSUE_LEDGER = "content/issues.txt"  # published issues, see `issue_ledger`
ISSUE_NOTES = "content/issues"  # the editor's notes on issues
LEDGERS = (PERMALINK_LEDGER, PARAGRAPH_LEDGER, ISSUE_LEDGER)
SINGLE_FILES = (CONFIG, ABOUT, *LEDGERS)  # the files of content/ that are one of a kind

BUILD_FILE_PREFIX = ".site-gen."  # prefix of the names of all that a build keeps for itself in the output
LOCK = f"{BUILD_FILE_PREFIX}lock"  # held by a build that writes the output
STAGE = f"{BUILD_FILE_PREFIX}new"  # where files are written before they are moved into place
MANIFEST = f"{BUILD_FILE_PREFIX}sqlite"  # what was written, by file
