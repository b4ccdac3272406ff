"""The `check` command's work: what would go wrong once the site is published, each with its mend.

`links` follows every link, anchor and asset (`attributes` finds them); `feeds` and `jsonfiles` read what machines read;
`judging` does either for one file, on all cores, and `kept` spares files that are as they were; `hosting` knows what
GitHub Pages drops or refuses; `remote` compares the settings with the repository; `issues` finds what published issues
name that is no more.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from site_gen.build import build_session
from site_gen.content import loader, site_paths
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.errors import Problem, SiteError
from site_gen.core.parallel import chunked, core_count, run_chunks
from site_gen.core.program_version import program_digest
from site_gen.entities.curation.registry_editor import EditOptions, RegistryEditor
from site_gen.publish.check import (
    check_cache,
    file_checks,
    github_pages,
    issue_ledger_checks,
    link_checks,
    repository_checks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from site_gen.build.changed_files import Progress

_CARD_BYTES = 256 * 1024  # of a social card, at most; those of the theme have 32 kB
_CHUNK = 200  # files that are read in one go


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: what is `wrong` and should be mended before the site is published, and what a person
    may want to know all the same. `is_whole`: the output has all files of the site; else cards and the search index
    are still to be made by a build."""

    wrong: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    is_whole: bool = True


def check(
    site: Path, out: Path, options: build_session.BuildOptions, progress: Progress = build_session.without_progress
) -> Checked:
    """Bring the pages of the output up to date and tell all that is wrong with it, and with what it is made of.

    Social cards and the search index, which take longer than all else, are not made where they are not there or not
    right: their addresses are known, and it is seen that they can be made. Only where they might make the site too
    large for its host they are made, and weighed.

    Raises UsageError where there is no site.
    """
    try:
        with build_session.open_builder(site, out, options, progress) as builder:
            to_come = builder.build_pages()
            if to_come and _may_be_too_large(out, to_come):
                builder.build()
                to_come = None
            digests = builder.digests()
            base_url = options.base_url or loader.load_config(site, []).base_url
            mark = f"{program_digest()} {base_url}"
            known = check_cache.load(site, mark)
            before = _with_issues(known, builder, site)
        upkeep = RegistryEditor(site, EditOptions(writes=False)).check()
    except SiteError as error:
        return Checked(tuple(sorted(error.problems)))
    wrong: list[Problem] = []
    if base_url == DEFAULT_BASE_URL:
        mend = "write where the site will be published: https://user.github.io/repo/"
        wrong.append(Problem(site_paths.CONFIG, 0, "`base_url` is not set", mend))
    else:
        wrong += repository_checks.wrong(site, out, base_url)
    found, now = _judged(
        out, base_url, options.jobs or core_count(), progress, to_come or build_session.DeferredFiles(), before, digests
    )
    if now is not known:
        check_cache.save(site, mark, now)
    wrong += found
    wrong += [found.problem for found in upkeep if found.code == "same-entity"]
    notes = [
        *before.told,
        *_in_the_way(out, to_come, digests),
        *(found.problem for found in upkeep if found.code != "same-entity"),
    ]
    return Checked(tuple(dict.fromkeys(wrong)), tuple(dict.fromkeys(notes)), is_whole=to_come is None)


def _with_issues(before: check_cache.Kept, builder: build_session.IncrementalBuilder, site: Path) -> check_cache.Kept:
    """What was kept, with what is to be said of published issues. To ask a site that stands as it was built would take
    longer than all else: it is not even loaded."""
    mark = builder.fingerprint
    if mark and mark == before.mark:
        return before
    told = tuple(issue_ledger_checks.unknown(builder.load()[0], site)) if (site / site_paths.ISSUED).is_file() else ()
    return replace(before, told=told, mark=mark)


def _in_the_way(
    out: Path, to_come: build_session.DeferredFiles | None, digests: Mapping[str, bytes | None]
) -> Iterator[Problem]:
    """A note for each file that stands where a build will write one, and is not known to be of a build."""
    for name in sorted((to_come.files if to_come else frozenset()) - digests.keys()):
        if os.path.lexists(out / name):
            mend = "move it away, unless it is the very picture that a build would make"
            yield Problem(str(out / name), 0, "stands where a build is to write, and is of no build", mend)


def _may_be_too_large(out: Path, to_come: build_session.DeferredFiles) -> bool:
    """Whether the site may have too many bytes once all of it is there. Cards have a tenth of what is reckoned here,
    the index a quarter: it was 6 % of 10,000 articles' pages."""
    sizes = github_pages.tree_of(out).files
    pages = sum(size for name, size in sizes.items() if name.endswith(".html"))
    there = sum(size for name, size in sizes.items() if name not in to_come.existing)
    return there + pages // 4 + len(to_come.files) * _CARD_BYTES > github_pages.MOST_BYTES


def output(out: Path, base_url: str, jobs: int, progress: Progress = build_session.without_progress) -> list[Problem]:
    """All that is wrong with an output folder that is to be published at an address: every file is read."""
    return _judged(out, base_url, jobs, progress, build_session.DeferredFiles(), check_cache.Kept(), {})[0]


def _judged(
    out: Path,
    base_url: str,
    jobs: int,
    progress: Progress,
    to_come: build_session.DeferredFiles,
    before: check_cache.Kept,
    digests: Mapping[str, bytes | None],
) -> tuple[list[Problem], check_cache.Kept]:
    """What is wrong with an output folder, and what to keep for the next check.

    to_come: which of its files will be there once a build has ended, and which may not. before: what was kept.
    digests: of files that are surely as they were written.
    """
    tree = github_pages.tree_of(out)
    found = list(github_pages.wrong(out, tree))
    files = frozenset((tree.files.keys() - to_come.existing) | to_come.files)
    still = before.still(digests, files)
    names = [name for name in tree.files if file_checks.is_judged(name) and name not in still]
    reader = link_checks.Reader(out, base_url, files)
    parts = run_chunks(file_checks.judge, reader, chunked(names, _CHUNK), jobs if len(names) > _CHUNK else 1)
    judged: list[file_checks.Judged] = []
    needed: set[str] = set()
    for some, more in progress(parts, -(-len(names) // _CHUNK), "chunks"):
        judged += some
        needed |= more
    pages = [one.links for one in (*still.values(), *judged) if one.links]
    found += link_checks.wrong(out, pages, files)
    found += [Problem(str(out / one.name), 0, what, mend) for one in judged for what, mend in one.wrong]
    return found, before.with_more(judged, still, needed)
