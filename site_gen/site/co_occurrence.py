"""Queries on who appears with whom: the companions of an entity, and pairs of entities. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.records import Tag
from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.site import articles, coverage, directory
from site_gen.site.analysis import statistics
from site_gen.site.coverage import MAX_LISTED_ENTITIES
from site_gen.site.database import SiteDatabase
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


class Companion(Struct, frozen=True):
    """An entity that appears with another."""

    tag: Tag  # the entity
    count: int  # stories that name both
    expected: float  # stories that would name both by chance


class CompanionGroup(Struct, frozen=True):
    """The entities of a kind that appear with another entity."""

    kind: str  # key of the kind
    # Whether they appear with it more than by chance; else none does, and these are the most frequent.
    is_significant: bool
    members: tuple[Companion, ...]  # the least likely chance first, or the most frequent first


class PairStory(NamedTuple):
    """A story that names two entities."""

    card: ArticleCard  # the first of its articles that names the first of the two
    mentions: tuple[bytes, ...]  # its passages that name the two, each a packed `indexed_article.Mention`
    others: tuple[ArticleCard, ...]  # the story's other articles


class EntityPair(Struct, frozen=True):
    """Two entities together."""

    count: int  # stories that name both
    first: dt.date | None  # the first certain day of such a story
    last: dt.date | None  # the last certain day
    months: tuple[tuple[calendar_months.Month, int], ...]  # such stories whose day is certain by month, oldest first
    stories: tuple[PairStory, ...]  # the newest of them, newest first


@kept_query
def counts(site: SiteDatabase, tag: Tag) -> tuple[tuple[Tag, int], ...]:
    """Return the entities that are named together with an entity, each with the number of stories."""
    counts: Counter[Tag] = Counter()
    for story in coverage.story_facts(site, tag):
        counts.update(story.tags)
    counts.pop(tag, None)
    return tuple(sorted(counts.items()))


@kept_query
def shared_count(site: SiteDatabase, tag: Tag, other: Tag) -> int:
    """Return how many stories name two entities."""
    return dict(counts(site, tag)).get(other, 0)


@kept_query
def companions(site: SiteDatabase, tag: Tag) -> tuple[CompanionGroup, ...]:
    """Return who appears with an entity, of each kind that is found by names as many as its page shows."""
    own_count, total = coverage.comparable_count(site, tag), articles.comparable_total(site)
    shared = dict(counts(site, tag))
    groups: list[CompanionGroup] = []
    for kind in site.config.kinds:
        shared_of_kind = {other: count for other, count in shared.items() if other.kind == kind.key}
        if kind.by != "names" or not shared_of_kind:
            continue
        # Only of these it matters how many stories they have: a site has far more pairs that met once.
        recurring = {other: count for other, count in shared_of_kind.items() if count >= statistics.MIN_SHARED_STORIES}
        story_counts = {other: coverage.comparable_count(site, other) for other in recurring}
        significant = statistics.find_companions(own_count, recurring, story_counts, total)[:MAX_LISTED_ENTITIES]
        members = tuple(Companion(pair.entity, pair.count, pair.expected) for pair in significant)
        if not members:
            frequent = sorted(shared_of_kind, key=lambda other: (-shared_of_kind[other], other))
            members = tuple(
                Companion(
                    tag=other,
                    count=shared_of_kind[other],
                    expected=statistics.expected_count(own_count, coverage.comparable_count(site, other), total),
                )
                for other in frequent[:_MAX_CHANCE_COMPANIONS]
            )
        groups.append(CompanionGroup(kind.key, bool(significant), members))
    return tuple(groups)


@kept_query
def pairs(site: SiteDatabase) -> tuple[tuple[Tag, Tag], ...]:
    """Return the pairs that have pages: of those that an entity's page shows, those that recur.

    The first of two is that which comes first by kind and slug.
    """
    return tuple(sorted({pair for tag in directory.tags(site) for pair in _recurring_pairs(site, tag)}))


def _recurring_pairs(site: SiteDatabase, tag: Tag) -> Iterator[tuple[Tag, Tag]]:
    if site.config.kind(tag.kind).by == "names":
        for group in companions(site, tag):
            for companion in group.members:
                if companion.count >= MIN_PAIR_STORIES:
                    yield (tag, companion.tag) if tag < companion.tag else (companion.tag, tag)


@kept_query
def strongest_pairs(site: SiteDatabase) -> tuple[tuple[Tag, Tag, int], ...]:
    """Return, of the pairs that have pages, those that are the least likely to be chance, with their story counts.

    In order of kind and slug, so that the value changes only when a pair or a count does.
    """
    total = articles.comparable_total(site)
    ranked: list[tuple[float, Tag, Tag, int]] = []
    for tag, other in pairs(site):
        count = shared_count(site, tag, other)
        ratio = statistics.log_likelihood(
            count, coverage.comparable_count(site, tag), coverage.comparable_count(site, other), total
        )
        if ratio >= statistics.CHI_SQUARED_95:
            ranked.append((-round(ratio, 6), tag, other, count))
    return tuple(sorted((tag, other, count) for _, tag, other, count in sorted(ranked)[:MAX_NETWORK_PAIRS]))


@kept_query
def expected_count(site: SiteDatabase, tag: Tag, other: Tag) -> float:
    """Return how many stories would name two entities by chance. Raises LookupError where no story names both."""
    if not shared_count(site, tag, other):
        raise LookupError(tag, other)
    return statistics.expected_count(
        coverage.comparable_count(site, tag), coverage.comparable_count(site, other), articles.comparable_total(site)
    )


@query
def shared_leads(site: SiteDatabase, tag: Tag, other: Tag) -> tuple[str, ...]:
    """Return the files of the articles that lead the stories that name two entities.

    Apart from `pair`, which needs not be made anew for a story that names one of them.
    """
    return tuple(sorted(site.members("facts of entity", tag) & site.members("facts of entity", other)))


@query
def pair(site: SiteDatabase, tag: Tag, other: Tag) -> EntityPair:
    """Return what is said of two entities together. Raises LookupError where no story names both.

    tag, other: in order of kind and slug.
    """
    leads = shared_leads(site, tag, other)
    if not leads:
        raise LookupError(tag, other)
    stories: list[Mapping[Tag, EntityStory]] = [site.group("entities of story", lead)[lead] for lead in leads]
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
