"""Code in a page's tree: found, freed of line numbers and colours, and marked so that each of its signs stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml.etree import iterwalk, strip_tags

from site_gen.ingest.extract.html.page_marks import mark_code

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LINE_CLASS = re.compile(r"(?<![a-z])(?:code-?)?line(?![a-z])", re.IGNORECASE)
_CODE_CLASS = re.compile(r"code|highlight|lang|\bsrc\b|prettyprint|brush|syntax|hljs", re.IGNORECASE)
_NUMBER_CLASSES = frozenset({"ln", "gutter", "hljs-ln-n", "hljs-ln-numbers"})
_NUMBER_CLASS_ENDS = ("lineno", "linenos", "linenumber", "linenumbers", "line-number", "line-numbers", "line-num")
_LINE_TAGS = frozenset("div p li tr ol ul table".split())  # noqa: SIM905  names of elements are read as a text
_SIGNS_OF_CODE = ("{", "('", '("', "\n    ", "\n\t", "();", "</", "=>", "::")
_PROMPT = re.compile(r"^[ \t]*(?:\$|#|>>>|C:\\.*>) ", re.MULTILINE)
_MARKED = "x-code"  # name of elements whose marked code becomes a part of the text around it
_MAX_SPAN = 300  # characters; a longer `code` is a part of the page


def mark_code_elements(tree: HtmlElement) -> None:
    """Mark the code of a page, in place: what readers see as code becomes a paragraph or a part of one.

    A `pre` that shows no sign of code, such as a poem or a mail, is left as it is.
    """
    for table in list(tree.iter("table")):
        code = _code_of_table(table)
        if code is not None:
            _replace(table, code)
    _join_lines(tree)
    for element in list(tree.iter("pre")):
        code = _text_of_lines(element)
        if code.strip() and _is_code(element, code):
            _replace(element, code)
    for element in list(tree.iter("code", "samp")):
        if element.getparent() is None:
            continue
        if element.find(".//a") is not None:
            element.tag = _MARKED  # its links say more than its mark
        elif element.find(".//br") is not None:
            _replace(element, _text_of_lines(element))
        elif 0 < len(text := element.text_content().strip()) <= _MAX_SPAN:
            for child in list(element):
                element.remove(child)
            element.tag, element.text = _MARKED, mark_code(" ".join(text.split()), is_block=False)
    strip_tags(tree, _MARKED)


def _join_lines(tree: HtmlElement) -> None:
    """Make one `pre` of boxes that hold a line of code each."""
    for line in [line for line in tree.iter("pre", "div") if "line" in (line.get("class") or "")]:
        box = line.getparent()
        if (
            box is None
            or line.getprevious() is not None
            or len(box) < 2
            or not (line.tag == "pre" or _CODE_CLASS.search(box.get("class") or ""))
        ):
            continue
        if all(child.tag == line.tag and _LINE_CLASS.search(child.get("class") or "") for child in box):
            for child in box:
                child.tag = "div"
            box.tag = "pre"
            box.set("class", "code")


def _code_of_table(table: HtmlElement) -> str | None:
    """Return the code of a table whose first column numbers its lines; None where a table is no such."""
    columns: list[str] = []
    if not any(cell.tag != "td" or "code" in (cell.get("class") or "") for cell in table.iter("pre", "code", "td")):
        return None
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        if len(cells) != 2:
            return None
        numbers = "".join(cells[0].itertext()).split()
        if not all(number.isdecimal() for number in numbers) or not (numbers or cells[0].attrib):
            return None
        columns.append(_text_of_lines(cells[1]).strip("\n"))
    return "\n".join(columns)


def _text_of_lines(element: HtmlElement) -> str:
    """Return the text of code: `br` and boxes end a line, numbers of lines are left out."""
    parts: list[str] = []
    is_at_end = False  # whether a box began or ended since the last text

    def add(text: str | None) -> None:
        nonlocal is_at_end
        if text:
            if is_at_end and parts and not parts[-1].endswith("\n"):
                parts.append("\n")
            parts.append(text)
            is_at_end = False

    walk = iterwalk(element, events=("start", "end"))
    for event, node in walk:
        child = cast("HtmlElement", node)
        is_line = child.tag in _LINE_TAGS
        is_at_end = is_at_end or is_line
        if event == "start":
            if _is_number(child):
                walk.skip_subtree()
            else:
                add("\n" if child.tag == "br" else child.text)
        elif child is not element and child.tail and not (is_line and child.tail.isspace()):
            add(child.tail)
    return "".join(parts).replace("\xa0", " ").replace("\r", "").strip("\n").rstrip()


def _is_number(element: HtmlElement) -> bool:
    class_names = (element.get("class") or "").lower().split()
    if not any(name in _NUMBER_CLASSES or name.endswith(_NUMBER_CLASS_ENDS) for name in class_names):
        return False
    return not element.text_content().strip(" \n\t0123456789.:|")


def _is_code(element: HtmlElement, text: str) -> bool:
    """Whether a `pre` holds code, by its markup or its signs, rather than prose that keeps its lines."""
    parent = element.getparent()
    names = " ".join(node.get("class") or "" for node in (element, parent) if node is not None)
    if _CODE_CLASS.search(names) or element.get("lang") or element.get("data-language"):
        return True
    if element.find(".//code") is not None or element.find(".//samp") is not None:
        return True
    if len(element) == 1 and element[0].tag == "span" and not (element.text or "").strip():
        return True
    return any(sign in text for sign in _SIGNS_OF_CODE) or bool(_PROMPT.search(text))


def _replace(element: HtmlElement, code: str) -> None:
    """Turn an element into a paragraph of marked code; what stands behind it stays."""
    for child in list(element):
        element.remove(child)
    element.attrib.clear()
    element.tag, element.text = "p", mark_code(code, is_block=True)
