"""Gentle edits of front matter: one item of a list, one pair of a mapping, all beside them untouched. Pure.

`frontmatter.edit` sets a key to a value, and what stands beside an item that goes, goes with it. Here an
item is given another text where it stands, so that the comment beside it stays, and an item that is taken
out leaves its comment behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, YamlError, parse, to_python
from site_gen.content.frontmatter import (
    TextEdit,
    edit,
    format_key,
    format_scalar,
    line_end,
    line_start,
    node_end,
    pair_end,
    reads_as,
    revise,
    rewrite_key,
    split,
)
from site_gen.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_head(text: str) -> MappingNode:
    """Return the front matter of a file's text as a tree. Raises YamlError, its line counted in the YAML."""
    return parse(split(text).yaml or "")


def value_of_key(root: MappingNode, key: str) -> Node | None:
    """Return what stands under a key; None where nothing does."""
    return next((node for name, node in root.items if name.value == key), None)


def text_items(node: Node | None) -> list[ScalarNode]:
    """Return the texts of a list, in order; a single text counts as a list of one.

    Empty items and those that are lists or mappings are passed over.
    """
    items = node.items if isinstance(node, SequenceNode) else () if node is None else (node,)
    return [item for item in items if isinstance(item, ScalarNode) and not item.is_null and one_line(item.value)]


def replace_items(text: str, lists: Mapping[str, Sequence[str | None]]) -> str:
    """Return the file's text with other texts in lists.

    lists: for a key each of its texts (those that `text_items` returns) as it should be; None takes it out. A list
    that nothing is left of goes with its key, unless a comment stands in it.
    Raises YamlError where the front matter cannot be edited surely.
    """
    for key, wanted in lists.items():
        text = _change_items(text, key, wanted)
        if None in wanted:
            text = _remove_items(text, key, [want is None for want in wanted])
    return text


def _change_items(text: str, key: str, wanted: Sequence[str | None]) -> str:
    """Return the file's text with each item that should say something else changed where it stands."""
    before = text_items(value_of_key(parse_head(text), key))
    texts = [item.value if want is None else want for item, want in zip(before, wanted, strict=True)]
    if texts == [item.value for item in before]:
        return text

    def plan(head: str) -> list[TextEdit]:
        root = parse(head)
        items = text_items(value_of_key(root, key))
        edits = [
            TextEdit(item.start, node_end(head, item), _format_like(head, item, new))
            for item, new in zip(items, texts, strict=True)
            if item.value != new
        ]
        expected = _values_by_key(root)
        value = value_of_key(root, key)
        if isinstance(value, SequenceNode):
            changed = {id(item): new for item, new in zip(items, texts, strict=True)}
            expected[key] = [changed[id(item)] if id(item) in changed else to_python(item) for item in value.items]
        else:
            expected[key] = texts[0]
        return edits if not root.is_flow and reads_as(head, edits, expected) else []

    revised = revise(text, plan)
    return revised if revised != text else edit(text, {key: texts})


def _format_like(head: str, item: ScalarNode, new: str) -> str:
    """Return a text in the quotes that the old item has, where these do for it."""
    quote = "" if item.is_plain else head[item.start]
    if quote and quote in "'\"" and new.isprintable() and not set(new) & set("'\"\\"):
        return f"{quote}{new}{quote}"
    return format_scalar(new)


def _remove_items(text: str, key: str, is_removed: Sequence[bool]) -> str:
    """Return the file's text with some items taken out; comments beside them stay."""
    before = text_items(value_of_key(parse_head(text), key))
    left = [item.value for item, removed in zip(before, is_removed, strict=True) if not removed]
    if any(not isinstance(item, ScalarNode) for item in _items(value_of_key(parse_head(text), key))):
        raise YamlError(1, f"`{key}` holds more than texts; site-gen does not edit it", "write a list: [one, two]")

    def plan(head: str) -> list[TextEdit]:
        root = parse(head)
        name, node = next(pair for pair in root.items if pair[0].value == key)
        begin, end = line_start(head, name.start), line_end(head, pair_end(head, name, node))
        if "#" not in head[begin:end] or root.is_flow:
            return []  # there is no comment to keep
        expected = {**_values_by_key(root), key: left}
        if isinstance(node, SequenceNode) and not node.is_flow and left:
            items = [item for item, removed in zip(text_items(node), is_removed, strict=True) if removed]
            edits = [_remove_line(head, item) for item in items]
            if reads_as(head, edits, expected):
                return edits
        edits = [rewrite_key(head, name, node, format_key(key, left))]
        return edits if reads_as(head, edits, expected) else []

    revised = revise(text, plan)
    return revised if revised != text else edit(text, {key: left or None})


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, SequenceNode) else ()


def _remove_line(head: str, item: ScalarNode) -> TextEdit:
    """Return the edit that takes out an item with a line for itself; a comment beside it becomes a line of its own."""
    first, stop = line_start(head, item.start), node_end(head, item)
    last = line_end(head, stop)
    comment = head[stop:last].strip()
    lead = head[first : item.start]
    indent = lead[: len(lead) - len(lead.lstrip(" "))]
    return TextEdit(first, last, f"{indent}{comment}\n" if comment else "")


def add_pairs(text: str, key: str, pairs: Mapping[str, str]) -> str:
    """Return the file's text with further pairs at the end of the mapping under a key, which is made if need be.

    Raises YamlError where the front matter cannot be edited surely.
    """
    node = value_of_key(parse_head(text), key)
    before = to_python(node) if node is not None else None
    after = {**(before if isinstance(before, dict) else {}), **pairs}

    def plan(head: str) -> list[TextEdit]:
        root = parse(head)
        inner = value_of_key(root, key)
        if root.is_flow or not isinstance(inner, MappingNode) or not inner.items:
            return []
        edits = [_add_in_braces(head, inner, pairs) if inner.is_flow else _add_on_lines(head, inner, pairs)]
        return edits if reads_as(head, edits, {**_values_by_key(root), key: after}) else []

    revised = revise(text, plan)
    return revised if revised != text else edit(text, {key: after})


def _add_in_braces(head: str, inner: MappingNode, pairs: Mapping[str, str]) -> TextEdit:
    stop = pair_end(head, *inner.items[-1])
    return TextEdit(
        stop, stop, "".join(f", {format_scalar(label)}: {format_scalar(text)}" for label, text in pairs.items())
    )


def _add_on_lines(head: str, inner: MappingNode, pairs: Mapping[str, str]) -> TextEdit:
    first = inner.items[0][0]
    at = line_end(head, pair_end(head, *inner.items[-1]))
    indent = head[line_start(head, first.start) : first.start]
    lines = "".join(f"{indent}{format_key(label, text)}" for label, text in pairs.items())
    return TextEdit(at, at, lines if at == 0 or head[at - 1] == "\n" else f"\n{lines}")


def add_comments(text: str, comments: Sequence[str]) -> str:
    """Return the file's text with comments at the end of its front matter, each on a line of its own.

    comments: each from its `#`. Raises YamlError where they cannot be put there.
    """

    def plan(head: str) -> list[TextEdit]:
        edits = [TextEdit(len(head), len(head), "".join(f"{comment}\n" for comment in comments))]
        if not reads_as(head, edits, _values_by_key(parse(head))):
            raise YamlError(1, "no comment can be added at the end of this front matter", "write one key a line")
        return edits

    return revise(text, plan)


def _values_by_key(root: MappingNode) -> dict[str, object]:
    return {key.value: to_python(value) for key, value in root.items}
