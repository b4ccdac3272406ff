"""`site-gen entity …` as a person uses it: what it says, what it writes, and what it refuses."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_gen.entities.curation import transaction
from tests.support.sites import REPO, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.entities.curation.change_plan import FileChange
    from tests.conftest import Call

NOTES = {
    "silo": "companies: [elmswick-grain, talow-pier]\ntopics: [storage]\ntagged: [companies/elmswick-grain]\n",
    "pier": "companies:\n  - tallow-pier  # the buyer\n  - Elmswick Grain Ltd  # the owner\nignore: [topics/storage]\n",
    "rye": "topics: [storage]\n",
}


@pytest.fixture
def full(site: Path) -> Path:
    for number, (slug, tags) in enumerate(NOTES.items()):
        path = site / f"content/articles/2026/{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\ntitle: On {slug}\npublished: 2026-01-0{number + 1}\n{tags}---\nText.\n", encoding="utf-8"
        )
    return site


@pytest.fixture
def repository(full: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for command in ("init -q", "add -A", "-c user.name=x -c user.email=x@x.example commit -qm x"):
        subprocess.run(["git", "-C", str(full), *command.split()], check=True)
    return full


def read(site: Path, name: str) -> str:
    return (site / "content" / name).read_text(encoding="utf-8")


def test_show(call: Call, full: Path) -> None:
    done = call("entity", "show", "elmswick grain ltd", "--site", full)
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
    record = call("entity", "show", "companies/elmswick-grain", "--site", full, "--json").record
    assert (record["articles"], record["newest"][0]["title"]) == (2, "On pier")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Elmswik Grain", "did you mean Elmswick Grain (companies/elmswick-grain)?"),
        ("talow-pier", "site-gen entity add companies talow-pier --from-tag"),
        ("Zyx", "no entity goes by Zyx"),
    ],
)
def test_show_helps(call: Call, full: Path, name: str, said: str) -> None:
    done = call("entity", "show", name, "--site", full)
    assert done.status == 2
    assert said in done.err


def test_add(call: Call, full: Path) -> None:
    add = ("entity", "add", "company", "Ærholt & Sons", "--name", "Ærholt", "--wikidata", "Q5", "--site", full)
    before = read_files(full)
    assert call(*add, "--dry-run").status == 0
    assert read_files(full) == before
    done = call(*add)
    assert done.status == 0
    assert "next: site-gen tag" in done.out
    assert read(full, "companies/aerholt-sons.md") == "---\nname: Ærholt & Sons\nnames: [Ærholt]\nwikidata: Q5\n---\n\n"
    assert call(*add).lines == ["nothing to do"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["companies", "elmswick grain LTD"], "is known already: companies/elmswick-grain"),
        (["companies", "New", "--name", "Tallow Pier"], "Tallow Pier is known already"),
        (["compnies", "New"], "did you mean companies?"),
        (["companies", "…"], "has no letter or digit"),
        (["companies", "New", "--wikidata", "7"], "content/companies/new.md:3: `wikidata: 7` is no item number"),
        (["companies", "New", "--website", "javascript:1"], "is no web address"),
        (["companies", "tallow-pyr", "--from-tag"], "did you mean talow-pier?"),
    ],
)
def test_add_refuses(call: Call, full: Path, arguments: list[str], said: str) -> None:
    before = read_files(full)
    done = call("entity", "add", *arguments, "--site", full)
    assert done.status in {1, 2}
    assert said in done.err
    assert read_files(full) == before


def test_add_tells_what_is_near_and_takes_a_tag(call: Call, full: Path) -> None:
    done = call("entity", "add", "companies", "talow-pier", "--from-tag", "--site", full)
    assert "near to it: Tallow Pier (companies/tallow-pier)" in done.err
    assert "name: Talow Pier\n" in read(full, "companies/talow-pier.md")


def test_rename_with_a_slug(call: Call, full: Path) -> None:
    rename = ("entity", "rename", "Elmswick Grain", "Elm Foods", "--slug", "elm-foods", "--site", full)
    done = call(*rename)
    assert done.status == 0, done.err
    assert "2 entity files and 1 article changed" in done.out
    assert not (full / "content/companies/elmswick-grain.md").exists()
    assert read(full, "companies/elm-foods.md") == (
        "---\nname: Elm Foods\nnames: [Elmswick Grain Ltd, Elmswick Grain]\n"
        "redirect_from: [/companies/elmswick-grain/]\n---\nA silo.\n"
    )
    assert "companies: [elm-foods, talow-pier]" in read(full, "articles/2026/silo.md")
    assert "tagged: [companies/elm-foods]" in read(full, "articles/2026/silo.md")
    assert "  - Elmswick Grain Ltd  # the owner\n" in read(full, "articles/2026/pier.md")
    assert call(*rename).lines == ["nothing to do"]
    assert call("entity", "show", "elmswick-grain", "--site", full, "--json").record["articles"] == 2
    assert call("build", "--site", full).status == 0
    assert "elm-foods" in (full / "output/companies/elmswick-grain/index.html").read_text(encoding="utf-8")


def test_rename_back(call: Call, full: Path) -> None:
    call("entity", "rename", "tallow-pier", "Pier Two", "--slug", "pier-two", "--site", full)
    call("entity", "rename", "pier-two", "Tallow Pier", "--slug", "tallow-pier", "--site", full)
    assert read(full, "companies/tallow-pier.md") == (
        "---\nname: Tallow Pier\nnames: [Pier Two]\nredirect_from: [/companies/pier-two/]\n---\n"
    )
    assert "  - tallow-pier  # the buyer\n" in read(full, "articles/2026/pier.md")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tallow-pier", "Elmswick Grain Ltd"], "site-gen entity merge companies/tallow-pier companies/elmswick-grain"),
        (["tallow-pier", "Pier", "--slug", "elmswick-grain"], "is there already, of Elmswick Grain"),
        (["tallow-pier", "Pier", "--slug", "A B"], "write a-b"),
        (["nobody", "Pier"], "no entity goes by nobody"),
    ],
)
def test_rename_refuses(call: Call, full: Path, arguments: list[str], said: str) -> None:
    before = read_files(full)
    done = call("entity", "rename", *arguments, "--site", full)
    assert done.status == 2
    assert said in done.err
    assert read_files(full) == before


def test_an_article_that_cannot_be_read_stops_all(call: Call, full: Path) -> None:
    (full / "content/articles/2026/bad.md").write_bytes(b"---\ntitle: [\ncompanies: [tallow-pier]\n---\n")
    before = read_files(full)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", full)
    assert done.status == 1
    assert "content/articles/2026/bad.md:" in done.err
    assert read_files(full) == before


def test_dry_run_shows_a_diff(call: Call, full: Path) -> None:
    before = read_files(full)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", full, "--dry-run")
    assert done.status == 0
    assert "-  - tallow-pier  # the buyer\n+  - pier  # the buyer\n" in done.out
    assert "--- /dev/null\n+++ b/content/companies/pier.md\n" in done.out
    assert read_files(full) == before
    records = call("entity", "move", "tallow-pier", "topics", "--site", full, "--dry-run", "--json").records
    assert [record["did"] for record in records] == ["new", "changed", "removed"]


def test_merge(call: Call, full: Path) -> None:
    (full / "content/companies/tallow-pier.md").write_text(
        "---\nname: Tallow Pier  # since 2020\nwebsite: https://pier.example\nfacts: {Based in: Tallow}\n"
        "redirect_from: [/companies/old-pier/]\n---\nIts notes.\n\nMore of them.\n",
        encoding="utf-8",
    )
    merge = ("entity", "merge", "Tallow Pier", "companies/talow-pier", "Elmswick Grain", "--site", full)
    done = call(*merge)
    assert done.status == 0, done.err
    assert read(full, "companies/elmswick-grain.md") == (
        "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd, Tallow Pier]\nwebsite: https://pier.example\n"
        "facts: {Based in: Tallow}\n# companies/tallow-pier: since 2020\n"
        "redirect_from: [/companies/talow-pier/, /companies/old-pier/, /companies/tallow-pier/]\n"
        "---\nA silo.\n\n---\n\nIts notes.\n\nMore of them.\n"
    )
    assert not (full / "content/companies/tallow-pier.md").exists()
    assert "companies: [elmswick-grain]\n" in read(full, "articles/2026/silo.md")
    assert "companies:\n  - elmswick-grain  # the buyer\n  # the owner\n" in read(full, "articles/2026/pier.md")
    assert call(*merge).lines == ["nothing to do"]
    assert call("build", "--site", full).status == 0


def test_merge_refuses_what_differs(call: Call, full: Path) -> None:
    for name, number in (("tallow-pier", 1), ("elmswick-grain", 2)):
        path = full / f"content/companies/{name}.md"
        path.write_text(f"---\nname: {name}\nwikidata: Q{number}\nfacts: {{A: {number}}}\n---\n", encoding="utf-8")
    before = read_files(full)
    done = call("entity", "merge", "tallow-pier", "elmswick-grain", "--site", full)
    assert done.status == 1
    assert "content/companies/tallow-pier.md:3: `wikidata` is Q1 here and Q2 in content/companies/elmswick" in done.err
    assert "`facts: A` is 1 here and 2" in done.err
    assert read_files(full) == before


def test_move(call: Call, full: Path) -> None:
    assert call("entity", "move", "tallow-pier", "Topic", "--site", full).status == 0
    assert "redirect_from: [/companies/tallow-pier/]" in read(full, "topics/tallow-pier.md")
    text = read(full, "articles/2026/pier.md")
    assert "topics: [tallow-pier]\n" in text
    assert "# the buyer\n" in text


KILLED = [
    ["rename", "Elmswick Grain", "Elm", "--slug", "elm"],
    ["merge", "companies/talow-pier", "Tallow Pier", "Elmswick Grain"],
    ["move", "elmswick-grain", "topics"],
]


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("command", KILLED, ids=lambda command: command[0])
def test_killed_at_each_write(call: Call, full: Path, tmp_path: Path, command: list[str], step: int) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(full, whole)
    assert call("entity", *command, "--site", whole).status == 0
    code = (
        "import os, sys\n"
        "from site_gen.cli import main\n"
        "from site_gen.entities.curation import transaction\n"
        f"left = [{step}]\n"
        "def killed(real):\n"
        "    def write(*args):\n"
        "        left[0] -= 1\n"
        "        if left[0] < 0:\n"
        "            os._exit(9)\n"
        "        return real(*args)\n"
        "    return write\n"
        "transaction._write = killed(transaction._write)\n"
        "transaction.replace_file = killed(transaction.replace_file)\n"
        "sys.exit(main.main(sys.argv[1:]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, "entity", *command, "--site", str(full)], check=False)
    assert killed.returncode in {0, 9}
    assert (killed.returncode == 9) or step > 3
    assert call("entity", "show", "tallow-pier", "--site", full).status in {0, 2}  # looking writes nothing
    assert call("entity", *command, "--site", full).status == 0
    assert read_files(full) == read_files(whole)
    assert not list(full.glob(".site-gen/*"))


def test_a_file_that_a_person_changed_after_the_kill_stays_theirs(
    call: Call, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", full)
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "_write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert call(*command).status == 130
    path = full / "content/articles/2026/pier.md"
    path.write_text(path.read_text(encoding="utf-8") + "Mine.\n", encoding="utf-8")
    done = call(*command)
    assert done.status == 0
    assert "finished first what a stopped command had begun: 2 files" in done.err
    assert path.read_text(encoding="utf-8").endswith("Text.\nMine.\n")
    assert "- pier  # the buyer" in path.read_text(encoding="utf-8")


def test_a_change_that_comes_meanwhile_is_not_overwritten(
    call: Call, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = full / "content/articles/2026/pier.md", transaction._write

    def edit_first(site: Path, change: FileChange) -> None:
        if change.file.endswith("pier.md") and "articles" in change.file:
            path.write_text(change.before + "Mine.\n" if change.before else "", encoding="utf-8")
        real(site, change)

    monkeypatch.setattr(transaction, "_write", edit_first)
    done = call("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", full)
    assert done.status == 1
    assert "changed while this was planned" in done.err
    assert path.read_text(encoding="utf-8").endswith("Mine.\n")


def test_git_undoes_it(call: Call, repository: Path) -> None:
    before = {name: data for name, data in read_files(repository).items() if not name.startswith(".git/")}
    rename = ("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", repository)
    for edited in (False, True):
        if edited:  # another file with changes of the person's own stays out of it
            (repository / "content/topics/storage.md").write_text("---\nname: Storing\n---\n", encoding="utf-8")
            before["content/topics/storage.md"] = b"---\nname: Storing\n---\n"
        done = call(*rename)
        assert done.status == 0, done.err
        (undo,) = (line.removeprefix("to undo it: ") for line in done.lines if line.startswith("to undo it: "))
        subprocess.run(shlex.split(undo), check=True, capture_output=True)
        assert {name: data for name, data in read_files(repository).items() if not name.startswith(".git/")} == before


def test_uncommitted_changes_need_force(call: Call, repository: Path) -> None:
    path = repository / "content/articles/2026/pier.md"
    path.write_text(path.read_text(encoding="utf-8") + "Mine.\n", encoding="utf-8")
    rename = ("entity", "rename", "tallow-pier", "Pier", "--slug", "pier", "--site", repository)
    done = call(*rename)
    assert done.status == 1
    assert "content/articles/2026/pier.md: has changes that are not committed" in done.err
    assert (repository / "content/companies/tallow-pier.md").exists()
    done = call(*rename, "--force")
    assert done.status == 0
    assert "to undo it" not in done.out
    assert "- pier  # the buyer" in path.read_text(encoding="utf-8")


def test_check(call: Call, full: Path) -> None:
    (full / "content/companies/tallow.md").write_text(
        "---\nname: Tallow\nnames:\n- Tallow Pier\n---\n", encoding="utf-8"
    )
    done = call("entity", "check", "--site", full)
    assert done.status == 1
    entity = "site-gen entity merge companies"
    assert done.out == (
        "content/articles/2026/silo.md:4: the tag companies/talow-pier (1 article) has no file; "
        f"did you mean Tallow Pier? {entity}/talow-pier companies/tallow-pier\n"
        "content/companies/tallow.md:2: no article is tagged with it; "
        "add other names that texts use, run `site-gen tag`, or remove the file\n"
        "content/companies/tallow.md:4: Tallow Pier is a name of companies/tallow-pier too "
        f"(content/companies/tallow-pier.md); if they are one: {entity}/tallow companies/tallow-pier\n"
        "3 things to look at\n"
    )
    codes = [record["code"] for record in call("entity", "check", "--site", full, "--json").records]
    assert codes == ["no-file", "never-named", "same-entity"]


def test_check_finds_nothing_in_the_demo(call: Call) -> None:
    assert call("entity", "check", "--site", REPO).status == 0


CSV = """\
name;kind;names;wikidata;website;Based in
elmswick grain;;Elm Grain, Ltd;Q12;https://grain.example/;Elmswick
Tallow Pier;companies;;Q13;;"Tallow; the old town"
New Firm;company;NF Inc;;;

Nobody;;;;;
"""


def test_fill(call: Call, full: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    (full / "content/companies/tallow-pier.md").write_text(
        "---\nname: Tallow Pier\nwikidata: Q99 # mine\nfacts:\n  Founded: 1900 # a guess\n---\n", encoding="utf-8"
    )
    done = call("entity", "fill", table, "--site", full)
    assert done.status == 1
    assert f"{table}:3: `wikidata` is Q13 here and Q99 in content/companies/tallow-pier.md, which stays" in done.err
    assert f"{table}:4: New Firm: is not known" in done.out
    assert read(full, "companies/tallow-pier.md") == (
        "---\nname: Tallow Pier\nwikidata: Q99 # mine\nfacts:\n  Founded: 1900 # a guess\n"
        "  Based in: Tallow; the old town\n---\n"
    )
    assert read(full, "companies/elmswick-grain.md") == (
        "---\nname: Elmswick Grain\nnames: [Elmswick Grain Ltd, 'Elm Grain, Ltd']\nwikidata: Q12\n"
        "website: https://grain.example/\nfacts: {Based in: Elmswick}\n---\nA silo.\n"
    )
    table.write_text(CSV.replace("Nobody;;", "Nobody;topics;").replace("Q13", ""), encoding="utf-8")
    assert call("entity", "fill", table, "--site", full, "--add").status == 0
    assert read(full, "companies/new-firm.md") == "---\nname: New Firm\nnames: [NF Inc]\n---\n\n"
    assert call("entity", "fill", table, "--site", full, "--add").lines[-1] == "nothing to do"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "t.csv:1: is empty"),
        ("nme,kind\nx,y\n", "t.csv:1: the header has no column `name`; did you mean nme?"),
        ("name,kind\nTallow Pier,compnies\n", "t.csv:2: this site has no kind compnies; did you mean companies?"),
        ("name,wikidata\nTallow Pier,12\n", "t.csv:2: `wikidata: 12` is no item number"),
        ("name,website\nTallow Pier,ftp://x\n", "t.csv:2: `website: ftp://x` is no web address"),
        ('name\n"Tallow\nPier"\nx,y\n', "t.csv:4: has 2 cells, and the header 1"),
        ('name\n"Tallow\n', "t.csv:2: is no CSV from here on"),
        ("name,kind\n,companies\n", "t.csv:2: has no name"),
        ("name,A,A\nx,1,2\n", "t.csv:1: two columns go by A"),
    ],
)
def test_a_table_that_is_wrong(call: Call, full: Path, tmp_path: Path, text: str, said: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, encoding="utf-8")
    before = read_files(full)
    done = call("entity", "fill", table, "--site", full, "--add")
    assert done.status == 1
    assert said in done.err
    assert read_files(full) == before


@pytest.mark.parametrize("command", ["", "show", "add", "rename", "move", "merge", "fill", "check"])
def test_help_is_quick(command: str) -> None:
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


def test_used_wrongly(call: Call, full: Path) -> None:
    for wrong in (
        ["entity"],
        ["entity", "show"],
        ["entity", "merge", "x"],
        ["entity", "fill", "no.csv", "--site", str(full)],
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
def test_after_a_command_the_notes_on_tags_say_the_same(call: Call, site: Path, command: tuple[str, ...]) -> None:
    """Else `tag` would take for a person's word what the program wrote: `ignore:` what nobody took out."""
    path = site / "content/articles/2026/silo.md"
    path.parent.mkdir(parents=True)
    path.write_text(
        "---\ntitle: Elmswick Grain sells its silo\npublished: 2026-01-01\ncompanies: [tallow-pier]\n---\n"
        "Elmswick Grain sells the silo of the quay. Nobody asked the cranes, and nobody will.\n",
        encoding="utf-8",
    )
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


def test_links_in_what_the_owner_wrote_follow(call: Call, repository: Path) -> None:
    files = ("about.md", "issues/2026-w01.md", "companies/tallow-pier.md", "companies/elmswick-grain.md")
    head = "---\nname: Tallow Pier\n# [kept](/companies/elmswick-grain/)\nwikidata: Q7\n---\n"
    heads = ("", "---\ntitle: The week\n---\n", head, "---\nname: Elmswick Grain\n---\n")
    (repository / "content/issues").mkdir()
    (repository / "content/companies/elmswick-grain-two.md").write_text("---\nname: Zyx\n---\n")
    for file, head in zip(files, heads, strict=True):
        (repository / "content" / file).write_bytes((head + LINKED).replace("\n", "\r\n").encode())
    rename = ("entity", "rename", "Elmswick Grain", "Elm Foods", "--slug", "elm-foods", "--site", repository)
    done = call(*rename, "--force")
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
