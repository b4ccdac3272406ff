"""One site, one output: whatever the seed, the clock's zone, the language, the folder and the number of processes."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session, builder, changed_files, render_pages
from site_gen.core import parallel
from tests.support.sites import REPO, clean_build, demo_site, differing_files, edit_file, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Output = dict[str, bytes]


@pytest.fixture(scope="module")
def clean_output() -> Output:
    return clean_build(REPO, build_session.BuildOptions(jobs=1))


@pytest.fixture
def use_processes_for_few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let builds of a small site use other processes, too."""
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
def test_hash_seed_time_zone_language_and_folder_make_no_difference(
    tmp_path: Path, clean_output: Output, env: dict[str, str], jobs: str
) -> None:
    site, out = demo_site(tmp_path / "a folder of another näme/site"), tmp_path / "elsewhere/out"
    done = subprocess.run(
        [sys.executable, "-m", "site_gen", "build", "--site", site, "--output", out, "--jobs", jobs],
        cwd=tmp_path, env={**os.environ, **env}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert differing_files(read_files(out), clean_output) == []


def test_the_order_in_which_files_were_written_makes_no_difference(tmp_path: Path, clean_output: Output) -> None:
    content = read_files(REPO / "content")
    names = sorted(content, key=lambda name: name[::-1], reverse=True)
    write_files(tmp_path / "site/content", {name: content[name] for name in names})
    build_session.build(tmp_path / "site", tmp_path / "out", build_session.BuildOptions(jobs=1))
    assert differing_files(read_files(tmp_path / "out"), clean_output) == []


class CountingExecutors:
    """Makes process pools that start their processes in one way, and counts the pools."""

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
def executors(
    request: pytest.FixtureRequest, use_processes_for_few_files: None, monkeypatch: pytest.MonkeyPatch
) -> CountingExecutors:
    if request.param == "fork" and threading.active_count() > 1:
        pytest.skip("this process has other threads, which a fork would cut short")
    executors = CountingExecutors(request.param)
    use_executors(monkeypatch, executors)
    return executors


def use_executors(monkeypatch: pytest.MonkeyPatch, make: Callable[..., Executor]) -> None:
    """Let builds get the executors for their work from a function."""

    def run(work: Any, shared: Any, chunks: Any, jobs: int) -> Any:
        return parallel.run_chunks(work, shared, chunks, jobs, make)

    for module in (changed_files, builder):
        monkeypatch.setattr(module, "run_chunks", run)


@pytest.mark.parametrize("jobs", [2, 3])
def test_several_processes_make_the_same_output(
    tmp_path: Path, clean_output: Output, executors: CountingExecutors, jobs: int
) -> None:
    build_session.build(demo_site(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=jobs))
    assert executors.count == 2  # to read and to draw
    assert differing_files(read_files(tmp_path / "out"), clean_output) == []


@pytest.mark.slow
def test_several_processes_make_the_same_output_of_edits(
    tmp_path: Path, clean_output: Output, executors: CountingExecutors
) -> None:
    site, out, options = demo_site(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=2)
    path = edit_file(site / "content/companies/drift.md", "name: ", "name: The ")
    build_session.build(site, out, options)
    before = read_files(out)
    assert differing_files(before, clean_output) != []
    edit_file(path, "name: The ", "name: ")
    build_session.build(site, out, options)
    assert differing_files(read_files(out), clean_output) == []
    edit_file(path, "name: ", "name: The ")
    with build_session.open_builder(site, out, options) as builder:
        builder.build()
        assert differing_files(read_files(out), before) == []
        builder.refresh([edit_file(path, "name: The ", "name: ")])
        assert [*builder.build_deferred()]
    assert differing_files(read_files(out), clean_output) == []


class ImmediateExecutor(Executor):
    """Does in `submit` what it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def add(shared: int, chunk: range) -> int:
    """Add some numbers to a shared one, but for 13."""
    if 13 in chunk:
        raise ValueError("thirteen")
    return shared + sum(chunk)


CHUNKS = [range(at, at + 3) for at in range(0, 12, 3)]
CHUNKS_WITH_13 = [range(at, at + 3) for at in range(0, 60, 3)]


@pytest.mark.parametrize("kind", ["threads", "at once"])
def test_any_executor_gives_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    def make(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
        monkeypatch.setattr(parallel, "_shared", list(args))  # which each process would get
        return ThreadPoolExecutor(jobs) if kind == "threads" else ImmediateExecutor()

    alone = list(parallel.run_chunks(add, 100, CHUNKS, 1))
    assert alone == [103, 112, 121, 130]
    assert list(parallel.run_chunks(add, 100, CHUNKS, 3, make)) == alone
    with pytest.raises(ValueError, match="thirteen"):
        list(parallel.run_chunks(add, 0, CHUNKS_WITH_13, 3, make))


@pytest.mark.parametrize("method", METHODS)
def test_what_a_process_raises_is_raised_here(method: str) -> None:
    sums = parallel.run_chunks(add, 0, CHUNKS_WITH_13, 2, CountingExecutors(method))
    assert [next(sums) for _ in range(4)] == [3, 12, 21, 30]
    with pytest.raises(ValueError, match="thirteen"):
        next(sums)
    with pytest.raises(StopIteration):
        next(sums)


@pytest.mark.slow
def test_an_executor_without_processes_makes_the_same_output(
    tmp_path: Path, clean_output: Output, use_processes_for_few_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
        monkeypatch.setattr(parallel, "_shared", list(args))
        return ImmediateExecutor()

    use_executors(monkeypatch, make)
    build_session.build(demo_site(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=2))
    assert differing_files(read_files(tmp_path / "out"), clean_output) == []


@pytest.mark.slow
def test_the_order_in_which_pages_are_rendered_makes_no_difference(
    tmp_path: Path, clean_output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backwards(job: render_pages.RenderJob, numbers: range) -> render_pages.RenderedChunk:
        return render_pages.render_and_stage(job, numbers[::-1])

    monkeypatch.setattr(
        builder, "run_chunks", lambda work, shared, chunks, jobs: [backwards(shared, c) for c in chunks[::-1]]
    )
    build_session.build(demo_site(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(jobs=1))
    assert differing_files(read_files(tmp_path / "out"), clean_output) == []
