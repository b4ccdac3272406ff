"""Word lists in text files beside the module that reads them."""

from __future__ import annotations

import justext
import pytest

from site_gen.core.word_lists import WordLists, small_words

LEXICON = WordLists("site_gen.entities", "lexicon.txt")


def test_words_are_separated_by_blanks_and_line_ends() -> None:
    assert {"ооо", "pt"} <= LEXICON.words("leading legal forms")
    assert "#" not in "".join(LEXICON.words("firms"))


def test_phrases_may_hold_blanks_and_keep_their_order() -> None:
    assert LEXICON.phrases("regions")[:2] == ("Alabama", "Alaska")
    assert "New Hampshire" in LEXICON.phrases("regions")


def test_a_list_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        LEXICON.words("planets")


def test_small_words_are_those_of_justext() -> None:
    assert all(small_words(language) == justext.get_stoplist(language) for language in justext.get_stoplists())
    with pytest.raises(LookupError):
        small_words("Klingon")
