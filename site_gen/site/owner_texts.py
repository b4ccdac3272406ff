"""Queries on what the site's owner writes: about the site, its entities and its issues. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from site_gen.content.markdown.document import Document, parse, without_ids
from site_gen.core.depgraph import query
from site_gen.core.text import name_key
from site_gen.site import directory

if TYPE_CHECKING:
    from site_gen.content.records import IssueNote, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase


@query
def about(site: SiteDatabase) -> Document:
    """Return the text about the site."""
    return _parse_text(site, site.read("about file") or "")


@query
def footer(site: SiteDatabase) -> Document | None:
    """Return the text at the foot of every page."""
    text = site.config.theme.footer
    return without_ids(_parse_text(site, text)) if text else None


@query
def entity_notes(site: SiteDatabase, tag: Tag) -> Document | None:
    """Return what is said about an entity."""
    text = directory.entity(site, tag).notes
    return _parse_text(site, text) if text else None


@query
def issue_note(site: SiteDatabase, key: str) -> IssueNote | None:
    """Return what the editor says of an issue, by its period's key."""
    note: IssueNote | None = site.read("issue file", key)
    return note


@query
def issue_note_keys(site: SiteDatabase) -> tuple[str, ...]:
    """Return the keys of the issues of which the editor says anything, oldest first."""
    return tuple(site.read("issue files") or ())


@query
def issue_text(site: SiteDatabase, key: str) -> Document | None:
    """Return the editor's text at the head of an issue."""
    note = issue_note(site, key)
    return _parse_text(site, note.body) if note and note.body else None


def _parse_text(site: SiteDatabase, text: str) -> Document:
    """Return a text of the site's owner: it may link to pages of the site, also by an entity's name."""
    return parse(text, site.markdown, own_links=True, page_of=partial(_entity_page, site))


def _entity_page(site: SiteDatabase, name: str) -> UrlPath | None:
    """Return the page of the entity that a link to a note of this name means, see `schema.linked_entity`."""
    tags = directory.namesakes(site, name)
    if len({tag.kind for tag in tags}) != 1:
        return None
    slug = name_key(name)  # goes before names of others of its kind
    return directory.url(site, next((tag for tag in tags if tag.slug == slug), tags[0]))
