"""Which articles tell one story: wire copy, light rewrites, and other outlets' reports of the same event. Pure.

`StoryIndex` is an index that articles are put into and taken out of. Its answers depend on the articles in it alone,
not on the order in which they came, and one more is compared with the few that share rare shingles or weighty words
with it in a few days (`story_blocking`). When similarities change, the articles that hang together with those are
clustered anew (`cluster_articles`).

An index can be kept in a store (`article_records`). It then has in memory what was touched since it was last saved.
"""

from __future__ import annotations

import functools
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content.story_overrides import resolve_overrides
from site_gen.core.digests import differing_keys
from site_gen.site.analysis.article_records import ArticleRecords, IndexSummary, chunk_bits
from site_gen.site.analysis.keywords import Rarity
from site_gen.site.analysis.lazy_dict import LazyDict
from site_gen.site.analysis.story_blocking import BlockingIndex
from site_gen.site.analysis.story_keys import WORDS_FROM, span_number
from site_gen.site.analysis.story_similarity import COPY, ArticleFeatures, PreparedArticle, prepare, story_similarity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence, Set

    from site_gen.content.records import StoryOverride
    from site_gen.site.analysis.article_records import IndexStore


# Thousandths of similarity, in the mean over all pairs of a story's articles: two or three reports have to be sure, of
# more each confirms the others.
_MIN_SIMILARITY, _MIN_SIMILARITY_OF_MANY, _MANY = 400, 210, 4


class StoryCluster(Struct, frozen=True):
    """Articles that tell one story, by their files."""

    lead: str  # the earliest whose day is certain, if any; or the one that a person chose
    others: tuple[str, ...] = ()  # in order of day and id

    @property
    def files(self) -> tuple[str, ...]:
        """All its articles, the lead first."""
        return (self.lead, *self.others)


def cluster_articles(
    articles: Sequence[int], similarities: Mapping[int, Mapping[int, int]], apart: Mapping[int, Set[int]]
) -> list[list[int]]:
    """Return articles in clusters, each of one story, all in the order of `articles`.

    Two clusters become one while the mean similarity of their pairs is high enough, the most similar first, and where
    most pairs are similar: what is like one article of a story alone does not join it. (Average linkage, after R. Sokal
    and C. Michener, "A statistical method for evaluating systematic relationships", 1958.) Copies count as certain.

    articles: in order of day and id. similarities: of each article those that it is similar to, in thousandths.
    apart: of each article those of other stories.
    """
    linkage = _Linkage(articles, similarities, apart)
    for first, others in linkage.links.items():
        for second in others:
            if first < second:
                linkage.enqueue(first, second)
    while linkage.queue:
        _, first, second, size = heappop(linkage.queue)
        sizes = len(linkage.clusters.get(first, ())), len(linkage.clusters.get(second, ()))
        if all(sizes) and sum(sizes) == size:  # else one has grown since, and was queued again
            linkage.join(first, second)
    return [sorted(cluster, key=linkage.places.__getitem__) for cluster in linkage.clusters.values()]


class _Linkage:
    """Clusters on their way to be stories; a cluster goes by the place of its first article."""

    def __init__(
        self, articles: Sequence[int], similarities: Mapping[int, Mapping[int, int]], apart: Mapping[int, Set[int]]
    ) -> None:
        self.places = {article: place for place, article in enumerate(articles)}
        self.clusters = {place: [article] for place, article in enumerate(articles)}
        # Of each cluster to others: the sum of similarities, and the number of similar pairs.
        self.links = {
            place: {
                self.places[other]: (min(similarity, COPY), 1)
                for other, similarity in similarities[article].items()
                if similarity and other in self.places
            }
            for article, place in self.places.items()
        }
        self.barred = {
            place: {self.places[other] for other in apart.get(article, ()) if other in self.places}
            for article, place in self.places.items()
        }
        # Two clusters that can be joined: the negative mean of their similarity, their places, and their size then.
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
    """The stories that articles tell. Articles go by their files, and inside by numbers."""

    def __init__(self, store: IndexStore | None = None) -> None:
        """Begin with what a store holds; it is read when it is needed. Raises StateError, as all methods then may."""
        self._begin(store)

    def _begin(self, store: IndexStore | None) -> None:
        self._records = records = ArticleRecords(store)
        source, summary = None if records.is_empty else records, records.summary
        self._count, self._next_number = summary.article_count, summary.next_number
        self._is_whole = records.is_empty  # whether all that there is was loaded
        self._before: dict[int, ArticleFeatures | None] = {}  # what the store holds of articles that changed
        self._removed: set[int] = set()
        self._articles = LazyDict[int, ArticleFeatures](source.articles if source else None)
        self._numbers = LazyDict[str, set[int]](functools.partial(records.articles_with, "file"))  # one or none
        self._numbers_by_id = LazyDict[str, set[int]](functools.partial(records.articles_with, "id"))
        self._rarity = Rarity(len(summary.span_counts), source.spread_of if source else None)
        self._blocking = BlockingIndex(records)
        self._span_counts = dict(summary.span_counts)  # how many articles each span of days has
        # Of each article its candidates, and how similar they are.
        self._similarities = LazyDict[int, dict[int, int]](source.similarities if source else None)
        self._overridden = set(summary.overridden)  # articles of whose story a person says something
        self._named_ids = set(summary.named_ids)  # ids that a person names there
        self._joined = dict(summary.joined)  # of each article that a person joined to another: that other
        self._followers = _followers(self._joined)  # of each article those that a person joined to it
        # Of each article those that a person keeps apart from it.
        self._apart = {number: set(others) for number, others in summary.apart.items()}
        # The story of each article, the one that leads first.
        self._clusters = LazyDict[int, tuple[int, ...]](source.clusters if source else None)

    def __len__(self) -> int:
        return len(self.clusters())

    @property
    def article_count(self) -> int:
        """How many articles there are; nothing is loaded for it."""
        return self._count

    def cluster_of(self, file: str) -> StoryCluster:
        """Return the story of an article. Raises KeyError when it is not in the index."""
        return self._named_cluster(self._clusters[self._number_of(file)])

    def clusters(self) -> tuple[StoryCluster, ...]:
        """Return all stories, in order of day and id of their earliest article."""
        self._load_all()
        clusters = dict.fromkeys(self._clusters[number] for number in sorted(self._articles, key=self._sort_key))
        return tuple(map(self._named_cluster, clusters))

    def similarities_of(self, file: str) -> Mapping[str, int]:
        """Return the articles that an article is similar to, with how similar they are (`story_similarity`)."""
        similarities = self._similarities[self._number_of(file)]
        return {self._articles[other].file: similarity for other, similarity in similarities.items() if similarity}

    def shared_words(self, file: str, other: str) -> list[int]:
        """Return the words (of their terms) that two articles have in common, those that say most of a story first."""
        one, two = (self._rarity.weigh(self._articles[self._number_of(each)].terms) for each in (file, other))
        return sorted(one.keys() & two.keys(), key=lambda word: (-one[word] * two[word], word))

    def override_of(self, file: str) -> StoryOverride:
        """Return what a person says of an article's story."""
        return self._articles[self._number_of(file)].override

    def put(self, changes: Mapping[str, ArticleFeatures | None]) -> set[str]:
        """Add or replace articles by file, remove those that are None.

        Returns the articles that are in another story than before, or whose story changed; those that came or went are
        among them.
        """
        self._numbers.load(changes)
        numbers = {file: number for file in changes for number in self._numbers[file]}
        self._articles.load(numbers.values())
        old = {number: self._articles[number] for number in numbers.values()}
        new: dict[int, ArticleFeatures | None] = {}
        for file, article in changes.items():
            number = numbers.get(file)
            if article != (None if number is None else old[number]):
                if number is None:
                    number, self._next_number = self._next_number, self._next_number + 1
                    self._before[number] = None
                new[number] = article
        if not new:
            return set()
        old = {number: old[number] for number in new if number in old}
        doubtful = self._replace(old, new)
        versions = [*old.values(), *filter(None, new.values())]
        if any(article.has_override or article.id in self._named_ids for article in versions):
            doubtful |= self._update_overrides()
        return {(old.get(number) or self._articles[number]).file for number in self._update_clusters(doubtful)}

    def save(self, store: IndexStore) -> None:
        """Write what changed into the store that this was begun with or last saved into, or all into another.

        Afterwards nothing is held in memory, and all is read from the store when it is needed: in another process, what
        of this was committed. Raises StateError.
        """
        records = self._records
        if self._before or records.is_empty or records.store is not store:
            self._write(records, store)
        self._begin(store)

    def _write(self, records: ArticleRecords, store: IndexStore) -> None:
        bits = records.summary.bits
        if not records.has_room(store, self._count):
            self._load_all()
            records, bits = ArticleRecords(None), chunk_bits(self._count)
            self._before = dict.fromkeys(self._articles)
        numbers = self._similarities.keys() | self._clusters.keys()
        self._similarities.load(numbers)
        self._clusters.load(numbers)
        spreads, stored_spreads = self._rarity.span_counts, records.spreads
        records.write(
            store,
            [(number, old, self._articles.get(number)) for number, old in self._before.items()],
            records.changed_links({number: (self._clusters[number], self._similarities[number]) for number in numbers}),
            {word: spread for word, spread in spreads.items() if spread != stored_spreads.get(word, 0)},
            IndexSummary(
                self._count,
                self._next_number,
                bits,
                self._span_counts,
                [key for key in self._blocking.ignored_keys if key < WORDS_FROM],
                self._overridden,
                self._named_ids,
                self._joined,
                self._apart,
            ),
        )

    def _load_all(self) -> None:
        """Load all that was not loaded yet."""
        if self._is_whole:
            return
        self._is_whole = True
        for number, article in self._records.all_articles().items():
            if number not in self._removed:
                self._articles.setdefault(number, article)
        self._records.read_all_links()
        self._similarities.load(self._articles)
        self._clusters.load(self._articles)
        for word, spread in self._records.all_spreads().items():
            self._rarity.span_counts.setdefault(word, spread)
        self._blocking.load_all(self._articles)

    def _number_of(self, file: str) -> int:
        """Return the number of an article. Raises KeyError when it is not in the index."""
        for number in self._numbers[file]:
            return number
        raise KeyError(file)

    def _named_cluster(self, cluster: Sequence[int]) -> StoryCluster:
        lead, *others = (self._articles[number].file for number in cluster)
        return StoryCluster(lead, tuple(others))

    # -- which articles are similar ------------------------------------------------------------------------

    def _replace(self, old: Mapping[int, ArticleFeatures], new: Mapping[int, ArticleFeatures | None]) -> set[int]:
        """Replace articles; return those whose similarities changed, and all that are new or gone.

        old: those that were in the index. new: what they are now, None for one that is gone.
        """
        self._blocking.load([*old.values(), *filter(None, new.values())])
        doubtful = set(new)
        changed_words: set[int] = set()
        may_all_change = False
        for number, article in new.items():
            if number in old:
                self._before.setdefault(number, old[number])
                del self._articles[number]
                may_all_change |= self._count_article(number, old[number], -1, changed_words)
                doubtful |= self._drop_similarities(number)
            if article:
                self._articles[number], self._similarities[number] = article, {}
                if number not in old:
                    self._clusters[number] = ()
                may_all_change |= self._count_article(number, article, 1, changed_words)
            else:
                self._removed.add(number)
        to_compare = {number for number, article in new.items() if article}
        to_compare |= self._blocking.update_ignored_keys(self._articles)
        if 2 * len(to_compare) > self._count:
            self._load_all()
            to_compare = set(self._articles)
        self._articles.load(to_compare)
        self._blocking.load(self._articles[number] for number in to_compare)
        prepared_articles = _PreparedArticles(self._articles, self._rarity)
        done: set[int] = set()
        for number in to_compare:
            doubtful |= self._compare(number, done, prepared_articles)
            done.add(number)
        if may_all_change or changed_words:
            words = None if may_all_change else changed_words
            doubtful |= self._compare_again(words, to_compare, prepared_articles)
        return doubtful | to_compare

    def _count_article(self, number: int, article: ArticleFeatures, sign: int, changed_words: set[int]) -> bool:
        """Take an article into all that is counted (sign 1), or out of it (-1).

        Words whose rarity may have changed are added to `changed_words`. Returns whether that of all may have.
        """
        self._count += sign
        if sign > 0:
            spread = self._blocking.add(number, article)
            self._numbers[article.file].add(number)
            self._numbers_by_id[article.id].add(number)
            if article.has_override:
                self._overridden.add(number)
        else:
            spread = self._blocking.remove(number, article)
            self._numbers[article.file].discard(number)
            self._numbers_by_id[article.id].discard(number)
            self._overridden.discard(number)
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

    def _compare(self, number: int, done: set[int], prepared_articles: _PreparedArticles) -> set[int]:
        """Compare an article with its candidates, but for those in `done`, which were compared just now.

        Returns the articles to which its similarity changed.
        """
        old, ignored = self._similarities[number], self._blocking.ignored_keys
        candidates = self._blocking.candidates(number, self._articles[number])
        prepared_articles.load([number, *candidates])
        self._similarities.load(candidates)
        prepared = prepared_articles[number]
        new: dict[int, int] = {}
        for other in candidates:
            if other in done:
                similarity = self._similarities[other].get(number)
            else:
                similarity = story_similarity(prepared, prepared_articles[other], ignored)
            if similarity is not None:
                new[other] = similarity
        for other in old.keys() - new.keys():
            self._similarities[other].pop(number, None)
        for other, similarity in new.items():
            self._similarities[other][number] = similarity
        self._similarities[number] = new
        return {other for other in old.keys() | new.keys() if old.get(other, 0) != new.get(other, 0)}

    def _drop_similarities(self, number: int) -> set[int]:
        """Forget the similarities of an article; return the articles that it had any to."""
        others = self._similarities[number]
        del self._similarities[number]
        for other in others:
            self._similarities[other].pop(number, None)
        return set(others)

    def _compare_again(self, words: set[int] | None, done: set[int], prepared_articles: _PreparedArticles) -> set[int]:
        """Compare those again of which a word's rarity changed; return those whose similarity changed.

        words: None for all words; done: articles that were compared just now.
        """
        doubtful: set[int] = set()
        if len(done) == self._count:
            return doubtful
        numbers = self._with_similarities(words) - done
        self._articles.load(numbers)
        changed = {
            number for number in numbers if words is None or not self._articles[number].terms.keys().isdisjoint(words)
        }
        prepared_articles.load(changed.union(*(self._similarities[number] for number in changed)))
        for number in changed:
            for other, before in self._similarities[number].items():
                if other in done or (other in changed and other < number):  # each two once
                    continue
                pair = prepared_articles[number], prepared_articles[other]
                similarity = story_similarity(*pair, self._blocking.ignored_keys) or 0
                if similarity != before:
                    self._similarities[number][other] = self._similarities[other][number] = similarity
                    doubtful |= {number, other}
        return doubtful

    def _with_similarities(self, words: set[int] | None) -> set[int]:
        """Return at least those articles with similarities that have any of these words; None: any word."""
        if words is None:
            self._load_all()
        elif not self._is_whole:
            self._similarities.load(self._records.articles_with_words(words) - self._removed)
        return {number for number, similarities in self._similarities.items() if similarities}

    # -- what a person says ---------------------------------------------------------------------------------

    def _update_overrides(self) -> set[int]:
        """Take in what a person says of stories; return the articles of which that changed."""
        self._articles.load(self._overridden)
        articles = [self._articles[number] for number in self._overridden]
        overrides = {article.file: article.override for article in sorted(articles, key=lambda each: each.file)}
        self._named_ids = {each for override in overrides.values() for each in (override.lead, *override.apart) if each}
        leads, others = resolve_overrides(overrides, self._file_of_id)
        joined = {self._number_of(file): self._number_of(lead) for file, lead in leads.items()}
        apart = {self._number_of(file): set(map(self._number_of, files)) for file, files in others.items()}
        changed = differing_keys(joined, self._joined) | differing_keys(apart, self._apart)
        self._joined, self._apart, self._followers = joined, apart, _followers(joined)
        return changed

    def _file_of_id(self, identity: str) -> str | None:
        return min((self._articles[number].file for number in self._numbers_by_id[identity]), default=None)

    # -- the stories ----------------------------------------------------------------------------------------

    def _update_clusters(self, doubtful: set[int]) -> set[int]:
        """Cluster anew all articles that hang together with these; return those of which that changed something."""
        self._clusters.load(doubtful)
        former = {number for doubt in doubtful for number in self._clusters[doubt]}
        connected = self._connected((doubtful | former) - self._removed)
        self._clusters.load(connected | former)
        before = {number: self._clusters.pop(number) for number in connected | former}
        after: dict[int, tuple[int, ...]] = {}
        self._articles.load(connected)
        alone = {number for number in connected if self._articles[number].override.alone}
        ordered = sorted(connected - alone - self._joined.keys(), key=self._sort_key)
        apart: dict[int, set[int]] = {}  # who follows another is where that is
        for number in self._apart.keys() & connected:
            others = {self._joined.get(other, other) for other in self._apart[number]}
            apart.setdefault(self._joined.get(number, number), set()).update(others)
        clusters = cluster_articles(ordered, self._similarities, apart)
        for numbers in [*clusters, *([number] for number in alone - self._joined.keys())]:
            cluster = self._make_cluster(numbers)
            after.update(dict.fromkeys(cluster, cluster))
        self._clusters |= after
        return differing_keys(before, after)

    def _connected(self, numbers: set[int]) -> set[int]:
        """Return the articles that hang together with some, whether by similarity or since a person joined them."""
        connected, left = set[int](), [*numbers]
        self._similarities.load(left)
        while left:
            number = left.pop()
            if number not in connected:
                connected.add(number)
                left += [other for other, similarity in self._similarities[number].items() if similarity]
                left += self._followers.get(number, ())
                left += [self._joined[number]] if number in self._joined else []
        return connected

    def _make_cluster(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return the story of some articles, with those that a person joined to them, the one that leads first."""
        followers = [follower for number in numbers for follower in self._followers.get(number, ())]
        ordered = sorted(
            [*numbers, *followers], key=lambda number: (self._articles[number].is_day_guessed, self._sort_key(number))
        )
        chosen = (
            number
            for number in ordered
            if number in self._followers or self._articles[number].override.lead == self._articles[number].id
        )
        lead = next(chosen, ordered[0])
        return (lead, *(number for number in ordered if number != lead))

    def _sort_key(self, number: int) -> tuple[int, str, str]:
        return self._articles[number].sort_key


def _followers(joined: Mapping[int, int]) -> dict[int, set[int]]:
    """Return of each article those that a person joined to it. joined: of each of these, that one."""
    followers: dict[int, set[int]] = {}
    for number, lead in joined.items():
        followers.setdefault(lead, set()).add(number)
    return followers


class _PreparedArticles(dict[int, PreparedArticle]):
    """Articles made ready to be compared, when they are first asked for, as long as no rarity changes."""

    def __init__(self, articles: LazyDict[int, ArticleFeatures], rarity: Rarity) -> None:
        super().__init__()
        self._articles, self._rarity = articles, rarity

    def load(self, numbers: Collection[int]) -> None:
        """Load what preparing these needs, all at once."""
        self._articles.load(numbers)
        self._rarity.span_counts.load(word for number in numbers for word in self._articles[number].terms)

    def __missing__(self, number: int) -> PreparedArticle:
        prepared = self[number] = prepare(self._articles[number], self._rarity)
        return prepared
