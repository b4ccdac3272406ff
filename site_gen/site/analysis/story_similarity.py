"""How surely two articles tell one story: a copy or rewrite, or another outlet's report of the event. Pure.

The thresholds were measured (`benchmarks/analysis/stories.py`); false joins hurt more than missed ones.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.records import StoryOverride
from site_gen.site.analysis.keywords import Terms, term_similarity
from site_gen.site.analysis.minhash import Sketch, shared_shingles

if TYPE_CHECKING:
    from collections.abc import Set

    from site_gen.site.analysis.keywords import Rarity

MAX_COPY_DAYS = 10  # between two articles of one story: copies come late, too
MAX_EVENT_DAYS = 3  # between two reports of one event that share no sentence
# Thresholds in thousandths: containment (how much of the smaller text's shingles stand in the other), and similarity of
# terms.
_MIN_COPY = 300  # a copy or a rewrite within MAX_COPY_DAYS
_MIN_REPRINT = 900  # a copy years later
_MIN_SECOND_VERSION, _MAX_SECOND_VERSION_DAYS = 500, 2  # by the same outlet: its weekly reports are much alike, too
_MIN_COPY_TERMS = 400  # terms of a copy: less is shared boilerplate, or a page that is another every day
MIN_EVENT_TERMS = 160  # another outlet's report of the event, where others confirm it
_MIN_SHINGLES = 4  # shared shingles: fewer are a coincidence
COPY = 1000  # from this similarity on two articles are copies
SAME_PAGE = 3000  # the similarity of two articles that were saved from one page: above any other

_AFTER_ALL_DAYS = dt.date.max.toordinal()
_NO_OVERRIDE = StoryOverride()


class ArticleFeatures(Struct, frozen=True, kw_only=True):
    """What comparing an article with others needs. Days are ordinals (`date.toordinal`)."""

    file: str  # the article's, relative to the site
    id: str  # the article's
    # Of publication, certain or guessed; None where unknown: the day of saving is none of the news.
    news_day: int | None
    filed_day: int  # the day it is sorted by
    outlet: str  # case-folded; empty where unknown
    sketch: Sketch  # by which copies are told
    terms: Terms  # its weightiest words
    is_day_guessed: bool = False  # whether `news_day` is in doubt
    domain: str = ""  # of the outlet's hosts (`outlet_domain`); empty where unknown
    is_report: bool = True  # whether it may report an event: it is no guide or shop, by its title and by how it speaks
    is_doubtful: bool = False  # whether its text may not be that of an article: a list, a forum, a cookie wall
    page_key: str = ""  # equal for articles saved from one page (`page_key`); empty where the source is unknown
    override: StoryOverride = _NO_OVERRIDE  # what a person says of its story

    @property
    def sort_key(self) -> tuple[int, str, str]:
        """The place of the article among all: by day, then by id; those of which no day is known come last."""
        return self.news_day or _AFTER_ALL_DAYS + self.filed_day, self.id, self.file

    @property
    def has_override(self) -> bool:
        """Whether a person says anything of its story."""
        return self.override != _NO_OVERRIDE


class PreparedArticle(NamedTuple):
    """An article made ready to be compared with several."""

    features: ArticleFeatures  # the article's own
    shingles: frozenset[int]  # its sketch as a set
    weighted_terms: Terms  # its terms with the rarity of their words (`Rarity.weigh`)


def prepare(features: ArticleFeatures, rarity: Rarity) -> PreparedArticle:
    """Make an article ready to be compared."""
    return PreparedArticle(features, frozenset(features.sketch), rarity.weigh(features.terms))


def story_similarity(article: PreparedArticle, other: PreparedArticle, ignored: Set[int]) -> int | None:
    """Return how surely two articles tell one story, in thousandths; from COPY on they are copies.

    0 where they do not, None where they would not however rare their words were: one without a day tells a story of its
    own. ignored: shingles that say nothing.
    """
    one, two = article.features, other.features
    if one.is_doubtful or two.is_doubtful or one.news_day is None or two.news_day is None:
        return None
    is_same_page = one.page_key == two.page_key != ""
    days = abs(one.news_day - two.news_day)
    is_one_outlet = one.outlet == two.outlet != "" or one.domain == two.domain != ""
    containment = 0
    if len(article.shingles & other.shingles) >= _MIN_SHINGLES:  # a quick test that most pairs fail
        common, sample = shared_shingles(one.sketch, two.sketch, ignored)
        containment = 1000 * common // sample if common >= _MIN_SHINGLES else 0
    is_copy = is_same_page or containment >= _min_containment(days, is_one_outlet=is_one_outlet)
    may_be_event = days <= MAX_EVENT_DAYS and not is_one_outlet
    if not is_copy and not may_be_event:
        return None
    similarity = term_similarity(article.weighted_terms, other.weighted_terms)
    if is_copy and similarity >= _MIN_COPY_TERMS:
        return SAME_PAGE if is_same_page else COPY + containment
    if not (one.is_report and two.is_report):
        similarity = similarity * 2 // 3
    return similarity if may_be_event and similarity >= MIN_EVENT_TERMS else 0


def _min_containment(days: int, *, is_one_outlet: bool) -> int:
    """Return the least containment of a copy. days: between the two articles."""
    if days > (_MAX_SECOND_VERSION_DAYS if is_one_outlet else MAX_COPY_DAYS):
        return _MIN_REPRINT
    return _MIN_SECOND_VERSION if is_one_outlet else _MIN_COPY
