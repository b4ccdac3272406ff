"""Files of the ledgers, `content/permalinks.txt`, `anchors.txt` and `issues.txt`: read them, tell one that is gone.

A ledger that is damaged is refused as a whole: what it has lost nobody could tell from what was never published.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from site_gen.content import issue_ledger, paragraph_ledger, permalink_ledger
from site_gen.content.ledger_lines import IS_MERGE, LedgerFault, is_sealed, unseal
from site_gen.content.periods import parse_period
from site_gen.content.site_paths import ISSUE_LEDGER, LEDGERS, LEDGERS_BEGUN, PARAGRAPH_LEDGER, PERMALINK_LEDGER
from site_gen.core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_MOST_FAULTS = 5  # of a ledger that are told each by itself


def parse_permalink_ledger(raw: bytes, problems: list[Problem]) -> tuple[permalink_ledger.Permalink, ...]:
    """Return the permalinks of a `content/permalinks.txt` with these bytes. Complaints go to `problems`."""
    permalinks, faults = permalink_ledger.parse(_decode(PERMALINK_LEDGER, raw, problems))
    problems += _problems(PERMALINK_LEDGER, faults, "keep both sides, a line each")
    return tuple(permalinks)


def parse_paragraph_ledger(raw: bytes, problems: list[Problem]) -> dict[str, str]:
    """Return the entries of a `content/anchors.txt` with these bytes, by article. Complaints go to `problems`."""
    entries, faults = paragraph_ledger.parse(_decode(PARAGRAPH_LEDGER, raw, problems))
    problems += _problems(PARAGRAPH_LEDGER, faults, "keep both sides, a line each")
    return entries


def parse_issue_ledger(raw: bytes, problems: list[Problem]) -> dict[str, issue_ledger.PublishedIssue]:
    """Return the issues of a `content/issues.txt` with these bytes, by key. Complaints go to `problems`."""
    issues, faults = issue_ledger.parse(_decode(ISSUE_LEDGER, raw, problems))
    faults += [
        LedgerFault(1, f"has an issue {key}, which is not a week, month or year")
        for key in issues
        if parse_period(key) is None
    ]
    problems += _problems(ISSUE_LEDGER, faults, "of each issue keep one side as a whole")
    return {key: issue for key, issue in issues.items() if parse_period(key)}


# What reads each ledger's bytes.
PARSERS: Mapping[str, Callable[[bytes, list[Problem]], object]] = {
    PERMALINK_LEDGER: parse_permalink_ledger,
    PARAGRAPH_LEDGER: parse_paragraph_ledger,
    ISSUE_LEDGER: parse_issue_ledger,
}


def salvage(name: str, raw: bytes) -> str:
    """Return the text of a ledger with the lines of these bytes that can be read, be it damaged, and checks anew."""
    text = unseal(raw.decode("utf-8-sig", "replace"))
    if name == PERMALINK_LEDGER:
        return permalink_ledger.dump(permalink_ledger.parse(text)[0])
    if name == PARAGRAPH_LEDGER:
        return paragraph_ledger.dump(paragraph_ledger.parse(text)[0])
    issues, _ = issue_ledger.parse(text)
    return issue_ledger.dump({key: issue for key, issue in issues.items() if parse_period(key)})


def missing_ledger_problems(site: Path) -> Iterator[Problem]:
    """Yield a complaint for each ledger that is not there though another one is: all three are written at once.

    Only one with checks says so, for earlier versions of the program wrote fewer; and none where the first writing of
    them was killed, which goes on with the next.
    """
    if (site / LEDGERS_BEGUN).exists():
        return
    present = [name for name in LEDGERS if (site / name).is_file()]
    for witness in present if len(present) < len(LEDGERS) else ():
        with contextlib.suppress(OSError):
            if is_sealed((site / witness).read_bytes().decode(errors="replace")):
                for name in LEDGERS:
                    if name not in present:
                        yield missing_problem(name, f"{witness} is there")
                return


def missing_problem(name: str, why: str) -> Problem:
    """Return a complaint about a ledger that is not there. why: what says that it should be."""
    return Problem(name, 0, f"is missing, though {why}", _mend(name))


def _decode(name: str, raw: bytes, problems: list[Problem]) -> str:
    """Return a ledger's text; what is no UTF-8 is told in `problems`, and is no line."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8 here", _mend(name)))
        return raw.decode("utf-8-sig", "replace")


def _problems(name: str, faults: Sequence[LedgerFault], merge_mend: str) -> Iterator[Problem]:
    faults = sorted(faults)
    for line, what in faults[:_MOST_FAULTS]:
        mend = f"{merge_mend}, and remove the lines of <<<<<<<, ======= and >>>>>>>"
        yield Problem(name, line, what, mend if what == IS_MERGE else _mend(name))
    if len(faults) > _MOST_FAULTS:
        what = f"and {len(faults) - _MOST_FAULTS} more of its lines are wrong"
        yield Problem(name, faults[_MOST_FAULTS].line, what, _mend(name))


def _mend(name: str) -> str:
    return (
        f"restore it: git checkout -- {name} (without git, from a copy); "
        "or go on with the lines that can be read: site-gen permalinks record --force"
    )
