"""Links to notes in a text, `[[its name]]`: which entities they name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.schema import linked_entity
from site_gen.core.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import Kind, Tag


class NoteLinks:
    """The entities that the links to notes in one text name; the parser of the text asks `page_of` for each link."""

    def __init__(self, names: Mapping[str, Mapping[str, str]], kinds: Iterable[Kind]) -> None:
        """Begin with no link. names: see `schema.decode_article`."""
        self.tag_by_page: dict[UrlPath, Tag] = {}
        self._names, self._prefixes = names, {kind.key: kind.prefix for kind in kinds}

    def page_of(self, name: str) -> UrlPath | None:
        """Return the page of the entity that a note's name means, and remember it; None where it means none."""
        tag = linked_entity(name, self._names)
        if tag is None:
            return None
        page = url_path(self._prefixes[tag.kind], tag.slug)
        self.tag_by_page[page] = tag
        return page

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The entities that were named, in the order of the text."""
        return tuple(self.tag_by_page.values())
