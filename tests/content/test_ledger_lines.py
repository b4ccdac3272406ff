"""The ledgers are whole or refused: cut, damaged, emptied, gone; merged by git; and of earlier versions."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content import ledger_files, ledger_lines, site_paths
from site_gen.core import atomic_files
from site_gen.publish import permalinks
from tests.support.sites import append_to_file, small_site, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.core.errors import Problem
    from tests.conftest import Call

LINES = {
    site_paths.PERMALINK_LEDGER: (
        "/ 2025-01-01 site:home",
        "/companies/acme-old/ 2025-02-01 companies/acme-old gone 2026-11-22 Acme Öld #5f0a91c2",
        "/companies/acme/ 2026-11-22 companies/acme",
    ),
    site_paths.PARAGRAPH_LEDGER: (
        "0a1b2c3d 5f0a91c2 p-3fa91c p-77aa01+p-0c1d2e h-0c1d2f",
        "k3v9x2qd 5f0a91c2",
    ),
    site_paths.ISSUE_LEDGER: (
        "2026-w47 published 2026-11-23",
        "2026-w47 corrected 2026-11-30 5f0a91c2",
        "2026-w47 lead k3v9x2qd+w8h2m1zz Mast fällt “in” der Nacht #1",
        "2026-w47 mover companies/acme 5 0.4 0,0,1",
        "2026-w47 pair companies/acme companies/beacon",
    ),
}


class Reading(NamedTuple):
    """What a ledger says, and what is wrong with it."""

    contents: object
    problems: list[Problem]


def read(name: str, raw: bytes) -> Reading:
    problems: list[Problem] = []
    return Reading(ledger_files.PARSERS[name](raw, problems), problems)


def whole(name: str) -> bytes:
    return ledger_lines.format_ledger("What it is.", LINES[name]).encode()


def is_refused_or_the_same(name: str, raw: bytes) -> bool:
    reading = read(name, raw)
    return bool(reading.problems) or reading == read(name, whole(name))


names = st.sampled_from(sorted(LINES))


@pytest.mark.parametrize("name", LINES)
def test_a_whole_ledger_is_read(name: str) -> None:
    reading = read(name, whole(name))
    assert reading.problems == []
    assert reading.contents
    assert read(name, whole(name).replace(b"\n", b"\r\n")) == reading
    assert ledger_files.salvage(name, whole(name)).encode().splitlines()[1:] == whole(name).splitlines()[1:]


@pytest.mark.parametrize("name", LINES)
def test_a_ledger_that_was_cut_anywhere_is_refused(name: str) -> None:
    raw = whole(name)
    for newline in (b"\n", b"\r\n"):
        written = raw.replace(b"\n", newline)
        for length in range(len(written.rstrip())):
            assert read(name, written[:length]).problems, length


@pytest.mark.parametrize("name", LINES)
def test_a_flipped_bit_is_refused_or_changes_nothing(name: str) -> None:
    raw = whole(name)
    for at in range(len(raw)):
        for bit in range(8):
            damaged = bytearray(raw)
            damaged[at] ^= 1 << bit
            assert is_refused_or_the_same(name, bytes(damaged)), damaged


@given(names, st.data())
def test_a_changed_byte_or_a_block_of_nul_is_refused_or_changes_nothing(name: str, data: st.DataObject) -> None:
    raw = whole(name)
    at = data.draw(st.integers(0, len(raw) - 1))
    replacement = data.draw(st.binary(min_size=1, max_size=3) | st.integers(1, len(raw)).map(lambda n: b"\0" * n))
    damaged = raw[:at] + replacement + raw[at + len(replacement) :]
    assert is_refused_or_the_same(name, damaged)


@given(names, st.data())
def test_of_a_ledger_that_lost_a_piece_no_line_is_read_that_it_did_not_have(name: str, data: st.DataObject) -> None:
    raw = whole(name)
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    damaged = raw[:start] + raw[end:]
    if not read(name, damaged).problems:
        assert start
        assert {line for _, line in ledger_lines.read_lines(damaged.decode()).lines} <= set(LINES[name])


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("raw", [b"", b"\n", b"\0" * 400, b"# Every address that was published.\n", b"\xff\xfe#\0"])
def test_an_empty_ledger_is_refused(name: str, raw: bytes) -> None:
    (problem, *_) = read(name, raw).problems
    assert problem.file == name
    assert f"git checkout -- {name}" in problem.mend


@pytest.mark.parametrize("name", LINES)
def test_a_ledger_of_an_earlier_version_is_read(name: str) -> None:
    old = "".join(f"{line}\n" for line in ("# What it is.", *LINES[name])).encode()
    assert read(name, old) == read(name, whole(name))


def test_what_a_person_adds_below_the_end_needs_no_check() -> None:
    name = site_paths.PERMALINK_LEDGER
    added = whole(name) + b"# Mine:\n/old/ 2020-01-01 companies/acme\n/ 2025-01-01 site:home #00000000\n"
    reading = read(name, added)
    assert reading.problems == []
    assert [permalink.url for permalink in ledger_files.parse_permalink_ledger(added, [])][-1] == "/old/"


def test_of_many_wrong_lines_some_are_told() -> None:
    problems = read(site_paths.PERMALINK_LEDGER, b"no entry\n" * 3 + b"".join(b"%d\n" % n for n in range(100))).problems
    assert len(problems) == 6
    assert "and 96 more" in problems[-1].what


# -- merges by git


def git(folder: Path, *args: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@notes.example")
    done = subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize("before", ["checked", "of an earlier version"])
@pytest.mark.parametrize("name", LINES)
def test_git_merges_what_two_people_published(tmp_path: Path, name: str, before: str) -> None:
    key = {site_paths.ISSUE_LEDGER: "2026-w47 more {} Fog", site_paths.PARAGRAPH_LEDGER: "{} 5f0a91c2 p-3fa91c"}.get(
        name, "/companies/{}/ 2026-11-22 companies/a"
    )
    ours, theirs, both = ([key.format(f"{side}{n}") for n in range(3)] for side in ("ours", "theirs", "both"))
    old = "".join(f"{line}\n" for line in ("# What it is.", *LINES[name]))
    write_files(
        tmp_path,
        {
            ".gitattributes": f"{name} merge=union\n",
            name: whole(name) if before == "checked" else old,
        },
    )
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "before")
    for branch, lines in (("ours", ours), ("theirs", theirs)):
        git(tmp_path, "checkout", "-q", "-b", branch, "main")
        text = ledger_lines.format_ledger("What it is.", sorted([*LINES[name], *lines, *both]))
        write_files(tmp_path, {name: text})
        git(tmp_path, "commit", "-qam", branch)
    git(tmp_path, "merge", "-q", "ours")
    lines_read, faults = ledger_lines.read_lines((tmp_path / name).read_text(encoding="utf-8"))
    assert faults == ()
    assert sorted(line for _, line in lines_read) == sorted([*LINES[name], *ours, *theirs, *both])
    for length in range((tmp_path / name).stat().st_size - 1):
        assert read(name, (tmp_path / name).read_bytes()[:length]).problems


# -- the commands


@pytest.fixture
def published_site(tmp_path: Path, call: Call) -> Path:
    site = small_site(tmp_path / "site")
    git(site, "init", "-q", "-b", "main")
    assert call("permalinks", "record", "--site", site).status == 0
    git(site, "add", "-A")
    git(site, "commit", "-qm", "published")
    return site


@pytest.mark.parametrize("command", [("build",), ("permalinks", "record"), ("check",)])
@pytest.mark.parametrize("damage", ["cut in a line", "cut at a line", "empty", "NUL", "gone"])
@pytest.mark.parametrize("name", site_paths.LEDGERS)
def test_a_damaged_ledger_is_refused_with_its_mend(
    published_site: Path, call: Call, name: str, damage: str, command: tuple[str, ...]
) -> None:
    path = published_site / name
    raw, lines = path.read_bytes(), path.read_bytes().splitlines(keepends=True)
    cut = {"cut in a line": raw[:-9], "cut at a line": b"".join(lines[:-1]), "empty": b"", "NUL": b"\0" * len(raw)}
    path.unlink()
    if damage != "gone":
        path.write_bytes(cut[damage])
    before = {ledger: (published_site / ledger).read_bytes() for ledger in site_paths.LEDGERS if ledger != name}
    done = call(*command, "--site", published_site)
    assert done.status == 1
    assert name in done.out + done.err
    assert f"git checkout -- {name}" in done.out + done.err
    assert {ledger: (published_site / ledger).read_bytes() for ledger in before} == before
    git(published_site, "checkout", "--", name)
    assert call("build", "--site", published_site).status == 0


def test_all_ledgers_gone_are_missed_where_git_has_them(published_site: Path, call: Call) -> None:
    for name in site_paths.LEDGERS:
        (published_site / name).unlink()
    done = call("permalinks", "record", "--site", published_site)
    assert done.status == 1
    assert "content/permalinks.txt: is missing, though git has it" in done.err


@pytest.mark.parametrize("name", site_paths.LEDGERS)
def test_force_goes_on_with_the_lines_that_can_be_read(published_site: Path, call: Call, name: str) -> None:
    raw = (published_site / name).read_bytes()
    lines = raw.splitlines(keepends=True)
    (published_site / name).write_bytes(b"".join([*lines[:2], b"\0\0\0\n", *lines[3:-1]]))
    assert call("permalinks", "record", "--force", "--site", published_site).status == 0
    assert call("build", "--site", published_site).status == 0
    written = (published_site / name).read_bytes().splitlines(keepends=True)
    assert set(written) >= set(lines) - {lines[2]}
    if name != site_paths.ISSUE_LEDGER:  # there a story has lost its place
        assert written == lines
    (published_site / name).unlink()
    assert call("permalinks", "record", "--force", "--site", published_site).status == 0
    assert call("build", "--site", published_site).status == 0


def test_ledgers_of_an_earlier_version_are_written_anew(published_site: Path, call: Call) -> None:
    before = {name: (published_site / name).read_bytes() for name in site_paths.LEDGERS}
    for name in site_paths.LEDGERS:
        (published_site / name).write_text(ledger_lines.unseal(before[name].decode()), encoding="utf-8")
    (published_site / site_paths.ISSUE_LEDGER).unlink()
    git(published_site, "rm", "-q", "--cached", site_paths.ISSUE_LEDGER)
    assert call("build", "--site", published_site).status == 0
    append_to_file(published_site / "content/about.md", "More.\n")
    assert call("permalinks", "record", "--site", published_site).status == 0
    assert {name: (published_site / name).read_bytes() for name in site_paths.LEDGERS} == before


def test_a_new_site_lets_git_merge_its_ledgers(tmp_path: Path, call: Call) -> None:
    assert call("new", tmp_path / "digest").status == 0
    text = (tmp_path / "digest/.gitattributes").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "merge=union" in line] == [
        f"{name} merge=union" for name in site_paths.LEDGERS
    ]


@pytest.mark.parametrize("written", range(4))
def test_the_first_writing_of_the_ledgers_goes_on_after_a_kill(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    site = small_site(tmp_path / "site")
    files: list[Path] = []

    def replace_some(path: Path, data: bytes) -> None:
        if len(files) == written:
            raise KeyboardInterrupt
        files.append(path)
        atomic_files.replace_file(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(permalinks, "replace_file", replace_some)
        assert call("permalinks", "record", "--site", site).status == (0 if written == 3 else 130)
    assert call("build", "--site", site).status == 0
    assert call("permalinks", "record", "--site", site).status == 0
    for name in site_paths.LEDGERS:
        raw = (site / name).read_bytes()
        (site / name).unlink()
        assert call("build", "--site", site).status == 1
        (site / name).write_bytes(raw)


def test_an_address_of_an_old_ledger_alone_is_declared_gone(tmp_path: Path, call: Call) -> None:
    site = small_site(tmp_path / "site")
    write_files(site, {"content/permalinks.txt": "/x/ 2025-01-01 companies/x\n"})
    assert call("permalinks", "gone", "/x/", "--site", site).status == 0
    assert call("build", "--site", site).status == 0
