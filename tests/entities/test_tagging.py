from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import Article, Entity, Kind, MatchRule, Tag
from site_gen.core.text import scrub
from site_gen.entities.matching.gazetteer import GazetteerName, build_gazetteer, entity_names
from site_gen.entities.matching.matcher import _MAX_DFA_PATTERNS, _SEPARATORS, Matcher, _is_mark, _may_begin, _may_end
from site_gen.entities.matching.normalization import has_non_latin_letters, name_pattern, normalize
from site_gen.entities.matching.tag_merge import MergedTags, about_mark, merge_tags
from site_gen.entities.matching.tagger import EarnedTags, tag_text, weigh_entities
from tests.support.strategies import nasty

KINDS = {
    "companies": Kind(key="companies", label="Companies", singular="Company", prefix="companies"),
    "topics": Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
}


def company(name: str, *names: str, case: str = "smart", never: tuple[str, ...] = ()) -> Entity:
    rule = MatchRule(case="exact" if case == "exact" else "auto", never=never)
    return Entity(kind="companies", slug=name.lower().replace(" ", "-"), name=name, names=names, match=rule)


def topic(name: str, *keywords: str, never: tuple[str, ...] = ()) -> Entity:
    slug = name.lower().replace(" ", "-")
    return Entity(kind="topics", slug=slug, name=name, keywords=keywords, match=MatchRule(never=never))


def find(text: str, *entities: Entity) -> list[str]:
    """The words of the text that are hits."""
    return [text[hit.start : hit.end] for hit in Matcher(build_gazetteer(entities, KINDS)).find(text)]


def slugs_in(text: str, *entities: Entity) -> list[str]:
    return [hit.tag.slug for hit in Matcher(build_gazetteer(entities, KINDS)).find(text)]


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
    assert [hit.lower() for hit in find(text, company("Google"))] == ["google"]


@pytest.mark.parametrize(
    "text",
    ["Googles", "Googleplex", "MyGoogle", "éGoogle", "Googleé", "Googleж", "жGoogle", "Google7", "7Google", "Google_x",
     "x_Google", "_Google", "@Google", "#Google", "Google@x.example", "Google.com", "Google.co.uk", "www.Google",
     "Google.7", "non-Google", "Google-V", "Google-7", "non‑Google", "Google\u0301", "xGooglex", "Googleß", "Google٣",
     "maps.Google", "google", "google.com"],
)  # fmt: skip
def test_a_name_is_no_part_of_a_word(text: str) -> None:
    assert find(text, company("Google")) == []


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
def test_spellings_and_offsets(name: str, text: str, hits: list[str]) -> None:
    assert find(text, company(name)) == hits


# -- case


def test_smart_case() -> None:
    text = "iFLYTEK, Iflytek, IFLYTEK, iflytek, iflytek.com, www.iflytek.com"
    assert find(text, company("iFLYTEK")) == ["iFLYTEK", "Iflytek", "IFLYTEK"]
    assert find("A target; Target is; TARGET.", company("Target")) == ["Target", "TARGET"]
    assert find("adidas, Adidas", company("adidas")) == ["adidas", "Adidas"]


def test_exact_case() -> None:
    assert find("It is IT. Io, IO", company("IT", "Io", case="exact")) == ["IT", "Io"]
    assert find("L’Oréal L’ORÉAL", company("L'Oréal", case="exact")) == ["L’Oréal"]


def test_keywords_know_no_case() -> None:
    cameras = topic("Facial recognition", "face scan", "CCTV", never=("Face scan Inc",))
    text = "FACE SCAN, Face Scan, cctv, facial Recognition, face scan inc"
    assert find(text, cameras) == ["FACE SCAN", "Face Scan", "cctv", "facial Recognition"]


def test_a_letter_is_no_name() -> None:
    assert [n.text for n in entity_names(company("X", "X Corp", " x ", "Y"), KINDS["companies"])] == ["X Corp"]
    assert Matcher(()).find("X") == []
    assert Matcher(build_gazetteer([company("Google")], KINDS)).find("") == []


# -- which name wins


def test_the_longest_name_wins() -> None:
    google, cloud = company("Google"), company("Google Cloud")
    assert slugs_in("Google Cloud and Google", google, cloud) == ["google-cloud", "google"]


def test_a_longer_name_that_fails_its_boundary_hides_none() -> None:
    assert slugs_in("Google Clouds", company("Google"), company("Google Cloud")) == ["google"]
    assert slugs_in("google Cloud", company("Cloud"), company("Google Cloud", case="exact")) == ["cloud"]


def test_a_name_that_two_share_is_of_both_and_two_spellings_are_one() -> None:
    assert slugs_in("Delta flies", company("Delta Air", "Delta"), company("Delta Dental", "Delta")) == [
        "delta-air",
        "delta-dental",
    ]
    assert slugs_in("AI", topic("AI", "ai", "A\u00a0I", "Ai")) == ["ai"]


def test_decoys_cover_their_words_and_nothing_else() -> None:
    target = company("Target", never=("Target Practice", "Bull Target"))
    assert find("Target Practice, TARGET PRACTICE, a Bull Target, Target", target) == ["Target"]
    other = company("Target Practice")
    assert slugs_in("Target Practice", target, other) == ["target-practice"]
    assert slugs_in("Target Practice", other, target) == ["target-practice"]
    assert slugs_in("Target Practices", target) == ["target"]


texts = st.one_of(
    nasty, st.lists(st.sampled_from(["Google", "İ", " ", "-", ".", "ﬁ", "海", "’s", "\u0301", "a"])).map("".join)
)


@given(texts, st.lists(texts.map(scrub), max_size=4))
def test_hits_are_inside_sorted_apart_and_spell_a_name(text: str, names: list[str]) -> None:
    text = scrub(text)
    entities = [company("Google", *names)]
    hits = Matcher(build_gazetteer(entities, KINDS)).find(text)
    at = 0
    for hit in hits:
        assert at <= hit.start < hit.end <= len(text)
        at = hit.end
        assert hit.tag == Tag("companies", "google")


# -- what a text has to do with the names


@given(st.one_of(texts, st.text(max_size=80), st.text("aB c.’“Σςİé漢Ａ\nÜßẞK\u00ad", max_size=80)))
def test_a_form_is_made_character_by_character(text: str) -> None:
    """However a text's form is made (three ways), each character has its own, whatever is beside it."""
    assert normalize(text) == " " + "".join(normalize(c)[1:] for c in text)


PIECES = ["Google", "google", "GOOGLE", "Cloud", "İ", " ", " ", "-", ".", ",", "'", "’s", "ﬁ", "海", "\u0301", "a", "A",
          "7", "_", "@", "#", "\n", "\ufe0f", "co", "–", "é", "(", "/", "Σ", "ς", "กก", "\u0e47", "\xa0"]  # fmt: skip
spelled = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda text: any(c.isalnum() for c in text))
)
name_tags = st.sampled_from([Tag("companies", "x"), Tag("companies", "y"), Tag("topics", "z"), None])
gazetteers = st.lists(
    st.builds(GazetteerName, spelled, name_tags, st.sampled_from(["any", "smart", "exact"])), max_size=8
)
sentences = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(gazetteers, sentences)
def test_only_names_whose_pattern_is_seen_have_a_part_in_what_is_found(names: list[GazetteerName], text: str) -> None:
    matcher = Matcher(names)
    hits, seen = matcher.find_with_patterns(text, normalize(text))
    assert matcher.find(text) == hits
    looked_for = (lambda one: one.lstrip(" ") or one) if has_non_latin_letters(normalize(text)) else str
    assert seen == {one for one in matcher.patterns if looked_for(one) in normalize(text)}
    assert Matcher([name for name in names if name_pattern(name.text) in seen]).find(text) == hits
    assert {hit.tag for hit in hits} <= {name.tag for pattern in seen for name in matcher.patterns[pattern]}


@given(gazetteers)
def test_every_name_stands_behind_its_pattern(names: list[GazetteerName]) -> None:
    patterns = Matcher(names).patterns
    assert sorted(map(repr, names)) == sorted(repr(name) for same in patterns.values() for name in same)
    assert all(name_pattern(name.text) == text for text, same in patterns.items() for name in same)


def test_what_is_seen_is_not_yet_found() -> None:
    matcher = Matcher(
        build_gazetteer([company("Google"), company("Google Cloud", never=("Cloud",)), company("Delta")], KINDS)
    )
    hits, seen = matcher.find_with_patterns("The googleplex; GOOGLE CLOUD")
    assert [hit.tag.slug for hit in hits] == ["google-cloud"]
    assert seen == {" google", " google cloud", " cloud"}
    assert matcher.patterns[" cloud"] == (GazetteerName("Cloud", None, "smart"),)
    assert Matcher(()).find_with_patterns("x") == ([], set())
    assert Matcher(()).patterns == {}


def test_many_names_are_found_as_few_are() -> None:
    text = "Google Cloud, Google; name 7 and Name 1999"
    few = [
        GazetteerName("Google", Tag("companies", "g"), "smart"),
        GazetteerName("Google Cloud", Tag("companies", "c"), "smart"),
    ]
    many = [GazetteerName(f"Name {n}", Tag("companies", f"n-{n}"), "smart") for n in range(_MAX_DFA_PATTERNS)]
    hits = Matcher(few + many).find(text)
    assert [text[hit.start : hit.end] for hit in hits] == ["Google Cloud", "Google", "Name 1999"]
    assert hits == Matcher([*few, many[1999]]).find(text)


def test_a_name_may_stand_beside_any_sign_that_is_no_word() -> None:
    for n in range(128):
        c = chr(n)
        assert (_may_begin(c, "G", f"a{c}Google", 2) and not _is_mark(c)) or c not in _SEPARATORS, c
        assert (_may_end(c, "e", f"Google{c}a", 6) and not _is_mark(c)) or c not in _SEPARATORS, c


# -- what counts


def matcher(*entities: Entity) -> Matcher:
    return Matcher(build_gazetteer(entities, KINDS))


@pytest.mark.parametrize(
    ("title", "paragraphs", "tagged"),
    [
        ("Drones", ["a", "b", "c"], True),
        ("x", ["drones", "b", "c"], True),
        ("x", ["a" * 240, "drones", "c"], True),
        ("x", ["a" * 250, "b", "drones"], False),
        ("x", ["a" * 250, "b", "drones and drones"], False),
        ("x", ["a" * 250, "b", "drones and a drone", "drones"], True),
        ("x", [], False),
    ],
)
def test_a_topic_counts_in_title_at_the_beginning_or_three_times(
    title: str, paragraphs: list[str], *, tagged: bool
) -> None:
    found = tag_text(title, paragraphs, matcher(topic("Drones", "drone", "DRONES")), KINDS)
    assert found == EarnedTags((Tag("topics", "drones"),) if tagged else (), ())


def test_a_company_counts_wherever_it_stands_and_main_ones_come_first() -> None:
    names = [company(name) for name in ("Alphatron", "Betatron", "Gammatron", "Deltatron", "Epsitron")]
    paragraphs = [
        "Betatron makes gates for locks, and has for a hundred years, on a quay that nobody can find on any map.",
        "x" * 600,
        "Deltatron, Gammatron, Alphatron, Deltatron, Alphatron, Gammatron, Alphatron",
        "Epsitron Epsitron",
    ]
    found = tag_text("Epsitron", paragraphs, matcher(*names), KINDS)
    assert [tag.slug for tag in found.tags] == ["epsitron", "betatron", "alphatron", "deltatron", "gammatron"]
    assert [tag.slug for tag in found.about] == ["epsitron", "betatron"]
    weights = weigh_entities("Epsitron", paragraphs, matcher(*names), KINDS)
    delta, beta = weights[Tag("companies", "deltatron")], weights[Tag("companies", "betatron")]
    assert (delta.times, delta.about, beta.in_lead) == (2, False, True)
    assert weights[Tag("companies", "epsitron")].in_title


# -- merge


tags = st.sampled_from([Tag("companies", slug) for slug in "abcdef"])
tag_sets = st.lists(tags, unique=True).map(tuple)


def article(**keys: tuple[Tag, ...]) -> Article:
    return replace(Article(file="f", id="i", year="2019", slug="s", title="t", body=""), **keys)  # type: ignore[arg-type]


@st.composite
def earnings(draw: st.DrawFn) -> EarnedTags:
    found = draw(tag_sets)
    return EarnedTags(found, tuple(tag for tag in found if draw(st.booleans())))


item_sets = st.lists(st.one_of(tags, tags.map(about_mark)), unique=True).map(tuple)


@given(tag_sets, tag_sets, item_sets, item_sets, item_sets, earnings())
def test_merge_keeps_a_persons_word(
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
    assert set(merged.tags) >= set(earned.tags) - set(merged.ignore)
    assert set(merged.about) <= set(merged.tags)
    assert [t for t in merged.tags if t in written] == [t for t in written if t in merged.tags]
    assert merged.ignore[: len(ignore)] == ignore
    assert len(set(merged.tags)) == len(merged.tags)
    assert set(merged.added) == set(merged.tags) - set(written)
    assert set(merged.removed) == set(written) - set(merged.tags)
    assert set(merged.ignored) == {tag for tag in set(merged.ignore) - set(ignore) if tag.kind != "about"}
    again = merge_tags(after(merged), earned)
    assert after(again) == after(merged)
    assert (again.added, again.removed, again.ignored) == ((), (), ())


def after(merged: MergedTags) -> Article:
    """The article as the merge leaves it."""
    return article(
        tags=merged.tags, about=merged.about, ignore=merged.ignore, tagged=merged.tagged, by_hand=merged.by_hand
    )


@given(tag_sets, tag_sets, st.lists(earnings(), min_size=2, max_size=5))
def test_what_a_person_took_out_never_comes_back(
    put_in: tuple[Tag, ...], taken: tuple[Tag, ...], rounds: list[EarnedTags]
) -> None:
    merged = merge_tags(article(tags=put_in), rounds[0])
    gone = set(merged.tags) & set(taken)
    left = after(replace(merged, tags=tuple(tag for tag in merged.tags if tag not in taken)))
    for earned in rounds[1:]:
        merged = merge_tags(left, earned)
        assert not gone & {*merged.tags, *merged.about}
        assert gone <= set(merged.ignore)
        left = after(merged)


@given(tag_sets, st.lists(earnings(), min_size=2, max_size=5))
def test_what_a_person_says_an_article_is_not_about_stays_so(taken: tuple[Tag, ...], rounds: list[EarnedTags]) -> None:
    merged = merge_tags(article(), rounds[0])
    gone = set(merged.about) & set(taken)
    left = after(replace(merged, about=tuple(tag for tag in merged.about if tag not in taken)))
    for earned in rounds[1:]:
        merged = merge_tags(left, earned)
        assert not gone & set(merged.about)
        left = after(merged)


def test_what_the_text_no_longer_earns_goes_and_what_it_earns_comes() -> None:
    a, b, c = (Tag("companies", slug) for slug in "abc")
    merged = merge_tags(article(tags=(a, b), tagged=(a,)), EarnedTags((c,), (c,)))
    assert (merged.tags, merged.about, merged.ignore) == ((b, c), (c,), ())
    assert (merged.tagged, merged.by_hand) == ((c, about_mark(c)), (b,))
    assert (merged.added, merged.removed, merged.ignored) == ((c,), (a,), ())
