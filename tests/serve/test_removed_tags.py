"""What a person takes out of an article while the site is served: told once, asked once, written once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.content.records import RemovedTags, Tag
from site_gen.entities.retag import ignore_removed_tags
from site_gen.serve.removed_tags import RemovedTagsPrompt
from tests.support.serving import ENDS, has_clean_output, http_request, serve_process
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Call

FILE = "content/articles/2026/silo-stays.md"
ELMSWICK, TALLOW = Tag("companies", "elmswick-grain"), Tag("companies", "tallow-pier")
ARTICLE = """---
id:   silo1
title:   'Silo of Elmswick Grain stays'   # said the board
published: "2026-03-04"
companies: [elmswick-grain,   tallow-pier]   # both
tagged: [companies/elmswick-grain, companies/tallow-pier]
---


The silo of Elmswick Grain stays.\x20\x20
Tallow Pier goes.
"""
WITHOUT = ARTICLE.replace(",   tallow-pier", "")
NOTED = WITHOUT.replace("\n---\n\n", "\nignore: [companies/tallow-pier]\n---\n\n", 1)
QUESTION = "           y writes companies/tallow-pier under ignore: for you, n does not"
LINE = f"taken out  companies/tallow-pier from {FILE}; to keep it out: site-gen tag {FILE}"


@pytest.fixture
def served(site: Path) -> Path:
    path = site / FILE
    path.parent.mkdir(parents=True)
    path.write_text(ARTICLE)
    return site


def save(site: Path, text: str, file: str = FILE) -> None:
    """As editors do: beside, then in its place."""
    part = site / f"{file}.tmp"
    part.write_bytes(text.encode())
    part.replace(site / file)


# -- what is told, and when


class Desk:
    """A prompt with somebody to ask, or nobody."""

    def __init__(self, site: Path, *, somebody: bool = True) -> None:
        self.lines: list[str] = []
        self.wanted: list[bool] = []
        self.somebody = somebody
        self.removals = RemovedTagsPrompt(site, listen=self._ask, print_line=self.lines.append)

    def _ask(self, wanted: bool) -> bool:
        self.wanted.append(wanted)
        return wanted and self.somebody

    def take(self, *tags: Tag, article: str = "one", file: str = FILE) -> list[str]:
        """Return the lines that an article with these tags taken out brings."""
        before = len(self.lines)
        self.removals.report([RemovedTags(file, article, tags)])
        return self.lines[before:]

    def answer(self, key: str) -> list[str]:
        before = len(self.lines)
        self.removals.answer(key)
        return self.lines[before:]


def test_one_removal_is_told_and_asked_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.take() == []
    assert desk.take(TALLOW) == [LINE, QUESTION]
    assert desk.take(TALLOW) == []  # the text was edited further
    assert desk.answer("x") == []
    assert desk.answer("n") == ["           left as it is; the next `site-gen tag` notes it"]
    assert desk.take(TALLOW) == []
    assert desk.take(TALLOW, file="content/articles/2025/moved.md") == []
    assert desk.wanted == [True, False]


def test_another_removal_of_the_same_article_is_asked_with_the_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.take(TALLOW)
    told = desk.take(TALLOW, ELMSWICK)
    assert told[0].startswith("taken out  companies/elmswick-grain from")
    assert "y writes companies/tallow-pier, companies/elmswick-grain under" in told[1]


def test_what_is_put_back_is_asked_no_more_and_anew_when_it_goes_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.take(TALLOW)
    assert desk.take() == ["           nothing is left to answer"]
    assert desk.wanted == [True, False]
    assert desk.answer("y") == []
    assert not (tmp_path / FILE).exists()
    assert desk.take(TALLOW) == [LINE, QUESTION]


def test_where_nobody_sits_the_line_is_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path, somebody=False)
    assert desk.take(TALLOW) == [LINE]
    assert desk.answer("y") == []


def test_a_checkout_of_many_articles_is_one_question(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.removals.report([RemovedTags(f"{n}.md", str(n), (TALLOW,)) for n in range(9)])
    assert [line.split()[0] for line in desk.lines] == ["taken", "taken", "taken", "and", "y"]
    assert "6 other articles" in desk.lines[3]
    assert "all of these" in desk.lines[4]


def test_an_answer_writes_each_article(served: Path) -> None:
    desk = Desk(served)
    (served / FILE).write_text(WITHOUT)
    desk.take(TALLOW)
    desk.take(TALLOW, article="two", file="content/articles/2026/gone.md")
    told = desk.answer("y")
    assert told[0] == f"ignored    companies/tallow-pier in {FILE}"
    assert told[1].startswith("content/articles/2026/gone.md: cannot be read")
    assert (served / FILE).read_text() == NOTED
    assert desk.answer("y") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WITHOUT, NOTED),
        (WITHOUT.replace("\n", "\r\n"), NOTED.replace("\n", "\r\n")),
        ("\ufeff" + WITHOUT, "\ufeff" + NOTED),
        (
            WITHOUT.replace("---\n\n", "ignore:\n  - topics/storage  # mine\n---\n\n"),
            WITHOUT.replace("---\n\n", "ignore:\n  - topics/storage  # mine\n  - companies/tallow-pier\n---\n\n"),
        ),
    ],
)
def test_only_the_line_is_added(served: Path, before: str, after: str) -> None:
    (served / FILE).write_bytes(before.encode())
    for _ in range(2):
        assert ignore_removed_tags(served, RemovedTags(FILE, "silo1", (TALLOW, ELMSWICK))) is None
        assert (served / FILE).read_bytes() == after.encode()


def test_what_was_put_back_by_another_name_is_not_noted(served: Path) -> None:
    entity = served / "content/companies/tallow-pier.md"
    entity.write_text(entity.read_text().replace("---\n", "---\nnames: [Towers]\n", 1))
    text = ARTICLE.replace("tallow-pier]  ", "Towers]  ")
    (served / FILE).write_text(text)
    assert ignore_removed_tags(served, RemovedTags(FILE, "silo1", (TALLOW,))) is None
    assert (served / FILE).read_text() == text


def test_a_file_that_is_wrong_is_left_and_told(served: Path) -> None:
    text = WITHOUT.replace("published: ", "publshed: ")
    (served / FILE).write_text(text)
    problem = ignore_removed_tags(served, RemovedTags(FILE, "silo1", (TALLOW,)))
    assert problem
    assert problem.line == 4
    assert (served / FILE).read_text() == text


# -- the server, piped


def test_piped_there_is_one_line_and_nothing_is_written(served: Path) -> None:
    with serve_process(served, "--port", "0") as server:
        assert server.url
        save(served, WITHOUT)
        until(lambda: server.lines_starting("taken out"))
        save(served, WITHOUT.replace("goes.", "goes, they say."))
        until(lambda: "they say" in server.text(page(server.url, "silo-stays")))
        assert server.lines_starting("taken out") == [LINE]
        assert not server.lines_starting("           ")
        assert server.end(signal.SIGINT) in ENDS
    assert (served / FILE).read_text() == WITHOUT.replace("goes.", "goes, they say.")


def page(url: str, slug: str) -> str:
    return f"/{url.split('/', 3)[3]}articles/2026/{slug}/"


def test_an_entity_that_loses_a_name_takes_nothing_out(served: Path) -> None:
    """The article's file is the same; whether it still says that is for `tag` to tell."""
    save(served, ARTICLE.replace("tallow-pier]  ", "Tallow]  "))
    entity = served / "content/companies/tallow-pier.md"
    entity.write_text(entity.read_text().replace("---\n", "---\nnames: [Tallow]\n", 1))
    with serve_process(served, "--port", "0") as server:
        assert server.url
        entity.write_text(entity.read_text().replace("Tallow]", "Towers]"))
        until(lambda: server.lines_starting("changed"))
        save(served, WITHOUT.replace("silo1", "other"), "content/articles/2026/other.md")
        until(lambda: server.lines_starting("taken out"))
        assert not [line for line in server.lines_starting("taken out") if FILE in line]


# -- the server at a terminal


class Terminal:
    """`serve` with a terminal of its own, and a person before it."""

    def __init__(self, site: Path) -> None:
        import pty

        self.ours, theirs = pty.openpty()
        self.theirs = os.dup(theirs)  # held, to look at how the terminal is set
        # A session of its own with this terminal, as a shell makes it: only so is the server "in front".
        script = (
            "import fcntl, os, signal, sys, termios\n"
            "os.setsid()\n"
            "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"  # ignored where the tests run in the background
            "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
            "os.execv(sys.executable, [sys.executable, '-m', 'site_gen', *sys.argv[1:]])\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, "serve", "--site", str(site), "--port", "0"],
            stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "PYTHONUTF8": "1", "TERM": "xterm"},
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""
        self._reading = threading.Thread(target=self._read)
        self._reading.start()
        until(lambda: "serving " in self.shown or self.process.poll() is not None, "a server")

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.ours, 4096)
            except OSError:
                return
            if not data:
                return
            self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def url(self) -> str:
        return next(line for line in self.shown.splitlines() if line.startswith("serving ")).split()[1]

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def shows(self, text: str, times: int = 1) -> None:
        until(lambda: self.shown.count(text) >= times, f"{text}\nin\n{self.shown}")

    @property
    def is_usual(self) -> bool:
        """Whether the terminal echoes, and gives whole lines."""
        import termios

        flags = termios.tcgetattr(self.theirs)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def text(self, slug: str = "silo-stays") -> str:
        return http_request(int(self.url.split("/")[2].rpartition(":")[2]), page(self.url, slug)).body.decode()

    def end(self) -> int:
        status = self.process.wait(SECONDS)
        self.close()
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(SECONDS)
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1
        self._reading.join(SECONDS)


@pytest.fixture
def terminal(served: Path) -> Iterator[Terminal]:
    if os.name != "posix":
        pytest.skip("has no pseudo-terminals")
    found = Terminal(served)
    try:
        yield found
    finally:
        found.close()
        os.close(found.ours)


def test_a_key_writes_the_line_and_nothing_goes_round(terminal: Terminal, served: Path, tmp_path: Path) -> None:
    terminal.press("y")  # nobody asked yet: no answer to what is asked later
    assert terminal.is_usual
    save(served, WITHOUT)
    terminal.shows(QUESTION)
    until(lambda: not terminal.is_usual)
    # The question waits, the site does not.
    save(served, WITHOUT.replace("goes.", "goes, they say."))
    until(lambda: "they say" in terminal.text())
    assert (served / FILE).read_text() == WITHOUT.replace("goes.", "goes, they say.")
    terminal.press("\x1b[A")
    terminal.press("y")
    terminal.shows(f"ignored    companies/tallow-pier in {FILE}")
    assert (served / FILE).read_text() == NOTED.replace("goes.", "goes, they say.")
    until(lambda: terminal.is_usual)
    until(lambda: has_clean_output(served))
    save(served, NOTED.replace("goes.", "goes, they wrote."))
    until(lambda: "they wrote" in terminal.text())
    assert terminal.shown.count("taken out") == terminal.shown.count("y writes") == 1
    assert terminal.shown.count("ignored ") == 1
    terminal.press("\x03")
    assert terminal.end() in ENDS
    loaded, problems = loader.load(served)
    assert problems == []
    assert next(one for one in loaded.articles if one.id == "silo1").ignore == (TALLOW,)


def test_no_is_no_and_is_not_asked_again(terminal: Terminal, served: Path) -> None:
    save(served, WITHOUT)
    terminal.shows(QUESTION)
    terminal.press("n")
    terminal.shows("left as it is")
    until(lambda: terminal.is_usual)
    save(served, WITHOUT.replace("goes.", "goes away."))
    until(lambda: "goes away" in terminal.text())
    assert terminal.shown.count("y writes") == 1
    assert "ignore" not in (served / FILE).read_text()


def test_the_terminal_is_as_it_was_when_the_server_ends_unanswered(terminal: Terminal, served: Path) -> None:
    save(served, WITHOUT)
    terminal.shows(QUESTION)
    until(lambda: not terminal.is_usual)
    terminal.press("\x03")
    until(lambda: terminal.process.poll() is not None)
    assert terminal.is_usual
    assert terminal.end() in ENDS
    assert (served / FILE).read_text() == WITHOUT


def test_tag_of_one_article_notes_what_was_taken_out_of_it(call: Call, served: Path) -> None:
    save(served, WITHOUT)
    save(served, WITHOUT.replace("silo1", "silo2"), "content/articles/2026/other.md")
    done = call("tag", "--site", served, FILE)
    assert done.status == 0
    assert "ignored companies/tallow-pier" in done.out
    assert "1 article changed" in done.out
    assert "ignore: [companies/tallow-pier]" in (served / FILE).read_text()
    assert "ignore" not in (served / "content/articles/2026/other.md").read_text()
    refused = call("tag", "--site", served, "content/companies/tallow-pier.md")
    assert refused.status == 2
    assert "no article of this site" in refused.err
