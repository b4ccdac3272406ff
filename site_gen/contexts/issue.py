"""Issues: the digest of a week or a month, and the list of all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen import charts
from site_gen.contexts.head import Head, head
from site_gen.contexts.parts import EntityLink, direction, name_link
from site_gen.digest.periods import Period, known, month_of, week_of
from site_gen.digest.statistics import PAST, RATE
from site_gen.phrases import counted, day
from site_gen.urls import UrlPath, url_path

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from site_gen.digest.statistics import Weight
    from site_gen.document import Document
    from site_gen.findings import Card
    from site_gen.model import Tag
    from site_gen.site import Site
    from site_gen.site.groups import Told
    from site_gen.site.issues import Arranged, Figures, Moved, Ranked

ISSUES = UrlPath("/issues/")
_FEW = 4  # stories that all stand at the head of their issue; of more, three lead, and of plenty _LEADS
_LEADS = 5
_A_LEAD = 8  # stories to each further one that leads
_SECTION = 2  # stories that make a section of their own
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Story(NamedTuple):
    """A story in an issue: the article that leads it, the others that tell it, whom it names, its topics, and why it
    stands where it stands."""

    card: Card
    others: tuple[Card, ...]
    links: tuple[EntityLink, ...]
    topics: tuple[EntityLink, ...]
    dir: str
    weight: Weight


class Section(NamedTuple):
    """The stories of an issue under one topic or company; the rest stand under none."""

    link: EntityLink | None
    stories: tuple[Story, ...]


class Mover(NamedTuple):
    """An entity that moved: its name, its stories in the period, how many its past would give it, and the last periods
    as bars and in words."""

    link: EntityLink
    stories: int
    usual: float
    bars: tuple[charts.Bar, ...]
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
    editor left out. `heading` and `note` are the editor's."""

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
    chart: charts.Chart
    before: IssueLink | None
    after: IssueLink | None
    others: tuple[IssueLink, ...]  # the months of a week, the weeks of a month
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


class MonthRow(NamedTuple):
    """A month of the list of issues, with the weeks whose Thursday it has; `link` where it has stories."""

    name: str
    link: IssueLink | None
    weeks: tuple[IssueLink, ...]


class YearOfIssues(NamedTuple):
    """A year of the list of issues: months, newest first, and its weeks as a chart."""

    year: int
    total: int
    chart: charts.Chart
    months: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class AllIssues:
    """The list of all issues."""

    title: str
    years: tuple[YearOfIssues, ...]
    weeks: int
    months: int
    head: Head


def issue_url(key: str) -> UrlPath:
    """The page of an issue."""
    return url_path("issues", key)


def issue_page(site: Site, key: str) -> Issue:
    """The issue of a week or a month."""
    one = known(key)
    arranged, note = site.arranged(key), site.issue_note(key)
    told = [item.told for item in arranged.stories]
    leads, rest = split(arranged)
    before, after = site.beside(key)
    articles, outlets = _counts(told)
    said = f"{one.title}: {counted(len(told), 'story', 'stories')} from {counted(outlets, 'outlet')}."
    said += f" {leads[0].told.lead.title}" if leads else ""
    return Issue(
        title=one.title,
        url=issue_url(key),
        period=one,
        total=len(told),
        articles=articles,
        outlets=outlets,
        undated=sum(1 for story in told if story.lead.news is None),
        dropped=arranged.dropped,
        heading=note.title if note else "",
        note=site.note_on(key),
        leads=tuple(_story(site, item) for item in leads),
        sections=tuple(_sections(site, rest)),
        news=news_of(site, one, site.figures(key)),
        chart=_chart(one, told),
        before=_link(before),
        after=_link(after),
        others=tuple(_related(site, one)),
        head=head(site, issue_url(key), one.title, said, (("Issues", ISSUES),)),
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """An issue as a mail: `more` stories stand on its page alone."""

    issue: Issue
    sections: tuple[Section, ...]
    leads: tuple[Story, ...]
    more: int


def mail_page(site: Site, key: str, most: int) -> Mail:
    """An issue with at most so many of its stories."""
    found = issue_page(site, key)
    leads, left = found.leads[:most], most - len(found.leads)
    sections: list[Section] = []
    for section in found.sections:
        if left > 0:
            sections.append(section._replace(stories=section.stories[:left]))
            left -= len(section.stories)
    shown = len(leads) + sum(len(section.stories) for section in sections)
    return Mail(found, tuple(sections), leads, found.total - shown)


def front(site: Site) -> Front | None:
    """The newest issue for the front page; None where no story says its date."""
    key = site.newest_issue()
    if key is None:
        return None
    one, arranged, note = known(key), site.arranged(key), site.issue_note(key)
    leads, _ = split(arranged)
    articles, outlets = _counts([item.told for item in arranged.stories])
    return Front(
        url=issue_url(key),
        period=one,
        total=len(arranged.stories),
        articles=articles,
        outlets=outlets,
        heading=note.title if note else "",
        leads=tuple(_story(site, item) for item in leads),
        news=news_of(site, one, site.figures(key)),
        before=_link(site.beside(key)[0]),
    )


def issues_page(site: Site) -> AllIssues:
    """All issues by year, newest first."""
    found = [(known(key), count) for key, count in site.issues()]
    weeks = {one: count for one, count in found if one.unit == "week"}
    months = {one: count for one, count in found if one.unit == "month"}
    most = max(months.values(), default=0)
    years = sorted({one.year for one, _ in found}, reverse=True)
    rows = tuple(_year(year, weeks, months, most) for year in years)
    said = f"{site.config().title}, week by week and month by month: {counted(len(weeks) + len(months), 'issue')}."
    return AllIssues("Issues", rows, len(weeks), len(months), head(site, ISSUES, "Issues", said))


def _year(year: int, weeks: dict[Period, int], months: dict[Period, int], most: int) -> YearOfIssues:
    own = {one: count for one, count in weeks.items() if one.year == year}
    under: dict[Period, list[IssueLink]] = {}
    for one in sorted(own):
        under.setdefault(month_of(_thursday(one)), []).append(IssueLink(issue_url(one.key), one, own[one]))
    rows = []
    for month in sorted({*under, *(one for one in months if one.year == year)}, reverse=True):
        count = months.get(month, 0)
        link = IssueLink(issue_url(month.key), month, count, charts.share(count, most)) if count else None
        rows.append(MonthRow(month.name.partition(" ")[0], link, tuple(under.get(month, ()))))
    counts = {one.number: count for one, count in own.items()}
    chart = charts.days(
        [
            (f"Week {number}, {year}", str(number) if number in {1, 10, 20, 30, 40, 50} else "", counts.get(number, 0))
            for number in range(1, max([52, *counts]) + 1)
        ]
    )
    return YearOfIssues(year, sum(own.values()), chart, tuple(rows))


def _thursday(one: Period) -> dt.date:
    """The day that tells which month a week is of, as ISO 8601 tells its year."""
    return list(one.days())[:4][-1]


def split(arranged: Arranged) -> tuple[Sequence[Ranked], Sequence[Ranked]]:
    """The stories that lead an issue, and the others."""
    ranked = arranged.stories
    count = len(ranked) if len(ranked) <= _FEW else min(_LEADS, 3 + (len(ranked) - _FEW) // _A_LEAD)
    count = max(count, arranged.pinned)
    return ranked[:count], ranked[count:]


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


def _story(site: Site, item: Ranked) -> Story:
    told = item.told
    main = [*told.about, *(tag for tag in told.tags if tag not in told.about)]
    named = [tag for tag in main if site.kind(tag.kind).by == "names"]
    topics = [tag for tag in main if site.kind(tag.kind).by != "names"]
    return Story(
        told.lead,
        told.others,
        tuple(name_link(site, tag) for tag in named),
        tuple(name_link(site, tag) for tag in topics),
        direction(told.lead.language),
        item.weight,
    )


def _sections(site: Site, ranked: Sequence[Ranked]) -> list[Section]:
    """Stories under topics, then under companies and the like, each once: the topic with most of them takes them, then
    the next. What a story is about counts; for one that is about no topic, those that it names."""
    waiting = list(ranked)
    found: list[Section] = []
    for by in ("keywords", "names"):
        while True:
            places = {id(item): _places(site, item.told, by) for item in waiting}
            counts = Counter(tag for tags in places.values() for tag in tags)
            best = min(counts, key=lambda tag: (-counts[tag], tag), default=None)
            if best is None or counts[best] < _SECTION:
                break
            inside = [item for item in waiting if best in places[id(item)]]
            waiting = [item for item in waiting if best not in places[id(item)]]
            found.append(Section(name_link(site, best, len(inside)), tuple(_story(site, item) for item in inside)))
    if waiting:
        found.append(Section(None, tuple(_story(site, item) for item in waiting)))
    return found


def _places(site: Site, told: Told, by: str) -> tuple[Tag, ...]:
    about, named = (tuple(tag for tag in tags if site.kind(tag.kind).by == by) for tags in (told.about, told.tags))
    return about or named


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
    return Mover(name_link(site, moved.tag), moved.count, moved.usual, charts.spark(moved.spark), words)


def _chart(one: Period, told: Iterable[Told]) -> charts.Chart:
    counts = Counter(story.lead.filed for story in told)
    return charts.days([(day(date), _word(one, date), counts[date]) for date in one.days()])


def _word(one: Period, date: dt.date) -> str:
    if one.unit == "week":
        return _WEEKDAYS[date.weekday()]
    return str(date.day) if date.day % 7 == 1 else ""
