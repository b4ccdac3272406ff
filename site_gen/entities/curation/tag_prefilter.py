"""Which article files can hold a tag, decided without parsing them. Pure.

A file is let through that holds none of the tags rather than one kept out that does: tags may be written as
slugs or as names, in any case, with quotes, points and accents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ahocorasick_rs

from site_gen.core.slugs import RESERVED_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

_DROPPED = b".'"  # signs that stand within what becomes one word of a slug: U.S., O'Neil
_WORD = re.compile("[^\\W_]+")
_FRONTMATTER_END = b"\n---"


class TagPrefilter:
    """A search for slugs and names in front matters; names may be given by `text.word_key`."""

    def __init__(self, wanted: Iterable[str]) -> None:
        """Make ready to search for any of these slugs and names."""
        words = {word for text in wanted if (word := _longest_word(text))}
        self._automaton = ahocorasick_rs.BytesAhoCorasick(sorted(words)) if words else None

    def may_hold(self, raw: bytes) -> bool:
        """Return whether a file with these bytes may hold one of the slugs or names in its front matter.

        True for front matter that is not plain: with letters beyond ASCII, or with escapes.
        """
        end = raw.find(_FRONTMATTER_END)
        head = raw if end < 0 else raw[:end]
        if not head.isascii() or b"\\" in head:
            return True
        return self._automaton is not None and bool(
            self._automaton.find_matches_as_indexes(head.lower().translate(None, _DROPPED))
        )


def _longest_word(text: str) -> bytes:
    """Return the longest word of a slug or name; empty where no text in ASCII can mean it."""
    plain = text.removesuffix(RESERVED_SUFFIX) or text
    plain = plain.lower().translate({ord("."): None, ord("'"): None})
    words = _WORD.findall(plain)
    return max(words, key=len).encode() if words and plain.isascii() else b""
