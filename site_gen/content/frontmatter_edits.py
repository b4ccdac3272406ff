"""Gentle edits of front matter: one item of a list, one pair of a mapping, all beside them untouched.

`frontmatter.edit` sets a key to a value, and what stands beside an item that goes, goes with it. Here an
item is given another text where it stands, so that the comment beside it stays, and an item that is taken
out leaves its comment behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, YamlError, parse, to_python
from site_gen.content.frontmatter import (
    Edit,
    edit,
    key_line,
    line_end,
    line_start,
    pair_stop,
    revise,
    says,
    scalar_text,
    split,
    stop_of,
    whole,
)
from site_gen.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def head_of(text: str) -> MappingNode:
    """The front matter of a file's text as a tree. Raises YamlError, its line counted in the YAML."""
    return parse(split(text).yaml or "")


def value_of(root: MappingNode, key: str) -> Node | None:
    """What stands under a key; None where nothing does."""
    return next((node for name, node in root.items if name.value == key), None)


def texts_in(node: Node | None) -> list[ScalarNode]:
    """The texts of a list, in order; a single text counts as a list of one. Empty items and those that are
    lists or mappings are passed over."""
    items = node.items if isinstance(node, SequenceNode) else () if node is None else (node,)
    return [item for item in items if isinstance(item, ScalarNode) and not item.is_null and one_line(item.value)]


def replace(text: str, lists: Mapping[str, Sequence[str | None]]) -> str:
    """The file's text with other texts in lists.

    lists: for a key each of its texts (those that `texts_in` gives) as it should be; None takes it out.
        A list that nothing is left of goes with its key, unless a comment stands in it.

    Raises YamlError where the front matter cannot be edited surely.
    """
    for key, wanted in lists.items():
        text = _renamed(text, key, wanted)
        if None in wanted:
            text = _thinned(text, key, [want is None for want in wanted])
    return text


def _renamed(text: str, key: str, wanted: Sequence[str | None]) -> str:
    """Each item that should say something else does, where it stands."""
    before = texts_in(value_of(head_of(text), key))
    texts = [item.value if want is None else want for item, want in zip(before, wanted, strict=True)]
    if texts == [item.value for item in before]:
        return text

    def plan(head: str) -> list[Edit]:
        root = parse(head)
        items = texts_in(value_of(root, key))
        edits = [
            Edit(item.start, stop_of(head, item), _written(head, item, new))
            for item, new in zip(items, texts, strict=True)
            if item.value != new
        ]
        meant = _plain(root)
        whole_value = value_of(root, key)
        if isinstance(whole_value, SequenceNode):
            at = {id(item): new for item, new in zip(items, texts, strict=True)}
            meant[key] = [at[id(item)] if id(item) in at else to_python(item) for item in whole_value.items]
        else:
            meant[key] = texts[0]
        return edits if not root.is_flow and says(head, edits, meant) else []

    done = revise(text, plan)
    return done if done != text else edit(text, {key: texts})


def _written(head: str, item: ScalarNode, new: str) -> str:
    """A text in the quotes that the old one had, where these do for it."""
    quote = "" if item.is_plain else head[item.start]
    if quote and quote in "'\"" and new.isprintable() and not set(new) & set("'\"\\"):
        return f"{quote}{new}{quote}"
    return scalar_text(new)


def _thinned(text: str, key: str, gone: Sequence[bool]) -> str:
    """Some items taken out; comments beside them stay."""
    left = [item.value for item, out in zip(texts_in(value_of(head_of(text), key)), gone, strict=True) if not out]
    if any(not isinstance(item, ScalarNode) for item in _items(value_of(head_of(text), key))):
        raise YamlError(1, f"`{key}` holds more than texts, and is not edited here", "write a list: [one, two]")

    def plan(head: str) -> list[Edit]:
        root = parse(head)
        name, node = next(pair for pair in root.items if pair[0].value == key)
        begin, end = line_start(head, name.start), line_end(head, pair_stop(head, name, node))
        if "#" not in head[begin:end] or root.is_flow:
            return []  # there is no comment to keep
        meant = {**_plain(root), key: left}
        if isinstance(node, SequenceNode) and not node.is_flow and left:
            items = [item for item, out in zip(texts_in(node), gone, strict=True) if out]
            edits = [_emptied(head, item) for item in items]
            if says(head, edits, meant):
                return edits
        edits = [whole(head, name, node, key_line(key, left))]
        return edits if says(head, edits, meant) else []

    done = revise(text, plan)
    return done if done != text else edit(text, {key: left or None})


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, SequenceNode) else ()


def _emptied(head: str, item: ScalarNode) -> Edit:
    """An item with a line for itself taken out; what a person wrote beside it stays as a line of its own."""
    first, stop = line_start(head, item.start), stop_of(head, item)
    last = line_end(head, stop)
    comment = head[stop:last].strip()
    lead = head[first : item.start]
    indent = lead[: len(lead) - len(lead.lstrip(" "))]
    return Edit(first, last, f"{indent}{comment}\n" if comment else "")


def add_pairs(text: str, key: str, pairs: Mapping[str, str]) -> str:
    """The file's text with further pairs at the end of the mapping under a key, which is made if need be.

    Raises YamlError where the front matter cannot be edited surely.
    """
    node = value_of(head_of(text), key)
    before = to_python(node) if node is not None else None
    after = {**(before if isinstance(before, dict) else {}), **pairs}

    def plan(head: str) -> list[Edit]:
        root = parse(head)
        inner = value_of(root, key)
        if root.is_flow or not isinstance(inner, MappingNode) or not inner.items:
            return []
        edits = [_in_braces(head, inner, pairs) if inner.is_flow else _on_lines(head, inner, pairs)]
        return edits if says(head, edits, {**_plain(root), key: after}) else []

    done = revise(text, plan)
    return done if done != text else edit(text, {key: after})


def _in_braces(head: str, inner: MappingNode, pairs: Mapping[str, str]) -> Edit:
    stop = pair_stop(head, *inner.items[-1])
    return Edit(stop, stop, "".join(f", {scalar_text(label)}: {scalar_text(text)}" for label, text in pairs.items()))


def _on_lines(head: str, inner: MappingNode, pairs: Mapping[str, str]) -> Edit:
    first = inner.items[0][0]
    at = line_end(head, pair_stop(head, *inner.items[-1]))
    indent = head[line_start(head, first.start) : first.start]
    lines = "".join(f"{indent}{key_line(label, text)}" for label, text in pairs.items())
    return Edit(at, at, lines if at == 0 or head[at - 1] == "\n" else f"\n{lines}")


def add_comments(text: str, comments: Sequence[str]) -> str:
    """The file's text with comments (each from its `#`) on lines of their own at the end of its front matter."""

    def plan(head: str) -> list[Edit]:
        edits = [Edit(len(head), len(head), "".join(f"{comment}\n" for comment in comments))]
        if not says(head, edits, _plain(parse(head))):
            raise YamlError(1, "comments cannot be put at the end of this front matter", "write one key a line")
        return edits

    return revise(text, plan)


def _plain(root: MappingNode) -> dict[str, object]:
    return {key.value: to_python(value) for key, value in root.items}
