"""One builder: keeps a site's output folder what its files say, redoing only what changed. What holds the folder and
the state for it is `build`."""

from __future__ import annotations

import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from site_gen.build import output_dir, render_pages, up_to_date
from site_gen.build.build_report import Report
from site_gen.build.changed_files import Inputs
from site_gen.build.deferred_files import Later, ToCome, is_later
from site_gen.build.manifest import STANDING
from site_gen.build.stale_pages import Tracked
from site_gen.content import loader, site_paths
from site_gen.content.content_files import digest_of_bytes
from site_gen.content.records import RemovedTags
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.internal_links import Links
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.sqlite import StateError
from site_gen.core.text import nearest
from site_gen.core.urls import UrlPath, file_of, url_of
from site_gen.pages import routes, theme_assets
from site_gen.pages.renderer import Renderer
from site_gen.site.site import Site

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from site_gen.build.build_cache import State
    from site_gen.build.build_report import Options
    from site_gen.build.changed_files import Look, Progress
    from site_gen.build.output_dir import Drawn
    from site_gen.content.issue_ledger import Issued
    from site_gen.content.records import Page
    from site_gen.core.depgraph import Key
    from site_gen.pages.routes import RouteTable
    from site_gen.pages.theme_files import ThemeFiles
    from site_gen.site.article_findings import Findings

_CHUNK = 64  # pages that are drawn in one go
_WAVE = 1500  # pages after which processes begin anew: what they work out and keep adds up
_MANY = 600  # pages from which on other processes are worth their start


def without_progress(items: Iterable[Any], total: int, unit: str) -> Iterable[Any]:
    """Shows nothing."""
    del total, unit
    return items


class Builder:
    """Builds one site into one folder, again and again. Not for use by several threads at once."""

    def __init__(
        self, folder: Path, out: output_dir.Output, state: State, options: Options, progress: Progress, *, ask: bool
    ) -> None:
        """ask: first ask whether there is anything to do at all (see `standing`)."""
        self._folder, self._out, self._state, self._options = folder, out, state, options
        self._progress, self._ask = progress, ask
        self._jobs = options.jobs or core_count()
        self._issued: Mapping[str, Issued] = {}  # beside those of the file
        try:
            self._begin()
        except StateError:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Begin without what was kept, which is damaged: the state or the manifest."""
        self._state.begin_anew()
        self._out.begin_manifest_anew()
        self._begin()

    def _begin(self) -> None:
        self._inputs = Inputs(self._folder, self._state, self._jobs, self._progress)
        self._site: Site | None = None
        self._theme: ThemeFiles | None = None
        self._renderer: Renderer | None = None
        self._plan: RouteTable | None = None
        self._done: tuple[RouteTable | None, frozenset[UrlPath]] = (None, frozenset())  # as it was last written
        self._plan_reads: set[Key] = set()
        self._taken: dict[str, RemovedTags] = {}  # of files that changed since the last report
        self._tracked = Tracked(self._out.manifest.traces)
        self._later = Later(self._out)
        self._meta: dict[str, str] = {}  # what is to be kept once what comes later is made, too
        self._ended = output_dir.Written((), (), ())

    def build(self) -> Report:
        """All there is to do: the pages, and what comes after them. Raises SiteError as `refresh` does."""
        start = time.perf_counter()
        report = self.refresh()
        for _ in self.finishing():
            pass
        if self._site is None:
            return report
        later, ends = self._later.written, (self._later.ended, self._ended)
        removed = [name for ended in ends for name in ended.removed]
        written = report.written + len(later)
        return report._replace(
            written=written,
            unchanged=len(self._out.files) - written,
            removed=report.removed + len(removed),
            seconds=_since(start),
            notes=(*report.notes, *(note for ended in ends for note in ended.kept)),
            urls=(*report.urls, *later, *map(url_of, removed)),
        )

    def draw(self) -> ToCome | None:
        """Bring the pages up to date, and see that what comes after them can be made: each card's template is filled
        in, one card of each is drawn, the index is made of nothing. Gives what is to come, None where all is there.

        Raises SiteError as `build` does.
        """
        self.refresh()
        if self._site is None:
            return None
        assert self._plan is not None
        files = self._later.proven(self._studio(self._plan.deferred, self._later.damaged))
        return ToCome(files, frozenset(filter(is_later, self._out.files)))

    def refresh(self, hints: Iterable[Path] | None = None, *, stay: bool = False) -> Report:
        """Look at the site's files (all, or those that hints name) and redraw what they changed.

        stay: also load all that a later refresh needs, so that it is quick from the first on.

        Raises SiteError with every complaint, and then writes nothing; what is still to be done is done
        by the next call.
        """
        start = time.perf_counter()
        try:
            return self._refresh(start, hints, stay=stay)
        except StateError:
            self._begin_anew()
            return self._refresh(start, None, stay=stay)
        except BrokenProcessPool:
            mend = "was it out of memory? try again with --jobs 1"
            raise UsageError(f"a worker process was killed; {mend}") from None

    @property
    def mark(self) -> str | None:
        """The mark of the build that the output is of, where the last look found nothing to do; else None."""
        return self._kept_mark() if self._site is None else None

    def standing(self) -> Report | None:
        """The report of a build with nothing to do; None where there may be something to do, or to complain about."""
        return up_to_date.report(self._folder, self._out.folder, self._options)

    @property
    def is_due(self) -> bool:
        """Whether anything may have to be made after the pages."""
        return self._site is not None and self._later.is_due

    def finishing(self, *, gently: bool = False) -> Generator[None]:
        """Make what comes after the pages, a little each time that the iterator is asked. Close it and begin anew
        when it `is_due` again in between. gently: let others have the processors. Raises SiteError.
        """
        if self._site is None or not self._later.is_due:
            return
        try:
            yield from self._finish(gently=gently)
        except StateError:
            self._out.begin_manifest_anew()
            yield from self._finish(gently=gently)

    def _finish(self, *, gently: bool) -> Iterator[None]:
        assert self._plan is not None
        assert self._theme is not None
        studio = self._studio(self._plan.deferred, self._later.damaged)
        yield from self._later.make(studio, 1 if gently else self._jobs, gently=gently)
        with self._out.staging():
            names = _names(self._plan, theme_assets.published_assets(self._theme)) | self._later.planned
            self._ended = self._out.write([], names, set(), self._meta)

    def survey(self) -> tuple[Site, RouteTable]:
        """The site and its pages as they are now, nothing drawn. Raises SiteError with every complaint."""
        try:
            return self._survey()
        except StateError:
            self._begin_anew()
            return self._survey()

    def _survey(self) -> tuple[Site, RouteTable]:
        site = self._take_in(self._inputs.look(None))
        plan = self._planned(site)
        if problems := self._problems(site, plan):
            raise SiteError(*problems)
        return site, plan

    def issue(self, issued: Mapping[str, Issued]) -> None:
        """From now on take these issues as published, before it is written that they are."""
        self._issued = issued

    def drawn(self, page: Page) -> bytes:
        """The bytes of a page that is no file of the site: an issue as a mail. After `survey`."""
        assert self._renderer is not None
        return self._renderer.render(page)

    def digests(self) -> dict[str, bytes | None]:
        """The digest of each file that was written."""
        return {name: wrote.digest for name, wrote in self._out.files.items()}

    def _refresh(self, start: float, hints: Iterable[Path] | None, *, stay: bool) -> Report:
        if self._out.is_gone():  # somebody removed the folder
            self._out.open_anew()
            self._begin()
            hints = None
        if self._site is None:
            hints = None  # what they leave out is not known yet
        else:
            self._tracked.follow(self._site)
        ask, self._ask = self._ask and not stay, False
        if ask and (report := self.standing()):
            return report
        site = self._take_in(self._inputs.look(hints))
        report = self._bring_up_to_date(start, full=hints is None or self._tracked.all_doubtful)
        if stay:
            self._tracked.follow(site)
        return report

    # -- files -> site --------------------------------------------------------------------------------

    def _take_in(self, look: Look) -> Site:
        """Bring the site's cells up to date with the files."""
        inputs, site = self._inputs, self._site
        found: dict[str, Findings] = site.found if site else {one.file: one for one in inputs.kept()}
        changes = inputs.take_in(look, found)
        # Not of articles that are read again for their names' sake: there the person changed another file.
        for file in look.changed:
            if one := changes.get(file):
                self._taken[file] = RemovedTags(file, one.card.id, one.taken)
        config = inputs.config
        if self._options.base_url:
            config = replace(config, base_url=self._options.base_url)
        if not self._options.search:
            config = replace(config, search=False)
        if not self._options.cards:
            config = replace(config, cards="none")
        if site is None or site.config() != config:
            links = Links(config.base_url, self._options.offline)
            site = self._site = Site(config, links, self._state.texts)
            changes = {**found, **changes}
            self._theme, self._plan = None, None
            self._tracked.doubt_all()
            self._later.doubt()
        stale = site.put_articles(changes) | site.put_entities(inputs.entities) | site.put_about(inputs.about)
        stale |= site.put_published(inputs.ledger, inputs.anchors) | site.put_issue_notes(inputs.issue_notes.values())
        stale |= site.put_issued({**inputs.issued, **self._issued})
        if inputs.theme != self._theme:
            self._theme = inputs.theme
            self._renderer = Renderer(inputs.theme.templates, site)
            stale |= site.put_theme(theme_assets.describe_theme(inputs.theme))
        self._tracked.doubt(stale)
        if stale:
            self._later.doubt()
        if not self._plan_reads.isdisjoint(stale):
            self._plan = None
        return site

    # -- site -> output -------------------------------------------------------------------------------

    def _bring_up_to_date(self, start: float, *, full: bool) -> Report:
        """Draw and write what the site's cells changed. full: look at every file of the output."""
        site = self._site
        assert site is not None
        assert self._theme is not None
        plan = self._planned(site)
        problems = self._problems(site, plan)
        if problems and not self._options.keep_going:
            raise SiteError(*problems)
        assets = theme_assets.published_assets(self._theme)
        planned_anew = self._done[0] is not plan or self._done[1] != assets.keys()
        damaged = self._out.damaged() if full else set()
        notes = [*(_untagged(site) if full else ()), *self._unaddressed(site)]
        record = None if problems or not full else self._inputs.record(self._options, len(plan.pages), notes)
        if record and record.mark == self._kept_mark() and not self._issued:
            self._tracked.trust()  # the pages were made of these very files
        stale = self._tracked.stale(site, plan.pages, damaged, self._jobs, planned_anew=planned_anew)
        self._meta = {STANDING: record.to_json()} if record else {}
        names = None
        if full or planned_anew:
            later = {name for name in self._out.files if is_later(name)}
            names = _names(plan, assets) | later
            if later & damaged:
                self._later.doubt(later & damaged)
        meta = self._meta if self._later.is_whole else {}
        with self._out.staging():
            drawn = [*self._draw(stale, damaged), *self._copied(assets, damaged)]
            written = self._out.write(drawn, names, damaged, meta)
        self._tracked.drawn(site, drawn, written.removed)
        self._done = (plan, frozenset(assets))
        taken, self._taken = self._taken.values(), {}
        notes += written.kept
        return Report(
            pages=len(plan.pages),
            drawn=len(stale),
            written=len(written.written),
            unchanged=len(plan.pages) + len(assets) - len(written.written),
            removed=len(written.removed),
            seconds=_since(start),
            problems=tuple(problems),
            notes=tuple(notes),
            urls=(*written.written, *(url_of(name) for name in written.removed)),
            taken=tuple(taken),
        )

    def _kept_mark(self) -> str | None:
        """The mark of the build that the output is of."""
        text = self._out.manifest.get(STANDING)
        return up_to_date.Record.from_json(text).mark if text else None

    def _planned(self, site: Site) -> RouteTable:
        if self._plan is None:
            with site.tracing() as reads:
                self._plan = routes.plan_routes(site)
            self._plan_reads = set(reads)
        return self._plan

    def _problems(self, site: Site, plan: RouteTable) -> list[Problem]:
        """All that is wrong, by place."""
        found = [*self._inputs.problems, *plan.problems]
        for group in site.same_id:
            found += loader.same_id(self._folder, str(group[1]), site.files_of(group))
        if site.worded:
            ids = {one.card.id for one in site.found.values()}
            found += loader.wrong_stories(self._folder, site.worded, ids)
        found += site.wrong_notes()
        return sorted(dict.fromkeys(found))

    def _unaddressed(self, site: Site) -> Iterator[Problem]:
        """A note where the site's address is not known, and would be named."""
        if site.config().base_url == DEFAULT_BASE_URL and not self._options.offline:
            mend = "feeds and the sitemap name localhost until it is"
            yield Problem(site_paths.CONFIG, 0, "`base_url` is not set", mend)

    def _studio(self, drawn: Sequence[Page], damaged: set[str]) -> render_pages.Studio:
        assert self._site is not None
        assert self._theme is not None
        there = self._out.whole((file_of(page.url) for page in drawn), damaged)
        return render_pages.Studio(self._site, self._theme.templates, self._out.folder, drawn, there, self._renderer)

    def _draw(self, stale: list[Page], damaged: set[str]) -> list[Drawn]:
        studio = self._studio(stale, damaged)
        jobs = self._jobs if len(stale) >= _MANY else 1
        if jobs > 1 and studio.renderer:
            studio.renderer.compile(sorted({page.template for page in stale}))  # once, for all that are forked

        def drawn() -> Iterator[Drawn]:
            for wave in chunked(range(len(stale)), _WAVE):
                for done in run_chunks(render_pages.draw, studio, chunked(wave, _CHUNK), jobs):
                    yield from done

        return list(self._progress(drawn(), len(stale), "pages"))

    def _copied(self, assets: dict[UrlPath, bytes], damaged: set[str]) -> Iterator[Drawn]:
        """The assets that are not there as they should be."""
        there = self._out.whole(map(file_of, assets), damaged)
        for url, data in assets.items():
            name, digest = file_of(url), digest_of_bytes(data)
            if there.get(name) != digest:
                yield output_dir.Drawn(url, digest, output_dir.stage(self._out.folder, name, data))


def _untagged(site: Site) -> Iterator[Problem]:
    """One note for each tag that has no entity file, at the first article that uses it."""
    tags = site.tags()
    for tag in tags:
        if site.entity(tag).file is None:
            near = nearest(tag.slug, (t.slug for t in tags if t.kind == tag.kind and site.entity(t).file))
            mend = f"did you mean {near}?" if near else f"its page goes by the tag; add content/{tag}.md to say more"
            yield Problem(site.files_of(("tagged", tag))[0], 0, f"the tag {tag} has no file", mend)


def _names(plan: RouteTable, assets: Iterable[UrlPath]) -> set[str]:
    """The files of pages and assets."""
    return {file_of(page.url) for page in plan.pages} | {file_of(url) for url in assets}


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 3)
