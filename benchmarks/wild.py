"""Build a site of real, mixed pages, and count what it must never say.

    python benchmarks/wild.py FOLDER WORK [--ways]

FOLDER holds `extract/dev/pages`, `extract/dev2/pages` (NAME.html.gz), `tagging/dev/wikinews.jsonl` (id, title, date,
text, url) and `tagging/gazetteer` (companies.jsonl, topics.json). WORK: an empty folder for the sites, which stay there
to be read. What is counted is read from the pages and the articles' files, not asked of the program:

- undated pages (articles without `published:`) in a chart, a list or a figure of time, and guessed days (in doubt, or
  after that of saving) in a chart or a figure: the site is built once more without them, and charts,
  issues, the timeline, and what is said of first, last and latest stories must be the same;
- issues with fewer than three stories;
- issues and the front page, where the story that leads names nobody who is followed;
- with `--ways`: articles whose tags differ where the pages were added at once, in batches, before there was a
  company (`tag` after it), and through the inbox of `serve`.

Exits with 1 where a count is not 0.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import lxml.html
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Head = dict[str, Any]  # an article's front matter, and the `path` of its file
Pages = dict[str, lxml.html.HtmlElement]  # built pages, by their path in `output/`

SITE_GEN = (sys.executable, "-m", "site_gen")
BATCH = 150  # pages added at once where they come in batches
MIN_STORIES = 3  # of an issue
INBOX_WAIT = 1800.0  # seconds until `serve` must have added all that was dropped into its inbox
SETTINGS = """title: Wild pages
base_url: https://wild.example/
search: false
cards: none
kinds:
  media: {label: Media, singular: Outlet, only: about}
"""


class WildSite(NamedTuple):
    """A site of the measured pages in a folder of its own."""

    folder: Path  # of the site
    data: Path  # the pages and the gazetteer

    def run(self, *words: str) -> str:
        """Run a command in the site; return what it prints."""
        done = subprocess.run([*SITE_GEN, *words], check=False, cwd=self.folder, capture_output=True, text=True)
        if done.returncode not in {0, 1}:
            raise SystemExit(f"site-gen {words[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    def add_entities(self) -> None:
        """Write a file for each company, outlet and topic."""
        for row in read_rows(self.data / "tagging/gazetteer/companies.jsonl"):
            folder = "media" if row["kind"] == "media" else "companies"
            self.write_entity(folder, row["id"], {"name": row["name"], "names": row["aliases"]})
        topics = json.loads((self.data / "tagging/gazetteer/topics.json").read_text("utf-8"))
        for key, row in topics.items():
            slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
            self.write_entity("topics", slug, {"name": row["name"], "keywords": row["keywords"]})

    def write_entity(self, folder: str, slug: str, head: Mapping[str, object]) -> None:
        path = self.folder / "content" / folder / f"{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{yaml.safe_dump(dict(head), allow_unicode=True)}---\n", "utf-8")

    def add(self, pages: Iterable[Path]) -> None:
        self.run("add", *map(str, pages))

    def articles(self) -> dict[str, Head]:
        """Return the front matter of each article by the bytes of its saved page."""
        heads = (
            {**yaml.safe_load(path.read_text("utf-8").split("---\n")[1]), "path": path}
            for path in sorted((self.folder / "content/articles").rglob("*.md"))
        )
        return {head["saved"]["sha256"]: head for head in heads}

    def pages(self) -> Pages:
        """Return the built pages by their path in `output/`."""
        output = self.folder / "output"
        paths = sorted(output.rglob("index.html"))
        return {str(path.relative_to(output).parent): lxml.html.fromstring(path.read_bytes()) for path in paths}


def new_site(folder: Path, data: Path, *, entities: bool = True) -> WildSite:
    """Make a site without articles. entities: with companies, media and topics."""
    site = WildSite(folder, data)
    folder.mkdir(parents=True)
    site.run("new", ".")
    for kind in ("companies", "media", "topics", "people", "articles", "saved"):
        shutil.rmtree(folder / "content" / kind, ignore_errors=True)
    (folder / "content/site.yaml").write_text(SETTINGS, "utf-8")
    if entities:
        site.add_entities()
    return site


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def write_notes(data: Path, folder: Path) -> list[Path]:
    """Write each Wikinews article as a note that `add` reads; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for row in read_rows(data / "tagging/dev/wikinews.jsonl"):
        head = {"title": row["title"], "source": row.get("url") or f"https://wild.example/{row['id']}"}
        with contextlib.suppress(ValueError):
            head["published"] = dt.datetime.strptime(row["date"].strip(), "%B %d, %Y").date().isoformat()  # noqa: DTZ007
        path = folder / f"{row['id']}.md"
        path.write_text(f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n{row['text']}\n", "utf-8")
        paths.append(path)
    return paths


def charts(page: lxml.html.HtmlElement) -> list[str]:
    """Return the charts of a page as text, without their links to lists."""
    texts = (lxml.html.tostring(chart, encoding="unicode", with_tail=False) for chart in page.iter("svg"))
    return [re.sub('<a href="[^"]*"[^>]*>|</a>| class="wide"', "", text) for text in texts]


def timed_text(page: lxml.html.HtmlElement) -> str:
    """Return the words of a page's main part but summaries, which tell no time, and how many are left out."""
    parts = page.xpath("//main//*[not(self::script)]/text()[not(ancestor::p[@class='sum' or @class='lede'])]")
    left_out = r"[\d,]+ articles? whose day is uncertain (is|are) left out\.|, \+\d+ whose day is uncertain"
    return " ".join(re.sub(left_out, "", " ".join(parts)).split())


def seen_text(page: lxml.html.HtmlElement) -> str:
    """Return when a page says that somebody was seen first, last and lately."""
    days = page.xpath("//dt[.='First seen' or .='Last seen' or .='Since' or .='Last']/following-sibling::dd[1]//text()")
    return " ".join(" ".join([*days, *page.xpath("//section[@class='lately']//text()")]).split())


def article_links(page: lxml.html.HtmlElement) -> list[str]:
    """Return the articles that a page links to, by their folder in `output/`."""
    links = (re.search(r"articles/\d+/[^/]+", unquote(link)) for link in page.xpath("//main//a/@href"))
    return [link[0] for link in links if link]


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Return the keys under which two hold something else, or one nothing."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def pages_that_differ(site: WildSite, pages: Pages, without: Iterable[Head], folder: Path) -> dict[str, list[str]]:
    """Build the site once more without some articles; return, by what they must not be in, the pages that differ.

    folder: where the other site is made.
    """
    other = WildSite(folder, site.data)
    shutil.copytree(site.folder / "content", folder / "content")
    shutil.copytree(site.folder / "templates", folder / "templates", dirs_exist_ok=True)
    for head in without:
        (folder / head["path"].relative_to(site.folder)).unlink()
    other.run("build")
    other_pages = other.pages()
    views: dict[str, tuple[str, Callable[[lxml.html.HtmlElement], object]]] = {
        "a chart": (r"(?!network)", charts),
        "an issue": (r"issues/", timed_text),
        "the timeline": (r"timeline", timed_text),
        "a first, last or latest day": (r"", seen_text),
    }
    return {
        what: [
            key
            for key in sorted(pages.keys() & other_pages.keys())
            if re.match(pattern, key) and view(pages[key]) != view(other_pages[key])
        ]
        + [key for key in sorted(pages.keys() ^ other_pages.keys()) if what == "an issue" and re.match(pattern, key)]
        for what, (pattern, view) in views.items()
    }


def address(head: Head) -> str:
    """Return the address of an article's page."""
    return f"articles/{head['path'].parent.name}/{head['path'].stem}"


def is_guessed(head: Head) -> bool:
    """Return whether an article's day of publication is in doubt."""
    day, saved = head.get("published"), head.get("created")
    return day is not None and ("published" in head.get("doubts", {}) or (saved is not None and (day - saved).days > 1))


def count_uncertain(site: WildSite, pages: Pages, work: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield what articles without a certain day must not change, and the pages where they do."""
    heads = site.articles().values()
    for what, articles in {
        "undated articles": [head for head in heads if "published" not in head],
        "guessed days": [head for head in heads if is_guessed(head)],
    }.items():
        differing_pages = pages_that_differ(site, pages, articles, work / what.replace(" ", "-"))
        for where, keys in differing_pages.items():
            yield f"pages where {len(articles)} {what} change {where}", keys
        stated = [
            key
            for key in map(address, articles)
            if re.search(r"datePublished|article:published_time", lxml.html.tostring(pages[key], encoding="unicode"))
        ]
        yield f"pages where {what} are stated to machines", stated
        if what == "undated articles":
            addresses = set(map(address, articles))
            yield f"{what} on the front page", [link for link in article_links(pages["."]) if link in addresses]


def count_issues(site: WildSite, pages: Pages) -> tuple[int, list[str], list[str]]:
    """Return how many issues there are, those with too few stories, and pages led by who is not followed."""
    followed = {}
    for head in site.articles().values():
        followed[address(head)] = bool(head.get("companies") or head.get("media"))
    small, unfollowed = [], []
    issues = {key: page for key, page in pages.items() if re.match(r"issues/\d{4}", key)}
    for key, page in {**issues, ".": pages["."]}.items():
        stories = page.xpath("//main//article")
        if key != "." and len(stories) < MIN_STORIES:
            small.append(key)
        for link in page.xpath("//main//article[@class='lead']//h2/a/@href"):
            if match := re.search(r"articles/\d+/[^/]+", unquote(link)):
                unfollowed += [] if followed.get(match[0]) else [key]
    return len(issues), small, unfollowed


def tags_of(site: WildSite) -> dict[str, tuple[object, ...]]:
    """Return what the program says of each article, by its saved page."""
    keys = ("companies", "media", "topics", "about")
    return {sha: tuple(sorted(head.get(key) or ()) for key in keys) for sha, head in site.articles().items()}


def add_through_inbox(site: WildSite, pages: list[Path]) -> None:
    """Let `serve` add the pages, in some batches."""
    inbox = site.folder / "content/saved/inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(
        [*SITE_GEN, "serve", "--port", "0"], cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + INBOX_WAIT
    try:
        for start in range(0, len(pages), 400):
            for page in pages[start : start + 400]:
                shutil.copy(page, inbox / page.name)
            before, quiet = -1, 0
            while quiet < 10 and time.monotonic() < end:  # some pages are refused and stay
                left = sum(1 for _ in inbox.iterdir())
                quiet = quiet + 1 if left == before else 0
                before = left
                time.sleep(2)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def compare_ways(data: Path, work: Path, pages: list[Path], at_once: WildSite) -> dict[str, list[str]]:
    """Return by way of adding the articles whose tags differ from those of a site where all came at once."""
    expected, result = tags_of(at_once), {}
    mixed = pages[:]
    random.Random(16).shuffle(mixed)
    batches = new_site(work / "batches", data)
    for start in range(0, len(mixed), BATCH):
        batches.add(mixed[start : start + BATCH])
    result["in batches"] = differing(expected, tags_of(batches))
    later = new_site(work / "later", data, entities=False)
    later.add(pages)
    later.add_entities()
    later.run("tag")
    result["before there was a company"] = differing(expected, tags_of(later))
    inbox = new_site(work / "inbox", data)
    add_through_inbox(inbox, mixed)
    result["through the inbox"] = differing(expected, tags_of(inbox))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--ways", action="store_true", help="compare the tags by four ways of adding, too")
    options = parser.parse_args()
    data, work = options.folder.resolve(), options.work.resolve()
    pages = [page for part in ("dev", "dev2") for page in sorted((data / "extract" / part / "pages").glob("*.html.gz"))]
    pages += write_notes(data, work / "notes")
    site = new_site(work / "site", data)
    site.add(pages)
    site.run("build")
    built = site.pages()
    issues, small, unfollowed = count_issues(site, built)
    print(f"{len(site.articles())} articles of {len(pages)} pages; {issues} issues")
    counts = dict(count_uncertain(site, built, work))
    counts[f"issues with fewer than {MIN_STORIES} stories"] = small
    counts["leads that name nobody followed"] = unfollowed
    if options.ways:
        for way, shas in compare_ways(data, work, pages, site).items():
            counts[f"articles tagged otherwise, {way}"] = shas
    for what, keys in counts.items():
        print(f"{len(keys):6}  {what}", *keys[:4])
    return int(any(counts.values()))


if __name__ == "__main__":
    sys.exit(main())
