"""Site to pages: every URL, the template that draws it, and the little that it shows. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.contexts import archive, article, entity, feeds, home, simple
from site_gen.document import own_links
from site_gen.errors import Problem
from site_gen.links import page_of
from site_gen.text import did_you_mean, fold
from site_gen.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.site import ArticleView, Card, Site

HOME, ABOUT, ARCHIVE, NOT_FOUND = UrlPath("/"), UrlPath("/about/"), UrlPath("/archive/"), UrlPath("/404.html")
FEED, SITEMAP, ROBOTS = UrlPath("/feed.xml"), UrlPath("/sitemap.xml"), UrlPath("/robots.txt")
FEED_ENTRIES = 40


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site. `origin` is the content file that it stands for, to name in complaints."""

    url: UrlPath
    template: str
    context: object
    origin: str


def plan(site: Site) -> tuple[list[Page], list[Problem]]:
    """Every page of the site, sorted by URL, and what stands in its way: two sources for one URL.

    URLs are compared case-folded, since some file systems and people do. Of two pages that meet, a
    redirect gives way, else the first stays.
    """
    problems: list[Problem] = []
    taken: dict[str, Page] = {}
    for page in [*_pages(site), *_redirects(site)]:
        other = taken.setdefault(fold(page.url), page)
        if other is not page:
            problems.append(_collision(page, other))
    problems += _dead_links(site, {page.url for page in taken.values()})
    return sorted(taken.values(), key=lambda page: page.url), problems


def _dead_links(site: Site, urls: set[UrlPath]) -> Iterator[Problem]:
    """Links in what the site's owner wrote that lead to no page of the site."""
    documents = [("content/about.md", site.about)]
    documents += [(site.entities[tag].entity.file or "", notes) for tag, notes in site.notes.items()]
    for file, document in documents:
        for target in own_links(document):
            if page_of(target) not in urls:
                mend = did_you_mean(page_of(target), urls, "check the address; pages end in a slash")
                yield Problem(file, 0, f"links to {target}, which is no page of the site", mend)


def _collision(page: Page, other: Page) -> Problem:
    if page.origin == other.origin:
        return Problem(page.origin, 0, f"`redirect_from` names its own address, {page.url}", "take it out")
    what = f"wants the address {page.url}, which is that of {other.origin}"
    return Problem(page.origin, 0, what, "rename one of the two files, or take the redirect out")


def _pages(site: Site) -> Iterator[Page]:
    config = "content/site.yaml"
    yield Page(HOME, "home.html", home.home_page(site), config)
    yield Page(ABOUT, "about.html", simple.about_page(site), "content/about.md")
    yield Page(NOT_FOUND, "404.html", simple.Plain(title="Page not found"), config)
    yield Page(FEED, "feed.xml", _site_feed(site), config)
    for view in site.articles:
        yield Page(view.card.url, "article.html", article.article_page(site, view), view.article.file)
    for kind in site.config.kinds:
        yield Page(url_path(kind.prefix), "kind.html", entity.kind_index(site, kind), config)
    for tag, owner in site.entities.items():
        origin = owner.entity.file or f"the tag {tag}"
        yield Page(owner.url, "entity.html", entity.entity_page(site, owner), origin)
        cards = owner.cards[:FEED_ENTRIES]
        url = UrlPath(f"{owner.url}feed.xml")
        yield Page(
            url,
            "feed.xml",
            feeds.feed(site, f"{owner.entity.name} · {site.config.title}", f"entity:{tag}", owner.url, cards),
            origin,
        )
    yield from _archive(site)
    yield Page(SITEMAP, "sitemap.xml", feeds.Sitemap(entries=tuple(_sitemap(site))), config)
    yield Page(ROBOTS, "robots.txt", simple.Plain(title="robots"), config)


def _site_feed(site: Site) -> feeds.Feed:
    cards = tuple(view.card for view in site.articles[:FEED_ENTRIES])
    return feeds.feed(site, site.config.title, "site", HOME, cards)


def _archive(site: Site) -> Iterator[Page]:
    by_month: dict[charts.Month, list[Card]] = {}
    undated: list[ArticleView] = []
    for view in site.articles:
        if view.card.date:
            by_month.setdefault(charts.month_of(view.card.date), []).append(view.card)
        else:
            undated.append(view)
    counts = {month: len(cards) for month, cards in by_month.items()}
    loose = tuple(view.card for view in undated)
    origin = "the archive"
    yield Page(ARCHIVE, "archive.html", archive.archive_page(counts, loose), origin)
    months = sorted(by_month)
    for index, month in enumerate(months):
        before = months[index - 1] if index else None
        after = months[index + 1] if index + 1 < len(months) else None
        context = archive.archive_month(site, month, by_month[month], before, after)
        yield Page(archive.month_url(month), "archive_month.html", context, origin)
    for year in sorted({year for year, _ in months}):
        inside = {month: count for month, count in counts.items() if month[0] == year}
        tags = Counter(tag for month in inside for card in by_month[month] for tag in card.tags)
        yield Page(
            archive.year_url(year),
            "archive_year.html",
            archive.archive_year(site, year, inside, tags),
            origin,
        )


def _sitemap(site: Site) -> Iterator[feeds.SitemapEntry]:
    newest = max((v.card.date for v in site.articles if v.card.date), default=None)
    yield feeds.SitemapEntry(HOME, newest)
    yield feeds.SitemapEntry(ABOUT, None)
    yield feeds.SitemapEntry(ARCHIVE, newest)
    for kind in site.config.kinds:
        yield feeds.SitemapEntry(url_path(kind.prefix), None)
    for view in site.articles:
        yield feeds.SitemapEntry(view.card.url, view.card.date)
    for owner in site.entities.values():
        yield feeds.SitemapEntry(owner.url, max((c.date for c in owner.cards if c.date), default=None))


def _redirects(site: Site) -> Iterator[Page]:
    for view in site.articles:
        for url in view.article.redirect_from:
            yield Page(url, "redirect.html", simple.Redirect(view.card.title, view.card.url), view.article.file)
    for owner in site.entities.values():
        for url in owner.entity.redirect_from:
            origin = owner.entity.file or ""
            yield Page(url, "redirect.html", simple.Redirect(owner.entity.name, owner.url), origin)
