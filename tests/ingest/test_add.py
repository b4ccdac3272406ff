"""The `add` and `extract` commands: saved pages in, one line per input out, nothing lost or doubled."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.content.frontmatter import split
from site_gen.core import atomic_files
from site_gen.core.errors import Problem, SiteError
from site_gen.ingest import extract_pool
from tests.support.sites import read_files

if TYPE_CHECKING:
    from tests.conftest import Call, HtmlPage, Run

TODAY = dt.date(2026, 11, 22)
posix_only = pytest.mark.skipif(os.name != "posix", reason="file names and signals of POSIX")


def article_at(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


# -- what it says -------------------------------------------------------------------------------------


def test_one_line_for_each_input(call: Call, site: Path, saved_pages: Path) -> None:
    done = call("add", "--site", site, saved_pages)
    assert done.status == 1
    assert done.err == ""
    assert done.lines == [
        f"added      {saved_pages}/1 silo.html → content/articles/2026/elmswick-grain-keeps-its-silo.md".replace(
            "2026", str(this_year())
        ),
        f"added      {saved_pages}/2 pier.html.gz → content/articles/{this_year()}/tallow-pier-closes.md",
        f"added      {saved_pages}/3 note.md → content/articles/2025/a-note-on-rye.md",
        f"failed     {saved_pages}/4 empty.html: empty",
        f"failed     {saved_pages}/5 picture.html: not a saved page but a PNG picture",
        "3 added, 0 here already, 2 failed",
    ]


def this_year() -> int:
    return dt.datetime.now().astimezone().year


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
        "input": f"{saved_pages}/4 empty.html",
        "page": None,
        "status": "failed",
        "article": None,
        "reason": "empty",
        "doubts": {},
    }
    again = call("add", "--site", site, "--json", saved_pages / "3 note.md").record
    assert (again["status"], again["article"]) == ("duplicate", "content/articles/2025/a-note-on-rye.md")


def test_exit_codes(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 0
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 0  # here already: all well
    assert call("add", "--site", site, saved_pages).status == 1
    wrongly: list[list[str | Path]] = [
        ["add", "--site", site, tmp_path / "nowhere"],
        ["add", "--site", tmp_path, saved_pages],
        ["add", "--site", site],
        ["add", "--site", site, "x" * 5000],
    ]
    for wrong in wrongly:
        done = call(*wrong)
        assert done.status == 2
        assert done.out == ""
        assert done.err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert call("add", "--site", site, empty).status == 2


# -- what it writes -----------------------------------------------------------------------------------


def test_the_article_says_all_that_is_known(call: Call, site: Path, saved_pages: Path) -> None:
    call("add", "--site", site, saved_pages / "1 silo.html")
    saved = (saved_pages / "1 silo.html").read_bytes()
    text = article_at(site, f"content/articles/{this_year()}/elmswick-grain-keeps-its-silo.md")
    head = split(text).yaml or ""
    assert "title: Elmswick Grain keeps its silo\nsource: https://a.example/silo\nsite: a.example\n" in head
    assert "companies: [elmswick-grain]\ntopics: [storage]\n" in head
    assert "tagged: [companies/elmswick-grain, topics/storage, about/companies/elmswick-grain]\n" in head
    assert f"created: {dt.datetime.now().astimezone().date()}\n" in head
    assert (
        f"saved: {{file: saved/1-silo.html, sha256: {hashlib.sha256(saved).hexdigest()}, extractor: trafilatura "
        in head
    )
    assert (site / "content/saved/1-silo.html").read_bytes() == saved
    loaded, problems = loader.load(site)
    assert problems == []
    assert [article.title for article in loaded.articles] == ["Elmswick Grain keeps its silo"]


def test_unknown_keys_of_a_note_survive_under_clip(call: Call, site: Path, saved_pages: Path) -> None:
    call("add", "--site", site, saved_pages / "3 note.md")
    text = article_at(site, "content/articles/2025/a-note-on-rye.md")
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
    other = tmp_path / "other.html"
    other.write_text(
        html_page("Quite another title", before="<!-- saved from url=(0027)https://a.example/silo#foot -->\n"),
        encoding="utf-8",
    )
    record = call("add", "--site", site, "--json", other).record
    assert record["status"] == "duplicate"
    assert record["article"] == f"content/articles/{this_year()}/elmswick-grain-keeps-its-silo.md"
    assert record["reason"] == "the same source, https://a.example/silo"
    assert len(list((site / "content/saved").iterdir())) == 1


def test_duplicates_within_one_call(call: Call, site: Path, saved_pages: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy of note.txt"
    copy.write_bytes((saved_pages / "3 note.md").read_bytes())
    done = call("add", "--site", site, "--json", saved_pages / "3 note.md", copy, saved_pages / "3 note.md")
    assert [record["status"] for record in done.records] == ["added", "duplicate"]
    assert done.records[1]["reason"] == "the same bytes"


def test_the_same_title_twice_gets_a_number(call: Call, site: Path, tmp_path: Path, html_page: HtmlPage) -> None:
    names = []
    for n in range(3):
        page = tmp_path / f"p{n}.html"
        page.write_text(
            html_page("Pier closes", head=f'<link rel="canonical" href="https://a.example/{n}">'),
            encoding="utf-8",
        )
        names.append(call("add", "--site", site, "--json", page).record["article"])
    assert [Path(name).name for name in names] == ["pier-closes.md", "pier-closes-2.md", "pier-closes-3.md"]


def test_an_existing_file_is_never_overwritten(call: Call, site: Path, saved_pages: Path) -> None:
    mine = site / "content/articles/2025/a-note-on-rye.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("---\ntitle: My own\n---\nMine.\n", encoding="utf-8")
    kept = site / "content/saved/3-note.md"
    kept.parent.mkdir(parents=True)
    kept.write_text("something else", encoding="utf-8")
    record = call("add", "--site", site, "--json", saved_pages / "3 note.md").record
    assert record["article"] == "content/articles/2025/a-note-on-rye-2.md"
    assert mine.read_text(encoding="utf-8") == "---\ntitle: My own\n---\nMine.\n"
    assert kept.read_text(encoding="utf-8") == "something else"
    assert (site / "content/saved/3-note-2.md").read_bytes() == (saved_pages / "3 note.md").read_bytes()


def test_a_file_that_comes_this_moment_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"there")
    with pytest.raises(FileExistsError):
        atomic_files.create_file(path, b"new")
    assert path.read_bytes() == b"there"
    assert [p.name for p in tmp_path.iterdir()] == ["x.md"]


def test_a_dangling_link_is_not_written_through(site: Path, tmp_path: Path) -> None:
    (site / "content/saved").mkdir()
    (site / "content/saved/page.html").symlink_to(tmp_path / "outside.html")
    assert atomic_files.write_numbered(site, "content/saved/page", ".html", b"new") == "content/saved/page-2.html"
    assert not (tmp_path / "outside.html").exists()


def test_pages_in_content_saved_stay_where_they_are(call: Call, site: Path, saved_pages: Path) -> None:
    shelf = site / "content/saved/2025"
    shelf.mkdir(parents=True)
    (shelf / "Silo, as saved.html").write_bytes((saved_pages / "1 silo.html").read_bytes())
    record = call("add", "--site", site, "--json", site / "content/saved").record
    assert "saved: {file: 'saved/2025/Silo, as saved.html'," in article_at(site, record["article"])
    assert [p.relative_to(site).as_posix() for p in (site / "content/saved").rglob("*.html")] == [
        "content/saved/2025/Silo, as saved.html"
    ]


def test_what_a_browser_keeps_beside_a_page_is_left_out(saved_pages: Path) -> None:
    for folder in ("1 silo_files", "1 silo.files", "other_files", ".hidden"):
        (saved_pages / folder).mkdir()
        (saved_pages / folder / "advert.html").write_text("<p>x</p>", encoding="utf-8")
    (saved_pages / ".DS_Store").write_bytes(b"x")
    found = extract_pool.list_files([str(saved_pages)])
    assert [Path(name).relative_to(saved_pages).as_posix() for name in found] == [
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
def test_the_address_of_a_page_in_a_mirror(path: str, address: str | None) -> None:
    assert extract_pool.mirror_address(path) == address


def test_a_mirrors_folders_tell_a_doubtful_source_where_the_page_tells_none(
    tmp_path: Path, html_page: HtmlPage
) -> None:
    folder = tmp_path / "mirror" / "courier.co.uk"
    folder.mkdir(parents=True)
    (folder / "one.html").write_text(html_page(), encoding="utf-8")
    (folder / "two.html").write_text(
        html_page(head='<link rel="canonical" href="https://courier.co.uk/silo">'), encoding="utf-8"
    )
    found = [
        page.draft for page in extract_pool.extract_all(extract_pool.list_files([str(tmp_path)]), dt.date(2026, 11, 22))
    ]
    assert [draft and draft.source for draft in found] == [
        "https://courier.co.uk/one.html",
        "https://courier.co.uk/silo",
    ]
    assert [draft and [doubt for doubt in draft.doubts if doubt[0] == "source"] for draft in found] == [
        [("source", "only from the folders it lies in")],
        [],
    ]


def test_wrong_content_stops_before_anything_is_written(call: Call, site: Path, saved_pages: Path) -> None:
    (site / "content/companies/bad.md").write_text("---\nnmae: Bad\n---\n", encoding="utf-8")
    before = read_files(site)
    done = call("add", "--site", site, saved_pages)
    assert done.status == 1
    assert "content/companies/bad.md:2" in done.err
    assert read_files(site) == before


def test_the_sites_own_files_are_no_saved_pages(call: Call, site: Path, saved_pages: Path) -> None:
    (site / "inbox").mkdir()
    (site / "inbox/note.md").write_bytes((saved_pages / "3 note.md").read_bytes())
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

KEYS = [
    "input",
    "page",
    "status",
    "title",
    "author",
    "published",
    "site",
    "source",
    "language",
    "description",
    "text",
    "markdown",
    "doubts",
]


def test_extract_json_and_nothing_written(call: Call, saved_pages: Path, tmp_path: Path) -> None:
    before = read_files(tmp_path)
    done = call("extract", "--json", saved_pages)
    assert done.status == 1
    assert read_files(tmp_path) == before
    good = [record for record in done.records if record["status"] == "extracted"]
    assert [list(record) for record in good] == [KEYS] * 3
    assert good[2] == {
        "input": f"{saved_pages}/3 note.md", "page": None, "status": "extracted",
        "title": "A note on rye", "author": [], "published": "2025-02-03", "site": "b.example",
        "source": "https://b.example/rye", "language": None, "description": None,
        "text": "Rye is up, they say on every quay.", "markdown": "Rye is *up*, they say on every quay.\n",
        "doubts": {},
    }  # fmt: skip
    bad = done.records[3]
    assert list(bad) == [*KEYS, "reason"]
    assert (bad["status"], bad["reason"], bad["title"], bad["author"]) == ("failed", "empty", None, [])


def test_extract_for_people(call: Call, saved_pages: Path) -> None:
    done = call("extract", saved_pages / "3 note.md")
    assert (
        done.out == "# A note on rye\nno byline · b.example · 2025-02-03 · https://b.example/rye\n\n"
        "Rye is *up*, they say on every quay.\n\n"
    )
    failed = call("extract", saved_pages / "4 empty.html")
    assert (failed.status, failed.out, failed.err) == (1, "", f"{saved_pages}/4 empty.html: empty\n")


@posix_only
@pytest.mark.parametrize("size", [1, 30])
def test_a_reader_that_goes_away_is_no_error(saved_pages: Path, size: int) -> None:
    (saved_pages / "long.md").write_text(
        "---\ntitle: Long\n---\n" + "Rye is up, they say.\n\n" * 300 * size, encoding="utf-8"
    )
    command = [sys.executable, "-m", "site_gen", "extract", "--json", str(saved_pages / "long.md")] + [
        str(saved_pages / "3 note.md")
    ] * 2
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_json_lines_are_json_under_any_encoding(run: Run, site: Path, tmp_path: Path) -> None:
    page = tmp_path / "日本.md"
    page.write_text("---\ntitle: 日本\n---\nRye is up, they say on every quay in 日本.\n", encoding="utf-8")
    done = run("extract", "--json", page, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"})
    assert done.status == 0
    assert json.loads(done.out)["title"] == "日本"


def test_what_add_writes_can_be_built(call: Call, site: Path, tmp_path: Path) -> None:
    title = "監" * 60
    for n in range(3):
        head = f"---\ntitle: {title}\nlanguage: English\nsource: https://n.example/{n}\n---\n"
        note = f"{head}Rye is up, they say on quay {n}.\n"
        (tmp_path / f"{n}.md").write_text(note, encoding="utf-8")
    done = call("add", "--site", site, "--json", *sorted(tmp_path.glob("*.md")))
    assert [record["status"] for record in done.records] == ["added"] * 3
    assert len({record["article"] for record in done.records}) == 3
    assert loader.load(site)[1] == []


def test_a_failed_article_leaves_no_saved_page_behind(
    call: Call, site: Path, saved_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise SiteError(Problem("content/articles/x.md", 0, "no room"))

    monkeypatch.setattr(loader, "require_readable", refuses)
    assert call("add", "--site", site, saved_pages / "3 note.md").status == 1
    assert list((site / "content/saved").iterdir()) == []
