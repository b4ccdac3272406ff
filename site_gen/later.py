"""What is made once the pages stand: the search index, and the social cards.

No page waits for it: it comes last in a build, and in the pauses of the watch server. Its files are the output's
like any other: staged, moved into place whole, made anew when they or what they are made of changed, removed when
they are no longer planned.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from site_gen import cards, drawing, indexing
from site_gen.contexts.cards import FOLDER
from site_gen.manifest import Trace, reads_from_json
from site_gen.output import Drawn, stage
from site_gen.pages import INDEX, SEARCH
from site_gen.scan import digest_of_bytes
from site_gen.searching import Catalogue
from site_gen.text import compact_json
from site_gen.urls import UrlPath, file_of
from site_gen.workers import aside, chunked, run

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from site_gen.drawing import Studio
    from site_gen.model import Page
    from site_gen.output import Output
    from site_gen.site import Site

_INDEX = INDEX.removeprefix("/")
_CARDS = f"{FOLDER}/"
_PAGE = file_of(SEARCH)
_CHUNK = 4  # cards that are drawn in one go
_WAVE = 400  # cards that are kept apart until they are moved into place
_MANY = 12  # cards from which on other processes are worth their start


def is_later(name: str) -> bool:
    """Whether a file of the output is made after the pages."""
    return name.startswith((_INDEX, _CARDS)) and name != _PAGE


class Later:
    """Makes what comes after the pages, for one builder, again and again."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._catalogue = Catalogue()
        self.damaged: set[str] = set()
        self.is_due = True  # whether anything may have to be made
        self.planned: set[str] = set()  # the files that it wants, once it is made
        self.written: list[UrlPath] = []

    def doubt(self, damaged: AbstractSet[str] = frozenset()) -> None:
        """The site is not as it was, or these files are not as they were written."""
        self.damaged |= damaged
        self.is_due = True

    def make(self, studio: Studio, jobs: int, *, gently: bool = False) -> Generator[None]:
        """Bring all of it up to date, a little each time that the iterator is asked. When the site changes in
        between, close it and begin anew. What is no longer planned is left to be removed.

        studio: with the cards as its pages. gently: let others have the processors. Raises SiteError.
        """
        self.is_due, self.planned, self.written = False, set(), []
        try:
            yield from self._search(studio.site, gently=gently)
            yield from self._cards(studio, jobs, gently=gently)
        except GeneratorExit:
            self.is_due = True
            raise
        self.damaged = set()

    def _search(self, site: Site, *, gently: bool) -> Iterator[None]:
        """The search index: of one piece, and right while its key is."""
        if not site.config().search or site.links().offline:
            return
        yield from self._catalogue.look(site)
        key, entry = self._catalogue.key(site), f"{_INDEX}{indexing.ENTRY}"
        trace = self._out.manifest.traces(_INDEX).get(entry)
        if trace and trace.maker == indexing.MAKER and trace.seal == key:
            # As it was written down, not as it is there: a kill may have left pieces of an older index.
            wanted = _names(trace.reads)
            if wanted and wanted <= self._out.files.keys() and not wanted & self.damaged:
                self.planned |= wanted
                return
        # Until its entry is in place the index is neither the old nor the new one, after a kill too.
        self._out.manifest.settle({}, {entry: Trace(indexing.MAKER, "", b"")}, {})
        records = self._catalogue.records(site)
        names: list[str] = []
        for part in indexing.index(records, site.config().language, gently=gently):
            names += [f"{_INDEX}{name}" for name in part or ()]
            if part:
                self._put(
                    {f"{_INDEX}{name}": data for name, data in part.items()},
                    Trace(indexing.MAKER, compact_json(sorted(names)), key),
                )
            yield

    def _cards(self, studio: Studio, jobs: int, *, gently: bool) -> Iterator[None]:
        """The cards: each right while the cells are that it was made of."""
        self.planned |= {file_of(page.url) for page in studio.pages}
        traces = self._out.manifest.traces(_CARDS)
        stale = [page for page in studio.pages if not self._is_right(studio.site, page, traces.get(file_of(page.url)))]
        yield
        studio.pages = stale
        if gently and stale:
            yield from self._drawn_aside(studio)
        else:
            for wave in chunked(range(len(stale)), _WAVE):
                with self._out.staging():
                    parts = run(drawing.draw, studio, chunked(wave, _CHUNK), jobs if len(stale) >= _MANY else 1)
                    drawn = [one for part in parts for one in part]
                    self.written += self._out.write(drawn, None, self.damaged, {}).written
                yield

    def _drawn_aside(self, studio: Studio) -> Iterator[None]:
        """Draw cards one by one in another process: resvg lets no other thread work while it does."""
        process = aside()
        try:
            for page in studio.pages:
                svg, trace = drawing.rendered(studio, page)
                picture = process.submit(cards.png, svg, page.template)
                while not picture.done():
                    yield
                with self._out.staging():
                    drawn = drawing.staged(studio, page, picture.result(), trace)
                    self.written += self._out.write([drawn], None, self.damaged, {}).written
                yield
        finally:
            process.shutdown(wait=False, cancel_futures=True)

    def _is_right(self, site: Site, page: Page, trace: Trace | None) -> bool:
        if trace is None or trace.maker != drawing.maker_of(page) or file_of(page.url) in self.damaged:
            return False
        return site.seal(reads_from_json(trace.reads)) == trace.seal

    def _put(self, files: Mapping[str, bytes], of_entry: Trace) -> None:
        """Write these files, but for those that are there already; the index's entry with its trace."""
        there = self._out.whole(files, self.damaged)
        drawn: list[Drawn] = []
        with self._out.staging():
            for name, data in files.items():
                digest = digest_of_bytes(data)
                stamp = None if there.get(name) == digest else stage(self._out.folder, name, data)
                trace = of_entry if name == f"{_INDEX}{indexing.ENTRY}" else None
                if stamp or trace:
                    drawn.append(Drawn(UrlPath(f"/{name}"), digest, stamp, trace))
            if drawn:
                self.written += self._out.write(drawn, None, self.damaged, {}).written
        self.planned.update(files)


def _names(text: str) -> set[str]:
    """The files of an index as they were written down; none where that is damaged."""
    try:
        return {str(name) for name in json.loads(text)}
    except (ValueError, TypeError):
        return set()
