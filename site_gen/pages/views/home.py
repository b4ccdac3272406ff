"""View of the front page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld, social_cards
from site_gen.pages.views.issue import front_issue
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
from site_gen.site import articles, coverage, directory, stories
from site_gen.site.coverage import MAX_LISTED_ENTITIES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.content.records import Kind, Tag
    from site_gen.core import calendar_months
    from site_gen.pages.views.issue import IssuePage
    from site_gen.site.database import SiteDatabase


class HomePage(Struct, frozen=True):
    """What `home.html` shows."""

    title: str  # heading of the page: the site's title
    issue: IssuePage | None  # the newest issue; None where no article says its date
    lead: ArticleItem | None  # the newest story, where there is no issue
    days: tuple[DayGroup, ...]  # the newest stories but those above, by day
    undated: tuple[DayGroup, ...]  # those saved last, where no story has a date
    undated_count: int  # articles without a date
    groups: tuple[EntityGroup, ...]  # of each kind who was most in the news lately, with sparklines
    total: int  # articles of the site
    stories: int  # of the site
    outlets: int  # of the site
    newest: dt.date | None  # day of the newest article
    head: Head  # what <head> says of the page


def home_page(site: SiteDatabase) -> HomePage:
    """Show the newest issue, the newest stories by day, and who is most in the news."""
    config, totals = site.config, articles.totals(site)
    issue, limit = front_issue(site), config.home_articles
    lead = None if issue else stories.lead_story(site)
    leading_urls = {story.card.url for story in issue.leads} if issue else {lead.lead.url} if lead else set()
    description = config.tagline
    if not description:
        language = language_of(site)
        description = language.articles(totals.articles)
        description += f" {language.from_outlets(totals.outlets)}"
        if totals.newest:
            newest = language.gettext("up to %(day)s", day=language.day(totals.newest))
            description += f", {newest}"
    latest = [story for story in stories.latest(site, limit + len(leading_urls)) if story.lead.url not in leading_urls]
    latest = latest[: max(0, limit - len(leading_urls))]
    undated = () if stories.days(site) else stories.undated(site)[:limit]
    months = recent_months(site)
    groups = tuple(_most_covered(site, kind, months) for kind in config.kinds)
    return HomePage(
        title=config.title,
        issue=issue,
        lead=article_item(site, lead.lead, others=lead.others) if lead else None,
        days=group_by_day(site, ((story.lead, story.others) for story in latest)),
        undated=group_by_day(site, ((story.lead, story.others) for story in undated)),
        undated_count=articles.undated_count(site),
        groups=tuple(group for group in groups if group.links),
        total=totals.articles,
        stories=totals.stories,
        outlets=totals.outlets,
        newest=totals.newest,
        head=Head(
            config.title,
            description,
            card=social_cards.site_card_url(site),
            data=json_ld.website_node(site, description),
        ),
    )


def _most_covered(site: SiteDatabase, kind: Kind, months: Sequence[calendar_months.Month]) -> EntityGroup:
    """Return the kind's entities with most stories in these months, of equal ones those with most over all time.

    Where no story has a date there are no months, and all stories count.
    """
    ranked: list[tuple[int, int, Tag, list[int]]] = []  # stories in the months and in all, negative; in each month
    for tag in directory.of_kind(site, kind.key):
        summary = coverage.summary(site, tag)
        by_month = dict(summary.months)
        recent = [by_month.get(month, 0) for month in months]
        count = sum(by_month.values()) if months else summary.stories
        if count:
            ranked.append((-sum(recent) if months else -count, -count, tag, recent))
    ranked.sort(key=lambda entry: entry[:3])
    most = -ranked[0][0] if ranked else 0
    links = tuple(
        EntityLink(
            directory.url(site, tag),
            directory.name(site, tag),
            kind.key,
            -count,
            bar_charts.bar_length(-count, most),
            spark=bar_charts.sparkline(recent),
        )
        for count, _, tag, recent in ranked[:MAX_LISTED_ENTITIES]
    )
    return EntityGroup(kind, links)
