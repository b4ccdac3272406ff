"""`site-gen review`: what it lists, what its forms write, and who may send one."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import signal
import socket
import subprocess
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from site_gen.content import loader
from site_gen.serve.review import review_forms, review_queue, review_server
from site_gen.serve.review.review_app import MAX_POST
from tests.support.doubtful_site import TEXT, add_drafts, draft
from tests.support.serving import SITE_GEN, HttpAnswer, RunningServer, http_request, run_server, send
from tests.support.sites import edit_file, markdown_file, read_files, write_files
from tests.support.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.content.records import Article
    from tests.conftest import Call

DOUBTS = (("published", "guessed from the text"), ("title", "only from the address"))
HOSTILE = (
    '<!doctype html><title>A title</title></textarea><script>alert(1)</script><h1>Pier "shut" &amp; closed</h1>'
    '<p onclick="alert(2)">On 9 March 2025 the pier was shut.</p><p>&lt;script&gt;alert(3)&lt;/script&gt;</p>'
    '<style>body{display:none}</style><img src=x onerror=alert(4)><time datetime="2025-03-08">then</time>'
)


@dataclass
class ReviewOfSite:
    """A review that is served."""

    site: Path
    server: RunningServer

    @property
    def url(self) -> str:
        return self.server.url

    def get(self, path: str, method: str = "GET", **headers: str) -> HttpAnswer:
        return self.server.get(path, method, **headers)

    def fields(self, path: str) -> dict[str, str]:
        """Return the fields of a page's form, as a browser that changes nothing would send them."""
        page = self.get(path).text
        fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
        fields |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
        return {name: unescape(value).replace("\n", "\r\n") for name, value in fields.items()}

    def post(self, path: str, fields: dict[str, str], **headers: str | None) -> HttpAnswer:
        """Send a form as our own page would, but for these headers; None leaves one out."""
        usual = {"Origin": self.url.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
        all_headers = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in all_headers.items() if value is not None}
        return http_request(self.server.port, path, "POST", sent, urlencode(fields).encode())

    def article(self, number: int = 1) -> Article:
        return loader.load(self.site)[0].articles[number - 1]

    def path(self, number: int = 1) -> Path:
        return self.site / self.article(number).file


@contextlib.contextmanager
def run_review(site: Path) -> Iterator[ReviewOfSite]:
    queue = review_queue.find_doubtful(site)
    assert list(queue.problems) == []
    with run_server(partial(review_server.serve, site, queue.articles, port=0)) as server:
        yield ReviewOfSite(site, server)


@pytest.fixture
def review(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewOfSite]:
    """Three doubtful articles, the first of a hostile page, and one that is sure."""
    pages = [HOSTILE, "<!doctype html><title>b</title><p>b", "<!doctype html><title>c</title><p>c", "<!doctype html>d"]
    add_drafts(
        site, monkeypatch,
        draft("A <b>pier</b> closes", doubts=DOUBTS), draft("B is shut", doubts=(("text", "a forum page"),)),
        draft("C is shut", doubts=(("source", "of another page"),)), draft("D is sure"), pages=pages,
    )  # fmt: skip
    with run_review(site) as running:
        yield running


# -- the list -----------------------------------------------------------------------------------------


def test_the_list_names_each_doubtful_article_with_its_doubts(
    call: Call, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = call("review", "--site", site)
    assert (done.status, done.lines) == (0, ["0 articles to check"])
    add_drafts(site, monkeypatch, draft("B", doubts=DOUBTS), draft("A"), draft("C", doubts=DOUBTS[:1]))
    for command in (["list", "--doubtful"], ["review", "--list"]):  # the second is what it was called before
        done = call(*command, "--site", site)
        assert done.status == 0
        assert [line.partition("check ")[2] for line in done.lines] == [
            "published: guessed from the text; title: only from the address)  content/articles/2025/b.md",
            "published: guessed from the text)  content/articles/2025/c.md",
            "",
        ]
        assert ("site-gen list --doubtful --site" in done.err) == (command[0] == "review")
        first, _ = call(*command, "--site", site, "--json").records
        assert (first["article"], first["doubts"]) == ("content/articles/2025/b.md", dict(DOUBTS))
    (site / "content/articles/2025/a.md").write_text("no front matter")
    done = call("list", "--doubtful", "--site", site)
    assert (done.status, len(done.lines)) == (1, 3)
    assert "content/articles/2025/a.md:1: has no front matter" in done.err
    assert call("review", "--site", site / "nowhere").status == 2


def test_what_readers_see_most_is_asked_first_and_alike_ones_together(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(site, {"content/companies/ashpole.md": markdown_file(name="Ashpole")})
    date, title = DOUBTS[:1], DOUBTS[1:]
    add_drafts(
        site, monkeypatch,
        draft("A is old and names nobody", doubts=date, published=dt.date(2020, 1, 1), site="Low Tide"),
        draft("B is new", doubts=date, published=dt.date(2025, 3, 4), site="High Tide"),
        draft("C is new and Ashpole buys it", doubts=title, published=dt.date(2025, 3, 3)),
        draft("D is old", doubts=title, published=dt.date(2020, 1, 2)),
        draft("E is of a forum", doubts=(("text", "a forum page, not an article"),)),
    )  # fmt: skip
    queue = review_queue.find_doubtful(site)
    assert [article.title[0] for article in queue.articles] == ["C", "D", "B", "A"]  # D is asked what C is
    assert queue.not_asked == 1


# -- what it shows ------------------------------------------------------------------------------------


def test_pages_show_what_is_in_doubt_and_nothing_else_is_served(review: ReviewOfSite) -> None:
    page = review.get("/").text
    assert "3 articles to check" in page
    assert "A &lt;b&gt;pier&lt;/b&gt; closes" in page
    assert "D is sure" not in page
    first = review.get("/1")
    assert "1 of 3" in first.text
    assert "Published</a>: guessed from the text" in first.text
    assert first.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "no-store"
    for path in re.findall(r'(?:href|src)="(/[^"]*)"', first.text):
        assert review.get(path).status == 200, path
    for path in ("/0", "/4", "/01", "/1/", "/x", "/../content/site.yaml", "/%2e%2e/", "/%C2%B2", "/999999999999"):
        assert http_request(review.server.port, path).status == 404, path
    assert review.get("/1", "HEAD").body == b""


def test_a_saved_page_is_shown_as_text_alone(review: ReviewOfSite) -> None:
    page = review.get("/1").text
    assert "<script" not in page
    assert "onerror" not in page
    assert "onclick" not in page
    assert "<img" not in page
    assert "<iframe" not in page
    assert "alert(1)" not in page
    assert "On 9 March 2025 the pier was shut.\n&lt;script&gt;alert(3)&lt;/script&gt;" in page
    assert "<bdi>Pier &#34;shut&#34; &amp; closed</bdi>" in page
    assert "<bdi>9 March 2025</bdi>" in page
    assert "<bdi>2025-03-08</bdi>" in page
    assert page.count("</textarea>") == 2


def test_a_saved_page_that_is_gone_is_reported_in_its_place(review: ReviewOfSite) -> None:
    saved = review.article().saved
    assert saved is not None
    (review.site / "content" / saved.file).unlink()
    assert "The saved page cannot be shown: its saved page," in review.get("/1").text


# -- what it writes -----------------------------------------------------------------------------------


def test_a_form_that_changes_nothing_writes_nothing(review: ReviewOfSite) -> None:
    before = read_files(review.site)
    answer = review.post("/1", review.fields("/1") | {"do": "save"})
    assert answer.status == 200
    assert "Nothing was changed. Still to check: Published, Title." in answer.text
    assert read_files(review.site) == before


def test_confirming_removes_only_the_doubts(review: ReviewOfSite) -> None:
    before = review.path().read_text(encoding="utf-8")
    answer = review.post("/1", review.fields("/1") | {"do": "right"})
    assert (answer.status, answer.headers["location"]) == (303, "/2")
    line = "doubts: {published: guessed from the text, title: only from the address}\n"
    assert review.path().read_text(encoding="utf-8") == before.replace(line, "")
    assert "1 of 3 checked" in review.get("/").text


def test_a_correction_changes_only_its_own_keys(review: ReviewOfSite) -> None:
    path = review.path()
    text = path.read_text(encoding="utf-8").replace("title: A <b>", "# mine\ntitle:   A <b>").replace("\n", "\r\n")
    path.write_bytes(text.encode())
    fields = review.fields("/1")
    answer = review.post("/1", fields | {"title": " 古い \u202eB: it's #1 ", "do": "save"})
    assert "Saved: Title. Still to check: Published." in answer.text
    text_after = path.read_bytes().decode()
    assert review.article().title == "古い B: it's #1"
    assert review.article().doubts == DOUBTS[:1]
    lines_before, lines_after = set(text.split("\r\n")), set(text_after.split("\r\n"))
    assert {line.partition(":")[0] for line in lines_before ^ lines_after} == {"title", "doubts"}
    fields = review.fields("/1") | {"published": "2025-03-09", "author": "A\r\n\r\nB. Writer\r\n", "do": "save"}
    answer = review.post("/1", fields)
    assert (answer.status, answer.headers["location"]) == (303, "/2")
    article = review.article()
    assert (article.published, article.author, article.doubts) == (dt.date(2025, 3, 9), ("A", "B. Writer"), ())
    assert article.body == TEXT


def test_a_corrected_text_replaces_the_body_and_an_emptied_field_goes(review: ReviewOfSite) -> None:
    path = review.path(2)
    head = path.read_text(encoding="utf-8").partition("\n---\n")[0]
    fields = review.fields("/2") | {"text": "\r\nNew text.\r\n\r\nOf two lines.\r\n", "site": "", "do": "save"}
    assert review.post("/2", fields).headers["location"] == "/3"
    text_after, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    assert body == "New text.\n\nOf two lines.\n"
    removed_keys = ("site:", "doubts:")
    assert text_after.split("\n") == [line for line in head.split("\n") if not line.startswith(removed_keys)]
    # All are looked at in any order; the last leads to the list.
    assert review.post("/3", review.fields("/3") | {"do": "right"}).headers["location"] == "/"
    assert review.post("/1", review.fields("/1") | {"do": "right"}).headers["location"] == "/"
    assert "Nothing is left to check" in review.get("/").text
    assert review_queue.find_doubtful(review.site).articles == []


def test_confirming_saves_what_was_entered_too(review: ReviewOfSite) -> None:
    review.post("/1", review.fields("/1") | {"language": "de", "do": "right"})
    assert (review.article().language, review.article().doubts) == ("de", ())


def test_a_file_that_was_changed_meanwhile_is_left_alone(review: ReviewOfSite) -> None:
    fields = review.fields("/1") | {"title": "Typed <i>long</i>", "do": "save"}
    edit_file(review.path(), "wet since", "wet  since")
    before = read_files(review.site)
    for _ in range(2):  # sent again it is refused again
        answer = review.post("/1", fields)
        assert answer.status == 409
        assert "was changed after this form was loaded" in answer.text
        assert 'value="Typed &lt;i&gt;long&lt;/i&gt;"' in answer.text  # nothing that was entered is lost
        assert f'name="digest" value="{fields["digest"]}"' in answer.text
    assert read_files(review.site) == before
    review.path().unlink()
    assert review.post("/1", fields).status == 410
    assert review.get("/1").status == 410
    assert review.get("/2").status == 200


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("title", " ", "an article needs a title"),
        ("published", "2025-02-31", "is not a calendar date"),
        ("language", "English, mostly", "is not a language tag"),
        ("text", "x" * (loader.MAX_BODY_CHARS + 1), "characters of text"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    review: ReviewOfSite, name: str, value: str, complaint: str
) -> None:
    before = read_files(review.site)
    answer = review.post("/1", review.fields("/1") | {name: value, "do": "right"})
    assert answer.status == 422
    assert "Nothing was saved." in answer.text
    assert complaint in answer.text
    assert read_files(review.site) == before


# -- many at once -------------------------------------------------------------------------------------


@pytest.fixture
def alike(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewOfSite]:
    """Three articles of an outlet whose titles are its name, and one of another outlet."""
    title = (("title", "no heading on the page says it"),)
    drafts = [draft("The Tallow Post", doubts=title, source=f"https://post.example/{n}") for n in range(3)]
    drafts.append(draft("Zinc News", doubts=title, site="Zinc News", source="https://zinc.example/1"))
    pages = [f"<!doctype html><title>Pier {n} is shut</title><h3>x</h3><p>{n}" for n in range(4)]
    add_drafts(site, monkeypatch, *drafts, pages=pages)
    with run_review(site) as running:
        yield running


def titles(review: ReviewOfSite) -> list[tuple[str, bool]]:
    """Return each article's title, and whether it is in doubt."""
    return sorted((article.title, bool(article.doubts)) for article in loader.load(review.site)[0].articles)


def test_alike_articles_are_answered_at_once(alike: ReviewOfSite) -> None:
    assert '<a href="/alike/1">3 alike of <bdi>The Tallow Post</bdi>' in alike.get("/").text
    page = alike.get("/alike/1").text
    assert page.count("<tr><td") == 3
    assert "Pier 2 is shut" in page
    answer = alike.post("/alike/1", alike.fields("/alike/1") | {"do": "title window title"})
    assert (answer.status, answer.headers["location"]) == (303, "/4")
    expected = [("Pier 0 is shut", False), ("Pier 1 is shut", False), ("Pier 2 is shut", False), ("Zinc News", True)]
    assert titles(alike) == expected
    assert alike.get("/alike/1").status == 303  # nothing is left of them


def test_alike_articles_that_are_right_lose_their_doubts_alone(alike: ReviewOfSite) -> None:
    before = titles(alike)
    alike.post("/alike/2", alike.fields("/alike/2") | {"do": "right"})
    assert titles(alike) == [(title, title == "Zinc News") for title, _ in before]


def test_of_alike_articles_only_those_of_the_form_are_written(alike: ReviewOfSite) -> None:
    fields = alike.fields("/alike/1")
    path = alike.path(1)
    edit_file(path, "wet since", "wet  since")
    before = read_files(alike.site)
    assert alike.post("/alike/1", fields | {"do": "text heading"}).status == 400
    assert alike.post("/alike/1", fields | {"do": "right", "token": "x"}).status == 403
    assert alike.post("/alike/1", fields | {"do": "right", "digests": ""}).status == 303
    assert alike.get("/alike/5").status == alike.get("/alike/x").status == 404
    assert read_files(alike.site) == before
    answer = alike.post("/alike/1", fields | {"do": "title nowhere"})
    assert "3 could not take this answer" in answer.text
    answer = alike.post("/alike/1", fields | {"do": "right"})
    assert "1 could not take this answer" in answer.text
    changed = {name for name, data in read_files(alike.site).items() if before[name] != data}
    assert len(changed) == 2
    assert str(path.relative_to(alike.site)) not in changed


# -- who may send one ---------------------------------------------------------------------------------


def test_forms_of_other_sites_are_refused(review: ReviewOfSite) -> None:
    fields = review.fields("/1") | {"do": "right"}
    before = read_files(review.site)
    evil = "http://evil.example"
    statuses = [
        review.post("/1", fields, Origin=None).status,
        review.post("/1", fields, Origin="null").status,
        review.post("/1", fields, Origin=evil).status,
        review.post("/1", fields, Origin=f"http://127.0.0.1:{review.server.port + 1}").status,
        review.post("/1", fields, Host="evil.example").status,
        review.post("/1", fields, Sec_Fetch_Site="cross-site").status,
        review.post("/1", fields | {"token": "x"}).status,
        review.post("/1", {k: v for k, v in fields.items() if k != "token"}).status,
    ]
    assert statuses == [403] * 8
    assert review.post("/1", fields, Content_Type="text/plain").status == 415
    assert review.post("/1", fields, Content_Type="multipart/form-data; boundary=x").status == 415
    assert review.post("/1", {"do": "right", "token": fields["token"]}).status == 409  # of no file that is known
    assert review.post("/1", fields | {"do": "remove"}).status == 400
    assert review.post("/1", fields | {f"x{n}": "" for n in range(20)}).status == 400
    assert review.post("/", fields).status == 404
    assert review.get("/1", "PUT", Origin=review.url.rstrip("/")).status == 405
    assert review.get("/1", "DELETE").status == 405
    assert review.get("/1", Host="evil.example").status == 403
    assert read_files(review.site) == before


def test_requests_that_are_no_form_are_refused(review: ReviewOfSite) -> None:
    head = (
        f"POST /1 HTTP/1.1\r\nHost: localhost:{review.server.port}\r\nOrigin: http://localhost:{review.server.port}\r\n"
        "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )
    for body, status in (
        (b"title=a&title=b", b"400"),
        (b"title=%ff", b"400"),
        ("title=\u00fc".encode(), b"400"),
        (b"a" * (MAX_POST + 1), b"413"),
    ):
        answer = send(review.server.port, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert answer.split(b" ", 2)[1] == status if answer else status == b"413"
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    answer = send(review.server.port, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 120 + b"0\r\n\r\n")
    assert b" 413 " in answer[:20] or not answer
    assert review.get("/1").status == 200


def test_the_form_of_an_article_holds_no_change(review: ReviewOfSite) -> None:
    article = review.article()
    assert review_forms.changed_fields(article, review_forms.form_of_article(article)) == ()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_it_with_a_summary(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_drafts(site, monkeypatch, draft("B", doubts=DOUBTS))
    command = [*SITE_GEN, "review", "--site", str(site), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        port = int(line.split(":")[2].partition("/")[0])
        assert http_request(port, "/1").status == 200
        assert "127.0.0.1" in line
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
        assert process.stdout.read() == "0 of 1 checked\n"
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_an_error(call: Call, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_drafts(site, monkeypatch, draft("B", doubts=DOUBTS))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = call("review", "--site", site, "--port", str(taken.getsockname()[1]))
    assert (done.status, "cannot serve on 127.0.0.1" in done.err) == (2, True)
