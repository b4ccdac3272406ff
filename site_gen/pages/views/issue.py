"""Views of issues, the digests of a week, a month or a year: as a page, on the front page and as a mail."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.periods import Period, require_period, week_period
from site_gen.core.urls import UrlPath
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views.archive import MonthLink, month_url
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, text_direction
from site_gen.site import directory, issue_layout, issues, owner_texts
from site_gen.site.analysis.statistics import FALSE_DISCOVERY_RATE, PAST_PERIODS
from site_gen.site.outlets import count_outlets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.issue_ledger import IssueFigures, Mover
    from site_gen.content.markdown.document import Document
    from site_gen.pages.language import Language
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.issue_layout import Correction, ExtendedStory
    from site_gen.site.issues import IssueLink
    from site_gen.site.projections import StoryCards

ISSUES = UrlPath("/issues/")
_MAX_EMAIL_CORRECTIONS = 20


class IssueStory(NamedTuple):
    """A story in an issue."""

    card: ArticleCard  # the article that leads it
    others: tuple[ArticleCard, ...]  # that tell it, too
    links: tuple[EntityLink, ...]  # entities that it names, those that it is about first
    topics: tuple[EntityLink, ...]  # likewise those that are found by keywords
    dir: str  # direction of the leading article's language


class IssueSection(NamedTuple):
    """The stories of an issue under one topic or company."""

    link: EntityLink | None  # that topic or company; None for the rest, which stand under none
    stories: tuple[IssueStory, ...]  # in the order of the issue


class MoverRow(NamedTuple):
    """An entity that had more stories than usual in a period, or fewer."""

    link: EntityLink  # the entity
    stories: int  # in the period
    usual: float  # stories that its past would give it
    bars: tuple[bar_charts.Bar, ...]  # sparkline of the last periods
    words: str  # these periods in words, for those who do not see the sparkline


class IssueNews(NamedTuple):
    """Who moved in a period."""

    movers: tuple[MoverRow, ...]  # who had more stories than usual
    quiet: tuple[MoverRow, ...]  # who had fewer in the last periods
    first: tuple[EntityLink, ...]  # who was named for the first time
    pairs: tuple[tuple[EntityLink, EntityLink], ...]  # who was named together for the first time
    unit: str  # "week", "month" or "year"
    past: int  # periods that say what is usual
    rate: int  # of a hundred movers, how many may be chance


class IssuePage(Struct, frozen=True):
    """What `issue.html` shows: a week, a month, or the months of a year that have no issue."""

    title: str  # heading of the page: "Week 47, 16–22 November 2026"
    url: UrlPath  # of the page
    period: Period  # that week, month or year
    total: int  # stories
    articles: int  # that tell them
    outlets: int  # that carry them
    uncertain: int  # stories whose day is guessed or unknown since the issue was published with them
    unfollowed: int  # stories of these days that are left out, since they name nobody who is followed
    archives: tuple[MonthLink, ...]  # the months where these are listed
    dropped: int  # stories that the editor left out
    heading: str  # the editor's title; may be empty
    note: Document | None  # the editor's words
    leads: tuple[IssueStory, ...]  # the stories at the head
    sections: tuple[IssueSection, ...]  # the others
    news: IssueNews  # who moved
    chart: bar_charts.Chart | None  # stories a day; None for a year
    before: IssueLink | None  # the nearest earlier issue of the same sort
    after: IssueLink | None  # the nearest later issue of the same sort
    others: tuple[IssueLink, ...]  # of the months of a week or a year, of the weeks of a month
    published: dt.date | None  # when it was published; None where it was not
    updated: dt.date | None  # when it changed last since it was published
    added: tuple[IssueStory, ...]  # stories that came since it was published
    further: tuple[ExtendedStory, ...]  # stories that further articles tell since
    corrections: tuple[Correction, ...]  # what is not as it was published
    head: Head  # what <head> says of the page


class IssueEmail(Struct, frozen=True):
    """What `issue_email.html` and `issue_email.txt` show: an issue with no more stories than a mail has room for."""

    issue: IssuePage  # the whole of it
    sections: tuple[IssueSection, ...]  # those that the mail has, with as many stories
    leads: tuple[IssueStory, ...]  # those that the mail has
    added: tuple[IssueStory, ...]  # those that the mail has
    more: int  # stories that stand on the issue's page alone
    corrections: tuple[Correction, ...]  # those that the mail has
    unsaid: int  # corrections that stand on the issue's page alone


def issue_page(site: SiteDatabase, key: str) -> IssuePage:
    """Show an issue. key: its period's, `2026-w47`."""
    period = require_period(key)
    layout, note = issue_layout.layout(site, key), owner_texts.issue_note(site, key)
    stories, leads = layout.stories, layout.leads
    before, after = (issues.link(other) if other else None for other in issues.neighbours(site, key))
    unfollowed = issues.unfollowed_stories(site, key)
    articles, outlets = _count_sources(stories)
    language = language_of(site)
    title = language.period_title(period)
    description = title + language.gettext(": ") + language.stories(len(stories))
    description += f" {language.from_outlets(outlets)}."
    description += f" {leads[0].lead.title}" if leads else ""
    return IssuePage(
        title=title,
        url=issues.url(key),
        period=period,
        total=len(stories),
        articles=articles,
        outlets=outlets,
        uncertain=sum(1 for story in stories if story.lead.published is None),
        unfollowed=sum(count for _, count in unfollowed),
        archives=tuple(MonthLink(dt.date(*month, 1), month_url(month)) for month, _ in unfollowed),
        dropped=layout.dropped_count,
        heading=note.title if note else "",
        note=owner_texts.issue_text(site, key),
        leads=tuple(_issue_story(site, story) for story in leads),
        sections=tuple(
            IssueSection(
                entity_link(site, tag, len(members)) if tag else None,
                tuple(_issue_story(site, story) for story in members),
            )
            for tag, members in layout.sections
        ),
        news=_issue_news(site, period, issues.figures(site, key)),
        chart=None if period.unit == "year" else _stories_by_day(language, period, stories),
        before=before,
        after=after,
        others=tuple(_overlapping_issues(site, period)),
        published=layout.published,
        updated=layout.updated,
        added=tuple(_issue_story(site, late.story) for late in layout.added),
        further=layout.further,
        corrections=layout.corrections,
        head=page_head(site, issues.url(key), title, description, ((language.gettext("Issues"), ISSUES),)),
    )


def issue_email(site: SiteDatabase, key: str, max_stories: int) -> IssueEmail:
    """Show an issue with at most so many of its stories, and the first of its corrections."""
    issue = issue_page(site, key)
    leads, room = issue.leads[:max_stories], max_stories - len(issue.leads)
    sections: list[IssueSection] = []
    for section in issue.sections:
        if room > 0:
            sections.append(section._replace(stories=section.stories[:room]))
            room -= len(section.stories)
    added = issue.added[: max(0, room)]
    shown = len(leads) + sum(len(section.stories) for section in sections) + len(added)
    corrections = issue.corrections[:_MAX_EMAIL_CORRECTIONS]
    return IssueEmail(
        issue=issue,
        sections=tuple(sections),
        leads=leads,
        added=added,
        more=issue.total + len(issue.added) - shown,
        corrections=corrections,
        unsaid=len(issue.corrections) - len(corrections),
    )


def front_issue(site: SiteDatabase) -> IssuePage | None:
    """Return the newest issue for the front page; None where there is none, or no story is left to lead it."""
    key = issues.newest(site)
    return issue_page(site, key) if key and issue_layout.layout(site, key).leads else None


def _count_sources(stories: Iterable[StoryCards]) -> tuple[int, int]:
    """Return how many articles tell these stories, and how many outlets."""
    cards = [card for story in stories for card in story.cards]
    return len(cards), count_outlets(cards)


def _overlapping_issues(site: SiteDatabase, period: Period) -> list[IssueLink]:
    """Return the issues of the months of a week or a year, or of the weeks of a month."""
    overlapping = dict.fromkeys(map(week_period, period.days())) if period.unit == "month" else period.months()
    return [issues.link(other.key) for other in overlapping if issues.has_issue(site, other.key)]


def _issue_story(site: SiteDatabase, story: StoryCards) -> IssueStory:
    tags = [*story.about, *(tag for tag in story.tags if tag not in story.about)]
    found_by_name = [tag for tag in tags if site.config.kind(tag.kind).by == "names"]
    topics = [tag for tag in tags if site.config.kind(tag.kind).by != "names"]
    return IssueStory(
        card=story.lead,
        others=story.others,
        links=tuple(entity_link(site, tag) for tag in found_by_name),
        topics=tuple(entity_link(site, tag) for tag in topics),
        dir=text_direction(story.lead.language),
    )


def _issue_news(site: SiteDatabase, period: Period, figures: IssueFigures) -> IssueNews:
    """Return what the figures of a period say, with names."""
    return IssueNews(
        movers=tuple(_mover_row(site, period, mover) for mover in figures.movers),
        quiet=tuple(_mover_row(site, period, mover) for mover in figures.quiet),
        first=tuple(entity_link(site, tag) for tag in figures.first if site.config.kind(tag.kind).by == "names"),
        pairs=tuple((entity_link(site, a), entity_link(site, b)) for a, b in figures.pairs),
        unit=period.unit,
        past=PAST_PERIODS,
        rate=round(FALSE_DISCOVERY_RATE * 100),
    )


def _mover_row(site: SiteDatabase, period: Period, mover: Mover) -> MoverRow:
    *before, now = mover.spark
    language = language_of(site)
    if period.unit == "week":
        count = language.ngettext("%(num)s story in this week", "%(num)s stories in this week", now)
    elif period.unit == "month":
        count = language.ngettext("%(num)s story in this month", "%(num)s stories in this month", now)
    else:
        count = language.ngettext("%(num)s story in this year", "%(num)s stories in this year", now)
    words = language.ngettext(
        "%(name)s: %(count)s; in the %(num)s issue before %(counts)s",
        "%(name)s: %(count)s; in the %(num)s issues before %(counts)s",
        len(before),
        name=directory.name(site, mover.tag),
        count=count,
        counts=", ".join(map(str, before)),
    )
    return MoverRow(entity_link(site, mover.tag), mover.count, mover.usual, bar_charts.sparkline(mover.spark), words)


def _stories_by_day(language: Language, period: Period, stories: Iterable[StoryCards]) -> bar_charts.Chart:
    counts = Counter(story.lead.published for story in stories)
    return bar_charts.column_chart(
        [(language.day(date), _day_label(language, period, date), counts[date]) for date in period.days()]
    )


def _day_label(language: Language, period: Period, date: dt.date) -> str:
    """Return what stands below the bar of a day: its weekday in a week, every seventh day of a month."""
    if period.unit == "week":
        return language.weekday(date)
    return str(date.day) if date.day % 7 == 1 else ""
