"""The `entity` commands' work: read the site, plan, see what git keeps, write."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from site_gen.content import loader, site_paths
from site_gen.content.content_files import markdown_files
from site_gen.content.records import Tag
from site_gen.core.atomic_files import remove_unfinished_files
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.text import nearest_word
from site_gen.core.urls import is_slug, slugify
from site_gen.entities.curation import (
    csv_fill,
    csv_table,
    entity_edits,
    entity_merge,
    git_undo,
    registry_checks,
    tag_usage,
    transaction,
)
from site_gen.entities.curation.change_plan import decode_content, plan_changes
from site_gen.entities.curation.entity_registry import EntityRegistry, find_entity, in_order, kind_named, require_entity
from site_gen.entities.curation.tag_prefilter import TagPrefilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Entity
    from site_gen.core.urls import UrlPath
    from site_gen.entities.curation.change_plan import ChangePlan, EntityEdit

    Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]

NEWEST = 5  # titles that `show` names
_CHUNK = 500  # articles that are read in one go
_MANY = 4000  # articles from which on other processes are worth their start


def _quiet(items: Iterable[Any], _total: int, _unit: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True)
class EditOptions:
    """How a command goes about it. `writes`: it may change files at all. `force`: also where git could not
    bring back what is overwritten."""

    writes: bool = True
    dry_run: bool = False
    force: bool = False
    progress: Progress = field(default=_quiet)


@dataclass(frozen=True, slots=True)
class EditResult:
    """What a command did, or would do. `undo` is the git command that undoes it, if there is one;
    `uncommitted` are files that it changes and whose present state git does not have."""

    plan: ChangePlan
    undo: str | None = None
    uncommitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityOverview:
    """What there is to know of one entity. `newest` are the files and articles, newest first."""

    entity: Entity
    url: UrlPath
    articles: int
    first: str | None
    last: str | None
    newest: tuple[Article, ...]


class RegistryEditor:
    """A site that is open for upkeep. Raises SiteError where its settings or entities are wrong.

    `finished`: how many files were written to finish what a command that was killed had begun.
    """

    def __init__(self, site: Path, options: EditOptions | None = None) -> None:
        loader.require_site(site)
        self._site, self._options = site, options or EditOptions()
        self.finished = 0 if self._options.dry_run or not self._options.writes else transaction.finish(site)
        self.registry = _gazette(site)
        problems: list[Problem] = []
        self._files = list(markdown_files(site, site_paths.ARTICLES, problems))
        if problems:
            raise SiteError(*problems)

    def show(self, name: str) -> EntityOverview:
        """One entity. Raises UsageError where none goes by the name, SiteError where an article is wrong."""
        registry = self.registry
        entity = find_entity(registry, name)
        if entity is None:
            tag = self._bare(name)
            if tag is None:
                entity = require_entity(registry, name)  # raises, and says what is near
            else:
                hint = f"site-gen entity add {tag.kind} {tag.slug} --from-tag"
                raise UsageError(f"{tag} is a tag of articles, and has no file; {hint}")
        needles = TagPrefilter(
            [entity.slug, *(name for name, slug in registry.names[entity.kind].items() if slug == entity.slug)]
        )
        problems: list[Problem] = []
        found: list[Article] = []
        for file, raw in self._articles():
            if needles.may_hold(raw):
                article = loader.parse_article(file, raw, registry.config, registry.names, problems)
                if article and entity.tag in article.tags:
                    found.append(article)
        if problems:
            raise SiteError(*problems)
        days = sorted(article.date for article in found if article.date)
        newest = sorted(found, key=lambda article: (str(article.date or article.year), article.file), reverse=True)
        first, last = (days[0].isoformat(), days[-1].isoformat()) if days else (None, None)
        return EntityOverview(entity, registry.url(entity.tag), len(found), first, last, tuple(newest[:NEWEST]))

    def add(
        self,
        kind: str,
        name: str,
        *,
        names: Sequence[str] = (),
        wikidata: str | None = None,
        website: str | None = None,
        from_tag: bool = False,
    ) -> EditResult:
        """A new entity; with `from_tag` for a tag that articles hold and no file stands for."""
        kind = kind_named(self.registry, kind)
        tag = None
        if from_tag:
            tag, name, written = self._from_tag(kind, name)
            names = (*names, *written)
        return self._carry_out(entity_edits.add(self.registry, kind, name, names, wikidata, website, tag))

    def rename(self, old: str, new: str, slug: str | None = None) -> EditResult:
        """Another name for an entity, and another slug if one is given."""
        return self._carry_out(entity_edits.rename(self.registry, old, new, slug))

    def move(self, name: str, kind: str) -> EditResult:
        """An entity as one of another kind."""
        return self._carry_out(entity_edits.move(self.registry, name, kind_named(self.registry, kind)))

    def merge(self, sources: Sequence[str], into: str) -> EditResult:
        """Several entities, and tags without files, as one."""
        target = require_entity(self.registry, into)
        bare: list[Tag] = []
        for name in sources:
            if find_entity(self.registry, name, target) is None:
                tag = self._bare(name)
                if tag is None:
                    require_entity(self.registry, name)  # raises, and says what is near
                elif tag != target.tag:
                    bare.append(tag)
        return self._carry_out(entity_merge.merge(self.registry, sources, into, bare))

    def fill(self, file: Path, *, add: bool) -> tuple[EditResult, list[csv_fill.RowResult]]:
        """Entities filled in from a CSV file. Raises UsageError where that cannot be read."""
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise UsageError(f"{file} cannot be read ({error.strerror})") from None
        rows = csv_table.rows(str(file), raw)
        draft, filled = csv_fill.fill(self.registry, str(file), rows, add=add)
        return self._carry_out(draft), filled

    def check(self) -> list[registry_checks.Finding]:
        """What is wrong with the entities and the tags."""
        return registry_checks.findings(self.registry, self._uses())

    def _carry_out(self, draft: EntityEdit) -> EditResult:
        planned = plan_changes(self.registry, draft, self._articles, self._prose())
        files = [change.file for change in planned.changes]
        if not files:
            return EditResult(planned)
        kept = git_undo.git_status(self._site)
        blocking = kept.blocking(change.file for change in planned.changes if change.before is not None)
        if blocking and not self._options.force and not self._options.dry_run:
            mend = "commit it first, or write --force: git could not bring it back"
            raise SiteError(*(Problem(file, 0, "has changes that are not committed", mend) for file in blocking))
        undo, listed = git_undo.undo_command(self._site, files, kept)
        if not self._options.dry_run:
            remove_unfinished_files(self._site / "content")
            transaction.write(
                self._site, planned.changes, lambda changes: self._options.progress(changes, len(changes), "files")
            )
            if listed and kept.kept:
                transaction.note(self._site, git_undo.LIST, listed)
        return EditResult(planned, undo if kept.kept and not blocking else None, tuple(blocking))

    def _articles(self) -> Iterator[tuple[str, bytes]]:
        """Every article's file with its bytes. Raises SiteError after the last, with all that cannot be read."""
        problems: list[Problem] = []
        for file in self._options.progress(self._files, len(self._files), "articles"):
            try:
                yield file, loader.read_bytes(self._site, file)
            except SiteError as error:
                problems.extend(error.problems)
        if problems:
            raise SiteError(*problems)

    def _prose(self) -> Iterator[tuple[str, bytes]]:
        """The files of what the owner wrote of the site, and of its weeks and months."""
        problems: list[Problem] = []
        files = list(markdown_files(self._site, site_paths.ISSUES, problems))
        if problems:
            raise SiteError(*problems)
        for file in [*files, *([site_paths.ABOUT] if (self._site / site_paths.ABOUT).is_file() else [])]:
            yield file, loader.read_bytes(self._site, file)

    def _uses(self) -> Iterator[registry_checks.TagUse]:
        """Every tag of every article."""
        asked = tag_usage.TagQuery(
            self._site, tuple(kind.key for kind in self.registry.config.kinds), self.registry.names
        )
        problems: list[Problem] = []
        parts = run_chunks(
            tag_usage.read, asked, chunked(self._files, _CHUNK), core_count() if len(self._files) >= _MANY else 1
        )
        articles = (held for part in parts for held in part)
        for held in self._options.progress(articles, len(self._files), "articles"):
            yield from held.uses
            problems.extend(held.problems)
        if problems:
            raise SiteError(*problems)

    def _bare(self, name: str) -> Tag | None:
        """The tag without a file that a name means: `kind/slug`, or a slug that one kind has."""
        kind, slash, slug = name.partition("/")
        slug = slugify(slug if slash else name, "")
        found = {
            use.tag
            for use in self._uses()
            if use.tag.slug == slug and use.tag not in self.registry.by_tag and (not slash or use.tag.kind == kind)
        }
        if len(found) > 1:
            both = " and ".join(sorted(map(str, found)))
            raise UsageError(f"{name} is a tag of several kinds; write {both}")
        return next(iter(found), None)

    def _from_tag(self, kind: str, name: str) -> tuple[Tag, str, list[str]]:
        """A tag that articles hold, the name for its entity, and the other ways that they write it."""
        tag = Tag(kind, slugify(name.removeprefix(f"{kind}/"), ""))
        written: Counter[str] = Counter()
        others: set[str] = set()
        for use in self._uses():
            if use.tag == tag:
                written[use.text] += 1
            elif use.tag.kind == kind and use.tag not in self.registry.by_tag:
                others.add(use.tag.slug)
        if not written and tag not in self.registry.by_tag:
            near = nearest_word(tag.slug, others)
            hint = f"did you mean {near}?" if near else "leave --from-tag out to add it all the same"
            raise UsageError(f"no article is tagged {tag}; {hint}")
        names = [text for text, _ in written.most_common() if not is_slug(text)]
        if is_slug(name):
            name = names[0] if names else tag.slug.replace("-", " ").title()
        return tag, name, [one for one in names if one != name]


def _gazette(site: Path) -> EntityRegistry:
    problems: list[Problem] = []
    config = loader.load_config(site, problems)
    entities: list[Entity] = []
    texts: dict[str, str] = {}
    for kind in config.kinds:
        for file in markdown_files(site, f"content/{kind.key}", problems):
            try:
                raw = loader.read_bytes(site, file)
                texts[file] = decode_content(file, raw)
            except SiteError as error:
                problems.extend(error.problems)
                continue
            if entity := loader.parse_entity(file, raw, problems):
                entities.append(entity)
    if problems:
        raise SiteError(*sorted(dict.fromkeys(problems)))
    return EntityRegistry(config, in_order(config, entities), texts)
