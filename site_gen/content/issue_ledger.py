"""The issues that were published, `content/issues.txt`: what readers of each were shown, for good.

A line an item, under the key of its issue. Issues are in order of their keys, the lines of one as it had them, so that
the file reads like the issues' tables of contents, and two people's additions are lines of their own:

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

A story goes by the ids of its articles, the lead's first, and by its title; before them stands where: among those that
lead, under an entity, or with the rest (`more`). `added` came later, on that day; `dropped` the editor left out. Of
who moved: the stories in the period, how many are usual, those of the last periods. `corrected` is the day on which
its corrections were last others, with letters of their digest. Pure.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import site_paths
from site_gen.content.records import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = site_paths.ISSUED
LEAD, MORE = "lead", "more"
SEAL = 8  # letters of a digest
_HEAD = "# What each issue showed when it was published. Written by `site-gen permalinks record`; keep it.\n"
_LINE = re.compile(r"(\d{4}-(?:w\d\d|\d\d)) (\S+) (\S.*)", re.ASCII)
_IDS = re.compile(r"[a-z0-9][a-z0-9-]*(?:\+[a-z0-9][a-z0-9-]*)*", re.ASCII)
_TAG = re.compile(r"([^\s/]+)/([^\s/]+)")


@dataclass(frozen=True, slots=True)
class Moved:
    """An entity that had more stories in a period than its past would have it, or fewer in the last ones. `usual`: how
    many its past would give it. `spark`: its stories in the last periods, this one included."""

    tag: Tag
    count: int
    usual: float
    spark: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is new in a period: who moved, who is gone quiet, who is named for the first time, and which companies
    (or people…) stand together for the first time."""

    movers: tuple[Moved, ...] = ()
    quiet: tuple[Moved, ...] = ()
    first: tuple[Tag, ...] = ()
    pairs: tuple[tuple[Tag, Tag], ...] = ()


class Shown(NamedTuple):
    """A story as readers were shown it: the ids of its articles, the lead's first; its title; where it stood (LEAD,
    MORE, or the entity of its section). `day`: that on which it was published, where it came after its issue."""

    ids: tuple[str, ...]
    title: str
    place: str = MORE
    day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issue as it was published. `corrected`: the day on which its corrections were last others, as far as it was
    published, and `seal` what tells them apart. `dropped`: ids of articles that the editor left out."""

    published: dt.date
    corrected: dt.date | None = None
    seal: str = ""
    stories: tuple[Shown, ...] = ()
    dropped: tuple[str, ...] = ()
    figures: Figures = Figures()

    @property
    def updated(self) -> dt.date:
        """The day from which readers find it as it is."""
        return max(filter(None, (self.published, self.corrected, *(story.day for story in self.stories))))


@dataclass(slots=True)
class _Read:
    """An issue of which some lines are read. `line`: its first."""

    line: int
    days: list[dt.date] = field(default_factory=list)
    corrected: dt.date | None = None
    seal: str = ""
    stories: dict[str, Shown] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    movers: list[Moved] = field(default_factory=list)
    quiet: list[Moved] = field(default_factory=list)
    first: list[Tag] = field(default_factory=list)
    pairs: list[tuple[Tag, Tag]] = field(default_factory=list)

    def take(self, what: str, rest: str) -> None:
        """Take in a line. Raises ValueError for one that is none."""
        match what:
            case "published":
                self.days.append(dt.date.fromisoformat(rest))
            case "corrected":
                day, _, self.seal = rest.partition(" ")
                self.corrected = dt.date.fromisoformat(day)
            case "added":
                day, _, story = rest.partition(" ")
                self._story(story, MORE, dt.date.fromisoformat(day))
            case "dropped":
                self.dropped.append(rest)
            case "mover" | "quiet":
                tag, count, usual, spark = rest.split(" ")
                moved = Moved(_tag(tag), int(count), float(usual), tuple(map(int, spark.split(","))))
                if not (math.isfinite(moved.usual) and min(moved.usual, moved.count, *moved.spark) >= 0):
                    raise ValueError(rest)
                (self.movers if what == "mover" else self.quiet).append(moved)
            case "first":
                self.first.append(_tag(rest))
            case "pair":
                one, other = rest.split(" ")
                self.pairs.append((_tag(one), _tag(other)))
            case "lead" | "more":
                self._story(rest, what, None)
            case _:
                self._story(rest, str(_tag(what)), None)

    def _story(self, text: str, place: str, day: dt.date | None) -> None:
        ids, _, title = text.partition(" ")
        if not _IDS.fullmatch(ids):
            raise ValueError(ids)
        story = Shown(tuple(ids.split("+")), title, place, day)
        if self.stories.setdefault(story.ids[0], story) is not story:
            raise _TwiceError(story.ids[0])

    def whole(self) -> Issued:
        """The issue."""
        return Issued(
            published=self.days[0],
            corrected=self.corrected,
            seal=self.seal,
            stories=tuple(self.stories.values()),
            dropped=tuple(self.dropped),
            figures=Figures(tuple(self.movers), tuple(self.quiet), tuple(self.first), tuple(self.pairs)),
        )


class _TwiceError(Exception):
    """A story that an issue has already."""


def parse(text: str) -> tuple[dict[str, Issued], list[tuple[int, str]]]:
    """The issues of the file by key, and for each line that is none its number and what is wrong with it."""
    found: dict[str, _Read] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith(("<<<<", "====", ">>>>", "||||")):
            wrong.append((number, "holds both sides of a merge"))
        elif (match := _LINE.fullmatch(line.rstrip())) is None:
            wrong.append((number, "is no line of an issue"))
        else:
            try:
                found.setdefault(match[1], _Read(number)).take(match[2], match[3])
            except ValueError:
                wrong.append((number, "is no line of an issue"))
            except _TwiceError as story:
                wrong.append((number, f"names {story} again"))
    for key, read in found.items():
        if len(read.days) != 1:
            what = "more than one line" if read.days else "no line"
            wrong.append((read.line, f"begins the issue {key}, which has {what} `{key} published YYYY-MM-DD`"))
    return {key: read.whole() for key, read in found.items() if read.days}, sorted(wrong)


class Names(NamedTuple):
    """What a line of the file names: entities, and the ids of the articles of a story, if it is one."""

    line: int
    tags: tuple[Tag, ...]
    ids: tuple[str, ...]


def named(text: str) -> Iterator[Names]:
    """What each line of the file names. text: one in which `parse` finds nothing wrong."""
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.fullmatch(line.rstrip())
        if match is None or match[2] in {"published", "corrected"}:
            continue
        what, words = match[2], match[3].split(" ")
        if what in {"mover", "quiet", "first", "pair"}:
            yield Names(number, tuple(map(_tag, words[: 2 if what == "pair" else 1])), ())
        else:
            ids = tuple(words[1 if what == "added" else 0].split("+"))
            yield Names(number, (_tag(what),) if "/" in what else (), ids)


def dump(issues: Mapping[str, Issued]) -> str:
    """The file of these issues by key."""
    return _HEAD + "".join(f"{key} {line}\n" for key, issue in sorted(issues.items()) for line in _lines(issue))


def _lines(issue: Issued) -> Iterator[str]:
    yield f"published {issue.published}"
    if issue.corrected:
        yield f"corrected {issue.corrected} {issue.seal}".rstrip()
    for story in issue.stories:
        place = f"added {story.day}" if story.day else story.place
        yield f"{place} {'+'.join(story.ids)} {story.title}".rstrip()
    yield from (f"dropped {one}" for one in issue.dropped)
    figures = issue.figures
    for what, movers in (("mover", figures.movers), ("quiet", figures.quiet)):
        for one in movers:
            yield f"{what} {one.tag} {one.count} {one.usual:g} {','.join(map(str, one.spark))}"
    yield from (f"first {tag}" for tag in figures.first)
    yield from (f"pair {one} {other}" for one, other in figures.pairs)


def _tag(text: str) -> Tag:
    match = _TAG.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Tag(match[1], match[2])
