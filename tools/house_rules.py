"""Count what the house rules of CONTRIBUTING.md forbid, and name each place. `make check` runs it; it must print 0.

    python tools/house_rules.py [PATH…]     PATH: only count what lies below it (names are still compared everywhere)

Ruff holds the rules that every project has (imperative docstrings, imports, length); these are our own.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "site_gen"
ROOMS = {"build", "cli", "content", "core", "entities", "ingest", "pages", "publish", "serve", "site"}
TOP_FLOOR = ROOMS | {"__init__.py", "__main__.py", "py.typed"}
# Participles that say that something happened to a thing, not what the thing is.
BARE = {"found", "kept", "known", "made", "said", "told"}
EMPTY_BEGINNINGS = ("The same", "It is", "Let go", "See above", "As above")


class Fault(NamedTuple):
    """One thing that a rule forbids."""

    path: Path  # the file, below the repository
    line: int  # from 1
    rule: str  # which rule, in a few words
    what: str  # what stands there


def main(arguments: list[str]) -> int:
    """Print every fault and their number; return 1 where there is one."""
    chosen = [Path(argument).resolve() for argument in arguments] or [PACKAGE]
    faults = [fault for fault in all_faults() if any((ROOT / fault.path).is_relative_to(place) for place in chosen)]
    for fault in sorted(faults):
        print(f"{fault.path}:{fault.line}: {fault.rule}: {fault.what}")
    print(f"{len(faults)} against the house rules")
    return 1 if faults else 0


def all_faults() -> Iterator[Fault]:
    """Yield the faults of the whole package."""
    yield from _top_floor()
    classes: dict[str, list[tuple[Path, int]]] = defaultdict(list)
    modules: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(PACKAGE.rglob("*.py")):
        path, tree = file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))
        lines = file.read_text(encoding="utf-8").splitlines()
        if file.name == "__init__.py":
            yield from _logic_in_init(path, tree)
        else:
            modules[file.stem].append(path)
        yield from _docstrings(path, tree)
        yield from _bare_names(path, tree)
        yield from _aliases(path, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                if not node.name.startswith("_"):
                    classes[node.name].append((path, node.lineno))
                yield from _fields_without_a_line(path, node, lines)
    for name, places in classes.items():
        for path, line in places if len(places) > 1 else []:
            yield Fault(path, line, "a name with two meanings", f"class {name}")
    for name, paths in modules.items():
        for path in paths if len(paths) > 1 else []:
            yield Fault(path, 1, "a name with two meanings", f"module {name}")


def _top_floor() -> Iterator[Fault]:
    for entry in PACKAGE.iterdir():
        if entry.name not in TOP_FLOOR and entry.name != "__pycache__":
            yield Fault(entry.relative_to(ROOT), 1, "not one of the ten rooms", entry.name)


def _logic_in_init(path: Path, tree: ast.Module) -> Iterator[Fault]:
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"):
            yield Fault(path, node.lineno, "logic in __init__.py", ast.unparse(node).splitlines()[0])


def _docstrings(path: Path, tree: ast.Module) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            if text.startswith(EMPTY_BEGINNINGS):
                line = getattr(node, "lineno", 1)
                yield Fault(path, line, "a docstring that reads only beside another one", text.splitlines()[0])


def _bare_names(path: Path, tree: ast.Module) -> Iterator[Fault]:
    for node in ast.walk(tree):
        name = next((str(getattr(node, part)) for part in ("id", "arg", "attr", "name") if hasattr(node, part)), "")
        if name.strip("_").lower() in BARE:
            yield Fault(path, getattr(node, "lineno", 1), "a bare participle for a name", name)


def _aliases(path: Path, tree: ast.Module) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("site_gen"):
            for alias in node.names:
                if alias.asname and alias.asname != alias.name:
                    yield Fault(path, node.lineno, "a second name for one of ours", f"{alias.name} as {alias.asname}")


def _fields_without_a_line(path: Path, node: ast.ClassDef, lines: list[str]) -> Iterator[Fault]:
    decorators = {ast.unparse(item).split("(")[0].split(".")[-1] for item in node.decorator_list}
    bases = {ast.unparse(item).split(".")[-1] for item in node.bases}
    if "dataclass" not in decorators and not bases & {"NamedTuple", "TypedDict", "Struct"}:
        return
    docstring = [line.strip().split(":")[0] for line in (ast.get_docstring(node) or "").splitlines() if ":" in line]
    for here, after in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(here, ast.AnnAssign):
            continue
        below = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        above = lines[here.lineno - 2].strip().startswith("#")
        within = any("#" in lines[number - 1] for number in range(here.lineno, (here.end_lineno or here.lineno) + 1))
        listed = ast.unparse(here.target) in docstring
        if not (below or above or within or listed):
            yield Fault(
                path, here.lineno, "a field without a line of its own", f"{node.name}.{ast.unparse(here.target)}"
            )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
