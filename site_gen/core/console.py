"""What a person sees in the terminal: lines, progress, complaints. The only place that prints."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, TextIO, TypeVar

from site_gen.core.text import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from site_gen.core.errors import Problem

T = TypeVar("T")


# What JSON leaves as it is and a terminal may obey or a stream cannot encode: DEL and C1 controls, line
# and paragraph separators, directional overrides, the surrogates of a file name that is no UTF-8.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _shown(text: str) -> str:
    """A file's name or a complaint as it can be printed on one line: what would break the line, drive
    the terminal or not encode is written out, as in a Python string."""
    return "".join(c if c == scrub(c) and c not in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def line(text: str, file: TextIO | None = None) -> None:
    """Print text. Control characters are taken out: a page's title must not drive the terminal."""
    stream = file or sys.stdout
    clean = scrub(text)
    try:
        print(clean, file=stream)
    except UnicodeEncodeError:  # a terminal that cannot show all letters
        print(clean.encode(stream.encoding or "ascii", "replace").decode(stream.encoding or "ascii"), file=stream)


def error(text: str) -> None:
    """Print one line for the person even where output is piped."""
    line(_shown(text), sys.stderr)


def has_person() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> str | None:
    """The line that the person types, None where the input ends."""
    try:
        return input(question)
    except EOFError:
        line("")
        return None
    except KeyboardInterrupt:
        line("")  # what is said of it stands on a line of its own
        raise


def record(data: dict[str, object]) -> None:
    """Print one JSON object on a line of its own, for scripts."""
    text = json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() not in {"utf-8", "utf8"}, default=str)
    print(_UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text), flush=True)


def flush() -> None:
    """Hand over what was printed; BrokenPipeError where nobody reads any more."""
    sys.stdout.flush()


def hush() -> None:
    """Print no more: the reader of a pipe has gone (`site-gen extract … | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(problems: Iterable[Problem], limit: int = 200) -> None:
    """Print complaints, one a line, and how many more there are."""
    listed = list(problems)
    for problem in listed[:limit]:
        error(str(problem))
    if len(listed) > limit:
        error(f"… and {len(listed) - limit} more")


def doubts(listed: Iterable[tuple[str, str]]) -> str:
    """What is not sure of an article and why, on one line."""
    return "; ".join(f"{key}: {reason}" for key, reason in listed)


def progress(items: Iterable[T], total: int | Callable[[], int], unit: str) -> Iterator[T]:
    """The items, with a progress bar on a terminal; quiet when piped. `total`: how many, or what tells how many
    are known by now."""
    count = total if callable(total) else lambda: total
    if not sys.stderr.isatty() or (isinstance(total, int) and total < 2):
        yield from items
        return
    from tqdm import tqdm

    with tqdm(items, total=count(), unit=f" {unit}", leave=False, dynamic_ncols=True, file=sys.stderr) as bar:
        for item in bar:
            bar.total = count()
            yield item


def above_progress(text: str, *, to_stderr: bool = False) -> None:
    """Print one line without tearing a progress bar."""
    text = _shown(text)
    if not sys.stderr.isatty():
        line(text, sys.stderr if to_stderr else None)
        return
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr if to_stderr else sys.stdout)
