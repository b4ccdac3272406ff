"""What the watch server needs of a builder, and what a builder reports back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_gen.content.records import RemovedTags
    from site_gen.core.errors import Problem


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What one refresh of the output folder did.

    urls: site paths whose bytes changed, came or went: `/articles/2019/x/`, `/feed.xml`
    problems: everything that is wrong now; while anything is, the last good site stays as it was
    notes: what a person should know but what stops nothing
    removed_tags: for each article whose file changed, the tags that a person took out and that `ignore:` does not list
    untagged: entities that changed, and whose names stand in articles without their tags
    """

    urls: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    removed_tags: tuple[RemovedTags, ...] = ()
    untagged: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class DeferredProgress:
    """How far the deferred files (search index, social cards) are after one step."""

    resume_after: float | None = None  # seconds until the next step can be made; None when all is done
    notes: tuple[Problem, ...] = ()  # what went wrong with them; it stops nothing


class SiteBuilder(Protocol):
    """Keeps the output folder equal to what the site's files say. All calls come from one thread."""

    def refresh(self, hints: Iterable[Path] | None) -> RefreshResult:
        """Bring the output up to date.

        hints: files or folders that may have changed, come or gone; None: look at everything.
        Wrong content is reported in the result. Raises OSError or UsageError when the builder cannot work at all
        (the disk is full, another build holds the folder); the server reports it and tries again.
        """

    def make_deferred_files(self) -> DeferredProgress:
        """Do a few milliseconds' worth of the work that no page waits for.

        Called again and again when there is nothing else to do; a `refresh` may come in between.
        """

    def close(self) -> None:
        """Release what the builder holds. Nothing is called afterwards."""
