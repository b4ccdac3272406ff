"""JSON Schemas: they describe every key, allow what there is, and refuse what the program refuses."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from site_gen.content import loader
from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, parse
from site_gen.content.frontmatter import split
from site_gen.content.json_schema import FILE_KINDS, FileKind, JsonSchema, json_schema, key_descriptions
from tests.support.sites import REPO, SMALL_SITE, markdown_file, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.content.records import SiteConfig
    from site_gen.core.errors import Problem
    from tests.conftest import Call

CONFIG = loader.parse_config(b"title: A site\nextra_keys: [mood]\nkinds: {people: {label: People}}", [])
SCHEMAS: dict[FileKind, JsonSchema] = {kind: json_schema(kind, CONFIG) for kind in FILE_KINDS}
VALIDATORS = {kind: jsonschema.Draft7Validator(schema) for kind, schema in SCHEMAS.items()}
FILES: dict[FileKind, str] = {
    "site": "content/site.yaml",
    "article": "content/articles/2026/a.md",
    "entity": "content/companies/a.md",
    "issue": "content/issues/2026-w01.md",
}


def keys_of(schema: JsonSchema, within: str = "") -> Iterator[str]:
    """Yield the keys that a schema describes, those of mappings after a dot."""
    for each in [schema, *schema.get("anyOf", [])]:
        for key, inner in each.get("properties", {}).items():
            yield f"{within}{key}"
            yield from keys_of(inner, f"{within}{key}.")
        if isinstance(inner := each.get("additionalProperties"), dict) and "properties" in inner:
            yield from keys_of(inner, f"{within}NAME.")


def value_of(node: Node) -> Any:
    """Return what an editor makes of a node, by YAML 1.2, in which a date is a text."""
    if isinstance(node, MappingNode):
        return {key.value: value_of(value) for key, value in node.items}
    if not isinstance(node, ScalarNode):
        return [value_of(item) for item in node.items]
    if node.is_null:
        return None
    words = {"true": True, "false": False}
    try:
        return words.get(node.value, int(node.value)) if node.is_plain else node.value
    except ValueError:
        return words.get(node.value, node.value)


def mistakes(file_kind: FileKind, yaml: str) -> list[str]:
    """Return what a schema says of a text."""
    return [error.message for error in VALIDATORS[file_kind].iter_errors(value_of(parse(yaml)))]


def problems_of(file_kind: FileKind, text: str) -> list[Problem]:
    """Return what the program says of a file."""
    problems: list[Problem] = []
    raw = text.encode()
    if file_kind == "site":
        loader.parse_config(raw, problems)
    elif file_kind == "article":
        loader.parse_article(FILES[file_kind], raw, CONFIG, {}, problems)
    elif file_kind == "entity":
        loader.parse_entity(FILES[file_kind], raw, problems, CONFIG.extra_keys)
    else:
        loader.parse_issue_note(FILES[file_kind], raw, problems)
    return problems


@pytest.mark.parametrize("file_kind", FILE_KINDS)
def test_every_key_is_described_and_no_other(file_kind: FileKind) -> None:
    kinds = {kind.key for kind in CONFIG.kinds} if file_kind == "article" else set()
    keys = {key for key in keys_of(SCHEMAS[file_kind]) if key not in {*kinds, "mood"}}
    described = key_descriptions()[file_kind].keys() - {"", "KIND"}
    assert keys == {key for key in described if key != "facts.NAME"}
    jsonschema.Draft7Validator.check_schema(SCHEMAS[file_kind])


@pytest.mark.parametrize("site", [REPO, SMALL_SITE], ids=["demo", "small"])
def test_the_files_of_sites_follow_the_schemas(site: Path) -> None:
    config: SiteConfig = loader.load_config(site, [])
    schemas = {kind: jsonschema.Draft7Validator(json_schema(kind, config)) for kind in FILE_KINDS}
    folders: dict[FileKind, list[str]] = {
        "article": ["articles"], "issue": ["issues"], "entity": [kind.key for kind in config.kinds]
    }  # fmt: skip
    schemas["site"].validate(value_of(parse((site / "content/site.yaml").read_text(encoding="utf-8"))))
    count = 0
    for file_kind, names in folders.items():
        for path in (path for name in names for path in (site / "content" / name).rglob("*.md")):
            head = split(path.read_text(encoding="utf-8")).yaml
            errors = [error.message for error in schemas[file_kind].iter_errors(value_of(parse(head or "{}")))]
            assert errors == [], path
            count += 1
    assert count > 5


# Values of each type, that no key takes for more than its type.
VALUES = ["word", "1984", "true", "null", "[]", "[word]", "[[word]]", "[{a: b}]", "{}", "{no-such-key: word}"]
# What only the program sees: that a text is an address, a tag, a colour.
SEEN_BY_THE_PROGRAM: dict[FileKind, set[str]] = {
    "site": {"base_url", "language", "timezone"},
    "article": {"about", "by_hand", "id", "ignore", "language", "redirect_from", "source", "tagged"},
    "entity": {"redirect_from", "website", "wikidata"},
    "issue": set(),
}


@pytest.mark.parametrize("file_kind", FILE_KINDS)
def test_a_value_of_the_wrong_type_is_refused_by_both(file_kind: FileKind) -> None:
    refused = 0
    for key, value in itertools.product([*SCHEMAS[file_kind]["properties"], "mood", "no-such-key"], VALUES):
        title = "" if key in {"title", "name"} else "name: x\n" if file_kind == "entity" else "title: x\n"
        yaml = f"{title}{key}: {value}\n"
        problems = problems_of(file_kind, yaml if file_kind == "site" else f"---\n{yaml}---\nText.\n")
        if mistakes(file_kind, yaml):
            assert problems, yaml
            refused += 1
        else:
            assert not problems or key in SEEN_BY_THE_PROGRAM[file_kind], (yaml, problems)
    assert refused > 30


@pytest.mark.parametrize(
    ("file_kind", "yaml"),
    [
        ("site", "tagline: x"),
        ("site", "title: x\nhome_articles: 501"),
        ("site", "title: x\ntheme: {masthead: bold}"),
        ("site", "title: x\ntheme: {masthead: {set: serif, nam: x}}"),
        ("site", "title: x\ntheme: {accent: }"),
        ("site", "title: x\nkinds: {places: {lable: Places}}"),
        ("article", "title: x\npublished: 30.11.2026"),
        ("article", "title: x\nstory: together"),
        ("article", "title: x\nplaces: [x]"),
        ("entity", "name: ' '"),
        ("entity", "name: x\nmatch: {case: always}"),
        ("entity", "name: x\nfacts: {Founded: [2001]}"),
        ("issue", "pins: [x]"),
    ],
)
def test_mistakes_are_seen_by_both(file_kind: FileKind, yaml: str) -> None:
    assert mistakes(file_kind, yaml)
    assert problems_of(file_kind, yaml if file_kind == "site" else f"---\n{yaml}\n---\nText.\n")


def test_the_command_prints_the_schema_of_the_site_around_it(
    call: Call, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(site, {"content/companies/b.md": markdown_file(name="B")})
    assert "companies" in json.loads(call("schema", "article", "--site", site).out)["properties"]
    monkeypatch.chdir(tmp_path)
    call("new", "x")
    named = (tmp_path / "x/content/site.yaml").read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
    schema = (tmp_path / "x/content" / named).read_text(encoding="utf-8")
    assert call("schema").out == schema
    assert json.loads(schema)["properties"]["text"]["enum"] == ["excerpt", "full", None]
    assert call("schema", "page").status == 2
