"""`site-gen undo`: after every command, after a kill at every write, and not over later work."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content import undo_journal
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.errors import SiteError
from site_gen.entities.suggestion_session import SuggestionSession
from site_gen.entities.suggestion_sheet import SuggestionAnswer
from site_gen.serve.review import review_forms
from tests.support.sites import append_to_file, copy_site, markdown_file, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Call

SOURCE = Path(undo_journal.__file__).parents[1]
TEXT = f"Of Tallow Pier and a silo of Elmswick Grain. {own_words(1)}"
# What each command is given; `PAGES` stands for a folder of saved pages.
COMMANDS = {
    "add": ("add", "PAGES"),
    "entity add": ("entity", "add", "companies", "Carrow"),
    "entity merge": ("entity", "merge", "Elmswick Grain", "Tallow Pier"),
    "entity move": ("entity", "move", "tallow-pier", "topics"),
    "entity rename": ("entity", "rename", "Tallow Pier", "Pier", "--slug", "pier"),
    "stories": ("stories", "--apart", "id-1", "id-2"),
    "suggest": ("suggest", "--from", "SHEET"),
    "tag": ("tag",),
}


@pytest.fixture
def written_site(site: Path, call: Call) -> Path:
    """Return a site with two tagged articles, one of which a person has edited, before anything can be undone."""
    for number in (1, 2):
        text = markdown_file(TEXT, id=f"id-{number}", title="A pier", published="2026-03-04")
        write_files(site, {f"content/articles/2026/pier-{number}.md": text})
    assert call("tag", "--site", site).status == 0
    write_files(site, {"content/about.md": "See [the pier](/companies/tallow-pier/).\n"})
    path = site / "content/articles/2026/pier-2.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"Mine.\r\n")
    path.chmod(0o600)
    shutil.rmtree(site / ".site-gen")
    return site


@pytest.fixture
def give(call: Call, written_site: Path, saved_pages: Path) -> Callable[[str], None]:
    """Return a function that gives one of the commands."""
    give_arguments = arguments(written_site, saved_pages)

    def run(name: str) -> None:
        done = call(*give_arguments(name))
        assert "cannot" not in done.err, done.err

    return run


def arguments(site: Path, pages: Path) -> Callable[[str], list[str]]:
    def of(name: str) -> list[str]:
        if name == "tag":
            write_files(site, {"content/companies/elmswick-grain.md": "---\nname: Other Grain\n---\n"})
        sheet = pages.parent / "sheet.txt"
        sheet.write_text("[y] Rye\n[n] Quay Board\n[later] Mast\n[same as companies/tallow-pier] Old Pier\n", "utf-8")
        words = [{"PAGES": str(pages), "SHEET": str(sheet)}.get(word, word) for word in COMMANDS[name]]
        return [*words, "--site", str(site)]

    return of


def rights(site: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mode for path in (site / "content").rglob("*")}


@pytest.mark.parametrize("name", COMMANDS)
def test_undo_gives_the_bytes_of_before(call: Call, written_site: Path, saved_pages: Path, name: str) -> None:
    words = arguments(written_site, saved_pages)(name)
    before, rights_before = read_files(written_site), rights(written_site)
    call(*words)
    after = read_files(written_site)
    assert after != before
    (listed,) = call("undo", "--list", "--json", "--site", written_site).records
    assert str(listed["command"]).startswith(name)
    done = call("undo", "--json", "--site", written_site)
    assert done.status == 0, done.err
    assert read_files(written_site) == before
    rights_after = rights(written_site)
    assert {path: rights_after[path] for path in rights_before} == rights_before
    changed = {file for file in after.keys() | before.keys() if after.get(file) != before.get(file)}
    assert {record["file"] for record in done.records} == changed
    assert call("undo", "--site", written_site).status == 2
    assert call(*words).status in {0, 1}
    assert read_files(written_site) == after


def test_two_undos_undo_two_commands(call: Call, written_site: Path, give: Callable[[str], None]) -> None:
    states = []
    names = ["entity rename", "add", "entity add", "tag"]
    write_files(written_site, {"content/companies/elmswick-grain.md": "---\nname: Other Grain\n---\n"})
    for name in names:
        states.append(read_files(written_site))
        give(name)
    listed = call("undo", "--list", "--site", written_site).lines
    assert [
        bool(re.match(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d  {name}", line))
        for name, line in zip(reversed(names), listed, strict=True)
    ] == [True] * 4
    for state in reversed(states):
        assert call("undo", "--site", written_site).status == 0
        assert read_files(written_site) == state
    assert "nothing to undo" in call("undo", "--site", written_site).err


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("entity rename", "changed"),
        ("entity rename", "removed"),
        ("add", "changed"),
        ("tag", "changed"),
        ("tag", "removed"),
    ],
)
def test_where_a_file_changed_since_nothing_is_undone(
    call: Call, written_site: Path, give: Callable[[str], None], name: str, edit: str
) -> None:
    before = read_files(written_site)
    give(name)
    changed = next(file for file, data in read_files(written_site).items() if data != before.get(file))
    if edit == "changed":
        append_to_file(written_site / changed, "Later work.\n")
    else:
        (written_site / changed).unlink()
    after = read_files(written_site)
    done = call("undo", "--site", written_site)
    assert done.status == 1
    assert f"{changed}: was {edit} since `site-gen {name}" in done.err
    assert read_files(written_site) == after


def test_later_work_elsewhere_stays(call: Call, written_site: Path, give: Callable[[str], None]) -> None:
    before = read_files(written_site)
    give("entity rename")
    later = {
        "content/topics/storage.md": b"---\nname: Storing\n---\n",
        "content/companies/new.md": b"---\nname: N\n---\n",
    }
    write_files(written_site, dict(later))
    assert call("undo", "--site", written_site).status == 0
    assert read_files(written_site) == before | later


# Runs a command in a process that is gone before the given one of its renames, links and removals.
KILLED = """\
import os, sys
from site_gen.cli import main
left = [int(sys.argv[1])]
def counted(real):
    def act(*args, **options):
        if "content" in str(args[-1]) or ".site-gen" in str(args[-1]):
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
        return real(*args, **options)
    return act
for name in ("replace", "link", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
sys.exit(main.main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name == "add" else [])
        for name in COMMANDS
        if name != "stories"  # it draws the site first
    ],
)
def test_a_command_that_was_killed_anywhere_is_undone(
    call: Call, written_site: Path, saved_pages: Path, tmp_path: Path, name: str
) -> None:
    words_of = arguments(written_site, saved_pages)
    words = words_of(name)
    before = read_files(written_site)
    pristine = copy_site(written_site, tmp_path / "pristine")
    for step in range(40):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(step), *words], check=False, capture_output=True)
        assert killed.returncode in {0, 1, 9}, killed.stderr
        done = call("undo", "--site", written_site)
        assert done.status == 0 or "nothing to undo" in done.err, done.err
        after = {file: data for file, data in read_files(written_site).items() if "/.site-gen-" not in file}
        assert after == before, step
        # What the killed command had still to do is not done by the next one.
        assert call("entity", "show", "storage", "--site", written_site).status == 0
        call("entity", "add", "topics", "Fog", "--site", written_site)
        (written_site / "content/topics/fog.md").unlink()
        assert read_files(written_site).keys() == before.keys()
        shutil.rmtree(written_site)
        copy_site(pristine, written_site)
        if killed.returncode != 9:
            break
    else:
        pytest.fail("it never came to its end")
    assert step > 1


def test_an_undo_that_is_killed_is_given_again(
    call: Call, written_site: Path, give: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_files(written_site)
    give("entity rename")
    original, calls = undo_journal._put_back, list[object]()

    def put_back(*args: object) -> object:
        if calls:
            raise KeyboardInterrupt
        calls.append(args)
        return original(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(undo_journal, "_put_back", put_back)
        assert call("undo", "--site", written_site).status == 130
    assert call("undo", "--site", written_site).status == 0
    assert read_files(written_site) == before


FILES = ("content/a.md", "content/b.md", "content/articles/2026/c.md")
WRITES = st.lists(st.tuples(st.sampled_from(FILES), st.none() | st.binary(max_size=3)), max_size=6)


@given(st.lists(WRITES, max_size=4), st.none() | st.tuples(st.sampled_from(FILES), st.binary(min_size=4, max_size=4)))
def test_whatever_commands_write_is_undone_in_turn_or_not_at_all(
    commands: list[list[tuple[str, bytes | None]]], later: tuple[str, bytes] | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = write_files(Path(folder), {FILES[0]: b"first"})
        states: list[dict[str, bytes]] = []
        for number, writes in enumerate(commands):
            before, journal = read_files(site), UndoJournal(site, f"tag {number}")
            for file, data in writes:
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                if data is None:
                    with contextlib.suppress(FileNotFoundError):
                        journal.remove(file)
                elif (site / file).exists():
                    journal.replace(file, data)
                else:
                    journal.create(file, data)
            if len(undo_journal.recorded_commands(site)) > len(states):
                states.append(before)
        if later:
            write_files(site, dict([later]))
        for state in reversed(states):
            now = read_files(site)
            try:
                undo_journal.undo(site)
            except SiteError:
                assert later
                assert read_files(site) == now
                break
            assert read_files(site) == {**state, **(dict([later]) if later else {})}


def test_answers_at_the_terminal_and_forms_of_a_review_are_undone(call: Call, written_site: Path) -> None:
    before = read_files(written_site)
    session = SuggestionSession(written_site)
    for verb, name in (("new", "Rye"), ("never", "Quay"), ("undo", "Rye"), ("new", "Rye")):
        session.apply(SuggestionAnswer(name=name, verb=verb))  # type: ignore[arg-type]
    journal = UndoJournal(written_site, "review")
    for _ in range(2):
        file = "content/articles/2026/pier-1.md"
        article = review_forms.open_article(written_site, file, session.content.config)
        form = review_forms.form_of_article(article.article)
        changed = replace(form, title=f"{form.title}!")
        review_forms.save_form(
            written_site, journal, file, article.digest, changed, session.content.config, settled="all"
        )
    while call("undo", "--site", written_site).status == 0:
        pass
    assert read_files(written_site) == before


def test_twenty_commands_are_kept(call: Call, written_site: Path) -> None:
    for number in range(25):
        UndoJournal(written_site, f"tag {number}").replace("content/about.md", b"%d" % number)
    listed = call("undo", "--list", "--json", "--site", written_site).records
    assert [record["command"] for record in listed] == [f"tag {number}" for number in range(24, 4, -1)]
    assert (written_site / ".site-gen/.gitignore").read_text() == "*\n"


def test_a_large_journal_takes_the_place_of_old_ones(
    call: Call, written_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_journal, "_MOST_BYTES", 2000)
    for number in range(5):
        write_files(written_site, {"content/about.md": os.urandom(1000)})
        UndoJournal(written_site, f"tag {number}").replace("content/about.md", b"%d" % number)
    listed = call("undo", "--list", "--json", "--site", written_site).records
    assert [record["command"] for record in listed] == ["tag 4", "tag 3"]


@pytest.mark.parametrize("file", ["content/../../outside.md", "../outside.md", "content/link/x.md", "templates/a.html"])
def test_a_journal_of_somebody_else_reaches_nothing_outside_the_content(
    call: Call, written_site: Path, tmp_path: Path, file: str
) -> None:
    outside = write_files(tmp_path / "outside", {"x.md": "theirs"})
    (written_site / "content/link").symlink_to(outside)
    write_files(tmp_path, {"outside.md": "theirs"})
    digest = undo_journal._digest(b"theirs")
    lines = [["tag", 1], [file, 0o644, None, "", digest]]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    write_files(written_site, {".site-gen/undo/000001.jsonl": text})
    done = call("undo", "--site", written_site)
    assert done.status == 1
    assert ".site-gen/undo/000001.jsonl: is damaged" in done.err
    assert (outside / "x.md").exists()
    assert (tmp_path / "outside.md").exists()


def test_a_note_that_was_cut_changed_no_file(call: Call, written_site: Path) -> None:
    before = read_files(written_site)
    UndoJournal(written_site, "tag").replace("content/about.md", b"new")
    (path,) = (written_site / ".site-gen/undo").iterdir()
    append_to_file(path, '["content/companies/tallow-pier.md", 420, "eJwr')
    assert call("undo", "--site", written_site).status == 0
    assert read_files(written_site) == before


def test_content_is_written_through_a_journal_alone() -> None:
    """Whoever changes a file of a person's writes it so that it can be undone; these write others, or what is new."""
    writers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"import .*\b(replace_file|create_file|write_numbered)\b", path.read_text(encoding="utf-8"))
    }
    assert writers == {
        "cli/new_site.py",  # a new site
        "content/undo_journal.py",
        "entities/curation/transaction.py",  # notes all files first
        "entities/retag.py",  # what `serve` notes of tags that a person took out
        "entities/suggest.py",  # a sheet, wherever a person wants it
        "publish/check/check_cache.py",
        "build/compiled_templates.py",  # in the user's own folder
        "publish/audit_site.py",  # a manifest, wherever a person wants it
        "publish/issue_email.py",  # a mail, wherever a person wants it
        "publish/permalinks.py",  # the ledgers: what is public stays public
    }
