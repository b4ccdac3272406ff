"""From an entity to what is looked for in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_gen.model import Entity, Kind, Tag


@dataclass(frozen=True, slots=True)
class Name:
    """One string to look for. `tag` is None for a decoy: a phrase that eats text and gives nothing.

    `case`: `exact` as written; `smart`, the text must hold a capital where the name does; `any`.
    """

    text: str
    tag: Tag | None
    case: str


def names_of(entity: Entity, kind: Kind) -> Iterator[Name]:
    """The names of one entity, its keywords if its kind goes by keywords, and its decoys.

    A single letter or digit is never a name.
    """
    case = "any" if kind.by == "keywords" else entity.match.case
    texts = (entity.name, *entity.names, *(entity.keywords if kind.by == "keywords" else ()))
    for text in dict.fromkeys(map(one_line, texts)):
        if len(text) > 1:
            yield Name(text, entity.tag, case)
    for text in entity.match.never:
        yield Name(one_line(text), None, "any" if case == "any" else "smart")


def gazetteer(entities: Iterable[Entity], kinds: Mapping[str, Kind]) -> tuple[Name, ...]:
    """All that is looked for, in the order of the entities."""
    return tuple(name for entity in entities for name in names_of(entity, kinds[entity.kind]))
