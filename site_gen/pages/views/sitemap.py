"""Views of the sitemaps, which tell search engines of all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views.entity import entity_year_url
from site_gen.pages.views.page_parts import pair_url
from site_gen.site import articles, co_occurrence, coverage, directory, issues
from site_gen.site.projections import SitemapEntry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.records import Tag
    from site_gen.site.database import SiteDatabase

MAX_URLS = 50_000  # of one sitemap (sitemaps.org, "Sitemap file limits")


class Sitemap(Struct, frozen=True):
    """What `sitemap.xml` and `sitemap_index.xml` show."""

    entries: tuple[SitemapEntry, ...]  # pages worth finding; in the index, the sitemaps that name them


def sitemap_index(site: SiteDatabase, fixed: tuple[UrlPath, ...]) -> Sitemap:
    """List the sitemaps: those of the pages that are no articles, and those of each year.

    A new article changes only its year's. fixed: the pages that every site has.
    """
    years = articles.filed_years(site)
    entries = [SitemapEntry(url, _last_change(site, years)) for url in pages_parts(site, fixed).values()]
    for year in years:
        entries += [SitemapEntry(url, _last_change(site, [year])) for url in year_parts(site, year).values()]
    return Sitemap(tuple(entries))


def _last_change(site: SiteDatabase, years: Iterable[int]) -> dt.date | None:
    return max((day for year in years if (day := articles.last_change(site, year))), default=None)


def pages_parts(site: SiteDatabase, fixed: tuple[UrlPath, ...]) -> dict[int, UrlPath]:
    """Return the addresses of the sitemaps of pages that are no articles, by the number of the part."""
    return _parts("pages", len(_pages(site, fixed)))


def year_parts(site: SiteDatabase, year: int) -> dict[int, UrlPath]:
    """Return the addresses of the sitemaps of a year's articles, by the number of the part."""
    return _parts(f"{year:04}", articles.filed_count(site, year))


def _parts(name: str, count: int) -> dict[int, UrlPath]:
    """Return the addresses of the sitemaps of so many pages: `/sitemap-2026.xml`, `/sitemap-2026-2.xml`."""
    numbers = range(max(1, -(-count // MAX_URLS)))
    return {part: UrlPath(f"/sitemap-{name}{f'-{part + 1}' if part else ''}.xml") for part in numbers}


def sitemap_year(site: SiteDatabase, year: int, part: int) -> Sitemap:
    """List the articles filed under a year, or a part of them."""
    return Sitemap(articles.sitemap_entries(site, year)[part * MAX_URLS :][:MAX_URLS])


def sitemap_pages(site: SiteDatabase, fixed: tuple[UrlPath, ...], part: int) -> Sitemap:
    """List the pages that are no articles, or a part of them. fixed: those that every site has."""
    newest, always = _last_change(site, articles.filed_years(site)), frozenset(fixed)
    return Sitemap(
        tuple(
            SitemapEntry(url, newest if url in always else coverage.last_modified(site, tag) if tag else None)
            for url, tag in _pages(site, fixed)[part * MAX_URLS :][:MAX_URLS]
        )
    )


def _pages(site: SiteDatabase, fixed: tuple[UrlPath, ...]) -> list[tuple[UrlPath, Tag | None]]:
    """Return the pages that are no articles, each with the entity whose whole page it is."""
    pages: list[tuple[UrlPath, Tag | None]] = [(url, None) for url in fixed]
    pages += [(url_path(kind.prefix), None) for kind in site.config.kinds]
    pages += [(issues.url(key), None) for key in issues.keys(site)]
    for tag in directory.tags(site):
        pages.append((directory.url(site, tag), tag))
        pages += [(entity_year_url(site, tag, year), None) for year in coverage.page_years(site, tag)]
    pages += [(pair_url(site, *pair), None) for pair in co_occurrence.pairs(site)]
    return pages
