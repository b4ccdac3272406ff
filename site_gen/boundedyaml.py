"""YAML with bounds: what a person needs in front matter, and nothing that can hurt.

libyaml's composer recurses and crashes the process at about 30,000 levels, PyYAML's constructor
expands aliases without limit and lets the last of two equal keys win. So only libyaml's event parser
(a loop with its own stack) is used, and the tree is made here: no aliases, anchors, tags or merge
keys, at most 8 levels and 64 kB, duplicate keys refused, every node with its line and offsets.

Scalars stay text: whether `no` is a word or a truth value is for the key that holds it to say, which
spares people YAML 1.1's surprises (`title: No`, `published: 2019-05-23`, `name: 1e3`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from site_gen.text import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

# PyYAML may be built without libyaml: slower, same events.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MAX_CHARS = 64 * 1024
MAX_DEPTH = 8
_ODD_START = re.compile(r"(?:^|[:-] )\s*[@`%&*!|>]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf. `plain` is False for quoted and block scalars, which are never null."""

    value: str
    plain: bool
    line: int
    start: int
    end: int

    @property
    def is_null(self) -> bool:
        """Whether a person left it empty."""
        return self.plain and self.value in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; `flow` for `[a, b]`, else one item a line."""

    items: tuple[Node, ...]
    flow: bool
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys (always scalars, never twice) and their values, in the written order."""

    items: tuple[tuple[Scalar, Node], ...]
    flow: bool
    line: int
    start: int
    end: int


Node = Scalar | Sequence | Mapping


class YamlError(Exception):
    """Raised for YAML that is broken or out of bounds; `line` counts from 1 within the given text."""

    def __init__(self, line: int, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def parse(text: str) -> Mapping:
    """The mapping that a YAML text holds (an empty text holds an empty one).

    Raises YamlError for anything else, with the line and a mend.
    """
    if len(text) > MAX_CHARS:
        raise YamlError(1, f"{len(text):,} characters of YAML", f"keep it under {MAX_CHARS:,}")
    try:
        root = _document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlError(line, error.problem or error.context or "not YAML", _mend(text, line)) from None
    except (yaml.YAMLError, ValueError):  # from PyYAML's reader, or from half a surrogate pair
        sign = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, sign.start()) + 1 if sign else 1
        named = f"U+{ord(sign[0]):04X}" if sign else "a character"
        raise YamlError(line, f"{named}, which YAML does not allow", "remove it") from None
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.is_null):
        return Mapping((), flow=False, line=1, start=0, end=0)
    raise YamlError(root.line, "expected `key: value` lines", "write one key a line, with a blank after the colon")


def _mend(text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces, not tabs"
    if here.count(": ") > 1 or here.count('"') % 2 or here.count("'") % 2 or _ODD_START.search(here):
        return "put the value in quotes if it holds a colon, a quote, a # or begins with a sign"
    return "check this line and the one above"


def _document(text: str) -> Node | None:
    root: Node | None = None
    events: Iterator[yaml.Event] = yaml.parse(text, _LOADER)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise YamlError(_line(event), "a second YAML document", "keep one, without a line of ---")
        if isinstance(event, yaml.NodeEvent):
            root = _node(events, event, 1)
    return root


def _line(event: yaml.Event) -> int:
    """The event's line, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _span(first: yaml.Event, last: yaml.Event) -> tuple[int, int]:
    """The offsets where one event begins and another ends."""
    start = first.start_mark.index if first.start_mark else 0
    return start, last.end_mark.index if last.end_mark else start


def _node(events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> Node:
    """The tree that begins with an event; takes the rest of its events."""
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and event.anchor is not None):
        mend = "write the value out, or quote it"
        raise YamlError(line, "YAML anchors and aliases (& and *) are not read here", mend)
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        raise YamlError(line, "expected a value", "check this line and the one above")
    if event.tag is not None and event.tag != "!":
        raise YamlError(line, f"the YAML tag {event.tag} is not read here", "remove it, or quote the value")
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(scrub(event.value), not event.style, line, *_span(event, event))
    if depth > MAX_DEPTH:
        raise YamlError(line, f"more than {MAX_DEPTH} levels of nesting", "write it flatter")
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, event, depth)
    return _mapping(events, event, depth)


def _sequence(events: Iterator[yaml.Event], event: yaml.CollectionStartEvent, depth: int) -> Sequence:
    items: list[Node] = []
    while not isinstance(inner := next(events), yaml.SequenceEndEvent):
        items.append(_node(events, inner, depth + 1))
    start, end = _span(event, inner)
    return Sequence(tuple(items), bool(event.flow_style), _line(event), start, end)


def _mapping(events: Iterator[yaml.Event], event: yaml.CollectionStartEvent, depth: int) -> Mapping:
    pairs: list[tuple[Scalar, Node]] = []
    seen: dict[str, int] = {}
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        key = _node(events, inner, depth + 1)
        if not isinstance(key, Scalar):
            raise YamlError(key.line, "a key must be a word", "write `key: value`")
        if key.plain and key.value == "<<":
            raise YamlError(key.line, "YAML merge keys (<<) are not read here", "write the keys out")
        if key.value in seen:
            above = key.line - seen[key.value]  # not its line: the text may stand anywhere in a file
            what = f"`{key.value}` stands twice, first {above} line{'' if above == 1 else 's'} above"
            raise YamlError(key.line, what, "keep one")
        seen[key.value] = key.line
        pairs.append((key, _node(events, next(events), depth + 1)))
    start, end = _span(event, inner)
    return Mapping(tuple(pairs), bool(event.flow_style), _line(event), start, end)


def plain(node: Node) -> object:
    """The node as dictionaries, lists and strings, null as None: for keys that are only carried along."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.items}
