"""Queries on who there is: all entities, by what they are called and where their pages are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.records import Entity, Tag
from site_gen.core.depgraph import kept_query, query
from site_gen.core.slugs import slugify
from site_gen.core.text import name_key
from site_gen.core.urls import UrlPath, url_path
from site_gen.site import schema_org
from site_gen.site.database import SiteDatabase

if TYPE_CHECKING:
    from collections.abc import Mapping


class NamedEntity(NamedTuple):
    """An entity where it is named."""

    url: UrlPath  # its page
    name: str  # as readers see it


@kept_query
def tags(site: SiteDatabase) -> tuple[Tag, ...]:
    """Return all entities, sorted: those that have a file and those that articles only name."""
    all_tags: set[Tag] = set(site.read("entity files") or ())
    for tags_of_article in site.group("tags").values():
        all_tags.update(tags_of_article)
    return tuple(sorted(all_tags))


@kept_query
def has_entities(site: SiteDatabase) -> bool:
    """Return whether any entity has a file."""
    return bool(site.read("kinds of entity files"))


@kept_query
def followed_kinds(site: SiteDatabase) -> tuple[str, ...]:
    """Return the keys of the kinds whose entities are followed: a story that names none of them leads nothing.

    They are those that are found by names; all kinds where none of these has an entity with a file.
    """
    with_files, kinds = frozenset(site.read("kinds of entity files") or ()), site.config.kinds
    by_names = tuple(kind.key for kind in kinds if kind.by == "names")
    return tuple(kind.key for kind in kinds) if with_files.isdisjoint(by_names) else by_names


@query
def namesakes(site: SiteDatabase, name: str) -> tuple[Tag, ...]:
    """Return the entities with a file whose name this is or was: a main name, another one, or a former slug."""
    return tuple((site.read("entity names") or {}).get(name_key(name), ()))


@query
def successor(site: SiteDatabase, tag: Tag) -> Tag | None:
    """Return the entity that a former one is now; None where it is gone, or several come into question.

    It is the entity itself, where it still exists; else the one whose file says that its page was there
    (`redirect_from`); else the only one that goes by its slug as a name, preferably of its kind.
    """
    if site.read("entity file", tag) or site.group("facts of entity", tag):
        return tag
    others = namesakes(site, tag.slug)
    kind = next((kind for kind in site.config.kinds if kind.key == tag.kind), None)
    page = url_path(kind.prefix if kind else tag.kind, tag.slug)
    for candidates in (
        [other for other in others if page in entity(site, other).redirect_from],
        [other for other in others if other.kind == tag.kind] or list(others),
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


@query
def entity(site: SiteDatabase, tag: Tag) -> Entity:
    """Return an entity. One without a file goes by its name as an article wrote it, else by its slug."""
    record: Entity | None = site.read("entity file", tag)
    if record:
        return record
    names_by_file = site.group("written name", tag)
    written_name = str(names_by_file[min(names_by_file)]) if names_by_file else tag.slug.replace("-", " ").strip()
    return Entity(kind=tag.kind, slug=tag.slug, name=written_name)


@kept_query
def first_file(site: SiteDatabase, tag: Tag) -> str:
    """Return the first of the files of articles that lead stories which name an entity. Raises LookupError."""
    if files := site.group("facts of entity", tag):
        return min(files)
    raise LookupError(tag)


@query
def written_names(site: SiteDatabase, tag: Tag) -> Mapping[str, str]:
    """Return the name of an entity as articles wrote it where a slug would do, by file."""
    return dict(site.group("written name", tag))


@kept_query
def name(site: SiteDatabase, tag: Tag) -> str:
    """Return an entity's main name."""
    return entity(site, tag).name


@kept_query
def reference(site: SiteDatabase, tag: Tag) -> str:
    """Return an entity as schema.org JSON text, for pages that name it."""
    address = site.links.absolute(url(site, tag))
    return schema_org.reference_json(site.config.kind(tag.kind), entity(site, tag), address)


@kept_query
def link(site: SiteDatabase, tag: Tag) -> NamedEntity:
    """Return an entity's page and its name: one query for both, since most pages are full of them."""
    return NamedEntity(url(site, tag), name(site, tag))


def url(site: SiteDatabase, tag: Tag) -> UrlPath:
    """Return an entity's page."""
    return url_path(site.config.kind(tag.kind).prefix, tag.slug)


@kept_query
def of_kind(site: SiteDatabase, key: str) -> tuple[Tag, ...]:
    """Return the entities of a kind by name, without regard to case and accents."""
    of_key = (tag for tag in tags(site) if tag.kind == key)
    return tuple(sorted(of_key, key=lambda tag: (slugify(name(site, tag)), tag.slug)))
