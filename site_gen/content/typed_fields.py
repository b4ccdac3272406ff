"""Typed getters over a YAML mapping, each complaint kept with its file and line.

A record's decoder reads as a list of its fields; nothing is raised for a wrong one, so a person
sees every complaint of a file at once.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, to_python
from site_gen.core.errors import Problem
from site_gen.core.text import did_you_mean, one_line
from site_gen.core.urls import Href, UrlPath, parse_url_path, safe_href

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_YEAR = 1600  # older than any newspaper: a slip of the finger
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]\d.*)?$")


def parse_date(text: str) -> dt.date | None:
    """The calendar date of an ISO 8601 date or date-time, or None. A time of day is dropped."""
    match = _DATE.match(text.strip())
    if not match:
        return None
    try:
        found = dt.date(*map(int, match.groups()[:3]))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def _kind_of(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return f"the text {node.value!r}" if len(node.value) < 40 else "a text"
    return "a list" if isinstance(node, SequenceNode) else "keys of its own"


@dataclass(slots=True)
class Fields:
    """Reads one mapping of one file; `line0` is added to its lines. `problems` collects what is wrong."""

    mapping: MappingNode
    file: str
    line0: int = 0
    problems: list[Problem] = field(default_factory=list)
    within: str = ""
    _known: set[str] = field(default_factory=set)
    _keys: dict[str, ScalarNode] = field(init=False)
    _nodes: dict[str, Node] = field(init=False)  # without those that were left empty

    def __post_init__(self) -> None:
        items = self.mapping.items
        self._keys = {key.value: key for key, _ in items}
        self._nodes = {k.value: node for k, node in items if not (isinstance(node, ScalarNode) and node.is_null)}

    def line(self, node: Node | None = None) -> int:
        """The line in the file of a node, or of the mapping."""
        return self.line0 + (node or self.mapping).line

    def complain(self, what: str, mend: str = "", node: Node | None = None) -> None:
        """Note a complaint at a node's line."""
        self.problems.append(Problem(self.file, self.line(node), what, mend))

    def node(self, key: str) -> Node | None:
        """The node under a key, None if absent or left empty. Any key asked for counts as known."""
        self._known.add(key)
        return self._nodes.get(key)

    def left_empty(self, key: str) -> bool:
        """Whether a key stands there with nothing after it."""
        return key in self._keys and key not in self._nodes

    def complain_of(self, key: str, what: str, mend: str = "") -> None:
        """Note a complaint at a key's line, whether or not anything is under it."""
        self.complain(what, mend, self._keys.get(key))

    def line_of(self, key: str) -> int:
        """The line of a key, for complaints that are found later."""
        return self.line(self._keys.get(key))

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A text on one line. Required: a missing or blank one is a complaint."""
        node = self.node(key)
        if node is None:
            if required:
                self.complain(f"`{self.within}{key}` is missing", f"add a line `{key}: …`")
            return None
        if not isinstance(node, ScalarNode):
            self.complain(f"`{self.within}{key}` is {_kind_of(node)}", "write a text", node)
            return None
        value = one_line(node.value)
        if not value and required:
            self.complain(f"`{self.within}{key}` is blank", f"write something after `{key}:`", node)
        return value or None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts without repeats; a single text counts as a list of one."""
        return tuple(dict.fromkeys(value for value, _ in self.texts_at(key)))

    def texts_at(self, key: str) -> list[tuple[str, Node]]:
        """The same with each text's node, for complaints about one of them."""
        node = self.node(key)
        if node is None:
            return []
        items = node.items if isinstance(node, SequenceNode) else (node,)
        found: list[tuple[str, Node]] = []
        for item in items:
            if not isinstance(item, ScalarNode):
                self.complain(f"`{self.within}{key}` holds {_kind_of(item)}", "write a list: [one, two]", item)
            elif not item.is_null and (value := one_line(item.value)):
                found.append((value, item))
        return found

    def date(self, key: str) -> dt.date | None:
        """A calendar date."""
        node = self.node(key)
        if node is None:
            return None
        found = parse_date(node.value) if isinstance(node, ScalarNode) else None
        if found is None:
            self.complain(f"`{self.within}{key}` is {_kind_of(node)}, no calendar date", "write 2019-05-23", node)
        return found

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """One of some words."""
        options = tuple(options)
        node = self.node(key)
        value = self.text(key)
        if value is None:
            return default
        if value in options:
            return value
        either = " or ".join(options)
        self.complain(
            f"`{self.within}{key}: {value}` is not {either}",
            did_you_mean(value, options, f"write {either}"),
            node,
        )
        return default

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        node = self.node(key)
        if node is None:
            return default
        text = node.value if isinstance(node, ScalarNode) else ""
        if re.fullmatch(r"\d{1,9}", text, re.ASCII) and low <= int(text) <= high:
            return int(text)
        self.complain(f"`{self.within}{key}` is {_kind_of(node)}", f"write a number from {low} to {high}", node)
        return default

    def href(self, key: str) -> Href | None:
        """A link to the web."""
        node = self.node(key)
        value = self.text(key)
        if value is None:
            return None
        found = safe_href(value)
        if found is None:
            self.complain(f"`{self.within}{key}: {value}` is no web address", "write it with https://", node)
        return found

    def paths(self, key: str) -> tuple[UrlPath, ...]:
        """URLs of the site itself, each as `/companies/name/`."""
        found: list[UrlPath] = []
        for value, node in self.texts_at(key):
            path = parse_url_path(value)
            if path is None:
                self.complain(
                    f"`{self.within}{key}`: {value} is no address of this site",
                    "write /companies/name/",
                    node,
                )
            else:
                found.append(path)
        return tuple(dict.fromkeys(found))

    def inner(self, key: str, example: str = "key: value", *, empty: bool = False) -> Fields | None:
        """The getters of a mapping under a key; its complaints land here.

        example: what a person may write there, for the mend.
        empty: a key that stands there with nothing after it counts as a mapping without keys.
        """
        node = self.node(key)
        name = self._keys.get(key)
        if node is None and empty and name is not None:
            node = MappingNode((), is_flow=False, line=name.line, start=name.end, end=name.end)
        if node is None:
            return None
        if not isinstance(node, MappingNode):
            self.complain(f"`{self.within}{key}` is {_kind_of(node)}", f"write {key}: {{{example}}}", node)
            return None
        return Fields(node, self.file, self.line0, self.problems, f"{self.within}{key}.")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A mapping of short labels to short texts."""
        inner = self.inner(key, "Label: text")
        if inner is None:
            return ()
        found = [(one_line(k.value), inner.text(k.value)) for k, _ in inner.mapping.items]
        return tuple((label, value) for label, value in found if label and value)

    def carried(self, key: str) -> object:
        """Whatever is under a key, unread."""
        node = self.node(key)
        return None if node is None else to_python(node)

    def finish(self, also: Iterable[str] = ()) -> None:
        """Complain about every key that nothing asked for."""
        known = {*self._known, *also}
        for key, _ in self.mapping.items:
            if key.value not in known:
                mend = did_you_mean(key.value, known, "remove it; known are " + ", ".join(sorted(known)))
                self.complain(f"`{self.within}{key.value}` is not a key of this file", mend, key)
