"""Issues: each story in one week and one month, by weight; what is new; pages that stay as they are."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_gen.build import build_session
from site_gen.content.periods import month_period, parse_period, week_period
from site_gen.content.records import Tag
from site_gen.pages.views import issue
from tests.support.profiles import examples
from tests.support.sites import write_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.site.site import Site

NOUNS = ("silo", "crane", "ferry", "anchor", "lantern", "barge", "quay", "rope", "sluice", "beacon", "tar", "winch")
Edit = dict[str, object]


def days() -> st.SearchStrategy[dt.date]:
    return st.dates(dt.date(1700, 1, 1), dt.date(2999, 12, 31))


@given(days())
def test_a_day_is_in_its_week_and_month(day: dt.date) -> None:
    for one in (week_period(day), month_period(day)):
        assert one.first <= day <= one.last
        assert parse_period(one.key) == one
        assert day in list(one.days())
        before = one.before(3)
        assert [other.last + dt.timedelta(days=1) for other in before] == [*(o.first for o in before[1:]), one.first]
    week, month = week_period(day), month_period(day)
    assert (week.year, week.number) == day.isocalendar()[:2]
    assert (len(list(week.days())), week.first.weekday()) == (7, 0)
    assert (month.year, month.number, month.first.day) == (day.year, day.month, 1)


@given(days(), days())
def test_keys_sort_as_days_do(one: dt.date, other: dt.date) -> None:
    for of in (week_period, month_period):
        assert (of(one).key < of(other).key) == (of(one).first < of(other).first)


@pytest.mark.parametrize("key", ["2026", "2026-13", "2026-00", "2026-w54", "2026-w00", "2025-w53", "x", "2026-W01", ""])
def test_what_is_no_period(key: str) -> None:
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
def test_what_a_period_is_called(key: str, title: str) -> None:
    found = parse_period(key)
    assert found is not None
    assert found.title == title


def test_the_last_days_of_all_have_periods_too() -> None:
    assert week_period(dt.date.max).last == month_period(dt.date.max).last == dt.date.max


# -- what an issue says

Article = tuple[str, dict[str, str]]


def article(number: int, published: str | None, **fields: str) -> Article:
    text = " ".join(f"{noun}{number}{part}" for part in "abcdefgh" for noun in NOUNS)
    head = {"title": f"Note {number}", "created": "2026-01-05", "body": text, **fields}
    if published:
        head["published"] = published
    return f"content/articles/2026/note-{number}.md", head


def written(folder: Path, articles: Iterable[Article]) -> Path:
    files: dict[str, str] = {
        "content/site.yaml": "title: Notes\nbase_url: https://notes.example/\n",
        "content/companies/voss.md": "---\nname: Voss\n---\n",
        "content/companies/rye-mill.md": "---\nname: Rye Mill\n---\n",
        "content/companies/tallow-pier.md": "---\nname: Tallow Pier\n---\n",
    }
    for name, fields in articles:
        lines = "".join(f"{key}: {value}\n" for key, value in fields.items() if key != "body")
        files[name] = f"---\n{lines}---\n{fields['body']}\n"
    return write_files(folder, files)


def survey(*articles: Article) -> Site:
    with tempfile.TemporaryDirectory(prefix="site-gen-test-") as temp:
        folder = written(Path(temp) / "site", articles)
        with build_session.open_builder(
            folder, Path(temp) / "out", build_session.BuildOptions(jobs=1), anew=True
        ) as builder:
            return builder.load()[0]


DATES = st.one_of(st.none(), st.dates(dt.date(2024, 12, 20), dt.date(2026, 1, 20)).map(str))


@settings(max_examples=examples(5))  # each builds a site
@given(st.lists(st.tuples(DATES, st.integers(0, 6)), max_size=14))
def test_every_story_is_in_one_week_and_in_one_month(drawn: list[tuple[str | None, int]]) -> None:
    """Some of the articles have one text: they are one story where their days allow it."""
    made = (article(number, day) for number, (day, _) in enumerate(drawn))
    texts = (article(text, None)[1]["body"] for _, text in drawn)
    site = survey(*((name, {**fields, "body": text}) for (name, fields), text in zip(made, texts, strict=True)))
    urls = sorted(url for url, _, _ in site.articles())
    for unit in ("week", "month"):
        keys = [key for key, _ in site.issues() if key in site.issue_keys(unit)]
        shown = [story for key in keys for story in stories_of(issue.issue_page(site, key))]
        assert sorted(card.url for story in shown for card in (story.card, *story.others)) == urls
        assert len(shown) == site.totals().stories
        assert dict(site.issues()).keys() >= set(keys)


def stories_of(page: issue.IssuePage) -> list[issue.IssueStory]:
    return [*page.leads, *(story for section in page.sections for story in section.stories)]


def test_the_weightiest_leads() -> None:
    site = survey(
        article(1, "2026-01-05", companies="[voss]"),
        article(2, "2026-01-06", companies="[voss]", about="[companies/voss]"),
        article(3, "2026-01-07", companies="[voss]"),
    )
    page = issue.issue_page(site, "2026-w02")
    assert [story.card.title for story in page.leads] == ["Note 2", "Note 1", "Note 3"]
    first = {one.story.lead.title: (one.weight.about, one.weight.first) for one in site.ranked_stories("2026-w02")}
    assert first == {"Note 1": (0, 1), "Note 2": (1, 0), "Note 3": (0, 0)}


def test_who_is_new_is_new_once_and_pairs_are_of_those_known_before() -> None:
    site = survey(
        article(1, "2026-01-05", companies="[voss]"),
        article(2, "2026-01-13", companies="[voss, rye-mill]"),
        article(3, "2026-01-20", companies="[tallow-pier]"),
        article(4, "2026-01-27", companies="[voss, tallow-pier]"),
        article(5, "2026-02-03", companies="[tallow-pier, voss]"),
    )
    first = {key: [tag.slug for tag in site.figures(key).first] for key in site.issue_keys("week")}
    pairs = {key: site.figures(key).pairs for key in site.issue_keys("week") if site.figures(key).pairs}
    assert list(first.values()) == [["voss"], ["rye-mill"], ["tallow-pier"], [], []]
    assert pairs == {"2026-w05": ((Tag("companies", "tallow-pier"), Tag("companies", "voss")),)}


def moving(weeks: int, burst: int) -> list[Article]:
    """Weeks with four stories, one of them on Voss; the last with as many on Rye Mill besides."""
    start, found = dt.date(2025, 3, 3), []
    for week in range(weeks):
        for place in range(4):
            company = "voss" if place == 0 else "tallow-pier"
            day = start + dt.timedelta(days=7 * week + place)
            found.append(article(week * 10 + place, str(day), companies=f"[{company}]"))
    for place in range(burst):
        day = start + dt.timedelta(days=7 * (weeks - 1) + place % 7)
        found.append(article(900 + place, str(day), companies="[rye-mill]"))
    return found


def test_who_moved_is_told_and_a_later_week_changes_nothing() -> None:
    articles = moving(9, 5)
    site = survey(*articles)
    key = site.issue_keys("week")[-1]
    figures = site.figures(key)
    assert [(moved.tag.slug, moved.count, moved.spark[-2:]) for moved in figures.movers] == [("rye-mill", 5, (0, 5))]
    assert all(site.figures(other).movers == () for other in site.issue_keys("week")[:-1])
    later = survey(*articles, article(990, "2025-06-02", companies="[rye-mill, voss]"))
    assert later.figures(key) == figures
    assert [later.ranked_stories(other) for other in site.issue_keys("week")] == [
        site.ranked_stories(other) for other in site.issue_keys("week")
    ]


def test_a_site_without_dates_keeps_its_front_page(tmp_path: Path) -> None:
    site = survey(article(1, None), article(2, None))
    assert site.newest_issue() is None
    assert issue.front_issue(site) is None
    assert issue.issue_page(site, "2026-w02").undated == 2


def test_an_issue_page_says_what_it_holds(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "site",
        [
            *(article(number, f"2026-01-{5 + number % 7:02}", companies="[voss]") for number in range(9)),
            article(20, None),
        ],
    )
    build_session.build(folder, tmp_path / "out", build_session.BuildOptions(jobs=1))
    page = (tmp_path / "out/issues/2026-w02/index.html").read_text(encoding="utf-8")
    assert "10 stories" in page
    assert "(the day it was saved)" in page
    assert len(re.findall(r'href="[^"]*/articles/2026/note-\d+/"', page)) == 10
    home = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "/issues/2026-w02/" in home
