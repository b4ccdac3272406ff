"""Slugs, paths and addresses: what is valid, what is refused, and that the fast paths agree with the general ones."""

from __future__ import annotations

import re
import sys
import unicodedata
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from site_gen.core.slugs import MAX_SEGMENT_BYTES, _is_plain_slug, is_slug, slugify
from site_gen.core.text import scrub
from site_gen.core.urls import (
    _PLAIN_WEB,
    canonical_host,
    file_of_url,
    host_of,
    parse_url_path,
    percent_encoded,
    safe_href,
    url_path,
    without_amp,
)
from site_gen.ingest.extract.source_url import clean_url
from site_gen.site.analysis.page_key import page_key
from tests.support.strategies import nasty

RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


def assert_is_slug(slug: str) -> None:
    assert slugify(slug) == slug
    assert slug
    assert len(slug.encode()) <= 120
    assert unicodedata.is_normalized("NFC", slug)
    assert slug == slug.lower()
    assert slug not in RESERVED
    assert all(c == "-" or c.isalnum() or unicodedata.category(c)[0] == "M" for c in slug), slug
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug
    assert any(c.isalnum() for c in slug)
    assert unicodedata.category(slug[0])[0] != "M"


@given(st.one_of(nasty, st.lists(nasty, max_size=8).map("".join)))
@example("α'\u0301")
@example("a" * 50 + "海" * 60)
@example("ᎠᏴꭰ")
@example("e\u200b\u0301x\u2060\u0301")
@example("con.")
@example("\u0301\u0338海")
def test_any_text_becomes_a_slug(text: str) -> None:
    assert_is_slug(slugify(text))


def test_slugify_is_idempotent_for_every_character() -> None:
    for n in range(sys.maxunicode + 1):
        c = chr(n)
        if unicodedata.category(c) in {"Cn", "Co", "Cs"} or 0x3400 < n < 0x9FFF or 0xAC00 < n < 0xD7A3 or n > 0x1FFFF:
            continue
        slug = slugify(f"b{c}")
        assert slugify(slug) == slug, hex(n)
        slug = slugify(c)
        assert slugify(slug) == slug, hex(n)
        assert slug.lower() == slug, hex(n)


@given(st.integers(0, 130), st.integers(0, 60), st.sampled_from("海ไ가ш"), st.sampled_from("- x"))
def test_a_long_text_is_cut_to_a_slug(latin: int, other: int, letter: str, gap: str) -> None:
    assert_is_slug(slugify(gap.join(["a" * latin, letter * other, "b" * latin])))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Voss & Daughters' plc", "voss-daughters-plc"),
        ("海康威视", "海康威视"),
        ("Ørsted Łódź Straße", "orsted-lodz-strasse"),
        ("São Paulo 2", "sao-paulo-2"),
        ("Hikvision (海康)", "hikvision"),
        ("U.S. weighs it", "us-weighs-it"),
        ("CON", "con-page"),
        ("com1", "com1-page"),
        ("COM¹", "com1-page"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "untitled"),
        ("", "untitled"),
        ("\ud800", "untitled"),
        ("\u3164\u200b\ufe0f", "untitled"),
        ("Hik\u00advision", "hikvision"),
        ("नमस्ते", "नमस्ते"),
        ("بنك مصر", "بنك-مصر"),
        ("İstanbul", "istanbul"),
        ("foo%2e%2e%2fbar", "foo-2e-2e-2fbar"),
        ("a\x00b\nc", "ab-c"),
    ],
)
def test_texts_and_their_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_a_url_path_is_made_of_slugs_only() -> None:
    assert url_path("companies", "海康威视") == "/companies/海康威视/"
    for bad in ("..", "a/b", "A", "", "con", "a.b"):
        with pytest.raises(ValueError, match="is not a slug"):
            url_path("companies", bad)


@pytest.mark.parametrize(
    "text",
    ["../x", "//evil", "/a/../b", "/", "", "https://evil.example/", "/a//b", "/a/%2e%2e/b", "/a\\b", "/a/.b/",
     "/a./", "/a/con.html", "/.html", "index.html", "/a b/", "/a\x00b/", "/con/", "/a/./b/", "\\\\evil",
     "/a?b", "/a#b", "javascript:x"],
)  # fmt: skip
def test_a_text_that_is_no_path_of_a_site_is_refused(text: str) -> None:
    assert parse_url_path(text) is None


def test_a_path_is_completed_to_that_of_a_page() -> None:
    assert parse_url_path("companies/x") == "/companies/x/"
    assert parse_url_path(" /companies/海康/ ") == "/companies/海康/"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/2016/02/03/post.html", "/2016/02/03/post.html"),
        ("/Old_Blog/My_Post/", "/Old_Blog/My_Post/"),
        ("/Old_Blog/My.Post", "/Old_Blog/My.Post/"),
        ("/node/12.htm", "/node/12.htm"),
        ("/story.php", "/story.php/"),
        ("/2016/index.html", "/2016/"),
    ],
)
def test_addresses_of_other_systems_are_taken_as_they_are(text: str, path: str) -> None:
    assert parse_url_path(text) == path


def test_the_file_and_the_encoded_form_of_a_path() -> None:
    assert file_of_url(url_path("a", "b")) == "a/b/index.html"
    assert file_of_url(url_path()) == "index.html"
    assert percent_encoded("/海/a b") == "/%E6%B5%B7/a%20b"


@pytest.mark.parametrize(
    "raw",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)", " javascript:x",
     "\x01javascript:x", "data:text/html,<script>", "vbscript:x", "//host/x", "/x", "x", "#x", "?x", "", "\\\\host",
     "https:evil.example", "https:/evil.example", "https:///x", "http://", "ftp://a/b", "file:///etc/passwd",
     "https://[::1", "http://a:99999/", "http://a:b/", "mailto:", "mailto:nobody", "blob:https://a/b", "http:\\\\evil",
     "view-source:https://a", "about:blank", "ws://a", "javascript://a.example/%0aalert(1)", "\u202ejavascript:x"],
)  # fmt: skip
def test_an_unsafe_link_is_refused(raw: str) -> None:
    assert safe_href(raw) is None


@pytest.mark.parametrize(
    ("raw", "href"),
    [
        ("https://news.example/a?b=c#d", "https://news.example/a?b=c#d"),
        ("HTTP://News.Example/", "HTTP://News.Example/"),
        (" https://a.example/x y ", "https://a.example/x%20y"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("https://a.example/\\evil", "https://a.example/%5Cevil"),
        ("ht\ntps://a.example/", "https://a.example/"),
        ("mailto:a@b.example?subject=x y", "mailto:a@b.example?subject=x%20y"),
        ("https://例え.example/海", "https://例え.example/海"),
    ],
)
def test_a_web_or_mail_link_is_safe(raw: str, href: str) -> None:
    assert safe_href(raw) == href


@given(st.tuples(st.sampled_from(["", "https://", "http://a.example/", "mailto:a@", "java", "//", "data:"]), nasty))
def test_a_safe_link_is_of_the_web_and_well_formed(parts: tuple[str, str]) -> None:
    href = safe_href("".join(parts))
    if href is not None:
        assert href.lower().startswith(("http://", "https://", "mailto:"))
        assert not set(href) & set('"<>`\\ \n\t')
        assert scrub(href) == href
        assert safe_href(href) == href
        assert href.lower().startswith("mailto:") or urlsplit(href).hostname


def test_the_host_of_an_address() -> None:
    assert host_of("https://www.News.example:80/x") == "news.example"
    assert host_of("http://[::1") == ""


@given(nasty)
def test_a_slug_is_what_slugify_leaves_unchanged(text: str) -> None:
    assert is_slug(text) == (text == slugify(text))


# -- the fast paths for ordinary slugs and addresses: a sign in front that is taken out forces the general one

plain = st.text(alphabet=st.sampled_from("abzAZ019-_.' /&\n\x00"), max_size=12)
slug_like_texts = st.one_of(
    plain, nasty, st.sampled_from(sorted(RESERVED)), st.lists(st.sampled_from(["a", "b1", "-", "x" * 30])).map("".join)
)


@given(slug_like_texts, st.sampled_from([1, 3, 7, 110, MAX_SEGMENT_BYTES]))
@example("a" * 120, 120)
@example("a" * 121, 120)
@example("ab " * 70, 120)
@example("x" * 90 + " " + "y" * 40, 120)
@example("U.S. and u.n.c. a.b", 120)
def test_the_fast_path_gives_the_same_slug(text: str, limit: int) -> None:
    if text.isascii():  # a zero-width space is no ASCII, and dropped
        assert slugify(text, limit=limit) == slugify(f"\u200b{text}", limit=limit)
    if _is_plain_slug(text, limit):
        assert slugify(f"\u200b{text}", limit=limit) == text


@pytest.mark.parametrize("text", ["a", "2019", "quill-mooring", "a-1-b", "x" * 120])
def test_an_ordinary_slug_takes_the_fast_path(text: str) -> None:
    assert _is_plain_slug(text)


@pytest.mark.parametrize("text", ["", "-", "a-", "-a", "a--b", "A", "a_b", "a.b", "a b", "é", "con", "a\n", "x" * 121])
def test_any_other_text_does_not_take_the_fast_path_of_slugs(text: str) -> None:
    assert not _is_plain_slug(text)


@given(st.lists(st.one_of(slug_like_texts, st.sampled_from(["/", "//", "a", "é", " "])), max_size=6).map("".join))
def test_a_path_is_valid_when_its_segments_are_slugs_or_safe_as_names(text: str) -> None:
    segments = text.strip().strip("/").split("/") if "//" not in text.strip() else []
    path = parse_url_path(text)
    if segments and all(s and s == slugify(s) for s in segments):
        assert path == f"/{'/'.join(segments)}/"
    elif path is not None:
        segments = path.removeprefix("/").removesuffix("/").split("/")
        assert all(s == slugify(s) or re.fullmatch(r"[\w~](?:[\w.~-]*[\w~-])?", s, re.ASCII) for s in segments)
        assert not RESERVED & {segment.partition(".")[0].lower() for segment in segments}


@given(st.one_of(slug_like_texts.map(scrub), st.just("/a-b/c_d.e~f/")))
def test_percent_encoding_equals_quote(path: str) -> None:
    assert percent_encoded(path) == quote(path, safe="/")


ADDRESS = st.sampled_from(
    [*"abZ09-_.:/?#[]@%\\<>\"`{|^ ~!$&'(*+,;=\n", "é", "海", "\x00", "\xa0", "%2f", "www.", "//", "a.b", ":80",
     ":65535", ":99999", ":0", "1.2.3.4", "0x7f", ".1", "example", "http://", "https://", "javascript:"]
)  # fmt: skip
SCHEMES = st.sampled_from(
    ["http://", "https://", "https://a.example", "https://a.example/", "HTTP://", "", "//", "ftp://"]
)
addresses = st.tuples(SCHEMES, st.lists(ADDRESS, max_size=8).map("".join)).map("".join)


@given(addresses)
def test_the_fast_path_gives_the_same_address(url: str) -> None:
    assert safe_href(url) == safe_href(f"\t{url}")  # browsers drop the tab, and so do both paths
    assert host_of(url) == host_of(f"\t{url}")
    if _PLAIN_WEB.fullmatch(url):
        assert safe_href(f"\t{url}") == url
        assert urlsplit(url).port in range(10_000) or urlsplit(url).port is None


@pytest.mark.parametrize(
    "url",
    ["https://news.example/0/7", "http://www.a-b.example:8080/x_y/~z.html?q=a&b=c%20d#p-1", "https://localhost",
     "https://a.example?q", "https://a.example#x", "https://A.Example/[x]!$'()*+,;=:@"],
)  # fmt: skip
def test_an_ordinary_address_takes_the_fast_path(url: str) -> None:
    assert _PLAIN_WEB.fullmatch(url)
    assert safe_href(url) == url


@pytest.mark.parametrize(
    "url",
    ["https://1.2.3.4/", "https://a.1", "https://a.example:99999/", "https://u@a.example/", "https://a.example/\\x",
     "https://a.example/<", "https://a.example/ x", "https://a.example/\n", "https://[::1]/", "https:///x",
     "//a.example", "https://a%2fb.example/", "mailto:a@b", "https://é.example", "https://a.example/é", "https://a.example."],
)  # fmt: skip
def test_any_other_address_does_not_take_the_fast_path(url: str) -> None:
    assert not _PLAIN_WEB.fullmatch(url)


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("www.post.example", "post.example"), ("www2.post.example", "post.example"),
        ("m.post.example", "post.example"), ("www.amp.post.example", "post.example"),
        ("mobile.post.co.example", "post.co.example"), ("m.example", "m.example"), ("www.example", "www.example"),
        ("mining.example.org", "mining.example.org"), ("news.m.example.org", "news.m.example.org"), ("", ""),
    ],
)  # fmt: skip
def test_the_canonical_host_has_no_mobile_or_www_prefix(host: str, plain: str) -> None:
    assert canonical_host(host) == plain == canonical_host(plain)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/a/amp", "/a"), ("/a/amp/", "/a"), ("/a/amp.html", "/a"), ("/a.amp", "/a"), ("/a.amp.html", "/a.html"),
        ("/a/amphtml", "/a"), ("/amp/a", "/amp/a"), ("/champ", "/champ"), ("/a/amp-up", "/a/amp-up"), ("/", "/"),
    ],
)  # fmt: skip
def test_the_path_of_an_amp_page_becomes_that_of_the_article(path: str, plain: str) -> None:
    assert without_amp(path) == plain
    for address in (f"https://m.post.example{path}?utm_source=x", f"https://post.example{path}"):
        assert page_key(address) == page_key(clean_url(address) or ""), "as written by a person, and as added"
