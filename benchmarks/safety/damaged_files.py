"""Check that every damaged file is reported: `site-gen extract` on damaged copies of saved files.

    python benchmarks/safety/damaged_files.py FOLDER [--count 2000] [--seed 1]

FOLDER holds saved files of any format; whole, they are put through `site-gen add`. Printed is how many gave articles,
why the others did not, and how long it took. Exit status 1 where a file is not reported or a command crashed.
"""

from __future__ import annotations

import argparse
import collections
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.file_damage import mutations

COMMAND = [sys.executable, "-m", "site_gen"]


def run(*args: str) -> tuple[list[dict[str, object]], subprocess.CompletedProcess[str], float]:
    """Run a command of site-gen; return its lines of JSON, the process that ended, and wall seconds."""
    start = time.perf_counter()
    process = subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=False)
    return [json.loads(line) for line in process.stdout.splitlines()], process, time.perf_counter() - start


def report(
    label: str, files: int, rows: list[dict[str, object]], process: subprocess.CompletedProcess[str], seconds: float
) -> int:
    """Print what became of so many files; return 1 where one is missing or the command crashed."""
    reported = len({row["input"] for row in rows})
    print(
        f"{label}: {files} files, {reported} reported, {len(rows)} lines, {seconds:.0f} s, exit {process.returncode}, "
    )
    print("  ", dict(collections.Counter(row["status"] for row in rows)))
    reasons = collections.Counter(str(row.get("reason"))[:70] for row in rows if row["status"] == "failed")
    for reason, count in reasons.most_common(40):
        print(f"  {count:6} {reason}")
    if process.stderr:
        print("stderr:", process.stderr[-3000:])
    return int(reported != files or "Traceback" in process.stderr or "panicked" in process.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    files = {path.name: path.read_bytes() for path in sorted(args.folder.iterdir()) if path.is_file()}
    with tempfile.TemporaryDirectory() as temporary:
        site = str(Path(temporary) / "site")
        subprocess.run([*COMMAND, "new", site], check=True, capture_output=True)
        failed = report("whole", len(files), *run("add", "--json", "--site", site, str(args.folder)))
        folder = Path(temporary) / "damaged"
        folder.mkdir()
        for name, data in mutations(files, args.count, args.seed):
            (folder / name).write_bytes(data)
        failed += report("damaged", args.count, *run("extract", "--json", str(folder)))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
