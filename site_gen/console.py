"""What a person sees in the terminal: lines, progress, complaints. The only place that prints."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TextIO, TypeVar

from site_gen.text import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.errors import Problem

T = TypeVar("T")


def line(text: str, file: TextIO | None = None) -> None:
    """Print a line. Control characters are taken out: a page's title must not drive the terminal."""
    stream = file or sys.stdout
    clean = scrub(text).replace("\x1b", "")
    try:
        print(clean, file=stream)
    except UnicodeEncodeError:  # a terminal that cannot show all letters
        print(clean.encode(stream.encoding or "ascii", "replace").decode(stream.encoding or "ascii"), file=stream)


def error(text: str) -> None:
    """Print a line for the person even where output is piped."""
    line(text, sys.stderr)


def record(data: dict[str, object]) -> None:
    """Print one JSON object on a line of its own, for scripts."""
    print(json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() not in {"utf-8", "utf8"}, default=str), flush=True)


def complain(problems: Iterable[Problem], limit: int = 200) -> None:
    """Print complaints, one a line, and how many more there are."""
    listed = list(problems)
    for problem in listed[:limit]:
        error(str(problem))
    if len(listed) > limit:
        error(f"… and {len(listed) - limit} more")


def progress(items: Iterable[T], total: int, unit: str) -> Iterator[T]:
    """The items, with a progress bar on a terminal; quiet when piped."""
    if not sys.stderr.isatty() or total < 2:
        yield from items
        return
    from tqdm import tqdm

    with tqdm(items, total=total, unit=f" {unit}", leave=False, dynamic_ncols=True, file=sys.stderr) as bar:
        yield from bar


def above_progress(text: str, *, to_stderr: bool = False) -> None:
    """Print a line without tearing a progress bar."""
    if not sys.stderr.isatty():
        line(text, sys.stderr if to_stderr else None)
        return
    from tqdm import tqdm

    tqdm.write(scrub(text), file=sys.stderr if to_stderr else sys.stdout)
