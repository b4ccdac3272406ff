"""Slugs: the one place that turns a name or a title into a segment of an address. Pure."""

from __future__ import annotations

import re
import unicodedata

from site_gen.core.folding import PLAIN_LETTERS
from site_gen.core.text import scrub, words

MAX_SEGMENT_BYTES = 120  # of a slug, in UTF-8
NEW_SEGMENT_BYTES = 110  # of a slug that is made of a title: `-23` may have to follow
# Names that Windows will not have as a file, with or without a suffix
# (Microsoft, "Naming Files, Paths, and Namespaces").
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
RESERVED_SUFFIX = "-page"  # what is put after such a name
_PLAIN_LETTERS = str.maketrans(PLAIN_LETTERS)
_APOSTROPHES = re.compile("['’ʼ]")
# Letters and marks that show nothing (Unicode, Default_Ignorable_Code_Point, less the joiners): two
# slugs must not differ in what nobody sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")  # U.S. is `us`, not `u-s`
_MAX_ROUNDS = 8  # of `slugify`
_MARK_ON_LATIN = re.compile("([a-z])[\u0300-\u036f]+")
# What nearly all slugs look like. A text of such a form needs no more work; any other takes the long way, which gives
# the same for these too.
_PLAIN_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def slugify(text: str, fallback: str = "untitled", limit: int = MAX_SEGMENT_BYTES) -> str:
    """Return a lower-case path segment for any text: `Voss & Daughters' plc` gives `voss-daughters-plc`.

    Latin letters lose their accents. Where most letters are of another script they stay as they are
    (`海康威视`). Never empty, never a name that a file system refuses, at most `limit` bytes of UTF-8,
    and a fixed point: slugify(slugify(x)) == slugify(x).
    """
    if _is_plain_slug(text, limit):
        return text
    slug = _slug(scrub(text), limit)
    # Folding can lay open more to fold (a letter that decomposes to a capital), and a cut can leave
    # more Latin letters than others; each round only takes away.
    for _ in range(_MAX_ROUNDS):
        again = _slug(slug, limit)
        if again == slug:
            break
        slug = again
    if not slug:
        return fallback
    return f"{slug}{RESERVED_SUFFIX}" if slug in _RESERVED else slug


def spell_signs(name: str) -> str:
    """Return a slug for a name that has signs which `slugify` drops: `c-plus-plus`, `c-sharp`."""
    return slugify(name.replace("+", " plus ").replace("#", " sharp "))


def _is_plain_slug(text: str, limit: int = MAX_SEGMENT_BYTES) -> bool:
    return len(text) <= limit and _PLAIN_SLUG.fullmatch(text) is not None and text not in _RESERVED


def _slug(text: str, limit: int) -> str:
    """Return a text after one round of `slugify`; empty when no letter or digit is left."""
    if text.isascii():  # its letters need no folding but to lower case, and stand in no other script
        return _cut("-".join(words(_without_points(text.lower().replace("'", "")))), limit)
    folded = unicodedata.normalize("NFKC", text).casefold().lower()  # casefold gives Cherokee capitals
    folded = _APOSTROPHES.sub("", _INVISIBLE.sub("", folded)).translate(_PLAIN_LETTERS)
    folded = _MARK_ON_LATIN.sub(r"\1", unicodedata.normalize("NFD", folded))
    folded = unicodedata.normalize("NFC", folded)
    folded = _without_points(folded)
    letters = [c for c in folded if c.isalpha()]
    latin = sum("a" <= c <= "z" for c in letters)
    if letters and latin * 2 >= len(letters):
        folded = "".join(c if c.isascii() else " " for c in folded)
    signs: list[str] = []
    for c in folded:
        # Marks (Mn, Mc) belong to their letter: Indic vowels, Arabic points. One without a letter goes.
        if c.isalnum() or (unicodedata.category(c)[0] == "M" and signs and signs[-1] != "-"):
            signs.append(c)
        elif signs and signs[-1] != "-":
            signs.append("-")
    return _cut("".join(signs).strip("-"), limit)


def _without_points(text: str) -> str:
    """Return a folded text whose initials stand together."""
    return _INITIALS.sub(lambda m: m[0].replace(".", ""), text) if "." in text else text


def _cut(slug: str, limit: int) -> str:
    """Return at most `limit` bytes of a slug, cut at a hyphen if one is near, never inside a character."""
    raw = slug.encode()
    if len(raw) <= limit:
        return slug
    cut = unicodedata.normalize("NFC", raw[:limit].decode(errors="ignore"))
    head, _, tail = cut.rpartition("-")
    return (head if head and len(tail) < 30 else cut).strip("-")


def is_reserved(stem: str) -> bool:
    """Tell whether Windows will have no file of this name, given without suffix."""
    return stem.lower() in _RESERVED


def is_slug(text: str) -> bool:
    """Return whether a file name (without suffix) or a tag can stand in a URL as it is."""
    return _is_plain_slug(text) or text == slugify(text)
