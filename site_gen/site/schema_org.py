"""What an entity is in schema.org's words, as JSON text: pages that name it hold it as it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.text import compact_json

if TYPE_CHECKING:
    from site_gen.content.records import Entity, Kind

_WIKIDATA = "http://www.wikidata.org/entity/"  # a concept's own address (Wikidata:Data access, "Linked Data")
# What the entities of kinds that sites often have are; of any other kind it is not known what they are.
_TYPES = {"companies": "Organization", "media": "Organization", "organizations": "Organization"}
_TYPES_OF_NAMES = {"people": "Person", "places": "Place"}


def schema_type(kind: Kind) -> str:
    """schema.org's type of a kind's entities; `Thing` where a kind may be anything."""
    if kind.by == "keywords":
        return "DefinedTerm"
    return _TYPES_OF_NAMES.get(kind.names_of) or _TYPES.get(kind.key, "Thing")


def reference_json(kind: Kind, entity: Entity, address: str) -> str:
    """An entity where a page speaks of it: what it is called, and the pages that tell beyond doubt which it is. Its
    name as a thing is made of our page's address, and is not that of the page."""
    same = [f"{_WIKIDATA}{entity.wikidata}"] if entity.wikidata else []
    same += [entity.website] if entity.website else []
    node = {"@type": schema_type(kind), "@id": f"{address}#thing", "name": entity.name}
    return compact_json(node | {"sameAs": same} if same else node)
