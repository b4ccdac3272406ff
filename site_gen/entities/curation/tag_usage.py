"""The tags that articles hold, read from their front matter; many files at once on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import frontmatter_edits, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line
from site_gen.entities.curation import retarget_tags
from site_gen.entities.curation.change_plan import decoded
from site_gen.entities.curation.gazetteer_check import Use

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Tag


class Asked(NamedTuple):
    """Whose articles: the site's folder, the kinds of its entities, and by kind the slug that a name means."""

    site: Path
    kinds: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]


class Held(NamedTuple):
    """What one article holds, each tag once, or what is wrong with its file."""

    uses: tuple[Use, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(asked: Asked, files: Sequence[str]) -> list[Held]:
    """What these articles hold. Never raises for a file."""
    return [_held(asked, file) for file in files]


def _held(asked: Asked, file: str) -> Held:
    try:
        head = frontmatter_edits.head_of(decoded(file, loader.read_bytes(asked.site, file)))
        found = retarget_tags.read(head, asked.kinds, asked.names)
    except YamlError as error:
        return Held((), (Problem(file, error.line + 1, error.what, error.mend),))
    except SiteError as error:
        return Held((), error.problems)
    first: dict[Tag, retarget_tags.Item] = {}
    for item in (item for items in found.kinds.values() for item in items):
        if item.tag:
            first.setdefault(item.tag, item)
    return Held(tuple(Use(tag, file, item.line, one_line(item.text)) for tag, item in first.items()))
