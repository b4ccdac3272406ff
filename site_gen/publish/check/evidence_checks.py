"""Check whether saved pages are the files that articles were made of: there, unchanged, each in its place.

A file whose stamp is as it was when its bytes were read last is not read again (`audit_site` reads them all).
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from site_gen.build.file_stamps import FileStamp
from site_gen.content import site_paths
from site_gen.content.content_files import stamp_of_file
from site_gen.core.errors import Problem
from site_gen.site import articles
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Provenance
    from site_gen.site.database import SiteDatabase

RECORD_COMMAND = "site-gen audit --record"


class SavedFile(NamedTuple):
    """What an article says of the file that its saved page lies in."""

    article: str  # the article's file, below the site
    name: str  # of the saved file, below the site
    sha256: str  # of its bytes when the article was made of it; empty where that was not recorded
    key: str  # that holds the digest, in `saved:` of the article

    @classmethod
    def of(cls, article: str, saved: Provenance) -> SavedFile:
        """Return what an article's `saved:` says of a file."""
        key = "archive_sha256" if saved.page else "sha256"
        return cls(article, f"content/{saved.file}", getattr(saved, key), key)


class EvidenceResult(NamedTuple):
    """What a look at saved files found."""

    problems: tuple[Problem, ...] = ()  # files that are missing, changed or swapped
    notes: tuple[Problem, ...] = ()  # what cannot be told, and why
    stamps: Mapping[str, FileStamp] = {}  # of the files that were read, now or before, each with its SHA-256


def list_saved_files(site: SiteDatabase) -> tuple[SavedFile, ...]:
    """Return what the articles of a site say of the files that they were made of."""
    records = (articles.article(site, url) for url, _, _ in articles.listing(site))
    pairs = ((file, unpack_detail(detail).saved) for file, _, detail in records)
    return tuple(SavedFile.of(file, saved) for file, saved in pairs if saved and saved.file)


def check_saved_files(
    folder: Path, saved_files: Sequence[SavedFile], stamps: Mapping[str, FileStamp]
) -> EvidenceResult:
    """Look at the saved files of a site. folder: the site's. stamps: of the look before, see `EvidenceResult`."""
    by_name: defaultdict[str, list[SavedFile]] = defaultdict(list)
    for saved in saved_files:
        by_name[saved.name].append(saved)
    new_stamps = {name: stamp for name in sorted(by_name) if (stamp := _stamp_of(folder, name, stamps.get(name)))}
    if by_name and not new_stamps:  # a copy without them, as a public repository should be
        what = f"holds none of the pages that {_names([saved.article for saved in saved_files])} was made of"
        note = Problem(site_paths.SAVED, 0, what, "nothing to do if they are kept elsewhere")
        return EvidenceResult(notes=(note,))
    digests = {name: (stamp.digest or b"").hex() for name, stamp in new_stamps.items()}
    wrong = [name for name, group in by_name.items() if any(s.sha256 not in {"", digests.get(name)} for s in group)]
    places: dict[str, str] = {}
    if wrong:
        places = _places_of_others(folder, by_name)
        places |= {digest: name for name, digest in digests.items()}
    problems = tuple(
        _problem(name, [saved for saved in by_name[name] if saved.sha256], digests.get(name), places) for name in wrong
    )
    unrecorded = [saved.article for saved in saved_files if not saved.sha256]
    notes: tuple[Problem, ...] = ()
    if unrecorded:
        what = "the digest of its saved page is not recorded, so a change would go unnoticed"
        notes = (Problem(_names(unrecorded), 0, what, f"record it now: {RECORD_COMMAND}"),)
    return EvidenceResult(problems, notes, new_stamps)


def _stamp_of(folder: Path, name: str, former: FileStamp | None) -> FileStamp | None:
    """Return the stamp of a saved file, with its SHA-256; None where there is none in the folder of saved pages."""
    path = folder / name
    stamp = stamp_of_file(path)
    if stamp is None or not path.resolve().is_relative_to((folder / site_paths.SAVED).resolve()):
        return None
    if former and former.is_unchanged(stamp):
        return former
    checked_at_ns = time.time_ns()
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()
    except OSError:  # as good as gone
        return None
    return FileStamp.of(stamp, checked_at_ns, digest)


def _places_of_others(folder: Path, named: Iterable[str]) -> dict[str, str]:
    """Return by their digests the saved files that no article names: one that was renamed is among them."""
    names = (path.relative_to(folder).as_posix() for path in (folder / site_paths.SAVED).rglob("*") if path.is_file())
    stamps = ((name, _stamp_of(folder, name, None)) for name in sorted(set(names) - set(named)))
    return {(stamp.digest or b"").hex(): name for name, stamp in stamps if stamp}


def _problem(name: str, group: Sequence[SavedFile], digest: str | None, places: Mapping[str, str]) -> Problem:
    """Return what is wrong with a saved file. digest: of its bytes now; None where there is none."""
    saved = next(saved for saved in group if saved.sha256 != digest)
    of_articles = f"the saved page of {_names([saved.article for saved in group])}"
    place = places.get(saved.sha256)
    mend = f"put it back: git checkout -- '{name}', or from a backup"
    if digest is None:
        what = f"is not there: {of_articles}"
        gone = "if it is gone for good, remove `saved:` from the article; its text is then your own"
        moved = f"it lies in {place}: move it back, or write that as `file` in `saved:`"
        mend = moved if place else f"{mend}; {gone}"
    elif place:
        what = f"contains a page other than {of_articles}, which lies in {place}"
        mend = "put each back in its place"
    else:
        what = f"is not as it was: {of_articles}"
        mend = f"{mend}; if you changed it yourself, write {saved.key}: {digest} in `saved:`"
    return Problem(name, 0, what, mend)


def _names(files: Sequence[str]) -> str:
    """Return the first of some files, and how many more there are."""
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
