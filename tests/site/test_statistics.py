"""Movers, companions, related articles and the weight of stories: what the statistics promise."""

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


def invented_stories(rng: random.Random, weeks: int = WEEKS, entities: int = 120) -> list[tuple[int, set[int]]]:
    """Return the stories of a site that grows: the week of each, and the entities that it names."""
    weights = [1 / (n + 1) for n in range(entities)]
    return [
        (week, set(rng.choices(range(entities), weights, k=rng.randint(1, 5))))
        for week in range(weeks)
        for _ in range(rng.randrange(10, 30) + week)
    ]


def counts_by_week(stories: list[tuple[int, set[int]]], weeks: int = WEEKS) -> tuple[list[Counter[int]], list[int]]:
    """Return per week how many stories name each entity, and how many there are."""
    counts, totals = [Counter[int]() for _ in range(weeks)], [0] * weeks
    for week, named in stories:
        counts[week].update(named)
        totals[week] += 1
    return counts, totals


def test_shuffled_dates_raise_no_more_alarms_than_the_false_discovery_rate() -> None:
    """With shuffled dates nobody moves: any mover is a false alarm."""
    rng = random.Random(3)
    alarms, quiet, issues = 0, 0, 0
    for _ in range(12):
        stories = invented_stories(rng)
        weeks = [week for week, _ in stories]
        rng.shuffle(weeks)
        counts, totals = counts_by_week([(week, named) for week, (_, named) in zip(weeks, stories, strict=True)])
        for week in range(WEEKS - 8, WEEKS):
            past = counts[:week], totals[:week]
            alarms += bool(find_rising(counts[week], totals[week], *past))
            quiet += bool(find_quiet(counts[week], totals[week], *past))
            issues += 1
    spread = 2 * math.sqrt(FALSE_DISCOVERY_RATE * (1 - FALSE_DISCOVERY_RATE) / issues)
    assert alarms / issues <= FALSE_DISCOVERY_RATE + spread
    assert quiet / issues <= FALSE_DISCOVERY_RATE + spread


def test_a_sudden_rise_is_found_with_its_expected_count() -> None:
    counts, totals = counts_by_week(invented_stories(random.Random(4)))
    week = WEEKS - 1
    now = counts[week] + Counter({77: 9})
    rising = find_rising(now, totals[week] + 9, counts[:week], totals[:week])
    assert [mover.entity for mover in rising] == [77]
    assert rising[0].count >= 9
    assert rising[0].expected < 2
    assert rising[0].p_value < FALSE_DISCOVERY_RATE / 10


def test_growth_of_the_whole_site_makes_no_movers() -> None:
    past = [Counter(one=n, other=n, rest=2 * n) for n in range(10, 30)]
    totals = [4 * n for n in range(10, 30)]
    assert find_rising(Counter(one=60, other=60, rest=120), 240, past, totals) == ()


def test_an_entity_that_is_no_longer_named_is_quiet() -> None:
    past = [Counter(loud=10, other=12) for _ in range(20)]
    quiet = find_quiet(Counter(other=13), 22, past, [22] * 20)
    assert [mover.entity for mover in quiet] == ["loud"]
    assert quiet[0].count == 0
    assert quiet[0].expected == 10


def test_an_entity_of_bursts_needs_a_larger_rise() -> None:
    steady, bursts = [Counter(one=2)] * 20, [Counter(one=20 * (n % 10 == 0)) for n in range(20)]
    assert sum(week["one"] for week in steady) == sum(week["one"] for week in bursts)
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
def test_movers_of_any_counts_are_significant_and_sorted(
    now: dict[str, int], past: list[dict[str, int]], more: int
) -> None:
    totals = [max(counts.values(), default=0) + more for counts in past]
    total = max(now.values(), default=0) + more
    for movers in (find_rising(now, total, past, totals), find_quiet(now, total, past, totals)):
        assert all(0 <= mover.p_value <= FALSE_DISCOVERY_RATE for mover in movers)
        assert list(movers) == sorted(movers, key=lambda mover: (mover.p_value, -mover.count, mover.entity))
    assert all(mover.count > mover.expected for mover in find_rising(now, total, past, totals))
    assert not {m.entity for m in find_rising(now, total, past, totals)} & {
        m.entity for m in find_quiet(now, total, past, totals)
    }


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(1, 60), st.integers(1, 300), st.booleans())
def test_p_values_and_their_number_equal_those_computed_one_by_one(
    stories: list[int], total: int, whole: int, more: bool
) -> None:
    stories = [number for number in stories if number <= total + whole]
    one_by_one = []
    for drawn in stories:
        count = min(drawn, total) if more else max(0, drawn - whole)
        one_by_one.append(statistics._tail_probability(count, drawn - count, total, whole, more=more))
    p_values = statistics._smallest_p_values(set(stories), total, whole, more=more)
    assert [p_values[drawn] for drawn in stories] == pytest.approx(one_by_one, rel=1e-9, abs=1e-300)
    expected_number = next(
        k for k in range(1, len(stories) + 2) if sum(chance <= FALSE_DISCOVERY_RATE / k for chance in one_by_one) <= k
    )
    multiplicity = Counter(stories)
    assert (
        statistics._tested_number(
            [(chance, multiplicity[drawn]) for drawn, chance in p_values.items()], FALSE_DISCOVERY_RATE
        )
        == expected_number
    )


def test_the_tail_probability_is_that_of_fishers_exact_test() -> None:
    """Of the table ((8, 2), (1, 5)) the one-sided probability is 0.02447 (R: `fisher.test`, `greater`)."""
    assert math.isclose(statistics._tail_probability(8, 1, 10, 6, more=True), 0.024475, rel_tol=1e-3)


def test_log_likelihood_is_that_of_dunning() -> None:
    assert log_likelihood(10, 100, 100, 1000) == 0  # as by chance
    assert log_likelihood(30, 100, 100, 1000) > log_likelihood(20, 100, 100, 1000) > 0
    assert log_likelihood(1, 100, 100, 1000) < 0
    # Dunning (1993), table 2: "the swiss", 110 times, of 2,442 and 133 times, among 31,777 words: 270.72.
    assert math.isclose(log_likelihood(110, 110 + 2442, 110 + 111, 31777), 270.72, rel_tol=0.001)


def test_companions_appear_together_more_often_than_by_chance() -> None:
    shared = {"everywhere": 40, "partner": 12, "once": 1, "chance": 4}
    counts = {"everywhere": 800, "partner": 15, "once": 1, "chance": 80}
    assert [pair.entity for pair in find_companions(50, shared, counts, 1000)] == ["partner"]
    assert find_companions(50, shared, counts, 1000)[0].expected == 0.75


def test_the_weight_of_a_story_is_a_capped_sum() -> None:
    weight = StoryWeight(outlets=4, about=2, first=1, pairs=0)
    assert weight.total == 3 * 2 + 2 * 2 + 1
    capped = StoryWeight(outlets=1, about=9, first=9, pairs=9)
    assert capped.total == 9
    assert rank_by_weight([("a", capped, 5), ("b", weight, 5), ("c", weight, 6)]) == ["c", "b", "a"]


def test_reports_go_before_guides_and_subjects_before_mentions() -> None:
    stories = {
        f"{about} {is_report}": StoryWeight(outlets=9 - about, about=about, first=0, pairs=0, is_report=is_report)
        for about in (0, 1)
        for is_report in (False, True)
    }
    order = rank_by_weight((name, weight, 5) for name, weight in stories.items())
    assert order == ["1 True", "1 False", "0 True", "0 False"]
    assert [stories[name].may_lead for name in order] == [True, True, True, False]


TERMS = st.dictionaries(st.integers(1, 12), st.integers(1, 255), max_size=12)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | TERMS), max_size=30))
def test_related_articles_do_not_depend_on_the_order_of_changes(
    changes: list[tuple[str, dict[int, int] | None]],
) -> None:
    index, terms_by_file = RelatedIndex(), dict[str, dict[int, int]]()
    for file, terms in changes:
        before = {other: index.nearest(other) for other in terms_by_file}
        changed = index.put({file: terms})
        terms_by_file.pop(file, None)
        if terms is not None:
            terms_by_file[file] = terms
        after = {other: index.nearest(other) for other in terms_by_file}
        assert changed >= {other for other in before.keys() | after.keys() if before.get(other) != after.get(other)}
    whole = RelatedIndex()
    whole.put(dict(reversed(terms_by_file.items())))
    assert {file: whole.nearest(file) for file in terms_by_file} == {
        file: index.nearest(file) for file in terms_by_file
    }


def test_on_a_large_site_one_new_article_changes_few_others() -> None:
    rng = random.Random(5)
    index = RelatedIndex()
    drawn = {f"{n}": {rng.randrange(1, 20_000): 200 - k for k in range(24)} | {0: 255} for n in range(2000)}
    for file, terms in drawn.items():
        index.put({file: terms})
    changed = index.put({"one": drawn["7"]})
    assert len(changed) < 3 * MAX_ARTICLES_PER_WORD
    assert index.nearest("one")[0] == "7"
    assert len(index.nearest("one")) <= MAX_NEAREST
