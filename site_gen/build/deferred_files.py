"""The files that are made after the pages: the search index and the social cards.

No page waits for them: they come last in a build, and in the pauses of the watch server. They are files of the output
like any other: staged, moved into place whole, made anew when they or what they are made of changed, removed when
they are no longer planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.build import card_png, pagefind, render_pages
from site_gen.build.graph_store import Trace
from site_gen.build.output_dir import RenderedFile, WriteResult, stage_file
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.parallel import background_process, chunked, run_chunks
from site_gen.core.urls import UrlPath, file_of_url
from site_gen.pages import search_records
from site_gen.pages.routes import INDEX, SEARCH
from site_gen.pages.search_records import SearchRecord
from site_gen.pages.views.social_cards import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from site_gen.build.graph_store import GraphChanges
    from site_gen.build.output_dir import OutputFolder
    from site_gen.build.render_pages import RenderJob
    from site_gen.content.records import Page
    from site_gen.site.database import SiteDatabase

_INDEX_FOLDER = INDEX.removeprefix("/")
_CARDS_FOLDER = f"{FOLDER}/"
_SEARCH_PAGE = file_of_url(SEARCH)  # the page that asks the index, which is rendered with all others
_INDEX_MAKER = pagefind.VERSION.encode()
_CHUNK = 4  # cards that one process renders in one go
_WAVE = 400  # cards that are staged before they are moved into place
_PARALLEL_FROM = 12  # cards from which on other processes are worth their start


@dataclass(frozen=True, slots=True)
class DeferredFiles:
    """The names of files that a build makes after the pages, as far as they are known before."""

    files: frozenset[str] = frozenset()  # those that the complete site will have, and pages may name
    existing: frozenset[str] = frozenset()  # those that stand in the output folder now, of an earlier build


def is_deferred(name: str) -> bool:
    """Tell whether a file of the output is made after the pages."""
    return name.startswith((_INDEX_FOLDER, _CARDS_FOLDER)) and name != _SEARCH_PAGE


def _has_index(site: SiteDatabase) -> bool:
    """Tell whether a site has a search index; offline it has none: a page opened from a folder may not read it."""
    return site.config.search and not site.links.offline


class DeferredFileBuilder:
    """Makes the deferred files for one builder, again and again."""

    def __init__(self, out: OutputFolder) -> None:
        self._out = out
        self.damaged: set[str] = set()  # names of files that are not as they were written
        self.is_due = True  # whether anything may have to be made
        # Whether everything was made. Neither due nor complete: it failed, and is not tried before something changes.
        self.is_complete = False
        self.planned: set[str] = set()  # names of all deferred files of the site, once they are made
        self.written: list[UrlPath] = []  # addresses of those that `update` wrote
        self.index_cleanup = WriteResult((), (), ())  # what became of the files of an older index

    def mark_stale(self, damaged: AbstractSet[str] = frozenset()) -> None:
        """Have everything checked again: the site changed, or these files are not as they were written."""
        self.damaged |= damaged
        self.is_due, self.is_complete = True, False

    def update(
        self, job: RenderJob, jobs: int, take_graph: Callable[[], GraphChanges], *, low_priority: bool = False
    ) -> Generator[None]:
        """Bring all deferred files up to date, a little each time that the iterator is asked.

        When the site changes in between, close the iterator and begin anew. Files that are no longer planned are left
        for the caller to remove.

        job: with the cards as its pages. jobs: how many processes at once. take_graph: returns what changed of what the
        cards were made of. low_priority: let others have the processors. Raises SiteError.
        """
        self.is_due, self.is_complete = False, False
        self.planned, self.written, self.index_cleanup = set(), [], WriteResult((), (), ())
        try:
            yield from self._update_index(job.site, low_priority=low_priority)
            yield from self._update_cards(job, jobs, take_graph, low_priority=low_priority)
        except GeneratorExit:
            self.is_due = True
            raise
        self.damaged, self.is_complete = set(), True

    def check_renderable(self, job: RenderJob) -> frozenset[str]:
        """Check that `update` would succeed, and write nothing.

        Renders the SVG of each card that is stale, makes a picture of one of each template, and lets Pagefind make an
        index of one letter. Returns the names of the cards, and of the index's files that are known before it is made.
        Raises SiteError as `update` does.
        """
        planned = {file_of_url(page.url) for page in job.pages}
        drawn_templates: set[str] = set()
        for page in self._stale_cards(job):
            svg, _ = render_pages.render_page(job, page)
            if page.template not in drawn_templates:
                drawn_templates.add(page.template)
                card_png.png(svg, page.template)
        if _has_index(job.site):
            for _ in pagefind.build_index([SearchRecord("/", "a", {}, {}, 0)], job.site.config.language):
                pass
            planned.update(f"{_INDEX_FOLDER}{name}" for name in pagefind.FIXED_NAMES)
        return frozenset(planned)

    def _update_index(self, site: SiteDatabase, *, low_priority: bool) -> Iterator[None]:
        """Make the search index anew, unless it was made of the same records."""
        if not _has_index(site):
            return
        entry = f"{_INDEX_FOLDER}{pagefind.ENTRY_NAME}"
        existing = {name for name in self._out.files if is_deferred(name) and name.startswith(_INDEX_FOLDER)}
        trace = self._out.graph.traces([entry]).get(entry)
        is_right = trace and trace.maker == _INDEX_MAKER and site.digest_all(trace.reads) == trace.values_digest
        if is_right and not existing & self.damaged:
            self.planned |= existing
            return
        with site.tracing() as reads:
            search_records.note_reads(site)
        trace = Trace(_INDEX_MAKER, tuple(reads), site.digest_all(reads) or b"")
        # No digest fits until the new index is whole and the files of the old one gone: after a kill it begins anew.
        self._out.record_trace(entry, trace._replace(values_digest=b""))
        yield
        records = search_records.search_records(site)
        for part in pagefind.build_index(records, site.config.language, low_priority=low_priority):
            if part:
                self._write({f"{_INDEX_FOLDER}{name}": data for name, data in part.items()})
            yield
        with self._out.staging():
            self.index_cleanup = self._out.write([], self._out.files.keys() - (existing - self.planned), set(), {})
        self._out.record_trace(entry, trace)

    def _update_cards(
        self, job: RenderJob, jobs: int, take_graph: Callable[[], GraphChanges], *, low_priority: bool
    ) -> Iterator[None]:
        """Render the cards that are stale."""
        self.planned |= {file_of_url(page.url) for page in job.pages}
        stale = self._stale_cards(job)
        yield
        job.pages = stale
        if low_priority and stale:
            yield from self._render_in_background(job, take_graph)
        else:
            for wave in chunked(range(len(stale)), _WAVE):
                job.site.begin_report()
                with self._out.staging():
                    parts = run_chunks(
                        render_pages.render_and_stage,
                        job,
                        chunked(wave, _CHUNK),
                        jobs if len(stale) >= _PARALLEL_FROM else 1,
                    )
                    rendered: list[RenderedFile] = []
                    for part in parts:
                        job.site.adopt(part.cells)
                        rendered += part.files
                    self.written += self._out.write(rendered, None, self.damaged, {}, take_graph).written
                yield

    def _render_in_background(self, job: RenderJob, take_graph: Callable[[], GraphChanges]) -> Iterator[None]:
        """Render cards one by one in another process: resvg lets no other thread work while it draws."""
        process = background_process()
        try:
            for page in job.pages:
                svg, trace = render_pages.render_page(job, page)
                picture = process.submit(card_png.png, svg, page.template)
                while not picture.done():
                    yield
                with self._out.staging():
                    rendered = render_pages.stage_page(job, page, picture.result(), trace)
                    self.written += self._out.write([rendered], None, self.damaged, {}, take_graph).written
                yield
        finally:
            process.shutdown(wait=False, cancel_futures=True)

    def _stale_cards(self, job: RenderJob) -> list[Page]:
        """Return the job's cards that are not what would be rendered now."""
        traces = self._out.graph.traces(file_of_url(page.url) for page in job.pages)
        job.site.look_up_digests(key for trace in traces.values() for key in trace.reads)
        return [
            page
            for page in job.pages
            for name in (file_of_url(page.url),)
            if name in self.damaged or not render_pages.is_up_to_date(job.site, page, traces.get(name))
        ]

    def _write(self, files: Mapping[str, bytes]) -> None:
        """Write these files, except those that stand there already, and add them to the planned ones."""
        intact_digests = self._out.intact_digests(files, self.damaged)
        rendered: list[RenderedFile] = []
        with self._out.staging():
            for name, data in files.items():
                digest = digest_of_bytes(data)
                if intact_digests.get(name) != digest:
                    stamp = stage_file(self._out.folder, name, data)
                    rendered.append(RenderedFile(UrlPath(f"/{name}"), digest, stamp))
            if rendered:
                self.written += self._out.write(rendered, None, self.damaged, {}).written
        self.planned.update(files)
