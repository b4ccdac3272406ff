"""What a site's cells are made of: the part of each article and story that a group sees, and the records that cells
give. Pure.

Articles and stories reach cells only through groups (all of a tag, of a year of a tag, of a month…), each with just
what its cells may see of them: when one changes, the groups where that differs are the inputs that changed.
What is counted is counted by story: ten papers that print one agency's report are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core import calendar_months

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from site_gen.content.records import Logo, Tag
    from site_gen.core.depgraph import CellKey
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard, IndexedArticle


@dataclass(frozen=True, slots=True)
class StoryCards:
    """A story: the article that leads it, the others that tell it by day, and what they name, or are about, taken
    together (the lead's first)."""

    lead: ArticleCard
    others: tuple[ArticleCard, ...]
    tags: tuple[Tag, ...]
    about: tuple[Tag, ...]

    @property
    def cards(self) -> tuple[ArticleCard, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


class EntityStory(NamedTuple):
    """A story under an entity, by the first of its articles that names it: with the JSON of the passage that does, if
    there is one, whether any of them is about the entity, and the story's other articles."""

    card: ArticleCard
    mention: str | None
    is_about: bool
    others: tuple[ArticleCard, ...] = ()


class ArticleLink(NamedTuple):
    """An article as a list below another shows it."""

    url: UrlPath
    title: str
    outlet: str
    date: dt.date | None
    dated_by: str
    language: str


class StoryFacts(NamedTuple):
    """What counts about a story under an entity: the day it is filed under, its date, that if it is sure, and the day
    on which the newest of its articles was known; the outlets and entities of its articles, how many they are, and
    whether any is about the entity. `news` is the date of the story, by the article that leads it, if that says one."""

    filed: dt.date
    date: dt.date | None
    certain_date: dt.date | None
    last_modified: dt.date | None
    outlets: tuple[str, ...]
    tags: tuple[Tag, ...]
    article_count: int
    is_about: bool
    news_date: dt.date | None


@dataclass(frozen=True, slots=True)
class EntitySummary:
    """An entity in numbers: `count` stories, and the articles that tell them. `months` counts stories. `first` and
    `last` are days that are sure: a wrong guess would be one of them."""

    stories: int
    articles: int
    outlets: int
    first: dt.date | None
    last: dt.date | None
    months: tuple[tuple[calendar_months.Month, int], ...]


@dataclass(frozen=True, slots=True)
class SiteTotals:
    """The site in numbers."""

    articles: int
    stories: int
    outlets: int
    newest: dt.date | None


@dataclass(frozen=True, slots=True)
class Theme:
    """What pages are drawn with: assets by name with their URLs, for each template a digest of
    itself and of all that it can include, and the site's logo."""

    assets: Mapping[str, UrlPath]
    templates: Mapping[str, str]
    logo: Logo | None = None


def project_article(found: IndexedArticle) -> Iterator[tuple[CellKey, object]]:
    """What each group sees of an article. Whoever shows more of it makes every edit redraw more pages."""
    card = found.card
    year, month = card.filed.year, calendar_months.month_of(card.filed)
    sure = certain_date(card)
    yield ("articles",), (card.url, card.id)
    yield ("article", card.url), (found.file, card, found.detail)
    yield ("id", card.id), card.url
    yield ("dates",), (card.filed, card.date, sure)
    yield ("outlets",), card.outlet.casefold()
    yield ("month", month), card
    yield ("sitemap", year), (card.url, _known(card))
    yield ("tags",), card.tags
    if found.redirect_from:
        yield ("redirects",), (found.redirect_from, card.title, card.url)
    for tag, name in found.written_names.items():
        yield ("written", tag), name


def project_story(members: Sequence[IndexedArticle]) -> Iterator[tuple[CellKey, object]]:
    """What each group sees of a story. members: its articles, the lead first; none for a story that is not there."""
    if not members:
        return
    lead, others = members[0].card, tuple(found.card for found in members[1:])
    tags = tuple(dict.fromkeys(tag for found in members for tag in found.card.tags)) if others else lead.tags
    about = tuple(tag for tag in tags if any(tag in found.about for found in members))
    outlets = tuple(dict.fromkeys(found.card.outlet.casefold() for found in members))
    known = max(filter(None, (_known(found.card) for found in members)), default=None)
    told, news = StoryCards(lead, others, tags, about), lead.news
    yield ("stories",), lead.filed
    yield ("stories of month", calendar_months.month_of(lead.filed)), told
    yield ("stories of week", lead.filed.isocalendar()[:2]), told
    if news:  # apart from what is shown: a title of long ago is in no count of the issues after it
        yield ("counted of month", calendar_months.month_of(news)), tags
        yield ("counted of week", news.isocalendar()[:2]), tags
    if others:
        for found in members:
            yield ("story", found.card.url), told
    naming: dict[Tag, EntityStory] = {}
    for tag in dict.fromkeys(tags):
        first = next(found for found in members if tag in found.card.tags)
        card, is_about = first.card, tag in about
        yield (
            ("tagged", tag),
            StoryFacts(card.filed, card.date, certain_date(card), known, outlets, tags, len(members), is_about, news),
        )
        rest = tuple(found.card for found in members if found is not first)
        listed = EntityStory(card, first.mentions.get(tag), is_about, rest)
        yield ("listed", tag, card.filed.year), listed
        naming[tag] = listed
    # By itself, too: a pair shows a few of the stories of each, and is no other when one of the rest is.
    yield ("naming", members[0].file), naming


def certain_date(card: ArticleCard) -> dt.date | None:
    """The article's date, if that is not a guess."""
    return None if card.dated_by == "guessed" else card.date


def _known(card: ArticleCard) -> dt.date | None:
    """The first day on which our page of an article may have stood there: it was not before it was saved."""
    return max(filter(None, (certain_date(card), card.created)), default=None)


def newest_first(card: ArticleCard) -> tuple[int, UrlPath]:
    """What articles are sorted by: newest first; on one day by address."""
    return -card.filed.toordinal(), card.url
