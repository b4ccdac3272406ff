"""Views of the sitemaps, which tell search engines of all pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views.entity import entity_year_url
from site_gen.pages.views.page_parts import pair_url
from site_gen.site import articles, co_occurrence, coverage, directory, issues
from site_gen.site.projections import SitemapEntry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.site.database import SiteDatabase


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What `sitemap.xml` and `sitemap_index.xml` show."""

    entries: tuple[SitemapEntry, ...]  # pages worth finding; in the index, the sitemaps that name them


def sitemap_index(site: SiteDatabase, pages: UrlPath) -> Sitemap:
    """List the sitemaps: one of the pages that are no articles, and one a year.

    A sitemap may hold 50,000 addresses (sitemaps.org, "Sitemap file limits"), and a new article changes only its
    year's. pages: the address of the former.
    """
    years = [SitemapEntry(sitemap_url(year), _last_change(site, [year])) for year in articles.filed_years(site)]
    return Sitemap((SitemapEntry(pages, _last_change(site, articles.filed_years(site))), *years))


def _last_change(site: SiteDatabase, years: Iterable[int]) -> dt.date | None:
    return max((day for year in years if (day := articles.last_change(site, year))), default=None)


def sitemap_url(year: int) -> UrlPath:
    """Return the address of the sitemap of a year's articles."""
    return UrlPath(f"/sitemap-{year:04}.xml")


def sitemap_year(site: SiteDatabase, year: int) -> Sitemap:
    """List the articles filed under a year."""
    return Sitemap(articles.sitemap_entries(site, year))


def sitemap_pages(site: SiteDatabase, fixed: tuple[UrlPath, ...]) -> Sitemap:
    """List the pages that are no articles. fixed: those that every site has."""
    newest = _last_change(site, articles.filed_years(site))
    entries = [SitemapEntry(url, newest) for url in fixed]
    entries += [SitemapEntry(url_path(kind.prefix), None) for kind in site.config.kinds]
    entries += [SitemapEntry(issues.url(key), None) for key in issues.keys(site)]
    for tag in directory.tags(site):
        entries.append(SitemapEntry(directory.url(site, tag), coverage.last_modified(site, tag)))
        entries += [SitemapEntry(entity_year_url(site, tag, year), None) for year in coverage.page_years(site, tag)]
    entries += [SitemapEntry(pair_url(site, *pair), None) for pair in co_occurrence.pairs(site)]
    return Sitemap(tuple(entries))
