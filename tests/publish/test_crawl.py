"""Every link of the built site, under a base path, on a bare domain and on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest

from tests.support.sites import REPO, SMALL_SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from tests.conftest import BuildOnce

BASES = ["https://example.org/repo/", "https://bare.example/", "https://example.org/repo"]


@dataclass
class CrawledPage:
    """What a crawler needs of a page."""

    links: list[str] = field(default_factory=list)  # as they stand there
    ids: list[str] = field(default_factory=list)  # of elements
    tags: set[str] = field(default_factory=set)  # names of elements


def parse_page(path: Path) -> CrawledPage:
    """Parse a page as a browser does; fail on whatever the HTML standard calls a parse error."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parse(path.read_text(encoding="utf-8"))
    assert parser.errors == [], (path, parser.errors[:3])
    page = CrawledPage()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        page.tags.add(element.tag)
        page.links += [
            element.attrib[name]
            for name in ("href", "src", "action", "srcset", "data", "poster")
            if name in element.attrib
        ]
        page.ids += [element.attrib["id"]] if "id" in element.attrib else []
        assert not [name for name in element.attrib if str(name).startswith("on")], path
    if "noscript" in page.tags:
        page.links += re.findall(r"0; url=([^\"]+)\"", path.read_text(encoding="utf-8"))
    return page


def crawl(out: Path) -> dict[str, CrawledPage]:
    return {path.relative_to(out).as_posix(): parse_page(path) for path in sorted(out.rglob("*.html"))}


@pytest.fixture(params=["small", pytest.param("demo", marks=pytest.mark.slow)])
def site(request: pytest.FixtureRequest) -> Path:
    return SMALL_SITE if request.param == "small" else REPO


def served_file(out: Path, path: str) -> str | None:
    """Return the file that a static server gives for a path below the base, None for a 404."""
    name = unquote(path)
    if name.endswith("/") or not name:
        name += "index.html"
    return name if (out / name).is_file() else None


@pytest.mark.parametrize("base_url", BASES)
def test_no_internal_link_is_broken(build_once: BuildOnce, site: Path, base_url: str) -> None:
    out = build_once(site, base_url)
    root = base_url.rstrip("/") + "/"
    pages = crawl(out)
    assert len(pages) > 20
    internal = 0
    for name, page in pages.items():
        here = root + name.removesuffix("index.html")
        for link in page.links:
            target = urljoin(here, link)
            parts = urlsplit(target)
            assert parts.scheme in {"http", "https", "mailto"}, (name, link)
            if f"{parts.scheme}://{parts.netloc}" != root[: root.index("/", 8)]:
                continue
            internal += 1
            assert target.startswith(root), (name, link)
            file = served_file(out, target.removeprefix(root).partition("#")[0].partition("?")[0])
            assert file, (name, link)
            if parts.fragment:
                assert unquote(parts.fragment) in pages[file].ids, (name, link)
    assert internal > 200


def test_ids_are_unique_on_each_page(build_once: BuildOnce, site: Path) -> None:
    for name, page in crawl(build_once(site)).items():
        assert len(set(page.ids)) == len(page.ids), name


def test_every_page_can_be_reached_from_the_front_page(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
    pages = crawl(out)
    seen, waiting = set[str](), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in pages:
            continue
        seen.add(name)
        here = BASES[0] + name.removesuffix("index.html")
        targets = [urljoin(here, link).partition("#")[0] for link in pages[name].links]
        waiting += [
            file
            for target in targets
            if target.startswith(BASES[0]) and (file := served_file(out, target.removeprefix(BASES[0])))
        ]
    texts = {name: (out / name).read_text(encoding="utf-8") for name in set(pages) - seen}
    assert [name for name, text in texts.items() if "noindex" not in text] == []  # redirects and the 404


def test_offline_every_link_is_relative_and_on_disk(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site, offline=True)
    pages = crawl(out)
    internal = 0
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in {"http", "https", "mailto"}, (name, link)
                continue
            internal += 1
            assert not parts.netloc, (name, link)
            assert not parts.path.startswith("/"), (name, link)
            target = (out / name).parent / unquote(parts.path) if parts.path else out / name
            assert target.is_file(), (name, link)
            assert target.resolve().is_relative_to(out.resolve())
            if parts.fragment:
                assert unquote(parts.fragment) in pages[target.resolve().relative_to(out.resolve()).as_posix()].ids, (
                    name,
                    link,
                )
    assert internal > 200


def test_offline_there_are_the_same_pages(build_once: BuildOnce, site: Path) -> None:
    assert set(crawl(build_once(site))) == set(crawl(build_once(site, offline=True)))


def test_a_published_permalink_never_shows_index_html(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
    for path in [*out.rglob("*.html"), *out.rglob("*.xml")]:
        assert "index.html" not in path.read_text(encoding="utf-8"), path


_DATA = '<script type="application/ld+json">'
_SEARCH = r'<script type="module" src="/repo/assets/search\.[0-9a-f]+\.js">'


def test_nothing_is_loaded_from_another_host(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
    for name, page in crawl(out).items():
        assert not page.tags & {
            "img",
            "iframe",
            "object",
            "embed",
            "video",
            "audio",
            "base",
            "applet",
        }, name
        text = (out / name).read_text(encoding="utf-8")
        scripts = set(re.findall(r"<script[^>]*>", text))  # data for machines, which no browser runs, but on two pages
        if name == "search/index.html":
            assert [tag for tag in scripts - {_DATA} if not re.fullmatch(_SEARCH, tag)] == [], name
        else:
            assert scripts <= {"<script>" if "has moved</title>" in text else _DATA}, name
        assert set(re.findall(r"<form[^>]*>", text)) <= {
            f'<form {by} role="search"{more}>'
            for by, more in (('class="find" action="/repo/search/"', ""), ('action="/repo/search/"', " hidden"))
        }, name
        for loaded in re.findall(r"<link[^>]+rel=\"(?:stylesheet|icon|preload)\"[^>]*>", text):
            assert re.search(r'href="/repo/assets/[^"]+"', loaded), loaded
        assert 'http-equiv="Content-Security-Policy"' in text, name
        assert "unsafe" not in text.partition("</head>")[0].replace(
            "'wasm-unsafe-eval'" if name == "search/index.html" else "-", ""
        )
    for css in out.rglob("*.css"):
        assert not re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", css.read_text(encoding="utf-8"))


def test_a_first_visit_is_light(build_once: BuildOnce) -> None:
    import gzip

    out = build_once(REPO)
    assets = sum(len(gzip.compress(path.read_bytes())) for path in (out / "assets").iterdir())
    for path in out.rglob("*.html"):
        assert len(gzip.compress(path.read_bytes())) + assets < 30_000, path


# -- the templates themselves -------------------------------------------------------------------------


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((REPO / "templates").glob("*.*")):
        yield path.name, path.read_text(encoding="utf-8")


SAFE_LINK = re.compile(
    r"""\#[\w-]+                                      # a place on the page
    | \#letter-\{\{\ loop\.index\ \}\}
    | \{\{\ asset\('[\w.]+'\)\ \}\}                  # a file of the theme
    | \{\{\ [^{}]+\ \|\ (?:url(?:\([\w.]+\))?|absolute|kind_url)\ \}\}(?:\#[\w-]+)?  # a page of ours
    | \{\{\ \([\w.]+\ \|\ absolute\)\ if\ full\ else\ \([\w.]+\ \|\ url\)\ \}\}  # the same, in a mail and on a page
    | \{\{\ link\ \}\}                              # one of those, by another name: see below
    | \{\{\ [^{}|]+\ \|\ web(?:\ \|\ text_fragment\([\w.]+\))?\ \}\}  # a page of the web
    | \{\{\ address\ \}\}                           # the page's own, made by `absolute`
    | \{\{\ page\.logo\.embedded\ \}\}              # a picture that was judged, as data
    | \{\{\ [\w.]+\ \|\ archived\([\w.]+(\ or\ [\w.]+)?\)\ \}\}  # a copy of one
    """,
    re.VERBOSE,
)


def test_every_link_in_a_template_goes_through_a_filter_that_makes_it_safe() -> None:
    seen = 0
    for name, text in templates():
        for match in re.finditer(
            r"\b(?:href|src|action|data|poster|srcset|formaction)=(\"[^\"]*\"|'[^']*'|[^\s>]+)", text
        ):
            if "document.links[0].href" in text[max(0, match.start() - 40) : match.end()]:
                continue
            seen += 1
            if match[1] == '\\"%(address)s\\"':  # within a message: what stands for it passes a filter
                assert re.search(r"\baddress=\(?[^,()]*\| (?:url|web)\b", text), name
                continue
            assert match[1].startswith('"'), (name, match[0])
            assert SAFE_LINK.fullmatch(match[1].strip('"')), (name, match[0])
        for expression in re.findall(r"set link = (.*?) %}", text):
            assert expression == '((one.url | absolute) if full else (one.url | url)) if one.url else ""', (
                name,
                expression,
            )
        for target in re.findall(r"url=([^\"]*)\"", text):
            assert SAFE_LINK.fullmatch(target.strip()), (name, target)
    assert seen > 30


def test_no_template_switches_escaping_off() -> None:
    for name, text in templates():
        assert not re.search(r"\|\s*safe\b|autoescape|\bMarkup\b|xmlattr|\|\s*(?:attr|eval)\b", text), name
        markup = re.sub(r"{{.*?}}|{%.*?%}", "", text, flags=re.DOTALL)
        assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", markup), name
        assert not re.search(r"\sstyle\s*=", text), name  # the CSP allows none


def test_the_pattern_of_safe_links_tells_bad_ones_apart() -> None:
    for good in (
        "#main",
        "{{ home | url }}",
        "{{ asset('style.css') }}",
        "{{ page.card.source | web }}",
        "{{ item.card.source | web | text_fragment(item.quote) }}",
    ):
        assert SAFE_LINK.fullmatch(good), good
    for bad in (
        "{{ page.source }}",
        "https://a.example/{{ x }}",
        "{{ url(x) }}{{ y }}",
        "{{ x | safe }}",
        "javascript:x",
        "{{ x | web | safe }}",
        "/about/",
    ):
        assert not SAFE_LINK.fullmatch(bad), bad
