"""Tell lines that belong to the page around an article by their words: labels, buttons, notices, in many languages.

The words stand in boilerplate_labels.txt. Lines that are told by what they do: `boilerplate_lines`.
"""

from __future__ import annotations

import re

from site_gen.core.text import word_key, words
from site_gen.core.word_lists import WordLists

_LISTS = WordLists(__package__, "boilerplate_labels.txt")
_TAILS = frozenset(map(word_key, _LISTS.phrases("tails")))
_LABELS = frozenset(map(word_key, _LISTS.phrases("labels")))
_STARTS = tuple(tuple(phrase.split()) for phrase in _LISTS.phrases("starts"))
_FIRST_WORDS = frozenset(start[0] for start in _STARTS)
_NOTICE = re.compile("|".join(_LISTS.phrases("notice patterns")), re.IGNORECASE)
_NOTICE_HINTS = _LISTS.phrases("notice hints")
_COUNT = re.compile(
    r"^(?:\d+|no)\s+(?:comments?|replies|responses|shares?|likes?|views?|kommentare?|commentaires?|comentarios?)$"
)
_MAX_START_WORDS = 8  # of a line that is boilerplate by its first words
_MAX_NOTICE = 300  # characters; a longer line is prose that happens to speak of cookies


def is_tail(line: str) -> bool:
    """Tell whether the article ends before this line."""
    key = word_key(line)
    return key in _TAILS or bool(_COUNT.match(key))


def is_label(line: str) -> bool:
    """Tell whether the whole line is boilerplate. A line without a word or number (` | | `) is."""
    line_words = words(line)
    if not line_words:
        return True
    key = " ".join(line_words)
    if key in _TAILS or key in _LABELS or _COUNT.match(key):
        return True
    if all(word in _LABELS for word in line_words):  # a share bar: "Facebook Twitter LinkedIn"
        return True
    if line_words[0] not in _FIRST_WORDS or len(line_words) > _MAX_START_WORDS:
        return False
    starts_so = any(tuple(line_words[: len(start)]) == start for start in _STARTS)
    return starts_so and line.rstrip()[-1:] not in ".!?。"


def is_notice(line: str) -> bool:
    """Tell whether the line is what a site tells every visitor: cookies, rights, comment rules, trackers."""
    if len(line) >= _MAX_NOTICE:
        return False
    folded = line.lower() if line.isascii() else line.casefold().replace("ı", "i")  # as the patterns ignore case
    return any(hint in folded for hint in _NOTICE_HINTS) and bool(_NOTICE.search(line))
