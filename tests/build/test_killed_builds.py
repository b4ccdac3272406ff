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
from tests.support.sites import clean_build, differing_files, read_files, write_files
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Run

KILLS = examples(4)
OPTIONS = build_session.BuildOptions(jobs=1)
Outputs = dict[str, dict[str, bytes]]  # the files of an output, by version of the site

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="has no process groups to kill")

# As the command, but so that a small site is worth other processes.
SCRIPT = """\
import sys
from site_gen.build import builder, changed_files
from site_gen.cli import main
changed_files._PARALLEL_FROM = builder._PARALLEL_FROM = 1
changed_files._CHUNK, builder._CHUNK = 3, 10
sys.exit(main.main())
"""


def version_files(version: str) -> dict[str, str]:
    """Return the files of one of two versions of a site: some articles are alike, some differ, some are in one only."""
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


def write_version(site: Path, version: str) -> None:
    """Replace the content of a site by a version."""
    shutil.rmtree(site / "content", ignore_errors=True)
    write_files(site, version_files(version))


@pytest.fixture(scope="module")
def clean_outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    return {
        version: clean_build(write_files(tmp_path_factory.mktemp("clean"), version_files(version)), OPTIONS)
        for version in "AB"
    }


@contextlib.contextmanager
def start_build(site: Path, out: Path, jobs: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a build in a process group of its own; kill what is left of it afterwards."""
    arguments = ["build", "--site", str(site), "--output", str(out), "--jobs", str(jobs)]
    command = [sys.executable, "-c", SCRIPT, *arguments]
    with subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def have_ended(group: int) -> bool:
    """Return whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_whole_files_and_the_next_one_mends_the_rest(
    tmp_path: Path, clean_outputs: Outputs
) -> None:
    site, out = tmp_path / "site", tmp_path / "out"
    write_version(site, "A")
    start = time.monotonic()
    with start_build(site, out, 2) as process:
        assert process.wait(SECONDS) == 0
    build_seconds = time.monotonic() - start
    dice = random.Random(20)
    cut_short = attempt = 0
    while cut_short < KILLS:
        assert attempt < 5 * KILLS, "hardly any build is killed before its end"
        version = "BA"[attempt % 2]
        if attempt % 5 == 4:  # from time to time all anew
            shutil.rmtree(site / ".site-gen", ignore_errors=True)
        write_version(site, version)
        with start_build(site, out, 1 + attempt % 2) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):  # it ended first: builds take less time by now
                start = time.monotonic()
                process.wait(dice.uniform(0.25, 1.05) * build_seconds)
                build_seconds = time.monotonic() - start
            process.kill()  # it alone: its workers must see that themselves
            cut_short += process.wait(SECONDS) != 0
            group = process.pid
            until(lambda group=group: have_ended(group), "the workers end")  # type: ignore[misc]
        for name, data in read_files(out).items():
            assert data in {clean_outputs["A"].get(name), clean_outputs["B"].get(name)}, f"{name} after kill {attempt}"
        if attempt % 4 == 3:  # else the next build, with the other version, is killed as well
            build_session.build(site, out, OPTIONS)
            require_output(out, clean_outputs[version])
        attempt += 1
    build_session.build(site, out, OPTIONS)
    require_output(out, clean_outputs["BA"[(attempt - 1) % 2]])


def require_output(out: Path, expected: dict[str, bytes]) -> None:
    """Assert that an output holds these files, and nothing of a build that was killed."""
    assert differing_files(read_files(out), expected) == []
    assert not (out / ".site-gen.new").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk with little room."""
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


def test_a_full_disk_is_reported_and_leaves_the_old_output(
    tmp_path: Path, small_disk: Path, run: Run, clean_outputs: Outputs
) -> None:
    site, out = tmp_path / "site", small_disk / "out"
    write_version(site, "A")
    assert run("build", "--site", site, "--output", out).status == 0
    write_version(site, "B")
    ballast = small_disk / "ballast"
    room = shutil.disk_usage(small_disk).free
    ballast.write_bytes(b"x" * max(0, room - 64 * 1024))
    done = run("build", "--site", site, "--output", out)
    assert done.status == 1
    assert "No space left" in done.err
    assert str(out) in done.err
    assert "Traceback" not in done.err
    require_output(out, clean_outputs["A"])
    ballast.unlink()
    done = run("build", "--site", site, "--output", out)
    assert (done.status, done.err.count("No space left")) == (0, 0)
    require_output(out, clean_outputs["B"])


@pytest.mark.slow
@pytest.mark.parametrize("free_kib", [0, 4, 16, 200])
def test_a_first_build_onto_a_full_disk_says_so_and_can_be_repeated(
    tmp_path: Path, small_disk: Path, run: Run, free_kib: int
) -> None:
    write_version(tmp_path / "site", "A")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - free_kib * 1024))
    done = run("build", "--site", tmp_path / "site", "--output", small_disk / "out")
    assert done.status in {1, 2}
    assert "Traceback" not in done.err
    assert str(small_disk) in done.err
    ballast.unlink()
    assert run("build", "--site", tmp_path / "site", "--output", small_disk / "out").status == 0


@pytest.mark.slow
def test_a_full_disk_under_the_build_state_does_not_spoil_the_output(
    tmp_path: Path, small_disk: Path, run: Run, clean_outputs: Outputs
) -> None:
    write_version(small_disk / "site", "A")
    room = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * (room - 24 * 1024))
    done = run("build", "--site", small_disk / "site", "--output", tmp_path / "out")
    assert "Traceback" not in done.err
    if done.status == 0:  # it did without
        require_output(tmp_path / "out", clean_outputs["A"])
    (small_disk / "ballast").unlink()
    assert run("build", "--site", small_disk / "site", "--output", tmp_path / "out").status == 0
    require_output(tmp_path / "out", clean_outputs["A"])
