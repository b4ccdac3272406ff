"""Extract the drafts of many saved pages: list the files, read the pages out of each, extract on all cores."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import quote, urlsplit

from msgspec import Struct
from msgspec.structs import replace
from tld import get_tld

from site_gen.core.errors import RefusedError, UsageError
from site_gen.core.text import one_line
from site_gen.ingest import sandbox
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.extract.source_url import clean_url
from site_gen.ingest.formats import saved_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from site_gen.content.records import Draft

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")


class Extraction(Struct, frozen=True, kw_only=True):
    """What came of one page: a draft, or the reason why there is none."""

    input: str  # the path of the file, as it was given
    page: str | None = None  # the page's address in an archive of several
    draft: Draft | None = None  # the article; None with a reason
    sha256: str = ""  # of the file's bytes, or of the page's own in an archive; empty where none were read
    reason: str | None = None  # for a person; None with a draft, and for a page whose bytes were had already
    summary: bool = False  # this is no page, but what there is to say of an archive after its pages
    stamp: tuple[int, int] | None = None  # of the archive that was read, see `stamp_of`

    @property
    def name(self) -> str:
        """The name that a person reads in messages."""
        return display_name(self.input, self.page)


def stamp_of(status: os.stat_result) -> tuple[int, int]:
    """Return a file's size and time of change, by which one is known that changes while it is read."""
    return status.st_size, status.st_mtime_ns


def display_name(path: str, page: str | None) -> str:
    """Return the name of a file, or of a page of an archive: `news.warc.gz#https://a.example/story`."""
    return f"{path}#{page}" if page else path


class PageCount:
    """How many pages there are: a file counts for one until its contents are listed."""

    def __init__(self, files: int) -> None:
        self.total = files


def address_filter(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return a test whether an address holds one of these texts, in any case; `*` stands for anything.

    Without patterns every address passes.
    """
    if not patterns:
        return lambda _: True
    parts_by_pattern = [text.casefold().split("*") for text in patterns]
    return lambda address: any(_holds_in_order(address.casefold(), parts) for parts in parts_by_pattern)


def _holds_in_order(text: str, parts: Iterable[str]) -> bool:
    """Tell whether a text holds some parts in their order, one behind the other."""
    at = 0
    for part in parts:
        place = text.find(part, at)
        if place < 0:
            return False
        at = place + len(part)
    return True


def list_files(paths: Iterable[str]) -> list[str]:
    """Return the files at some paths and in the folders among them, in a stable order, each once.

    Left out in folders: hidden files, and what a browser keeps beside a page (`Page_files/`).
    Raises UsageError for a path that does not exist.
    """
    files: list[str] = []
    for path in paths:
        try:
            exists = Path(path).exists()
        except OSError:  # a name that is too long, a folder that may not be read
            exists = False
        if not exists:
            raise UsageError(f"{path} does not exist, or you may not read it")
        files.extend(_files_below(path) if Path(path).is_dir() else [path])
    return list(dict.fromkeys(files))


def _files_below(folder: str) -> Iterator[str]:
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
    seconds: float = sandbox.SECONDS,
    *,
    is_wanted: Callable[[str], bool] = lambda _: True,
    has_bytes: Callable[[str], bool] = lambda _: False,
    page_count: PageCount | None = None,
    memory: int = sandbox.MEMORY,
) -> Iterator[Extraction]:
    """Yield the extraction of each page in some files, in their order; after the pages of an archive its summary.

    Each page is worked on in a process that is killed when it takes longer than `seconds`, or more than `memory`
    bytes: hostile HTML can keep a parser busy for minutes (100,000 equal paragraphs took 212 s). A page that is
    killed, or that kills its process, gives a reason as any other failure does; the rest goes on.

    today: bounds dates of publication.
    executor: another place to work (a cluster's); it has to keep time itself.
    is_wanted: which pages of archives to take, by address.
    has_bytes: whether a page with this SHA-256 is had already; it is not extracted then.
    page_count: is kept up to date.
    """
    results = sandbox.run_in_order(
        partial(_extract_job, today=today),
        _jobs(paths, is_wanted, has_bytes, page_count or PageCount(len(paths))),
        lambda job, reason: replace(job.extraction, reason=reason),
        finished=lambda job: None if job.capture else job.extraction,
        size=lambda job: len(job.capture.data) if job.capture else 0,
        executor=executor,
        seconds=seconds,
        memory=memory,
    )
    for _, extraction in results:
        yield extraction


class _Job(NamedTuple):
    """A page to extract, or what there is to say of an input without work."""

    extraction: Extraction  # the result so far; all of it where there is no capture
    capture: saved_file.Capture | None = None  # the page's bytes; None where nothing is to be extracted


def _jobs(
    paths: Iterable[str], is_wanted: Callable[[str], bool], has_bytes: Callable[[str], bool], page_count: PageCount
) -> Iterator[_Job]:
    for path in paths:
        reason = None
        try:
            if stat.S_ISREG(Path(path).lstat().st_mode):
                with Path(path).open("rb") as stream:
                    yield from _jobs_of_file(path, stream, is_wanted, has_bytes, page_count)
            else:
                reason = "not a plain file"
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
        except RefusedError as error:
            reason = str(error)
        except Exception as error:  # a file that a reader fails on must not stop the others
            reason = _failure("reading", error)
        if reason is not None:
            yield _Job(Extraction(input=path, reason=reason))


def _failure(what: str, error: BaseException) -> str:
    return one_line(f"{what} failed on it ({type(error).__name__}: {error})")[:300]


def _jobs_of_file(
    path: str,
    stream: BinaryIO,
    is_wanted: Callable[[str], bool],
    has_bytes: Callable[[str], bool],
    page_count: PageCount,
) -> Iterator[_Job]:
    stamp = stamp_of(os.fstat(stream.fileno()))
    contents = saved_file.read_contents(Path(path).name, stream, is_wanted)
    page_count.total += contents.count - 1
    pages = 0
    for capture in contents.pages:
        if isinstance(capture, saved_file.RefusedPage):
            yield _Job(Extraction(input=path, page=capture.page, reason=capture.reason))
            continue
        pages += 1
        digest = hashlib.sha256(capture.data).hexdigest()
        extraction = Extraction(input=path, page=capture.page, sha256=digest, stamp=stamp)
        yield _Job(extraction, None if has_bytes(digest) else capture)
    if contents.several:
        page_count.total += 1
        left_out = [f"{number:,} {what}" for what, number in contents.left_out.items() if number]
        reason = f"{pages:,} {'page' if pages == 1 else 'pages'} in it"
        if left_out:
            reason += f"; left out: {', '.join(left_out)}"
        yield _Job(Extraction(input=path, reason=reason, summary=True))


def _extract_job(job: _Job, today: dt.date) -> Extraction:
    """Extract one page. Never raises for what the page holds: the reason is in the result.

    Stands alone, so that any `concurrent.futures.Executor` can run it.
    """
    capture = job.capture
    assert capture is not None
    return with_draft(
        job.extraction, lambda: _with_mirror_address(extract(saved_file.decode(capture), today), job.extraction)
    )


def with_draft(extraction: Extraction, make_draft: Callable[[], Draft]) -> Extraction:
    """Return an extraction with the draft that `make_draft` returns, or with the reason why it returns none.

    Raises MemoryError alone: whoever sees the process end says why.
    """
    try:
        return replace(extraction, draft=make_draft())
    except RefusedError as error:
        return replace(extraction, reason=str(error))
    except MemoryError:
        raise
    except Exception as error:  # a mistake of ours that one page meets must not stop the others
        return replace(extraction, reason=_failure("the extractor", error))


def _with_mirror_address(draft: Draft, extraction: Extraction) -> Draft:
    """Give the draft of a page that names no address the one that its place in a mirror tells, as a doubt."""
    address = None if draft.source or extraction.page else mirror_address(extraction.input)
    if address is None:
        return draft
    site = draft.site or urlsplit(address).hostname
    doubt = ("source", "only from the folders it lies in")
    return replace(draft, source=address, site=site, doubts=(*draft.doubts, doubt))


def mirror_address(path: str) -> str | None:
    """Return the address of a file in a mirror as `wget --mirror` lays one out: folders named as host and path.

    None where no folder is named as a host is.
    """
    *folders, name = Path(path).parts
    host_at = next((at for at in reversed(range(len(folders))) if _is_host(folders[at])), None)
    if host_at is None or not Path(name).suffix.lower().startswith((".htm", ".xhtm", ".php", ".asp")):
        return None
    name, _, query = name.partition("?")
    file = "" if name.lower().startswith("index.") and not query else name
    suffix = f"?{query.removesuffix('.html')}" if query else ""  # which --adjust-extension adds
    return clean_url("https://" + "/".join(map(quote, [*folders[host_at:], file])) + suffix)


def _is_host(folder: str) -> bool:
    """Tell whether a folder is named as a host is, under a public suffix: `notes.old` is not."""
    return bool(_HOST.fullmatch(folder)) and get_tld(f"https://{folder}", fail_silently=True) is not None
