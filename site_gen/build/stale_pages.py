"""Find the pages that must be rendered again: from a changed cell to the pages that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.build.render_pages import MovedAsset, is_up_to_date, maker_of
from site_gen.site import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.build.graph_store import GraphStore, Trace
    from site_gen.build.page_plan import PagePlan
    from site_gen.content.records import Page
    from site_gen.core.depgraph import CellKey
    from site_gen.site.database import SiteDatabase


class StalePages(NamedTuple):
    """Pages that are not what a clean build would render."""

    pages: list[Page]  # by address
    readdressed: Mapping[str, Trace] = {}  # traces, by file, of those of which nothing but addresses of assets changed
    moved_assets: Mapping[CellKey, MovedAsset] = {}  # these assets, by the cells of their addresses


class PageTracker:
    """The cells that may have changed since the pages were rendered.

    A page that reads such a cell is suspect. It is stale only where verifying it (settling its cells, see
    `render_pages.is_up_to_date`) shows that one of them did change.
    """

    def __init__(self, graph: GraphStore) -> None:
        """Begin with no cell changed. graph: as it was kept with the pages."""
        self._graph = graph
        self._suspect_cells: set[CellKey] = set()
        self._suspect_names: set[str] = set()  # what reads these cells: pages, and results without a file

    def mark_suspect(self, cells: Iterable[CellKey]) -> None:
        """Make the pages suspect that read these cells."""
        new = set(cells) - self._suspect_cells
        self._suspect_cells |= new
        self._suspect_names |= self._graph.pages_reading(new)

    def is_suspect(self, name: str) -> bool:
        """Tell whether a page, or a result without a file, reads a cell that may have changed."""
        return name in self._suspect_names

    def find_stale(self, site: SiteDatabase, plan: PagePlan, damaged: set[str]) -> StalePages:
        """Return the pages that are not what a clean build would render.

        A page is up to date while the digest over the values of its cells is that of its trace, and its maker too.
        damaged: names of files that are not as they were written.
        """
        names = self._suspect_names | damaged
        if not plan.is_kept:
            makers = self._graph.makers()
            names |= {name for name, page in plan.all_pages().items() if makers.get(name) != maker_of(page)}
        pages = plan.pages(names)
        traces = self._graph.traces(pages.keys() - damaged)
        site.look_up_digests(key for trace in traces.values() for key in trace.reads)
        # In the order of their addresses: of several wrong templates the one is told that a clean build tells.
        stale = [
            (name, page)
            for name, page in sorted(pages.items(), key=lambda item: item[1].url)
            if name in damaged or not is_up_to_date(site, page, traces.get(name))
        ]
        moved_assets = self._find_moved_assets(site)
        former = {key: asset.digest for key, asset in moved_assets.items()}
        readdressed = {
            name: trace
            for name, page in stale
            if former and (trace := traces.get(name)) and is_up_to_date(site, page, trace, former)
        }
        return StalePages([page for _, page in stale], readdressed, moved_assets)

    def _find_moved_assets(self, site: SiteDatabase) -> dict[CellKey, MovedAsset]:
        """Return the assets that have another address than when pages were rendered, by their cells."""
        moved: dict[CellKey, MovedAsset] = {}
        for key in self._suspect_cells:
            if key[0] == "theme.asset_url" and (before := site.former_value(key)):
                digest, url = before
                new = theme.asset_url(site, str(key[1]))
                if url and new and url != new:
                    moved[key] = MovedAsset(digest, url.rpartition("/")[2].encode(), new.rpartition("/")[2].encode())
        return moved

    def forget_suspects(self) -> None:
        """Begin again: all pages are up to date."""
        self._suspect_cells, self._suspect_names = set(), set()
