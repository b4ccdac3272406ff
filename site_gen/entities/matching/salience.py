"""Is a text about an entity, or does it only mention it?

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

from site_gen.entities.matching.ambiguous_names import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARAGRAPHS, _SHORTEST, _LONGEST = 2, 300, 600  # the lead: so many paragraphs, but this many characters
_LINE = 60  # characters; shorter ones are captions, bylines, buttons
OFTEN = 5  # times that make a subject by themselves
_SHARE = 0.4  # of the count of the most frequent one
# What makes the next name a source's or somebody's employer, whatever else is said of it. Two words may say which
# between: `according to the market researcher Acme`, `by index provider Acme`. Who buys or sues is no source:
# `bought by Acme`.
_SOURCE = re.compile(
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
_PASSING = re.compile(
    r"\b(?:(?:such as|like|via|from|for|on|including|against|former|(?-i:then)|ex|also (?:with|to|of)"
    r"|(?:posted|uploaded|wrote|tweeted) to)(?: the| an?)?|his|her|its|their|an?)\s$",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r", (?:an?|the|one of) [^\W_]")
# The words that they can end with: most names need no search.
_LAST = word_set(
    "laut von selon d'après según secondo segundo"
    " to told quoted with by as like via from for on including against former then ex at bank broker brokerage of the a"
    " an his her its their firm company group agency magazine site service giant competitors"
)
_AFTER = re.compile(
    r"(?:['’]s)? (?:report(?:s|ed|ing)\b|quot(?:es|ed)\b|(?:websites?|pages?|accounts?|feeds?|posts?|analysts?"
    r"|economists?|survey|poll|CEO|[Cc]o-?founder|founder|spokes\w+|executive|engineer|employee|director|partner|broadcaster"
    r"|presenter|journalist|correspondent|magazine|newspaper|editor|bestseller)\b|\d)"
)


class Lead(NamedTuple):
    """The beginning of a text, in characters after the title, of paragraphs that end with two more.

    opening: where the first paragraph of prose ends, or soon after. end: where the lead ends. reach: where it would
    end were it not for its paragraphs.
    """

    opening: int
    end: int
    reach: int


def lead(title: str, paragraphs: Sequence[str]) -> Lead:
    """Where a text's lead is. Lines that are no prose, and the title once more, do not count."""
    at = prose = count = idle = opening = 0
    for paragraph in paragraphs:
        at += len(paragraph) + 2
        if len(paragraph) < _LINE or paragraph == title:
            idle += len(paragraph) + 2
            continue
        count += 1
        prose += len(paragraph)
        if count == 1:
            opening = max(at, idle + _SHORTEST)
        if count >= _PARAGRAPHS and prose >= _SHORTEST:
            break
    return Lead(opening, min(at, _LONGEST + idle), _LONGEST + idle)


def is_aside(text: str, start: int, end: int, *, late: bool = False) -> str:
    """What makes `text[start:end]` one that is named as a source or beside somebody else, rather than for itself:
    the words beside it; empty where nothing does.

    late: it stands there once, after the opening of a text whose title names another one alone.
    """
    if found := _AFTER.match(text, end):
        return f"before “{found[0].strip()}”"
    last = text[max(0, start - 20) : start].rstrip().rpartition(" ")[2].lower()
    told = last in _LAST or last.endswith(("er", "or"))
    if told and (found := _SOURCE.search(text, max(0, start - 60), start)):
        return f"after “{found[0].strip()}”"
    found = _PASSING.search(text, max(0, start - 40), start) if told else None
    if not (late or found) or _INTRODUCED.match(text, end):
        return ""
    return f"after “{found[0].strip()}”" if found else "once, after the opening; the title names another alone"


def is_subject(*, count: int, most: int, early: bool, aside: bool) -> bool:
    """Whether a text whose title does not name an entity is about it.

    count: how often it is named; most: how often the most frequent one is. early: in the lead, or soon after for
    the most frequent. aside: its first mention is one.
    """
    if early and not aside:
        return True
    return count >= OFTEN and count >= _SHARE * most


def why_not(*, count: int, most: int, in_lead: bool, aside: str, number: bool) -> str:
    """Why a text only mentions an entity, rule by rule, in a few words.

    aside: as `is_aside` gave it. number: it is in the title, before a product's number.
    """
    where = "in the title only before a number" if number else "not in the title"
    lead = f"; in the lead only {aside}" if aside and in_lead else "; not in the lead" if not in_lead else ""
    needed = max(OFTEN, math.ceil(_SHARE * most))
    return f"{where}{lead}; named {'once' if count == 1 else f'{count} times'}, not {needed}"
