"""Commands that cannot write a file say which, why, and what to do."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import UsageError, explain_write_error
from site_gen.publish.issue_email import write_file
from tests.support.sites import markdown_file, own_words, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EACCES, "check the permissions of the file and its folder"),
        (errno.EISDIR, "move away what is in its place"),
        (errno.EIO, "make room on the disk, or check permissions"),
    ],
)
def test_the_mend_is_that_of_the_error(number: int, mend: str) -> None:
    reason = os.strerror(number)
    problem = explain_write_error("content/x.md", OSError(number, reason))
    assert str(problem) == f"content/x.md: cannot be written ({reason}); {mend}"


@pytest.mark.parametrize(
    "command",
    [
        ("new", "file/site"),
        ("build", "--site", "site", "--output", "file"),
        ("build", "--site", "site", "--output", "file/output"),
        ("suggest", "--site", "site", "--to", "file/sheet.txt"),
    ],
)
def test_what_stands_in_the_place_of_a_file_or_folder_is_told(
    call: Call, tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    write_files(tmp_path, {"file": "a file"})
    monkeypatch.chdir(tmp_path)
    done = call(*(site if word == "site" else word for word in command))
    assert done.status == 2
    assert ": cannot be written (" in done.err
    assert done.err.endswith("); move away what is in its place\n")


def test_a_mail_that_a_folder_stands_in_the_place_of_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written .*; move away what is in its place"):
        write_file(tmp_path, b"a mail")


@pytest.mark.parametrize("command", [("tag",), ("stories", "--apart", "id-1", "id-2")])
def test_an_article_that_cannot_be_written_is_told(
    call: Call, site: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    text = f"Of Tallow Pier. {own_words(1)}"
    for number in (1, 2):
        file = markdown_file(text, id=f"id-{number}", title="A pier", published="2026-03-04")
        write_files(site, {f"content/articles/2026/pier-{number}.md": file})

    def refuse(path: Path, data: bytes) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("site_gen.content.undo_journal.replace_file", refuse)
    done = call(*command, "--site", site)
    assert done.status == 1
    mend = "check the permissions of the file and its folder"
    assert f"pier-2.md: cannot be written (Permission denied); {mend}\n" in done.err
