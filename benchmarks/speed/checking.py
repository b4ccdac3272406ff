"""Time `site-gen check`: without an output, on one that is up to date, once more, and after an edit.

    python benchmarks/speed/checking.py 10000 [--dir DIR] [--fresh]

Builds an invented site (`corpus.py`), then checks it in a process for each check, as a person would, and prints
seconds by the clock and of processors. `first` has no cache of a check before, `again` has; `edited` has one and the
text of one article is changed; `fresh` begins without an output, and so draws the pages, too.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import corpus


def run(name: str, command: str, site: Path) -> None:
    """Run a command of site-gen and print what it cost."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-m", "site_gen", command, "--site", str(site)], capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{name:22} {wall:7.2f} s, {cpu:7.2f} s of processor: {process.stdout.strip() or process.stderr[-200:]}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--dir", type=Path, help="a folder to work in (default: a temporary one)")
    parser.add_argument("--fresh", action="store_true", help="check without an output, too")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="site-gen-") as temporary:
        site = (args.dir or Path(temporary)) / "site"
        if not site.exists():
            corpus.write_site(args.count, site)
        if args.fresh:
            shutil.rmtree(site / "output", ignore_errors=True)
            shutil.rmtree(site / ".site-gen", ignore_errors=True)
            run("check, fresh", "check", site)
        run("build", "build", site)
        for _ in range(args.rounds):
            (site / ".site-gen/check.json").unlink(missing_ok=True)
            run("check, first", "check", site)
            run("check, again", "check", site)
        article = min((site / "content/articles").rglob("*.md"))
        article.write_text(f"{article.read_text(encoding='utf-8')}\nOne line more.\n", encoding="utf-8")
        run("check, edited", "check", site)


if __name__ == "__main__":
    main()
