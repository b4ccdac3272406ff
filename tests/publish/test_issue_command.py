"""`site-gen issue`, its mail, and what an editor says of an issue."""

from __future__ import annotations

import email
import email.policy
import json
import re
from typing import TYPE_CHECKING

import html5lib
import pytest

from site_gen.publish import issue_email
from tests.support.issue_sites import article_file, load_issue_site, write_issue_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


def note(folder: Path, text: str, key: str = "2026-w02") -> None:
    (folder / "content/issues").mkdir(exist_ok=True)
    (folder / f"content/issues/{key}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def digest(tmp_path: Path) -> Path:
    """Six stories of a week, each with an id of its own."""
    numbers = (
        article_file(number, f"2026-01-{5 + number:02}", id=f"id-{number}", companies=["voss"]) for number in range(6)
    )
    return write_issue_site(tmp_path / "site", numbers)


def test_an_issue_in_a_few_lines(digest: Path, call: Call) -> None:
    done = call("issue", "--site", digest)
    assert done.status == 0
    assert "Week 2, 5–11 January 2026: 6 stories from 6 articles" in done.out
    assert "first seen: Voss" in done.out
    data = json.loads(call("issue", "2026-01", "--json", "--site", digest).out)
    assert (data["issue"], len(data["stories"]), data["first"]) == ("2026-01", 6, ["Voss"])


@pytest.mark.parametrize(("key", "mend"), [("2026-w03", "did you mean 2026-w02"), ("x", "issues are called")])
def test_there_is_no_such_issue(digest: Path, call: Call, key: str, mend: str) -> None:
    done = call("issue", key, "--site", digest)
    assert (done.status, mend in done.err) == (2, True)


def test_the_editor_pins_orders_and_drops(digest: Path, call: Call) -> None:
    head = "title: A word\npin: [id-3]\norder: [/articles/2026/note-1/]\ndrop: [id-5]\n"
    note(digest, f"---\n{head}---\nSee [Voss](/companies/voss/).\n")
    assert call("build", "--site", digest).status == 0
    page = (digest / "output/issues/2026-w02/index.html").read_text(encoding="utf-8")
    assert list(dict.fromkeys(re.findall(r"/articles/2026/note-(\d)/", page)))[:2] == ["3", "1"]
    assert "note-5" not in page
    assert "left out 1 story" in page
    assert 'href="/companies/voss/"' in page
    assert page.index("A word") < page.index(">Note 3<")


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("2026-w02", "---\ndrop: [id-1]\npin: [id-33]\n---\n", "2026-w02.md:3: names id-33, which is no article"),
        ("2026-w02", "---\npinned: [id-3]\n---\n", "pin"),
        ("2026-w02", "See [it](/companies/vos/).\n", "/companies/vos/"),
        ("2026-w40", "Words.\n", "has no stories"),
        ("week-2", "Words.\n", "named after no week or month"),
    ],
)
def test_what_an_editor_gets_wrong_is_told(digest: Path, call: Call, key: str, text: str, told: str) -> None:
    note(digest, text, key)
    done = call("build", "--site", digest)
    assert done.status == 1
    assert told in done.err


def test_a_mail_holds_in_mail_programs(digest: Path, tmp_path: Path, call: Call) -> None:
    note(digest, "See [Voss & co](/companies/voss/).\n")
    path = tmp_path / "week.html"
    assert call("issue", "--site", digest, "--email", path, "--eml", tmp_path / "week.eml").status == 0
    text = path.read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    body = text[text.index("<body") :]
    assert "<style" not in body
    assert "<script" not in text
    assert "<img" not in text
    assert "prefers-color-scheme: dark" in text
    links = re.findall(r'href="([^"]*)"', text)
    assert all(link.startswith("https://notes.example/") for link in links)
    assert "https://notes.example/companies/voss/" in links
    plain = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert "See Voss & co." in plain
    assert "https://notes.example/articles/2026/note-1/" in plain
    message = email.message_from_bytes((tmp_path / "week.eml").read_bytes(), policy=email.policy.default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Subject"] == "Notes: Week 2, 5–11 January 2026"
    assert message["Date"] is None


def test_the_same_issue_is_the_same_message(digest: Path) -> None:
    one, other = (issue_email.email_message(issue_email.render_email(digest, None)[1]) for _ in range(2))
    assert one == other


def test_a_long_issue_is_cut_with_a_link_to_the_rest(digest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = issue_email.render_email(digest, None)[1]
    monkeypatch.setattr(issue_email, "MAX_HTML_BYTES", len(whole.html.encode()) - 800)
    cut = issue_email.render_email(digest, None)[1]
    assert len(cut.html.encode()) <= issue_email.MAX_HTML_BYTES
    assert re.search(r"\d more stor(y|ies) on the page of this issue", cut.html)
    assert re.search(r"\d more stor(y|ies) on the page of this issue", cut.text)


def test_a_mail_needs_the_sites_address(digest: Path, call: Call) -> None:
    (digest / "content/site.yaml").write_text("title: Notes\n", encoding="utf-8")
    done = call("issue", "--site", digest, "--email")
    assert (done.status, "base_url" in done.err) == (2, True)


def test_no_story_is_lost_but_the_dropped(digest: Path) -> None:
    site = load_issue_site(*(article_file(number, f"2026-01-{5 + number:02}") for number in range(6)))
    assert len(site.arranged_stories("2026-w02").stories) == len(site.stories_of_issue("2026-w02")) == 6
