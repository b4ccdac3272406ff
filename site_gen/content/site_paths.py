"""Paths of a site's files, relative to it, and names of what a build keeps for itself in the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIG = "content/site.yaml"  # settings
ARTICLES = "content/articles"
SAVED = "content/saved"  # the saved pages that articles were made of
ABOUT = "content/about.md"
PERMALINK_LEDGER = "content/permalinks.txt"  # published addresses, see `permalink_ledger`
PARAGRAPH_LEDGER = "content/anchors.txt"  # published paragraphs, see `paragraph_ledger`
ISSUE_LEDGER = "content/issues.txt"  # published issues, see `issue_ledger`
ISSUE_NOTES = "content/issues"  # the editor's notes on issues
LEDGERS = (PERMALINK_LEDGER, PARAGRAPH_LEDGER, ISSUE_LEDGER)
SINGLE_FILES = (CONFIG, ABOUT, *LEDGERS)  # the files of content/ that are one of a kind, see `loader`
UNDO_JOURNALS = ".site-gen/undo"  # what commands changed, see `undo_journal`
CONTENT_LOCK = ".site-gen/content.lock"  # held by a command that changes content/
LEDGERS_BEGUN = ".site-gen/ledgers-begun"  # there while the first ledgers are written
ENTITY_JOURNAL = ".site-gen/entity-journal.json"  # what an `entity` command has left to do

BUILD_FILE_PREFIX = ".site-gen."  # prefix of the names of all that a build keeps for itself in the output
LOCK = f"{BUILD_FILE_PREFIX}lock"  # held by a build that writes the output
STAGE = f"{BUILD_FILE_PREFIX}new"  # where files are written before they are moved into place
MANIFEST = f"{BUILD_FILE_PREFIX}sqlite"  # what was written, by file


def markdown_folders(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the folders whose Markdown files a site is made of. kinds: the folders of its entities."""
    return (*(f"content/{kind}" for kind in kinds), ARTICLES, ISSUE_NOTES)


def is_content_file(name: str, kinds: Iterable[str]) -> bool:
    """Tell whether a site reads a file of this name. kinds: the folders of its entities."""
    folders = tuple(f"{folder}/" for folder in markdown_folders(kinds))
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    return name in SINGLE_FILES or (name.endswith(".md") and name.startswith(folders) and not is_hidden)
