"""The `publish` command's work: check the site, put it on the branch that the host shows, note what went public.

The site is built into a folder of its own, from nothing that an earlier build drew: `output/` may have been built to be
read from disk, or hold files that a person put there, and neither must go public by accident.

The ledger is written once the push has succeeded, of what was built for that very push: an address that never was
public is never in it. Should the ledger not be writable then, the next publication writes it.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
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
from site_gen.site.indexed_article import detail_from_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.build.changed_files import Progress
    from site_gen.publish.git_branch import Branch, Tip
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a publication makes public, to be read before it is.

    full, excerpts: how many articles of other people's (those with a source) are shown whole, and in passages.
    issued: keys of the issues that are published for good from now on.
    changed, removed: names of files that the branch gets or has otherwise, and of those that go from it.
    by_others: those of them that somebody else changed on the branch since this program published.
    uncommitted: files of the site whose present state is in no commit. size: in bytes.
    """

    base_url: str
    target: str
    remote_url: str
    first: bool
    pages: int
    full: int
    excerpts: int
    files: int
    size: int
    new: tuple[str, ...]
    issued: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    by_others: tuple[str, ...]
    uncommitted: tuple[str, ...]
    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """A site that is built and checked, ready to be pushed."""

    summary: Summary
    site: Path
    seen: permalinks.Surveyed
    _branch: Branch
    _tip: Tip
    _files: Mapping[str, str]
    _out: Path
    _index: Path

    @property
    def nothing_new(self) -> bool:
        """Whether the branch holds these very files already."""
        return not (self.summary.first or self.summary.changed or self.summary.removed)

    def push(self) -> str:
        """Put the site on the branch, and give the commit. Raises SiteError, and then nothing is public."""
        changed = self.summary.changed
        self._branch.ids([self._out / name for name in changed], store=True)
        head = self._branch.head()
        source = f"from {head}" if head else "from what is in no commit"
        more = ", with changes that are in no commit" if head and self.summary.uncommitted else ""
        message = f"Publish {self.summary.pages} pages\n\n{source}{more}"
        commit = self._branch.commit(self._files, self._tip.commit, message, self._index)
        self._branch.push(commit)
        return commit

    def record(self, today: dt.date) -> permalinks.Recorded:
        """Write into the ledger what is public now. Raises SiteError."""
        return permalinks.keep(self.site, self.seen, today)

    def ledger_waits(self) -> list[str]:
        """The ledger's files that are not committed as they are."""
        return self._branch.uncommitted(*site_paths.LEDGERS)

    def commit_ledger(self) -> bool:
        """Commit the ledger's files, and nothing else, where the person works. Gives whether they had changed."""
        there = [name for name in site_paths.LEDGERS if (self.site / name).is_file()]
        return self._branch.commit_in_place(there, "Record what is published")


@contextlib.contextmanager
def prepared(
    site: Path,
    remote_name: str,
    base_url: str | None,
    today: dt.date | None,
    progress: Progress = build_session.without_progress,
) -> Iterator[Publication]:
    """A publication, for as long as the block lasts. Nothing is public yet, and no file of the person's changed.

    today: the day of it; None for a site of which nothing is recorded.

    Raises UsageError where there is nothing to publish to, SiteError with all that is wrong with the site or
    when the remote cannot be had.
    """
    loader.require_site(site)
    target = git_branch.found(site, remote_name, repository_checks.PAGES_BRANCH)
    base_url = base_url or _base_url(site, target)
    tip = target.tip()
    with tempfile.TemporaryDirectory(prefix="site-gen-") as beside:
        out = Path(beside) / "site"
        built = _built(site, out, base_url, today, progress)
        _add_for_host(out, base_url)
        wrong = [*repository_checks.find_problems(site, out, base_url, remote_name, publishing=True)]
        wrong += check_site.check_output(out, base_url, core_count(), progress)
        if wrong:
            raise SiteError(*(_of_output(problem, out) for problem in dict.fromkeys(wrong)))
        sizes = github_pages.list_folder(out).files
        files = dict(zip(sizes, target.ids([out / name for name in sizes]), strict=True))
        changed = sorted(name for name, identity in files.items() if tip.files.get(name) != identity)
        removed = sorted(tip.files.keys() - files.keys())
        planned = permalinks.planned(site, built.seen, today) if today else permalinks.Recorded(0, (), ())
        summary = Summary(
            base_url=base_url,
            target=str(target),
            remote_url=target.url,
            first=tip.commit is None,
            pages=built.report.pages,
            full=built.full,
            excerpts=built.excerpts,
            files=len(files),
            size=sum(sizes.values()),
            new=planned.new,
            issued=planned.issued,
            changed=tuple(changed),
            removed=tuple(removed),
            by_others=tuple(sorted({*changed, *removed}.intersection(tip.by_others))),
            uncommitted=tuple(name for name in target.uncommitted(*_sources(site)) if name not in site_paths.LEDGERS),
            notes=built.report.notes,
        )
        yield Publication(summary, site, built.seen, target, tip, files, out, Path(beside) / "index")


class _Built(NamedTuple):
    """What a build made, and how many articles of other people's it shows whole, and in excerpts."""

    report: build_session.Report
    seen: permalinks.Surveyed
    full: int
    excerpts: int


def _built(site: Path, out: Path, base_url: str, today: dt.date | None, progress: Progress) -> _Built:
    """Build the site, its issues as published on that day: readers see what is recorded then.

    Raises UsageError when the content changes meanwhile: the ledger must say what was built.
    """
    with build_session.open_builder(site, out, build_session.BuildOptions(base_url), progress) as builder:
        seen = permalinks.surveyed(*builder.load(), today)
        builder.treat_as_published(seen.issued)
        report = builder.build()
        found, plan = builder.load()
        if permalinks.surveyed(found, plan, today) != seen:
            raise UsageError("the content changed while it was built; give the command again")
        return _Built(report, seen, *_by_others(found))


def _base_url(site: Path, target: Branch) -> str:
    """Where the site says that it will be seen. Raises SiteError where it does not."""
    problems: list[Problem] = []
    base_url = loader.load_config(site, problems).base_url
    if problems:
        raise SiteError(*problems)
    if base_url == DEFAULT_BASE_URL:
        expected = git.github_pages_url(target.url) or "https://USER.github.io/REPO/"
        raise SiteError(Problem(site_paths.CONFIG, 0, "`base_url` is not set", f"write base_url: {expected}"))
    return base_url


def _add_for_host(out: Path, base_url: str) -> None:
    """What GitHub Pages wants beside the pages: no Jekyll, and the domain where there is one."""
    (out / ".nojekyll").touch()
    if domain := repository_checks.domain_of(base_url):
        (out / "CNAME").write_bytes(f"{domain}\n".encode())


def _by_others(site: Site) -> tuple[int, int]:
    """How many articles that have a source are shown whole, and in excerpts."""
    articles = (site.article(url) for url, _, _ in site.articles())
    whole = [detail_from_json(detail).is_full_text for _, card, detail in articles if card.source]
    return sum(whole), len(whole) - sum(whole)


def _sources(site: Path) -> list[str]:
    """The folders that a site is made of."""
    return [name for name in ("content", "templates") if (site / name).is_dir()]


def _of_output(problem: Problem, out: Path) -> Problem:
    """A complaint about a file of a folder that will be gone, by the name that the file has on the site."""
    if not Path(problem.file).is_relative_to(out):
        return problem
    name = Path(problem.file).relative_to(out).as_posix()
    return Problem("the site" if name == "." else name, problem.line, problem.what, problem.mend)
