"""Blocks of a page as Markdown."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from site_gen.ingest.extract.html.page_blocks import MARKUP
from site_gen.ingest.extract.html.page_marks import BLANK_MARK, REPEAT_MARK, is_code_block
from site_gen.ingest.extract.tidy_markdown import escape_inline, escape_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.ingest.extract.html.page_blocks import PageBlock

_MAX_CELL_LENGTH = 300  # characters; a table of longer cells lays out a page


def render_blocks(blocks: Iterable[PageBlock], page_url: str | None) -> str:
    """Render blocks as Markdown; relative links are completed by the page's address."""
    parts: list[str] = []
    for table, group in groupby(blocks, key=lambda block: block.table):
        members = list(group)
        rows = [list(row) for _, row in groupby(members, key=lambda block: block.row)]
        if table and len(rows) > 1 and all(len(block.text) <= _MAX_CELL_LENGTH for block in members):
            parts.append(_render_table(rows, page_url))
        else:
            parts += _render_flow(members, page_url)
    return "\n\n".join(parts)


def _render_flow(blocks: Sequence[PageBlock], page_url: str | None) -> Iterator[str]:
    """Yield paragraphs, headings, code, quotes, and each run of list items as one part."""
    items: list[str] = []
    last_item = 0
    for block in blocks:
        text = _render_inline(block.pieces, page_url)
        is_listed = block.item and block.list_depth and block.tag[0] != "h"
        if not is_listed and items:
            yield "\n".join(items)
            items, last_item = [], 0
        if is_listed:
            indent = "   " * (block.list_depth - 1)
            marker = "1. " if block.is_ordered else "- "
            items.append(f"{indent}{marker if block.item != last_item else '   '}{text}")
            last_item = block.item
        elif block.tag == "pre" and not is_code_block(text):
            code = "".join(piece for piece in block.pieces if piece[:1] != MARKUP).replace(BLANK_MARK, "").strip("\n")
            yield f"```\n{code}\n```"
        elif block.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            yield f"{'#' * int(block.tag[1])} {text}"
        else:
            yield escape_start(text)
    if items:
        yield "\n".join(items)


def _render_table(rows: Sequence[Sequence[PageBlock]], page_url: str | None) -> str:
    cells = [[_render_inline(block.pieces, page_url).replace("|", "\\|") for block in row] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _render_inline(pieces: Sequence[str], page_url: str | None) -> str:
    """Return the pieces of a block as one line of Markdown; markup that nothing closes is left out."""
    # Open markup, from the outermost inwards: the sign that opened it, and the texts in it so far.
    levels: list[tuple[str, list[str]]] = [("", [])]
    for piece in pieces:
        if piece[:1] != MARKUP:
            levels[-1][1].append(escape_inline(piece.replace(BLANK_MARK, "").replace(REPEAT_MARK, "")))
        elif piece[1] in "[*`":
            levels.append((piece[1:], []))
        elif len(levels) > 1 and (piece[1] == "]") == (levels[-1][0][0] == "["):
            sign, texts = levels.pop()
            levels[-1][1].append(_wrap(sign, "".join(texts), page_url))
    return " ".join("".join("".join(texts) for _, texts in levels).split())


def _wrap(sign: str, text: str, page_url: str | None) -> str:
    """Put markup around a text; `sign` is `**`, `*`, a backtick, or `[` and a link's address."""
    bare = text.strip()
    if not bare or "\n\n" in bare:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if sign[0] == "[":
        href = _absolute_href(sign[1:], page_url)
        return f"{before}[{bare}]({href}){after}" if href else text
    if sign == "`":
        return text
    return f"{before}{sign}{bare}{sign}{after}" if before or after or sign == "**" else text


def _absolute_href(href: str, page_url: str | None) -> str | None:
    """Return a link's address completed and safe within Markdown; None where it is not one for readers."""
    try:
        url = urljoin(page_url or "", href.strip())
        scheme = urlsplit(url).scheme
    except ValueError:
        return None
    if scheme not in {"http", "https", "mailto"}:
        return None
    return "".join(f"%{ord(character):02X}" if character in " ()<>\n\t\\" else character for character in url)
