"""Movers, pairs, related articles and the weight of stories: what the statistics promise."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.site.analysis import statistics
from site_gen.site.analysis.related_articles import MAX_ARTICLES_PER_WORD, MAX_NEAREST, RelatedIndex
from site_gen.site.analysis.statistics import (
    FALSE_DISCOVERY_RATE,
    StoryWeight,
    dispersion,
    find_companions,
    find_quiet,
    find_rising,
    log_likelihood,
    rank_by_weight,
)

WEEKS = 30


def invented(rng: random.Random, weeks: int = WEEKS, entities: int = 120) -> list[tuple[int, set[int]]]:
    """Stories (their week, whom they name) of a site that grows."""
    weights = [1 / (n + 1) for n in range(entities)]
    return [
        (week, set(rng.choices(range(entities), weights, k=rng.randint(1, 5))))
        for week in range(weeks)
        for _ in range(rng.randrange(10, 30) + week)
    ]


def counted(stories: list[tuple[int, set[int]]], weeks: int = WEEKS) -> tuple[list[Counter[int]], list[int]]:
    counts, totals = [Counter[int]() for _ in range(weeks)], [0] * weeks
    for week, named in stories:
        counts[week].update(named)
        totals[week] += 1
    return counts, totals


def test_shuffled_dates_bring_no_more_alarms_than_stated() -> None:
    """With dates dealt out anew nobody moves: any mover is a false alarm, and is one in `RATE` of issues at most."""
    rng = random.Random(3)
    alarms, quiet, issues = 0, 0, 0
    for _ in range(12):
        stories = invented(rng)
        weeks = [week for week, _ in stories]
        rng.shuffle(weeks)
        counts, totals = counted([(week, named) for week, (_, named) in zip(weeks, stories, strict=True)])
        for week in range(WEEKS - 8, WEEKS):
            past = counts[:week], totals[:week]
            alarms += bool(find_rising(counts[week], totals[week], *past))
            quiet += bool(find_quiet(counts[week], totals[week], *past))
            issues += 1
    spread = 2 * math.sqrt(FALSE_DISCOVERY_RATE * (1 - FALSE_DISCOVERY_RATE) / issues)
    assert alarms / issues <= FALSE_DISCOVERY_RATE + spread
    assert quiet / issues <= FALSE_DISCOVERY_RATE + spread


def test_a_mover_is_found_and_what_is_usual_for_it() -> None:
    counts, totals = counted(invented(random.Random(4)))
    week = WEEKS - 1
    now = counts[week] + Counter({77: 9})
    found = find_rising(now, totals[week] + 9, counts[:week], totals[:week])
    assert [mover.entity for mover in found] == [77]
    assert found[0].count >= 9
    assert found[0].expected < 2
    assert found[0].p_value < FALSE_DISCOVERY_RATE / 10


def test_a_large_site_that_grows_has_no_movers_for_that() -> None:
    past = [Counter(one=n, other=n, rest=2 * n) for n in range(10, 30)]
    totals = [4 * n for n in range(10, 30)]
    assert find_rising(Counter(one=60, other=60, rest=120), 240, past, totals) == ()


def test_gone_quiet() -> None:
    past = [Counter(loud=10, other=12) for _ in range(20)]
    found = find_quiet(Counter(other=13), 22, past, [22] * 20)
    assert [mover.entity for mover in found] == ["loud"]
    assert found[0].count == 0
    assert found[0].expected == 10


def test_what_comes_in_bursts_needs_more_to_move() -> None:
    steady, bursts = [Counter(one=2)] * 20, [Counter(one=20 * (n % 10 == 0)) for n in range(20)]
    assert sum(one["one"] for one in steady) == sum(one["one"] for one in bursts)
    now = Counter(one=11)
    assert find_rising(now, 40, steady, [40] * 20)
    assert not find_rising(now, 40, bursts, [40] * 20)
    assert dispersion([2] * 20, [40] * 20) == 1
    assert dispersion([0, 20] * 10, [40] * 20) > 5


def test_without_a_past_nobody_moves() -> None:
    assert find_rising(Counter(one=50), 60, [], []) == ()
    assert find_rising(Counter(one=50), 60, [Counter(one=1)] * 3, [60] * 3) == ()
    assert find_quiet(Counter(), 0, [Counter(one=9)] * 9, [60] * 9) == ()


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30))


@given(COUNTS, st.lists(COUNTS, max_size=12), st.integers(0, 20))
def test_movers_of_any_counts(now: dict[str, int], past: list[dict[str, int]], more: int) -> None:
    totals = [max(counts.values(), default=0) + more for counts in past]
    total = max(now.values(), default=0) + more
    for found in (find_rising(now, total, past, totals), find_quiet(now, total, past, totals)):
        assert all(0 <= mover.p_value <= FALSE_DISCOVERY_RATE for mover in found)
        assert list(found) == sorted(found, key=lambda mover: (mover.p_value, -mover.count, mover.entity))
    assert all(mover.count > mover.expected for mover in find_rising(now, total, past, totals))
    assert not {m.entity for m in find_rising(now, total, past, totals)} & {
        m.entity for m in find_quiet(now, total, past, totals)
    }


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(1, 60), st.integers(1, 300), st.booleans())
def test_of_how_many_anything_could_be_told(stories: list[int], total: int, whole: int, more: bool) -> None:
    """As the papers say it, one entity after the other."""
    stories = [number for number in stories if number <= total + whole]
    plain = []
    for drawn in stories:
        count = min(drawn, total) if more else max(0, drawn - whole)
        plain.append(statistics._tail_probability(count, drawn - count, total, whole, more=more))
    found = statistics._smallest_p_values(set(stories), total, whole, more=more)
    assert [found[drawn] for drawn in stories] == pytest.approx(plain, rel=1e-9, abs=1e-300)
    tried = next(
        k for k in range(1, len(stories) + 2) if sum(chance <= FALSE_DISCOVERY_RATE / k for chance in plain) <= k
    )
    many = Counter(stories)
    assert (
        statistics._tested_number([(chance, many[drawn]) for drawn, chance in found.items()], FALSE_DISCOVERY_RATE)
        == tried
    )


def test_the_tail_is_fishers() -> None:
    """Of the table ((8, 2), (1, 5)) the one-sided probability is 0.02447 (R: `fisher.test`, `greater`)."""
    assert math.isclose(statistics._tail_probability(8, 1, 10, 6, more=True), 0.024475, rel_tol=1e-3)


def test_log_likelihood_is_dunnings() -> None:
    assert log_likelihood(10, 100, 100, 1000) == 0  # as by chance
    assert log_likelihood(30, 100, 100, 1000) > log_likelihood(20, 100, 100, 1000) > 0
    assert log_likelihood(1, 100, 100, 1000) < 0
    # Dunning (1993), table 2: "the swiss", 110 times, of 2,442 and 133 times, among 31,777 words: 270.72.
    assert math.isclose(log_likelihood(110, 110 + 2442, 110 + 111, 31777), 270.72, rel_tol=0.001)


def test_who_is_together_is_ranked_by_more_than_chance() -> None:
    shared = {"everywhere": 40, "partner": 12, "once": 1, "chance": 4}
    counts = {"everywhere": 800, "partner": 15, "once": 1, "chance": 80}
    assert [pair.entity for pair in find_companions(50, shared, counts, 1000)] == ["partner"]
    assert find_companions(50, shared, counts, 1000)[0].expected == 0.75


def test_the_weight_of_a_story_is_explained() -> None:
    weight = StoryWeight(outlets=4, about=2, first=1, pairs=0)
    assert weight.total == 3 * 2 + 2 * 2 + 1
    many = StoryWeight(outlets=1, about=9, first=9, pairs=9)
    assert many.total == 9
    assert rank_by_weight([("a", many, 5), ("b", weight, 5), ("c", weight, 6)]) == ["c", "b", "a"]


TERMS = st.dictionaries(st.integers(1, 12), st.integers(1, 255), max_size=8)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | TERMS), max_size=30))
def test_related_articles_in_any_order(changes: list[tuple[str, dict[int, int] | None]]) -> None:
    index, there = RelatedIndex(), dict[str, dict[int, int]]()
    for file, terms in changes:
        before = {other: index.nearest(other) for other in there}
        changed = index.put({file: terms})
        there.pop(file, None)
        if terms is not None:
            there[file] = terms
        after = {other: index.nearest(other) for other in there}
        assert changed >= {other for other in before.keys() | after.keys() if before.get(other) != after.get(other)}
    whole = RelatedIndex()
    whole.put(dict(reversed(there.items())))
    assert {file: whole.nearest(file) for file in there} == {file: index.nearest(file) for file in there}


def test_a_large_site_costs_one_article_what_a_small_one_does() -> None:
    rng = random.Random(5)
    index = RelatedIndex()
    drawn = {f"{n}": {rng.randrange(1, 20_000): 200 - k for k in range(24)} | {0: 255} for n in range(2000)}
    for file, terms in drawn.items():
        index.put({file: terms})
    changed = index.put({"one": drawn["7"]})
    assert len(changed) < 3 * MAX_ARTICLES_PER_WORD
    assert index.nearest("one")[0] == "7"
    assert len(index.nearest("one")) <= MAX_NEAREST
