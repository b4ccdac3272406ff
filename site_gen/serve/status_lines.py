"""What the terminal shows while a site is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core import console

if TYPE_CHECKING:
    from site_gen.core.errors import Problem
    from site_gen.serve.build_thread import State
    from site_gen.serve.builder_protocol import Changed

_SHOWN = 3  # changed pages that are named


class Teller:
    """Prints what is new: each complaint once, until it is gone."""

    def __init__(self) -> None:
        self._noted: set[Problem | str] = set()
        self._begun = False

    def tell(self, before: State, now: State, change: Changed) -> None:
        """Print what a refresh brought."""
        try:
            self._tell(before, now, change)
        except OSError:  # nobody reads any more, or the disk of a log is full; the browser still shows all
            console.hush()

    def line(self, text: str) -> None:
        """Print one line."""
        try:
            console.above_progress(text)
            console.flush()
        except OSError:
            console.hush()

    def once(self, text: str) -> None:
        """Print one line, the first time that it is given."""
        if text not in self._noted:
            self._noted.add(text)
            self.line(text)

    def _tell(self, before: State, now: State, change: Changed) -> None:
        known = set(before.problems)
        console.complain(problem for problem in now.problems if problem not in known)
        wrong = {problem.file for problem in now.problems}
        for file in sorted({problem.file for problem in before.problems} - wrong):
            console.above_progress(f"mended     {file}")
        for note in change.notes:
            if note not in self._noted:
                console.error(f"note: {note}")
        self._noted.update(change.notes)
        if change.urls and self._begun:  # the first build changes nothing that was seen
            named = ", ".join(change.urls[:_SHOWN])
            rest = len(change.urls) - _SHOWN
            console.above_progress(f"changed    {named}" + (f" and {rest} more" if rest > 0 else ""))
        self._begun = True
        console.flush()
