"""Add a folder of real saved pages to a site and build it: how many come in, why others do not, time and memory.

    python benchmarks/extraction/add_and_build.py FOLDER [--entities FOLDER] [--keep DIR]

Makes a site in a temporary folder, runs `add` and `build` as processes of their own, follows the links
of the result below a base path, and prints a table. Needs an installed site-gen; Linux.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [sys.executable, "-m", "site_gen"]


def run_measured(*args: str) -> tuple[str, float, float, float]:
    """Run a command of site-gen; return its output, wall seconds, CPU seconds and peak memory in MB.

    CPU and memory are those of all its processes. They are looked at ten times a second: those of a worker
    pool are not children of ours, so the system's own accounting of children would miss them.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([*COMMAND, *args], stdout=out, stderr=err, start_new_session=True)
        cpu: dict[int, float] = {}
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sample_session(process.pid, cpu))
            time.sleep(0.1)
        wall = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        if process.returncode not in {0, 1}:
            sys.exit(err.read())
        return out.read(), wall, sum(cpu.values()), peak


def sample_session(session: int, cpu: dict[int, float]) -> float:
    """Note the CPU seconds of each process of a session in `cpu`, by its id; return the memory of all in MB."""
    memory = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[3]) == session:
            cpu[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            memory += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return memory / 1e6


def main() -> None:
    """Run the commands and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entities", type=Path, help="a folder with companies/ and topics/ to tag by")
    parser.add_argument("--keep", type=Path, help="keep the site here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        site = args.keep or Path(temporary) / "site"
        run_measured("new", str(site))
        if args.entities:
            shutil.copytree(args.entities, site / "content", dirs_exist_ok=True)
        config = site / "content" / "site.yaml"
        config.write_text(config.read_text().replace("text: excerpt", "text: full"))
        out, wall, cpu, peak = run_measured("add", "--site", str(site), "--json", str(args.folder))
        rows = [json.loads(line) for line in out.splitlines()]
        counts = collections.Counter(row["status"] for row in rows)
        print(f"add     {len(rows)} inputs: {dict(counts)}")
        milliseconds = cpu / len(rows) * 1000
        print(f"        {wall:.1f} s wall, {cpu:.1f} s CPU, {milliseconds:.0f} ms CPU a page, peak {peak:.0f} MB")
        for row in rows:
            if row["status"] != "added":
                print(f"        {row['status']}: {Path(row['input']).name}: {row['reason']}")
        for label in ("build", "again"):
            out, wall, cpu, peak = run_measured(
                "build", "--site", str(site), "--json", "--base-url", "https://user.github.io/repo/"
            )
            report = json.loads(out)
            milliseconds = cpu / report["pages"] * 1000
            print(f"{label}   {report}; {wall:.1f} s wall, {milliseconds:.1f} ms CPU a page, peak {peak:.0f} MB")
        script = Path(__file__).parents[1] / "pages/broken_links.py"
        links = subprocess.run(
            [sys.executable, str(script), str(site / "output"), "/repo/"],
            capture_output=True,
            text=True,
            check=False,
        )
        print("links  ", " ".join(links.stdout.split()))


if __name__ == "__main__":
    main()
