"""Inputs in: what paths name, and what each file holds, on all cores and each within its time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, urlsplit

from tld import get_tld

from site_gen.core.errors import RefusedError, UsageError
from site_gen.core.text import one_line
from site_gen.ingest import sandbox
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.extract.source_url import clean_url
from site_gen.ingest.formats import saved_file
from site_gen.ingest.sandbox import AHEAD, MEMORY, SECONDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from pebble import ProcessPool

    from site_gen.content.records import Draft

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
_HELD = 64 * 1024 * 1024  # bytes of pages that wait, whatever their number


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What one page holds: a draft, or the reason why there is none.

    `page` is its address in an archive of several. `sha256` is of the file's bytes, or of such a page's own.
    `summary`: this is no page but what there is to say of an archive, after its pages.
    """

    input: str
    page: str | None = None
    draft: Draft | None = None
    sha256: str = ""
    reason: str | None = None
    summary: bool = False

    @property
    def name(self) -> str:
        """What a person calls it."""
        return display_name(self.input, self.page)


def display_name(path: str, page: str | None) -> str:
    """A file, or a page of an archive: `news.warc.gz#https://a.example/story`."""
    return f"{path}#{page}" if page else path


class PageCount:
    """How many pages there are: a file counts for one until it is found to hold more."""

    def __init__(self, files: int) -> None:
        self.total = files


def address_filter(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether an address holds one of these texts, in which `*` stands for anything. No text: all do."""
    if not texts:
        return lambda _: True
    pattern = re.compile("|".join(".*?".join(map(re.escape, text.split("*"))) for text in texts), re.IGNORECASE)
    return lambda address: bool(pattern.search(address))


def list_files(paths: Iterable[str]) -> list[str]:
    """The files that paths name, folders taken apart, in a stable order, none twice.

    Left out in folders: hidden files, and what a browser keeps beside a page (`Page_files/`).
    Raises UsageError for a path that does not exist.
    """
    found: list[str] = []
    for path in paths:
        try:
            there = Path(path).exists()
        except OSError:  # a name that is too long, a folder that may not be read
            there = False
        if not there:
            raise UsageError(f"{path} does not exist, or may not be read")
        if Path(path).is_dir():
            found.extend(_walk(path))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _walk(folder: str) -> Iterator[str]:
    for base, folders, files in os.walk(folder):
        pages = {Path(f).stem for f in files if f.lower().endswith((".html", ".htm"))}
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and pages.isdisjoint(saved_file.companion_stems(f))
        )
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(base) / name)


def extract_all(
    paths: Sequence[str],
    today: dt.date,
    executor: Executor | None = None,
    seconds: float = SECONDS,
    *,
    wanted: Callable[[str], bool] = lambda _: True,
    known: Callable[[str], bool] = lambda _: False,
    tally: PageCount | None = None,
    memory: int = MEMORY,
) -> Iterator[Extraction]:
    """The drafts of many inputs, in their order; after the pages of an archive, what there is to say of it.

    Each page is worked on in a process that is killed when it takes longer than `seconds` or more than `memory`:
    hostile HTML can keep a parser busy for minutes (100,000 equal paragraphs took 212 s). One that is killed,
    or that kills its process, is told as any other failure; the rest goes on.

    executor: another place to work (a cluster's); it has to keep time itself. wanted: which pages of archives,
    by address. known: whether a page of these bytes (SHA-256) is had already; it is not worked on then. tally: is
    kept up to date.
    """
    jobs = _jobs(paths, wanted, known, tally or PageCount(len(paths)))
    first = list(islice(jobs, os.cpu_count() or 1))
    jobs = chain(first, jobs)
    hands = max(1, sum(isinstance(job, _Job) for job in first))
    if executor is not None:
        yield from _spread(jobs, lambda job: executor.submit(_work, job, today), hands, seconds)
        return
    with contextlib.ExitStack() as ending:
        pool: list[ProcessPool] = []

        def submit(job: _Job) -> Future[Extraction]:
            if not pool:  # where nothing is new, no process is needed
                pool.append(sandbox.worker_pool(hands, memory))
                ending.callback(pool[0].join)
                ending.callback(pool[0].stop)
            work = partial(_work, today=today)
            future: Future[Extraction] = pool[0].schedule(sandbox.alone, args=(work, job), timeout=seconds)
            return future

        yield from _spread(jobs, submit, hands, seconds)


@dataclass(frozen=True, slots=True)
class _Job:
    """A page to work on."""

    input: str
    capture: saved_file.Capture
    sha256: str


def _jobs(
    paths: Iterable[str], wanted: Callable[[str], bool], known: Callable[[str], bool], tally: PageCount
) -> Iterator[_Job | Extraction]:
    """The pages of all inputs, and what can be told without work."""
    for path in paths:
        try:
            if not stat.S_ISREG(Path(path).lstat().st_mode):
                yield Extraction(input=path, reason="not a plain file")
                continue
            with Path(path).open("rb") as stream:
                yield from _pages(path, stream, wanted, known, tally)
        except OSError as error:
            yield Extraction(input=path, reason=f"cannot be read ({error.strerror})")
        except RefusedError as error:
            yield Extraction(input=path, reason=str(error))
        except Exception as error:  # a file that a reader fails on must not stop the others
            yield Extraction(input=path, reason=_failed("reading", error))


def _failed(what: str, error: BaseException) -> str:
    return one_line(f"{what} failed on it ({type(error).__name__}: {error})")[:300]


def _pages(
    path: str, stream: BinaryIO, wanted: Callable[[str], bool], known: Callable[[str], bool], tally: PageCount
) -> Iterator[_Job | Extraction]:
    found = saved_file.read_contents(Path(path).name, stream, wanted)
    tally.total += found.count - 1
    count = 0
    for capture in found.pages:
        if isinstance(capture, saved_file.RefusedPage):
            yield Extraction(input=path, page=capture.page, reason=capture.reason)
            continue
        count += 1
        digest = hashlib.sha256(capture.data).hexdigest()
        if known(digest):
            yield Extraction(input=path, page=capture.page, sha256=digest)
        else:
            yield _Job(path, capture, digest)
    if found.several:
        tally.total += 1
        left = [f"{number:,} {what}" for what, number in found.left_out.items() if number]
        reason = f"{count:,} {'page' if count == 1 else 'pages'} in it"
        yield Extraction(input=path, reason=f"{reason}; left out: {', '.join(left)}" if left else reason, summary=True)


def _spread(
    jobs: Iterable[_Job | Extraction], submit: Callable[[_Job], Future[Extraction]], hands: int, seconds: float
) -> Iterator[Extraction]:
    """The results of jobs in their order, with a few of them ahead."""
    waiting: deque[tuple[_Job | Extraction, Future[Extraction] | None]] = deque()
    held = 0
    for job in jobs:
        waiting.append((job, submit(job) if isinstance(job, _Job) else None))
        held += _size(job)
        while waiting and (len(waiting) >= hands * AHEAD or held > _HELD):
            held -= _size(waiting[0][0])
            yield _result(*waiting.popleft(), seconds)
    while waiting:
        yield _result(*waiting.popleft(), seconds)


def _size(job: _Job | Extraction) -> int:
    return len(job.capture.data) if isinstance(job, _Job) else 0


def _work(job: _Job, today: dt.date) -> Extraction:
    """One page's draft. Never raises for what the page holds: the reason is in the result.

    Stands alone, so that any `concurrent.futures.Executor` can run it.
    """
    told = partial(Extraction, input=job.input, page=job.capture.page, sha256=job.sha256)
    try:
        return told(draft=_with_place(extract(saved_file.decode(job.capture), today), job))
    except RefusedError as error:
        return told(reason=str(error))
    except MemoryError:
        raise  # told by who sees the process end
    except Exception as error:  # a mistake of ours that one page meets must not stop the others
        return told(reason=_failed("the extractor", error))


def _with_place(draft: Draft, job: _Job) -> Draft:
    """The draft of a page that names no address, with the one that its place in a mirror tells, as a doubt."""
    place = None if draft.source or job.capture.page else mirror_address(job.input)
    if place is None:
        return draft
    site = draft.site or urlsplit(place).hostname
    return replace(
        draft, source=place, site=site, doubts=(*draft.doubts, ("source", "only from the folders it lies in"))
    )


def mirror_address(path: str) -> str | None:
    """The address of a file in a mirror as `wget --mirror` lays one out: folders named as host and path. None where
    no folder is named as a host is."""
    *folders, name = Path(path).parts
    at = next((at for at in reversed(range(len(folders))) if _is_host(folders[at])), None)
    if at is None or not Path(name).suffix.lower().startswith((".htm", ".xhtm", ".php", ".asp")):
        return None
    name, _, query = name.partition("?")
    file = "" if name.lower().startswith("index.") and not query else name
    tail = f"?{query.removesuffix('.html')}" if query else ""  # which --adjust-extension adds
    return clean_url("https://" + "/".join(map(quote, [*folders[at:], file])) + tail)


def _is_host(folder: str) -> bool:
    """Whether a folder is named as a host is, under a public suffix: `notes.old` is not."""
    return bool(_HOST.fullmatch(folder)) and get_tld(f"https://{folder}", fail_silently=True) is not None


def _result(job: _Job | Extraction, future: Future[Extraction] | None, seconds: float) -> Extraction:
    if future is None:
        assert isinstance(job, Extraction)
        return job
    assert isinstance(job, _Job)

    def failed(job: _Job, reason: str) -> Extraction:
        return Extraction(input=job.input, page=job.capture.page, sha256=job.sha256, reason=reason)

    return sandbox.result_of(job, future, failed, seconds)
