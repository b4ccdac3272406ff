"""Who was in the news when: the columns of time, the rows over them, and when the page is another."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import Tag
from site_gen.pages import timeline_axis
from site_gen.pages.routes import plan_routes
from site_gen.pages.views.meta_tags import TIMELINE
from site_gen.pages.views.timeline import timeline_page
from site_gen.site import time_columns
from site_gen.site.coverage_timeline import MAX_DRAWN_ENTITIES
from site_gen.site.site import Site
from tests.site.test_entity_trends import MONDAY, PIER, RYE, SILO, VOSS, note, site_of, weekly

if TYPE_CHECKING:
    from site_gen.site.indexed_article import IndexedArticle

DAY = dt.timedelta(days=1)
days = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
tags = st.lists(st.sampled_from([PIER, VOSS, RYE, SILO]), unique=True, max_size=3)
news = st.lists(st.tuples(st.integers(0, 800), tags), max_size=14)


@given(days, st.integers(0, 40_000), st.integers(0, 40_000))
def test_every_day_is_in_one_column_and_they_are_in_order(first: dt.date, length: int, inside: int) -> None:
    last = dt.date.fromordinal(min(dt.date.max.toordinal(), first.toordinal() + length))
    cols = time_columns.divide_time(first, last)
    day = dt.date.fromordinal(first.toordinal() + min(inside, (last - first).days))
    assert 13 <= cols.number <= 180 or cols.unit == "year"
    assert 0 <= cols.column_of(first) <= cols.column_of(day) <= cols.column_of(last) == cols.number - 1
    assert cols.column_of(day) <= cols.column_of(min(day + DAY, last)) <= cols.column_of(day) + 1
    assert cols.label_of(day)


@given(days, st.integers(0, 80_000))
def test_words_at_the_axis_stand_apart(first: dt.date, length: int) -> None:
    last = dt.date.fromordinal(min(dt.date.max.toordinal(), first.toordinal() + length))
    marks = timeline_axis.axis_ticks(time_columns.divide_time(first, last))
    assert marks
    for some, room in ((marks, 3.6), ([mark for mark in marks if mark.small], 11)):
        assert all(0 <= mark.x < 100 for mark in some)
        assert all(after.x - before.x >= room for before, after in itertools.pairwise(some))


@pytest.mark.parametrize(
    ("first", "unit", "count", "said"),
    [
        (MONDAY, "week", 13, "week of 16 Nov 2026"),
        (MONDAY - 300 * DAY, "week", 44, "week of 16 Nov 2026"),
        (MONDAY - 400 * DAY, "month", 14, "November 2026"),
        (dt.date(2016, 11, 30), "month", 121, "November 2026"),
        (dt.date(2006, 11, 30), "quarter", 81, "2026 Q4"),
        (dt.date(1926, 1, 1), "year", 101, "2026"),
    ],
)
def test_the_unit_grows_with_the_time(first: dt.date, unit: str, count: int, said: str) -> None:
    cols = time_columns.divide_time(first, MONDAY)
    assert (cols.unit, cols.number, cols.label_of(MONDAY)) == (unit, count, said)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_bars_are_on_one_scale(one: int, other: int) -> None:
    most = max(one, other)
    assert timeline_axis.bar_height(most, most) == timeline_axis.MAX_BAR_HEIGHT
    assert 0 < timeline_axis.bar_height(min(one, other), most) <= timeline_axis.MAX_BAR_HEIGHT
    assert timeline_axis.bar_height(most, 4 * most) == timeline_axis.MAX_BAR_HEIGHT / 2


@given(st.text(max_size=80), st.integers(8, 60))
def test_a_label_has_room(text: str, room: int) -> None:
    found = timeline_axis.shorten_label(text, room)
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]) and len(found) <= len(text))
    assert len(timeline_axis.shorten_label("昇空貨運訂購四艘飛船霧港新繫留塔明年啟用", 12)) <= 7
    assert len(timeline_axis.shorten_label("x" * 99, room)) <= room


@given(news)
def test_rows_say_what_the_stories_say(told: list[tuple[int, list[Tag]]]) -> None:
    notes = [note(n, MONDAY - ago * DAY, *named) for n, (ago, named) in enumerate(told)]
    found = site_of(notes).timeline()
    names = {tag for _, named in told for tag in named if tag.kind == "companies"}
    assert {row.tag for row in found.rows} == names
    for row in found.rows:
        assert found.columns
        when = [MONDAY - ago * DAY for ago, named in told if row.tag in named]
        assert (row.strip.count, row.strip.first, row.strip.last) == (len(when), min(when), max(when))
        assert dict(row.strip.counts) == {
            column: sum(found.columns.column_of(day) == column for day in when)
            for column in map(found.columns.column_of, when)
        }
        assert (row.strip.peak is None) == (max(dict(row.strip.counts).values()) < 2) == (row.peak_story is None)


@given(news, st.randoms(use_true_random=False))
def test_the_page_is_the_same_however_the_site_came_to_be(told: list[tuple[int, list[Tag]]], chance: object) -> None:
    notes = [note(n, MONDAY - ago * DAY, *named) for n, (ago, named) in enumerate(told)]
    whole, grown = site_of(notes), site_of([])
    chance.shuffle(notes)  # type: ignore[attr-defined]
    for one in notes:
        timeline_page(grown)
        grown.put_articles({one.file: one})
    assert timeline_page(grown) == timeline_page(whole)


def test_the_page_is_drawn_again_only_for_what_it_shows() -> None:
    notes = [*weekly(30, PIER, VOSS, before=0), *weekly(3, RYE, start=100)]
    site = site_of(notes)

    def seal() -> tuple[bytes | None, list[tuple[object, ...]]]:
        with site.tracing() as reads:
            timeline_page(site)
        return site.digest_all(reads), list(reads)

    before, reads = seal()

    def put(one: IndexedArticle) -> None:
        site.put_articles({one.file: one})

    put(note(900, MONDAY, SILO))  # a topic is nobody
    put(note(901, MONDAY - 40 * DAY))
    put(note(101, MONDAY - 35 * DAY, RYE, title="Another title, and other words"))
    assert site.digest_all(reads) == before
    put(note(902, MONDAY - 60 * DAY, RYE))
    assert site.digest_all(reads) != before


def test_a_peak_leads_to_the_story_that_most_outlets_told() -> None:
    wire = "The long pier fell into the sea at noon, and the harbour master said that nobody had been on it. " * 3
    notes = [
        *weekly(9, PIER),
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


def test_of_many_the_most_covered_of_each_kind_are_drawn() -> None:
    many = [Tag("companies", f"firm-{n:03}") for n in range(MAX_DRAWN_ENTITIES + 20)]
    notes = [note(n, MONDAY - n * DAY, *many[n:]) for n in range(len(many))]
    page = timeline_page(site_of(notes))
    (group,) = page.groups
    assert len(group.lanes) == MAX_DRAWN_ENTITIES
    assert len(group.lines) == len(many)
    assert [lane.stories for lane in group.lanes] == list(range(len(many), 20, -1))
    assert group.lanes[0].bars.count("M") + group.lanes[0].peak.count("M") == 10  # weeks


def test_what_has_no_date_is_left_out_and_counted() -> None:
    dateless = note(1, MONDAY, PIER)
    assert timeline_page(site_of([])).groups == ()
    site = Site(*(getattr(site_of([]), name) for name in ("_config", "_links", "load_document")))
    card = replace(dateless.card, date=None, dated_by="saved")
    site.put_articles({dateless.file: replace(dateless, card=card)})
    page = timeline_page(site)
    assert (page.groups, page.undated, page.columns) == ((), 1, 0)


def test_it_is_a_page_of_the_plan_with_ways_to_the_archive() -> None:
    site = site_of(weekly(60, PIER))
    page = next(page for page in plan_routes(site).pages if page.url == TIMELINE)
    assert (page.template, page.stands_for) == ("timeline.html", "site:timeline")
    shown = page.context(site)
    pages = {page.url for page in plan_routes(site).pages}
    ways = [word.url for word in shown.words if word.url]
    assert ways
    assert pages.issuperset(ways)
    assert re.fullmatch(r"(M[\d.]+ 0v48)+", shown.time)
