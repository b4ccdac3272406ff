"""JSON Schemas of the files of `content/`, made by running their decoders. Pure.

The decoders of `schema` say which keys there are and what they hold, by the getters that they call. Here they are given
getters that note the call and return nothing, so no key is written down twice. What keys mean, for people, is in
`key_descriptions.json`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from site_gen.content import schema
from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode
from site_gen.content.typed_fields import Fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import SiteConfig
    from site_gen.core.urls import Href, UrlPath

FileKind = Literal["site", "article", "entity", "issue"]
FILE_KINDS: tuple[FileKind, ...] = ("site", "article", "entity", "issue")
JsonSchema = dict[str, Any]

_ANY_NAME = "any-name"  # a key that stands for all that a person may choose
_NAME = ScalarNode(_ANY_NAME, is_plain=True, line=1, start=0, end=0)
_EMPTY_TEXT = ScalarNode("", is_plain=False, line=1, start=0, end=0)
_TEXT = ["string", "number", "boolean"]  # a text without quotes may look like a number: `title: 1984`
_DAY = r"^\s*\d{4}-\d\d?-\d\d?([T ]\d.*)?\s*$"


class SchemaFields(Fields):
    """Getters that note what each key may hold, and return what they would for an empty file."""

    def __init__(
        self, *, has_mappings: bool, nodes: Iterable[tuple[ScalarNode, Node]] = ((_NAME, _EMPTY_TEXT),)
    ) -> None:
        """Make getters of a file. has_mappings: whether a key that may hold a text or keys seems to hold keys."""
        super().__init__(MappingNode(tuple(nodes), is_flow=False, line=1, start=0, end=0), "")
        self._has_mappings = has_mappings
        self._schemas: dict[str, JsonSchema] = {}  # by key, what was noted
        self._inner: dict[str, SchemaFields] = {}  # by key, the getters of the keys below it
        self._required: set[str] = set()
        self._never_empty: set[str] = set()
        self._is_closed = False  # whether no other keys may be there

    def complain(self, what: str, mend: str = "", node: Node | None = None) -> None:
        """Pass over complaints: they are about values, of which there are none."""

    def node(self, key: str) -> Node | None:
        """Note a key that may hold anything, where no other getter says more."""
        self._schemas.setdefault(key, {})
        return self.mapping if self._has_mappings else _EMPTY_TEXT

    def is_left_empty(self, key: str) -> bool:
        """Note a key that must not be left empty."""
        self._never_empty.add(key)
        return False

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Note a text."""
        if required:
            self._required.add(key)
            self._never_empty.add(key)
            self._note(key, {"type": [*_TEXT, "null"], "pattern": r"\S"})
        else:
            self._note(key, {"type": [*_TEXT, "null"]})
        return None

    def texts_with_nodes(self, key: str) -> list[tuple[str, Node]]:
        """Note a list of texts, or one text."""
        self._note(key, {"type": [*_TEXT, "array", "null"], "items": {"type": [*_TEXT, "null"]}})
        return []

    def date(self, key: str) -> dt.date | None:
        """Note a calendar date."""
        self._note(key, {"type": ["string", "null"], "pattern": _DAY})
        return None

    def choice(self, key: str, options: Iterable[str], default: str, mend: str = "") -> str:  # noqa: ARG002
        """Note one of some words."""
        options = list(options)
        values = {text: {"true": True, "false": False}.get(text, text) for text in options}
        self._note(key, {"enum": [*values.values(), None]} | ({"default": values[default]} if default else {}))
        return default

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Note a whole number."""
        self._note(key, {"type": ["integer", "null"], "minimum": low, "maximum": high, "default": default})
        return default

    def href(self, key: str) -> Href | None:
        """Note a link to the web."""
        self._note(key, {"type": ["string", "null"]})
        return None

    def paths(self, key: str) -> tuple[UrlPath, ...]:
        """Note addresses of the site itself."""
        self.texts_with_nodes(key)
        return ()

    def inner(self, key: str, example: str = "key: value", *, empty: bool = False) -> Fields | None:  # noqa: ARG002
        """Note keys below a key, and return their getters."""
        self._note(key, {"type": ["object", "null"]})
        return self._inner.setdefault(key, SchemaFields(has_mappings=self._has_mappings))

    def finish(self, also: Iterable[str] = ()) -> None:
        """Note that there are no other keys, but for these."""
        self._is_closed = True
        for key in also:
            self._schemas.setdefault(key, {})

    def _note(self, key: str, noted: JsonSchema) -> None:
        if not self._schemas.get(key):
            self._schemas[key] = noted

    def to_json(self, descriptions: Mapping[str, str], within: str = "") -> JsonSchema:
        """Return the schema of a mapping with the keys that were asked for. descriptions: by key, `theme.accent`."""
        properties = {key: self._key_schema(key, descriptions, within) for key in self._schemas}
        others = properties.pop(_ANY_NAME, None)
        closed: JsonSchema = {"additionalProperties": False} if self._is_closed else {}
        return (
            {"type": "object"}
            | ({"properties": properties} if properties else {})
            | ({"required": sorted(self._required)} if self._required else {})
            | (closed if others is None else {"additionalProperties": others})
        )

    def _key_schema(self, key: str, descriptions: Mapping[str, str], within: str) -> JsonSchema:
        noted = dict(self._schemas[key])
        if key in self._inner:
            noted |= self._inner[key].to_json(descriptions, f"{within}{key}.") | {"type": noted["type"]}
        if key in self._never_empty and "type" in noted:
            noted["type"] = [name for name in noted["type"] if name != "null"]
        name = f"{within}{key}".replace(_ANY_NAME, "NAME")
        return ({"description": descriptions[name]} if name in descriptions else {}) | noted


def json_schema(file_kind: FileKind, config: SiteConfig) -> JsonSchema:
    """Return the JSON Schema (draft 7, which editors read) of a kind of file, for a site with these settings."""
    by_texts, by_mappings = (_fields(file_kind, config, has_mappings=value) for value in (False, True))
    descriptions = key_descriptions()[file_kind]
    for kind in config.kinds if file_kind == "article" else ():
        descriptions[kind.key] = descriptions["KIND"].replace("KIND", kind.label)
    merged = _merge(by_texts.to_json(descriptions), by_mappings.to_json(descriptions))
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": descriptions[""], **merged}


def json_schema_text(file_kind: FileKind, config: SiteConfig) -> str:
    """Return the JSON Schema of a kind of file as the text of a file."""
    return f"{json.dumps(json_schema(file_kind, config), indent=2, ensure_ascii=False)}\n"


def key_descriptions() -> dict[str, dict[str, str]]:
    """Return what each key means, by kind of file, then by key (`theme.accent`); under "" what the file is."""
    text = files("site_gen.content").joinpath("key_descriptions.json").read_text(encoding="utf-8")
    descriptions: dict[str, dict[str, str]] = json.loads(text)
    return descriptions


def _fields(file_kind: FileKind, config: SiteConfig, *, has_mappings: bool) -> SchemaFields:
    """Return getters through which a file's decoder has run."""
    fields = SchemaFields(has_mappings=has_mappings)
    if file_kind == "site":
        schema.decode_site_config(fields)
    elif file_kind == "article":
        schema.decode_article(fields, config, year="2026", slug="a", body="", body_line=1, names={})
    elif file_kind == "entity":
        schema.decode_entity(fields, "companies", "a", "", config.extra_keys)
    else:
        schema.decode_issue_note(fields, "2026-w01", "")
    return fields


def _merge(left: JsonSchema, right: JsonSchema) -> JsonSchema:
    """Return the schema of what either of two allows, which differ only in keys that may hold a text or keys."""
    if left == right:
        return left
    if "properties" in left and "properties" in right:
        keys = {**left["properties"], **right["properties"]}
        pairs = {key: (left["properties"].get(key, {}), right["properties"].get(key, {})) for key in keys}
        return left | {"properties": {key: _merge(*pair) for key, pair in pairs.items()}}
    either = [{key: value for key, value in each.items() if key != "description"} for each in (left, right)]
    either[1]["type"] = "object"  # whether the key may be left empty, the text says
    description = left.get("description")
    return ({"description": description} if description else {}) | {"anyOf": either}
