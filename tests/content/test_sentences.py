"""Sentences: where they end, and where a stop is an abbreviation's or a number's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.markdown.sentences import split_sentences
from tests.support.strategies import prose


@given(prose, st.sampled_from(["en", "EN-us", "zh", "hi", "xx", ""]))
def test_sentences_joined_are_the_text(text: str, language: str) -> None:
    assert "".join(split_sentences(text, language)) == text


@pytest.mark.parametrize(
    "text", ["\u2028A\u2028\u2028.", ".,,.A.,.A\u3000.", "M M\u3000...M\u3000.M", "U.S.\u00a0\n  Inc.\u00a0"]
)
def test_blanks_at_which_the_segmenter_crashes_are_split_too(text: str) -> None:
    assert "".join(split_sentences(text, "en")) == text


def test_texts_and_their_sentences() -> None:
    assert split_sentences("Mr. A. Smith left. He was late.", "en") == ["Mr. A. Smith left. ", "He was late."]
    assert split_sentences("M M\u3000...M\u3000.M", "en") == ["M M\u3000...", "M\u3000.M"]
    assert split_sentences("He left.\u00a0\u00a0She stayed. ", "en") == ["He left.\u00a0\u00a0", "She stayed. "]
    assert split_sentences("他走了。她来了。", "zh") == ["他走了。", "她来了。"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "He told the U.S. Senate at 5 p.m. Monday that Sen. Lund of the port in Washington, D.C. on Jan. 5 left.",
        ),
        ("de", "Des 21. Bundestages wegen kam am 3. Mai um 5 Uhr Dr. Lund z. B. mit der Fa. Huber."),
        ("fr", "Le 5 janv. à 5 h. M. Lund et Mme. Leroy, p. ex., sont venus."),
        ("es", "El Sr. Lund y la Dra. Ruiz llegaron a las 5 p. m. del lunes."),
        ("it", "Il dott. Lund e la sig.ra Bianchi partono il 21. gennaio."),
        ("nl", "Dhr. Lund en mevr. de Vries kwamen o.a. met drs. Bos."),
        ("sv", "Den 21. december kom dr. Lund t.ex. med båt."),
        ("pl", "W dniu 21. grudnia dr. Lund, m.in. z ul. Portowej."),
        ("ru", "В 2020 г. завод им. Лунда купил акций на 5 млн. руб. у порта."),
    ],
)
def test_abbreviations_and_numbers_end_no_sentence(language: str, sentence: str) -> None:
    assert split_sentences(f"{sentence} She left.", language) == [f"{sentence} ", "She left."]
