"""Is every damaged file told? Make damaged copies of a folder's saved files, put them through `site-gen extract`,
and `site-gen add` those that are whole.

    python benchmarks/safety/damage.py FOLDER [--count 2000] [--seed 1]

Told: how many gave articles, why the others did not, crashes, hangs, tracebacks, and how long it took.
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

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
from tests.support.file_damage import mutations

COMMAND = [sys.executable, "-m", "site_gen"]


def run(*args: str) -> tuple[list[dict[str, object]], subprocess.CompletedProcess[str], float]:
    start = time.perf_counter()
    done = subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done, time.perf_counter() - start


def tell(
    what: str, files: int, rows: list[dict[str, object]], done: subprocess.CompletedProcess[str], seconds: float
) -> int:
    told = len({row["input"] for row in rows})
    print(f"{what}: {files} files, {told} told, {len(rows)} lines, {seconds:.0f} s, exit {done.returncode}, ")
    print("  ", dict(collections.Counter(row["status"] for row in rows)))
    reasons = collections.Counter(str(row.get("reason"))[:70] for row in rows if row["status"] == "failed")
    for reason, count in reasons.most_common(40):
        print(f"  {count:6} {reason}")
    if done.stderr:
        print("stderr:", done.stderr[-3000:])
    return int(told != files or "Traceback" in done.stderr or "panicked" in done.stderr)


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
        failed = tell("whole", len(files), *run("add", "--json", "--site", site, str(args.folder)))
        folder = Path(temporary) / "damaged"
        folder.mkdir()
        for name, data in mutations(files, args.count, args.seed):
            (folder / name).write_bytes(data)
        failed += tell("damaged", args.count, *run("extract", "--json", str(folder)))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
