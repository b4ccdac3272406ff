"""The timeline of coverage: its columns, its rows, and what of a site it depends on."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content.records import Tag
from site_gen.pages import timeline_axis
from site_gen.pages.language import load_language
from site_gen.pages.routes import plan_routes
from site_gen.pages.views.meta_tags import TIMELINE
from site_gen.pages.views.timeline import timeline_page
from site_gen.site import coverage_timeline, time_columns
from site_gen.site.coverage_timeline import MAX_DRAWN_ENTITIES
from tests.support.notes import MONDAY, PIER, RYE, SILO, VOSS, note, put_notes, site_of, weekly_notes

DAY = dt.timedelta(days=1)
ENGLISH = load_language("en")
days = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
tags = st.lists(st.sampled_from([PIER, VOSS, RYE, SILO]), unique=True, max_size=3)
news = st.lists(st.tuples(st.integers(0, 800), tags), max_size=14)


@given(days, st.integers(0, 40_000), st.integers(0, 40_000))
def test_every_day_is_in_one_column_and_columns_are_in_order(first: dt.date, length: int, inside: int) -> None:
    last = dt.date.fromordinal(min(dt.date.max.toordinal(), first.toordinal() + length))
    columns = time_columns.divide_time(first, last)
    day = dt.date.fromordinal(first.toordinal() + min(inside, (last - first).days))
    assert 13 <= columns.number <= 180 or columns.unit == "year"
    assert 0 <= columns.column_of(first) <= columns.column_of(day) <= columns.column_of(last) == columns.number - 1
    assert columns.column_of(day) <= columns.column_of(min(day + DAY, last)) <= columns.column_of(day) + 1
    assert ENGLISH.column_name(columns, day)


@given(days, st.integers(0, 80_000))
def test_labels_of_the_axis_do_not_overlap(first: dt.date, length: int) -> None:
    last = dt.date.fromordinal(min(dt.date.max.toordinal(), first.toordinal() + length))
    ticks = timeline_axis.axis_ticks(time_columns.divide_time(first, last), ENGLISH)
    assert ticks
    for shown_ticks, room in ((ticks, 3.6), ([tick for tick in ticks if tick.small], 11)):
        assert all(0 <= tick.x < 100 for tick in shown_ticks)
        assert all(after.x - before.x >= room for before, after in itertools.pairwise(shown_ticks))


@pytest.mark.parametrize(
    ("first", "unit", "count", "label"),
    [
        (MONDAY, "week", 13, "week of 16 Nov 2026"),
        (MONDAY - 300 * DAY, "week", 44, "week of 16 Nov 2026"),
        (MONDAY - 400 * DAY, "month", 14, "November 2026"),
        (dt.date(2016, 11, 30), "month", 121, "November 2026"),
        (dt.date(2006, 11, 30), "quarter", 81, "2026 Q4"),
        (dt.date(1926, 1, 1), "year", 101, "2026"),
    ],
)
def test_the_unit_of_a_column_grows_with_the_time(first: dt.date, unit: str, count: int, label: str) -> None:
    columns = time_columns.divide_time(first, MONDAY)
    assert (columns.unit, columns.number, ENGLISH.column_name(columns, MONDAY)) == (unit, count, label)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_all_bars_are_drawn_to_one_scale(first: int, second: int) -> None:
    most = max(first, second)
    assert timeline_axis.bar_height(most, most) == timeline_axis.MAX_BAR_HEIGHT
    assert 0 < timeline_axis.bar_height(min(first, second), most) <= timeline_axis.MAX_BAR_HEIGHT
    assert timeline_axis.bar_height(most, 4 * most) == timeline_axis.MAX_BAR_HEIGHT / 2


@given(st.text(max_size=80), st.integers(8, 60))
def test_a_label_is_shortened_to_its_room(text: str, room: int) -> None:
    label = timeline_axis.shorten_label(text, room)
    assert label == text or (label.endswith("…") and text.startswith(label[:-1]) and len(label) <= len(text))
    assert len(timeline_axis.shorten_label("昇空貨運訂購四艘飛船霧港新繫留塔明年啟用", 12)) <= 7
    assert len(timeline_axis.shorten_label("x" * 99, room)) <= room


@given(news)
def test_rows_count_the_stories_of_each_entity(drawn: list[tuple[int, list[Tag]]]) -> None:
    notes = [note(n, MONDAY - ago * DAY, *named) for n, (ago, named) in enumerate(drawn)]
    timeline = coverage_timeline.timeline(site_of(notes))
    names = {tag for _, named in drawn for tag in named if tag.kind == "companies"}
    assert {row.tag for row in timeline.rows} == names
    for row in timeline.rows:
        assert timeline.columns
        days = [MONDAY - ago * DAY for ago, named in drawn if row.tag in named]
        assert (row.strip.count, row.strip.first, row.strip.last) == (len(days), min(days), max(days))
        assert dict(row.strip.counts) == {
            column: sum(timeline.columns.column_of(day) == column for day in days)
            for column in map(timeline.columns.column_of, days)
        }
        assert (row.strip.peak is None) == (max(dict(row.strip.counts).values()) < 2) == (row.peak_story is None)


@given(news, st.randoms(use_true_random=False))
def test_the_page_does_not_depend_on_the_order_of_changes(drawn: list[tuple[int, list[Tag]]], chance: object) -> None:
    notes = [note(n, MONDAY - ago * DAY, *named) for n, (ago, named) in enumerate(drawn)]
    whole, grown = site_of(notes), site_of([])
    chance.shuffle(notes)  # type: ignore[attr-defined]
    for each in notes:
        timeline_page(grown)
        put_notes(grown, each)
    assert timeline_page(grown) == timeline_page(whole)


def test_the_page_changes_only_with_what_it_shows() -> None:
    notes = [*weekly_notes(30, PIER, VOSS, before=0), *weekly_notes(3, RYE, start=100)]
    site = site_of(notes)

    with site.tracing() as reads:
        timeline_page(site)
    before = site.digest_all(reads)
    put_notes(
        site,
        note(900, MONDAY, SILO),  # a topic is nobody
        note(901, MONDAY - 40 * DAY),
        note(101, MONDAY - 35 * DAY, RYE, title="Another title, and other words"),
    )
    assert site.digest_all(reads) == before
    put_notes(site, note(902, MONDAY - 60 * DAY, RYE))
    assert site.digest_all(reads) != before


def test_a_peak_links_to_the_story_that_most_outlets_told() -> None:
    wire = "The long pier fell into the sea at noon, and the harbour master said that nobody had been on it. " * 3
    notes = [
        *weekly_notes(9, PIER),
        note(900, MONDAY, PIER),
        note(901, MONDAY + DAY, PIER, body=wire, outlet="Post", title="The pier falls"),
        note(902, MONDAY + DAY, PIER, body=wire, outlet="Wire", title="The pier falls"),
        note(903, MONDAY + 2 * DAY, PIER),
    ]
    (lane,) = timeline_page(site_of(notes)).groups[0].lanes
    assert lane.label is not None
    assert lane.label.wide == "18 November: The pier falls"
    assert lane.maker is not None
    assert lane.maker.url == notes[-3].card.url
    assert lane.description == "pier: 12 stories, 24 Aug 2026 to 18 Nov 2026; most in the week of 16 Nov 2026, 3"


def test_only_the_most_covered_entities_of_each_kind_are_drawn() -> None:
    many = [Tag("companies", f"firm-{n:03}") for n in range(MAX_DRAWN_ENTITIES + 20)]
    notes = [note(n, MONDAY - n * DAY, *many[n:]) for n in range(len(many))]
    page = timeline_page(site_of(notes))
    (group,) = page.groups
    assert len(group.lanes) == MAX_DRAWN_ENTITIES
    assert len(group.lines) == len(many)
    assert [lane.stories for lane in group.lanes] == list(range(len(many), 20, -1))
    assert group.lanes[0].bars.count("M") + group.lanes[0].peak.count("M") == 10  # weeks


def test_an_undated_article_is_left_out_and_counted() -> None:
    dateless = note(1, MONDAY, PIER)
    assert timeline_page(site_of([])).groups == ()
    card = replace(dateless.card, date=None, dated_by="saved")
    page = timeline_page(site_of([replace(dateless, card=card)]))
    assert (page.groups, page.uncertain, page.columns) == ((), 1, 0)


def test_the_timeline_is_a_page_that_links_to_the_archive() -> None:
    site = site_of(weekly_notes(60, PIER))
    page = next(page for page in plan_routes(site).pages if page.url == TIMELINE)
    assert (page.template, page.stands_for) == ("timeline.html", "site:timeline")
    view = page.context(site)
    pages = {page.url for page in plan_routes(site).pages}
    links = [word.url for word in view.words if word.url]
    assert links
    assert pages.issuperset(links)
    assert re.fullmatch(r"(M[\d.]+ 0v48)+", view.time)
