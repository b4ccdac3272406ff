"""trafilatura's own expressions, asked sooner.

A fifth of a page's time went into XPath that puts the class and id of each element to regular expressions: lxml runs
EXSLT's `re:test` in Python, with lists and texts made for each call. The same conditions are read here from the XPath's
own text and put to each value once. They stay trafilatura's, whichever its version; an expression of another form
than `.//name[…]`, with conditions of an element's own name and attributes, stays what it is.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from lxml.etree import XPath
from trafilatura import xpaths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml.html import HtmlElement

    Expression = Callable[[HtmlElement], list[HtmlElement]]
    Test = Callable[[str], object]

_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_KNOWN = 20_000  # values of an attribute that a condition remembers
_NAME = r"[A-Za-z][\w-]*"
_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_ATTRIBUTES = rf"@{_NAME}(?:\s*\|\s*@{_NAME})*"
_NAMES = rf"self::{_NAME}(?:\s+or\s+self::{_NAME})*"
_TERM = re.compile(
    rf"""\s*(?:
      not\(\s*(?P<others>{_NAMES})\s*\)
    | (?P<names>{_NAMES})
    | re:test\(\s*(?P<searched>{_ATTRIBUTES})\s*,\s*(?P<pattern>{_TEXT})\s*(?:,\s*'(?P<flag>i)'\s*)?\)
    | (?P<function>contains|starts-with)\(\s*
      (?:translate\(\s*(?P<folded>{_ATTRIBUTES})\s*,\s*(?P<from>{_TEXT})\s*,\s*(?P<to>{_TEXT})\s*\)|(?P<of>{_ATTRIBUTES}))
      \s*,\s*(?P<part>{_TEXT})\s*\)
    | @(?P<equal>{_NAME})\s*=\s*(?P<whole>{_TEXT})
    | @(?P<there>{_NAME})
    )\s*""",
    re.VERBOSE,
)
_CONDITION = re.compile(rf"\s*\[((?:[^\[\]'\"]|{_TEXT})*)\]\s*")
_STEP = re.compile(rf"\s*\.//(\*|{_NAME})((?:\s*\[(?:[^\[\]'\"]|{_TEXT})*\])*)\s*")
_FIRST_OF_ALL = re.compile(r"\s*\((.*)\)\s*\[1\]\s*", re.DOTALL)
_FIRST_OF_PARENT = re.compile(r"(.*\])\s*\[1\]\s*", re.DOTALL)


class _UnknownFormError(Exception):
    """The expression is left to lxml."""


class _Values(dict[str, "bool | tuple[frozenset[str], ...]"]):
    """What a condition says to the values of one attribute: yes, no, or yes if it is the first of several: XPath takes
    `@id|@class` for the one that is written first."""

    def __init__(self) -> None:
        self.tests: list[tuple[frozenset[str], Test]] = []

    def __missing__(self, value: str) -> bool | tuple[frozenset[str], ...]:
        passed = {attributes for attributes, test in self.tests if test(value)}
        verdict = any(len(attributes) == 1 for attributes in passed) or tuple(passed)
        if len(self) >= _KNOWN:
            self.clear()
        self[value] = verdict or False
        return self[value]


class _Condition:
    """What stands in brackets, or-ed terms: names that pass, names of which all others pass, values of attributes."""

    def __init__(self, text: str) -> None:
        self.names: frozenset[str] = frozenset()
        self.others: frozenset[str] = frozenset()
        self.attributes: dict[str, _Values] = {}
        at = 0
        while True:
            term = _TERM.match(text, at)
            if not term:
                raise _UnknownFormError
            self._add(term)
            at = term.end()
            if at == len(text):
                return
            if not text.startswith("or", at) or text[at + 2 : at + 3].isalnum() or not text[at - 1].isspace():
                raise _UnknownFormError
            at += 2

    def _add(self, term: re.Match[str]) -> None:
        if term["names"]:
            self.names |= _named(term["names"])
            return
        if term["others"]:
            if self.others:
                raise _UnknownFormError
            self.others = _named(term["others"])
            return
        attributes, test = _test(term)
        for name in attributes:
            self.attributes.setdefault(name, _Values()).tests.append((attributes, test))

    def passes(self, name: str, items: Sequence[tuple[str, str]]) -> bool:
        """Whether an element passes, by its name and attributes."""
        for key, value in items:
            values = self.attributes.get(key)
            if values is not None and (verdict := values[value]):
                if isinstance(verdict, bool):
                    return True
                if any(next(one for one, _ in items if one in several) == key for several in verdict):
                    return True
        return name in self.names or bool(self.others and name not in self.others)


def _named(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"self::([\w-]+)", text))


def _test(term: re.Match[str]) -> tuple[frozenset[str], Test]:
    """The attributes that a term looks at, and what it asks of a value. No term may pass where there is none."""
    if term["there"]:
        return frozenset({term["there"]}), lambda _: True
    if term["equal"]:
        return frozenset({term["equal"]}), term["whole"][1:-1].__eq__
    test: Test
    if term["searched"]:
        test = re.compile(term["pattern"][1:-1], re.IGNORECASE if term["flag"] else 0).search
    else:
        part = term["part"][1:-1]
        within: Test = part_of(part) if term["function"] == "contains" else beginning(part)
        test = within
        if term["folded"]:
            old, new = term["from"][1:-1], term["to"][1:-1]
            if len(old) != len(new):
                raise _UnknownFormError
            table = str.maketrans(old, new)

            def test(value: str) -> object:
                return within(value.translate(table))

    if test(""):
        raise _UnknownFormError
    return frozenset(re.findall(r"@([\w-]+)", term["searched"] or term["folded"] or term["of"])), test


def part_of(part: str) -> Test:
    """Whether a value contains this."""
    return lambda value: part in value


def beginning(part: str) -> Test:
    """Whether a value begins with this."""
    return lambda value: value.startswith(part)


class _Step(NamedTuple):
    """One of the or-ed paths of an expression: names of elements, none for all, and conditions that all must hold; the
    `rest` of them is left to lxml, which asks those few that have passed the others."""

    names: frozenset[str]
    conditions: tuple[_Condition, ...]
    rest: XPath | None


class Quick:
    """A function of a tree that gives what an XPath gives."""

    def __init__(self, path: str) -> None:
        """Raises _UnknownFormError for an XPath of another form."""
        self._first = ""
        for kind, form in (("tree", _FIRST_OF_ALL), ("parent", _FIRST_OF_PARENT)):
            if match := form.fullmatch(path):
                path, self._first = match[1], kind
                break
        steps = [_step(text) for text in re.split(r"\|(?=\s*\.//)", path)]
        names = [step.names for step in steps]
        self._names = tuple(sorted(frozenset().union(*names))) if all(names) else ("*",)
        self._enough = frozenset(name for step in steps if not step.conditions for name in step.names)
        self._steps = [step for step in steps if step.conditions]

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements below the tree's own that pass, in the order of the page."""
        found: list[HtmlElement] = []
        parents: set[HtmlElement | None] = set()
        enough = self._enough
        for element in tree.iter(*self._names):
            name = element.tag
            if (name not in enough and not self._passes(element, name, element.items())) or element is tree:
                continue
            if self._first == "parent":
                parent = element.getparent()
                if parent in parents:
                    continue
                parents.add(parent)
            found.append(element)
            if self._first == "tree":
                break
        return found

    def _passes(self, element: HtmlElement, name: str, items: Sequence[tuple[str, str]]) -> bool:
        for names, conditions, rest in self._steps:
            if not names or name in names:
                for condition in conditions:
                    if not condition.passes(name, items):
                        break
                else:
                    if rest is None or rest(element):
                        return True
        return False


def _step(text: str) -> _Step:
    match = _STEP.fullmatch(text)
    if not match:
        raise _UnknownFormError
    names = frozenset() if match[1] == "*" else frozenset({match[1]})
    conditions: list[_Condition] = []
    rest = ""
    for one in _CONDITION.findall(match[2]):
        try:
            conditions.append(_Condition(one))
        except _UnknownFormError:
            if not one.lstrip().startswith("not(") or "position()" in one or "last()" in one:
                raise
            rest += f"[{one}]"
    if conditions and not names and not conditions[0].attributes and not conditions[0].others:
        names = conditions.pop(0).names
    if not conditions and (rest or not names):
        raise _UnknownFormError
    return _Step(names, tuple(conditions), XPath(f"self::*{rest}", namespaces=_NAMESPACES) if rest else None)


def quick(expression: XPath) -> Expression:
    """The expression as a function that is sooner done, if it has the form; else as it is."""
    try:
        return Quick(expression.path)
    except (_UnknownFormError, re.error):
        return cast("Expression", expression)


def _lists() -> list[tuple[list[object], list[object]]]:
    """The lists of expressions, each with what stands in for it."""
    lists = [value for name, value in vars(xpaths).items() if name.isupper() and isinstance(value, list)]
    return [(one, [quick(item) if isinstance(item, XPath) else item for item in one]) for one in lists]


_LISTS = _lists()
_BASELINE = importlib.import_module("trafilatura.baseline")
_CLEANING = "BASIC_CLEAN_XPATH"  # an expression by itself; another version may have none
_SLOW_CLEANING = getattr(_BASELINE, _CLEANING, None)
_QUICK_CLEANING = quick(_SLOW_CLEANING) if isinstance(_SLOW_CLEANING, XPath) else None


@contextlib.contextmanager
def all_quick() -> Iterator[None]:
    """While it lasts, trafilatura asks these functions. They answer the same: another thread may see them, too."""
    originals = [list(one) for one, _ in _LISTS]
    cleaning = getattr(_BASELINE, _CLEANING, None)
    for one, stand_in in _LISTS:
        one[:] = stand_in
    if _QUICK_CLEANING is not None:
        setattr(_BASELINE, _CLEANING, _QUICK_CLEANING)
    try:
        yield
    finally:
        for (one, _), original in zip(_LISTS, originals, strict=True):
            one[:] = original
        if _QUICK_CLEANING is not None:
            setattr(_BASELINE, _CLEANING, cleaning)
