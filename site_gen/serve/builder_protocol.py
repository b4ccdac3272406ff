"""What the server needs of whatever builds the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_gen.content.records import RemovedTags
    from site_gen.core.errors import Problem


class Changed(Protocol):
    """What one refresh did."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Site paths whose bytes changed, came or went: `/articles/2019/x/`, `/feed.xml`."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong now. While anything is, the last good site stays as it was."""

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is worth telling but stops nothing."""

    @property
    def taken(self) -> tuple[RemovedTags, ...]:
        """For each article whose file changed, the tags that a person took out of it and that are not noted yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """The plainest `Changed`."""

    urls: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    taken: tuple[RemovedTags, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """What a little work brought: seconds until there is more to do, None when all is done; what is to be told."""

    again: float | None = None
    notes: tuple[Problem, ...] = ()


class Builder(Protocol):
    """Keeps the output folder equal to what the site's files say. All calls come from one thread."""

    def refresh(self, hints: Iterable[Path] | None) -> Changed:
        """Bring the output up to date.

        hints: files or folders that may have changed, come or gone; None: look at everything.
        Wrong content is told in the result. Raises OSError or UsageError when it cannot work at all
        (the disk is full, another build holds the folder); the server tells it and tries again.
        """

    def work(self) -> Worked:
        """Do a little of what can wait: a few milliseconds of it. Called when nothing else is to be done, again and
        again; a `refresh` may come in between."""

    def close(self) -> None:
        """Give back what it holds. Nothing is called afterwards."""
