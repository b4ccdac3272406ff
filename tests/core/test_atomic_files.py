"""What a person owns is on the disk before it takes its place; what can be made again is not waited for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from site_gen.core import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("write", "calls"),
    [
        (lambda path: atomic_files.replace_file(path, b"new"), ["fsync", "replace"]),
        (lambda path: atomic_files.create_file(path, b"new"), ["fsync", "link"]),
        (lambda path: atomic_files.replace_file(path, b"new", is_disposable=True), ["replace"]),
    ],
)
def test_a_file_is_synced_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None], calls: list[str]
) -> None:
    order: list[str] = []

    def recorded(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*args: object, **options: object) -> object:
            if name == "fsync":  # of all its bytes
                assert os.fstat(args[0]).st_size == 3  # type: ignore[arg-type]
            order.append(name)
            return real(*args, **options)

        return call

    for name in ("fsync", "replace", "link"):
        monkeypatch.setattr(os, name, recorded(name))
    write(tmp_path / "x.md")
    assert order == calls
    assert (tmp_path / "x.md").read_bytes() == b"new"


def test_a_file_is_there_though_its_unfinished_one_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(type(tmp_path), "unlink", refuse)
        atomic_files.create_file(tmp_path / "a.md", b"text")
    assert (tmp_path / "a.md").read_bytes() == b"text"
    atomic_files.remove_unfinished_files(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
