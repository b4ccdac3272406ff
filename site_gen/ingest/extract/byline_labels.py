"""What stands before an author's name in a byline (`By`, `Geschrieben von`, `作者：`), and behind it (`기자`).

The words stand in byline_labels.txt.
"""

from __future__ import annotations

import re

from site_gen.core.word_lists import WordLists

_LISTS = WordLists(__package__, "byline_labels.txt")
_ENGLISH = (
    r"(?:(?:this )?(?:article|blog(?: post)?|story|post|recipe|guest post|column|analysis|opinion|review|text|words"
    r"|interview)\s+)?(?:(?:was |is )?(?:written|posted|published|reported|authored|created|submitted|started"
    r"|contributed|compiled|researched)\s+)?by"
)
_LABELS = "|".join(map(re.escape, _LISTS.phrases("labels")))
_COLON_LABELS = "|".join(map(re.escape, _LISTS.phrases("labels with a colon")))
_CLOSE_LABELS = "|".join(map(re.escape, _LISTS.phrases("labels without a blank")))
# The beginning of a byline, up to the name.
BYLINE_START = re.compile(
    rf"^(?:(?:{_ENGLISH}|{_LABELS})(?![\w'’-])|(?:{_COLON_LABELS})\s?(?=[:：])|{_CLOSE_LABELS}|[\u3400-\u9fff]{{2,8}}(?:記者|记者)(?=[:：\s])|기자(?=\s))[:：●\s]*",
    re.IGNORECASE,
)
# The beginning of a line with a byline behind a day or an outlet: `2026-03-04 | Author: `.
LATER_BYLINE_START = re.compile(
    rf"^.{{1,60}}?[\s|·•](?:{_LABELS}|{_COLON_LABELS}|{_CLOSE_LABELS})\s?[:：]\s*(?=\S)", re.IGNORECASE
)
_KOREAN_ROLES = "|".join(_LISTS.phrases("Korean roles"))
_NAME_WITH_ROLE = re.compile(
    rf"([\uac00-\ud7a3]{{2,4}}(?:[·,] ?[\uac00-\ud7a3]{{2,4}}){{0,7}})\s?(?:{_KOREAN_ROLES})(?!\w)"
    rf"|([\u3400-\u9fff]{{2,5}})\s+(?:記者|记者)$"
)


def name_before_role(text: str) -> str | None:
    """Return the names that a text in Korean, Japanese or Chinese begins with, where a reporter's role follows."""
    match = _NAME_WITH_ROLE.match(text)
    return match and (match[1] or match[2])
