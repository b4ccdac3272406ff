"""Break the program in small ways, one at a time, and tell which breaks the tests notice.

    pytest --cov --cov-context=test --cov-report= -n auto     which tests run which line, kept in .coverage
    python tools/mutants.py --count 12 --seed 1               12 breaks in each of five rooms, as JSON lines

Each break is tried in a copy of the checkout on the tests that run its line, the quickest first. After R. DeMillo,
R. Lipton, F. Sayward, "Hints on Test Data Selection" (IEEE Computer, 1978). A break that changes nothing but speed
cannot be noticed: look at what survives by hand.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
ROOMS = ("site", "build", "entities", "content", "ingest")
COPIED = ("site_gen", "tests", "templates", "content", "docs", "tools", "pyproject.toml", "README.md")
MOST_TESTS = 150  # of those that run a line; where more do, the first that fail are among these
SECONDS = 400  # for the tests of one break; one that hangs is noticed
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


class Mutant(NamedTuple):
    """One break."""

    file: str  # below the checkout
    line: int  # from 1
    column: int  # in bytes, from 0
    end: int  # where the old source ends on that line, in bytes
    old: str  # the source that is replaced
    new: str  # what stands there instead


def main() -> int:
    """Try the breaks and print a JSON line for each, then how many were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=12, help="breaks a room (default: 12)")
    parser.add_argument("--seed", type=int, default=1, help="which breaks (default: 1)")
    parser.add_argument("--from", dest="source", type=Path, help="try the breaks of this file of JSON lines instead")
    args = parser.parse_args()
    if args.source:
        lines = args.source.read_text(encoding="utf-8").splitlines()
        mutants = [Mutant(*(json.loads(line)[field] for field in Mutant._fields)) for line in lines]
    else:
        chance = random.Random(args.seed)
        mutants = [mutant for room in ROOMS for mutant in chance.sample(sorted(mutants_of(room)), args.count)]
    data = CoverageData(str(ROOT / ".coverage"))
    data.read()
    noticed = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as executor:
        for mutant, by in zip(mutants, executor.map(partial(noticed_by, data=data), mutants), strict=True):
            noticed += by is not None
            print(json.dumps({**mutant._asdict(), "noticed by": by}, ensure_ascii=False), flush=True)
    print(f"{noticed} of {len(mutants)} noticed", file=sys.stderr)
    return 0


def mutants_of(room: str) -> Iterator[Mutant]:
    """Yield all breaks of a room that stand on one line."""
    for path in sorted((ROOT / "site_gen" / room).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.encode().split(b"\n")
        for node in ast.walk(_bodies_only(ast.parse(source))):
            new = _broken(node)
            if new is None or node.lineno != node.end_lineno:  # type: ignore[attr-defined]
                continue
            line, column, end = node.lineno, node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
            old = lines[line - 1][column:end].decode()
            if old != new:
                yield Mutant(path.relative_to(ROOT).as_posix(), line, column, end, old, new)


def _bodies_only(tree: ast.Module) -> ast.Module:
    """Return a tree of the statements of functions, without docstrings, annotations, defaults and decorators."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return ast.Module(
        [statement for function in functions for statement in function.body[ast.get_docstring(function) is not None :]],
        [],
    )


def _broken(node: ast.AST) -> str | None:
    """Return the source of a node with one thing in it changed; None where there is nothing to change."""
    changed = copy.deepcopy(node)
    if isinstance(changed, ast.Compare) and len(changed.ops) == 1 and type(changed.ops[0]) in _COMPARISONS:
        changed.ops = [_COMPARISONS[type(changed.ops[0])]()]
    elif isinstance(changed, ast.BoolOp):
        changed.op = ast.Or() if isinstance(changed.op, ast.And) else ast.And()
        return f"({ast.unparse(changed)})"
    elif isinstance(changed, ast.BinOp) and type(changed.op) in _OPERATORS:
        changed.op = _OPERATORS[type(changed.op)]()
    elif isinstance(changed, ast.UnaryOp) and isinstance(changed.op, ast.Not):
        return f"bool({ast.unparse(changed.operand)})"
    elif isinstance(changed, ast.Constant) and type(changed.value) is int:
        changed.value += 1
    elif isinstance(changed, ast.Constant) and type(changed.value) is bool:
        changed.value = not changed.value
    elif isinstance(changed, ast.Expr) and isinstance(changed.value, ast.Call):
        return "pass"
    elif isinstance(changed, ast.Continue):
        return "break"
    else:
        return None
    return ast.unparse(changed)


def noticed_by(mutant: Mutant, data: CoverageData) -> str | None:
    """Return the first test that fails with a break; None where all that run its line pass."""
    tests = sorted({context.rpartition("|")[0] for context in _contexts(mutant, data)} - {""})
    if not tests:
        return None
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, Path(folder) / name)
        path = Path(folder) / mutant.file
        lines = path.read_bytes().split(b"\n")
        line = lines[mutant.line - 1]
        assert line[mutant.column : mutant.end].decode() == mutant.old, mutant
        lines[mutant.line - 1] = line[: mutant.column] + mutant.new.encode() + line[mutant.end :]
        path.write_bytes(b"\n".join(lines))
        chosen = random.Random(0).sample(tests, min(len(tests), MOST_TESTS))
        return _first_failure(Path(folder), chosen)


def _contexts(mutant: Mutant, data: CoverageData) -> list[str]:
    return data.contexts_by_lineno(str(ROOT / mutant.file)).get(mutant.line, [])


def _first_failure(folder: Path, tests: list[str]) -> str | None:
    options = ["-x", "-q", "-n", "0", "-p", "no:randomly", "--no-header", "-rfE", "--hypothesis-profile", "ci"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"a test that did not end in {SECONDS} s"
    if done.returncode == 0:
        return None
    assert done.returncode == 1, f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0]


if __name__ == "__main__":
    raise SystemExit(main())
