"""Marks that a page's text carries through trafilatura, and the Markdown that is written out for them.

Trafilatura folds blanks, escapes signs, and has no notion of a quotation or of a list that begins at five. So code
travels as words whose signs are letters of another script, and a mark at the beginning of a line says that it is
quoted or which number its list item has. All marks are Anatolian hieroglyphs, which stand on no page but those about
that script, and are printable: trafilatura drops what is not.
"""

from __future__ import annotations

import re
from typing import cast

from site_gen.ingest.extract.tidy_markdown import escape_start

BLANK_MARK = "\uee00"  # in place of a blank that trafilatura would lose
REPEAT_MARK = "\uee01"  # before a paragraph that repeats the one before it
RULE_MARK = "\ua66e" * 3  # a letter of a single manuscript, for a line of underscores
_CODE, _INLINE_CODE, _CODE_END, _NEW_QUOTE, QUOTE_MARK, _NUMBER, _NUMBER_END = map(chr, range(0x14600, 0x14607))
_FIRST_SIGN = 0x14400
_LETTER_BY_SIGN = {sign: chr(_FIRST_SIGN + sign) for sign in range(128) if not chr(sign).isalnum()}
_SIGN_BY_LETTER = {_FIRST_SIGN + sign: chr(sign) for sign in _LETTER_BY_SIGN}
_CODE_SPAN = re.compile(f"{_INLINE_CODE}([^{_INLINE_CODE}{_CODE_END}]*){_CODE_END}")
_CODE_BLOCK = re.compile(f"{_CODE}([^{_CODE}{_CODE_END}]*){_CODE_END}")
_ANY_MARK = re.compile(f"[{_CODE}-{_NUMBER_END}{BLANK_MARK}{REPEAT_MARK}]")
_QUOTE = re.compile(f"({_NEW_QUOTE}?)({QUOTE_MARK}+) *")
_BEFORE_QUOTE = re.compile(r" *(?:(?:[-*+]|\d+[.)]|#{1,6}) +)?")
_ITEM_NUMBER = re.compile(f"^( *)\\d+\\. *{_NUMBER}(\\d+){_NUMBER_END} *")
_CONTAINER = re.compile(r"((?:> )*)( *(?:[-*+]|\d+[.)]) +| *)")
_BACKTICKS = re.compile("`+")


def mark_code(text: str, *, is_block: bool) -> str:
    """Return code as one word, which `write_out_marks` turns back into a fenced block or a code span."""
    return (_CODE if is_block else _INLINE_CODE) + text.translate(_LETTER_BY_SIGN) + _CODE_END


def mark_quote(level: int, *, is_new: bool) -> str:
    """Return what goes before a quoted line; level: how many quotations it stands in; is_new: the first of its one."""
    return _NEW_QUOTE * is_new + QUOTE_MARK * level


def mark_number(number: int) -> str:
    """Return what goes before a list item that has this number."""
    return f"{_NUMBER}{number}{_NUMBER_END}"


def is_code_block(text: str) -> bool:
    """Whether a text is nothing but marked code."""
    return text.startswith(_CODE)


def strip_marks(text: str) -> str:
    """Return a text as readers see it: without marks, code with its signs."""
    if not _ANY_MARK.search(text):
        return text
    return _ANY_MARK.sub("", re.sub(f"{_NUMBER}\\d+{_NUMBER_END}", "", text).translate(_SIGN_BY_LETTER))


def write_out_marks(markdown: str) -> str:
    """Return tidied Markdown in which quotations, numbers of list items and code stand for their marks."""
    if not _ANY_MARK.search(markdown):
        return markdown
    parts: list[str] = []
    was_quoted = False
    for block in markdown.rstrip("\n").split("\n\n"):
        text, level, is_new = _write_out_quote(block)
        if parts:
            parts.append("\n>\n" if level and was_quoted and not is_new else "\n\n")
        lines = (_ITEM_NUMBER.sub(r"\1\2. ", line) for line in text.split("\n"))
        parts += ["\n".join(_write_out_code("> " * level + line) for line in lines)]
        was_quoted = bool(level)
    return "".join(parts) + "\n"


def _write_out_quote(block: str) -> tuple[str, int, bool]:
    """Return a block without marks of quotations, how deeply it is quoted, and whether it begins a quotation."""
    quote = _QUOTE.search(block)
    if quote is None:
        return block, 0, False
    rest = _QUOTE.sub("", block)
    if block.startswith("|"):
        return rest, 0, False
    if not _BEFORE_QUOTE.fullmatch(block, 0, quote.start()):
        return "\n".join(map(_write_out_inner_quote, block.split("\n"))), 0, False
    return escape_start(rest) if quote.start() == 0 else rest, len(quote[2]), bool(quote[1])


def _write_out_inner_quote(line: str) -> str:
    """Return a line with the quotation in it, as in a list's item, as a paragraph of its own."""
    quote = _QUOTE.search(line)
    if quote is None:
        return line
    container = cast("re.Match[str]", _CONTAINER.match(line))  # it may be empty
    inner = " " * len(container[0])
    before, after = line[: quote.start()].rstrip(), _QUOTE.sub("", line[quote.end() :])
    return f"{before}\n\n{inner}{'> ' * len(quote[2])}{after}"


def _write_out_code(line: str) -> str:
    """Return a line, or a row of a table, with its code; blocks of code become lines of their own."""
    if _CODE_END not in line:
        return line
    is_row = line.startswith("|")
    if is_row:
        line = line.replace(_CODE, _INLINE_CODE)
    line = _CODE_SPAN.sub(lambda match: _span(match[1].translate(_SIGN_BY_LETTER), is_row=is_row), line)
    container = cast("re.Match[str]", _CONTAINER.match(line))  # it may be empty
    head, inner = container[0], container[1] + " " * len(container[2])
    paragraphs: list[str] = []
    for index, part in enumerate(_CODE_BLOCK.split(line[len(head) :])):
        if index % 2:
            code = part.translate(_SIGN_BY_LETTER)
            fence = _fence(code, 3)
            paragraphs.append("\n".join(f"{inner}{row}".rstrip() for row in (fence, *code.split("\n"), fence)))
        elif part.strip():
            paragraphs.append(inner + part.strip())
    text = f"\n{inner.rstrip()}\n".join(paragraphs)
    return _ANY_MARK.sub("", head + text[len(inner) :])


def _span(code: str, *, is_row: bool) -> str:
    code = " ".join(code.split())
    if not code:
        return ""
    if is_row:
        code = code.replace("|", "\\|")
    fence = _fence(code, 1)
    padding = " " if code[0] == "`" or code[-1] == "`" else ""
    return f"{fence}{padding}{code}{padding}{fence}"


def _fence(code: str, shortest: int) -> str:
    """Return more backticks than stand in a row in the code."""
    return "`" * max([shortest, *(len(run) + 1 for run in _BACKTICKS.findall(code) if len(run) >= shortest)])
