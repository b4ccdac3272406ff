"""The list of all issues."""

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


class MonthRow(NamedTuple):
    """A month of the list of issues, with the weeks whose Thursday it has; `link` where it has stories."""

    name: str
    link: IssueLink | None
    weeks: tuple[IssueLink, ...]


class YearOfIssues(NamedTuple):
    """A year of the list of issues: months, newest first, and its weeks as a chart."""

    year: int
    total: int
    chart: bar_charts.Chart
    months: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class IssueListPage:
    """The list of all issues."""

    title: str
    years: tuple[YearOfIssues, ...]
    weeks: int
    months: int
    head: Head


def issue_list_page(site: Site) -> IssueListPage:
    """All issues by year, newest first."""
    found = [(require_period(key), count) for key, count in site.issues()]
    weeks = {one: count for one, count in found if one.unit == "week"}
    months = {one: count for one, count in found if one.unit == "month"}
    most = max(months.values(), default=0)
    years = sorted({one.year for one, _ in found}, reverse=True)
    rows = tuple(_year_of_issues(year, weeks, months, most) for year in years)
    said = f"{site.config().title}, week by week and month by month: {format_count(len(weeks) + len(months), 'issue')}."
    return IssueListPage("Issues", rows, len(weeks), len(months), page_head(site, ISSUES, "Issues", said))


def _year_of_issues(year: int, weeks: dict[Period, int], months: dict[Period, int], most: int) -> YearOfIssues:
    own = {one: count for one, count in weeks.items() if one.year == year}
    under: dict[Period, list[IssueLink]] = {}
    for one in sorted(own):
        under.setdefault(month_period(_thursday(one)), []).append(IssueLink(issue_url(one.key), one, own[one]))
    rows = []
    for month in sorted({*under, *(one for one in months if one.year == year)}, reverse=True):
        count = months.get(month, 0)
        link = IssueLink(issue_url(month.key), month, count, bar_charts.bar_length(count, most)) if count else None
        rows.append(MonthRow(month.name.partition(" ")[0], link, tuple(under.get(month, ()))))
    counts = {one.number: count for one, count in own.items()}
    chart = bar_charts.column_chart(
        [
            (f"Week {number}, {year}", str(number) if number in {1, 10, 20, 30, 40, 50} else "", counts.get(number, 0))
            for number in range(1, max([52, *counts]) + 1)
        ]
    )
    return YearOfIssues(year, sum(own.values()), chart, tuple(rows))


def _thursday(one: Period) -> dt.date:
    """The day that tells which month a week is of, as ISO 8601 tells its year."""
    return list(one.days())[:4][-1]
