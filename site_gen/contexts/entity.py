"""The pages of entities: one for each, and an index for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.contexts.parts import (
    TOP,
    EntityLink,
    Group,
    Item,
    list_item,
    name_link,
    outlet_count,
    recent_months,
)
from site_gen.urls import UrlPath, slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.document import Document
    from site_gen.model import Entity, Kind
    from site_gen.site import EntityView, Site, Together


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


def entity_page(site: Site, view: EntityView) -> EntityPage:
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
        items=tuple(list_item(site, card, view.quotes.get(card.url)) for card in view.cards),
        total=len(view.cards),
        outlets=outlet_count(view.cards),
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
            groups.append(Group(kind, tuple(name_link(site, t.tag, t.count, most, t.lift) for t in inside)))
    return tuple(groups)


def kind_index(site: Site, kind: Kind) -> KindPage:
    """All entities of a kind under their letters, each with its count and its last months."""
    months = recent_months(site)
    letters: dict[str, list[EntityLink]] = {}
    for view in site.of_kind(kind):
        initial = slugify(view.entity.name)[0]
        letter = initial.upper() if initial.isalpha() else "#"
        entry = EntityLink(
            view.url,
            view.entity.name,
            kind.key,
            len(view.cards),
            spark=charts.spark([view.months.get(month, 0) for month in months]) if view.cards else (),
            last=max((card.date for card in view.cards if card.date), default=None),
        )
        letters.setdefault(letter, []).append(entry)
    groups = tuple(Letter(letter, tuple(links)) for letter, links in letters.items())
    return KindPage(kind.label, kind, groups, sum(len(g.links) for g in groups), len(months))
