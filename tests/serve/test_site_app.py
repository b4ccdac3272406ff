"""What the watch server answers: files, their types, nothing else than the output folder, and to whom."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.core.errors import Problem
from site_gen.serve.static_files import PathRedirect, StaticFile, find_file, media_type
from tests.support.serving import FakeBuilder, RunningServer, html, send, serving
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES: dict[str, str | bytes | None] = {
    "/": html("home"),
    "/a/": html("page a"),
    "/古い/": html("倉庫"),
    "/404.html": html("no such page"),
    "/feed.xml": "<feed/>",
    "/robots.txt": "User-agent: *",
    "/assets/style.1.css": "p{}",
    "/assets/icon.svg": "<svg/>",
    "/assets/x.js": "1",
    "/assets/data.json": "{}",
    "/assets/font.woff2": b"w",
    "/assets/photo.JPG": b"\xff\xd8",
    "/assets/plain": b"0123456789",
    "/assets/bare.html": "<p>no body tag",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "site/output"


@pytest.fixture(scope="module")
def server(out: Path) -> Iterator[RunningServer]:
    builder = FakeBuilder(out)
    builder.set(FILES)
    (out.parent / "content").mkdir(parents=True)
    (out.parent / "secret.txt").write_text("secret")
    with serving(out.parent, out, builder, base_path="/repo/") as server:
        (out / ".site-gen.json").write_text("secret")
        (out / ".git").mkdir()
        (out / ".git/config").write_text("secret")
        (out / "empty").mkdir()
        yield server


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/repo/", "text/html; charset=utf-8"),
        ("/repo/a/", "text/html; charset=utf-8"),
        ("/repo/a/index.html", "text/html; charset=utf-8"),
        ("/repo/" + quote("古い/"), "text/html; charset=utf-8"),
        ("/repo/%61/", "text/html; charset=utf-8"),
        ("/repo/feed.xml", "text/xml; charset=utf-8"),
        ("/repo/robots.txt", "text/plain; charset=utf-8"),
        ("/repo/assets/style.1.css", "text/css; charset=utf-8"),
        ("/repo/assets/x.js", "text/javascript; charset=utf-8"),
        ("/repo/assets/data.json", "application/json"),
        ("/repo/assets/icon.svg", "image/svg+xml; charset=utf-8"),
        ("/repo/assets/font.woff2", "font/woff2"),
        ("/repo/assets/photo.JPG", "image/jpeg"),
        ("/repo/assets/plain", "application/octet-stream"),
        ("/_site-gen/reload.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_have_their_types(server: RunningServer, path: str, kind: str) -> None:
    answer = server.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "server" not in answer.headers
    head = server.get(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"] == kind


@pytest.mark.parametrize("name", ["x", ".html", "x.", "a.b.UNKNOWN", ""])
def test_a_file_of_unknown_type_is_sent_as_bytes(name: str) -> None:
    assert media_type(name) == "application/octet-stream"


def test_files_are_sent_as_they_are(server: RunningServer) -> None:
    for url, data in FILES.items():
        if isinstance(data, bytes) or (isinstance(data, str) and not url.endswith((".html", "/"))):
            assert server.get("/repo" + quote(url)).body == (data if isinstance(data, bytes) else data.encode())


def test_pages_get_the_script_and_files_on_disk_do_not(server: RunningServer, out: Path) -> None:
    for url in ("/", "/a/", "/assets/bare.html"):
        answer = server.get("/repo" + url)
        assert answer.text.count('src="/_site-gen/reload.js"') == 1
        assert answer.headers["accept-ranges"] == "none"
        assert int(answer.headers["content-length"]) == len(answer.body)
    assert not [path for path in out.rglob("*.html") if b"reload.js" in path.read_bytes()]


def test_no_two_answers_share_a_nonce(server: RunningServer) -> None:
    nonces = {server.get("/repo/a/").text.partition("'nonce-")[2].partition("'")[0] for _ in range(5)}
    assert len(nonces) == 5


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", "/repo/"),
        ("/?x=1", "/repo/?x=1"),
        ("/repo", "/repo/"),
        ("/repo/a", "/repo/a/"),
        ("/repo/a?x=%C3%A9&y", "/repo/a/?x=%C3%A9&y"),
        ("/repo/" + quote("古い"), "/repo/" + quote("古い/")),
    ],
)
def test_addresses_without_base_path_or_slash_are_redirected(server: RunningServer, path: str, to: str) -> None:
    answer = server.get(path)
    assert (answer.status, answer.headers["location"]) == (307, to)  # 301 would be kept by browsers


@pytest.mark.parametrize(
    "path",
    [
        "/repo/no/", "/repo/a/no", "/repo/feed.xml/", "/repo/empty/", "/repo/empty", "/other/", "/a/", "/repository/",
        "/repo//a/", "//repo/a/", "/repo/a//", "//", "//evil.example/", "//evil.example/%2e%2e",
        "/repo/../secret.txt", "/repo/%2e%2e/secret.txt", "/repo/%2E%2E%2Fsecret.txt", "/repo/..%2fsecret.txt",
        "/repo/a/../../secret.txt", "/repo/..\\secret.txt", "/repo/%5c..%5csecret.txt", "/repo/..%5c/secret.txt",
        "/repo/%252e%252e/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt",
        "/repo/.site-gen.json", "/repo/%2esite-gen.json", "/repo/.git/config", "/repo/.git", "/repo/.",
        "/repo/./a/", "/repo/a%00", "/repo/%00", "/repo/a%0d%0aX-Y:%201", "/repo/%ff", "/repo/C:/secret.txt",
        "/repo/C%3a%5csecret.txt", "/repo/" + "a" * 5000, "/repo/" + "a/" * 3000, "/_site-gen/", "/_site-gen/no",
        "/_site-gen/reload.js/", "/_site-gen/../repo/.git/config", "/repo%2fa/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_the_404_page_of_the_site(server: RunningServer, path: str) -> None:
    raw = send(
        server.port, f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: close\r\n\r\n".encode()
    )
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 "), head
    assert b"no such page" in body
    assert b"/_site-gen/reload.js" in body
    assert b"secret" not in raw
    assert b"X-Y" not in head


def test_an_absolute_path_leads_nowhere(server: RunningServer, out: Path) -> None:
    for path in (
        f"/repo/{out.parent}/secret.txt",
        f"/{out.parent}/secret.txt",
        f"/repo{quote('/' + str(out.parent), safe='')}",
    ):
        assert server.get(path).status == 404


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_links_are_followed_inside_of_the_output_only(tmp_path: Path) -> None:
    out = tmp_path / "output"
    (out / "a").mkdir(parents=True)
    (out / "a/index.html").write_text("a")
    (out / ".hidden").write_text("secret")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "output2").mkdir()
    (tmp_path / "output2/x").write_text("secret")
    for name, target in {
        "out": "../secret", "dir": "..", "near": "../output2", "hidden": ".hidden", "b": "a", "loop": "loop",
        "gone": "nothing", "abs": str(tmp_path / "secret"),
    }.items():  # fmt: skip
        (out / name).symlink_to(target)
    os.mkfifo(out / "pipe")
    file = find_file(out, "/b/", "/")
    assert isinstance(file, StaticFile)
    assert file.path.read_text() == "a"
    assert find_file(out, "/b", "/") == PathRedirect("/b/")
    for path in ("/out", "/dir/secret", "/near/x", "/hidden", "/loop", "/gone", "/abs", "/pipe", "/dir/output/a/"):
        assert not isinstance(find_file(out, path, "/"), StaticFile) or path == "/dir/output/a/", path
    linked = tmp_path / "linked"
    linked.symlink_to(out)  # the output folder itself may be one
    assert isinstance(find_file(linked, "/a/", "/"), StaticFile)


def test_a_base_path_may_be_deep_and_escaped(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("x")
    base_path = "/%C3%A9/two/"
    for path in ("/", "/%c3%a9/two", "/é/two".encode().decode("latin-1")):
        assert find_file(tmp_path, path, base_path) == PathRedirect(base_path)
    assert isinstance(find_file(tmp_path, "/%c3%A9/two/", base_path), StaticFile)
    assert find_file(tmp_path, "/two/", base_path) is None
    assert find_file(tmp_path, "/%c3%a9/", base_path) is None
    assert isinstance(find_file(tmp_path, "/", "/"), StaticFile)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods_are_refused(server: RunningServer, method: str) -> None:
    for path in ("/repo/", "/_site-gen/events"):
        request = f"{method} {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: close\r\n\r\n"
        answer = send(server.port, request.encode())
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"allow: get, head" in answer.lower()


@pytest.mark.parametrize(
    ("value", "status", "body", "content"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=20-", 416, b"", "bytes */10"),
    ],
)
def test_ranges_of_a_file_can_be_asked_for(
    server: RunningServer, value: str, status: int, body: bytes, content: str
) -> None:
    answer = server.get("/repo/assets/plain", Range=value)
    assert (answer.status, answer.headers["content-range"]) == (status, content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 206:
        assert answer.body == body


def test_a_page_has_no_ranges(server: RunningServer) -> None:
    answer = server.get("/repo/a/", Range="bytes=0-3")
    assert answer.status == 200
    assert b"page a" in answer.body


# --- no site yet -----------------------------------------------------------------------------------------


def test_without_an_output_every_page_shows_the_problems(tmp_path: Path) -> None:
    out = tmp_path / "output"
    builder = FakeBuilder(
        out, problems=(Problem("content/<b>.md", 3, "`<script>alert(1)</script>` \ud800 is wrong", "mend it"),)
    )
    (tmp_path / "content").mkdir()
    with serving(tmp_path, out, builder) as server:
        for path in ("/", "/any/page/"):
            answer = server.get(path)
            assert answer.status == 503
            assert "content/&lt;b&gt;.md:3: `&lt;script&gt;" in answer.text
            assert "<script>alert" not in answer.text
            assert "/_site-gen/reload.js" in answer.text
        assert server.get("/_site-gen/reload.js").status == 200
        builder.problems = ()
        builder.set({"/": html("built")})
        (tmp_path / "content/x.md").write_text("x")
        until(lambda: server.get("/").status == 200)
        missing = server.get("/no/")
        assert (missing.status, "Page not found" in missing.text) == (404, True)


def test_the_last_good_output_is_served_while_content_is_wrong(tmp_path: Path) -> None:
    out = tmp_path / "output"
    out.mkdir()
    (out / "index.html").write_text(html("of last week"))
    builder = FakeBuilder(out, problems=(Problem("content/x.md", 3, "is wrong"),))
    with serving(tmp_path, out, builder) as server:
        answer = server.get("/")
        assert (answer.status, "of last week" in answer.text) == (200, True)
