"""Stories and related articles that are kept in a store: looked up, written by difference, and never wrong."""

from __future__ import annotations

import multiprocessing
import pickle
import random
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.build.graph_schema import GRAPH_SCHEMA
from site_gen.build.story_store import StoryStore
from site_gen.content.records import StoryOverride
from site_gen.core import sqlite
from site_gen.core.digests import differing_keys
from site_gen.core.sqlite import StateError
from site_gen.site.analysis import article_records, keywords, related_articles, story_blocking, story_keys
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.analysis.story_clustering import StoryCluster, StoryIndex
from site_gen.site.analysis.story_similarity import ArticleFeatures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NAMES = [f"n{number}" for number in range(30)]
Changes = dict[str, ArticleFeatures | None]


class KeptIndexes:
    """Both indexes over a database, as a build holds them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite.open_database(path, GRAPH_SCHEMA, "1")
        self.store = StoryStore(path, self.connection)
        self.stories, self.related = StoryIndex(self.store), RelatedIndex(self.store)

    def put(self, changes: Mapping[str, ArticleFeatures | None]) -> tuple[set[str], set[str]]:
        terms = {file: article.terms if article else None for file, article in changes.items()}
        return self.stories.put(changes), self.related.put(terms)

    def save(self) -> None:
        with sqlite.transaction(self.connection, self.path):
            self.stories.save(self.store)
        self.related.save(self.store)

    def close(self) -> None:
        self.connection.close()


def reopened(kept: KeptIndexes) -> KeptIndexes:
    kept.close()
    return KeptIndexes(kept.path)


def drawn_article(rng: random.Random, name: str) -> ArticleFeatures:
    """Return an article of few words and shingles, so that many have some in common."""
    topic = rng.randrange(4)
    words = [*rng.sample(range(topic * 12, topic * 12 + 14), 9), *rng.sample(range(100, 130), 4)]
    rng.shuffle(words)
    shingles = [*rng.sample(range(topic * 9, topic * 9 + 9), rng.choice((3, 6, 8))), *rng.sample(range(200, 260), 4)]
    chosen = rng.choices(NAMES, k=2)
    override = rng.choice((StoryOverride(lead=chosen[0]), StoryOverride(alone=True), StoryOverride(apart=(chosen[1],))))
    return ArticleFeatures(
        file=f"{name}.md",
        id=rng.choice((name, name, name, "n1", "n2")),
        news_day=rng.choice((None, *range(100, 118), 140)),
        filed_day=rng.randrange(100, 140),
        outlet=rng.choice(("", "post", "ledger", name)),
        sketch=tuple(sorted(set(shingles))),
        terms={word << 24: rng.randrange(1, 90) for word in words},
        page_key=rng.choice(("", "", "", "post/1")),
        is_day_guessed=rng.random() < 0.2,
        domain=rng.choice(("", "", "post.example")),
        is_report=rng.random() < 0.8,
        is_doubtful=rng.random() < 0.1,
        override=override if rng.random() < 0.15 else StoryOverride(),
    )


def drawn_changes(rng: random.Random, articles: Mapping[str, ArticleFeatures], most: int = 3) -> Changes:
    changes: Changes = {}
    for name in rng.sample(NAMES, rng.randint(1, most)):
        old = articles.get(f"{name}.md")
        if old and rng.random() < 0.3:
            changes[old.file] = None
        elif old and rng.random() < 0.5:  # an edit
            changes[old.file] = replace(old, terms={**dict(list(old.terms.items())[2:]), rng.randrange(60) << 24: 9})
        else:
            changes[f"{name}.md"] = drawn_article(rng, name)
    return changes


# Of each article its story, those nearest to it, and those that it is similar to.
State = dict[str, tuple[StoryCluster, tuple[str, ...], dict[str, int]]]


def state_of(stories: StoryIndex, related: RelatedIndex, files: Mapping[str, object]) -> State:
    return {
        file: (stories.cluster_of(file), related.nearest(file), dict(stories.similarities_of(file)))
        for file in sorted(files)
    }


def state_of_new(articles: Mapping[str, ArticleFeatures]) -> State:
    """Return what indexes say that hold all these articles in memory."""
    stories, related = StoryIndex(), RelatedIndex()
    stories.put(articles)
    related.put({file: article.terms for file, article in articles.items()})
    return state_of(stories, related, articles)


@contextmanager
def small_limits(rng: random.Random) -> Iterator[None]:
    """Make limits so small that rare words, ignored keys and imprints come and go on a site of thirty articles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keywords, "_MIN_SPAN_BITS", rng.choice((1, 3, 7)))
        patch.setattr(story_blocking, "_MAX_ARTICLES_PER_KEY", rng.choice((4, 9, 64)))
        patch.setattr(story_blocking, "_MIN_IMPRINT", rng.choice((2, 4)))
        patch.setattr(story_keys, "_MAX_WORDS", 9)
        patch.setattr(related_articles, "MAX_KEYS", 8)
        patch.setattr(article_records, "MAX_KEYS", 8)
        patch.setattr(related_articles, "MAX_ARTICLES_PER_WORD", rng.choice((3, 64)))
        patch.setattr(related_articles, "_MIN_SHARED_WORDS", rng.choice((1, 5)))
        yield


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptIndexes]:
    """Give indexes of eighty articles that were saved once."""
    indexes = KeptIndexes(tmp_path / "stories.sqlite")
    indexes.put({article.file: article for article in spread_articles(80)})
    indexes.save()
    yield indexes
    indexes.close()


def spread_articles(count: int) -> list[ArticleFeatures]:
    """Return articles of many topics, each of a day of its own: some tell one story."""
    rng = random.Random(7)
    articles: list[ArticleFeatures] = []
    for number in range(count):
        topic, outlet = rng.randrange(count // 3), f"outlet {rng.randrange(40)}"
        words = [*rng.sample(range(topic * 30, topic * 30 + 30), 24), *rng.sample(range(50_000, 52_000), 16)]
        shingles = [*range(topic * 40, topic * 40 + 36), 1 << 31, *rng.sample(range(1 << 20, 1 << 22), 8)]
        articles.append(
            ArticleFeatures(
                file=f"a{number}.md", id=f"a{number}", news_day=730_000 + topic * 9, filed_day=730_000 + topic * 9,
                outlet=outlet, sketch=tuple(sorted(shingles)), terms={word << 12: 40 for word in words},
            )
        )  # fmt: skip
    return articles


def edited(article: ArticleFeatures) -> ArticleFeatures:
    return replace(article, terms={**article.terms, 77_000 << 12: 60}, sketch=(*article.sketch[:-1], (1 << 32) - 1))


@given(st.integers(0, 1 << 32))
def test_kept_indexes_say_what_new_ones_say(seed: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory() as folder, small_limits(rng):
        check_random_changes(rng, KeptIndexes(Path(folder) / "stories.sqlite"))


def check_random_changes(rng: random.Random, kept: KeptIndexes) -> None:
    articles: dict[str, ArticleFeatures] = {}
    state: State = {}
    for step in range(8):
        changes = drawn_changes(rng, articles, most=3 if step else 25)
        changed_stories, changed_lists = kept.put(changes)
        for file, article in changes.items():
            articles.pop(file, None)
            if article:
                articles[file] = article
        before, state = state, state_of_new(articles)
        for place, changed in enumerate((changed_stories, changed_lists)):
            old, new = ({file: value[place] for file, value in each.items()} for each in (before, state))
            assert changed >= differing_keys(old, new)
        if rng.random() < 0.7:
            kept.save()
            kept = reopened(kept) if rng.random() < 0.5 else kept
            assert state_of(StoryIndex(kept.store), RelatedIndex(kept.store), articles) == state
        elif rng.random() < 0.5:  # which loads all
            assert state_of(kept.stories, kept.related, articles) == state
    kept.close()


def test_one_edit_loads_few_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, articles = KeptIndexes(tmp_path / "stories.sqlite"), spread_articles(2000)
    kept.put({article.file: article for article in articles})
    kept.save()
    kept, loaded = reopened(kept), set[int]()

    def read(store: StoryStore, keys: Collection[int], stamp: bytes) -> dict[int, bytes]:
        loaded.update(keys)
        return read_all(store, keys, stamp)

    read_all = StoryStore.read
    monkeypatch.setattr(StoryStore, "read", read)
    monkeypatch.setattr(StoryStore, "read_range", None)
    article = edited(articles[7])
    kept.put({article.file: article})
    kept.save()
    assert kept.related.nearest(article.file)
    assert len(kept.stories.cluster_of(article.file).files) > 1
    assert 1 < sum(key >> 32 == 2 for key in loaded) < 200  # records of articles
    kept.close()


def test_what_is_written_after_an_edit_is_little(kept: KeptIndexes) -> None:
    before = dict(kept.connection.execute("SELECT key, value FROM story"))
    kept.save()
    assert dict(kept.connection.execute("SELECT key, value FROM story")) == before
    article = edited(spread_articles(80)[7])
    kept.put({article.file: article})
    kept.save()
    after = dict(kept.connection.execute("SELECT key, value FROM story"))
    assert 4 < len(differing_keys(before, after)) < 40
    kept.put({article.file: spread_articles(80)[7]})
    kept.save()
    after = dict(kept.connection.execute("SELECT key, value FROM story"))
    assert {key for key in differing_keys(before, after) if before.get(key, b"") != after.get(key, b"")} == {0}


@pytest.mark.parametrize("damage", ["flipped", "deleted", "exchanged"])
def test_a_damaged_store_is_told_and_gives_no_wrong_answer(kept: KeptIndexes, damage: str) -> None:
    articles = {article.file: article for article in spread_articles(80)}
    article = articles["a7.md"] = edited(articles["a7.md"])
    state, errors = state_of_new(articles), 0
    rows = kept.connection.execute("SELECT key, value, sum FROM story").fetchall()
    rng = random.Random(3)
    for key, value, checksum in [rows[0], rows[1], *rng.sample(rows, 20)]:
        if damage == "deleted":
            kept.connection.execute("DELETE FROM story WHERE key = ?", (key,))
        elif damage == "exchanged":
            kept.connection.execute(
                "UPDATE story SET (value, sum) = (?, ?) WHERE key = ?", (*rng.choice(rows)[1:], key)
            )
        else:
            flipped = bytes([value[0] ^ 4, *value[1:]]) if value else b"4"
            kept.connection.execute("UPDATE story SET value = ? WHERE key = ?", (flipped, key))
        try:
            kept.stories, kept.related = StoryIndex(kept.store), RelatedIndex(kept.store)
            kept.put({article.file: article})
            assert state_of(kept.stories, kept.related, articles) == state
        except StateError:
            errors += 1
        kept.connection.execute("INSERT OR REPLACE INTO story VALUES (?, ?, ?)", (key, value, checksum))
    assert errors > 5


def nearest_in_child(related: RelatedIndex, file: str, results: multiprocessing.SimpleQueue[object]) -> None:
    try:
        results.put(related.nearest(file))
    except StateError:
        results.put(StateError)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_sees_what_was_put_and_what_was_saved(kept: KeptIndexes, method: str) -> None:
    articles = {article.file: article for article in spread_articles(80)}
    context = multiprocessing.get_context(method)

    def ask(file: str) -> object:
        results = context.SimpleQueue()
        process = context.Process(  # type: ignore[attr-defined]
            target=nearest_in_child, args=(kept.related, file, results)
        )
        process.start()
        result = results.get()
        process.join()
        return result

    article = articles["new.md"] = replace(edited(articles["a7.md"]), file="new.md", id="new")
    kept.put({"new.md": article})
    state = state_of_new(articles)
    file = next(file for file, (_, nearest, _) in state.items() if "new.md" in nearest)
    assert ask(file) == state[file][1]
    with sqlite.transaction(kept.connection, kept.path):
        kept.stories.save(kept.store)
        kept.related.save(kept.store)
        assert ask(file) is StateError  # what is not committed yet, another process cannot see
        assert kept.related.nearest(file) == state[file][1]
    kept.related.save(kept.store)
    assert ask(file) == state[file][1]
    assert pickle.loads(pickle.dumps(kept.stories)).cluster_of("new.md") == kept.stories.cluster_of("new.md")


def test_indexes_in_memory_can_be_saved_and_go_on_and_move_to_another_store(kept: KeptIndexes, tmp_path: Path) -> None:
    articles = {article.file: article for article in spread_articles(60)}
    kept.stories = StoryIndex()
    kept.stories.put(articles)
    kept.save()  # the store held others
    assert len(kept.stories.clusters()) == len({cluster for cluster, *_ in state_of_new(articles).values()})
    changes = dict.fromkeys(list(articles)[:7])
    kept.put(changes)
    left = {file: article for file, article in articles.items() if file not in changes}
    other = KeptIndexes(tmp_path / "other.sqlite")
    other.stories, other.related = kept.stories, kept.related
    other.save()
    other = reopened(other)
    assert state_of(other.stories, other.related, left) == state_of_new(left)
    other.close()


def test_a_site_that_grows_is_written_anew(tmp_path: Path) -> None:
    kept, articles = KeptIndexes(tmp_path / "stories.sqlite"), spread_articles(300)
    for start in (*range(4), *range(4, 300, 37)):
        kept.put({article.file: article for article in articles[start : start + (1 if start < 4 else 37)]})
        kept.save()
    assert kept.stories._records.summary.bits > 3
    by_file = {article.file: article for article in articles}
    assert state_of(kept.stories, kept.related, by_file) == state_of_new(by_file)
    kept.close()
