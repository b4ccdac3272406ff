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
from tests.support.sites import edit_file, write_files
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
ARTICLE_WITHOUT = ARTICLE.replace(",   tallow-pier", "")
ARTICLE_IGNORING = ARTICLE_WITHOUT.replace("\n---\n\n", "\nignore: [companies/tallow-pier]\n---\n\n", 1)
QUESTION = "           y writes companies/tallow-pier under ignore: for you, n does not"
LINE = f"removed    companies/tallow-pier from {FILE}; to keep it removed: site-gen tag {FILE}"


@pytest.fixture
def tagged_site(site: Path) -> Path:
    return write_files(site, {FILE: ARTICLE})


def save(site: Path, text: str, file: str = FILE) -> None:
    """Save an article as editors do: beside it, then in its place."""
    temporary = site / f"{file}.tmp"
    temporary.write_bytes(text.encode())
    temporary.replace(site / file)


# -- what is told, and when


class PromptForOnePerson:
    """A prompt with a person to ask, or without one."""

    def __init__(self, site: Path, *, has_person: bool = True) -> None:
        self.lines: list[str] = []
        self.wanted: list[bool] = []
        self.has_person = has_person
        self.removals = RemovedTagsPrompt(site, listen=self._ask, print_line=self.lines.append)

    def _ask(self, wanted: bool) -> bool:
        self.wanted.append(wanted)
        return wanted and self.has_person

    def take(self, *tags: Tag, article: str = "one", file: str = FILE) -> list[str]:
        """Report tags that were removed from an article; return the lines that are printed."""
        before = len(self.lines)
        self.removals.report([RemovedTags(file, article, tags)])
        return self.lines[before:]

    def answer(self, key: str) -> list[str]:
        before = len(self.lines)
        self.removals.answer(key)
        return self.lines[before:]


def test_one_removal_is_reported_and_asked_once(tmp_path: Path) -> None:
    prompt = PromptForOnePerson(tmp_path)
    assert prompt.take() == []
    assert prompt.take(TALLOW) == [LINE, QUESTION]
    assert prompt.take(TALLOW) == []  # the text was edited further
    assert prompt.answer("x") == []
    assert prompt.answer("n") == ["           not changed; the next `site-gen tag` records it"]
    assert prompt.take(TALLOW) == []
    assert prompt.take(TALLOW, file="content/articles/2025/moved.md") == []
    assert prompt.wanted == [True, False]


def test_another_removal_of_the_same_article_is_asked_with_the_first(tmp_path: Path) -> None:
    prompt = PromptForOnePerson(tmp_path)
    prompt.take(TALLOW)
    lines = prompt.take(TALLOW, ELMSWICK)
    assert lines[0].startswith("removed    companies/elmswick-grain from")
    assert "y writes companies/tallow-pier, companies/elmswick-grain under" in lines[1]


def test_a_tag_that_is_put_back_is_asked_no_more_and_anew_when_it_goes_again(tmp_path: Path) -> None:
    prompt = PromptForOnePerson(tmp_path)
    prompt.take(TALLOW)
    assert prompt.take() == ["           nothing is left to answer"]
    assert prompt.wanted == [True, False]
    assert prompt.answer("y") == []
    assert not (tmp_path / FILE).exists()
    assert prompt.take(TALLOW) == [LINE, QUESTION]


def test_without_a_person_there_is_no_question(tmp_path: Path) -> None:
    prompt = PromptForOnePerson(tmp_path, has_person=False)
    assert prompt.take(TALLOW) == [LINE]
    assert prompt.answer("y") == []


def test_a_checkout_of_many_articles_is_one_question(tmp_path: Path) -> None:
    prompt = PromptForOnePerson(tmp_path)
    prompt.removals.report([RemovedTags(f"{n}.md", str(n), (TALLOW,)) for n in range(9)])
    assert [line.split()[0] for line in prompt.lines] == ["removed", "removed", "removed", "and", "y"]
    assert "6 other articles" in prompt.lines[3]
    assert "all of these" in prompt.lines[4]


def test_an_answer_writes_each_article(tagged_site: Path) -> None:
    prompt = PromptForOnePerson(tagged_site)
    (tagged_site / FILE).write_text(ARTICLE_WITHOUT)
    prompt.take(TALLOW)
    prompt.take(TALLOW, article="two", file="content/articles/2026/gone.md")
    lines = prompt.answer("y")
    assert lines[0] == f"ignored    companies/tallow-pier in {FILE}"
    assert lines[1].startswith("content/articles/2026/gone.md: cannot be read")
    assert (tagged_site / FILE).read_text() == ARTICLE_IGNORING
    assert prompt.answer("y") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ARTICLE_WITHOUT, ARTICLE_IGNORING),
        (ARTICLE_WITHOUT.replace("\n", "\r\n"), ARTICLE_IGNORING.replace("\n", "\r\n")),
        ("\ufeff" + ARTICLE_WITHOUT, "\ufeff" + ARTICLE_IGNORING),
        (
            ARTICLE_WITHOUT.replace("---\n\n", "ignore:\n  - topics/storage  # mine\n---\n\n"),
            ARTICLE_WITHOUT.replace(
                "---\n\n", "ignore:\n  - topics/storage  # mine\n  - companies/tallow-pier\n---\n\n"
            ),
        ),
    ],
)
def test_an_answer_adds_only_its_line(tagged_site: Path, before: str, after: str) -> None:
    (tagged_site / FILE).write_bytes(before.encode())
    for _ in range(2):
        assert ignore_removed_tags(tagged_site, RemovedTags(FILE, "silo1", (TALLOW, ELMSWICK))) is None
        assert (tagged_site / FILE).read_bytes() == after.encode()


def test_a_tag_that_was_put_back_by_another_name_is_not_ignored(tagged_site: Path) -> None:
    edit_file(tagged_site / "content/companies/tallow-pier.md", "---\n", "---\nnames: [Towers]\n")
    text = ARTICLE.replace("tallow-pier]  ", "Towers]  ")
    (tagged_site / FILE).write_text(text)
    assert ignore_removed_tags(tagged_site, RemovedTags(FILE, "silo1", (TALLOW,))) is None
    assert (tagged_site / FILE).read_text() == text


def test_a_file_that_is_wrong_is_left_alone_and_reported(tagged_site: Path) -> None:
    text = ARTICLE_WITHOUT.replace("published: ", "publshed: ")
    (tagged_site / FILE).write_text(text)
    problem = ignore_removed_tags(tagged_site, RemovedTags(FILE, "silo1", (TALLOW,)))
    assert problem
    assert problem.line == 4
    assert (tagged_site / FILE).read_text() == text


# -- the server, piped


def test_without_a_terminal_there_is_one_line_and_nothing_is_written(tagged_site: Path) -> None:
    with serve_process(tagged_site, "--port", "0") as server:
        assert server.url
        save(tagged_site, ARTICLE_WITHOUT)
        until(lambda: server.lines_starting("removed"))
        save(tagged_site, ARTICLE_WITHOUT.replace("goes.", "goes, they say."))
        until(lambda: "they say" in server.text(page(server.url, "silo-stays")))
        assert server.lines_starting("removed") == [LINE]
        assert not server.lines_starting("           ")
        assert server.end(signal.SIGINT) in ENDS
    assert (tagged_site / FILE).read_text() == ARTICLE_WITHOUT.replace("goes.", "goes, they say.")


def page(url: str, slug: str) -> str:
    return f"/{url.split('/', 3)[3]}articles/2026/{slug}/"


def test_an_entity_that_loses_a_name_removes_no_tag(tagged_site: Path) -> None:
    """The article's file is the same; whether it still says that is for `tag` to tell."""
    save(tagged_site, ARTICLE.replace("tallow-pier]  ", "Tallow]  "))
    entity = edit_file(tagged_site / "content/companies/tallow-pier.md", "---\n", "---\nnames: [Tallow]\n")
    with serve_process(tagged_site, "--port", "0") as server:
        assert server.url
        edit_file(entity, "Tallow]", "Towers]")
        until(lambda: server.lines_starting("changed"))
        save(tagged_site, ARTICLE_WITHOUT.replace("silo1", "other"), "content/articles/2026/other.md")
        until(lambda: server.lines_starting("removed"))
        assert not [line for line in server.lines_starting("removed") if FILE in line]


# -- the server at a terminal


class Terminal:
    """`site-gen serve` with a terminal of its own, and what a person sees and presses there."""

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
        self.output = ""
        self._reading = threading.Thread(target=self._read)
        self._reading.start()
        until(lambda: "serving " in self.output or self.process.poll() is not None, "a server")

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.ours, 4096)
            except OSError:
                return
            if not data:
                return
            self.output += data.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def url(self) -> str:
        return next(line for line in self.output.splitlines() if line.startswith("serving ")).split()[1]

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def wait_for(self, text: str, times: int = 1) -> None:
        until(lambda: self.output.count(text) >= times, f"{text}\nin\n{self.output}")

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
def terminal(tagged_site: Path) -> Iterator[Terminal]:
    if os.name != "posix":
        pytest.skip("has no pseudo-terminals")
    terminal = Terminal(tagged_site)
    try:
        yield terminal
    finally:
        terminal.close()
        os.close(terminal.ours)


def test_a_key_writes_the_line_once_and_causes_no_further_question(
    terminal: Terminal, tagged_site: Path, tmp_path: Path
) -> None:
    terminal.press("y")  # nobody asked yet: no answer to what is asked later
    assert terminal.is_usual
    save(tagged_site, ARTICLE_WITHOUT)
    terminal.wait_for(QUESTION)
    until(lambda: not terminal.is_usual)
    # The question waits, the site does not.
    save(tagged_site, ARTICLE_WITHOUT.replace("goes.", "goes, they say."))
    until(lambda: "they say" in terminal.text())
    assert (tagged_site / FILE).read_text() == ARTICLE_WITHOUT.replace("goes.", "goes, they say.")
    terminal.press("\x1b[A")
    terminal.press("y")
    terminal.wait_for(f"ignored    companies/tallow-pier in {FILE}")
    assert (tagged_site / FILE).read_text() == ARTICLE_IGNORING.replace("goes.", "goes, they say.")
    until(lambda: terminal.is_usual)
    until(lambda: has_clean_output(tagged_site))
    save(tagged_site, ARTICLE_IGNORING.replace("goes.", "goes, they wrote."))
    until(lambda: "they wrote" in terminal.text())
    assert terminal.output.count("removed    ") == terminal.output.count("y writes") == 1
    assert terminal.output.count("ignored ") == 1
    terminal.press("\x03")
    assert terminal.end() in ENDS
    content, problems = loader.load(tagged_site)
    assert problems == []
    assert next(article for article in content.articles if article.id == "silo1").ignore == (TALLOW,)


def test_after_a_no_nothing_is_asked_again(terminal: Terminal, tagged_site: Path) -> None:
    save(tagged_site, ARTICLE_WITHOUT)
    terminal.wait_for(QUESTION)
    terminal.press("n")
    terminal.wait_for("not changed; the next")
    until(lambda: terminal.is_usual)
    save(tagged_site, ARTICLE_WITHOUT.replace("goes.", "goes away."))
    until(lambda: "goes away" in terminal.text())
    assert terminal.output.count("y writes") == 1
    assert "ignore" not in (tagged_site / FILE).read_text()


def test_the_terminal_is_as_it_was_when_the_server_ends_unanswered(terminal: Terminal, tagged_site: Path) -> None:
    save(tagged_site, ARTICLE_WITHOUT)
    terminal.wait_for(QUESTION)
    until(lambda: not terminal.is_usual)
    terminal.press("\x03")
    until(lambda: terminal.process.poll() is not None)
    assert terminal.is_usual
    assert terminal.end() in ENDS
    assert (tagged_site / FILE).read_text() == ARTICLE_WITHOUT


def test_the_tag_command_ignores_what_was_removed_from_one_article(call: Call, tagged_site: Path) -> None:
    save(tagged_site, ARTICLE_WITHOUT)
    save(tagged_site, ARTICLE_WITHOUT.replace("silo1", "silo2"), "content/articles/2026/other.md")
    done = call("tag", "--site", tagged_site, FILE)
    assert done.status == 0
    assert "ignored companies/tallow-pier" in done.out
    assert "1 article changed" in done.out
    assert "ignore: [companies/tallow-pier]" in (tagged_site / FILE).read_text()
    assert "ignore" not in (tagged_site / "content/articles/2026/other.md").read_text()
    refused = call("tag", "--site", tagged_site, "content/companies/tallow-pier.md")
    assert refused.status == 2
    assert "not an article of this site" in refused.err
