"""Which articles tell one story: wire copy, light rewrites, and other outlets' reports of the same event. Pure.

`StoryIndex` is an index that articles are put into and taken out of. Its answers depend on the articles in it alone,
not on the order in which they came, and one more is compared with the few that share rare shingles or weighty words
with it in a few days (`story_blocking`).

A story has a centre, its earliest article, and each of the others is similar to the centre. Were similarity to any one
of them enough, A like B and B like C would make one story of A and C that have nothing in common, and a week's news
would run together (single-link clustering "chains"). So articles are taken in order, by day and id: one that is similar
to an earlier centre joins it (the most similar one), one that is similar to none is a centre. After J. Hartigan,
"Clustering Algorithms" (1975), chapter 3, "leader algorithm"; the fixed order makes it independent of the order of
arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from site_gen.content.story_overrides import resolve_overrides
from site_gen.core.digests import differing_keys
from site_gen.site.analysis.keywords import Rarity
from site_gen.site.analysis.story_blocking import BlockingIndex, span_number
from site_gen.site.analysis.story_similarity import prepare, story_similarity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.site.analysis.story_similarity import ArticleFeatures


@dataclass(frozen=True, slots=True)
class StoryCluster:
    """Articles that tell one story, by their files."""

    lead: str  # the earliest, or the one that a person chose
    others: tuple[str, ...] = ()  # in order of day and id

    @property
    def files(self) -> tuple[str, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


class StoryIndex:
    """The stories that articles tell. Articles go by their files."""

    def __init__(self) -> None:
        self._articles: dict[str, ArticleFeatures] = {}
        self._files_by_id: dict[str, set[str]] = {}
        self._rarity = Rarity()
        self._blocking = BlockingIndex()
        self._span_counts: dict[int, int] = {}  # how many articles each span of days has
        self._similarities: dict[str, dict[str, int]] = {}  # of each article its candidates, and how similar they are
        self._centres: dict[str, str] = {}  # of each article but those that a person joined to another
        self._members: dict[str, set[str]] = {}  # the articles of each centre
        self._overridden: set[str] = set()  # articles of whose story a person says something
        self._joined: dict[str, str] = {}  # of each article that a person joined to another: that other
        self._followers: dict[str, set[str]] = {}  # of each article those that a person joined to it
        self._apart: dict[str, set[str]] = {}  # of each article those that a person keeps apart from it
        self._clusters: dict[str, StoryCluster] = {}  # by centre

    def __len__(self) -> int:
        return len(self._clusters)

    def cluster_of(self, file: str) -> StoryCluster:
        """Return the story of an article. Raises KeyError when it is not in the index."""
        return self._clusters[self._centre_of(file)]

    def clusters(self) -> tuple[StoryCluster, ...]:
        """Return all stories, in order of day and id of their earliest article."""
        return tuple(self._clusters[centre] for centre in sorted(self._clusters, key=self._sort_key))

    def put(self, changes: Mapping[str, ArticleFeatures | None]) -> set[str]:
        """Add or replace articles by file, remove those that are None.

        Returns the articles that are in another story than before, or whose story changed; those that came or went are
        among them.
        """
        new = {file: article for file, article in changes.items() if article != self._articles.get(file)}
        if not new:
            return set()
        touched = {self._centre_of(file) for file in new if file in self._articles}
        doubtful = self._replace(new)
        overridden, centres = self._update_overrides()
        doubtful |= overridden
        touched |= centres | self._update_centres(doubtful)
        touched.update(self._centre_of(file) for file in (*new, *overridden) if file in self._articles)
        return self._update_clusters(touched)

    # -- which articles are similar ------------------------------------------------------------------------

    def _replace(self, new: Mapping[str, ArticleFeatures | None]) -> set[str]:
        """Add, replace or remove articles and compare them; return those whose similarities changed."""
        doubtful = set(new)
        changed_words: set[int] = set()
        may_all_change = False
        for file, article in new.items():
            if old := self._articles.pop(file, None):
                may_all_change |= self._count(old, -1, changed_words)
                doubtful |= self._drop_similarities(file)
            if article:
                self._articles[file] = article
                may_all_change |= self._count(article, 1, changed_words)
        to_compare = {file for file, article in new.items() if article}
        to_compare |= self._blocking.update_ignored_keys(self._articles)
        if 2 * len(to_compare) > len(self._articles):
            to_compare = set(self._articles)
        done: set[str] = set()
        for file in to_compare:
            doubtful |= self._compare(file, done)
            done.add(file)
        if may_all_change or changed_words:
            doubtful |= self._compare_again(None if may_all_change else changed_words, to_compare)
        return doubtful | to_compare

    def _count(self, article: ArticleFeatures, sign: int, changed_words: set[int]) -> bool:
        """Take an article into all that is counted (sign 1), or out of it (-1).

        Words whose rarity may have changed are added to `changed_words`. Returns whether that of all may have.
        """
        if sign > 0:
            spread = self._blocking.add(article)
            self._files_by_id.setdefault(article.id, set()).add(article.file)
            if article.has_override:
                self._overridden.add(article.file)
        else:
            spread = self._blocking.remove(article)
            self._files_by_id[article.id].discard(article.file)
            self._overridden.discard(article.file)
        # What has no day is compared with nothing, and makes no word common.
        words = set[int]() if article.news_day is None else self._rarity.count_article(article.terms, sign)
        changed_words |= words or set()
        changed_words |= self._rarity.count_spread(spread, sign)
        return self._count_span(article, sign) or words is None

    def _count_span(self, article: ArticleFeatures, sign: int) -> bool:
        """Count an article in its span of days; return whether the rarity of every word may have changed."""
        if article.news_day is None:
            return False
        span = span_number(article.news_day)
        before = self._span_counts.pop(span, 0)
        if after := before + sign:
            self._span_counts[span] = after
        return self._rarity.count_span(sign) if not before or not after else False

    def _compare(self, file: str, done: set[str]) -> set[str]:
        """Compare an article with its candidates, but for those in `done`, which were compared just now.

        Returns the articles to which its similarity changed.
        """
        article, old, ignored = self._articles[file], self._similarities.get(file, {}), self._blocking.ignored_keys
        prepared = prepare(article, self._rarity)
        new: dict[str, int] = {}
        for other in self._blocking.candidates(article):
            if other in done:
                similarity = self._similarities[other].get(file)
            else:
                similarity = story_similarity(prepared, self._articles[other], ignored)
            if similarity is not None:
                new[other] = similarity
        for other in old.keys() - new.keys():
            self._similarities[other].pop(file, None)
        for other, similarity in new.items():
            self._similarities.setdefault(other, {})[file] = similarity
        self._similarities[file] = new
        return {other for other in old.keys() | new.keys() if old.get(other, 0) != new.get(other, 0)}

    def _drop_similarities(self, file: str) -> set[str]:
        """Forget the similarities of an article; return the articles that it had any to."""
        others = self._similarities.pop(file, {})
        for other in others:
            self._similarities[other].pop(file, None)
        return set(others)

    def _compare_again(self, words: set[int] | None, done: set[str]) -> set[str]:
        """Compare those again that share a word whose rarity changed; return those whose similarity changed.

        words: None for all words; done: articles that were compared just now.
        """
        doubtful: set[str] = set()
        if len(done) == len(self._articles):
            return doubtful
        for file, similarities in self._similarities.items():
            if not similarities or file in done:
                continue
            article = self._articles[file]
            own_words = article.terms.keys() if words is None else words & article.terms.keys()
            # Each two once, and only those that share such a word.
            others = [
                other
                for other in (similarities if own_words else ())
                if other >= file and other not in done and not own_words.isdisjoint(self._articles[other].terms)
            ]
            if not others:
                continue
            prepared = prepare(article, self._rarity)
            for other in others:
                similarity = story_similarity(prepared, self._articles[other], self._blocking.ignored_keys) or 0
                if similarity != similarities[other]:
                    similarities[other] = self._similarities[other][file] = similarity
                    doubtful |= {file, other}
        return doubtful

    # -- which centre each article belongs to ---------------------------------------------------------------

    def _update_overrides(self) -> tuple[set[str], set[str]]:
        """Take in what a person says of stories.

        Returns the articles of which that changed, and the centres of the stories that they were in.
        """
        overrides = {file: self._articles[file].override for file in sorted(self._overridden)}
        joined, apart = resolve_overrides(overrides, self._file_of_id)
        changed = {file for file in (joined.keys() | self._joined.keys()) if joined.get(file) != self._joined.get(file)}
        changed |= {file for file in (apart.keys() | self._apart.keys()) if apart.get(file) != self._apart.get(file)}
        centres = {self._joined[file] for file in changed if file in self._joined}
        centres = {self._centres[root] for root in centres if root in self._centres}
        centres |= {self._centres[file] for file in changed if file in self._centres}
        self._joined, self._apart = joined, apart
        self._followers = {}
        for file, root in joined.items():
            self._followers.setdefault(root, set()).add(file)
        return changed, centres

    def _file_of_id(self, identity: str) -> str | None:
        return min(self._files_by_id.get(identity, ()), default=None)

    def _update_centres(self, doubtful: set[str]) -> set[str]:
        """Find the centre of each of these articles, and of all that depend on them, in order.

        Returns the centres of all stories that lost or gained an article.
        """
        touched: set[str] = set()
        for file in [file for file in doubtful if file not in self._articles or file in self._joined]:
            if file in self._centres:
                touched |= {self._centres[file]}
                doubtful = doubtful | self._leave_story(file)
        queue = [
            (self._sort_key(file), file) for file in doubtful if file in self._articles and file not in self._joined
        ]
        heapify(queue)
        previous = ""
        while queue:
            sort_key, file = heappop(queue)
            if file == previous:
                continue
            previous, old, new = file, self._centres.get(file), self._best_centre(file)
            if old == new:
                continue
            touched |= {old or new, new}
            dependents = self._leave_story(file) if old else set()
            self._centres[file] = new
            self._members.setdefault(new, set()).add(file)
            if file in {old, new}:
                dependents |= {other for other, strength in self._similarities.get(file, {}).items() if strength}
            dependents |= self._apart.get(file, set())
            for other in dependents:
                if other in self._articles and other not in self._joined and self._sort_key(other) > sort_key:
                    heappush(queue, (self._sort_key(other), other))
        return touched

    def _leave_story(self, file: str) -> set[str]:
        """Take an article out of its story; return those that it was the centre of."""
        centre = self._centres.pop(file)
        members = self._members[centre]
        members.discard(file)
        if not members:
            del self._members[centre]
        return set(members) if centre == file else set()

    def _best_centre(self, file: str) -> str:
        """Return the earlier centre that an article is most similar to, else the article itself."""
        article = self._articles[file]
        if article.override.alone:
            return file
        barred = {
            self._centres.get(other) for other in self._apart.get(file, ()) if self._sort_key(other) < article.sort_key
        }
        best = (0, article.sort_key, file)
        for other, similarity in self._similarities.get(file, {}).items():
            if not similarity or self._centres.get(other) != other or other in barred:
                continue
            centre = self._articles[other]
            is_earlier = centre.sort_key < article.sort_key
            if is_earlier and not centre.override.alone and (-similarity, centre.sort_key) < best[:2]:
                best = (-similarity, centre.sort_key, other)
        return best[2]

    def _centre_of(self, file: str) -> str:
        return self._centres[self._joined.get(file, file)]

    def _sort_key(self, file: str) -> tuple[int, str, str]:
        return self._articles[file].sort_key

    # -- the stories ----------------------------------------------------------------------------------------

    def _update_clusters(self, centres: set[str]) -> set[str]:
        """Make the stories of these centres anew; return the articles of which that changed something."""
        before: dict[str, StoryCluster] = {}
        after: dict[str, StoryCluster] = {}
        for centre in centres:
            if old := self._clusters.pop(centre, None):
                before.update(dict.fromkeys(old.files, old))
            if self._centres.get(centre) == centre:
                new = self._clusters[centre] = self._cluster(centre)
                after.update(dict.fromkeys(new.files, new))
        return differing_keys(before, after)

    def _cluster(self, centre: str) -> StoryCluster:
        members = self._members[centre]
        files = {*members, *(follower for member in members for follower in self._followers.get(member, ()))}
        ordered = sorted(files, key=self._sort_key)
        chosen = (
            file
            for file in ordered
            if file in self._followers or self._articles[file].override.lead == self._articles[file].id
        )
        lead = next(chosen, ordered[0])
        return StoryCluster(lead, tuple(file for file in ordered if file != lead))
