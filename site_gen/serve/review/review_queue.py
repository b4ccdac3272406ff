"""Find the articles that a person should look at: those that readers see most first, alike ones together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content import loader
from site_gen.content.periods import week_period
from site_gen.ingest.extract.html.page_kind import may_be_answered

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Doubts
    from site_gen.core.errors import Problem


class Question(NamedTuple):
    """What is asked of an article: alike ones can be answered at once."""

    outlet: str  # the outlet's name, else the host of its address; empty where neither is known
    doubts: Doubts  # pairs of a key of its front matter and why that is not sure


class DoubtfulArticle(Struct, frozen=True):
    """An article with doubts, as it was when the list was made."""

    file: str  # its path in the site: `content/articles/2019/x.md`
    title: str  # as its file has it
    source: str | None  # the URL that it was published at
    question: Question  # what is not sure of it

    @property
    def doubts(self) -> Doubts:
        """Pairs of a key of its front matter and why that is not sure."""
        return self.question.doubts


class ReviewQueue(NamedTuple):
    """What there is to look at."""

    articles: list[DoubtfulArticle]  # in the order in which to ask; those with the same question stand together
    not_asked: int  # how many others are doubtful only in what a person cannot answer
    problems: Sequence[Problem]  # what is wrong with the site's content; it does not keep the others from being asked


def find_doubtful(site: Path) -> ReviewQueue:
    """Return the articles with doubts: what readers see most comes first, with all that are doubtful alike.

    Seen most is what is about somebody who is followed, or names one, and what is in the newest week, which the front
    page and the open issue show. Raises UsageError where there is no site.
    """
    content, problems = loader.load(site)
    doubtful = [article for article in content.articles if article.doubts]
    asked = [article for article in doubtful if may_be_answered(article.doubts)]
    followed = {kind.key for kind in content.config.kinds if kind.by == "names"}
    newest = max((article.published for article in content.articles if article.published), default=None)
    groups: dict[Question, list[Article]] = {}
    for article in sorted(asked, key=lambda article: (-_visibility(article, followed, newest), article.file)):
        groups.setdefault(Question(article.outlet, article.doubts), []).append(article)
    articles = [
        DoubtfulArticle(article.file, article.title, article.source, question)
        for question, group in groups.items()
        for article in group
    ]
    return ReviewQueue(articles, len(doubtful) - len(asked), problems)


def _visibility(article: Article, followed: set[str], newest: dt.date | None) -> int:
    """Return how much a mistake in an article would be seen, 0 to 5.

    followed: the kinds of those who are followed. newest: the day of the newest article.
    """
    is_about = any(tag.kind in followed for tag in article.about)
    names_one = any(tag.kind in followed for tag in article.tags)
    is_new = bool(newest and article.published and week_period(article.published) == week_period(newest))
    return 2 * is_about + names_one + 2 * is_new
