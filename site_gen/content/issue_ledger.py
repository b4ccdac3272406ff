"""Ledger of published issues, `content/issues.txt`: what readers of each were shown, for good. Pure.

A line is an item, and begins with the key of its issue. Issues are in order of their keys, the lines of one in the
order of its page, so that the file reads like the issues' tables of contents, and two people's additions are lines of
their own. Each ends with its check (see `ledger_lines`), left out here:

    2026-w47 published 2026-11-23
    2026-w47 corrected 2026-11-30 5f0a91c2
    2026-w47 lead k3v9x2qd+w8h2m1zz Mast falls in the night
    2026-w47 topics/storage 8s7d6f5g A silo is let
    2026-w47 more 0a1b2c3d Fog over the quay
    2026-w47 added 2026-11-30 7h6g5f4d Who built the mast
    2026-w47 dropped 5t4r3e2w
    2026-w47 mover companies/acme 5 0.4 0,0,1,0,0,0,0,1,0,0,0,1,5
    2026-w47 quiet companies/beacon 0 3.1 3,4,2,3,3,4,3,2,3,1,0,0,0
    2026-w47 first companies/carrow
    2026-w47 pair companies/acme companies/beacon

A story is named by the ids of its articles, the lead's first, and by its title; before them stands its place: among
those that lead (`lead`), under an entity, or with the rest (`more`). `added` is a story that came later, on that day;
`dropped` an article that the editor left out. After `mover` and `quiet` stand an entity, its stories in the period,
how many are usual, and those of the last periods. `corrected` is the day since which the issue has the corrections
that it shows, with the beginning of their digest.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from site_gen.content.ledger_lines import LedgerFault, format_ledger, read_lines
from site_gen.content.records import Tag
from site_gen.core.text import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEAD, MORE = "lead", "more"  # places of stories: at the head of an issue, and in no section of it
DIGEST_LETTERS = 8  # of the corrections' digest
_HEAD = "What each issue showed when it was published. Written by `site-gen permalinks record`; keep it."
_LINE = re.compile(r"(\d{4}(?:-w?\d\d)?) (\S+) (\S.*)", re.ASCII)
_IDS = re.compile(r"[a-z0-9][a-z0-9-]*(?:\+[a-z0-9][a-z0-9-]*)*", re.ASCII)
_TAG = re.compile(r"([^\s/]+)/([^\s/]+)")


class Mover(Struct, frozen=True):
    """An entity that had more stories in a period than its past lets expect, or fewer in the last ones."""

    tag: Tag  # the entity
    count: int  # its stories in the period
    usual: float  # how many its past lets expect
    spark: tuple[int, ...]  # its stories in each of the last periods, oldest first, this one included


class IssueFigures(Struct, frozen=True):
    """What the counts of a period show that is new."""

    movers: tuple[Mover, ...] = ()  # who had more stories than usual
    quiet: tuple[Mover, ...] = ()  # who had fewer in the last periods
    first: tuple[Tag, ...] = ()  # who was named for the first time
    pairs: tuple[tuple[Tag, Tag], ...] = ()  # which companies (or people…) stood together for the first time


class PublishedStory(NamedTuple):
    """A story as readers of an issue were shown it."""

    ids: tuple[str, ...]  # of its articles, the lead's first
    title: str  # of its lead
    place: str = MORE  # where it stood: LEAD, MORE, or the entity of its section (`topics/storage`)
    day: dt.date | None = None  # on which it was added; None: it came with the issue


class PublishedIssue(Struct, frozen=True, kw_only=True):
    """An issue as it was published."""

    published: dt.date  # the day on which it came out
    corrected: dt.date | None = None  # the day its present corrections were first published; None: it has none
    corrections_digest: str = ""  # by which other corrections are told from these; empty: there are none
    stories: tuple[PublishedStory, ...] = ()  # in the order of the page
    dropped: tuple[str, ...] = ()  # ids of articles that the editor left out
    figures: IssueFigures = IssueFigures()  # who was in the news more than usual, and so on

    @property
    def updated(self) -> dt.date:
        """Day from which readers find it as it is."""
        return max(filter(None, (self.published, self.corrected, *(story.day for story in self.stories))))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all its articles, those that the editor left out among them."""
        return (*(identity for story in self.stories for identity in story.ids), *self.dropped)


class _IssueBuilder(Struct):
    """An issue of which some lines are read; most fields are those of PublishedIssue and IssueFigures."""

    line: int  # the number of its first line
    days: list[dt.date] = field(default_factory=list)  # of its lines `published`: one if it is right
    corrected: dt.date | None = None  # see PublishedIssue
    corrections_digest: str = ""  # see PublishedIssue
    stories: dict[str, PublishedStory] = field(default_factory=dict)  # by the id of the lead
    dropped: list[str] = field(default_factory=list)  # see PublishedIssue
    movers: list[Mover] = field(default_factory=list)  # see IssueFigures
    quiet: list[Mover] = field(default_factory=list)  # see IssueFigures
    first: list[Tag] = field(default_factory=list)  # see IssueFigures
    pairs: list[tuple[Tag, Tag]] = field(default_factory=list)  # see IssueFigures

    def add_line(self, item: str, rest: str) -> None:
        """Add a line, without the issue's key.

        item: its first word. rest: what follows. Raises ValueError for a line that is none of an issue, and
        _RepeatedStoryError for a story that the issue has already.
        """
        match item:
            case "published":
                self.days.append(dt.date.fromisoformat(rest))
            case "corrected":
                day, _, self.corrections_digest = rest.partition(" ")
                self.corrected = dt.date.fromisoformat(day)
            case "added":
                day, _, story = rest.partition(" ")
                self._add_story(story, MORE, dt.date.fromisoformat(day))
            case "dropped":
                self.dropped.append(rest)
            case "mover" | "quiet":
                tag, count, usual, spark = rest.split(" ")
                mover = Mover(_tag(tag), int(count), float(usual), tuple(map(int, spark.split(","))))
                if not (math.isfinite(mover.usual) and min(mover.usual, mover.count, *mover.spark) >= 0):
                    raise ValueError(rest)
                (self.movers if item == "mover" else self.quiet).append(mover)
            case "first":
                self.first.append(_tag(rest))
            case "pair":
                left, right = rest.split(" ")
                self.pairs.append((_tag(left), _tag(right)))
            case "lead" | "more":
                self._add_story(rest, item, None)
            case _:
                self._add_story(rest, str(_tag(item)), None)

    def _add_story(self, text: str, place: str, day: dt.date | None) -> None:
        ids, _, title = text.partition(" ")
        if not _IDS.fullmatch(ids):
            raise ValueError(ids)
        story = PublishedStory(tuple(ids.split("+")), title, place, day)
        if self.stories.setdefault(story.ids[0], story) is not story:
            raise _RepeatedStoryError(story.ids[0])

    def build(self) -> PublishedIssue:
        """Return the issue."""
        return PublishedIssue(
            published=self.days[0],
            corrected=self.corrected,
            corrections_digest=self.corrections_digest,
            stories=tuple(self.stories.values()),
            dropped=tuple(self.dropped),
            figures=IssueFigures(tuple(self.movers), tuple(self.quiet), tuple(self.first), tuple(self.pairs)),
        )


class _RepeatedStoryError(Exception):
    """Raised for a story that an issue has already; its text is the id of the story's lead."""


def parse(text: str) -> tuple[dict[str, PublishedIssue], list[LedgerFault]]:
    """Return the issues of the file by key, and what is wrong with it."""
    builders: dict[str, _IssueBuilder] = {}
    lines, faults = read_lines(text)
    wrong = list(faults)
    for number, line in lines:
        match = _LINE.fullmatch(scrub(line))
        if match is None:
            wrong.append(LedgerFault(number, "is not a line of an issue"))
            continue
        try:
            builders.setdefault(match[1], _IssueBuilder(number)).add_line(match[2], match[3])
        except ValueError:
            wrong.append(LedgerFault(number, "is not a line of an issue"))
        except _RepeatedStoryError as story:
            wrong.append(LedgerFault(number, f"names {story} again"))
    for key, issue in builders.items():
        if len(issue.days) != 1:
            count = "more than one line" if issue.days else "no line"
            what = f"begins the issue {key}, which has {count} `{key} published YYYY-MM-DD`"
            wrong.append(LedgerFault(issue.line, what))
    return {key: issue.build() for key, issue in builders.items() if issue.days}, sorted(wrong)


class LineNames(NamedTuple):
    """What a line of the file names."""

    line: int  # its number, from 1
    tags: tuple[Tag, ...]  # entities
    ids: tuple[str, ...]  # of the articles of a story; empty where the line is no story


def names_by_line(text: str) -> Iterator[LineNames]:
    """Yield what each line of the file names. text: one in which `parse` finds nothing wrong."""
    for number, line in read_lines(text).lines:
        match = _LINE.fullmatch(line)
        if match is None or match[2] in {"published", "corrected"}:
            continue
        item, words = match[2], match[3].split(" ")
        if item in {"mover", "quiet", "first", "pair"}:
            yield LineNames(number, tuple(map(_tag, words[: 2 if item == "pair" else 1])), ())
        else:
            ids = tuple(words[1 if item == "added" else 0].split("+"))
            yield LineNames(number, (_tag(item),) if "/" in item else (), ids)


def dump(issues: Mapping[str, PublishedIssue]) -> str:
    """Return the file of these issues, which are given by key."""
    return format_ledger(_HEAD, (f"{key} {line}" for key, issue in sorted(issues.items()) for line in _lines(issue)))


def _lines(issue: PublishedIssue) -> Iterator[str]:
    """Yield an issue's lines, without its key."""
    yield f"published {issue.published}"
    if issue.corrected:
        yield f"corrected {issue.corrected} {issue.corrections_digest}".rstrip()
    for story in issue.stories:
        place = f"added {story.day}" if story.day else story.place
        yield f"{place} {'+'.join(story.ids)} {story.title}".rstrip()
    yield from (f"dropped {identity}" for identity in issue.dropped)
    figures = issue.figures
    for item, movers in (("mover", figures.movers), ("quiet", figures.quiet)):
        for mover in movers:
            yield f"{item} {mover.tag} {mover.count} {mover.usual:g} {','.join(map(str, mover.spark))}"
    yield from (f"first {tag}" for tag in figures.first)
    yield from (f"pair {left} {right}" for left, right in figures.pairs)


def _tag(text: str) -> Tag:
    match = _TAG.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Tag(match[1], match[2])
