"""The work of the command `permalinks`: record what is published in the ledgers, for good.

There are three: `content/permalinks.txt` (addresses), `anchors.txt` (paragraphs of articles) and `issues.txt`.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from site_gen.build import build_session
from site_gen.content import issue_ledger, ledger_files, loader, paragraph_ledger, permalink_ledger, site_paths
from site_gen.content.periods import require_period
from site_gen.content.state_folder import make_state_folder
from site_gen.core import git
from site_gen.core.atomic_files import remove_unfinished_files, replace_file, temporary_folder
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.core.text import did_you_mean
from site_gen.core.urls import UrlPath
from site_gen.site import articles, issue_layout, issues, ledgers
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from site_gen.build.changed_files import Progress
    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.pages.routes import RouteTable
    from site_gen.site.database import SiteDatabase

Parsed = TypeVar("Parsed")


class LedgerUpdate(Struct, frozen=True):
    """What recording a site changes in the ledgers."""

    total: int  # addresses that the ledger has afterwards
    new: tuple[UrlPath, ...]  # addresses that are new in it
    moved: tuple[UrlPath, ...]  # addresses that stand for something else from now on: what took its place
    issued: tuple[str, ...] = ()  # keys of the issues that are new
    corrected: tuple[str, ...] = ()  # keys of the issues that were corrected or added to


class LedgerContents(Struct, frozen=True):
    """What the ledgers are to hold of a site."""

    pages: Mapping[UrlPath, str]  # by address, what it stands for
    anchor_lines: Mapping[str, str]  # by an article's id, its line of anchors.txt
    issued: Mapping[str, PublishedIssue]  # by key, the issues whose period is over, as they are published


def record(
    site: Path, today: dt.date, progress: Progress = build_session.without_progress, *, force: bool = False
) -> LedgerUpdate:
    """Record every address of the site as it is now, the paragraphs of its articles, and its past issues.

    An issue is past whose period is over before `today`. force: a ledger that is damaged or gone holds what can be
    read of it. Raises SiteError when the site could not be built as it is: then nothing is written.
    """
    loader.require_site(site)
    if force:
        present = [name for name in site_paths.LEDGERS if (site / name).exists()]
        _write(site, {name: ledger_files.salvage(name, loader.read_bytes(site, name)) for name in present})
    with (
        temporary_folder() as nowhere,
        build_session.open_builder(site, nowhere, build_session.BuildOptions(), progress) as builder,
    ):
        contents = builder.use_loaded(partial(collect, today=today))
    return write_ledgers(site, contents, today)


def collect(site: SiteDatabase, route_table: RouteTable, today: dt.date | None) -> LedgerContents:
    """Return what the ledgers would hold of a site with these pages, were it published on a day.

    today: the day; None where no issue is published by that.
    """
    issues_to_publish: dict[str, PublishedIssue] = {}
    if today:
        keys = [
            key for key in issues.keys(site) if ledgers.published_issue(site, key) or require_period(key).last < today
        ]
        issues_to_publish = {key: issue_layout.issue_to_publish(site, key, today) for key in keys}
    pages = {page.url: page.stands_for for page in route_table.pages if page.stands_for}
    return LedgerContents(pages, _anchor_lines(site), issues_to_publish)


def preview_update(site: Path, contents: LedgerContents, today: dt.date) -> LedgerUpdate:
    """Return what `write_ledgers` would change. Raises SiteError when a ledger cannot be read, or was lost."""
    return _merge(_read_addresses(site), _read_issues(site), contents, today)[1]


def write_ledgers(site: Path, contents: LedgerContents, today: dt.date) -> LedgerUpdate:
    """Add what was published to the ledgers as they are now.

    Raises SiteError when one cannot be read or written, or was lost.
    """
    issues = _read_issues(site)
    entries, update = _merge(_read_addresses(site), issues, contents, today)
    texts = {
        site_paths.PERMALINK_LEDGER: permalink_ledger.dump(entries),
        site_paths.PARAGRAPH_LEDGER: paragraph_ledger.dump(contents.anchor_lines),
        site_paths.ISSUE_LEDGER: issue_ledger.dump({**issues, **contents.issued}),
    }
    _write(site, texts)
    return update


def _merge(
    before: Sequence[Permalink], issues: Mapping[str, PublishedIssue], contents: LedgerContents, today: dt.date
) -> tuple[list[Permalink], LedgerUpdate]:
    """Return the lines of the ledger of addresses with the new contents, and what changes.

    before, issues: what the ledgers hold now.
    """
    after = permalink_ledger.record_pages(before, contents.pages, today)
    old = {entry.url: entry.stands_for for entry in before}
    new = tuple(entry.url for entry in after if entry.url not in old)
    moved = tuple(entry.url for entry in after if old.get(entry.url, entry.stands_for) != entry.stands_for)
    new_issues = tuple(key for key in contents.issued if key not in issues)
    corrected = tuple(key for key, issue in contents.issued.items() if issues.get(key, issue) != issue)
    return after, LedgerUpdate(len(after), new, moved, new_issues, corrected)


def _read_addresses(site: Path) -> tuple[Permalink, ...]:
    _require_ledgers(site)
    return _read(site, site_paths.PERMALINK_LEDGER, ledger_files.parse_permalink_ledger) or ()


def _read_issues(site: Path) -> Mapping[str, PublishedIssue]:
    return _read(site, site_paths.ISSUE_LEDGER, ledger_files.parse_issue_ledger) or {}


def lost_ledger_notes(site: Path, place: str) -> Iterator[Problem]:
    """Yield a note where no ledger is there, though a site that was recorded is public. place: where.

    No complaint, for another work tree or machine may have them, or a publication was killed before it wrote them.
    """
    if not any((site / name).is_file() for name in site_paths.LEDGERS):
        what = f"is missing, though {place} shows a site that was recorded"
        mend = "if you have a copy, restore it before you publish: addresses listed only there would be lost"
        yield Problem(site_paths.PERMALINK_LEDGER, 0, what, mend)


def _require_ledgers(site: Path) -> None:
    """Raise SiteError where a ledger was lost: another one is there, or git has it."""
    problems = list(ledger_files.missing_ledger_problems(site))
    committed = git.run(site, "ls-files", "--", *site_paths.LEDGERS).out.splitlines()
    missing = [name for name in committed if not (site / name).is_file()]
    problems = problems or [ledger_files.missing_problem(name, "git has it") for name in missing]
    if problems:
        raise SiteError(*problems)


def _read(site: Path, name: str, parse: Callable[[bytes, list[Problem]], Parsed]) -> Parsed | None:
    """Return what `parse` makes of a file; None where there is none. Raises SiteError with all that is wrong."""
    if not (site / name).is_file():
        return None
    problems: list[Problem] = []
    parsed = parse(loader.read_bytes(site, name), problems)
    if problems:
        raise SiteError(*problems)
    return parsed


def declare_gone(site: Path, url: str, today: dt.date, title: str | None = None) -> list[UrlPath]:
    """Record in the ledger that what stood at an address, and at all below it, is no more. Return these addresses.

    title: what it was called. Raises UsageError for an address that is not in the ledger, or gone already.
    """
    loader.require_site(site)
    before = _read_addresses(site)
    after, changed = permalink_ledger.declare_gone(before, UrlPath(url), today, title)
    if not changed:
        urls = [str(entry.url) for entry in before]
        mend = did_you_mean(url, urls, "addresses begin with /" if urls else "nothing was published yet")
        raise UsageError(f"{url} is not in {site_paths.PERMALINK_LEDGER}, or gone already; {mend}")
    _write(site, {site_paths.PERMALINK_LEDGER: permalink_ledger.dump(after)})
    return [entry.url for entry in changed]


def _anchor_lines(site: SiteDatabase) -> dict[str, str]:
    """Return the lines of anchors.txt by article, those of articles that are no more included: they may come back."""
    lines: dict[str, str] = {}
    for url, file, identity in articles.listing(site):
        line = ledgers.anchor_line(site, identity)
        before = paragraph_ledger.parse_entry(line) if line else None
        digest = unpack_detail(articles.article(site, url)[2]).document_digest
        if line and before and before.digest == digest[: paragraph_ledger.DIGEST_LETTERS]:
            lines[identity] = line
            continue
        ids = [block.id for block in site.load_document(file, digest).blocks]
        lines[identity] = paragraph_ledger.format_entry(paragraph_ledger.record_paragraphs(before, digest, ids))
    return {**site.anchor_lines, **lines}


def _write(site: Path, texts: Mapping[str, str]) -> None:
    """Write ledgers, with empty ones for those that are missing: all are there, or none.

    texts: by name. One that differs in its line ends alone, which git may change (`core.autocrlf`), stays.
    """
    remove_unfinished_files(site / "content")
    begun = site / site_paths.LEDGERS_BEGUN
    missing = [name for name in site_paths.LEDGERS if not (site / name).is_file()]
    if missing:
        with contextlib.suppress(OSError):  # without it a kill is told as a loss
            make_state_folder(begun.parent)
            begun.touch()
    for name, text in {**{name: ledger_files.salvage(name, b"") for name in missing}, **texts}.items():
        data, path = text.encode(), site / name
        try:
            if not path.is_file() or path.read_bytes().replace(b"\r\n", b"\n") != data:
                replace_file(path, data)
        except OSError as error:
            raise SiteError(explain_write_error(name, error)) from None
    begun.unlink(missing_ok=True)


def abbreviate_list(names: Sequence[str], most: int = 12) -> str:
    """Join names for a line to a person: `most` of them, and how many more there are."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
