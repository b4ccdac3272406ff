"""Queries on an entity beyond its list of stories: its last weeks, who appears with it, its topics over time. Pure."""

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
    from collections.abc import Collection, Iterator, Mapping

    from site_gen.content.records import Tag
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntityStory, StoryFacts

RECENT_WEEKS = 4  # weeks that are an entity's last ones
_MAX_PAST_SPANS = 12  # spans of RECENT_WEEKS before them say what is usual: nearly a year
_MAX_NEW_COMPANIONS = 3  # entities that are named as seen with it for the first time
_MAX_CHANCE_COMPANIONS = 5  # companions that are shown where none is more than chance
_MAX_TOPICS = 8  # topics that are shown over time
_MAX_QUARTER_MONTHS = 60  # months of a site's time up to which its periods are quarters
MIN_PAIR_STORIES = 3  # stories that name both, from which on a pair has a page of its own
MAX_PAIR_STORIES = 60  # stories on a pair's page
MAX_NETWORK_PAIRS = 150  # pairs that the network shows
_WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class RecentActivity:
    """An entity's last RECENT_WEEKS weeks, up to that of the site's newest article."""

    last_week: dt.date  # the Monday of the last of them
    count: int  # stories in them
    usual_count: (
        float | None
    )  # stories in a span of as many weeks over the year before; None where the past is too short
    new_companions: tuple[Tag, ...]  # entities that it is together with for the first time, the most frequent first
    top_story: (
        tuple[ArticleCard, int] | None
    )  # the story that most outlets tell, and how many; None if none has several


@dataclass(frozen=True, slots=True)
class Companion:
    """An entity that appears with another."""

    tag: Tag  # the entity
    count: int  # stories that name both
    expected: float  # stories that would name both by chance


@dataclass(frozen=True, slots=True)
class CompanionGroup:
    """The entities of a kind that appear with another entity."""

    kind: str  # key of the kind
    is_significant: (
        bool  # whether they appear with it more than by chance; else none does, and these are the most frequent
    )
    members: tuple[Companion, ...]  # the least likely chance first, or the most frequent first


class PairStory(NamedTuple):
    """A story that names two entities."""

    card: ArticleCard  # the first of its articles that names the first of the two
    mentions: tuple[str, ...]  # JSON of its passages that name the two (`indexed_article.Mention`)
    others: tuple[ArticleCard, ...]  # the story's other articles


@dataclass(frozen=True, slots=True)
class EntityPair:
    """Two entities together."""

    count: int  # stories that name both
    expected: float  # stories that would name both by chance
    first: dt.date | None  # the first certain day of such a story
    last: dt.date | None  # the last certain day
    months: tuple[tuple[calendar_months.Month, int], ...]  # such stories with a date by month, oldest first
    stories: tuple[PairStory, ...]  # the newest of them, newest first


@dataclass(frozen=True, slots=True)
class TimePeriods:
    """A site's time, cut into equal periods for comparing several rows of counts."""

    unit: str  # what a period is: `quarter` or `year`
    labels: tuple[str, ...]  # the name of each period, oldest first


class TrendQueries(CoverageQueries):
    """Queries on what a site's articles say about an entity and its companions over time."""

    @cell
    def dated_weeks(self) -> tuple[dt.date, dt.date] | None:
        """Return the Mondays of the first and the last week with an article whose date is certain; None without one."""
        days = [certain for _, _, certain in self.group("dates").values() if certain]
        return (week_period(min(days)).first, week_period(max(days)).first) if days else None

    @cell
    def recent_activity(self, tag: Tag) -> RecentActivity | None:
        """Return an entity's last weeks; None for one that has no story in them, and hardly ever had as many."""
        weeks = self.dated_weeks()
        if weeks is None:
            return None
        first_week, last_week = weeks
        start = last_week - (RECENT_WEEKS - 1) * _WEEK
        stories = self._story_facts(tag)
        recent = [story for story in stories if story.certain_date and story.certain_date >= start]
        usual = _usual_count(stories, first_week, start)
        if not recent and (usual is None or usual < 1):
            return None
        return RecentActivity(
            last_week=last_week,
            count=len(recent),
            usual_count=usual,
            new_companions=self._new_companions(tag, stories, recent),
            top_story=self._top_story(tag, start),
        )

    def _new_companions(
        self, tag: Tag, stories: Collection[StoryFacts], recent: Collection[StoryFacts]
    ) -> tuple[Tag, ...]:
        """Return whom an entity is together with for the first time, the most frequent first.

        Empty for an entity that itself is new: with it, everybody would be. recent: those of its stories that count.
        """
        counts = Counter(other for story in recent for other in story.tags)
        recent_objects = set(map(id, recent))  # two stories may have equal facts
        earlier = {other for story in stories if id(story) not in recent_objects for other in story.tags}
        new = (
            other for other in counts if other not in earlier and other != tag and self.kind(other.kind).by == "names"
        )
        return tuple(sorted(new, key=lambda other: (-counts[other], other))[:_MAX_NEW_COMPANIONS]) if earlier else ()

    def _top_story(self, tag: Tag, start: dt.date) -> tuple[ArticleCard, int] | None:
        """Return the story since a day that most outlets tell, and how many; of equal ones the newest."""
        years = [year for year, _ in self.story_years(tag) if year >= start.year]
        stories = [story for year in years for story in self.stories_of_year(tag, year) if _is_since(story, start)]
        top = max(stories, key=_outlet_count, default=None)
        return (top.card, _outlet_count(top)) if top and _outlet_count(top) > 1 else None

    @cell
    def co_occurrences(self, tag: Tag) -> tuple[tuple[Tag, int], ...]:
        """Return the entities that are named together with an entity, each with the number of stories."""
        counts: Counter[Tag] = Counter()
        for story in self._story_facts(tag):
            counts.update(story.tags)
        counts.pop(tag, None)
        return tuple(sorted(counts.items()))

    @cell
    def shared_story_count(self, tag: Tag, other: Tag) -> int:
        """Return how many stories name two entities."""
        return dict(self.co_occurrences(tag)).get(other, 0)

    @cell
    def companions(self, tag: Tag) -> tuple[CompanionGroup, ...]:
        """Return who appears with an entity, of each kind that is found by names as many as its page shows."""
        own_count, total, shared = self.story_count(tag), self.totals().stories, dict(self.co_occurrences(tag))
        counts = {other: self.story_count(other) for other in shared}
        groups: list[CompanionGroup] = []
        for kind in self.config().kinds:
            shared_of_kind = {other: count for other, count in shared.items() if other.kind == kind.key}
            if kind.by != "names" or not shared_of_kind:
                continue
            significant = statistics.find_companions(own_count, shared_of_kind, counts, total)[:MAX_LISTED_ENTITIES]
            members = tuple(Companion(pair.entity, pair.count, pair.expected) for pair in significant)
            if not members:
                frequent = sorted(shared_of_kind, key=lambda other: (-shared_of_kind[other], other))
                members = tuple(
                    Companion(
                        tag=other,
                        count=shared_of_kind[other],
                        expected=statistics.expected_count(own_count, counts[other], total),
                    )
                    for other in frequent[:_MAX_CHANCE_COMPANIONS]
                )
            groups.append(CompanionGroup(kind.key, bool(significant), members))
        return tuple(groups)

    @cell
    def pairs(self) -> tuple[tuple[Tag, Tag], ...]:
        """Return the pairs that have pages: of those that an entity's page shows, those that recur.

        The first of two is that which comes first by kind and slug.
        """
        return tuple(sorted({pair for tag in self.tags() for pair in self._recurring_pairs(tag)}))

    def _recurring_pairs(self, tag: Tag) -> Iterator[tuple[Tag, Tag]]:
        if self.kind(tag.kind).by == "names":
            for group in self.companions(tag):
                for companion in group.members:
                    if companion.count >= MIN_PAIR_STORIES:
                        yield (tag, companion.tag) if tag < companion.tag else (companion.tag, tag)

    @cell
    def strongest_pairs(self) -> tuple[tuple[Tag, Tag, int], ...]:
        """Return, of the pairs that have pages, those that are the least likely to be chance, with their story counts.

        In order of kind and slug, so that the value changes only when a pair or a count does.
        """
        total = self.totals().stories
        ranked: list[tuple[float, Tag, Tag, int]] = []
        for tag, other in self.pairs():
            count = self.shared_story_count(tag, other)
            ratio = statistics.log_likelihood(count, self.story_count(tag), self.story_count(other), total)
            if ratio >= statistics.CHI_SQUARED_95:
                ranked.append((-round(ratio, 6), tag, other, count))
        return tuple(sorted((tag, other, count) for _, tag, other, count in sorted(ranked)[:MAX_NETWORK_PAIRS]))

    @cell
    def pair(self, tag: Tag, other: Tag) -> EntityPair:
        """Return what is said of two entities together. Raises LookupError where no story names both.

        tag, other: in order of kind and slug.
        """
        leads = self.group("facts of entity", tag).keys() & self.group("facts of entity", other).keys()
        if not leads:
            raise LookupError(tag, other)
        stories: list[Mapping[Tag, EntityStory]] = [self.group("entities of story", lead)[lead] for lead in leads]
        stories.sort(key=lambda story: newest_first(story[tag].card))
        cards = [story[tag].card for story in stories]
        certain_dates = [date for card in cards if (date := certain_date(card))]
        return EntityPair(
            count=len(stories),
            expected=statistics.expected_count(self.story_count(tag), self.story_count(other), self.totals().stories),
            first=min(certain_dates, default=None),
            last=max(certain_dates, default=None),
            months=tuple(sorted(Counter(calendar_months.month_of(card.date) for card in cards if card.date).items())),
            stories=tuple(_pair_story(story[tag], story[other]) for story in stories[:MAX_PAIR_STORIES]),
        )

    @cell
    def time_periods(self) -> TimePeriods | None:
        """Return the site's time by quarter up to five years, else by year; None where nothing has a date."""
        span = self.dated_span()
        if span is None:
            return None
        months = calendar_months.months_between(*span)
        unit = "quarter" if len(months) <= _MAX_QUARTER_MONTHS else "year"
        return TimePeriods(unit, tuple(dict.fromkeys(calendar_months.period_name(month, unit) for month in months)))

    @cell
    def entity_topics(self, tag: Tag) -> tuple[tuple[Tag, int, tuple[int, ...]], ...]:
        """Return the topics that most of an entity's stories have.

        Each with the number of these stories, and the number of those with a date in each of the site's periods (empty
        where nothing has a date).
        """
        keys = {kind.key for kind in self.config().kinds if kind.by == "keywords"}
        topics = [(topic, count) for topic, count in self.co_occurrences(tag) if topic.kind in keys]
        top_topics = sorted(topics, key=lambda pair: (-pair[1], pair[0]))[:_MAX_TOPICS]
        periods = self.time_periods()
        if periods is None:
            return tuple((topic, count, ()) for topic, count in top_topics)
        column = {label: number for number, label in enumerate(periods.labels)}
        rows = {topic: [0] * len(column) for topic, _ in top_topics}
        for story in self._story_facts(tag):
            if story.date:
                period = calendar_months.period_name(calendar_months.month_of(story.date), periods.unit)
                for topic in story.tags:
                    if topic in rows:
                        rows[topic][column[period]] += 1
        return tuple((topic, count, tuple(rows[topic])) for topic, count in top_topics)


def _pair_story(story: EntityStory, other: EntityStory) -> PairStory:
    """Return a story of a pair. story, other: the story in the lists of the first and of the second entity."""
    mentions = story.mention, other.mention if other.card.url == story.card.url else None
    return PairStory(story.card, tuple(filter(None, mentions)), story.others)


def _usual_count(stories: Collection[StoryFacts], first_week: dt.date, start: dt.date) -> float | None:
    """Return how many of these stories a span of RECENT_WEEKS weeks had, to one digit after the point.

    Over the year before `start`, or since the site's first week; None where there are too few such spans to say.
    """
    spans = min((start - first_week) // (RECENT_WEEKS * _WEEK), _MAX_PAST_SPANS)
    if spans < statistics.MIN_PAST_PERIODS:
        return None
    since = start - spans * RECENT_WEEKS * _WEEK
    count = sum(1 for story in stories if story.certain_date and since <= story.certain_date < start)
    return round(count / spans, 1)


def _is_since(story: EntityStory, day: dt.date) -> bool:
    date = certain_date(story.card)
    return date is not None and date >= day


def _outlet_count(story: EntityStory) -> int:
    return len({card.outlet.casefold() for card in (story.card, *story.others)} - {""})
