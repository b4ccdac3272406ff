"""The plan of a site's pages: as it was just made, or as it was kept, where no page is loaded but those asked for."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from typing import TYPE_CHECKING, Any

from site_gen.content.records import Page, Tag
from site_gen.core import sqlite
from site_gen.core.json_text import compact_json
from site_gen.core.urls import UrlPath, file_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.build.graph_store import GraphStore
    from site_gen.pages.routes import RouteTable

_VIEWS = "site_gen.pages.views."  # where the functions lie that make views


class PagePlan:
    """The pages of a site by the names of their files."""

    def __init__(self, route_table: RouteTable | None, graph: GraphStore) -> None:
        """Begin with a plan that was just made; None: with the one that is kept."""
        self._graph = graph
        self._is_loaded = route_table is not None
        self.is_kept = not self._is_loaded  # whether the plan is the one that is kept
        self.problems = route_table.problems if route_table else ()
        self._pages = {file_of_url(page.url): page for page in route_table.pages} if route_table else {}
        self._deferred = route_table.deferred if route_table else None

    def __len__(self) -> int:
        return len(self._pages) if self._is_loaded else self._graph.page_count()

    def pages(self, names: Iterable[str]) -> dict[str, Page]:
        """Return those of these files that are pages, by name; social cards are none."""
        names = set(names)
        if not self._is_loaded:
            missing = names - self._pages.keys()
            self._pages |= {name: unpack_page(text) for name, text in self._graph.planned_pages(missing).items()}
        return {name: self._pages[name] for name in names & self._pages.keys()}

    def all_pages(self) -> Mapping[str, Page]:
        """Return all pages by the names of their files."""
        if not self._is_loaded:
            rows = self._graph.plan(deferred=False).items()
            self._pages, self._is_loaded = {name: unpack_page(text) for name, text in rows}, True
        return self._pages

    def deferred(self) -> tuple[Page, ...]:
        """Return the social cards."""
        if self._deferred is None:
            self._deferred = tuple(map(unpack_page, self._graph.plan(deferred=True).values()))
        return self._deferred

    def packed(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return all pages packed, by name, then the social cards."""
        pages = {name: pack_page(page) for name, page in self.all_pages().items()}
        return pages, {file_of_url(page.url): pack_page(page) for page in self.deferred()}


def pack_page(page: Page) -> str:
    """Return a page as JSON."""
    view = f"{page.make_view.__module__.removeprefix(_VIEWS)}.{page.make_view.__qualname__}"
    return compact_json([page.url, page.template, view, _pack(page.args), page.origin, page.stands_for])


def unpack_page(text: str) -> Page:
    """Return the page that `pack_page` packed. Raises StateError for a damaged text."""
    with sqlite.raising_state_errors("the plan of the pages"):
        url, template, view, args, origin, stands_for = json.loads(text)
        module, _, function = view.partition(".")
        try:
            make_view = getattr(importlib.import_module(_VIEWS + module), function)
        except (ImportError, AttributeError) as error:
            raise ValueError(view) from error
        return Page(UrlPath(url), template, make_view, _unpack(args), origin, stands_for)


def _pack(value: Any) -> Any:
    """Return a page's argument as JSON can hold it: tags and dates as mappings, since tuples become lists."""
    if isinstance(value, Tag):
        return {"tag": [*value]}
    if isinstance(value, tuple):
        return [_pack(part) for part in value]
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_unpack, value))
    if isinstance(value, dict):
        return Tag(*value["tag"]) if "tag" in value else dt.date.fromisoformat(value["date"])
    return value
