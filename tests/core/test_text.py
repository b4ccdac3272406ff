"""Text: scrubbing, one line, case folding, words, shortening; and that the fast paths agree with the general ones."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_gen.core.text import (
    _FORBIDDEN,
    _LINE_ENDS,
    did_you_mean,
    fold_case,
    is_surely_clean,
    name_key,
    nearest_word,
    normalize_signs,
    one_line,
    scrub,
    scrubbed_offsets,
    shorten,
    word_key,
    words,
)
from tests.support.strategies import nasty


@given(nasty)
def test_scrub_leaves_nothing_that_xml_or_a_terminal_refuses(text: str) -> None:
    clean = scrub(text)
    assert scrub(clean) == clean
    clean.encode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]", clean)


def test_scrub_keeps_what_scripts_need_and_makes_one_kind_of_line_end() -> None:
    assert scrub("a\r\nb\rc\x85d\u2028e\u2029f\ng\th") == "a\nb\nc\nd\ne\nf\ng\th"
    assert scrub("می\u200cخواهم\u200f \u200e👨\u200d👩") == "می\u200cخواهم\u200f \u200e👨\u200d👩"
    assert scrub("safe\u202egnp.exe\x1b[31m\ufeff\ud800") == "safegnp.exe[31m"
    assert scrub("\r\x00\n") == "\n\n"


@given(nasty)
def test_scrubbed_offsets_say_where_each_character_stood(text: str) -> None:
    scrubbed, offsets = scrub(text), scrubbed_offsets(text)
    assert len(offsets) == len(scrubbed) + 1
    assert offsets[-1] == len(text)
    assert offsets == sorted(set(offsets))
    for sign, offset in zip(scrubbed, offsets, strict=False):
        assert text[offset] == sign or (sign == "\n" and text[offset] in "\r\x85\u2028\u2029")


@given(nasty)
def test_one_line_returns_one_line_in_nfc_and_is_idempotent(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert unicodedata.is_normalized("NFC", line)
    assert line == line.strip()
    assert "\n" not in line
    assert "  " not in line


def test_scrubbed_offsets_of_a_line_end_of_two_characters() -> None:
    assert scrubbed_offsets("a\r\n\x00b\r") == [0, 1, 4, 5, 6]


def test_one_line_joins_what_hidden_hyphens_split() -> None:
    assert one_line(" Hik\u00advision \n\t Digital\u200b ") == "Hikvision Digital"
    assert one_line("e\u200b\u0301") == "é"


@given(nasty)
def test_folding_case_and_normalizing_signs_keep_every_offset(text: str) -> None:
    assert len(fold_case(text)) == len(text)
    assert len(normalize_signs(text)) == len(text)
    assert fold_case(fold_case(text)) == fold_case(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("İSTANBUL Ünal", "İstanbul ünal"),
        ("McDonald’s\u00a0Corp", "mcdonald's corp"),
        ("STRAẞE ﬁ", "straße ﬁ"),
        ("non‑breaking–dash", "non-breaking-dash"),
        ("ΟΔΟΣ ΟΔΟΣΑ ς", "οδοσ οδοσα σ"),
    ],
)
def test_case_is_folded_and_signs_are_normalized(text: str, folded: str) -> None:
    assert fold_case(text) == folded


def test_words_are_folded_and_a_key_joins_them() -> None:
    assert words("It’s AT&T’s ＡＢＣ_d — 3.5 海康") == ["it’s", "at", "t’s", "abc", "d", "3", "5", "海康"]
    assert word_key("Hello,  WORLD!") == word_key("hello world")
    assert word_key("--- !!") == ""


def test_names_differ_in_a_sign_at_their_end() -> None:
    assert len({name_key(name) for name in ("C", "C+", "C++", "C#")}) == 4
    assert name_key("#Halden!") == name_key("halden") == "halden"
    assert name_key("++") == ""


@given(nasty, st.integers(min_value=1, max_value=50))
def test_a_shortened_text_keeps_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_shorten_cuts_at_a_word() -> None:
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("one, two", 6) == "one…"
    assert shorten("abcdefghij", 5) == "abcd…"


def test_the_nearest_word_is_offered_as_a_correction() -> None:
    assert nearest_word("Hikvison", ["hikvision", "dahua"]) == "hikvision"
    assert nearest_word("zzz", ["hikvision"]) is None
    assert did_you_mean("titel", ["title", "site"], "remove it") == "did you mean title?"
    assert did_you_mean("qqq", ["title"], "remove it") == "remove it"


# -- the fast paths for ordinary texts: a sign in front that none of them takes forces the general one


plain_texts = st.text(alphabet=st.sampled_from("aBz09 _-.,'\"/\\\n\t\x0b\x1c\x1f\x7f\r\x00"), max_size=30)
texts = st.one_of(plain_texts, nasty)


@given(texts)
@example("a\r\r\nb")
@example("\U0001fffe\U0002ffff😀\U00020000")
def test_scrub_equals_its_two_patterns(text: str) -> None:
    assert scrub(text) == _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))
    assert scrub(f"\xa0{text}") == f"\xa0{scrub(text)}"


@given(texts)
def test_a_text_that_is_surely_clean_stays_as_it_is(text: str) -> None:
    if is_surely_clean(text):
        assert _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text)) == text


def test_no_character_that_is_scrubbed_is_surely_clean() -> None:
    for n in range(sys.maxunicode + 1):
        if _FORBIDDEN.match(chr(n)) or _LINE_ENDS.match(chr(n)):
            assert not is_surely_clean(chr(n)), hex(n)
            assert scrub(f"a{chr(n)}b") in {"ab", "a\nb"}, hex(n)


@pytest.mark.parametrize("text", ["", "Plain text.\n\tAnd more.", "“Ærholt” — 海康威视\n", "😀"])
def test_ordinary_texts_are_surely_clean(text: str) -> None:
    assert is_surely_clean(text)


@given(texts)
def test_the_fast_paths_equal_the_general_ones(text: str) -> None:
    assert one_line(text) == one_line(f"\u200b{text}")
    assert words(f"é {text}") == ["é", *words(text)]
    assert normalize_signs(f"é{text}") == f"é{normalize_signs(text)}"
    assert fold_case(f"é{text}") == f"é{fold_case(text)}"
    assert word_key(text) == " ".join(words(text))


def test_the_fast_paths_equal_the_general_ones_at_every_character() -> None:
    for n in range(0x3000):
        for text in (f"b{chr(n)}\u0301 x", f" {chr(n)}'s  A"):
            assert one_line(text) == one_line(f"\u200b{text}"), hex(n)
            assert words(f"é {text}") == ["é", *words(text)], hex(n)
            assert fold_case(f"é{text}") == f"é{fold_case(text)}", hex(n)
