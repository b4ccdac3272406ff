"""`site-gen stories`: what is folded and why, and a person's corrections, which stay."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from tests.support.sites import clean_build, differing_files, markdown_file, own_words, read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

FOLDER = "content/articles/2026"


def report(number: int, day: str, text: str, **fields: object) -> tuple[str, str]:
    head = {"id": f"id-{number}", "title": f"Report {number}", "published": day, "site": f"Outlet {number}", **fields}
    return f"{FOLDER}/report-{number}.md", markdown_file(text, **head)


@pytest.fixture
def site(site: Path) -> Path:
    """Write a site with two copies of a text, a copy of these that came first, and two texts of their own."""
    event = own_words(1)
    return write_files(
        site,
        dict(
            [
                report(1, "2026-01-06", event),
                report(2, "2026-01-07", f"{event} {own_words(2)[:90]}"),
                report(3, "2026-01-05", event),
                report(4, "2026-01-07", own_words(4)),
                report(5, "2026-01-08", own_words(5), story={"lead": "id-4"}),
            ]
        ),
    )


def listed(call: Call, site: Path) -> list[list[tuple[str, str]]]:
    """Return the id and the reason of each article of each story."""
    rows = map(json.loads, call("stories", "--json", "--site", site).lines)
    return [[(article["id"], article["reason"]) for article in row["articles"]] for row in rows]


def test_it_lists_what_is_folded_and_why(call: Call, site: Path) -> None:
    assert listed(call, site) == [
        [("id-4", "lead"), ("id-5", "by hand")],
        [("id-3", "lead"), ("id-1", "copy"), ("id-2", "copy")],
    ]
    lines = call("stories", "--site", site).lines
    assert lines[0] == f"2026-01-07 Report 4 (Outlet 4)  id-4  {FOLDER}/report-4.md"
    assert lines[3] == "  2026-01-06 Report 1 (Outlet 1)  id-1  a copy: 100 % of the text"
    assert lines[-1] == "2 stories reported by several articles, 5 articles"


def test_reports_of_an_event_are_listed_with_the_words_that_they_share(call: Call, site: Path) -> None:
    words = own_words(8).split()[:40]
    files = [
        report(8, "2026-02-02", " ".join(words)), report(9, "2026-02-03", f"Quillport: {' '.join(reversed(words))}")
    ]  # fmt: skip
    write_files(site, dict(files))
    row = json.loads(call("stories", "--json", "--site", site).lines[0])
    assert [article["reason"] for article in row["articles"]] == ["lead", "event"]
    assert row["articles"][1]["like"] == "id-8"
    assert set(row["articles"][1]["words"]) <= {*words, "Report"}


def test_a_correction_changes_what_it_must_and_stays(call: Call, site: Path) -> None:
    assert call("build", "--site", site).status == 0
    before = read_files(site / "content")
    done = call("stories", "--apart", "id-2", f"{FOLDER}/report-3.md", "--site", site)
    assert done.lines == [f"{FOLDER}/report-2.md  story: {{not: [id-3]}}"]
    assert listed(call, site)[1] == [("id-3", "lead"), ("id-1", "copy")]
    assert differing_files(before, read_files(site / "content")) == ["articles/2026/report-2.md"]
    assert call("build", "--site", site).status == 0
    assert differing_files(read_files(site / "output"), clean_build(site)) == []
    # Back again, by address: what kept them apart goes.
    done = call("stories", "--same", "/articles/2026/report-2/", "id-1", "--site", site)
    assert done.lines == [f"{FOLDER}/report-2.md  story: {{lead: id-3}}"]
    assert listed(call, site)[1] == [("id-3", "lead"), ("id-1", "copy"), ("id-2", "by hand")]
    assert call("build", "--site", site).status == 0
    assert differing_files(read_files(site / "output"), clean_build(site)) == []


def test_two_stories_become_one_with_all_their_articles(call: Call, site: Path) -> None:
    done = call("stories", "--same", "id-5", "id-1", "--json", "--site", site)
    assert [json.loads(line) for line in done.lines] == [
        {"file": f"{FOLDER}/report-{number}.md", "value": {"lead": "id-3"}} for number in (4, 5)
    ]
    assert [identity for identity, _ in listed(call, site)[0]] == ["id-3", "id-1", "id-2", "id-4", "id-5"]
    assert call("stories", "--same", "id-2", "id-4", "--site", site).out.startswith("they are one story already")


def test_an_article_without_a_day_joins_one_that_has_a_day(call: Call, site: Path) -> None:
    text = markdown_file(own_words(6), id="id-6", title="Report 6", created="2026-01-02")
    write_files(site, {f"{FOLDER}/report-6.md": text})
    done = call("stories", "--same", "id-6", "id-4", "--site", site)
    assert done.lines == [f"{FOLDER}/report-6.md  story: {{lead: id-4}}"]


def test_any_two_can_be_parted_and_joined_again(call: Call, site: Path) -> None:
    for one, other in itertools.combinations([f"id-{number}" for number in range(1, 6)], 2):
        for option in ("--same", "--apart", "--same"):
            assert call("stories", option, one, other, "--site", site).status == 0
            together = any({one, other} <= {identity for identity, _ in story} for story in listed(call, site))
            assert together == (option == "--same")


@pytest.mark.parametrize(
    ("names", "message"),
    [(("id-1", "id-11"), "id-11 is not an article; did you mean id-1"), (("id-1", "id-1"), "one article; name two")],
)
def test_what_is_no_two_articles_is_refused(call: Call, site: Path, names: tuple[str, str], message: str) -> None:
    done = call("stories", "--same", *names, "--site", site)
    assert done.status == 2
    assert message in done.err
