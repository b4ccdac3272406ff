"""One form for each letter, and what is written for letters that one lacks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given

from site_gen.core.folding import LETTERS_WRITTEN_OUT, PLAIN_LETTERS, WITHOUT_ACCENTS, remove_accents, standardize
from site_gen.core.slugs import slugify
from tests.support.strategies import nasty


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("Zor\u00adbex, Zor\u200bbex\u2060", "Zorbex, Zorbex"),
        ("Zorb\u00ade\u200b\u0301x", "Zorbéx"),
        ("ﬁn ﬂat ﬃx", "fin flat ffix"),
        ("ＺＢＸ７ｚ，", "ZBX7z，"),
        ("ｿﾙﾍﾞ", "ソルベ"),
        ("カ\u3099ス", "ガス"),
        (unicodedata.normalize("NFD", "한국 전력"), "한국 전력"),
        ("x\u0353y ½ ™ Æß İ", "x\u0353y ½ ™ Æß İ"),
    ],
)
def test_each_letter_has_one_form(text: str, standard: str) -> None:
    assert standardize(text)[0] == standard


@given(nasty)
@example("A\u0300 e\u00ad\u0301")
def test_offsets_say_where_each_character_of_the_standard_form_stood(text: str) -> None:
    standard, offsets = standardize(text)
    if not offsets:
        assert standard == text
    else:
        assert len(offsets) == len(standard) + 1
        assert offsets[-1] == len(text)
        assert list(offsets) == sorted(offsets)
        letters = [unicodedata.normalize("NFD", letter)[0] for letter in standard]  # without what combines with them
        assert all(letters[at] == text[offset] for at, offset in enumerate(offsets[:-1]) if text[offset].isascii())


def test_a_word_of_the_standard_form_is_cut_out_of_the_text() -> None:
    text = "Die Zor\u00adbe\u0301x ﬁel"
    standard, offsets = standardize(text)
    start = standard.index("Zorbéx")
    assert text[offsets[start] : offsets[start + 6]] == "Zor\u00adbe\u0301x"
    assert text[offsets[standard.index("fiel")] :] == "ﬁel"


def test_one_table_folds_the_letters_of_slugs_and_names() -> None:
    for letter, plain in PLAIN_LETTERS.items():
        assert slugify(f"b{letter.upper()}{letter}") == f"b{slugify(letter)}{slugify(letter)}"
        assert slugify(letter) == plain
        if len(plain) == 1:
            assert WITHOUT_ACCENTS[ord(letter)] == plain
    assert all(len(two) == 2 and slugify(letter) in {two, two[0], "ss"} for letter, two in LETTERS_WRITTEN_OUT.items())


def test_an_accent_is_taken_from_latin_greek_and_yo_and_from_no_other_letter() -> None:
    folded = {chr(letter): plain for letter, plain in WITHOUT_ACCENTS.items()}
    assert [folded[letter] for letter in "éşĝốİøłđıήώё"] == list("esgoioldiηωе")
    assert "й" not in folded
    assert all(folded[letter] == letter for letter in "ßæœþ")
    assert remove_accents("Ørstęd İŞ Ærø Ώ") == "Orsted IS Æro Ω"
