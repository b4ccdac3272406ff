"""YAML with bounds: what a person needs in front matter, and nothing that can hurt.

libyaml's composer recurses and crashes the process at about 30,000 levels, PyYAML's constructor expands aliases
without limit and lets the last of two equal keys win. So only libyaml's event parser (a loop with its own stack) is
used, and the tree is made here: no aliases, anchors, tags or merge keys, at most 8 levels and 64 kB, duplicate keys
refused, every node with its line and offsets.

Scalars stay text: whether `no` is a word or a truth value is for the key that holds it to say, which spares people
YAML 1.1's surprises (`title: No`, `published: 2019-05-23`, `name: 1e3`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from site_gen.core.text import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

# PyYAML may be built without libyaml: slower, same events.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MAX_CHARS = 64 * 1024  # of a whole text
MAX_DEPTH = 8  # collections within each other, the outermost mapping included
_ODD_START = re.compile(r"(?:^|[:-] )\s*[@`%&*!|>]")  # a value that begins with a sign that means something to YAML
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


# Each file has dozens of nodes, and a NamedTuple is made three times as fast as a frozen dataclass.


class ScalarNode(NamedTuple):
    """A leaf of the tree: a text."""

    value: str  # without quotes, escapes resolved, scrubbed
    is_plain: bool  # written without quotes, not as a block (`|`, `>`); only such a one can be null
    line: int  # where it begins, counted from 1
    start: int  # offset of its first character in the YAML text, a quote included
    end: int  # offset after its last character

    @property
    def is_null(self) -> bool:
        """Whether a person left it empty."""
        return self.is_plain and self.value in _NULLS


class SequenceNode(NamedTuple):
    """A list."""

    items: tuple[Node, ...]  # in the written order
    is_flow: bool  # written as `[a, b]`, not with an item a line
    line: int  # where it begins, counted from 1
    start: int  # offset of its first character, bracket or dash
    end: int  # offset after it; of one that is not flow, where the next key begins


class MappingNode(NamedTuple):
    """Keys and their values."""

    items: tuple[tuple[ScalarNode, Node], ...]  # in the written order, no key twice
    is_flow: bool  # written as `{a: b}`, not with a key a line
    line: int  # where it begins, counted from 1
    start: int  # offset of its first character, brace or key
    end: int  # offset after it; of one that is not flow, where the next key of the mapping around it begins


Node = ScalarNode | SequenceNode | MappingNode


class YamlError(Exception):
    """Raised for YAML that is broken or out of bounds.

    line: counted from 1 within the given text. what: what is wrong. mend: what to do about it.
    """

    def __init__(self, line: int, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def parse(text: str) -> MappingNode:
    """Return the mapping that a YAML text holds (an empty text holds an empty one).

    Raises YamlError for anything else, with the line and a mend.
    """
    if len(text) > MAX_CHARS:
        raise YamlError(1, f"{len(text):,} characters of YAML", f"keep it under {MAX_CHARS:,}")
    try:
        root = _parse_document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlError(line, error.problem or error.context or "not YAML", _mend(text, line)) from None
    except (yaml.YAMLError, ValueError):  # from PyYAML's reader, or from half a surrogate pair
        sign = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, sign.start()) + 1 if sign else 1
        named = f"U+{ord(sign[0]):04X}" if sign else "a character"
        raise YamlError(line, f"{named}, which YAML does not allow", "remove it") from None
    if isinstance(root, MappingNode):
        return root
    if root is None or (isinstance(root, ScalarNode) and root.is_null):
        return MappingNode((), is_flow=False, line=1, start=0, end=0)
    raise YamlError(root.line, "expected `key: value` lines", "write one key per line, with a space after the colon")


def to_python(node: Node) -> object:
    """Return a node as dictionaries, lists and strings, null as None."""
    if isinstance(node, ScalarNode):
        return None if node.is_null else node.value
    if isinstance(node, SequenceNode):
        return [to_python(item) for item in node.items]
    return {key.value: to_python(value) for key, value in node.items}


def _mend(text: str, line: int) -> str:
    """Return what a person can do about a line that libyaml refuses."""
    lines = text.splitlines()
    refused = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in refused[: len(refused) - len(refused.lstrip())]:
        return "indent with spaces, not tabs"
    if refused.count(": ") > 1 or refused.count('"') % 2 or refused.count("'") % 2 or _ODD_START.search(refused):
        return "put the value in quotes if it holds a colon, a quote, a # or begins with a special character"
    return "check this line and the one above"


def _parse_document(text: str) -> Node | None:
    """Return the root of the only document in a text, None where there is none."""
    root: Node | None = None
    events: Iterator[yaml.Event] = yaml.parse(text, _LOADER)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise YamlError(_line(event), "a second YAML document", "keep one, without a line of ---")
        if isinstance(event, yaml.NodeEvent):
            root = _parse_node(events, event, 1)
    return root


def _line(event: yaml.Event) -> int:
    """Return an event's line, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _span(first: yaml.Event, last: yaml.Event) -> tuple[int, int]:
    """Return the offsets where one event begins and another ends."""
    start = first.start_mark.index if first.start_mark else 0
    return start, last.end_mark.index if last.end_mark else start


def _parse_node(events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> Node:
    """Return the node that begins with an event; takes the rest of its events. depth: 1 for the document's root."""
    line = _line(event)
    if isinstance(event, yaml.NodeEvent) and event.anchor is not None:  # an alias names its anchor
        mend = "write the value out, or quote it"
        raise YamlError(line, "YAML anchors and aliases (& and *) are not supported", mend)
    if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
        raise YamlError(line, "expected a value", "check this line and the one above")
    if event.tag is not None and event.tag != "!":
        raise YamlError(line, f"the YAML tag {event.tag} is not supported", "remove it, or quote the value")
    if isinstance(event, yaml.ScalarEvent):
        return ScalarNode(scrub(event.value), not event.style, line, *_span(event, event))
    if depth > MAX_DEPTH:
        raise YamlError(line, f"more than {MAX_DEPTH} levels of nesting", "use fewer levels")
    if isinstance(event, yaml.SequenceStartEvent):
        return _parse_sequence(events, event, depth)
    return _parse_mapping(events, event, depth)


def _parse_sequence(events: Iterator[yaml.Event], first: yaml.CollectionStartEvent, depth: int) -> SequenceNode:
    items: list[Node] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_parse_node(events, event, depth + 1))
    start, end = _span(first, event)
    return SequenceNode(tuple(items), bool(first.flow_style), _line(first), start, end)


def _parse_mapping(events: Iterator[yaml.Event], first: yaml.CollectionStartEvent, depth: int) -> MappingNode:
    pairs: list[tuple[ScalarNode, Node]] = []
    lines: dict[str, int] = {}  # of each key
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _parse_node(events, event, depth + 1)
        if not isinstance(key, ScalarNode):
            raise YamlError(key.line, "a key must be a word", "write `key: value`")
        if key.is_plain and key.value == "<<":
            raise YamlError(key.line, "YAML merge keys (<<) are not supported", "write the keys out")
        if key.value in lines:
            above = key.line - lines[key.value]  # not its line: the text may stand anywhere in a file
            what = f"`{key.value}` appears twice, first {above} line{'' if above == 1 else 's'} above"
            raise YamlError(key.line, what, "keep one")
        lines[key.value] = key.line
        pairs.append((key, _parse_node(events, next(events), depth + 1)))
    start, end = _span(first, event)
    return MappingNode(tuple(pairs), bool(first.flow_style), _line(first), start, end)
