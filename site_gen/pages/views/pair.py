"""The pages of pairs: two entities that recur together, the stories that name both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from site_gen.core.formatting import format_count, format_day
from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.pages.views import json_ld
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, pair_url, text_direction
from site_gen.pages.views.static_pages import RedirectPage
from site_gen.site.indexed_article import mention_from_json

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.content.records import Kind, Tag
    from site_gen.site.entity_trends import PairStory
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.site import Site


class PairPassage(NamedTuple):
    """A passage of a story that names one of the two, or both; where it stands, here and in its source."""

    quote: Markup
    words: str
    anchor: str


class SharedStory(NamedTuple):
    """A story that names both: its passages, one where that names both."""

    card: ArticleCard
    passages: tuple[PairPassage, ...]
    dir: str
    others: tuple[ArticleCard, ...]


@dataclass(frozen=True, slots=True)
class PairPage:
    """Two entities together: in `total` stories, of which the newest are shown; `expected` is how many it would be by
    chance."""

    title: str
    kind: Kind
    one: EntityLink
    other: EntityLink
    total: int
    expected: float
    first: dt.date | None
    last: dt.date | None
    chart: bar_charts.Chart | None
    stories: tuple[SharedStory, ...]
    head: Head


def pair_page(site: Site, one: Tag, other: Tag) -> PairPage:
    """The stories that name two entities, and since when there are any. LookupError where there is none."""
    found, span = site.pair(one, other), site.dated_span()
    names, url = (site.entity_name(one), site.entity_name(other)), pair_url(site, one, other)
    title, kind = f"{names[0]} and {names[1]}", site.kind(one.kind)
    said = (
        f"{title}: {format_count(found.count, 'story', 'stories')} that {'names' if found.count == 1 else 'name'} both"
    )
    said += f", since {format_day(found.first)}." if found.first else "."
    above = ((kind.label, url_path(kind.prefix)), (names[0], site.entity_url(one)))
    about = json_ld.list_member("about", (site.entity_reference(one), site.entity_reference(other)))
    return PairPage(
        title=title,
        kind=kind,
        one=entity_link(site, one, site.story_count(one)),
        other=entity_link(site, other, site.story_count(other)),
        total=found.count,
        expected=found.expected,
        first=found.first,
        last=found.last,
        chart=bar_charts.coverage_chart(dict(found.months), *span) if span else None,
        stories=tuple(map(_shared_story, found.stories)),
        head=page_head(site, url, title, said, above, members=about),
    )


def pair_redirect(site: Site, one: Tag, other: Tag) -> RedirectPage:
    """What stands at a pair's other address: one page tells of both."""
    return RedirectPage(f"{site.entity_name(one)} and {site.entity_name(other)}", pair_url(site, one, other))


def _shared_story(both: PairStory) -> SharedStory:
    passages: dict[str, PairPassage] = {}  # by their words: what is quoted for the one may be what is for the other
    for mention in both.mentions:
        block, html, words, _ = mention_from_json(mention)
        quote = Markup(html)  # noqa: S704  escaped when found
        passages.setdefault(quote.striptags(), PairPassage(quote, words, block))
    return SharedStory(both.card, tuple(passages.values()), text_direction(both.card.language), both.others)
