"""`site-gen suggest`: nothing changes without a person's answer, and each answer is applied at once."""

from __future__ import annotations

import contextlib
import io
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
from site_gen.entities.suggestion_session import AppliedAnswer, SuggestionSession
from site_gen.entities.suggestion_sheet import SuggestionAnswer
from tests.support.sites import append_to_file, edit_file, read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

ARTICLES = {
    "2025/one": ("2025-03-01", "On that day the insurer Quillmar paid. It was a good day for the town of Elmswick."),
    "2026/two": ("2026-02-07", "Shares in Quillmar fell. The weather in Elmswick was bad, said Ada Brannoch."),
    "2026/three": ("2026-05-01", "The board of Elmswick Grain Holdings met Ada Brannoch, who is in the board."),
    "2026/four": ("2026-05-02", "He said that Elmswick Grain Holdings was a good board for the town in a storm."),
}  # fmt: skip
ENTITY = "---\n# mine\nname:   Elmswick Grain  # the old one\nnames: [ 'Elmswick Grain Ltd' ]\n---\nA silo.\n"


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no model, since one that is installed here would change what is suggested."""
    monkeypatch.setattr(ner, "load_model", lambda: None)


@pytest.fixture
def corpus(site: Path) -> Path:
    articles = {
        f"content/articles/{name}.md": f"---\ntitle: A day by the sea\npublished: {day}\n---\n{text}\n"
        for name, (day, text) in ARTICLES.items()
    }
    return write_files(site, {**articles, "content/companies/elmswick-grain.md": ENTITY})


def test_when_piped_it_lists_names_and_changes_nothing(call: Call, corpus: Path) -> None:
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


def test_json_describes_a_suggested_name(call: Call, corpus: Path) -> None:
    one = call("suggest", "--site", corpus, "--json", "--limit", "2").records[1]
    assert one.pop("rank") > 0
    assert 0 < one.pop("likelihood") < 1
    assert {"reason", "log_odds"} == one.pop("reasons")[0].keys()
    assert one == {
        "name": "Quillmar", "spellings": [], "kind": "company", "maker": None, "articles": 2, "outlets": 0, "count": 2,
        "first": "2025-03-01", "last": "2026-02-07", "near": None, "near_is_new": False,
        "deferred": False, "file": "content/companies/quillmar.md",
        "passages": [
            {"article": "content/articles/2025/one.md", "text": ARTICLES["2025/one"][1]},
            {"article": "content/articles/2026/two.md", "text": ARTICLES["2026/two"][1]},
        ],
    }  # fmt: skip


def test_the_answers_of_a_sheet_are_applied(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    assert call("suggest", "--site", corpus, "--to", file).status == 0
    edit_file(file, "[ ] Quillmar", "[y] Quillmar | Quillmar Re")
    edit_file(file, "[ ] Elmswick Grain Holdings", "[a elmswick-grain] Elmswick Grain Holdings")
    edit_file(file, "[ ] Elmswick\n", "[n] Elmswick\n")
    done = call("suggest", "--site", corpus, "--from", file)
    assert done.status == 0, done.err
    assert done.lines == [
        "new    Quillmar → content/companies/quillmar.md",
        "also   Elmswick Grain Holdings → content/companies/elmswick-grain.md",
        "never  Elmswick → content/never.txt",
        f"3 answers applied; next: site-gen tag --site {corpus}",
    ]
    new = (corpus / "content/companies/quillmar.md").read_text(encoding="utf-8")
    assert new == "---\nname: Quillmar\nnames: [Quillmar Re]\n---\n"
    edited = (corpus / "content/companies/elmswick-grain.md").read_text(encoding="utf-8")
    assert edited == ENTITY.replace("Ltd' ]", "Ltd', Elmswick Grain Holdings ]")
    assert (corpus / "content/never.txt").read_text(encoding="utf-8") == "Elmswick\n"
    assert [one["name"] for one in call("suggest", "--site", corpus, "--json").records] == ["Ada Brannoch"]
    assert call("tag", "--site", corpus).lines[-1] == "4 articles changed"


def suggested_names(call: Call, corpus: Path) -> list[str]:
    return [one["name"] for one in call("suggest", "--site", corpus, "--json").records]


def answer(call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[str]:
    """Give answers by the standard input and return what is printed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    done = call("suggest", "--site", corpus, "--from", "-")
    assert done.status == 0, done.err
    return done.lines


def test_a_name_that_is_put_off_comes_last(call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = suggested_names(call, corpus)
    lines = answer(call, corpus, monkeypatch, f"[not now] {first}")
    assert lines == [f"later  {first} → content/later.txt", "1 answer applied"]
    assert suggested_names(call, corpus) == [*others, first]
    assert call("suggest", "--site", corpus).lines[-2].endswith("; put off)")
    answer(call, corpus, monkeypatch, f"[n] {first}")
    assert (corpus / "content/later.txt").read_text(encoding="utf-8") == ""
    assert suggested_names(call, corpus) == others


@pytest.mark.parametrize(
    ("answered", "file"),
    [
        ("[n] Quillmar", "content/never.txt"),
        ("[s] Quillmar", "content/later.txt"),
        ("[y] Quillmar | Quillmar Ltd", "content/companies/quillmar.md"),
        ("[same as elmswick-grain] Quillmar | Quillmar Ltd", "content/companies/elmswick-grain.md"),
    ],
)
def test_each_answer_can_be_taken_back(
    call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch, answered: str, file: str
) -> None:
    before, names = read_files(corpus), suggested_names(call, corpus)
    answer(call, corpus, monkeypatch, answered)
    assert read_files(corpus) != before
    done = call("suggest", "--site", corpus, "--take-back", "QUILLMAR")
    assert done.lines[0] == f"undo   QUILLMAR → {file}"
    assert suggested_names(call, corpus) == names
    after = {name: text for name, text in read_files(corpus).items() if text}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} <= {"content/companies/elmswick-grain.md"}
    edited = (corpus / "content/companies/elmswick-grain.md").read_text(encoding="utf-8")
    assert "Elmswick Grain Ltd" in edited
    assert "Quillmar" not in edited


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Nobody", "was not answered"),
        ("Elmswick Grain", "content/companies/elmswick-grain.md holds more than the answer made"),
    ],
)
def test_what_a_person_wrote_is_not_taken_back(call: Call, corpus: Path, name: str, message: str) -> None:
    before = read_files(corpus)
    done = call("suggest", "--site", corpus, "--take-back", name)
    assert done.status == 1
    assert message in done.err
    assert read_files(corpus) == before


def test_a_file_that_another_answer_added_to_is_kept(call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(call, corpus, monkeypatch, "[y] Quillmar", "[same as Quillmar] Tavrona")
    assert "holds more" in call("suggest", "--site", corpus, "--take-back", "Quillmar").err
    answer(call, corpus, monkeypatch, "[u] Tavrona")
    assert call("suggest", "--site", corpus, "--take-back", "Quillmar").status == 0
    assert not (corpus / "content/companies/quillmar.md").exists()


def test_the_first_run_says_how_to_answer_and_what_happens_then(call: Call, corpus: Path) -> None:
    for file in (corpus / "content/companies").glob("*.md"):
        file.unlink()
    first = call("suggest", "--site", corpus)
    assert len(first.err.splitlines()) == 3
    assert "--from names.txt" in first.err
    assert "site-gen tag" in first.err
    assert call("suggest", "--site", corpus, "--json").err == ""
    SuggestionSession(corpus).apply(SuggestionAnswer(name="Quillmar", verb="never"))
    assert call("suggest", "--site", corpus).err == ""


def test_why_tells_what_speaks_for_a_name(call: Call, corpus: Path) -> None:
    lines = call("suggest", "--site", corpus, "--why", "quillmar").lines
    assert lines[0].startswith("2 of 4  Quillmar  (company?")
    assert lines[1].startswith("  a company or organisation at ")
    assert ARTICLES["2026/two"][1] in "".join(lines)
    assert call("suggest", "--site", corpus, "--why", "Quillmar", "--json").records[0]["place"] == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Tallow", "it is in content/never.txt"),
        ("Elmswick Grain Ltd", "companies/elmswick-grain has it"),
        ("Nobody", "too few articles use it as a name of its own"),
    ],
)
def test_why_tells_what_keeps_a_name_out(call: Call, corpus: Path, name: str, reason: str) -> None:
    write_files(corpus, {"content/never.txt": "Tallow\n"})
    done = call("suggest", "--site", corpus, "--why", name)
    assert (done.status, done.lines) == (1, [f"{name} is not suggested: {reason}"])


def test_a_name_is_near_to_one_further_up(call: Call, corpus: Path) -> None:
    texts = ("We met Tavrona Ltd and the Tavrona Maps team.", "He sold Tavrona Ltd, but no Tavrona Maps.")
    write_files(
        corpus,
        {f"content/articles/2026/m{n}.md": f"---\ntitle: A day\n---\n{text}\n" for n, text in enumerate(texts)},
    )
    maps = next(one for one in call("suggest", "--site", corpus, "--json").records if one["name"] == "Tavrona Maps")
    assert (maps["near"], maps["near_is_new"]) == ("companies/tavrona-ltd", True)
    assert "near companies/tavrona-ltd, once it exists" in call("suggest", "--site", corpus).out


def test_a_sheet_with_a_mistake_changes_nothing(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text(
        "[y] Quillmar\n[maybe] Ada Brannoch\nElmswick\n[a companies/elmswick-grian] Elmswick G\n[a] Elmswick H\n"
        "[y peple] Ada\n[y] tallow pier\n[n] Quillmar\n[n]\n",
        encoding="utf-8",
    )
    before = read_files(corpus)
    done = call("suggest", "--site", corpus, "--from", file)
    assert done.status == 1
    assert read_files(corpus) == before
    choices = "[y], [y people], [same as companies/some-slug], [n], [s], [u] or [ ]"
    pier = "content/companies/tallow-pier.md"
    assert [line.removeprefix(f"{file}:") for line in done.err.splitlines()] == [
        f"2: `[maybe] Ada Brannoch` is not an answer; write {choices}",
        "3: `Elmswick` is not an answer; write [ ] and a name, or a # first",
        "4: there is no `companies/elmswick-grian`; did you mean companies/elmswick-grain?",
        "5: [a] does not say of what; write [same as companies/some-slug]",
        "6: the site has no kind `peple`; write companies, topics",
        f"7: {pier} exists already; write [same as companies/tallow-pier] for another name of it",
        "8: Quillmar is answered twice; line 1 has it too; remove one",
        "9: `[n]` is not an answer; write [ ] and a name, or a # first",
    ]


def test_a_name_may_belong_to_an_entity_that_the_same_sheet_creates(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("[a companies/quillmar] Quill Re\n[y] Quillmar\n", encoding="utf-8")
    assert call("suggest", "--site", corpus, "--from", file).status == 0
    new = (corpus / "content/companies/quillmar.md").read_text(encoding="utf-8")
    assert new == "---\nname: Quillmar\nnames: [Quill Re]\n---\n"


def test_a_person_goes_to_people_where_the_site_has_them(call: Call, corpus: Path, tmp_path: Path) -> None:
    append_to_file(corpus / "content/site.yaml", "kinds:\n  people: {label: People}\n")
    file = tmp_path / "names.txt"
    call("suggest", "--site", corpus, "--to", file)
    assert "[y people] makes content/people/ada-brannoch.md" in file.read_text(encoding="utf-8")
    edit_file(file, "[ ] Ada", "[y people] Ada")
    assert call("suggest", "--site", corpus, "--from", file).status == 0
    assert (corpus / "content/people/ada-brannoch.md").is_file()


def test_an_existing_sheet_is_never_overwritten(call: Call, corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("[y] Mine\n", encoding="utf-8")
    done = call("suggest", "--site", corpus, "--to", file)
    assert (done.status, file.read_text(encoding="utf-8")) == (2, "[y] Mine\n")
    assert "exists already" in done.err


@pytest.mark.parametrize("name", ["missing.txt", "latin.txt", "pages"])
def test_an_unreadable_sheet_is_refused(call: Call, corpus: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "latin.txt").write_bytes("[y] Søl\n".encode("latin-1"))
    done = call("suggest", "--site", corpus, "--from", tmp_path / name)
    assert done.status == 2
    assert name in done.err


def test_the_list_of_refused_names_keeps_its_lines_and_is_sorted(corpus: Path) -> None:
    write_files(corpus, {"content/never.txt": "tide\nAnchor\n"})
    SuggestionSession(corpus).apply(SuggestionAnswer(name="Barge", verb="never"))
    assert (corpus / "content/never.txt").read_text(encoding="utf-8") == "Anchor\nBarge\ntide\n"


def test_a_refused_name_is_refused_in_every_spelling(call: Call, corpus: Path) -> None:
    write_files(corpus, {"content/never.txt": "QUILLMAR Ltd\n"})
    assert "Quillmar" not in call("suggest", "--site", corpus).out


def test_wrong_content_is_reported(call: Call, corpus: Path) -> None:
    write_files(corpus, {"content/topics/storage.md": "---\nname: [\n---\n"})
    done = call("suggest", "--site", corpus)
    assert done.status == 1
    assert "content/topics/storage.md:" in done.err


@pytest.mark.parametrize("args", [("--least", "0"), ("--limit", "-1"), ("--to", "a", "--from", "b")])
def test_a_wrong_command_line_is_refused(call: Call, corpus: Path, args: tuple[str, ...]) -> None:
    assert call("suggest", "--site", corpus, *args).status == 2


def dialogue(site: Path, *typed: str) -> tuple[list[AppliedAnswer], str]:
    """Return the answers that are applied when a person types these lines, and all that is shown."""
    session = SuggestionSession(site)
    shown: list[str] = []
    answers = iter(typed)

    def prompt(question: str) -> str | None:
        shown.append(question)
        return next(answers, None)

    suggestions = {suggestion.name: suggestion for suggestion in suggest.suggest_names(session)}
    order = [suggestions[name] for name in ("Quillmar", "Elmswick Grain Holdings", "Ada Brannoch", "Elmswick")]
    return suggest_prompts.ask(session, order, prompt, shown.append), "\n".join(shown)


def test_answers_in_the_dialogue_are_applied_at_once(corpus: Path) -> None:
    applied, shown = dialogue(corpus, "y", "a", "what", "", "n")
    assert [(one.name, one.verb, one.file) for one in applied] == [
        ("Quillmar", "new", "content/companies/quillmar.md"),
        ("Elmswick Grain Holdings", "also", "content/companies/elmswick-grain.md"),
        ("Elmswick", "never", "content/never.txt"),
    ]
    assert "1 of 4  Quillmar  (company? 2 articles, 2 times, 2025-03-01 to 2026-02-07)" in shown
    assert "a same as companies/elmswick-grain" in shown
    assert "never ask again" in shown


def test_the_last_answer_in_the_dialogue_can_be_taken_back(corpus: Path) -> None:
    before = read_files(corpus)
    applied, shown = dialogue(corpus, "u", "y", "s", "u", "u", "q")
    assert not applied
    assert "no answer to undo here" in shown
    assert shown.count("1 of 4  Quillmar") == 2
    assert {name: text for name, text in read_files(corpus).items() if text} == before


def test_an_answer_makes_what_the_next_name_is_near_to(corpus: Path) -> None:
    (corpus / "content/companies/elmswick-grain.md").unlink()
    applied, _ = dialogue(corpus, "", "y", "", "a", "q")
    assert applied[-1].file == "content/companies/elmswick-grain-holdings.md"


def test_the_dialogue_tells_why_a_name_is_suggested(corpus: Path) -> None:
    assert "a company or organisation at " in dialogue(corpus, "w", "q")[1]


@pytest.mark.parametrize("stop", [("q",), ("Q ",), ()])
def test_the_dialogue_can_be_left(corpus: Path, stop: tuple[str, ...]) -> None:
    applied, _ = dialogue(corpus, "n", *stop)
    assert [one.name for one in applied] == ["Quillmar"]


def test_the_dialogue_asks_again_after_an_impossible_answer(corpus: Path) -> None:
    applied, shown = dialogue(corpus, "a", "a companies/nobody", "y boats", "a tallow-pier", "q")
    assert [(one.name, one.file) for one in applied] == [("Quillmar", "content/companies/tallow-pier.md")]
    assert "of which entity?" in shown
    assert "there is no `companies/nobody`" in shown
    assert "the site has no kind `boats`" in shown


def test_on_a_terminal_it_opens_the_dialogue(call: Call, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: "" if "never" in question else "n")
    done = call("suggest", "--site", corpus)
    assert done.lines[-1] == "0 answers applied"
    assert "Quillmar" in done.out


def test_adding_a_name_keeps_line_ends_and_byte_order_mark(corpus: Path) -> None:
    path = corpus / "content/companies/tallow-pier.md"
    path.write_bytes(b"\xef\xbb\xbf---\r\nname: Tallow Pier\r\naliases: [TP Ltd]\r\n---\r\nA pier.\r\n")
    SuggestionSession(corpus).apply(SuggestionAnswer(name="Tallow Piers", verb="also", target="companies/tallow-pier"))
    assert path.read_bytes() == (
        b"\xef\xbb\xbf---\r\nname: Tallow Pier\r\naliases: [TP Ltd]\r\nnames: [Tallow Piers]\r\n---\r\nA pier.\r\n"
    )


def test_front_matter_that_cannot_be_edited_is_reported(corpus: Path) -> None:
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
def test_an_entity_may_be_given_by_slug_name_tag_or_address(corpus: Path, ref: str, file: str) -> None:
    applied, shown = dialogue(corpus, f"a {ref}", "q")
    assert [one.file for one in applied] == [file], shown


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("companies/elmswick", "did you mean companies/elmswick-grain?"),
        ("companies/talow-pier", "did you mean companies/tallow-pier?"),
        ("companies/zyx", "write a companies/some-slug, or a name that it has"),
        ("topics/Elmswick Grain", "there is no `topics/Elmswick Grain`"),
    ],
)
def test_an_unknown_entity_is_reported_with_the_nearest(corpus: Path, ref: str, message: str) -> None:
    assert message in dialogue(corpus, f"a {ref}", "q")[1]


def at_terminal(corpus: Path, *keys: str) -> tuple[int, str]:
    """Run `site-gen suggest` at a terminal and type one of `keys` at each question; return its status and output."""
    pty = pytest.importorskip("pty")
    controller_end, terminal_end = pty.openpty()
    # A session of its own, or Ctrl-C would be nobody's; what runs in the background of a script is deaf to it.
    script = (
        "import fcntl, os, signal, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.execv(sys.executable, [sys.executable, '-m', 'site_gen', *sys.argv[1:]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "suggest", "--no-model", "--site", str(corpus)],
        stdin=terminal_end, stdout=terminal_end, stderr=terminal_end, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(terminal_end)
    output, unsent_keys, answered_count, last_keys = b"", list(keys), 0, b""
    with contextlib.suppress(OSError):  # the other end is closed
        while True:
            # Python misses a signal between its prompt and its reading: a person would type it again.
            if last_keys == b"\x03" and not select.select([controller_end], [], [], 20)[0]:
                os.write(controller_end, last_keys)
            if not (data := os.read(controller_end, 4096)):
                break
            output += data
            while unsent_keys and output.count(b"? help > ") > answered_count:
                answered_count, last_keys = answered_count + 1, unsent_keys.pop(0).encode()
                os.write(controller_end, last_keys)
    os.close(controller_end)
    return process.wait(), output.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("keys", "status", "end"),
    [
        (("n\n", "q\n"), 0, "1 answer applied\n"),
        (("y\n", "q\n"), 0, "1 answer applied; next: site-gen tag --site SITE\n"),
        (("n\n", "\x04"), 0, "\n1 answer applied\n"),
        (("n\n", "\x03"), 130, "\nstopped; what is done is kept, run the same command to continue\n"),
    ],
)
def test_answers_before_the_dialogue_is_left_are_kept(
    corpus: Path, keys: tuple[str, ...], status: int, end: str
) -> None:
    ended, shown = at_terminal(corpus, *keys)
    assert ended == status
    assert shown.endswith(end.replace("SITE", str(corpus)))
    first, again = (text.split("1 of ")[1].split("  ")[1] for text in (shown, at_terminal(corpus, "q\n")[1]))
    assert first != again
