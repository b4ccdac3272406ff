"""The lock that a command holds while it reads `content/` and writes what follows from that: two take turns."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import filelock

from site_gen.content.site_paths import CONTENT_LOCK
from site_gen.content.state_folder import make_state_folder
from site_gen.core.errors import SiteError, UsageError, explain_write_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE_SECONDS = 600  # that one command waits for another to end


@contextlib.contextmanager
def hold_content(site: Path) -> Iterator[None]:
    """Hold a site's content as long as the block lasts.

    Raises UsageError where another process holds it for long, SiteError where the lock cannot be written.
    """
    lock = filelock.FileLock(site / CONTENT_LOCK, timeout=_PATIENCE_SECONDS)
    try:
        make_state_folder((site / CONTENT_LOCK).parent)
        lock.acquire()
    except filelock.Timeout:
        raise UsageError("another command changes the content of this site; wait for it to end") from None
    except OSError as error:
        raise SiteError(explain_write_error(CONTENT_LOCK, error)) from None
    try:
        yield
    finally:
        lock.release()
