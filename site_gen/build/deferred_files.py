"""The files that are made after the pages: the search index and the social cards.

No page waits for them: they come last in a build, and in the pauses of the watch server. They are files of the output
like any other: staged, moved into place whole, made anew when they or what they are made of changed, removed when
they are no longer planned.
"""

from __future__ import annotations

import time
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.build import card_png, pagefind, render_pages
from site_gen.build.build_report import Report
from site_gen.build.graph_store import NO_CHANGES, Trace
from site_gen.build.output_dir import RenderedFile, stage_file
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.parallel import background_process, chunked, run_chunks
from site_gen.core.urls import UrlPath, file_of_url
from site_gen.pages import search_records
from site_gen.pages.routes import INDEX, SEARCH
from site_gen.pages.search_records import SearchRecord
from site_gen.pages.views.social_cards import FOLDER
from site_gen.site import search_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
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
_POLL_SECONDS = 0.01  # between two looks at whether Pagefind has answered
_PARTS_AT_ONCE = 2  # parts of the index that are made at the same time, each by a process of some 200 MB
_PARALLEL_FROM = 12  # cards from which on other processes are worth their start


class DeferredFiles(Struct, frozen=True):
    """The names of files that a build makes after the pages, as far as they are known before."""

    files: frozenset[str] = frozenset()  # those that the complete site will have, and pages may name
    existing: frozenset[str] = frozenset()  # those that stand in the output folder now, of an earlier build


def is_deferred(name: str) -> bool:
    """Tell whether a file of the output is made after the pages."""
    return name.startswith((_INDEX_FOLDER, _CARDS_FOLDER)) and name != _SEARCH_PAGE


def _has_index(site: SiteDatabase) -> bool:
    """Tell whether a site has a search index; offline it has none: a page opened from a folder may not read it."""
    return site.config.search and not site.links.offline


def _index_parts(site: SiteDatabase) -> dict[str, str]:
    """Return the parts of the search index by the names of their traces; none without an index."""
    language, parts = site.config.language, search_parts.parts(site) if _has_index(site) else ()
    return {f"{_INDEX_FOLDER}{pagefind.part_language(language, part.name)}": part.name for part in parts}


def _trace_part(site: SiteDatabase, part: str) -> Trace:
    """Return what a part of the search index is made of."""
    with site.tracing() as reads:
        search_records.note_reads(site, part)
    return Trace(_INDEX_MAKER, tuple(reads), site.digest_all(reads) or b"")


def _is_right(site: SiteDatabase, trace: Trace | None) -> bool:
    """Tell whether a part of the search index is what would be made now."""
    return render_pages.would_be_made_again(site, _INDEX_MAKER, trace)


class DeferredFileBuilder:
    """Makes the deferred files for one builder, again and again."""

    def __init__(self, out: OutputFolder) -> None:
        self._out = out
        self.damaged: set[str] = set()  # names of files that are not as they were written
        self.is_due = True  # whether anything may have to be made
        # Whether everything was made. Neither due nor complete: it failed, and is not tried before something changes.
        self.is_complete = False
        self.planned: set[str] = set()  # names of all deferred files of the site, once they are made
        self.report = Report()  # what `update` wrote and removed

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
        self.planned, self.report = set(), Report()
        try:
            yield from self._update_index(job.site, jobs, low_priority=low_priority)
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
            for _ in pagefind.build_part(
                [SearchRecord("/", "a", {}, {}, is_dated=False)], job.site.config.language, "a"
            ):
                pass
            planned.update(f"{_INDEX_FOLDER}{name}" for name in pagefind.FIXED_NAMES)
        return frozenset(planned)

    def _update_index(self, site: SiteDatabase, jobs: int, *, low_priority: bool) -> Iterator[None]:
        """Make those parts of the search index anew that were made of other records."""
        parts = _index_parts(site)
        if not parts:
            return
        traces = self._out.graph.traces(parts)
        site.look_up_digests(key for trace in traces.values() for key in trace.reads)
        existing = {name for name in self._out.files if is_deferred(name) and name.startswith(_INDEX_FOLDER)}
        by_part = {name: f"{_INDEX_FOLDER}{pagefind.part_of_file(name)}" for name in existing}
        entry = f"{_INDEX_FOLDER}{pagefind.ENTRY_NAME}"
        is_whole = entry in existing and not existing & self.damaged
        stale = [name for name in parts if not (is_whole and _is_right(site, traces.get(name)))]
        gone = {*by_part.values()} - {*parts, _INDEX_FOLDER}
        if not stale and not gone:
            self.planned |= existing
            return
        # These have no trace until the index is whole and their old files are gone: after a kill they are made anew.
        self._out.record_traces(dict.fromkeys([*stale, *gone]))
        traces = {name: _trace_part(site, parts[name]) for name in stale}
        yield
        entries: list[bytes] = []
        if len(stale) < len(parts):
            entries.append((self._out.folder / entry).read_bytes())
            self.planned |= {name for name, part in by_part.items() if part not in gone and part not in stale}
        for names in chunked(stale, 1 if low_priority or jobs < _PARTS_AT_ONCE else _PARTS_AT_ONCE):
            entries += yield from self._write_parts(site, [parts[name] for name in names], low_priority=low_priority)
        languages = [name.removeprefix(_INDEX_FOLDER) for name in parts]
        self._write({entry: pagefind.merge_entries(entries, languages)})
        with self._out.staging():
            self._put_in_place([], None, self._out.files.keys() - (existing - self.planned))
        self._out.record_traces(traces)

    def _write_parts(
        self, site: SiteDatabase, parts: Iterable[str], *, low_priority: bool
    ) -> Generator[None, None, list[bytes]]:
        """Make parts of the search index, all at once, and write their files; return the entry of each."""
        language = site.config.language
        makers = [
            pagefind.build_part(search_records.search_records(site, part), language, part, low_priority=low_priority)
            for part in parts
        ]
        entries: list[bytes] = []
        for steps in zip_longest(*makers):
            if not low_priority and not any(steps):
                time.sleep(_POLL_SECONDS)
            for files in filter(None, steps):
                if pagefind.ENTRY_NAME in files:
                    entries.append(files[pagefind.ENTRY_NAME])
                else:
                    self._write({f"{_INDEX_FOLDER}{name}": data for name, data in files.items()})
            yield
        return entries

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
                    self._put_in_place(rendered, take_graph)
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
                    self._put_in_place([rendered], take_graph)
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
                self._put_in_place(rendered)
        self.planned.update(files)

    def _put_in_place(
        self,
        rendered: list[RenderedFile],
        take_graph: Callable[[], GraphChanges] | None = None,
        planned: set[str] | None = None,
    ) -> None:
        """Write into the output what is staged, and add that to the report. See `OutputFolder.write`."""
        report = self._out.write(rendered, planned, self.damaged, {}, take_graph or (lambda: NO_CHANGES))
        self.report = self.report.followed_by(report)
