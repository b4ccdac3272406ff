"""What stands at addresses that were published and have no page of their own any more: a way on to what
took their place, a stone for what a person declared gone, or a complaint. Pure.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from site_gen.content.permalink_ledger import FILE as LEDGER
from site_gen.content.records import Page, Tag
from site_gen.core.errors import Problem
from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views import archive, entity_json, feeds, pair, static_pages
from site_gen.pages.views.entity import entity_year_url
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.meta_tags import ARCHIVE
from site_gen.pages.views.page_parts import pair_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_gen.content.permalink_ledger import Entry
    from site_gen.site.site import Site

_FEEDS = {thing: name for name, thing in feeds.FORMATS}  # their files, by what the ledger calls them
_PAIR_MARK = "with:"
_FILES = {*_FEEDS.values(), entity_json.DATA_FILE}


def ledger_pages(site: Site, pages: Mapping[UrlPath, Page]) -> Iterator[Page | Problem]:
    """A page for each address of the ledger that has none among these; a complaint where what was published
    would vanish, or its address stand for something else."""
    for entry in site.ledger():
        page = pages.get(entry.url)
        if page is None:
            yield _replacement_page(site, pages, entry)
        elif page.stands_for != entry.stands_for and not _is_redirect(page):
            heir = _successor_page(site, pages, entry)
            if heir is None or heir.url != entry.url:
                yield _conflict(entry, page)


def _replacement_page(site: Site, pages: Mapping[UrlPath, Page], entry: Entry) -> Page | Problem:
    if entry.gone is None:
        heir = _successor_page(site, pages, entry)
        return heir._replace(url=entry.url) if heir else _missing_page(entry)
    title, origin = entry.title or _title_from_url(entry), f"{LEDGER}:{entry.line}"
    name = entry.url.rpartition("/")[2]
    if name in _FILES:  # no program follows a page
        make = entity_json.gone_data if name == entity_json.DATA_FILE else feeds.gone_feed
        return Page(entry.url, name, make, (title, dt.date.fromisoformat(entry.gone)), origin)
    return Page(entry.url, "gone.html", static_pages.gone_page, (entry.url, title, entry.first, entry.gone), origin)


def _successor_page(site: Site, pages: Mapping[UrlPath, Page], entry: Entry) -> Page | None:
    """What took the place of what an entry stands for, as a page that leads there; its URL is that place."""
    thing, _, part = entry.stands_for.partition(":")
    kind, slash, slug = thing.partition("/")
    if slash:
        tag = _current_tag(site, pages, _owner_url(entry), Tag(kind, slug))
        if part.startswith(_PAIR_MARK):
            other, _, name = part.removeprefix(_PAIR_MARK).partition("/")
            return _pair_successor(site, pages, tag, _current_tag(site, pages, None, Tag(other, name)), entry)
        return _entity_successor(site, tag, part) if tag else None
    if thing == "article":
        url = site.article_of(part)
        return (
            Page(url, "redirect.html", static_pages.article_redirect, (url,), LEDGER, entry.stands_for) if url else None
        )
    if thing == "kind":
        return _kind_successor(site, pages, entry)
    if thing == "archive":  # a month that has no articles any more leads to its year, that to all years
        year = part.partition("-")[0]
        return _redirect_to_first(pages, [*([archive.year_url(int(year))] if year.isdigit() else []), ARCHIVE])
    # An issue of whose stories none is left.
    return _redirect_to_first(pages, [ISSUES]) if thing == "issue" else None


def _kind_successor(site: Site, pages: Mapping[UrlPath, Page], entry: Entry) -> Page | None:
    """What leads to the index of a kind, or goes on as its feed."""
    _, key, *thing = entry.stands_for.split(":")
    kind = next((kind for kind in site.config().kinds if kind.key == key), None)
    if kind is None:
        return None
    url = url_path(kind.prefix)
    if name := _FEEDS.get("".join(thing)):
        return Page(UrlPath(f"{url}{name}"), name, feeds.kind_feed, (key,), LEDGER, entry.stands_for)
    return _redirect_to_first(pages, [url])


def _entity_successor(site: Site, tag: Tag, part: str) -> Page:
    """A page that leads to an entity's, or to one of its years, where that has a page. A feed goes on at its old
    address, under its old id; so does data."""
    url = site.url(tag)
    year, _, thing = part.rpartition(":")
    if name := _FEEDS.get(part):
        return Page(UrlPath(f"{url}{name}"), name, feeds.entity_feed, (tag,), LEDGER, f"{tag}:{part}")
    if thing == entity_json.DATA_LEDGER_NAME and year.isdigit():
        beside = entity_json.data_url(entity_year_url(site, tag, int(year)))
        return Page(beside, entity_json.DATA_FILE, entity_json.year_data, (tag, int(year)), LEDGER, f"{tag}:{part}")
    if thing == entity_json.DATA_LEDGER_NAME:
        return Page(
            entity_json.data_url(url), entity_json.DATA_FILE, entity_json.entity_data, (tag,), LEDGER, f"{tag}:{part}"
        )
    if part.isdigit() and int(part) in dict(site.pages_of_years(tag)):
        url = entity_year_url(site, tag, int(part))
        made = static_pages.page_redirect, (f"{site.name(tag)} in {part}", url)
        return Page(url, "redirect.html", *made, LEDGER, f"{tag}:{part}")
    return Page(site.url(tag), "redirect.html", static_pages.entity_redirect, (tag,), LEDGER, str(tag))


def _pair_successor(
    site: Site, pages: Mapping[UrlPath, Page], tag: Tag | None, with_: Tag | None, entry: Entry
) -> Page | None:
    """What leads to a pair's page, or is it: it stays as long as a story names both. Else the way to one of the two."""
    alone = tag or with_
    if alone is None:
        return None
    if tag and with_ and tag != with_ and site.often(tag, with_):
        one, other = sorted((tag, with_))
        url, thing = pair_url(site, one, other), f"{one}:with:{other}"
        if url == entry.url:
            return Page(url, "pair.html", pair.pair_page, (one, other), LEDGER, thing)
        page = pages.get(url)
        stays = any(line.url == url and line.stands_for == thing and not line.gone for line in site.ledger())
        if page.stands_for == thing if page else stays:
            return Page(url, "redirect.html", pair.pair_redirect, (one, other), LEDGER, thing)
    return Page(site.url(alone), "redirect.html", static_pages.entity_redirect, (alone,), LEDGER, str(alone))


def _redirect_to_first(pages: Mapping[UrlPath, Page], urls: Iterable[UrlPath]) -> Page | None:
    """A page that leads to the first of these pages that there is."""
    for url in urls:
        page = pages.get(url)
        if page is not None and page.stands_for:
            title = url.strip("/").rpartition("/")[2].capitalize()
            return Page(url, "redirect.html", static_pages.page_redirect, (title, url), LEDGER, page.stands_for)
    return None


def _current_tag(site: Site, pages: Mapping[UrlPath, Page], own: UrlPath | None, tag: Tag) -> Tag | None:
    """The entity that another is now: itself; where a `redirect_from` leads from its page; or the only one
    that goes by its name. own: that page, None where it is to be found where its kind's pages are."""
    if tag in site.tags():
        return tag
    if own is None:
        prefix = next((kind.prefix for kind in site.config().kinds if kind.key == tag.kind), tag.kind)
        own = UrlPath(f"/{prefix}/{tag.slug}/")
    page = pages.get(own)
    if page is not None and page.make_view is static_pages.entity_redirect:
        found = page.args[0]
        assert isinstance(found, Tag)
        return found
    named = site.called(tag.slug)
    same = [other for other in named if other.kind == tag.kind] or list(named)
    return same[0] if len(same) == 1 else None


def _is_redirect(page: Page) -> bool:
    return page.template == "redirect.html"


def _missing_page(entry: Entry) -> Problem:
    what = f"{entry.url} was published on {entry.first} for {entry.stands_for} and has no page any more"
    mend = (
        f"bring it back; or write `redirect_from: [{entry.url}]` in the file of what took its place; "
        f"or run: site-gen permalinks gone {entry.url}"
    )
    if not entry.url.endswith("/"):
        mend = f"bring back what it belongs to, or run: site-gen permalinks gone {entry.url}"
    return Problem(LEDGER, entry.line, what, mend)


def _conflict(entry: Entry, page: Page) -> Problem:
    what = f"{entry.url} was published on {entry.first} for {entry.stands_for} and now stands for {page.stands_for}"
    mend = f"give {page.origin} another name, so that links to the other do not mislead"
    return Problem(LEDGER, entry.line, what, mend)


def _title_from_url(entry: Entry) -> str:
    """What an address calls its thing: good enough where nobody gave a title."""
    segments = [segment for segment in _owner_url(entry).split("/") if segment]
    return (segments[-1] if segments else entry.url).replace("-", " ").strip().capitalize()


def _owner_url(entry: Entry) -> UrlPath:
    """The page that an entry's address belongs to: the entity's, of its feed or the page of one of its years, or of a
    pair below it."""
    url = entry.url.rpartition("/")[0] + "/"
    thing, _, part = entry.stands_for.partition(":")
    if part.startswith(_PAIR_MARK):  # `with`, the other's name, and before that its kind if it is another
        same = part.removeprefix(_PAIR_MARK).partition("/")[0] == thing.partition("/")[0]
        return UrlPath("/".join(url.split("/")[: -3 if same else -4]) + "/")
    year = entry.stands_for.partition(":")[2].partition(":")[0]
    return UrlPath(url.removesuffix(f"{year}/") if year.isdigit() else url)
