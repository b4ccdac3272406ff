"""Words that stand near companies: what speaks for a name that may stand for something else.

The lists are in `business_words.txt`.
"""

from __future__ import annotations

import re

from site_gen.core.word_lists import WordLists

WINDOW = 80  # characters on either side of a name
BESIDE = 12  # characters that hold a word right beside a name: `shares of Anchor`
_LISTS = WordLists(__package__, "business_words.txt")
_WORDS = _LISTS.words("words")
_WORDS_OF_THINGS = tuple(_LISTS.words("words of things"))
_STEMS = tuple(_LISTS.words("stems"))
_UNSPACED = re.compile("|".join(_LISTS.phrases("unspaced")))
_SENTENCE_END = re.compile(r"\0|\n|(?<![A-Z])[.!?](?=\s)|[。！？]")
_TOKEN = re.compile(r"[^\W_]+")


def find_business_word(text: str, start: int, end: int, window: int = WINDOW, *, of_things: bool = True) -> str:
    """Return the first business word within so many characters of `text[start:end]`, or an empty string.

    of_things: whether words count that stand beside things and trades as well (VPN software, the launch of Apollo).

    The word is given as the text writes it. It stands in the sentence of the name.
    """
    before = _SENTENCE_END.split(text[max(0, start - window) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + window], 1)[0]
    for part in (before, text[start:end], after):
        for token in _TOKEN.findall(part):
            small = token.lower()
            if not of_things and small.startswith(_WORDS_OF_THINGS):
                continue
            if small in _WORDS or (small.startswith(_STEMS) and small not in _STEMS):
                return str(token)
    surroundings = f"{before}{after}".lower()
    if "chief executive" in surroundings:
        return "chief executive"
    if not surroundings.isascii() and (match := _UNSPACED.search(before) or _UNSPACED.search(after)):
        return match[0]
    return ""
