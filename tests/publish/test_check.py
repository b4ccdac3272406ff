"""`site-gen check`: faults that are put into a sound site, one at a time, and each must be told with its mend."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from site_gen.publish.check import github_pages, link_checks
from site_gen.publish.check.check_site import check, check_output
from tests.support.sites import edit_file, set_base_url, small_site, write_files

if TYPE_CHECKING:
    from tests.conftest import Call

URL = "https://quay.github.io/notes/"
MB = 1024 * 1024
OPTIONS = build_session.BuildOptions(jobs=1)


@pytest.fixture(scope="module")
def sound_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site that has nothing wrong with it, in a repository with a remote."""
    site = small_site(tmp_path_factory.mktemp("sound"))
    write_files(site, {"content/companies/tallow-pier.md": "---\nname: Tallow Pier\n---\n"})
    set_base_url(site, URL)
    git = ["git", "-C", str(site), "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "git@github.com:Quay/notes.git"], check=True)
    build_session.build(site, site / "output", OPTIONS)
    return site


@pytest.fixture
def site(sound_site: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound_site, tmp_path / "site", symlinks=True)


def complaints(site: Path, *, rebuild: bool = False) -> list[str]:
    """Return all complaints; without a build, so that what was done to the output stays."""
    if rebuild:
        result = check(site, site / "output", OPTIONS)
        return [str(problem) for problem in (*result.wrong, *result.notes)]
    return [str(problem) for problem in check_output(site / "output", URL, 1)]


def test_a_sound_site_has_nothing_to_mend(site: Path, call: Call) -> None:
    assert check(site, site / "output", OPTIONS).wrong == ()
    done = call("check", "--site", site)
    assert (done.status, done.lines[-1]) == (0, "no problems")


# Each of these returns a function that puts a fault into a folder.
Fault = Callable[[Path], object]


def write(name: str, text: str | bytes) -> Fault:
    return lambda out: write_files(out, {name: text})


def change(name: str, old: str, new: str) -> Fault:
    return lambda out: edit_file(out / name, old, new)


def page(body: str) -> Fault:
    return write("extra/index.html", f"<!doctype html><title>x</title>{body}")


def large(name: str, size: int) -> Fault:
    def fault(out: Path) -> None:
        with (out / name).open("wb") as file:
            file.truncate(size)

    return fault


def make_link(out: Path) -> None:
    (out / "over").symlink_to("about")


def make_pipe(out: Path) -> None:
    os.mkfifo(out / "pipe")


def write_two(first: str, second: str) -> Fault:
    def fault(out: Path) -> None:
        for name in (first, second):
            write(name, "x")(out)
        if (out / first).samefile(out / second):
            pytest.skip("this file system does not tell the two names apart")

    return fault


def double_an_item(out: Path) -> None:
    feed = json.loads((out / JSON).read_bytes())
    feed["items"].append(feed["items"][0])
    write(JSON, json.dumps(feed))(out)


FEED = "companies/tallow-pier/feed.xml"
JSON = "companies/tallow-pier/feed.json"
DATA = "companies/tallow-pier/index.json"
FAULTS: dict[str, tuple[Fault, str, str]] = {
    "a link to no page": (page('<a href="/notes/companies/tallow-peer/">x</a>'), "is not there", "/tallow-pier/"),
    "a relative link to no page": (page('<a href="../nowhere/">x</a>'), "../nowhere/", ""),
    "a link to no place on a page": (page('<a href="/notes/about/#no-such-place">x</a>'), "#no-such-place", "after #"),
    "a link out of the base path": (page('<a href="/companies/">x</a>'), "outside /notes/", "filter"),
    "a link without its slash": (page('<a href="/notes/about">x</a>'), "slash", "write /notes/about/"),
    "a link in the wrong case": (page('<a href="/notes/Companies/Tallow-Pier/">x</a>'), "is not there", "case"),
    "an absolute link to no page": (page(f'<a href="{URL}gone/">x</a>'), f"{URL}gone/", ""),
    "a picture that is not there": (page("<img src='/notes/assets/no.png'>"), "/notes/assets/no.png", ""),
    "a second picture that is not there": (page('<img srcset="/notes/a.png 1x, /notes/b.png 2x">'), "/notes/b.png", ""),
    "a refresh to no page": (page('<meta http-equiv="refresh" content="0; url=/notes/no/">'), "/notes/no/", ""),
    "a style that is not there": (lambda out: shutil.rmtree(out / "assets"), "assets/style", ""),
    "a feed that is no XML": (write(FEED, "<feed>"), "not well-formed", "template"),
    "a feed without an id": (change(FEED, "<id>", "<ix>"), "not well-formed", ""),
    "a feed with an empty id": (write(FEED, '<feed xmlns="http://www.w3.org/2005/Atom"><id/></feed>'), "no `id`", ""),
    "a feed with a wrong day": (change(FEED, "T00:00:00Z</updated>", "</updated>"), "not a time", "feed.xml"),
    "a feed that says it is elsewhere": (
        change(FEED, f'href="{URL}{FEED}"', f'href="{URL}feed.xml"'), "its own address", "",
    ),
    "a JSON feed that is no JSON": (change(JSON, '"items":[', '"items":'), "is not JSON", "report"),
    "a JSON feed of no version": (change(JSON, "version/1.1", "version/1"), "`version`", "report"),
    "a JSON feed without a title": (change(JSON, '"title":"Tallow', '"titel":"Tallow'), "no `title`", ""),
    "a JSON feed without items": (change(JSON, '"items"', '"entries"'), "no list of `items`", ""),
    "a JSON feed that says it is elsewhere": (change(JSON, f'"{URL}{JSON}"', f'"{URL}feed.json"'), "own address", ""),
    "a JSON feed of no page": (change(JSON, "pier/\",\"feed_url", "peer/\",\"feed_url"), "tallow-peer/, which", ""),
    "a JSON feed with an item twice": (double_an_item, "twice", "an id of its own"),
    "an item without an id": (change(JSON, '{"id":', '{"ix":'), "no `id`", ""),
    "an item without content": (change(JSON, "content_html", "content"), "neither `content_html`", ""),
    "an item of no page": (change(JSON, "/pier-closes/\",\"title", "/pier-opens/\",\"title"), "/pier-opens/,", ""),
    "an item with a wrong day": (change(JSON, 'T00:00:00Z","authors', '","authors'), "not a time", ""),
    "data that is no JSON": (write(DATA, "{"), "is not JSON", "report"),
    "data that is no object": (write(DATA, "[]"), "not a JSON object", ""),
    "data without a name": (change(DATA, '{"name"', '{"nmae"'), "no `name`", ""),
    "data without articles": (change(DATA, '"articles":[', '"items":['), "no list of `articles`", ""),
    "data that names no page": (change(DATA, "/pier-closes/", "/pier-opens/"), "/pier-opens/, which", ""),
    "a list of feeds that is no XML": (write("feeds.opml", "<opml>"), "not well-formed", "template"),
    "a list of feeds of no version": (change("feeds.opml", 'version="2.0"', 'version="1.0"'), "OPML 2.0", "opml.xml"),
    "a list of feeds without a head": (
        write("feeds.opml", '<opml version="2.0"><body><outline text="x"/></body></opml>'), "a head", "opml.xml",
    ),
    "a list of no feeds": (
        write("feeds.opml", '<opml version="2.0"><head/><body/></opml>'), "with outlines", "opml.xml",
    ),
    "a feed of the list without words": (
        change("feeds.opml", 'text="Companies"', 'text=""'), "without a `text`", "opml.xml",
    ),
    "a feed of the list without an address": (change("feeds.opml", "xmlUrl=", "xmlurl="), "no `xmlUrl`", "opml.xml"),
    "a list that names no feed": (change("feeds.opml", "pier/feed.xml", "peer/feed.xml"), "peer/feed.xml, which", ""),
    "a list that names no page": (change("feeds.opml", 'pier/"/>', 'peer/"/>'), "tallow-peer/, which", "opml.xml"),
    "a list of another site's feeds": (change("feeds.opml", f"{URL}feed", "https://a.example/feed"), "outside", ""),
    "a list that names a feed twice": (change("feeds.opml", "companies/feed.xml", "feed.xml"), "twice", "opml.xml"),
    "a sitemap that names no page": (change("sitemap-pages.xml", "/about/</loc>", "/abuot/</loc>"), "/abuot/", ""),
    "a sitemap of another site": (change("sitemap-pages.xml", URL, "https://other.example/"), "outside this site", ""),
    "two names that differ in case": (write_two("one/a.txt", "one/A.txt"), "only in case", "rename"),
    "two names that differ in their letters' form": (
        write_two(unicodedata.normalize("NFD", "é.txt"), "é.txt"), "letters are put together", "rename",
    ),
    "a page and a folder of one name": (write_two("about.html", "about/x.html"), "one address", "keep one"),
    "a name with a dot in front": (write(".hidden", "x"), "begins with a dot", "another name"),
    "a name with _ in front": (write("_drafts/x.html", "x"), "Jekyll", "another name"),
    "a name with a sign that is refused": (write("a:b.txt", "x"), "characters in its name", "letters"),
    "a name that is too long": (write(f"{'n' * 230}.txt", "x"), "234 bytes", "shorter"),
    "a link in the file system": (make_link, "is a link", "the file itself"),
    "a pipe": (make_pipe, "neither file nor folder", "take it away"),
    "a file of more than 100 MB": (large("big.bin", 101 * MB), "101 MB", "remove it"),
    "more than 1 GB": (lambda out: [large(f"{n}.bin", 99 * MB)(out) for n in range(11)], "1,024 MB", "excerpt"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_output_is_reported_with_its_mend(site: Path, name: str) -> None:
    assert complaints(site) == []
    fault, what, mend = FAULTS[name]
    fault(site / "output")
    reported = [line for line in complaints(site) if what in line]
    assert reported
    assert mend in reported[0].partition("; ")[2]


IN_CONTENT: dict[str, tuple[Fault, str]] = {
    "base_url of another repository": (
        change("content/site.yaml", URL, "https://quay.github.io/other/"), f"write base_url: {URL}",
    ),
    "base_url not set": (change("content/site.yaml", f"base_url: {URL}", ""), "is not set"),
    "a CNAME that nobody wants": (write("CNAME", "notes.example\n"), "names the domain notes.example"),
    "an address of the ledger that is gone": (
        write("content/permalinks.txt", "/companies/tallow/ 2025-01-01 companies/tallow-wharf\n"), "permalinks gone",
    ),
    "a tag that is nearly an entity": (
        change("content/articles/2026/pier-closes.md", "Tallow Pier", "Tallow Peer"), "tallow-p",
    ),
    "a name of two entities": (
        write("content/companies/other.md", "---\nname: Other\nnames: [Tallow Pier]\n---\n"), "Tallow Pier",
    ),
    "an entity that no article names": (write("content/companies/mute.md", "---\nname: Mute\n---\n"), "mute"),
    "a link in notes to no page": (write("content/about.md", "See [it](/companies/nobody/).\n"), "companies/nobody/"),
    "wrong front matter": (write("content/companies/bad.md", "---\nname: [\n---\n"), "content/companies/bad.md:"),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_CONTENT)
def test_a_fault_of_the_content_is_reported(site: Path, name: str, call: Call) -> None:
    fault, what = IN_CONTENT[name]
    before = complaints(site, rebuild=True)
    fault(site)
    assert [line for line in complaints(site, rebuild=True) if what in line and line not in before]
    records = call("check", "--site", site, "--json").records
    assert all({"level", "file", "line", "what", "mend"} == set(record) for record in records)


def test_a_domain_of_its_own_needs_a_file_that_names_it(site: Path) -> None:
    change("content/site.yaml", URL, "https://notes.example/")(site)
    assert check(site, site / "output", OPTIONS).wrong == ()
    (site / "CNAME").write_text("other.example\n", encoding="utf-8")
    (problem,) = check(site, site / "output", OPTIONS).wrong
    assert problem.mend == "write notes.example into it"


def test_a_folder_named_index_is_no_other_address_than_the_page_above_it(tmp_path: Path) -> None:
    contents = github_pages.FolderContents(files={"companies/index.html": 1, "companies/index/index.html": 1})
    assert list(github_pages.find_problems(tmp_path, contents)) == []


def test_one_broken_link_of_many_pages_is_one_complaint(site: Path) -> None:
    for file in (site / "output/companies").rglob("index.html"):
        edit_file(file, "</main>", '<a href="/notes/x/">x</a></main>')
    (line,) = complaints(site)
    assert "more page" in line


@pytest.mark.parametrize("base_path", ["/slash/", "/a-place/"])
def test_the_mend_does_not_depend_on_what_the_site_is_called(tmp_path: Path, base_path: str) -> None:
    (tmp_path / "index.html").write_text('<a href="/companies">x</a>')
    files = frozenset({"index.html"})
    resolver = link_checks.LinkResolver(tmp_path, f"https://quay.example{base_path}", files)
    page = link_checks.page_links(resolver, "index.html", (tmp_path / "index.html").read_bytes())
    (problem,) = link_checks.find_broken_links(tmp_path, [page], files)
    assert f"outside {base_path}" in problem.what
    assert "filter" in problem.mend
