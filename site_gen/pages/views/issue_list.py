"""View of the list of all issues."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.periods import Period, month_period
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.site import issues

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.core.urls import UrlPath
    from site_gen.pages.language import Language
    from site_gen.site.database import SiteDatabase


_LABELLED_WEEKS = {1, 10, 20, 30, 40, 50}


class ListedIssue(NamedTuple):
    """An issue in the list."""

    url: UrlPath  # its page
    period: Period  # of the issue
    stories: int  # in it
    share: float = 0.0  # of a month, length of its bar, in percent of the longest


class MonthRow(NamedTuple):
    """A month of the list."""

    name: str  # without the year: "November"
    link: ListedIssue | None  # its issue; None where the month has none
    weeks: tuple[ListedIssue, ...]  # the weeks whose Thursday it has


class YearOfIssues(NamedTuple):
    """A year of the list."""

    year: int  # of ISO 8601, as weeks have it
    link: ListedIssue | None  # its issue, with the stories of the months that have none; None where the year has none
    chart: bar_charts.Chart | None  # stories of each week that has an issue; None where none has
    months: tuple[MonthRow, ...]  # newest first


class IssueListPage(Struct, frozen=True):
    """What `issues.html` shows."""

    title: str  # heading of the page
    years: tuple[YearOfIssues, ...]  # newest first
    weeks: int  # weekly issues
    months: int  # monthly issues
    year_issues: int  # issues of years
    head: Head  # what <head> says of the page


def issue_list_page(site: SiteDatabase) -> IssueListPage:
    """Show all issues by year, newest first."""
    links = [ListedIssue(*issues.link(key), issues.size(site, key)) for key in issues.keys(site)]
    units = Counter(link.period.unit for link in links)
    most = max((link.stories for link in links if link.period.unit == "month"), default=0)
    language = language_of(site)
    years = sorted({link.period.year for link in links}, reverse=True)
    rows = tuple(
        _year_of_issues(language, year, [link for link in links if link.period.year == year], most) for year in years
    )
    description = language.ngettext(
        "%(site)s, week by week and month by month: %(num)s issue.",
        "%(site)s, week by week and month by month: %(num)s issues.",
        len(links),
        site=site.config.title,
    )
    title = language.gettext("Issues")
    head = page_head(site, ISSUES, title, description)
    return IssueListPage(title, rows, units["week"], units["month"], units["year"], head)


def _year_of_issues(language: Language, year: int, links: Sequence[ListedIssue], most: int) -> YearOfIssues:
    """Return one year of the list.

    links: its issues, oldest last; most: stories that a month's full bar stands for.
    """
    weeks = {link.period: link for link in reversed(links) if link.period.unit == "week"}
    months = {link.period: link for link in links if link.period.unit == "month"}
    weeks_by_month: dict[Period, list[ListedIssue]] = {}
    for week, link in weeks.items():
        weeks_by_month.setdefault(month_period(_thursday(week)), []).append(link)
    rows = []
    for month in sorted({*weeks_by_month, *months}, reverse=True):
        month_link = months.get(month)
        if month_link:
            month_link = month_link._replace(share=bar_charts.bar_length(month_link.stories, most))
        rows.append(MonthRow(language.month(month.number), month_link, tuple(weeks_by_month.get(month, ()))))
    counts = {week.number: link.stories for week, link in weeks.items()}
    chart = bar_charts.column_chart(
        [
            (
                language.gettext("Week %(number)s, %(year)s", number=number, year=year),
                str(number) if number in _LABELLED_WEEKS else "",
                counts.get(number, 0),
            )
            for number in range(1, max([52, *counts]) + 1)
        ]
    )
    own_link = next((link for link in links if link.period.unit == "year"), None)
    return YearOfIssues(year, own_link, chart if counts else None, tuple(rows))


def _thursday(week: Period) -> dt.date:
    """Return the day that tells which month a week is of, as it tells its year in ISO 8601."""
    return list(week.days())[:4][-1]  # the last, where the calendar ends before it
