"""Queries on who there is: all entities, by what they are called and where their pages are; the owner's words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.markdown.document import Document, parse, without_ids
from site_gen.content.records import Entity, Tag
from site_gen.content.schema import name_keys
from site_gen.core.depgraph import cell, kept_cell
from site_gen.core.slugs import slugify
from site_gen.core.text import name_key
from site_gen.core.urls import UrlPath, url_path
from site_gen.site import schema_org
from site_gen.site.site_inputs import SiteInputs

if TYPE_CHECKING:
    from collections.abc import Mapping


class EntityQueries(SiteInputs):
    """Queries on a site's entities: those that have a file, and those that articles only name."""

    @kept_cell
    def tags(self) -> tuple[Tag, ...]:
        """Return all entities, sorted: those that have a file and those that articles only name."""
        self.note_read(("entity files",))
        all_tags = set(self._entities_by_tag)
        for tags in self.group("tags").values():
            all_tags.update(tags)
        return tuple(sorted(all_tags))

    @kept_cell
    def followed_kinds(self) -> tuple[str, ...]:
        """Return the keys of the kinds whose entities are followed: a story that names none of them leads nothing.

        They are those that are found by names; all kinds where none of these has an entity with a file.
        """
        self.note_read(("kinds of entity files",))
        with_files = {tag.kind for tag in self._entities_by_tag}
        kinds = self.config().kinds
        by_names = tuple(kind.key for kind in kinds if kind.by == "names")
        return tuple(kind.key for kind in kinds) if with_files.isdisjoint(by_names) else by_names

    @cell
    def entities_named(self, name: str) -> tuple[Tag, ...]:
        """Return the entities with a file whose name this is or was: a main name, another one, or a former slug."""
        self.note_read(("entity names",))
        if self._tags_by_name is None:
            self._tags_by_name = {}
            for tag, entity in sorted(self._entities_by_tag.items()):
                for key in name_keys(entity):
                    self._tags_by_name.setdefault(key, []).append(tag)
        return tuple(self._tags_by_name.get(name_key(name), ()))

    @cell
    def successor(self, tag: Tag) -> Tag | None:
        """Return the entity that a former one is now; None where it is gone, or several come into question.

        It is the entity itself, where it still exists; else the one whose file says that its page was there
        (`redirect_from`); else the only one that goes by its slug as a name, preferably of its kind.
        """
        self.note_read(("entity file", tag))
        if tag in self._entities_by_tag or self.group("facts of entity", tag):
            return tag
        namesakes = self.entities_named(tag.slug)
        kind = next((kind for kind in self.config().kinds if kind.key == tag.kind), None)
        page = url_path(kind.prefix if kind else tag.kind, tag.slug)
        for candidates in (
            [namesake for namesake in namesakes if page in self.entity(namesake).redirect_from],
            [namesake for namesake in namesakes if namesake.kind == tag.kind] or list(namesakes),
        ):
            if len(candidates) == 1:
                return candidates[0]
        return None

    @cell
    def entity(self, tag: Tag) -> Entity:
        """Return an entity. One without a file goes by its name as an article wrote it, else by its slug."""
        self.note_read(("entity file", tag))
        if entity := self._entities_by_tag.get(tag):
            return entity
        names_by_file = self.group("written name", tag)
        name = str(names_by_file[min(names_by_file)]) if names_by_file else tag.slug.replace("-", " ").strip()
        return Entity(kind=tag.kind, slug=tag.slug, name=name)

    @kept_cell
    def first_file(self, tag: Tag) -> str:
        """Return the first of the files of articles that lead stories which name an entity. Raises LookupError."""
        if files := self.group("facts of entity", tag):
            return min(files)
        raise LookupError(tag)

    @cell
    def written_names(self, tag: Tag) -> Mapping[str, str]:
        """Return the name of an entity as articles wrote it where a slug would do, by file."""
        return dict(self.group("written name", tag))

    @kept_cell
    def entity_name(self, tag: Tag) -> str:
        """Return an entity's main name."""
        return self.entity(tag).name

    @kept_cell
    def entity_reference(self, tag: Tag) -> str:
        """Return an entity as schema.org JSON text, for pages that name it."""
        url = self.links().absolute(self.entity_url(tag))
        return schema_org.reference_json(self.kind(tag.kind), self.entity(tag), url)

    @kept_cell
    def entity_link(self, tag: Tag) -> tuple[UrlPath, str]:
        """Return an entity's page and its name: one cell for both, since most pages are full of them."""
        return self.entity_url(tag), self.entity_name(tag)

    def entity_url(self, tag: Tag) -> UrlPath:
        """Return an entity's page."""
        config = self.config()
        url = self._entity_urls.get(tag)
        if url is None:
            url = self._entity_urls[tag] = url_path(config.kind(tag.kind).prefix, tag.slug)
        return url

    @kept_cell
    def entities_of_kind(self, key: str) -> tuple[Tag, ...]:
        """Return the entities of a kind by name, without regard to case and accents."""
        tags = (tag for tag in self.tags() if tag.kind == key)
        return tuple(sorted(tags, key=lambda tag: (slugify(self.entity_name(tag)), tag.slug)))

    @cell
    def entity_notes(self, tag: Tag) -> Document | None:
        """Return what the site's owner says about an entity."""
        text = self.entity(tag).notes
        return self.owner_document(text) if text else None

    @cell
    def about_document(self) -> Document:
        """Return the site owner's text about the site."""
        self.note_read(("about file",))
        return self.owner_document(self._about_text)

    @cell
    def footer(self) -> Document | None:
        """Return the site owner's text at the foot of every page."""
        text = self.config().theme.footer
        return without_ids(self.owner_document(text)) if text else None

    def owner_document(self, text: str) -> Document:
        """Return a text of the site's owner: it may link to pages of the site, also by an entity's name."""
        return parse(text, self.markdown, own_links=True, page_of=self._entity_page)

    def _entity_page(self, name: str) -> UrlPath | None:
        """Return the page of the entity that a link to a note of this name means, see `schema.linked_entity`."""
        tags = self.entities_named(name)
        if len({tag.kind for tag in tags}) != 1:
            return None
        slug = name_key(name)  # goes before names of others of its kind
        return self.entity_url(next((tag for tag in tags if tag.slug == slug), tags[0]))
