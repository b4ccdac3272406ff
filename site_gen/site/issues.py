"""What an issue says: the stories of a week or a month by weight, who moved, who is new, who is with whom.

An issue is made of its own stories, of what is counted of the periods before it, and of when its entities came up
first: never of later ones. Counted are the stories that say their date: that somebody saved a page on a day is no news.
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
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.projections import StoryCards

SPARKLINE_PERIODS = 13  # periods that a mover's sparkline shows
QUIET_PERIODS = {"week": 4, "month": 3}  # periods in which an entity has fewer stories than usual before it is told


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story in an issue, and why it stands where it stands."""

    story: StoryCards
    weight: StoryWeight


@dataclass(frozen=True, slots=True)
class ArrangedStories:
    """The stories of an issue in its order: how many of the first the editor put there, and how many are left out."""

    stories: tuple[RankedStory, ...]
    pinned_count: int = 0
    dropped_count: int = 0


class EditorChoice(NamedTuple):
    """What the editor says of an issue's stories, each by the address of the article that leads it now: which lead,
    which come next, which are left out."""

    pin: tuple[UrlPath, ...] = ()
    order: tuple[UrlPath, ...] = ()
    drop: tuple[UrlPath, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodTally:
    """The stories of a period that say their date: how many, and how many of each entity."""

    total: int
    counts: Mapping[Tag, int]


class IssueQueries(StoryQueries):
    """The issues of a site, each by its period's key."""

    @cell
    def issues(self) -> tuple[tuple[str, int], ...]:
        """The periods that have stories, or were published, and how many: weeks, then months, newest first."""
        published = [require_period(key) for key in self.published_issue_keys()]
        weeks = Counter({one: 0 for one in published if one.unit == "week"})
        months = Counter({one: 0 for one in published if one.unit == "month"})
        for day, count in self.story_days():
            weeks[week_period(day)] += count
            months[month_period(day)] += count
        return tuple((one.key, found[one]) for found in (weeks, months) for one in sorted(found, reverse=True))

    @cell
    def neighbouring_issues(self, key: str) -> tuple[str | None, str | None]:
        """The issues before and after one, of the same length."""
        same = self.issue_keys(require_period(key).unit)
        place = bisect_left(same, key)  # its own may be gone: who asks is told of others then
        after = place + (place < len(same) and same[place] == key)
        return (same[place - 1] if place else None, same[after] if after < len(same) else None)

    @cell
    def issue_keys(self, unit: str) -> tuple[str, ...]:
        """The issues of one length, oldest first."""
        return tuple(sorted(key for key, _ in self.issues() if require_period(key).unit == unit))

    @cell
    def has_issue(self, key: str) -> bool:
        """Whether a period has stories, or was published."""
        return bool(self.published_issue(key) or self.stories_of_issue(key))

    @cell
    def newest_issue(self) -> str | None:
        """The newest week of which a story says its date. None for a site whose articles have none."""
        for key, _ in self.issues():
            if require_period(key).unit == "week" and self.story_tally(key).total:
                return key
        return None

    @cell
    def stories_of_issue(self, key: str) -> tuple[StoryCards, ...]:
        """The stories of a period, newest first."""
        one = require_period(key)
        return (self.stories_of_week if one.unit == "week" else self.stories_of_month)(one.year, one.number)

    @cell
    def story_tally(self, key: str) -> PeriodTally:
        """What is counted of a period."""
        one = require_period(key)
        counted = self.group(f"tags of {one.unit}", (one.year, one.number))
        return PeriodTally(len(counted), Counter(chain.from_iterable(counted.values())))

    @cell
    def first_news_date(self, tag: Tag) -> dt.date | None:
        """The day of the first story that names an entity, of those that say their date."""
        return min((one.news_date for one in self._story_facts(tag) if one.news_date), default=None)

    @cell
    def first_shared_dates(self, tag: Tag) -> Mapping[Tag, dt.date]:
        """The day of the first story that names an entity together with each other of its kind."""
        found: dict[Tag, dt.date] = {}
        for one in self._story_facts(tag):
            for other in one.tags:
                if other.kind == tag.kind and other != tag and one.news_date:
                    found[other] = min(one.news_date, found.get(other, one.news_date))
        return found

    def _new_pairs(self, told: StoryCards) -> list[tuple[Tag, Tag]]:
        """The pairs of one kind that stand together for the first time in a story, but were each named before: who is
        new is new to everybody. That topics meet says nothing of them."""
        date = told.lead.news
        if date is None:
            return []
        old = sorted(
            tag for tag in told.tags if self.kind(tag.kind).by == "names" and self.first_news_date(tag) != date
        )
        return [
            (one, other)
            for one, other in combinations(old, 2)
            if one.kind == other.kind and self.first_shared_dates(one).get(other) == date
        ]

    @cell
    def ranked_stories(self, key: str) -> tuple[RankedStory, ...]:
        """The stories of a period, the weightiest first."""
        found: dict[str, RankedStory] = {}
        for told in self.stories_of_issue(key):
            date = told.lead.news
            first = [tag for tag in told.tags if date and self.first_news_date(tag) == date]
            outlets = {card.outlet.casefold() for card in told.cards}
            weight = StoryWeight(len(outlets), len(told.about), len(first), len(self._new_pairs(told)))
            found[told.lead.url] = RankedStory(told, weight)
        order = statistics.rank_by_weight(
            (url, one.weight, one.story.lead.filed.toordinal()) for url, one in found.items()
        )
        return tuple(found[url] for url in order)

    @cell
    def editor_choice(self, key: str) -> EditorChoice:
        """What the editor says of a period's stories."""
        note = self.issue_note(key)
        if note is None:
            return EditorChoice()
        places = {
            url: told for told in self.stories_of_issue(key) for card in told.cards for url in (card.url, card.id)
        }

        def named(stories: Iterable[tuple[str, int]]) -> tuple[UrlPath, ...]:
            found = (places.get(text) or places.get(f"{text.rstrip('/')}/") for text, _ in stories)
            return tuple(dict.fromkeys(told.lead.url for told in found if told))

        dropped = named(note.drop)
        return EditorChoice(tuple(url for url in named(note.pin) if url not in dropped), named(note.order), dropped)

    @cell
    def arranged_stories(self, key: str) -> ArrangedStories:
        """The stories of a period by weight, unless the editor has it otherwise."""
        word, ranked = self.editor_choice(key), {item.story.lead.url: item for item in self.ranked_stories(key)}
        order = dict.fromkeys([*word.pin, *word.order, *ranked])
        return ArrangedStories(
            tuple(ranked[url] for url in order if url not in word.drop), len(word.pin), len(word.drop)
        )

    @cell
    def issue_note_document(self, key: str) -> Document | None:
        """What the editor says at the head of an issue."""
        note = self.issue_note(key)
        return parse(note.body, self.markdown, own_links=True) if note and note.body else None

    def issue_note_problems(self) -> Iterator[Problem]:
        """What cannot be in what the editor says of issues."""
        for key in self.issue_note_keys():
            note = self.issue_note(key)
            if note is None:
                continue
            told, issued = self.stories_of_issue(key), self.published_issue(key)
            if not told and issued is None:
                mend = did_you_mean(key, [other for other, _ in self.issues()], "remove it, or wait for the stories")
                yield Problem(note.file, 0, f"is on an issue that has no stories, {key}", mend)
                continue
            names = {name for story in told for card in story.cards for name in (card.url, card.id)}
            names.update(one for story in (issued.stories if issued else ()) for one in story.ids)
            for text, line in (*note.pin, *note.order, *note.drop):
                if text in names or f"{text.rstrip('/')}/" in names:
                    continue
                there = self.article_url(text) or (self.group("article", f"{text.rstrip('/')}/") and text)
                what = f"names {text}, which is " + ("an article of another issue" if there else "no article")
                mend = "take it out, or see the article’s date" if there else "write an id, or /articles/2026/name/"
                yield Problem(note.file, line, what, did_you_mean(text, names, mend))

    @cell
    def figures(self, key: str) -> IssueFigures:
        """What is new in a period; of an issue that was published, what it showed."""
        issued = self.published_issue(key)
        return self._computed_figures(key) if issued is None else self._with_current_tags(issued.figures)

    def _with_current_tags(self, figures: IssueFigures) -> IssueFigures:
        """Figures that were published, under the names of today: who was merged into another goes by that, who is gone
        is left out."""

        def moved(ones: Iterable[Mover]) -> tuple[Mover, ...]:
            found: dict[Tag, Mover] = {}
            for one in ones:
                if heir := self.successor(one.tag):
                    found.setdefault(heir, replace(one, tag=heir))
            return tuple(found.values())

        pairs = ([heir for tag in pair if (heir := self.successor(tag))] for pair in figures.pairs)
        return IssueFigures(
            movers=moved(figures.movers),
            quiet=moved(figures.quiet),
            first=tuple(dict.fromkeys(heir for tag in figures.first if (heir := self.successor(tag)))),
            pairs=tuple(dict.fromkeys((min(p), max(p)) for p in pairs if len(set(p)) == 2)),
        )

    def _computed_figures(self, key: str) -> IssueFigures:
        one, now = require_period(key), self.story_tally(key)
        news = [tag for tag in now.counts if _within(self.first_news_date(tag), one)]
        pairs: dict[tuple[Tag, Tag], int] = {}  # with how many of the two a story is about that brings them together
        for told in self.stories_of_issue(key):
            for pair in self._new_pairs(told):
                pairs[pair] = max(pairs.get(pair, 0), len(set(pair).intersection(told.about)))
        before = {mover.entity for other in one.before(1) for mover in self.quiet_entities(other.key)}
        return IssueFigures(
            movers=tuple(self._moved_entity(mover, one) for mover in self.rising_entities(key)),
            quiet=tuple(
                self._moved_entity(mover, one) for mover in self.quiet_entities(key) if mover.entity not in before
            ),
            first=tuple(sorted(news, key=lambda tag: (-now.counts[tag], tag))),
            pairs=tuple(sorted(pairs, key=lambda pair: (-pairs[pair], pair))),
        )

    @cell
    def rising_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """The entities that have more stories than usual in a period."""
        return self._compare_with_past(statistics.find_rising, require_period(key), 1)

    @cell
    def quiet_entities(self, key: str) -> tuple[statistics.UnusualCount[Tag], ...]:
        """The entities that have fewer stories than usual in the last periods, up to this one: to be missing from a
        single one says too little."""
        one = require_period(key)
        return self._compare_with_past(statistics.find_quiet, one, QUIET_PERIODS[one.unit])

    def _compare_with_past(
        self, test: Callable[..., tuple[statistics.UnusualCount[Tag], ...]], one: Period, several: int
    ) -> tuple[statistics.UnusualCount[Tag], ...]:
        """What a test says of the last periods up to one, against those before."""
        tallies = [self.story_tally(other.key) for other in (*one.before(statistics.PAST_PERIODS + several - 1), one)]
        past, now = tallies[:-several], tallies[-several:]
        counts: Counter[Tag] = Counter()
        for tally in now:
            counts.update(tally.counts)
        return test(counts, sum(tally.total for tally in now), [p.counts for p in past], [p.total for p in past])

    def _moved_entity(self, mover: statistics.UnusualCount[Tag], one: Period) -> Mover:
        tallies = [self.story_tally(other.key) for other in (*one.before(SPARKLINE_PERIODS - 1), one)]
        spark = tuple(tally.counts.get(mover.entity, 0) for tally in tallies)
        return Mover(mover.entity, mover.count, float(f"{mover.expected:.1e}"), spark)


def _within(date: dt.date | None, one: Period) -> bool:
    return date is not None and one.first <= date <= one.last
