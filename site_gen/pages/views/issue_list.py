"""View of the list of all issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.periods import Period, month_period, require_period
from site_gen.core.formatting import format_count
from site_gen.pages import bar_charts
from site_gen.pages.views.issue import ISSUES, IssueLink, issue_url
from site_gen.pages.views.meta_tags import Head, page_head

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.site.site import Site


_LABELLED_WEEKS = {1, 10, 20, 30, 40, 50}


class MonthRow(NamedTuple):
    """A month of the list."""

    name: str  # without the year: "November"
    link: IssueLink | None  # its issue; None where the month has no stories
    weeks: tuple[IssueLink, ...]  # the weeks whose Thursday it has


class YearOfIssues(NamedTuple):
    """A year of the list."""

    year: int  # of ISO 8601, as weeks have it
    total: int  # stories
    chart: bar_charts.Chart  # stories a week
    months: tuple[MonthRow, ...]  # newest first


@dataclass(frozen=True, slots=True)
class IssueListPage:
    """What `issues.html` shows."""

    title: str  # heading of the page
    years: tuple[YearOfIssues, ...]  # newest first
    weeks: int  # weekly issues
    months: int  # monthly issues
    head: Head  # what <head> says of the page


def issue_list_page(site: Site) -> IssueListPage:
    """Show all issues by year, newest first."""
    issues = [(require_period(key), count) for key, count in site.issues()]
    weeks = {period: count for period, count in issues if period.unit == "week"}
    months = {period: count for period, count in issues if period.unit == "month"}
    most = max(months.values(), default=0)
    years = sorted({period.year for period, _ in issues}, reverse=True)
    rows = tuple(_year_of_issues(year, weeks, months, most) for year in years)
    description = f"{site.config().title}, week by week and month by month: {format_count(len(issues), 'issue')}."
    return IssueListPage("Issues", rows, len(weeks), len(months), page_head(site, ISSUES, "Issues", description))


def _year_of_issues(year: int, weeks: dict[Period, int], months: dict[Period, int], most: int) -> YearOfIssues:
    """Return one year of the list.

    weeks, months: stories by period, of all years; most: stories that a month's full bar stands for.
    """
    stories_by_week = {week: count for week, count in weeks.items() if week.year == year}
    weeks_by_month: dict[Period, list[IssueLink]] = {}
    for week in sorted(stories_by_week):
        link = IssueLink(issue_url(week.key), week, stories_by_week[week])
        weeks_by_month.setdefault(month_period(_thursday(week)), []).append(link)
    rows = []
    for month in sorted({*weeks_by_month, *(month for month in months if month.year == year)}, reverse=True):
        count = months.get(month, 0)
        month_link = IssueLink(issue_url(month.key), month, count, bar_charts.bar_length(count, most))
        name = month.name.partition(" ")[0]
        rows.append(MonthRow(name, month_link if count else None, tuple(weeks_by_month.get(month, ()))))
    counts = {week.number: count for week, count in stories_by_week.items()}
    chart = bar_charts.column_chart(
        [
            (f"Week {number}, {year}", str(number) if number in _LABELLED_WEEKS else "", counts.get(number, 0))
            for number in range(1, max([52, *counts]) + 1)
        ]
    )
    return YearOfIssues(year, sum(stories_by_week.values()), chart, tuple(rows))


def _thursday(week: Period) -> dt.date:
    """Return the day that tells which month a week is of, as it tells its year in ISO 8601."""
    return list(week.days())[:4][-1]  # the last, where the calendar ends before it
