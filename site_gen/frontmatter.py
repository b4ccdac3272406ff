"""A Markdown file with YAML front matter, taken apart, put together, and edited in place.

An edit changes only the lines of the keys it is given; every other byte of the file stays: comments,
order, quoting, line ends. Lists are edited item by item, so a comment beside an item stays too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from site_gen.boundedyaml import Mapping, Node, Scalar, Sequence, YamlError, parse
from site_gen.text import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

_FENCE = re.compile(r"---[ \t]*(?:\r\n|\n|\r|$)")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
Value = object


class Parts(NamedTuple):
    """`yaml` starts at line 2 of the file when there is front matter; `body` at `body_line`."""

    yaml: str | None
    body: str
    body_line: int


def split(text: str) -> Parts:
    """Front matter and body of a file's text.

    No front matter gives `yaml=None`. An opening `---` that is never closed raises YamlError.
    """
    text = scrub(text)
    opening = _FENCE.match(text)
    if not opening:
        return Parts(None, text, 1)
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise YamlError(
            1, "the front matter that opens with --- is never closed", "end it with a line of ---"
        )
    head = text[opening.end() : closing.start()]
    body = text[closing.end() :].removeprefix("\n")
    return Parts(head, body, text.count("\n", 0, closing.end()) + 2)


class _Dumper(yaml.SafeDumper):
    """Short lists and mappings on one line, as people write them."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _dump(value: Value, *, flow: bool) -> str:
    return yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=flow
    )


def dump(meta: MappingType[str, Value], body: str) -> str:
    """A new file's text. Keys whose value is None or empty are left out."""
    lines = "".join(_line(key, value) for key, value in meta.items() if value not in (None, "", [], (), {}))
    return f"---\n{lines}---\n{body.strip()}\n"


def _line(key: str, value: Value) -> str:
    """A key on a line: lists and mappings in brackets, as people write short ones."""
    if isinstance(value, list | tuple | dict):
        return f"{key}: {_dump(list(value) if isinstance(value, tuple) else value, flow=True)}"
    return _dump({key: value}, flow=False)


def edit(text: str, changes: MappingType[str, Value]) -> str:
    """The file's text with the given top-level keys set (None removes a key), all else untouched.

    A text without front matter gets one. Raises YamlError where the front matter cannot be read or is
    written as one `{…}`: such a file is for the person to change.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    opening = _FENCE.match(text.removeprefix("\ufeff"))
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    if not opening:
        lines = "".join(_line(k, v) for k, v in changes.items() if v is not None)
        return bom + f"---\n{lines}---\n".replace("\n", newline) + text if lines else bom + text
    start = opening.end()
    closing = _CLOSING.search(text.replace("\r\n", " \n"), start)
    if not closing:
        raise YamlError(
            1, "the front matter that opens with --- is never closed", "end it with a line of ---"
        )
    head = text[start : closing.start()]
    root = parse(head)
    if root.flow:
        raise YamlError(2, "front matter written as { … } is not edited here", "write one key a line")
    for key, value in changes.items():
        head = _set(head, key, value, newline)
    return bom + text[:start] + head + text[closing.start() :]


def _set(head: str, key: str, value: Value, newline: str) -> str:
    """The YAML text with one key set, appended when it is new."""
    root = parse(head)
    pair = next(((k, v) for k, v in root.items if k.value == key), None)
    if pair is None:
        if value is None:
            return head
        gap = newline if head and not head.endswith("\n") else ""
        return head + gap + _line(key, value).replace("\n", newline)
    name, node = pair
    if value is not None and _holds(node, value):
        return head
    if isinstance(node, Sequence) and node.items and isinstance(value, list | tuple) and value:
        edited = _edit_items(head, node, [str(v) for v in value], newline)
        if edited is not None:
            return edited
    first = head.rfind("\n", 0, name.start) + 1
    last = _end_of(head, node)
    comment = _comment_after(head, node) if value is not None else ""
    line = "" if value is None else _line(key, value).rstrip("\n").replace("\n", newline) + comment + newline
    return head[:first] + line + head[last:]


def _holds(node: Node, value: Value) -> bool:
    """Whether the node already says this, so that not a byte has to change."""
    if isinstance(value, list | tuple):
        same = isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items)
        return same and [i.value for i in node.items] == [str(v) for v in value]  # type: ignore[union-attr]
    if isinstance(value, dict):
        return (
            isinstance(node, Mapping)
            and {k.value: v for k, v in node.items}.keys() == value.keys()
            and all(_holds(v, value[k.value]) for k, v in node.items)
        )
    return isinstance(node, Scalar) and not node.is_null and node.value == str(value)


def _end_of(head: str, node: Node) -> int:
    """The offset after the last line of a value. Comments and blank lines below it belong to the next key."""
    at = node.end
    if isinstance(node, Scalar) and node.plain is False and head[node.start : node.start + 1] in "|>":
        at = node.end - 1 if node.end and head[node.end - 1] == "\n" else node.end
        while at > node.start and head[at - 1] in "\r\n":
            at -= 1
    elif isinstance(node, Sequence | Mapping) and not node.flow:
        at = max(_end_of(head, leaf) for leaf in _leaves(node)) - 1
    newline = head.find("\n", max(at, 0))
    return len(head) if newline < 0 else newline + 1


def _leaves(node: Node) -> list[Node]:
    if isinstance(node, Scalar) or node.flow or not node.items:
        return [node]
    inner = node.items if isinstance(node, Sequence) else [v for _, v in node.items]
    return [leaf for item in inner for leaf in _leaves(item)]  # type: ignore[arg-type]


def _comment_after(head: str, node: Node) -> str:
    """The blank and comment that follow a value on its last line: `companies: [a]  # checked`."""
    if not isinstance(node, Scalar) and not node.flow:
        return ""
    tail = head[node.end : _end_of(head, node)].rstrip("\r\n")
    return tail if re.match(r"[ \t]+#", tail) else ""


def _edit_items(head: str, node: Sequence, wanted: list[str], newline: str) -> str | None:
    """The YAML text with items of a list taken out and put at its end; None if the order has to change."""
    if not all(isinstance(item, Scalar) and item.end > item.start for item in node.items):
        return None
    items = [item for item in node.items if isinstance(item, Scalar)]
    kept = [item for item in items if item.value in wanted]
    added = [value for value in wanted if value not in {item.value for item in items}]
    if [item.value for item in kept] + added != wanted or not kept:
        return None
    edits: list[tuple[int, int, str]] = []
    last = kept[-1]
    if node.flow:
        for index, item in enumerate(items):
            if item in kept:
                continue
            if index + 1 < len(items) and item.start < last.start:
                edits.append((item.start, items[index + 1].start, ""))
            else:
                edits.append((items[index - 1].end, item.end, ""))
        more = "".join(f", {_scalar(value)}" for value in added)
        edits.append((last.end, last.end, more))
    else:
        edits.extend(
            (head.rfind("\n", 0, item.start) + 1, _end_of(head, item), "")
            for item in items
            if item not in kept
        )
        begin, end = head.rfind("\n", 0, last.start) + 1, _end_of(head, last)
        lead = head[begin : last.start]
        if lead.strip() != "-":
            return None
        gap = "" if head[begin:end].endswith("\n") else newline
        edits.append(
            (end, end, gap + "".join(f"{lead}{_scalar(value)}{newline}" for value in added) if added else "")
        )
    for start, end, new in sorted(edits, key=lambda e: (e[0], e[1]), reverse=True):
        head = head[:start] + new + head[end:]
    return head


def _scalar(value: str) -> str:
    """One item as YAML, quoted where it must be."""
    return _dump([value], flow=True).strip()[1:-1]
