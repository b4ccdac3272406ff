"""Typed getters over a YAML mapping, which collect complaints with file and line. Pure.

With them a record's decoder (see `schema`) reads as a list of its fields. Nothing is raised for a wrong one, so a
person sees every complaint about a file at once.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode
from site_gen.core.errors import Problem
from site_gen.core.text import did_you_mean, one_line
from site_gen.core.urls import Href, UrlPath, parse_url_path, safe_href

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_YEAR = 1600  # what is before is older than any newspaper: a slip of the finger
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]\d.*)?$")


def parse_date(text: str) -> dt.date | None:
    """Return the calendar date of an ISO 8601 date or date-time, or None. A time of day is dropped."""
    match = _DATE.match(text.strip())
    if not match:
        return None
    try:
        date = dt.date(*map(int, match.groups()[:3]))
    except ValueError:
        return None
    return date if date.year >= _FIRST_YEAR else None


def suggest_date(text: str) -> str:
    """Return what to write for a text that is no ISO date, `2024-02-29` for `29.02.2024`; both days of `3/4/2024`."""
    numbers = re.fullmatch(r"\s*(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?\s*", text, re.ASCII)
    if not numbers:
        return "write 2019-05-23"
    first, sign, second, third = numbers.groups()
    orders = [(first, second, third)] if len(first) == 4 else [(third, second, first)]
    if len(first) < 3 and sign != ".":
        orders.append((third, first, second))  # as in America
    days = dict.fromkeys(day for order in orders if (day := parse_date("{:0>4}-{:0>2}-{:0>2}".format(*order))))
    return f"write {' or '.join(map(str, days)) or '2019-05-23'}"


def _describe(node: Node) -> str:
    """Return what a node is, in words for a complaint."""
    if isinstance(node, ScalarNode):
        return f"the text {node.value!r}" if len(node.value) < 40 else "a text"
    return "a list" if isinstance(node, SequenceNode) else "keys of its own"


@dataclass(slots=True)
class Fields:
    """Getters over one mapping of one file: each returns a key's value, or a default and a complaint."""

    mapping: MappingNode  # what is read
    file: str  # relative to the site, for complaints
    line0: int = 0  # added to the mapping's lines, which count within its YAML, to get those of the file
    problems: list[Problem] = field(default_factory=list)  # the complaints so far
    within: str = ""  # the keys that the mapping stands under: `theme.`
    _asked_keys: set[str] = field(default_factory=set)  # those that a getter was asked for
    _keys: dict[str, ScalarNode] = field(init=False)  # every key's own node
    _nodes: dict[str, Node] = field(init=False)  # every key's value, without those that were left empty

    def __post_init__(self) -> None:
        items = self.mapping.items
        self._keys = {key.value: key for key, _ in items}
        self._nodes = {k.value: node for k, node in items if not (isinstance(node, ScalarNode) and node.is_null)}

    def line(self, node: Node | None = None) -> int:
        """Return the line in the file of a node, by default of the mapping."""
        return self.line0 + (node or self.mapping).line

    def complain(self, what: str, mend: str = "", node: Node | None = None) -> None:
        """Note a complaint at a node's line."""
        self.problems.append(Problem(self.file, self.line(node), what, mend))

    def node(self, key: str) -> Node | None:
        """Return the node under a key, None if absent or left empty. Any key asked for is one that may be there."""
        self._asked_keys.add(key)
        return self._nodes.get(key)

    def is_left_empty(self, key: str) -> bool:
        """Return whether a key stands there with nothing after it."""
        return key in self._keys and key not in self._nodes

    def complain_at_key(self, key: str, what: str, mend: str = "") -> None:
        """Note a complaint at a key's line, whether or not anything is under it."""
        self.complain(what, mend, self._keys.get(key))

    def line_of_key(self, key: str) -> int:
        """Return the line of a key, for complaints that come later."""
        return self.line(self._keys.get(key))

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Return a text on one line, None where there is none. required: a missing or blank one is a complaint."""
        node = self.node(key)
        if node is None:
            if required:
                self.complain(f"`{self.within}{key}` is missing", f"add a line `{key}: …`")
            return None
        if not isinstance(node, ScalarNode):
            self.complain(f"`{self.within}{key}` is {_describe(node)}", "write a text", node)
            return None
        value = one_line(node.value)
        if not value and required:
            self.complain(f"`{self.within}{key}` is blank", f"write something after `{key}:`", node)
        return value or None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts without repeats; a single text counts as a list of one."""
        return tuple(dict.fromkeys(value for value, _ in self.texts_with_nodes(key)))

    def texts_with_nodes(self, key: str) -> list[tuple[str, Node]]:
        """Return a list of texts, each with its node, for complaints about one of them; repeats stay."""
        node = self.node(key)
        if node is None:
            return []
        items = node.items if isinstance(node, SequenceNode) else (node,)
        texts: list[tuple[str, Node]] = []
        for item in items:
            if not isinstance(item, ScalarNode):
                self.complain(f"`{self.within}{key}` holds {_describe(item)}", "write a list: [one, two]", item)
            elif not item.is_null and (value := one_line(item.value)):
                texts.append((value, item))
        return texts

    def date(self, key: str) -> dt.date | None:
        """Return a calendar date, None where there is none."""
        node = self.node(key)
        if node is None:
            return None
        date = parse_date(node.value) if isinstance(node, ScalarNode) else None
        if date is None:
            mend = suggest_date(node.value if isinstance(node, ScalarNode) else "")
            self.complain(f"`{self.within}{key}` is {_describe(node)}, not a calendar date", mend, node)
        return date

    def choice(self, key: str, options: Iterable[str], default: str, mend: str = "") -> str:
        """Return one of some words. mend: what to do about another, where that is more than to choose one of them."""
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
            mend or did_you_mean(value, options, f"write {either}"),
            node,
        )
        return default

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        node = self.node(key)
        if node is None:
            return default
        text = node.value if isinstance(node, ScalarNode) else ""
        if re.fullmatch(r"\d{1,9}", text, re.ASCII) and low <= int(text) <= high:
            return int(text)
        self.complain(f"`{self.within}{key}` is {_describe(node)}", f"write a number from {low} to {high}", node)
        return default

    def href(self, key: str) -> Href | None:
        """Return a link to the web, None where there is none."""
        node = self.node(key)
        value = self.text(key)
        if value is None:
            return None
        href = safe_href(value)
        if href is None:
            self.complain(f"`{self.within}{key}: {value}` is not a web address", "write it with https://", node)
        return href

    def paths(self, key: str) -> tuple[UrlPath, ...]:
        """Return addresses of the site itself, each as `/companies/name/`."""
        paths: list[UrlPath] = []
        for value, node in self.texts_with_nodes(key):
            path = parse_url_path(value)
            if path is None:
                self.complain(
                    f"`{self.within}{key}`: {value} is not an address of this site",
                    "write /companies/name/",
                    node,
                )
            else:
                paths.append(path)
        return tuple(dict.fromkeys(paths))

    def inner(self, key: str, example: str = "key: value", *, empty: bool = False) -> Fields | None:
        """Return the getters of a mapping under a key, None where there is none; its complaints land here.

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
            self.complain(f"`{self.within}{key}` is {_describe(node)}", f"write {key}: {{{example}}}", node)
            return None
        return Fields(node, self.file, self.line0, self.problems, f"{self.within}{key}.")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a mapping of short labels to short texts, as pairs in their order."""
        inner = self.inner(key, "Label: text")
        if inner is None:
            return ()
        pairs = [(one_line(key.value), inner.text(key.value)) for key, _ in inner.mapping.items]
        return tuple((label, value) for label, value in pairs if label and value)

    def finish(self, also: Iterable[str] = ()) -> None:
        """Complain about every key that no getter was asked for. also: further keys that may be there."""
        allowed = {*self._asked_keys, *also}
        for key, _ in self.mapping.items:
            if key.value not in allowed:
                mend = did_you_mean(key.value, allowed, "remove it; known keys: " + ", ".join(sorted(allowed)))
                self.complain(f"`{self.within}{key.value}` is not a key of this file", mend, key)
