"""One site, one output: whatever the seed, the clock's zone, the language, the folder and the number of processes."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session, builder, changed_files, render_pages
from site_gen.core import parallel
from tests.support.sites import REPO, read_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Files = dict[str, bytes]


def demo(folder: Path) -> Path:
    return shutil.copytree(REPO / "content", folder / "content").parent


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Files:
    base = tmp_path_factory.mktemp("clean")
    build_session.build(demo(base / "site"), base / "out", build_session.BuildOptions(jobs=1))
    return read_files(base / "out")


def differing(one: Files, other: Files) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.fixture
def small_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that other processes are worth their start."""
    for module in (changed_files, builder):
        monkeypatch.setattr(module, "_PARALLEL_FROM", 1)
    monkeypatch.setattr(changed_files, "_CHUNK", 5)
    monkeypatch.setattr(builder, "_CHUNK", 20)


@pytest.mark.parametrize(
    ("env", "jobs"),
    [
        pytest.param({"PYTHONHASHSEED": "0", "TZ": "UTC"}, "1", marks=pytest.mark.slow),
        pytest.param({"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}, "2", marks=pytest.mark.slow),
        ({"PYTHONHASHSEED": "77", "TZ": "America/Adak", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "1"}, "3"),
    ],
)
def test_in_any_surroundings(tmp_path: Path, clean: Files, env: dict[str, str], jobs: str) -> None:
    site, out = demo(tmp_path / "a folder of another näme/site"), tmp_path / "elsewhere/out"
    done = subprocess.run(
        [sys.executable, "-m", "site_gen", "build", "--site", site, "--output", out, "--jobs", jobs],
        cwd=tmp_path, env={**os.environ, **env}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert differing(read_files(out), clean) == []


def test_files_written_in_another_order(tmp_path: Path, clean: Files) -> None:
    for path in sorted((REPO / "content").rglob("*"), key=lambda path: path.name[::-1], reverse=True):
        if path.is_file():
            target = tmp_path / "site/content" / path.relative_to(REPO / "content")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    build_session.build(tmp_path / "site", tmp_path / "out", build_session.BuildOptions(jobs=1))
    assert differing(read_files(tmp_path / "out"), clean) == []


class Counted:
    """Makes executors with one way to start processes, and counts them."""

    def __init__(self, method: str) -> None:
        self.method, self.count = method, 0

    def __call__(self, jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
        self.count += 1
        context = multiprocessing.get_context(self.method)
        return ProcessPoolExecutor(jobs, mp_context=context, initializer=start, initargs=args)


METHODS = [
    pytest.param(name, marks=[pytest.mark.slow] if name == "spawn" else [])
    for name in ("fork", "spawn")
    if name in multiprocessing.get_all_start_methods()
]


@pytest.fixture(params=METHODS)
def started(request: pytest.FixtureRequest, small_is_many: None, monkeypatch: pytest.MonkeyPatch) -> Counted:
    if request.param == "fork" and threading.active_count() > 1:
        pytest.skip("this process has other threads, which a fork would cut short")
    counted = Counted(request.param)

    def run(work: Any, shared: Any, chunks: Any, jobs: int) -> Any:
        return parallel.run_chunks(work, shared, chunks, jobs, counted)

    for module in (changed_files, builder):
        monkeypatch.setattr(module, "run_chunks", run)
    return counted


@pytest.mark.parametrize("jobs", [2, 3])
def test_with_several_processes(tmp_path: Path, clean: Files, started: Counted, jobs: int) -> None:
    build_session.build(demo(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=jobs))
    assert started.count == 2  # to read and to draw
    assert differing(read_files(tmp_path / "out"), clean) == []


@pytest.mark.slow
def test_edits_with_several_processes(tmp_path: Path, clean: Files, started: Counted) -> None:
    site, out, options = demo(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=2)
    path = site / "content/companies/drift.md"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("name: ", "name: The "), encoding="utf-8")
    build_session.build(site, out, options)
    before = read_files(out)
    assert differing(before, clean) != []
    path.write_text(good, encoding="utf-8")
    build_session.build(site, out, options)
    assert differing(read_files(out), clean) == []
    path.write_text(good.replace("name: ", "name: The "), encoding="utf-8")
    with build_session.open_builder(site, out, options) as builder:
        builder.build()
        assert differing(read_files(out), before) == []
        path.write_text(good, encoding="utf-8")
        builder.refresh([path])
        assert [*builder.build_deferred()]
    assert differing(read_files(out), clean) == []


class AtOnce(Executor):
    """Does what it is given when it is given it."""

    def __init__(self, start: Callable[..., None], args: tuple[Any, ...]) -> None:
        self._begin = (start, args)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def shared_here(monkeypatch: pytest.MonkeyPatch, args: tuple[Any, ...]) -> None:
    monkeypatch.setattr(parallel, "_shared", list(args))


def add(shared: int, chunk: range) -> int:
    if 13 in chunk:
        raise ValueError("thirteen")
    return shared + sum(chunk)


CHUNKS = [range(at, at + 3) for at in range(0, 12, 3)]
BAD = [range(at, at + 3) for at in range(0, 60, 3)]


@pytest.mark.parametrize("kind", ["threads", "at once"])
def test_any_executor_gives_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    def make(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
        shared_here(monkeypatch, args)
        return ThreadPoolExecutor(jobs) if kind == "threads" else AtOnce(start, args)

    alone = list(parallel.run_chunks(add, 100, CHUNKS, 1))
    assert alone == [103, 112, 121, 130]
    assert list(parallel.run_chunks(add, 100, CHUNKS, 3, make)) == alone
    with pytest.raises(ValueError, match="thirteen"):
        list(parallel.run_chunks(add, 0, BAD, 3, make))


@pytest.mark.parametrize("method", METHODS)
def test_what_a_process_raises_is_raised_here(method: str) -> None:
    found = parallel.run_chunks(add, 0, BAD, 2, Counted(method))
    assert [next(found) for _ in range(4)] == [3, 12, 21, 30]
    with pytest.raises(ValueError, match="thirteen"):
        next(found)
    with pytest.raises(StopIteration):
        next(found)


@pytest.mark.slow
def test_a_build_by_any_executor(
    tmp_path: Path, clean: Files, small_is_many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
        shared_here(monkeypatch, args)
        return AtOnce(start, args)

    for module in (changed_files, builder):
        monkeypatch.setattr(
            module,
            "run_chunks",
            lambda work, shared, chunks, jobs: parallel.run_chunks(work, shared, chunks, jobs, make),
        )
    build_session.build(demo(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=2))
    assert differing(read_files(tmp_path / "out"), clean) == []


@pytest.mark.slow
def test_the_order_of_drawing_makes_no_difference(
    tmp_path: Path, clean: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backwards(studio: render_pages.RenderJob, numbers: range) -> list[Any]:
        return render_pages.render_and_stage(studio, numbers[::-1])

    monkeypatch.setattr(
        builder, "run_chunks", lambda work, shared, chunks, jobs: [backwards(shared, c) for c in chunks[::-1]]
    )
    build_session.build(demo(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=1))
    assert differing(read_files(tmp_path / "out"), clean) == []
