"""The columns that a time is cut into: what each is called."""

from __future__ import annotations

import datetime as dt

import pytest

from site_gen.pages.language import load_language
from site_gen.site.time_columns import divide_time


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_a_month_is_in_its_quarter(month: int, quarter: int) -> None:
    columns = divide_time(dt.date(1990, 1, 1), dt.date(2025, 12, 31))
    assert columns.unit == "quarter"
    assert load_language("en").column_name(columns, dt.date(2001, month, 15)) == f"2001 Q{quarter}"
