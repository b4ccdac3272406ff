"""What the stage after the pages costs, and how much a browser fetches for a first search.

    python benchmarks/speed/search.py 10000 [--dir DIR]

Builds an invented site (`corpus.py`) and gives processor seconds for the pages, the search index and the cards apart,
with the most that Pagefind held. Then a real Chromium types queries into the search page, each in a fresh profile,
and all that it fetches after the page itself is counted: as this server sends it, nothing compressed, and as a host
does that compresses scripts. Needs Chromium on the path, and Playwright.
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

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import corpus
from playwright.sync_api import sync_playwright

from site_gen.build import build_session
from site_gen.build.deferred_files import DeferredFileBuilder
from tests.support.browser import FLAGS, serve_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

QUERIES = ("harbour", "the harbour giant", "insurance", "a", "quay sonar dredger")


def spent() -> float:
    """Processor seconds of this process and of those that it waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


@contextlib.contextmanager
def timed(name: str) -> Iterator[None]:
    start, before = time.perf_counter(), spent()
    yield
    print(f"{name:22} {spent() - before:7.1f} s of processor, {time.perf_counter() - start:7.1f} s", flush=True)


def stages(site: Path, out: Path) -> None:
    """Build a site, each stage timed on its own."""
    for name, method in (("search index", "_update_index"), ("cards", "_update_cards")):
        _time(name, method)
    with build_session.open_builder(site, out, build_session.BuildOptions()) as builder:
        with timed("pages"):
            builder.refresh()
        list(builder.build_deferred())
    print(f"{'':22} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:7.0f} MB, the largest process")
    with timed("nothing changed"):
        build_session.build(site, out)
    files = [path for path in (out / "search").rglob("*") if path.is_file()]
    print(f"{len(files)} files of search, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")


def _time(name: str, method: str) -> None:
    made = getattr(DeferredFileBuilder, method)

    def watched(*args: Any, **kwargs: Any) -> Iterator[None]:
        with timed(name):
            yield from made(*args, **kwargs)

    setattr(DeferredFileBuilder, method, watched)


def first_query(browser: Browser, address: str, out: Path, query: str) -> tuple[int, int, int, int]:
    """Requests, bytes as they come, bytes with scripts compressed, results: of one query in a fresh profile."""
    context = browser.new_context()
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(f"{address}search/", wait_until="load")
    page.locator("input[name=q]").press_sequentially(query, delay=30)
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    page.wait_for_timeout(1500)
    results = page.locator(".results li").count()
    context.close()
    names = {url.removeprefix(address).partition("?")[0] for url in asked}
    data = {name: (out / name).read_bytes() for name in names if name.startswith("search/") and name != "search/"}
    packed = sum(len(gzip.compress(d)) if name.endswith((".js", ".json")) else len(d) for name, d in data.items())
    return len(data), sum(map(len, data.values())), packed, results


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
        stages(site, out)
        with sync_playwright() as playwright, serve_folder(out) as address:
            path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            for query in QUERIES:
                count, plain, packed, results = first_query(browser, address, out, query)
                print(f"{query:22} {count:3} requests, {plain:8,} bytes, {packed:8,} compressed, {results} shown")
            browser.close()


if __name__ == "__main__":
    main()
