"""Which articles tell one story: wire copy, light rewrites, and other outlets' reports of the same event. Pure.

`Stories` is an index that articles are put into and taken out of. What it says depends on the articles in it alone, not
on the order in which they came, and one more is compared with the few that share rare shingles or weighty words with
it in the same days.

A story has a centre, its earliest article, and each of the others is like the centre. Were likeness to any one of them
enough, A like B and B like C would make one story of A and C that have nothing in common, and a week's news would run
together (single-link clustering "chains"). So articles are taken in order, by day and id: one that is like an earlier
centre joins it (the one it is most like), one that is like none is a centre. After J. Hartigan, "Clustering Algorithms"
(1975), chapter 3, "leader algorithm"; the fixed order makes it independent of the order of arrival.

How like is like enough was measured (`benchmarks/stories.py`); false joins hurt more than missed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from site_gen.cells import differing
from site_gen.digest.said import resolved
from site_gen.digest.sketch import Sketch, shared
from site_gen.digest.terms import Rarity, Terms
from site_gen.model import StoryWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

DAYS = 10  # between two articles of one story: copies come late, too
DAYS_EVENT = 3  # between two reports of one event that share no sentence
# In thousandths: how much of the smaller text's shingles stand in the other, and how alike the words are.
_COPY, _COPY_WORDS = 250, 300  # a copy or a rewrite within DAYS
_SAME = 600  # the same text whenever it came, where a day is not known
_REPRINT = 900  # the same text years later
_OWN, _DAYS_OWN = 500, 2  # the outlet's own second version: its weekly reports are much alike, too
_EVENT = 130  # another outlet's report of the event
_FEWEST = 4  # shingles that are shared: fewer are a coincidence
_MOST = 64  # articles that share a key; one that more of them have says nothing
_IMPRINT = 4  # articles of one outlet, weeks apart, that share a shingle: it is their imprint
_KEYS = 32  # weightiest words under which an article is looked up
_SHARED = 3  # keys that two articles share before they are compared

_SHINGLES = 1 << 32  # keys below this are shingles; those above words, each with a span of days
_SPAN = 1 << 32  # from a key of a word to that of the next span

_SILENT = StoryWord()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index knows of an article.

    day: the day of its date, as an ordinal; None where none is known (the day of saving is none of the news).
    filed: the day it is sorted by. page: the address of the page it is from, whatever host and form it was fetched in
    (see `addresses.same_page`); empty where unknown. word: what a person says of its story.
    """

    file: str
    id: str
    day: int | None
    filed: int
    outlet: str
    sketch: Sketch
    terms: Terms
    page: str = ""
    word: StoryWord = _SILENT

    @property
    def order(self) -> tuple[int, str, str]:
        """Where it stands among all: by day, then by id."""
        return self.filed, self.id, self.file


@dataclass(frozen=True, slots=True)
class Story:
    """Articles (their files) that tell one story. `lead` is the earliest, or the one that a person chose; `others` are
    in order of day and id."""

    lead: str
    others: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


def likeness(one: Entry, other: Entry, dull: Set[int], rarity: Rarity) -> int | None:
    """How surely two articles tell one story, in thousandths; 0 where they do not, None where they would not however
    rare their words were."""
    if one.page and one.page == other.page:
        return 2000
    apart = None if one.day is None or other.day is None else abs(one.day - other.day)
    own = one.outlet == other.outlet != ""
    contained = 0
    if len({*one.sketch}.intersection(other.sketch)) >= _FEWEST:  # most are not, and this is soon told
        common, of = shared(one.sketch, other.sketch, dull)
        contained = 1000 * common // of if common >= _FEWEST else 0
    near = apart is not None and apart <= (_DAYS_OWN if own else DAYS)
    words: int | None = None
    if contained >= (
        _REPRINT if apart is not None and not near else _SAME if apart is None else _OWN if own else _COPY
    ):
        words = rarity.likeness(one.terms, other.terms)
        if words >= _COPY_WORDS:
            return 1000 + contained
    if apart is not None and apart <= DAYS_EVENT and not own:
        words = rarity.likeness(one.terms, other.terms)
        return words if words >= _EVENT else 0
    return None if words is None else 0


class Stories:
    """The stories that some articles tell."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._ids: dict[str, set[str]] = {}
        self._pages: dict[str, set[str]] = {}
        self._rarity = Rarity()
        self._index: dict[int, str | set[str]] = {}  # one article, or those that share a key
        self._spans: dict[int, int] = {}  # how many articles each span of days has
        self._dull: set[int] = set()  # keys that say nothing
        self._near: dict[str, dict[str, int]] = {}  # of each article those that came into question, and how alike
        self._centre: dict[str, str] = {}  # of each article but those that a person joined to another
        self._members: dict[str, set[str]] = {}  # of each centre
        self._worded: set[str] = set()  # articles of whose story a person says something
        self._pins: dict[str, str] = {}  # of each article that a person joined to another: which
        self._followers: dict[str, set[str]] = {}  # the same, turned round
        self._apart: dict[str, set[str]] = {}  # which a person keeps apart
        self._stories: dict[str, Story] = {}  # by centre

    def __len__(self) -> int:
        return len(self._stories)

    def of(self, file: str) -> Story:
        """The story of an article. KeyError when it is not in the index."""
        return self._stories[self._centre_of(file)]

    def all(self) -> tuple[Story, ...]:
        """All stories, in order of day and id of their earliest article."""
        return tuple(self._stories[centre] for centre in sorted(self._stories, key=self._order))

    def put(self, changes: Mapping[str, Entry | None]) -> set[str]:
        """Take in articles by file, None for one that is gone. Gives the articles that stand in another story now than
        before, or in one that is another now; those that came or went are among them."""
        new = {file: entry for file, entry in changes.items() if entry != self._entries.get(file)}
        if not new:
            return set()
        touched = {self._centre_of(file) for file in new if file in self._entries}
        doubtful = self._replace(new)
        worded, centres = self._hear()
        doubtful |= worded
        touched |= centres | self._settle(doubtful)
        touched.update(self._centre_of(file) for file in (*new, *worded) if file in self._entries)
        return self._retell(touched)

    # -- the index ----------------------------------------------------------------------------------------

    def _replace(self, new: Mapping[str, Entry | None]) -> set[str]:
        """Take the articles in or out, and compare what is to be compared. Gives those whose neighbours changed."""
        doubtful = set(new)
        common: set[int] = set()
        moved: set[int] = set()
        doubled = False
        for file, entry in new.items():
            if old := self._entries.pop(file, None):
                steps = self._rarity.take(old.terms, -1)
                doubled |= steps is None
                moved |= steps or set()
                moved |= self._take_out(old, common)
                doubled |= self._count_span(old, -1)
                doubtful |= self._drop_edges(file)
            if entry:
                self._entries[file] = entry
                steps = self._rarity.take(entry.terms, 1)
                doubled |= steps is None
                moved |= steps or set()
                moved |= self._take_in(entry, common)
                doubled |= self._count_span(entry, 1)
        again = {file for file, entry in new.items() if entry}
        for key in common:
            if self._is_dull(key) != (key in self._dull):
                self._dull ^= {key}
                again |= self._sharing(key)
        if 2 * len(again) > len(self._entries):
            again = set(self._entries)
        done: set[str] = set()
        for file in again:
            doubtful |= self._compare(file, done)
            done.add(file)
        if doubled or moved:
            doubtful |= self._weigh_again(None if doubled else moved, again)
        return doubtful | again

    def _count_span(self, entry: Entry, sign: int) -> bool:
        """Count an article in its span of days. Whether that may make every word another."""
        if entry.day is None:
            return False
        span = _span_of(entry.day)
        before = self._spans.pop(span, 0)
        if after := before + sign:
            self._spans[span] = after
        return self._rarity.span(sign) if not before or not after else False

    def _take_in(self, entry: Entry, common: set[int]) -> set[int]:
        """Put an article under its keys. `common` takes up those that several have. Gives the words of another step."""
        index, file = self._index, entry.file
        spread: list[int] = []
        for key in _keys_of(entry):
            there = index.get(key)
            if there is None:
                index[key] = file
                if key > _SHINGLES:
                    spread.append(key % _SPAN)
                continue
            if isinstance(there, str):
                there = index[key] = {there}
            there.add(file)
            common.add(key)
        self._ids.setdefault(entry.id, set()).add(file)
        if entry.page:
            self._pages.setdefault(entry.page, set()).add(file)
        if entry.word != _SILENT:
            self._worded.add(file)
        return self._rarity.spread(spread, 1)

    def _take_out(self, entry: Entry, common: set[int]) -> set[int]:
        """Take an article from under its keys; otherwise as `_take_in`."""
        index, file = self._index, entry.file
        spread: list[int] = []
        for key in _keys_of(entry):
            there = index.get(key)
            if isinstance(there, set):
                there.discard(file)
                common.add(key)
            if not isinstance(there, set) or not there:
                del index[key]
                if key > _SHINGLES:
                    spread.append(key % _SPAN)
        self._ids[entry.id].discard(file)
        if entry.page:
            self._pages[entry.page].discard(file)
        self._worded.discard(file)
        return self._rarity.spread(spread, -1)

    def _sharing(self, key: int) -> set[str]:
        """The articles that are under a key."""
        there = self._index.get(key)
        return {there} if isinstance(there, str) else there or set()

    def _is_dull(self, key: int) -> bool:
        """Whether a key says nothing: too many articles have it, or an outlet has it in articles of other weeks."""
        files = self._sharing(key)
        if len(files) < _IMPRINT:
            return False
        if len(files) > _MOST:
            return True
        if key > _SHINGLES:
            return False
        days: dict[str, list[int]] = {}
        for file in files:
            entry = self._entries[file]
            days.setdefault(entry.outlet, []).append(entry.filed)
        return any(len(found) >= _IMPRINT and max(found) - min(found) > DAYS for found in days.values())

    def _compare(self, file: str, done: set[str]) -> set[str]:
        """Compare an article with all that share enough with it, but for those that this was done for just now. Gives
        those to which its likeness changed."""
        entry, old = self._entries[file], self._near.get(file, {})
        near: dict[str, int] = {}
        for other in self._in_question(entry):
            if other in done:
                strength = self._near[other].get(file)
            else:
                strength = likeness(entry, self._entries[other], self._dull, self._rarity)
            if strength is not None:
                near[other] = strength
        for other in old.keys() - near.keys():
            self._near[other].pop(file, None)
        for other, strength in near.items():
            self._near.setdefault(other, {})[file] = strength
        self._near[file] = near
        return {other for other in old.keys() | near.keys() if old.get(other, 0) != near.get(other, 0)}

    def _in_question(self, entry: Entry) -> list[str]:
        """The articles that share enough keys with one to be compared."""
        dull, file = self._dull, entry.file
        counts = dict.fromkeys(self._pages[entry.page], _SHARED) if entry.page else {}
        keys = [key for key in _keys_of(entry) if key not in dull]
        for key in keys[:]:
            if key > _SHINGLES:  # as seen from the spans beside it, too
                keys += [beside for beside in (key - _SPAN, key + _SPAN) if beside not in dull]
        for there in map(self._index.get, keys):
            if isinstance(there, str):
                if there != file:  # most keys are an article's own
                    counts[there] = counts.get(there, 0) + 1
            elif there:
                for other in there:
                    counts[other] = counts.get(other, 0) + 1
        return [other for other, count in counts.items() if count >= _SHARED and other != file]

    def _drop_edges(self, file: str) -> set[str]:
        neighbours = self._near.pop(file, {})
        for other in neighbours:
            self._near[other].pop(file, None)
        return set(neighbours)

    def _weigh_again(self, moved: set[int] | None, done: set[str]) -> set[str]:
        """Compare those again that share a word whose rarity changed (None: all), but for those that were compared just
        now. Gives those that changed."""
        doubtful: set[str] = set()
        if len(done) == len(self._entries):
            return doubtful
        for file, near in self._near.items():
            if not near or file in done:
                continue
            entry = self._entries[file]
            words = entry.terms.keys() if moved is None else moved & entry.terms.keys()
            for other, before in near.items() if words else ():
                if other < file or other in done or words.isdisjoint(self._entries[other].terms):
                    continue  # each two once, and only those that share such a word
                now = likeness(entry, self._entries[other], self._dull, self._rarity) or 0
                if now != before:
                    near[other] = self._near[other][file] = now
                    doubtful |= {file, other}
        return doubtful

    # -- who belongs to whom --------------------------------------------------------------------------------

    def _hear(self) -> tuple[set[str], set[str]]:
        """Take in what a person says. Gives the articles of which it says something else now, and the centres of the
        stories that they were in."""
        pins, apart = resolved({file: self._entries[file].word for file in sorted(self._worded)}, self._file_of)
        changed = {file for file in (pins.keys() | self._pins.keys()) if pins.get(file) != self._pins.get(file)}
        changed |= {file for file in (apart.keys() | self._apart.keys()) if apart.get(file) != self._apart.get(file)}
        centres = {self._pins[file] for file in changed if file in self._pins}
        centres = {self._centre[root] for root in centres if root in self._centre}
        centres |= {self._centre[file] for file in changed if file in self._centre}
        self._pins, self._apart = pins, apart
        self._followers = {}
        for file, root in pins.items():
            self._followers.setdefault(root, set()).add(file)
        return changed, centres

    def _file_of(self, identity: str) -> str | None:
        return min(self._ids.get(identity, ()), default=None)

    def _settle(self, doubtful: set[str]) -> set[str]:
        """Find the centre of each of these, and of all that hang on them, in order. Gives the centres of all stories
        that lost or gained an article."""
        touched: set[str] = set()
        for file in [file for file in doubtful if file not in self._entries or file in self._pins]:
            if file in self._centre:
                touched |= {self._centre[file]}
                doubtful = doubtful | self._leave(file)
        waiting = [(self._order(file), file) for file in doubtful if file in self._entries and file not in self._pins]
        heapify(waiting)
        last = ""
        while waiting:
            order, file = heappop(waiting)
            if file == last:
                continue
            last, old, new = file, self._centre.get(file), self._centre_for(file)
            if old == new:
                continue
            touched |= {old or new, new}
            hanging = self._leave(file) if old else set()
            self._centre[file] = new
            self._members.setdefault(new, set()).add(file)
            if file in {old, new}:
                hanging |= {other for other, strength in self._near.get(file, {}).items() if strength}
            hanging |= self._apart.get(file, set())
            for other in hanging:
                if other in self._entries and other not in self._pins and self._order(other) > order:
                    heappush(waiting, (self._order(other), other))
        return touched

    def _leave(self, file: str) -> set[str]:
        """Take an article out of its story. Gives those that it was the centre of."""
        centre = self._centre.pop(file)
        members = self._members[centre]
        members.discard(file)
        if not members:
            del self._members[centre]
        return set(members) if centre == file else set()

    def _centre_for(self, file: str) -> str:
        """The earlier centre that an article is most like, else itself."""
        entry = self._entries[file]
        if entry.word.alone:
            return file
        kept_from = {self._centre.get(other) for other in self._apart.get(file, ()) if self._order(other) < entry.order}
        best = (0, entry.order, file)
        for other, strength in self._near.get(file, {}).items():
            if not strength or self._centre.get(other) != other or other in kept_from:
                continue
            there = self._entries[other]
            if there.order < entry.order and not there.word.alone and (-strength, there.order) < best[:2]:
                best = (-strength, there.order, other)
        return best[2]

    def _centre_of(self, file: str) -> str:
        return self._centre[self._pins.get(file, file)]

    def _order(self, file: str) -> tuple[int, str, str]:
        return self._entries[file].order

    # -- the stories themselves -------------------------------------------------------------------------------

    def _retell(self, centres: set[str]) -> set[str]:
        """Make the stories of these centres anew. Gives the articles of which that changed something."""
        before: dict[str, Story] = {}
        after: dict[str, Story] = {}
        for centre in centres:
            if old := self._stories.pop(centre, None):
                before.update(dict.fromkeys(old.files, old))
            if self._centre.get(centre) == centre:
                new = self._stories[centre] = self._story(centre)
                after.update(dict.fromkeys(new.files, new))
        return differing(before, after)

    def _story(self, centre: str) -> Story:
        members = self._members[centre]
        files = {*members, *(follower for member in members for follower in self._followers.get(member, ()))}
        ordered = sorted(files, key=self._order)
        chosen = (
            file
            for file in ordered
            if file in self._followers or self._entries[file].word.lead == self._entries[file].id
        )
        lead = next(chosen, ordered[0])
        return Story(lead, tuple(file for file in ordered if file != lead))


def _keys_of(entry: Entry) -> Iterable[int]:
    """What an article is looked up under: its shingles, and its weightiest words with the span of its day. Two articles
    that are DAYS_EVENT apart or less are of one span or of neighbouring ones."""
    if entry.day is None:
        return entry.sketch
    span = _span_of(entry.day) * _SPAN
    return (*entry.sketch, *[span + word for word in islice(entry.terms, _KEYS)])


def _span_of(day: int) -> int:
    return day // (DAYS_EVENT + 1)
