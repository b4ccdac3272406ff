"""Pages for addresses that were published and have none of their own any more. Pure.

Each address of the ledger (`content/permalinks.txt`) gets one of three: a redirect to what took its place, a page that
says that a person declared it gone, or a complaint, so that the build fails. What programs read (feeds, `index.json`)
goes on under its old address instead, since no program follows a redirect page.

An entry of the ledger says what its address stands for:

    article:ID                       an article
    companies/voss                   an entity, by its tag
    companies/voss:feed              one of its feeds (or `:jsonfeed`, or `:data`)
    companies/voss:2019              the page of one of its years (`:2019:data` for that page's data)
    companies/voss:undated           that of its stories without a date (`:undated:data` likewise)
    companies/voss:with:people/ada   the page of a pair
    kind:companies                   the index of a kind (`:feed`, `:jsonfeed` for its feeds)
    archive:2019, archive:2019-05    a year or month of the archive
    archive:undated                  the articles without a date
    issue:2026-w47                   an issue
    site:home, …                     a page that every site has
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from site_gen.content import site_paths
from site_gen.content.periods import parse_period
from site_gen.content.records import Page, Tag
from site_gen.core.errors import Problem
from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views import archive, entity_json, feeds, pair, static_pages
from site_gen.pages.views.entity import entity_year_title, entity_year_url, parse_year
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.meta_tags import ARCHIVE
from site_gen.pages.views.page_parts import pair_url
from site_gen.site import articles, co_occurrence, coverage, directory, issues, ledgers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.content.permalink_ledger import Permalink
    from site_gen.pages.views.static_pages import RedirectPage
    from site_gen.site.database import SiteDatabase

_FEED_FILES = {ledger_name: file for file, ledger_name in feeds.FORMATS}
_PROGRAM_FILES = {*_FEED_FILES.values(), entity_json.DATA_FILE}  # what no person reads
_PAIR_MARK = "with:"
_REDIRECT = "redirect.html"  # the template of pages that lead elsewhere


def ledger_pages(site: SiteDatabase, pages: Mapping[UrlPath, Page]) -> Iterator[Page | Problem]:
    """Yield a page for each address of the ledger that has none, or a complaint where it cannot have one.

    pages: those that the site has, by address. An address that stands for something else now is a complaint, too.
    """
    for entry in ledgers.permalinks(site):
        page = pages.get(entry.url)
        if page is None:
            yield _replacement_page(site, pages, entry)
        elif page.stands_for != entry.stands_for and not _is_redirect(page):
            successor = _successor_page(site, pages, entry)
            if successor is None or successor.url != entry.url:
                yield _conflict(entry, page)


def _replacement_page(site: SiteDatabase, pages: Mapping[UrlPath, Page], entry: Permalink) -> Page | Problem:
    """Return what stands at an address that has no page of its own any more."""
    if entry.gone is None:
        successor = _successor_page(site, pages, entry)
        return successor._replace(url=entry.url) if successor else _missing_page(entry)
    title, origin = entry.title or _title_from_url(entry), f"{site_paths.PERMALINK_LEDGER}:{entry.line}"
    name = entry.url.rpartition("/")[2]
    if name in _PROGRAM_FILES:
        make = entity_json.gone_data if name == entity_json.DATA_FILE else feeds.gone_feed
        return Page(entry.url, name, make, (title, dt.date.fromisoformat(entry.gone)), origin)
    return Page(entry.url, "gone.html", static_pages.gone_page, (entry.url, title, entry.first, entry.gone), origin)


def _successor_page(site: SiteDatabase, pages: Mapping[UrlPath, Page], entry: Permalink) -> Page | None:
    """Return a page that leads to what took the place of what an entry stands for; None where nothing did.

    Its `url` is the address of that place: the caller puts it at the entry's.
    """
    subject, _, part = entry.stands_for.partition(":")
    kind, slash, slug = subject.partition("/")
    if slash:
        tag = _current_tag(site, pages, _entity_url(entry), Tag(kind, slug))
        if part.startswith(_PAIR_MARK):
            other_kind, _, other_slug = part.removeprefix(_PAIR_MARK).partition("/")
            other = _current_tag(site, pages, None, Tag(other_kind, other_slug))
            return _pair_successor(site, pages, tag, other, entry)
        return _entity_successor(site, tag, part) if tag else None
    if subject == "article":
        url = articles.url_of(site, part)
        return _redirect(url, static_pages.article_redirect, (url,), entry.stands_for) if url else None
    if subject == "kind":
        return _kind_successor(site, pages, entry)
    return _first_redirect(pages, _longer_lists(subject, part))


def _longer_lists(subject: str, part: str) -> list[UrlPath]:
    """Return the lists that hold what stood on a list that is no more, the shortest first.

    A month of the archive leads to its year, that to all years; an issue with too few stories to that of its month,
    that of its year, then to all issues.
    """
    year = part.partition("-")[0]
    if subject == "archive":
        return [*([archive.year_url(int(year))] if year.isdigit() else []), ARCHIVE]
    if subject != "issue" or (period := parse_period(part)) is None:
        return []
    months = [month.key for month in period.months()] if period.unit == "week" else []
    return [*map(issues.url, [*months, f"{period.year:04}"]), ISSUES]


def _kind_successor(site: SiteDatabase, pages: Mapping[UrlPath, Page], entry: Permalink) -> Page | None:
    """Return a page that leads to the index of a kind, or the kind's feed."""
    _, key, *feed = entry.stands_for.split(":")
    kind = next((kind for kind in site.config.kinds if kind.key == key), None)
    if kind is None:
        return None
    url = url_path(kind.prefix)
    if file := _FEED_FILES.get("".join(feed)):
        return _file(UrlPath(f"{url}{file}"), feeds.kind_feed, (key,), entry.stands_for)
    return _first_redirect(pages, [url])


def _entity_successor(site: SiteDatabase, tag: Tag, part: str) -> Page:
    """Return a page that leads to an entity's page, or to one of its years, where that has a page.

    A feed goes on at its old address, under its old id; so does data.
    """
    url, stands_for = directory.url(site, tag), f"{tag}:{part}"
    year_part, _, file_of_year = part.rpartition(":")
    year = parse_year(year_part or part)
    if file := _FEED_FILES.get(part):
        return _file(UrlPath(f"{url}{file}"), feeds.entity_feed, (tag,), stands_for)
    if file_of_year == entity_json.DATA_LEDGER_NAME and year is not None:
        data_url = entity_json.data_url(entity_year_url(site, tag, year))
        return _file(data_url, entity_json.year_data, (tag, year), stands_for)
    if file_of_year == entity_json.DATA_LEDGER_NAME:
        return _file(entity_json.data_url(url), entity_json.entity_data, (tag,), stands_for)
    if year is not None and year in coverage.page_years(site, tag):
        url = entity_year_url(site, tag, year)
        return _redirect(url, static_pages.page_redirect, (entity_year_title(site, tag, year), url), stands_for)
    return _redirect_to_entity(site, tag)


def _pair_successor(
    site: SiteDatabase, pages: Mapping[UrlPath, Page], tag: Tag | None, other: Tag | None, entry: Permalink
) -> Page | None:
    """Return the page of a pair, or one that leads there; where the pair has none, one that leads to one of the two.

    A pair's page stays as long as a story names both. tag, other: the two as they are now; None for one that is gone.
    """
    alone = tag or other
    if alone is None:
        return None
    if tag and other and tag != other and co_occurrence.shared_count(site, tag, other):
        first, second = sorted((tag, other))
        url, stands_for = pair_url(site, first, second), f"{first}:{_PAIR_MARK}{second}"
        if url == entry.url:
            return Page(url, "pair.html", pair.pair_page, (first, second), site_paths.PERMALINK_LEDGER, stands_for)
        page = pages.get(url)
        is_published = any(
            line.url == url and line.stands_for == stands_for and not line.gone for line in ledgers.permalinks(site)
        )
        if page.stands_for == stands_for if page else is_published:
            return _redirect(url, pair.pair_redirect, (first, second), stands_for)
    return _redirect_to_entity(site, alone)


def _redirect_to_entity(site: SiteDatabase, tag: Tag) -> Page:
    return _redirect(directory.url(site, tag), static_pages.entity_redirect, (tag,), str(tag))


def _first_redirect(pages: Mapping[UrlPath, Page], urls: Iterable[UrlPath]) -> Page | None:
    """Return a page that leads to the first of these addresses where a page stands that the ledger knows."""
    for url in urls:
        page = pages.get(url)
        if page is not None and page.stands_for:
            title = url.strip("/").rpartition("/")[2].capitalize()
            return _redirect(url, static_pages.page_redirect, (title, url), page.stands_for)
    return None


def _redirect(url: UrlPath, make: Callable[..., RedirectPage], args: tuple[object, ...], stands_for: str) -> Page:
    """Return a page that leads to an address. make, args: what makes its view."""
    return Page(url, _REDIRECT, make, args, site_paths.PERMALINK_LEDGER, stands_for)


def _file(url: UrlPath, make: Callable[..., object], args: tuple[object, ...], stands_for: str) -> Page:
    """Return a file for programs. Its template goes by the file's name."""
    return Page(url, url.rpartition("/")[2], make, args, site_paths.PERMALINK_LEDGER, stands_for)


def _current_tag(site: SiteDatabase, pages: Mapping[UrlPath, Page], url: UrlPath | None, tag: Tag) -> Tag | None:
    """Return the entity that a published one is now; None where that is not certain.

    It is itself, where it still is; else the one to which a `redirect_from` leads from its page; else the only one that
    goes by its slug as a name. url: its page when it was published; None where that is to be found by its kind.
    """
    if tag in directory.tags(site):
        return tag
    if url is None:
        prefix = next((kind.prefix for kind in site.config.kinds if kind.key == tag.kind), tag.kind)
        url = UrlPath(f"/{prefix}/{tag.slug}/")
    page = pages.get(url)
    if page is not None and page.make_view is static_pages.entity_redirect:
        target = page.args[0]
        assert isinstance(target, Tag)
        return target
    namesakes = directory.namesakes(site, tag.slug)
    candidates = [namesake for namesake in namesakes if namesake.kind == tag.kind] or list(namesakes)
    return candidates[0] if len(candidates) == 1 else None


def _is_redirect(page: Page) -> bool:
    return page.template == _REDIRECT


def _missing_page(entry: Permalink) -> Problem:
    what = f"{entry.url} was published on {entry.first} for {entry.stands_for} and no longer has a page"
    mend = (
        f"restore it; or write `redirect_from: [{entry.url}]` in the file of what took its place; "
        f"or run: site-gen permalinks gone {entry.url}"
    )
    if not entry.url.endswith("/"):
        mend = f"restore what it belongs to, or run: site-gen permalinks gone {entry.url}"
    return Problem(site_paths.PERMALINK_LEDGER, entry.line, what, mend)


def _conflict(entry: Permalink, page: Page) -> Problem:
    what = f"{entry.url} was published on {entry.first} for {entry.stands_for} and now stands for {page.stands_for}"
    mend = f"give {page.origin} another name, so that links to the other do not mislead"
    subject, _, identity = entry.stands_for.partition(":")
    if subject == "article" and page.stands_for.startswith("article:"):
        mend += f"; if it is the very article, write `id: {identity}` there"
    return Problem(site_paths.PERMALINK_LEDGER, entry.line, what, mend)


def _title_from_url(entry: Permalink) -> str:
    """Return what an address calls its entity: good enough where nobody gave a title."""
    segments = [segment for segment in _entity_url(entry).split("/") if segment]
    return (segments[-1] if segments else entry.url).replace("-", " ").strip().capitalize()


def _entity_url(entry: Permalink) -> UrlPath:
    """Return the address of the entity's page that an entry's address belongs to.

    That is the page itself, or the one that it lies below: as a feed, as the page of a year, as a pair.
    """
    url = entry.url.rpartition("/")[0] + "/"
    subject, _, part = entry.stands_for.partition(":")
    if part.startswith(_PAIR_MARK):  # below are `with`, then the other's kind if that is another, then its name
        is_same_kind = part.removeprefix(_PAIR_MARK).partition("/")[0] == subject.partition("/")[0]
        return UrlPath("/".join(url.split("/")[: -3 if is_same_kind else -4]) + "/")
    year = part.partition(":")[0]
    return UrlPath(url.removesuffix(f"{year}/") if parse_year(year) is not None else url)
