"""View of a pair: two entities that recur together, and the stories that name both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup
from msgspec import Struct

from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, pair_url, text_direction
from site_gen.pages.views.static_pages import RedirectPage
from site_gen.site import articles, co_occurrence, coverage, directory
from site_gen.site.indexed_article import unpack_mention

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.content.records import Kind, Tag
    from site_gen.site.co_occurrence import PairStory
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard


class PairPassage(NamedTuple):
    """A passage of a story that names one of the two, or both."""

    quote: Markup  # the passage, the names marked
    words: str  # where it stands in the source: the words of a `#:~:text=` link
    anchor: str  # where it stands on the article's page: a fragment


class SharedStory(NamedTuple):
    """A story that names both."""

    card: ArticleCard  # the first of its articles that names the first of the two
    passages: tuple[PairPassage, ...]  # one for each of the two; only one where that names both
    dir: str  # direction of the article's language
    others: tuple[ArticleCard, ...]  # other articles that tell the story


class PairPage(Struct, frozen=True):
    """What `pair.html` shows: two entities together."""

    title: str  # heading of the page: both names
    kind: Kind  # of the first of the two
    one: EntityLink  # the first, with its stories
    other: EntityLink  # the second, with its stories
    total: int  # stories that name both
    expected: float  # stories that would name both by chance
    first: dt.date | None  # day of the first of them, as far as days are certain
    last: dt.date | None  # day of the last of them, likewise
    chart: bar_charts.Chart | None  # them over time
    stories: tuple[SharedStory, ...]  # the newest of them, newest first
    head: Head  # what <head> says of the page


def pair_page(site: SiteDatabase, first: Tag, second: Tag) -> PairPage:
    """Show the stories that name two entities. Raises LookupError where there is none."""
    shared, span = co_occurrence.pair(site, first, second), articles.dated_span(site)
    names, url = (directory.name(site, first), directory.name(site, second)), pair_url(site, first, second)
    title, kind, language = _pair_title(site, first, second), site.config.kind(first.kind), language_of(site)
    description = language.ngettext(
        "%(title)s: %(num)s story that names both",
        "%(title)s: %(num)s stories that name both",
        shared.count,
        title=title,
    )
    description += language.gettext(", since %(day)s", day=language.day(shared.first)) if shared.first else ""
    breadcrumbs = ((kind.label, url_path(kind.prefix)), (names[0], directory.url(site, first)))
    members = json_ld.list_member("about", (directory.reference(site, first), directory.reference(site, second)))
    return PairPage(
        title=title,
        kind=kind,
        one=entity_link(site, first, coverage.story_count(site, first)),
        other=entity_link(site, second, coverage.story_count(site, second)),
        total=shared.count,
        expected=co_occurrence.expected_count(site, first, second),
        first=shared.first,
        last=shared.last,
        chart=bar_charts.coverage_chart(dict(shared.months), *span) if span else None,
        stories=tuple(map(_shared_story, shared.stories)),
        head=page_head(site, url, title, f"{description}.", breadcrumbs, members=members),
    )


def pair_redirect(site: SiteDatabase, first: Tag, second: Tag) -> RedirectPage:
    """Show where the page of a pair is: at its other address, below the second, stands only this."""
    return RedirectPage(_pair_title(site, first, second), pair_url(site, first, second))


def _pair_title(site: SiteDatabase, first: Tag, second: Tag) -> str:
    names = {"one": directory.name(site, first), "other": directory.name(site, second)}
    return language_of(site).gettext("%(one)s and %(other)s", **names)


def _shared_story(story: PairStory) -> SharedStory:
    passages: dict[str, PairPassage] = {}  # by their words: one passage may be quoted for both
    for mention in story.mentions:
        passage = unpack_mention(mention)
        quote = Markup(passage.html)  # noqa: S704  escaped when found
        passages.setdefault(quote.striptags(), PairPassage(quote, passage.text_fragment, passage.block_id))
    return SharedStory(story.card, tuple(passages.values()), text_direction(story.card.language), story.others)
