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
_TRIGGERS = _LISTS.words("credits") | _LISTS.words("owners") | {"copyright", "c"}
_TRIGGERS |= {_TOKEN.findall(phrase)[0] for phrase in _LISTS.phrases("calls")}
_CONTACT_WORDS = _LISTS.words("contact words")


def furniture_reason(text: str, start: int, end: int) -> str:  # noqa: PLR0911  a list of cases
    """Return in what line of its page's furniture the name `text[start:end]` stands, in words; empty where in none.

    text: `tagger.joined_text`. A title is no furniture.
    """
    line_start = text.rfind("\0", 0, start)
    if line_start < 0:
        return ""
    line_end = text.find("\0", end)
    if line_end < 0:
        line_end = len(text)
    before = text[max(line_start, start - _BEFORE) : start]
    if line_end - line_start <= _MOST_OFFER:
        if line_end - line_start <= _MOST_BUTTON and _is_button(text[start:end], before, text[end:line_end]):
            return "in a button or a profile"
        if _SHOP_CALL.fullmatch(before) or (_PRICE.match(text, end) and _PREPOSITION_BEFORE.search(before)):
            return "as a place to buy"
    if text[end : end + 1] == ":" and (not before[2:] or _PREPOSITION_ALONE.fullmatch(before, 2)):
        return "in a button or a profile" if _ADDRESS.match(text, end) else ""
    if text.startswith(_AFTER_CREDITS, end):
        return "in the credit of a picture"
    if "©" not in before and _TRIGGERS.isdisjoint(_TOKEN.findall(before.lower())):
        return ""  # so it is with most names
    if _AFTER_COPYRIGHT.search(before):
        return "in a copyright line"
    if _AFTER_CALL.search(before) or (_PRESENCE.match(text, end) and _BEFORE_PRESENCE.search(before)):
        return "as a place to follow or share"
    is_credit = _AFTER_CREDIT.search(before) and _CREDIT_END.match(text, end)
    return "in the credit of a picture" if is_credit else ""


def _is_button(name: str, before: str, after: str) -> bool:
    """Return whether a line is a name with nothing but words of buttons and profiles, and sites that anybody may be at.

    before, after: what stands before and after the name in its line.
    """
    others = set(_TOKEN.findall(f"{before} {after}".lower()))
    is_at_site = name.lower() in SITES_OF_OTHERS
    return (is_at_site or not others.isdisjoint(_CONTACT_WORDS)) and others - SITES_OF_OTHERS <= _CONTACT_WORDS
