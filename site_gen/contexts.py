"""What each kind of page shows: small frozen records, and how they are taken from the Site. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.urls import UrlPath, slugify, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.document import Anchor, Document
    from site_gen.model import Entity, Kind, Tag
    from site_gen.passages import Piece
    from site_gen.site import ArticleView, Card, EntityView, Mention, Site, Together

SPARK_MONTHS = 13
TOP = 12
_RTL = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
# The namespace of feed ids. Never change it: every published id is made with it (RFC 9562, section 5.5).
_FEED_IDS = uuid.UUID("6f0f3a52-9d0c-5a53-8a43-4d5f6d7f2b10")


@dataclass(frozen=True, slots=True)
class Plain:
    """A page that shows nothing of the content."""

    title: str


@dataclass(frozen=True, slots=True)
class EntityLink:
    """An entity where it is only named, counted or measured."""

    url: UrlPath
    name: str
    kind: str
    count: int = 0
    share: float = 0.0
    lift: float = 0.0
    spark: tuple[charts.Bar, ...] = ()
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entities of one kind."""

    kind: Kind
    links: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a list: its card, its entities, and the passage to quote if there is one."""

    card: Card
    links: tuple[EntityLink, ...] = ()
    quote: tuple[Piece, ...] = ()
    anchor: str = ""
    dir: str = "ltr"


@dataclass(frozen=True, slots=True)
class Day:
    """The articles of a day."""

    date: dt.date | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The front page."""

    title: str
    lead: Item | None
    days: tuple[Day, ...]
    groups: tuple[Group, ...]
    total: int
    outlets: int
    newest: dt.date | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of an article in excerpt mode, with the entities that it names."""

    anchor: str
    pieces: tuple[Piece, ...]
    names: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article. `document` is None in excerpt mode, where the passages stand for the text."""

    title: str
    card: Card
    lede: str
    author: tuple[str, ...]
    document: Document | None
    anchors: Mapping[str, tuple[Anchor, ...]]
    quotes: tuple[Quote, ...]
    groups: tuple[Group, ...]
    dir: str
    created: dt.date | None


@dataclass(frozen=True, slots=True)
class EntityPage:
    """A company, a topic, a person."""

    title: str
    kind: Kind
    entity: Entity
    url: UrlPath
    notes: Document | None
    chart: charts.Chart | None
    items: tuple[Item, ...]
    total: int
    outlets: int
    first: dt.date | None
    last: dt.date | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The entities under one letter of an index."""

    letter: str
    links: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class KindPage:
    """The index of a kind, A to Z."""

    title: str
    kind: Kind
    letters: tuple[Letter, ...]
    total: int
    months: int


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month in the archive's table."""

    month: int
    url: UrlPath | None
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of the archive."""

    year: int
    url: UrlPath
    count: int
    cells: tuple[MonthCell, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """All years and months, and the articles that no date is known of."""

    title: str
    years: tuple[YearRow, ...]
    undated: tuple[Card, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ArchiveYear:
    """One year by month, and who was in it."""

    title: str
    row: YearRow
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A way to another month."""

    date: dt.date
    url: UrlPath


@dataclass(frozen=True, slots=True)
class ArchiveMonth:
    """One month by day."""

    title: str
    date: dt.date
    year_url: UrlPath
    days: tuple[Day, ...]
    total: int
    groups: tuple[Group, ...]
    before: MonthLink | None
    after: MonthLink | None


@dataclass(frozen=True, slots=True)
class About:
    """What the site is."""

    title: str
    document: Document
    articles: int
    outlets: int
    counts: tuple[tuple[Kind, int], ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A page that was elsewhere."""

    title: str
    target: UrlPath


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed."""

    card: Card
    uuid: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Feed:
    """An Atom feed (RFC 4287)."""

    title: str
    uuid: str
    page: UrlPath
    entries: tuple[Entry, ...]
    updated: dt.date


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page for search engines, with the day of what is newest on it."""

    url: UrlPath
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """All pages worth finding."""

    entries: tuple[SitemapEntry, ...]


def year_url(year: int) -> UrlPath:
    """The archive page of a year."""
    return url_path("archive", f"{year:04}")


def month_url(month: charts.Month) -> UrlPath:
    """The archive page of a month."""
    return url_path("archive", f"{month[0]:04}", f"{month[1]:02}")


def direction(language: str) -> str:
    """`rtl` for languages that are written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RTL else "ltr"


def _link(site: Site, tag: Tag, count: int = 0, most: int = 0, lift: float = 0.0) -> EntityLink:
    view = site.entities[tag]
    return EntityLink(view.url, view.entity.name, tag.kind, count, charts.share(count, most), lift)


def _groups(site: Site, counts: Mapping[Tag, int], limit: int | None = None) -> tuple[Group, ...]:
    """Entities by kind, most often first."""
    groups: list[Group] = []
    for kind in site.config.kinds:
        inside = sorted(
            ((t, n) for t, n in counts.items() if t.kind == kind.key), key=lambda p: (-p[1], p[0])
        )
        most = inside[0][1] if inside else 0
        if inside:
            groups.append(Group(kind, tuple(_link(site, tag, n, most) for tag, n in inside[:limit])))
    return tuple(groups)


def _item(site: Site, card: Card, mention: Mention | None = None) -> Item:
    links = tuple(_link(site, tag) for tag in card.tags if site.config.kind(tag.kind).by == "names")
    if mention is None:
        return Item(card, links, dir=direction(card.language))
    return Item(card, links, mention.pieces, mention.block, direction(card.language))


def _days(site: Site, cards: Iterable[Card]) -> tuple[Day, ...]:
    return tuple(
        Day(date, tuple(_item(site, card) for card in inside))
        for date, inside in groupby(cards, key=lambda c: c.date)
    )


def _outlets(cards: Iterable[Card]) -> int:
    return len({card.outlet.casefold() for card in cards if card.outlet})


def _recent_months(site: Site) -> list[charts.Month]:
    if site.last_month is None:
        return []
    year, month = site.last_month
    last = year * 12 + month - 1
    return [(n // 12, n % 12 + 1) for n in range(last - SPARK_MONTHS + 1, last + 1)]


def _most_covered(site: Site, kind: Kind, months: Sequence[charts.Month]) -> Group:
    """The kind's entities with most articles in the months shown, then over all time."""
    views = [view for view in site.of_kind(kind) if view.cards]
    recent = {view.entity.tag: [view.months.get(month, 0) for month in months] for view in views}
    views.sort(key=lambda v: (-sum(recent[v.entity.tag]), -len(v.cards), v.entity.slug))
    most = sum(recent[views[0].entity.tag]) if views else 0
    links = tuple(
        EntityLink(
            view.url,
            view.entity.name,
            kind.key,
            sum(recent[view.entity.tag]),
            charts.share(sum(recent[view.entity.tag]), most),
            spark=charts.spark(recent[view.entity.tag]),
        )
        for view in views[:TOP]
    )
    return Group(kind, links)


def home(site: Site) -> Home:
    """The newest article at the head, the next ones by day, and who is most in the news."""
    cards = [view.card for view in site.articles]
    months = _recent_months(site)
    groups = tuple(_most_covered(site, kind, months) for kind in site.config.kinds)
    return Home(
        title=site.config.title,
        lead=_item(site, cards[0]) if cards else None,
        days=_days(site, cards[1 : site.config.home_articles]),
        groups=tuple(group for group in groups if group.links),
        total=len(cards),
        outlets=_outlets(cards),
        newest=max((card.date for card in cards if card.date), default=None),
    )


def about(site: Site) -> About:
    """The owner's own words, and what the site counts."""
    cards = [view.card for view in site.articles]
    counts = tuple((kind, len(site.of_kind(kind))) for kind in site.config.kinds)
    return About("About", site.about, len(cards), _outlets(cards), counts)


def article(site: Site, view: ArticleView) -> ArticlePage:
    """An article in full, or in excerpt mode the passages that name tracked entities."""
    counts = {tag: view.mentions[tag].times if tag in view.mentions else 1 for tag in view.card.tags}
    groups = tuple(
        Group(kind, tuple(_link(site, tag, counts[tag]) for tag in view.card.tags if tag.kind == kind.key))
        for kind in site.config.kinds
    )
    quotes = tuple(Quote(q.block, q.pieces, tuple(_link(site, tag) for tag in q.tags)) for q in view.quotes)
    return ArticlePage(
        title=view.card.title,
        card=view.card,
        # In an excerpt without a description the passages already hold what the lead would say.
        lede=view.card.summary if view.article.description or not quotes else "",
        author=view.article.author,
        document=view.document if view.full else None,
        anchors=view.anchors,
        quotes=quotes,
        groups=tuple(group for group in groups if group.links),
        dir=direction(view.card.language),
        created=view.article.created,
    )


def entity(site: Site, view: EntityView) -> EntityPage:
    """All that is said about an entity."""
    dates = [card.date for card in view.cards if card.date]
    chart = None
    if site.first_month and site.last_month:
        chart = charts.coverage(view.months, site.first_month, site.last_month)
    return EntityPage(
        title=view.entity.name,
        kind=site.config.kind(view.entity.kind),
        entity=view.entity,
        url=view.url,
        notes=site.notes.get(view.entity.tag),
        chart=chart,
        items=tuple(_item(site, card, view.quotes.get(card.url)) for card in view.cards),
        total=len(view.cards),
        outlets=_outlets(view.cards),
        first=min(dates, default=None),
        last=max(dates, default=None),
        groups=_together(site, view.together),
    )


def _together(site: Site, together: Sequence[Together]) -> tuple[Group, ...]:
    groups: list[Group] = []
    for kind in site.config.kinds:
        inside = [t for t in together if t.tag.kind == kind.key][:TOP]
        most = max((t.count for t in inside), default=0)
        if inside:
            groups.append(Group(kind, tuple(_link(site, t.tag, t.count, most, t.lift) for t in inside)))
    return tuple(groups)


def kind_index(site: Site, kind: Kind) -> KindPage:
    """All entities of a kind under their letters, each with its count and its last months."""
    months = _recent_months(site)
    letters: dict[str, list[EntityLink]] = {}
    for view in site.of_kind(kind):
        initial = slugify(view.entity.name)[0]
        letter = initial.upper() if initial.isalpha() else "#"
        link = EntityLink(
            view.url,
            view.entity.name,
            kind.key,
            len(view.cards),
            spark=charts.spark([view.months.get(month, 0) for month in months]) if view.cards else (),
            last=max((card.date for card in view.cards if card.date), default=None),
        )
        letters.setdefault(letter, []).append(link)
    groups = tuple(Letter(letter, tuple(links)) for letter, links in letters.items())
    return KindPage(kind.label, kind, groups, sum(len(g.links) for g in groups), len(months))


def _year_row(year: int, counts: Mapping[charts.Month, int], most: int) -> YearRow:
    cells = tuple(
        MonthCell(
            m, month_url((year, m)) if counts.get((year, m)) else None, n, charts.share(n, most) if n else 0.0
        )
        for m in range(1, 13)
        for n in [counts.get((year, m), 0)]
    )
    return YearRow(year, year_url(year), sum(cell.count for cell in cells), cells)


def archive(counts: Mapping[charts.Month, int], undated: tuple[Card, ...]) -> Archive:
    """A table of years by months, newest year first."""
    most = max(counts.values(), default=0)
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = tuple(_year_row(year, counts, most) for year in years)
    return Archive("Archive", rows, undated, sum(counts.values()) + len(undated))


def archive_year(
    site: Site, year: int, counts: Mapping[charts.Month, int], tags: Counter[Tag]
) -> ArchiveYear:
    """One year."""
    row = _year_row(year, counts, max(counts.values(), default=0))
    return ArchiveYear(str(year), row, _groups(site, tags, TOP))


def archive_month(
    site: Site,
    month: charts.Month,
    cards: Sequence[Card],
    before: charts.Month | None,
    after: charts.Month | None,
) -> ArchiveMonth:
    """One month."""
    date = dt.date(month[0], month[1], 1)
    tags = Counter(tag for card in cards for tag in card.tags)
    days = _days(site, cards)
    ways = [MonthLink(dt.date(m[0], m[1], 1), month_url(m)) if m else None for m in (before, after)]
    return ArchiveMonth(
        f"{month[0]}-{month[1]:02}",
        date,
        year_url(month[0]),
        days,
        len(cards),
        _groups(site, tags, TOP),
        *ways,
    )


def feed(title: str, identity: str, page: UrlPath, cards: Sequence[Card]) -> Feed:
    """A feed of articles. Its id and theirs stay whatever is renamed: they are made of ids, not of
    addresses or titles."""
    entries = tuple(
        Entry(
            card,
            str(uuid.uuid5(_FEED_IDS, f"article:{card.id}")),
            card.date or dt.date(int(card.url.split("/")[2]), 1, 1),
        )
        for card in cards
    )
    updated = max((entry.day for entry in entries), default=dt.date(1970, 1, 1))
    return Feed(title, str(uuid.uuid5(_FEED_IDS, identity)), page, entries, updated)
