"""Short hashes of what the program wrote into an article, by which a person's edit is told. Pure.

They stand under `saved:`: `text` is that of the body, `facts` those of the keys above it. A value that no
longer has the hash was changed by hand, and is the person's from then on.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.content.records import Article, Draft

# The keys that extraction finds. `source` is never set anew: an article's id is made of it.
FACTS = ("title", "author", "published", "site", "source", "language", "description")


def of_text(body: str) -> str:
    """The hash of a text, whatever blanks stand around it."""
    return hashlib.sha256(body.strip().encode()).hexdigest()[:16]


def _of_fact(value: object) -> str:
    """The hash of a fact; none for one that is not there. Eight digits: chance hides one edit in four billion."""
    if value is None or value == ():
        return ""
    text = "\n".join(value) if isinstance(value, tuple) else str(value)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def of_facts(record: Article | Draft) -> dict[str, str]:
    """The hash of each fact that a record has, by its key."""
    hashes = {key: _of_fact(getattr(record, key)) for key in FACTS}
    return {key: found for key, found in hashes.items() if found}


def written(hashes: Mapping[str, str]) -> str:
    """The hashes of facts as they stand in a file: one text, for a mapping of them in each of thousands of
    files would cost a build more than all of them are worth to it."""
    return " ".join(f"{key}-{found}" for key, found in hashes.items())


def read(text: str) -> dict[str, str]:
    """The hashes that `written` wrote."""
    return {key: found for key, _, found in (word.partition("-") for word in text.split())}


def edited(article: Article) -> frozenset[str] | None:
    """The facts, and `text`, that are no longer what the program wrote. None where it kept no record of the
    facts, as it did not always: then nobody can tell."""
    if article.saved is None or not article.saved.facts:
        return None
    now, then = of_facts(article), read(article.saved.facts)
    found = {key for key in FACTS if now.get(key) != then.get(key)}
    return frozenset(found if is_text_ours(article) else {*found, "text"})


def is_fact_ours(article: Article, key: str) -> bool:
    """Whether a fact is as the program wrote it. One whose hash was not kept counts as the person's."""
    return article.saved is not None and read(article.saved.facts).get(key) == _of_fact(getattr(article, key))


def is_text_ours(article: Article) -> bool:
    """Whether an article's text is as the program wrote it."""
    return article.saved is not None and of_text(article.body) == article.saved.text
