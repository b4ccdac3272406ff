"""Links between pages of the site: under a base path, from disk, and as a person wrote them."""

from __future__ import annotations

import itertools
import os
import posixpath
import re
from dataclasses import FrozenInstanceError
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_gen.core.internal_links import Links, page_meant
from site_gen.core.urls import UrlPath, file_of_url, url_path
from tests.support.strategies import slugs

PAGES = [
    url_path(),
    url_path("companies"),
    url_path("companies", "hikvision"),
    url_path("companies", "海康威视"),
    url_path("articles", "2019", "us-weighs"),
    url_path("archive", "2019", "05"),
    UrlPath("/feed.xml"),
    UrlPath("/companies/hikvision/feed.xml"),
    UrlPath("/404.html"),
    UrlPath("/assets/style.3f.css"),
]
urls = st.one_of(st.sampled_from(PAGES), st.lists(slugs, max_size=4).map(lambda s: url_path(*s)))


@given(urls, urls, st.sampled_from(["", "#p-3fa91c"]))
def test_an_offline_link_names_the_file_of_its_page(here: UrlPath, target: UrlPath, fragment: str) -> None:
    href = Links("https://u.github.io/repo/", offline=True).href(here, target + fragment)
    path, sign, name = href.partition("#")
    assert sign + name == fragment
    assert not path.startswith("/")
    folder = os.path.dirname(file_of_url(here))  # noqa: PTH120  as a browser does it
    assert os.path.normpath(os.path.join("/out", folder, unquote(path))) == f"/out/{file_of_url(target)}"  # noqa: PTH118


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://u.github.io/repo/", "/repo/"),
        ("https://u.github.io/repo", "/repo/"),
        ("https://u.github.io/a/b/", "/a/b/"),
        ("https://news.example/", "/"),
        ("https://news.example", "/"),
        ("http://localhost:8000/", "/"),
    ],
)
def test_links_under_a_base_path_and_on_a_bare_domain(base: str, path: str) -> None:
    links = Links(base)
    assert links.base_path == path
    for here, target in itertools.product(PAGES, PAGES):
        href = links.href(here, target)
        assert href.startswith(path)
        assert not href.startswith("//")
        assert href.isascii()
        assert unquote(href) == path + target.removeprefix("/")
        # What a browser makes of it on any page is the page's one address.
        assert urljoin(links.absolute(here), href) == links.absolute(target)


def test_fragments_stay_behind_the_address() -> None:
    links = Links("https://a.example/r/")
    assert links.href(url_path("x"), "#p-1") == "#p-1"
    assert links.href(url_path("x"), "/companies/海/#p-1") == "/r/companies/%E6%B5%B7/#p-1"
    assert links.absolute("/companies/海/#p-1") == "https://a.example/r/companies/%E6%B5%B7/#p-1"
    assert Links("https://a.example/r/", offline=True).href(url_path("x"), "#p-1") == "#p-1"
    assert Links("https://a.example", offline=True).href(url_path(), "/x/") == "x/index.html"
    assert Links("https://a.example", offline=True).href(url_path("x"), "/x/") == "index.html"
    assert Links("https://a.example").absolute("/") == "https://a.example/"


TARGET_PARTS = st.sampled_from(
    ["/", "//", "a", "b-1", "index.html", "feed.xml", "..", ".", "?", "#", "%2F", "%41", "%3F", "%2541", "海", " ", "A",
     "q=1", "#p-1", "\n"]
)  # fmt: skip
targets = st.one_of(
    st.lists(TARGET_PARTS, max_size=8).map("".join),
    st.tuples(urls, st.sampled_from(["", "#p-1", "?q=1#\n", "feed.xml", "%"])).map("".join),
)
pages = st.one_of(urls, st.sampled_from(["/x//y/", "/A/b.c/", "/a/"]).map(UrlPath))


@given(pages, targets, st.sampled_from(["https://u.github.io/repo/", "https://a.example", "https://a.example/r"]))
@example(UrlPath("/a/"), "/%41/", "https://a.example/r")
@example(UrlPath("/a/"), "/a/%3f/", "https://a.example/r")
@example(UrlPath("/a/"), "/a/../b/", "https://a.example/r")
def test_a_target_as_written_is_linked_as_the_page_it_means(here: UrlPath, target: str, base: str) -> None:
    path, tail = re.fullmatch(r"([^?#]*)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
    path = unquote(path)
    links, offline = Links(base), Links(base, offline=True)
    below = quote(path.removeprefix("/"), safe="/") + tail
    assert links.absolute(target) == base.rstrip("/") + "/" + below
    assert links.href(here, target) == (links.base_path + below if path else tail)
    relative_path = posixpath.relpath(f"/{file_of_url(UrlPath(path))}", posixpath.dirname(f"/{file_of_url(here)}"))
    assert offline.href(here, target) == (quote(relative_path, safe="/") + tail if path else tail)
    for mode in (links, offline):
        meant = page_meant(target) + tail if target.startswith("/") else target
        assert mode.href_as_written(here, target) == mode.href(here, meant)


def test_links_are_values() -> None:
    links = Links("https://a.example/r/")
    assert (links, hash(links)) == (Links("https://a.example/r/"), hash(Links("https://a.example/r/")))
    assert links != Links("https://a.example/r/", offline=True)
    assert repr(links) == "Links(base_url='https://a.example/r/', offline=False)"
    with pytest.raises(FrozenInstanceError):
        links.base_url = "x"  # type: ignore[misc]
