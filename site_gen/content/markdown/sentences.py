"""Where the sentences of a text end: sentencex's ends, without those at abbreviations and numbers. Pure."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

import sentencex

from site_gen.core.text import primary_language

_UNUSUAL_BLANK = re.compile(r"[^\S\n ]")
_CAPITAL_NOUN_LANGUAGES = frozenset({"de", "lb"})  # `des 21. Bundestages`: elsewhere a small letter follows `21.`
_ORDINAL_END = re.compile(r"(?:^|[\s(])\d{1,2}\.\s+$")
# Initials, titles, hours and the like of several languages: no sentence ends with them.
_ABBREVIATION_END = re.compile(
    r"(?:^|[\s(«“])(?:[^\W\d_]|Mme|Mlle|MM|Mgr|Sra?|Srta|Dña?|[ap]\. ?m|Fa|Hrn?|Inh|Mass|им|г|ул|руб|dr|hr|mevr|dhr"
    r"|sig)\.\s*$"
)
_SHORT_WORD_END = re.compile(r"(?:^|[\s(«“])[^\W_][\w.]{0,4}\.\s*$")  # before a small letter it is an abbreviation


def split_sentences(text: str, language: str) -> list[str]:
    """Return the sentences of a text; joined they are the text again. language: BCP 47 tag."""
    return [text[start:end] for start, end in pairwise([0, *sentence_ends(text, language)])]


def sentence_ends(text: str, language: str) -> list[int]:
    """Return the offsets where the sentences of a text end, the last at its end. language: BCP 47 tag."""
    code = primary_language(language)
    # sentencex 1.0 panics at some blanks of more than one byte (U+00A0, U+3000) beside a full stop. They
    # and their like are not printable; a look for that is faster than one for blanks.
    plain = text if text.replace("\n", "").isprintable() else _UNUSUAL_BLANK.sub(" ", text)
    try:
        parts: list[str] = sentencex.segment(code, plain)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception
            raise
        return [len(text)]
    if "".join(parts) != plain:
        return [len(text)]
    ends = list(accumulate(map(len, parts)))
    return [end for end in ends[:-1] if not _goes_on(plain, end, code)] + ends[-1:]


def _goes_on(text: str, end: int, code: str) -> bool:
    """Return whether a sentence goes on after an offset where sentencex sees its end. code: the language's, as `de`."""
    before = text[max(0, end - 12) : end]
    return bool(
        _ABBREVIATION_END.search(before)
        or (code in _CAPITAL_NOUN_LANGUAGES and _ORDINAL_END.search(before))
        or (text[end].islower() and _SHORT_WORD_END.search(before))
    )
