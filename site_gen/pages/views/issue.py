"""Issues: the digest of a week or a month, as a page, on the front page and as a mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.periods import Period, known, month_of, week_of
from site_gen.core.formatting import counted, day
from site_gen.core.urls import UrlPath, url_path
from site_gen.pages import bar_charts
from site_gen.pages.views.meta_tags import Head, head
from site_gen.pages.views.page_parts import EntityLink, direction, name_link
from site_gen.site.analysis.statistics import PAST, RATE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.issue_ledger import Figures, Moved
    from site_gen.content.markdown.document import Document
    from site_gen.site.article_findings import Card
    from site_gen.site.frozen_issues import Correction
    from site_gen.site.projections import Told
    from site_gen.site.site import Site

ISSUES = UrlPath("/issues/")
_MAILED = 20  # corrections that a mail says
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Story(NamedTuple):
    """A story in an issue: the article that leads it, the others that tell it, whom it names, and its topics."""

    card: Card
    others: tuple[Card, ...]
    links: tuple[EntityLink, ...]
    topics: tuple[EntityLink, ...]
    dir: str


class Section(NamedTuple):
    """The stories of an issue under one topic or company; the rest stand under none."""

    link: EntityLink | None
    stories: tuple[Story, ...]


class Further(NamedTuple):
    """A story that further articles tell since its issue was published."""

    card: Card
    others: tuple[Card, ...]


class Mended(NamedTuple):
    """A correction of an issue that was published (`Correction` says which there are), with the issue that has the
    story now."""

    what: str
    was: str
    url: UrlPath | None
    now: str
    issue: IssueLink | None


class Mover(NamedTuple):
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


class News(NamedTuple):
    """Who moved in a period, who is gone quiet, who is new, and who is with whom for the first time."""

    movers: tuple[Mover, ...]
    quiet: tuple[Mover, ...]
    first: tuple[EntityLink, ...]
    pairs: tuple[tuple[EntityLink, EntityLink], ...]
    unit: str
    past: int  # periods that make the past
    rate: int  # of a hundred movers, how many may be chance


@dataclass(frozen=True, slots=True)
class Issue:
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
    leads: tuple[Story, ...]
    sections: tuple[Section, ...]
    news: News
    chart: bar_charts.Chart
    before: IssueLink | None
    after: IssueLink | None
    others: tuple[IssueLink, ...]  # the months of a week, the weeks of a month
    published: dt.date | None
    updated: dt.date | None
    added: tuple[Story, ...]
    further: tuple[Further, ...]
    corrections: tuple[Mended, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Front:
    """An issue on the front page: the stories that lead it, and who moved."""

    url: UrlPath
    period: Period
    total: int
    articles: int
    outlets: int
    heading: str
    leads: tuple[Story, ...]
    news: News
    before: IssueLink | None


def issue_url(key: str) -> UrlPath:
    """The page of an issue."""
    return url_path("issues", key)


def issue_page(site: Site, key: str) -> Issue:
    """The issue of a week or a month."""
    one = known(key)
    layout, note = site.layout(key), site.issue_note(key)
    told, leads = layout.stories, layout.leads
    before, after = site.beside(key)
    articles, outlets = _counts(told)
    said = f"{one.title}: {counted(len(told), 'story', 'stories')} from {counted(outlets, 'outlet')}."
    said += f" {leads[0].lead.title}" if leads else ""
    return Issue(
        title=one.title,
        url=issue_url(key),
        period=one,
        total=len(told),
        articles=articles,
        outlets=outlets,
        undated=sum(1 for story in told if story.lead.news is None),
        dropped=layout.dropped,
        heading=note.title if note else "",
        note=site.note_on(key),
        leads=tuple(_story(site, story) for story in leads),
        sections=tuple(
            Section(name_link(site, tag, len(inside)) if tag else None, tuple(_story(site, story) for story in inside))
            for tag, inside in layout.sections
        ),
        news=news_of(site, one, site.figures(key)),
        chart=_chart(one, told),
        before=_link(before),
        after=_link(after),
        others=tuple(_related(site, one)),
        published=layout.published,
        updated=layout.updated,
        added=tuple(_story(site, late.told) for late in layout.added),
        further=tuple(Further(*story) for story in layout.further),
        corrections=tuple(map(_mended, layout.corrections)),
        head=head(site, issue_url(key), one.title, said, (("Issues", ISSUES),)),
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """An issue as a mail: `more` stories stand on its page alone, and `unsaid` corrections."""

    issue: Issue
    sections: tuple[Section, ...]
    leads: tuple[Story, ...]
    added: tuple[Story, ...]
    more: int
    corrections: tuple[Mended, ...]
    unsaid: int


def mail_page(site: Site, key: str, most: int) -> Mail:
    """An issue with at most so many of its stories."""
    found = issue_page(site, key)
    leads, left = found.leads[:most], most - len(found.leads)
    sections: list[Section] = []
    for section in found.sections:
        if left > 0:
            sections.append(section._replace(stories=section.stories[:left]))
            left -= len(section.stories)
    added = found.added[: max(0, left)]
    shown = len(leads) + sum(len(section.stories) for section in sections) + len(added)
    said = found.corrections[:_MAILED]
    more = found.total + len(found.added) - shown
    return Mail(found, tuple(sections), leads, added, more, said, len(found.corrections) - len(said))


def front(site: Site) -> Front | None:
    """The newest issue for the front page; None where no story says its date, or none is left to lead."""
    key = site.newest_issue()
    if key is None or not (layout := site.layout(key)).leads:
        return None
    one, note = known(key), site.issue_note(key)
    articles, outlets = _counts(layout.stories)
    return Front(
        url=issue_url(key),
        period=one,
        total=len(layout.stories),
        articles=articles,
        outlets=outlets,
        heading=note.title if note else "",
        leads=tuple(_story(site, story) for story in layout.leads),
        news=news_of(site, one, site.figures(key)),
        before=_link(site.beside(key)[0]),
    )


def _counts(told: Iterable[Told]) -> tuple[int, int]:
    """Articles and outlets."""
    cards = [card for story in told for card in story.cards]
    return len(cards), len({card.outlet.casefold() for card in cards if card.outlet})


def _link(key: str | None) -> IssueLink | None:
    return IssueLink(issue_url(key), known(key)) if key else None


def _related(site: Site, one: Period) -> list[IssueLink]:
    """The months of a week, or the weeks of a month, that have stories."""
    of = month_of if one.unit == "week" else week_of
    found = dict.fromkeys(map(of, one.days()))
    return [IssueLink(issue_url(other.key), other) for other in found if site.has_issue(other.key)]


def _mended(one: Correction) -> Mended:
    return Mended(one.what, one.was, one.url, one.now, _link(one.issue or None))


def _story(site: Site, told: Told) -> Story:
    main = [*told.about, *(tag for tag in told.tags if tag not in told.about)]
    named = [tag for tag in main if site.kind(tag.kind).by == "names"]
    topics = [tag for tag in main if site.kind(tag.kind).by != "names"]
    return Story(
        told.lead,
        told.others,
        tuple(name_link(site, tag) for tag in named),
        tuple(name_link(site, tag) for tag in topics),
        direction(told.lead.language),
    )


def news_of(site: Site, one: Period, figures: Figures) -> News:
    """What is new in a period, with names."""
    return News(
        movers=tuple(_mover(site, one, moved) for moved in figures.movers),
        quiet=tuple(_mover(site, one, moved) for moved in figures.quiet),
        first=tuple(name_link(site, tag) for tag in figures.first if site.kind(tag.kind).by == "names"),
        pairs=tuple((name_link(site, a), name_link(site, b)) for a, b in figures.pairs),
        unit=one.unit,
        past=PAST,
        rate=round(RATE * 100),
    )


def _mover(site: Site, one: Period, moved: Moved) -> Mover:
    *before, _ = moved.spark
    words = f"{site.name(moved.tag)}: {counted(moved.spark[-1], 'story', 'stories')} in this {one.unit}; "
    words += f"in the {len(before)} before {', '.join(map(str, before))}"
    return Mover(name_link(site, moved.tag), moved.count, moved.usual, bar_charts.spark(moved.spark), words)


def _chart(one: Period, told: Iterable[Told]) -> bar_charts.Chart:
    counts = Counter(story.lead.filed for story in told)
    return bar_charts.days([(day(date), _word(one, date), counts[date]) for date in one.days()])


def _word(one: Period, date: dt.date) -> str:
    if one.unit == "week":
        return _WEEKDAYS[date.weekday()]
    return str(date.day) if date.day % 7 == 1 else ""
