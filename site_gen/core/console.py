"""Print to the terminal: lines, progress, complaints. The only place that prints."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from site_gen.core.text import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.core.errors import Problem

Item = TypeVar("Item")

# What JSON leaves as it is and a terminal may obey or a stream cannot encode: DEL and C1 controls, line
# and paragraph separators, directional overrides, the surrogates of a file name that is no UTF-8.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _printable(text: str) -> str:
    """Return a file's name or a complaint as it can be printed on one line.

    What would break the line, drive the terminal or not encode is written out, as in a Python string.
    """
    return "".join(c if c == scrub(c) and c not in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def print_line(text: str, file: TextIO | None = None) -> None:
    """Print text, without its control characters: a page's title must not drive the terminal.

    file: where to, by default the standard output.
    """
    stream = file or sys.stdout
    clean = scrub(text)
    try:
        print(clean, file=stream)
    except UnicodeEncodeError:  # a terminal that cannot show all letters
        print(clean.encode(stream.encoding or "ascii", "replace").decode(stream.encoding or "ascii"), file=stream)


def print_error(text: str) -> None:
    """Print one line for the person, even where output is piped."""
    print_line(_printable(text), sys.stderr)


def is_interactive() -> bool:
    """Return whether somebody sits at the terminal who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> str | None:
    """Print a question and return the line that the person types, None where the input ends."""
    try:
        return input(question)
    except EOFError:
        print_line("")
        return None
    except KeyboardInterrupt:
        print_line("")  # so that what is printed next stands on a line of its own
        raise


def print_json(data: dict[str, object]) -> None:
    """Print one JSON object on a line of its own, for scripts."""
    text = json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() not in {"utf-8", "utf8"}, default=str)
    print(_UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text), flush=True)


def flush() -> None:
    """Hand over what was printed. Raises BrokenPipeError where nobody reads any more."""
    sys.stdout.flush()


def discard_output() -> None:
    """Print no more: the reader of a pipe has gone (`site-gen extract … | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_problems(problems: Iterable[Problem], limit: int = 200) -> None:
    """Print complaints, one a line, at most `limit`, and how many more there are."""
    listed = list(problems)
    for problem in listed[:limit]:
        print_error(str(problem))
    if len(listed) > limit:
        print_error(f"… and {len(listed) - limit} more")


def format_doubts(doubts: Iterable[tuple[str, str]]) -> str:
    """Return what is not sure of an article and why, on one line."""
    return "; ".join(f"{key}: {reason}" for key, reason in doubts)


def show_progress(items: Iterable[Item], total: int | Callable[[], int], unit: str) -> Iterator[Item]:
    """Yield the items, with a progress bar on a terminal; without one when piped.

    total: how many items there are, or a function that returns how many are known by now. unit: what they are, in the
    plural.
    """
    count = total if callable(total) else lambda: total
    if not sys.stderr.isatty() or (isinstance(total, int) and total < 2):
        yield from items
        return
    from tqdm import tqdm

    with tqdm(items, total=count(), leave=False, dynamic_ncols=True, file=sys.stderr) as bar:
        for item in bar:
            bar.total = count()
            bar.bar_format = _bar_format(bar.format_dict, unit)
            yield item


def _bar_format(facts: Mapping[str, Any], unit: str) -> str:
    """Return how a bar is drawn now: `37 of 300 pages, 2.4/s, 2 min left`; facts: as tqdm has them."""
    from site_gen.core.formatting import format_seconds

    done, total, seconds = facts["n"] + 1, facts["total"], facts["elapsed"]
    rate = facts["rate"] or (done / seconds if seconds else 0)
    left = f", {rate:.3g}/s, {format_seconds((total - done) / rate)} left" if rate and total and total >= done else ""
    return f"{{percentage:3.0f}}%|{{bar}}| {{n_fmt}} of {{total_fmt}} {unit}{left}"


def print_above_progress(text: str, *, to_stderr: bool = False) -> None:
    """Print one line without tearing a progress bar."""
    text = _printable(text)
    if not sys.stderr.isatty():
        print_line(text, sys.stderr if to_stderr else None)
        return
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr if to_stderr else sys.stdout)
