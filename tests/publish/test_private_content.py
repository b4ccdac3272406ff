"""A site that is made by the letter of README and docs/publishing.md: nothing but what its pages show gets public."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.publishing import WorkflowRunner, identity, run_git
from tests.support.sites import REPO, edit_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import HtmlPage

__all__ = ["identity"]  # fixtures
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are for bash, which is not here"),
]

PAGES, SENTENCES = 4, 40  # saved pages, and sentences in each
ACCOUNT = "signed-in-as-ada-quay-77"  # what a browser saves along
MARK = re.compile(r"quor\d+zebl\d+")  # a word that one sentence alone has
PUBLISHING, README = REPO / "docs/publishing.md", REPO / "README.md"


def saved_page(number: int, html_page: HtmlPage) -> str:
    """Return a page whose every sentence has a word of its own, and that names a company in the third one alone."""
    sentences = [
        f"The word of this one is quor{number}zebl{index}, said {'Example Cameras' if index == 3 else 'somebody'}, "
        f"who had waited at the quay number {number * SENTENCES + index} since the morning of that long and windy day."
        for index in range(SENTENCES)
    ]
    paragraphs = [" ".join(sentences[start : start + 2]) for start in range(0, SENTENCES, 2)]
    return html_page(f"Example Cameras in harbour {number}", paragraphs=paragraphs, before=f"<nav>{ACCOUNT}</nav>")


class Desk:
    """A person's machine: saved pages, a private and a public repository, and the program."""

    def __init__(self, folder: Path, html_page: HtmlPage) -> None:
        self.folder, self.site = folder, folder / "home/my-digest"
        self.private, self.public = folder / "private.git", folder / "public.git"
        for remote in (self.private, self.public):
            run_git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        pages = folder / "home/Downloads/saved-pages"
        pages.mkdir(parents=True)
        for number in range(PAGES):
            (pages / f"{number}.html").write_text(saved_page(number, html_page), encoding="utf-8")
        program = folder / "bin/site-gen"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m site_gen "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "HOME": str(folder / "home"), "PYTHONPATH": str(REPO)}

    def give(self, commands: str, folder: Path) -> None:
        """Give commands as documented, with the addresses of our repositories in place of those at GitHub."""
        commands = commands.replace("git@github.com:USER/REPO.git", str(self.public))
        commands = commands.replace("git@github.com:USER/CONTENT.git", str(self.private))
        commands = re.sub(r"site-gen publish$", "site-gen publish --yes", commands, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)

    def set_base_url(self) -> None:
        """Say where the site will be, which a remote at GitHub would have told."""
        edit_file(self.site / "content/site.yaml", "# base_url: https://example", "base_url: https://ada")

    def assert_public_repository_holds_the_site_alone(self) -> None:
        """Read every blob of every commit of the public repository."""
        assert run_git(self.public, "for-each-ref", "--format=%(refname)") == "refs/heads/gh-pages\n"
        blobs = dict(read_blobs(self.public))
        saved = [path for path in (self.folder / "home/Downloads").rglob("*") if path.is_file()]
        saved += [path for path in (self.site / "content/saved").rglob("*") if path.is_file()]
        assert len(saved) == 2 * PAGES
        assert not blobs.keys() & set(run_git(self.folder, "hash-object", "--no-filters", *map(str, saved)).split())
        articles = "\n".join(path.read_text("utf-8") for path in (self.site / "content/articles").rglob("*.md"))
        pages = run_git(self.public, "ls-tree", "-r", "--name-only", "gh-pages", "articles/").split()
        shown = set(MARK.findall("\n".join(run_git(self.public, "show", f"gh-pages:{name}") for name in pages)))
        assert len(set(MARK.findall(articles))) == PAGES * SENTENCES
        assert PAGES <= len(shown) < PAGES * SENTENCES / 4, "an excerpt"
        for identity_, data in blobs.items():
            text = data.decode("utf-8", "replace")
            assert ACCOUNT not in text, identity_
            assert set(MARK.findall(text)) <= shown, identity_


def read_blobs(repository: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every blob that a repository has, reachable or not, unpacked where it is packed; by its id."""
    listed = run_git(repository, "cat-file", "--batch-all-objects", "--batch-check").splitlines()
    for identity_, kind, _ in (line.split() for line in listed):
        if kind == "blob":
            command = ["git", "-C", str(repository), "cat-file", "blob", identity_]
            data = subprocess.run(command, capture_output=True, check=True).stdout
            yield identity_, gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def documented_commands(heading: str) -> list[str]:
    """Return the shell blocks below a heading of docs/publishing.md, without their indentation."""
    below = PUBLISHING.read_text("utf-8").partition(f"# {heading}\n")[2]
    section = re.split(r"^##+ ", below, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in blocks]


@pytest.fixture
def desk(tmp_path: Path, html_page: HtmlPage) -> Desk:
    return Desk(tmp_path, html_page)


def test_published_from_this_machine(desk: Desk) -> None:
    """First with the content in no repository, then in a private one; an article more at the end."""
    (commands,) = documented_commands("1. From this machine")
    new, _, publish = commands.rpartition("\n")
    desk.give(new, desk.folder / "home")
    desk.set_base_url()
    desk.give(publish, desk.site)
    (commands,) = documented_commands("With the content in a private repository")
    desk.give(commands, desk.site)
    listed = run_git(desk.private, "ls-tree", "-r", "--name-only", "main").split()
    assert not [name for name in listed if name.startswith(("content/saved/", "content/articles/"))]
    assert "content/site.yaml" in listed
    article = min((desk.site / "content/articles").rglob("*.md"))
    article.write_text(article.read_text("utf-8").replace("windy day", "calm day"), encoding="utf-8")
    (desk.site / "content/about.md").write_text("Another word.\n", encoding="utf-8")
    desk.give("site-gen publish\nsite-gen check", desk.site)
    assert run_git(desk.public, "rev-list", "--count", "gh-pages") == "2\n"
    desk.assert_public_repository_holds_the_site_alone()


def test_published_by_a_workflow(desk: Desk) -> None:
    new, key, remove, push = documented_commands("2. By a workflow")
    desk.give(new, desk.folder / "home")
    desk.set_base_url()
    if shutil.which("ssh-keygen"):
        desk.give(f"{key}\n{remove}", desk.site)
    desk.give(push, desk.site)
    listed = run_git(desk.private, "ls-tree", "-r", "--name-only", "main").split()
    assert not [name for name in listed if name.startswith("content/saved/")]
    assert len([name for name in listed if name.startswith("content/articles/")]) == PAGES
    for number in (1, 2):
        run = desk.folder / f"run-{number}"
        run.mkdir()
        WorkflowRunner(desk.private, run, desk.site / ".github/workflows/publish.yml").run()
        desk.give("git pull --quiet --rebase", desk.site)
        assert (desk.site / "content/permalinks.txt").is_file()
        (desk.site / "content/about.md").write_text(f"Another word, {number}.\n", encoding="utf-8")
        desk.give("git commit --quiet --all --message More\ngit push --quiet", desk.site)
    desk.assert_public_repository_holds_the_site_alone()


def test_readme_keeps_a_site_out_of_the_programs_clone(desk: Desk) -> None:
    (block,) = re.findall(r"## Make your own\n\n((?: {4}.*\n)+)", README.read_text("utf-8"))
    commands = [line.partition("#")[0].strip() for line in block.splitlines()]
    clone = desk.folder / "home/clone"
    run_git(desk.folder, "init", "--quiet", str(clone))
    desk.give("\n".join(commands[commands.index("cd ~") :]), clone)
    assert (desk.site / "content/site.yaml").is_file()
    assert list(clone.iterdir()) == [clone / ".git"]


def test_the_documented_artifact_for_gitlab_is_the_site_alone(desk: Desk) -> None:
    new, *_, push = documented_commands("2. By a workflow")
    desk.give(new, desk.folder / "home")
    desk.set_base_url()
    desk.give(push, desk.site)
    run_git(desk.folder, "clone", "--quiet", str(desk.private), str(desk.folder / "runner"))
    (script,) = re.findall(r"^    - (site-gen publish.*)$", PUBLISHING.read_text("utf-8"), re.MULTILINE)
    desk.give(script, desk.folder / "runner")
    public = desk.folder / "runner/public"
    texts = [path.read_bytes() for path in public.rglob("*") if path.is_file()]
    assert (public / "index.html").is_file()
    assert not list(public.rglob(".*"))
    marks = {mark for text in texts for mark in MARK.findall(text.decode("utf-8", "replace"))}
    assert PAGES <= len(marks) < PAGES * SENTENCES / 4
