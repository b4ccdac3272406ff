"""The `build` command: what it prints and counts, what it leaves alone, and that wrong content changes nothing."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

import pytest

from site_gen.build import output_dir
from tests.support.sites import append_to_file, read_files, small_site, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, Run

KEYS = ["pages", "drawn", "written", "unchanged", "removed", "seconds"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Copy the small site, for a test to change."""
    return small_site(tmp_path / "site")


def test_json_counts_pages_and_files(call: Call, site: Path) -> None:
    first_build = call("build", "--site", site, "--json", "--no-search")
    assert first_build.status == 0
    first = first_build.record
    assert list(first) == KEYS
    files = len(read_files(site / "output"))
    assert (first["written"], first["unchanged"], first["removed"]) == (files, 0, 0)
    assert 0 < first["pages"] < files  # the style sheet is no page
    second = call("build", "--site", site, "--json", "--no-search").record
    assert (second["written"], second["unchanged"], second["removed"]) == (0, files, 0)
    (site / "content/articles/2025/silo-stays.md").unlink()
    third = call("build", "--site", site, "--json", "--no-search").record
    # The article, its two redirects, its pair with both addresses, a week and a month that have too few stories now.
    assert third["removed"] == 7
    assert third["written"] > 0


def test_it_prints_one_line_and_each_note(call: Call, site: Path) -> None:
    done = call("build", "--site", site)
    assert done.status == 0
    assert len(done.lines) == 1
    assert " pages in " in done.lines[0]
    assert "note: content/articles/2025/ferry-waits.md: the tag companies/tallow-pier has no file" in done.err


def test_it_notes_a_name_that_counts_for_another(call: Call, site: Path) -> None:
    for number, name in enumerate(("Zq", "'Zq#'", "ZQ", "silo#")):
        text = f"---\ntitle: Boats\npublished: 2025-03-0{number + 1}\ncompanies: [{name}]\n---\nThree boats came.\n"
        write_files(site, {f"content/articles/2025/boats-{number}.md": text})
    done = call("build", "--site", site)
    assert done.status == 0
    notes = [line for line in done.err.splitlines() if "counts for" in line]
    mend = "to keep them apart, add content/companies/zq-sharp.md with `name: Zq#`"
    assert notes == [f"note: content/articles/2025/boats-1.md: the tag Zq# counts for Zq (companies/zq); {mend}"]
    write_files(site, {"content/companies/zq-sharp.md": "---\nname: 'Zq#'\n---\n"})
    done = call("build", "--site", site)
    assert "counts for" not in done.err
    assert "boats-1" in (site / "output/companies/zq-sharp/index.html").read_text("utf-8")


def test_it_notes_a_text_that_is_shown_as_plain_text(call: Call, site: Path) -> None:
    text = "---\ntitle: Brackets\n---\n" + "Cranes " + "![" * 20_001 + "\n"
    write_files(site, {"content/articles/2025/brackets.md": text})
    for _ in range(2):
        notes = [line for line in call("build", "--site", site).err.splitlines() if "plain text" in line]
        assert len(notes) == 1
        assert "content/articles/2025/brackets.md: has more markup than can be read" in notes[0]


def test_unchanged_files_keep_their_times(call: Call, site: Path) -> None:
    call("build", "--site", site)
    paths = [path for path in (site / "output").rglob("*") if path.is_file() and not path.name.startswith(".")]
    for path in paths:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    append_to_file(site / "content/about.md", "\nOne more line.\n")
    call("build", "--site", site)
    changed = [path.relative_to(site / "output").as_posix() for path in paths if path.stat().st_mtime > 1_000_000_000]
    assert changed == ["about/index.html"]


def test_the_output_folders_own_gitignore_stays(call: Call, site: Path) -> None:
    (site / "output").mkdir()
    (site / "output/.gitignore").write_text("*\n!.gitignore\n", encoding="utf-8")
    for _ in range(2):
        assert call("build", "--site", site).status == 0
    assert (site / "output/.gitignore").read_text(encoding="utf-8") == "*\n!.gitignore\n"


def test_a_foreign_file_in_the_way_stops_the_build_and_is_named(call: Call, site: Path) -> None:
    (site / "output/about").mkdir(parents=True)
    (site / "output/about/index.html").write_text("mine", encoding="utf-8")
    done = call("build", "--site", site)
    assert done.status == 1
    assert done.err.splitlines() == [
        (
            f"{site}/output/about/index.html: is in the way and was not written by a build; move it away"
            "; if an older version built all of it, delete the folder once"
        )
    ]
    assert read_files(site / "output") == {"about/index.html": b"mine"}


def test_a_page_changed_by_hand_stays_with_a_note_when_its_article_goes(call: Call, site: Path) -> None:
    call("build", "--site", site)
    page = site / "output/articles/2026/pier-closes/index.html"
    page.write_text("by hand", encoding="utf-8")
    (site / "content/articles/2026/pier-closes.md").unlink()
    done = call("build", "--site", site)
    assert done.status == 0
    assert f"note: {page}: is no longer part of the site, but was changed by hand" in done.err
    assert page.read_text(encoding="utf-8") == "by hand"


def test_a_second_build_at_the_same_time_is_refused(run: Run, site: Path) -> None:
    with output_dir.lock_folder(site / "output"):
        done = run("build", "--site", site)
        assert done.status == 2
        assert done.err == f"site-gen: another build is writing to {site}/output; wait for it to end\n"
        assert read_files(site / "output") == {}
    assert run("build", "--site", site).status == 0


# -- wrong content ------------------------------------------------------------------------------------

# Each file's name, its front matter, what the complaint has after the name, and what else is in it.
WRONG_FILES = [
    ("content/companies/bad-key.md", "name: Bad\nwebsit: https://a.example/", ":3: ", "website"),
    ("content/topics/no-name.md", "keywords: [x]", ":", "name"),
    ("content/articles/2026/bad-date.md", "title: Bad\npublished: 2026-02-31", ":3: ", "2026-02-31"),
    ("content/articles/2026/twice.md", "title: Bad\ntitle: Worse", ":3: ", "title"),
    ("content/articles/2026/same-id.md", "id: s1k0st4y\ntitle: Same", ":", "s1k0st4y"),
    (
        "content/articles/2026/taken.md",
        "title: X\nredirect_from: [/articles/2026/pier-closes/]",
        ":",
        "/articles/2026/pier-closes/",
    ),
]


@pytest.fixture
def wrong_site(site: Path) -> Path:
    return write_files(site, {name: f"---\n{head}\n---\nx\n" for name, head, _, _ in WRONG_FILES})


def test_wrong_content_is_reported_all_at_once_and_nothing_is_written(call: Call, wrong_site: Path) -> None:
    done = call("build", "--site", wrong_site)
    assert done.status == 1
    assert done.out == ""
    lines = done.err.splitlines()
    for name, _, at, word in WRONG_FILES:
        assert [line for line in lines if line.startswith(name + at) and word in line], name
    assert all(line.startswith("content/") for line in lines)
    assert not (wrong_site / "output").exists()


def test_wrong_content_leaves_the_old_output(call: Call, site: Path) -> None:
    call("build", "--site", site)
    before = read_files(site / "output")
    (site / "content/topics/storage.md").write_text("---\nnam: Storage\n---\n", encoding="utf-8")
    assert call("build", "--site", site).status == 1
    assert read_files(site / "output") == before


def test_keep_going_builds_the_rest(call: Call, wrong_site: Path) -> None:
    done = call("build", "--site", wrong_site, "--keep-going", "--json")
    assert done.status == 1
    assert list(done.record) == KEYS
    for name, _, at, word in WRONG_FILES:
        assert [line for line in done.err.splitlines() if line.startswith(name + at) and word in line], name
    assert (wrong_site / "output/articles/2025/silo-stays/index.html").is_file()
    assert (wrong_site / "output/articles/2026/pier-closes/index.html").read_text(encoding="utf-8").count("Pier closes")
    assert not (wrong_site / "output/articles/2026/twice").exists()


@pytest.mark.parametrize(
    "text",
    [
        "title: [",
        "- a list",
        "",
        "title: X\nkinds: {articles: {label: A}}\n",
        "title: X\nbase_url: javascript:alert(1)\n",
        "tilte: X\n",
    ],
)
def test_wrong_settings_are_reported_and_nothing_is_written(call: Call, site: Path, text: str) -> None:
    (site / "content/site.yaml").write_text(text, encoding="utf-8")
    done = call("build", "--site", site)
    assert done.status == 1
    assert [line for line in done.err.splitlines() if line.startswith("content/site.yaml")]
    assert not (site / "output").exists()


def test_a_wrong_template_leaves_the_old_output(call: Call, site: Path) -> None:
    call("build", "--site", site)
    before = read_files(site / "output")
    (site / "templates").mkdir()
    for text, complaint in [
        ("{% if %}", "templates/about.html:1"),
        ("{{ no_such_name }}", "no_such_name"),
        ('{% extends "gone.html" %}', "gone.html"),
    ]:
        (site / "templates/about.html").write_text(text, encoding="utf-8")
        done = call("build", "--site", site)
        assert done.status == 1
        assert complaint in done.err
        assert read_files(site / "output") == before


def test_a_template_of_the_site_replaces_ours(call: Call, site: Path) -> None:
    template = "<!doctype html><title>Lost at sea</title>{{ site.title }}"
    write_files(site, {"templates/404.html": template})
    assert call("build", "--site", site).status == 0
    page = (site / "output/404.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html><title>Lost at sea</title>Quay &amp; ")
    assert (site / "output/about/index.html").is_file()


def test_a_link_to_a_note_in_what_the_owner_says_leads_to_the_entity_of_that_name(call: Call, site: Path) -> None:
    note = "---\nname: Owl Ferries\n---\nThey sail to [[Quiet Bay|the bay]], not to [[Far Shore]].\n"
    bay = "---\nname: Quiet Landing\naliases: [Quiet Bay]\n---\n"
    write_files(site, {"content/companies/owl-ferries.md": note, "content/companies/quiet-landing.md": bay})
    assert call("build", "--site", site, "--no-search").status == 0
    page = (site / "output/companies/owl-ferries/index.html").read_text()
    assert re.search(r'sail to <a href="[^"]*quiet-landing/">the bay</a>, not to Far Shore\.', page)


def test_a_day_that_is_still_to_come_is_told(call: Call, site: Path) -> None:
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    for name, day in (("typo", "2962-11-10"), ("soon", tomorrow)):
        write_files(site, {f"content/articles/2026/{name}.md": f"---\ntitle: A\npublished: {day}\n---\nIt came.\n"})
    done = call("build", "--site", site, "--no-search")
    assert "content/articles/2026/typo.md:3: `published: 2962-11-10` is after today" in done.out + done.err
    assert "soon.md" not in done.out + done.err


def test_an_id_that_became_another_is_told_with_what_to_write(call: Call, site: Path) -> None:
    write_files(site, {"content/articles/2026/tide.md": "---\ntitle: A tide\nid: new\n---\nIt came.\n"})
    write_files(site, {"content/permalinks.txt": "/articles/2026/tide/ 2026-01-02 article:0ld1d\n"})
    done = call("build", "--site", site, "--no-search")
    assert "/articles/2026/tide/ was published on 2026-01-02 for article:0ld1d" in done.err
    assert done.err.endswith("; if it is the very article, write `id: 0ld1d` there\n")


def test_addresses_of_another_system_lead_on(call: Call, site: Path) -> None:
    text = "---\ntitle: A tide\nredirect_from: [/2016/02/03/post.html, /Old_Blog/My_Post/]\n---\nIt came.\n"
    firm = "---\nname: Tallow Pier\nredirect_from: [/Firms.php]\n---\n"
    write_files(site, {"content/articles/2026/tide.md": text, "content/companies/tallow-pier.md": firm})
    assert call("build", "--site", site, "--no-search", "--offline").status == 0
    for name, target in {
        "2016/02/03/post.html": "../../../articles/2026/tide/index.html",
        "Old_Blog/My_Post/index.html": "../../articles/2026/tide/index.html",
        "Firms.php/index.html": "../companies/tallow-pier/index.html",
    }.items():
        assert f'url={target}"' in (site / "output" / name).read_text(encoding="utf-8")
    write_files(site, {"content/companies/tallow-pier.md": firm.replace("/Firms.php", "/old_blog/my_post/")})
    done = call("build", "--site", site, "--no-search")
    assert "would have the address /old_blog/my_post/, which belongs to content/articles/2026/tide.md" in done.err


def test_keys_of_the_owner_s_are_let_through_as_long_as_the_settings_say(call: Call, site: Path) -> None:
    head = "aliases: [Pier]\ncssclasses: [wide]\ntags: [x]\nrating: 5"
    write_files(site, {"content/companies/tallow-pier.md": f"---\nname: Tallow Pier\n{head}\n---\n"})
    write_files(site, {"content/articles/2026/tide.md": f"---\ntitle: A tide\n{head}\n---\nIt came.\n"})
    settings = (site / "content/site.yaml").read_text(encoding="utf-8")
    complaint = "`rating` is not a key of this file"
    for extra_keys, count in (("", 2), ("extra_keys: [rating]\n", 0), ("extra_keys: [ratings]\n", 2)):
        write_files(site, {"content/site.yaml": settings + extra_keys})
        done = call("build", "--site", site, "--no-search")
        assert (done.status, done.err.count(complaint)) == (int(count > 0), count)
        checked = call("entity", "check", "--site", site)
        assert (complaint in checked.out + checked.err) == (count > 0)


def test_an_article_links_to_the_entity_of_a_note_s_name_as_soon_as_there_is_one(call: Call, site: Path) -> None:
    note = "---\ntitle: A walk\ntext: full\ncompanies: [quiet-bay]\n---\nWe saw [[Quiet Bay|the bay]] and slept.\n"
    write_files(site, {"content/articles/2026/walk.md": note, "content/about.md": "Of [[Quiet Bay]].\n"})
    append_to_file(site / "content/site.yaml", 'theme: {footer: "By [[Quiet Bay|us]]."}\n')
    assert call("build", "--site", site, "--no-search").status == 0
    page, about = site / "output/articles/2026/walk/index.html", site / "output/about/index.html"
    assert "We saw the bay and slept." in page.read_text()
    assert "Of Quiet Bay." in about.read_text()
    write_files(site, {"content/companies/quiet-bay.md": "---\nname: Quiet Bay\n---\n"})
    assert call("build", "--site", site, "--no-search").status == 0
    link = r'<a href="[^"]*companies/quiet-bay/">'
    assert re.search(rf"We saw {link}the bay</a> and slept\.", page.read_text())
    assert re.search(rf"Of {link}Quiet Bay</a>\.", about.read_text())
    assert re.search(rf"By {link}us</a>\.", page.read_text())
    assert "We saw <mark>the bay</mark> and slept." in (site / "output/companies/quiet-bay/index.html").read_text()
