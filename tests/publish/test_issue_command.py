"""`site-gen issue`, its mail, and what an editor says of an issue."""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
from typing import TYPE_CHECKING

import html5lib
import pytest

from site_gen.publish import issue_email
from site_gen.site import issues
from tests.support.issue_sites import article_file, load_issue_site, write_issue_site
from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


def write_note(folder: Path, text: str, key: str = "2026-w02") -> None:
    write_files(folder, {f"content/issues/{key}.md": text})


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site with six stories in a week, each with an id of its own."""
    articles = (
        article_file(number, f"2026-01-{5 + number:02}", id=f"id-{number}", companies=["voss"]) for number in range(6)
    )
    return write_issue_site(tmp_path / "site", articles)


def test_it_prints_an_issue_in_a_few_lines(site: Path, call: Call) -> None:
    done = call("issue", "--site", site)
    assert done.status == 0
    assert "Week 2, 5–11 January 2026: 6 stories from 6 articles" in done.out
    assert "first mentioned: Voss" in done.out
    data = json.loads(call("issue", "2026-01", "--json", "--site", site).out)
    assert (data["issue"], len(data["stories"]), data["first"]) == ("2026-01", 6, ["Voss"])


@pytest.mark.parametrize(("key", "mend"), [("2026-w03", "did you mean 2026-w02"), ("x", "issues are called")])
def test_an_issue_that_is_not_there_is_answered_with_one_that_is(site: Path, call: Call, key: str, mend: str) -> None:
    done = call("issue", key, "--site", site)
    assert (done.status, mend in done.err) == (2, True)


@pytest.mark.parametrize(("companies", "has_files"), [(["voss"], True), (["voss"], False), ([], False)])
def test_who_asks_for_days_of_one_story_gets_an_issue_of_it(
    tmp_path: Path, call: Call, companies: list[str], *, has_files: bool
) -> None:
    site = write_issue_site(tmp_path / "site", [article_file(1, "2026-01-06", companies=companies)])
    if not has_files:
        shutil.rmtree(site / "content/companies")
    assert call("issue", "2026-w02", "--site", site).out.startswith(
        "Week 2, 5–11 January 2026: 1 story from 1 article, 0 outlets\n"
    )
    mail = ("issue", "2026-w02", "--eml", tmp_path / "week.eml", "--site", site)
    assert "write content/issues/2026-w02.md" in call(*mail).out
    write_note(site, "---\ntitle: A quiet week\n---\n")
    assert call("build", "--site", site).status == 0
    assert "A quiet week" in (site / "output/issues/2026-w02/index.html").read_text("utf-8")
    assert "2026-w02.md" not in call(*mail).out
    (site / "content/issues/2026-w02.md").unlink()
    assert call("build", "--site", site).status == 0
    assert not (site / "output/issues/2026-w02").exists()


def test_a_story_of_nobody_followed_makes_no_issue(tmp_path: Path, call: Call) -> None:
    site = write_issue_site(tmp_path / "site", [article_file(1, "2026-01-06")])
    done = call("issue", "2026-w02", "--site", site)
    assert done.status == 2
    assert "no dated story of that time names anyone you follow" in done.err


def test_the_editor_pins_orders_and_drops(site: Path, call: Call) -> None:
    head = "title: A word\npin: [id-3]\norder: [/articles/2026/note-1/]\ndrop: [id-5]\n"
    write_note(site, f"---\n{head}---\nSee [Voss](/companies/voss/).\n")
    assert call("build", "--site", site).status == 0
    page = (site / "output/issues/2026-w02/index.html").read_text(encoding="utf-8")
    assert list(dict.fromkeys(re.findall(r"/articles/2026/note-(\d)/", page)))[:2] == ["3", "1"]
    assert "note-5" not in page
    assert "left out 1 story" in page
    assert 'href="/companies/voss/"' in page
    assert page.index("A word") < page.index(">Note 3<")


@pytest.mark.parametrize(
    ("key", "text", "complaint"),
    [
        ("2026-w02", "---\ndrop: [id-1]\npin: [id-33]\n---\n", "2026-w02.md:3: names id-33, which is not an article"),
        ("2026-w02", "---\npinned: [id-3]\n---\n", "pin"),
        ("2026-w02", "See [it](/companies/vos/).\n", "/companies/vos/"),
        ("2026-w40", "Words.\n", "which has no issue: no story of that time names anyone you follow"),
        ("week-2", "Words.\n", "not named after a week, month or year"),
    ],
)
def test_a_mistake_in_an_editors_note_is_reported(site: Path, call: Call, key: str, text: str, complaint: str) -> None:
    write_note(site, text, key)
    done = call("build", "--site", site)
    assert done.status == 1
    assert complaint in done.err


def test_a_mail_uses_only_what_mail_programs_know(site: Path, tmp_path: Path, call: Call) -> None:
    write_note(site, "See [Voss & co](/companies/voss/).\n")
    path = tmp_path / "week.html"
    assert call("issue", "--site", site, "--email", path, "--eml", tmp_path / "week.eml").status == 0
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


def test_the_same_issue_is_the_same_message(site: Path) -> None:
    first, second = (issue_email.email_message(issue_email.render_email(site, None)[1]) for _ in range(2))
    assert first == second


def test_a_long_issue_is_cut_with_a_link_to_the_rest(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = issue_email.render_email(site, None)[1]
    monkeypatch.setattr(issue_email, "MAX_HTML_BYTES", len(whole.html.encode()) - 800)
    cut = issue_email.render_email(site, None)[1]
    assert len(cut.html.encode()) <= issue_email.MAX_HTML_BYTES
    assert re.search(r"\d more stor(y|ies) in this issue on the web", cut.html)
    assert re.search(r"\d more stor(y|ies) in this issue on the web", cut.text)


def test_a_mail_needs_the_base_url(site: Path, call: Call) -> None:
    (site / "content/site.yaml").write_text("title: Notes\n", encoding="utf-8")
    done = call("issue", "--site", site, "--email")
    assert (done.status, "base_url" in done.err) == (2, True)


def test_an_issue_without_a_note_holds_every_story() -> None:
    site = load_issue_site(
        *(article_file(number, f"2026-01-{5 + number:02}", companies=["voss"]) for number in range(6))
    )
    assert len(issues.arranged_stories(site, "2026-w02").stories) == len(issues.stories_of(site, "2026-w02")) == 6
