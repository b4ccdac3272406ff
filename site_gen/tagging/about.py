"""Is a text about an entity, or does it only mention it?

Whoever stands in the title is the subject, and so is who comes up early, in the first two paragraphs, unless as a
source, a place to publish, somebody's employer: `according to Acme`, `posted to Acme`, `Acme founder Jo Doe`. Who is
named again and again is a subject wherever that begins. On labelled news (Wikinews with the salience of Trani et al.
2016, finance pages) this finds more than a count, or the title and a number of characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.tagging.words import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARAGRAPHS, _SHORTEST, _LONGEST = 2, 300, 600  # the lead: so many paragraphs, but this many characters
_LINE = 60  # characters; shorter ones are captions, bylines, buttons
OFTEN = 5  # times that make a subject by themselves
_SHARE = 0.4  # of the count of the most frequent one
_BEFORE = re.compile(
    r"(?:\b(?:according to|told|quoted|interview with|spoke (?:to|with)|provided by|reported by|by|such as|like|via"
    r"|from|for|on|including|against|former|then|ex|(?:analysts?|economists?|strategists?) (?:at|from|with)"
    r"|(?:posted|uploaded|wrote|tweeted) (?:to|on)|(?:at|from|of|with) (?:investment )?(?:bank|broker|brokerage)"
    r"|competitors?|(?:compet\w+|rivals?|also) (?:with|to|of))(?: the| an?)?|\b(?:his|her|its|their|an?))\s$",
    re.IGNORECASE,
)
# The words that _BEFORE can end with: most names need no search.
_LAST = word_set(
    "to told quoted with by as like via from for on including against former then ex at bank broker brokerage of the a"
    " an his her its their"
)
_AFTER = re.compile(
    r"(?:['’]s)? (?:report(?:s|ed|ing)\b|quot(?:es|ed)\b|(?:websites?|pages?|accounts?|feeds?|posts?|analysts?"
    r"|economists?|survey|poll|CEO|[Cc]o-?founder|founder|spokes\w+|executive|engineer|employee|director|partner|broadcaster"
    r"|presenter|journalist|correspondent|magazine|newspaper|editor|bestseller)\b|\d)"
)


def lead(title: str, paragraphs: Sequence[str]) -> tuple[int, int]:
    """Where the lead ends, and where it would end were it not for its paragraphs: in characters after the title, of
    paragraphs that end with two more."""
    at = prose = count = idle = 0
    for paragraph in paragraphs:
        at += len(paragraph) + 2
        if len(paragraph) < _LINE or paragraph == title:
            idle += len(paragraph) + 2
            continue
        count += 1
        prose += len(paragraph)
        if count >= _PARAGRAPHS and prose >= _SHORTEST:
            break
    return min(at, _LONGEST + idle), _LONGEST + idle


def is_aside(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is named as a source or beside somebody else, rather than for itself."""
    if _AFTER.match(text, end):
        return True
    last = text[max(0, start - 20) : start].rstrip().rpartition(" ")[2]
    return last.lower() in _LAST and _BEFORE.search(text, max(0, start - 40), start) is not None


def is_subject(*, count: int, most: int, early: bool, aside: bool) -> bool:
    """Whether a text whose title does not name an entity is about it.

    count: how often it is named; most: how often the most frequent one is. early: in the lead, or soon after for
    the most frequent. aside: its first mention is one.
    """
    if early and not aside:
        return True
    return count >= OFTEN and count >= _SHARE * most
