"""YAML with bounds: what a person needs in front matter, and nothing that can hurt.

libyaml's composer recurses and crashes the process at about 30,000 levels, PyYAML's constructor
expands aliases without limit and lets the last of two equal keys win. So only libyaml's event parser
(a loop with its own stack) is used, and the tree is made here: no aliases, anchors, tags or merge
keys, at most 8 levels and 64 kB, duplicate keys refused, every node with its line and offsets.

Scalars stay text: whether `no` is a word or a truth value is for the key that holds it to say, which
spares people YAML 1.1's surprises (`title: No`, `published: 2019-05-23`, `name: 1e3`).
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from site_gen.text import scrub

try:
    from yaml.cyaml import CParser

    class _Loader(CParser, yaml.constructor.SafeConstructor, yaml.resolver.Resolver):  # type: ignore[misc]
        """libyaml's parser with what `yaml.parse` expects around it."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)

except ImportError:  # PyYAML built without libyaml: slower, same events
    _Loader = yaml.SafeLoader

MAX_CHARS = 64 * 1024
MAX_DEPTH = 8
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
    loader = _Loader(text)
    try:
        root = _document(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlError(line, error.problem or error.context or "not YAML", _mend(text, line)) from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise YamlError(1, str(error).splitlines()[0]) from None
    except ValueError as error:  # an escape that makes no character
        raise YamlError(1, str(error)) from None
    finally:
        loader.dispose()
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.is_null):
        return Mapping((), flow=False, line=1, start=0, end=0)
    raise YamlError(
        root.line, "expected `key: value` lines", "write one key a line, with a blank after the colon"
    )


def _mend(text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces, not tabs"
    if here.count(": ") > 1 or here.count('"') % 2 or here.count("'") % 2:
        return "put the value in quotes if it holds a colon, a quote or a #"
    return "check this line and the one above"


def _document(loader: yaml.SafeLoader) -> Node | None:
    root: Node | None = None
    while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise YamlError(
                event.start_mark.line + 1, "a second YAML document", "keep one, without a line of ---"
            )
        if isinstance(event, yaml.NodeEvent):
            root = _node(loader, event, 1)
    return root


def _node(loader: yaml.SafeLoader, event: yaml.NodeEvent, depth: int) -> Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise YamlError(
            line, "YAML anchors and aliases (& and *) are not read here", "write the value out, or quote it"
        )
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        raise YamlError(line, "expected a value", "check this line and the one above")
    if event.tag is not None and event.tag != "!":
        raise YamlError(line, f"the YAML tag {event.tag} is not read here", "remove it, or quote the value")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.style is None or event.style == ""
        return Scalar(scrub(event.value), plain, line, event.start_mark.index, event.end_mark.index)
    if depth > MAX_DEPTH:
        raise YamlError(line, f"more than {MAX_DEPTH} levels of nesting", "write it flatter")
    start, flow = event.start_mark.index, bool(event.flow_style)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(inner := loader.get_event(), yaml.SequenceEndEvent):
            items.append(_node(loader, inner, depth + 1))
        return Sequence(tuple(items), flow, line, start, inner.end_mark.index)
    pairs: list[tuple[Scalar, Node]] = []
    seen: dict[str, int] = {}
    while not isinstance(inner := loader.get_event(), yaml.MappingEndEvent):
        key = _node(loader, inner, depth + 1)
        if not isinstance(key, Scalar):
            raise YamlError(key.line, "a key must be a word", "write `key: value`")
        if key.value in seen:
            raise YamlError(
                key.line, f"`{key.value}` stands twice (first on line {seen[key.value]})", "keep one"
            )
        seen[key.value] = key.line
        pairs.append((key, _node(loader, loader.get_event(), depth + 1)))
    return Mapping(tuple(pairs), flow, line, start, inner.end_mark.index)


def plain(node: Node) -> object:
    """The node as dictionaries, lists and strings, null as None: for keys that are only carried along."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.items}
