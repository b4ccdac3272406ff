"""The `add` command among hostile names, failing inputs and interruptions."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.ingest import add_pages, extract_pool
from site_gen.ingest.extract.dispatch import extract
from tests.support import hostile_work
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Call, HtmlPage, Run

TODAY = dt.date(2026, 11, 22)
posix_only = pytest.mark.skipif(os.name != "posix", reason="file names and signals of POSIX")


# -- hostile inputs -----------------------------------------------------------------------------------

HOSTILE = [
    "-rf.html",
    "a\nb.html",
    "~.html",
    "a\tb.html",
    "\x1b]0;owned\x07.html",
    "CON.html",
    "x" * 250,
    "ä ö.HTML",
    "a\u202ecod.html",
    "%2e%2e%2fx.html",
    "'; rm -rf .html",
    "\x9b31m.html",
]


@posix_only
@pytest.mark.parametrize("json_too", [False, True])
def test_hostile_names_stay_inside_and_print_no_control_bytes(
    run: Run, site: Path, tmp_path: Path, html_page: HtmlPage, *, json_too: bool
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    names = [os.fsencode(name) for name in HOSTILE] + [b"\xff\xfe bytes.html"]
    for n, name in enumerate(names):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:  # noqa: PTH123  bytes are no Path
            file.write(html_page(f"Page {n}").encode())
    before = set(read_files(tmp_path))
    done = run("add", "--site", site, *(["--json"] if json_too else []), folder)
    assert done.status == 0, done.err
    assert len(done.lines) == len(names) + (not json_too)
    assert not any(c < " " or "\x7f" <= c <= "\x9f" or c == "\u202e" for line in done.lines for c in line)
    new = set(read_files(tmp_path)) - before
    assert len(new) == 2 * len(names)
    assert all(name.startswith(("site/content/articles/", "site/content/saved/")) for name in new)
    for path in (site / "content/saved").iterdir():
        assert path.name.isprintable()
        assert not path.name.startswith(("-", "."))
    if json_too:
        assert sorted(os.fsencode(record["input"]) for record in done.records) == sorted(
            os.fsencode(folder) + b"/" + name for name in names
        )


@posix_only
def test_a_name_that_climbs_stays_inside(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    (site / "sub").mkdir()
    record = call("add", "--site", site, "--json", f"{saved_pages}/../pages/3 note.md").record
    assert record["status"] == "added"
    assert {name.split("/")[0] for name in read_files(tmp_path)} == {"pages", "site"}


@posix_only
def test_a_terminal_without_unicode_is_no_trouble(run: Run, site: Path, saved_pages: Path) -> None:
    done = run("add", "--site", site, saved_pages, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.status == 1
    assert "?" in done.lines[0]
    assert len(done.lines) == 6


@posix_only
def test_what_is_no_plain_file_is_refused(site: Path, tmp_path: Path, saved_pages: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.html").symlink_to(saved_pages / "3 note.md")
    for name in ("pipe", "link.html"):
        assert next(extract_pool.extract_all([str(tmp_path / name)], TODAY)).reason == "not a plain file"


def test_an_input_that_goes_away_does_not_stop_the_others(site: Path, saved_pages: Path) -> None:
    def losing(found: Iterator[extract_pool.Extraction]) -> Iterator[extract_pool.Extraction]:
        for extracted in found:
            if "silo" in extracted.input:
                Path(extracted.input).unlink()
            yield extracted

    outcomes = add_pages.add(site, [str(saved_pages / name) for name in ("1 silo.html", "3 note.md")], TODAY, losing)
    told = [(outcome.status, outcome.reason) for outcome in outcomes]
    assert told == [("failed", "cannot be read (No such file or directory)"), ("added", None)]


def test_a_mistake_in_the_extractor_is_told_for_that_input_only(
    saved_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_on_notes(page: object, today: dt.date) -> object:
        if getattr(page, "format", "") == "clip":
            raise ZeroDivisionError("no\nsuch luck")
        return extract(page, today)  # type: ignore[arg-type]

    monkeypatch.setattr(extract_pool, "extract", fails_on_notes)
    paths = [str(saved_pages / "3 note.md"), str(saved_pages / "1 silo.html")]
    with ThreadPoolExecutor(1) as executor:  # another place to work than worker processes
        found = list(extract_pool.extract_all(paths, TODAY, executor))
    assert found[0].reason == "the extractor failed on it (ZeroDivisionError: no such luck)"
    assert found[1].draft is not None


@pytest.mark.slow
def test_an_input_that_takes_too_long_is_told_and_the_others_go_on(
    tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.hang_or_make_up)
    paths = [tmp_path / name for name in ("one.html", "hangs.html", "two.html")]
    for path in paths:
        path.write_text(html_page(hostile_work.HANGS if path.stem == "hangs" else "Sound"), encoding="utf-8")
    found = list(extract_pool.extract_all([str(path) for path in paths], TODAY, seconds=2))
    assert [each.reason for each in found] == [None, "took longer than 2 seconds", None]
    assert [each.draft is not None for each in found] == [True, False, True]


@pytest.mark.slow
def test_a_worker_that_dies_takes_one_input_with_it(
    tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.die_or_extract)
    paths = []
    for title in ("one", "two", hostile_work.DIES, "three", "four"):
        path = tmp_path / f"{title}.html"
        path.write_text(html_page(title), encoding="utf-8")
        paths.append(str(path))
    found = list(extract_pool.extract_all(paths, TODAY))
    assert [each.draft is not None for each in found] == [True, True, False, True, True]  # there is a new worker
    assert "crashed" in (found[2].reason or "")


def test_one_core_and_many_give_the_same(tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for n in range(11):
        path = tmp_path / f"{n:02}.html"
        path.write_text(html_page(f"Page {n}") if n % 4 else "", encoding="utf-8")
        paths.append(str(path))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    many = list(extract_pool.extract_all(paths, TODAY))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert many == list(extract_pool.extract_all(paths, TODAY))


def test_a_text_that_no_site_could_be_built_with_is_refused(call: Call, site: Path, tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("---\ntitle: Long\n---\n" + "Rye is up, they say.\n\n" * 25_000, encoding="utf-8")
    (tmp_path / "longer.txt").write_text("Rye is up, they say.\n" * 100_000, encoding="utf-8")
    before = read_files(site)
    done = call("add", "--site", site, "--json", tmp_path / "long.md", tmp_path / "longer.txt")
    assert [record["reason"] for record in done.records] == [
        "549,999 characters of text; 524,288 at most",
        "2,100,000 characters of plain text are no article",
    ]
    assert read_files(site) == before


# -- interrupted --------------------------------------------------------------------------------------


def whole(site: Path) -> list[str]:
    """Return the files below content/ that are whole: articles that load, saved pages of known bytes."""
    loaded, problems = loader.load(site)
    assert problems == []
    for article in loaded.articles:
        assert article.saved
        kept = (site / "content" / article.saved.file).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == article.saved.sha256
        assert hashlib.sha256(article.body.strip().encode()).hexdigest()[:16] == article.saved.text_hash
    return [article.title for article in loaded.articles]


@posix_only
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_it_leaves_no_half_file_and_goes_on(
    run: Run, site: Path, tmp_path: Path, html_page: HtmlPage, sign: signal.Signals
) -> None:
    folder = tmp_path.joinpath(*(letter * 200 for letter in "many"))
    folder.mkdir(parents=True)
    # What is told of each page holds the folder's name. Nobody reads on from the pipe, which holds less than all that:
    # so the command cannot end before it is stopped.
    titles = [f"Page {n:03} of the silo" for n in range(100)]
    for n, title in enumerate(titles):
        (folder / f"{n:02}.html").write_text(html_page(title), encoding="utf-8")
    # Python leaves SIGINT alone when it starts with it ignored, as a job of the shell in the background does.
    start = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from site_gen.cli.main import main; raise SystemExit(main())"
    )
    command = [sys.executable, "-c", start, "add", "--site", str(site), "--json", str(folder)]
    for lines in (1, 4):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as process:
            assert process.stdout is not None
            for _ in range(lines):
                assert process.stdout.readline()
            if sign == signal.SIGINT:
                os.killpg(process.pid, sign)  # as a terminal does, to its workers too
                _, said = process.communicate()
                assert process.returncode == 130
                assert said.decode() == "stopped; what was done stays, the same command goes on from here\n"
            else:
                process.kill()
                process.wait()
                with contextlib.suppress(ProcessLookupError):
                    while True:  # until its workers end by themselves
                        os.killpg(process.pid, 0)
                        time.sleep(0.05)
        assert whole(site)
    done = run("add", "--site", site, "--json", folder)
    assert done.status == 0, done.err
    assert {record["status"] for record in done.records} == {"added", "duplicate"}
    assert sorted(whole(site)) == titles
    assert len([p for p in (site / "content/saved").iterdir() if not p.name.startswith(".")]) == len(titles)


def test_what_killed_commands_left_is_swept_away_in_time(call: Call, site: Path, saved_pages: Path) -> None:
    old, young = site / "content/saved/.site-gen-old", site / "content/saved/.site-gen-young"
    old.parent.mkdir()
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    call("add", "--site", site, saved_pages / "3 note.md")
    assert not old.exists()
    assert young.exists()
