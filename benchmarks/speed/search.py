"""Time what a build makes after the pages, and count what a browser fetches for a first search.

    python benchmarks/speed/search.py 10000 [--dir DIR]

Builds an invented site (`corpus.py`) and prints processor seconds for the pages, the search index and the cards apart,
with the most memory that a process of Pagefind held; then what a build takes after edits. Then a real Chromium types
queries into the search page, each in a fresh profile, and all that it fetches after the page itself is counted: as
files are, and as a host sends them that compresses scripts. Needs Chromium on the path, and Playwright.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import corpus
from site_gen.build import build_session
from site_gen.build.deferred_files import DeferredFileBuilder
from tests.support.browser import FLAGS, serve_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

QUERIES = ("harbour", "the harbour giant", "insurance", "a", "quay sonar dredger")


def cpu_seconds() -> float:
    """Return processor seconds of this process and of those that it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@contextlib.contextmanager
def timing(name: str) -> Iterator[None]:
    """Print what the body of a `with` takes."""
    start, before = time.perf_counter(), cpu_seconds()
    yield
    print(f"{name:22} {cpu_seconds() - before:7.1f} s of processor, {time.perf_counter() - start:7.1f} s", flush=True)


def pagefind_memory() -> int:
    """Return the most memory, in kB, that a process of Pagefind has held which runs now; 0 where none does."""
    memory = 0
    for path in Path("/proc/self/task").glob("*/children"):
        for number in path.read_text().split():
            with contextlib.suppress(OSError):
                fields = dict(line.split(":", 1) for line in Path(f"/proc/{number}/status").read_text().splitlines())
                if "pagefind" in fields["Name"]:
                    memory = max(memory, int(fields["VmHWM"].split()[0]))
    return memory


def build_in_stages(site: Path, out: Path) -> None:
    """Build a site and print what each stage takes."""
    for name, method in (("search index", "_update_index"), ("cards", "_update_cards")):
        _print_time_of(name, method)
    with build_session.open_builder(site, out, build_session.BuildOptions()) as builder:
        with timing("pages"):
            builder.refresh()
        list(builder.build_deferred())
    with timing("nothing changed"):
        build_session.build(site, out)
    article = max((site / "content/articles").rglob("*.md"))
    for name, old, new in (
        ("a body", "\n---\n", "\n---\nA ferry went by.\n\n"),
        ("a title", '\ntitle: "', '\ntitle: "New '),
    ):
        article.write_text(article.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        with timing(f"{name} edited"):
            build_session.build(site, out)
    files = [path for path in (out / "search").rglob("*") if path.is_file()]
    print(f"{len(files)} files of search, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")


def _print_time_of(name: str, method: str) -> None:
    """Have a method of DeferredFileBuilder print what it takes."""
    generate = getattr(DeferredFileBuilder, method)

    def measured(*args: Any, **kwargs: Any) -> Iterator[None]:
        memory = 0
        with timing(name):
            for _ in generate(*args, **kwargs):
                memory = max(memory, pagefind_memory())
                yield
        if memory:
            print(f"{'':22} {memory / 1024:7.0f} MB, the largest process of Pagefind")

    setattr(DeferredFileBuilder, method, measured)


def first_query(browser: Browser, address: str, out: Path, query: str) -> tuple[int, int, int, int]:
    """Search in a fresh profile; return requests, bytes as files are, bytes with scripts compressed, and results."""
    context = browser.new_context()
    page = context.new_page()
    urls: set[str] = set()
    page.on("request", lambda request: urls.add(request.url))
    page.goto(f"{address}search/", wait_until="load")
    page.locator("input[name=q]").press_sequentially(query, delay=30)
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    page.wait_for_timeout(1500)
    results = page.locator(".results li").count()
    context.close()
    names = {url.removeprefix(address).partition("?")[0] for url in urls}
    data = {name: (out / name).read_bytes() for name in names if name.startswith("search/") and name != "search/"}
    compressed = sum(len(gzip.compress(d)) if name.endswith((".js", ".json")) else len(d) for name, d in data.items())
    return len(data), sum(map(len, data.values())), compressed, results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--dir", type=Path, help="a folder to work in (default: a temporary one)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="site-gen-") as temporary:
        base = args.dir or Path(temporary)
        site, out = base / "site", base / "out"
        if not site.exists():
            corpus.write_site(args.count, site)
        build_in_stages(site, out)
        with sync_playwright() as playwright, serve_folder(out) as address:
            path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            for query in QUERIES:
                count, plain, compressed, results = first_query(browser, address, out, query)
                print(f"{query:22} {count:3} requests, {plain:8,} bytes, {compressed:8,} compressed, {results} shown")
            browser.close()


if __name__ == "__main__":
    main()
