"""Queries on issues: the stories of a period by weight, whose news are unusual, who is new, who is with whom.

An issue is made of its own stories, of what is counted of the issues before it, and of when its entities came up
first: never of later stories. Its stories are those whose day of publication is certain (that somebody saved a page on
a day is no news, and a guess may be of another week) and whose leading article names an entity that is followed. A week
or month with fewer than MIN_ISSUE_STORIES of them has no issue, unless the editor wrote a note on it. A year has one
for the stories of its months that have none, and no figures. What was published stays. An issue goes by the key of its
period (`2026-w47`, `2026-11`, `2026`). Pure.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content.issue_ledger import IssueFigures, Mover
from site_gen.content.periods import UNITS, Period, Unit, month_period, period_of, require_period
from site_gen.content.records import Tag
from site_gen.core.calendar_months import Month, month_of
from site_gen.core.depgraph import kept_query, query
from site_gen.core.errors import Problem
from site_gen.core.text import did_you_mean
from site_gen.core.urls import url_path
from site_gen.site import articles, coverage, directory, ledgers, owner_texts, stories
from site_gen.site.analysis import statistics
from site_gen.site.analysis.statistics import StoryWeight
from site_gen.site.database import SiteDatabase
from site_gen.site.outlets import count_outlets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import StoryCards

MIN_ISSUE_STORIES = 3  # stories that make an issue
SPARKLINE_PERIODS = 13  # periods whose issues the sparkline of an entity with more stories than usual shows
_FRESH = dt.timedelta(days=31)  # after which an issue leads the front page no more, when newer stories have come
QUIET_PERIODS = {"week": 4, "month": 3}  # periods in which an entity has fewer stories than usual before it is reported


class IssueLink(NamedTuple):
    """A link to an issue."""

    url: UrlPath  # of the issue
    period: Period  # of the issue


class RankedStory(Struct, frozen=True):
    """A story in an issue, with its weight."""

    story: StoryCards  # the story
    weight: StoryWeight  # why it stands where it stands


class ArrangedStories(Struct, frozen=True):
    """The stories of an issue in its order."""

    stories: tuple[RankedStory, ...]  # without those that the editor left out
    pinned_count: int = 0  # how many of the first the editor put there
    dropped_count: int = 0  # how many the editor left out


class EditorChoice(NamedTuple):
    """What the editor says of an issue's stories, each by the address of the article that leads it now."""

    pin: tuple[UrlPath, ...] = ()  # those that lead
    order: tuple[UrlPath, ...] = ()  # those that come next
    drop: tuple[UrlPath, ...] = ()  # those that are left out


class PeriodTally(Struct, frozen=True):
    """The stories of a period that make its issue, published or not."""

    total: int  # how many
    counts: Mapping[Tag, int]  # how many name each entity; of a year empty


def url(key: str) -> UrlPath:
    """Return the address of an issue."""
    return url_path("issues", key)


def link(key: str) -> IssueLink:
    """Return a link to an issue."""
    return IssueLink(url(key), require_period(key))


@kept_query
def keys(site: SiteDatabase) -> tuple[str, ...]:
    """Return the periods that have an issue: weeks, then months, then years, newest first."""
    keys = {period_of(unit, day).key for unit, (day, _) in product(UNITS, stories.days(site))}
    periods = [require_period(key) for key in keys.union(ledgers.published_issue_keys(site)) if has_issue(site, key)]
    periods.sort(key=lambda period: (-UNITS.index(period.unit), period.key), reverse=True)
    return tuple(period.key for period in periods)


@kept_query
def neighbours(site: SiteDatabase, key: str) -> tuple[str | None, str | None]:
    """Return the issues before and after one, of the same length.

    The issue itself may be gone: that of a page which is about to be removed.
    """
    keys = keys_of_unit(site, require_period(key).unit)
    place = bisect_left(keys, key)
    after = place + (place < len(keys) and keys[place] == key)
    return (keys[place - 1] if place else None, keys[after] if after < len(keys) else None)


@kept_query
def keys_of_unit(site: SiteDatabase, unit: Unit) -> tuple[str, ...]:
    """Return the issues of one length, oldest first."""
    return tuple(sorted(key for key in keys(site) if require_period(key).unit == unit))


@kept_query
def has_issue(site: SiteDatabase, key: str) -> bool:
    """Return whether a period has stories enough for an issue, or had one that was published.

    One story is enough where the editor wrote a note.
    """
    enough = 1 if owner_texts.issue_note(site, key) else MIN_ISSUE_STORIES
    return bool(ledgers.published_issue(site, key)) or story_tally(site, key).total >= enough


@kept_query
def newest(site: SiteDatabase) -> str | None:
    """Return the newest week, else the newest month, whose issue has a story whose day is certain.

    None where stories have come long since.
    """
    newest = stories.lead_story(site)
    return next(
        (
            key
            for unit in ("week", "month")
            for key in reversed(keys_of_unit(site, unit))
            if any(story.lead.published for story in stories_of(site, key))
            and newest
            and newest.lead.filed <= require_period(key).last + _FRESH
        ),
        None,
    )


def key_of_story(site: SiteDatabase, cards: Sequence[ArticleCard], unit: Unit) -> str | None:
    """Return the key of the issue that has a story: that of its certain day, else the first published with it.

    cards: of the story's articles, the lead first. unit: the length of the issue. None where the story is in none.
    """
    if date := cards[0].published:
        key = period_of(unit, date).key
        return key if any(story.lead.url == cards[0].url for story in stories_of(site, key)) else None
    first_issues = first_keys(site, unit)
    return min((first_issues[card.id] for card in cards if card.id in first_issues), default=None)


@kept_query
def first_keys(site: SiteDatabase, unit: Unit) -> Mapping[str, str]:
    """Return the key of the first issue of a length that was published with an article, by the article's id."""
    keys: dict[str, str] = {}
    for key in ledgers.published_issue_keys(site):
        if (issue := ledgers.published_issue(site, key)) and require_period(key).unit == unit:
            keys = dict.fromkeys(issue.ids, key) | keys
    return keys


@query
def stories_of_period(site: SiteDatabase, key: str) -> tuple[StoryCards, ...]:
    """Return the stories of a period, newest first: those whose day is certain."""
    period = require_period(key)
    if period.unit == "year":
        return tuple(chain.from_iterable(stories_of_period(site, month.key) for month in reversed(period.months())))
    stories_of_unit = stories.of_week if period.unit == "week" else stories.of_month
    return tuple(story for story in stories_of_unit(site, period.year, period.number) if story.lead.published)


@query
def stories_of(site: SiteDatabase, key: str) -> tuple[StoryCards, ...]:
    """Return the stories of an issue, newest first; none where the period has no issue.

    They are those that name an entity that is followed, those that the issue was published with (even if their day
    is unknown or in doubt since), and those that the editor put first. Of a year they are those of months that have
    no issue.
    """
    if not has_issue(site, key):
        return ()
    published, note, unit = (
        ledgers.published_issue(site, key),
        owner_texts.issue_note(site, key),
        require_period(key).unit,
    )
    names = set(published.ids if published else ())
    uncertain = {
        story.lead.url: story
        for identity in names
        for story in site.group("uncertain story", identity).values()
        if key_of_story(site, story.cards, unit) == key
    }
    names |= {form for name, _ in (note.pin if note else ()) for form in (name, _with_slash(name))}
    dated = (
        story
        for story in stories_of_period(site, key)
        if (stories.names_followed(site, story.lead.tags) and not _is_in_shorter_issue(site, story, unit))
        or any(names.intersection((card.id, card.url)) for card in story.cards)
    )
    return (*dated, *(uncertain[url] for url in sorted(uncertain)))


@kept_query
def size(site: SiteDatabase, key: str) -> int:
    """Return how many stories an issue has."""
    return len(stories_of(site, key))


@kept_query
def unfollowed_stories(site: SiteDatabase, key: str) -> tuple[tuple[Month, int], ...]:
    """Return the months in which stories are that an issue leaves out, since they name nobody who is followed.

    Oldest first, each with the number of these stories.
    """
    unit, urls = require_period(key).unit, {story.lead.url for story in stories_of(site, key)}
    return tuple(
        sorted(
            Counter(
                month_of(story.lead.filed)
                for story in stories_of_period(site, key)
                if story.lead.url not in urls
                and not stories.names_followed(site, story.lead.tags)
                and not _is_in_shorter_issue(site, story, unit)
            ).items()
        )
    )


def _is_in_shorter_issue(site: SiteDatabase, story: StoryCards, unit: Unit) -> bool:
    """Return whether a year leaves a story to the issue of its month."""
    return unit == "year" and has_issue(site, month_period(story.lead.filed).key)


@kept_query
def story_tally(site: SiteDatabase, key: str) -> PeriodTally:
    """Return what is counted of a period."""
    period = require_period(key)
    if period.unit == "year":
        months = [month.key for month in period.months() if not has_issue(site, month.key)]
        return PeriodTally(sum(story_tally(site, month).total for month in months), {})
    tags_by_story = site.group(f"tags of {period.unit}", (period.year, period.number))
    tags_of_stories = [tags for lead_tags, tags in tags_by_story.values() if stories.names_followed(site, lead_tags)]
    return PeriodTally(len(tags_of_stories), Counter(chain.from_iterable(tags_of_stories)))


@kept_query
def first_news_date(site: SiteDatabase, tag: Tag) -> dt.date | None:
    """Return the day of the first story that names an entity, of those whose day is certain."""
    return min(
        (story.lead_published for story in coverage.story_facts(site, tag) if story.lead_published), default=None
    )


@query
def first_shared_dates(site: SiteDatabase, tag: Tag) -> Mapping[Tag, dt.date]:
    """Return the day of the first story that names an entity together with each other of its kind."""
    dates: dict[Tag, dt.date] = {}
    for story in coverage.story_facts(site, tag):
        for other in story.tags:
            if other.kind == tag.kind and other != tag and story.lead_published:
                dates[other] = min(story.lead_published, dates.get(other, story.lead_published))
    return dates


def _new_pairs(site: SiteDatabase, story: StoryCards) -> list[tuple[Tag, Tag]]:
    """Return the pairs of one kind that stand together for the first time in a story.

    Only those of whom both were named before: an entity that is new is new to all others. Only where the story is
    about both, or names them in one sentence: not far from each other in a long text. Only of kinds that are found
    by names: that topics meet says nothing of them.
    """
    date = story.lead.published
    if date is None:
        return []
    named_before = sorted(
        tag for tag in story.tags if site.config.kind(tag.kind).by == "names" and first_news_date(site, tag) != date
    )
    return [
        (tag, other)
        for tag, other in combinations(named_before, 2)
        if tag.kind == other.kind
        and ({tag, other}.issubset(story.about) or (tag, other) in story.pairs)
        and first_shared_dates(site, tag).get(other) == date
    ]


@query
def ranked_stories(site: SiteDatabase, key: str) -> tuple[RankedStory, ...]:
    """Return the stories of a period, the weightiest first."""
    ranked: dict[str, RankedStory] = {}
    for story in stories_of(site, key):
        date = story.lead.published
        first = [tag for tag in story.tags if date and first_news_date(site, tag) == date]
        outlets = max(1, count_outlets(story.cards))
        about = [tag for tag in story.about if tag.kind in directory.followed_kinds(site)]
        weight = StoryWeight(outlets, len(about), len(first), len(_new_pairs(site, story)), story.is_report)
        ranked[story.lead.url] = RankedStory(story, weight)
    order = statistics.rank_by_weight(
        (url, item.weight, item.story.lead.filed.toordinal()) for url, item in ranked.items()
    )
    return tuple(ranked[url] for url in order)


@query
def editor_choice(site: SiteDatabase, key: str) -> EditorChoice:
    """Return what the editor says of a period's stories; what names none of them is passed over."""
    note = owner_texts.issue_note(site, key)
    if note is None:
        return EditorChoice()
    stories_by_name = {
        name: story for story in stories_of(site, key) for card in story.cards for name in (card.url, card.id)
    }

    def lead_urls(names: Iterable[tuple[str, int]]) -> tuple[UrlPath, ...]:
        stories = (stories_by_name.get(name) or stories_by_name.get(_with_slash(name)) for name, _ in names)
        return tuple(dict.fromkeys(story.lead.url for story in stories if story))

    drop = lead_urls(note.drop)
    return EditorChoice(tuple(url for url in lead_urls(note.pin) if url not in drop), lead_urls(note.order), drop)


@query
def arranged_stories(site: SiteDatabase, key: str) -> ArrangedStories:
    """Return the stories of a period by weight, unless the editor has it otherwise."""
    choice, ranked = editor_choice(site, key), {item.story.lead.url: item for item in ranked_stories(site, key)}
    order = dict.fromkeys([*choice.pin, *choice.order, *ranked])
    return ArrangedStories(
        stories=tuple(ranked[url] for url in order if url not in choice.drop),
        pinned_count=len(choice.pin),
        dropped_count=len(choice.drop),
    )


def find_note_problems(site: SiteDatabase) -> Iterator[Problem]:
    """Yield what cannot be in the editor's notes on issues: periods without an issue, names of no story."""
    for key in owner_texts.issue_note_keys(site):
        note = owner_texts.issue_note(site, key)
        if note is None:
            continue
        stories, published = {*stories_of_period(site, key), *stories_of(site, key)}, ledgers.published_issue(site, key)
        if not has_issue(site, key):
            mend = did_you_mean(key, keys(site), "remove it, or wait for the stories")
            what = f"is on {key}, which has no issue: no story of that time names anyone you follow"
            yield Problem(note.file, 0, what, mend)
            continue
        names = {name for story in stories for card in story.cards for name in (card.url, card.id)}
        names.update(identity for story in (published.stories if published else ()) for identity in story.ids)
        for name, line in (*note.pin, *note.order, *note.drop):
            if name in names or _with_slash(name) in names:
                continue
            is_article = bool(articles.url_of(site, name) or site.group("article", _with_slash(name)))
            what = f"names {name}, which is " + (
                "an article of another issue, or one with an uncertain date" if is_article else "not an article"
            )
            mend = "remove it, or check the article’s date" if is_article else "write an id, or /articles/2026/name/"
            yield Problem(note.file, line, what, did_you_mean(name, names, mend))


@query
def figures(site: SiteDatabase, key: str) -> IssueFigures:
    """Return what is new in a period; of an issue that was published, what it showed."""
    published = ledgers.published_issue(site, key)
    return _computed_figures(site, key) if published is None else _with_current_tags(site, published.figures)


def _with_current_tags(site: SiteDatabase, figures: IssueFigures) -> IssueFigures:
    """Return figures that were published with the tags of today.

    An entity that was merged into another goes by that one; one that is gone is left out.
    """

    def current(movers: Iterable[Mover]) -> tuple[Mover, ...]:
        movers_by_tag: dict[Tag, Mover] = {}
        for mover in movers:
            if successor := directory.successor(site, mover.tag):
                movers_by_tag.setdefault(successor, replace(mover, tag=successor))
        return tuple(movers_by_tag.values())

    pairs = ([successor for tag in pair if (successor := directory.successor(site, tag))] for pair in figures.pairs)
    return IssueFigures(
        movers=current(figures.movers),
        quiet=current(figures.quiet),
        first=tuple(dict.fromkeys(successor for tag in figures.first if (successor := directory.successor(site, tag)))),
        pairs=tuple(dict.fromkeys((min(pair), max(pair)) for pair in pairs if len(set(pair)) == 2)),
    )


def _computed_figures(site: SiteDatabase, key: str) -> IssueFigures:
    period, tally = require_period(key), story_tally(site, key)
    if period.unit == "year":
        return IssueFigures()
    first = [tag for tag in tally.counts if _is_within(first_news_date(site, tag), period)]
    pairs: dict[tuple[Tag, Tag], int] = {}  # with how many of the two a story is about that brings them together
    for story in stories_of(site, key):
        for pair in _new_pairs(site, story):
            pairs[pair] = max(pairs.get(pair, 0), len(set(pair).intersection(story.about)))
    quiet_before = {item.entity for before in period.before(1) for item in quiet_entities(site, before.key)}
    newly_quiet = (item for item in quiet_entities(site, key) if item.entity not in quiet_before)
    return IssueFigures(
        movers=tuple(_mover(site, item, period) for item in rising_entities(site, key)),
        quiet=tuple(_mover(site, item, period) for item in newly_quiet),
        first=tuple(sorted(first, key=lambda tag: (-tally.counts[tag], tag))),
        pairs=tuple(sorted(pairs, key=lambda pair: (-pairs[pair], pair))),
    )


@kept_query
def rising_entities(site: SiteDatabase, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
    """Return the entities that have more stories than usual in a period, the surest first."""
    return _compare_with_past(site, statistics.find_rising, require_period(key), 1)


@kept_query
def quiet_entities(site: SiteDatabase, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
    """Return the entities that have fewer stories than usual in the last periods, up to this one.

    They are several (QUIET_PERIODS): to be missing from a single one says too little. Each has to have an issue.
    """
    period = require_period(key)
    return _compare_with_past(site, statistics.find_quiet, period, QUIET_PERIODS[period.unit])


def _compare_with_past(
    site: SiteDatabase, test: Callable[..., tuple[statistics.UnusualCount[Tag], ...]], period: Period, number: int
) -> tuple[statistics.UnusualCount[Tag], ...]:
    """Return what a test says of the last `number` periods, up to one, against those before that have an issue."""
    periods = [*period.before(statistics.PAST_PERIODS + number - 1), period]
    now = [story_tally(site, other.key) for other in periods[-number:] if has_issue(site, other.key)]
    past = [story_tally(site, other.key) for other in periods[:-number] if has_issue(site, other.key)]
    if len(now) < number:
        return ()
    counts: Counter[Tag] = Counter()
    for tally in now:
        counts.update(tally.counts)
    return test(
        counts, sum(tally.total for tally in now), [tally.counts for tally in past], [tally.total for tally in past]
    )


def _mover(site: SiteDatabase, unusual: statistics.UnusualCount[Tag], period: Period) -> Mover:
    """Return an unusual count as an issue shows it: with the entity's stories in the issues of the last periods."""
    keys = [other.key for other in (*period.before(SPARKLINE_PERIODS - 1), period) if has_issue(site, other.key)]
    spark = tuple(story_tally(site, other).counts.get(unusual.entity, 0) for other in keys)
    return Mover(unusual.entity, unusual.count, float(f"{unusual.expected:.1e}"), spark)


def _with_slash(address: str) -> str:
    return f"{address.rstrip('/')}/"


def _is_within(date: dt.date | None, period: Period) -> bool:
    return date is not None and period.first <= date <= period.last
