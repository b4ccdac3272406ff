"""What the tests share: small sites, saved pages of our own words, and two ways to run a command."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import is_hypothesis_test
from jinja2 import Environment, nodes

from site_gen.build import build_session
from site_gen.cli import main
from tests.support import profiles  # noqa: F401  registers and loads the profile
from tests.support.browser import FLAGS
from tests.support.sites import REPO, copy_site, write_files

with warnings.catch_warnings():  # it looks for a way to download, which we never use, and warns of PySocks
    warnings.simplefilter("ignore")
    import trafilatura  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

# Words that no article has but the one of a number: no two tell one story, or are near each other.
_SYLLABLES = [
    f"{a}{b}"
    for a in ("quor", "zebl", "vint", "marl")
    for b in ("ander", "essic", "ioth", "umbel", "ygra", "oph", "uan")
]


def own_words(number: int) -> str:
    """A paragraph that no other article has."""
    return " ".join(f"{word}{number}" for word in _SYLLABLES * 6)


PARAGRAPHS = tuple(
    """\
The harbour board of Elmswick agreed on Tuesday to let the old grain silo stand for another ten years, after a long \
and noisy meeting that nobody had wanted to attend.
Its members had been asked to choose between the silo and a car park, and most of them said that they would rather \
have neither of the two, if it was all the same to the mayor.
“We have looked at the figures again,” said the chairwoman, “and the figures do not add up for anyone who wants to \
park a car beside the water in the middle of the winter.”""".splitlines()
)


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only


class Call(Protocol):
    """Runs a command in this process: fast."""

    def __call__(self, *args: str | Path) -> Done: ...


class Run(Protocol):
    """Runs a command as a process of its own: real."""

    def __call__(self, *args: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done: ...


class HtmlPage(Protocol):
    """Makes a saved page."""

    def __call__(
        self,
        title: str = ...,
        *,
        paragraphs: Sequence[str] = ...,
        head: str = ...,
        before: str = ...,
        lang: str = ...,
    ) -> str: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need: a browser, or random examples."""
    for item in items:
        if isinstance(item, pytest.Function):
            if "chromium" in item.fixturenames:
                item.add_marker("browser")
            if is_hypothesis_test(item.function) or hasattr(item.cls, "settings"):
                item.add_marker("property")


@pytest.fixture(scope="session", autouse=True)
def templates_are_parsed_once() -> Iterator[None]:
    """Parse each template once in a process: a build of a small site spends most of its time on that.

    What a parser makes of a text depends on nothing but that text and a few settings; compiling, which depends on the
    site, is done anew for each build, as ever.
    """
    parse, trees = Environment._parse, dict[tuple[object, ...], nodes.Template]()

    def parse_once(env: Environment, source: str, name: str | None, filename: str | None) -> nodes.Template:
        key = (source, name, filename, env.trim_blocks, env.lstrip_blocks, env.keep_trailing_newline)
        if key not in trees:
            trees[key] = parse(env, source, name, filename)
        tree = trees[key]
        tree.set_environment(env)
        return tree

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "_parse", parse_once)
        yield


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run_here(*args: str | Path) -> Done:
        capsys.readouterr()
        try:
            status = main.main([str(arg) for arg in args])
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run_here


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_there(*args: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "site_gen", *map(str, args)],
            cwd=cwd or tmp_path,
            env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run_there


@pytest.fixture
def html_page() -> HtmlPage:
    def page(
        title: str = "Silo stays for ten more years",
        *,
        paragraphs: Sequence[str] = PARAGRAPHS,
        head: str = "",
        before: str = "",
        lang: str = "en",
    ) -> str:
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
        return (
            f'<!DOCTYPE html>\n{before}<html lang="{lang}"><head><title>{title}</title>{head}</head>\n<body>'
            f'<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>\n'
            f"<article><h1>{title}</h1>\n{text}</article>\n<footer>Elmswick Courier</footer></body></html>\n"
        )

    return page


@pytest.fixture
def pages(tmp_path: Path, html_page: HtmlPage) -> Path:
    """Three good saved pages, two that hold nothing."""
    folder = tmp_path / "pages"
    folder.mkdir()
    one = html_page(
        "Elmswick Grain keeps its silo",
        head='<link rel="canonical" href="https://a.example/silo?utm_source=x">',
    )
    (folder / "1 silo.html").write_text(one, encoding="utf-8")
    (folder / "2 pier.html.gz").write_bytes(gzip.compress(html_page("Tallow Pier closes").encode()))
    (folder / "3 note.md").write_text(
        "---\ntitle: A note on rye\nsource: https://b.example/rye\npublished: 2025-02-03\nrating: 5\n---\n"
        "Rye is *up*, they say on every quay.\n",
        encoding="utf-8",
    )
    (folder / "4 empty.html").write_bytes(b"")
    (folder / "5 picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site: two companies, one topic, no article."""
    folder = tmp_path / "site"
    files = {
        "content/site.yaml": "title: Quay Notes\nbase_url: https://notes.example/quay/\ntext: full\n",
        "content/companies/elmswick-grain.md": "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd]\n---\nA silo.\n",
        "content/companies/tallow-pier.md": "---\nname: Tallow Pier\n---\n",
        "content/topics/storage.md": "---\nname: Storage\nkeywords: [silo]\n---\n",
    }
    return write_files(folder, files)


@pytest.fixture
def tree() -> Tree:
    return files_of


class Tree(Protocol):
    """The files below a folder with their bytes."""

    def __call__(self, folder: Path) -> dict[str, bytes]: ...


_OWN = ".site-gen"  # what the names begin with of all that a build keeps for itself


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_OWN) for part in path.relative_to(folder).parts)
    }


class Built(Protocol):
    """The output folder of a site, built once for all tests that only read it."""

    def __call__(self, site: Path, base_url: str = ..., *, offline: bool = ...) -> Path: ...


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    done: dict[tuple[Path, str, bool], Path] = {}

    def build_once(site: Path, base_url: str = "https://example.org/repo/", *, offline: bool = False) -> Path:
        key = (site, base_url, offline)
        if key not in done:
            folder = tmp_path_factory.mktemp("built")
            copy_site(site, folder / "site")  # a build keeps its state in the site's folder
            done[key] = folder / "repo"
            build_session.build(folder / "site", done[key], build_session.BuildOptions(base_url, offline))
        return done[key]

    return build_once


@pytest.fixture
def repo() -> Path:
    """This repository, with its demo site."""
    return REPO


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        # On CI a missing browser is a failure: these tests must not pass by not running.
        give_up = pytest.fail if os.environ.get("SITE_GEN_REQUIRE_BROWSER") else pytest.skip
        give_up("no Chromium on the PATH: .ci/run installs one")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
