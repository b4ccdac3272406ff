"""The visible text of an HTML element, and the texts that stand before and after it on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml.etree import iterwalk

from site_gen.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MAX_LENGTH = 400  # characters of a text that are looked at
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "option", "button"})
INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "font", "u", "sup", "sub", "small", "mark", "abbr", "wbr"})

# A text on one line, and the element that it stands in.
PlacedText = tuple[str, "HtmlElement"]


class NearbyTexts(NamedTuple):
    """The texts around the title of a page."""

    after: list[PlacedText]  # in reading order
    before: list[PlacedText]  # the nearest first

    @property
    def nearest(self) -> list[PlacedText]:
        """Return the texts after the title, then those before it."""
        return [*self.after, *self.before]


def text_of(element: HtmlElement) -> str:
    """Return an element's text on one line, without the scripts and buttons in it; at most 400 characters."""
    if len(element) == 0:
        return one_line((element.text or "")[: 4 * _MAX_LENGTH])[:_MAX_LENGTH]
    parts: list[str] = []
    size = 0
    for text, parent in raw_texts(element):
        parts.append(text if parent.tag in INLINE else f" {text}")
        size += len(text)
        if size > 4 * _MAX_LENGTH:
            break
    return one_line("".join(parts)[: 4 * _MAX_LENGTH])[:_MAX_LENGTH]


def texts_in(element: HtmlElement, limit: int) -> list[PlacedText]:
    """Return up to `limit` texts in an element and its tail, in reading order."""
    texts: list[PlacedText] = []
    _append_texts(element, texts, limit)
    return texts


def texts_after(element: HtmlElement, limit: int) -> list[PlacedText]:
    """Return the next `limit` texts after an element, in reading order."""
    texts: list[PlacedText] = []
    current: HtmlElement | None = element
    while current is not None and len(texts) < limit and current.tag not in {"body", "html"}:
        parent = current.getparent()
        if current.tail and (text := one_line(current.tail[:_MAX_LENGTH])) and parent is not None:
            texts.append((text, parent))
        for sibling in current.itersiblings():
            _append_texts(sibling, texts, limit)
            if len(texts) >= limit:
                break
        current = parent
    return texts[:limit]


def texts_before(element: HtmlElement, limit: int) -> list[PlacedText]:
    """Return the last `limit` texts before an element, the nearest first."""
    texts: list[PlacedText] = []
    current: HtmlElement | None = element
    while current is not None and len(texts) < limit and current.tag not in {"body", "html"}:
        for sibling in current.itersiblings(preceding=True):
            texts.extend(reversed(texts_in(sibling, 200)))
            if len(texts) >= limit:
                break
        current = current.getparent()
    return texts[:limit]


def _append_texts(element: HtmlElement, texts: list[PlacedText], limit: int) -> None:
    """Append the texts in an element and its tail to `texts`, until there are `limit` of them."""
    if isinstance(element.tag, str):
        for raw, parent in raw_texts(element):
            if text := one_line(raw[:_MAX_LENGTH]):
                texts.append((text, parent))
                if len(texts) >= limit:
                    return
    parent_of_tail = element.getparent()
    if element.tail and parent_of_tail is not None and (text := one_line(element.tail[:_MAX_LENGTH])):
        texts.append((text, parent_of_tail))


def raw_texts(element: HtmlElement) -> Iterator[PlacedText]:
    """Yield the raw texts in an element in reading order."""
    walker = iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        if event == "start":
            if node.tag in _SILENT:
                walker.skip_subtree()
            elif node.text:
                yield node.text, node
        elif event != "pi" and node is not element and node.tail:
            yield node.tail, node.getparent()
