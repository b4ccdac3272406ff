"""Bar charts of coverage: each month is in a bar, units grow with the span, and bars fit their space."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.calendar_months import month_of, months_between
from site_gen.pages.bar_charts import _MIN_LABEL_GAP, bar_length, coverage_chart, sparkline

months = st.tuples(st.integers(1900, 2100), st.integers(1, 12))


@given(months, st.integers(0, 500))
def test_months_between_two_months_are_complete_and_sorted(first: tuple[int, int], count: int) -> None:
    between = months_between(first, months_between(first, (first[0] + 50, 12))[count])
    assert len(between) == count + 1
    assert between[0] == first
    assert between == sorted(set(between))
    assert {month for _, month in between} <= set(range(1, 13))


def test_months_between_and_the_month_of_a_day() -> None:
    assert months_between((2019, 11), (2020, 2)) == [(2019, 11), (2019, 12), (2020, 1), (2020, 2)]
    assert months_between((2019, 5), (2019, 5)) == [(2019, 5)]
    assert months_between((2019, 5), (2019, 4)) == []
    assert month_of(dt.date(2019, 5, 23)) == (2019, 5)


@given(months, st.integers(1, 400), st.data())
def test_every_article_is_in_a_bar_and_every_bar_in_the_chart(
    first: tuple[int, int], count: int, data: st.DataObject
) -> None:
    span = months_between(first, (first[0] + 40, 12))[: count + 1]
    counts = data.draw(st.dictionaries(st.sampled_from(span), st.integers(1, 10_000), min_size=1, max_size=30))
    chart = coverage_chart(counts, span[0], span[-1])
    assert chart is not None
    assert sum(bar.value for bar in chart.bars) == sum(counts.values())
    assert chart.most == max(bar.value for bar in chart.bars)
    assert (chart.first, chart.last) == (chart.bars[0].label, chart.bars[-1].label)
    assert chart.unit == ("month" if len(span) <= 60 else "quarter" if len(span) <= 180 else "year")
    at = 0.0
    for bar in chart.bars:
        assert at <= bar.x
        at = bar.x + bar.width
        assert bar.y >= 0
        assert bar.y + bar.height == pytest.approx(chart.base)
        assert (bar.height > 0) == (bar.value > 0)
    assert at <= chart.width
    ticks = [tick.x for tick in chart.ticks]
    assert all(b - a >= _MIN_LABEL_GAP for a, b in itertools.pairwise(ticks))
    assert all(0 <= x < chart.width - _MIN_LABEL_GAP for x in ticks)


@pytest.mark.parametrize(
    ("last", "unit", "first_label", "last_label", "bars"),
    [
        ((2019, 3), "month", "2019-01", "2019-03", 3),
        ((2023, 12), "month", "2019-01", "2023-12", 60),
        ((2024, 1), "quarter", "2019 Q1", "2024 Q1", 21),
        ((2033, 12), "quarter", "2019 Q1", "2033 Q4", 60),
        ((2034, 1), "year", "2019", "2034", 16),
    ],
)
def test_the_unit_grows_with_the_span(
    last: tuple[int, int], unit: str, first_label: str, last_label: str, bars: int
) -> None:
    chart = coverage_chart({(2019, 1): 2}, (2019, 1), last)
    assert chart is not None
    assert (chart.unit, chart.first, chart.last, len(chart.bars)) == (unit, first_label, last_label, bars)
    assert next(tick.label for tick in chart.ticks) == "2019"


def test_a_first_year_of_few_months_leaves_its_label_to_the_next() -> None:
    chart = coverage_chart({(2019, 12): 2}, (2019, 12), (2022, 6))
    assert chart is not None
    assert [tick.label for tick in chart.ticks] == ["2020", "2021", "2022"]


def test_no_articles_or_a_single_month_make_no_chart() -> None:
    assert coverage_chart({}, (2019, 1), (2019, 9)) is None
    assert coverage_chart({(2019, 1): 0}, (2019, 1), (2019, 9)) is None
    assert coverage_chart({(2019, 1): 3}, (2019, 1), (2019, 1)) is None


def test_articles_outside_the_span_make_no_chart() -> None:
    assert coverage_chart({(2018, 1): 3}, (2019, 1), (2019, 9)) is None


@given(st.lists(st.integers(0, 9999), max_size=40))
def test_a_sparkline_fits_a_line_of_text(values: list[int]) -> None:
    bars = sparkline(values)
    assert [bar.value for bar in bars] == values
    for bar in bars:
        assert 1 <= bar.height <= 17
        assert bar.y + bar.height == pytest.approx(18)
    assert [bar.x for bar in bars] == [8 * n for n in range(len(values))]


def test_the_length_of_a_bar_is_its_share() -> None:
    assert bar_length(5, 10) == 50.0
    assert bar_length(10, 10, 60) == 60.0
    assert bar_length(1, 1000) == 1.5
    assert bar_length(0, 0) == 0.0
