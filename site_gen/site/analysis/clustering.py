"""Which articles tell one story: wire copy, light rewrites, and other outlets' reports of the same event. Pure.

`StoryIndex` is an index that articles are put into and taken out of. What it says depends on the articles in it alone,
not on the order in which they came, and one more is compared with the few that share rare shingles or weighty words
with it in the same days.

A story has a centre, its earliest article, and each of the others is like the centre. Were likeness to any one of them
enough, A like B and B like C would make one story of A and C that have nothing in common, and a week's news would run
together (single-link clustering "chains"). So articles are taken in order, by day and id: one that is like an earlier
centre joins it (the one it is most like), one that is like none is a centre. After J. Hartigan, "Clustering Algorithms"
(1975), chapter 3, "leader algorithm"; the fixed order makes it independent of the order of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from site_gen.content.story_overrides import resolve_overrides
from site_gen.core.digests import differing_keys
from site_gen.site.analysis.blocking import BlockingIndex, span_number
from site_gen.site.analysis.keywords import Rarity
from site_gen.site.analysis.similarity import prepare, story_similarity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.site.analysis.similarity import ArticleFeatures


@dataclass(frozen=True, slots=True)
class StoryCluster:
    """Articles (their files) that tell one story. `lead` is the earliest, or the one that a person chose; `others` are
    in order of day and id."""

    lead: str
    others: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


class StoryIndex:
    """The stories that some articles tell."""

    def __init__(self) -> None:
        self._entries: dict[str, ArticleFeatures] = {}
        self._ids: dict[str, set[str]] = {}
        self._rarity = Rarity()
        self._candidates = BlockingIndex()
        self._spans: dict[int, int] = {}  # how many articles each span of days has
        self._near: dict[str, dict[str, int]] = {}  # of each article those that came into question, and how alike
        self._centre: dict[str, str] = {}  # of each article but those that a person joined to another
        self._members: dict[str, set[str]] = {}  # of each centre
        self._worded: set[str] = set()  # articles of whose story a person says something
        self._pins: dict[str, str] = {}  # of each article that a person joined to another: which
        self._followers: dict[str, set[str]] = {}  # the same, turned round
        self._apart: dict[str, set[str]] = {}  # which a person keeps apart
        self._stories: dict[str, StoryCluster] = {}  # by centre

    def __len__(self) -> int:
        return len(self._stories)

    def cluster_of(self, file: str) -> StoryCluster:
        """The story of an article. KeyError when it is not in the index."""
        return self._stories[self._centre_of(file)]

    def clusters(self) -> tuple[StoryCluster, ...]:
        """All stories, in order of day and id of their earliest article."""
        return tuple(self._stories[centre] for centre in sorted(self._stories, key=self._order))

    def put(self, changes: Mapping[str, ArticleFeatures | None]) -> set[str]:
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

    # -- who is like whom ---------------------------------------------------------------------------------

    def _replace(self, new: Mapping[str, ArticleFeatures | None]) -> set[str]:
        """Take the articles in or out, and compare what is to be compared. Gives those whose neighbours changed."""
        doubtful = set(new)
        moved: set[int] = set()
        doubled = False
        for file, entry in new.items():
            if old := self._entries.pop(file, None):
                doubled |= self._count(old, -1, moved)
                doubtful |= self._drop_edges(file)
            if entry:
                self._entries[file] = entry
                doubled |= self._count(entry, 1, moved)
        again = {file for file, entry in new.items() if entry} | self._candidates.update_ignored_keys(self._entries)
        if 2 * len(again) > len(self._entries):
            again = set(self._entries)
        done: set[str] = set()
        for file in again:
            doubtful |= self._compare(file, done)
            done.add(file)
        if doubled or moved:
            doubtful |= self._weigh_again(None if doubled else moved, again)
        return doubtful | again

    def _count(self, entry: ArticleFeatures, sign: int, moved: set[int]) -> bool:
        """Take an article into all that is counted (sign 1), or out of it (-1). `moved` takes up the words that may
        weigh otherwise now. Whether all may."""
        if sign > 0:
            spread = self._candidates.add(entry)
            self._ids.setdefault(entry.id, set()).add(entry.file)
            if entry.has_override:
                self._worded.add(entry.file)
        else:
            spread = self._candidates.remove(entry)
            self._ids[entry.id].discard(entry.file)
            self._worded.discard(entry.file)
        steps = self._rarity.count_article(entry.terms, sign)
        moved |= steps or set()
        moved |= self._rarity.count_spread(spread, sign)
        return self._count_span(entry, sign) or steps is None

    def _count_span(self, entry: ArticleFeatures, sign: int) -> bool:
        """Count an article in its span of days. Whether that may make every word another."""
        if entry.news_day is None:
            return False
        span = span_number(entry.news_day)
        before = self._spans.pop(span, 0)
        if after := before + sign:
            self._spans[span] = after
        return self._rarity.count_span(sign) if not before or not after else False

    def _compare(self, file: str, done: set[str]) -> set[str]:
        """Compare an article with all that share enough with it, but for those that this was done for just now. Gives
        those to which its likeness changed."""
        entry, old, dull = self._entries[file], self._near.get(file, {}), self._candidates.ignored_keys
        one = prepare(entry, self._rarity)
        near: dict[str, int] = {}
        for other in self._candidates.candidates(entry):
            strength = (
                self._near[other].get(file) if other in done else story_similarity(one, self._entries[other], dull)
            )
            if strength is not None:
                near[other] = strength
        for other in old.keys() - near.keys():
            self._near[other].pop(file, None)
        for other, strength in near.items():
            self._near.setdefault(other, {})[file] = strength
        self._near[file] = near
        return {other for other in old.keys() | near.keys() if old.get(other, 0) != near.get(other, 0)}

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
            # Each two once, and only those that share such a word.
            asked = [
                other
                for other in (near if words else ())
                if other >= file and other not in done and not words.isdisjoint(self._entries[other].terms)
            ]
            if not asked:
                continue
            one = prepare(entry, self._rarity)
            for other in asked:
                now = story_similarity(one, self._entries[other], self._candidates.ignored_keys) or 0
                if now != near[other]:
                    near[other] = self._near[other][file] = now
                    doubtful |= {file, other}
        return doubtful

    # -- who belongs to whom --------------------------------------------------------------------------------

    def _hear(self) -> tuple[set[str], set[str]]:
        """Take in what a person says. Gives the articles of which it says something else now, and the centres of the
        stories that they were in."""
        pins, apart = resolve_overrides(
            {file: self._entries[file].override for file in sorted(self._worded)}, self._file_of
        )
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
        if entry.override.alone:
            return file
        kept_from = {
            self._centre.get(other) for other in self._apart.get(file, ()) if self._order(other) < entry.sort_key
        }
        best = (0, entry.sort_key, file)
        for other, strength in self._near.get(file, {}).items():
            if not strength or self._centre.get(other) != other or other in kept_from:
                continue
            there = self._entries[other]
            if there.sort_key < entry.sort_key and not there.override.alone and (-strength, there.sort_key) < best[:2]:
                best = (-strength, there.sort_key, other)
        return best[2]

    def _centre_of(self, file: str) -> str:
        return self._centre[self._pins.get(file, file)]

    def _order(self, file: str) -> tuple[int, str, str]:
        return self._entries[file].sort_key

    # -- the stories themselves -------------------------------------------------------------------------------

    def _retell(self, centres: set[str]) -> set[str]:
        """Make the stories of these centres anew. Gives the articles of which that changed something."""
        before: dict[str, StoryCluster] = {}
        after: dict[str, StoryCluster] = {}
        for centre in centres:
            if old := self._stories.pop(centre, None):
                before.update(dict.fromkeys(old.files, old))
            if self._centre.get(centre) == centre:
                new = self._stories[centre] = self._story(centre)
                after.update(dict.fromkeys(new.files, new))
        return differing_keys(before, after)

    def _story(self, centre: str) -> StoryCluster:
        members = self._members[centre]
        files = {*members, *(follower for member in members for follower in self._followers.get(member, ()))}
        ordered = sorted(files, key=self._order)
        chosen = (
            file
            for file in ordered
            if file in self._followers or self._entries[file].override.lead == self._entries[file].id
        )
        lead = next(chosen, ordered[0])
        return StoryCluster(lead, tuple(file for file in ordered if file != lead))
