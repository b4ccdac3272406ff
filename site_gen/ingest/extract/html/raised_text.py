"""Raised and lowered text: exponents and indices become letters of their own, marks of notes stand apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml.etree import strip_tags

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISED_SIGNS, _LOWERED_SIGNS = frozenset(map(chr, _RAISED)), frozenset(map(chr, _LOWERED))
_NOTE_CLASS = re.compile(r"foot-?note|end-?note|reference|citation|\bfn\b|\bnote", re.IGNORECASE)
_NOTE_SIGN = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}|[a-z]")
_ELEMENT_SIGN = re.compile(r"[A-Z][a-z]?(?![^\W\d_])")  # of chemistry
_NOTE_ADDRESS = re.compile(r"#_?(?:fn|ftn|foot|endnote|note|cite)", re.IGNORECASE)
_LONG_WORD = re.compile(r"[^\W\d_]{3}$")
_SIDENOTE = re.compile(r"(?<![a-z])(?:side|margin)-?note(?!-?(?:number|ref|toggle|mark))", re.IGNORECASE)
_BACK_SIGNS = frozenset({"↩", "↩︎", "↵", "⏎", "⤴", "^"})
_HEADINGS, _HEADING_SIGNS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"}), frozenset({"#", "¶", "§", "🔗"})
_LINE_TAGS = frozenset("p li td th div dd blockquote section article body h1 h2 h3 h4".split())  # noqa: SIM905  names of elements are read as a text


def write_out_raised(tree: HtmlElement) -> None:
    """Write out what `sup` and `sub` say, in place: 10⁶, H₂O, a word[1].

    Links back from notes go, as do those by which a heading names its own address.
    """
    for link in list(tree.iter("a")):
        if not (link.get("href") or "").startswith("#"):
            continue
        sign, parent = (link.text or "").strip(), link.getparent()
        is_of_heading = parent is not None and parent.tag in _HEADINGS and sign in _HEADING_SIGNS
        if not len(link) and (sign in _BACK_SIGNS or is_of_heading):
            link.drop_tree()
        elif _is_bare_note(link):
            link.text = f"[{(link.text or '').strip()}]"
    _move_sidenotes(tree)
    for element in list(tree.iter("sup", "sub")):
        text = "".join(element.itertext()).strip()
        if element.tag == "sup" and _is_note(element, text):
            _mark_note(element, text)
        else:
            signs, table = (_RAISED_SIGNS, _RAISED) if element.tag == "sup" else (_LOWERED_SIGNS, _LOWERED)
            if text and not len(element) and signs.issuperset(text):
                element.text = text.translate(table)
    strip_tags(tree, "sup", "sub")


def raise_signs(text: str) -> str:
    """Return the text of an exponent as raised letters, or behind a caret where there are none for it."""
    return text.translate(_RAISED) if _RAISED_SIGNS.issuperset(text) else f"^({text})" if len(text) > 1 else f"^{text}"


def _is_note(element: HtmlElement, text: str) -> bool:
    """Whether a raised text is the mark of a note, by its link, its class or by what stands before it."""
    bare = text.strip("[]() ,")
    if not _NOTE_SIGN.fullmatch(bare):
        return False
    link = element.find(".//a")
    outer = element.getparent()
    if link is None and outer is not None and outer.tag == "a":
        link = outer
    if link is not None and "#" in (link.get("href") or ""):
        return True
    if _NOTE_CLASS.search(element.get("class") or ""):
        return True
    if not bare.isdecimal():
        return False
    if _ELEMENT_SIGN.match(element.tail or ""):
        return False  # ¹⁴C
    before = _text_before(element)
    return not before or bool(_LONG_WORD.search(before)) or before[-1] in ".,;:!?”“\"'’»)"


def _is_bare_note(link: HtmlElement) -> bool:
    """Whether a link that is not raised is the mark of a note, right behind a word."""
    parent = link.getparent()
    if len(link) or parent is None or parent.tag == "sup" or not _NOTE_ADDRESS.match(link.get("href") or ""):
        return False
    return bool(_NOTE_SIGN.fullmatch((link.text or "").strip())) and not (_raw_before(link) or " ")[-1].isspace()


def _raw_before(element: HtmlElement) -> str:
    previous, parent = element.getprevious(), element.getparent()
    return ((previous.tail if previous is not None else parent.text if parent is not None else None) or "")[-20:]


def _text_before(element: HtmlElement) -> str:
    """Return the last letters before an element on its line; empty at the line's beginning."""
    node: HtmlElement | None = element
    while node is not None and node.tag not in _LINE_TAGS:
        previous, parent = node.getprevious(), node.getparent()
        if previous is not None:
            text = (previous.tail or "") or ("" if previous.tag == "br" else previous.text_content())
        else:
            text = (parent.text or "") if parent is not None else ""
        if text.strip() or (previous is not None and previous.tag == "br"):
            return text[-20:].rstrip()
        node = parent
    return ""


def _mark_note(element: HtmlElement, text: str) -> None:
    """Put brackets around the mark of a note, and a blank between it and a word behind it."""
    if text[:1] not in "[(":
        link = element.find(".//a")
        target = element if link is None else link
        for child in list(target):
            target.remove(child)
        target.text = f"[{text}]"
    if (element.tail or "")[:1].isalnum():
        element.tail = f" {element.tail}"


def _move_sidenotes(tree: HtmlElement) -> None:
    """Make a note beside a text a paragraph below the text."""
    for note in reversed(list(tree.iter("span", "small", "aside"))):
        if not _SIDENOTE.search(note.get("class") or ""):
            continue
        line = next((outer for outer in note.iterancestors() if outer.tag in {"p", "li"}), None)
        if line is None or line.tag == "li" or not note.text_content().strip():
            continue
        tail, note.tail = note.tail, None
        previous, parent = note.getprevious(), note.getparent()
        if previous is not None:
            previous.tail = (previous.tail or "") + (tail or "")
        elif parent is not None:
            parent.text = (parent.text or "") + (tail or "")
        line_tail, line.tail = line.tail, None
        line.addnext(note)
        note.tag, note.tail = "p", line_tail
        note.attrib.clear()
        for switch in [switch for switch in line.iter("label", "input") if "toggle" in (switch.get("class") or "")]:
            switch.drop_tree()
