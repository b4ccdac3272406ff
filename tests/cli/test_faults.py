"""Every command, stopped or refused by the disk at each of its effects on it, one after the other.

What the person owns is then as it was before or as the command leaves it, file by file; the same command brings the
rest to its end, the next build makes what a clean one makes, and no temporary file is left. A command that `undo` knows
is undone every other time. How many points are tried, the profile says; by night all are.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.faults import STOPPED, FaultRunner
from tests.support.profiles import examples
from tests.support.publishing import identity, run_git  # noqa: F401
from tests.support.serving import ENDS
from tests.support.sites import clean_build, differing_files, markdown_file, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.faults import FaultyRun, Kind

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux for the names of open files")

TEXT = f"Of Tallow Pier and a silo of Elmswick Grain. {own_words(1)}"
SHEET = "[y] Rye\n[n] Quay Board\n[later] Mast\n[same as companies/tallow-pier] Old Pier\n"
ORDINARY = {"entity rename", "suggest"}  # what is tried while a person waits
# What the person is told, by the system or by SQLite.
REASONS = {
    kind: (os.strerror(getattr(errno, kind)), "disk is full" if kind == "ENOSPC" else "readonly database")
    for kind in ("ENOSPC", "EACCES", "EROFS")
}


@dataclass(frozen=True)
class Scenario:
    """A command on a site."""

    args: tuple[str, ...]  # `PAGES` and `SHEET` stand for what lies beside the site
    before: tuple[tuple[str, ...], ...] = ()  # commands that are given first
    edits: dict[str, str | None] = field(default_factory=dict)  # files written after these; None: removed
    git: bool = False  # whether the site is in a repository with a remote


SCENARIOS = {
    "add": Scenario(("add", "PAGES")),
    "build": Scenario(
        ("build", "--jobs", "1"),
        (("build", "--jobs", "1"),),
        {
            "content/site.yaml": "title: Other\nbase_url: https://notes.example/quay/\ntext: full\nsearch: true\n",
            "content/articles/2026/pier-1.md": None,
            "content/articles/2025/rye.md": markdown_file("Rye of Rye Mills.", title="Rye", topics=["rye"]),
        },
    ),
    "first build": Scenario(("build", "--jobs", "1")),
    "entity add": Scenario(("entity", "add", "companies", "Carrow")),
    "entity merge": Scenario(("entity", "merge", "Elmswick Grain", "Tallow Pier")),
    "entity move": Scenario(("entity", "move", "tallow-pier", "topics")),
    "entity rename": Scenario(("entity", "rename", "Tallow Pier", "Pier", "--slug", "pier")),
    "extract --again": Scenario(
        ("extract", "--again", "--write"), (("add", "PAGES"),), {"content/articles/2026/stale": "by `make_stale`"}
    ),
    "permalinks record": Scenario(("permalinks", "record")),
    "permalinks record again": Scenario(
        ("permalinks", "record"), (("permalinks", "record"),), {"content/topics/fog.md": "---\nname: Fog\n---\n"}
    ),
    "publish": Scenario(("publish", "--yes", "--commit"), git=True),
    "publish again": Scenario(
        ("publish", "--yes", "--commit"),
        (("publish", "--yes", "--commit"),),
        {"content/topics/fog.md": "---\nname: Fog\n---\n"},
        git=True,
    ),
    "stories": Scenario(("stories", "--apart", "id-1", "id-2")),
    "suggest": Scenario(("suggest", "--from", "SHEET")),
    "tag": Scenario(("tag",), (), {"content/companies/elmswick-grain.md": "---\nname: Other Grain\n---\n"}),
    "undo": Scenario(("undo",), (("entity", "rename", "Tallow Pier", "Pier", "--slug", "pier"),)),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[FaultRunner]:
    with FaultRunner() as fault_runner:
        yield fault_runner


class Trial:
    """A scenario in a folder of its own, again and again from its beginning."""

    def __init__(self, runner: FaultRunner, scenario: Scenario, folder: Path, pages: Path) -> None:
        self._runner, self._scenario = runner, scenario
        self.root, self._pristine = folder / "root", folder / "pristine"
        self.site, self.output = self.root / "site", self.root / "site/output"
        self.root.mkdir(parents=True)
        shutil.copytree(pages, self.root / "pages")
        write_files(self.root, {"sheet.txt": SHEET})
        write_files(self.site, site_files())
        if scenario.git:
            run_git(folder, "init", "--quiet", "--bare", str(self.root / "origin.git"))
            run_git(self.site, "init", "--quiet", "--initial-branch=main")
            run_git(self.site, "remote", "add", "origin", str(self.root / "origin.git"))
            self._commit()
        for args in (("tag",), *scenario.before):
            ended = self.run(args)
            assert ended.status in {0, 1}, ended
        for file, text in scenario.edits.items():
            if file.endswith("stale"):
                make_stale(self.site)
            elif text is None:
                (self.site / file).unlink()
            else:
                write_files(self.site, {file: text})
        if scenario.git:
            self._commit()
        if self.is_undoable:  # what was given before it is not to be undone in its place
            shutil.rmtree(self.site / ".site-gen/undo", ignore_errors=True)
        self.before, self.output_before = self.owned(), read_files(self.output)
        shutil.copytree(self.root, self._pristine, symlinks=True)
        self.clean = self.command()
        assert self.clean.status in {0, 1}, self.clean
        self.after, self.published = self.owned(), self.tree()
        assert self.after != self.before or scenario.args[0] in {"build", "publish"}
        self.expected_output = clean_build(self.site)

    def _commit(self) -> None:
        run_git(self.site, "add", "--all")
        run_git(self.site, "commit", "--quiet", "--allow-empty", "-m", "x")

    def run(
        self,
        args: tuple[str, ...],
        at: int = 0,
        kind: Kind = "stop",
        *,
        is_lasting: bool = False,
        other: tuple[str, ...] = (),
    ) -> FaultyRun:
        """Give a command, see `FaultRunner.run`."""
        names = {"PAGES": str(self.root / "pages"), "SHEET": str(self.root / "sheet.txt")}

        def words(args: tuple[str, ...]) -> list[str]:
            return [*(names.get(arg, arg) for arg in args), "--site", str(self.site)] if args else []

        return self._runner.run(self.root, *words(args), at=at, kind=kind, is_lasting=is_lasting, other=words(other))

    def command(self, at: int = 0, kind: Kind = "stop", *, is_lasting: bool = False) -> FaultyRun:
        return self.run(self._scenario.args, at, kind, is_lasting=is_lasting)

    def build(self) -> FaultyRun:
        return self.run(("build", "--jobs", "1"))

    def restore(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self._pristine, self.root, symlinks=True)

    def owned(self) -> dict[str, bytes]:
        """Return the person's files."""
        return read_files(self.site / "content")

    def tree(self) -> str:
        """Return what is published, and what of the content is in the newest commit."""
        if not self._scenario.git:
            return ""
        public = run_git(self.root / "origin.git", "rev-parse", "gh-pages^{tree}")
        return public + run_git(self.site, "rev-parse", "HEAD^{tree}")

    def strays(self) -> list[str]:
        """Return the files that some process has not finished, or not removed."""
        paths = [path for path in self.site.rglob(".site-gen-*") if ".git" not in path.parts]
        paths += self.site.rglob(".site-gen.new")
        paths += [path for path in self.site.rglob("*.lock") if ".git" in path.parts]
        paths += [path for path in (self.root / "tmp").iterdir() if not path.name.startswith("_jinja2-cache-")]
        return [str(path.relative_to(self.root)) for path in paths]

    def require_whole_files(self, what: str) -> None:
        """Assert that each file is as before or as after."""
        now = self.owned()
        for file in now.keys() | self.before.keys() | self.after.keys():
            states = {self.before.get(file), self.after.get(file)}
            assert now.get(file) in states, f"{what}: {file} is neither old nor new"
        for file, data in read_files(self.output).items():
            assert data in {self.output_before.get(file), self.expected_output.get(file)}, f"{what}: output/{file}"

    @property
    def is_undoable(self) -> bool:
        return self._scenario.args[0] in {"add", "entity", "extract", "stories", "suggest", "tag"}

    def require_undone(self, what: str) -> None:
        """Assert that `undo` gives the bytes of before, and that nothing is done afterwards."""
        undone = self.run(("undo",))
        assert undone.status == 0 or "nothing to undo" in undone.err, (what, undone)
        self.run(("entity", "show", "storage"))
        assert differing_files(self.owned(), self.before) == [], what

    def require_end(self, what: str, *, has_ended: bool) -> None:
        """Assert that the command, given again, brings all to its end. has_ended: it did so the first time."""
        if not has_ended or self._scenario.args[0] != "undo":  # another one undoes another command
            again = self.command()
            assert "Traceback" not in again.err, (what, again.err)
        assert differing_files(self.owned(), self.after) == [], what
        assert self.tree() == self.published, what
        built = self.build()
        assert built.status == 0, (what, built)
        assert differing_files(read_files(self.output), self.expected_output) == [], what
        assert self.strays() == [], what


def site_files() -> dict[str, str]:
    files = {
        "content/site.yaml": "title: Quay Notes\nbase_url: https://example.github.io/repo/\ntext: full\n"
        "cards: none\nsearch: false\npublish: {content_is: public}\n",
        "content/companies/elmswick-grain.md": "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd]\n---\nA silo.\n",
        "content/companies/tallow-pier.md": "---\nname: Tallow Pier\n---\n",
        "content/topics/storage.md": "---\nname: Storage\nkeywords: [silo]\n---\n",
        "content/about.md": "See [the pier](/companies/tallow-pier/).\n",
        ".gitignore": "output/\n.site-gen/\n",
    }
    for number in (1, 2):
        text = markdown_file(TEXT, id=f"id-{number}", title="A pier", published="2026-03-04")
        files[f"content/articles/2026/pier-{number}.md"] = text
    return files


def make_stale(site: Path) -> None:
    """Let the articles that were added look as an older version of the program wrote them."""
    from site_gen.content import authorship, frontmatter, loader

    loaded, _ = loader.load(site)
    for article in loaded.articles:
        if article.saved and article.saved.file:
            path = site / article.file
            text = path.read_text("utf-8")
            saved = {
                "file": article.saved.file,
                "sha256": article.saved.sha256,
                "extractor": article.saved.extractor,
                "text": authorship.text_hash("Stale."),
                "facts": article.saved.fact_hashes,
            }
            path.write_text(frontmatter.edit(frontmatter.replace_body(text, "Stale."), {"saved": saved}), "utf-8")


class Point(NamedTuple):
    """What goes wrong."""

    at: int  # at which effect, from 1
    kind: Kind
    is_lasting: bool  # whether all after it fail, too

    def __str__(self) -> str:
        return f"{self.kind}{' from' if self.is_lasting else ' at'} {self.at}"


def points_of(effects: int) -> list[Point]:
    """Return all that can go wrong with a command that has so many effects."""
    kinds: tuple[Kind, ...] = ("ENOSPC", "EACCES", "EROFS")
    ways: list[tuple[Kind, bool]] = [("stop", False), *((kind, lasts) for kind in kinds for lasts in (False, True))]
    return [Point(at, *way) for at in range(1, effects + 1) for way in ways]


def require_survived(trial: Trial, point: Point) -> None:
    """Assert that a command is told of, that nothing is lost, and that it can be given again, or undone."""
    trial.restore()
    ended = trial.command(*point[:2], is_lasting=point.is_lasting)
    what = f"{point}, {trial.clean.effects[point.at - 1]}: {ended}"
    if point.kind == "stop":
        assert ended.status == STOPPED, what
    else:
        assert ended.status in {0, 1, 2}, what
        assert "Traceback" not in ended.err, what
        is_told = any(why in ended.err + ended.out for why in REASONS[point.kind])
        assert is_told or differing_files(trial.owned(), trial.after) == [], what  # it can do without
    trial.require_whole_files(what)
    if trial.is_undoable and point.at % 2:
        trial.require_undone(what)
    trial.require_end(what, has_ended=ended.status == 0)


@pytest.mark.parametrize(
    "name", [name if name in ORDINARY else pytest.param(name, marks=pytest.mark.slow) for name in SCENARIOS]
)
def test_a_command_survives_what_goes_wrong_at_any_of_its_effects(
    runner: FaultRunner, tmp_path: Path, saved_pages: Path, name: str
) -> None:
    trial = Trial(runner, SCENARIOS[name], tmp_path / "trial", saved_pages)
    points = points_of(len(trial.clean.effects))
    for point in points if examples() >= 1000 else random.Random(name).sample(points, examples(7)):
        require_survived(trial, point)


NOTE = markdown_file(
    "Rye is *up*, they say on every quay.",
    title="A note on rye",
    source="https://b.example/rye",
    published="2025-02-03",
)


class ServeTrial:
    """A watch server beside which a person edits an article and drops a page into the inbox."""

    def __init__(self, runner: FaultRunner, folder: Path) -> None:
        self._runner, self.root, self._pristine = runner, folder / "root", folder / "pristine"
        self.site = write_files(self.root / "site", site_files())
        (self.site / "content/saved/inbox").mkdir(parents=True)
        for args in (("tag",), ("build", "--jobs", "1")):
            assert runner.run(self.root, *args, "--site", str(self.site)).status == 0
        article, inbox = self.site / "content/articles/2026/pier-1.md", self.site / "content/saved/inbox/note.md"
        text = article.read_text("utf-8").replace("A pier", "A quay")
        self._edits = [
            (str(article), text, str(self.site / "output/articles/2026/pier-1/index.html"), "A quay"),
            (str(inbox), NOTE, str(self.site / "output/archive/2025/02/index.html"), "A note on rye"),
        ]
        shutil.copytree(self.root, self._pristine)
        self.clean = self.run()
        assert self.clean.status in ENDS, self.clean
        assert (self.site / "content/saved/note.md").read_text("utf-8") == NOTE

    def run(self, at: int = 0, kind: Kind = "stop") -> FaultyRun:
        shutil.rmtree(self.root)
        shutil.copytree(self._pristine, self.root)
        args = ("serve", "--port", "0", "--site", str(self.site))
        return self._runner.run(self.root, *args, at=at, kind=kind, edits=self._edits)


@pytest.mark.slow
def test_a_server_survives_what_goes_wrong_while_a_person_edits(runner: FaultRunner, tmp_path: Path) -> None:
    trial = ServeTrial(runner, tmp_path)
    points = [point for point in points_of(len(trial.clean.effects)) if not point.is_lasting]
    for point in points if examples() >= 1000 else random.Random(1).sample(points, examples(5)):
        ended = trial.run(*point[:2])
        what = f"{point}, {trial.clean.effects[point.at - 1]}: {ended}"
        assert ended.status in {STOPPED, 1, *ENDS}, what
        assert "Traceback" not in ended.err + ended.out, what
        texts = [path.read_text("utf-8") for path in trial.site.glob("content/saved/**/*.md")]
        assert set(texts) <= {NOTE}, what  # in the inbox, beside it, or not dropped yet
        article = (trial.site / "content/articles/2026/pier-1.md").read_text("utf-8")
        assert article.endswith(TEXT + "\n"), what
        assert runner.run(trial.root, "build", "--jobs", "1", "--site", str(trial.site)).status == 0, what
        assert differing_files(read_files(trial.site / "output"), clean_build(trial.site)) == [], what
