"""Killed at any moment, or out of room: every file is whole, old or new, and the next build mends the rest.

A quarter as many builds are killed as the profile has examples.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from tests.support.profiles import examples
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Run

KILLS = examples(4)
OPTIONS = build_session.BuildOptions(jobs=1)

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="has no process groups to kill")

# As the command, but so that a small site is worth other processes.
MANY = """\
import sys
from site_gen.build import builder, changed_files
from site_gen.cli import main
changed_files._PARALLEL_FROM = builder._PARALLEL_FROM = 1
changed_files._CHUNK, builder._CHUNK = 3, 10
sys.exit(main.main())
"""


def content(version: str) -> dict[str, str]:
    """One of two versions of a site, which share some articles, differ in others, and each has its own."""
    files = {
        "content/site.yaml": f"title: Quay Notes {version}\nbase_url: https://notes.example/\ntext: full\n",
        "content/companies/voss.md": f"---\nname: Voss\n---\nVersion {version}.\n",
    }
    for number in range(24):
        own = version if number % 3 else ""
        name = f"content/articles/{2023 + number % 3}/note-{number}{own.lower() if number % 3 == 2 else ''}.md"
        words = f"Voss {own} said something about number {number}.\n\n" * 20
        files[name] = f"---\ntitle: Note {number} {own}\ncompanies: [voss, firm-{number % 5}{own}]\n---\n{words}"
    return files


def put(site: Path, version: str) -> None:
    """Make a site what a version says."""
    shutil.rmtree(site / "content", ignore_errors=True)
    write_files(site, content(version))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What a clean build makes of each version."""
    found = {}
    for version in "AB":
        base = tmp_path_factory.mktemp("clean")
        put(base / "site", version)
        build_session.build(base / "site", base / "out", OPTIONS)
        found[version] = read_files(base / "out")
    return found


@contextlib.contextmanager
def begun(site: Path, out: Path, jobs: int) -> Iterator[subprocess.Popen[bytes]]:
    """A build in a process group of its own; nothing of it is left afterwards."""
    command = [sys.executable, "-c", MANY, "build", "--site", str(site), "--output", str(out), "--jobs", str(jobs)]
    with subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def have_ended(group: int) -> bool:
    """Whether no process of a group is left, within a while."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path, clean: dict[str, dict[str, bytes]]) -> None:
    site, out = tmp_path / "site", tmp_path / "out"
    put(site, "A")
    start = time.monotonic()
    with begun(site, out, 2) as process:
        assert process.wait(60) == 0
    whole = time.monotonic() - start
    rolled = random.Random(20)
    cut_short = kill = 0
    while cut_short < KILLS:
        assert kill < 5 * KILLS, "hardly any build is killed before its end"
        version = "BA"[kill % 2]
        if kill % 5 == 4:  # from time to time all anew
            shutil.rmtree(site / ".site-gen", ignore_errors=True)
        put(site, version)
        with begun(site, out, 1 + kill % 2) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):  # it ended first: builds take less time by now
                start = time.monotonic()
                process.wait(rolled.uniform(0.25, 1.05) * whole)
                whole = time.monotonic() - start
            process.kill()  # it alone: its workers must see that themselves
            cut_short += process.wait(60) != 0
            assert have_ended(process.pid), "a worker lives on"
        for name, data in read_files(out).items():
            assert data in {clean["A"].get(name), clean["B"].get(name)}, f"{name} after kill {kill}"
        if kill % 4 == 3:  # else the next build, with the other version, is killed as well
            build_session.build(site, out, OPTIONS)
            require_same(out, clean[version])
        kill += 1
    build_session.build(site, out, OPTIONS)
    require_same(out, clean["BA"[(kill - 1) % 2]])


def require_same(out: Path, wanted: dict[str, bytes]) -> None:
    found = read_files(out)
    assert sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)) == []
    assert not (out / ".site-gen.new").exists()


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Path]:
    """A disk with little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root on Linux can mount a small disk to fill it")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting a small disk to fill it is not allowed here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(tmp_path: Path, narrow: Path, run: Run, clean: dict[str, dict[str, bytes]]) -> None:
    site, out = tmp_path / "site", narrow / "out"
    put(site, "A")
    assert run("build", "--site", site, "--output", out).status == 0
    put(site, "B")
    ballast = narrow / "ballast"
    room = shutil.disk_usage(narrow).free
    ballast.write_bytes(b"x" * max(0, room - 64 * 1024))
    done = run("build", "--site", site, "--output", out)
    assert done.status == 1
    assert "No space left" in done.err
    assert str(out) in done.err
    assert "Traceback" not in done.err
    require_same(out, clean["A"])
    ballast.unlink()
    done = run("build", "--site", site, "--output", out)
    assert (done.status, done.err.count("No space left")) == (0, 0)
    require_same(out, clean["B"])


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 4, 16, 200])
def test_a_disk_that_is_full_from_the_start(tmp_path: Path, narrow: Path, run: Run, left: int) -> None:
    put(tmp_path / "site", "A")
    ballast = narrow / "ballast"
    ballast.write_bytes(b"x" * (shutil.disk_usage(narrow).free - left * 1024))
    done = run("build", "--site", tmp_path / "site", "--output", narrow / "out")
    assert done.status in {1, 2}
    assert "Traceback" not in done.err
    assert str(narrow) in done.err
    ballast.unlink()
    assert run("build", "--site", tmp_path / "site", "--output", narrow / "out").status == 0


@pytest.mark.slow
def test_a_full_disk_under_the_state(
    tmp_path: Path, narrow: Path, run: Run, clean: dict[str, dict[str, bytes]]
) -> None:
    put(narrow / "site", "A")
    room = shutil.disk_usage(narrow).free
    (narrow / "ballast").write_bytes(b"x" * (room - 24 * 1024))
    done = run("build", "--site", narrow / "site", "--output", tmp_path / "out")
    assert "Traceback" not in done.err
    if done.status == 0:  # it did without
        require_same(tmp_path / "out", clean["A"])
    (narrow / "ballast").unlink()
    assert run("build", "--site", narrow / "site", "--output", tmp_path / "out").status == 0
    require_same(tmp_path / "out", clean["A"])
