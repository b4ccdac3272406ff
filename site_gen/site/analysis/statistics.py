"""Tests of counts: who is in more or fewer stories than usual, who is together more than by chance. Pure.

Unusual counts. Of the stories of a period and of the past before it, an entity has some. Were its share of the site's
stories what it was, the part of its stories that falls into the period would follow the hypergeometric distribution:
all stories are laid out, those of the entity are drawn from them. So the test is Fisher's exact one, and a site that
grows does not make every entity unusual. News come in bursts, though, so that chance alone brings more than that: where
the past periods show it, the counts are scaled down by how much more they vary (a quasi-likelihood's dispersion: P.
McCullagh, J. Nelder, "Generalized Linear Models", 1989, chapter 4.5). Of the many entities that are tested, those are
reported that pass Y. Benjamini's and Y. Hochberg's procedure ("Controlling the false discovery rate", 1995), which
holds the share of false ones among them to FALSE_DISCOVERY_RATE. Tested are those alone that have stories enough to be
reported, whatever period they fall into (R. Tarone, 1990; P. Gilbert, "A modified false discovery rate
multiple-comparisons procedure for discrete data", 2005). The exact test keeps to the rate with room to spare, since
small counts cannot reach all probabilities.

Pairs. T. Dunning's log-likelihood ratio ("Accurate methods for the statistics of surprise and coincidence", 1993) ranks
who appears with whom: it does not make much of a pair that met once, as ratios (lift, mutual information) do, and not
of one that is everywhere, as counts do.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable
from itertools import accumulate, chain, repeat, starmap
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

E = TypeVar("E", bound=Hashable)

FALSE_DISCOVERY_RATE = 0.05  # of the unusual counts reported, at most this share is expected to be chance
PAST_PERIODS = 26  # periods before that make the past of a week or a month: half a year, two years
MIN_PAST_PERIODS = 4  # periods with stories that it takes to say what is usual
MIN_STORIES = 3  # in the period, of an entity with more than usual; in the past, of one with fewer
MIN_SHARED_STORIES = 2  # stories that two entities share before their pair is reported
CHI_SQUARED_95 = 3.84  # a ratio that one pair in twenty reaches by chance (χ², one degree of freedom)


class UnusualCount(Struct, Generic[E], frozen=True):
    """An entity that had more or fewer stories in a period than its past would have it."""

    entity: E  # that has the count
    count: int  # stories in the period
    expected: float  # stories that its share of the past would give it there
    p_value: float  # the probability of a count that far from it, or farther on the same side, by chance


def find_rising(
    now: Mapping[E, int],
    total: int,
    past: Sequence[Mapping[E, int]],
    totals: Sequence[int],
    rate: float = FALSE_DISCOVERY_RATE,
) -> tuple[UnusualCount[E], ...]:
    """Return the entities with significantly more stories in a period than in the past, the surest first.

    now: stories in the period by entity; total: all stories of the period. past, totals: likewise of each period
    before, in any order, those without any story included. At most `rate` of what is returned is expected to be chance.
    Empty where fewer than MIN_PAST_PERIODS periods of the past have stories.
    """
    return _find_unusual(now, total, past, totals, rate, more=True)


def find_quiet(
    now: Mapping[E, int],
    total: int,
    past: Sequence[Mapping[E, int]],
    totals: Sequence[int],
    rate: float = FALSE_DISCOVERY_RATE,
) -> tuple[UnusualCount[E], ...]:
    """Return the entities with significantly fewer stories in a period than in the past, the surest first.

    Arguments as of `find_rising`. To be missing from one week says something of those alone that are in nearly every
    week's news: give the stories of several periods as `now` to find others.
    """
    return _find_unusual(now, total, past, totals, rate, more=False)


def _find_unusual(
    now: Mapping[E, int], total: int, past: Sequence[Mapping[E, int]], totals: Sequence[int], rate: float, *, more: bool
) -> tuple[UnusualCount[E], ...]:
    if sum(1 for number in totals if number) < MIN_PAST_PERIODS or not total:
        return ()
    # Counted in C where it can be: a site of ten years has hundreds of issues, each with thousands of counts before it.
    before = Counter(chain.from_iterable(chain.from_iterable(starmap(repeat, counts.items())) for counts in past))
    past_total = sum(totals)
    all_counts = Counter(before)
    all_counts.update(now)
    sizes = Counter(number for number in all_counts.values() if number >= MIN_STORIES)
    smallest = _smallest_p_values(sizes, total, past_total, more=more)
    tested = _tested_number([(p_value, sizes[number]) for number, p_value in smallest.items()], rate)
    testable = {number for number, p_value in smallest.items() if p_value <= rate / tested}
    unusual: list[UnusualCount[E]] = []
    for entity in now if more else before:
        count, expected = now.get(entity, 0), before[entity] * total / past_total
        is_unlike = count >= MIN_STORIES and count > expected if more else count < expected
        if all_counts[entity] not in testable or not is_unlike:
            continue  # as usual, or with too few stories to ever be reported
        spread = dispersion([counts.get(entity, 0) for counts in past], totals)
        p_value = _tail_probability(count / spread, (all_counts[entity] - count) / spread, total, past_total, more=more)
        unusual.append(UnusualCount(entity, count, expected, p_value))
    return _discoveries(unusual, tested, rate)


def _tested_number(smallest: Iterable[tuple[float, int]], rate: float) -> int:
    """Return of how many entities the test could report anything: the least K so that at most K reach rate/K.

    smallest: the smallest probability that entities with as many stories can reach, and how many these are.
    """
    ordered = sorted(smallest)
    p_values, reach = [p_value for p_value, _ in ordered], [0, *accumulate(number for _, number in ordered)]
    most = max(reach[-1], 1)
    return 1 + bisect_left(range(1, most), True, key=lambda k: reach[bisect_right(p_values, rate / k)] <= k)


def _smallest_p_values(numbers: Iterable[int], total: int, past_total: int, *, more: bool) -> dict[int, float]:
    """Return the probability of the farthest count that so many stories allow, for each of these numbers.

    The farthest count is all of them in the period, or (with `more` false) none.
    """
    p_values: dict[int, float] = {}
    side, p_value, drawn = (total if more else past_total), 1.0, 0
    for number in sorted(numbers):
        if number > side:  # not all can be on one side
            count = total if more else number - past_total
            p_values[number] = _tail_probability(count, number - count, total, past_total, more=more)
            continue
        while drawn < number:  # one more is drawn from that side
            p_value *= (side - drawn) / (total + past_total - drawn)
            drawn += 1
        p_values[number] = p_value
    return p_values


def dispersion(counts: Sequence[int], totals: Sequence[int]) -> float:
    """Return how much more an entity's counts vary from period to period than by chance, as a factor of the variance.

    It is Pearson's χ² over its degrees of freedom; 1 where chance may well explain it: within two standard deviations.
    counts: the entity's stories of each period; totals: all stories of each period.
    """
    share = sum(counts) / (sum(totals) or 1)
    if not 0 < share < 1:
        return 1.0
    variances = [share * total * (1 - share) for total in totals]
    parts = [
        (count - share * total) ** 2 / variance
        for count, total, variance in zip(counts, totals, variances, strict=True)
        if variance
    ]
    freedom = len(parts) - 1
    factor = sum(parts) / freedom if freedom > 0 else 1.0
    return factor if freedom > 0 and factor > 1 + 2 * math.sqrt(2 / freedom) else 1.0


def _tail_probability(count: float, earlier: float, total: int, past_total: int, *, more: bool) -> float:
    """Return Fisher's exact probability of at least (or at most) so many stories in the period.

    Of `count + earlier` stories, `count` or more (with `more` false: fewer) fall into the period, which has `total`
    stories among `total + past_total`. Counts that were scaled down are rounded so that less is significant.
    """
    low, high = (math.floor(count), math.ceil(earlier)) if more else (math.ceil(count), math.floor(earlier))
    drawn = low + high
    all_stories = total + past_total
    # What is drawn cannot be more than there is; counts of stories never are.
    drawn = min(drawn, all_stories)
    # From the count that is asked for, the likeliest of its side, outwards: each term follows from the one before.
    start = max(low, drawn - past_total) if more else min(low, drawn, total)
    first = _log_choose(total, start) + _log_choose(past_total, drawn - start) - _log_choose(all_stories, drawn)
    terms = [math.exp(first)]
    if more:
        for k in range(start, min(drawn, total)):
            terms.append(terms[-1] * (total - k) * (drawn - k) / ((k + 1) * (past_total - drawn + k + 1)))
    else:
        for k in range(start, max(0, drawn - past_total), -1):
            terms.append(terms[-1] * k * (past_total - drawn + k) / ((total - k + 1) * (drawn - k + 1)))
    return min(1.0, math.fsum(terms))


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _discoveries(unusual: Iterable[UnusualCount[E]], tested: int, rate: float) -> tuple[UnusualCount[E], ...]:
    """Apply Benjamini's and Hochberg's step-up procedure.

    It keeps the largest k for which the k-th smallest probability is at most k/m of the rate, of m that were tested;
    those that are not in `unusual` count as certain to be chance.
    """
    ordered = sorted(unusual, key=lambda item: (item.p_value, -item.count, str(item.entity)))
    passing = [place for place, item in enumerate(ordered, 1) if item.p_value <= rate * place / tested]
    return tuple(ordered[: max(passing, default=0)])


def log_likelihood(both: int, one: int, other: int, total: int) -> float:
    """Return Dunning's ratio for two entities that are in `one` and `other` stories of `total`, in `both` together.

    0 where they are together as often as by chance, negative where they are so more seldom.
    """
    table = ((both, one - both), (other - both, total - one - other + both))
    rows, columns = (one, total - one), (other, total - other)
    ratio = 2 * sum(
        cell * math.log(cell * total / (rows[i] * columns[j]))
        for i, row in enumerate(table)
        for j, cell in enumerate(row)
        if cell > 0
    )
    return ratio if both * total >= one * other else -ratio


class CoOccurrence(Struct, Generic[E], frozen=True):
    """An entity that appears with another."""

    entity: E  # the other one
    count: int  # stories that name both
    expected: float  # stories that would name both by chance
    log_likelihood: float  # see `log_likelihood`; rounded, so that one more story elsewhere on the site seldom moves it


def find_companions(
    own: int, shared: Mapping[E, int], counts: Mapping[E, int], total: int
) -> tuple[CoOccurrence[E], ...]:
    """Return who appears with an entity more than by chance, the least likely chance first.

    own: the entity's stories; shared: by other entity, the stories that name both; counts: by other entity, all of its
    own; total: the site's. Pairs of fewer than MIN_SHARED_STORIES are left out, and those that chance may explain.
    """
    companions: list[CoOccurrence[E]] = []
    for entity, both in shared.items():
        # Most are together once, or as often as by chance: these need no ratio.
        if both < MIN_SHARED_STORIES or both * total < own * counts[entity]:
            continue
        ratio = log_likelihood(both, own, counts[entity], total)
        if ratio >= CHI_SQUARED_95:
            companions.append(CoOccurrence(entity, both, expected_count(own, counts[entity], total), _rounded(ratio)))
    return tuple(sorted(companions, key=lambda pair: (-pair.log_likelihood, -pair.count, str(pair.entity))))


def rounded_up(count: int) -> int:
    """Return a count of stories to three significant digits, rounded up: what counts of pairs are compared with.

    None is off by one in a hundred; and one story more leaves what stands on pages of other entities as it is.
    """
    step = int(10 ** max(0, len(str(count)) - 3))
    return -(-count // step) * step


def expected_count(one: int, other: int, total: int) -> float:
    """Return in how many of `total` stories two entities that are in `one` and `other` of them would meet by chance.

    To two significant digits.
    """
    return _rounded(one * other / total)


def _rounded(number: float) -> float:
    """Round to two significant digits."""
    return float(f"{number:.1e}")


class StoryWeight(Struct, frozen=True):
    """Why a story leads an issue: each part of its weight."""

    outlets: int  # that report it
    about: int  # followed entities that it is about
    first: int  # entities that it names for the first time on the site
    pairs: int  # pairs of entities of one kind that it names together for the first time
    is_report: bool = True  # whether it may report an event, as a guide, a shop or a list does not

    @property
    def rank(self) -> tuple[bool, bool]:
        """What goes before all weight: stories about a followed entity come first, and reports before others."""
        return not self.about, not self.is_report

    @property
    def may_lead(self) -> bool:
        """Whether it may lead an issue though its editor does not say so."""
        return bool(self.about) or self.is_report

    @property
    def total(self) -> float:
        """The sum by which stories are ranked.

        Three for each doubling of the outlets (the tenth outlet adds less than the second), two for each entity that it
        is about up to three, one for each first time up to three.
        """
        outlets = 3 * math.log2(max(self.outlets, 1))
        return round(outlets + 2 * min(self.about, 3) + min(self.first + self.pairs, 3), 1)


def rank_by_weight(stories: Iterable[tuple[E, StoryWeight, int]]) -> list[E]:
    """Return stories in the order of an issue.

    They come by their rank, of equal rank the weightiest, of equal ones the newer, then by name.
    stories: each with its weight and its day, as an ordinal.
    """
    return [
        story
        for story, _, _ in sorted(stories, key=lambda item: (item[1].rank, -item[1].total, -item[2], str(item[0])))
    ]
