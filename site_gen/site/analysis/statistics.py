"""What is more or less than usual, and what is together more than by chance. Pure.

Movers. Of the stories of a period and of the past before it, an entity has some. Were its share of the site's stories
what it was, the part of its stories that falls into the period would follow the hypergeometric distribution: all
stories are laid out, those of the entity are drawn from them. So the test is Fisher's exact one, and a site that grows
makes no movers. News come in bursts, though, so that chance alone brings more than that: where the past periods show
it, the counts are scaled down by how much more they vary (a quasi-likelihood's dispersion: P. McCullagh, J. Nelder,
"Generalized Linear Models", 1989, chapter 4.5). Of the many entities that are tried, those are told that pass Y.
Benjamini's and Y. Hochberg's procedure ("Controlling the false discovery rate", 1995), which holds the share of false
ones among them to RATE. Tried are those alone that have stories enough to be told, whatever period they fall into (R.
Tarone, 1990; P. Gilbert, "A modified false discovery rate multiple-comparisons procedure for discrete data", 2005).
The exact test keeps to the rate with room to spare, since small counts cannot reach all probabilities.

Pairs. T. Dunning's log-likelihood ratio ("Accurate methods for the statistics of surprise and coincidence", 1993) ranks
who appears with whom: it does not make much of a pair that met once, as ratios (lift, mutual information) do, and not
of one that is everywhere, as counts do.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import accumulate, chain, repeat, starmap
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

E = TypeVar("E", bound=Hashable)

FALSE_DISCOVERY_RATE = 0.05  # of the movers that are told, at most this share is expected to be chance
PAST_PERIODS = 26  # periods before that make the past of a week or a month: half a year, two years
MIN_PAST_PERIODS = 4  # periods of past that it takes to tell what is usual
MIN_STORIES = 3  # in the period, of a mover; in the past, of one gone quiet
MIN_SHARED_STORIES = 2  # stories that two entities share before their pair is told
CHI_SQUARED_95 = 3.84  # a ratio that one pair in twenty reaches by chance (χ², one degree of freedom)


@dataclass(frozen=True, slots=True)
class UnusualCount(Generic[E]):
    """An entity that had more or fewer stories in a period than its past would have it.

    count: in the period; usual: as many as its share of the past would give it there; chance: the probability of a
    count that far from it, or farther on the same side, were nothing the matter.
    """

    entity: E
    count: int
    expected: float
    p_value: float


def find_rising(
    now: Mapping[E, int],
    total: int,
    past: Sequence[Mapping[E, int]],
    totals: Sequence[int],
    rate: float = FALSE_DISCOVERY_RATE,
) -> tuple[UnusualCount[E], ...]:
    """The entities with significantly more stories in a period than in the past, the surest first.

    now: stories in the period by entity; total: all of the period's. past, totals: the same of each period before, in
    any order, those without any story included. At most `rate` of what is given is expected to be chance. None where
    the past is shorter than LEAST_PAST periods that have stories.
    """
    return _surprising(now, total, past, totals, rate, more=True)


def find_quiet(
    now: Mapping[E, int],
    total: int,
    past: Sequence[Mapping[E, int]],
    totals: Sequence[int],
    rate: float = FALSE_DISCOVERY_RATE,
) -> tuple[UnusualCount[E], ...]:
    """The same for entities with significantly fewer. To be missing from one week says something of those alone that
    are in nearly every week's news: give the stories of the last months as `now` to find others."""
    return _surprising(now, total, past, totals, rate, more=False)


def _surprising(
    now: Mapping[E, int], total: int, past: Sequence[Mapping[E, int]], totals: Sequence[int], rate: float, *, more: bool
) -> tuple[UnusualCount[E], ...]:
    if sum(1 for number in totals if number) < MIN_PAST_PERIODS or not total:
        return ()
    # Counted in C where it can be: a site of ten years has hundreds of issues, each with thousands of counts before it.
    before = Counter(chain.from_iterable(chain.from_iterable(starmap(repeat, counts.items())) for counts in past))
    whole = sum(totals)
    drawn = Counter(before)
    drawn.update(now)
    sizes = Counter(number for number in drawn.values() if number >= MIN_STORIES)
    least = _least_chances(sizes, total, whole, more=more)
    tried = _tested([(chance, sizes[number]) for number, chance in least.items()], rate)
    able = {number for number, chance in least.items() if chance <= rate / tried}
    surprising: list[UnusualCount[E]] = []
    for entity in now if more else before:
        count, usual = now.get(entity, 0), before[entity] * total / whole
        if drawn[entity] not in able or (count < MIN_STORIES or count <= usual if more else count >= usual):
            continue  # never told
        spread = dispersion([counts.get(entity, 0) for counts in past], totals)
        chance = _tail(count / spread, (drawn[entity] - count) / spread, total, whole, more=more)
        surprising.append(UnusualCount(entity, count, usual, chance))
    return _discoveries(surprising, tried, rate)


def _tested(least: Iterable[tuple[float, int]], rate: float) -> int:
    """Of how many entities the test could tell anything: the smallest K so that at most K reach a probability of
    rate/K. least: the smallest probability that entities with as many stories can reach, and how many these are."""
    ordered = sorted(least)
    chances, reach = [chance for chance, _ in ordered], [0, *accumulate(many for _, many in ordered)]
    most = max(reach[-1], 1)
    return 1 + bisect_left(range(1, most), True, key=lambda k: reach[bisect_right(chances, rate / k)] <= k)


def _least_chances(numbers: Iterable[int], total: int, whole: int, *, more: bool) -> dict[int, float]:
    """The probability of the farthest count that so many stories allow, for each of these numbers: all of them in the
    period, or none."""
    found: dict[int, float] = {}
    side, chance, drawn = (total if more else whole), 1.0, 0
    for number in sorted(numbers):
        if number > side:  # not all can be on one side
            count = total if more else number - whole
            found[number] = _tail(count, number - count, total, whole, more=more)
            continue
        while drawn < number:  # one more drawn from that side, too
            chance *= (side - drawn) / (total + whole - drawn)
            drawn += 1
        found[number] = chance
    return found


def dispersion(counts: Sequence[int], totals: Sequence[int]) -> float:
    """How much more an entity's counts vary from period to period than by chance, as a factor of the variance:
    Pearson's χ² over its degrees of freedom. 1 where chance may well explain it: within two standard deviations.

    totals: all stories of each period.
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
    found = sum(parts) / freedom if freedom > 0 else 1.0
    return found if freedom > 0 and found > 1 + 2 * math.sqrt(2 / freedom) else 1.0


def _tail(count: float, earlier: float, total: int, whole: int, *, more: bool) -> float:
    """Fisher's exact probability that of `count + earlier` stories at least (or at most) so many fall into the period,
    of `total` stories among `total + whole`. Counts that were scaled down are rounded so that less is significant."""
    low, high = (math.floor(count), math.ceil(earlier)) if more else (math.ceil(count), math.floor(earlier))
    drawn = low + high
    all_stories = total + whole
    # What is drawn cannot be more than there is; counts of stories never are.
    drawn = min(drawn, all_stories)
    reach = range(low, min(drawn, total) + 1) if more else range(max(0, drawn - whole), low + 1)
    base = _log_choose(all_stories, drawn)
    return min(1.0, math.fsum(math.exp(_log_choose(total, k) + _log_choose(whole, drawn - k) - base) for k in reach))


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _discoveries(surprising: Iterable[UnusualCount[E]], tried: int, rate: float) -> tuple[UnusualCount[E], ...]:
    """Benjamini's and Hochberg's step-up: the largest k for which the k-th smallest probability is at most k/m of the
    rate, of m that were tried; those that are not listed count as sure to be chance."""
    ordered = sorted(surprising, key=lambda mover: (mover.p_value, -mover.count, str(mover.entity)))
    passing = [place for place, mover in enumerate(ordered, 1) if mover.p_value <= rate * place / tried]
    return tuple(ordered[: max(passing, default=0)])


def log_likelihood(both: int, one: int, other: int, total: int) -> float:
    """Dunning's ratio for two entities that are in `one` and `other` stories of `total`, in `both` of them together: 0
    where they are together as often as by chance, negative where they are so more seldom."""
    table = ((both, one - both), (other - both, total - one - other + both))
    rows, columns = (one, total - one), (other, total - other)
    found = sum(
        cell * math.log(cell * total / (rows[i] * columns[j]))
        for i, row in enumerate(table)
        for j, cell in enumerate(row)
        if cell > 0
    )
    return 2 * found if both * total >= one * other else -2 * found


@dataclass(frozen=True, slots=True)
class CoOccurrence(Generic[E]):
    """An entity that appears with another: in how many stories, how many would be by chance, and how surely that is
    no chance (see `log_likelihood`), rounded so that one more story elsewhere on the site moves it seldom."""

    entity: E
    count: int
    expected: float
    log_likelihood: float


def find_companions(
    own: int, shared: Mapping[E, int], counts: Mapping[E, int], total: int
) -> tuple[CoOccurrence[E], ...]:
    """Who appears with an entity more than by chance, the least likely chance first.

    own: its stories; shared: by other entity, those that name both; counts: by other entity, all of its own; total: the
    site's. Pairs of fewer than TOGETHER stories are left out, and those whom chance might have brought together.
    """
    found: list[CoOccurrence[E]] = []
    for entity, both in shared.items():
        surprise = log_likelihood(both, own, counts[entity], total)
        if both >= MIN_SHARED_STORIES and surprise >= CHI_SQUARED_95:
            found.append(CoOccurrence(entity, both, expected_count(own, counts[entity], total), _rounded(surprise)))
    return tuple(sorted(found, key=lambda pair: (-pair.log_likelihood, -pair.count, str(pair.entity))))


def expected_count(one: int, other: int, total: int) -> float:
    """In how many of `total` stories two entities that are in `one` and `other` of them would meet by chance, to two
    digits."""
    return _rounded(one * other / total)


def _rounded(number: float) -> float:
    """A number to two digits."""
    return float(f"{number:.1e}")


@dataclass(frozen=True, slots=True)
class StoryWeight:
    """Why a story leads an issue: each part, and their sum.

    outlets: that tell it; about: tracked entities that it is about; first: entities that it names for the first time on
    the site; pairs: two companies that it names together for the first time.
    """

    outlets: int
    about: int
    first: int
    pairs: int

    @property
    def total(self) -> float:
        """Three for each doubling of the outlets (the tenth outlet adds less than the second), two for each entity that
        it is about up to three, one for each first time up to three."""
        outlets = 3 * math.log2(max(self.outlets, 1))
        return round(outlets + 2 * min(self.about, 3) + min(self.first + self.pairs, 3), 1)


def rank_by_weight(stories: Iterable[tuple[E, StoryWeight, int]]) -> list[E]:
    """Stories (each with its weight and its day, as an ordinal) in the order of an issue: the weightiest first, of
    equal ones the newer, then by name."""
    return [story for story, _, _ in sorted(stories, key=lambda told: (-told[1].total, -told[2], str(told[0])))]
