"""The `check` command's work: what would go wrong once the site is published, each with its mend.

`links` follows every link, anchor and asset (`attributes` finds them); `feeds` and `jsonfiles` read what machines read;
`judging` does either for one file, on all cores; `hosting` knows what
GitHub Pages drops or refuses; `remote` compares the settings with the repository; `issues` finds what published issues
name that is no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import build, content
from site_gen.check import hosting, issues, judging, links, remote
from site_gen.errors import Problem, SiteError
from site_gen.schema import DEFAULT_BASE_URL
from site_gen.upkeep import work
from site_gen.upkeep.work import Desk
from site_gen.workers import chunked, cores, run

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.inputs import Progress

_CHUNK = 200  # files that are read in one go


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: what is `wrong` and should be mended before the site is published, and what a person
    may want to know all the same."""

    wrong: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()


def check(site: Path, out: Path, options: build.Options, progress: Progress = build.without_progress) -> Checked:
    """Bring the output up to date and tell all that is wrong with it, and with what it is made of.

    Raises UsageError where there is no site.
    """
    try:
        with build.opened(site, out, options, progress) as builder:
            report = builder.build()
            published = list(issues.unknown(builder.survey()[0], site)) if (site / content.ISSUED).is_file() else []
        upkeep = Desk(site, work.Options(writes=False)).check()
    except SiteError as error:
        return Checked(tuple(sorted(error.problems)))
    wrong = [*report.problems]
    base_url = options.base_url or content.load_config(site, []).base_url
    if base_url == DEFAULT_BASE_URL:
        mend = "write where the site will be published: https://user.github.io/repo/"
        wrong.append(Problem(content.CONFIG, 0, "`base_url` is not set", mend))
    else:
        wrong += remote.wrong(site, out, base_url)
    wrong += output(out, base_url, options.jobs or cores(), progress)
    wrong += [found.problem for found in upkeep if found.code == "same-entity"]
    notes = [*published, *(found.problem for found in upkeep if found.code != "same-entity")]
    return Checked(tuple(dict.fromkeys(wrong)), tuple(dict.fromkeys(notes)))


def output(out: Path, base_url: str, jobs: int, progress: Progress = build.without_progress) -> list[Problem]:
    """All that is wrong with an output folder that is to be published at an address."""
    tree = hosting.tree_of(out)
    found = list(hosting.wrong(out, tree))
    reader = links.Reader(out, base_url, frozenset(tree.files))
    names = [name for name in tree.files if judging.is_judged(name)]
    parts = run(judging.judge, reader, chunked(names, _CHUNK), jobs if len(names) > _CHUNK else 1)
    judged = [one for part in progress(parts, -(-len(names) // _CHUNK), "chunks") for one in part]
    found += links.wrong(out, [one.links for one in judged if one.links], reader.files)
    found += [Problem(str(out / one.name), 0, what, mend) for one in judged for what, mend in one.wrong]
    return found
