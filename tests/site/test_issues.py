"""Issues: each story is in one week and one month, the weightiest lead, and figures say who is new and who moved."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.build import build_session
from site_gen.content.periods import UNITS, month_period, parse_period, period_of, week_period
from site_gen.content.records import Entity, IssueNote, Tag
from site_gen.pages.language import load_language
from site_gen.pages.views import issue
from site_gen.site import issue_layout, issues, stories
from tests.support.issue_sites import article_file, articles_with_a_burst, load_issue_site, write_issue_site
from tests.support.notes import MONDAY, PIER, SILO, VOSS, note, put_notes, site_of
from tests.support.sites import own_words

if TYPE_CHECKING:
    from pathlib import Path


def days() -> st.SearchStrategy[dt.date]:
    return st.dates(dt.date(1700, 1, 1), dt.date(2999, 12, 31))


@given(days())
def test_a_day_is_in_its_week_and_month(day: dt.date) -> None:
    for period in (period_of(unit, day) for unit in UNITS):
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
    for unit in UNITS:
        one, other = period_of(unit, first), period_of(unit, second)
        assert (one.key < other.key) == (one.first < other.first)


@pytest.mark.parametrize(
    "key", ["202", "2026-1", "2026-13", "2026-00", "2026-w54", "2026-w00", "2025-w53", "x", "2026-W01", ""]
)
def test_any_other_key_is_no_period(key: str) -> None:
    assert parse_period(key) is None


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("2026-w47", "Week 47, 16–22 November 2026"),
        ("2026-w31", "Week 31, 27 July – 2 August 2026"),
        ("2026-w01", "Week 1, 29 December 2025 – 4 January 2026"),
        ("2026-11", "November 2026"),
        ("2026", "2026"),
    ],
)
def test_a_period_has_a_title(key: str, title: str) -> None:
    period = parse_period(key)
    assert period is not None
    assert load_language("en").period_title(period) == title


def test_the_last_day_of_the_calendar_has_a_week_and_a_month() -> None:
    assert week_period(dt.date.max).last == month_period(dt.date.max).last == dt.date.max


# -- what an issue says


TAGS = st.sampled_from([(), (SILO,), (PIER,), (PIER, VOSS)])
DATES = st.dates(dt.date(2024, 12, 1), dt.date(2026, 1, 31))


@given(st.lists(st.tuples(DATES, TAGS), max_size=20))
def test_an_issue_has_three_stories_or_more_each_of_which_names_somebody_followed(
    drawn: list[tuple[dt.date, tuple[Tag, ...]]],
) -> None:
    site = site_of(note(number, day, *tags) for number, (day, tags) in enumerate(drawn))
    site.put_entities([Entity(kind="companies", slug="pier", name="Pier"), Entity(kind="topics", slug="s", name="S")])
    days = {f"Note {number}": day for number, (day, tags) in enumerate(drawn) if PIER in tags}
    stories = {key: [story.lead.title for story in issue_layout.layout(site, key).stories] for key in issues.keys(site)}
    expected: dict[str, set[str]] = {}
    for unit in ("week", "month"):
        for title, day in days.items():
            expected.setdefault(period_of(unit, day).key, set()).add(title)
    expected = {key: titles for key, titles in expected.items() if len(titles) >= 3}
    open_titles: dict[str, set[str]] = {}
    for title, day in days.items():
        if month_period(day).key not in expected:
            open_titles.setdefault(str(day.year), set()).add(title)
    expected |= {key: titles for key, titles in open_titles.items() if len(titles) >= 3}
    assert {key: set(titles) for key, titles in stories.items()} == expected
    assert all(len(titles) == len(set(titles)) for titles in stories.values())


def test_stories_that_name_nobody_followed_are_counted_and_lead_nothing() -> None:
    site = site_of(
        [*(note(n, MONDAY, PIER) for n in range(3)), note(3, MONDAY, SILO), note(4, dt.date(2026, 12, 1), SILO)]
    )
    site.put_entities([Entity(kind="companies", slug="pier", name="Pier")])
    page = issue.issue_page(site, "2026-w47")
    assert page.unfollowed == 1
    assert [month.url for month in page.archives] == ["/archive/2026/11/"]
    assert "Note 3" not in {story.card.title for story in stories_of(page)}
    lead = stories.lead_story(site)
    assert lead is not None
    assert lead.lead.title == "Note 0"
    site.put_issue_notes([IssueNote(file="f", key="2026-w47", pin=(("n3", 1),))])  # unless the editor wants it
    assert next(iter(stories_of(issue.issue_page(site, "2026-w47")))).card.title == "Note 3"


def test_on_a_site_of_topics_alone_topics_are_followed() -> None:
    site = site_of(note(n, MONDAY, SILO) for n in range(3))
    site.put_entities([Entity(kind="topics", slug="s", name="S")])
    assert issues.keys(site) == ("2026-w47", "2026-11")
    site.put_entities([Entity(kind="companies", slug="pier", name="Pier")])
    assert issues.keys(site) == ()


def test_an_issue_leads_the_front_page_for_a_month_after_its_days() -> None:
    site = site_of(note(n, MONDAY, PIER) for n in range(3))
    assert issues.newest(site) == "2026-w47"
    put_notes(site, note(3, dt.date(2026, 12, 26), PIER))
    assert issues.newest(site) == "2026-11"
    put_notes(site, note(4, dt.date(2027, 1, 20), PIER))
    assert issues.newest(site) is None
    assert issue.front_issue(site) is None


def stories_of(page: issue.IssuePage) -> list[issue.IssueStory]:
    return [*page.leads, *(story for section in page.sections for story in section.stories)]


def test_the_weightiest_story_leads() -> None:
    site = load_issue_site(
        article_file(1, "2026-01-05", companies=["voss"]),
        article_file(2, "2026-01-06", companies=["voss"], about=["companies/voss"]),
        article_file(3, "2026-01-07", companies=["voss"]),
    )
    page = issue.issue_page(site, "2026-w02")
    assert [story.card.title for story in stories_of(page)] == ["Note 2", "Note 1", "Note 3"]
    first = {
        one.story.lead.title: (one.weight.about, one.weight.first) for one in issues.ranked_stories(site, "2026-w02")
    }
    assert first == {"Note 1": (0, 1), "Note 2": (1, 0), "Note 3": (0, 0)}


def test_a_story_that_only_names_somebody_leads_where_none_is_about_anybody() -> None:
    days = [str(MONDAY + dt.timedelta(days=number)) for number in range(4)]
    stories = [article_file(number, day, companies=["voss"]) for number, day in enumerate(days)]
    key = week_period(MONDAY).key
    assert len(issue_layout.layout(load_issue_site(*stories), key).leads) == 4
    subject = article_file(0, days[0], companies=["voss"], about=["companies/voss"])
    layout = issue_layout.layout(load_issue_site(subject, *stories[1:]), key)
    assert [story.lead.title for story in layout.leads] == ["Note 0"]
    assert len(layout.stories) == 4


def test_a_guide_leads_only_where_it_is_about_somebody_and_nothing_is_reported() -> None:
    report, guide, subject, guide_to_subject = (False, False), (True, False), (False, True), (True, True)

    def leads(*stories: tuple[bool, bool]) -> list[str]:
        """Return the leads of an issue of stories, each a guide or not, about Voss or not."""
        files = [
            article_file(
                number,
                str(MONDAY),
                body=own_words(number).replace(" ", " you ") if is_guide else "",
                companies=["voss"],
                about=["companies/voss"] if is_about else [],
            )
            for number, (is_guide, is_about) in enumerate(stories)
        ]
        layout = issue_layout.layout(load_issue_site(*files), week_period(MONDAY).key)
        assert len(layout.stories) == len(stories)
        return [story.lead.title for story in layout.leads]

    assert leads(report, guide, guide_to_subject) == ["Note 2"]
    assert leads(subject, guide, guide_to_subject) == ["Note 0"]
    assert leads(report, guide, report) == ["Note 0", "Note 2"]
    assert leads(guide, guide, guide) == []


def test_only_stories_about_a_company_stand_under_it() -> None:
    site = load_issue_site(
        *(
            article_file(number, str(MONDAY), companies=["voss"], about=["companies/voss"] if number < 5 else [])
            for number in range(8)
        )
    )
    layout = issue_layout.layout(site, week_period(MONDAY).key)
    assert len(layout.leads) == 3
    assert [(tag, len(stories)) for tag, stories in layout.sections] == [(Tag("companies", "voss"), 2), (None, 3)]


def test_an_entity_is_new_once_and_new_pairs_are_of_earlier_entities() -> None:
    weeks = [
        (["voss"], ""),
        (["voss", "rye-mill"], "Voss bought Rye Mill."),
        (["tallow-pier"], ""),
        (["rye-mill", "tallow-pier"], "Rye Mill is shut. Tallow Pier is not."),
        (["voss", "tallow-pier"], "It rains. Voss bought Tallow Pier."),
        (["voss", "tallow-pier"], "Voss sold Tallow Pier."),
    ]
    articles = []
    for week, (companies, sentences) in enumerate(weeks):
        day, number = str(MONDAY + dt.timedelta(weeks=week)), 10 * week
        articles.append(article_file(number, day, body=f"{sentences} {own_words(number)}", companies=companies))
        articles += [article_file(number + n, day, companies=["voss"]) for n in (1, 2)]
    site = load_issue_site(*articles)
    keys = issues.keys_of_unit(site, "week")
    assert [[tag.slug for tag in issues.figures(site, key).first] for key in keys] == [
        ["voss"], ["rye-mill"], ["tallow-pier"], [], [], [],
    ]  # fmt: skip
    pairs = {
        number: issues.figures(site, key).pairs for number, key in enumerate(keys) if issues.figures(site, key).pairs
    }
    assert pairs == {4: ((Tag("companies", "tallow-pier"), Tag("companies", "voss")),)}


def test_two_subjects_of_a_story_are_new_together() -> None:
    companies = ["voss", "rye-mill"]
    known = [article_file(number, "2026-01-05", companies=[name]) for number, name in enumerate(companies)]
    about = ["companies/voss", "companies/rye-mill"]
    texts = [article_file(number, "2026-01-13", companies=["voss"]) for number in (3, 4)]
    apart = load_issue_site(*known, *texts, article_file(5, "2026-01-14", companies=companies))
    assert issues.figures(apart, "2026-w03").pairs == ()
    together = load_issue_site(*known, *texts, article_file(5, "2026-01-14", companies=companies, about=about))
    assert len(issues.figures(together, "2026-w03").pairs) == 1


def test_figures_name_movers_and_do_not_change_with_a_later_week() -> None:
    articles = articles_with_a_burst(9, 5)
    site = load_issue_site(*articles)
    key = issues.keys_of_unit(site, "week")[-1]
    figures = issues.figures(site, key)
    assert [(mover.tag.slug, mover.count, mover.spark[-2:]) for mover in figures.movers] == [("rye-mill", 5, (0, 5))]
    assert all(issues.figures(site, other).movers == () for other in issues.keys_of_unit(site, "week")[:-1])
    later = load_issue_site(*articles, article_file(990, "2025-06-02", companies=["rye-mill", "voss"]))
    assert issues.figures(later, key) == figures
    assert [issues.ranked_stories(later, other) for other in issues.keys_of_unit(site, "week")] == [
        issues.ranked_stories(site, other) for other in issues.keys_of_unit(site, "week")
    ]


def test_a_site_without_dates_keeps_its_front_page() -> None:
    site = load_issue_site(*(article_file(number, None, companies=["voss"]) for number in range(3)))
    assert issues.keys(site) == ()
    assert issues.newest(site) is None
    assert issue.front_issue(site) is None
    assert len(stories.undated(site)) == 3


def test_an_issue_page_links_its_stories_and_counts_them(tmp_path: Path) -> None:
    folder = write_issue_site(
        tmp_path / "site",
        [
            *(article_file(number, f"2026-01-{5 + number % 7:02}", companies=["voss"]) for number in range(9)),
            article_file(20, None, companies=["voss"]),
            article_file(21, "2026-01-08"),
        ],
    )
    build_session.build(folder, tmp_path / "out", build_session.BuildOptions(jobs=1))
    page = (tmp_path / "out/issues/2026-w02/index.html").read_text(encoding="utf-8")
    assert "9 stories" in page
    assert len(re.findall(r'href="[^"]*/articles/2026/note-\d+/"', page)) == 9
    assert re.search(r'1 more story names nobody followed here: <a href="/archive/2026/01/">January 2026</a>', page)
    home = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert "/issues/2026-w02/" in home
