"""How surely two articles tell one story: a copy or rewrite, or another outlet's report of the event. Pure.

How like is like enough was measured (`benchmarks/tagging/stories.py`); false joins hurt more than missed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.records import StoryOverride
from site_gen.site.analysis.keywords import Terms, term_similarity
from site_gen.site.analysis.minhash import Sketch, shared_shingles

if TYPE_CHECKING:
    from collections.abc import Set

    from site_gen.site.analysis.keywords import Rarity

MAX_COPY_DAYS = 10  # between two articles of one story: copies come late, too
MAX_EVENT_DAYS = 3  # between two reports of one event that share no sentence
# In thousandths: how much of the smaller text's shingles stand in the other, and how alike the words are.
_COPY, _COPY_WORDS = 250, 300  # a copy or a rewrite within DAYS
_SAME = 600  # the same text whenever it came, where a day is not known
_REPRINT = 900  # the same text years later
_OWN, _DAYS_OWN = 500, 2  # the outlet's own second version: its weekly reports are much alike, too
_EVENT = 130  # another outlet's report of the event
_FEWEST = 4  # shingles that are shared: fewer are a coincidence

_SILENT = StoryOverride()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFeatures:
    """What the index knows of an article.

    day: the day of its date, as an ordinal; None where none is known (the day of saving is none of the news).
    filed: the day it is sorted by. page: the address of the page it is from, whatever host and form it was fetched in
    (see `addresses.same_page`); empty where unknown. word: what a person says of its story.
    """

    file: str
    id: str
    news_day: int | None
    filed_day: int
    outlet: str
    sketch: Sketch
    terms: Terms
    page_key: str = ""
    override: StoryOverride = _SILENT

    @property
    def sort_key(self) -> tuple[int, str, str]:
        """Where it stands among all: by day, then by id."""
        return self.filed_day, self.id, self.file

    @property
    def has_override(self) -> bool:
        """Whether a person says anything of its story."""
        return self.override != _SILENT


class PreparedArticle(NamedTuple):
    """An article that is compared with several: its shingles as a set, and its words' weights with how rare they are
    (see `Rarity.weighed`)."""

    features: ArticleFeatures
    shingles: frozenset[int]
    weighted_terms: Terms


def prepare(entry: ArticleFeatures, rarity: Rarity) -> PreparedArticle:
    """An article, made ready to be compared."""
    return PreparedArticle(entry, frozenset(entry.sketch), rarity.weigh(entry.terms))


def story_similarity(of: PreparedArticle, other: ArticleFeatures, dull: Set[int]) -> int | None:
    """How surely two articles tell one story, in thousandths; 0 where they do not, None where they would not however
    rare their words were. dull: shingles that say nothing."""
    one = of.features
    if one.page_key and one.page_key == other.page_key:
        return 2000
    apart = None if one.news_day is None or other.news_day is None else abs(one.news_day - other.news_day)
    own = one.outlet == other.outlet != ""
    contained = 0
    if len(of.shingles.intersection(other.sketch)) >= _FEWEST:  # most are not, and this is soon told
        common, whole = shared_shingles(one.sketch, other.sketch, dull)
        contained = 1000 * common // whole if common >= _FEWEST else 0
    near = apart is not None and apart <= (_DAYS_OWN if own else MAX_COPY_DAYS)
    words: int | None = None
    if contained >= (
        _REPRINT if apart is not None and not near else _SAME if apart is None else _OWN if own else _COPY
    ):
        words = term_similarity(of.weighted_terms, other.terms)
        if words >= _COPY_WORDS:
            return 1000 + contained
    if apart is not None and apart <= MAX_EVENT_DAYS and not own:
        words = term_similarity(of.weighted_terms, other.terms)
        return words if words >= _EVENT else 0
    return None if words is None else 0
