"""Invented entities, and which of them a text is tagged with."""

from __future__ import annotations

from site_gen.content.records import Entity, Kind, MatchRule
from site_gen.core.slugs import slugify
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text

KINDS = {
    "companies": Kind(key="companies", label="Companies", singular="Company", prefix="companies"),
    "media": Kind(key="media", label="Media", singular="Medium", prefix="media", only="about"),
    "people": Kind(key="people", label="People", singular="Person", prefix="people", names_of="people"),
    "places": Kind(key="places", label="Places", singular="Place", prefix="places", names_of="places"),
    "topics": Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
}
# A sentence that names nobody.
FILLER = "The quay was wet, and nobody who stood there could say what the boats were waiting for that day. "


def company(name: str, *names: str, kind: str = "companies", match: MatchRule | None = None) -> Entity:
    """Return an entity with other names; a company unless `kind` says otherwise."""
    return Entity(kind=kind, slug=slugify(name), name=name, names=names, match=match or MatchRule())


def topic(name: str, *keywords: str, match: MatchRule | None = None) -> Entity:
    """Return a topic that texts are tagged with for its keywords."""
    return Entity(kind="topics", slug=slugify(name), name=name, keywords=keywords, match=match or MatchRule())


def matcher_of(*entities: Entity) -> Matcher:
    """Return a matcher of the entities' names."""
    return Matcher(build_gazetteer(entities, KINDS))


def tagged_names(text: str, *entities: Entity, title: str = "A day at the quay") -> list[str]:
    """Return the names of the entities that a text, whose paragraphs are its lines, is tagged with."""
    names = {entity.tag: entity.name for entity in entities}
    return [names[tag] for tag in tag_text(title, text.split("\n"), matcher_of(*entities), KINDS).tags]


def subject_names(text: str, *entities: Entity, title: str = "A day at the quay") -> list[str]:
    """Return the names of the entities that a text, whose paragraphs are its lines, is about."""
    names = {entity.tag: entity.name for entity in entities}
    return [names[tag] for tag in tag_text(title, text.split("\n"), matcher_of(*entities), KINDS).about]
