"""What each group sees of an article and of a story, and the records for it. Pure.

Articles and stories reach cells only through groups (all of an entity, of a year of an entity, of a month…), each with
just what its cells may see of them: when one changes, the groups where that differs are the inputs that changed.
What is counted is counted by story: ten papers that print one agency's report are one.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from site_gen.content.records import StoryOverride, Tag
from site_gen.core import calendar_months
from site_gen.core.digests import digest_of
from site_gen.core.urls import UrlPath  # noqa: TC001
from site_gen.site.indexed_article import TOO_MUCH_MARKUP, unpack_detail
from site_gen.site.outlets import distinct_outlets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from site_gen.content.records import Logo
    from site_gen.core.depgraph import CellKey
    from site_gen.site.indexed_article import ArticleCard, IndexedArticle


# The groups that see stories (`project_story`), by the first part of their keys; all others see articles.
STORY_GROUPS = frozenset(
    {
        "entities of story",
        "facts of entity",
        "stories",
        "stories of entity",
        "stories of month",
        "stories of week",
        "story of article",
        "tags of month",
        "tags of week",
        "undated stories",
        "uncertain story",
    }
)
# The year of what has no day, and its month's number: no calendar has it, and it sorts after all others, newest first.
UNDATED = 0


class StoryCards(Struct, frozen=True):
    """A story, as the cards of its articles."""

    lead: ArticleCard  # the article that leads it
    others: tuple[ArticleCard, ...]  # the others that tell it, by day
    tags: tuple[Tag, ...]  # the entities that any of them names, the lead's first
    about: tuple[Tag, ...]  # the entities that any of them is about
    pairs: tuple[tuple[Tag, Tag], ...] = ()  # of them, see `IndexedArticle.pairs`
    is_report: bool = True  # whether the article that leads it may report an event: it is no guide, shop, list or forum

    @property
    def cards(self) -> tuple[ArticleCard, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


class EntityStory(NamedTuple):
    """A story in an entity's list."""

    card: ArticleCard  # the first of its articles that names the entity
    mention: bytes | None  # the passage that does, a packed `indexed_article.Mention`, if there is one
    is_about: bool  # whether any of its articles is about the entity
    others: tuple[ArticleCard, ...] = ()  # the story's other articles


class ArticleLink(NamedTuple):
    """An article as a list below another shows it."""

    url: UrlPath  # its page
    title: str  # its headline
    outlet: str  # empty where unknown
    date: dt.date | None  # of publication
    dated_by: str  # what `date` is, see `ArticleCard`
    language: str  # BCP 47 tag


class SitemapEntry(NamedTuple):
    """A page, or a sitemap, for search engines."""

    url: UrlPath  # its address
    date: dt.date | None  # of its last change, when the newest of what it shows was saved; None where not known


class StoryFacts(NamedTuple):
    """What is counted of a story under an entity; its day is that of the first article that names the entity."""

    year: int  # that it is listed under, by its day, certain or guessed; UNDATED where it has none
    published: dt.date | None  # its day where that is certain: the one that counts
    last_modified: dt.date | None  # the day of the newest of its articles, as far as it is certain
    outlets: tuple[str, ...]  # of all its articles, case-folded
    tags: tuple[Tag, ...]  # the entities that any of its articles names
    beside: tuple[Tag, ...]  # of these, whom one sentence names with the entity, or the story is about as well
    article_count: int  # how many articles tell it
    is_about: bool  # whether any of its articles is about the entity
    lead_published: dt.date | None  # the day of the article that leads it, where that is certain


# Groups with many members, by the first part of their keys: what they see is kept, with its type, and not worked out
# again from each of these articles.
KEPT_GROUPS: Mapping[str, Any] = {
    "articles": tuple[str, str],
    "dates": tuple[int, dt.date | None, dt.date | None],
    "facts of entity": StoryFacts,
    "outlets": str,
    "searched": bytes,
    "sitemap": SitemapEntry,
    "stories": tuple[dt.date | None],
    "tags": tuple[Tag, ...],
}


class EntitySummary(Struct, frozen=True):
    """An entity in numbers."""

    stories: int  # that name it
    articles: int  # that tell those stories
    outlets: int  # that published them
    first: dt.date | None  # the first certain day of a story
    last: dt.date | None  # the last certain day of a story
    months: tuple[tuple[calendar_months.Month, int], ...]  # stories whose day is certain by month, oldest first


class SiteTotals(Struct, frozen=True):
    """The site in numbers."""

    articles: int  # how many there are
    stories: int  # that they tell
    outlets: int  # that are known by name or host
    newest: dt.date | None  # the last certain day of an article


class Theme(Struct, frozen=True):
    """What pages are drawn with."""

    assets: Mapping[str, UrlPath]  # the URL of each asset by name
    templates: Mapping[str, str]  # the text of each template by name
    # The templates that a text extends, includes or imports; None among them for a name that is worked out.
    find_references: Callable[[str], frozenset[str | None]] = lambda _: frozenset()
    logo: Logo | None = None  # the site's logo


def project_article(article: IndexedArticle) -> Iterator[tuple[CellKey, object]]:
    """Yield each group that an article is in, with what the group sees of it.

    Whoever shows more of it makes every edit redraw more pages.
    """
    card = article.card
    month = calendar_months.month_of(card.date) if card.date else None
    search_month = calendar_months.number_of(month) if month else UNDATED
    yield ("articles",), (card.url, card.id)
    yield ("article", card.url), (article.file, card, article.detail)
    yield ("id", card.id), card.url
    yield ("dates",), (card.filed.year, card.date, card.published)
    yield ("outlets",), card.outlet.casefold()
    yield (("articles of month", month) if month else ("undated articles",)), card
    yield ("sitemap", card.filed.year), SitemapEntry(card.url, card.updated)
    yield ("tags",), card.tags
    yield ("searched", search_month), digest_of((card.digest, article.passages_digest))[:8]
    if TOO_MUCH_MARKUP.encode() in article.detail and unpack_detail(article.detail).caution == TOO_MUCH_MARKUP:
        yield ("plain texts",), True
    if article.redirect_from:
        yield ("redirects",), (article.redirect_from, card.title, card.url)
    for tag, name in article.written_names.items():
        yield ("written name", tag), name
    if article.features.override != StoryOverride():
        yield ("overrides",), (card.id, article.features.override)


def project_story(members: Sequence[IndexedArticle]) -> Iterator[tuple[CellKey, object]]:
    """Yield each group that a story is in, with what the group sees of it.

    members: its articles, the lead first; none for a story that does not exist.
    """
    if not members:
        return
    lead, others = members[0].card, tuple(article.card for article in members[1:])
    tags = tuple(dict.fromkeys(tag for article in members for tag in article.card.tags)) if others else lead.tags
    about = tuple(tag for tag in tags if any(tag in article.about for article in members))
    pairs = tuple(dict.fromkeys(chain.from_iterable(article.pairs for article in members)))
    outlets = tuple(card.outlet.casefold() for card in distinct_outlets(article.card for article in members))
    last_modified = max(filter(None, (article.card.updated for article in members)), default=None)
    features = members[0].features
    story = StoryCards(lead, others, tags, about, pairs, features.is_report and not features.is_doubtful)
    yield ("stories",), (lead.date,)
    if lead.date:
        month, week = calendar_months.month_of(lead.date), lead.date.isocalendar()[:2]
        yield ("stories of month", month), story
        yield ("stories of week", week), story
        # Apart from what is shown: another title of an old story changes no count of later issues.
        if lead.published:
            yield ("tags of month", month), (lead.tags, tags)
            yield ("tags of week", week), (lead.tags, tags)
    else:
        yield ("undated stories",), story
    if not lead.published:
        for article in members:
            yield ("uncertain story", article.card.id), story
    if others:
        for article in members:
            yield ("story of article", article.card.url), story
    stories_by_entity: dict[Tag, EntityStory] = {}
    for tag in dict.fromkeys(tags):
        first = next(article for article in members if tag in article.card.tags)
        card, is_about = first.card, tag in about
        yield (
            ("facts of entity", tag),
            StoryFacts(
                year=_listed_year(card),
                published=card.published,
                last_modified=last_modified,
                outlets=outlets,
                tags=tags,
                beside=tuple(
                    other
                    for other in tags
                    if (is_about and other in about) or (min(tag, other), max(tag, other)) in pairs
                ),
                article_count=len(members),
                is_about=is_about,
                lead_published=lead.published,
            ),
        )
        rest = tuple(article.card for article in members if article is not first)
        entity_story = EntityStory(card, first.mentions.get(tag), is_about, rest)
        yield ("stories of entity", tag, _listed_year(card)), entity_story
        stories_by_entity[tag] = entity_story
    # A group of each story alone, for pairs: a pair shows some stories of its entities, and stays as it is when one of
    # the others changes.
    yield ("entities of story", members[0].file), stories_by_entity


def _listed_year(card: ArticleCard) -> int:
    return card.date.year if card.date else UNDATED


def newest_first(card: ArticleCard) -> tuple[bool, int, UrlPath]:
    """Return the key that sorts articles: newest first, then the undated, saved last first; on one day by address."""
    return card.date is None, -card.filed.toordinal(), card.url
