"""What tests let the processes of a sandbox do in the extractor's place: hang for ever, die, or work as usual.

A page that is slow on one machine is quick on another. Here the page's content chooses what becomes of it.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from site_gen.ingest import extract_pool
from tests.support.doubtful_site import draft

if TYPE_CHECKING:
    import datetime as dt

HANGS, DIES = "This page hangs.", "This page dies."
_extract_job = extract_pool._extract_job


def hang(*_: object) -> NoReturn:
    """Never end."""
    while True:
        time.sleep(60)


def hang_or_make_up(job: extract_pool._Job, today: dt.date) -> extract_pool.Extraction:
    """Hang on a page that says so; make up a draft at once for any other, so that a short limit is enough for it."""
    assert job.capture
    if HANGS.encode() in job.capture.data:
        hang()
    return replace(job.extraction, draft=draft())


def die_or_extract(job: extract_pool._Job, today: dt.date) -> extract_pool.Extraction:
    """Kill the process at a page that says so; extract any other."""
    assert job.capture
    if DIES.encode() in job.capture.data:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return _extract_job(job, today)
