"""Which articles tell one story: wire copy, light rewrites, and other outlets' reports of the same event. Pure.

`StoryIndex` is an index that articles are put into and taken out of. Its answers depend on the articles in it alone,
not on the order in which they came, and one more is compared with the few that share rare shingles or weighty words
with it in a few days (`story_blocking`). When similarities change, the articles that hang together with those are
clustered anew (`cluster_articles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from site_gen.content.story_overrides import resolve_overrides
from site_gen.core.digests import differing_keys
from site_gen.site.analysis.keywords import Rarity
from site_gen.site.analysis.story_blocking import BlockingIndex, span_number
from site_gen.site.analysis.story_similarity import COPY, PreparedArticle, prepare, story_similarity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from site_gen.content.records import StoryOverride
    from site_gen.site.analysis.story_similarity import ArticleFeatures


# Thousandths of similarity, in the mean over all pairs of a story's articles: two or three reports have to be sure, of
# more each confirms the others.
_MIN_SIMILARITY, _MIN_SIMILARITY_OF_MANY, _MANY = 400, 210, 4


@dataclass(frozen=True, slots=True)
class StoryCluster:
    """Articles that tell one story, by their files."""

    lead: str  # the earliest whose day is certain, if any; or the one that a person chose
    others: tuple[str, ...] = ()  # in order of day and id

    @property
    def files(self) -> tuple[str, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


def cluster_articles(
    files: Sequence[str], similarities: Mapping[str, Mapping[str, int]], apart: Mapping[str, Set[str]]
) -> list[list[str]]:
    """Return articles in clusters, each of one story, all in the order of `files`.

    Two clusters become one while the mean similarity of their pairs is high enough, the most similar first, and where
    most pairs are similar: what is like one article of a story alone does not join it. (Average linkage, after R. Sokal
    and C. Michener, "A statistical method for evaluating systematic relationships", 1958.) Copies count as certain.

    files: in order of day and id. similarities: of each article those that it is similar to, in thousandths. apart: of
    each article those of other stories.
    """
    linkage = _Linkage(files, similarities, apart)
    for first, others in linkage.links.items():
        for second in others:
            if first < second:
                linkage.enqueue(first, second)
    while linkage.queue:
        _, first, second, size = heappop(linkage.queue)
        sizes = len(linkage.clusters.get(first, ())), len(linkage.clusters.get(second, ()))
        if all(sizes) and sum(sizes) == size:  # else one has grown since, and was queued again
            linkage.join(first, second)
    return [sorted(cluster, key=linkage.numbers.__getitem__) for cluster in linkage.clusters.values()]


class _Linkage:
    """Clusters on their way to be stories; a cluster goes by the number of its first article."""

    def __init__(
        self, files: Sequence[str], similarities: Mapping[str, Mapping[str, int]], apart: Mapping[str, Set[str]]
    ) -> None:
        self.numbers = {file: number for number, file in enumerate(files)}
        self.clusters = {number: [file] for number, file in enumerate(files)}
        # Of each cluster to others: the sum of similarities, and the number of similar pairs.
        self.links = {
            number: {
                self.numbers[other]: (min(similarity, COPY), 1)
                for other, similarity in similarities.get(file, {}).items()
                if similarity and other in self.numbers
            }
            for file, number in self.numbers.items()
        }
        self.barred = {
            number: {self.numbers[other] for other in apart.get(file, ()) if other in self.numbers}
            for file, number in self.numbers.items()
        }
        # Two clusters that can be joined: the negative mean of their similarity, their numbers, and their size then.
        self.queue: list[tuple[int, int, int, int]] = []

    def enqueue(self, one: int, other: int) -> None:
        """Queue two clusters if they can become one."""
        similarity, count = self.links[one][other]
        size = len(self.clusters[one]) + len(self.clusters[other])
        pairs = len(self.clusters[one]) * len(self.clusters[other])
        least = _MIN_SIMILARITY_OF_MANY if size >= _MANY else _MIN_SIMILARITY
        if similarity >= least * pairs and 2 * count > pairs and other not in self.barred[one]:
            heappush(self.queue, (-similarity // pairs, min(one, other), max(one, other), size))

    def join(self, first: int, second: int) -> None:
        """Make one cluster of two, and queue what it can be joined with."""
        self.clusters[first] += self.clusters.pop(second)
        self.barred[first] |= self.barred.pop(second)
        for other in self.barred[first] & self.clusters.keys():
            self.barred[other].add(first)
        for other, (similarity, count) in self.links.pop(second).items():
            del self.links[other][second]
            if other != first:
                before = self.links[first].get(other, (0, 0))
                self.links[first][other] = self.links[other][first] = before[0] + similarity, before[1] + count
        for other in self.links[first]:
            self.enqueue(first, other)


class StoryIndex:
    """The stories that articles tell. Articles go by their files."""

    def __init__(self) -> None:
        self._articles: dict[str, ArticleFeatures] = {}
        self._files_by_id: dict[str, set[str]] = {}
        self._rarity = Rarity()
        self._blocking = BlockingIndex()
        self._span_counts: dict[int, int] = {}  # how many articles each span of days has
        self._similarities: dict[str, dict[str, int]] = {}  # of each article its candidates, and how similar they are
        self._overridden: set[str] = set()  # articles of whose story a person says something
        self._joined: dict[str, str] = {}  # of each article that a person joined to another: that other
        self._followers: dict[str, set[str]] = {}  # of each article those that a person joined to it
        self._apart: dict[str, set[str]] = {}  # of each article those that a person keeps apart from it
        self._clusters: dict[str, StoryCluster] = {}  # the story of each article

    def __len__(self) -> int:
        return len(self.clusters())

    def cluster_of(self, file: str) -> StoryCluster:
        """Return the story of an article. Raises KeyError when it is not in the index."""
        return self._clusters[file]

    def clusters(self) -> tuple[StoryCluster, ...]:
        """Return all stories, in order of day and id of their earliest article."""
        return tuple(dict.fromkeys(self._clusters[file] for file in sorted(self._articles, key=self._sort_key)))

    def similarities_of(self, file: str) -> Mapping[str, int]:
        """Return the articles that an article is similar to, with how similar they are (`story_similarity`)."""
        return {other: similarity for other, similarity in self._similarities[file].items() if similarity}

    def shared_words(self, file: str, other: str) -> list[int]:
        """Return the words (of their terms) that two articles have in common, those that say most of a story first."""
        one, two = (self._rarity.weigh(self._articles[each].terms) for each in (file, other))
        return sorted(one.keys() & two.keys(), key=lambda word: (-one[word] * two[word], word))

    def override_of(self, file: str) -> StoryOverride:
        """Return what a person says of an article's story."""
        return self._articles[file].override

    def put(self, changes: Mapping[str, ArticleFeatures | None]) -> set[str]:
        """Add or replace articles by file, remove those that are None.

        Returns the articles that are in another story than before, or whose story changed; those that came or went are
        among them.
        """
        new = {file: article for file, article in changes.items() if article != self._articles.get(file)}
        if not new:
            return set()
        return self._update_clusters(self._replace(new) | self._update_overrides())

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
        prepared_articles = _PreparedArticles(self._articles, self._rarity)
        done: set[str] = set()
        for file in to_compare:
            doubtful |= self._compare(file, done, prepared_articles)
            done.add(file)
        if may_all_change or changed_words:
            words = None if may_all_change else changed_words
            doubtful |= self._compare_again(words, to_compare, prepared_articles)
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
        changed_words |= self._rarity.count_spread(spread, sign)
        return self._count_span(article, sign)

    def _count_span(self, article: ArticleFeatures, sign: int) -> bool:
        """Count an article in its span of days; return whether the rarity of every word may have changed."""
        if article.news_day is None:
            return False
        span = span_number(article.news_day)
        before = self._span_counts.pop(span, 0)
        if after := before + sign:
            self._span_counts[span] = after
        return self._rarity.count_span(sign) if not before or not after else False

    def _compare(self, file: str, done: set[str], prepared_articles: _PreparedArticles) -> set[str]:
        """Compare an article with its candidates, but for those in `done`, which were compared just now.

        Returns the articles to which its similarity changed.
        """
        article, old, ignored = self._articles[file], self._similarities.get(file, {}), self._blocking.ignored_keys
        prepared = prepared_articles[file]
        new: dict[str, int] = {}
        for other in self._blocking.candidates(article):
            if other in done:
                similarity = self._similarities[other].get(file)
            else:
                similarity = story_similarity(prepared, prepared_articles[other], ignored)
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

    def _compare_again(self, words: set[int] | None, done: set[str], prepared_articles: _PreparedArticles) -> set[str]:
        """Compare those again of which a word's rarity changed; return those whose similarity changed.

        words: None for all words; done: articles that were compared just now.
        """
        doubtful: set[str] = set()
        if len(done) == len(self._articles):
            return doubtful
        changed = {
            file
            for file, similarities in self._similarities.items()
            if similarities
            and file not in done
            and (words is None or not self._articles[file].terms.keys().isdisjoint(words))
        }
        for file in changed:
            for other, before in self._similarities[file].items():
                if other in done or (other in changed and other < file):  # each two once
                    continue
                pair = prepared_articles[file], prepared_articles[other]
                similarity = story_similarity(*pair, self._blocking.ignored_keys) or 0
                if similarity != before:
                    self._similarities[file][other] = self._similarities[other][file] = similarity
                    doubtful |= {file, other}
        return doubtful

    # -- what a person says ---------------------------------------------------------------------------------

    def _update_overrides(self) -> set[str]:
        """Take in what a person says of stories; return the articles of which that changed."""
        overrides = {file: self._articles[file].override for file in sorted(self._overridden)}
        joined, apart = resolve_overrides(overrides, self._file_of_id)
        changed = differing_keys(joined, self._joined) | differing_keys(apart, self._apart)
        self._joined, self._apart = joined, apart
        self._followers = {}
        for file, root in joined.items():
            self._followers.setdefault(root, set()).add(file)
        return changed

    def _file_of_id(self, identity: str) -> str | None:
        return min(self._files_by_id.get(identity, ()), default=None)

    # -- the stories ----------------------------------------------------------------------------------------

    def _update_clusters(self, doubtful: set[str]) -> set[str]:
        """Cluster anew all articles that hang together with these; return those of which that changed something."""
        former = {file for doubt in doubtful if doubt in self._clusters for file in self._clusters[doubt].files}
        connected = self._connected(doubtful | former)
        before = {file: self._clusters.pop(file) for file in connected | former if file in self._clusters}
        after: dict[str, StoryCluster] = {}
        alone = {file for file in connected if self._articles[file].override.alone}
        ordered = sorted(connected - alone - self._joined.keys(), key=self._sort_key)
        apart: dict[str, set[str]] = {}  # who follows another is where that is
        for file in self._apart.keys() & connected:
            others = {self._joined.get(other, other) for other in self._apart[file]}
            apart.setdefault(self._joined.get(file, file), set()).update(others)
        clusters = cluster_articles(ordered, self._similarities, apart)
        for files in [*clusters, *([file] for file in alone - self._joined.keys())]:
            cluster = self._make_cluster(files)
            after.update(dict.fromkeys(cluster.files, cluster))
        self._clusters |= after
        return differing_keys(before, after)

    def _connected(self, files: set[str]) -> set[str]:
        """Return the articles that hang together with some, whether by similarity or since a person joined them."""
        connected, left = set[str](), [file for file in files if file in self._articles]
        while left:
            file = left.pop()
            if file not in connected:
                connected.add(file)
                left += [other for other, similarity in self._similarities[file].items() if similarity]
                left += self._followers.get(file, ())
                left += [self._joined[file]] if file in self._joined else []
        return connected

    def _make_cluster(self, files: list[str]) -> StoryCluster:
        """Return the story of some articles, with those that a person joined to them."""
        followers = [follower for file in files for follower in self._followers.get(file, ())]
        ordered = sorted(
            [*files, *followers], key=lambda file: (self._articles[file].is_day_guessed, self._sort_key(file))
        )
        chosen = (
            file
            for file in ordered
            if file in self._followers or self._articles[file].override.lead == self._articles[file].id
        )
        lead = next(chosen, ordered[0])
        return StoryCluster(lead, tuple(file for file in ordered if file != lead))

    def _sort_key(self, file: str) -> tuple[int, str, str]:
        return self._articles[file].sort_key


class _PreparedArticles(dict[str, PreparedArticle]):
    """Articles made ready to be compared, when they are first asked for, as long as no rarity changes."""

    def __init__(self, articles: Mapping[str, ArticleFeatures], rarity: Rarity) -> None:
        super().__init__()
        self._articles, self._rarity = articles, rarity

    def __missing__(self, file: str) -> PreparedArticle:
        prepared = self[file] = prepare(self._articles[file], self._rarity)
        return prepared
