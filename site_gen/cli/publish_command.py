"""`site-gen publish`: print what will be public, ask once, push, and print how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, base_url_of
from site_gen.core import console
from site_gen.core.errors import SiteError, UsageError

if TYPE_CHECKING:
    import argparse
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from site_gen.publish.publish_site import Publication, PublicationSummary

_MOST_NAMED = 5  # names on a line


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `publish`."""
    publish = add_command(
        subparsers, "publish", _run_publish, "put the built site on the web",
        "Check the site, build it in a separate folder, say what will become public, ask, and push it as one commit to "
        "the branch that shows it. `publish:` in content/site.yaml names the repository; the content can be in "
        "another one or in none. Afterwards the site's addresses are recorded in content/permalinks.txt and its past "
        "issues in content/issues.txt. Your own branch, files and index do not change, and output/ is not used.",
    )  # fmt: skip
    publish.add_argument(
        "--remote", metavar="REMOTE", default="", help="the repository: a remote's name or an address (default: origin)"
    )
    publish.add_argument("--branch", metavar="NAME", default="", help="its branch (default: gh-pages)")
    publish.add_argument(
        "--folder", metavar="DIR", type=Path, help="write the site into an empty folder for you to upload"
    )
    publish.add_argument("--base-url", metavar="URL", help="as for build")
    publish.add_argument(
        "--dry-run", action="store_true",
        help="only say what would become public; git runs no hook and no program named in .git/config",
    )  # fmt: skip
    publish.add_argument(
        "--yes",
        action="store_true",
        help="do not ask; who may read the content is still asked unless `content_is` says it",
    )
    publish.add_argument(
        "--force", action="store_true",
        help="with --yes, also replace what others put on the branch (it stays in its history)",
    )  # fmt: skip
    publish.add_argument(
        "--despite-evidence", action="store_true", help="publish even where saved pages are missing or changed"
    )
    publish.add_argument(
        "--commit", action="store_true",
        help="afterwards commit content/permalinks.txt, anchors.txt and issues.txt in your branch",
    )  # fmt: skip
    publish.add_argument(
        "--no-ledger", action="store_true",
        help="record nothing: for a trial, whose addresses and issues may still change",
    )  # fmt: skip
    publish.add_argument("--json", action="store_true", help="print one JSON object")


def _run_publish(args: argparse.Namespace) -> int:
    from site_gen.content import site_day
    from site_gen.content.publish_settings import branch_fault, remote_fault
    from site_gen.publish import publish_site

    options = publish_site.PublishOptions(
        args.remote,
        args.branch,
        base_url_of(args),
        args.folder,
        is_trusted=not args.dry_run,
        despite_evidence=args.despite_evidence,
    )
    for option, find_fault in (("remote", remote_fault), ("branch", branch_fault)):
        value = getattr(options, option)
        if value and (fault := find_fault(value)):
            raise UsageError(f"--{option} {fault[0]}; {fault[1]}")
    if not (args.yes or args.dry_run or (console.is_interactive() and not args.json)):
        raise UsageError("no terminal to ask for confirmation; look with --dry-run, then publish with --yes")
    if args.no_ledger and args.commit:
        raise UsageError("--no-ledger records nothing, so --commit has nothing to commit; leave one of them out")
    today = None if args.no_ledger else site_day.today(args.site)
    with publish_site.prepare(args.site, options, today, console.show_progress) as publication:
        if args.commit and not publication.repository:
            raise UsageError("there is no repository of the site to commit in; leave --commit out")
        if args.commit and publication.repository and (files := publication.repository.conflicting_files()):
            raise UsageError(
                f"a merge or rebase is not finished: {', '.join(files)}; end it, or give it up (`git status` says how)"
            )
        if not args.json:
            for line in _preview(publication):
                console.print_line(line)
        if args.dry_run:
            return _report_end(args, publication, None, None)
        if not publication.is_published_already and not _may_publish(args, publication.summary):
            console.print_line("nothing was published")
            return SOME_FAILED
        commit = None if publication.is_published_already else publication.push()
        return _record_publication(args, publication, commit, today)


def _may_publish(args: argparse.Namespace, summary: PublicationSummary) -> bool:
    """Ask whether to publish, unless `--yes` says so; raises UsageError where that is not safe without a question."""
    from site_gen.publish.check.repository_checks import SAY_WHO_READS

    if not args.yes:
        answer = console.ask(f"publish to {summary.target} ({summary.remote_url})? y/n > ")
        return (answer or "").strip().lower() in {"y", "yes"}
    if summary.unanswered:
        raise UsageError(f"{summary.unanswered[0]}; --yes is not enough here: {SAY_WHO_READS}")
    if summary.by_others and not args.force:
        files = f"{_names(summary.by_others)} on {summary.target}: put there by somebody else, and would be removed"
        raise UsageError(f"{files}; publish without --yes to be asked, or with --force")
    return True


def _record_publication(
    args: argparse.Namespace, publication: Publication, commit: str | None, today: dt.date | None
) -> int:
    """Write the ledger, now that what it says is true; return the exit status.

    commit: the digest of what was pushed, None where nothing was new. today: None where nothing is to be recorded.
    """
    try:
        if today:
            publication.write_ledgers(today)
        committed = args.commit and publication.commit_ledgers()
    except SiteError as error:
        console.print_problems(error.problems)
        if commit:
            console.print_error(f"published {commit[:10]}, but not everything was recorded; fix that and publish again")
        return SOME_FAILED
    return _report_end(args, publication, commit, committed)


def _report_end(args: argparse.Namespace, publication: Publication, commit: str | None, committed: bool | None) -> int:
    """Print how it ended, and return the exit status.

    commit: the digest of what was pushed, None where nothing was. committed: whether the ledger was committed, too;
    None for a dry run.
    """
    summary = publication.summary
    if args.json:
        counts = (
            "pages",
            "full",
            "excerpts",
            "files",
            "size",
            "new",
            "issued",
            "changed",
            "removed",
            "by_others",
            "uncommitted",
        )
        data = {key: getattr(summary, key) for key in ("base_url", "target", *counts)}
        data["readable"] = [exposure._asdict() for exposure in summary.exposures]
        console.print_json({**data, "commit": commit, "ledger_committed": bool(committed)})
        return OK
    if committed is None:
        console.print_line("a dry run: nothing was published")
        return OK
    if commit is None:
        console.print_line(f"{summary.target} holds this already; nothing was published")
    else:
        version = f" as {commit[:10]}" if commit else ""
        console.print_line(f"published{version} on {summary.target}; soon visible at {summary.base_url}")
        if summary.first:
            console.print_line(f"the first time: {summary.first_steps}")
    if committed:
        console.print_line("committed the records of what is published; push your branch")
    elif waiting := publication.uncommitted_ledgers():
        console.print_line(f"commit {' and '.join(waiting)}, so that no published address is lost")
    elif summary.first and not publication.repository:
        console.print_line("content/permalinks.txt, anchors.txt and issues.txt record what is public now: keep a copy")
    return OK


def _preview(publication: Publication) -> Iterator[str]:
    """Yield what will be public, a line each."""
    from site_gen.publish.check.repository_checks import SAY_WHO_READS

    summary = publication.summary
    for note in summary.notes:
        yield f"note: {note}"
    yield f"will be visible at {summary.base_url}"
    yield f"  {_count(summary.pages, 'page')}; {summary.files} files, {_size(summary.size)}"
    yield (f"  other people's articles: {summary.full} in full, {summary.excerpts} as excerpts")
    if not publication.is_published_already:
        removals = (
            f", {_count(len(summary.removed), 'file')} removed: {_names(summary.removed)}" if summary.removed else ""
        )
        yield f"  {_count(len(summary.changed), 'file')} new or changed{removals}"
    if summary.new:
        yield f"  {_count(len(summary.new), 'new address', 'es')}: {_names(summary.new)}"
    if summary.issued:
        noun = "issue" if len(summary.issued) == 1 else "issues"
        yield f"  {len(summary.issued)} {noun} published for good: {_names(summary.issued)}"
    if summary.uncommitted:
        yield f"not committed: {_names(summary.uncommitted)}; the repository lacks these changes"
    for exposure in summary.exposures:
        yield str(exposure)
    if summary.unanswered:
        yield f"  {SAY_WHO_READS}; site-gen's docs/publishing.md explains how to keep content and site apart"
    if summary.by_others:
        yield f"will be removed from {summary.target}, though somebody else put it there: {_names(summary.by_others)}"


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"


def _size(size: int) -> str:  # in bytes
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"


def _names(names: Sequence[str]) -> str:
    from site_gen.publish.permalinks import abbreviate_list

    return abbreviate_list(names, _MOST_NAMED)
