"""What is wrong with a gazetteer: entities that are one, names that two share, tags that nobody has. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import frontmatter_edits
from site_gen.content.bounded_yaml import YamlError
from site_gen.core.errors import Problem
from site_gen.core.text import one_line, word_key
from site_gen.entities.curation.entity_registry import closest_entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, Tag
    from site_gen.entities.curation.entity_registry import EntityRegistry


class TagUse(NamedTuple):
    """A tag as an article holds it: where, and as what."""

    tag: Tag
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `code` is for scripts: `same-entity`, `shared-name`, `never-named`, `no-file`."""

    code: str
    problem: Problem


def findings(registry: EntityRegistry, uses: Iterable[TagUse]) -> list[Finding]:
    """All that is wrong with a site's entities, by place.

    uses: every tag of every article.
    """
    counts: Counter[Tag] = Counter()
    first: dict[Tag, TagUse] = {}
    for use in uses:
        counts[use.tag] += 1
        first.setdefault(use.tag, use)
    found = [
        *twice(registry),
        *shared_names(registry),
        *never_named(registry, counts),
        *without_file(registry, counts, first),
    ]
    return sorted(found, key=lambda one: one.problem)


def twice(registry: EntityRegistry) -> Iterator[Finding]:
    """Entities that seem to be one: of one kind with one name, where that is the name of one of them, or of
    one item number. Each is told at the later of the two files."""
    for one, other, name in _pairs(registry):
        if one.kind == other.kind and word_key(name) in {word_key(one.name), word_key(other.name)}:
            what = f"{name} is a name of {one.tag} too ({one.file})"
            yield _finding("same-entity", registry, other, name, what, _merge(other, one))
    by_number: dict[str, Entity] = {}
    for entity in registry.entities:
        if entity.wikidata:
            one = by_number.setdefault(entity.wikidata, entity)
            if one is not entity:
                what = f"{entity.wikidata} is the item of {one.tag} too ({one.file})"
                yield _finding("same-entity", registry, entity, entity.wikidata, what, _merge(entity, one))


def _merge(source: Entity, into: Entity) -> str:
    return f"if they are one: site-gen entity merge {source.tag} {into.tag}"


def shared_names(registry: EntityRegistry) -> Iterator[Finding]:
    """Names that two entities share which are not one: what a text means by it is not known."""
    for one, other, name in _pairs(registry):
        if one.kind != other.kind or word_key(name) not in {word_key(one.name), word_key(other.name)}:
            what = f"{name} is a name of {one.tag} too ({one.file}), and an article may mean either"
            yield _finding("shared-name", registry, other, name, what, "take it out of one of the two")


def _pairs(registry: EntityRegistry) -> Iterator[tuple[Entity, Entity, str]]:
    """Entities that share a name: the first that has it, each other one, and how that writes it."""
    first: dict[str, Entity] = {}
    for entity in registry.entities:
        told: set[str] = set()
        for name in (entity.name, *entity.names):
            one = first.setdefault(word_key(name), entity)
            if one is not entity and str(one.tag) not in told and word_key(name):
                told.add(str(one.tag))
                yield one, entity, name


def never_named(registry: EntityRegistry, counts: Mapping[Tag, int]) -> Iterator[Finding]:
    """Entities that no article is tagged with."""
    for entity in registry.entities:
        if not counts.get(entity.tag):
            mend = "add other names that texts use, run `site-gen tag`, or remove the file"
            yield _finding("never-named", registry, entity, entity.name, "no article is tagged with it", mend)


def without_file(registry: EntityRegistry, counts: Mapping[Tag, int], first: Mapping[Tag, TagUse]) -> Iterator[Finding]:
    """Tags that no entity file stands for, at the first article that has each."""
    for tag in sorted(counts):
        if tag in registry.by_tag:
            continue
        use = first[tag]
        near = closest_entity(registry, one_line(use.text)) or closest_entity(registry, tag.slug)
        mend = (
            f"did you mean {near.name}? site-gen entity merge {tag} {near.tag}"
            if near and near.kind == tag.kind
            else f"site-gen entity add {tag.kind} {tag.slug} --from-tag"
        )
        much = "1 article" if counts[tag] == 1 else f"{counts[tag]} articles"
        yield Finding("no-file", Problem(use.file, use.line, f"the tag {tag} ({much}) has no file", mend))


def _finding(code: str, registry: EntityRegistry, entity: Entity, said: str, what: str, mend: str) -> Finding:
    file = entity.file or ""
    return Finding(code, Problem(file, _line_of(registry.texts.get(file, ""), said), what, mend))


def _line_of(text: str, said: str) -> int:
    """The line of an entity's file that says a name or an item number; 1 where none does."""
    try:
        root = frontmatter_edits.parse_head(text)
    except YamlError:
        return 1
    for _, node in root.items:
        for item in frontmatter_edits.text_items(node):
            if one_line(item.value) == said:
                return item.line + 1
    return 1
