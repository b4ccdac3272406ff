"""Print what the terminal shows while a site is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core import console

if TYPE_CHECKING:
    from site_gen.build.build_report import Report
    from site_gen.core.errors import Problem
    from site_gen.serve.build_thread import SiteStatus

_MOST_NAMED = 3  # changed pages that are named on one line


class StatusPrinter:
    """Prints what is new of the served site: each problem once, until it is gone.

    Where a line cannot be printed (nobody reads any more, or the disk of a log is full), no further line is: the
    browser still shows everything.
    """

    def __init__(self) -> None:
        self._printed_notes: set[Problem | str] = set()
        self._had_first_build = False

    def print_change(self, before: SiteStatus, now: SiteStatus, report: Report) -> None:
        """Print what a refresh brought."""
        try:
            self._print_change(before, now, report)
        except OSError:
            console.discard_output()

    def print_line(self, text: str) -> None:
        """Print one line."""
        try:
            console.print_above_progress(text)
            console.flush()
        except OSError:
            console.discard_output()

    def print_once(self, text: str) -> None:
        """Print one line, the first time that it is given."""
        if text not in self._printed_notes:
            self._printed_notes.add(text)
            self.print_line(text)

    def _print_change(self, before: SiteStatus, now: SiteStatus, report: Report) -> None:
        console.print_problems(problem for problem in now.problems if problem not in set(before.problems))
        wrong_files = {problem.file for problem in now.problems}
        for file in sorted({problem.file for problem in before.problems} - wrong_files):
            console.print_above_progress(f"fixed      {file}")
        for note in report.untagged:
            console.print_error(f"note: {note}")
        for note in report.notes:
            if note not in self._printed_notes:
                console.print_error(f"note: {note}")
        self._printed_notes.update(report.notes)
        if report.urls and self._had_first_build:  # the first build changes nothing that was seen
            named = ", ".join(report.urls[:_MOST_NAMED])
            rest = len(report.urls) - _MOST_NAMED
            console.print_above_progress(f"changed    {named}" + (f" and {rest} more" if rest > 0 else ""))
        self._had_first_build = True
        console.flush()
