"""Where a text's lead is, and which names stand in it as asides.

Who comes up early, in the first two paragraphs, is a subject more likely than others, unless as a source, a place to
publish, somebody's employer: `according to Acme`, `posted to Acme`, `Acme founder Jo Doe`, and not introduced (`Acme,
a maker of ropes`). `subject_model` weighs this with all else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.word_lists import WordLists

if TYPE_CHECKING:
    from collections.abc import Sequence

# The lead: so many paragraphs, but at least and at most this many characters.
_LEAD_PARAGRAPHS, _MIN_LEAD, _MAX_LEAD = 2, 300, 600
_MIN_PROSE = 60  # characters; shorter lines are captions, bylines, buttons
# What makes the next name a source's or somebody's employer, whatever else is said of it. Two words may say which
# between: `according to the market researcher Acme`, `by index provider Acme`. Who buys or sues is no source:
# `bought by Acme`.
_BEFORE_SOURCE = re.compile(
    r"\b(?:according to|laut|nach angaben von|selon|d'après|según|secondo|segundo"
    r"|told|quoted|interview with|spoke (?:to|with)|reports? (?:of|from|by)|statements? (?:of|from|by)"
    r"|(?<!\bbought )(?<!\bacquired )(?<!\btaken over )(?<!\bsued )by"
    r"|(?:analysts?|economists?|strategists?) (?:at|from|with)"
    r"|(?:at|from|of|with) (?:investment )?(?:bank|broker|brokerage)"
    r"|competitors?|(?:compet\w+|rivals?) (?:with|to|of))(?: the| an?)?"
    r"(?-i: (?!(?:of|at|for|in|on|from|with|to|that|and|or|as|is|was)\b)[a-z][a-z-]+){0,2}\s$",
    re.IGNORECASE,
)
# The words after which a name stands beside something else: unless the text goes on to say who that is.
_BEFORE_PASSING_MENTION = re.compile(
    r"\b(?:(?:such as|like|via|from|for|on|including|against|former|(?-i:then)|ex|also (?:with|to|of)"
    r"|(?:posted|uploaded|wrote|tweeted) to)(?: the| an?)?|his|her|its|their|an?)\s$",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r", (?:an?|the|one of) [^\W_]")
_LAST_WORDS = WordLists(__package__, "salience.txt").words("last words")
_AFTER_SOURCE = re.compile(
    r"(?:['’]s)? (?:report(?:s|ed|ing)\b|quot(?:es|ed)\b|(?:websites?|pages?|accounts?|feeds?|posts?|analysts?"
    r"|economists?|survey|poll|CEO|[Cc]o-?founder|founder|spokes\w+|executive|engineer|employee|director|partner|broadcaster"
    r"|presenter|journalist|correspondent|magazine|newspaper|editor|bestseller)\b|\d)"
)


class Lead(NamedTuple):
    """The beginning of a text, in characters after the title; each paragraph counts two characters for its end."""

    opening: int  # where the first paragraph of prose ends, or soon after
    end: int  # where the lead ends


def find_lead(title: str, paragraphs: Sequence[str]) -> Lead:
    """Return where a text's lead is. Lines that are no prose, and the title once more, do not count."""
    position = prose = count = skipped = opening = 0
    for paragraph in paragraphs:
        position += len(paragraph) + 2
        if len(paragraph) < _MIN_PROSE or paragraph == title:
            skipped += len(paragraph) + 2
            continue
        count += 1
        prose += len(paragraph)
        if count == 1:
            opening = max(position, skipped + _MIN_LEAD)
        if count >= _LEAD_PARAGRAPHS and prose >= _MIN_LEAD:
            break
    return Lead(opening, min(position, _MAX_LEAD + skipped))


def aside_reason(text: str, start: int, end: int) -> str:
    """Return what makes the name `text[start:end]` an aside: one that stands there as a source or beside somebody else.

    It is given in words; empty where the name stands there for itself.
    """
    if match := _AFTER_SOURCE.match(text, end):
        return f"before “{match[0].strip()}”"
    last_word = text[max(0, start - 20) : start].rstrip().rpartition(" ")[2].lower()
    may_match = last_word in _LAST_WORDS or last_word.endswith(("er", "or"))
    if may_match and (match := _BEFORE_SOURCE.search(text, max(0, start - 60), start)):
        return f"after “{match[0].strip()}”"
    match = _BEFORE_PASSING_MENTION.search(text, max(0, start - 40), start) if may_match else None
    return f"after “{match[0].strip()}”" if match and not _INTRODUCTION.match(text, end) else ""
