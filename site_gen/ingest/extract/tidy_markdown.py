"""Tidy extracted text: Markdown that says what the page said, without boilerplate."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from site_gen.core.text import word_key, words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_notice, is_tail
from site_gen.ingest.extract.boilerplate_lines import is_above, is_pointer, is_promotion

if TYPE_CHECKING:
    from collections.abc import Sequence

# What begins a block of Markdown other than a paragraph, and what means something within one.
_AT_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|={2,}\s*$|-{2,}\s*$|~{3}|`{3}|\|)")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_INLINE = re.compile(r"([\\`*_~\[\]<]|&(?=#?\w+;))")
_TABLE_RULE = re.compile(r"^\|?[\s|:-]+\|?$")  # below the head of a table
_CELL_END = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\]\n]{0,400})\]\((?:<[^>\n]{0,1000}>|[^)\n]{0,1000})\)")
_MARKUP = re.compile(r"^[#>*+\s|-]+|[*_`|]+")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])(?:\s|$)")
_EMPTY_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])")

# `**Sparkle:**Organize` is no strong emphasis: CommonMark wants a blank behind it (its "right-flanking" rule).
_UNCLOSED = re.compile(r"\*\*([^*\n]{1,200}[^\w\s*])\*\*(?=\w)")
_RULE = re.compile(r"^_{3,}$")  # a line of underscores that would become a rule
# What plugins put behind a sentence that readers are to pass on.
_CLICK_TO_TWEET = re.compile(r"(?:(?<!\s)\s+)?\bClick To Tweet(?=\]\(\S*\)$|$)", re.IGNORECASE)
_MAX_CELLS = 20_000  # of a table whose rows are made equally long
_MAX_ABOVE = 5  # blocks above a text: dateline, byline, section
_MAX_LABEL = 300  # characters; a longer block is prose, whatever it speaks of
_MAX_EMPTY_HEADINGS = 2  # at the end, with nothing under them; more are a list's items
_LAST_BLOCKS = 4  # of a text, which may be its site's requests to readers


def escape_paragraph(text: str) -> str:
    """Return plain text as a Markdown paragraph that shows exactly this text."""
    return escape_start(escape_inline(text))


def escape_inline(text: str) -> str:
    """Return plain text as it stands within a Markdown paragraph."""
    return _INLINE.sub(r"\\\1", text)


def escape_start(text: str) -> str:
    """Return a line that would begin a heading, a list or the like as one that begins a paragraph."""
    text = _AT_START.sub(r"\1\\\2", text)
    return _NUMBERED.sub(r"\1\\\2", text)


def tidy(markdown: str, title: str) -> str:
    """Return Markdown from an extractor without boilerplate.

    Taken out are labels, notices, the title again, tables without words, and the tail that begins at a strong label
    once most of the text is past. Lists, tables and code stay blocks of their own, one blank line between blocks.
    """
    blocks = [
        block if block.startswith("```") else _without_click_to_tweet(_part_strong(block))
        for block in _blocks(markdown)
    ]
    total = sum(map(len, blocks))
    title_words = word_key(title)
    tidied: list[str] = []
    past = 0  # characters of the blocks before
    above = _count_above(blocks)
    is_below_label = False
    for index, block in enumerate(blocks):
        bare = _bare(block)
        if index > 2 and past >= 0.6 * total and len(bare) <= _MAX_LABEL and is_tail(bare):
            break
        past += len(block)
        if block.startswith("```"):
            tidied.append(block)
            continue
        if tidied and _RULE.match(block):
            tidied.append(block.replace("_", "\\_"))
            continue
        if "\n" not in block and _is_boilerplate(block, bare, is_late=index >= len(blocks) - _LAST_BLOCKS):
            is_below_label = True
            continue
        if is_below_label and _is_links(block):  # "Explore further", and the links below it
            continue
        is_below_label = False
        if index < above and not block.startswith("#") and is_above(bare):
            continue
        if index < 4 and title_words and word_key(bare) == title_words:
            continue
        if "\n" in block or block.startswith("|"):
            block = _tidy_lines(block)  # noqa: PLW2901
        if block:
            tidied.append(block)
    headings = len(list(takewhile(lambda block: block.startswith("#"), reversed(tidied))))
    if headings <= _MAX_EMPTY_HEADINGS:
        del tidied[len(tidied) - headings :]
    return "\n\n".join(tidied) + "\n" if tidied else ""


def tidy_form(markdown: str) -> str:
    """Return Markdown with the form that `tidy` gives it, and all that it says: nothing in it is boilerplate."""
    blocks = (
        block
        if block.startswith("```")
        else _tidy_table(block.split("\n"))
        if block.startswith("|")
        else _part_strong(block)
        for block in _blocks(markdown)
    )
    return "".join(f"{block}\n\n" for block in blocks if block).rstrip("\n") + "\n"


def _part_strong(block: str) -> str:
    """Return a block with the marks of strong words where CommonMark takes them for such.

    They stand beside the words (`by ** Acme**` would show its asterisks), and a sign within them has no word behind
    them (`**Sparkle:**Organize`): its "flanking" rules.
    """
    parts = block.split("**")
    if len(parts) % 2 == 0 or "***" in block or any("**" in code for code in block.split("`")[1::2]):
        return block
    for index in range(1, len(parts), 2):
        part = parts[index]
        if bare := part.strip():
            before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
            if not bare[-1].isalnum() and parts[index + 1][:1].isalnum():
                after = after or " "
            part = f"{before}**{bare}**{after}"
        parts[index] = part
    return "".join(parts)


def _without_click_to_tweet(block: str) -> str:
    return _CLICK_TO_TWEET.sub("", block) if "tweet" in block.lower() else block


def _count_above(blocks: list[str]) -> int:
    """Return how many blocks stand above the text's first paragraph: few, else they are the text."""
    for index, block in enumerate(blocks[: _MAX_ABOVE + 1]):
        if "\n" in block or block.startswith(("-", "|", ">")):
            return index
        if not block.startswith("#") and not is_above(_bare(block)):
            return index
    return 0


def _is_links(block: str) -> bool:
    """Tell whether a block holds nothing but links."""
    return "](" in block and not words(_LINK.sub("", block))


def _is_boilerplate(block: str, bare: str, *, is_late: bool) -> bool:
    """Tell whether a block of one line is no part of the text.

    is_late: it is one of the last blocks, where a site asks its readers to subscribe.
    """
    if len(bare) > _MAX_LABEL:
        return False
    if is_label(bare) or is_notice(bare) or is_pointer(bare):
        return True
    return is_late and not block.startswith("#") and is_promotion(bare)


def _bare(block: str) -> str:
    """Return the words of a block, without Markdown's marks and the addresses of links."""
    return _MARKUP.sub("", _LINK.sub(r"\1", block)).strip()


def _tidy_lines(block: str) -> str:
    """Return a list or table without boilerplate and rows that hold no word."""
    lines = block.split("\n")
    if lines[0].lstrip().startswith("|"):
        return _tidy_table(lines)
    return "\n".join(
        line for line in lines if not (is_notice(_bare(line)) or (is_label(_bare(line)) and len(line) < 60))
    )


def _tidy_table(lines: Sequence[str]) -> str:
    """Return a table's rows as wide as the widest, below a head; without rows that hold no word.

    Markdown shows no table without a head, and no cell beyond it: where the page has no head, an empty one is put in. A
    single row without a head, or a single column, is text.
    """
    shown = [line.strip() for line in lines if not _TABLE_RULE.match(line) and words(line)]
    rows = [_CELL_END.split(line.removeprefix("|").removesuffix("|")) for line in shown]
    has_head = len(lines) > 1 and bool(_TABLE_RULE.match(lines[1]))
    width = max(map(len, rows), default=0)
    if width == 1 or (len(rows) == 1 and not has_head):
        return "\n\n".join(escape_start(cell.strip()) for row in rows for cell in row if words(cell))
    if not has_head:
        rows = [[], *rows]
    filled = width if width * len(rows) <= _MAX_CELLS else 0  # Markdown fills the rows that are shorter than the first
    rows[0] += [""] * (width - len(rows[0]))
    written = [f"| {' | '.join(cell.strip() for cell in [*row, *[''] * (filled - len(row))])} |" for row in rows]
    return "\n".join([written[0], f"|{'---|' * width}", *written[1:]]) if rows[has_head:] or words(written[0]) else ""


def _blocks(markdown: str) -> list[str]:
    """Return the blocks of trafilatura's Markdown: parted by blank lines, but for fenced code.

    A page's own line breaks and indents come through in its paragraphs; four blanks would make code of
    them, so they go. A list keeps the indents of its items.
    """
    blocks: list[list[str]] = []  # the pieces of each
    fence: list[str] | None = None
    is_new_block = True  # whether the next line begins a block
    last_line = ""  # of the block that is open, up to where other lines were joined to it
    is_empty_item = False  # whether it is a list's item without words so far
    for raw in markdown.split("\n"):
        line = raw.strip()
        kind, last_kind = _kind(raw), _kind(last_line)
        # Indented, or below an empty item, a line belongs to the item.
        goes_on = last_kind == "paragraph" or (last_kind == "list" and (raw[:1].isspace() or is_empty_item))
        if fence is not None:
            fence.append(raw)
            if line == "```":
                blocks.append(["\n".join(fence)])
                fence, is_new_block, is_empty_item = None, True, False
        elif line.startswith("```") and line.count("```") == 1:
            fence = [line]
        elif not line:
            is_new_block = not is_empty_item
        elif not is_new_block and kind == "paragraph" and goes_on:
            blocks[-1].append(f" {line}")
            is_empty_item = False
        else:
            is_new_block = is_new_block or kind != last_kind
            last_line = raw.rstrip() if kind == "list" and not is_new_block else line
            if is_new_block:
                blocks.append([line])
            else:
                blocks[-1].append(f"\n{last_line}")
            is_new_block, is_empty_item = False, bool(_EMPTY_ITEM.fullmatch(last_line))
    if fence is not None:
        blocks.append(["\n".join([*fence, "```"])])
    return _join_lists(list(map("".join, blocks)))


def _join_lists(blocks: list[str]) -> list[str]:
    """Return the blocks with lists joined that only blank lines part: they stay one list, with one numbering."""
    joined: list[list[str]] = []
    for block in blocks:
        if (
            joined
            and _kind(block) == "list"
            and _kind(joined[-1][-1].rpartition("\n")[2]) == "list"
            and block[:1] == joined[-1][0][:1]
        ):
            joined[-1].append(block)
        else:
            joined.append([block])
    return list(map("\n".join, joined))


def _kind(line: str) -> str:
    """Tell a line of a `list`, `table`, `quote` and `paragraph` apart."""
    if _LIST_ITEM.match(line):
        return "list"
    if line.lstrip().startswith("|"):
        return "table"
    return "quote" if line.startswith(">") else "paragraph"
