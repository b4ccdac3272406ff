"""The tags that articles hold, read from their front matter; many files at once on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.frontmatter_edits import parse_head
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line
from site_gen.entities.curation.change_plan import decode_content
from site_gen.entities.curation.registry_checks import TagUse
from site_gen.entities.curation.tag_rewriter import read_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Tag
    from site_gen.entities.curation.tag_rewriter import TagItem


class TagScope(NamedTuple):
    """Of which site, and by which names, tags are read."""

    site: Path  # its folder
    kinds: tuple[str, ...]  # the keys of its kinds
    names: Mapping[str, Mapping[str, str]]  # by kind the slug that a name means


class ArticleTagUses(NamedTuple):
    """The tags of one article's file, or what is wrong with it."""

    uses: tuple[TagUse, ...] = ()  # each tag once
    problems: tuple[Problem, ...] = ()  # why the file cannot be read


def read_tag_uses(scope: TagScope, files: Sequence[str]) -> list[ArticleTagUses]:
    """Return the tags of these articles. Never raises for a file."""
    return [_tag_uses_of(scope, file) for file in files]


def _tag_uses_of(scope: TagScope, file: str) -> ArticleTagUses:
    try:
        head = parse_head(decode_content(file, loader.read_bytes(scope.site, file)))
        tags = read_tags(head, scope.kinds, scope.names)
    except YamlError as error:
        return ArticleTagUses((), (Problem(file, error.line + 1, error.what, error.mend),))
    except SiteError as error:
        return ArticleTagUses((), error.problems)
    first_items: dict[Tag, TagItem] = {}
    for item in (item for items in tags.kinds.values() for item in items):
        if item.tag:
            first_items.setdefault(item.tag, item)
    uses = (TagUse(tag, file, item.line, one_line(item.text)) for tag, item in first_items.items())
    return ArticleTagUses(tuple(uses))
