"""Entities filled in from a table: what is empty is filled, what a person wrote stays. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content import frontmatter
from site_gen.content.frontmatter_edits import add_pairs
from site_gen.content.records import Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.slugs import slugify
from site_gen.core.text import name_key, one_line, word_key
from site_gen.core.urls import safe_href
from site_gen.entities.curation.change_plan import EntityEdit
from site_gen.entities.curation.entity_edits import append_to_list
from site_gen.entities.curation.entity_registry import (
    EntityRegistry,
    closest_entity,
    entity_file,
    find_kind,
    in_order,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.content.records import Entity
    from site_gen.entities.curation.csv_table import EntityRow

_MAX_COMPARED = 100  # rows that are compared with all names for a near one; it takes long


class RowResult(Struct, frozen=True):
    """What became of a row."""

    line: int  # of the table, from 1
    name: str  # that the row gives
    tag: Tag | None  # the entity that it was taken for; None for none
    did: tuple[str, ...]  # what was done, in words for the person
    problems: tuple[Problem, ...]  # what stood against it


def fill_entities(
    registry: EntityRegistry, file: str, rows: Sequence[EntityRow], *, add: bool
) -> tuple[EntityEdit, list[RowResult]]:
    """Return the edit that fills entities' files with what a table says of them, and what became of each row.

    file: the table's name, for problems. add: make files for entities that are missing.

    A value that differs from what is written becomes a problem of its row, and is not taken. Raises SiteError where
    rows are wrong: an unknown kind, an identifier that is none, a name that two entities have.
    """
    problems: list[Problem] = []
    results: list[RowResult] = []
    draft = _RegistryDraft(registry)
    for row in rows:
        try:
            results.append(_fill_row(draft, file, row, add=add))
        except UsageError as error:
            problems.append(Problem(file, row.line, str(error)))
    if problems:
        raise SiteError(*problems)
    row_problems = tuple(problem for result in results for problem in result.problems)
    return EntityEdit(texts=draft.texts, problems=row_problems), results


class _RegistryDraft:
    """The entities while a table is read; each row sees what those above it did.

    registry: the entities before. texts: by file the texts that changed.
    """

    def __init__(self, registry: EntityRegistry) -> None:
        self.registry = registry
        self.texts: dict[str, str | None] = {}
        self._tags_by_name: dict[str, list[Tag]] = {}  # by `name_key`
        self._entities: dict[Tag, Entity] = {}
        self._compared = 0  # how often `nearest` compared a name with all others
        for entity in registry.entities:
            self._index(entity)

    def _index(self, entity: Entity) -> None:
        self._entities[entity.tag] = entity
        for key in {name_key(name) for name in (entity.slug, entity.name, *entity.names)}:
            tags = self._tags_by_name.setdefault(key, [])
            if key and entity.tag not in tags:
                tags.append(entity.tag)

    def entities_named(self, name: str, kind: str | None) -> list[Entity]:
        """Return the entities that go by a name, of one kind or of any (None)."""
        tags = self._tags_by_name.get(name_key(name), [])
        return [self._entities[tag] for tag in tags if kind in {None, tag.kind}]

    def nearest(self, name: str) -> Entity | None:
        """Return the entity whose name is most like another; None for none, and after the first hundred calls."""
        self._compared += 1
        if self._compared > _MAX_COMPARED:
            return None
        entities = in_order(self.registry.config, self._entities.values())
        return closest_entity(EntityRegistry(self.registry.config, entities, {}), name)

    def text(self, tag: Tag) -> str | None:
        """Return the text of an entity's file; None where there is none."""
        file = self.registry.file_of(tag)
        return self.texts.get(file) or self.registry.texts.get(file)

    def put(self, tag: Tag, text: str) -> None:
        """Set the text of an entity's file. Raises SiteError where it is no good one."""
        file = self.registry.file_of(tag)
        entity = EntityRegistry(self.registry.config, (), {}).with_files({file: text}).entities[0]
        self.texts[file] = text
        self._index(entity)


def _fill_row(draft: _RegistryDraft, file: str, row: EntityRow, *, add: bool) -> RowResult:
    kind = find_kind(draft.registry, row.kind) if row.kind else None
    _require_identifiers(row)
    namesakes = draft.entities_named(row.name, kind)
    entities = [entity for entity in namesakes if row.name == entity.name] or namesakes
    if len(entities) > 1:
        both = " and ".join(str(entity.tag) for entity in entities)
        raise UsageError(f"{row.name} is {both}; give its kind, or another of its names")
    if entities:
        return _fill_entity(draft, file, row, entities[0])
    if not add:
        near = draft.nearest(row.name)
        hint = f"did you mean {near.name} ({near.tag})?" if near else "--add makes a file for it"
        return RowResult(row.line, row.name, None, (f"is not known; {hint}",), ())
    return _add_entity(draft, file, row, kind)


def _require_identifiers(row: EntityRow) -> None:
    """Raise UsageError where a row's item number or website is none."""
    if row.wikidata and not re.fullmatch(r"Q\d{1,12}", row.wikidata, re.ASCII):
        raise UsageError(f"`wikidata: {row.wikidata}` is not an item number; write Q and digits")
    if row.website and not safe_href(row.website):
        raise UsageError(f"`website: {row.website}` is not a web address; write it with https://")


def _add_entity(draft: _RegistryDraft, file: str, row: EntityRow, kind: str | None) -> RowResult:
    """Make the file of a row's entity. Raises UsageError where that cannot be done."""
    if kind is None:
        raise UsageError(f"{row.name} has no kind; give --kind companies, or add a column `kind`")
    tag = Tag(kind, slugify(row.name, ""))
    if not tag.slug:
        raise UsageError(f"{row.name} has no letter or digit to make an address from")
    if draft.text(tag) is not None:
        raise UsageError(f"{row.name} would be {entity_file(tag)}, which exists already")
    if present_tag := draft.registry.former_tags.get(tag):
        raise UsageError(f"{draft.registry.url(tag)} is an old address of {present_tag}")
    names, problems = _free_names(draft, file, row, tag)
    meta = {"name": row.name, "names": names, "wikidata": row.wikidata, "website": row.website, "facts": row.facts}
    draft.put(tag, frontmatter.dump(meta, ""))
    return RowResult(row.line, row.name, tag, ("added",), tuple(problems))


def _free_names(draft: _RegistryDraft, file: str, row: EntityRow, tag: Tag) -> tuple[list[str], list[Problem]]:
    """Return a row's other names without those of other entities of the kind, and a problem for each of those."""
    names, problems = list[str](), list[Problem]()
    for name in row.names:
        other = next((entity for entity in draft.entities_named(name, tag.kind) if entity.tag != tag), None)
        if other:
            problems.append(Problem(file, row.line, f"{name} is a name of {other.tag} already", "it was left out here"))
        elif name != row.name:
            names.append(name)
    return list(dict.fromkeys(names)), problems


def _fill_entity(draft: _RegistryDraft, file: str, row: EntityRow, entity: Entity) -> RowResult:
    """Put what a row says into an entity's file, where the file says nothing of it."""
    before = text = draft.text(entity.tag) or ""
    did: list[str] = []
    names, problems = _free_names(draft, file, row, entity.tag)
    if new_names := [name for name in names if name not in (entity.name, *entity.names)]:
        text = append_to_list(text, "names", new_names)
        did.append(f"names: {', '.join(new_names)}")
    for key, value, present in (
        ("wikidata", row.wikidata, entity.wikidata),
        ("website", row.website, entity.website),
    ):
        if value and not present:
            text = frontmatter.edit(text, {key: value})
            did.append(f"{key}: {value}")
        elif value and present and value.rstrip("/") != present.rstrip("/"):
            problems.append(_contradiction(file, row, entity, key, present, value))
    facts = {word_key(label): (label, fact) for label, fact in entity.facts}
    new_facts: dict[str, str] = {}
    for label, value in row.facts.items():
        own_fact = facts.get(word_key(label))
        if own_fact is None:
            new_facts[label] = value
            did.append(f"{label}: {value}")
        elif one_line(own_fact[1]) != value:
            problems.append(_contradiction(file, row, entity, own_fact[0], own_fact[1], value))
    if new_facts:
        text = add_pairs(text, "facts", new_facts)
    if text != before:
        draft.put(entity.tag, text)
    return RowResult(row.line, row.name, entity.tag, tuple(did), tuple(problems))


def _contradiction(file: str, row: EntityRow, entity: Entity, key: str, present: str, value: str) -> Problem:
    what = f"`{key}` is {value} here and {present} in {entity.file}, which stays"
    return Problem(file, row.line, what, "correct the one that is wrong")
