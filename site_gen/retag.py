"""The `tag` command's work: every article's tags with the entities as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import content, frontmatter
from site_gen.boundedyaml import YamlError
from site_gen.document import paragraphs, parse, parser
from site_gen.errors import Problem, SiteError
from site_gen.files import replace_file
from site_gen.tagging.matcher import Matcher
from site_gen.tagging.merge import Merged, merge
from site_gen.tagging.names import gazetteer
from site_gen.tagging.rules import tags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.model import Article, Tag


@dataclass(frozen=True, slots=True)
class Change:
    """How an article's file changes; `ignored` are the tags that a person took out since last time. All
    three are empty where only `tagged` changes: it named a tag that is ignored or no longer earned."""

    file: str
    added: tuple[Tag, ...]
    removed: tuple[Tag, ...]
    ignored: tuple[Tag, ...]
    problem: Problem | None = None


def retag(
    site: Path,
    *,
    check: bool = False,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> Iterator[Change]:
    """Tag all articles again, yielding those that change. With `check` nothing is written.

    Only the keys of the kinds, `ignore` and `tagged` are edited; every other byte of a file stays.
    Raises SiteError when content is wrong.
    """
    loaded, problems = content.load(site)
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in loaded.config.kinds}
    matcher = Matcher(gazetteer(loaded.entities, kinds))
    markdown = parser()
    for article in progress(loaded.articles):
        body = paragraphs(parse(article.body, markdown))
        merged = merge(article, tags_of(article.title, body, matcher, kinds))
        if (
            merged.tags == article.tags
            and merged.ignore == article.ignore
            and set(merged.tagged) == set(article.tagged)
        ):
            continue
        problem = None if check else _write(site, article, merged, list(kinds))
        yield Change(article.file, merged.added, merged.removed, merged.ignored, problem)


def _write(site: Path, article: Article, merged: Merged, kinds: Sequence[str]) -> Problem | None:
    changes: dict[str, object] = {}
    for kind in kinds:
        before = [tag for tag in article.tags if tag.kind == kind]
        after = [tag for tag in merged.tags if tag.kind == kind]
        if before != after:
            # What a person wrote as a name stays a name.
            changes[kind] = [article.written.get(tag, tag.slug) for tag in after] or None
    if merged.ignore != article.ignore:
        changes["ignore"] = [str(tag) for tag in merged.ignore]
    if set(merged.tagged) != set(article.tagged):
        changes["tagged"] = [str(tag) for tag in merged.tagged] or None
    path = site / article.file
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        replace_file(path, frontmatter.edit(text, changes).encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except OSError as error:
        return Problem(article.file, 0, f"cannot be written ({error.strerror})", "check its permissions")
    return None
