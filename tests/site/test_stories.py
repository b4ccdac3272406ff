"""Which articles tell one story: copies and rewrites, what a person says, whatever the order of changes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import StoryOverride
from site_gen.content.story_overrides import override_problems
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis import keywords as of_terms
from site_gen.site.analysis import story_blocking
from site_gen.site.analysis.keywords import Rarity, extract_terms, pack_terms, unpack_terms
from site_gen.site.analysis.minhash import (
    SKETCH_SIZE,
    build_sketch,
    pack_numbers,
    shared_shingles,
    tokenize,
    unpack_numbers,
)
from site_gen.site.analysis.page_key import page_key
from site_gen.site.analysis.story_clustering import StoryCluster, StoryIndex
from site_gen.site.analysis.story_similarity import ArticleFeatures

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = [a + b + c for a in ("bra", "kel", "mor", "tin", "sul") for b in ("dak", "fen", "lor", "pim") for c in "aeiouy"]
SEEDS = 6  # invented events


def text_of(event: int, changed: int = 0, words: int = 160) -> str:
    """Return the text of an event, with so many words changed: the same words for the same numbers."""
    rng = random.Random(event)
    found = [rng.choice(WORDS) + str(event) * (rng.random() < 0.9) for _ in range(words)]
    other = random.Random(event * 100 + changed)
    for _ in range(changed):
        found[other.randrange(words)] = other.choice(WORDS)
    return " ".join(found)


def entry(
    name: str, text: str, *, day: int | None = 100, outlet: str = "", page: str = "", word: StoryOverride | None = None
) -> ArticleFeatures:
    of = tokenize(normalize(text))
    return ArticleFeatures(
        file=f"{name}.md", id=name, news_day=day, filed_day=day or 100, outlet=outlet or name, sketch=build_sketch(of),
        terms=extract_terms(name, text, of, "en"), page_key=page, override=word or StoryOverride(),
    )  # fmt: skip


def folded(*entries: ArticleFeatures) -> list[tuple[str, ...]]:
    """Return the ids of each story's articles, the lead first."""
    index = StoryIndex()
    index.put({one.file: one for one in entries})
    return told(index)


def told(index: StoryIndex) -> list[tuple[str, ...]]:
    return [tuple(file.removesuffix(".md") for file in story.files) for story in index.clusters()]


def test_a_copy_stands_under_the_earliest_whatever_its_id() -> None:
    copies = [
        entry(name, text_of(1, changed), day=day)
        for name, changed, day in (("a", 9, 102), ("b", 0, 101), ("c", 20, 105))
    ]
    assert folded(*copies, entry("z", text_of(2), day=101)) == [("b", "a", "c"), ("z",)]


def test_a_story_is_of_days_but_a_reprint_and_an_undated_copy_are_found() -> None:
    assert folded(entry("a", text_of(1)), entry("b", text_of(1, 40), day=100 + 11)) == [("a",), ("b",)]
    assert folded(entry("a", text_of(1)), entry("b", text_of(1, 40), day=100 + 10)) == [("a", "b")]
    assert folded(entry("a", text_of(1)), entry("b", text_of(1), day=900)) == [("a", "b")]
    assert folded(entry("a", text_of(1)), entry("b", text_of(1, 20), day=None)) == [("a", "b")]
    assert folded(entry("a", text_of(1)), entry("b", text_of(1, 60), day=None)) == [("a",), ("b",)]


def test_an_outlets_weekly_reports_are_stories_of_their_own() -> None:
    weekly = [entry(f"w{n}", text_of(1, 30 + n), day=100 + 7 * n, outlet="Ledger") for n in range(3)]
    assert len(folded(*weekly)) == 3


def test_an_imprint_joins_nothing() -> None:
    imprints = [text_of(50 + n, words=60) for n in range(2)]
    short = [
        entry(f"s{n}", f"{text_of(60 + n, words=25)} {imprints[n % 2]}", day=100 + n, outlet=("Ledger", "Post")[n % 2])
        for n in range(40)
    ]
    assert len(folded(*short)) == 40
    # Where it is new, it counts: two articles of a day that have most in common. They part once it is known.
    assert len(folded(*short[:3])) == 2
    index = StoryIndex()
    for one in short:
        index.put({one.file: one})
    assert len(index) == 40
    for one in short[3:]:
        index.put({one.file: None})
    assert len(index) == 2


def test_what_a_small_site_is_about_joins_no_two_events() -> None:
    house = " ".join(WORDS[:24])  # in every article: the companies, the trade

    def report(name: str, event: int, day: int) -> ArticleFeatures:  # the event's words, no two of them together
        words = [*house.split(), *text_of(event, words=40).split()]
        return entry(name, " ".join(random.Random(name).sample(words, len(words))), day=day)

    past = [report(f"p{n}", 50 + n, 100 + 12 * n) for n in range(30)]
    now = [report("a", 1, 500), report("b", 1, 501), report("c", 2, 501), report("d", 1, 502)]
    assert [ids for ids in folded(*past, *now) if ids[0] in "abcd"] == [("a", "b", "d"), ("c",)]
    assert folded(*now[:2], now[3]) == [("a", "b", "d")]  # on a site of nothing else these are no common words


def test_a_word_that_becomes_common_parts_what_it_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_terms, "_MIN_SPAN_BITS", 4)
    words = text_of(1).split()

    def report(name: str, day: int) -> ArticleFeatures:  # the same words, no two of them together
        return entry(name, " ".join(random.Random(name).sample(words, len(words))), day=day)

    joined = [report("a", 100), report("b", 101)]
    others = [report(f"o{n}", 200 + 20 * n) for n in range(9)]
    index = StoryIndex()
    index.put({one.file: one for one in joined})
    before = told(index)
    assert before == [("a", "b")]
    for one in others:
        index.put({one.file: one})
    assert told(index) == folded(*joined, *others)
    assert len(index) == 11
    for one in others:
        index.put({one.file: None})
    assert told(index) == before


def test_no_chain() -> None:
    """Each is like its neighbour, and the ends have nothing in common."""
    blocks = [text_of(n, words=90) for n in range(1, 7)]
    chain = [entry(f"c{n}", f"{blocks[n]} {blocks[n + 1]}", day=100 + n) for n in range(5)]
    assert folded(*chain) == [("c0", "c1"), ("c2", "c3"), ("c4",)]
    index = StoryIndex()
    index.put({one.file: one for one in chain})
    assert index.put({"c0.md": None}) == {one.file for one in chain}  # all the others change places
    assert told(index) == [("c1", "c2"), ("c3", "c4")]
    index.put({"c0.md": chain[0]})
    assert told(index) == folded(*chain)


def test_one_page_is_one_story() -> None:
    addresses = (
        "https://www.news.example/2019/05/ban/?utm_source=feed",
        "https://amp.news.example/2019/05/ban",
        "http://m.news.example/2019/05/ban/amp/",
        "https://news.example/2019/05/ban?outputType=amp",
    )
    assert len({page_key(address) for address in addresses}) == 1
    assert page_key("https://news.example/2019/05/ban?id=2") != page_key(addresses[0])
    assert page_key("https://news.example/") == page_key("mailto:a@news.example") == page_key("") == ""
    page = page_key(addresses[0])
    assert folded(entry("a", text_of(1), page=page), entry("b", text_of(2), page=page, day=900)) == [("a", "b")]


def test_what_a_person_says_wins() -> None:
    a, b, c = (entry(name, text_of(1, changed)) for name, changed in (("a", 0), ("b", 5), ("c", 9)))
    other = text_of(2)
    assert folded(a, b, entry("c", text_of(1), word=StoryOverride(alone=True))) == [("a", "b"), ("c",)]
    assert folded(a, b, entry("c", text_of(1), word=StoryOverride(apart=("a",)))) == [("a", "b"), ("c",)]
    assert folded(a, b, entry("d", other, word=StoryOverride(lead="a"))) == [("a", "b", "d")]
    assert folded(a, b, entry("c", text_of(1, 9), word=StoryOverride(lead="c"))) == [("c", "a", "b")]
    assert folded(a, c, entry("d", other, word=StoryOverride(lead="c"))) == [("c", "a", "d")]
    # What cannot be: nobody there, or a circle. It is told elsewhere, and changes nothing here.
    assert folded(a, entry("d", other, word=StoryOverride(lead="nobody"))) == [("a",), ("d",)]
    circle = [
        entry("d", text_of(3), word=StoryOverride(lead="e")),
        entry("e", text_of(4), word=StoryOverride(lead="d")),
    ]
    assert folded(*circle) == [("d",), ("e",)]


def test_wrong_words_are_told() -> None:
    said = {
        "one.md": ("a", StoryOverride(lead="b")),
        "two.md": ("b", StoryOverride(lead="a")),
        "three.md": ("c", StoryOverride(lead="nobody")),
        "four.md": ("d", StoryOverride(apart=("d", "nobody"))),
        "five.md": ("e", StoryOverride(lead="c", apart=("c",))),
        "six.md": ("f", StoryOverride(lead="f")),
    }
    ids = {identity for identity, _ in said.values()}
    assert [(file, what) for file, what, _ in override_problems(said, ids)] == [
        ("five.md", "`story` joins it to c and keeps it apart from it"),
        ("four.md", "`story` keeps it apart from itself"),
        ("four.md", "`story` names nobody, which no article has as its id"),
        ("one.md", "`story: {lead: …}` leads in a circle: a, b, a"),
        ("three.md", "`story` names nobody, which no article has as its id"),
        ("two.md", "`story: {lead: …}` leads in a circle: b, a, b"),
    ]
    assert all(mend for _, _, mend in override_problems(said, ids))


NAMES = "abcdefgh"
DRAWN = st.builds(
    lambda name, event, changed, day, outlet, word: entry(
        name, text_of(event, changed), day=day, outlet=outlet, page="same/page" if changed == 7 else "", word=word
    ),
    st.sampled_from(NAMES),
    st.integers(1, 3),
    st.sampled_from((0, 7, 30, 45, 60)),
    st.sampled_from((None, 100, 101, 104, 112)),
    st.sampled_from(("Ledger", "Post", "Wire")),
    st.one_of(
        st.just(StoryOverride()),
        st.builds(StoryOverride, lead=st.sampled_from((*NAMES, "x"))),
        st.builds(StoryOverride, apart=st.tuples(st.sampled_from(NAMES))),
        st.just(StoryOverride(alone=True)),
    ),
)
CHANGES = st.lists(st.one_of(DRAWN, st.sampled_from(NAMES)), max_size=24)


@given(CHANGES, st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_changes_gives_the_same_stories(
    changes: list[ArticleFeatures | str], rng: random.Random, small: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if small:  # a site so small that rare words, ignored shingles and imprints come and go
            patch.setattr(of_terms, "_MIN_SPAN_BITS", rng.choice((1, 3)))
            patch.setattr(of_terms, "_SMALL_SITE_BITS", rng.choice((2, 3, 10)))
            patch.setattr(story_blocking, "_MAX_ARTICLES_PER_KEY", 4)
            patch.setattr(story_blocking, "_MIN_IMPRINT", 2)
        hold_to_any_order(changes, rng)


def hold_to_any_order(changes: list[ArticleFeatures | str], rng: random.Random) -> None:
    index, there = StoryIndex(), dict[str, ArticleFeatures]()
    for change in changes:
        before: dict[str, StoryCluster] = {file: index.cluster_of(file) for file in there}
        file = change.file if isinstance(change, ArticleFeatures) else f"{change}.md"
        changed = index.put({file: change if isinstance(change, ArticleFeatures) else None})
        if isinstance(change, ArticleFeatures):
            there[file] = change
        else:
            there.pop(file, None)
        after = {file: index.cluster_of(file) for file in there}
        assert changed >= {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    whole = StoryIndex()
    whole.put(dict(rng.sample(list(there.items()), len(there))))
    assert told(index) == told(whole)
    assert sorted(file for story in index.clusters() for file in story.files) == sorted(there)
    assert all(index.cluster_of(file) == story for story in index.clusters() for file in story.files)


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_a_sketch_tells_how_much_stands_in_the_other(share: float) -> None:
    words = [f"word{n}" for n in range(4000)]
    kept = words[: int(1000 * share)] + words[2000 : 2000 + int(1000 * (1 - share))]
    both, of = shared_shingles(build_sketch(words[:1000]), build_sketch(kept))
    assert abs(both / of - share) < 0.25


@given(st.text(max_size=400))
def test_sketch_and_terms_of_any_text(text: str) -> None:
    of = tokenize(normalize(text))
    made, weights = build_sketch(of), extract_terms("A title", text, of, "en")
    assert len(made) <= SKETCH_SIZE
    assert list(made) == sorted(set(made))
    assert unpack_numbers(pack_numbers(made)) == made
    assert unpack_terms(pack_terms(weights)) == weights
    assert list(unpack_terms(pack_terms(weights))) == list(weights)
    assert sum(weight * weight for weight in weights.values()) <= 1.3 * 255**2


def test_the_same_numbers_in_every_process() -> None:
    text = "The harbour master told reporters that dredging of the northern channel would resume on Monday."
    assert build_sketch(tokenize(normalize(text)))[:2] == (134420056, 657527652)


def test_scripts_without_blanks() -> None:
    text = "香港行政长官在各方压力下就其大宅的问题到立法会接受质询并向香港民众道歉" * 2
    changed = text.replace("道歉", "致歉")
    both, of = shared_shingles(build_sketch(tokenize(normalize(text))), build_sketch(tokenize(normalize(changed))))
    assert both / of > 0.7


def test_rarity_is_the_same_in_any_order_and_tells_what_moved() -> None:
    drawn = [{n: 9, n % 7: 9, 10_000 + n % 300: 9} for n in range(1500)]
    one, other = Rarity(), Rarity()
    known: Callable[[Rarity], list[int]] = lambda rarity: [rarity.step_of(word) for word in range(7)]  # noqa: E731
    for of in drawn:
        before = known(one)
        moved = one.count_article(of, 1)
        if moved is not None:
            assert {word for word, old, new in zip(range(7), before, known(one), strict=True) if old != new} <= moved
    for of in reversed(drawn):
        other.count_article(of, 1)
    assert known(one) == known(other)
    assert max(known(one)) < 4
