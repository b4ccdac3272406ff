"""The `entity` commands' work: read the site, plan, write."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from site_gen.content import loader, site_paths
from site_gen.content.content_files import markdown_files
from site_gen.content.records import Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.slugs import is_slug, slugify
from site_gen.core.text import nearest_word
from site_gen.entities.curation import transaction
from site_gen.entities.curation.change_plan import decode_content, plan_changes
from site_gen.entities.curation.csv_fill import fill_entities
from site_gen.entities.curation.csv_table import parse_table
from site_gen.entities.curation.entity_edits import add_entity, move_entity, rename_entity
from site_gen.entities.curation.entity_merge import merge_entities
from site_gen.entities.curation.entity_registry import (
    EntityRegistry,
    find_entity,
    find_kind,
    in_order,
    require_entity,
)
from site_gen.entities.curation.registry_checks import check_registry
from site_gen.entities.curation.tag_prefilter import TagPrefilter
from site_gen.entities.curation.tag_usage import TagScope, read_tag_uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Entity
    from site_gen.core.urls import UrlPath
    from site_gen.entities.curation.change_plan import ChangePlan, EntityEdit
    from site_gen.entities.curation.csv_fill import RowResult
    from site_gen.entities.curation.registry_checks import RegistryFinding, TagUse

    Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]  # takes items, their number, and what they are

_NEWEST = 5  # articles that an overview has
_CHUNK = 500  # articles that are read in one go
_MIN_PARALLEL = 4000  # articles from which on other processes are worth their start


def _without_progress(items: Iterable[Any], _total: int, _unit: str) -> Iterable[Any]:
    return items


class EditOptions(Struct, frozen=True):
    """How a command goes about it."""

    writes: bool = True  # whether it may change files at all
    dry_run: bool = False  # plan, and write nothing
    progress: Progress = field(default=_without_progress)  # shows how far a command is


class EntityOverview(Struct, frozen=True):
    """What there is to know of one entity."""

    entity: Entity  # as its file says
    url: UrlPath  # of its page
    articles: int  # how many have its tag
    first: str | None  # the day of the oldest of them, YYYY-MM-DD; None where none has a day
    last: str | None  # the day of the newest
    newest: tuple[Article, ...]  # some of them, newest first


class RegistryEditor:
    """A site's entities, and the commands that change them.

    registry: the entities before the command. finished: how many files were written to finish what a command that was
    killed had begun.
    """

    def __init__(self, site: Path, options: EditOptions | None = None) -> None:
        """Read a site. Raises SiteError where its settings or entities are wrong."""
        loader.require_site(site)
        self._site, self._options = site, options or EditOptions()
        self.finished = 0 if self._options.dry_run or not self._options.writes else transaction.finish(site)
        self.registry = _read_registry(site)
        problems: list[Problem] = []
        self._files = list(markdown_files(site, site_paths.ARTICLES, problems))
        if problems:
            raise SiteError(*problems)

    def show(self, name: str) -> EntityOverview:
        """Return what there is to know of an entity.

        Raises UsageError where none goes by the name, SiteError where an article is wrong.
        """
        registry = self.registry
        entity = find_entity(registry, name)
        if entity is None:
            tag = self._tag_without_file(name)
            if tag is None:
                entity = require_entity(registry, name)  # raises, and says what is near
            else:
                hint = f"site-gen entity add {tag.kind} {tag.slug} --from-tag"
                raise UsageError(f"{tag} is a tag of articles, and has no file; {hint}")
        names = registry.names[entity.kind]
        prefilter = TagPrefilter([entity.slug, *(name for name, slug in names.items() if slug == entity.slug)])
        problems: list[Problem] = []
        articles: list[Article] = []
        for file, raw in self._articles():
            if prefilter.may_hold(raw):
                article = loader.parse_article(file, raw, registry.config, registry.names, problems)
                if article and entity.tag in article.tags:
                    articles.append(article)
        if problems:
            raise SiteError(*problems)
        days = sorted(article.published for article in articles if article.published)
        articles.sort(key=lambda article: (str(article.published or ""), article.file), reverse=True)
        first, last = (days[0].isoformat(), days[-1].isoformat()) if days else (None, None)
        return EntityOverview(entity, registry.url(entity.tag), len(articles), first, last, tuple(articles[:_NEWEST]))

    def add(
        self,
        kind: str,
        name: str,
        *,
        names: Sequence[str] = (),
        wikidata: str | None = None,
        website: str | None = None,
        from_tag: bool = False,
    ) -> ChangePlan:
        """Make a new entity; with `from_tag` for a tag that articles hold and no file stands for."""
        kind = find_kind(self.registry, kind)
        tag = None
        if from_tag:
            tag, name, spellings = self._tag_and_names(kind, name)
            names = (*names, *spellings)
        return self._carry_out(
            f"add {kind} {name}", add_entity(self.registry, kind, name, names, wikidata, website, tag)
        )

    def rename(self, old: str, new: str, slug: str | None = None) -> ChangePlan:
        """Give an entity another name, and another slug if one is given."""
        return self._carry_out(f"rename {old} {new}", rename_entity(self.registry, old, new, slug))

    def move(self, name: str, kind: str) -> ChangePlan:
        """Make an entity one of another kind."""
        return self._carry_out(f"move {name} {kind}", move_entity(self.registry, name, find_kind(self.registry, kind)))

    def merge(self, sources: Sequence[str], into: str) -> ChangePlan:
        """Make one of several entities, and tags without files."""
        target = require_entity(self.registry, into)
        tags: list[Tag] = []
        for name in sources:
            if find_entity(self.registry, name, target) is None:
                tag = self._tag_without_file(name)
                if tag is None:
                    require_entity(self.registry, name)  # raises, and says what is near
                elif tag != target.tag:
                    tags.append(tag)
        return self._carry_out(f"merge {' '.join(sources)} {into}", merge_entities(self.registry, sources, into, tags))

    def fill(self, file: Path, *, add: bool, kind: str | None = None) -> tuple[ChangePlan, list[RowResult]]:
        """Fill entities in from a table. Raises UsageError where that cannot be read.

        add: make files for entities that are missing. kind: that of rows that name none.
        """
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise UsageError(f"{file} cannot be read ({error.strerror})") from None
        rows = [replace(row, kind=row.kind or kind) for row in parse_table(str(file), raw)]
        edit, row_results = fill_entities(self.registry, str(file), rows, add=add)
        return self._carry_out(f"fill {file.name}", edit), row_results

    def check(self) -> list[RegistryFinding]:
        """Return what is wrong with the entities and the tags."""
        return check_registry(self.registry, self._tag_uses())

    def _carry_out(self, command: str, edit: EntityEdit) -> ChangePlan:
        """Plan an edit, and write it unless this is a dry run. Raises SiteError with nothing written.

        command: for the undo journal, without `entity`.
        """
        plan = plan_changes(self.registry, edit, self._articles, self._prose())
        if plan.changes and not self._options.dry_run:
            transaction.write(
                self._site,
                f"entity {command}",
                plan.changes,
                lambda changes: self._options.progress(changes, len(changes), "files"),
            )
        return plan

    def _articles(self) -> Iterator[tuple[str, bytes]]:
        """Yield every article's file with its bytes. Raises SiteError after the last, with all that cannot be read."""
        problems: list[Problem] = []
        for file in self._options.progress(self._files, len(self._files), "articles"):
            try:
                yield file, loader.read_bytes(self._site, file)
            except SiteError as error:
                problems.extend(error.problems)
        if problems:
            raise SiteError(*problems)

    def _prose(self) -> Iterator[tuple[str, bytes]]:
        """Yield the files of what the owner wrote of the site, and of its weeks and months, with their bytes."""
        problems: list[Problem] = []
        files = list(markdown_files(self._site, site_paths.ISSUE_NOTES, problems))
        if problems:
            raise SiteError(*problems)
        for file in [*files, *([site_paths.ABOUT] if (self._site / site_paths.ABOUT).is_file() else [])]:
            yield file, loader.read_bytes(self._site, file)

    def _tag_uses(self) -> Iterator[TagUse]:
        """Yield every tag of every article. Raises SiteError after the last, with all that cannot be read."""
        kinds = tuple(kind.key for kind in self.registry.config.kinds)
        scope = TagScope(self._site, kinds, self.registry.names)
        problems: list[Problem] = []
        jobs = core_count() if len(self._files) >= _MIN_PARALLEL else 1
        chunks = run_chunks(read_tag_uses, scope, chunked(self._files, _CHUNK), jobs)
        articles = (article for chunk in chunks for article in chunk)
        for article in self._options.progress(articles, len(self._files), "articles"):
            yield from article.uses
            problems.extend(article.problems)
        if problems:
            raise SiteError(*problems)

    def _tag_without_file(self, name: str) -> Tag | None:
        """Return the tag without a file that a name means: `kind/slug`, or a slug that one kind has."""
        kind, slash, slug = name.partition("/")
        slug = slugify(slug if slash else name, "")
        tags = {
            use.tag
            for use in self._tag_uses()
            if use.tag.slug == slug and use.tag not in self.registry.by_tag and (not slash or use.tag.kind == kind)
        }
        if len(tags) > 1:
            both = " and ".join(sorted(map(str, tags)))
            raise UsageError(f"{name} is a tag of several kinds; write {both}")
        return next(iter(tags), None)

    def _tag_and_names(self, kind: str, name: str) -> tuple[Tag, str, list[str]]:
        """Return a tag that articles hold, the name for its entity, and the other names that articles write it with.

        Raises UsageError where no article holds it.
        """
        tag = Tag(kind, slugify(name.removeprefix(f"{kind}/"), ""))
        texts: Counter[str] = Counter()  # how often articles write the tag so
        other_slugs: set[str] = set()
        for use in self._tag_uses():
            if use.tag == tag:
                texts[use.text] += 1
            elif use.tag.kind == kind and use.tag not in self.registry.by_tag:
                other_slugs.add(use.tag.slug)
        if not texts and tag not in self.registry.by_tag:
            near = nearest_word(tag.slug, other_slugs)
            hint = f"did you mean {near}?" if near else "leave --from-tag out to add it all the same"
            raise UsageError(f"no article is tagged {tag}; {hint}")
        names = [text for text, _ in texts.most_common() if not is_slug(text)]
        if is_slug(name):
            name = names[0] if names else tag.slug.replace("-", " ").title()
        return tag, name, [spelling for spelling in names if spelling != name]


def _read_registry(site: Path) -> EntityRegistry:
    """Return a site's entities. Raises SiteError where its settings or entities are wrong."""
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
            if entity := loader.parse_entity(file, raw, problems, config.extra_keys):
                entities.append(entity)
    if problems:
        raise SiteError(*sorted(dict.fromkeys(problems)))
    return EntityRegistry(config, in_order(config, entities), texts)
