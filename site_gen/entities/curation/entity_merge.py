"""Several entities become one: nothing that a person wrote in any of their files is lost. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content import frontmatter
from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, parse, to_python
from site_gen.content.frontmatter_edits import add_comments, add_pairs, parse_head, text_items, value_of_key
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line, scrub, word_key
from site_gen.entities.curation.change_plan import EntityEdit, add_redirects
from site_gen.entities.curation.entity_edits import append_to_list
from site_gen.entities.curation.entity_registry import entity_file, find_entity, require_entity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.content.records import Entity, Tag
    from site_gen.entities.curation.entity_registry import EntityRegistry

_NAME_KEYS = frozenset({"name", "names", "aliases"})
_THEMATIC_BREAK = "---"  # the notes of another file follow


def merge_entities(registry: EntityRegistry, sources: Sequence[str], into: str, tags: Sequence[Tag] = ()) -> EntityEdit:
    """Return the edit that unites several entities' names, identifiers, facts, notes and old addresses in one file.

    sources: what the entities go by that go away. into: what the one goes by that stays. tags: tags without files that
    are the same entity, too.

    Raises SiteError, with all of them, where two files say different things of one identifier or fact.
    """
    target = require_entity(registry, into)
    file, url = registry.file_of(target.tag), registry.url(target.tag)
    text, notes, problems = registry.texts[file], list[str](), list[Problem]()
    moved = dict.fromkeys(tags, target.tag)
    removed: dict[str, str | None] = {}
    redirects = [registry.url(tag) for tag in tags]
    for name in sources:
        source = find_entity(registry, name, target)
        if source is None:
            continue  # one of the tags
        if source.tag == target.tag:
            notes.append(f"{name} is {target.tag} already")
            continue
        if source.tag in moved:
            continue
        text = _united(text, registry.texts[registry.file_of(source.tag)], source, file, problems)
        redirects += [*source.redirect_from, registry.url(source.tag)]
        moved[source.tag] = target.tag
        removed[registry.file_of(source.tag)] = None
    if problems:
        raise SiteError(*problems)
    text = add_redirects(text, [redirect for redirect in redirects if redirect != url])
    return EntityEdit(texts={file: text, **removed}, moved=moved, notes=tuple(notes), tag=target.tag)


def _united(text: str, source_text: str, source: Entity, file: str, problems: list[Problem]) -> str:
    """Return the text of `file` with all that another entity's file says; append contradictions to `problems`."""
    text = _with_names(text, (source.name, *source.names))
    root = parse_head(source_text)
    for key, node in root.items:
        if key.value not in _NAME_KEYS and key.value != "redirect_from" and not _is_empty(node):
            text = _with_value(text, key, node, source, file, problems)
    comments = [f"# {source.tag}: {comment.lstrip('# ')}" for comment in _comments(source_text)]
    lines = set(scrub(text).splitlines())
    if missing := [comment for comment in comments if comment not in lines]:
        text = add_comments(text, missing)
    return _append_notes(text, frontmatter.split(source_text).body)


def _with_names(text: str, names: Sequence[str]) -> str:
    root = parse_head(text)
    own_names = {one_line(item.value) for key in ("name", "aliases") for item in text_items(value_of_key(root, key))}
    return append_to_list(text, "names", [name for name in names if name not in own_names])


def _is_empty(node: Node) -> bool:
    return node.is_null if isinstance(node, ScalarNode) else not node.items


def _with_value(text: str, key: ScalarNode, node: Node, source: Entity, file: str, problems: list[Problem]) -> str:
    """Return the text with what another file says under a key.

    Lists are joined, of mappings the pairs that are missing come, a text is taken where there is none.
    """
    own = value_of_key(parse_head(text), key.value)
    if own is None or _is_empty(own):
        return frontmatter.edit(text, {key.value: to_python(node)})
    theirs = to_python(node)
    if isinstance(own, MappingNode) and isinstance(theirs, dict):
        return _with_pairs(text, key, own, theirs, source, file, problems)
    if isinstance(own, SequenceNode) or isinstance(node, SequenceNode):
        values = theirs if isinstance(theirs, list) else [theirs]
        texts = [value for value in values if isinstance(value, str)]
        if texts == values:
            return append_to_list(text, key.value, texts)
    if not _are_equal(to_python(own), theirs):
        problems.append(_contradiction(key.value, to_python(own), theirs, key.line + 1, source, file))
    return text


def _with_pairs(
    text: str,
    key: ScalarNode,
    own: MappingNode,
    theirs: dict[str, object],
    source: Entity,
    file: str,
    problems: list[Problem],
) -> str:
    """Return the text with the pairs of another file's mapping under a key. Pairs are the same by `word_key`."""
    own_values = {word_key(label.value) or label.value: value for label, value in own.items}
    new: dict[str, str] = {}
    merged = {label.value: to_python(value) for label, value in own.items}
    has_lists = False
    for label, value in theirs.items():
        own_value = own_values.get(word_key(label) or label)
        if value is None or (own_value is not None and _are_equal(to_python(own_value), value)):
            continue
        if own_value is None and isinstance(value, str):
            new[label] = value
        elif own_value is None or (isinstance(own_value, SequenceNode) and isinstance(value, list)):
            before = merged.get(label)
            items = before if isinstance(before, list) else []
            additions = value if isinstance(value, list) else [value]
            merged[label] = [*items, *(item for item in additions if item not in items)]
            has_lists = True
        else:
            what = f"{key.value}: {label}"
            problems.append(_contradiction(what, to_python(own_value), value, key.line + 1, source, file))
    if has_lists:
        text = frontmatter.edit(text, {key.value: merged})
    return add_pairs(text, key.value, new) if new else text


def _are_equal(left: object, right: object) -> bool:
    """Return whether two values say the same: addresses may differ in a slash at the end."""
    if isinstance(left, str) and isinstance(right, str):
        return one_line(left).rstrip("/") == one_line(right).rstrip("/")
    return left == right


def _contradiction(what: str, own: object, theirs: object, line: int, source: Entity, file: str) -> Problem:
    mend = "make the two say the same, or remove one, and merge again"
    return Problem(
        source.file or entity_file(source.tag), line, f"`{what}` is {theirs!s} here and {own!s} in {file}", mend
    )


def _comments(text: str) -> list[str]:
    """Return the comments in a file's front matter."""
    head = frontmatter.split(text).yaml or ""
    return [comment for _, comment in frontmatter.comments_in(head, 0, len(head), parse(head)) if comment.strip("# ")]


def _append_notes(text: str, notes: str) -> str:
    """Return an entity's file with further notes below its own, under a thematic break; none comes twice."""
    notes = notes.strip()
    own_notes = frontmatter.split(text).body.strip()
    if not notes or f"\n\n{notes}\n\n" in f"\n\n{own_notes}\n\n":
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    added = f"{notes}\n" if not own_notes else f"{_THEMATIC_BREAK}\n\n{notes}\n"
    before = text.rstrip()
    return f"{before}{newline * (2 if own_notes else 1)}{added.replace(chr(10), newline)}"
