"""Whether a text is about an entity, or only mentions it.

Whoever stands in the title is the subject, and so is who comes up early, in the first two paragraphs, unless as a
source, a place to publish, somebody's employer: `according to Acme`, `posted to Acme`, `Acme founder Jo Doe`. Where
the title names one alone, another counts that stands in the opening, comes again, or is introduced (`Acme, a maker of
ropes`). Who is named again and again is a subject wherever that begins. On labelled news (Wikinews with the salience
of Trani et al. 2016, finance pages) this finds more than a count, or the title and a number of characters.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.word_lists import WordLists

if TYPE_CHECKING:
    from collections.abc import Sequence

# The lead: so many paragraphs, but at least and at most this many characters.
_LEAD_PARAGRAPHS, _MIN_LEAD, _MAX_LEAD = 2, 300, 600
_MIN_PROSE = 60  # characters; shorter lines are captions, bylines, buttons
_SUBJECT_COUNT = 5  # times that make a subject by themselves
_SUBJECT_SHARE = 0.4  # of the count of the entity that is named most often
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
    reach: int  # where the lead would end were it not for its paragraphs


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
    return Lead(opening, min(position, _MAX_LEAD + skipped), _MAX_LEAD + skipped)


def aside_reason(text: str, start: int, end: int, *, late: bool = False) -> str:
    """Return what makes the name `text[start:end]` an aside: one that stands there as a source or beside somebody else.

    It is given in words; empty where the name stands there for itself.

    late: the name stands there once, after the opening of a text whose title names another one alone.
    """
    if match := _AFTER_SOURCE.match(text, end):
        return f"before “{match[0].strip()}”"
    last_word = text[max(0, start - 20) : start].rstrip().rpartition(" ")[2].lower()
    may_match = last_word in _LAST_WORDS or last_word.endswith(("er", "or"))
    if may_match and (match := _BEFORE_SOURCE.search(text, max(0, start - 60), start)):
        return f"after “{match[0].strip()}”"
    match = _BEFORE_PASSING_MENTION.search(text, max(0, start - 40), start) if may_match else None
    if not (late or match) or _INTRODUCTION.match(text, end):
        return ""
    return f"after “{match[0].strip()}”" if match else "once, after the opening; the title names another alone"


def is_subject(*, count: int, most: int, early: bool, aside: bool) -> bool:
    """Return whether a text whose title does not name an entity is about it.

    count: how often the entity is named. most: how often the one is that is named most often. early: it stands in the
    lead, or soon after it if it is named most often. aside: its first mention is an aside (`aside_reason`).
    """
    if early and not aside:
        return True
    return count >= _SUBJECT_COUNT and count >= _SUBJECT_SHARE * most


def mention_reason(*, count: int, most: int, in_lead: bool, aside: str, number: bool) -> str:
    """Return why a text only mentions an entity, rule by rule, in a few words.

    count, most: as for `is_subject`. aside: what `aside_reason` gave. number: the entity is in the title, before a
    product's number.
    """
    where = "in the title only before a number" if number else "not in the title"
    lead = f"; in the lead only {aside}" if aside and in_lead else "; not in the lead" if not in_lead else ""
    needed = max(_SUBJECT_COUNT, math.ceil(_SUBJECT_SHARE * most))
    return f"{where}{lead}; named {'once' if count == 1 else f'{count} times'}, not {needed}"
