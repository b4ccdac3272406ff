"""Routes: every address of a site, with the template that draws it and the function that makes its view. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.markdown.document import own_links
from site_gen.content.records import Page
from site_gen.core.errors import Problem
from site_gen.core.internal_links import page_meant
from site_gen.core.text import did_you_mean, fold_case
from site_gen.core.urls import UrlPath, url_path
from site_gen.pages import redirects
from site_gen.pages.views import (
    archive,
    article,
    entity,
    entity_json,
    feed_list,
    feeds,
    home,
    issue,
    issue_feed,
    issue_list,
    network,
    pair,
    search,
    sitemap,
    social_cards,
    static_pages,
    timeline,
)
from site_gen.pages.views.feed_list import FEED_LIST, OPML
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.meta_tags import ABOUT, ARCHIVE, HOME, NETWORK, TIMELINE
from site_gen.pages.views.page_parts import pair_url
from site_gen.site import articles, co_occurrence, coverage, directory, issues, owner_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.content.records import Tag
    from site_gen.site.database import SiteDatabase

NOT_FOUND = UrlPath("/404.html")
ROBOTS = UrlPath("/robots.txt")
SEARCH = INDEX = UrlPath("/search/")  # the page, and the folder that the index is in
SITEMAP = UrlPath("/sitemap.xml")
_CONFIG = "content/site.yaml"
_CARD_TEMPLATE = "card.svg"


class RouteTable(NamedTuple):
    """Every page of a site."""

    pages: tuple[Page, ...]  # sorted by address
    problems: tuple[Problem, ...]  # that keep the site from being built
    deferred: tuple[Page, ...] = ()  # social cards: drawn after the pages, since none waits for them


def plan_routes(site: SiteDatabase) -> RouteTable:
    """List every page of the site, and what is wrong with that: two sources for one address, links to no page.

    Addresses are compared case-folded, since some file systems and people do. Of two pages that meet, a redirect gives
    way, else the first stays.
    """
    problems: list[Problem] = []
    by_address: dict[str, Page] = {}
    for page in [*_main_pages(site), *_declared_redirects(site)]:
        holder = by_address.setdefault(fold_case(page.url), page)
        if holder is not page:
            problems.append(_collision(page, holder))
    for outcome in redirects.ledger_pages(site, {page.url: page for page in by_address.values()}):
        if isinstance(outcome, Problem):
            problems.append(outcome)
        elif (holder := by_address.setdefault(fold_case(outcome.url), outcome)) is not outcome:
            problems.append(_collision(outcome, holder))
    problems += _dead_links(site, {page.url for page in by_address.values()})
    pages = tuple(sorted(by_address.values(), key=lambda page: page.url))
    return RouteTable(pages, tuple(problems), tuple(_card_pages(site)))


def _dead_links(site: SiteDatabase, urls: set[UrlPath]) -> Iterator[Problem]:
    """Yield a problem for each link in the owner's own words that leads to no page of the site."""
    documents = [("content/about.md", owner_texts.about(site))]
    documents += [
        (directory.entity(site, tag).file or "", notes)
        for tag in directory.tags(site)
        if (notes := owner_texts.entity_notes(site, tag))
    ]
    if footer := owner_texts.footer(site):
        documents.append((_CONFIG, footer))
    for key in owner_texts.issue_note_keys(site):
        if (note := owner_texts.issue_note(site, key)) and (text := owner_texts.issue_text(site, key)):
            documents.append((note.file, text))
    for file, document in documents:
        for target in own_links(document):
            if page_meant(target) not in urls:
                mend = did_you_mean(page_meant(target), urls, "check the address; pages end in a slash")
                yield Problem(file, 0, f"links to {target}, which is not a page of this site", mend)


def _collision(page: Page, holder: Page) -> Problem:
    """Return the problem that a page wants an address which another holds."""
    if page.origin == holder.origin:
        return Problem(page.origin, 0, f"`redirect_from` names its own address, {page.url}", "remove it")
    what = f"would have the address {page.url}, which belongs to {holder.origin}"
    return Problem(page.origin, 0, what, "rename one of the two files, or remove the redirect")


def _main_pages(site: SiteDatabase) -> Iterator[Page]:
    """Yield all pages but the redirects that files declare."""
    yield Page(HOME, "home.html", home.home_page, (), _CONFIG, "site:home")
    yield Page(ABOUT, "about.html", static_pages.about_page, (), "content/about.md", "site:about")
    yield Page(NOT_FOUND, "404.html", static_pages.plain_page, ("Page not found",), _CONFIG)
    for file, name in feeds.FORMATS:
        yield Page(UrlPath(f"/{file}"), file, feeds.site_feed, (HOME,), _CONFIG, f"site:{name}")
    yield Page(FEED_LIST, "feeds.html", feed_list.feed_list_page, (), _CONFIG, "site:feeds")
    yield Page(OPML, "opml.xml", feed_list.feed_list_page, (), _CONFIG, "site:opml")
    if site.config.search:
        yield Page(SEARCH, "search.html", search.search_page, (), _CONFIG)
    for url, file, identity in articles.listing(site):
        yield Page(url, "article.html", article.article_page, (url,), file, f"article:{identity}")
    for kind in site.config.kinds:
        url, stands_for = url_path(kind.prefix), f"kind:{kind.key}"
        yield Page(url, "kind.html", entity.kind_page, (kind.key,), _CONFIG, stands_for)
        for file, name in feeds.FORMATS:
            yield Page(UrlPath(f"{url}{file}"), file, feeds.kind_feed, (kind.key,), _CONFIG, f"{stands_for}:{name}")
    for tag in directory.tags(site):
        yield from _entity_pages(site, tag)
    yield from _pair_pages(site)
    yield Page(NETWORK, "network.html", network.network_page, (), _CONFIG, "site:network")
    yield Page(TIMELINE, "timeline.html", timeline.timeline_page, (), _CONFIG, "site:timeline")
    yield from _issue_pages(site)
    yield from _archive_pages(site)
    fixed = (HOME, ABOUT, ARCHIVE, FEED_LIST, ISSUES, NETWORK, TIMELINE)
    yield Page(SITEMAP, "sitemap_index.xml", sitemap.sitemap_index, (fixed,), _CONFIG)
    for part, url in sitemap.pages_parts(site, fixed).items():
        yield Page(url, "sitemap.xml", sitemap.sitemap_pages, (fixed, part), _CONFIG)
    for year in articles.filed_years(site):
        for part, url in sitemap.year_parts(site, year).items():
            yield Page(url, "sitemap.xml", sitemap.sitemap_year, (year, part), _CONFIG)
    yield Page(ROBOTS, "robots.txt", static_pages.plain_page, ("robots",), _CONFIG)


def _entity_pages(site: SiteDatabase, tag: Tag) -> Iterator[Page]:
    """Yield an entity's page, its feeds, its data, and the pages of its years, with their data."""
    url, origin = directory.url(site, tag), directory.entity(site, tag).file or f"the tag {tag}"
    data_file, data_name = entity_json.DATA_FILE, entity_json.DATA_LEDGER_NAME
    yield Page(url, "entity.html", entity.entity_page, (tag,), origin, str(tag))
    for file, name in feeds.FORMATS:
        yield Page(UrlPath(f"{url}{file}"), file, feeds.entity_feed, (tag,), origin, f"{tag}:{name}")
    yield Page(entity_json.data_url(url), data_file, entity_json.entity_data, (tag,), origin, f"{tag}:{data_name}")
    for year in coverage.page_years(site, tag):
        year_url, stands_for = entity.entity_year_url(site, tag, year), f"{tag}:{entity.year_segment(year)}"
        yield Page(year_url, "entity_year.html", entity.entity_year_page, (tag, year), origin, stands_for)
        data_url = entity_json.data_url(year_url)
        yield Page(data_url, data_file, entity_json.year_data, (tag, year), origin, f"{stands_for}:{data_name}")


def _card_pages(site: SiteDatabase) -> Iterator[Page]:
    """Yield the social cards. No link to one is promised to last: whoever shows it has read its page."""
    if url := social_cards.site_card_url(site):
        yield Page(url, _CARD_TEMPLATE, social_cards.site_card, (), _CONFIG)
    for tag in directory.tags(site):
        if url := social_cards.entity_card_url(site, tag):
            yield Page(url, _CARD_TEMPLATE, social_cards.entity_card, (tag,), str(tag))
    for page, file, _ in articles.listing(site):
        if url := social_cards.article_card_url(site, page):
            yield Page(url, _CARD_TEMPLATE, social_cards.article_card, (page,), file)


def _issue_pages(site: SiteDatabase) -> Iterator[Page]:
    origin = "the issues"
    yield Page(ISSUES, "issues.html", issue_list.issue_list_page, (), origin, "issues")
    for file, template, name in issue_feed.FORMATS:
        yield Page(UrlPath(f"{ISSUES}{file}"), template, issue_feed.issues_feed, (), origin, f"issues:{name}")
    for key in issues.keys(site):
        yield Page(issues.url(key), "issue.html", issue.issue_page, (key,), origin, f"issue:{key}")


def _pair_pages(site: SiteDatabase) -> Iterator[Page]:
    """Yield a page for each pair, below the first of the two, and a redirect to it below the second."""
    for first, second in co_occurrence.pairs(site):
        origin = f"the pair of {first} and {second}"
        url, mirror_url = pair_url(site, first, second), pair_url(site, second, first)
        yield Page(url, "pair.html", pair.pair_page, (first, second), origin, f"{first}:with:{second}")
        yield Page(mirror_url, "redirect.html", pair.pair_redirect, (first, second), origin, f"{second}:with:{first}")


def _archive_pages(site: SiteDatabase) -> Iterator[Page]:
    origin = "the archive"
    yield Page(ARCHIVE, "archive.html", archive.archive_page, (), origin, "archive")
    if articles.undated_count(site):
        url = archive.UNDATED_PAGE
        yield Page(url, "archive_undated.html", archive.undated_page, (), origin, "archive:undated")
    months = [month for month, *_ in articles.dated_months(site)]
    for month in months:
        stands_for = f"archive:{month[0]:04}-{month[1]:02}"
        yield Page(
            archive.month_url(month), "archive_month.html", archive.archive_month_page, month, origin, stands_for
        )
    for year in sorted({year for year, _ in months}):
        stands_for = f"archive:{year:04}"
        yield Page(archive.year_url(year), "archive_year.html", archive.archive_year_page, (year,), origin, stands_for)


def _declared_redirects(site: SiteDatabase) -> Iterator[Page]:
    """Yield a redirect for each address that a file names under `redirect_from`."""
    for old_url, _, new_url, file in articles.redirects(site):
        stands_for = f"article:{articles.article(site, new_url)[1].id}"
        yield Page(old_url, "redirect.html", static_pages.article_redirect, (new_url,), file, stands_for)
    for tag in directory.tags(site):
        record = directory.entity(site, tag)
        for old_url in record.redirect_from:
            yield Page(old_url, "redirect.html", static_pages.entity_redirect, (tag,), record.file or "", str(tag))
