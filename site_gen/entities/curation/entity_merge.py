"""Several entities become one: nothing that a person wrote in any of their files is lost. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content import frontmatter, frontmatter_edits
from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, parse, to_python
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line, scrub, word_key
from site_gen.entities.curation.change_plan import EntityEdit, with_redirects
from site_gen.entities.curation.entity_edits import with_texts
from site_gen.entities.curation.entity_registry import file_of, find_entity, require_entity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.content.records import Entity, Tag
    from site_gen.entities.curation.entity_registry import EntityRegistry

_NAMES = frozenset({"name", "names", "aliases"})
_RULE = "---"  # a thematic break: the notes of another file follow


def merge(registry: EntityRegistry, sources: Sequence[str], into: str, bare: Sequence[Tag] = ()) -> EntityEdit:
    """One entity of several: names, identifiers, facts, notes and old addresses united in the last's file.

    bare: tags without files that are the same entity, too.

    Raises SiteError, telling all of them, where two files say different things of one identifier or fact.
    """
    target = require_entity(registry, into)
    file, url = file_of(target.tag), registry.url(target.tag)
    text, notes, problems = registry.texts[file], list[str](), list[Problem]()
    moved = dict.fromkeys(bare, target.tag)
    gone: dict[str, str | None] = {}
    redirects = [registry.url(tag) for tag in bare]
    for name in sources:
        source = find_entity(registry, name, target)
        if source is None:
            continue  # a bare tag
        if source.tag == target.tag:
            notes.append(f"{name} is {target.tag} already")
            continue
        if source.tag in moved:
            continue
        text = _united(text, registry.texts[file_of(source.tag)], source, file, problems)
        redirects += [*source.redirect_from, registry.url(source.tag)]
        moved[source.tag] = target.tag
        gone[file_of(source.tag)] = None
    if problems:
        raise SiteError(*problems)
    text = with_redirects(text, [one for one in redirects if one != url])
    return EntityEdit(texts={file: text, **gone}, moved=moved, notes=tuple(notes), tag=target.tag)


def _united(text: str, other: str, source: Entity, file: str, problems: list[Problem]) -> str:
    """The text of `file` with all that another entity's file says."""
    text = _with_names(text, (source.name, *source.names))
    root = frontmatter_edits.parse_head(other)
    for key, node in root.items:
        if key.value not in _NAMES and key.value != "redirect_from" and not _is_empty(node):
            text = _with_value(text, key, node, source, file, problems)
    comments = [f"# {source.tag}: {comment.lstrip('# ')}" for comment in _comments(other)]
    told = set(scrub(text).splitlines())
    if missing := [comment for comment in comments if comment not in told]:
        text = frontmatter_edits.add_comments(text, missing)
    return with_notes(text, frontmatter.split(other).body)


def _with_names(text: str, names: Sequence[str]) -> str:
    root = frontmatter_edits.parse_head(text)
    own = {
        one_line(item.value)
        for key in ("name", "aliases")
        for item in frontmatter_edits.text_items(frontmatter_edits.value_of_key(root, key))
    }
    return with_texts(text, "names", [name for name in names if name not in own])


def _is_empty(node: Node) -> bool:
    return node.is_null if isinstance(node, ScalarNode) else not node.items


def _with_value(text: str, key: ScalarNode, node: Node, source: Entity, file: str, problems: list[Problem]) -> str:
    """The text with what another file says under a key: lists are joined, of mappings the pairs that are
    missing come, a text is taken where there is none."""
    own = frontmatter_edits.value_of_key(frontmatter_edits.parse_head(text), key.value)
    if own is None or _is_empty(own):
        return frontmatter.edit(text, {key.value: to_python(node)})
    theirs = to_python(node)
    if isinstance(own, MappingNode) and isinstance(theirs, dict):
        return _with_pairs(text, key, own, theirs, source, file, problems)
    if isinstance(own, SequenceNode) or isinstance(node, SequenceNode):
        more = theirs if isinstance(theirs, list) else [theirs]
        texts = [item for item in more if isinstance(item, str)]
        if texts == more:
            return with_texts(text, key.value, texts)
    if not _same(to_python(own), theirs):
        problems.append(_conflict(key.value, to_python(own), theirs, key.line + 1, source, file))
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
    mine = {word_key(label.value) or label.value: value for label, value in own.items}
    new: dict[str, str] = {}
    merged = {label.value: to_python(value) for label, value in own.items}
    whole = False
    for label, value in theirs.items():
        there = mine.get(word_key(label) or label)
        if value is None or (there is not None and _same(to_python(there), value)):
            continue
        if there is None and isinstance(value, str):
            new[label] = value
        elif there is None or (isinstance(there, SequenceNode) and isinstance(value, list)):
            before = merged.get(label)
            merged[label] = [*(before if isinstance(before, list) else []), *_missing(value, before)]
            whole = True
        else:
            problems.append(_conflict(f"{key.value}: {label}", to_python(there), value, key.line + 1, source, file))
    if whole:
        text = frontmatter.edit(text, {key.value: merged})
    return frontmatter_edits.add_pairs(text, key.value, new) if new else text


def _missing(value: object, before: object) -> list[object]:
    there = before if isinstance(before, list) else []
    return [one for one in (value if isinstance(value, list) else [value]) if one not in there]


def _same(one: object, other: object) -> bool:
    """Whether two texts say the same: addresses may differ in a slash at the end."""
    if isinstance(one, str) and isinstance(other, str):
        return one_line(one).rstrip("/") == one_line(other).rstrip("/")
    return one == other


def _conflict(what: str, mine: object, theirs: object, line: int, source: Entity, file: str) -> Problem:
    mend = "make the two say the same, or take one out, and merge again"
    return Problem(file_of(source.tag), line, f"`{what}` is {theirs!s} here and {mine!s} in {file}", mend)


def _comments(text: str) -> list[str]:
    head = frontmatter.split(text).yaml or ""
    return [comment for _, comment in frontmatter.comments_in(head, 0, len(head), parse(head)) if comment.strip("# ")]


def with_notes(text: str, notes: str) -> str:
    """An entity's file with further notes below its own, under a line; none comes twice."""
    notes = notes.strip()
    own = frontmatter.split(text).body.strip()
    if not notes or f"\n\n{notes}\n\n" in f"\n\n{own}\n\n":
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    added = f"{notes}\n" if not own else f"{_RULE}\n\n{notes}\n"
    before = text.rstrip() if own else re.sub(r"\s*\Z", "", text)
    return f"{before}{newline * (2 if own else 1)}{added.replace(chr(10), newline)}"
