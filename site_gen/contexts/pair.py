"""The pages of pairs: two entities that recur together, the stories that name both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from site_gen import charts
from site_gen.contexts import linked
from site_gen.contexts.head import Head, head
from site_gen.contexts.parts import EntityLink, direction, name_link, pair_url
from site_gen.contexts.simple import Redirect
from site_gen.findings import mention_of
from site_gen.phrases import counted, day
from site_gen.urls import url_path

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.findings import Card
    from site_gen.model import Kind, Tag
    from site_gen.site import Site
    from site_gen.site.company import Both


class Passage(NamedTuple):
    """A passage of a story that names one of the two, or both; where it stands, here and in its source."""

    quote: Markup
    words: str
    anchor: str


class Shared(NamedTuple):
    """A story that names both: its passages, one where that names both."""

    card: Card
    passages: tuple[Passage, ...]
    dir: str
    others: tuple[Card, ...]


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
    chart: charts.Chart | None
    stories: tuple[Shared, ...]
    head: Head


def pair_page(site: Site, one: Tag, other: Tag) -> PairPage:
    """The stories that name two entities, and since when there are any. LookupError where there is none."""
    found, span = site.pair(one, other), site.span()
    names, url = (site.name(one), site.name(other)), pair_url(site, one, other)
    title, kind = f"{names[0]} and {names[1]}", site.kind(one.kind)
    said = f"{title}: {counted(found.count, 'story', 'stories')} that {'names' if found.count == 1 else 'name'} both"
    said += f", since {day(found.first)}." if found.first else "."
    above = ((kind.label, url_path(kind.prefix)), (names[0], site.url(one)))
    about = linked.all_of("about", (site.reference(one), site.reference(other)))
    return PairPage(
        title=title,
        kind=kind,
        one=name_link(site, one, site.count(one)),
        other=name_link(site, other, site.count(other)),
        total=found.count,
        expected=found.expected,
        first=found.first,
        last=found.last,
        chart=charts.coverage(dict(found.months), *span) if span else None,
        stories=tuple(map(_shared, found.stories)),
        head=head(site, url, title, said, above, members=about),
    )


def redirect_of_pair(site: Site, one: Tag, other: Tag) -> Redirect:
    """What stands at a pair's other address: one page tells of both."""
    return Redirect(f"{site.name(one)} and {site.name(other)}", pair_url(site, one, other))


def _shared(both: Both) -> Shared:
    passages: dict[str, Passage] = {}  # by their words: what is quoted for the one may be what is for the other
    for mention in both.mentions:
        block, html, words, _ = mention_of(mention)
        quote = Markup(html)  # noqa: S704  escaped when found
        passages.setdefault(quote.striptags(), Passage(quote, words, block))
    return Shared(both.card, tuple(passages.values()), direction(both.card.language), both.others)
