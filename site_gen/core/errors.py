"""Errors of a site or a command, each with what a person can do about it."""

from __future__ import annotations

import errno
from typing import NamedTuple

_WRITE_MENDS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: your part of the disk is full",
    errno.EROFS: "the disk can only be read; choose another place",
    errno.ENAMETOOLONG: "give it a shorter name",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "check the permissions of the file and its folder"),
    **dict.fromkeys((errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP), "move away what is in its place"),
}


class Problem(NamedTuple):
    """One complaint about something that a person wrote."""

    file: str  # relative to the site
    line: int  # counted from 1; 0 where it is about no line
    what: str  # what is wrong, to be read after the file: `is not UTF-8 here`
    mend: str = ""  # what to do about it, in the imperative; empty where there is nothing to say

    @property
    def where(self) -> str:
        """File and line in the form that editors and terminals make clickable (`content/site.yaml:7`)."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.mend}" if self.mend else "")


def explain_write_error(file: object, error: OSError) -> Problem:
    """Return the complaint about a file or folder that cannot be written, with the reason and what to do about it."""
    mend = _WRITE_MENDS.get(error.errno or 0, "make room on the disk, or check permissions")
    return Problem(str(file), 0, f"cannot be written ({error.strerror or error})", mend)


class SiteError(Exception):
    """Raised when work cannot go on because of what a person wrote; `problems` holds every complaint at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UsageError(Exception):
    """Raised when a command was called in a way that cannot work (no site here, no such file)."""


class RefusedError(Exception):
    """Raised by a reader or the extractor for an input that gives no article; the text says why."""
