"""An entity as schema.org JSON text: pages that name it embed the text as it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.json_text import compact_json

if TYPE_CHECKING:
    from site_gen.content.records import Entity, Kind

_WIKIDATA = "http://www.wikidata.org/entity/"  # a concept's own address (Wikidata:Data access, "Linked Data")
# The type of entities of the kinds that sites often have. Of any other kind it is not known what they are.
_TYPES = {"companies": "Organization", "media": "Organization", "organizations": "Organization"}
_TYPES_OF_NAMES = {"people": "Person", "places": "Place"}  # by `names_of` of the kind


def schema_type(kind: Kind) -> str:
    """Return schema.org's type of a kind's entities; `Thing` where a kind may be anything."""
    if kind.by == "keywords":
        return "DefinedTerm"
    return _TYPES_OF_NAMES.get(kind.names_of) or _TYPES.get(kind.key, "Thing")


def reference_json(kind: Kind, entity: Entity, url: str) -> str:
    """Return the least node of an entity: its name, and the pages that identify it beyond doubt (`sameAs`).

    url: our page of the entity, absolute. `@id` is that URL with `#thing`, so that the entity differs from its page.
    """
    same = [f"{_WIKIDATA}{entity.wikidata}"] if entity.wikidata else []
    same += [entity.website] if entity.website else []
    node = {"@type": schema_type(kind), "@id": f"{url}#thing", "name": entity.name}
    return compact_json(node | {"sameAs": same} if same else node)
