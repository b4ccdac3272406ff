"""The `tag` command: a person's word stays, only the keys that are ours change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.sites import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

# Quoting, comments, order and odd spacing that a tool has no business to touch.
ARTICLE = """---
id:   abc123
# my own comment
title:   'Silo of Elmswick Grain stays'   # said the board
created: 2026-03-05
rating-of-mine: {a:   1}
companies:
  - elmswick-grain   # the owner
topics: [ storage ]
tagged: [companies/elmswick-grain, topics/storage]

published: "2026-03-04"
---


The silo of Elmswick Grain stays.\x20\x20
Tallow Pier goes.

\tAn indented line.
"""


ABOUT = "about companies/elmswick-grain, companies/tallow-pier"
MARKS = "about/companies/elmswick-grain, about/companies/tallow-pier"


@pytest.fixture
def article(site: Path) -> Path:
    config = site / "content/site.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "extra_keys: [rating-of-mine]\n", encoding="utf-8")
    path = site / "content/articles/2026/silo-stays.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(ARTICLE.encode())
    return path


def changed_lines(before: str, after: str) -> tuple[set[str], set[str]]:
    return set(before.split("\n")) - set(after.split("\n")), set(after.split("\n")) - set(before.split("\n"))


def test_only_owned_keys_change(call: Call, site: Path, article: Path) -> None:
    done = call("tag", "--site", site)
    assert done.status == 0
    assert done.lines == [
        f"content/articles/2026/silo-stays.md  +companies/tallow-pier  {ABOUT}",
        "1 article changed",
    ]
    after = article.read_text(encoding="utf-8")
    gone, new = changed_lines(ARTICLE, after)
    assert gone == {"tagged: [companies/elmswick-grain, topics/storage]"}
    assert new == {
        "  - tallow-pier",
        f"tagged: [companies/elmswick-grain, topics/storage, companies/tallow-pier, {MARKS}]",
        "about: [companies/elmswick-grain, companies/tallow-pier]",
    }
    assert after.partition("\n---\n")[2] == ARTICLE.partition("\n---\n")[2]


def test_a_second_time_nothing_changes(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    once, mtime = article.read_bytes(), article.stat().st_mtime_ns
    done = call("tag", "--site", site)
    assert (done.status, done.lines) == (0, ["0 articles changed"])
    assert (article.read_bytes(), article.stat().st_mtime_ns) == (once, mtime)
    assert call("tag", "--site", site, "--check").status == 0


def test_check_only_tells(call: Call, site: Path, article: Path) -> None:
    before = read_files(site)
    done = call("tag", "--site", site, "--check")
    assert done.status == 1
    assert done.lines == [
        f"content/articles/2026/silo-stays.md  +companies/tallow-pier  {ABOUT}",
        "1 article would change",
    ]
    assert read_files(site) == before


def test_json(call: Call, site: Path, article: Path) -> None:
    assert call("tag", "--site", site, "--check", "--json").record == {
        "article": "content/articles/2026/silo-stays.md",
        "added": ["companies/tallow-pier"], "removed": [], "ignored": [],
        "about": ["companies/elmswick-grain", "companies/tallow-pier"], "problem": None,
    }  # fmt: skip


def test_what_a_person_took_out_stays_out(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    article.write_text(article.read_text(encoding="utf-8").replace("  - tallow-pier\n", ""), encoding="utf-8")
    done = call("tag", "--site", site)
    assert "  ignored companies/tallow-pier" in done.lines[0]
    text = article.read_text(encoding="utf-8")
    assert "ignore: [companies/tallow-pier]\n" in text
    assert "tallow-pier" not in text.replace("ignore: [companies/tallow-pier]", "")
    assert call("tag", "--site", site).lines == ["0 articles changed"]
    assert article.read_text(encoding="utf-8") == text


def test_what_a_person_put_in_stays(call: Call, site: Path, article: Path) -> None:
    article.write_text(ARTICLE.replace("topics: [ storage ]", "topics: [ storage, Night Flights ]"), encoding="utf-8")
    call("tag", "--site", site)
    assert "topics: [ storage, Night Flights ]\n" in article.read_text(encoding="utf-8")


def test_a_tag_whose_entity_goes_goes_too(call: Call, site: Path, article: Path) -> None:
    (site / "content/companies/elmswick-grain.md").unlink()
    done = call("tag", "--site", site, "--json").record
    assert done["removed"] == ["companies/elmswick-grain"]
    assert done["ignored"] == []
    text = article.read_text(encoding="utf-8")
    assert "- elmswick-grain" not in text
    assert "ignore" not in text


def test_a_new_entity_is_found_in_old_articles(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    (site / "content/topics/lines.md").write_text("---\nname: Lines\nkeywords: [goes]\n---\n", encoding="utf-8")
    assert call("tag", "--site", site, "--json").record["added"] == ["topics/lines"]
    assert re.search(r"(?m)^topics: \[ storage, lines ]$", article.read_text(encoding="utf-8"))


def test_a_tag_that_a_person_gave_stays_though_the_text_earned_it_for_a_while(
    call: Call, site: Path, article: Path
) -> None:
    given = "  - elmswick-grain   # the owner\n"
    article.write_text(ARTICLE.replace(given, f"{given}  - tallow-pier\n"), encoding="utf-8")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert re.search(r"(?m)^tagged: .*[^/]companies/tallow-pier", text) is None
    assert "by_hand: [companies/tallow-pier]\n" in text
    (site / "content/companies/tallow-pier.md").write_text("---\nname: Nowhere Named\n---\n", encoding="utf-8")
    call("tag", "--site", site)
    assert "  - tallow-pier\n" in article.read_text(encoding="utf-8")


def test_a_tag_that_a_person_gave_and_took_out_again_does_not_come_back(call: Call, site: Path, article: Path) -> None:
    given = "  - elmswick-grain   # the owner\n"
    article.write_text(ARTICLE.replace(given, f"{given}  - tallow-pier\n"), encoding="utf-8")
    call("tag", "--site", site)
    article.write_text(article.read_text(encoding="utf-8").replace("  - tallow-pier\n", ""), encoding="utf-8")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert "ignore: [companies/tallow-pier]\n" in text
    assert "tallow-pier" not in text.replace("ignore: [companies/tallow-pier]", "")
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_a_person_says_what_an_article_is_about(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    article.write_text(text.replace("about: [companies/elmswick-grain, ", "about: ["), encoding="utf-8")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert "about: [companies/tallow-pier]\n" in text
    assert "ignore: [about/companies/elmswick-grain]\n" in text
    assert "  - elmswick-grain   # the owner\n" in text
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_who_stands_under_about_is_tagged(call: Call, site: Path, article: Path) -> None:
    article.write_text(ARTICLE.replace("topics: [ ", "about: [companies/Nobody Known]\ntopics: [ "), encoding="utf-8")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert re.search(r"(?m)^about: \[companies/nobody-known, companies/elmswick-grain, companies/tallow-pier]$", text)
    assert "  - nobody-known\n" in text
    assert "by_hand: [companies/nobody-known, about/companies/nobody-known]\n" in text
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_why(call: Call, site: Path, article: Path) -> None:
    before = read_files(site)
    done = call("tag", "--site", site, "--why", article)
    assert done.status == 0
    assert done.lines[:2] == [
        "companies/elmswick-grain  “Elmswick Grain” by name; about it: in the title",
        "    … Silo of Elmswick Grain stays ¶ The silo of Elmswick Grain stays. Tallow Pier goes. …",
    ]
    assert "companies/tallow-pier  “Tallow Pier” by name; about it: in the lead" in done.lines
    records = call("tag", "--site", site, "--why", "content/articles/2026/silo-stays.md", "--json").records
    assert [record["tag"] for record in records] == [
        "companies/elmswick-grain",
        "topics/storage",
        "companies/tallow-pier",
    ]
    assert read_files(site) == before
    assert call("tag", "--site", site, "--why", "content/articles/2026/other.md").status == 2


def test_why_not(call: Call, site: Path) -> None:
    path = site / "content/articles/2026/why-not.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "---\nid: abc999\ntitle: Halden opens\ncreated: 2026-03-05\n"
        "about: [companies/quillo]\ncompanies: [quillo]\nignore: [about/companies/halden]\n---\n"
        "Halden opened on Monday, said Brandur founder Ina Dahl, and Mr. Hamilton wept. Quillo came.\n\n"
        "He wrote to Anchor. They met at Anvil Tavern. It was an anvil. Halden Park is green.\n",
        encoding="utf-8",
    )
    for name in ("Halden", "Brandur", "Hamilton", "Quillo", "Anchor", "Anvil", "Park"):
        (site / f"content/companies/{name.lower()}.md").write_text(f"---\nname: {name}\n---\n", encoding="utf-8")
    records = {record["tag"]: record for record in call("tag", "--site", site, "--why", path, "--json").records}
    told = {tag.partition("/")[2]: (record["not_about"], record["but"]) for tag, record in records.items()}
    assert told["halden"] == ("you took it out of `about:`", None)
    assert told["brandur"] == ("not in the title; in the lead only before “founder”; named once, not 5", None)
    assert told["quillo"] == (None, None)
    assert told["hamilton"][1].startswith("not counted: a person has this name here")
    assert told["anchor"][1].startswith("not counted: may be an ordinary word; it needs its long name")
    assert told["anchor"][1].endswith("or to stand by itself 5 times (here 1)")
    assert told["anvil"][1] == "not counted: part of another name there, or an ordinary word"
    lines = call("tag", "--site", site, "--why", path).lines
    assert "    not about it: you took it out of `about:`" in lines
    assert "companies/anvil  “Anvil” not counted: part of another name there, or an ordinary word" in lines


def test_what_only_becomes_known_is_told_too(call: Call, site: Path, article: Path) -> None:
    # A person took a tag out and said so; the program's own list still has it.
    text = ARTICLE.replace("tagged: [", "ignore: [companies/gone]\ntagged: [companies/gone, ")
    article.write_text(text, encoding="utf-8")
    call("tag", "--site", site)
    assert "companies/gone, " not in article.read_text(encoding="utf-8")
    assert call("tag", "--site", site, "--check").status == 0


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_line_ends_and_byte_order_mark_stay(call: Call, site: Path, article: Path, newline: str, mark: str) -> None:
    before = (mark + ARTICLE).replace("\n", newline)
    article.write_bytes(before.encode())
    assert call("tag", "--site", site).status == 0
    after = article.read_bytes().decode()
    assert after.startswith(mark + "---" + newline)
    assert after.count("\n") == before.count("\n") + 2  # a company more, and `about:`
    assert (newline == "\n") == ("\r" not in after)
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)


def test_wrong_content_changes_nothing(call: Call, site: Path, article: Path) -> None:
    (site / "content/topics/storage.md").write_text("---\nname: [\n---\n", encoding="utf-8")
    before = read_files(site)
    done = call("tag", "--site", site)
    assert done.status == 1
    assert "content/topics/storage.md:" in done.err
    assert read_files(site) == before


def test_no_site_is_used_wrongly(call: Call, tmp_path: Path) -> None:
    done = call("tag", "--site", tmp_path)
    assert done.status == 2
    assert "no site here" in done.err
