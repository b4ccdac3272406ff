"""Where the files of a site stand, relative to it; and in its output, those that a build keeps for itself."""

from __future__ import annotations

CONFIG = "content/site.yaml"
ARTICLES = "content/articles"
SAVED = "content/saved"
ABOUT = "content/about.md"
LEDGER = "content/permalinks.txt"
ANCHORS = "content/anchors.txt"
ISSUED = "content/issues.txt"
ISSUES = "content/issues"
LEDGERS = (LEDGER, ANCHORS, ISSUED)  # what was published
ALONE = (CONFIG, ABOUT, *LEDGERS)  # the files of content/ that stand for themselves

OWN = ".site-gen."  # what the names begin with of all that a build keeps for itself in the output
LOCK = f"{OWN}lock"
STAGE = f"{OWN}new"  # where files are written before they are moved into place
MANIFEST = f"{OWN}sqlite"
