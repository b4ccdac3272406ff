"""The `suggest` command: nothing happens without a person's word, and what is answered is done at once."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_gen.cli import suggest_prompts
from site_gen.core import console
from site_gen.core.errors import SiteError
from site_gen.entities import ner, suggest
from site_gen.entities.suggest import SuggestionSession
from site_gen.entities.suggestion_sheet import SuggestionAnswer
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Call

LINES = {
    "2025/one": ("2025-03-01", "On that day the insurer Quillmar paid. It was a good day for the town of Elmswick."),
    "2026/two": ("2026-02-07", "Shares in Quillmar fell. The weather in Elmswick was bad, said Ada Brannoch."),
    "2026/three": ("2026-05-01", "The board of Elmswick Grain Holdings met Ada Brannoch, who is in the board."),
    "2026/four": ("2026-05-02", "He said that Elmswick Grain Holdings was a good board for the town in a storm."),
}  # fmt: skip
ENTITY = "---\n# mine\nname:   Elmswick Grain  # the old one\nnames: [ 'Elmswick Grain Ltd' ]\n---\nA silo.\n"


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is installed here would move guesses."""
    monkeypatch.setattr(ner, "load_model", lambda: None)


@pytest.fixture
def corpus(site: Path) -> Path:
    for name, (day, text) in LINES.items():
        path = site / f"content/articles/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: A day by the sea\npublished: {day}\n---\n{text}\n", encoding="utf-8")
    (site / "content/companies/elmswick-grain.md").write_text(ENTITY, encoding="utf-8")
    return site


def answered(path: Path, **answers: str) -> Path:
    """The sheet with answers, by the first word of a name."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for word, given in answers.items():
        (at,) = [number for number, line in enumerate(lines) if line.startswith(f"[ ] {word}")]
        lines[at] = lines[at].replace("[ ]", f"[{given}]", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_piped_it_lists_and_changes_nothing(call: Call, corpus: Path) -> None:
    before = read_files(corpus)
    done = call("suggest", "--site", corpus)
    assert done.status == 0
    near = "; near companies/elmswick-grain"
    assert done.lines[:2] == [
        f"Elmswick Grain Holdings  (company? 2 articles, 2 times, 2026-05-01 to 2026-05-02{near})",
        "Quillmar  (company? 2 articles, 2 times, 2025-03-01 to 2026-02-07)",
    ]
    assert done.lines[-1] == "4 names"
    assert read_files(corpus) == before


def test_json(call: Call, corpus: Path) -> None:
    one = call("suggest", "--site", corpus, "--json", "--limit", "2").records[1]
    assert one.pop("rank") > 0
    assert one == {
        "name": "Quillmar", "spellings": [], "kind": "company", "articles": 2, "count": 2, "first": "2025-03-01",
        "last": "2026-02-07", "near": None, "file": "content/companies/quillmar.md",
        "passages": [
            {"article": "content/articles/2025/one.md", "text": LINES["2025/one"][1]},
            {"article": "content/articles/2026/two.md", "text": LINES["2026/two"][1]},
        ],
    }  # fmt: skip


def test_a_sheet_is_answered_and_applied(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    assert call("suggest", "--site", corpus, "--to", file).status == 0
    text = file.read_text(encoding="utf-8")
    text = text.replace("[ ] Quillmar", "[y] Quillmar | Quillmar Re").replace(
        "[ ] Elmswick Grain Holdings", "[a elmswick-grain] Elmswick Grain Holdings"
    )
    file.write_text(text.replace("[ ] Elmswick\n", "[n] Elmswick\n"), encoding="utf-8")
    done = call("suggest", "--site", corpus, "--from", file)
    assert done.status == 0, done.err
    assert done.lines == [
        "new    Quillmar → content/companies/quillmar.md",
        "also   Elmswick Grain Holdings → content/companies/elmswick-grain.md",
        "never  Elmswick → content/never.txt",
        "3 answers done; next: site-gen tag",
    ]
    made = (corpus / "content/companies/quillmar.md").read_text(encoding="utf-8")
    assert made == "---\nname: Quillmar\nnames: [Quillmar Re]\n---\n"
    edited = (corpus / "content/companies/elmswick-grain.md").read_text(encoding="utf-8")
    assert edited == ENTITY.replace("Ltd' ]", "Ltd', Elmswick Grain Holdings ]")
    assert (corpus / "content/never.txt").read_text(encoding="utf-8") == "Elmswick\n"
    assert [one["name"] for one in call("suggest", "--site", corpus, "--json").records] == ["Ada Brannoch"]
    assert call("tag", "--site", corpus).lines[-1] == "4 articles changed"


def test_a_sheet_with_a_mistake_changes_nothing(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text(
        "[y] Quillmar\n[maybe] Ada Brannoch\nElmswick\n[a companies/elmswick-grian] Elmswick G\n[a] Elmswick H\n"
        "[y peple] Ada\n[y] Tallow Pier\n[n] Quillmar\n[n]\n",
        encoding="utf-8",
    )
    before = read_files(corpus)
    done = call("suggest", "--site", corpus, "--from", file)
    assert done.status == 1
    assert read_files(corpus) == before
    said = [line.removeprefix(f"{file}:") for line in done.err.splitlines()]
    assert said == [
        "2: `[maybe] Ada Brannoch` is no answer; write [y], [y people], [a companies/some-slug], [n] or [ ]",
        "3: `Elmswick` is no answer; write [ ] and a name, or a # first",
        "4: there is no `companies/elmswick-grian`; did you mean companies/elmswick-grain?",
        "5: [a] does not say of what; write [a companies/some-slug]",
        "6: the site has no kind `peple`; write companies, topics",
        "7: content/companies/tallow-pier.md is there already; write [a companies/tallow-pier] for another name of it",
        "8: Quillmar is answered twice; line 1 has it too; remove one",
        "9: `[n]` is no answer; write [ ] and a name, or a # first",
    ]


def test_a_name_may_be_of_an_entity_that_the_sheet_makes(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("[a companies/quillmar] Quill Re\n[y] Quillmar\n", encoding="utf-8")
    assert call("suggest", "--site", corpus, "--from", file).status == 0
    made = (corpus / "content/companies/quillmar.md").read_text(encoding="utf-8")
    assert made == "---\nname: Quillmar\nnames: [Quill Re]\n---\n"


def test_a_person_goes_to_people_where_the_site_has_them(call: Call, corpus: Path, tmp_path: Path) -> None:
    config = corpus / "content/site.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "kinds:\n  people: {label: People}\n", encoding="utf-8")
    file = tmp_path / "names.txt"
    call("suggest", "--site", corpus, "--to", file)
    assert "[y people] makes content/people/ada-brannoch.md" in file.read_text(encoding="utf-8")
    assert call("suggest", "--site", corpus, "--from", answered(file, Ada="y people")).status == 0
    assert (corpus / "content/people/ada-brannoch.md").is_file()


def test_a_sheet_is_never_written_over(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("[y] Mine\n", encoding="utf-8")
    done = call("suggest", "--site", corpus, "--to", file)
    assert (done.status, file.read_text(encoding="utf-8")) == (2, "[y] Mine\n")
    assert "is there already" in done.err


@pytest.mark.parametrize("name", ["missing.txt", "latin.txt", "pages"])
def test_a_sheet_that_cannot_be_read(call: Call, corpus: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "latin.txt").write_bytes("[y] Søl\n".encode("latin-1"))
    done = call("suggest", "--site", corpus, "--from", tmp_path / name)
    assert done.status == 2
    assert name in done.err


def test_never_is_sorted_and_kept(corpus: Path) -> None:
    (corpus / "content/never.txt").write_text("tide\nAnchor\n", encoding="utf-8")
    SuggestionSession(corpus).apply(SuggestionAnswer(name="Barge", verb="never"))
    assert (corpus / "content/never.txt").read_text(encoding="utf-8") == "Anchor\nBarge\ntide\n"


def test_what_is_refused_is_refused_in_every_spelling(call: Call, corpus: Path) -> None:
    (corpus / "content/never.txt").write_text("QUILLMAR Ltd\n", encoding="utf-8")
    assert "Quillmar" not in call("suggest", "--site", corpus).out


def test_wrong_content_is_told(call: Call, corpus: Path) -> None:
    (corpus / "content/topics/storage.md").write_text("---\nname: [\n---\n", encoding="utf-8")
    done = call("suggest", "--site", corpus)
    assert done.status == 1
    assert "content/topics/storage.md:" in done.err


@pytest.mark.parametrize("args", [("--least", "0"), ("--limit", "-1"), ("--to", "a", "--from", "b")])
def test_used_wrongly(call: Call, corpus: Path, args: tuple[str, ...]) -> None:
    assert call("suggest", "--site", corpus, *args).status == 2


def dialogue(site: Path, *typed: str) -> tuple[list[suggest.AppliedAnswer], str]:
    desk = SuggestionSession(site)
    said: list[str] = []
    answers: Iterator[str] = iter(typed)

    def prompt(question: str) -> str | None:
        said.append(question)
        return next(answers, None)

    listed = {one.name: one for one in suggest.suggest_names(desk)}
    order = [listed[name] for name in ("Quillmar", "Elmswick Grain Holdings", "Ada Brannoch", "Elmswick")]
    return suggest_prompts.ask(desk, order, prompt, said.append), "\n".join(said)


def test_the_dialogue(corpus: Path) -> None:
    done, said = dialogue(corpus, "y", "a", "what", "s", "n")
    assert [(one.name, one.verb, one.file) for one in done] == [
        ("Quillmar", "new", "content/companies/quillmar.md"),
        ("Elmswick Grain Holdings", "also", "content/companies/elmswick-grain.md"),
        ("Elmswick", "never", "content/never.txt"),
    ]
    assert "1 of 4  Quillmar  (company? 2 articles, 2 times, 2025-03-01 to 2026-02-07)" in said
    assert "a another name of companies/elmswick-grain" in said
    assert "never ask again" in said


@pytest.mark.parametrize("stop", [("q",), ("Q ",), ()])
def test_the_dialogue_can_be_left(corpus: Path, stop: tuple[str, ...]) -> None:
    done, _ = dialogue(corpus, "n", *stop)
    assert [one.name for one in done] == ["Quillmar"]


def test_the_dialogue_asks_again_where_an_answer_cannot_be_done(corpus: Path) -> None:
    done, said = dialogue(corpus, "a", "a companies/nobody", "y boats", "a tallow-pier", "q")
    assert [(one.name, one.file) for one in done] == [("Quillmar", "content/companies/tallow-pier.md")]
    assert "of what?" in said
    assert "there is no `companies/nobody`" in said
    assert "the site has no kind `boats`" in said


def test_on_a_terminal_it_asks(call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: "s" if "never" in question else "")
    done = call("suggest", "--site", corpus)
    assert done.lines[-1] == "0 answers done"
    assert "Quillmar" in done.out


def test_another_name_is_added_whatever_line_ends(corpus: Path) -> None:
    path = corpus / "content/companies/tallow-pier.md"
    path.write_bytes(b"\xef\xbb\xbf---\r\nname: Tallow Pier\r\naliases: [TP Ltd]\r\n---\r\nA pier.\r\n")
    SuggestionSession(corpus).apply(SuggestionAnswer(name="Tallow Piers", verb="also", target="companies/tallow-pier"))
    assert path.read_bytes() == (
        b"\xef\xbb\xbf---\r\nname: Tallow Pier\r\naliases: [TP Ltd]\r\nnames: [Tallow Piers]\r\n---\r\nA pier.\r\n"
    )


def test_front_matter_that_cannot_be_edited_is_told(corpus: Path) -> None:
    path = corpus / "content/companies/tallow-pier.md"
    path.write_text("---\n{name: Tallow Pier}\n---\n", encoding="utf-8")
    with pytest.raises(SiteError, match="one key a line"):
        SuggestionSession(corpus).apply(SuggestionAnswer(name="Tallow Piers", verb="also", target="tallow-pier"))


@pytest.mark.parametrize(
    ("ref", "file"),
    [
        ("elmswick-grain", "content/companies/elmswick-grain.md"),
        ("Elmswick Grain", "content/companies/elmswick-grain.md"),
        ("companies/Elmswick Grain", "content/companies/elmswick-grain.md"),
        ("/companies/elmswick-grain/", "content/companies/elmswick-grain.md"),
    ],
)
def test_another_name_of_whatever_a_person_calls_it(corpus: Path, ref: str, file: str) -> None:
    done, said = dialogue(corpus, f"a {ref}", "q")
    assert [one.file for one in done] == [file], said


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("companies/elmswick", "did you mean companies/elmswick-grain?"),
        ("companies/talow-pier", "did you mean companies/tallow-pier?"),
        ("companies/zyx", "write a companies/some-slug, or a name that it has"),
        ("topics/Elmswick Grain", "there is no `topics/Elmswick Grain`"),
    ],
)
def test_of_what_there_is_not_the_nearest_is_told(corpus: Path, ref: str, said: str) -> None:
    assert said in dialogue(corpus, f"a {ref}", "q")[1]


def at_terminal(corpus: Path, *keys: str) -> tuple[int, str]:
    """`site-gen suggest` before a person who types these at each question; its status and what it shows."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    # A session of its own, or Ctrl-C would be nobody's; what runs in the background of a script is deaf to it.
    script = (
        "import fcntl, os, signal, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.execv(sys.executable, [sys.executable, '-m', 'site_gen', *sys.argv[1:]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "suggest", "--no-model", "--site", str(corpus)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(theirs)
    shown, left, asked, typed = b"", list(keys), 0, b""
    with contextlib.suppress(OSError):  # the other end is closed
        while True:
            if typed == b"\x03" and not select.select([ours], [], [], 5)[0]:
                os.write(ours, typed)  # Python misses a signal between its prompt and its reading: one types again
            if not (data := os.read(ours, 4096)):
                break
            shown += data
            while left and shown.count(b"? help > ") > asked:
                asked, typed = asked + 1, left.pop(0).encode()
                os.write(ours, typed)
    os.close(ours)
    return process.wait(60), shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("keys", "status", "end"),
    [
        (("n\n", "q\n"), 0, "1 answer done\n"),
        (("y\n", "q\n"), 0, "1 answer done; next: site-gen tag\n"),
        (("n\n", "\x04"), 0, "\n1 answer done\n"),
        (("n\n", "\x03"), 130, "\nstopped; what was done stays, the same command goes on from here\n"),
    ],
)
def test_leaving_in_the_middle_keeps_what_was_answered(
    corpus: Path, keys: tuple[str, ...], status: int, end: str
) -> None:
    ended, shown = at_terminal(corpus, *keys)
    assert ended == status
    assert shown.endswith(end)
    first, again = (text.split("1 of ")[1].split("  ")[1] for text in (shown, at_terminal(corpus, "q\n")[1]))
    assert first != again
