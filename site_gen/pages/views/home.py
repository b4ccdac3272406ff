"""The front page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.formatting import format_count, format_day
from site_gen.pages import bar_charts
from site_gen.pages.views import json_ld, social_cards
from site_gen.pages.views.issue import FrontIssue, front_issue
from site_gen.pages.views.meta_tags import Head
from site_gen.pages.views.page_parts import (
    ArticleItem,
    DayGroup,
    EntityGroup,
    EntityLink,
    article_item,
    group_by_day,
    recent_months,
)
from site_gen.site.coverage import MAX_LISTED_ENTITIES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.content.records import Kind, Tag
    from site_gen.core import calendar_months
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True)
class HomePage:
    """The front page: the newest issue, or where no article says its date, the newest story as `lead`."""

    title: str
    issue: FrontIssue | None
    lead: ArticleItem | None
    days: tuple[DayGroup, ...]
    groups: tuple[EntityGroup, ...]
    total: int
    stories: int
    outlets: int
    newest: dt.date | None
    head: Head


def home_page(site: Site) -> HomePage:
    """The newest issue at the head, the newest stories by day, and who is most in the news."""
    config, totals = site.config(), site.totals()
    issue, shown = front_issue(site), config.home_articles
    lead = None if issue else site.lead_story()
    above = {story.card.url for story in issue.leads} if issue else {lead.lead.url} if lead else set()
    said = config.tagline or f"{format_count(totals.articles, 'article')} from {format_count(totals.outlets, 'outlet')}"
    if not config.tagline and totals.newest:
        said += f", up to {format_day(totals.newest)}"
    others = [told for told in site.latest_stories(shown + len(above)) if told.lead.url not in above]
    months = recent_months(site)
    groups = tuple(_most_covered(site, kind, months) for kind in config.kinds)
    return HomePage(
        title=config.title,
        issue=issue,
        lead=article_item(site, lead.lead, others=lead.others) if lead else None,
        days=group_by_day(site, ((told.lead, told.others) for told in others[: max(0, shown - len(above))])),
        groups=tuple(group for group in groups if group.links),
        total=totals.articles,
        stories=totals.stories,
        outlets=totals.outlets,
        newest=totals.newest,
        head=Head(config.title, said, card=social_cards.site_card_url(site), data=json_ld.website_node(site, said)),
    )


def _most_covered(site: Site, kind: Kind, months: Sequence[calendar_months.Month]) -> EntityGroup:
    """The kind's entities with most stories in the months shown, then over all time."""
    found: list[tuple[int, int, Tag, list[int]]] = []
    for tag in site.entities_of_kind(kind.key):
        summary = site.entity_summary(tag)
        if summary.stories:
            by_month = dict(summary.months)
            recent = [by_month.get(month, 0) for month in months]
            found.append((-sum(recent), -summary.stories, tag, recent))
    found.sort(key=lambda f: f[:3])
    most = sum(found[0][3]) if found else 0
    links = tuple(
        EntityLink(
            site.entity_url(tag),
            site.entity_name(tag),
            kind.key,
            sum(recent),
            bar_charts.bar_length(sum(recent), most),
            spark=bar_charts.sparkline(recent),
        )
        for _, _, tag, recent in found[:MAX_LISTED_ENTITIES]
    )
    return EntityGroup(kind, links)
