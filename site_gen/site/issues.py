"""Queries on issues: the stories of a period by weight, whose news are unusual, who is new, who is with whom.

An issue is made of its own stories, of what is counted of the issues before it, and of when its entities came up
first: never of later stories. Its stories are those whose day of publication is certain (that somebody saved a page on
a day is no news, and a guess may be of another week) and whose leading article names an entity that is followed. A week
or month with fewer than MIN_ISSUE_STORIES of them has no issue. A year has one for the stories of its months that have
none, and no figures. What was published stays. An issue goes by the key of its period (`2026-w47`, `2026-11`, `2026`).
Pure.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.issue_ledger import IssueFigures, Mover
from site_gen.content.periods import UNITS, Period, Unit, month_period, period_of, require_period
from site_gen.content.records import Tag
from site_gen.core.calendar_months import Month, month_of
from site_gen.core.depgraph import cell, kept_cell
from site_gen.core.errors import Problem
from site_gen.core.text import did_you_mean
from site_gen.site.analysis import statistics
from site_gen.site.analysis.statistics import StoryWeight
from site_gen.site.outlets import count_outlets
from site_gen.site.stories import StoryQueries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.content.markdown.document import Document
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import StoryCards

MIN_ISSUE_STORIES = 3  # stories that make an issue
SPARKLINE_PERIODS = 13  # periods whose issues the sparkline of an entity with more stories than usual shows
_FRESH = dt.timedelta(days=31)  # after which an issue leads the front page no more, when newer stories have come
QUIET_PERIODS = {"week": 4, "month": 3}  # periods in which an entity has fewer stories than usual before it is reported


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story in an issue, with its weight."""

    story: StoryCards  # the story
    weight: StoryWeight  # why it stands where it stands


@dataclass(frozen=True, slots=True)
class ArrangedStories:
    """The stories of an issue in its order."""

    stories: tuple[RankedStory, ...]  # without those that the editor left out
    pinned_count: int = 0  # how many of the first the editor put there
    dropped_count: int = 0  # how many the editor left out


class EditorChoice(NamedTuple):
    """What the editor says of an issue's stories, each by the address of the article that leads it now."""

    pin: tuple[UrlPath, ...] = ()  # those that lead
    order: tuple[UrlPath, ...] = ()  # those that come next
    drop: tuple[UrlPath, ...] = ()  # those that are left out


@dataclass(frozen=True, slots=True)
class PeriodTally:
    """The stories of a period that make its issue, published or not."""

    total: int  # how many
    counts: Mapping[Tag, int]  # how many name each entity; of a year empty


class IssueQueries(StoryQueries):
    """Queries on the issues of a site, each by its period's key."""

    @kept_cell
    def issues(self) -> tuple[str, ...]:
        """Return the periods that have an issue: weeks, then months, then years, newest first."""
        keys = {period_of(unit, day).key for unit, (day, _) in product(UNITS, self.story_days())}
        periods = [require_period(key) for key in keys.union(self.published_issue_keys()) if self.has_issue(key)]
        periods.sort(key=lambda period: (-UNITS.index(period.unit), period.key), reverse=True)
        return tuple(period.key for period in periods)

    @kept_cell
    def neighbouring_issues(self, key: str) -> tuple[str | None, str | None]:
        """Return the issues before and after one, of the same length.

        The issue itself may be gone: that of a page which is about to be removed.
        """
        keys = self.issue_keys(require_period(key).unit)
        place = bisect_left(keys, key)
        after = place + (place < len(keys) and keys[place] == key)
        return (keys[place - 1] if place else None, keys[after] if after < len(keys) else None)

    @kept_cell
    def issue_keys(self, unit: Unit) -> tuple[str, ...]:
        """Return the issues of one length, oldest first."""
        return tuple(sorted(key for key in self.issues() if require_period(key).unit == unit))

    @kept_cell
    def has_issue(self, key: str) -> bool:
        """Return whether a period has stories enough for an issue, or had one that was published."""
        return bool(self.published_issue(key)) or self.story_tally(key).total >= MIN_ISSUE_STORIES

    @kept_cell
    def newest_issue(self) -> str | None:
        """Return the newest week, else the newest month, whose issue has a story whose day is certain.

        None where stories have come long since.
        """
        newest = self.lead_story()
        return next(
            (
                key
                for unit in ("week", "month")
                for key in reversed(self.issue_keys(unit))
                if any(story.lead.published for story in self.stories_of_issue(key))
                and newest
                and newest.lead.filed <= require_period(key).last + _FRESH
            ),
            None,
        )

    def issue_of_story(self, cards: Sequence[ArticleCard], unit: Unit) -> str | None:
        """Return the key of the issue that has a story: that of its certain day, else the first published with it.

        cards: of the story's articles, the lead first. unit: the length of the issue. None where the story is in none.
        """
        if date := cards[0].published:
            key = period_of(unit, date).key
            return key if any(story.lead.url == cards[0].url for story in self.stories_of_issue(key)) else None
        first_issues = self.first_issues(unit)
        return min((first_issues[card.id] for card in cards if card.id in first_issues), default=None)

    @kept_cell
    def first_issues(self, unit: Unit) -> Mapping[str, str]:
        """Return the key of the first issue of a length that was published with an article, by the article's id."""
        keys: dict[str, str] = {}
        for key in self.published_issue_keys():
            if (issue := self.published_issue(key)) and require_period(key).unit == unit:
                keys = dict.fromkeys(issue.ids, key) | keys
        return keys

    @cell
    def stories_of_period(self, key: str) -> tuple[StoryCards, ...]:
        """Return the stories of a period, newest first: those whose day is certain."""
        period = require_period(key)
        if period.unit == "year":
            return tuple(chain.from_iterable(self.stories_of_period(month.key) for month in reversed(period.months())))
        stories_of_period = self.stories_of_week if period.unit == "week" else self.stories_of_month
        return tuple(story for story in stories_of_period(period.year, period.number) if story.lead.published)

    @cell
    def stories_of_issue(self, key: str) -> tuple[StoryCards, ...]:
        """Return the stories of an issue, newest first; none where the period has no issue.

        They are those that name an entity that is followed, those that the issue was published with (even if their day
        is unknown or in doubt since), and those that the editor put first. Of a year they are those of months that have
        no issue.
        """
        if not self.has_issue(key):
            return ()
        published, note, unit = self.published_issue(key), self.issue_note(key), require_period(key).unit
        names = set(published.ids if published else ())
        uncertain = {
            story.lead.url: story
            for identity in names
            for story in self.group("uncertain story", identity).values()
            if self.issue_of_story(story.cards, unit) == key
        }
        names |= {form for name, _ in (note.pin if note else ()) for form in (name, _with_slash(name))}
        dated = (
            story
            for story in self.stories_of_period(key)
            if (self.names_followed(story.lead.tags) and not self._is_in_shorter_issue(story, unit))
            or any(names.intersection((card.id, card.url)) for card in story.cards)
        )
        return (*dated, *(uncertain[url] for url in sorted(uncertain)))

    @kept_cell
    def issue_size(self, key: str) -> int:
        """Return how many stories an issue has."""
        return len(self.stories_of_issue(key))

    @kept_cell
    def unfollowed_stories(self, key: str) -> tuple[tuple[Month, int], ...]:
        """Return the months in which stories are that an issue leaves out, since they name nobody who is followed.

        Oldest first, each with the number of these stories.
        """
        unit, stories = require_period(key).unit, {story.lead.url for story in self.stories_of_issue(key)}
        return tuple(
            sorted(
                Counter(
                    month_of(story.lead.filed)
                    for story in self.stories_of_period(key)
                    if story.lead.url not in stories
                    and not self.names_followed(story.lead.tags)
                    and not self._is_in_shorter_issue(story, unit)
                ).items()
            )
        )

    def _is_in_shorter_issue(self, story: StoryCards, unit: Unit) -> bool:
        """Return whether a year leaves a story to the issue of its month."""
        return unit == "year" and self.has_issue(month_period(story.lead.filed).key)

    @kept_cell
    def story_tally(self, key: str) -> PeriodTally:
        """Return what is counted of a period."""
        period = require_period(key)
        if period.unit == "year":
            months = [month.key for month in period.months() if not self.has_issue(month.key)]
            return PeriodTally(sum(self.story_tally(month).total for month in months), {})
        tags_by_story = self.group(f"tags of {period.unit}", (period.year, period.number))
        tags_of_stories = [tags for lead_tags, tags in tags_by_story.values() if self.names_followed(lead_tags)]
        return PeriodTally(len(tags_of_stories), Counter(chain.from_iterable(tags_of_stories)))

    @kept_cell
    def first_news_date(self, tag: Tag) -> dt.date | None:
        """Return the day of the first story that names an entity, of those whose day is certain."""
        return min((story.lead_published for story in self._story_facts(tag) if story.lead_published), default=None)

    @cell
    def first_shared_dates(self, tag: Tag) -> Mapping[Tag, dt.date]:
        """Return the day of the first story that names an entity together with each other of its kind."""
        dates: dict[Tag, dt.date] = {}
        for story in self._story_facts(tag):
            for other in story.tags:
                if other.kind == tag.kind and other != tag and story.lead_published:
                    dates[other] = min(story.lead_published, dates.get(other, story.lead_published))
        return dates

    def _new_pairs(self, story: StoryCards) -> list[tuple[Tag, Tag]]:
        """Return the pairs of one kind that stand together for the first time in a story.

        Only those of whom both were named before: an entity that is new is new to all others. Only where the story is
        about both, or names them in one sentence: not far from each other in a long text. Only of kinds that are found
        by names: that topics meet says nothing of them.
        """
        date = story.lead.published
        if date is None:
            return []
        named_before = sorted(
            tag for tag in story.tags if self.kind(tag.kind).by == "names" and self.first_news_date(tag) != date
        )
        return [
            (tag, other)
            for tag, other in combinations(named_before, 2)
            if tag.kind == other.kind
            and ({tag, other}.issubset(story.about) or (tag, other) in story.pairs)
            and self.first_shared_dates(tag).get(other) == date
        ]

    @cell
    def ranked_stories(self, key: str) -> tuple[RankedStory, ...]:
        """Return the stories of a period, the weightiest first."""
        ranked: dict[str, RankedStory] = {}
        for story in self.stories_of_issue(key):
            date = story.lead.published
            first = [tag for tag in story.tags if date and self.first_news_date(tag) == date]
            outlets = max(1, count_outlets(story.cards))
            about = [tag for tag in story.about if tag.kind in self.followed_kinds()]
            weight = StoryWeight(outlets, len(about), len(first), len(self._new_pairs(story)), story.is_report)
            ranked[story.lead.url] = RankedStory(story, weight)
        order = statistics.rank_by_weight(
            (url, item.weight, item.story.lead.filed.toordinal()) for url, item in ranked.items()
        )
        return tuple(ranked[url] for url in order)

    @cell
    def editor_choice(self, key: str) -> EditorChoice:
        """Return what the editor says of a period's stories; what names none of them is passed over."""
        note = self.issue_note(key)
        if note is None:
            return EditorChoice()
        stories_by_name = {
            name: story for story in self.stories_of_issue(key) for card in story.cards for name in (card.url, card.id)
        }

        def lead_urls(names: Iterable[tuple[str, int]]) -> tuple[UrlPath, ...]:
            stories = (stories_by_name.get(name) or stories_by_name.get(_with_slash(name)) for name, _ in names)
            return tuple(dict.fromkeys(story.lead.url for story in stories if story))

        drop = lead_urls(note.drop)
        return EditorChoice(tuple(url for url in lead_urls(note.pin) if url not in drop), lead_urls(note.order), drop)

    @cell
    def arranged_stories(self, key: str) -> ArrangedStories:
        """Return the stories of a period by weight, unless the editor has it otherwise."""
        choice, ranked = self.editor_choice(key), {item.story.lead.url: item for item in self.ranked_stories(key)}
        order = dict.fromkeys([*choice.pin, *choice.order, *ranked])
        return ArrangedStories(
            stories=tuple(ranked[url] for url in order if url not in choice.drop),
            pinned_count=len(choice.pin),
            dropped_count=len(choice.drop),
        )

    @cell
    def issue_note_document(self, key: str) -> Document | None:
        """Return the editor's text at the head of an issue."""
        note = self.issue_note(key)
        return self.owner_document(note.body) if note and note.body else None

    def issue_note_problems(self) -> Iterator[Problem]:
        """Yield what cannot be in the editor's notes on issues: periods without an issue, names of no story."""
        for key in self.issue_note_keys():
            note = self.issue_note(key)
            if note is None:
                continue
            stories, published = {*self.stories_of_period(key), *self.stories_of_issue(key)}, self.published_issue(key)
            if not self.has_issue(key):
                mend = did_you_mean(key, self.issues(), "remove it, or wait for the stories")
                what = f"is on {key}, which has no issue: fewer than {MIN_ISSUE_STORIES} stories name whom you follow"
                yield Problem(note.file, 0, what, mend)
                continue
            names = {name for story in stories for card in story.cards for name in (card.url, card.id)}
            names.update(identity for story in (published.stories if published else ()) for identity in story.ids)
            for name, line in (*note.pin, *note.order, *note.drop):
                if name in names or _with_slash(name) in names:
                    continue
                is_article = bool(self.article_url(name) or self.group("article", _with_slash(name)))
                what = f"names {name}, which is " + (
                    "an article of another issue, or of a day in doubt" if is_article else "no article"
                )
                mend = (
                    "take it out, or see the article’s date" if is_article else "write an id, or /articles/2026/name/"
                )
                yield Problem(note.file, line, what, did_you_mean(name, names, mend))

    @cell
    def figures(self, key: str) -> IssueFigures:
        """Return what is new in a period; of an issue that was published, what it showed."""
        published = self.published_issue(key)
        return self._computed_figures(key) if published is None else self._with_current_tags(published.figures)

    def _with_current_tags(self, figures: IssueFigures) -> IssueFigures:
        """Return figures that were published with the tags of today.

        An entity that was merged into another goes by that one; one that is gone is left out.
        """

        def current(movers: Iterable[Mover]) -> tuple[Mover, ...]:
            movers_by_tag: dict[Tag, Mover] = {}
            for mover in movers:
                if successor := self.successor(mover.tag):
                    movers_by_tag.setdefault(successor, replace(mover, tag=successor))
            return tuple(movers_by_tag.values())

        pairs = ([successor for tag in pair if (successor := self.successor(tag))] for pair in figures.pairs)
        return IssueFigures(
            movers=current(figures.movers),
            quiet=current(figures.quiet),
            first=tuple(dict.fromkeys(successor for tag in figures.first if (successor := self.successor(tag)))),
            pairs=tuple(dict.fromkeys((min(pair), max(pair)) for pair in pairs if len(set(pair)) == 2)),
        )

    def _computed_figures(self, key: str) -> IssueFigures:
        period, tally = require_period(key), self.story_tally(key)
        if period.unit == "year":
            return IssueFigures()
        first = [tag for tag in tally.counts if _is_within(self.first_news_date(tag), period)]
        pairs: dict[tuple[Tag, Tag], int] = {}  # with how many of the two a story is about that brings them together
        for story in self.stories_of_issue(key):
            for pair in self._new_pairs(story):
                pairs[pair] = max(pairs.get(pair, 0), len(set(pair).intersection(story.about)))
        quiet_before = {item.entity for before in period.before(1) for item in self.quiet_entities(before.key)}
        newly_quiet = (item for item in self.quiet_entities(key) if item.entity not in quiet_before)
        return IssueFigures(
            movers=tuple(self._mover(item, period) for item in self.rising_entities(key)),
            quiet=tuple(self._mover(item, period) for item in newly_quiet),
            first=tuple(sorted(first, key=lambda tag: (-tally.counts[tag], tag))),
            pairs=tuple(sorted(pairs, key=lambda pair: (-pairs[pair], pair))),
        )

    @kept_cell
    def rising_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return the entities that have more stories than usual in a period, the surest first."""
        return self._compare_with_past(statistics.find_rising, require_period(key), 1)

    @kept_cell
    def quiet_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return the entities that have fewer stories than usual in the last periods, up to this one.

        They are several (QUIET_PERIODS): to be missing from a single one says too little. Each has to have an issue.
        """
        period = require_period(key)
        return self._compare_with_past(statistics.find_quiet, period, QUIET_PERIODS[period.unit])

    def _compare_with_past(
        self, test: Callable[..., tuple[statistics.UnusualCount[Tag], ...]], period: Period, number: int
    ) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return what a test says of the last `number` periods, up to one, against those before that have an issue."""
        periods = [*period.before(statistics.PAST_PERIODS + number - 1), period]
        now = [self.story_tally(other.key) for other in periods[-number:] if self.has_issue(other.key)]
        past = [self.story_tally(other.key) for other in periods[:-number] if self.has_issue(other.key)]
        if len(now) < number:
            return ()
        counts: Counter[Tag] = Counter()
        for tally in now:
            counts.update(tally.counts)
        return test(
            counts, sum(tally.total for tally in now), [tally.counts for tally in past], [tally.total for tally in past]
        )

    def _mover(self, unusual: statistics.UnusualCount[Tag], period: Period) -> Mover:
        """Return an unusual count as an issue shows it: with the entity's stories in the issues of the last periods."""
        keys = [other.key for other in (*period.before(SPARKLINE_PERIODS - 1), period) if self.has_issue(other.key)]
        spark = tuple(self.story_tally(other).counts.get(unusual.entity, 0) for other in keys)
        return Mover(unusual.entity, unusual.count, float(f"{unusual.expected:.1e}"), spark)


def _with_slash(address: str) -> str:
    return f"{address.rstrip('/')}/"


def _is_within(date: dt.date | None, period: Period) -> bool:
    return date is not None and period.first <= date <= period.last
