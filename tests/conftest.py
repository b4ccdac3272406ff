"""Fixtures that many tests share: a small site, saved pages, a browser, and two ways to run a command."""

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
from tests.support.sites import copy_site, write_files

with warnings.catch_warnings():  # it looks for a way to download, which we never use, and warns of PySocks
    warnings.simplefilter("ignore")
    import trafilatura  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

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
class CommandResult:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON object of each line, as a command with `--json` prints them."""
        return [json.loads(line) for line in self.lines]

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only


class Call(Protocol):
    """Runs a command in this process, which is fast."""

    def __call__(self, *args: str | Path) -> CommandResult: ...


class Run(Protocol):
    """Runs a command as a process of its own, as people do."""

    def __call__(
        self, *args: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> CommandResult: ...


class HtmlPage(Protocol):
    """Makes the HTML of a saved page."""

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
def parse_templates_once() -> Iterator[None]:
    """Parse each template once in a process: a build of a small site spends most of its time on that.

    What a parser makes of a text depends on nothing but that text and a few settings; compiling, which depends on the
    site, is done anew for each build, as ever.
    """
    parse, trees = Environment._parse, dict[tuple[object, ...], nodes.Template]()

    def parse_once(env: Environment, source: str, name: str | None, filename: str | None) -> nodes.Template:
        language = getattr(env, "language", None)  # whose messages a tree holds once it is compiled
        key = (source, name, filename, env.trim_blocks, env.lstrip_blocks, env.keep_trailing_newline, language)
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
    def run_here(*args: str | Path) -> CommandResult:
        capsys.readouterr()
        try:
            status = main.main([str(arg) for arg in args])
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
        printed = capsys.readouterr()
        return CommandResult(status, printed.out, printed.err)

    return run_here


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_process(*args: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> CommandResult:
        process = subprocess.run(
            [sys.executable, "-m", "site_gen", *map(str, args)],
            cwd=cwd or tmp_path,
            env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return CommandResult(process.returncode, process.stdout, process.stderr)

    return run_process


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
def saved_pages(tmp_path: Path, html_page: HtmlPage) -> Path:
    """Make a folder of three good saved pages and two files that hold no page."""
    link = '<link rel="canonical" href="https://a.example/silo?utm_source=x">'
    note = "---\ntitle: A note on rye\nsource: https://b.example/rye\npublished: 2025-02-03\nrating: 5\n---\n"
    files: dict[str, str | bytes] = {
        "1 silo.html": html_page("Elmswick Grain keeps its silo", head=link),
        "2 pier.html.gz": gzip.compress(html_page("Tallow Pier closes").encode()),
        "3 note.md": note + "Rye is *up*, they say on every quay.\n",
        "4 empty.html": b"",
        "5 picture.html": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    }
    return write_files(tmp_path / "pages", files)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a small site: two companies, one topic, no article."""
    files = {
        "content/site.yaml": "title: Quay Notes\nbase_url: https://notes.example/quay/\ntext: full\n",
        "content/companies/elmswick-grain.md": "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd]\n---\nA silo.\n",
        "content/companies/tallow-pier.md": "---\nname: Tallow Pier\n---\n",
        "content/topics/storage.md": "---\nname: Storage\nkeywords: [silo]\n---\n",
    }
    return write_files(tmp_path / "site", files)


class BuildOnce(Protocol):
    """Builds a site once for all tests that only read the output, and returns its folder, which is called `repo`."""

    def __call__(self, site: Path, base_url: str = ..., *, offline: bool = ...) -> Path: ...


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory) -> BuildOnce:
    outputs: dict[tuple[Path, str, bool], Path] = {}

    def build(site: Path, base_url: str = "https://example.org/repo/", *, offline: bool = False) -> Path:
        key = (site, base_url, offline)
        if key not in outputs:
            folder = tmp_path_factory.mktemp("built")
            copy_site(site, folder / "site")  # a build keeps its state in the site's folder
            build_session.build(folder / "site", folder / "repo", build_session.BuildOptions(base_url, offline))
            outputs[key] = folder / "repo"
        return outputs[key]

    return build


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
