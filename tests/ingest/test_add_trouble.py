"""`site-gen add` with hostile names, failing inputs and interruptions."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.ingest import add_pages, extract_pool
from site_gen.ingest.extract.dispatch import extract
from tests.support import hostile_work
from tests.support.extraction import TODAY
from tests.support.sites import read_files, write_files
from tests.support.waiting import until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from tests.conftest import Call, HtmlPage, Run

posix_only = pytest.mark.skipif(os.name != "posix", reason="file names and signals of POSIX")


def write_pages(folder: Path, pages: Iterable[str]) -> list[str]:
    """Write pages into numbered files; return their paths."""
    files = {f"{number:03}.html": page for number, page in enumerate(pages)}
    return [str(write_files(folder, files) / name) for name in files]


# -- hostile inputs -----------------------------------------------------------------------------------

HOSTILE_NAMES = [
    "-rf.html", "a\nb.html", "~.html", "a\tb.html", "\x1b]0;owned\x07.html", "CON.html", "x" * 250, "ä ö.HTML",
    "a\u202ecod.html", "%2e%2e%2fx.html", "'; rm -rf .html", "\x9b31m.html",
]  # fmt: skip


@posix_only
@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_names_stay_inside_the_site_and_print_no_control_characters(
    run: Run, site: Path, tmp_path: Path, html_page: HtmlPage, *, as_json: bool
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    names = [os.fsencode(name) for name in HOSTILE_NAMES] + [b"\xff\xfe bytes.html"]
    for n, name in enumerate(names):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:  # noqa: PTH123  bytes are no Path
            file.write(html_page(f"Page {n}").encode())
    before = set(read_files(tmp_path))
    done = run("add", "--site", site, *(["--json"] if as_json else []), folder)
    assert done.status == 0, done.err
    assert len(done.lines) == len(names) + (not as_json)
    assert not any(c < " " or "\x7f" <= c <= "\x9f" or c == "\u202e" for line in done.lines for c in line)
    added = set(read_files(tmp_path)) - before
    assert len(added) == 2 * len(names)
    assert all(name.startswith(("site/content/articles/", "site/content/saved/")) for name in added)
    for path in (site / "content/saved").iterdir():
        assert path.name.isprintable()
        assert not path.name.startswith(("-", "."))
    if as_json:
        assert sorted(os.fsencode(record["input"]) for record in done.records) == sorted(
            os.fsencode(folder) + b"/" + name for name in names
        )


@posix_only
def test_a_path_with_dots_stays_inside_the_site(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    (site / "sub").mkdir()
    record = call("add", "--site", site, "--json", f"{saved_pages}/../pages/3 note.md").record
    assert record["status"] == "added"
    assert {name.split("/")[0] for name in read_files(tmp_path)} == {"pages", "site"}


@posix_only
def test_a_terminal_without_unicode_shows_question_marks(run: Run, site: Path, saved_pages: Path) -> None:
    done = run("add", "--site", site, saved_pages, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.status == 1
    assert "?" in done.lines[0]
    assert len(done.lines) == 6


@posix_only
def test_pipes_and_symbolic_links_are_refused(site: Path, tmp_path: Path, saved_pages: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.html").symlink_to(saved_pages / "3 note.md")
    for name in ("pipe", "link.html"):
        assert next(extract_pool.extract_all([str(tmp_path / name)], TODAY)).reason == "not a plain file"


def test_an_input_that_disappears_does_not_stop_the_others(site: Path, saved_pages: Path) -> None:
    def remove_silo(extractions: Iterator[extract_pool.Extraction]) -> Iterator[extract_pool.Extraction]:
        for extraction in extractions:
            if "silo" in extraction.input:
                Path(extraction.input).unlink()
            yield extraction

    paths = [str(saved_pages / name) for name in ("1 silo.html", "3 note.md")]
    outcomes = add_pages.add(site, paths, TODAY, remove_silo)
    assert [(outcome.status, outcome.reason) for outcome in outcomes] == [
        ("failed", "cannot be read (No such file or directory)"),
        ("added", None),
    ]


def test_an_error_in_the_extractor_is_reported_for_its_input_only(
    saved_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_on_notes(page: object, today: dt.date) -> object:
        if getattr(page, "format", "") == "clip":
            raise ZeroDivisionError("no\nsuch luck")
        return extract(page, today)  # type: ignore[arg-type]

    monkeypatch.setattr(extract_pool, "extract", fail_on_notes)
    paths = [str(saved_pages / "3 note.md"), str(saved_pages / "1 silo.html")]
    with ThreadPoolExecutor(1) as executor:  # another place to work than worker processes
        of_note, of_page = extract_pool.extract_all(paths, TODAY, executor)
    assert of_note.reason == "the extractor failed on it (ZeroDivisionError: no such luck)"
    assert of_page.draft is not None


@pytest.mark.slow
def test_an_input_that_takes_too_long_is_reported_and_the_others_go_on(
    tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.hang_or_make_up)
    paths = write_pages(tmp_path, [html_page("One"), html_page(hostile_work.HANGS), html_page("Two")])
    extractions = list(extract_pool.extract_all(paths, TODAY, seconds=2))
    assert [each.reason for each in extractions] == [None, "took longer than 2 seconds", None]
    assert [each.draft is not None for each in extractions] == [True, False, True]


@pytest.mark.slow
def test_a_worker_that_dies_loses_one_input_only(
    tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.die_or_extract)
    titles = ("one", "two", hostile_work.DIES, "three", "four")
    extractions = list(extract_pool.extract_all(write_pages(tmp_path, map(html_page, titles)), TODAY))
    assert [each.draft is not None for each in extractions] == [True, True, False, True, True]  # there is a new worker
    assert "crashed" in (extractions[2].reason or "")


def test_results_do_not_depend_on_the_number_of_cores(
    tmp_path: Path, html_page: HtmlPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_pages(tmp_path, [html_page(f"Page {n}") if n % 4 else "" for n in range(11)])
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    many = list(extract_pool.extract_all(paths, TODAY))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert many == list(extract_pool.extract_all(paths, TODAY))


def test_a_text_that_is_too_long_for_a_site_is_refused(call: Call, site: Path, tmp_path: Path) -> None:
    long = "---\ntitle: Long\n---\n" + "Rye is up, they say.\n\n" * 25_000
    write_files(tmp_path, {"long.md": long, "longer.txt": "Rye is up, they say.\n" * 100_000})
    before = read_files(site)
    done = call("add", "--site", site, "--json", tmp_path / "long.md", tmp_path / "longer.txt")
    assert [record["reason"] for record in done.records] == [
        "549,999 characters of text; 524,288 at most",
        "2,100,000 characters of plain text are too many for an article",
    ]
    assert read_files(site) == before


# -- interrupted --------------------------------------------------------------------------------------


def complete_articles(site: Path) -> list[str]:
    """Return the titles of all articles, which must load and have the digests of their texts and saved pages."""
    loaded, problems = loader.load(site)
    assert problems == []
    for article in loaded.articles:
        assert article.saved
        saved = (site / "content" / article.saved.file).read_bytes()
        assert hashlib.sha256(saved).hexdigest() == article.saved.sha256
        assert hashlib.sha256(article.body.strip().encode()).hexdigest()[:16] == article.saved.text_hash
    return [article.title for article in loaded.articles]


def is_running(group: int) -> bool:
    """Return whether a process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@posix_only
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_command_leaves_no_half_file_and_can_be_run_again(
    run: Run, site: Path, tmp_path: Path, html_page: HtmlPage, sign: signal.Signals
) -> None:
    folder = tmp_path.joinpath(*(letter * 200 for letter in "many"))
    # What is printed of each page holds the folder's name. Nobody reads on from the pipe, which holds less than all
    # that: so the command cannot end before it is stopped.
    titles = [f"Page {n:03} of the silo" for n in range(100)]
    write_pages(folder, map(html_page, titles))
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
                _, printed = process.communicate()
                assert process.returncode == 130
                assert printed.decode() == "stopped; what is done is kept, run the same command to continue\n"
            else:
                process.kill()
                process.wait()
                until(lambda: not is_running(process.pid), "the workers end by themselves")
        assert complete_articles(site)
    done = run("add", "--site", site, "--json", folder)
    assert done.status == 0, done.err
    assert {record["status"] for record in done.records} == {"added", "duplicate"}
    assert sorted(complete_articles(site)) == titles
    assert len([p for p in (site / "content/saved").iterdir() if not p.name.startswith(".")]) == len(titles)


@pytest.mark.skipif(sys.platform == "win32", reason="there age tells, not a lock")
def test_temporary_files_of_killed_commands_are_removed(call: Call, site: Path, saved_pages: Path) -> None:
    import fcntl

    write_files(site / "content/saved", {".site-gen-killed": "half", ".site-gen-running": "half"})
    killed, running = site / "content/saved/.site-gen-killed", site / "content/saved/.site-gen-running"
    with running.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        call("add", "--site", site, saved_pages / "3 note.md")
        assert not killed.exists()
        assert running.exists()
