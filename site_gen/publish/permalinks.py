"""The `permalinks` command's work: what is published is written into the ledger, for good."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from site_gen.build import build_session
from site_gen.content import issue_ledger, loader, paragraph_ledger, permalink_ledger, site_paths
from site_gen.content.periods import require_period
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import did_you_mean
from site_gen.core.urls import UrlPath
from site_gen.site.indexed_article import detail_from_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from site_gen.build.changed_files import Progress
    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.pages.routes import RouteTable
    from site_gen.site.site import Site

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many addresses the ledger has, and those that are new in it, or lead on from now on; the keys of the issues
    that are new, and of those that were corrected or added to."""

    total: int
    new: tuple[UrlPath, ...]
    moved: tuple[UrlPath, ...]
    issued: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a site would publish: its addresses with what they stand for, the lines of `anchors.txt`, and the issues
    whose period is over, as they are recorded from then on."""

    pages: Mapping[UrlPath, str]
    lines: Mapping[str, str]
    issued: Mapping[str, PublishedIssue]


def record(site: Path, today: dt.date, progress: Progress = build_session.without_progress) -> Recorded:
    """Write every address of the site as it is now, the paragraphs of its articles, and the issues whose period is over
    by that day, into the ledger.

    Raises SiteError when the site could not be built as it is: then nothing is written.
    """
    with (
        tempfile.TemporaryDirectory(prefix="site-gen-") as nowhere,
        build_session.open_builder(site, Path(nowhere), build_session.BuildOptions(), progress) as builder,
    ):
        seen = surveyed(*builder.load(), today)
    return keep(site, seen, today)


def surveyed(site: Site, plan: RouteTable, today: dt.date | None) -> Surveyed:
    """What a site with these pages would publish on a day; None where nothing is to be recorded of it."""
    keys = [
        key for key, _ in site.issues() if today and (site.published_issue(key) or require_period(key).last < today)
    ]
    issues = {key: site.issue_to_publish(key, today) for key in keys if today}
    return Surveyed({page.url: page.stands_for for page in plan.pages if page.stands_for}, _lines(site), issues)


def planned(site: Path, seen: Surveyed, today: dt.date) -> Recorded:
    """What `keep` would do."""
    return _recorded(_entries(site), _issues(site), seen, today)[1]


def keep(site: Path, seen: Surveyed, today: dt.date) -> Recorded:
    """Add what was published to the ledger as it is now. Raises SiteError when it cannot be read or written."""
    issues = _issues(site)
    after, done = _recorded(_entries(site), issues, seen, today)
    _write(site, site_paths.LEDGER, permalink_ledger.dump(after))
    _write(site, site_paths.ANCHORS, paragraph_ledger.dump(seen.lines))
    if issues or seen.issued:
        _write(site, site_paths.ISSUED, issue_ledger.dump({**issues, **seen.issued}))
    return done


def _recorded(
    before: Sequence[Permalink], issues: Mapping[str, PublishedIssue], seen: Surveyed, today: dt.date
) -> tuple[list[Permalink], Recorded]:
    after = permalink_ledger.record_pages(before, seen.pages, today)
    old = {entry.url: entry.stands_for for entry in before}
    new = tuple(entry.url for entry in after if entry.url not in old)
    moved = tuple(entry.url for entry in after if old.get(entry.url, entry.stands_for) != entry.stands_for)
    come = tuple(key for key in seen.issued if key not in issues)
    mended = tuple(key for key, issue in seen.issued.items() if issues.get(key, issue) != issue)
    return after, Recorded(len(after), new, moved, come, mended)


def _entries(site: Path) -> tuple[Permalink, ...]:
    """The ledger as it is now."""
    return _read(site, site_paths.LEDGER, loader.parse_ledger) or ()


def _issues(site: Path) -> Mapping[str, PublishedIssue]:
    """The issues that were published, as they are recorded now."""
    return _read(site, site_paths.ISSUED, loader.parse_issued) or {}


def _read(site: Path, name: str, parse: Callable[[bytes, list[Problem]], Parsed]) -> Parsed | None:
    if not (site / name).is_file():
        return None
    problems: list[Problem] = []
    found = parse(loader.read_bytes(site, name), problems)
    if problems:
        raise SiteError(*problems)
    return found


def declare_gone(site: Path, url: str, today: dt.date, title: str | None = None) -> list[UrlPath]:
    """Say in the ledger that what stood at an address, and all below it, is no more. Gives the addresses.

    Raises UsageError for an address that is not in the ledger.
    """
    loader.require_site(site)
    before = _entries(site)
    after, changed = permalink_ledger.declare_gone(before, UrlPath(url), today, title)
    if not changed:
        known = [str(entry.url) for entry in before]
        mend = did_you_mean(url, known, "nothing was published yet" if not known else "addresses begin with /")
        raise UsageError(f"{url} is not in {site_paths.LEDGER}, or gone already; {mend}")
    _write(site, site_paths.LEDGER, permalink_ledger.dump(after))
    return [entry.url for entry in changed]


def _lines(site: Site) -> dict[str, str]:
    """The lines of `anchors.txt`, articles that are no more included: they may come back."""
    found: dict[str, str] = {}
    for url, file, identity in site.articles():
        line = site.anchor_line(identity)
        before = paragraph_ledger.parse_entry(line) if line else None
        digest = detail_from_json(site.article(url)[2]).document_digest
        if line and before and before.digest == digest[: paragraph_ledger.DIGEST_LETTERS]:
            found[identity] = line
            continue
        ids = [block.id for block in site.load_document(file, digest).blocks]
        found[identity] = paragraph_ledger.format_entry(paragraph_ledger.record_paragraphs(before, digest, ids))
    return {**site.all_anchors(), **found}


def _write(site: Path, name: str, text: str) -> None:
    data = text.encode()
    path = site / name
    try:
        if not path.is_file() or path.read_bytes() != data:
            replace_file(path, data)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise SiteError(Problem(name, 0, what, "make room, or check permissions")) from None


def addresses(urls: Sequence[str], most: int = 12) -> str:
    """A few addresses for a line to a person."""
    more = f" and {len(urls) - most} more" if len(urls) > most else ""
    return ", ".join(urls[:most]) + more
