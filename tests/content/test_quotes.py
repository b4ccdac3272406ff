"""Quoted passages: cut from a paragraph around names, within a limit, and addressed by their first and last words."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.markdown.quotes import (
    LIMIT,
    QuotePiece,
    _sentences_around,
    lead_sentences,
    prepare_paragraph,
    quote_passage,
    text_fragment,
)
from tests.support.strategies import prose

Spans = list[tuple[int, int]]
HARD_LIMIT = 640


def quoted(text: str, spans: Spans, language: str, wanted: Spans | None = None) -> tuple[QuotePiece, ...]:
    return quote_passage(prepare_paragraph(text, language), spans, wanted)


@st.composite
def texts_with_names(draw: st.DrawFn) -> tuple[str, Spans]:
    """Draw a text with one name in it at least, and the spans of its names."""
    text = draw(prose) + "Acme"
    spans: Spans = []
    at = 0
    for _ in range(draw(st.integers(1, 4))):
        if at >= len(text):
            break
        start = draw(st.integers(at, len(text) - 1))
        at = draw(st.integers(start + 1, min(len(text), start + 40)))
        if text[start:at].strip() == text[start:at]:  # names begin and end with a sign
            spans.append((start, at))
    return text, spans or [(len(text) - 4, len(text))]


def without_ellipses(pieces: tuple[QuotePiece, ...]) -> tuple[str, list[QuotePiece]]:
    """Return the text of a passage and its pieces, both without its ellipses."""
    inner_pieces = list(pieces)
    if inner_pieces[0] == QuotePiece("… ", marked=False):
        inner_pieces = inner_pieces[1:]
    if inner_pieces[-1] == QuotePiece(" …", marked=False):
        inner_pieces = inner_pieces[:-1]
    return "".join(piece.text for piece in inner_pieces), inner_pieces


@given(texts_with_names(), st.sampled_from(["en", "zh", "de", "ja", "zh-Hans", "xx", ""]))
def test_a_passage_is_of_the_text_and_marks_the_names(drawn: tuple[str, Spans], language: str) -> None:
    text, spans = drawn
    words, inner = without_ellipses(quoted(text, spans, language))
    assert words in text
    first = text[slice(*spans[0])]
    marked = [piece.text for piece in inner if piece.marked]
    assert marked[0] == first
    assert marked == [text[start:end] for start, end in spans][: len(marked)]
    assert len(words) <= max(HARD_LIMIT, len(first) + LIMIT // 2)
    assert all(piece.text for piece in inner)


@given(texts_with_names())
def test_a_short_paragraph_is_quoted_whole(drawn: tuple[str, Spans]) -> None:
    text, spans = drawn
    if len(text) <= LIMIT:
        pieces = quoted(text, spans, "en")
        assert [p.text for p in pieces if p.marked] == [text[a:b] for a, b in spans]
        assert "".join(p.text for p in pieces).strip() == text.strip()


@given(texts_with_names())
def test_a_passage_for_several_names_holds_them_all_and_little_more(drawn: tuple[str, Spans]) -> None:
    text, spans = drawn
    pieces = quoted(text, spans, "en", spans)
    assert [p.text for p in pieces if p.marked] == [text[a:b] for a, b in spans]
    longest = max(b - a for a, b in spans)
    assert sum(len(p.text) for p in pieces) <= len(spans) * (max(HARD_LIMIT, longest + LIMIT // 2) + len(" … ")) + len(
        "… "
    )


def test_names_far_apart_are_quoted_in_separate_pieces() -> None:
    filler = "Nobody was there to see it, and nobody asked why they had all gone home so early. " * 12
    text = f"Acme opened a shop. {filler}Bolt closed one."
    bolt = text.index("Bolt")
    spans = [(0, 4), (bolt, bolt + 4)]
    words = "".join(piece.text for piece in quoted(text, spans, "en", spans))
    assert words.startswith("Acme opened a shop.")
    assert " … " in words
    assert words.endswith("Bolt closed one.")
    assert len(words) < len(text) - 200


def test_whole_sentences_around_the_name_are_quoted() -> None:
    other = "Nobody was there to see it, and nobody asked why they had all gone home so early. "
    text = other * 4 + "Acme, of Elmswick, opened a shop. " + other * 4
    at = text.index("Acme")
    pieces = quoted(text, [(at, at + 4)], "en")
    assert pieces[0] == QuotePiece("… ", marked=False)
    assert pieces[-1] == QuotePiece(" …", marked=False)
    assert pieces[1] == QuotePiece("Acme", marked=True)
    words, _ = without_ellipses(pieces)
    assert words == ("Acme, of Elmswick, opened a shop. " + other * 3).strip()
    assert len(words) <= LIMIT


def test_no_ellipsis_where_only_blanks_are_left_out() -> None:
    text = "  Acme opened a shop.  "
    assert quoted(text, [(2, 6)], "en") == (
        QuotePiece("Acme", marked=True),
        QuotePiece(" opened a shop.", marked=False),
    )


def test_a_text_without_stops_is_cut_around_the_name() -> None:
    text = "word " * 400 + "Acme" + " word" * 400
    words, _ = without_ellipses(quoted(text, [(2000, 2004)], "en"))
    assert "Acme" in words
    assert LIMIT - 10 <= len(words) <= LIMIT


@given(st.lists(prose, max_size=4), st.integers(20, 300))
def test_a_lead_keeps_its_limit(paragraphs: list[str], limit: int) -> None:
    assert len(lead_sentences(paragraphs, "en", limit)) <= limit


def test_a_lead_is_the_first_sentences_that_fit() -> None:
    first, second = "The harbour board met on Tuesday in the rain. ", "It agreed on nothing at all. "
    assert lead_sentences(["By A. Writer", first + second + first * 9], "en", 100) == (first + second).strip()
    assert lead_sentences(["Short."], "en") == "Short."
    assert lead_sentences([], "en") == ""
    assert lead_sentences(["word " * 100], "en", 50).endswith("…")


@given(texts_with_names(), st.sampled_from(["en", "zh", "xx"]))
def test_a_prepared_paragraph_gives_the_same_passages_as_a_fresh_one(drawn: tuple[str, Spans], language: str) -> None:
    text, spans = drawn
    paragraph = prepare_paragraph(text, language)
    assert paragraph.ends[-1:] == ((len(text),) if len(text) > LIMIT else ())
    for wanted in (None, spans, spans[-1:], spans[::-1]):
        assert quote_passage(paragraph, spans, wanted) == quoted(text, spans, language, wanted)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=12), st.data())
def test_sentences_are_taken_while_they_fit(lengths: list[int], data: st.DataObject) -> None:
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    starts = [0, *ends[:-1]]
    start = data.draw(st.integers(0, ends[-1] - 1))
    stop = data.draw(st.integers(start + 1, ends[-1]))
    begin, end = _sentences_around(ends, (start, stop))
    first, last = starts.index(begin), ends.index(end)
    naming = [i for i in range(len(ends)) if starts[i] < stop and ends[i] > start]
    assert begin <= start < stop <= end
    assert first == naming[0] or ends[naming[-1]] - begin <= LIMIT
    assert last == naming[-1] or end - starts[naming[0]] <= LIMIT
    assert first == naming[0] or end - begin <= LIMIT
    # Nothing more fits, and what follows was asked first.
    assert last + 1 == len(ends) or ends[last + 1] - begin > LIMIT
    assert first == 0 or end - starts[first - 1] > LIMIT
    if last + 1 < len(ends):
        assert ends[last + 1] - starts[naming[0]] > LIMIT


def spans_of(text: str, *names: str) -> list[tuple[int, int]]:
    return [(text.index(name), text.index(name) + len(name)) for name in names]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme is gone.", "Acme%20is%20gone"),
        ("Acme, the silo-keeper & Co, is gone.", "Acme%2C%20the%20silo%2Dkeeper%20%26%20Co%2C%20is%20gone"),
        (
            "The board of Acme agreed on Tuesday to let the old silo stand for another ten years.",
            "The%20board%20of%20Acme%20agreed,stand%20for%20another%20ten%20years",
        ),
        ("Acme hulls · forty one · next year", "Acme%20hulls,next%20year"),  # cells are not beside each other there
        (
            "古い倉庫は当分のあいだ残ると、港湾局のAcmeは火曜日に発表した。町ではこの話がもう長く続いている。議会は三年前から解体を求めていたが、費用が高すぎると判断した。",
            None,
        ),
    ],
)
def test_a_text_fragment_names_the_ends_of_a_passage(text: str, expected: str | None) -> None:
    fragment = text_fragment(quoted(text, spans_of(text, "Acme"), "en"))
    if expected is None:  # no word is cut where only a browser knows the words
        ends = [unquote(end) for end in fragment.split(",")]
        assert ends == [
            "古い倉庫は当分のあいだ残ると、港湾局のAcmeは火曜日に発表した",
            "議会は三年前から解体を求めていたが、費用が高すぎると判断した",
        ]
    else:
        assert fragment == expected


@given(texts_with_names(), st.sampled_from(["en", "zh", "de"]))
def test_a_text_fragment_holds_words_of_the_passage_in_order(drawn: tuple[str, Spans], language: str) -> None:
    text, spans = drawn
    pieces = quoted(text, spans, language)
    words, _ = without_ellipses(pieces)
    ends = [" ".join(unquote(end).split()) for end in text_fragment(pieces).split(",")]
    assert len(ends) <= 2
    flat = " ".join(words.split())
    at = 0
    for end in ends:
        assert end in flat
        assert flat.find(end, at) >= 0 or len(ends) == 1 or flat.endswith(end)
        at = flat.find(end)
    assert not set(text_fragment(pieces)) & set("-& \n")


def test_a_passage_for_many_names_is_cut() -> None:
    names = [f"Name{n:02}" for n in range(40)]
    text = " ".join(f"{name} said that it would not come to the meeting of the board." for name in names)
    pieces = quote_passage(prepare_paragraph(text, "en"), spans_of(text, *names), spans_of(text, *names))
    words, inner = without_ellipses(pieces)
    assert len(words) < 1000
    assert len(words.split()) < 200
    assert [piece.text for piece in inner if piece.marked][:3] == names[:3]
    assert inner[-1].text.endswith("to the")
    assert quote_passage(prepare_paragraph(text, "en"), spans_of(text, *names), spans_of(text, *names))[-1].text == " …"
