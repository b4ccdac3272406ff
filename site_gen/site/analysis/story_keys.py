"""The keys that articles are indexed under, to find those that may tell one story (`story_blocking`). Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from site_gen.site.analysis.story_similarity import MAX_EVENT_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.site.analysis.story_similarity import ArticleFeatures

_MAX_WORDS = 32  # weightiest words that an article is indexed under

WORDS_FROM = 1 << 32  # keys below this are shingles; those above are words, each with a span of days
SPAN = 1 << 32  # the distance from a key of a word to that of the next span


def blocking_keys(article: ArticleFeatures) -> Sequence[int]:
    """Return the keys of an article with a day: its shingles, and its weightiest words with the span of the day.

    Two articles that are MAX_EVENT_DAYS apart or less are of one span or of neighbouring ones.
    """
    if article.news_day is None:
        return ()
    span = span_number(article.news_day) * SPAN
    return (*article.sketch, *[span + word for word in islice(article.terms, _MAX_WORDS)])


def span_number(day: int) -> int:
    """Return the number of the span of days that a day (an ordinal) is of."""
    return day // (MAX_EVENT_DAYS + 1)
