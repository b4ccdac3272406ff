"""Check that sites of unusual sizes are built, or refused with a reason; print time and memory.

    python benchmarks/safety/large_sites.py [NAME …]

Names: entities (20,000 of them, and 2,000 articles), names (one entity with 100,000), tags (an article with 5,000),
most-tags (one with 1,000), folder (100,000 files for `add`, of which 100 are pages). Printed are each command's
seconds, peak memory and last line; exit status 1 where one ends with a traceback or is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.sites import markdown_file, write_files

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = [sys.executable, "-m", "site_gen"]
SETTINGS = "title: Large\nbase_url: https://large.example/\ncards: none\n"
SECONDS = 1800  # that one command may take


def words(number: int) -> str:
    """Return a text that only the article of this number has."""
    return " ".join(f"word{number * 31 % 9973}x{place}" for place in range(120))


def make_entities(site: Path) -> list[list[str]]:
    files = {f"content/companies/firm-{n}.md": markdown_file(name=f"Firm {n} Ltd") for n in range(20_000)}
    for number in range(2000):
        named = [f"Firm {number * 37 % 20_000} Ltd", f"Firm {number * 91 % 20_000} Ltd"]
        text = f"{named[0]} met {named[1]}.\n\n{words(number)}"
        head = {"title": f"Note {number} of {named[0]}", "published": f"{2020 + number % 6}-03-{1 + number % 28:02}"}
        files[f"content/articles/2026/note-{number}.md"] = markdown_file(text, id=f"id-{number}", **head)
    write_files(site, files)
    return [["tag"], ["build"], ["build"], ["entity", "rename", "Firm 37 Ltd", "Firm X", "--slug", "firm-x"], ["build"]]


def make_names(site: Path) -> list[list[str]]:
    names = [f"Name {n} of it" for n in range(100_000)]
    text = f"Name 5 of it and Name 99999 of it.\n\n{words(1)}"
    write_files(
        site,
        {
            "content/companies/many.md": markdown_file(name="Many", names=names),
            "content/articles/2026/a.md": markdown_file(text, title="A", published="2026-01-01"),
        },
    )
    return [["tag"], ["build"], ["build"]]


def make_tags(site: Path, count: int = 5000) -> list[list[str]]:
    tags = [f"tag-{n}" for n in range(count)]
    text = markdown_file(words(1), title="A", published="2026-01-01", topics=tags)
    write_files(site, {"content/articles/2026/a.md": text})
    return [["build"], ["build"]]


def make_most_tags(site: Path) -> list[list[str]]:
    return make_tags(site, 1000)


def make_folder(site: Path) -> list[list[str]]:
    folder = site.parent / "many"
    for number in range(100_000):
        name = f"{number % 100}/{number}"
        if number % 1000:
            write_files(folder, {f"{name}{('.css', '.png', '.js', '.txt')[number % 4]}": b"\x89PNG\r\n\x1a\n\0\0\0\0"})
        else:
            prose = "".join(f"<p>{words(number + place).capitalize()}.</p>" for place in range(4))
            page = f"<html><head><title>Page {number}</title></head><body><article>{prose}</article></body></html>"
            write_files(folder, {f"{name}.html": page})
    return [["add", str(folder)], ["build"], ["add", str(folder)]]


SITES: dict[str, Callable[[Path], list[list[str]]]] = {
    "entities": make_entities,
    "names": make_names,
    "tags": make_tags,
    "most-tags": make_most_tags,
    "folder": make_folder,
}


def run(site: Path, command: list[str]) -> bool:
    """Run a command, print what it took, and return whether it ended as it should."""
    script = (
        "import json, os, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True, errors='replace')\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps([done.returncode, done.stdout[-300:], done.stderr[-3000:], peak]))\n"
    )
    start = time.perf_counter()
    try:
        output = subprocess.run(
            [sys.executable, "-c", script, *COMMAND, *command, "--site", str(site)],
            capture_output=True, text=True, check=True, timeout=SECONDS, env=os.environ,
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired:
        print(f"  {command[0]}: longer than {SECONDS} s")
        return False
    status, out, err, peak = json.loads(output)
    last = (out.strip() or err.strip()).splitlines()[-1:] or [""]
    took = f"{time.perf_counter() - start:.1f} s, {peak / 1024:.0f} MB, exit {status}"
    print(f"  {' '.join(command)[:40]}: {took}: {last[0][:150]}")
    if "Traceback" in err:
        print(err)
    return status in {0, 1, 2} and "Traceback" not in err


def main(names: list[str]) -> int:
    """Make the sites, run their commands; return 1 where one failed."""
    is_right = True
    for name in names or SITES:
        with tempfile.TemporaryDirectory(prefix="site-gen-large-") as folder:
            site = write_files(Path(folder) / "site", {"content/site.yaml": SETTINGS})
            commands = SITES[name](site)
            print(f"{name}:", flush=True)
            for command in commands:
                is_right = run(site, command) and is_right
                sys.stdout.flush()
    return 0 if is_right else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
