"""Data of entities, for programs: `index.json` beside the page of each, and beside the page of each of its years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from site_gen.core.json_text import compact_json, json_by_line
from site_gen.core.urls import UrlPath
from site_gen.pages.views.entity import entity_year_url
from site_gen.pages.views.feeds import FORMATS
from site_gen.site import coverage, directory

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.content.records import Tag
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntityStory

DATA_FILE = "index.json"
DATA_LEDGER_NAME = "data"  # what the ledger calls such a file


class EntityData(Struct, frozen=True):
    """What such a file says."""

    head: dict[str, Any]  # the entity, as plain values
    stories: tuple[EntityStory, ...] = ()  # on it, newest first


def data_url(page: UrlPath) -> UrlPath:
    """Return the address of the data of a page."""
    return UrlPath(f"{page}{DATA_FILE}")


def entity_data(site: SiteDatabase, tag: Tag) -> EntityData:
    """Return an entity: its names and identifiers, how much is said of it, its feeds, and the articles of its page.

    Where there are more, `years` say where those of each year are: so one more article changes only its own year's.
    `uncertain` are the stories there whose day is guessed; `stories` has them not.
    """
    entity, summary = directory.entity(site, tag), coverage.summary(site, tag)
    links, url = site.links, directory.url(site, tag)
    head = _head(site, tag, url) | {"names": entity.names}
    if entity.wikidata:
        head["wikidata"] = entity.wikidata
    if entity.website:
        head["website"] = entity.website
    if entity.facts:
        head["facts"] = dict(entity.facts)
    head["counts"] = {
        "stories": summary.stories,
        "articles": summary.articles,
        "outlets": summary.outlets,
        "first": _iso_day(summary.first),
        "last": _iso_day(summary.last),
    }
    head["feeds"] = [links.absolute(f"{url}{name}") for name, _ in FORMATS]
    head["years"] = [
        {
            "year": year or None,
            "stories": count,
            "uncertain": uncertain,
            "url": links.absolute(data_url(entity_year_url(site, tag, year))),
        }
        for year, count, uncertain in coverage.years_with_pages(site, tag)
    ]
    return EntityData(head, coverage.newest_stories(site, tag))


def year_data(site: SiteDatabase, tag: Tag, year: int) -> EntityData:
    """Return all articles on an entity in a year, or all without a date: their year is null."""
    head = _head(site, tag, entity_year_url(site, tag, year)) | {"year": year or None}
    return EntityData(head, coverage.stories_of_year(site, tag, year))


def gone_data(site: SiteDatabase, title: str, day: dt.date) -> EntityData:
    """Return what stands where there was data on something that was declared gone on a day."""
    return EntityData({"name": title, "url": site.links.absolute("/"), "gone": day.isoformat()})


def _head(site: SiteDatabase, tag: Tag, url: UrlPath) -> dict[str, Any]:
    return {"name": directory.name(site, tag), "kind": tag.kind, "url": site.links.absolute(url)}


class EntityDataWriter:
    """Writes the data of a site. What is said of an article is made once for all files that name it."""

    def __init__(self, site: SiteDatabase) -> None:
        self._links = site.links
        self._article_json: dict[bytes, str] = {}  # by the digest of a card

    def text(self, data: EntityData, url: UrlPath) -> str:
        """Return the text of a file. Its address makes no difference."""
        del url
        return json_by_line(data.head, "articles", map(self._story, data.stories))

    def _story(self, story: EntityStory) -> str:
        """Return a story by the article that names the entity; `also` are the others that tell it."""
        also = f',"also":[{",".join(map(self._article, story.others))}]' if story.others else ""
        return f'{self._article(story.card)[:-1]},"about":{"true" if story.is_about else "false"}{also}}}'

    def _article(self, card: ArticleCard) -> str:
        article = self._article_json.get(card.digest)
        if article is None:
            article = self._article_json[card.digest] = compact_json(self._facts(card))
        return article

    def _facts(self, card: ArticleCard) -> dict[str, Any]:
        """Return what is a matter of fact: no word of the text. `dated_by` tells what kind of day `date` is."""
        return {
            "title": card.title,
            "url": self._links.absolute(card.url),
            "source": card.source,
            "outlet": card.outlet or None,
            "date": _iso_day(card.date),
            "dated_by": card.dated_by or None,
            "language": card.language,
        }


def _iso_day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
