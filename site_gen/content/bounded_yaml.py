"""YAML with bounds: what a person needs in front matter, and nothing that can hurt.

libyaml's composer recurses and crashes the process at about 30,000 levels, PyYAML's constructor
expands aliases without limit and lets the last of two equal keys win. So only libyaml's event parser
(a loop with its own stack) is used, and the tree is made here: no aliases, anchors, tags or merge
keys, at most 8 levels and 64 kB, duplicate keys refused, every node with its line and offsets.

Scalars stay text: whether `no` is a word or a truth value is for the key that holds it to say, which
spares people YAML 1.1's surprises (`title: No`, `published: 2019-05-23`, `name: 1e3`).

Nearly all front matter is of a few simple forms: a key and its value on a line. Those are read without
libyaml, about ten times faster (`_simple`); whatever is not surely of them, libyaml reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from site_gen.core.text import scrub, surely_clean

if TYPE_CHECKING:
    from collections.abc import Iterator

# PyYAML may be built without libyaml: slower, same events.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MAX_CHARS = 64 * 1024
MAX_DEPTH = 8
_ODD_START = re.compile(r"(?:^|[:-] )\s*[@`%&*!|>]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


# Each file has dozens of nodes, and a NamedTuple is made three times as fast as a frozen dataclass.


class Scalar(NamedTuple):
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


class Sequence(NamedTuple):
    """A list; `flow` for `[a, b]`, else one item a line."""

    items: tuple[Node, ...]
    flow: bool
    line: int
    start: int
    end: int


class Mapping(NamedTuple):
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
    return _simple(text) or _composed(text)


def _composed(text: str) -> Mapping:
    """The same by way of libyaml, for any text."""
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


# The simple forms. Their text is printable: it holds no blanks but spaces and line ends, no sign that YAML
# refuses, and none that `scrub` takes out.
_FIRST = r"""[^ \n\-?:,\[\]{}#&*!|>'"%@`]"""  # what surely begins a plain scalar
# A colon before a blank and a # after one mean something; any other is a part of the text.
_PLAIN = rf"({_FIRST}[^\n:#]*+(?:(?::(?=[^ \n])|(?<! )#)[^\n:#]*+)*+)"
_FLOW_PLAIN = rf"({_FIRST}[^\n,\[\]{{}}#:?]*+(?::(?=[\w/])[^\n,\[\]{{}}#:?]*+)*+)"
_QUOTED = r""""([^"\\\n]*+)"|'([^'\n]*+(?:''[^'\n]*+)*+)'"""
_WORD = r"""[^ \n,\[\]{}#:?&*!|>'"%@`]++"""
_WORDS = rf"(?!-){_WORD}(?: {_WORD})*+"
_KEY = r"(\w[\w-]{0,99}+)"
# Groups: 1 before the value, 2 plain, 3 and 4 in quotes, 5 words in brackets, 6 before any other bracket.
_ENTRY = re.compile(
    rf"{_KEY}:(?:(?: ++(?:{_PLAIN}|(?:{_QUOTED}) *+|\[({_WORDS}(?:, {_WORDS})*+)\] *+)| *+)(?:\n|\Z)| ++(?=([\[{{])))"
)
_ITEM = re.compile(rf"( *+)- ++(?:{_PLAIN}|(?:{_QUOTED}) *+)(?:\n|\Z)")
_FLOW_VALUE = rf"(?:{_FLOW_PLAIN}|{_QUOTED}|(?=[\[{{]))"
_FLOW_ITEM = re.compile(rf"( *+){_FLOW_VALUE}")
_FLOW_PAIR = re.compile(rf" *+(\w[^\n,\[\]{{}}#:?]{{0,99}}+)(?<! ): ++{_FLOW_VALUE}")
_REST = re.compile(r" *+(?:\n|\Z)")
_make = tuple.__new__  # what a NamedTuple's constructor calls, in half its time


def _simple(text: str) -> Mapping | None:
    """What libyaml would make of a text that is all simple forms, else None.

    Simple is a key at the line's start, and on the same line a plain scalar, a quoted one without
    backslashes, or `[…]` or `{…}` of such; or a list of such scalars on the lines below.
    """
    if "\t" in text or not surely_clean(text):
        return None
    pairs: list[tuple[Scalar, Node]] = []
    at, line = 0, 1
    while at < len(text):
        entry = _ENTRY.match(text, at)
        if not entry:
            if text[at] != "\n":
                return None
            at, line = at + 1, line + 1
            continue
        key = _make(Scalar, (entry[1], True, line, at, entry.end(1)))
        at, line = entry.end(), line + 1
        value: Node | None
        if entry.lastindex == 1:
            value = _simple_list(text, at, line) or _make(Scalar, ("", True, key.line, key.end + 1, key.end + 1))
            line += text.count("\n", at, value.end)
            at = max(at, value.end)
        elif entry.lastindex == 6:
            value = _simple_flow(text, at, key.line, 2)
            rest = value and _REST.match(text, value.end)
            if not value or not rest:
                return None
            at = rest.end()
        else:
            value = _simple_value(entry, key.line)
        pairs.append((key, value))
    if not pairs or len({key.value for key, _ in pairs}) < len(pairs):
        return None
    first = pairs[0][0]
    return Mapping(tuple(pairs), False, first.line, first.start, at)


def _simple_value(match: re.Match[str], line: int) -> Scalar | Sequence:
    """The value in group 2, 3, 4 or 5 of a match."""
    form = match.lastindex or 0
    value, start = match[form], match.start(form)
    if form == 2:
        value = value.rstrip(" ")
        return _make(Scalar, (value, True, line, start, start + len(value)))
    if form < 5:
        text = value.replace("''", "'") if form == 4 else value
        return _make(Scalar, (text, False, line, start - 1, start + len(value) + 1))
    items: list[Node] = []
    at = start
    for words in value.split(", "):
        end = at + len(words)
        items.append(_make(Scalar, (words, True, line, at, end)))
        at = end + 2
    return Sequence(tuple(items), True, line, start - 1, at - 1)


def _simple_list(text: str, at: int, line: int) -> Sequence | None:
    """The list with an item a line that begins at an offset, if one does. It ends where the next key begins."""
    items: list[Node] = []
    item = first = _ITEM.match(text, at)
    while first and item and item[1] == first[1]:
        items.append(_simple_value(item, line + len(items)))
        at = item.end()
        item = _ITEM.match(text, at)
    if not first:
        return None
    while text.startswith("\n", at):
        at += 1
    return Sequence(tuple(items), False, line, first.end(1), at)


def _simple_flow(text: str, start: int, line: int, depth: int) -> Sequence | Mapping | None:
    """The collection that a bracket or brace at an offset begins, if it is simple and ends on its line."""
    keyed = text[start] == "{"
    pattern = _FLOW_PAIR if keyed else _FLOW_ITEM
    keys: list[Scalar] = []
    values: list[Node] = []
    at, stop = start + 1, "," if depth <= MAX_DEPTH else ""
    if stop and text[at : at + 1] in ("]", "}"):
        at, stop = at + 1, text[at]
    while stop == ",":
        found = pattern.match(text, at)
        if not found:
            return None
        value = _simple_flow(text, found.end(), line, depth + 1) if found.lastindex == 1 else _simple_value(found, line)
        if value is None:
            return None
        if keyed:
            keys.append(_make(Scalar, (found[1], True, line, found.start(1), found.end(1))))
        values.append(value)
        at = value.end
        while text.startswith(" ", at):
            at += 1
        stop = text[at : at + 1]
        at += 1
    if keyed and stop == "}" and len({key.value for key in keys}) == len(keys):
        return Mapping(tuple(zip(keys, values, strict=True)), True, line, start, at)
    return Sequence(tuple(values), True, line, start, at) if not keyed and stop == "]" else None


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
