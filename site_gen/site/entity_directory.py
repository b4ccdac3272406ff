"""Who there is: all entities, by what they are called and where their pages are."""

from __future__ import annotations

from site_gen.content.markdown.document import Document, parse
from site_gen.content.records import Entity, Tag
from site_gen.content.schema import names_of
from site_gen.core.depgraph import cell
from site_gen.core.text import word_key
from site_gen.core.urls import UrlPath, slugify, url_path
from site_gen.site import schema_org
from site_gen.site.site_inputs import SiteInputs


class EntityQueries(SiteInputs):
    """A site's entities: those that have a file, and those that articles only name."""

    @cell
    def tags(self) -> tuple[Tag, ...]:
        """All entities: those that have a file and those that are only named by articles."""
        self.note_read(("files",))
        found = set(self._entities_by_tag)
        for tags in self.group("tags").values():
            found.update(tags)
        return tuple(sorted(found))

    @cell
    def entities_named(self, name: str) -> tuple[Tag, ...]:
        """The entities with a file that go by a name, or did: whose other name it is, or former address."""
        self.note_read(("names",))
        if self._tags_by_name is None:
            self._tags_by_name = {}
            for tag, entity in sorted(self._entities_by_tag.items()):
                for known in names_of(entity):
                    self._tags_by_name.setdefault(known, []).append(tag)
        return tuple(self._tags_by_name.get(word_key(name), ()))

    @cell
    def successor(self, tag: Tag) -> Tag | None:
        """The entity that another is now: itself; the one whose file says that its page was there; else the only one
        that goes by its name, rather of its kind. None where it is gone."""
        self.note_read(("file", tag))
        if tag in self._entities_by_tag or self.group("tagged", tag):
            return tag
        named = self.entities_named(tag.slug)
        kind = next((kind for kind in self.config().kinds if kind.key == tag.kind), None)
        page = url_path(kind.prefix if kind else tag.kind, tag.slug)
        for found in (
            [one for one in named if page in self.entity(one).redirect_from],
            [one for one in named if one.kind == tag.kind] or list(named),
        ):
            if len(found) == 1:
                return found[0]
        return None

    @cell
    def entity(self, tag: Tag) -> Entity:
        """An entity. Without a file it goes by its name as an article wrote it, else by its slug, made readable."""
        self.note_read(("file", tag))
        if found := self._entities_by_tag.get(tag):
            return found
        written = self.group("written", tag)
        name = str(written[min(written)]) if written else tag.slug.replace("-", " ").strip()
        return Entity(kind=tag.kind, slug=tag.slug, name=name)

    @cell
    def entity_name(self, tag: Tag) -> str:
        """An entity's name."""
        return self.entity(tag).name

    @cell
    def entity_reference(self, tag: Tag) -> str:
        """An entity in schema.org's words."""
        return schema_org.reference_json(
            self.kind(tag.kind), self.entity(tag), self.links().absolute(self.entity_url(tag))
        )

    @cell
    def entity_link(self, tag: Tag) -> tuple[UrlPath, str]:
        """An entity's page and its name, of which most pages are full."""
        return self.entity_url(tag), self.entity_name(tag)

    def entity_url(self, tag: Tag) -> UrlPath:
        """An entity's page."""
        config = self.config()
        found = self._entity_urls.get(tag)
        if found is None:
            found = self._entity_urls[tag] = url_path(config.kind(tag.kind).prefix, tag.slug)
        return found

    @cell
    def entities_of_kind(self, key: str) -> tuple[Tag, ...]:
        """The entities of a kind by name, without regard to case and accents."""
        return tuple(
            sorted((t for t in self.tags() if t.kind == key), key=lambda t: (slugify(self.entity_name(t)), t.slug))
        )

    @cell
    def entity_notes(self, tag: Tag) -> Document | None:
        """What the site's owner says about an entity."""
        text = self.entity(tag).notes
        return parse(text, self.markdown, own_links=True) if text else None
