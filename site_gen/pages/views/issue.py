"""Issues: the digest of a week or a month, as a page, on the front page and as a mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.periods import Period, month_period, require_period, week_period
from site_gen.core.formatting import format_count, format_day
from site_gen.core.urls import UrlPath, url_path
from site_gen.pages import bar_charts
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, text_direction
from site_gen.site.analysis.statistics import FALSE_DISCOVERY_RATE, PAST_PERIODS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.issue_ledger import IssueFigures, Mover
    from site_gen.content.markdown.document import Document
    from site_gen.site.frozen_issues import Correction
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import StoryCards
    from site_gen.site.site import Site

ISSUES = UrlPath("/issues/")
_MAILED = 20  # corrections that a mail says
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class IssueStory(NamedTuple):
    """A story in an issue: the article that leads it, the others that tell it, whom it names, and its topics."""

    card: ArticleCard
    others: tuple[ArticleCard, ...]
    links: tuple[EntityLink, ...]
    topics: tuple[EntityLink, ...]
    dir: str


class IssueSection(NamedTuple):
    """The stories of an issue under one topic or company; the rest stand under none."""

    link: EntityLink | None
    stories: tuple[IssueStory, ...]


class ExtendedStory(NamedTuple):
    """A story that further articles tell since its issue was published."""

    card: ArticleCard
    others: tuple[ArticleCard, ...]


class CorrectionNote(NamedTuple):
    """A correction of an issue that was published (`Correction` says which there are), with the issue that has the
    story now."""

    what: str
    was: str
    url: UrlPath | None
    now: str
    issue: IssueLink | None


class MoverRow(NamedTuple):
    """An entity that moved: its name, its stories in the period, how many its past would give it, and the last periods
    as bars and in words."""

    link: EntityLink
    stories: int
    usual: float
    bars: tuple[bar_charts.Bar, ...]
    words: str


class IssueLink(NamedTuple):
    """A way to an issue."""

    url: UrlPath
    period: Period
    stories: int = 0
    share: float = 0.0


class IssueNews(NamedTuple):
    """Who moved in a period, who is gone quiet, who is new, and who is with whom for the first time."""

    movers: tuple[MoverRow, ...]
    quiet: tuple[MoverRow, ...]
    first: tuple[EntityLink, ...]
    pairs: tuple[tuple[EntityLink, EntityLink], ...]
    unit: str
    past: int  # periods that make the past
    rate: int  # of a hundred movers, how many may be chance


@dataclass(frozen=True, slots=True)
class IssuePage:
    """A week or a month. `undated`: stories that go by the day they were saved, or by none; `dropped`: those that the
    editor left out. `heading` and `note` are the editor's. Of an issue that was published: when, and when it changed
    last; what was `added` since, which stories `further` articles tell, what was corrected."""

    title: str
    url: UrlPath
    period: Period
    total: int
    articles: int
    outlets: int
    undated: int
    dropped: int
    heading: str
    note: Document | None
    leads: tuple[IssueStory, ...]
    sections: tuple[IssueSection, ...]
    news: IssueNews
    chart: bar_charts.Chart
    before: IssueLink | None
    after: IssueLink | None
    others: tuple[IssueLink, ...]  # the months of a week, the weeks of a month
    published: dt.date | None
    updated: dt.date | None
    added: tuple[IssueStory, ...]
    further: tuple[ExtendedStory, ...]
    corrections: tuple[CorrectionNote, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class FrontIssue:
    """An issue on the front page: the stories that lead it, and who moved."""

    url: UrlPath
    period: Period
    total: int
    articles: int
    outlets: int
    heading: str
    leads: tuple[IssueStory, ...]
    news: IssueNews
    before: IssueLink | None


def issue_url(key: str) -> UrlPath:
    """The page of an issue."""
    return url_path("issues", key)


def issue_page(site: Site, key: str) -> IssuePage:
    """The issue of a week or a month."""
    one = require_period(key)
    layout, note = site.layout(key), site.issue_note(key)
    told, leads = layout.stories, layout.leads
    before, after = site.neighbouring_issues(key)
    articles, outlets = _count_sources(told)
    said = f"{one.title}: {format_count(len(told), 'story', 'stories')} from {format_count(outlets, 'outlet')}."
    said += f" {leads[0].lead.title}" if leads else ""
    return IssuePage(
        title=one.title,
        url=issue_url(key),
        period=one,
        total=len(told),
        articles=articles,
        outlets=outlets,
        undated=sum(1 for story in told if story.lead.news is None),
        dropped=layout.dropped_count,
        heading=note.title if note else "",
        note=site.issue_note_document(key),
        leads=tuple(_issue_story(site, story) for story in leads),
        sections=tuple(
            IssueSection(
                entity_link(site, tag, len(inside)) if tag else None,
                tuple(_issue_story(site, story) for story in inside),
            )
            for tag, inside in layout.sections
        ),
        news=issue_news(site, one, site.figures(key)),
        chart=_chart(one, told),
        before=_issue_link(before),
        after=_issue_link(after),
        others=tuple(_overlapping_issues(site, one)),
        published=layout.published,
        updated=layout.updated,
        added=tuple(_issue_story(site, late.story) for late in layout.added),
        further=tuple(ExtendedStory(*story) for story in layout.further),
        corrections=tuple(map(_correction_note, layout.corrections)),
        head=page_head(site, issue_url(key), one.title, said, (("Issues", ISSUES),)),
    )


@dataclass(frozen=True, slots=True)
class IssueEmail:
    """An issue as a mail: `more` stories stand on its page alone, and `unsaid` corrections."""

    issue: IssuePage
    sections: tuple[IssueSection, ...]
    leads: tuple[IssueStory, ...]
    added: tuple[IssueStory, ...]
    more: int
    corrections: tuple[CorrectionNote, ...]
    unsaid: int


def issue_email(site: Site, key: str, most: int) -> IssueEmail:
    """An issue with at most so many of its stories."""
    found = issue_page(site, key)
    leads, left = found.leads[:most], most - len(found.leads)
    sections: list[IssueSection] = []
    for section in found.sections:
        if left > 0:
            sections.append(section._replace(stories=section.stories[:left]))
            left -= len(section.stories)
    added = found.added[: max(0, left)]
    shown = len(leads) + sum(len(section.stories) for section in sections) + len(added)
    said = found.corrections[:_MAILED]
    more = found.total + len(found.added) - shown
    return IssueEmail(found, tuple(sections), leads, added, more, said, len(found.corrections) - len(said))


def front_issue(site: Site) -> FrontIssue | None:
    """The newest issue for the front page; None where no story says its date, or none is left to lead."""
    key = site.newest_issue()
    if key is None or not (layout := site.layout(key)).leads:
        return None
    one, note = require_period(key), site.issue_note(key)
    articles, outlets = _count_sources(layout.stories)
    return FrontIssue(
        url=issue_url(key),
        period=one,
        total=len(layout.stories),
        articles=articles,
        outlets=outlets,
        heading=note.title if note else "",
        leads=tuple(_issue_story(site, story) for story in layout.leads),
        news=issue_news(site, one, site.figures(key)),
        before=_issue_link(site.neighbouring_issues(key)[0]),
    )


def _count_sources(told: Iterable[StoryCards]) -> tuple[int, int]:
    """Articles and outlets."""
    cards = [card for story in told for card in story.cards]
    return len(cards), len({card.outlet.casefold() for card in cards if card.outlet})


def _issue_link(key: str | None) -> IssueLink | None:
    return IssueLink(issue_url(key), require_period(key)) if key else None


def _overlapping_issues(site: Site, one: Period) -> list[IssueLink]:
    """The months of a week, or the weeks of a month, that have stories."""
    of = month_period if one.unit == "week" else week_period
    found = dict.fromkeys(map(of, one.days()))
    return [IssueLink(issue_url(other.key), other) for other in found if site.has_issue(other.key)]


def _correction_note(one: Correction) -> CorrectionNote:
    return CorrectionNote(one.kind, one.old_title, one.url, one.new_title, _issue_link(one.issue_key or None))


def _issue_story(site: Site, told: StoryCards) -> IssueStory:
    main = [*told.about, *(tag for tag in told.tags if tag not in told.about)]
    named = [tag for tag in main if site.kind(tag.kind).by == "names"]
    topics = [tag for tag in main if site.kind(tag.kind).by != "names"]
    return IssueStory(
        told.lead,
        told.others,
        tuple(entity_link(site, tag) for tag in named),
        tuple(entity_link(site, tag) for tag in topics),
        text_direction(told.lead.language),
    )


def issue_news(site: Site, one: Period, figures: IssueFigures) -> IssueNews:
    """What is new in a period, with names."""
    return IssueNews(
        movers=tuple(_mover_row(site, one, moved) for moved in figures.movers),
        quiet=tuple(_mover_row(site, one, moved) for moved in figures.quiet),
        first=tuple(entity_link(site, tag) for tag in figures.first if site.kind(tag.kind).by == "names"),
        pairs=tuple((entity_link(site, a), entity_link(site, b)) for a, b in figures.pairs),
        unit=one.unit,
        past=PAST_PERIODS,
        rate=round(FALSE_DISCOVERY_RATE * 100),
    )


def _mover_row(site: Site, one: Period, moved: Mover) -> MoverRow:
    *before, _ = moved.spark
    words = f"{site.entity_name(moved.tag)}: {format_count(moved.spark[-1], 'story', 'stories')} in this {one.unit}; "
    words += f"in the {len(before)} before {', '.join(map(str, before))}"
    return MoverRow(entity_link(site, moved.tag), moved.count, moved.usual, bar_charts.sparkline(moved.spark), words)


def _chart(one: Period, told: Iterable[StoryCards]) -> bar_charts.Chart:
    counts = Counter(story.lead.filed for story in told)
    return bar_charts.column_chart([(format_day(date), _day_label(one, date), counts[date]) for date in one.days()])


def _day_label(one: Period, date: dt.date) -> str:
    if one.unit == "week":
        return _WEEKDAYS[date.weekday()]
    return str(date.day) if date.day % 7 == 1 else ""
