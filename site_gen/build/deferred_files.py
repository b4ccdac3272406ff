"""What is made once the pages stand: the search index, and the social cards.

No page waits for it: it comes last in a build, and in the pauses of the watch server. Its files are the output's
like any other: staged, moved into place whole, made anew when they or what they are made of changed, removed when
they are no longer planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.build import card_png, pagefind, render_pages
from site_gen.build.manifest import Trace
from site_gen.build.output_dir import Drawn, Written, stage
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.parallel import background_process, chunked, run_chunks
from site_gen.core.urls import UrlPath, file_of
from site_gen.pages.routes import INDEX, SEARCH
from site_gen.pages.search_records import SearchCatalogue, SearchRecord
from site_gen.pages.views.social_cards import FOLDER

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from site_gen.build.output_dir import Output
    from site_gen.build.render_pages import Studio
    from site_gen.content.records import Page
    from site_gen.site.site import Site

_INDEX = INDEX.removeprefix("/")
_CARDS = f"{FOLDER}/"
_PAGE = file_of(SEARCH)
_CHUNK = 4  # cards that are drawn in one go
_WAVE = 400  # cards that are kept apart until they are moved into place
_MANY = 12  # cards from which on other processes are worth their start


@dataclass(frozen=True, slots=True)
class ToCome:
    """What a build makes after the pages, and `draw` does not: files that pages name (or a person's own may), and the
    names of all that is there of an older one."""

    files: frozenset[str] = frozenset()
    older: frozenset[str] = frozenset()


def is_later(name: str) -> bool:
    """Whether a file of the output is made after the pages."""
    return name.startswith((_INDEX, _CARDS)) and name != _PAGE


def _is_searched(site: Site) -> bool:
    """Whether a site has an index: browsers let no page in a folder read one."""
    return site.config().search and not site.links().offline


class Later:
    """Makes what comes after the pages, for one builder, again and again."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._catalogue = SearchCatalogue()
        self.damaged: set[str] = set()
        self.is_due = True  # whether anything may have to be made
        self.is_whole = False  # whether all of it was made: what failed is not tried again before something changes
        self.planned: set[str] = set()  # the files that it wants, once it is made
        self.written: list[UrlPath] = []
        self.ended = Written((), (), ())  # what became of the pieces of an older index

    def doubt(self, damaged: AbstractSet[str] = frozenset()) -> None:
        """The site is not as it was, or these files are not as they were written."""
        self.damaged |= damaged
        self.is_due, self.is_whole = True, False

    def make(self, studio: Studio, jobs: int, *, gently: bool = False) -> Generator[None]:
        """Bring all of it up to date, a little each time that the iterator is asked. When the site changes in
        between, close it and begin anew. What is no longer planned is left to be removed.

        studio: with the cards as its pages. gently: let others have the processors. Raises SiteError.
        """
        self.is_due, self.is_whole = False, False
        self.planned, self.written, self.ended = set(), [], Written((), (), ())
        try:
            yield from self._search(studio.site, gently=gently)
            yield from self._cards(studio, jobs, gently=gently)
        except GeneratorExit:
            self.is_due = True
            raise
        self.damaged, self.is_whole = set(), True

    def proven(self, studio: Studio) -> frozenset[str]:
        """See that what `make` would make can be made, and make nothing: fill in the template of each card that is not
        right, draw one of each template, let Pagefind make an index of one letter. Gives the cards, and the files of
        the index whose names are known before it is made. Raises SiteError as `make` does.
        """
        planned = {file_of(page.url) for page in studio.pages}
        drawn: set[str] = set()
        for page in self._stale(studio):
            svg, _ = render_pages.rendered(studio, page)
            if page.template not in drawn:
                drawn.add(page.template)
                card_png.png(svg, page.template)
        if _is_searched(studio.site):
            for _ in pagefind.index([SearchRecord("/", "a", {}, {}, 0)], studio.site.config().language):
                pass
            planned.update(f"{_INDEX}{name}" for name in pagefind.FIXED)
        return frozenset(planned)

    def _search(self, site: Site, *, gently: bool) -> Iterator[None]:
        """The search index: of one piece, and right while its key is."""
        if not _is_searched(site):
            return
        yield from self._catalogue.look(site)
        key, entry = self._catalogue.key(site), f"{_INDEX}{pagefind.ENTRY}"
        there = {name for name in self._out.files if is_later(name) and name.startswith(_INDEX)}
        made = Trace(pagefind.MAKER, "", key)
        if self._out.manifest.traces(_INDEX).get(entry) == made and not there & self.damaged:
            self.planned |= there
            return
        # Until it is whole and the pieces of an older one are gone, it is neither: a kill makes it begin anew.
        self._out.manifest.settle({}, {entry: made._replace(seal=b"")}, {})
        records = self._catalogue.records(site)
        for part in pagefind.index(records, site.config().language, gently=gently):
            if part:
                self._put({f"{_INDEX}{name}": data for name, data in part.items()})
            yield
        with self._out.staging():
            self.ended = self._out.write([], self._out.files.keys() - (there - self.planned), set(), {})
        self._out.manifest.settle({}, {entry: made}, {})

    def _cards(self, studio: Studio, jobs: int, *, gently: bool) -> Iterator[None]:
        """The cards: each right while the cells are that it was made of."""
        self.planned |= {file_of(page.url) for page in studio.pages}
        stale = self._stale(studio)
        yield
        studio.pages = stale
        if gently and stale:
            yield from self._drawn_aside(studio)
        else:
            for wave in chunked(range(len(stale)), _WAVE):
                with self._out.staging():
                    parts = run_chunks(
                        render_pages.draw, studio, chunked(wave, _CHUNK), jobs if len(stale) >= _MANY else 1
                    )
                    drawn = [one for part in parts for one in part]
                    self.written += self._out.write(drawn, None, self.damaged, {}).written
                yield

    def _drawn_aside(self, studio: Studio) -> Iterator[None]:
        """Draw cards one by one in another process: resvg lets no other thread work while it does."""
        process = background_process()
        try:
            for page in studio.pages:
                svg, trace = render_pages.rendered(studio, page)
                picture = process.submit(card_png.png, svg, page.template)
                while not picture.done():
                    yield
                with self._out.staging():
                    drawn = render_pages.staged(studio, page, picture.result(), trace)
                    self.written += self._out.write([drawn], None, self.damaged, {}).written
                yield
        finally:
            process.shutdown(wait=False, cancel_futures=True)

    def _stale(self, studio: Studio) -> list[Page]:
        """The cards that are not what would be drawn now."""
        traces = self._out.manifest.traces(_CARDS)
        return [
            page
            for page in studio.pages
            for name in (file_of(page.url),)
            if name in self.damaged or not render_pages.is_right(studio.site, page, traces.get(name))
        ]

    def _put(self, files: Mapping[str, bytes]) -> None:
        """Write these files, but for those that are there already."""
        there = self._out.whole(files, self.damaged)
        drawn: list[Drawn] = []
        with self._out.staging():
            for name, data in files.items():
                digest = digest_of_bytes(data)
                if there.get(name) != digest:
                    drawn.append(Drawn(UrlPath(f"/{name}"), digest, stage(self._out.folder, name, data)))
            if drawn:
                self.written += self._out.write(drawn, None, self.damaged, {}).written
        self.planned.update(files)
