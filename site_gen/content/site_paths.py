"""Paths of a site's files, relative to it, and names of what a build keeps for itself in the output."""

from __future__ import annotations

CONFIG = "content/site.yaml"  # settings
ARTICLES = "content/articles"
SAVED = "content/saved"  # the saved pages that articles were made of
ABOUT = "content/about.md"
LEDGER = "content/permalinks.txt"  # published addresses, see `permalink_ledger`
ANCHORS = "content/anchors.txt"  # published paragraphs, see `paragraph_ledger`
ISSUED = "content/issues.txt"  # published issues, see `issue_ledger`
ISSUES = "content/issues"  # the editor's notes on issues
LEDGERS = (LEDGER, ANCHORS, ISSUED)
ALONE = (CONFIG, ABOUT, *LEDGERS)  # the files of content/ that are one of a kind

OWN = ".site-gen."  # prefix of the names of all that a build keeps for itself in the output
LOCK = f"{OWN}lock"  # held by a build that writes the output
STAGE = f"{OWN}new"  # where files are written before they are moved into place
MANIFEST = f"{OWN}sqlite"  # what was written, by file
