"""What is wrong with an entity registry: entities that are one, names that two share, tags that nobody has. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.bounded_yaml import YamlError
from site_gen.content.frontmatter_edits import parse_head, text_items
from site_gen.core.errors import Problem
from site_gen.core.text import name_key, one_line
from site_gen.entities.curation.entity_registry import closest_entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, Tag
    from site_gen.entities.curation.entity_registry import EntityRegistry


class TagUse(NamedTuple):
    """A tag as an article holds it."""

    tag: Tag  # the entity that it means
    file: str  # the article's, below the site's folder
    line: int  # in the file, from 1
    text: str  # as it is written there


class RegistryFinding(Struct, frozen=True):
    """One thing that is wrong."""

    code: str  # for scripts: `same-entity`, `shared-name`, `never-named`, `no-file`
    problem: Problem  # where it is, and what to do


def check_registry(registry: EntityRegistry, uses: Iterable[TagUse]) -> list[RegistryFinding]:
    """Return all that is wrong with a site's entities, in the order of files and lines.

    uses: every tag of every article.
    """
    counts: Counter[Tag] = Counter()
    first_uses: dict[Tag, TagUse] = {}
    for use in uses:
        counts[use.tag] += 1
        first_uses.setdefault(use.tag, use)
    findings = [
        *_duplicate_entities(registry),
        *_shared_names(registry),
        *_unused_entities(registry, counts),
        *_tags_without_file(registry, counts, first_uses),
    ]
    return sorted(findings, key=lambda finding: finding.problem)


def _duplicate_entities(registry: EntityRegistry) -> Iterator[RegistryFinding]:
    """Yield entities that seem to be one, at the later of the two files.

    They are of one kind with one name, where that is the name of one of them, or they have one item number.
    """
    for first, other, name in _pairs_by_name(registry):
        if _are_namesakes(first, other, name):
            what = f"{name} is a name of {first.tag} too ({first.file})"
            yield _finding("same-entity", registry, other, name, what, _merge_hint(other, first))
    by_number: dict[str, Entity] = {}
    for entity in registry.entities:
        if entity.wikidata:
            first = by_number.setdefault(entity.wikidata, entity)
            if first is not entity:
                what = f"{entity.wikidata} is the item of {first.tag} too ({first.file})"
                yield _finding("same-entity", registry, entity, entity.wikidata, what, _merge_hint(entity, first))


def _are_namesakes(first: Entity, other: Entity, name: str) -> bool:
    """Return whether two entities that share a name are of one kind, and it is the main name of one of them."""
    return first.kind == other.kind and name_key(name) in {name_key(first.name), name_key(other.name)}


def _merge_hint(source: Entity, into: Entity) -> str:
    return f"if they are one: site-gen entity merge {source.tag} {into.tag}"


def _shared_names(registry: EntityRegistry) -> Iterator[RegistryFinding]:
    """Yield names that two entities share which are not one: it is open which of them a text means."""
    for first, other, name in _pairs_by_name(registry):
        if not _are_namesakes(first, other, name):
            what = f"{name} is a name of {first.tag} too ({first.file}), and an article may mean either"
            yield _finding("shared-name", registry, other, name, what, "remove it from one of the two")


def _pairs_by_name(registry: EntityRegistry) -> Iterator[tuple[Entity, Entity, str]]:
    """Yield entities that share a name: the first that has it, each other one, and how that one writes it."""
    first_by_name: dict[str, Entity] = {}
    for entity in registry.entities:
        paired: set[str] = set()  # the tags of entities that were yielded with this one
        for name in (entity.name, *entity.names):
            first = first_by_name.setdefault(name_key(name), entity)
            if first is not entity and str(first.tag) not in paired and name_key(name):
                paired.add(str(first.tag))
                yield first, entity, name


def _unused_entities(registry: EntityRegistry, counts: Mapping[Tag, int]) -> Iterator[RegistryFinding]:
    """Yield entities that no article is tagged with."""
    for entity in registry.entities:
        if not counts.get(entity.tag):
            mend = "add other names that texts use, run `site-gen tag`, or remove the file"
            yield _finding("never-named", registry, entity, entity.name, "no article is tagged with it", mend)


def _tags_without_file(
    registry: EntityRegistry, counts: Mapping[Tag, int], first_uses: Mapping[Tag, TagUse]
) -> Iterator[RegistryFinding]:
    """Yield tags that no entity file stands for, at the first article that has each."""
    for tag in sorted(counts):
        if tag in registry.by_tag:
            continue
        use = first_uses[tag]
        near = closest_entity(registry, one_line(use.text)) or closest_entity(registry, tag.slug)
        mend = (
            f"did you mean {near.name}? site-gen entity merge {tag} {near.tag}"
            if near and near.kind == tag.kind
            else f"site-gen entity add {tag.kind} {tag.slug} --from-tag"
        )
        articles = "1 article" if counts[tag] == 1 else f"{counts[tag]} articles"
        yield RegistryFinding("no-file", Problem(use.file, use.line, f"the tag {tag} ({articles}) has no file", mend))


def _finding(code: str, registry: EntityRegistry, entity: Entity, value: str, what: str, mend: str) -> RegistryFinding:
    """Return a finding at the line of an entity's file that says a name or an item number."""
    file = entity.file or ""
    return RegistryFinding(code, Problem(file, _line_of(registry.texts.get(file, ""), value), what, mend))


def _line_of(text: str, value: str) -> int:
    """Return the line of a file's text that says a name or an item number; 1 where none does."""
    try:
        root = parse_head(text)
    except YamlError:
        return 1
    for _, node in root.items:
        for item in text_items(node):
            if one_line(item.value) == value:
                return item.line + 1
    return 1
