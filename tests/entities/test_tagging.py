"""Names in texts: what matches, which of several matches wins, and how earned tags join those that a person wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content.records import Article, Entity, MatchRule, Tag
from site_gen.core.folding import standardize
from site_gen.core.text import scrub
from site_gen.entities.matching.gazetteer import GazetteerName, entity_names
from site_gen.entities.matching.matcher import _MAX_DFA_PATTERNS, _SEPARATORS, Matcher, _is_mark, _may_begin, _may_end
from site_gen.entities.matching.normalization import has_non_latin_letters, name_pattern, normalize
from site_gen.entities.matching.tag_merge import MergedTags, about_mark, merge_tags
from site_gen.entities.matching.tagger import EarnedTags, tag_text, weigh_entities
from tests.support.gazetteers import KINDS, company, matcher_of, topic
from tests.support.strategies import nasty


def matched_words(text: str, *entities: Entity) -> list[str]:
    return [text[hit.start : hit.end] for hit in matcher_of(*entities).find(text)]


def matched_slugs(text: str, *entities: Entity) -> list[str]:
    return [hit.tag.slug for hit in matcher_of(*entities).find(text)]


# -- word boundaries


@pytest.mark.parametrize(
    "text",
    ["Google", "Google's", "Google’s", "Google'", "“Google”", "(Google)", "[Google]", "‘Google’", "Google.", "Google,",
     "Google…", "Google.\n", "Google. The", "Google.”", "Google–Apple", "Google/Apple", "Google-owned", "Google‑owned",
     "Google -", "Google:", "Google™", "Google®", "*Google*", "Google & Co", "—Google—", "Google;Apple", "«Google»",
     "\u00a0Google\u00a0", "在Google上", "Googleの", "구글Google은", "Google-の", "¿Google?", "Google\u200f",
     "Google\ufe0f", "Google!", "$Google", "Google=", "- Google", "x. Google", ".Google", "GOOGLE",
     "Google'll", "l’Google"],
)  # fmt: skip
def test_a_name_stands_as_a_word(text: str) -> None:
    assert [hit.lower() for hit in matched_words(text, company("Google"))] == ["google"]


@pytest.mark.parametrize(
    "text",
    ["Googles", "Googleplex", "MyGoogle", "éGoogle", "Googleé", "Googleж", "жGoogle", "Google7", "7Google", "Google_x",
     "x_Google", "_Google", "@Google", "#Google", "Google@x.example", "Google.com", "Google.co.uk", "www.Google",
     "Google.7", "un-Google", "Google-V", "Google-7", "un‑Google", "Google\u0323\u0353", "xGooglex", "Googleß",
     "Google٣", "maps.Google", "google", "google.com"],
)  # fmt: skip
def test_a_name_within_a_word_or_an_address_is_no_match(text: str) -> None:
    assert matched_words(text, company("Google")) == []


@pytest.mark.parametrize(
    ("name", "text", "hits"),
    [
        ("海康威视", "昨天海康威视宣布，海康威视。", ["海康威视", "海康威视"]),
        ("アップル", "米アップルは", ["アップル"]),
        ("任天堂", "日本の任天堂が発表", ["任天堂"]),
        ("佐々木", "佐々木さん", ["佐々木"]),
        ("네이버", "네이버는 오늘", ["네이버"]),
        ("ปตท", "บริษัทปตทประกาศ", ["ปตท"]),
        ("กก", "กก็", []),  # a vowel sign goes on with the last letter
        ("カ", "カ\u3099ス", []),
        ("أرامكو", "قالت أرامكو، اليوم", ["أرامكو"]),
        ("أرامكو", "وأرامكو أرامكون", []),
        ("טבע", "חברת טבע.", ["טבע"]),
        ("טבע", "הטבע טבעי", []),
        ("Яндекс", "«Яндекс» и Яндекса", ["Яндекс"]),
        ("टाटा", "टाटा ने", ["टाटा"]),
        ("टाट", "टाटा ने", []),
    ],
)
def test_names_in_many_scripts(name: str, text: str, hits: list[str]) -> None:
    matcher = Matcher([GazetteerName(name, Tag("companies", "x"), "smart")])
    assert [text[hit.start : hit.end] for hit in matcher.find(text)] == hits


@pytest.mark.parametrize(
    ("name", "text", "hits"),
    [
        ("McDonald's", "McDonald’s and McDonaldʼs", ["McDonald’s", "McDonaldʼs"]),
        ("L’Oréal", "L'Oréal's", ["L'Oréal"]),
        ("Voss & Co", "Voss\u00a0& Co and Voss &\nCo", ["Voss\u00a0& Co", "Voss &\nCo"]),
        ("Rolls-Royce", "Rolls‑Royce, Rolls–Royce", ["Rolls‑Royce", "Rolls–Royce"]),
        ("Zorbex", "İİ ẞ ﬁ İ Zorbex İ Zorbex", ["Zorbex", "Zorbex"]),
        ("İstanbul Bank", "The İstanbul Bank", ["İstanbul Bank"]),
        ("ΟΔΟΣ", "İ Η ΟΔΟΣ, Οδος", ["ΟΔΟΣ", "Οδος"]),
        ("Yahoo!", "Yahoo! said “Yahoo!”", ["Yahoo!", "Yahoo!"]),
        ("3M", "3M's 3m", ["3M"]),
        (".NET", "on .NET", [".NET"]),
    ],
)
def test_spellings_are_matched_with_their_offsets(name: str, text: str, hits: list[str]) -> None:
    assert matched_words(text, company(name)) == hits


# -- case


def test_smart_case_matches_capitals_but_no_ordinary_word() -> None:
    text = "iFLYTEK, Iflytek, IFLYTEK, iflytek, iflytek.com, www.iflytek.com"
    assert matched_words(text, company("iFLYTEK")) == ["iFLYTEK", "Iflytek", "IFLYTEK"]
    assert matched_words("A target; Target is; TARGET.", company("Target")) == ["Target", "TARGET"]
    assert matched_words("adidas, Adidas", company("adidas")) == ["adidas", "Adidas"]


def test_exact_case_matches_the_spelling_only() -> None:
    assert matched_words("It is IT. Io, IO", company("IT", "Io", match=MatchRule(case="exact"))) == ["IT", "Io"]
    assert matched_words("L’Oréal L’ORÉAL", company("L'Oréal", match=MatchRule(case="exact"))) == ["L’Oréal"]


def test_keywords_match_in_any_case() -> None:
    cameras = topic("Facial recognition", "face scan", "CCTV", match=MatchRule(never=("Face scan Inc",)))
    text = "FACE SCAN, Face Scan, cctv, facial Recognition, face scan inc"
    assert matched_words(text, cameras) == ["FACE SCAN", "Face Scan", "cctv", "facial Recognition"]


def test_a_single_letter_is_no_name() -> None:
    assert [n.text for n in entity_names(company("X", "X Corp", " x ", "Y"), KINDS["companies"])] == ["X Corp"]
    assert Matcher(()).find("X") == []
    assert matcher_of(company("Google")).find("") == []


# -- which name wins


def test_the_longest_name_wins() -> None:
    google, cloud = company("Google"), company("Google Cloud")
    assert matched_slugs("Google Cloud and Google", google, cloud) == ["google-cloud", "google"]


def test_a_longer_name_that_does_not_match_hides_no_shorter_one() -> None:
    assert matched_slugs("Google Clouds", company("Google"), company("Google Cloud")) == ["google"]
    assert matched_slugs("google Cloud", company("Cloud"), company("Google Cloud", match=MatchRule(case="exact"))) == [
        "cloud"
    ]


def test_a_shared_name_matches_both_entities_and_two_spellings_match_once() -> None:
    assert matched_slugs("Delta flies", company("Delta Air", "Delta"), company("Delta Dental", "Delta")) == [
        "delta-air",
        "delta-dental",
    ]
    assert matched_slugs("AI", topic("AI", "ai", "A\u00a0I", "Ai")) == ["ai"]


def test_words_that_are_never_a_name_hide_names_in_them_and_nothing_else() -> None:
    target = company("Target", match=MatchRule(never=("Target Practice", "Bull Target")))
    assert matched_words("Target Practice, TARGET PRACTICE, a Bull Target, Target", target) == ["Target"]
    other = company("Target Practice")
    assert matched_slugs("Target Practice", target, other) == ["target-practice"]
    assert matched_slugs("Target Practice", other, target) == ["target-practice"]
    assert matched_slugs("Target Practices", target) == ["target"]


texts_near_google = st.one_of(
    nasty, st.lists(st.sampled_from(["Google", "İ", " ", "-", ".", "ﬁ", "海", "’s", "\u0301", "a"])).map("".join)
)


@given(texts_near_google, st.lists(texts_near_google.map(scrub), max_size=4))
def test_hits_are_within_the_text_and_do_not_overlap(text: str, names: list[str]) -> None:
    text = scrub(text)
    last_end = 0
    for hit in matcher_of(company("Google", *names)).find(text):
        assert last_end <= hit.start < hit.end <= len(text)
        last_end = hit.end
        assert hit.tag == Tag("companies", "google")


# -- normalized texts and the patterns of names


@given(st.one_of(texts_near_google, st.text(max_size=80), st.text("aB c.’“Σςİé漢Ａ\nÜßẞK\u00ad", max_size=80)))
def test_a_text_is_normalized_character_by_character(text: str) -> None:
    """Whichever of three ways is taken, the form of a letter in standard form does not depend on what is beside it."""
    standard, _ = standardize(text)
    assert normalize(text) == " " + "".join(normalize(c)[1:] for c in standard)


PIECES = ["Google", "google", "GOOGLE", "Cloud", "İ", " ", " ", "-", ".", ",", "'", "’s", "ﬁ", "海", "\u0301", "a", "A",
          "7", "_", "@", "#", "\n", "\ufe0f", "co", "–", "é", "(", "/", "Σ", "ς", "กก", "\u0e47", "\xa0"]  # fmt: skip
spelled = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4)
    .map("".join)
    .map(lambda text: standardize(text)[0])
    .filter(lambda text: any(c.isalnum() for c in text))
)
name_tags = st.sampled_from([Tag("companies", "x"), Tag("companies", "y"), Tag("topics", "z"), None])
gazetteers = st.lists(
    st.builds(GazetteerName, spelled, name_tags, st.sampled_from(["any", "smart", "exact"])), max_size=8
)
sentences = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(gazetteers, sentences)
def test_only_names_whose_pattern_is_seen_influence_the_hits(names: list[GazetteerName], text: str) -> None:
    matcher = Matcher(names)
    hits, seen = matcher.find_with_patterns(text, normalize(text))
    assert matcher.find(text) == hits
    searched_form = (lambda pattern: pattern.lstrip(" ") or pattern) if has_non_latin_letters(normalize(text)) else str
    assert seen == {pattern for pattern in matcher.patterns if searched_form(pattern) in normalize(text)}
    assert Matcher([name for name in names if name_pattern(name.text) in seen]).find(text) == hits
    assert {hit.tag for hit in hits} <= {name.tag for pattern in seen for name in matcher.patterns[pattern]}


@given(gazetteers)
def test_each_name_is_listed_under_its_pattern(names: list[GazetteerName]) -> None:
    patterns = Matcher(names).patterns
    assert sorted(map(repr, names)) == sorted(repr(name) for same in patterns.values() for name in same)
    assert all(name_pattern(name.text) == text for text, same in patterns.items() for name in same)


def test_a_pattern_that_is_seen_is_not_always_a_hit() -> None:
    google_cloud = company("Google Cloud", match=MatchRule(never=("Cloud",)))
    matcher = matcher_of(company("Google"), google_cloud, company("Delta"))
    hits, seen = matcher.find_with_patterns("The googleplex; GOOGLE CLOUD")
    assert [hit.tag.slug for hit in hits] == ["google-cloud"]
    assert seen == {" google", " google cloud", " cloud"}
    assert matcher.patterns[" cloud"] == (GazetteerName("Cloud", None, "smart"),)
    assert Matcher(()).find_with_patterns("x") == ([], set())
    assert Matcher(()).patterns == {}


def test_a_large_gazetteer_finds_what_a_small_one_does() -> None:
    text = "Google Cloud, Google; name 7 and Name 1999"
    few = [
        GazetteerName("Google", Tag("companies", "g"), "smart"),
        GazetteerName("Google Cloud", Tag("companies", "c"), "smart"),
    ]
    many = [GazetteerName(f"Name {n}", Tag("companies", f"n-{n}"), "smart") for n in range(_MAX_DFA_PATTERNS)]
    hits = Matcher(few + many).find(text)
    assert [text[hit.start : hit.end] for hit in hits] == ["Google Cloud", "Google", "Name 1999"]
    assert hits == Matcher([*few, many[1999]]).find(text)


def test_a_name_may_stand_beside_any_sign_that_is_not_part_of_a_word() -> None:
    for n in range(128):
        c = chr(n)
        assert (_may_begin(c, "G", f"a{c}Google", 2) and not _is_mark(c)) or c not in _SEPARATORS, c
        assert (_may_end(c, "e", f"Google{c}a", 6) and not _is_mark(c)) or c not in _SEPARATORS, c


# -- which entities a text is tagged with and about


def test_a_company_counts_wherever_it_stands_and_main_ones_come_first() -> None:
    names = [company(name) for name in ("Alphatron", "Betatron", "Gammatron", "Deltatron", "Epsitron")]
    paragraphs = [
        "Betatron makes gates for locks, and has for a hundred years, on a quay that nobody can find on any map.",
        "x" * 600,
        "Deltatron, Gammatron, Alphatron, Deltatron, Alphatron, Gammatron, Alphatron",
        "Epsitron Epsitron",
    ]
    earned = tag_text("Epsitron", paragraphs, matcher_of(*names), KINDS)
    assert [tag.slug for tag in earned.tags] == ["epsitron", "betatron", "alphatron", "deltatron", "gammatron"]
    assert [tag.slug for tag in earned.about] == ["epsitron", "betatron"]
    weights = weigh_entities("Epsitron", paragraphs, matcher_of(*names), KINDS)
    delta, beta = weights[Tag("companies", "deltatron")], weights[Tag("companies", "betatron")]
    assert (delta.times, delta.about, beta.in_lead) == (2, False, True)
    assert weights[Tag("companies", "epsitron")].in_title


# -- merge


tags = st.sampled_from([Tag("companies", slug) for slug in "abcdef"])
tag_sets = st.lists(tags, unique=True).map(tuple)


def article(**keys: tuple[Tag, ...]) -> Article:
    return replace(Article(file="f", id="i", year="2019", slug="s", title="t", body=""), **keys)


@st.composite
def earned_tag_sets(draw: st.DrawFn) -> EarnedTags:
    tags_in_order = draw(tag_sets)
    return EarnedTags(tags_in_order, tuple(tag for tag in tags_in_order if draw(st.booleans())), draw(tag_sets))


tag_and_mark_sets = st.lists(st.one_of(tags, tags.map(about_mark)), unique=True).map(tuple)


@given(tag_sets, tag_sets, tag_and_mark_sets, tag_and_mark_sets, tag_and_mark_sets, earned_tag_sets())
def test_merging_keeps_what_a_person_wrote(
    written: tuple[Tag, ...],
    about: tuple[Tag, ...],
    ignore: tuple[Tag, ...],
    tagged: tuple[Tag, ...],
    by_hand: tuple[Tag, ...],
    earned: EarnedTags,
) -> None:
    about = tuple(tag for tag in about if tag in written)
    before = article(tags=written, about=about, ignore=ignore, tagged=tagged, by_hand=by_hand)
    merged = merge_tags(before, earned)
    for tag in set(written) - set(tagged):
        assert tag in merged.tags, "a person put it in"
        if tag in about and about_mark(tag) not in tagged:
            assert tag in merged.about
    for tag in {tag for tag in (*tagged, *by_hand) if tag.kind != "about"} - set(written):
        assert tag not in merged.tags, "a person took it out"
        assert tag in merged.ignore
    for tag in written:
        if about_mark(tag) in (*tagged, *by_hand) and tag not in about:
            assert tag not in merged.about, "a person said that it is not about this"
    assert set(merged.tags) >= {*earned.tags, *earned.linked} - set(merged.ignore)
    assert set(merged.by_hand) >= set(earned.linked) - set(merged.ignore)
    assert not set(merged.by_hand) & set(merged.tagged)
    assert set(merged.about) <= set(merged.tags)
    assert [t for t in merged.tags if t in written] == [t for t in written if t in merged.tags]
    assert merged.ignore[: len(ignore)] == ignore
    assert len(set(merged.tags)) == len(merged.tags)
    assert set(merged.added) == set(merged.tags) - set(written)
    assert set(merged.removed) == set(written) - set(merged.tags)
    assert set(merged.ignored) == {tag for tag in set(merged.ignore) - set(ignore) if tag.kind != "about"}
    again = merge_tags(article_after_merge(merged), earned)
    assert article_after_merge(again) == article_after_merge(merged)
    assert (again.added, again.removed, again.ignored) == ((), (), ())


def article_after_merge(merged: MergedTags) -> Article:
    """Return the article as the merge leaves it."""
    return article(
        tags=merged.tags, about=merged.about, ignore=merged.ignore, tagged=merged.tagged, by_hand=merged.by_hand
    )


@given(tag_sets, tag_sets, st.lists(earned_tag_sets(), min_size=2, max_size=5))
def test_a_tag_that_a_person_removed_never_returns(
    put_in: tuple[Tag, ...], taken: tuple[Tag, ...], rounds: list[EarnedTags]
) -> None:
    merged = merge_tags(article(tags=put_in), rounds[0])
    gone = set(merged.tags) & set(taken)
    left = article_after_merge(replace(merged, tags=tuple(tag for tag in merged.tags if tag not in taken)))
    for earned in rounds[1:]:
        merged = merge_tags(left, earned)
        assert not gone & {*merged.tags, *merged.about}
        assert gone <= set(merged.ignore)
        left = article_after_merge(merged)


@given(tag_sets, st.lists(earned_tag_sets(), min_size=2, max_size=5))
def test_a_subject_that_a_person_removed_never_returns(taken: tuple[Tag, ...], rounds: list[EarnedTags]) -> None:
    merged = merge_tags(article(), rounds[0])
    gone = set(merged.about) & set(taken)
    left = article_after_merge(replace(merged, about=tuple(tag for tag in merged.about if tag not in taken)))
    for earned in rounds[1:]:
        merged = merge_tags(left, earned)
        assert not gone & set(merged.about)
        left = article_after_merge(merged)


def test_tags_that_are_no_longer_earned_go_and_newly_earned_ones_come() -> None:
    a, b, c = (Tag("companies", slug) for slug in "abc")
    merged = merge_tags(article(tags=(a, b), tagged=(a,)), EarnedTags((c,), (c,)))
    assert (merged.tags, merged.about, merged.ignore) == ((b, c), (c,), ())
    assert (merged.tagged, merged.by_hand) == ((c, about_mark(c)), (b,))
    assert (merged.added, merged.removed, merged.ignored) == ((c,), (a,), ())
