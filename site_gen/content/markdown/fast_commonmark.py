"""Ordinary news Markdown to pieces of HTML, without a general parser: ten times as fast as `tokens`.

Knows headings, paragraphs, flat lists, quotations of one paragraph, links, and emphasis that can be
read in one way only. For everything else it gives None, and `tokens` is asked: both must agree on
every text that is taken here. Section numbers are those of CommonMark 0.31.
"""

from __future__ import annotations

import re
import unicodedata
from string import punctuation
from typing import TYPE_CHECKING

from site_gen.content.markdown.spans import (
    BLOCK,
    BREAK,
    FIXED,
    IN_TEXT,
    MARKUP,
    WORDS,
    Pieces,
    block_id,
    escaped,
    gathered,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.content.markdown.spans import Part

# What is left to `tokens` wherever it stands: escapes, code, HTML, tables, struck words, tabs.
_ODD = "\\`<|~\t\r\0"
_ENTITY = re.compile("&#?[A-Za-z0-9]+;")  # 2.5
# No article has more characters, nor more of the signs that cost time; what has shall not be read twice.
_LONGEST, _MOST = 1 << 16, 2000
_TOP_HEADING = 2  # the page's title is its only h1

_HEADING = re.compile("(#{1,6}) (?! )(.+)")  # 4.2
_NUMBER = re.compile(r"[0-9]{1,9}[.)](?=\s|$)")  # 5.2
_ITEM = re.compile("([0-9]{1,9}(?=[.)])|(?=[*+-]))([.)*+-]) (.+)")  # 5.2
_MAY_START_A_BLOCK = frozenset("#>-+*_=[0123456789")

# An address that is shown as it is written: no sign that has to be encoded or that ends it (6.3).
_SAFE = "[A-Za-z0-9/._?=&#:+,;@!*$'-]*"
_ADDRESS = (
    "https?://(?:[a-z0-9-]{1,40}[.]){1,5}[a-z]{2,40}(?::[0-9]{1,4})?"
    f"(?:[/?#]{_SAFE}(?:%[0-9A-Fa-f]{{2}}{_SAFE})*)?"
)
_LINK = re.compile(rf"\[([^\[\]]+)\]\(({_ADDRESS})\)")
_WORDS_IN_BRACKETS = re.compile(r"\[[^\[\]*_\n]*\](?!\()")
_SIGNS = "*_[]\n"  # of inlines
_FLANKS = {
    " a": "open", " .": "open", ".a": "open", "a ": "close", ". ": "close", "a.": "close", "aa": "neither",
}  # fmt: skip
_CLASSES = {"L": "a", "N": "a", "P": "."}


# A block that has an id: its tag, its text as Markdown, and the HTML before and after it.
_Block = tuple[str, str, str, str]


class _NotOrdinaryError(Exception):
    """The text has to be read by `tokens`."""


def parse(text: str) -> Pieces | None:
    """The pieces of an ordinary text in NFC, else None."""
    if len(text) > _LONGEST or max(map(text.count, _SIGNS)) > _MOST or any(sign in text for sign in _ODD):
        return None
    if "&" in text and _ENTITY.search(text):
        return None
    try:
        return _read(text)
    except _NotOrdinaryError:
        return None


def _read(text: str) -> Pieces:
    chunks = [chunk for lines in text.split("\n\n") if (chunk := lines.strip("\n"))]
    levels = [len(match[1]) for chunk in chunks if chunk[0] == "#" and (match := _HEADING.match(chunk))]
    pieces: list[str] = []
    kinds: list[str] = []
    seen: dict[str, int] = {}
    between = ""  # the markup since the last block's words
    for tag, words, before, after in _blocks(chunks, _TOP_HEADING - min(levels, default=_TOP_HEADING)):
        if words.strip() != words:
            raise _NotOrdinaryError  # markdown-it cuts some of Unicode's blanks, and not others
        plain = not ("[" in words or "*" in words or "_" in words or "\n" in words or "]" in words)
        inlines = [(WORDS, words)] if plain else _inlines(words, WORDS)
        shown = words if plain else "".join([IN_TEXT.get(kind, piece) for kind, piece in inlines])
        opening = f'{between}{before}<{tag} id="{block_id(shown, seen, heading=tag[0] == "h")}">'
        if plain:
            pieces += (opening, words)
            kinds.append(BLOCK + WORDS)
            between = after
        else:
            made = gathered([(BLOCK, opening), *inlines, (MARKUP, after)])
            pieces += made.pieces[:-1]
            kinds.append(made.kinds[:-1])
            between = made.pieces[-1]
    if between:
        pieces.append(between)
        kinds.append(MARKUP)
    return Pieces(tuple(pieces), "".join(kinds))


def _blocks(chunks: Iterable[str], shift: int) -> Iterator[_Block]:
    """The blocks of chunks, which blank lines part. `shift` is added to the level of headings."""
    after_list = False
    for chunk in chunks:
        is_list = False
        if _starts_paragraph(chunk):
            yield _paragraph(chunk)
        elif chunk[0] == "#":
            yield _heading(chunk, shift)
        elif chunk[0] == ">":
            yield _quotation(chunk)
        elif after_list:
            raise _NotOrdinaryError  # it may go on with the same list, which is loose then (5.3)
        else:
            is_list = True
            yield from _list(chunk)
        after_list = is_list


def _paragraph(text: str) -> _Block:
    """4.8"""
    if "\n" in text and not all(map(_starts_paragraph, text.split("\n"))):
        raise _NotOrdinaryError
    return "p", text, "", "</p>\n"


def _heading(line: str, shift: int) -> _Block:
    """4.2"""
    match = _HEADING.fullmatch(line)
    if not match or line[-1] == "#":  # a closing row of signs is not shown
        raise _NotOrdinaryError
    tag = f"h{min(6, len(match[1]) + shift)}"
    return tag, match[2], "", f"</{tag}>\n"


def _quotation(chunk: str) -> _Block:
    """5.1"""
    lines = chunk.split("\n")
    if not all(line[:2] == "> " and _starts_paragraph(line[2:]) for line in lines):
        raise _NotOrdinaryError
    return "p", "\n".join(line[2:] for line in lines), "<blockquote>\n", "</p>\n</blockquote>\n"


def _list(chunk: str) -> Iterator[_Block]:
    """5.3, tight: the items carry the ids, their paragraphs have no tags."""
    lines = chunk.split("\n")
    first = _ITEM.match(lines[0])
    if not first:
        raise _NotOrdinaryError
    number, mark = first[1], first[2]
    tag = "ol" if number else "ul"
    before = f'<{tag} start="{int(number)}">\n' if number and int(number) != 1 else f"<{tag}>\n"
    for nth, line in enumerate(lines, 1):
        item = _ITEM.fullmatch(line)
        if not item or item[2] != mark or not _starts_paragraph(item[3]):
            raise _NotOrdinaryError
        yield "li", item[3], before, "</li>\n" if nth < len(lines) else f"</li>\n</{tag}>\n"
        before = ""


def _starts_paragraph(text: str) -> bool:
    """Whether a text surely begins with a line of a paragraph, and with no other block."""
    first = text[:1]
    if first not in _MAY_START_A_BLOCK:
        return first not in {"", " "}
    if first in "*_":
        return text[1:2] not in {"", " ", "\n"}  # the rest of a thematic break (4.1) is no emphasis
    if first == "[":
        return "]:" not in text  # 4.7
    if first.isdigit():
        return not _NUMBER.match(text)
    return first != ">" and text[1:2].isalnum()


def _inlines(text: str, words: str, before: str = " ") -> list[Part]:
    """The parts of a text with emphasis, links and line ends.

    words: the kind of its words; before: the character that stands before it.
    """
    parts: list[Part] = []
    done = end = 0  # what stands before is in `parts`, or read
    opened = ""
    for start in _places(text):
        if start < end:
            continue
        sign = text[start]
        if sign == "\n":
            end, made = start + 1, _line_end(text, start)
        elif sign == "[":
            end, made = _link(text, start)
        elif sign == "]":
            raise _NotOrdinaryError
        else:
            mark = sign * 2 if text[start + 1 : start + 2] == sign else sign
            end = start + len(mark)
            after = text[end : end + 1] or " "
            if after == sign:
                raise _NotOrdinaryError
            opened, made = _emphasis(mark, _flanks(text[start - 1] if start else before, after), opened)
        if made:
            parts.append((words, text[done:start]))
            parts += made
            done = end
    if opened:
        raise _NotOrdinaryError
    parts.append((words, text[done:]))
    return parts


def _places(text: str) -> list[int]:
    """Where the signs of inlines stand. Five searches for one sign are faster than one for five."""
    found: list[int] = []
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            found.append(at)
            at = text.find(sign, at + 1)
    found.sort()
    return found


def _line_end(text: str, at: int) -> list[Part]:
    """6.8; one blank before it is dropped, two make it a hard break (6.7)."""
    if text[at - 1 : at] == " ":
        raise _NotOrdinaryError
    return [(BREAK, "\n")]


def _link(text: str, at: int) -> tuple[int, list[Part]]:
    """6.3: where what begins with the bracket at `at` ends, and its parts; none when it is mere words."""
    link = _LINK.match(text, at)
    if link and text[at - 1 : at] != "!":  # or it is an image
        opening = f'<a href="{escaped(link[2])}" rel="noopener nofollow">'
        return link.end(), [(MARKUP, opening), *_inlines(link[1], FIXED, "["), (MARKUP, "</a>")]
    words = _WORDS_IN_BRACKETS.match(text, at)  # there are no references that it could be a link to
    if words:
        return words.end(), []
    raise _NotOrdinaryError


def _emphasis(mark: str, can: str, opened: str) -> tuple[str, list[Part]]:
    """6.2: the run that is open after a run of * or _, and its parts; none when it is mere words."""
    tag = "strong" if len(mark) == 2 else "em"
    if can == "open" and not opened:
        return mark, [(MARKUP, f"<{tag}>")]
    if can == "close" and opened == mark:
        return "", [(MARKUP, f"</{tag}>")]
    if can == "neither" and mark[0] == "_":
        return opened, []
    raise _NotOrdinaryError


def _flanks(before: str, after: str) -> str:
    """What a run of * or _ between two characters can do (6.2). What could both open and close, and a
    run between blanks, is left to `tokens`, and so are signs that versions of the rule class apart."""
    return _FLANKS.get(_class(before) + _class(after), "")


def _class(sign: str) -> str:
    """Of a character: a blank, a full stop for punctuation, an `a` for letters and digits."""
    if sign in punctuation:
        return "."
    return " " if sign in " \n" else _CLASSES.get(unicodedata.category(sign)[0], "?")
