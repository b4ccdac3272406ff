"""`site-gen add` and `site-gen extract`: one line for each input, and articles that are neither lost nor doubled."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader, site_day
from site_gen.content.frontmatter import split
from site_gen.content.undo_journal import UndoJournal
from site_gen.core import atomic_files
from site_gen.core.errors import Problem, SiteError
from site_gen.ingest import extract_pool
from tests.support.extraction import TODAY, canonical_link, doubt_reasons
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from tests.conftest import Call, HtmlPage, Run

SILO_ARTICLE = "content/articles/2026/elmswick-grain-keeps-its-silo.md"


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_day, "today", lambda _site: TODAY)


# -- what it prints-------------------------------------------------------------------------------------


def test_add_prints_one_line_for_each_input(call: Call, site: Path, saved_pages: Path) -> None:
    done = call("add", "--site", site, saved_pages)
    assert done.status == 1
    assert done.err == f"next: site-gen serve --open --site {site}\n"
    assert done.lines == [
        f"added      {saved_pages}/1 silo.html → {SILO_ARTICLE}",
        f"added      {saved_pages}/2 pier.html.gz → content/articles/2026/tallow-pier-closes.md",
        f"added      {saved_pages}/3 note.md → content/articles/2025/a-note-on-rye.md",
        f"failed     {saved_pages}/4 empty.html: empty",
        f"failed     {saved_pages}/5 picture.html: not a saved page but a PNG picture",
        "3 added, 0 already here, 2 failed",
    ]


def test_json_has_one_object_for_each_input(call: Call, site: Path, saved_pages: Path) -> None:
    done = call("add", "--site", site, "--json", saved_pages)
    assert done.status == 1
    keys = ["input", "page", "status", "article", "reason", "doubts"]
    assert [list(record) for record in done.records] == [keys] * 5
    assert done.records[2] == {
        "input": f"{saved_pages}/3 note.md", "page": None, "status": "added",
        "article": "content/articles/2025/a-note-on-rye.md", "reason": None, "doubts": {},
    }  # fmt: skip
    assert done.records[3] == {
        "input": f"{saved_pages}/4 empty.html", "page": None, "status": "failed",
        "article": None, "reason": "empty", "doubts": {},
    }  # fmt: skip
    again = call("add", "--site", site, "--json", saved_pages / "3 note.md").record
    assert (again["status"], again["article"]) == ("duplicate", "content/articles/2025/a-note-on-rye.md")


def test_the_exit_code_tells_failures_and_wrong_use(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 0
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 0  # here already: all well
    assert call("add", "--site", site, saved_pages).status == 1
    wrong_commands: list[list[str | Path]] = [
        ["add", "--site", site, tmp_path / "nowhere"],
        ["add", "--site", tmp_path, saved_pages],
        ["add", "--site", site],
        ["add", "--site", site, "x" * 5000],
    ]
    for command in wrong_commands:
        done = call(*command)
        assert done.status == 2
        assert done.out == ""
        assert done.err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert call("add", "--site", site, empty).status == 2


# -- what it writes -----------------------------------------------------------------------------------


def test_the_article_holds_facts_tags_and_provenance(call: Call, site: Path, saved_pages: Path) -> None:
    call("add", "--site", site, saved_pages / "1 silo.html")
    saved = (saved_pages / "1 silo.html").read_bytes()
    head = split((site / SILO_ARTICLE).read_text(encoding="utf-8")).yaml or ""
    assert "title: Elmswick Grain keeps its silo\nsource: https://a.example/silo\nsite: a.example\n" in head
    assert "companies: [elmswick-grain]\ntopics: [storage]\n" in head
    assert "tagged: [companies/elmswick-grain, topics/storage, about/companies/elmswick-grain]\n" in head
    assert f"created: {TODAY}\n" in head
    digest = hashlib.sha256(saved).hexdigest()
    assert f"saved: {{file: saved/1-silo.html, sha256: {digest}, extractor: trafilatura " in head
    assert (site / "content/saved/1-silo.html").read_bytes() == saved
    loaded, problems = loader.load(site)
    assert problems == []
    assert [article.title for article in loaded.articles] == ["Elmswick Grain keeps its silo"]


def test_unknown_keys_of_a_note_survive_under_clip(call: Call, site: Path, saved_pages: Path) -> None:
    call("add", "--site", site, saved_pages / "3 note.md")
    text = (site / "content/articles/2025/a-note-on-rye.md").read_text(encoding="utf-8")
    assert "\nclip: {rating: '5'}\n" in text
    assert text.endswith("\n---\nRye is *up*, they say on every quay.\n")


def test_adding_the_same_folder_again_adds_nothing(call: Call, site: Path, saved_pages: Path) -> None:
    call("add", "--site", site, saved_pages)
    before = read_files(site)
    done = call("add", "--site", site, "--json", saved_pages)
    assert [record["status"] for record in done.records] == ["duplicate"] * 3 + ["failed"] * 2
    assert read_files(site) == before


def test_the_same_source_from_another_file_is_a_duplicate(
    call: Call, site: Path, saved_pages: Path, tmp_path: Path, html_page: HtmlPage
) -> None:
    call("add", "--site", site, saved_pages / "1 silo.html")
    page = html_page("Quite another title", before="<!-- saved from url=(0027)https://a.example/silo#foot -->\n")
    write_files(tmp_path, {"other.html": page})
    record = call("add", "--site", site, "--json", tmp_path / "other.html").record
    assert record["status"] == "duplicate"
    assert record["article"] == SILO_ARTICLE
    assert record["reason"] == "the same source, https://a.example/silo"
    assert len(list((site / "content/saved").iterdir())) == 1


def test_duplicates_within_one_call(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy of note.txt"
    copy.write_bytes((saved_pages / "3 note.md").read_bytes())
    done = call("add", "--site", site, "--json", saved_pages / "3 note.md", copy, saved_pages / "3 note.md")
    assert [record["status"] for record in done.records] == ["added", "duplicate"]
    assert done.records[1]["reason"] == "the same bytes"


def test_articles_of_the_same_title_are_numbered(call: Call, site: Path, tmp_path: Path, html_page: HtmlPage) -> None:
    names = []
    for n in range(3):
        write_files(tmp_path, {f"p{n}.html": html_page("Pier closes", head=canonical_link(f"https://a.example/{n}"))})
        names.append(call("add", "--site", site, "--json", tmp_path / f"p{n}.html").record["article"])
    assert [Path(name).name for name in names] == ["pier-closes.md", "pier-closes-2.md", "pier-closes-3.md"]


def test_an_existing_file_is_never_overwritten(call: Call, site: Path, saved_pages: Path) -> None:
    existing = {
        "content/articles/2025/a-note-on-rye.md": b"---\ntitle: My own\n---\nMine.\n",
        "content/saved/3-note.md": b"something else",
    }
    write_files(site, existing)
    record = call("add", "--site", site, "--json", saved_pages / "3 note.md").record
    assert record["article"] == "content/articles/2025/a-note-on-rye-2.md"
    assert existing.items() <= read_files(site).items()
    assert (site / "content/saved/3-note-2.md").read_bytes() == (saved_pages / "3 note.md").read_bytes()


def test_creating_a_file_that_exists_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"there")
    with pytest.raises(FileExistsError):
        atomic_files.create_file(path, b"new")
    assert path.read_bytes() == b"there"
    assert [p.name for p in tmp_path.iterdir()] == ["x.md"]


def test_a_dangling_symbolic_link_is_not_followed(site: Path, tmp_path: Path) -> None:
    (site / "content/saved").mkdir()
    (site / "content/saved/page.html").symlink_to(tmp_path / "outside.html")
    assert (
        UndoJournal(site, "add").create_numbered("content/saved/page", ".html", b"new") == "content/saved/page-2.html"
    )
    assert not (tmp_path / "outside.html").exists()


def test_pages_in_content_saved_stay_where_they_are(call: Call, site: Path, saved_pages: Path) -> None:
    write_files(site, {"content/saved/2025/Silo, as saved.html": (saved_pages / "1 silo.html").read_bytes()})
    record = call("add", "--site", site, "--json", site / "content/saved").record
    article = (site / record["article"]).read_text(encoding="utf-8")
    assert "saved: {file: 'saved/2025/Silo, as saved.html'," in article
    assert [p.relative_to(site).as_posix() for p in (site / "content/saved").rglob("*.html")] == [
        "content/saved/2025/Silo, as saved.html"
    ]


def test_folders_that_browsers_save_beside_a_page_are_left_out(saved_pages: Path) -> None:
    folders = ("1 silo_files", "1 silo.files", "other_files", ".hidden")
    write_files(saved_pages, {".DS_Store": "x", **{f"{folder}/advert.html": "<p>x</p>" for folder in folders}})
    files = extract_pool.list_files([str(saved_pages)])
    assert [Path(name).relative_to(saved_pages).as_posix() for name in files] == [
        "1 silo.html", "2 pier.html.gz", "3 note.md", "4 empty.html", "5 picture.html", "other_files/advert.html",
    ]  # fmt: skip
    assert extract_pool.list_files([str(saved_pages / "3 note.md"), str(saved_pages)])[0].endswith("3 note.md")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("mirror/www.courier.co.uk/news/silo.html", "https://www.courier.co.uk/news/silo.html"),
        ("mirror/courier.co.uk/index.html", "https://courier.co.uk/"),
        ("courier.co.uk/silo/index.html", "https://courier.co.uk/silo/"),
        ("/home/a.b/courier.co.uk/story.php?id=7&p=2.html", "https://courier.co.uk/story.php?id=7&p=2"),
        ("courier.co.uk/old silo.htm", "https://courier.co.uk/old%20silo.htm"),
        ("courier.co.uk/silo.txt", None),
        ("notes.old/silo.html", None),
        ("pages/silo.html", None),
        ("courier.co.uk.html", None),
    ],
)
def test_a_page_in_a_mirror_has_the_address_of_its_folders(path: str, address: str | None) -> None:
    assert extract_pool.mirror_address(path) == address


def test_the_folders_of_a_mirror_give_a_doubtful_source_where_the_page_has_none(
    tmp_path: Path, html_page: HtmlPage
) -> None:
    two = html_page(head=canonical_link("https://courier.co.uk/silo"))
    write_files(tmp_path / "mirror/courier.co.uk", {"one.html": html_page(), "two.html": two})
    extractions = extract_pool.extract_all(extract_pool.list_files([str(tmp_path)]), TODAY)
    drafts = [extraction.draft for extraction in extractions]
    assert [draft and draft.source for draft in drafts] == [
        "https://courier.co.uk/one.html",
        "https://courier.co.uk/silo",
    ]
    assert [draft and doubt_reasons(draft, "source") for draft in drafts] == [["only from the folders it lies in"], []]


def test_wrong_content_stops_before_anything_is_written(call: Call, site: Path, saved_pages: Path) -> None:
    write_files(site, {"content/companies/bad.md": "---\nnmae: Bad\n---\n"})
    before = read_files(site)
    done = call("add", "--site", site, saved_pages)
    assert done.status == 1
    assert "content/companies/bad.md:2" in done.err
    assert read_files(site) == before


def test_files_of_the_site_itself_are_not_added(call: Call, site: Path, saved_pages: Path) -> None:
    write_files(site, {"inbox/note.md": (saved_pages / "3 note.md").read_bytes()})
    assert call("add", "--site", site, site / "inbox").status == 0
    call("build", "--site", site)
    before = read_files(site)
    done = call("add", "--site", site, "--json", site)
    own = [record for record in done.records if record["reason"] == "part of the site itself"]
    assert {Path(record["input"]).relative_to(site).parts[0] for record in own} == {"content", "output"}
    assert f"{site}/content/articles/2025/a-note-on-rye.md" in [record["input"] for record in own]
    rest = {Path(r["input"]).relative_to(site).as_posix(): r["status"] for r in done.records if r not in own}
    assert rest == {"content/saved/note.md": "duplicate", "inbox/note.md": "duplicate"}
    assert read_files(site) == before


# -- extract ------------------------------------------------------------------------------------------

KEYS = ["input", "page", "status", "title", "author", "published", "site", "source", "language", "description",
        "text", "markdown", "doubts"]  # fmt: skip


def test_extract_prints_json_and_writes_nothing(call: Call, saved_pages: Path, tmp_path: Path) -> None:
    before = read_files(tmp_path)
    done = call("extract", "--json", saved_pages)
    assert done.status == 1
    assert read_files(tmp_path) == before
    extracted = [record for record in done.records if record["status"] == "extracted"]
    assert [list(record) for record in extracted] == [KEYS] * 3
    assert extracted[2] == {
        "input": f"{saved_pages}/3 note.md", "page": None, "status": "extracted",
        "title": "A note on rye", "author": [], "published": "2025-02-03", "site": "b.example",
        "source": "https://b.example/rye", "language": None, "description": None,
        "text": "Rye is up, they say on every quay.", "markdown": "Rye is *up*, they say on every quay.\n",
        "doubts": {},
    }  # fmt: skip
    failed = done.records[3]
    assert list(failed) == [*KEYS, "reason"]
    assert (failed["status"], failed["reason"], failed["title"], failed["author"]) == ("failed", "empty", None, [])


def test_extract_prints_markdown_for_people(call: Call, saved_pages: Path) -> None:
    done = call("extract", saved_pages / "3 note.md")
    assert (
        done.out == "# A note on rye\nno byline · b.example · 2025-02-03 · https://b.example/rye\n\n"
        "Rye is *up*, they say on every quay.\n\n"
    )
    failed = call("extract", saved_pages / "4 empty.html")
    assert (failed.status, failed.out, failed.err) == (1, "", f"{saved_pages}/4 empty.html: empty\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("size", [1, 30])
def test_a_closed_pipe_is_no_error(saved_pages: Path, size: int) -> None:
    write_files(saved_pages, {"long.md": "---\ntitle: Long\n---\n" + "Rye is up, they say.\n\n" * 300 * size})
    pages = [str(saved_pages / name) for name in ("long.md", "3 note.md", "3 note.md")]
    command = [sys.executable, "-m", "site_gen", "extract", "--json", *pages]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_json_lines_are_json_under_any_encoding(run: Run, site: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"日本.md": "---\ntitle: 日本\n---\nRye is up, they say on every quay in 日本.\n"})
    done = run("extract", "--json", tmp_path / "日本.md", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"})
    assert done.status == 0
    assert json.loads(done.out)["title"] == "日本"


def test_articles_that_add_writes_can_be_loaded(call: Call, site: Path, tmp_path: Path) -> None:
    title = "監" * 60
    for n in range(3):
        head = f"---\ntitle: {title}\nlanguage: English\nsource: https://n.example/{n}\n---\n"
        write_files(tmp_path, {f"{n}.md": f"{head}Rye is up, they say on quay {n}.\n"})
    done = call("add", "--site", site, "--json", *sorted(tmp_path.glob("*.md")))
    assert [record["status"] for record in done.records] == ["added"] * 3
    assert len({record["article"] for record in done.records}) == 3
    assert loader.load(site)[1] == []


def test_a_failed_article_leaves_no_saved_page(
    call: Call, site: Path, saved_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise SiteError(Problem("content/articles/x.md", 0, "no room"))

    monkeypatch.setattr(loader, "require_readable", refuse)
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 1
    assert list((site / "content/saved").iterdir()) == []
