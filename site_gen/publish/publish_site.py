"""The work of the command `publish`: check the site, push it to the branch that its host shows, record it.

The built site alone goes there: of what it is made of nothing does, in no commit.

The site is built into a folder of its own, from nothing that an earlier build drew: `output/` may have been built to be
read from disk, or hold files that a person put there, and neither must go public by accident.

The ledgers are written once the push has succeeded, of what was built for that very push: an address that never was
public is never in them. Should they not be writable then, the next publication writes them.
"""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from site_gen.build import build_session
from site_gen.content import loader, site_paths
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.atomic_files import temporary_folder
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.parallel import core_count
from site_gen.publish import content_repository, git_branch, permalinks, site_host
from site_gen.publish.check import check_site, evidence_checks, github_pages, repository_checks
from site_gen.publish.git_branch import RECORDED, Branch
from site_gen.publish.site_folder import SiteFolder
from site_gen.site import articles
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.build.changed_files import Progress
    from site_gen.content.records import ContentReaders, SiteConfig
    from site_gen.publish.check.evidence_checks import SavedFile
    from site_gen.publish.content_repository import ContentRepository, Exposure
    from site_gen.publish.git_branch import BranchTip
    from site_gen.site.database import SiteDatabase


class PublishOptions(Struct, frozen=True):
    """What a call of `publish` says in place of the settings of `content/site.yaml`; empty: nothing."""

    remote: str = ""  # a remote's name, or an address
    branch: str = ""  # its branch
    base_url: str | None = None  # where it will be seen
    folder: Path | None = None  # to put the site into, in place of a branch
    is_trusted: bool = False  # whether git may run what the content's repository names, see `git.run`
    despite_evidence: bool = False  # publish even where saved pages are not as they were

    def apply_to(self, config: SiteConfig) -> SiteConfig:
        """Return the settings with what this says in their place."""
        publish = config.publish
        publish = replace(publish, remote=self.remote or publish.remote, branch=self.branch or publish.branch)
        return replace(config, base_url=self.base_url or config.base_url, publish=publish)


class PublicationSummary(Struct, frozen=True, kw_only=True):
    """What a publication makes public, to be read before it is."""

    base_url: str  # where it will be seen
    target: str  # the branch and the remote, or the folder, in words
    remote_url: str  # the remote's address, or the folder's
    first_steps: str  # what to do after the first publication
    first: bool  # whether the branch does not exist yet
    pages: int  # pages of the site
    full: int  # articles of other people's (those with a source) that are shown whole
    excerpts: int  # articles of other people's that are shown in passages
    files: int  # files of the site
    size: int  # of all of them, in bytes
    new: tuple[str, ...]  # addresses that were never published before
    issued: tuple[str, ...]  # keys of the issues that are published for good from now on
    changed: tuple[str, ...]  # names of files that the branch gets, or gets with other bytes
    removed: tuple[str, ...]  # names of files that go from the branch
    by_others: tuple[str, ...]  # those of `changed` and `removed` that others changed since this program published
    uncommitted: tuple[str, ...]  # files of the site's sources whose present state is in no commit
    exposures: tuple[Exposure, ...]  # what others can read of the content beside the site
    content_is: ContentReaders  # who may read the content, by its owner's word
    notes: tuple[Problem, ...]  # of the build

    @property
    def unanswered(self) -> tuple[Exposure, ...]:
        """What others can read of the content without a word of its owner's on who may."""
        return () if self.content_is else self.exposures


class Publication(Struct, frozen=True):
    """A site that is built and checked, ready to be pushed."""

    summary: PublicationSummary  # to be read before it is pushed
    site: Path  # its folder
    ledger_contents: permalinks.LedgerContents  # what to record once it is pushed
    repository: ContentRepository | None  # that the content lies in
    _target: Branch | SiteFolder  # that it goes to
    _tip: BranchTip  # of the branch, on which it is committed
    _files: Mapping[str, str]  # by name, the blob ids of all files of the site
    _out: Path  # the folder that it is built into
    _index: Path  # for git, see `Branch.publish`
    _is_recorded: bool  # whether the ledgers will say what is public

    @property
    def is_published_already(self) -> bool:
        """Whether the branch holds these very files."""
        return not (self.summary.first or self.summary.changed or self.summary.removed)

    def push(self) -> str:
        """Push the site; return the id of the commit, if it is one. Raises SiteError, and then nothing is public."""
        head = self.repository.head_commit() if self.repository else None
        source = f"from {head}" if head else "from what is in no commit"
        uncommitted = ", with changes that are in no commit" if head and self.summary.uncommitted else ""
        recorded = f"\n{RECORDED}" if self._is_recorded else ""
        message = f"Publish {self.summary.pages} pages\n\n{source}{uncommitted}{recorded}"
        return self._target.publish(self._out, self._files, self._tip, message, self._index)

    def write_ledgers(self, today: dt.date) -> permalinks.LedgerUpdate:
        """Record in the ledgers what is public now. Raises SiteError when one cannot be read or written."""
        return permalinks.write_ledgers(self.site, self.ledger_contents, today)

    def uncommitted_ledgers(self) -> list[str]:
        """Return the names of the ledgers whose present state is in no commit."""
        return self.repository.uncommitted_files(*site_paths.LEDGERS) if self.repository else []

    def commit_ledgers(self) -> bool:
        """Commit the ledgers, and nothing else, in the branch that the person works on; there has to be a repository.

        Returns whether they had changed. Raises SiteError when git refuses.
        """
        names = [name for name in site_paths.LEDGERS if (self.site / name).is_file()]
        assert self.repository
        return self.repository.commit_in_place(names, "Record what is published")


@contextlib.contextmanager
def prepare(
    site: Path,
    options: PublishOptions,
    today: dt.date | None,
    progress: Progress = build_session.without_progress,
) -> Iterator[Publication]:
    """Give a publication for as long as the block lasts. Nothing is public yet, and no file of the person's changed.

    today: the day of publication; None where nothing is to be recorded.

    Raises UsageError where there is nothing to publish to, SiteError with all that is wrong with the site or
    when the remote cannot be used.
    """
    loader.require_site(site)
    config = options.apply_to(_load_config(site))
    repository = content_repository.find_repository(site)
    target = _find_target(site, options, config, repository)
    if repository and not repository.holds_site:
        repository = None
    branch = target if isinstance(target, Branch) else None
    exposures = repository.find_exposures(config, target.url) if repository else []
    if config.base_url == DEFAULT_BASE_URL:
        expected = (branch and site_host.expected_base_url(branch.url)) or "https://USER.github.io/REPO/"
        raise SiteError(Problem(site_paths.CONFIG, 0, "`base_url` is not set", f"write base_url: {expected}"))
    tip = target.fetch_tip()
    with temporary_folder() as beside:
        out = beside / "site"
        result = _build(site, out, config.base_url, today, progress)
        if branch:
            _add_host_files(out, config.base_url, branch)
        problems = [*repository_checks.find_problems(site, out, config.base_url, branch, publishing=True)]
        problems += check_site.check_output(out, config.base_url, core_count(), progress)
        evidence = check_site.check_evidence(site, config.base_url, result.saved_files)
        if evidence.problems and not options.despite_evidence:
            mend = "fix that, or publish with --despite-evidence"
            problems += [*evidence.problems, Problem(site_paths.SAVED, 0, "has changed since it was added", mend)]
        if problems:
            raise SiteError(*(_name_as_on_site(problem, out) for problem in dict.fromkeys(problems)))
        sizes = github_pages.list_folder(out).files
        files = dict(zip(sizes, target.blob_ids([out / name for name in sizes]), strict=True))
        changed = sorted(name for name, identity in files.items() if tip.files.get(name) != identity)
        removed = sorted(tip.files.keys() - files.keys())
        lost = permalinks.lost_ledger_notes(site, str(branch)) if branch and branch.is_recorded(tip) else ()
        update = permalinks.LedgerUpdate(0, (), ())
        if today:
            update = permalinks.preview_update(site, result.ledger_contents, today)
        summary = PublicationSummary(
            base_url=config.base_url,
            target=str(target),
            remote_url=target.url,
            first_steps=_first_steps(target),
            first=tip.commit is None,
            pages=result.report.pages,
            full=result.full,
            excerpts=result.excerpts,
            files=len(files),
            size=sum(sizes.values()),
            new=update.new,
            issued=update.issued,
            changed=tuple(changed),
            removed=tuple(removed),
            by_others=tuple(sorted({*changed, *removed}.intersection(tip.changed_by_others))),
            uncommitted=_uncommitted_sources(site, repository, config),
            exposures=tuple(exposures),
            content_is=config.publish.content_is,
            notes=(*result.report.notes, *evidence.problems, *lost),
        )
        index = beside / "index"
        yield Publication(
            summary, site, result.ledger_contents, repository, target, tip, files, out, index, bool(today)
        )


def _load_config(site: Path) -> SiteConfig:
    """Return the settings of a site. Raises SiteError with all that is wrong with them."""
    problems: list[Problem] = []
    config = loader.load_config(site, problems)
    if problems:
        raise SiteError(*problems)
    return config


def _find_target(
    site: Path, options: PublishOptions, config: SiteConfig, repository: ContentRepository | None
) -> Branch | SiteFolder:
    """Return what a site is published to."""
    if options.folder:
        return SiteFolder(options.folder)
    return git_branch.find_branch(site, config.publish, repository, is_trusted=options.is_trusted)


def _first_steps(target: Branch | SiteFolder) -> str:
    """Return what there is to do after the first publication."""
    if isinstance(target, SiteFolder):
        return "upload what is in it"
    return site_host.host_of_remote(target.url).first_steps.format(branch=target.name)


def _uncommitted_sources(site: Path, repository: ContentRepository | None, config: SiteConfig) -> tuple[str, ...]:
    """Return the files that a site is built of whose present state is in no commit.

    Saved pages are no part of it. Articles are named only where their owner says who may read them: whoever reads
    that they are not committed commits them, and may make full texts public by that.
    """
    if repository is None:
        return ()
    left_out = (site_paths.SAVED, *(() if config.publish.content_is else (site_paths.ARTICLES,)))
    folders = [name for name in ("content", "templates") if (site / name).is_dir()]
    names = repository.uncommitted_files(*folders)
    folders_left_out = tuple(f"{folder}/" for folder in left_out)
    return tuple(name for name in names if name not in site_paths.LEDGERS and not name.startswith(folders_left_out))


class _BuildResult(NamedTuple):
    """What came of building a site to publish it."""

    report: build_session.Report  # of the build
    ledger_contents: permalinks.LedgerContents  # what to record of it
    full: int  # articles of other people's that it shows whole
    excerpts: int  # articles of other people's that it shows in excerpts
    saved_files: tuple[SavedFile, ...]  # what articles say of the files that they were made of


def _build(site: Path, out: Path, base_url: str, today: dt.date | None, progress: Progress) -> _BuildResult:
    """Build the site, its issues as published on that day: readers see what is recorded then.

    Raises UsageError when the content changes meanwhile: the ledgers must say what was built.
    """
    with build_session.open_builder(site, out, build_session.BuildOptions(base_url), progress) as builder:
        contents = builder.use_loaded(partial(permalinks.collect, today=today))
        builder.treat_as_published(contents.issued)
        report = builder.build()
        if builder.use_loaded(partial(permalinks.collect, today=today)) != contents:
            raise UsageError("the content changed while it was built; run the command again")
        database, _ = builder.load()
        saved_files = evidence_checks.list_saved_files(database)
        return _BuildResult(report, contents, *_count_articles_by_others(database), saved_files)


def _add_host_files(out: Path, base_url: str, branch: Branch) -> None:
    """Add what the host of a branch wants beside the pages: no Jekyll, and the domain where there is one."""
    (out / ".nojekyll").touch()
    if domain := site_host.domain_of(base_url):
        (out / site_host.host_of_remote(branch.url).domain_file).write_bytes(f"{domain}\n".encode())


def _count_articles_by_others(site: SiteDatabase) -> tuple[int, int]:
    """Return how many articles that have a source are shown whole, and how many in excerpts."""
    records = (articles.article(site, url) for url, _, _ in articles.listing(site))
    are_whole = [unpack_detail(detail).is_full_text for _, card, detail in records if card.source]
    return sum(are_whole), len(are_whole) - sum(are_whole)


def _name_as_on_site(problem: Problem, out: Path) -> Problem:
    """Return a problem of a file in `out`, a folder that will be gone, with the name that the file has on the site."""
    if not Path(problem.file).is_relative_to(out):
        return problem
    name = Path(problem.file).relative_to(out).as_posix()
    return Problem("the site" if name == "." else name, problem.line, problem.what, problem.mend)
