"""The database of a site: queries are found by their names, and what is kept of them can be read again."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, get_type_hints

import msgspec
import pytest

import site_gen.site
from site_gen.core import depgraph
from site_gen.core.urls import UrlPath
from site_gen.site import ledgers, theme
from site_gen.site.projections import Theme

from ..support.notes import site_of

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = [import_module(f"site_gen.site.{module.name}") for module in pkgutil.iter_modules(site_gen.site.__path__)]
QUERIES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if hasattr(function, "make")
}


def test_there_are_queries() -> None:
    assert {"issues.keys", "theme.asset_url", "directory.name"} <= QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_found_by_the_name_that_its_cells_have(name: str) -> None:
    assert depgraph._find_query("site_gen.site", name) is QUERIES[name]


@pytest.mark.parametrize(
    "query", [query for query in QUERIES.values() if query.unpack], ids=lambda query: query.__name__
)
def test_the_type_of_a_kept_query_is_known_when_the_program_runs(query: Callable[..., object]) -> None:
    msgspec.msgpack.Decoder(get_type_hints(query)["return"])


def test_an_input_that_goes_is_there_no_more() -> None:
    site = site_of([])
    site.put_theme(Theme({"a.css": UrlPath("/a.1.css")}, {"a.html": "A"}))
    assert (theme.asset_url(site, "a.css"), theme.template_digest(site, "b.html")) == ("/a.1.css", None)
    with site.tracing() as reads:
        theme.asset_url(site, "a.css")
        ledgers.anchor_line(site, "x")
    digest = site.digest_all(reads)
    stale = site.put_theme(Theme({"b.css": UrlPath("/b.1.css")}, {"a.html": "A"}))
    assert ("theme.asset_url", "a.css") in stale
    assert ("ledgers.anchor_line", "x") not in stale
    assert (theme.asset_url(site, "a.css"), theme.asset_url(site, "b.css")) == (None, "/b.1.css")
    assert site.digest_all(reads) not in {digest, None}
