"""What is told of an entity beyond its list: its last weeks, who appears with it, its topics over time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.periods import week_period
from site_gen.core import calendar_months
from site_gen.core.depgraph import cell
from site_gen.site.analysis import statistics
from site_gen.site.coverage import MAX_LISTED_ENTITIES, CoverageQueries
from site_gen.site.projections import certain_date, newest_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_gen.content.records import Tag
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntityStory, StoryFacts

RECENT_WEEKS = 4  # weeks that are an entity's last ones
_USUAL = 12  # spans of so many weeks before them say what is usual: nearly a year
_LEAST_PAST = statistics.MIN_PAST_PERIODS
MAX_PAIR_STORIES = 60  # stories on a pair's page
MAX_NETWORK_PAIRS = 150  # pairs that the network shows
_FIRSTS = 3  # entities that are named as seen with it for the first time
_TOPICS = 8  # topics that are shown over time
_FEW = 5  # pairs that are shown where none is more than chance
MIN_PAIR_STORIES = 3  # stories that name both, from which on a pair has a page of its own
_WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class RecentActivity:
    """An entity's last weeks, up to that of the site's newest article.

    week: the Monday of the last one; count: stories in them; usual: as many as a span of so many weeks had over the
    year before, None where that is not known; beside: entities that it is together with for the first time; carried:
    the story that most outlets tell, and how many, if several do.
    """

    last_week: dt.date
    count: int
    usual_count: float | None
    new_companions: tuple[Tag, ...]
    top_story: tuple[ArticleCard, int] | None


@dataclass(frozen=True, slots=True)
class Companion:
    """An entity that appears with another, in how many stories, and how many would be by chance."""

    tag: Tag
    count: int
    expected: float


@dataclass(frozen=True, slots=True)
class CompanionGroup:
    """The entities of a kind that appear with one. `beyond`: they do so more than by chance, the least likely chance
    first; else there are none that do, and these are the most frequent."""

    kind: str
    is_significant: bool
    members: tuple[Companion, ...]


class PairStory(NamedTuple):
    """A story that names two entities, by the first of its articles that names the first of them: with the JSON of its
    passages that do, and the story's other articles."""

    card: ArticleCard
    mentions: tuple[str, ...]
    others: tuple[ArticleCard, ...]


@dataclass(frozen=True, slots=True)
class EntityPair:
    """Two entities together: how often, how often that would be by chance, from when to when as far as that is sure, by
    month, and the newest stories."""

    count: int
    expected: float
    first: dt.date | None
    last: dt.date | None
    months: tuple[tuple[calendar_months.Month, int], ...]
    stories: tuple[PairStory, ...]


@dataclass(frozen=True, slots=True)
class TimePeriods:
    """What a site's time is cut into where several rows are compared: what a period is called, and their labels,
    oldest first."""

    unit: str
    labels: tuple[str, ...]


class TrendQueries(CoverageQueries):
    """What a site's articles say about each entity and its company."""

    @cell
    def dated_weeks(self) -> tuple[dt.date, dt.date] | None:
        """The Mondays of the first and the last week of which a story is known for sure."""
        days = [sure for _, _, sure in self.group("dates").values() if sure]
        return (week_period(min(days)).first, week_period(max(days)).first) if days else None

    @cell
    def recent_activity(self, tag: Tag) -> RecentActivity | None:
        """An entity's last weeks; None where there is nothing to say: it has no story in them, and hardly ever has."""
        known = self.dated_weeks()
        if known is None:
            return None
        first, last = known
        start = last - (RECENT_WEEKS - 1) * _WEEK
        members = list(self.group("facts of entity", tag).values())
        recent = [one for one in members if one.certain_date and one.certain_date >= start]
        usual = _usual(members, first, start)
        if not recent and (usual is None or usual < 1):
            return None
        return RecentActivity(
            last, len(recent), usual, self._new_companions(tag, members, recent), self._top_story(tag, start)
        )

    def _new_companions(self, tag: Tag, members: list[StoryFacts], recent: list[StoryFacts]) -> tuple[Tag, ...]:
        """Whom an entity that was known before is together with for the first time, the most frequent first."""
        now = Counter(other for one in recent for other in one.tags)
        latest = set(map(id, recent))
        before = {other for one in members if id(one) not in latest for other in one.tags}
        new = (other for other in now if other not in before and other != tag and self.kind(other.kind).by == "names")
        return tuple(sorted(new, key=lambda other: (-now[other], other))[:_FIRSTS]) if before else ()

    def _top_story(self, tag: Tag, start: dt.date) -> tuple[ArticleCard, int] | None:
        """The story of the last weeks that most outlets tell; of equal ones the newest."""
        years = [year for year, _ in self.story_years(tag) if year >= start.year]
        told = [one for year in years for one in self.stories_of_year(tag, year) if _is_since(one, start)]
        best = max(told, key=_outlets, default=None)
        return (best.card, _outlets(best)) if best and _outlets(best) > 1 else None

    @cell
    def co_occurrences(self, tag: Tag) -> tuple[tuple[Tag, int], ...]:
        """The entities that are named together with an entity, and in how many stories."""
        pairs: Counter[Tag] = Counter()
        for one in self.group("facts of entity", tag).values():
            pairs.update(one.tags)
        pairs.pop(tag, None)
        return tuple(sorted(pairs.items()))

    @cell
    def shared_story_count(self, one: Tag, other: Tag) -> int:
        """How many stories name both."""
        return dict(self.co_occurrences(one)).get(other, 0)

    @cell
    def companions(self, tag: Tag) -> tuple[CompanionGroup, ...]:
        """Who appears with an entity, of each kind that is found by names as many as its page shows."""
        own, total, shared = self.story_count(tag), self.totals().stories, dict(self.co_occurrences(tag))
        counts = {other: self.story_count(other) for other in shared}
        circles: list[CompanionGroup] = []
        for kind in self.config().kinds:
            inside = {other: count for other, count in shared.items() if other.kind == kind.key}
            if kind.by != "names" or not inside:
                continue
            beyond = statistics.find_companions(own, inside, counts, total)[:MAX_LISTED_ENTITIES]
            members = tuple(Companion(pair.entity, pair.count, pair.expected) for pair in beyond)
            if not members:
                order = sorted(inside, key=lambda other: (-inside[other], other))[:_FEW]
                chance = statistics.expected_count
                members = tuple(Companion(t, inside[t], chance(own, counts[t], total)) for t in order)
            circles.append(CompanionGroup(kind.key, bool(beyond), members))
        return tuple(circles)

    @cell
    def pairs(self) -> tuple[tuple[Tag, Tag], ...]:
        """The pairs that have pages: of those that an entity's page shows, those that recur; the first of the two in
        order of kind and name first."""
        return tuple(sorted({pair for tag in self.tags() for pair in self._recurring_pairs(tag)}))

    def _recurring_pairs(self, tag: Tag) -> Iterator[tuple[Tag, Tag]]:
        if self.kind(tag.kind).by == "names":
            for circle in self.companions(tag):
                for one in circle.members:
                    if one.count >= MIN_PAIR_STORIES:
                        yield (tag, one.tag) if tag < one.tag else (one.tag, tag)

    @cell
    def strongest_pairs(self) -> tuple[tuple[Tag, Tag, int], ...]:
        """Of the pairs that have pages, those that are the least likely to be chance, each with its stories; in order
        of kind and name, so that it is another only when they are."""
        total = self.totals().stories
        found: list[tuple[float, Tag, Tag, int]] = []
        for one, other in self.pairs():
            count = self.shared_story_count(one, other)
            surprise = statistics.log_likelihood(count, self.story_count(one), self.story_count(other), total)
            if surprise >= statistics.CHI_SQUARED_95:
                found.append((-round(surprise, 6), one, other, count))
        return tuple(sorted((one, other, count) for _, one, other, count in sorted(found)[:MAX_NETWORK_PAIRS]))

    @cell
    def pair(self, one: Tag, other: Tag) -> EntityPair:
        """What is said of two entities together, the first of the two in order first. LookupError where no story names
        both."""
        leads = self.group("facts of entity", one).keys() & self.group("facts of entity", other).keys()
        if not leads:
            raise LookupError(one, other)
        told: list[Mapping[Tag, EntityStory]] = [self.group("entities of story", lead)[lead] for lead in leads]
        told.sort(key=lambda naming: newest_first(naming[one].card))
        cards = [naming[one].card for naming in told]
        sure = [date for card in cards if (date := certain_date(card))]
        return EntityPair(
            count=len(told),
            expected=statistics.expected_count(self.story_count(one), self.story_count(other), self.totals().stories),
            first=min(sure, default=None),
            last=max(sure, default=None),
            months=tuple(sorted(Counter(calendar_months.month_of(card.date) for card in cards if card.date).items())),
            stories=tuple(_both(naming[one], naming[other]) for naming in told[:MAX_PAIR_STORIES]),
        )

    @cell
    def time_periods(self) -> TimePeriods | None:
        """The site's time by quarter up to five years, else by year; None where nothing has a date."""
        span = self.dated_span()
        if span is None:
            return None
        months = calendar_months.months_between(*span)
        unit = "quarter" if len(months) <= 60 else "year"
        return TimePeriods(unit, tuple(dict.fromkeys(calendar_months.period_name(month, unit) for month in months)))

    @cell
    def entity_topics(self, tag: Tag) -> tuple[tuple[Tag, int, tuple[int, ...]], ...]:
        """What an entity's stories are about: the topics that most of them have, each with how many do in all, and
        how many with a date do in each of the site's periods."""
        keys = {kind.key for kind in self.config().kinds if kind.by == "keywords"}
        found = [(other, count) for other, count in self.co_occurrences(tag) if other.kind in keys]
        shown = sorted(found, key=lambda pair: (-pair[1], pair[0]))[:_TOPICS]
        periods = self.time_periods()
        if periods is None:
            return tuple((other, count, ()) for other, count in shown)
        place = {label: number for number, label in enumerate(periods.labels)}
        rows = {other: [0] * len(place) for other, _ in shown}
        for one in self.group("facts of entity", tag).values():
            for other in one.tags if one.date else ():
                if one.date and other in rows:
                    rows[other][
                        place[calendar_months.period_name(calendar_months.month_of(one.date), periods.unit)]
                    ] += 1
        return tuple((other, count, tuple(rows[other])) for other, count in shown)


def _both(one: EntityStory, other: EntityStory) -> PairStory:
    """A story under the first of two entities, with the passage on the other where that is of the same article."""
    mentions = one.mention, other.mention if other.card.url == one.card.url else None
    return PairStory(one.card, tuple(filter(None, mentions)), one.others)


def _usual(members: list[StoryFacts], first: dt.date, start: dt.date) -> float | None:
    """How many stories of these a span of LATELY weeks had, over the year before a day or since the site's first week;
    to a digit after the point, and None where there are too few such spans to say."""
    spans = min((start - first) // (RECENT_WEEKS * _WEEK), _USUAL)
    if spans < _LEAST_PAST:
        return None
    since = start - spans * RECENT_WEEKS * _WEEK
    return round(sum(1 for one in members if one.certain_date and since <= one.certain_date < start) / spans, 1)


def _is_since(one: EntityStory, day: dt.date) -> bool:
    sure = certain_date(one.card)
    return sure is not None and sure >= day


def _outlets(one: EntityStory) -> int:
    return len({card.outlet.casefold() for card in (one.card, *one.others)} - {""})
