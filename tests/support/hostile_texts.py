"""Texts on which a regular expression takes long, if it can, made from its own parts; and all that the program has.

Time grows with the square of a text's length where a search begins anew at each of its places and reads far from each,
or where two repetitions may share a run of characters. So for each repetition without a narrow bound there is a text of
what it repeats, with what the pattern wants before it: once, and each time.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from re import Pattern, _constants, _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, NamedTuple

import site_gen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

AnyPattern = Pattern[str] | Pattern[bytes]
RUNS = (" ", "\n", "\t", "[", "]", "(", "![", '"', "'", "“", "«", "0", "a", "A", "A ", "Aa ", "a-", "a.", "-", ".", ",",
        "/", ":", "#", "*", "_", "|", "<", "<a ", ">", "&", "\\", "é", "年", "1. ", "](", "http://")  # fmt: skip
_BOUND = 300  # a repetition of at most so many is a factor, not a power
_CHARACTERS = " a1A[({\"'-.,/:|#*_\n<>&=])}é年!?"
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_FROM_THE_START = frozenset({"match", "fullmatch"})
_CALLS = _FROM_THE_START | {"compile", "sub", "subn", "split", "findall", "finditer", "search"}


class PatternUse(NamedTuple):
    """A regular expression of the program."""

    where: str  # the module, and its name there or the line
    pattern: AnyPattern
    is_searched: bool  # it is looked for at all places of a text, not only at the first

    def run(self, text: str) -> None:
        """Look for all matches in a text."""
        pattern: Any = self.pattern
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        if self.is_searched:
            for _ in pattern.finditer(subject):
                pass
        else:
            pattern.match(subject)
            pattern.fullmatch(subject)


def all_patterns() -> list[PatternUse]:
    """Return the regular expressions of all modules: those that they hold, and those that calls of `re` are given."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(site_gen.__path__, "site_gen.")
        if not module.name.endswith("__main__")
    ]
    uses = [use for module in modules for use in (*_held(module), *_written_in_calls(module))]
    return list({(use.pattern.pattern, use.pattern.flags, use.is_searched): use for use in uses}.values())


def _held(module: ModuleType) -> Iterator[PatternUse]:
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    for name, value in vars(module).items():
        for pattern in _patterns_in(value):
            calls = set(re.findall(rf"\b{name}(?:\[[^\]]*\])?\.({'|'.join(_CALLS)})\b", source))
            yield PatternUse(f"{module.__name__}.{name}", pattern, not calls or bool(calls - _FROM_THE_START))


def _patterns_in(value: object, depth: int = 0) -> Iterator[AnyPattern]:
    if isinstance(value, Pattern):
        yield value
    elif inspect.isbuiltin(value) and isinstance(value.__self__, Pattern):  # a method that is called often
        yield value.__self__
    elif isinstance(value, dict | list | tuple | set | frozenset) and depth < 4:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _patterns_in(item, depth + 1)


def _written_in_calls(module: ModuleType) -> Iterator[PatternUse]:
    """Yield the patterns in calls such as `re.sub("a+", …)`; one that is put together of arguments is left out."""
    file = Path(str(module.__file__))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("re"), attr=call),
                args=[ast.Constant(str(text)), *_],
                keywords=keywords,
            ) if call in _CALLS - {"compile"}:
                flags = re.IGNORECASE if "IGNORECASE" in ast.unparse(node) else 0
                assert not [keyword for keyword in keywords if keyword.arg != "flags"]
                yield PatternUse(
                    f"{module.__name__}:{node.lineno}", re.compile(text, flags), call not in _FROM_THE_START
                )


class HostileText(NamedTuple):
    """A text that is as long as one wants it."""

    before: str  # what stands before the first unit
    unit: str  # what is repeated
    is_renewed: bool = False  # `before` stands before each unit

    def of_size(self, size: int) -> str:
        """Return the text in about so many characters."""
        if self.is_renewed:
            return (self.before + self.unit) * (size // len(self.before + self.unit))
        return f"{self.before}{self.unit * (size // len(self.unit))}\0"


def hostile_texts(pattern: AnyPattern) -> list[HostileText]:
    """Return the texts on which a pattern may take long."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    flags = pattern.flags & (re.VERBOSE | re.IGNORECASE | re.DOTALL | re.MULTILINE)
    texts = [HostileText("", unit) for unit in RUNS]
    for before, unit in dict.fromkeys(_repeated(_parser.parse(source, flags), "")):
        texts += [HostileText(before, unit), HostileText(before, unit, is_renewed=True)]
    return list(dict.fromkeys(texts))


def _repeated(parts: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield what each repetition repeats, in several ways, with what stands before it."""
    for part in parts:
        kind, value = part
        if kind in _REPEATS:
            if value[1] > _BOUND:
                units = dict.fromkeys(_sample(value[2], number) for number in range(5))
                yield from ((before, unit) for unit in units if unit)
            yield from _repeated(value[2], before)
        elif kind in {_constants.ASSERT, _constants.ASSERT_NOT}:
            yield from _repeated(value[1], before)
            continue
        for inner in _alternatives(kind, value):
            yield from _repeated(inner, before)
        before += _sample([part], 0)


def _alternatives(kind: object, value: Any) -> list[Any]:
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind is _constants.SUBPATTERN:
        return [value[3]]
    return [value] if kind is _constants.ATOMIC_GROUP else []


def _sample(parts: Iterable[Any], number: int) -> str:
    """Return a text that parts of a pattern match, or nearly so; another for each number."""
    text = ""
    for kind, value in parts:
        if kind in _REPEATS:
            text += _sample(value[2], number) * min(value[0], 50)
        elif inner := _alternatives(kind, value):
            text += _sample(inner[number % len(inner)], number)
        elif kind is _constants.LITERAL:
            text += chr(value)
        elif kind in {_constants.IN, _constants.NOT_LITERAL, _constants.ANY}:
            choices = [sign for sign in _CHARACTERS if _holds(kind, value, sign)] or _first_of(value)
            text += choices[number % len(choices)] if choices else ""
    return text


def _first_of(value: Any) -> list[str]:
    """Return the first characters of a set."""
    kinds = {_constants.LITERAL, _constants.RANGE}
    return [chr(item if isinstance(item, int) else item[0]) for kind, item in value if kind in kinds][:1]


def _holds(kind: object, value: Any, sign: str) -> bool:
    """Tell whether a set of a pattern holds a character."""
    if kind is not _constants.IN:
        return sign != "\n" if kind is _constants.ANY else sign != chr(value)
    is_in = any(
        (item is _constants.LITERAL and chr(what) == sign)
        or (item is _constants.RANGE and what[0] <= ord(sign) <= what[1])
        or (item is _constants.CATEGORY and _is_of(what, sign))
        for item, what in value
    )
    return is_in != (value[0][0] is _constants.NEGATE)


def _is_of(category: Any, sign: str) -> bool:
    _, _, name = str(category).partition("CATEGORY_")
    holds = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"}
    return holds[name.removeprefix("NOT_")] != name.startswith("NOT_")
