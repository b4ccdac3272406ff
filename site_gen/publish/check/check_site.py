"""The work of the command `check`: find what would go wrong once the site is published, each with its mend.

`link_checks` follows every link, anchor and asset (`html_links` finds them); `feed_checks` and `json_checks` read what
programs read; `file_checks` does either for one file, on all cores, and `check_cache` spares files that are unchanged;
`github_pages` knows what GitHub Pages drops or refuses; `repository_checks` compares the settings with the repository;
`issue_ledger_checks` finds what published issues name that is no more; `evidence_checks` looks at saved pages.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from site_gen.build import build_session
from site_gen.content import loader, site_paths
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.errors import Problem, SiteError
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.program_version import program_digest
from site_gen.entities.curation.registry_editor import EditOptions, RegistryEditor
from site_gen.publish.check import (
    check_cache,
    evidence_checks,
    file_checks,
    github_pages,
    issue_ledger_checks,
    link_checks,
    repository_checks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from site_gen.build.changed_files import Progress

_MAX_CARD_BYTES = 256 * 1024  # of a social card, at most; those of the theme have 32 kB
_CHUNK = 200  # files that one process checks in one go


class CheckResult(Struct, frozen=True):
    """What a check found."""

    wrong: tuple[Problem, ...]  # what should be mended before the site is published
    notes: tuple[Problem, ...] = ()  # what a person may want to know all the same
    is_complete: bool = True  # False: the output lacks social cards or the search index, which a build makes


def check(
    site: Path, out: Path, options: build_session.BuildOptions, progress: Progress = build_session.without_progress
) -> CheckResult:
    """Bring the pages of the output up to date, and return all that is wrong with it and with what it is made of.

    Social cards and the search index, which take longer than all else, are not made where they are missing or stale:
    their addresses are known, and it is checked that they can be made. Only where they might make the site too
    large for its host they are made, and their bytes counted.

    Raises UsageError where there is no site.
    """
    try:
        with build_session.open_builder(site, out, options, progress) as builder:
            deferred = builder.build_pages()
            if deferred and _may_be_too_large(out, deferred):
                builder.build()
                deferred = None
            digests = builder.digests()
            config = loader.load_config(site, [])
            base_url = options.base_url or config.base_url
            key = _cache_key(base_url)
            saved_cache = check_cache.load(site, key)
            cache = _with_records(saved_cache, builder, site)
        findings = RegistryEditor(site, EditOptions(writes=False)).check()
    except SiteError as error:
        return CheckResult(tuple(sorted(error.problems)))
    wrong, repository_notes = repository_checks.find_all(site, out, base_url, config)
    if base_url == DEFAULT_BASE_URL:
        mend = "write where the site will be published: https://user.github.io/repo/"
        wrong = [Problem(site_paths.CONFIG, 0, "`base_url` is not set", mend)]
    evidence = evidence_checks.check_saved_files(site, cache.saved_files, cache.saved_stamps)
    if evidence.stamps != cache.saved_stamps:
        cache = replace(cache, saved_stamps=evidence.stamps)
    wrong += evidence.problems
    jobs = options.jobs or core_count()
    problems, new_cache = _check_output(
        out, base_url, jobs, progress, deferred or build_session.DeferredFiles(), cache, digests
    )
    if new_cache is not saved_cache:
        check_cache.save(site, key, new_cache)
    wrong += problems
    wrong += [finding.problem for finding in findings if finding.code == "same-entity"]
    notes = [
        *repository_notes,
        *cache.issue_notes,
        *evidence.notes,
        *_notes_on_obstacles(out, deferred, digests),
        *(finding.problem for finding in findings if finding.code != "same-entity"),
    ]
    return CheckResult(tuple(dict.fromkeys(wrong)), tuple(dict.fromkeys(notes)), is_complete=deferred is None)


def _with_records(
    cache: check_cache.CheckCache, builder: build_session.IncrementalBuilder, site: Path
) -> check_cache.CheckCache:
    """Return the cache with what the builder's site says of published issues and saved files.

    Where the output is of the build that the cache's records are about, these are used: to load the site for new ones
    would take longer than all else.
    """
    fingerprint = builder.fingerprint
    if fingerprint and fingerprint == cache.build_fingerprint:
        return cache
    notes: tuple[Problem, ...] = ()
    saved_files = builder.use_loaded(lambda database, _: evidence_checks.list_saved_files(database))
    if (site / site_paths.ISSUE_LEDGER).is_file():
        notes = tuple(issue_ledger_checks.find_unknown_names(builder.load()[0], site))
    return replace(cache, issue_notes=notes, saved_files=saved_files, build_fingerprint=fingerprint)


def _notes_on_obstacles(
    out: Path, deferred: build_session.DeferredFiles | None, digests: Mapping[str, bytes | None]
) -> Iterator[Problem]:
    """Yield a note for each file that stands where a build will write one, and that no build is known to have written.

    digests: of files that builds wrote, by name.
    """
    for name in sorted((deferred.files if deferred else frozenset()) - digests.keys()):
        if os.path.lexists(out / name):
            mend = "move it away, unless it is exactly the picture that a build would write"
            yield Problem(str(out / name), 0, "is where a build would write, but no build wrote it", mend)


def check_evidence(
    site: Path, base_url: str, saved_files: Sequence[evidence_checks.SavedFile]
) -> evidence_checks.EvidenceResult:
    """Look at the saved files of a site, reading only those that changed since the last check for that address."""
    stamps = check_cache.load(site, _cache_key(base_url)).saved_stamps
    return evidence_checks.check_saved_files(site, saved_files, stamps)


def _cache_key(base_url: str) -> str:
    return f"{program_digest()} {base_url}"


def _may_be_too_large(out: Path, deferred: build_session.DeferredFiles) -> bool:
    """Tell whether the site may have too many bytes once the deferred files are made.

    The estimate is high: cards have a tenth of what is counted here, the index a quarter (it was 6 % of 10,000
    articles' pages).
    """
    sizes = github_pages.list_folder(out).files
    page_bytes = sum(size for name, size in sizes.items() if name.endswith(".html"))
    kept_bytes = sum(size for name, size in sizes.items() if name not in deferred.existing)
    return kept_bytes + page_bytes // 4 + len(deferred.files) * _MAX_CARD_BYTES > github_pages.MAX_SITE_BYTES


def check_output(
    out: Path, base_url: str, jobs: int, progress: Progress = build_session.without_progress
) -> list[Problem]:
    """Return all that is wrong with a complete output folder that is to be published at `base_url`.

    Every file is read. jobs: how many processes at once.
    """
    return _check_output(out, base_url, jobs, progress, build_session.DeferredFiles(), check_cache.CheckCache(), {})[0]


def _check_output(
    out: Path,
    base_url: str,
    jobs: int,
    progress: Progress,
    deferred: build_session.DeferredFiles,
    cache: check_cache.CheckCache,
    digests: Mapping[str, bytes | None],
) -> tuple[list[Problem], check_cache.CheckCache]:
    """Return what is wrong with an output folder, and the cache for the next check.

    deferred: its files that will be there once a build has ended, and those that may not. cache: of the check before.
    digests: by name, of files that are surely as they were written.
    """
    contents = github_pages.list_folder(out)
    problems = list(github_pages.find_problems(out, contents))
    files = frozenset((contents.files.keys() - deferred.existing) | deferred.files)
    unchanged = cache.unchanged(digests, files)
    names = [name for name in contents.files if file_checks.is_checked(name) and name not in unchanged]
    resolver = link_checks.LinkResolver(out, base_url, files)
    parts = run_chunks(file_checks.check_files, resolver, chunked(names, _CHUNK), jobs if len(names) > _CHUNK else 1)
    results: list[file_checks.FileResult] = []
    needed: set[str] = set()
    for part_results, part_needed in progress(parts, -(-len(names) // _CHUNK), "chunks"):
        results += part_results
        needed |= part_needed
    pages = [result.links for result in (*unchanged.values(), *results) if result.links]
    problems += link_checks.find_broken_links(out, pages, files)
    problems += [Problem(str(out / result.name), 0, what, mend) for result in results for what, mend in result.problems]
    return problems, cache.with_results(results, unchanged, needed)
