"""Find the pages that must be rendered again: from a changed cell to the pages that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.build.page_trace import reads_from_json
from site_gen.build.render_pages import is_up_to_date, maker_of
from site_gen.core.parallel import chunked, run_chunks
from site_gen.core.urls import file_of_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from site_gen.build.manifest import Trace
    from site_gen.build.output_dir import RenderedFile
    from site_gen.content.records import Page
    from site_gen.core.depgraph import CellKey
    from site_gen.site.site import Site

_CHUNK = 400  # pages that one process verifies in one go
_PARALLEL_FROM = 3000  # pages from which on other processes are worth their start


class PageTracker:
    """The traces of all pages, and the cells that changed since the pages were rendered.

    A page whose cells may have changed is suspect. It is stale only where verifying it (working out the values of its
    cells, see `render_pages.is_up_to_date`) shows that they did.
    """

    def __init__(self, load: Callable[[], dict[str, Trace]]) -> None:
        """Begin with every page suspect.

        load: returns the traces of earlier builds by file name; called when they are first needed.
        """
        self._load = load
        self._loaded_traces: dict[str, Trace] | None = None
        # By cell, the file names of the pages that read it; None before `track_dependencies`.
        self._readers: dict[CellKey, set[str]] | None = None
        self._pages: dict[str, Page] = {}  # by file name
        self._changed_cells: set[CellKey] = set()
        self._mismatched: set[str] = set()  # file names of pages whose traces turned out to be wrong
        self.all_suspect = True

    def mark_changed(self, cells: Iterable[CellKey]) -> None:
        """Make the pages suspect that read these cells."""
        self._changed_cells.update(cells)

    def mark_all_suspect(self) -> None:
        """Make all pages suspect: any cell may have changed."""
        self.all_suspect = True

    def assume_up_to_date(self) -> None:
        """Mark every page as up to date without verifying.

        Only where the pages were made of the very files that the site was loaded from. Without effect after
        `track_dependencies`: from then on pages must be verified, because verifying one makes its cells, and only a
        cell that was made is registered with the inputs that it depends on.
        """
        if self._readers is None:
            self._changed_cells = set()
            self.all_suspect = False

    def find_stale(
        self, site: Site, pages: tuple[Page, ...], damaged: set[str], jobs: int, *, planned_anew: bool
    ) -> list[Page]:
        """Return the pages that are not what a clean build would render.

        A page is up to date while the digest over the values of its cells is that of its trace, and its maker too.

        pages: all of the site. damaged: names of files that are not as they were written. jobs: how many processes may
        verify. planned_anew: whether `pages` may be others than at the last call.
        """
        traces = self._traces()
        if self.all_suspect:
            self._pages = {file_of_url(page.url): page for page in pages}
            suspect: Iterable[str] = self._pages
        else:
            readers = self._readers or {}
            names = {name for key in self._changed_cells for name in readers.get(key, ())} | damaged | self._mismatched
            if planned_anew:
                self._pages = {file_of_url(page.url): page for page in pages}
                names |= {name for name, page in self._pages.items() if not _is_made_by(page, traces.get(name))}
            # In the order of their addresses: of several wrong templates the one is told that a clean build tells.
            suspect = sorted(names & self._pages.keys(), key=lambda name: self._pages[name].url)
        unverified = [name for name in suspect if name not in damaged]
        # Where dependencies are tracked, cells must be made in this process; a build that ends now needs none of them.
        in_parallel = bool(traces) and self._readers is None and len(unverified) >= _PARALLEL_FROM
        pages_and_traces = _Verification(site, self._pages, traces)
        parts = run_chunks(_find_up_to_date, pages_and_traces, chunked(unverified, _CHUNK), jobs if in_parallel else 1)
        up_to_date = {name for part in parts for name in part}
        return [self._pages[name] for name in suspect if name not in up_to_date]

    def record_rendered(self, site: Site, rendered: Iterable[RenderedFile], removed: Iterable[str]) -> None:
        """Take over the traces of files that were rendered and written; from now on no page is suspect.

        removed: names of files that were removed.
        """
        traces = self._traces()
        changes: dict[str, Trace | None] = dict.fromkeys(
            [*removed, *(name for name in traces if name not in self._pages)]
        )
        changes |= {file_of_url(file.url): file.trace for file in rendered if file.trace}
        for name, trace in changes.items():
            if self._readers is not None:
                old = traces.get(name)
                for key in reads_from_json(old.reads) if old and (not trace or trace.reads != old.reads) else ():
                    self._readers.get(key, set()).discard(name)
                for key in reads_from_json(trace.reads) if trace else ():
                    self._readers.setdefault(key, set()).add(name)
                    site.digest(key)
            if trace:
                traces[name] = trace
            else:
                traces.pop(name, None)
        self._changed_cells, self._mismatched = set(), set()
        self.all_suspect = False

    def _traces(self) -> dict[str, Trace]:
        """Return the traces by file name, loaded when first needed."""
        if self._loaded_traces is None:
            self._loaded_traces = self._load()
        return self._loaded_traces

    def track_dependencies(self, site: Site) -> None:
        """From now on know which pages a changed cell makes suspect. To be called before inputs change again.

        Makes the cells of all pages in this process: pages may have been rendered in others, and only a cell that was
        made here is registered with the inputs that it was made of.
        """
        if self._readers is None:
            self._readers = {}
            for name, trace in self._traces().items():
                reads = reads_from_json(trace.reads)
                for key in reads:
                    self._readers.setdefault(key, set()).add(name)
                if site.digest_all(reads) != trace.values_digest:
                    self._mismatched.add(name)


class _Verification(NamedTuple):
    """What is needed to verify pages. Can be sent to another process."""

    site: Site  # whose cells pages read
    pages: Mapping[str, Page]  # by file name
    traces: Mapping[str, Trace]  # by file name


def _find_up_to_date(verification: _Verification, names: Sequence[str]) -> list[str]:
    """Return those of these file names whose pages a clean build would render as they are."""
    site, pages, traces = verification
    return [name for name in names if is_up_to_date(site, pages[name], traces.get(name))]


def _is_made_by(page: Page, trace: Trace | None) -> bool:
    return trace is not None and trace.maker == maker_of(page)
