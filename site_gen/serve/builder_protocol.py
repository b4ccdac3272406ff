"""What the watch server needs of a builder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_gen.build.build_report import Report
    from site_gen.core.errors import Problem


class DeferredProgress(Struct, frozen=True):
    """How far the deferred files (search index, social cards) are after one step."""

    resume_after: float | None = None  # seconds until the next step can be made; None when all is done
    notes: tuple[Problem, ...] = ()  # what went wrong with them; it stops nothing


class SiteBuilder(Protocol):
    """Keeps the output folder equal to what the site's files say. All calls come from one thread."""

    def refresh(self, hints: Iterable[Path] | None) -> Report:
        """Bring the output up to date.

        hints: files or folders that may have changed, come or gone; None: look at everything.
        Wrong content is in the report; while there is any, the last good site stays. Of the numbers of the report
        nothing is expected. Raises OSError or UsageError when the builder cannot work at all
        (the disk is full, another build holds the folder); the server reports it and tries again.
        """

    def make_deferred_files(self) -> DeferredProgress:
        """Do a few milliseconds' worth of the work that no page waits for.

        Called again and again when there is nothing else to do; a `refresh` may come in between.
        """

    def close(self) -> None:
        """Release what the builder holds. Nothing is called afterwards."""
