"""What the page of an entity says, for programs: `index.json` beside it, and beside the page of each year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_gen.contexts.entity import year_url
from site_gen.contexts.feeds import FORMATS
from site_gen.text import json_by_line
from site_gen.urls import UrlPath

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.findings import Card
    from site_gen.model import Tag
    from site_gen.site import Site
    from site_gen.site.groups import Listed

NAME, THING = "index.json", "data"  # the file, and what the ledger calls it


@dataclass(frozen=True, slots=True)
class Data:
    """An entity and its articles: plain values, ready to be written."""

    head: dict[str, Any]
    articles: list[dict[str, Any]]


def place(page: UrlPath) -> UrlPath:
    """Where the data of a page stands."""
    return UrlPath(f"{page}{NAME}")


def entity_data(site: Site, tag: Tag) -> Data:
    """An entity: its names and identifiers, how much is said of it, its feeds, and the articles of its page. Where
    there are more, `years` say where those of each year are: so one more article changes only its own year's."""
    entity, summary, links, url = site.entity(tag), site.summary(tag), site.links(), site.url(tag)
    head = _head(site, tag, url) | {"names": entity.names}
    if entity.wikidata:
        head["wikidata"] = entity.wikidata
    if entity.website:
        head["website"] = entity.website
    if entity.facts:
        head["facts"] = dict(entity.facts)
    head["counts"] = {
        "stories": summary.count,
        "articles": summary.articles,
        "outlets": summary.outlets,
        "first": _day(summary.first),
        "last": _day(summary.last),
    }
    head["feeds"] = [links.absolute(f"{url}{name}") for name, _ in FORMATS]
    head["years"] = [
        {"year": year, "stories": count, "url": links.absolute(place(year_url(site, tag, year)))}
        for year, count in site.pages_of_years(tag)
    ]
    return Data(head, _articles(site, site.newest(tag)))


def year_data(site: Site, tag: Tag, year: int) -> Data:
    """All articles on an entity in a year."""
    head = _head(site, tag, year_url(site, tag, year)) | {"year": year}
    return Data(head, _articles(site, site.listing(tag, year)))


def gone_data(site: Site, title: str, day: dt.date) -> Data:
    """What stands where there was data on something that was declared gone on a day."""
    return Data({"name": title, "url": site.links().absolute("/"), "gone": day.isoformat()}, [])


def to_json(site: Site, data: Data, here: UrlPath) -> str:
    """The text of the file."""
    del site, here
    return json_by_line(data.head, "articles", data.articles)


def _head(site: Site, tag: Tag, url: UrlPath) -> dict[str, Any]:
    return {"name": site.name(tag), "kind": tag.kind, "url": site.links().absolute(url)}


def _articles(site: Site, listed: tuple[Listed, ...]) -> list[dict[str, Any]]:
    """Articles, newest first, by what is a matter of fact: no word of their text. `dated_by` tells what kind of day
    `date` is; `also` are the others that tell the same story."""
    return [
        _article(site, one.card)
        | {"about": one.about}
        | ({"also": [_article(site, card) for card in one.others]} if one.others else {})
        for one in listed
    ]


def _article(site: Site, card: Card) -> dict[str, Any]:
    return {
        "title": card.title,
        "url": site.links().absolute(card.url),
        "source": card.source,
        "outlet": card.outlet or None,
        "date": _day(card.date),
        "dated_by": card.dated_by or None,
        "language": card.language,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
