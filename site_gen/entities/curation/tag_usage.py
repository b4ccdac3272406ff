"""The tags that articles hold, read from their front matter; many files at once on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import frontmatter_edits, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line
from site_gen.entities.curation import tag_rewriter
from site_gen.entities.curation.change_plan import decode_content
from site_gen.entities.curation.registry_checks import TagUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Tag


class TagQuery(NamedTuple):
    """Whose articles: the site's folder, the kinds of its entities, and by kind the slug that a name means."""

    site: Path
    kinds: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]


class ArticleTagUses(NamedTuple):
    """What one article holds, each tag once, or what is wrong with its file."""

    uses: tuple[TagUse, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(asked: TagQuery, files: Sequence[str]) -> list[ArticleTagUses]:
    """What these articles hold. Never raises for a file."""
    return [_held(asked, file) for file in files]


def _held(asked: TagQuery, file: str) -> ArticleTagUses:
    try:
        head = frontmatter_edits.parse_head(decode_content(file, loader.read_bytes(asked.site, file)))
        found = tag_rewriter.read(head, asked.kinds, asked.names)
    except YamlError as error:
        return ArticleTagUses((), (Problem(file, error.line + 1, error.what, error.mend),))
    except SiteError as error:
        return ArticleTagUses((), error.problems)
    first: dict[Tag, tag_rewriter.TagItem] = {}
    for item in (item for items in found.kinds.values() for item in items):
        if item.tag:
            first.setdefault(item.tag, item)
    return ArticleTagUses(tuple(TagUse(tag, file, item.line, one_line(item.text)) for tag, item in first.items()))
