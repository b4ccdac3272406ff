"""Which articles tell one story: copies and rewrites, overrides by a person, in whatever order articles change."""

from __future__ import annotations

import random
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content.records import StoryOverride
from site_gen.content.story_overrides import override_problems
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis import keywords, story_blocking
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
from site_gen.site.analysis.reader_address import addresses_reader, has_guide_title
from site_gen.site.analysis.story_clustering import StoryCluster, StoryIndex
from site_gen.site.analysis.story_similarity import ArticleFeatures
from site_gen.site.indexed_article import unpack_features
from site_gen.site.outlets import count_outlets, other_outlets, outlet_domain
from tests.support.notes import MONDAY, note

WORDS = [a + b + c for a in ("bra", "kel", "mor", "tin", "sul") for b in ("dak", "fen", "lor", "pim") for c in "aeiouy"]


def event_text(event: int, changed: int = 0, words: int = 160) -> str:
    """Return the text of an event with so many words changed, which for the same numbers is always the same."""
    rng = random.Random(event)
    words_of_event = [rng.choice(WORDS) + str(event) * (rng.random() < 0.9) for _ in range(words)]
    replacements = random.Random(event * 100 + changed)
    for _ in range(changed):
        words_of_event[replacements.randrange(words)] = replacements.choice(WORDS)
    return " ".join(words_of_event)


def article(
    name: str,
    text: str,
    *,
    day: int | None = 100,
    outlet: str = "",
    page: str = "",
    override: StoryOverride | None = None,
) -> ArticleFeatures:
    tokens = tokenize(normalize(text))
    return ArticleFeatures(
        file=f"{name}.md", id=name, news_day=day, filed_day=day or 100, outlet=outlet or name,
        sketch=build_sketch(tokens), terms=extract_terms(name, text, tokens, "en"), page_key=page,
        override=override or StoryOverride(),
    )  # fmt: skip


def shuffled_article(name: str, words: list[str], day: int) -> ArticleFeatures:
    """Return an article of some words in another order for each name, so that no two words stay together."""
    return article(name, " ".join(random.Random(name).sample(words, len(words))), day=day)


def index_of(*articles: ArticleFeatures) -> StoryIndex:
    index = StoryIndex()
    index.put({each.file: each for each in articles})
    return index


def story_ids(*articles: ArticleFeatures) -> list[tuple[str, ...]]:
    """Return the ids of each story's articles, the lead first."""
    return ids_of_stories(index_of(*articles))


def ids_of_stories(index: StoryIndex) -> list[tuple[str, ...]]:
    return [tuple(file.removesuffix(".md") for file in story.files) for story in index.clusters()]


def test_the_earliest_of_some_copies_leads() -> None:
    copies = [
        article(name, event_text(1, changed), day=day)
        for name, changed, day in (("a", 9, 102), ("b", 0, 101), ("c", 20, 105))
    ]
    assert story_ids(*copies, article("z", event_text(2), day=101)) == [("b", "a", "c"), ("z",)]


def test_a_story_lasts_ten_days_but_copies_join_it_at_any_time() -> None:
    assert story_ids(article("a", event_text(1)), article("b", event_text(1, 40), day=100 + 11)) == [("a",), ("b",)]
    assert story_ids(article("a", event_text(1)), article("b", event_text(1, 40), day=100 + 10)) == [("a", "b")]
    assert story_ids(article("a", event_text(1)), article("b", event_text(1), day=900)) == [("a", "b")]
    assert story_ids(article("a", event_text(1)), article("b", event_text(1), day=None)) == [("a",), ("b",)]


def test_weekly_reports_of_an_outlet_are_separate_stories() -> None:
    weekly = [article(f"w{n}", event_text(1, 30 + n), day=100 + 7 * n, outlet="Ledger") for n in range(3)]
    assert len(story_ids(*weekly)) == 3


def test_articles_are_not_joined_by_an_imprint() -> None:
    imprints = [event_text(50 + n, words=60) for n in range(2)]
    short = [
        article(
            f"s{n}", f"{event_text(60 + n, words=25)} {imprints[n % 2]}", day=100 + n, outlet=("Ledger", "Post")[n % 2]
        )
        for n in range(40)
    ]
    assert len(story_ids(*short)) == 40
    # Where it is new, it counts: two articles of a day that have most in common. They part once it is known.
    assert len(story_ids(*short[:3])) == 2
    index = StoryIndex()
    for each in short:
        index.put({each.file: each})
    assert len(index) == 40
    for each in short[3:]:
        index.put({each.file: None})
    assert len(index) == 2


def test_words_that_all_articles_of_a_small_site_share_join_no_two_events() -> None:
    house = " ".join(WORDS[:24])  # in every article: the companies, the trade

    def report(name: str, event: int, day: int) -> ArticleFeatures:
        return shuffled_article(name, [*house.split(), *event_text(event, words=40).split()], day)

    past = [report(f"p{n}", 50 + n, 100 + 12 * n) for n in range(30)]
    now = [report("a", 1, 500), report("b", 1, 501), report("c", 2, 501), report("d", 1, 502)]
    assert [ids for ids in story_ids(*past, *now) if ids[0] in "abcd"] == [("a", "b", "d"), ("c",)]
    assert story_ids(*now[:2], now[3]) == [("a", "b", "d")]  # on a site of nothing else these are no common words


def test_articles_joined_by_words_part_when_these_become_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keywords, "_MIN_SPAN_BITS", 4)
    words = event_text(1, words=30).split()
    joined = [shuffled_article("a", words, 100), shuffled_article("b", words, 101)]
    others = [shuffled_article(f"o{n}", words, 200 + 20 * n) for n in range(9)]
    index = index_of(*joined)
    before = ids_of_stories(index)
    assert before == [("a", "b")]
    for each in others:
        index.put({each.file: each})
    assert ids_of_stories(index) == story_ids(*joined, *others)
    assert len(index) == 11
    for each in others:
        index.put({each.file: None})
    assert ids_of_stories(index) == before


def test_a_chain_of_similar_articles_is_not_one_story() -> None:
    """Each is like its neighbour, and the ends have nothing in common."""
    blocks = [event_text(n, words=90).split() for n in range(1, 7)]
    chain = [
        article(f"c{n}", " ".join([*blocks[n + 1][:30], *blocks[n], *blocks[n + 1][30:]]), day=100 + n)
        for n in range(5)
    ]
    assert story_ids(*chain) == [("c0", "c1"), ("c2", "c3"), ("c4",)]
    index = index_of(*chain)
    assert index.put({"c0.md": None}) == {each.file for each in chain}  # all the others change places
    assert ids_of_stories(index) == [("c1", "c2"), ("c3", "c4")]
    index.put({"c0.md": chain[0]})
    assert ids_of_stories(index) == story_ids(*chain)


def test_articles_of_one_page_are_one_story() -> None:
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
    first = article("a", event_text(1), page=page)
    assert story_ids(first, article("b", event_text(1, 70), page=page, day=900)) == [("a", "b")]
    # An address where something else stands every day: two stories.
    assert story_ids(first, article("b", event_text(2), page=page, day=900)) == [("a",), ("b",)]


def test_one_rare_name_in_common_makes_no_event() -> None:
    """Two reports of one beat share a name that is rare, and little else."""
    name = " ".join(["Quillport"] * 30)
    first, second = (article(f"r{n}", f"{name} {event_text(70 + n, words=40)}") for n in range(2))
    assert story_ids(first, second) == [("r0",), ("r1",)]


def test_what_is_like_one_article_of_a_story_alone_does_not_join_it() -> None:
    """Reports of the event are all alike; the last has to do with one of them only."""
    shared, other = event_text(1, words=40).split(), event_text(2, words=40).split()
    reports = [shuffled_article(name, shared, 100) for name in "abc"]
    mixed = shuffled_article("d", [*shared, *other[:20]], 101)
    assert story_ids(*reports, mixed, shuffled_article("e", other, 102)) == [("a", "b", "c", "d"), ("e",)]


def test_many_reports_confirm_one_that_two_would_not() -> None:
    shared = event_text(1, words=60).split()
    weak = shuffled_article("w", [*shared[:20], *event_text(2, words=40).split()], 101)
    reports = [shuffled_article(name, shared, 100) for name in "abcd"]
    assert story_ids(reports[0], weak) == [("a",), ("w",)]
    assert story_ids(*reports, weak) == [("a", "b", "c", "d", "w")]


def test_guides_and_pages_that_are_no_article_tell_no_event() -> None:
    words = event_text(1, words=60).split()
    reports = [shuffled_article(name, words, 100) for name in "ab"]
    assert story_ids(*reports) == [("a", "b")]
    third = shuffled_article("c", [*words[:30], *event_text(2, words=20).split()], 100)
    assert story_ids(*reports, third) == [("a", "b", "c")]
    assert story_ids(*reports, replace(third, is_report=False)) == [("a", "b"), ("c",)]
    copies = [replace(article(name, event_text(1, n)), is_doubtful=True) for n, name in enumerate("ef")]
    assert story_ids(*copies) == [("e",), ("f",)]


def test_an_outlet_does_not_report_an_event_twice_under_two_hosts() -> None:
    words = event_text(1, words=60).split()
    reports = [replace(shuffled_article(name, words, 100), domain="news.example") for name in "ab"]
    assert story_ids(*reports) == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("language", "text", "is_addressed"),
    [
        ("en", "Before you buy a kettle, ask what your kitchen needs. You will want one that pours well.", True),
        (
            "en",
            "The mill at Quill Bay will close in May, its owner said on Monday. “You know,” he added." * 2,
            True,
        ),
        ("en", "The mill at Quill Bay will close in May, its owner said on Monday. Its rivals will not." * 2, False),
        ("de", "Wenn Sie einen Kessel kaufen, achten Sie auf den Griff; Ihre Hand wird es danken.", True),
        ("de", "Die Mühle schließt im Mai. Sie hatte sie gekauft, sagte die Chefin, und ihre Leute gehen.", False),
        ("fr-CA", "Avant d'acheter, mesurez votre cuisine; vous verrez ce qui vous manque.", True),
        ("xx", "you your you your", False),
    ],
)
def test_a_text_that_speaks_to_its_reader_is_no_report(language: str, text: str, is_addressed: bool) -> None:
    assert addresses_reader(text, tokenize(normalize(text)), language) == is_addressed


@pytest.mark.parametrize(
    ("language", "title", "is_guide"),
    [
        ("en", "The 7 Best Kettles of 2026", True),
        ("en-GB", "Best Kettles of 2026", True),
        ("en", "Top 10 mills in Quill Bay", True),
        ("en", "How to choose a kettle", True),
        ("en", "Halden K2 review: it pours well", True),
        ("en", "A buyer’s guide: kettles", True),
        ("de", "Die 5 besten Kessel im Vergleich", True),
        ("fr", "Comment choisir sa bouilloire", True),
        ("en", "Best Halden shares fall in Quill Bay", False),
        ("en", "Halden to buy mill", False),
        ("en", "Rowers finish in top 10", False),
        ("en", "7 ships sink off Quill Bay", False),
        ("xx", "The 7 Best Kettles of 2026", False),
    ],
)
def test_titles_of_guides_are_known(language: str, title: str, is_guide: bool) -> None:
    assert has_guide_title(title, language) == is_guide


def test_hosts_of_one_outlet_have_one_domain() -> None:
    hosts = ("www.quill.co.uk", "m.quill.co.uk", "amp.quill.co.uk", "uk.quill.co.uk", "news.quill.co.uk:8080")
    assert {outlet_domain(f"https://{host}/2026/x") for host in hosts} == {"quill.co.uk"}
    for platform in ("blogspot.com", "substack.com"):
        assert outlet_domain(f"https://quill.{platform}/") != outlet_domain(f"https://ledger.{platform}/")
    assert outlet_domain("https://news.example/") == "news.example"
    assert outlet_domain("mailto:a@news.example") == outlet_domain("") == ""


def test_an_outlet_stands_once_in_also_in() -> None:
    """By its name or by the domain of its hosts; and what has neither stands for itself."""
    outlets = [("Post", "post.example"), ("post", ""), ("Wire", "wire.example"), ("m.wire.example", "wire.example")]
    outlets += [("", ""), ("", ""), ("Post", "other.example"), ("Ledger", "ledger.example")]
    cards = [
        replace(note(number, MONDAY, outlet=outlet).card, domain=domain, outlet=outlet)
        for number, (outlet, domain) in enumerate(outlets)
    ]
    lead, *others = cards
    assert other_outlets(others, lead) == [cards[2], cards[4], cards[5], cards[7]]
    assert other_outlets(others) == [cards[1], cards[2], cards[4], cards[5], cards[7]]
    assert count_outlets(cards) == 3


def test_an_override_by_a_person_wins() -> None:
    a, b, c = (article(name, event_text(1, changed)) for name, changed in (("a", 0), ("b", 5), ("c", 9)))
    other_event = event_text(2)
    assert story_ids(a, b, article("c", event_text(1), override=StoryOverride(alone=True))) == [("a", "b"), ("c",)]
    assert story_ids(a, b, article("c", event_text(1), override=StoryOverride(apart=("a",)))) == [("a", "b"), ("c",)]
    assert story_ids(a, b, article("d", other_event, override=StoryOverride(lead="a"))) == [("a", "b", "d")]
    assert story_ids(a, b, article("c", event_text(1, 9), override=StoryOverride(lead="c"))) == [("c", "a", "b")]
    assert story_ids(a, c, article("d", other_event, override=StoryOverride(lead="c"))) == [("c", "a", "d")]
    # What cannot be: nobody there, or a circle. It is told elsewhere, and changes nothing here.
    assert story_ids(a, article("d", other_event, override=StoryOverride(lead="nobody"))) == [("a",), ("d",)]
    circle = [
        article("d", event_text(3), override=StoryOverride(lead="e")),
        article("e", event_text(4), override=StoryOverride(lead="d")),
    ]
    assert story_ids(*circle) == [("d",), ("e",)]


def test_impossible_overrides_are_reported() -> None:
    overrides = {
        "one.md": ("a", StoryOverride(lead="b")),
        "two.md": ("b", StoryOverride(lead="a")),
        "three.md": ("c", StoryOverride(lead="nobody")),
        "four.md": ("d", StoryOverride(apart=("d", "nobody"))),
        "five.md": ("e", StoryOverride(lead="c", apart=("c",))),
        "six.md": ("f", StoryOverride(lead="f")),
    }
    ids = {identity for identity, _ in overrides.values()}
    assert [(file, what) for file, what, _ in override_problems(overrides, ids)] == [
        ("five.md", "`story` joins it to c and keeps it apart from it"),
        ("four.md", "`story` keeps it apart from itself"),
        ("four.md", "`story` names nobody, which no article has as its id"),
        ("one.md", "`story: {lead: …}` leads in a circle: a, b, a"),
        ("three.md", "`story` names nobody, which no article has as its id"),
        ("two.md", "`story: {lead: …}` leads in a circle: b, a, b"),
    ]
    assert all(mend for _, _, mend in override_problems(overrides, ids))


NAMES = "abcdefgh"
DRAWN_ARTICLES = st.builds(
    lambda name, event, changed, day, outlet, override: article(
        name,
        event_text(event, changed),
        day=day,
        outlet=outlet,
        page="same/page" if changed == 7 else "",
        override=override,
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
# Of two events, more of one or of the other, without a pair of words in common.
DRAWN_REPORTS = st.builds(
    lambda name, share, day, domain, is_report, is_doubtful: replace(
        shuffled_article(
            name, [*event_text(1, words=60).split()[:share], *event_text(2, words=60).split()[share:]], day
        ),
        domain=domain,
        is_report=is_report,
        is_doubtful=is_doubtful,
    ),
    st.sampled_from(NAMES),
    st.sampled_from((0, 15, 25, 35, 60)),
    st.sampled_from((100, 101, 103, 106)),
    st.sampled_from(("", "post.example")),
    st.sampled_from((True, True, False)),
    st.sampled_from((False, False, True)),
)
CHANGES = st.lists(st.one_of(DRAWN_ARTICLES, DRAWN_REPORTS, st.sampled_from(NAMES)), max_size=24)


@given(CHANGES, st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_changes_gives_the_same_stories(
    changes: list[ArticleFeatures | str], rng: random.Random, small: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if small:  # a site so small that rare words, ignored shingles and imprints come and go
            patch.setattr(keywords, "_MIN_SPAN_BITS", rng.choice((1, 3)))
            patch.setattr(story_blocking, "_MAX_ARTICLES_PER_KEY", 4)
            patch.setattr(story_blocking, "_MIN_IMPRINT", 2)
        assert_order_does_not_matter(changes, rng)


def assert_order_does_not_matter(changes: list[ArticleFeatures | str], rng: random.Random) -> None:
    index, articles = StoryIndex(), dict[str, ArticleFeatures]()
    for change in changes:
        before: dict[str, StoryCluster] = {file: index.cluster_of(file) for file in articles}
        file = change.file if isinstance(change, ArticleFeatures) else f"{change}.md"
        changed = index.put({file: change if isinstance(change, ArticleFeatures) else None})
        if isinstance(change, ArticleFeatures):
            articles[file] = change
        else:
            articles.pop(file, None)
        after = {file: index.cluster_of(file) for file in articles}
        assert changed >= {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    whole = StoryIndex()
    whole.put(dict(rng.sample(list(articles.items()), len(articles))))
    assert ids_of_stories(index) == ids_of_stories(whole)
    assert sorted(file for story in index.clusters() for file in story.files) == sorted(articles)
    assert all(index.cluster_of(file) == story for story in index.clusters() for file in story.files)


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_sketches_estimate_the_share_of_common_words(share: float) -> None:
    words = [f"word{n}" for n in range(4000)]
    other_words = words[: int(1000 * share)] + words[2000 : 2000 + int(1000 * (1 - share))]
    common, total = shared_shingles(build_sketch(words[:1000]), build_sketch(other_words))
    assert abs(common / total - share) < 0.25


@given(st.text(max_size=400))
def test_sketch_and_terms_of_any_text_are_bounded_and_restored(text: str) -> None:
    tokens = tokenize(normalize(text))
    sketch, terms = build_sketch(tokens), extract_terms("A title", text, tokens, "en")
    assert len(sketch) <= SKETCH_SIZE
    assert list(sketch) == sorted(set(sketch))
    assert unpack_numbers(pack_numbers(sketch)) == sketch
    assert unpack_terms(pack_terms(terms)) == terms
    assert list(unpack_terms(pack_terms(terms))) == list(terms)
    assert sum(weight * weight for weight in terms.values()) <= 1.3 * 255**2


def test_small_words_and_endings_are_no_terms() -> None:
    def words_of(text: str, language: str) -> set[int]:
        return set(extract_terms("", text, tokenize(normalize(text)), language))

    assert words_of("Crane, the crane, a crane", "en") == {crc32(b"crane")}
    assert words_of("Kran für über Kran", "de") == {crc32(b"kran")}
    assert words_of("港湾 している ロボット", "ja") == {
        crc32(pair.encode()) for pair in ("港湾", "ロボ", "ボッ", "ット")
    }


def test_what_parts_the_blocks_of_a_text_is_no_term() -> None:
    terms = unpack_features(note(1, MONDAY, body="## Crane\n\nThe crane\n\n- crane\n\n- pier", title="Crane")).terms
    assert set(terms) == {crc32(b"crane"), crc32(b"pier")}


def test_a_sketch_is_the_same_in_every_process() -> None:
    text = "The harbour master told reporters that dredging of the northern channel would resume on Monday."
    assert build_sketch(tokenize(normalize(text)))[:2] == (134420056, 657527652)


def test_sketches_of_scripts_without_blanks_are_alike_for_alike_texts() -> None:
    text = "香港行政长官在各方压力下就其大宅的问题到立法会接受质询并向香港民众道歉" * 2
    changed = text.replace("道歉", "致歉")
    common, total = shared_shingles(build_sketch(tokenize(normalize(text))), build_sketch(tokenize(normalize(changed))))
    assert common / total > 0.7


def test_rarity_does_not_depend_on_the_order_and_reports_changed_steps() -> None:
    drawn = [[n, n % 7, 10_000 + n % 300, *([7] if n % 50 == 0 else [])] for n in range(1500)]
    first, second = Rarity(), Rarity()

    def step_of(rarity: Rarity, word: int) -> float:
        weighted = rarity.weigh({word: 1, -1: 1})
        return weighted.get(word, 0) / weighted[-1]

    def steps_of(rarity: Rarity) -> list[float]:
        return [step_of(rarity, word) for word in range(8)]

    for words in drawn:
        before = steps_of(first)
        all_changed = first.count_span(1)
        changed = first.count_spread(words, 1)
        if not all_changed:
            assert {word for word, old, new in zip(range(8), before, steps_of(first), strict=True) if old != new} == {
                word for word in changed if word < 8
            }
    for words in reversed(drawn):
        second.count_spread(words, 1)
        second.count_span(1)
    assert steps_of(first) == steps_of(second)
    assert max(steps_of(first)[:7]) < steps_of(first)[7] < step_of(first, 1400)
