"""Entities filled in from a table: what is empty is filled, what a person wrote stays. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import frontmatter, frontmatter_edits
from site_gen.content.records import Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import one_line, word_key
from site_gen.core.urls import safe_href, slugify
from site_gen.entities.curation.change_plan import EntityEdit
from site_gen.entities.curation.entity_edits import with_texts
from site_gen.entities.curation.entity_registry import EntityRegistry, closest_entity, file_of, in_order, kind_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.content.records import Entity
    from site_gen.entities.curation.csv_table import EntityRow

_LOOKS = 100  # rows that are compared with all names for a near one; it takes long


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row: `did` says it in words for the person; `problems` what stood against it."""

    line: int
    name: str
    tag: Tag | None
    did: tuple[str, ...]
    problems: tuple[Problem, ...]


def fill(
    registry: EntityRegistry, file: str, rows: Sequence[EntityRow], *, add: bool
) -> tuple[EntityEdit, list[RowResult]]:
    """The entities' files with what a table says of them, and what became of each row.

    add: make files for entities that are missing.

    A value that differs from what is written is told, and not taken. Raises SiteError where rows are wrong:
    an unknown kind, an identifier that is none, a name that two entities have.
    """
    problems: list[Problem] = []
    found: list[RowResult] = []
    shelf = _Shelf(registry)
    for row in rows:
        try:
            found.append(_fill(shelf, file, row, add=add))
        except UsageError as error:
            problems.append(Problem(file, row.line, str(error)))
    if problems:
        raise SiteError(*problems)
    return EntityEdit(texts=shelf.texts, problems=tuple(p for one in found for p in one.problems)), found


class _Shelf:
    """The entities while a table is read; each row sees what those above it did."""

    def __init__(self, registry: EntityRegistry) -> None:
        self.registry = registry
        self.texts: dict[str, str | None] = {}
        self._by_name: dict[str, list[Tag]] = {}
        self._entities: dict[Tag, Entity] = {}
        self._looks = _LOOKS
        for entity in registry.entities:
            self._know(entity)

    def _know(self, entity: Entity) -> None:
        self._entities[entity.tag] = entity
        for key in {word_key(name) for name in (entity.slug, entity.name, *entity.names)}:
            tags = self._by_name.setdefault(key, [])
            if key and entity.tag not in tags:
                tags.append(entity.tag)

    def named(self, name: str, kind: str | None) -> list[Entity]:
        tags = self._by_name.get(word_key(name), [])
        return [self._entities[tag] for tag in tags if kind in {None, tag.kind}]

    def near(self, name: str) -> Entity | None:
        self._looks -= 1
        if self._looks < 0:
            return None
        return closest_entity(
            EntityRegistry(self.registry.config, in_order(self.registry.config, self._entities.values()), {}), name
        )

    def text(self, tag: Tag) -> str | None:
        file = file_of(tag)
        return self.texts.get(file) or self.registry.texts.get(file)

    def put(self, tag: Tag, text: str) -> None:
        one = EntityRegistry(self.registry.config, (), {}).changed({file_of(tag): text})
        self.texts[file_of(tag)] = text
        self._know(one.entities[0])


def _fill(shelf: _Shelf, file: str, row: EntityRow, *, add: bool) -> RowResult:
    kind = kind_named(shelf.registry, row.kind) if row.kind else None
    _require_identifiers(row)
    held = shelf.named(row.name, kind)
    exact = [entity for entity in held if row.name == entity.name] or held
    if len(exact) > 1:
        both = " and ".join(str(entity.tag) for entity in exact)
        raise UsageError(f"{row.name} is {both}; give its kind, or another of its names")
    if exact:
        return _filled(shelf, file, row, exact[0])
    if not add:
        near = shelf.near(row.name)
        hint = f"did you mean {near.name} ({near.tag})?" if near else "--add makes a file for it"
        return RowResult(row.line, row.name, None, (f"is not known; {hint}",), ())
    return _added(shelf, file, row, kind)


def _require_identifiers(row: EntityRow) -> None:
    if row.wikidata and not re.fullmatch(r"Q\d{1,12}", row.wikidata, re.ASCII):
        raise UsageError(f"`wikidata: {row.wikidata}` is no item number; write Q and digits")
    if row.website and not safe_href(row.website):
        raise UsageError(f"`website: {row.website}` is no web address; write it with https://")


def _added(shelf: _Shelf, file: str, row: EntityRow, kind: str | None) -> RowResult:
    if kind is None:
        raise UsageError(f"{row.name} has no kind; name one in the column `kind`")
    tag = Tag(kind, slugify(row.name, ""))
    if not tag.slug:
        raise UsageError(f"{row.name} has no letter or digit to make an address of")
    if shelf.text(tag) is not None:
        raise UsageError(f"{row.name} would be {file_of(tag)}, which is there already")
    if old := shelf.registry.former.get(tag):
        raise UsageError(f"{shelf.registry.url(tag)} is an old address of {old}")
    free, problems = _free_names(shelf, file, row, tag)
    meta = {"name": row.name, "names": free, "wikidata": row.wikidata, "website": row.website, "facts": row.facts}
    shelf.put(tag, frontmatter.dump(meta, ""))
    return RowResult(row.line, row.name, tag, ("added",), tuple(problems))


def _free_names(shelf: _Shelf, file: str, row: EntityRow, tag: Tag) -> tuple[list[str], list[Problem]]:
    """A row's other names, without those of other entities of the kind, which are told."""
    free, problems = list[str](), list[Problem]()
    for name in row.names:
        other = next((one for one in shelf.named(name, tag.kind) if one.tag != tag), None)
        if other:
            problems.append(Problem(file, row.line, f"{name} is a name of {other.tag} already", "it was left out here"))
        elif name != row.name:
            free.append(name)
    return list(dict.fromkeys(free)), problems


def _filled(shelf: _Shelf, file: str, row: EntityRow, entity: Entity) -> RowResult:
    before = text = shelf.text(entity.tag) or ""
    did: list[str] = []
    names, problems = _free_names(shelf, file, row, entity.tag)
    if come := [name for name in names if name not in (entity.name, *entity.names)]:
        text = with_texts(text, "names", come)
        did.append(f"names: {', '.join(come)}")
    for key, value, there in (
        ("wikidata", row.wikidata, entity.wikidata),
        ("website", row.website, entity.website),
    ):
        if value and not there:
            text = frontmatter.edit(text, {key: value})
            did.append(f"{key}: {value}")
        elif value and there and value.rstrip("/") != there.rstrip("/"):
            problems.append(_conflict(file, row, entity, key, there, value))
    facts = {word_key(label): (label, said) for label, said in entity.facts}
    new: dict[str, str] = {}
    for label, value in row.facts.items():
        known = facts.get(word_key(label))
        if known is None:
            new[label] = value
            did.append(f"{label}: {value}")
        elif one_line(known[1]) != value:
            problems.append(_conflict(file, row, entity, known[0], known[1], value))
    if new:
        text = frontmatter_edits.add_pairs(text, "facts", new)
    if text != before:
        shelf.put(entity.tag, text)
    return RowResult(row.line, row.name, entity.tag, tuple(did), tuple(problems))


def _conflict(file: str, row: EntityRow, entity: Entity, key: str, there: str, value: str) -> Problem:
    what = f"`{key}` is {value} here and {there} in {entity.file}, which stays"
    return Problem(file, row.line, what, "correct the one that is wrong")
