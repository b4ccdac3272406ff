"""Queries on issues: the stories of a week or month by weight, whose news are unusual, who is new, who is with whom.

An issue is made of its own stories, of what is counted of the periods before it, and of when its entities came up
first: never of later stories. Only stories with a day of publication are counted: that somebody saved a page on a day
is no news. An issue goes by the key of its period (`2026-w47`, `2026-11`). Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.issue_ledger import IssueFigures, Mover
from site_gen.content.markdown.document import parse
from site_gen.content.periods import Period, month_period, require_period, week_period
from site_gen.core.depgraph import cell
from site_gen.core.errors import Problem
from site_gen.core.text import did_you_mean
from site_gen.site.analysis import statistics
from site_gen.site.analysis.statistics import StoryWeight
from site_gen.site.stories import StoryQueries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import StoryCards

SPARKLINE_PERIODS = 13  # periods that the sparkline of an entity with more stories than usual shows
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
    """The stories of a period that have a day of publication."""

    total: int  # how many
    counts: Mapping[Tag, int]  # how many name each entity


class IssueQueries(StoryQueries):
    """Queries on the issues of a site, each by its period's key."""

    @cell
    def issues(self) -> tuple[tuple[str, int], ...]:
        """Return the periods that have stories or were published, each with its number of stories.

        Weeks, then months, newest first.
        """
        published = [require_period(key) for key in self.published_issue_keys()]
        weeks = Counter({period: 0 for period in published if period.unit == "week"})
        months = Counter({period: 0 for period in published if period.unit == "month"})
        for day, count in self.story_days():
            weeks[week_period(day)] += count
            months[month_period(day)] += count
        return tuple(
            (period.key, counts[period]) for counts in (weeks, months) for period in sorted(counts, reverse=True)
        )

    @cell
    def neighbouring_issues(self, key: str) -> tuple[str | None, str | None]:
        """Return the issues before and after one, of the same length.

        The issue itself may be gone: that of a page which is about to be removed.
        """
        keys = self.issue_keys(require_period(key).unit)
        place = bisect_left(keys, key)
        after = place + (place < len(keys) and keys[place] == key)
        return (keys[place - 1] if place else None, keys[after] if after < len(keys) else None)

    @cell
    def issue_keys(self, unit: str) -> tuple[str, ...]:
        """Return the issues of one length, oldest first. unit: `week` or `month`."""
        return tuple(sorted(key for key, _ in self.issues() if require_period(key).unit == unit))

    @cell
    def has_issue(self, key: str) -> bool:
        """Return whether a period has stories, or was published."""
        return bool(self.published_issue(key) or self.stories_of_issue(key))

    @cell
    def newest_issue(self) -> str | None:
        """Return the newest week that has a story whose day is certain; None where no day is."""
        for key, _ in self.issues():
            if require_period(key).unit == "week" and any(story.lead.published for story in self.stories_of_issue(key)):
                return key
        return None

    @cell
    def stories_of_issue(self, key: str) -> tuple[StoryCards, ...]:
        """Return the stories of a period, newest first.

        An issue that was published keeps those whose day turned out to be unknown.
        """
        period, published = require_period(key), self.published_issue(key)
        stories_of_period = self.stories_of_week if period.unit == "week" else self.stories_of_month
        stories = stories_of_period(period.year, period.number)
        undated: dict[UrlPath, StoryCards] = {}
        for identity in published.ids if published else ():
            for story in self.group("undated story", identity).values():
                if self.issue_of_story(story.cards, period.unit) == key:
                    undated[story.lead.url] = story
        return (*stories, *undated.values())

    def issue_of_story(self, cards: Sequence[ArticleCard], unit: str) -> str | None:
        """Return the key of the issue that has a story: that of its day; without one, the first published with it.

        cards: of the story's articles, the lead first. unit: the length of the issue, `week` or `month`. None where the
        story is in no issue.
        """
        if date := cards[0].date:
            return (week_period(date) if unit == "week" else month_period(date)).key
        first_issues = self.first_issues(unit)
        return min((first_issues[card.id] for card in cards if card.id in first_issues), default=None)

    @cell
    def first_issues(self, unit: str) -> Mapping[str, str]:
        """Return the key of the first issue of a length that was published with an article, by the article's id."""
        keys: dict[str, str] = {}
        for key in self.published_issue_keys():
            if (issue := self.published_issue(key)) and require_period(key).unit == unit:
                keys = dict.fromkeys(issue.ids, key) | keys
        return keys

    @cell
    def story_tally(self, key: str) -> PeriodTally:
        """Return what is counted of a period."""
        period = require_period(key)
        tags_by_story = self.group(f"tags of {period.unit}", (period.year, period.number))
        return PeriodTally(len(tags_by_story), Counter(chain.from_iterable(tags_by_story.values())))

    @cell
    def first_news_date(self, tag: Tag) -> dt.date | None:
        """Return the day of the first story that names an entity, of those with a day of publication."""
        return min((story.news_date for story in self._story_facts(tag) if story.news_date), default=None)

    @cell
    def first_shared_dates(self, tag: Tag) -> Mapping[Tag, dt.date]:
        """Return the day of the first story that names an entity together with each other of its kind."""
        dates: dict[Tag, dt.date] = {}
        for story in self._story_facts(tag):
            for other in story.tags:
                if other.kind == tag.kind and other != tag and story.news_date:
                    dates[other] = min(story.news_date, dates.get(other, story.news_date))
        return dates

    def _new_pairs(self, story: StoryCards) -> list[tuple[Tag, Tag]]:
        """Return the pairs of one kind that stand together for the first time in a story.

        Only those of whom both were named before: an entity that is new is new to all others. Only of kinds that are
        found by names: that topics meet says nothing of them.
        """
        date = story.lead.date
        if date is None:
            return []
        named_before = sorted(
            tag for tag in story.tags if self.kind(tag.kind).by == "names" and self.first_news_date(tag) != date
        )
        return [
            (tag, other)
            for tag, other in combinations(named_before, 2)
            if tag.kind == other.kind and self.first_shared_dates(tag).get(other) == date
        ]

    @cell
    def ranked_stories(self, key: str) -> tuple[RankedStory, ...]:
        """Return the stories of a period, the weightiest first."""
        ranked: dict[str, RankedStory] = {}
        for story in self.stories_of_issue(key):
            date = story.lead.date
            first = [tag for tag in story.tags if date and self.first_news_date(tag) == date]
            outlets = {card.outlet.casefold() for card in story.cards}
            weight = StoryWeight(len(outlets), len(story.about), len(first), len(self._new_pairs(story)))
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
        return parse(note.body, self.markdown, own_links=True) if note and note.body else None

    def issue_note_problems(self) -> Iterator[Problem]:
        """Yield what cannot be in the editor's notes on issues: periods without stories, names of no story."""
        for key in self.issue_note_keys():
            note = self.issue_note(key)
            if note is None:
                continue
            stories, published = self.stories_of_issue(key), self.published_issue(key)
            if not stories and published is None:
                mend = did_you_mean(key, [other for other, _ in self.issues()], "remove it, or wait for the stories")
                yield Problem(note.file, 0, f"is on an issue that has no stories, {key}", mend)
                continue
            names = {name for story in stories for card in story.cards for name in (card.url, card.id)}
            names.update(identity for story in (published.stories if published else ()) for identity in story.ids)
            for name, line in (*note.pin, *note.order, *note.drop):
                if name in names or _with_slash(name) in names:
                    continue
                is_article = bool(self.article_url(name) or self.group("article", _with_slash(name)))
                what = f"names {name}, which is " + ("an article of another issue" if is_article else "no article")
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

    @cell
    def rising_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return the entities that have more stories than usual in a period, the surest first."""
        return self._compare_with_past(statistics.find_rising, require_period(key), 1)

    @cell
    def quiet_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return the entities that have fewer stories than usual in the last periods, up to this one.

        They are several (QUIET_PERIODS): to be missing from a single one says too little.
        """
        period = require_period(key)
        return self._compare_with_past(statistics.find_quiet, period, QUIET_PERIODS[period.unit])

    def _compare_with_past(
        self, test: Callable[..., tuple[statistics.UnusualCount[Tag], ...]], period: Period, number: int
    ) -> tuple[statistics.UnusualCount[Tag], ...]:
        """Return what a test says of the last `number` periods, up to one, against those before."""
        earlier = period.before(statistics.PAST_PERIODS + number - 1)
        tallies = [self.story_tally(other.key) for other in (*earlier, period)]
        past, now = tallies[:-number], tallies[-number:]
        counts: Counter[Tag] = Counter()
        for tally in now:
            counts.update(tally.counts)
        return test(
            counts, sum(tally.total for tally in now), [tally.counts for tally in past], [tally.total for tally in past]
        )

    def _mover(self, unusual: statistics.UnusualCount[Tag], period: Period) -> Mover:
        """Return an unusual count as an issue shows it: with the entity's stories in the last periods."""
        tallies = [self.story_tally(other.key) for other in (*period.before(SPARKLINE_PERIODS - 1), period)]
        spark = tuple(tally.counts.get(unusual.entity, 0) for tally in tallies)
        return Mover(unusual.entity, unusual.count, float(f"{unusual.expected:.1e}"), spark)


def _with_slash(address: str) -> str:
    return f"{address.rstrip('/')}/"


def _is_within(date: dt.date | None, period: Period) -> bool:
    return date is not None and period.first <= date <= period.last
