"""What can be wrong, told so that a person can mend it."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One complaint: where it is, what is wrong, what to do about it.

    `where` is a path relative to the site, with a line if there is one (`content/site.yaml:7`).
    """

    file: str
    line: int
    what: str
    mend: str = ""

    @property
    def where(self) -> str:
        """The place in the form that editors and terminals make clickable."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.mend}" if self.mend else "")


class SiteError(Exception):
    """Raised when work cannot go on because of what a person wrote; carries every complaint at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UsageError(Exception):
    """Raised when a command was called in a way that cannot work (no site here, no such file)."""


class RefusedError(Exception):
    """Raised by a reader or the extractor for an input that gives no article; the text says why."""
