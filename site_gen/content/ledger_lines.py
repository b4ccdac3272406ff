"""Lines of a ledger: a file of published things is whole, or it is told what is wrong with it. Pure.

All three ledgers have one form: what the file is, lines in order, and a line that ends it:

    # Every address that was published. Written by `site-gen permalinks record`. Each line ends with its check.
    /companies/acme/ 2026-11-22 companies/acme #d3a8ffdb
    # The end: what you add yourself goes below, and needs no check.

Behind a line stands its check, the CRC-32 of its bytes, by which one that was cut or damaged is told; a file that was
cut has no end. Whole lines that a person takes out are not missed. Lines are whole by themselves, and both sides of a
merge have the first and the last one in common: so git merges two people's additions, with `merge=union` even those in
one place. A file of an earlier version of the program has neither checks nor an end: it is read as it is, and gets them
when it is written next.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD_END = "Each line ends with its check."
_END = "# The end: what you add yourself goes below, and needs no check."
_CHECK = re.compile(r" #[0-9a-f]{8}$")
_CHECK_LENGTH = len(" #") + 8
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MERGE_MARKS = ("<<<<", "====", ">>>>", "||||")
IS_MERGE = "holds both sides of a merge"  # what is wrong with a line


class LedgerFault(NamedTuple):
    """What is wrong with a ledger."""

    line: int  # its number, from 1; 0: the whole file
    what: str  # is wrong, to follow the name of the file


class LedgerLines(NamedTuple):
    """The lines of a ledger, without heads, checks and ends."""

    lines: tuple[tuple[int, str], ...]  # each with its number, from 1; one that stands there twice is given once
    faults: tuple[LedgerFault, ...]  # in the order of their lines


def is_sealed(text: str) -> bool:
    """Return whether a ledger has checks and an end, or had them before it was damaged."""
    return any(
        line == _END or _is_head(line) or _has_right_check(line) for line in map(_without_return, text.split("\n"))
    )


def read_lines(text: str) -> LedgerLines:
    """Return the lines of a ledger, and what is wrong with it. Line ends may be those of Windows."""
    written = list(map(_without_return, text.split("\n")))
    sealed = is_sealed(text)
    end = max((number for number, line in enumerate(written, 1) if line == _END), default=0)
    lines: dict[str, int] = {}
    faults: list[LedgerFault] = []
    for number, line in enumerate(written, 1):
        needs_check = sealed and (number < end or not end)
        has_check = sealed and _CHECK.match(line, len(line) - _CHECK_LENGTH) is not None
        is_comment = line.startswith("#") and not has_check and not needs_check
        if is_comment or _is_head(line) or line == _END or not line.strip(" \t"):
            continue
        if line.startswith(_MERGE_MARKS):
            faults.append(LedgerFault(number, IS_MERGE))
        elif _CONTROL_CHARACTER.search(line):
            faults.append(LedgerFault(number, "contains bytes that are not text: damaged by a crash or the disk"))
        elif needs_check and not _has_right_check(line):
            faults.append(LedgerFault(number, "does not match its check: it was cut, damaged, or changed by hand"))
        else:
            lines.setdefault((line[:-_CHECK_LENGTH] if has_check else line).rstrip(), number)
    if sealed and not any(map(_is_head, written)):
        faults.append(LedgerFault(1, "has no first line that says what it is"))
    if sealed and not end:
        faults.append(LedgerFault(len(written), "has no end: it was cut"))
    elif not sealed and not lines and not faults:
        faults.append(LedgerFault(0, "is empty: it was cut, or its lines are lost"))
    return LedgerLines(tuple((number, line) for line, number in lines.items()), tuple(faults))


def format_ledger(head: str, lines: Iterable[str]) -> str:
    """Return the text of a ledger. head: its first line, which says what it is."""
    checked = (f"{line} #{_check(line)}" for line in lines)
    return "".join(f"{line}\n" for line in (f"# {head} {_HEAD_END}", *checked, _END))


def unseal(text: str) -> str:
    """Return the lines of a ledger without checks and comments: whatever was changed by hand counts as it is."""
    lines = (_CHECK.sub("", line) for line in map(_without_return, text.split("\n")) if not line.startswith("#"))
    return "".join(f"{line}\n" for line in lines)


def _without_return(line: str) -> str:
    return line.removesuffix("\r")


def _is_head(line: str) -> bool:
    return line.startswith("#") and line.endswith(_HEAD_END)


def _has_right_check(line: str) -> bool:
    return line[-_CHECK_LENGTH:] == f" #{_check(line[:-_CHECK_LENGTH])}"


def _check(line: str) -> str:
    return f"{zlib.crc32(line.encode()):08x}"
