"""Names in the lines that a page puts around its text: where to follow, share and contact, credits, copyrights.

Such a name is its company's, and still no news of it. The words of these lines are in `page_furniture.txt`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching.subject_model import SITES_OF_OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.entities.matching.matcher import Hit

_LISTS = WordLists(__package__, "page_furniture.txt")
_BEFORE = 90  # characters before a name that are looked at
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MOST_BUTTON, _MOST_OFFER = 40, 80  # characters of a line that is a button, and of one that sells something


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of the words, in small letters or capitals."""
    return f"(?i:{'|'.join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))})"


_CALLS = _any_of(_LISTS.phrases("calls"))
_DETERMINERS, _OWNERS = _any_of(_LISTS.words("determiners")), _any_of(_LISTS.words("owners"))
_PREPOSITIONS = _any_of(_LISTS.words("prepositions"))
_OTHER_NAMES = r"(?:[A-Z][^\s,/]*(?:,\s(?:and |or )?|\s(?:and|or|und|et|y|e|&)\s|\s?/\s?))*"
# `follow us on`, `Follow Jo Doe on Acme and`: what is followed has a capital only where the call begins its sentence.
_AFTER_CALL = re.compile(
    rf"(?:\b{_CALLS}\s{_any_of(_LISTS.words('objects'))}\b|(?:^|[.!?:]\s|\0 ){_CALLS}\s[A-Z@])"
    rf"[^.!?\0]{{0,60}}\b{_PREPOSITIONS}\s(?:{_DETERMINERS}\s)?{_OTHER_NAMES}$"
)
_BEFORE_PRESENCE = re.compile(rf"\b(?:{_OWNERS}|{_CALLS}(?:\s{_DETERMINERS})?)\s(?:[A-Z]\w+\s)?$")
_PRESENCE = re.compile(rf"\s{_any_of(_LISTS.words('presences'))}\b")
_CREDITS, _CREDIT_LINKS = _any_of(_LISTS.words("credits")), _any_of(_LISTS.words("credit links"))
_AFTER_CREDIT = re.compile(
    rf"(?:^|\0 |[(\[.|/–—]\s?){_CREDITS}(?:\s?:|\s{_CREDIT_LINKS}\b:?)+\s"
    r"(?:[A-Z][\w.'’-]*(?:,?\s|\s?/\s?| for ))*$"
)
_CREDIT_END = re.compile(r"\s?(?:[/,.;|)\]\0]|$)")
_AFTER_CREDITS = tuple(f" {phrase}" for phrase in _LISTS.phrases("after credits"))
_AFTER_COPYRIGHT = re.compile(r"(?:©|(?:\([Cc]\)|\b[Cc]opyright(?: ©| \([Cc]\))?)\s?\d{4})[^.!?\0]{0,60}$")
_SHOP_CALL = re.compile(rf"\0 {_any_of(_LISTS.phrases('shop calls'))}\s")
_PREPOSITION_BEFORE = re.compile(rf"\s{_PREPOSITIONS}\s$")
_PRICE = re.compile(r"(?:\s?[-–:])?\s?(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?[€£])\s*(?:\0|$)")
_PREPOSITION_ALONE = re.compile(rf"{_PREPOSITIONS}\s")
# After a name that begins its line: the address there, or a call.
_ADDRESS = re.compile(rf":\s?(?:@|https?:|www\.|[a-z][\w.-]*(?:\0|$)|{_CALLS}\b)")
# The small words that stand right before the name in a line after a call or a credit, or with a presence.
_WORDS_BEFORE = frozenset(["and", "or", "und", "et", "y", "e"]).union(
    *map(_LISTS.words, ("prepositions", "determiners", "owners", "credit links")),
    (phrase.split()[-1] for phrase in _LISTS.phrases("calls")),
)
_CALL_BEGINNINGS = {_TOKEN.findall(phrase)[0] for phrase in _LISTS.phrases("calls")}
_CONTACT_WORDS = _LISTS.words("contact words")


def furniture_reason(text: str, hits: Iterable[Hit]) -> str:
    """Return in what lines of its page's furniture a name stands, in words; empty where one of its places is in none.

    text: `tagger.joined_text`. hits: the places of the name, none in the title, which is no furniture.
    """
    reason = ""
    for hit in hits:
        start, end = hit.start, hit.end
        line_start = text.rfind("\0", 0, start)
        before = text[max(start - _BEFORE, line_start) : start]
        # So it is with most names: an ordinary word before them, in a line that is long.
        word = (before.rsplit(None, 1) or ("",))[-1]
        is_after_word = word.islower() and word not in _WORDS_BEFORE and word.isalpha()
        if (
            is_after_word
            and text.find("\0", end, line_start + _MOST_OFFER + 1) < 0
            and line_start + _MOST_OFFER < len(text)
            and not ("©" in before or "opyright" in before or "(c)" in before or "(C)" in before)
            and not text.startswith(_AFTER_CREDITS, end)
        ):
            return ""
        reason = _line_reason(text, start, end, line_start, before)
        if not reason:
            return ""
    return reason


def _line_reason(text: str, start: int, end: int, line_start: int, before: str) -> str:  # noqa: PLR0911  a list of cases
    """Return in what line of furniture the name `text[start:end]` stands, in words; empty where in none.

    before: what stands before it in its line, the NUL included.
    """
    line_end = text.find("\0", end)
    if line_end < 0:
        line_end = len(text)
    if line_end - line_start <= _MOST_OFFER:
        if line_end - line_start <= _MOST_BUTTON and _is_button(text[start:end], before, text[end:line_end]):
            return "in a button or a profile"
        if _SHOP_CALL.fullmatch(before) or (_PRICE.match(text, end) and _PREPOSITION_BEFORE.search(before)):
            return "as a place to buy"
    if text[end : end + 1] == ":" and (not before[2:] or _PREPOSITION_ALONE.fullmatch(before, 2)):
        return "in a button or a profile" if _ADDRESS.match(text, end) else ""
    if text.startswith(_AFTER_CREDITS, end):
        return "in the credit of a picture"
    if _AFTER_COPYRIGHT.search(before):
        return "in a copyright line"
    has_call = not _CALL_BEGINNINGS.isdisjoint(_TOKEN.findall(before.lower()))
    if (has_call and _AFTER_CALL.search(before)) or (_PRESENCE.match(text, end) and _BEFORE_PRESENCE.search(before)):
        return "as a place to follow or share"
    is_credit = _CREDIT_END.match(text, end) and _AFTER_CREDIT.search(before)
    return "in the credit of a picture" if is_credit else ""


def _is_button(name: str, before: str, after: str) -> bool:
    """Return whether a line is a name with nothing but words of buttons and profiles, and sites that anybody may be at.

    before, after: what stands before and after the name in its line.
    """
    others = set(_TOKEN.findall(f"{before} {after}".lower()))
    is_at_site = name.lower() in SITES_OF_OTHERS
    return (is_at_site or not others.isdisjoint(_CONTACT_WORDS)) and others - SITES_OF_OTHERS <= _CONTACT_WORDS
