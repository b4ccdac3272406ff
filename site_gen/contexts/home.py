"""The front page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.contexts.parts import (
    TOP,
    Day,
    EntityLink,
    Group,
    Item,
    by_day,
    list_item,
    outlet_count,
    recent_months,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.model import Kind
    from site_gen.site import Site


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


def home_page(site: Site) -> Home:
    """The newest dated article at the head, the next ones by day, and who is most in the news."""
    cards = [view.card for view in site.articles]
    # A page that says no date goes by the day it was saved, and should not lead the news for that.
    lead = next((card for card in cards if card.dated_by == "published"), next(iter(cards), None))
    others = [card for card in cards if card is not lead]
    months = recent_months(site)
    groups = tuple(_most_covered(site, kind, months) for kind in site.config.kinds)
    return Home(
        title=site.config.title,
        lead=list_item(site, lead) if lead else None,
        days=by_day(site, others[: site.config.home_articles - 1]),
        groups=tuple(group for group in groups if group.links),
        total=len(cards),
        outlets=outlet_count(cards),
        newest=max((card.date for card in cards if card.date), default=None),
    )


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
