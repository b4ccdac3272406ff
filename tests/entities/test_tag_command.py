"""`site-gen tag`: it changes only the keys that are the program's, and what a person wrote stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_gen.content import schema
from site_gen.entities import retag
from site_gen.ingest import add_pages
from tests.support.sites import append_to_file, differing_files, edit_file, read_files, write_files

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


ARTICLE_FILE = "content/articles/2026/silo-stays.md"
OWNER_LINE = "  - elmswick-grain   # the owner\n"
ABOUT = "about companies/elmswick-grain, companies/tallow-pier"
MARKS = "about/companies/elmswick-grain, about/companies/tallow-pier"


@pytest.fixture
def article(site: Path) -> Path:
    append_to_file(site / "content/site.yaml", "extra_keys: [rating-of-mine]\n")
    return write_files(site, {ARTICLE_FILE: ARTICLE}) / ARTICLE_FILE


def changed_lines(before: str, after: str) -> tuple[set[str], set[str]]:
    return set(before.split("\n")) - set(after.split("\n")), set(after.split("\n")) - set(before.split("\n"))


def test_tagging_changes_only_the_keys_of_the_program(call: Call, site: Path, article: Path) -> None:
    done = call("tag", "--site", site)
    assert done.status == 0
    assert done.lines == [
        f"{ARTICLE_FILE}  +companies/tallow-pier  {ABOUT}",
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


def test_tagging_a_second_time_changes_nothing(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    once, mtime = article.read_bytes(), article.stat().st_mtime_ns
    done = call("tag", "--site", site)
    assert (done.status, done.lines) == (0, ["0 articles changed"])
    assert (article.read_bytes(), article.stat().st_mtime_ns) == (once, mtime)
    assert call("tag", "--site", site, "--check").status == 0


def test_check_prints_what_would_change_and_changes_nothing(call: Call, site: Path, article: Path) -> None:
    before = read_files(site)
    done = call("tag", "--site", site, "--check")
    assert done.status == 1
    assert done.lines == [
        f"{ARTICLE_FILE}  +companies/tallow-pier  {ABOUT}",
        "1 article would change",
    ]
    assert read_files(site) == before


def test_json_describes_the_change_of_an_article(call: Call, site: Path, article: Path) -> None:
    assert call("tag", "--site", site, "--check", "--json").record == {
        "article": ARTICLE_FILE,
        "added": ["companies/tallow-pier"], "removed": [], "ignored": [],
        "about": ["companies/elmswick-grain", "companies/tallow-pier"], "problem": None,
    }  # fmt: skip


def test_a_tag_that_a_person_removed_stays_out(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    edit_file(article, "  - tallow-pier\n", "")
    done = call("tag", "--site", site)
    assert "  ignored companies/tallow-pier" in done.lines[0]
    text = article.read_text(encoding="utf-8")
    assert "ignore: [companies/tallow-pier]\n" in text
    assert "tallow-pier" not in text.replace("ignore: [companies/tallow-pier]", "")
    assert call("tag", "--site", site).lines == ["0 articles changed"]
    assert article.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("ignored", ["companies/tallow-pier", "about/companies/tallow-pier", "topics/storage"])
def test_what_is_listed_under_ignore_is_off_the_pages_before_the_article_is_tagged_again(
    call: Call, site: Path, article: Path, ignored: str
) -> None:
    call("tag", "--site", site)
    call("build", "--site", site)
    before = read_files(site / "output")
    edit_file(article, "---\n", f"---\nignore: [{ignored}]\n")
    assert call("build", "--site", site).status == 0
    pages = read_files(site / "output")
    assert differing_files(pages, before)
    call("tag", "--site", site)
    call("build", "--site", site)
    assert differing_files(pages, read_files(site / "output")) == []


def test_a_tag_that_a_person_put_in_stays_though_it_is_listed_under_ignore(
    call: Call, site: Path, article: Path
) -> None:
    edit_file(article, OWNER_LINE, f"{OWNER_LINE}  - tallow-pier\n")
    edit_file(article, "---\n", "---\nignore: [companies/tallow-pier]\n")
    for command in ("build", "tag", "build"):
        call(command, "--site", site)
        assert "tallow-pier" in article.read_text("utf-8").split("---")[1]
        assert (site / "output/articles/2026/silo-stays/index.html").read_text("utf-8").count("/companies/tallow-pier/")


def test_an_article_that_would_get_more_tags_than_a_build_takes_stays_as_it_is(
    call: Call, site: Path, article: Path, saved_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (retag, schema, add_pages):
        monkeypatch.setattr(module, "MOST_TAGS", 2)
    before = article.read_bytes()
    for check in ((), ("--check",)):
        done = call("tag", *check, "--site", site)
        assert done.status == 1
        assert f"{ARTICLE_FILE}: names so many entities that it would get 3 tags, 2 at most" in done.err
        assert article.read_bytes() == before
    monkeypatch.setattr(add_pages, "MOST_TAGS", 0)
    done = call("add", saved_pages, "--site", site)
    assert "names 2 entities; an article has 0 tags at most" in done.out + done.err
    monkeypatch.setattr(schema, "MOST_TAGS", 3)
    assert call("build", "--site", site).status == 0


def test_a_tag_that_a_person_added_stays(call: Call, site: Path, article: Path) -> None:
    edit_file(article, "topics: [ storage ]", "topics: [ storage, Night Flights ]")
    call("tag", "--site", site)
    assert "topics: [ storage, Night Flights ]\n" in article.read_text(encoding="utf-8")


def test_a_tag_goes_with_its_entity(call: Call, site: Path, article: Path) -> None:
    (site / "content/companies/elmswick-grain.md").unlink()
    done = call("tag", "--site", site, "--json").record
    assert done["removed"] == ["companies/elmswick-grain"]
    assert done["ignored"] == []
    text = article.read_text(encoding="utf-8")
    assert "- elmswick-grain" not in text
    assert "ignore" not in text


def test_old_articles_are_tagged_with_a_new_entity(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    write_files(site, {"content/topics/lines.md": "---\nname: Lines\nkeywords: [stays]\n---\n"})
    assert call("tag", "--site", site, "--json").record["added"] == ["topics/lines"]
    assert re.search(r"(?m)^topics: \[ storage, lines ]$", article.read_text(encoding="utf-8"))


def test_a_tag_of_a_person_stays_after_the_text_earned_it_for_a_while(call: Call, site: Path, article: Path) -> None:
    edit_file(article, OWNER_LINE, f"{OWNER_LINE}  - tallow-pier\n")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert re.search(r"(?m)^tagged: .*[^/]companies/tallow-pier", text) is None
    assert "by_hand: [companies/tallow-pier]\n" in text
    write_files(site, {"content/companies/tallow-pier.md": "---\nname: Nowhere Named\n---\n"})
    call("tag", "--site", site)
    assert "  - tallow-pier\n" in article.read_text(encoding="utf-8")


def test_a_tag_that_a_person_added_and_removed_does_not_return(call: Call, site: Path, article: Path) -> None:
    edit_file(article, OWNER_LINE, f"{OWNER_LINE}  - tallow-pier\n")
    call("tag", "--site", site)
    edit_file(article, "  - tallow-pier\n", "")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert "ignore: [companies/tallow-pier]\n" in text
    assert "tallow-pier" not in text.replace("ignore: [companies/tallow-pier]", "")
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_a_subject_that_a_person_removed_stays_out(call: Call, site: Path, article: Path) -> None:
    call("tag", "--site", site)
    edit_file(article, "about: [companies/elmswick-grain, ", "about: [")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert "about: [companies/tallow-pier]\n" in text
    assert "ignore: [about/companies/elmswick-grain]\n" in text
    assert "  - elmswick-grain   # the owner\n" in text
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_an_entity_under_about_is_tagged_too(call: Call, site: Path, article: Path) -> None:
    edit_file(article, "topics: [ ", "about: [companies/Nobody Known]\ntopics: [ ")
    call("tag", "--site", site)
    text = article.read_text(encoding="utf-8")
    assert re.search(r"(?m)^about: \[companies/nobody-known, companies/elmswick-grain, companies/tallow-pier]$", text)
    assert "  - nobody-known\n" in text
    assert "by_hand: [companies/nobody-known, about/companies/nobody-known]\n" in text
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_why_explains_each_tag_of_an_article(call: Call, site: Path, article: Path) -> None:
    before = read_files(site)
    done = call("tag", "--site", site, "--why", article)
    reasons = "in the title; in the lead of news; in a short text"
    assert done.status == 0
    assert done.lines[:2] == [
        f"companies/elmswick-grain  “Elmswick Grain” by name; about it: {reasons}",
        "    … Silo of Elmswick Grain stays ¶ The silo of Elmswick Grain stays. Tallow Pier goes. …",
    ]
    assert any(line.startswith("companies/tallow-pier  “Tallow Pier” by name; about it: ") for line in done.lines)
    records = call("tag", "--site", site, "--why", ARTICLE_FILE, "--json").records
    assert [record["tag"] for record in records] == [
        "companies/elmswick-grain",
        "topics/storage",
        "companies/tallow-pier",
    ]
    assert read_files(site) == before
    assert call("tag", "--site", site, "--why", "content/articles/2026/other.md").status == 2


def test_why_says_by_hand_of_what_a_person_put_in_only(call: Call, site: Path, article: Path) -> None:
    edit_file(article, OWNER_LINE, f"{OWNER_LINE}  - tallow-pier\n  - nobody\n")
    for company in ("elmswick-grain", "tallow-pier"):
        write_files(site, {f"content/companies/{company}.md": "---\nname: Nowhere Named\n---\n"})
    records = call("tag", "--site", site, "--why", article, "--json").records
    rules = {record["tag"]: record["rule"] for record in records}
    assert rules["companies/elmswick-grain"] == "given before; the next `site-gen tag` removes it"
    assert rules["companies/tallow-pier"] == rules["companies/nobody"] == "put in by hand"


def test_a_link_to_a_note_puts_its_entity_in_by_hand(call: Call, site: Path) -> None:
    file = "content/articles/2026/links.md"
    text = "Ask [[Elmswick Grain]], [[Tallow Pier|the landing]] or [[Nobody]].\n"
    write_files(site, {file: f"---\ntitle: Links\n---\n{text}"})
    (site / "content/companies/tallow-pier.md").unlink()
    call("tag", "--site", site)
    assert "companies: [elmswick-grain]" in (site / file).read_text(encoding="utf-8")
    write_files(site, {"content/companies/pier.md": "---\nname: The Pier\nnames: [Tallow Pier]\n---\n"})
    assert call("tag", "--site", site, "--json", file).record["added"] == ["companies/pier"]
    after = (site / file).read_text(encoding="utf-8")
    assert "companies: [elmswick-grain, pier]\n" in after
    assert "by_hand: [companies/elmswick-grain, companies/pier]\n" in after
    assert "\ntagged: [about/companies/elmswick-grain]\n" in after
    assert after.endswith(f"---\n{text}")
    reasons = {record["tag"]: record for record in call("tag", "--site", site, "--why", file, "--json").records}
    assert reasons["companies/elmswick-grain"]["rule"] == "by name; linked by hand in the text"
    assert reasons["companies/pier"]["rule"] == "linked by hand in the text"
    assert reasons["companies/pier"]["name"] == "the landing"
    edit_file(site / file, "elmswick-grain, pier]", "elmswick-grain]")
    call("tag", "--site", site)
    assert "ignore: [companies/pier]\n" in (site / file).read_text(encoding="utf-8")
    assert call("tag", "--site", site).lines == ["0 articles changed"]


def test_why_explains_what_is_not_tagged_or_not_a_subject(call: Call, site: Path) -> None:
    article = (
        "---\nid: abc999\ntitle: Halden opens\ncreated: 2026-03-05\n"
        "about: [companies/quillo]\ncompanies: [quillo]\nignore: [about/companies/halden]\n---\n"
        "Halden opened on Monday, said Brandur founder Ina Dahl, and Mr. Hamilton wept. Quillo came.\n\n"
        "He wrote to Anchor. They like Leeds. They met at Anvil Tavern. It was an anvil. Halden Park is green.\n"
    )
    companies = {
        f"content/companies/{name.lower()}.md": f"---\nname: {name}\n---\n"
        for name in ("Halden", "Brandur", "Hamilton", "Quillo", "Anchor", "Anvil", "Park", "Leeds")
    }
    path = (
        write_files(site, {"content/articles/2026/why-not.md": article, **companies})
        / "content/articles/2026/why-not.md"
    )
    records = {record["tag"]: record for record in call("tag", "--site", site, "--why", path, "--json").records}
    reasons = {tag.partition("/")[2]: (record["not_about"], record["but"]) for tag, record in records.items()}
    assert reasons["halden"] == ("you removed it from `about:`", None)
    assert reasons["brandur"][0].endswith(
        "; named only once; seldom acts in its sentences; in the lead before “founder”"
    )
    assert reasons["quillo"] == (None, None)
    assert reasons["hamilton"][1].startswith("not counted: a person has this name here")
    assert reasons["anchor"][1].startswith("not counted: may be an ordinary word; it needs its long name")
    assert reasons["anchor"][1].endswith("or to stand by itself 5 times (here 1)")
    assert reasons["leeds"][1].startswith("not counted: others have this name, too; it needs its long name")
    assert reasons["anvil"][1] == "not counted: part of another name there, or an ordinary word"
    lines = call("tag", "--site", site, "--why", path).lines
    assert "    not about it: you removed it from `about:`" in lines
    assert "companies/anvil  “Anvil” not counted: part of another name there, or an ordinary word" in lines


def test_a_stale_entry_in_the_list_of_the_program_is_removed(call: Call, site: Path, article: Path) -> None:
    # A person took a tag out and said so; the program's own list still has it.
    edit_file(article, "tagged: [", "ignore: [companies/gone]\ntagged: [companies/gone, ")
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


def test_wrong_content_is_reported_and_nothing_changes(call: Call, site: Path, article: Path) -> None:
    write_files(site, {"content/topics/storage.md": "---\nname: [\n---\n"})
    before = read_files(site)
    done = call("tag", "--site", site)
    assert done.status == 1
    assert "content/topics/storage.md:" in done.err
    assert read_files(site) == before


def test_tagging_without_a_site_is_refused(call: Call, tmp_path: Path) -> None:
    done = call("tag", "--site", tmp_path)
    assert done.status == 2
    assert "no site here" in done.err
