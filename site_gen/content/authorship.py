"""Hashes of what the program wrote into an article, by which a person's edit is told from it. Pure.

They stand under `saved:`: `text` is that of the body, `facts` those of the keys above it. A value that no longer has
its hash was changed by hand, and is the person's from then on.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.content.records import Article, Draft, Provenance

# The keys of an article that extraction fills. `source` is never set anew: an article's id is made of it.
FACT_KEYS = ("title", "author", "published", "site", "source", "language", "description")


def text_hash(body: str) -> str:
    """Return the hash of a body, whatever blanks stand around it: 16 hexadecimal digits."""
    return hashlib.sha256(body.strip().encode()).hexdigest()[:16]


def _fact_hash(value: object) -> str:
    """Return the hash of a fact, empty for one that is not there.

    It has eight hexadecimal digits: chance hides one edit in four billion.
    """
    if value is None or value == ():
        return ""
    text = "\n".join(value) if isinstance(value, tuple) else str(value)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def fact_hashes(record: Article | Draft) -> dict[str, str]:
    """Return the hash of each fact that a record has, by its key."""
    hashes = {key: _fact_hash(getattr(record, key)) for key in FACT_KEYS}
    return {key: fact_hash for key, fact_hash in hashes.items() if fact_hash}


def format_hashes(hashes: Mapping[str, str]) -> str:
    """Return the hashes of facts as they stand in a file: `title-5f0a91c2 author-0c1d2e3f`.

    It is one text, for a mapping of them in each of thousands of files would cost a build more than all of them are
    worth to it.
    """
    return " ".join(f"{key}-{fact_hash}" for key, fact_hash in hashes.items())


def parse_hashes(text: str) -> dict[str, str]:
    """Return the hashes of facts, by key, that `format_hashes` wrote."""
    return {key: fact_hash for key, _, fact_hash in (item.partition("-") for item in text.split())}


def saved_fields(saved: Provenance) -> dict[str, str]:
    """Return what stands under `saved:`, by key, in the order in which it is written."""
    fields = {
        "file": saved.file,
        "sha256": saved.sha256,
        "extractor": saved.extractor,
        "page": saved.page,
        "archive_sha256": saved.archive_sha256,
        "text": saved.text_hash,
        "facts": saved.fact_hashes,
    }
    return {key: value for key, value in fields.items() if value}


def edited_keys(article: Article) -> frozenset[str] | None:
    """Return the keys of facts, and `text`, whose values are no longer what the program wrote.

    None where it kept no record of the facts, as it did not always: then nobody can tell.
    """
    if article.saved is None or not article.saved.fact_hashes:
        return None
    now, then = fact_hashes(article), parse_hashes(article.saved.fact_hashes)
    keys = {key for key in FACT_KEYS if now.get(key) != then.get(key)}
    return frozenset(keys if is_text_ours(article) else {*keys, "text"})


def is_fact_ours(article: Article, key: str) -> bool:
    """Return whether a fact is as the program wrote it. One whose hash was not kept counts as the person's."""
    if article.saved is None:
        return False
    return parse_hashes(article.saved.fact_hashes).get(key) == _fact_hash(getattr(article, key))


def is_text_ours(article: Article) -> bool:
    """Return whether an article's text is as the program wrote it."""
    return article.saved is not None and text_hash(article.body) == article.saved.text_hash
