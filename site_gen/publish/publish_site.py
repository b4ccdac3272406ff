"""The work of the command `publish`: check the site, push it to the branch that GitHub Pages shows, record it.

The site is built into a folder of its own, from nothing that an earlier build drew: `output/` may have been built to be
read from disk, or hold files that a person put there, and neither must go public by accident.

The ledgers are written once the push has succeeded, of what was built for that very push: an address that never was
public is never in them. Should they not be writable then, the next publication writes them.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from site_gen.build import build_session
from site_gen.content import loader, site_paths
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core import git
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.parallel import core_count
from site_gen.publish import git_branch, permalinks
from site_gen.publish.check import check_site, github_pages, repository_checks
from site_gen.site import articles
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.build.changed_files import Progress
    from site_gen.publish.git_branch import Branch, BranchTip
    from site_gen.site.database import SiteDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationSummary:
    """What a publication makes public, to be read before it is."""

    base_url: str  # where it will be seen
    target: str  # the branch and the remote, in words
    remote_url: str  # the remote's address
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
    notes: tuple[Problem, ...]  # of the build


@dataclass(frozen=True, slots=True)
class Publication:
    """A site that is built and checked, ready to be pushed."""

    summary: PublicationSummary  # to be read before it is pushed
    site: Path  # its folder
    ledger_contents: permalinks.LedgerContents  # what to record once it is pushed
    _branch: Branch  # that it goes to
    _tip: BranchTip  # of the branch, on which it is committed
    _files: Mapping[str, str]  # by name, the blob ids of all files of the site
    _out: Path  # the folder that it is built into
    _index: Path  # for git, see `Branch.commit`

    @property
    def is_published_already(self) -> bool:
        """Whether the branch holds these very files."""
        return not (self.summary.first or self.summary.changed or self.summary.removed)

    def push(self) -> str:
        """Push the site to the branch; return the id of the commit. Raises SiteError, and then nothing is public."""
        changed = self.summary.changed
        self._branch.blob_ids([self._out / name for name in changed], store=True)
        head = self._branch.head_commit()
        source = f"from {head}" if head else "from what is in no commit"
        uncommitted = ", with changes that are in no commit" if head and self.summary.uncommitted else ""
        message = f"Publish {self.summary.pages} pages\n\n{source}{uncommitted}"
        commit = self._branch.commit(self._files, self._tip.commit, message, self._index)
        self._branch.push(commit)
        return commit

    def write_ledgers(self, today: dt.date) -> permalinks.LedgerUpdate:
        """Record in the ledgers what is public now. Raises SiteError when one cannot be read or written."""
        return permalinks.write_ledgers(self.site, self.ledger_contents, today)

    def uncommitted_ledgers(self) -> list[str]:
        """Return the names of the ledgers whose present state is in no commit."""
        return self._branch.uncommitted_files(*site_paths.LEDGERS)

    def commit_ledgers(self) -> bool:
        """Commit the ledgers, and nothing else, in the branch that the person works on.

        Returns whether they had changed. Raises SiteError when git refuses.
        """
        names = [name for name in site_paths.LEDGERS if (self.site / name).is_file()]
        return self._branch.commit_in_place(names, "Record what is published")


@contextlib.contextmanager
def prepare(
    site: Path,
    remote_name: str,
    base_url: str | None,
    today: dt.date | None,
    progress: Progress = build_session.without_progress,
) -> Iterator[Publication]:
    """Give a publication for as long as the block lasts. Nothing is public yet, and no file of the person's changed.

    base_url: instead of the site's own. today: the day of publication; None where nothing is to be recorded.

    Raises UsageError where there is nothing to publish to, SiteError with all that is wrong with the site or
    when the remote cannot be used.
    """
    loader.require_site(site)
    branch = git_branch.find_branch(site, remote_name, repository_checks.PAGES_BRANCH)
    base_url = base_url or _configured_base_url(site, branch)
    tip = branch.fetch_tip()
    with tempfile.TemporaryDirectory(prefix="site-gen-") as beside:
        out = Path(beside) / "site"
        result = _build(site, out, base_url, today, progress)
        _add_host_files(out, base_url)
        problems = [*repository_checks.find_problems(site, out, base_url, remote_name, publishing=True)]
        problems += check_site.check_output(out, base_url, core_count(), progress)
        if problems:
            raise SiteError(*(_name_as_on_site(problem, out) for problem in dict.fromkeys(problems)))
        sizes = github_pages.list_folder(out).files
        files = dict(zip(sizes, branch.blob_ids([out / name for name in sizes]), strict=True))
        changed = sorted(name for name, identity in files.items() if tip.files.get(name) != identity)
        removed = sorted(tip.files.keys() - files.keys())
        update = permalinks.LedgerUpdate(0, (), ())
        if today:
            update = permalinks.preview_update(site, result.ledger_contents, today)
        uncommitted = branch.uncommitted_files(*_source_folders(site))
        summary = PublicationSummary(
            base_url=base_url,
            target=str(branch),
            remote_url=branch.url,
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
            uncommitted=tuple(name for name in uncommitted if name not in site_paths.LEDGERS),
            notes=result.report.notes,
        )
        yield Publication(summary, site, result.ledger_contents, branch, tip, files, out, Path(beside) / "index")


class _BuildResult(NamedTuple):
    """What came of building a site to publish it."""

    report: build_session.Report  # of the build
    ledger_contents: permalinks.LedgerContents  # what to record of it
    full: int  # articles of other people's that it shows whole
    excerpts: int  # articles of other people's that it shows in excerpts


def _build(site: Path, out: Path, base_url: str, today: dt.date | None, progress: Progress) -> _BuildResult:
    """Build the site, its issues as published on that day: readers see what is recorded then.

    Raises UsageError when the content changes meanwhile: the ledgers must say what was built.
    """
    with build_session.open_builder(site, out, build_session.BuildOptions(base_url), progress) as builder:
        contents = builder.use_loaded(partial(permalinks.collect, today=today))
        builder.treat_as_published(contents.issued)
        report = builder.build()
        if builder.use_loaded(partial(permalinks.collect, today=today)) != contents:
            raise UsageError("the content changed while it was built; give the command again")
        return _BuildResult(report, contents, *_count_articles_by_others(builder.load()[0]))


def _configured_base_url(site: Path, branch: Branch) -> str:
    """Return the `base_url` of site.yaml. Raises SiteError where it is not set."""
    problems: list[Problem] = []
    base_url = loader.load_config(site, problems).base_url
    if problems:
        raise SiteError(*problems)
    if base_url == DEFAULT_BASE_URL:
        expected = git.github_pages_url(branch.url) or "https://USER.github.io/REPO/"
        raise SiteError(Problem(site_paths.CONFIG, 0, "`base_url` is not set", f"write base_url: {expected}"))
    return base_url


def _add_host_files(out: Path, base_url: str) -> None:
    """Add what GitHub Pages wants beside the pages: no Jekyll, and the domain where there is one."""
    (out / ".nojekyll").touch()
    if domain := repository_checks.domain_of(base_url):
        (out / "CNAME").write_bytes(f"{domain}\n".encode())


def _count_articles_by_others(site: SiteDatabase) -> tuple[int, int]:
    """Return how many articles that have a source are shown whole, and how many in excerpts."""
    records = (articles.article(site, url) for url, _, _ in articles.listing(site))
    are_whole = [unpack_detail(detail).is_full_text for _, card, detail in records if card.source]
    return sum(are_whole), len(are_whole) - sum(are_whole)


def _source_folders(site: Path) -> list[str]:
    """Return the names of the folders that a site is made of."""
    return [name for name in ("content", "templates") if (site / name).is_dir()]


def _name_as_on_site(problem: Problem, out: Path) -> Problem:
    """Return a problem of a file in `out`, a folder that will be gone, with the name that the file has on the site."""
    if not Path(problem.file).is_relative_to(out):
        return problem
    name = Path(problem.file).relative_to(out).as_posix()
    return Problem("the site" if name == "." else name, problem.line, problem.what, problem.mend)
