"""The parts of the search index: each article in one, none too large, and none that depends on how others fill."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from site_gen.site.projections import UNDATED
from site_gen.site.search_parts import SearchPart, split_months

MONTHS = st.one_of(st.just(UNDATED), st.integers(24_000, 24_040), st.integers(12, 9999 * 12 + 11))
COUNTS = st.dictionaries(MONTHS, st.integers(1, 30), max_size=30)


def parts_of(counts: dict[int, int], limit: int) -> list[SearchPart]:
    return list(split_months(counts, limit))


@given(COUNTS, st.integers(2, 40))
def test_each_month_is_in_one_part_that_is_not_too_large(counts: dict[int, int], limit: int) -> None:
    parts = parts_of(counts, limit)
    first_shares = [part for part in parts if part.share == 0]
    assert sorted(month for part in first_shares for month in part.months) == sorted(counts)
    assert [part.months for part in first_shares] == sorted(part.months for part in first_shares)
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        count = sum(counts[month] for month in part.months)
        assert count <= limit if part.share_count == 1 else len(part.months) == 1 < count / limit + 1
        assert all(len(piece) <= 8 and piece.isalnum() for piece in part.name.split("-"))  # of a language tag
    assert parts_of(dict(reversed(counts.items())), limit) == parts


@given(COUNTS, MONTHS)
def test_a_new_article_leaves_the_parts_of_other_months(counts: dict[int, int], month: int) -> None:
    before = set(parts_of(counts, 40))
    after = set(parts_of({**counts, month: counts.get(month, 0) + 1}, 40))
    gone, new = before - after, after - before
    assert len({part.months for part in gone}) <= 1
    if new:
        months = {each for part in gone for each in part.months}
        assert {each for part in new for each in part.months} == months | {month}


def test_a_month_with_too_many_is_dealt_out_evenly() -> None:
    limit = 1500
    for count in (1501, 2000, 5000, 20_000):
        parts = parts_of({24_000: count}, limit)
        members = Counter(part.name for part in parts for number in range(count) if part.has(f"articles/{number}.md"))
        assert sum(members.values()) == count
        assert len(members) == len(parts)
        assert max(members.values()) <= limit
