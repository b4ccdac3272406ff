"""Issues: each story is in one week and one month, the weightiest lead, and figures say who is new and who moved."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_gen.build import build_session
from site_gen.content.periods import month_period, parse_period, week_period
from site_gen.content.records import Tag
from site_gen.pages.views import issue
from tests.support.issue_sites import article_file, articles_with_a_burst, load_issue_site, write_issue_site
from tests.support.profiles import examples
from tests.support.sites import own_words

if TYPE_CHECKING:
    from pathlib import Path


def days() -> st.SearchStrategy[dt.date]:
    return st.dates(dt.date(1700, 1, 1), dt.date(2999, 12, 31))


@given(days())
def test_a_day_is_in_its_week_and_month(day: dt.date) -> None:
    for period in (week_period(day), month_period(day)):
        assert period.first <= day <= period.last
        assert parse_period(period.key) == period
        assert day in list(period.days())
        before = period.before(3)
        assert [earlier.last + dt.timedelta(days=1) for earlier in before] == [
            *(later.first for later in before[1:]),
            period.first,
        ]
    week, month = week_period(day), month_period(day)
    assert (week.year, week.number) == day.isocalendar()[:2]
    assert (len(list(week.days())), week.first.weekday()) == (7, 0)
    assert (month.year, month.number, month.first.day) == (day.year, day.month, 1)


@given(days(), days())
def test_keys_of_periods_sort_as_their_days_do(first: dt.date, second: dt.date) -> None:
    for period_of in (week_period, month_period):
        assert (period_of(first).key < period_of(second).key) == (period_of(first).first < period_of(second).first)


@pytest.mark.parametrize("key", ["2026", "2026-13", "2026-00", "2026-w54", "2026-w00", "2025-w53", "x", "2026-W01", ""])
def test_any_other_key_is_no_period(key: str) -> None:
    assert parse_period(key) is None


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("2026-w47", "Week 47, 16–22 November 2026"),
        ("2026-w31", "Week 31, 27 July – 2 August 2026"),
        ("2026-w01", "Week 1, 29 December 2025 – 4 January 2026"),
        ("2026-11", "November 2026"),
    ],
)
def test_a_period_has_a_title(key: str, title: str) -> None:
    period = parse_period(key)
    assert period is not None
    assert period.title == title


def test_the_last_day_of_the_calendar_has_a_week_and_a_month() -> None:
    assert week_period(dt.date.max).last == month_period(dt.date.max).last == dt.date.max


# -- what an issue says


DATES = st.one_of(st.none(), st.dates(dt.date(2024, 12, 20), dt.date(2026, 1, 20)).map(str))


@settings(max_examples=examples(5))  # each builds a site
@given(st.lists(st.tuples(DATES, st.integers(0, 6)), max_size=14))
def test_every_story_with_a_day_is_in_one_week_and_in_one_month(drawn: list[tuple[str | None, int]]) -> None:
    """Some of the articles have the same text: they are one story where their days allow it."""
    site = load_issue_site(
        *(article_file(number, day, body=own_words(text)) for number, (day, text) in enumerate(drawn))
    )
    urls = sorted(url for url, _, _ in site.articles())
    undated = [issue.IssueStory(story.lead, story.others, (), (), "") for story in site.undated_stories()]
    assert all(story.card.date is None for story in undated)
    for unit in ("week", "month"):
        keys = [key for key, _ in site.issues() if key in site.issue_keys(unit)]
        stories = [story for key in keys for story in stories_of(issue.issue_page(site, key))]
        told = [card for story in (*stories, *undated) for card in (story.card, *story.others)]
        assert sorted(card.url for card in told) == urls
        assert len(stories) + len(undated) == site.totals().stories
        assert dict(site.issues()).keys() >= set(keys)


def stories_of(page: issue.IssuePage) -> list[issue.IssueStory]:
    return [*page.leads, *(story for section in page.sections for story in section.stories)]


def test_the_weightiest_story_leads() -> None:
    site = load_issue_site(
        article_file(1, "2026-01-05", companies=["voss"]),
        article_file(2, "2026-01-06", companies=["voss"], about=["companies/voss"]),
        article_file(3, "2026-01-07", companies=["voss"]),
    )
    page = issue.issue_page(site, "2026-w02")
    assert [story.card.title for story in page.leads] == ["Note 2", "Note 1", "Note 3"]
    first = {one.story.lead.title: (one.weight.about, one.weight.first) for one in site.ranked_stories("2026-w02")}
    assert first == {"Note 1": (0, 1), "Note 2": (1, 0), "Note 3": (0, 0)}


def test_an_entity_is_new_once_and_new_pairs_are_of_earlier_entities() -> None:
    site = load_issue_site(
        article_file(1, "2026-01-05", companies=["voss"]),
        article_file(2, "2026-01-13", companies=["voss", "rye-mill"]),
        article_file(3, "2026-01-20", companies=["tallow-pier"]),
        article_file(4, "2026-01-27", companies=["voss", "tallow-pier"]),
        article_file(5, "2026-02-03", companies=["tallow-pier", "voss"]),
    )
    first = {key: [tag.slug for tag in site.figures(key).first] for key in site.issue_keys("week")}
    pairs = {key: site.figures(key).pairs for key in site.issue_keys("week") if site.figures(key).pairs}
    assert list(first.values()) == [["voss"], ["rye-mill"], ["tallow-pier"], [], []]
    assert pairs == {"2026-w05": ((Tag("companies", "tallow-pier"), Tag("companies", "voss")),)}


def test_figures_name_movers_and_do_not_change_with_a_later_week() -> None:
    articles = articles_with_a_burst(9, 5)
    site = load_issue_site(*articles)
    key = site.issue_keys("week")[-1]
    figures = site.figures(key)
    assert [(mover.tag.slug, mover.count, mover.spark[-2:]) for mover in figures.movers] == [("rye-mill", 5, (0, 5))]
    assert all(site.figures(other).movers == () for other in site.issue_keys("week")[:-1])
    later = load_issue_site(*articles, article_file(990, "2025-06-02", companies=["rye-mill", "voss"]))
    assert later.figures(key) == figures
    assert [later.ranked_stories(other) for other in site.issue_keys("week")] == [
        site.ranked_stories(other) for other in site.issue_keys("week")
    ]


def test_a_site_without_dates_keeps_its_front_page(tmp_path: Path) -> None:
    site = load_issue_site(article_file(1, None), article_file(2, None))
    assert site.newest_issue() is None
    assert issue.front_issue(site) is None
    assert site.issues() == ()
    assert len(site.undated_stories()) == 2


def test_an_issue_page_links_its_stories_and_counts_them(tmp_path: Path) -> None:
    folder = write_issue_site(
        tmp_path / "site",
        [
            *(article_file(number, f"2026-01-{5 + number % 7:02}", companies=["voss"]) for number in range(9)),
            article_file(20, None),
        ],
    )
    build_session.build(folder, tmp_path / "out", build_session.BuildOptions(jobs=1))
    page = (tmp_path / "out/issues/2026-w02/index.html").read_text(encoding="utf-8")
    assert "9 stories" in page
    assert len(re.findall(r'href="[^"]*/articles/2026/note-\d+/"', page)) == 9
    home = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "/issues/2026-w02/" in home
