"""The builder of one site: keeps its output folder what its files say, and redoes only what changed.

`build_session.open_builder` gives one, and holds the output folder and the cache for it.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from site_gen.build import output_dir, render_pages, up_to_date
from site_gen.build.build_report import Report
from site_gen.build.changed_files import SourceFiles
from site_gen.build.compiled_templates import open_compiled_templates
from site_gen.build.deferred_files import DeferredFileBuilder, DeferredFiles, is_deferred
from site_gen.build.graph_store import GraphChanges, Trace
from site_gen.build.manifest import BUILD_RECORD
from site_gen.build.page_plan import PagePlan
from site_gen.build.stale_pages import PageTracker, StalePages
from site_gen.content import ledger_files, loader, site_day, site_paths
from site_gen.content.content_files import digest_of_bytes
from site_gen.content.records import PublishSettings, RemovedTags
from site_gen.content.schema import DEFAULT_BASE_URL, name_keys
from site_gen.core.digests import differing_keys, digest_of
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.internal_links import Links
from site_gen.core.json_text import compact_json
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.program_version import program_digest
from site_gen.core.slugs import spell_signs
from site_gen.core.sqlite import StateError
from site_gen.core.text import name_key, nearest_word, word_key
from site_gen.core.urls import UrlPath, file_of_url
from site_gen.entities.matching.gazetteer import entity_names
from site_gen.entities.matching.normalization import name_pattern
from site_gen.pages import routes, theme_assets
from site_gen.pages.language import language_of, languages, load_language
from site_gen.pages.renderer import Renderer
from site_gen.pages.routes import RouteTable
from site_gen.pages.theme_assets import is_asset
from site_gen.site import articles, directory, issues
from site_gen.site.database import SiteDatabase
from site_gen.site.indexed_article import TOO_MUCH_MARKUP

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from site_gen.build.build_cache import BuildCache
    from site_gen.build.build_report import BuildOptions
    from site_gen.build.changed_files import FileChanges, Progress
    from site_gen.build.output_dir import RenderedFile
    from site_gen.build.up_to_date import FirstLook
    from site_gen.content.content_files import Stamp
    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.records import Entity, Kind, Page, SiteConfig
    from site_gen.pages.theme_files import ThemeFiles
    from site_gen.site.indexed_article import IndexedArticle

Result = TypeVar("Result")

_SETTINGS = "settings"  # key of the manifest's digest of the settings that the kept graph was made with
_CHUNK = 64  # pages that one process renders in one go
_WAVE = 1500  # pages after which processes begin anew: what they work out and keep adds up
_PARALLEL_FROM = 600  # pages from which on other processes are worth their start


def without_progress(items: Iterable[Any], total: int, unit: str) -> Iterable[Any]:
    """Return the items as they are: a Progress that shows nothing."""
    del total, unit
    return items


class IncrementalBuilder:
    """Builds one site into one folder, again and again. Not for use by several threads at once."""

    def __init__(
        self,
        folder: Path,
        out: output_dir.OutputFolder,
        cache: BuildCache,
        options: BuildOptions,
        progress: Progress,
        seen: FirstLook | None = None,
    ) -> None:
        """Load no more than what the cache holds of files.

        seen: what was seen of the site before the output was locked; the first `build` looks where it is no more right.
        """
        self._folder, self._out, self._cache, self._options = folder, out, cache, options
        self._progress, self._seen, self._is_first = progress, seen, True
        self._jobs = options.jobs or core_count()
        self._added_issues: Mapping[str, PublishedIssue] = {}  # see `treat_as_published`
        try:
            self._begin()
        except StateError:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Begin without cache and manifest, one of which is damaged."""
        self._cache.reset()
        self._out.rebuild_manifest()
        self._begin()

    def _begin(self) -> None:
        self._sources = SourceFiles(
            self._folder, self._cache, self._jobs, self._progress, has_own_theme=not self._options.untrusted
        )
        self._site: SiteDatabase | None = None
        self._theme: ThemeFiles | None = None
        self._renderer: Renderer | None = None
        self._plan: PagePlan | None = None
        self._results: dict[str, Trace] = {}  # results that are no files, by name: those that are not kept yet
        self._removed_tags: dict[str, RemovedTags] = {}  # by file, of articles that changed since the last report
        self._untagged: tuple[Problem, ...] = ()  # as `Report.untagged`, since the last report
        self._graph = self._out.graph
        self._tracker = PageTracker(self._graph)
        self._written_assets: set[str] | None = None  # names of those last written; None: to be looked up
        self._is_graph_kept = False  # whether what is kept of the graph is that of this site
        self._deferred = DeferredFileBuilder(self._out)
        self._record_meta: dict[str, str] = {}  # the build record, stored once the deferred files are made, too
        self._cleanup = Report()  # what the end of the deferred files removed

    def build(self) -> Report:
        """Make the pages, and the files that come after them. Raises SiteError as `refresh` does."""
        start = time.perf_counter()
        report = self.refresh()
        for _ in self.build_deferred():
            pass
        if self._site is None:
            return report
        report = report.followed_by(self._deferred.report).followed_by(self._cleanup)
        return report._replace(unchanged=len(self._out.files) - report.written, seconds=_seconds_since(start))

    def build_pages(self) -> DeferredFiles | None:
        """Bring the pages up to date, and check that the files after them can be made (`check_renderable`).

        Returns the names of these files; None where they are up to date. Raises SiteError as `build` does.
        """
        self.refresh()
        if self._site is None:
            return None
        assert self._plan is not None
        files = self._deferred.check_renderable(self._render_job(self._plan.deferred(), self._deferred.damaged))
        return DeferredFiles(files, frozenset(filter(is_deferred, self._out.files)))

    def refresh(self, hints: Iterable[Path] | None = None) -> Report:
        """Find the site's files that changed, and render the pages that they change.

        hints: paths that may have changed, where nothing else did; None: look at all files.

        Raises SiteError with every complaint, and then writes nothing; what is still to be done is done
        by the next call.
        """
        start = time.perf_counter()
        try:
            return self._refresh(start, hints)
        except StateError:
            self._begin_anew()
            return self._refresh(start, None)
        except BrokenProcessPool:
            mend = "it may have run out of memory: try again with --jobs 1"
            raise UsageError(f"a worker process was killed; {mend}") from None

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the build that made the output, where `refresh` had nothing to do; else None."""
        return self._stored_fingerprint() if self._site is None else None

    def report_if_up_to_date(self) -> Report | None:
        """Return the report of a build with nothing to do; None where there may be something to do or to complain."""
        seen = up_to_date.look(self._folder, self._out.folder, self._options)
        self._seen = seen if seen and not seen.report else None
        return seen.report if seen else None

    @property
    def has_deferred_work(self) -> bool:
        """Whether anything may have to be made after the pages."""
        return self._site is not None and self._deferred.is_due

    def build_deferred(self, *, low_priority: bool = False) -> Generator[None]:
        """Make the files that come after the pages, a little each time that the iterator is asked.

        Close the iterator and begin anew when `has_deferred_work` becomes true in between. low_priority: let others
        have the processors. Raises SiteError.
        """
        if self._site is None or not self._deferred.is_due:
            return
        try:
            yield from self._build_deferred(low_priority=low_priority)
        except StateError:  # what is in memory reads the manifest that is no more
            self._begin_anew()
            self._refresh(time.perf_counter(), None)
            yield from self._build_deferred(low_priority=low_priority)

    def _build_deferred(self, *, low_priority: bool) -> Iterator[None]:
        assert self._plan is not None
        job = self._render_job(self._plan.deferred(), self._deferred.damaged)
        jobs = 1 if low_priority else self._jobs
        yield from self._deferred.update(job, jobs, self._take_graph, low_priority=low_priority)
        with self._out.staging():
            names = {name for name in self._out.files if not is_deferred(name)} | self._deferred.planned
            self._cleanup = self._out.write([], names, set(), self._record_meta, self._take_graph)

    def load(self) -> tuple[SiteDatabase, RouteTable]:
        """Load the site and the table of its pages as they are now; render nothing.

        Raises SiteError with every complaint.
        """
        return self.use_loaded(lambda site, route_table: (site, route_table))

    def use_loaded(self, use: Callable[[SiteDatabase, RouteTable], Result]) -> Result:
        """Load the site and the table of its pages, and return what `use` makes of them.

        Where `use` meets a text that is damaged in the cache, it is called again once all is read anew. Raises
        SiteError with every complaint.
        """
        try:
            return use(*self._load())
        except StateError:
            self._begin_anew()
            return use(*self._load())

    def _load(self) -> tuple[SiteDatabase, RouteTable]:
        site = self._update_site(self._sources.find_changes(None))
        plan = self._plan_pages(site)
        if problems := self._problems(site):
            raise SiteError(*problems)
        pages = sorted(plan.all_pages().values(), key=lambda page: page.url)
        return site, RouteTable(tuple(pages), (), plan.deferred())

    def treat_as_published(self, issues: Mapping[str, PublishedIssue]) -> None:
        """From now on take these issues as published, beside those of content/issues.txt. issues: by key."""
        self._added_issues = issues

    def render(self, page: Page) -> bytes:
        """Render a page that is no file of the site, as is an issue made into a mail. Only after `load`."""
        assert self._renderer is not None
        return self._renderer.render(page)

    def digests(self) -> dict[str, bytes | None]:
        """Return by name the digest of each file of the output that a build wrote."""
        return {name: file.digest for name, file in self._out.files.items()}

    def _refresh(self, start: float, hints: Iterable[Path] | None) -> Report:
        if self._out.is_gone():  # somebody removed the folder
            self._out.reopen()
            self._begin()
            hints = None
        if self._site is None:
            hints = None  # nothing is known yet of what they leave out
        is_first, self._is_first = self._is_first, False
        # Of two builds, the one that saw the older content must not write last.
        is_seen = self._seen and self._seen.record == self._out.manifest.get(BUILD_RECORD)
        if is_first and not is_seen and (report := self.report_if_up_to_date()):
            return report
        seen, self._seen = self._seen, None
        self._update_site(self._sources.find_changes(hints, seen))
        return self._update_output(start, full=hints is None, output_stamps=seen.output_stamps if seen else None)

    # -- files -> site --------------------------------------------------------------------------------

    def _update_site(self, files: FileChanges) -> SiteDatabase:
        """Bring the site's cells up to date with the files, loading the site at first."""
        sources, site = self._sources, self._site
        changes = sources.update(files)
        # Not of articles that are read again for their names' sake: there the person changed another file.
        for file in files.changed:
            if article := changes.get(file):
                self._removed_tags[file] = RemovedTags(file, article.card.id, article.removed_tags)
        reread = [article for file, article in changes.items() if article and file not in files.changed]
        changed_entities = [entity for entity in sources.entities if entity.file in files.changed] if reread else []
        kinds = {kind.key: kind for kind in sources.config.kinds}
        self._untagged += tuple(_find_untagged(changed_entities, reread, kinds))
        config = replace(sources.config, publish=PublishSettings())  # a change of these draws nothing
        if self._options.base_url:
            config = replace(config, base_url=self._options.base_url)
        if not self._options.search:
            config = replace(config, search=False)
        if self._options.search_part_size:
            config = replace(config, search_part_size=self._options.search_part_size)
        if not self._options.cards:
            config = replace(config, cards="none")
        if site is None or site.config != config:
            site, changes = self._open_site(config)
        is_loaded = self._site is site
        self._site = site
        single_files = sources.single_files
        with site.changing() as stale:
            site.put_articles(changes)
            site.put_entities(sources.entities)
            site.put_about(single_files[site_paths.ABOUT])
            site.put_ledgers(single_files[site_paths.PERMALINK_LEDGER], single_files[site_paths.PARAGRAPH_LEDGER])
            site.put_issue_notes(sources.issue_notes.values())
            site.put_published_issues({**single_files[site_paths.ISSUE_LEDGER], **self._added_issues})
            if not is_loaded or sources.theme != self._theme:
                self._theme = sources.theme
                self._renderer = Renderer(sources.theme.templates, site, open_compiled_templates(site))
                site.put_theme(theme_assets.describe_theme(sources.theme))
        self._tracker.mark_suspect(stale)
        if stale or not is_loaded:
            self._deferred.mark_stale()
        return site

    def _open_site(self, config: SiteConfig) -> tuple[SiteDatabase, dict[str, IndexedArticle | None]]:
        """Return the site as it was kept with these settings, else an empty one, and the articles to be put into it."""
        config = load_language(config.language).name_kinds(config)
        links = Links(config.base_url, self._options.offline)
        self._settings = digest_of((program_digest(), repr(config), links.base_url, links.offline)).hex()
        self._plan, self._results, self._tracker = None, {}, PageTracker(self._graph)
        self._is_graph_kept = self._out.manifest.get(_SETTINGS) == self._settings and not self._graph.is_empty()
        if not self._is_graph_kept:
            return SiteDatabase(config, links, self._cache.loader), dict(self._sources.cached_articles())
        now, then = self._sources.article_checksums(), self._graph.checksums()
        changes = {
            file: self._cache.loader.article(file) if file in now else None for file in differing_keys(now, then)
        }
        site = SiteDatabase(config, links, self._cache.loader, self._graph)
        return site, changes

    # -- site -> output -------------------------------------------------------------------------------

    def _update_output(self, start: float, *, full: bool, output_stamps: Mapping[str, Stamp] | None) -> Report:
        """Render and write the pages whose cells changed.

        full: look at every file of the output. output_stamps: see `FirstLook`.
        """
        site = self._site
        assert site is not None
        assert self._theme is not None
        plan = self._plan_pages(site)
        problems = self._problems(site)
        if problems and not self._options.keep_going:
            raise SiteError(*problems)
        assets = theme_assets.published_assets(self._theme)
        if self._written_assets is None:
            self._written_assets = set(filter(is_asset, self._out.files))
        asset_names = set(map(file_of_url, assets))
        planned_anew = not plan.is_kept or asset_names != self._written_assets
        damaged = self._out.find_damaged(output_stamps) if full else set()
        notes = [*self._notes_on_base_url(site), *_notes_on_language(site)]
        if full:
            today = site_day.today(self._folder)
            notes = [*_notes_on_days_ahead(site, self._folder, today), *notes]
            notes = [*self._result(site, ".notes", lambda: _notes_on_tags_and_texts(site)), *notes]
        record = None
        if full and not problems:
            record = self._sources.build_record(self._options, len(plan), notes)
        if self._is_graph_kept:
            stale = self._tracker.find_stale(site, plan, damaged)
        else:
            stale = StalePages([*plan.all_pages().values()])
        self._record_meta = {BUILD_RECORD: record.to_json()} if record else {}
        names = None
        if planned_anew:
            names = {*plan.all_pages(), *asset_names, *filter(is_deferred, self._out.files)}
        if damaged_deferred := set(filter(is_deferred, damaged)):
            self._deferred.mark_stale(damaged_deferred)
        meta = self._record_meta if self._deferred.is_complete else {}
        with self._out.staging():
            rendered = [*self._render(stale, damaged), *self._stage_assets(assets, damaged)]
            meta = {**meta, _SETTINGS: self._settings}
            report = self._out.write(rendered, names, damaged, meta, self._take_graph, self._results)
        site.keep_site_in(self._graph)
        self._is_graph_kept, self._results, self._plan = True, {}, PagePlan(None, self._graph)
        self._written_assets = asset_names
        self._tracker.forget_suspects()
        removed_tags, self._removed_tags = self._removed_tags.values(), {}
        untagged, self._untagged = self._untagged, ()
        return report._replace(
            pages=len(plan),
            drawn=len(stale.pages),
            unchanged=len(plan) + len(assets) - report.written,
            seconds=_seconds_since(start),
            problems=tuple(problems),
            notes=(*notes, *report.notes),
            removed_tags=tuple(removed_tags),
            untagged=untagged,
        )

    def _stored_fingerprint(self) -> str | None:
        """Return the fingerprint of the build that made the output; None where it did not come to its end."""
        text = self._out.manifest.get(BUILD_RECORD)
        return up_to_date.BuildRecord.from_json(text).fingerprint if text else None

    def _take_graph(self) -> GraphChanges:
        """Return what is to be kept of the graph, now that the files that were made of it are in place."""
        assert self._site is not None
        plan = self._plan.packed() if self._plan and not self._plan.is_kept else None
        return GraphChanges(self._site.take_site_changes(), plan, not self._is_graph_kept)

    def _result(self, site: SiteDatabase, name: str, make: Callable[[], Iterable[Problem]]) -> list[Problem]:
        """Return what `make` gives of the site's cells, made anew where one that it read has changed."""
        trace = self._results.get(name)
        if trace is None and self._is_graph_kept:
            trace = self._graph.traces([name]).get(name)
        may_differ = name in self._results or self._tracker.is_suspect(name)
        if trace is None or (may_differ and site.digest_all(trace.reads) != trace.values_digest):
            site.look_up(trace.reads if trace else ())  # which it will hardly do without
            with site.tracing() as reads:
                problems = list(make())
            trace = Trace(b"", tuple(reads), site.digest_all(reads) or b"", compact_json(problems))
            self._results[name] = trace
        return [Problem(*problem) for problem in json.loads(trace.result)]

    def _plan_pages(self, site: SiteDatabase) -> PagePlan:
        """Return the plan of the site's pages, made anew where cells changed that it reads."""
        route_tables: list[RouteTable] = []

        def plan_routes() -> tuple[Problem, ...]:
            route_tables.append(routes.plan_routes(site))
            return route_tables[0].problems

        self._plan_problems = self._result(site, ".plan", plan_routes)
        if route_tables:
            self._plan = PagePlan(route_tables[0], self._graph)
        elif self._plan is None:
            self._plan = PagePlan(None, self._graph)
        return self._plan

    def _problems(self, site: SiteDatabase) -> list[Problem]:
        """Return all that is wrong, by place. Only after `_plan_pages`."""
        groups = site.article_groups
        problems = [*self._sources.problems, *self._plan_problems]
        problems += ledger_files.missing_ledger_problems(self._folder)
        for group in groups.duplicate_ids:
            problems += loader.same_id_problems(self._folder, str(group[1]), sorted(groups.group(group)))
        if overrides := groups.group(("overrides",)):
            ids = {identity for _, identity in groups.group(("articles",)).values()}
            problems += loader.story_problems(self._folder, overrides, ids)
        problems += self._result(site, ".issue notes", partial(issues.find_note_problems, site))
        return sorted(dict.fromkeys(problems))

    def _notes_on_base_url(self, site: SiteDatabase) -> Iterator[Problem]:
        """Yield a note where the site's address is not known, and pages would name it."""
        if site.config.base_url == DEFAULT_BASE_URL and not self._options.offline:
            mend = "until it is, feeds and the sitemap use localhost"
            yield Problem(site_paths.CONFIG, 0, "`base_url` is not set", mend)

    def _render_job(self, pages: Sequence[Page], damaged: set[str]) -> render_pages.RenderJob:
        site, theme, out = self._site, self._theme, self._out
        assert site is not None
        assert theme is not None
        intact_digests = out.intact_digests((file_of_url(page.url) for page in pages), damaged)
        return render_pages.RenderJob(site, theme.templates, out.folder, pages, intact_digests, self._renderer)

    def _render(self, stale: StalePages, damaged: set[str]) -> list[RenderedFile]:
        """Render and stage these pages."""
        pages, readdressed, moved_assets = stale
        job = self._render_job(pages, damaged)
        job.readdressed, job.moved_assets = readdressed, moved_assets
        jobs = self._jobs if len(pages) >= _PARALLEL_FROM else 1
        if jobs > 1 and job.renderer:
            job.renderer.compile(sorted({page.template for page in pages}))  # once, for all that are forked

        def rendered_files() -> Iterator[RenderedFile]:
            for wave in chunked(range(len(pages)), _WAVE):
                job.site.begin_report()
                for part in run_chunks(render_pages.render_and_stage, job, chunked(wave, _CHUNK), jobs):
                    job.site.adopt(part.cells)
                    yield from part.files

        return list(self._progress(rendered_files(), len(pages), "pages"))

    def _stage_assets(self, assets: dict[UrlPath, bytes], damaged: set[str]) -> Iterator[RenderedFile]:
        """Stage the assets that do not stand in the output folder as they should."""
        intact_digests = self._out.intact_digests(map(file_of_url, assets), damaged)
        for url, data in assets.items():
            name, digest = file_of_url(url), digest_of_bytes(data)
            if intact_digests.get(name) != digest:
                yield output_dir.RenderedFile(url, digest, output_dir.stage_file(self._out.folder, name, data))


def _notes_on_language(site: SiteDatabase) -> Iterator[Problem]:
    """Yield a note where pages are not in the language of the site."""
    tag = site.config.language
    if language_of(site).tag != tag:
        what = f"there is no translation of pages for `language: {tag}`, so that they are in English"
        yield Problem(
            site_paths.CONFIG, 0, what, f"there are {', '.join(languages())}; docs/theming.md says how to add one"
        )


def _notes_on_tags_and_texts(site: SiteDatabase) -> Iterator[Problem]:
    """Yield the notes that follow from the site's cells alone."""
    yield from _notes_on_tags_without_file(site)
    yield from _notes_on_names_with_signs(site)
    yield from _notes_on_plain_texts(site)


def _notes_on_tags_without_file(site: SiteDatabase) -> Iterator[Problem]:
    """Yield a note for each tag that has no entity file, at the first article that uses it."""
    tags = directory.tags(site)
    for tag in tags:
        if directory.entity(site, tag).file is None:
            near = nearest_word(
                tag.slug, (t.slug for t in tags if t.kind == tag.kind and directory.entity(site, t).file)
            )
            mend = (
                f"did you mean {near}?"
                if near
                else f"its page is named after the tag; add content/{tag}.md to say more"
            )
            yield Problem(directory.first_file(site, tag), 0, f"the tag {tag} has no file", mend)


def _notes_on_plain_texts(site: SiteDatabase) -> Iterator[Problem]:
    """Yield a note for each article whose text is shown as plain text."""
    for file in articles.plain_texts(site):
        yield Problem(file, 0, f"has {TOO_MUCH_MARKUP}; it is shown as plain text", "remove what is not text")


def _find_untagged(
    entities: Iterable[Entity], articles: Iterable[IndexedArticle], kinds: Mapping[str, Kind]
) -> Iterator[Problem]:
    """Yield a note for each entity of which names stand in articles that have not its tag."""
    for entity in entities:
        patterns = {name_pattern(name.text) for name in entity_names(entity, kinds[entity.kind]) if name.tag}
        count = sum(
            entity.tag not in article.card.tags and not patterns.isdisjoint(article.matched_patterns)
            for article in articles
        )
        if count and entity.file:
            stand = "article without its tag has" if count == 1 else "articles without its tag have"
            what = f"{count} {stand} one of its names; articles keep the tags that they have"
            yield Problem(entity.file, 0, what, "to update them: site-gen tag")


def _notes_on_days_ahead(site: SiteDatabase, folder: Path, today: dt.date) -> Iterator[Problem]:
    """Yield a note for each article of a day that is still to come; tomorrow has begun in some time zones."""
    for file, date in articles.later_than(site, today + dt.timedelta(days=1)):
        line = loader.line_of_key(folder, file, "published")
        what = f"`published: {date}` is after today, {today}, and stands first in all lists until then"
        yield Problem(file, line, what, "correct it, or remove it until it is known")


def _notes_on_names_with_signs(site: SiteDatabase) -> Iterator[Problem]:
    """Yield a note for each name that counts for another, from which a sign tells it: `C++` for `C`."""
    for tag in directory.tags(site):
        texts_by_file = directory.written_names(site, tag)
        files_by_name = {name_key(texts_by_file[file]): file for file in sorted(texts_by_file, reverse=True)}
        entity = directory.entity(site, tag)
        own_keys = name_keys(entity) if entity.file else {name_key(entity.name)}
        for key in sorted(files_by_name.keys() - own_keys):
            name = texts_by_file[files_by_name[key]]
            if word_key(name) == word_key(entity.name) and (key != word_key(name) or not entity.file):
                mend = f"to keep them apart, add content/{tag.kind}/{spell_signs(name)}.md with `name: {name}`"
                yield Problem(files_by_name[key], 0, f"the tag {name} counts for {entity.name} ({tag})", mend)


def _seconds_since(start: float) -> float:
    return round(time.perf_counter() - start, 3)
