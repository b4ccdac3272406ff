"""Faster evaluation of trafilatura's XPath expressions.

A fifth of a page's time went into XPath that tests the class and id of each element with regular expressions: lxml
runs EXSLT's `re:test` in Python, with lists and strings made for each call. Here the conditions are parsed from the
text of the XPath, and each value of an attribute is tested once. They stay trafilatura's, whichever its version. Only
expressions of the form `.//name[…]`, with conditions on an element's own name and attributes, are replaced; any other
stays with lxml.
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

    Expression = Callable[[HtmlElement], list[HtmlElement]]  # an XPath, or a function that stands for one
    Test = Callable[[str], object]  # of an attribute's value; passed if true

_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_MAX_CACHED_VALUES = 20_000  # of an attribute, whose verdicts a condition keeps
_NAME = r"[A-Za-z][\w-]*"
_TEXT = r"(?:'[^']*'|\"[^\"]*\")"
_ATTRIBUTES = rf"@{_NAME}(?:\s*\|\s*@{_NAME})*"
_SELF_NAMES = rf"self::{_NAME}(?:\s+or\s+self::{_NAME})*"
_TERM = re.compile(
    rf"""\s*(?:
      not\(\s*(?P<excluded>{_SELF_NAMES})\s*\)
    | (?P<names>{_SELF_NAMES})
    | re:test\(\s*(?P<searched>{_ATTRIBUTES})\s*,\s*(?P<pattern>{_TEXT})\s*(?:,\s*'(?P<flag>i)'\s*)?\)
    | (?P<function>contains|starts-with)\(\s*
      (?:translate\(\s*(?P<folded>{_ATTRIBUTES})\s*,\s*(?P<from>{_TEXT})\s*,\s*(?P<to>{_TEXT})\s*\)|(?P<plain>{_ATTRIBUTES}))
      \s*,\s*(?P<part>{_TEXT})\s*\)
    | @(?P<equal>{_NAME})\s*=\s*(?P<whole>{_TEXT})
    | @(?P<present>{_NAME})
    )\s*""",
    re.VERBOSE,
)
_CONDITION = re.compile(rf"\[((?:[^\[\]'\"]|{_TEXT})*)\]")
_STEP = re.compile(rf"\s*\.//(\*|{_NAME})((?:\s*\[(?:[^\[\]'\"]|{_TEXT})*\])*)\s*")
_FIRST_OF_ALL = re.compile(r"\A\s*\((.*)\)\s*\[1\]\s*", re.DOTALL)
_FIRST_OF_PARENT = re.compile(r"\A(.*\])\s*\[1\]\s*", re.DOTALL)


class _UnsupportedXPathError(Exception):
    """An XPath of a form that is left to lxml."""


class _VerdictByValue(dict[str, "bool | tuple[frozenset[str], ...]"]):
    """Whether a condition holds for each value of one attribute, tested when it is first asked for.

    A verdict may also be sets of attributes: the condition then holds if the attribute is the first of one of these
    sets on its element, since XPath evaluates `@id|@class` to the one that is written first.
    """

    def __init__(self) -> None:
        # What is tested: the attributes that the test is written for (`@id|@class`), and the test.
        self.tests: list[tuple[frozenset[str], Test]] = []

    def __missing__(self, value: str) -> bool | tuple[frozenset[str], ...]:
        passed = {attributes for attributes, test in self.tests if test(value)}
        verdict = any(len(attributes) == 1 for attributes in passed) or tuple(passed)
        if len(self) >= _MAX_CACHED_VALUES:
            self.clear()
        self[value] = verdict or False
        return self[value]


class _Condition:
    """A condition in brackets: terms joined by `or`, on an element's own name and attributes."""

    def __init__(self, text: str) -> None:
        """Parse what stands in the brackets. Raises _UnsupportedXPathError."""
        self.names: frozenset[str] = frozenset()  # an element with one of these names passes
        self.excluded_names: frozenset[str] = frozenset()  # if not empty, an element with any other name passes
        self.verdicts: dict[str, _VerdictByValue] = {}  # by the attribute's name
        position = 0
        while True:
            term = _TERM.match(text, position)
            if not term:
                raise _UnsupportedXPathError
            self._add_term(term)
            position = term.end()
            if position == len(text):
                return
            is_or = text.startswith("or", position) and not text[position + 2 : position + 3].isalnum()
            if not is_or or not text[position - 1].isspace():
                raise _UnsupportedXPathError
            position += 2

    def _add_term(self, term: re.Match[str]) -> None:
        if term["names"]:
            self.names |= _self_names(term["names"])
            return
        if term["excluded"]:
            if self.excluded_names:
                raise _UnsupportedXPathError
            self.excluded_names = _self_names(term["excluded"])
            return
        attributes, test = _parse_test(term)
        for name in attributes:
            self.verdicts.setdefault(name, _VerdictByValue()).tests.append((attributes, test))

    def holds(self, name: str, attributes: Sequence[tuple[str, str]]) -> bool:
        """Whether the condition holds for an element with this name and these attributes, in their order."""
        for key, value in attributes:
            verdicts = self.verdicts.get(key)
            if verdicts is not None and (verdict := verdicts[value]):
                if isinstance(verdict, bool):
                    return True
                if any(next(first for first, _ in attributes if first in union) == key for union in verdict):
                    return True
        return name in self.names or bool(self.excluded_names and name not in self.excluded_names)


def _self_names(text: str) -> frozenset[str]:
    """Return the names in `self::a or self::b`."""
    return frozenset(re.findall(r"self::([\w-]+)", text))


def _parse_test(term: re.Match[str]) -> tuple[frozenset[str], Test]:
    """Return the attributes of a term and what it tests of their values.

    Raises _UnsupportedXPathError for a test that an absent attribute would pass, too.
    """
    if term["present"]:
        return frozenset({term["present"]}), lambda _: True
    if term["equal"]:
        return frozenset({term["equal"]}), term["whole"][1:-1].__eq__
    test: Test
    if term["searched"]:
        test = re.compile(term["pattern"][1:-1], re.IGNORECASE if term["flag"] else 0).search
    else:
        part = term["part"][1:-1]
        test = _contains(part) if term["function"] == "contains" else _starts_with(part)
        if term["folded"]:
            test = _translated(test, term["from"][1:-1], term["to"][1:-1])
    if test(""):
        raise _UnsupportedXPathError
    return frozenset(re.findall(r"@([\w-]+)", term["searched"] or term["folded"] or term["plain"])), test


def _contains(part: str) -> Test:
    return lambda value: part in value


def _starts_with(part: str) -> Test:
    return lambda value: value.startswith(part)


def _translated(test: Test, old: str, new: str) -> Test:
    """Return a test of a value in which each character of `old` is the one of `new` (XPath's `translate`)."""
    if len(old) != len(new):
        raise _UnsupportedXPathError
    table = str.maketrans(old, new)
    return lambda value: test(value.translate(table))


class _Step(NamedTuple):
    """One of the paths of an expression that `|` joins."""

    names: frozenset[str]  # of the elements that it looks at; empty for all
    conditions: tuple[_Condition, ...]  # that must all hold
    rest: XPath | None  # further conditions, evaluated by lxml on the few elements for which the others hold


class FastXPath:
    """A function of a tree that returns what an XPath returns."""

    def __init__(self, path: str) -> None:
        """Parse an XPath. Raises _UnsupportedXPathError for one of another form, re.error for a wrong pattern."""
        self._first_of = ""  # whether only the first element counts, of the whole `tree` or of each `parent`
        for scope, form in (("tree", _FIRST_OF_ALL), ("parent", _FIRST_OF_PARENT)):
            if match := form.fullmatch(path):
                path, self._first_of = match[1], scope
                break
        steps = [_parse_step(text) for text in re.split(r"\|(?=\s*\.//)", path)]
        names = [step.names for step in steps]
        self._names = tuple(sorted(frozenset().union(*names))) if all(names) else ("*",)
        self._unconditional = frozenset(name for step in steps if not step.conditions for name in step.names)
        self._steps = [step for step in steps if step.conditions]

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """Return the elements below the tree's root that match, in the order of the page."""
        matches: list[HtmlElement] = []
        parents: set[HtmlElement | None] = set()
        unconditional = self._unconditional
        for element in tree.iter(*self._names):
            name = element.tag
            if (name not in unconditional and not self._matches(element, name, element.items())) or element is tree:
                continue
            if self._first_of == "parent":
                parent = element.getparent()
                if parent in parents:
                    continue
                parents.add(parent)
            matches.append(element)
            if self._first_of == "tree":
                break
        return matches

    def _matches(self, element: HtmlElement, name: str, attributes: Sequence[tuple[str, str]]) -> bool:
        for names, conditions, rest in self._steps:
            if not names or name in names:
                for condition in conditions:
                    if not condition.holds(name, attributes):
                        break
                else:
                    if rest is None or rest(element):
                        return True
        return False


def _parse_step(text: str) -> _Step:
    """Parse a path such as `.//div[@id='a'][not(.//p)]`."""
    match = _STEP.fullmatch(text)
    if not match:
        raise _UnsupportedXPathError
    names = frozenset() if match[1] == "*" else frozenset({match[1]})
    conditions: list[_Condition] = []
    rest = ""
    for condition in _CONDITION.findall(match[2]):
        try:
            conditions.append(_Condition(condition))
        except _UnsupportedXPathError:
            if not condition.lstrip().startswith("not(") or "position()" in condition or "last()" in condition:
                raise
            rest += f"[{condition}]"
    if conditions and not names and not conditions[0].verdicts and not conditions[0].excluded_names:
        names = conditions.pop(0).names  # `.//*[self::a or self::b]`
    if not conditions and (rest or not names):
        raise _UnsupportedXPathError
    return _Step(names, tuple(conditions), XPath(f"self::*{rest}", namespaces=_NAMESPACES) if rest else None)


def accelerate(expression: XPath) -> Expression:
    """Return a faster function for an expression if it has the form; else the expression itself."""
    try:
        return FastXPath(expression.path)
    except (_UnsupportedXPathError, re.error):
        return cast("Expression", expression)


def _accelerate_lists() -> list[tuple[list[object], list[object]]]:
    """Return trafilatura's lists of expressions, each with the list that replaces it."""
    originals = [value for name, value in vars(xpaths).items() if name.isupper() and isinstance(value, list)]
    return [
        (original, [accelerate(item) if isinstance(item, XPath) else item for item in original])
        for original in originals
    ]


_LISTS = _accelerate_lists()
_BASELINE = importlib.import_module("trafilatura.baseline")
_CLEANING = "BASIC_CLEAN_XPATH"  # an expression of its own, in no list; another version may have none
_SLOW_CLEANING = getattr(_BASELINE, _CLEANING, None)
_FAST_CLEANING = accelerate(_SLOW_CLEANING) if isinstance(_SLOW_CLEANING, XPath) else None

_EXTRACTOR = importlib.import_module("trafilatura.main_extractor")
_PRUNE = _EXTRACTOR.prune_unwanted_sections
_COUNT_TEXTS = XPath("count(.//text())")
_MANY_TEXTS = 2_000  # fewer are asked for their parents sooner than they are joined


def _prune_and_join(tree: HtmlElement, *args: object, **options: object) -> HtmlElement:
    """Prune a tree as trafilatura does, and join the texts that stand side by side in it.

    Where inline elements were taken away around their texts, these stand side by side, and lxml reads all before each
    when it is asked for its parent, as trafilatura does next.
    """
    pruned: HtmlElement = _PRUNE(tree, *args, **options)
    if cast("float", _COUNT_TEXTS(pruned)) > _MANY_TEXTS:
        for element in pruned.iter():
            element.text = element.text
            element.tail = element.tail
    return pruned


_CONVERSION = importlib.import_module("trafilatura.htmlprocessing")
_COMPLETE_LINK = _CONVERSION.safe_relative_url
# What stays as it is when it is taken apart and joined: with a host, and with something behind each of its signs.
_WHOLE_ADDRESS = re.compile(
    r"https?://[^\s\x00-\x1f/?#;][^\s\x00-\x1f?#;]*(?:\?[^\s\x00-\x1f#]+)?(?:#[^\s\x00-\x1f]+)?"
)


def complete_address(base: str, address: str) -> str:
    """Return an address that is completed as trafilatura does it, which takes it apart three times to do so."""
    if _WHOLE_ADDRESS.fullmatch(address):
        return address
    return cast("str", _COMPLETE_LINK(base, address))


@contextlib.contextmanager
def accelerated_trafilatura() -> Iterator[None]:
    """Make trafilatura use the faster functions within a `with` block.

    They return what the expressions return, so that another thread may see them, too.
    """
    contents = [list(original) for original, _ in _LISTS]
    cleaning = getattr(_BASELINE, _CLEANING, None)
    for original, replacement in _LISTS:
        original[:] = replacement
    if _FAST_CLEANING is not None:
        setattr(_BASELINE, _CLEANING, _FAST_CLEANING)
    setattr(_EXTRACTOR, _PRUNE.__name__, _prune_and_join)
    setattr(_CONVERSION, _COMPLETE_LINK.__name__, complete_address)
    try:
        yield
    finally:
        setattr(_EXTRACTOR, _PRUNE.__name__, _PRUNE)
        setattr(_CONVERSION, _COMPLETE_LINK.__name__, _COMPLETE_LINK)
        for (original, _), content in zip(_LISTS, contents, strict=True):
            original[:] = content
        if _FAST_CLEANING is not None:
            setattr(_BASELINE, _CLEANING, cleaning)
