"""Markdown as notes are written in a vault, Obsidian's above all: rules for markdown-it. Pure.

A link to another note is its words, which may name an entity and be linked as such; where `PAGE_OF` knows the note's
name, it leads to a page. A mark is a mark. Comments, the names of blocks and embedded files, which are for the vault
alone, are not shown. The file itself stays as it is.
See https://help.obsidian.md/obsidian-flavored-markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

    PageOf = Callable[[str], str | None]  # gives the page of the site that a note's name means

# Key of the parser's environment: its value is a `PageOf`, or None. A link that it led to a page has it in `meta`.
PAGE_OF = "page_of"
_SIGNS = ("[[", "[!", "==", "%%", " ^", "\n^")  # without one of them, a text has no such syntax
# Not the number of a note, `[[1]]`, nor what CommonMark reads as a link, `[[a]](b)`. Its length bounds the search.
_LINK = re.compile(r"(!?)\[\[(?![\s\d]+\]\])(?!\s)([^\[\]\n]{1,300})\]\](?![(\[])")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}(?:#|$)")
_SIZE = re.compile(r"\d+(?:x\d+)?")  # of an embedded picture, in pixels
_BLOCK_NAME = re.compile(r"\^(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]{3,80}[ \t]*\Z")
_CALLOUT = re.compile(r"\[!([A-Za-z][\w-]{0,40})[^\]\n]{0,40}\][+-]?[ \t]*([^\n]*)(?:\n|\Z)")
_QUOTING = frozenset({"quote", "cite"})  # callouts whose kind says no more than that they quote


def may_have_vault_syntax(text: str) -> bool:
    """Tell whether a text may hold what the rules of this module read."""
    return text[:1] == "^" or any(sign in text for sign in _SIGNS)


def add_vault_syntax(markdown: MarkdownIt) -> None:
    """Add the rules to a parser."""
    markdown.inline.ruler.before("link", "wiki_link", _read_wiki_link)
    markdown.inline.ruler.before("link", "mark", _read_mark)
    markdown.inline.ruler.before("link", "comment", _read_comment)
    markdown.inline.ruler.before("link", "block_name", _read_block_name)
    markdown.block.ruler.before(
        "blockquote", "block_comment", _read_block_comment, {"alt": ["paragraph", "blockquote", "list"]}
    )
    markdown.core.ruler.before("inline", "callouts", _title_callouts)


def _read_wiki_link(state: StateInline, silent: bool) -> bool:
    """Read a link to a note or a part of one, or what is embedded of it, as its words."""
    link = _LINK.match(state.src, state.pos, state.posMax)
    if not link:
        return False
    if not silent:
        page_of = state.env.get(PAGE_OF)
        page = page_of(_note_name(link[2].partition("|")[0])) if page_of and not state.linkLevel else None
        if page:
            opening = state.push("link_open", "a", 1)
            opening.attrs, opening.meta = {"href": page}, {PAGE_OF: True}
        state.pending += _words_of_link(link[2], is_embedded=bool(link[1]))
        if page:
            state.push("link_close", "a", -1)
    state.pos = link.end()
    return True


def _words_of_link(inner: str, *, is_embedded: bool) -> str:
    """Return the words of a link: its own text, else the name of the note without folders, else that of the part."""
    target, has_text, words = inner.partition("|")
    if is_embedded and _FILE.search(target):
        return "" if _SIZE.fullmatch(words.strip()) else words.rpartition("|")[0] or words
    if has_text and words.strip():
        return words.strip()
    return _note_name(target) or target.partition("#")[2].lstrip("^").strip()


def _note_name(target: str) -> str:
    """Return the name of the note that a link leads to, without its folders; empty for a part of this one."""
    return target.partition("#")[0].strip().rpartition("/")[2].removesuffix(".md")


def _read_mark(state: StateInline, silent: bool) -> bool:
    """Read `==marked words==`; between letters, or beside blanks, the signs are a program's."""
    start, limit = state.pos, state.posMax
    if not state.src.startswith("==", start) or limit - start < 5 or state.src[start + 2] in "= \t\n":
        return False
    end = state.src.find("==", start + 2, limit)
    around = state.src[start - 1 : start] + (state.src[end + 2 : end + 3] if end + 2 < limit else "")
    if end < 0 or state.src[end - 1].isspace() or "=" in around or re.search("[A-Za-z0-9]", around):
        return False
    if not silent:
        state.pos, state.posMax = start + 2, end
        state.push("mark_open", "mark", 1)
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
    state.pos, state.posMax = end + 2, limit
    return True


def _read_comment(state: StateInline, silent: bool) -> bool:
    """Read a comment within a paragraph, which is not shown."""
    start = state.pos
    if not state.src.startswith("%%", start) or state.src[start - 1 : start].isalnum():
        return False
    end = state.src.find("%%", start + 2, state.posMax)
    if end < 0:
        return False
    if not silent and (not state.pending or state.pending[-1].isspace()):  # or two blanks would stand there
        end += state.src.startswith(" ", end + 2)
    state.pos = min(end + 2, state.posMax)
    return True


def _read_block_name(state: StateInline, silent: bool) -> bool:
    """Read the name of a block at its end, which is not shown."""
    before = state.src[state.pos - 1 : state.pos]
    if state.src[state.pos] != "^" or before not in {" ", "\n"} or not _BLOCK_NAME.match(state.src, state.pos):
        return False
    if not silent:
        state.pending = state.pending.rstrip()
    state.pos = state.posMax
    return True


def _read_block_comment(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Read whole lines of a comment, or the name of the block above on a line of its own: neither is shown."""
    text = _line(state, line)
    if _BLOCK_NAME.match(text):
        last = line
    elif not text.startswith("%%"):
        return False
    else:
        last = next((at for at in range(line, end_line) if "%%" in _line(state, at)[2 * (at == line) :]), end_line)
        rest = _line(state, last)[2 * (last == line) :] if last < end_line else ""
        if not rest.rstrip().endswith("%%") or rest.count("%%") > 1:
            return False
    if not silent:
        state.line = last + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _title_callouts(state: StateCore) -> None:
    """Part the first line of a callout, `> [!warning] Title`, from its text, without the mark of its kind."""
    tokens: list[Token] = []
    for token in state.tokens:
        is_first = len(tokens) > 1 and tokens[-2].type == "blockquote_open" and token.type == "inline"
        callout = _CALLOUT.match(token.content) if is_first else None
        if callout:
            kind, title = callout[1].lower(), callout[2].strip()
            title = title or ("" if kind in _QUOTING else kind.capitalize())
            token.content = token.content[callout.end() :]
            if title and token.content:
                tokens += _paragraph_within(tokens[-1], title)
            elif title:
                token.content = _bold(title)
        tokens.append(token)
    state.tokens = tokens


def _paragraph_within(opening: Token, title: str) -> list[Token]:
    """Return the rest of a paragraph that is open, with the title, and the opening of the next."""
    content = Token("inline", "", 0, content=_bold(title), children=[], level=opening.level + 1, block=True)
    closing = Token("paragraph_close", "p", -1, level=opening.level, block=True)
    return [content, closing, opening.copy(attrs={})]


def _bold(text: str) -> str:
    return text if "*" in text else f"**{text}**"
