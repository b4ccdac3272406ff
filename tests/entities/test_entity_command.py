"""`site-gen entity …`: what it prints, which files it changes, and what it refuses."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from typing import TYPE_CHECKING

import pytest

from site_gen.content import site_paths
from site_gen.entities.curation import transaction
from tests.support.sites import REPO, append_to_file, copy_site, read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.entities.curation.change_plan import FileChange
    from tests.conftest import Call

TAGS_OF_ARTICLES = {
    "silo": "companies: [elmswick-grain, talow-pier]\ntopics: [storage]\ntagged: [companies/elmswick-grain]\n",
    "pier": "companies:\n  - tallow-pier  # the buyer\n  - Elmswick Grain Ltd  # the owner\nignore: [topics/storage]\n",
    "rye": "topics: [storage]\n",
}


@pytest.fixture
def site_with_articles(site: Path) -> Path:
    articles = {
        f"content/articles/2026/{slug}.md": f"---\ntitle: On {slug}\npublished: 2026-01-0{day}\n{tags}---\nText.\n"
        for day, (slug, tags) in enumerate(TAGS_OF_ARTICLES.items(), 1)
    }
    return write_files(site, articles)


@pytest.fixture
def repository(site_with_articles: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for command in ("init -q", "add -A", "-c user.name=x -c user.email=x@x.example commit -qm x"):
        subprocess.run(["git", "-C", str(site_with_articles), *command.split()], check=True)
    return site_with_articles


def read(site: Path, name: str) -> str:
    return (site / "content" / name).read_text(encoding="utf-8")


def test_show_prints_an_entity_and_its_articles(call: Call, site_with_articles: Path) -> None:
    done = call("entity", "show", "elmswick grain ltd", "--site", site_with_articles)
    assert done.status == 0
    assert done.lines == [
        "Elmswick Grain",
        "  kind       companies",
        "  names      Elmswick Grain Ltd",
        "  articles   2, 2026-01-01 to 2026-01-02",
        "  file       content/companies/elmswick-grain.md",
        "  address    /companies/elmswick-grain/",
        "  2026-01-02 On pier (content/articles/2026/pier.md)",
        "  2026-01-01 On silo (content/articles/2026/silo.md)",
    ]
    record = call("entity", "show", "companies/elmswick-grain", "--site", site_with_articles, "--json").record
    assert (record["articles"], record["newest"][0]["title"]) == (2, "On pier")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Elmswik Grain", "did you mean Elmswick Grain (companies/elmswick-grain)?"),
        ("talow-pier", "site-gen entity add companies talow-pier --from-tag"),
        ("Zyx", "no entity is called Zyx"),
    ],
)
def test_show_of_an_unknown_entity_suggests_what_to_do(
    call: Call, site_with_articles: Path, name: str, message: str
) -> None:
    done = call("entity", "show", name, "--site", site_with_articles)
    assert done.status == 2
    assert message in done.err


def test_add_writes_an_entity_file(call: Call, site_with_articles: Path) -> None:
    add = (
        "entity",
        "add",
        "company",
        "Ærholt & Sons",
        "--name",
        "Ærholt",
        "--wikidata",
        "Q5",
        "--site",
        site_with_articles,
    )
    before = read_files(site_with_articles)
    assert call(*add, "--dry-run").status == 0
    assert read_files(site_with_articles) == before
    done = call(*add)
    assert done.status == 0
    assert "next: site-gen tag" in done.out
    assert (
        read(site_with_articles, "companies/aerholt-sons.md")
        == "---\nname: Ærholt & Sons\nnames: [Ærholt]\nwikidata: Q5\n---\n\n"
    )
    assert call(*add).lines == ["nothing to do"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["companies", "elmswick grain LTD"], "is known already: companies/elmswick-grain"),
        (["companies", "New", "--name", "Tallow Pier"], "Tallow Pier is known already"),
        (["compnies", "New"], "did you mean companies?"),
        (["companies", "…"], "has no letter or digit"),
        (["companies", "New", "--wikidata", "7"], "content/companies/new.md:3: `wikidata: 7` is not an item number"),
        (["companies", "New", "--website", "javascript:1"], "is not a web address"),
        (["companies", "tallow-pyr", "--from-tag"], "did you mean talow-pier?"),
    ],
)
def test_add_refuses(call: Call, site_with_articles: Path, arguments: list[str], message: str) -> None:
    before = read_files(site_with_articles)
    done = call("entity", "add", *arguments, "--site", site_with_articles)
    assert done.status in {1, 2}
    assert message in done.err
    assert read_files(site_with_articles) == before


def test_add_from_a_tag_names_a_similar_entity(call: Call, site_with_articles: Path) -> None:
    done = call("entity", "add", "companies", "talow-pier", "--from-tag", "--site", site_with_articles)
    assert "near to it: Tallow Pier (companies/tallow-pier)" in done.err
    assert "name: Talow Pier\n" in read(site_with_articles, "companies/talow-pier.md")


def test_rename_with_a_slug_moves_the_file_and_changes_tags(call: Call, site_with_articles: Path) -> None:
    rename = ("entity", "rename", "Elmswick Grain", "Elm Foods", "--slug", "elm-foods", "--site", site_with_articles)
    done = call(*rename)
    assert done.status == 0, done.err
    assert "2 entity files and 1 article changed" in done.out
    assert not (site_with_articles / "content/companies/elmswick-grain.md").exists()
    assert read(site_with_articles, "companies/elm-foods.md") == (
        "---\nname: Elm Foods\nnames: [Elmswick Grain Ltd, Elmswick Grain]\n"
        "redirect_from: [/companies/elmswick-grain/]\n---\nA silo.\n"
    )
    assert "companies: [elm-foods, talow-pier]" in read(site_with_articles, "articles/2026/silo.md")
    assert "tagged: [companies/elm-foods]" in read(site_with_articles, "articles/2026/silo.md")
    assert "  - Elmswick Grain Ltd  # the owner\n" in read(site_with_articles, "articles/2026/pier.md")
    assert call(*rename).lines == ["nothing to do"]
    assert call("entity", "show", "elmswick-grain", "--site", site_with_articles, "--json").record["articles"] == 2
    assert call("build", "--site", site_with_articles).status == 0
    assert "elm-foods" in (site_with_articles / "output/companies/elmswick-grain/index.html").read_text(
        encoding="utf-8"
    )


def test_a_decomposed_file_name_is_that_of_the_slug(call: Call, site_with_articles: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "йод")
    text = "---\nname: {}\nwikidata: Q1\n---\n"
    files = {decomposed: "Йод", unicodedata.normalize("NFD", "йот"): "Йот"}
    write_files(site_with_articles, {f"content/companies/{file}.md": text.format(name) for file, name in files.items()})
    renamed = call("entity", "rename", "companies/йод", "Йодан", "--site", site_with_articles)
    assert renamed.status == 0, renamed.err
    assert "name: Йодан\n" in read(site_with_articles, f"companies/{decomposed}.md")
    merged = call("entity", "merge", "companies/йот", "companies/йод", "--site", site_with_articles)
    assert merged.status == 0, merged.err
    assert "redirect_from: [/companies/йот/]" in read(site_with_articles, f"companies/{decomposed}.md")
    moved = call("entity", "rename", "companies/йод", "Ода", "--slug", "ода", "--site", site_with_articles)
    assert moved.status == 0, moved.err
    assert not (site_with_articles / f"content/companies/{decomposed}.md").exists()
    assert call("build", "--site", site_with_articles).status == 0


def test_a_rename_can_be_reversed(call: Call, site_with_articles: Path) -> None:
    call("entity", "rename", "tallow-pier", "Pier Two", "--slug", "pier-two", "--site", site_with_articles)
    call("entity", "rename", "pier-two", "Tallow Pier", "--slug", "tallow-pier", "--site", site_with_articles)
    assert read(site_with_articles, "companies/tallow-pier.md") == (
        "---\nname: Tallow Pier\nnames: [Pier Two]\nredirect_from: [/companies/pier-two/]\n---\n"
    )
    assert "  - tallow-pier  # the buyer\n" in read(site_with_articles, "articles/2026/pier.md")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tallow-pier", "Elmswick Grain Ltd"], "site-gen entity merge companies/tallow-pier companies/elmswick-grain"),
        (["tallow-pier", "Pier", "--slug", "elmswick-grain"], "exists already, of Elmswick Grain"),
        (["tallow-pier", "Pier", "--slug", "A B"], "write a-b"),
        (["nobody", "Pier"], "no entity is called nobody"),
    ],
)
def test_rename_refuses(call: Call, site_with_articles: Path, arguments: list[str], message: str) -> None:
    before = read_files(site_with_articles)
    done = call("entity", "rename", *arguments, "--site", site_with_articles)
    assert done.status == 2
    assert message in done.err
    assert read_files(site_with_articles) == before


def test_an_unreadable_article_stops_a_rename(call: Call, site_with_articles: Path) -> None:
    (site_with_articles / "content/articles/2026/bad.md").write_bytes(b"---\ntitle: [\ncompanies: [tallow-pier]\n---\n")
    before = read_files(site_with_articles)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", site_with_articles)
    assert done.status == 1
    assert "content/articles/2026/bad.md:" in done.err
    assert read_files(site_with_articles) == before


def test_a_dry_run_shows_a_diff_and_changes_nothing(call: Call, site_with_articles: Path) -> None:
    before = read_files(site_with_articles)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", site_with_articles, "--dry-run")
    assert done.status == 0
    assert "-  - tallow-pier  # the buyer\n+  - pier  # the buyer\n" in done.out
    assert "--- /dev/null\n+++ b/content/companies/pier.md\n" in done.out
    assert read_files(site_with_articles) == before
    records = call(
        "entity", "move", "tallow-pier", "topics", "--site", site_with_articles, "--dry-run", "--json"
    ).records
    assert [record["did"] for record in records] == ["new", "changed", "removed"]


def test_merge_joins_files_names_and_tags(call: Call, site_with_articles: Path) -> None:
    tallow_pier = (
        "---\nname: Tallow Pier  # since 2020\nwebsite: https://pier.example\nfacts: {Based in: Tallow}\n"
        "redirect_from: [/companies/old-pier/]\n---\nIts notes.\n\nMore of them.\n"
    )
    write_files(site_with_articles, {"content/companies/tallow-pier.md": tallow_pier})
    merge = ("entity", "merge", "Tallow Pier", "companies/talow-pier", "Elmswick Grain", "--site", site_with_articles)
    done = call(*merge)
    assert done.status == 0, done.err
    assert read(site_with_articles, "companies/elmswick-grain.md") == (
        "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd, Tallow Pier]\nwebsite: https://pier.example\n"
        "facts: {Based in: Tallow}\n# companies/tallow-pier: since 2020\n"
        "redirect_from: [/companies/talow-pier/, /companies/old-pier/, /companies/tallow-pier/]\n"
        "---\nA silo.\n\n---\n\nIts notes.\n\nMore of them.\n"
    )
    assert not (site_with_articles / "content/companies/tallow-pier.md").exists()
    assert "companies: [elmswick-grain]\n" in read(site_with_articles, "articles/2026/silo.md")
    assert "companies:\n  - elmswick-grain  # the buyer\n  # the owner\n" in read(
        site_with_articles, "articles/2026/pier.md"
    )
    assert call(*merge).lines == ["nothing to do"]
    assert call("build", "--site", site_with_articles).status == 0


def test_merge_refuses_entities_whose_facts_differ(call: Call, site_with_articles: Path) -> None:
    for name, number in (("tallow-pier", 1), ("elmswick-grain", 2)):
        text = f"---\nname: {name}\nwikidata: Q{number}\nfacts: {{A: {number}}}\n---\n"
        write_files(site_with_articles, {f"content/companies/{name}.md": text})
    before = read_files(site_with_articles)
    done = call("entity", "merge", "tallow-pier", "elmswick-grain", "--site", site_with_articles)
    assert done.status == 1
    assert "content/companies/tallow-pier.md:3: `wikidata` is Q1 here and Q2 in content/companies/elmswick" in done.err
    assert "`facts: A` is 1 here and 2" in done.err
    assert read_files(site_with_articles) == before


def test_move_changes_the_kind_of_an_entity_and_of_its_tags(call: Call, site_with_articles: Path) -> None:
    assert call("entity", "move", "tallow-pier", "Topic", "--site", site_with_articles).status == 0
    assert "redirect_from: [/companies/tallow-pier/]" in read(site_with_articles, "topics/tallow-pier.md")
    text = read(site_with_articles, "articles/2026/pier.md")
    assert "topics: [tallow-pier]\n" in text
    assert "# the buyer\n" in text


COMMANDS_TO_KILL = [
    ["rename", "Elmswick Grain", "Elm", "--slug", "elm"],
    ["merge", "companies/talow-pier", "Tallow Pier", "Elmswick Grain"],
    ["move", "elmswick-grain", "topics"],
]


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("command", COMMANDS_TO_KILL, ids=lambda command: command[0])
def test_a_command_that_is_killed_at_any_write_can_be_run_again(
    call: Call, site_with_articles: Path, tmp_path: Path, command: list[str], step: int
) -> None:
    complete_site = copy_site(site_with_articles, tmp_path / "whole")
    assert call("entity", *command, "--site", complete_site).status == 0
    code = (
        "import os, sys\n"
        "from site_gen.cli import main\n"
        "from site_gen.entities.curation import transaction\n"
        f"left = [{step}]\n"
        "def killed(real):\n"
        "    def write(*args, **options):\n"
        "        left[0] -= 1\n"
        "        if left[0] < 0:\n"
        "            os._exit(9)\n"
        "        return real(*args, **options)\n"
        "    return write\n"
        "transaction._write = killed(transaction._write)\n"
        "transaction.replace_file = killed(transaction.replace_file)\n"
        "sys.exit(main.main(sys.argv[1:]))\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, "entity", *command, "--site", str(site_with_articles)], check=False
    )
    assert killed.returncode in {0, 9}
    assert (killed.returncode == 9) or step > 3
    assert call("entity", "show", "tallow-pier", "--site", site_with_articles).status in {
        0,
        2,
    }  # looking writes nothing
    assert call("entity", *command, "--site", site_with_articles).status == 0
    assert read_files(site_with_articles) == read_files(complete_site)
    assert not (site_with_articles / site_paths.ENTITY_JOURNAL).exists()


def test_a_change_after_a_kill_stays_when_the_command_runs_again(
    call: Call, site_with_articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", site_with_articles)
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "_write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert call(*command).status == 130
    path = site_with_articles / "content/articles/2026/pier.md"
    append_to_file(path, "Mine.\n")
    done = call(*command)
    assert done.status == 0
    assert "first finished an interrupted command: 2 files" in done.err
    assert path.read_text(encoding="utf-8").endswith("Text.\nMine.\n")
    assert "- pier  # the buyer" in path.read_text(encoding="utf-8")


def test_a_change_that_comes_after_planning_is_not_overwritten(
    call: Call, site_with_articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, original_write = site_with_articles / "content/articles/2026/pier.md", transaction._write

    def edit_first(site: Path, change: FileChange) -> None:
        if change.file.endswith("pier.md") and "articles" in change.file:
            path.write_text(change.before + "Mine.\n" if change.before else "", encoding="utf-8")
        original_write(site, change)

    monkeypatch.setattr(transaction, "_write", edit_first)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", site_with_articles)
    assert done.status == 1
    assert "changed while this was planned" in done.err
    assert path.read_text(encoding="utf-8").endswith("Mine.\n")


def test_check_reports_missing_unused_and_duplicate_entities(call: Call, site_with_articles: Path) -> None:
    write_files(site_with_articles, {"content/companies/tallow.md": "---\nname: Tallow\nnames:\n- Tallow Pier\n---\n"})
    done = call("entity", "check", "--site", site_with_articles)
    assert done.status == 1
    entity = "site-gen entity merge companies"
    assert done.out == (
        "content/articles/2026/silo.md:4: the tag companies/talow-pier (1 article) has no file; "
        f"did you mean Tallow Pier? {entity}/talow-pier companies/tallow-pier\n"
        "content/companies/tallow.md:2: no article is tagged with it; "
        "add other names that texts use, run `site-gen tag`, or remove the file\n"
        "content/companies/tallow.md:4: Tallow Pier is a name of companies/tallow-pier too "
        f"(content/companies/tallow-pier.md); if they are one: {entity}/tallow companies/tallow-pier\n"
        "3 things to check\n"
    )
    codes = [record["code"] for record in call("entity", "check", "--site", site_with_articles, "--json").records]
    assert codes == ["no-file", "never-named", "same-entity"]


def test_check_reports_nothing_in_the_demo(call: Call) -> None:
    assert call("entity", "check", "--site", REPO).status == 0


CSV = """\
name;kind;names;wikidata;website;Based in
elmswick grain;;Elm Grain, Ltd;Q12;https://grain.example/;Elmswick
Tallow Pier;companies;;Q13;;"Tallow; the old town"
New Firm;company;NF Inc;;;

Nobody;;;;;
"""


def test_fill_adds_what_a_table_says_and_overwrites_nothing(
    call: Call, site_with_articles: Path, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    tallow_pier = "---\nname: Tallow Pier\nwikidata: Q99 # mine\nfacts:\n  Founded: 1900 # a guess\n---\n"
    write_files(site_with_articles, {"content/companies/tallow-pier.md": tallow_pier})
    done = call("entity", "fill", table, "--site", site_with_articles)
    assert done.status == 1
    assert f"{table}:3: `wikidata` is Q13 here and Q99 in content/companies/tallow-pier.md, which stays" in done.err
    assert f"{table}:4: New Firm: is not known" in done.out
    assert read(site_with_articles, "companies/tallow-pier.md") == (
        "---\nname: Tallow Pier\nwikidata: Q99 # mine\nfacts:\n  Founded: 1900 # a guess\n"
        "  Based in: Tallow; the old town\n---\n"
    )
    assert read(site_with_articles, "companies/elmswick-grain.md") == (
        "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd, 'Elm Grain, Ltd']\nwikidata: Q12\n"
        "website: https://grain.example/\nfacts: {Based in: Elmswick}\n---\nA silo.\n"
    )
    table.write_text(CSV.replace("Nobody;;", "Nobody;topics;").replace("Q13", ""), encoding="utf-8")
    assert call("entity", "fill", table, "--site", site_with_articles, "--add").status == 0
    assert read(site_with_articles, "companies/new-firm.md") == "---\nname: New Firm\nnames: [NF Inc]\n---\n\n"
    assert call("entity", "fill", table, "--site", site_with_articles, "--add").lines[-1] == "nothing to do"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv:1: is empty"),
        ("nme,kind\nx,y\n", "t.csv:1: the header has no column `name`; did you mean nme?"),
        ("name,kind\nTallow Pier,compnies\n", "t.csv:2: this site has no kind compnies; did you mean companies?"),
        ("name,wikidata\nTallow Pier,12\n", "t.csv:2: `wikidata: 12` is not an item number"),
        ("name,website\nTallow Pier,ftp://x\n", "t.csv:2: `website: ftp://x` is not a web address"),
        ('name\n"Tallow\nPier"\nx,y\n', "t.csv:4: has 2 cells, and the header 1"),
        ('name\n"Tallow\n', "t.csv:2: is not valid CSV from here on"),
        ("name,kind\n,companies\n", "t.csv:2: has no name"),
        ("name,A,A\nx,1,2\n", "t.csv:1: two columns are called A"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(
    call: Call, site_with_articles: Path, tmp_path: Path, text: str, message: str
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, encoding="utf-8")
    before = read_files(site_with_articles)
    done = call("entity", "fill", table, "--site", site_with_articles, "--add")
    assert done.status == 1
    assert message in done.err
    assert read_files(site_with_articles) == before


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name,Sitz\nBäckerei Süd,Köln\n", "utf-8"),
        ("name;Sitz\r\nBäckerei Süd;Köln\r\n", "utf-8-sig"),
        ("name;Sitz\r\nBäckerei Süd;Köln\r\n", "cp1252"),
        ("name\tSitz\r\nBäckerei Süd\tKöln\r\n", "utf-16"),
    ],
)
def test_fill_reads_what_spreadsheets_save(call: Call, site: Path, tmp_path: Path, text: str, encoding: str) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(text.encode(encoding))
    refused = call("entity", "fill", table, "--site", site, "--add")
    assert "Bäckerei Süd has no kind; give --kind companies" in refused.err
    done = call("entity", "fill", table, "--site", site, "--add", "--kind", "companies")
    assert done.status == 0, done.err
    file = (site / "content/companies/backerei-sud.md").read_text(encoding="utf-8")
    assert "name: Bäckerei Süd" in file
    assert "Sitz: Köln" in file


def spreadsheet(*rows: tuple[str | int, ...]) -> bytes:
    """Return an .xlsx file, as small as one can be."""
    schemas = "http://schemas.openxmlformats.org"
    main, office = f"{schemas}/spreadsheetml/2006/main", f"{schemas}/officeDocument/2006/relationships"

    def cell(value: str | int) -> str:
        return f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    def relationship(kind: str, target: str) -> str:
        head = f'<Relationships xmlns="{schemas}/package/2006/relationships">'
        return f'{head}<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>'

    cells = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    sheet = '<sheet name="A" sheetId="1" r:id="r1"/>'
    parts = {
        "_rels/.rels": relationship("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheet}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationship("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def test_fill_reads_a_spreadsheet(call: Call, site: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.xlsx"
    table.write_bytes(spreadsheet(("Name", "Sitz", "Founded"), ("Bäckerei Süd", "Köln", 1987)))
    done = call("entity", "fill", table, "--site", site, "--add", "--kind", "companies")
    assert done.status == 0, done.err
    file = (site / "content/companies/backerei-sud.md").read_text(encoding="utf-8")
    assert "Sitz: Köln" in file
    assert "Founded: 1987" in file.replace("'", "")
    table.write_bytes(table.read_bytes()[:400])
    refused = call("entity", "fill", table, "--site", site)
    assert refused.status == 1
    assert "t.xlsx: cannot be read as a spreadsheet" in refused.err
    assert "save it as CSV" in refused.err


@pytest.mark.parametrize("command", ["", "show", "add", "rename", "move", "merge", "fill", "check"])
def test_help_imports_no_heavy_module(command: str) -> None:
    code = (
        "import sys\n"
        "from site_gen.cli import main\n"
        "try: main.main(['entity', *sys.argv[1:], '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'yaml', 'ahocorasick_rs', 'subprocess', 'csv', 'tqdm'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *command.split()], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"usage: site-gen entity {command}".rstrip())
    assert ("--json" in done.stdout) == bool(command)


def test_a_wrong_command_line_is_refused(call: Call, site_with_articles: Path) -> None:
    for wrong in (
        ["entity"],
        ["entity", "show"],
        ["entity", "merge", "x"],
        ["entity", "fill", "no.csv", "--site", str(site_with_articles)],
    ):
        assert call(*wrong).status == 2


@pytest.mark.parametrize(
    "command",
    [
        ("rename", "Elmswick Grain", "Elmswick Mills", "--slug", "elmswick-mills"),
        ("merge", "tallow-pier", "elmswick-grain"),
        ("merge", "elmswick-grain", "tallow-pier"),
        ("move", "elmswick-grain", "topics"),
    ],
)
def test_after_a_command_tagging_again_changes_nothing(call: Call, site: Path, command: tuple[str, ...]) -> None:
    """Else `tag` would take for a person's edit what the program wrote, and add to `ignore:` what nobody removed."""
    article = (
        "---\ntitle: Elmswick Grain sells its silo\npublished: 2026-01-01\ncompanies: [tallow-pier]\n---\n"
        "Elmswick Grain sells the silo of the quay. Nobody asked the cranes, and nobody will.\n"
    )
    path = write_files(site, {"content/articles/2026/silo.md": article}) / "content/articles/2026/silo.md"
    assert call("tag", "--site", site).status == 0
    before = path.read_text(encoding="utf-8")
    assert "about/companies/elmswick-grain" in before
    assert "by_hand: [companies/tallow-pier]" in before
    assert call("entity", *command, "--site", site).status == 0
    done = call("tag", "--site", site)
    after = path.read_text(encoding="utf-8")
    assert "ignore" not in after
    assert done.lines[-1] == "0 articles changed" or command[0] == "move", done.lines


LINKED = """See [the mill](/companies/elmswick-grain), [its 2019](</companies/elmswick-grain/2019/#p-abc> "then"),
[that][one], ![no](/companies/elmswick-grain/), [another](/companies/elmswick-grain-two/) and
`[code](/companies/elmswick-grain/)`.

[one]: /companies/elmswick%2Dgrain/?x#y

    [more code]: /companies/elmswick-grain/
"""


def test_links_in_texts_of_the_owner_follow_a_rename(call: Call, repository: Path) -> None:
    files = ("about.md", "issues/2026-w01.md", "companies/tallow-pier.md", "companies/elmswick-grain.md")
    head = "---\nname: Tallow Pier\n# [kept](/companies/elmswick-grain/)\nwikidata: Q7\n---\n"
    heads = ("", "---\ntitle: The week\n---\n", head, "---\nname: Elmswick Grain\n---\n")
    write_files(repository, {"content/companies/elmswick-grain-two.md": "---\nname: Zyx\n---\n"})
    for file, head in zip(files, heads, strict=True):
        write_files(repository / "content", {file: (head + LINKED).replace("\n", "\r\n")})
    rename = ("entity", "rename", "Elmswick Grain", "Elm Foods", "--slug", "elm-foods", "--site", repository)
    done = call(*rename)
    assert done.status == 0, done.err
    assert "3 entity files, 2 texts of yours and 1 article changed" in done.out
    wanted = (
        LINKED.replace("(/companies/elmswick-grain),", "(/companies/elm-foods/),")
        .replace("(</companies/elmswick-grain/2019/#p", "(</companies/elm-foods/2019/#p")
        .replace(": /companies/elmswick%2Dgrain/?x#y", ": /companies/elm-foods/?x#y")
    )
    for file, head in zip(files[:3], heads, strict=False):
        assert (repository / "content" / file).read_bytes() == (head + wanted).replace("\n", "\r\n").encode()
    assert (repository / "content/companies/elm-foods.md").read_bytes().endswith(wanted.replace("\n", "\r\n").encode())
    assert call(*rename).lines == ["nothing to do"]
