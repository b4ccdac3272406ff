"""Queries on who appears with whom: the companions of an entity, and pairs of entities. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.records import Tag
from site_gen.core import calendar_months
from site_gen.core.depgraph import cell, kept_cell
from site_gen.site.analysis import statistics
from site_gen.site.coverage import MAX_LISTED_ENTITIES, CoverageQueries
from site_gen.site.projections import newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntityStory

_MAX_CHANCE_COMPANIONS = 5  # companions that are shown where none is more than chance
MIN_PAIR_STORIES = 3  # stories that name both, from which on a pair has a page of its own
MAX_PAIR_STORIES = 60  # stories on a pair's page
MAX_NETWORK_PAIRS = 150  # pairs that the network shows


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
    # Whether they appear with it more than by chance; else none does, and these are the most frequent.
    is_significant: bool
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
    first: dt.date | None  # the first certain day of such a story
    last: dt.date | None  # the last certain day
    months: tuple[tuple[calendar_months.Month, int], ...]  # such stories whose day is certain by month, oldest first
    stories: tuple[PairStory, ...]  # the newest of them, newest first


class CoOccurrenceQueries(CoverageQueries):
    """Queries on which entities the same stories name."""

    @kept_cell
    def co_occurrences(self, tag: Tag) -> tuple[tuple[Tag, int], ...]:
        """Return the entities that are named together with an entity, each with the number of stories."""
        counts: Counter[Tag] = Counter()
        for story in self._story_facts(tag):
            counts.update(story.tags)
        counts.pop(tag, None)
        return tuple(sorted(counts.items()))

    @kept_cell
    def shared_story_count(self, tag: Tag, other: Tag) -> int:
        """Return how many stories name two entities."""
        return dict(self.co_occurrences(tag)).get(other, 0)

    @kept_cell
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

    @kept_cell
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

    @kept_cell
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

    @kept_cell
    def expected_shared_count(self, tag: Tag, other: Tag) -> float:
        """Return how many stories would name two entities by chance. Raises LookupError where no story names both."""
        if not self.shared_story_count(tag, other):
            raise LookupError(tag, other)
        return statistics.expected_count(self.story_count(tag), self.story_count(other), self.totals().stories)

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
        days = [day for story in stories if (day := story[tag].card.published)]
        return EntityPair(
            count=len(stories),
            first=min(days, default=None),
            last=max(days, default=None),
            months=tuple(sorted(Counter(map(calendar_months.month_of, days)).items())),
            stories=tuple(_pair_story(story[tag], story[other]) for story in stories[:MAX_PAIR_STORIES]),
        )


def _pair_story(story: EntityStory, other: EntityStory) -> PairStory:
    """Return a story of a pair. story, other: the story in the lists of the first and of the second entity."""
    mentions = story.mention, other.mention if other.card.url == story.card.url else None
    return PairStory(story.card, tuple(filter(None, mentions)), story.others)
