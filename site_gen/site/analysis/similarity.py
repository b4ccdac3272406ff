"""How surely two articles tell one story: a copy or rewrite, or another outlet's report of the event. Pure.

How like is like enough was measured (`benchmarks/tagging/stories.py`); false joins hurt more than missed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.records import StoryOverride
from site_gen.site.analysis.keywords import Terms, alike
from site_gen.site.analysis.minhash import Sketch, shared

if TYPE_CHECKING:
    from collections.abc import Set

    from site_gen.site.analysis.keywords import Rarity

DAYS = 10  # between two articles of one story: copies come late, too
DAYS_EVENT = 3  # between two reports of one event that share no sentence
# In thousandths: how much of the smaller text's shingles stand in the other, and how alike the words are.
_COPY, _COPY_WORDS = 250, 300  # a copy or a rewrite within DAYS
_SAME = 600  # the same text whenever it came, where a day is not known
_REPRINT = 900  # the same text years later
_OWN, _DAYS_OWN = 500, 2  # the outlet's own second version: its weekly reports are much alike, too
_EVENT = 130  # another outlet's report of the event
_FEWEST = 4  # shingles that are shared: fewer are a coincidence

_SILENT = StoryOverride()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index knows of an article.

    day: the day of its date, as an ordinal; None where none is known (the day of saving is none of the news).
    filed: the day it is sorted by. page: the address of the page it is from, whatever host and form it was fetched in
    (see `addresses.same_page`); empty where unknown. word: what a person says of its story.
    """

    file: str
    id: str
    day: int | None
    filed: int
    outlet: str
    sketch: Sketch
    terms: Terms
    page: str = ""
    word: StoryOverride = _SILENT

    @property
    def order(self) -> tuple[int, str, str]:
        """Where it stands among all: by day, then by id."""
        return self.filed, self.id, self.file

    @property
    def says(self) -> bool:
        """Whether a person says anything of its story."""
        return self.word != _SILENT


class Compared(NamedTuple):
    """An article that is compared with several: its shingles as a set, and its words' weights with how rare they are
    (see `Rarity.weighed`)."""

    entry: Entry
    shingles: frozenset[int]
    weighed: Terms


def compared(entry: Entry, rarity: Rarity) -> Compared:
    """An article, made ready to be compared."""
    return Compared(entry, frozenset(entry.sketch), rarity.weighed(entry.terms))


def likeness(of: Compared, other: Entry, dull: Set[int]) -> int | None:
    """How surely two articles tell one story, in thousandths; 0 where they do not, None where they would not however
    rare their words were. dull: shingles that say nothing."""
    one = of.entry
    if one.page and one.page == other.page:
        return 2000
    apart = None if one.day is None or other.day is None else abs(one.day - other.day)
    own = one.outlet == other.outlet != ""
    contained = 0
    if len(of.shingles.intersection(other.sketch)) >= _FEWEST:  # most are not, and this is soon told
        common, whole = shared(one.sketch, other.sketch, dull)
        contained = 1000 * common // whole if common >= _FEWEST else 0
    near = apart is not None and apart <= (_DAYS_OWN if own else DAYS)
    words: int | None = None
    if contained >= (
        _REPRINT if apart is not None and not near else _SAME if apart is None else _OWN if own else _COPY
    ):
        words = alike(of.weighed, other.terms)
        if words >= _COPY_WORDS:
            return 1000 + contained
    if apart is not None and apart <= DAYS_EVENT and not own:
        words = alike(of.weighed, other.terms)
        return words if words >= _EVENT else 0
    return None if words is None else 0
