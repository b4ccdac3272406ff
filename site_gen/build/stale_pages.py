"""Which pages must be drawn again: the traces of all pages, turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.build.page_trace import reads_from_json
from site_gen.build.render_pages import is_right, maker_of
from site_gen.core.parallel import chunked, run_chunks
from site_gen.core.urls import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from site_gen.build.manifest import Trace
    from site_gen.build.output_dir import Drawn
    from site_gen.content.records import Page
    from site_gen.core.depgraph import Key
    from site_gen.site.site import Site

_CHUNK = 400  # pages that are looked at in one go
_MANY = 3000  # pages from which on other processes are worth their start


class Tracked:
    """What each page was made of, and the cells that changed since. `load` gives the traces of earlier
    builds; it is called when they are first needed."""

    def __init__(self, load: Callable[[], dict[str, Trace]]) -> None:
        self._load = load
        self._traces: dict[str, Trace] | None = None
        self._readers: dict[Key, set[str]] | None = None
        self._pages: dict[str, Page] = {}
        self._changed: set[Key] = set()
        self._unlike: set[str] = set()  # pages whose traces turned out to be wrong
        self.all_doubtful = True

    def doubt(self, cells: Iterable[Key]) -> None:
        """These cells changed, or what they are made of did."""
        self._changed.update(cells)

    def doubt_all(self) -> None:
        """Any cell may have changed."""
        self.all_doubtful = True

    def trust(self) -> None:
        """The pages were made of the very files that the site was loaded from: none need be looked at. Not so once they
        are followed, since to look at a page is also to make its cells, without which no change of an input is seen."""
        if self._readers is None:
            self._changed = set()
            self.all_doubtful = False

    def stale(
        self, site: Site, pages: tuple[Page, ...], damaged: set[str], jobs: int, *, planned_anew: bool
    ) -> list[Page]:
        """The pages that are not what a clean build would draw. A page is right while the digest over the
        cells that it read is the same, and the same maker would draw it.

        damaged: names of files that are not as they were written. jobs: how many processes may look.
        """
        traces = self._known()
        if self.all_doubtful:
            self._pages = {file_of(page.url): page for page in pages}
            doubtful: Iterable[str] = self._pages
        else:
            readers = self._readers or {}
            found = {name for key in self._changed for name in readers.get(key, ())} | damaged | self._unlike
            if planned_anew:
                self._pages = {file_of(page.url): page for page in pages}
                found |= {name for name, page in self._pages.items() if not _is_by(page, traces.get(name))}
            # In the plan's order: of several wrong templates the same is told as by a clean build.
            doubtful = sorted(found & self._pages.keys(), key=lambda name: self._pages[name].url)
        asked = [name for name in doubtful if name not in damaged]
        # Whoever follows makes all cells here; a build that ends after this need not.
        many = bool(traces) and self._readers is None and len(asked) >= _MANY
        parts = run_chunks(_right, _Asked(site, self._pages, traces), chunked(asked, _CHUNK), jobs if many else 1)
        right = {name for part in parts for name in part}
        return [self._pages[name] for name in doubtful if name not in right]

    def drawn(self, site: Site, drawn: Iterable[Drawn], removed: Iterable[str]) -> None:
        """These pages were drawn and written, those files removed: nothing is doubtful any more."""
        traces = self._known()
        news: dict[str, Trace | None] = dict.fromkeys([*removed, *(name for name in traces if name not in self._pages)])
        news |= {file_of(one.url): one.trace for one in drawn if one.trace}
        for name, trace in news.items():
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
        self._changed, self._unlike = set(), set()
        self.all_doubtful = False

    def _known(self) -> dict[str, Trace]:
        if self._traces is None:
            self._traces = self._load()
        return self._traces

    def follow(self, site: Site) -> None:
        """From now on know which pages a change makes doubtful. To be called before inputs change again."""
        if self._readers is None:
            self._readers = {}
            for name, trace in self._known().items():
                reads = reads_from_json(trace.reads)
                for key in reads:
                    self._readers.setdefault(key, set()).add(name)
                # Pages may have been drawn in other processes: only a cell that was made here has told the inputs that
                # it was made of them.
                if site.seal(reads) != trace.seal:
                    self._unlike.add(name)


class _Asked(NamedTuple):
    """Which pages are right: they and their traces, by the names of their files."""

    site: Site
    pages: Mapping[str, Page]
    traces: Mapping[str, Trace]


def _right(asked: _Asked, names: Sequence[str]) -> list[str]:
    """Those of these pages that a clean build would draw as they are."""
    return [name for name in names if is_right(asked.site, asked.pages[name], asked.traces.get(name))]


def _is_by(page: Page, trace: Trace | None) -> bool:
    return trace is not None and trace.maker == maker_of(page)
