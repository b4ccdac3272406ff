"""The `list` command, and what tells the next step of a new site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, HtmlPage


def article(created: str, *lines: str) -> str:
    return "\n".join(["---", f"title: Of {created}", f"created: {created}", *lines, "---", "A text.", ""])


ARTICLES = {
    "content/articles/2026/a.md": article("2026-03-01", "published: 2026-03-01", "companies: [tallow-pier]"),
    "content/articles/2026/b.md": article("2026-03-03", "companies: [tallow-pier]"),
    "content/articles/2026/c.md": article("2026-03-02", "published: 2026-03-02", "doubts: {title: from the address}"),
}


def test_articles_are_listed_by_what_is_looked_for(call: Call, site: Path) -> None:
    write_files(site, ARTICLES)

    def listed(*options: str) -> list[str]:
        done = call("list", "--site", site, "--json", *options)
        assert done.status == 0, done.err
        return [record["article"][-4] for record in done.records]

    assert listed() == ["b", "c", "a"]
    assert listed("--limit", "1") == ["b"]
    assert listed("--undated") == ["b"]
    assert listed("--doubtful") == ["c"]
    assert listed("--untagged") == ["c"]
    assert listed("--untagged", "--undated") == []
    lines = call("list", "--site", site, "--limit", "1").lines
    assert lines == [
        "2026-03-03  Of 2026-03-03  (companies/tallow-pier; undated)  content/articles/2026/b.md",
        "3 articles; 2 not shown: --limit 0",
    ]


def test_a_new_site_is_told_what_it_lacks(call: Call, tmp_path: Path, html_page: HtmlPage) -> None:
    site, page = tmp_path / "x", tmp_path / "page.html"
    page.write_text(html_page("A silo"), encoding="utf-8")
    call("new", site)
    command = f"next: site-gen {{}} --site {site}\n"
    assert call("build", "--site", site).err.endswith(command.format("add PAGES"))
    assert "site-gen" not in "".join(
        text.decode() for name, text in read_files(site / "output").items() if name.endswith(".html")
    )
    added = call("add", "--site", site, page)
    assert added.err.endswith(command.format("suggest"))
    assert call("build", "--site", site).err.endswith(command.format("suggest"))
    write_files(site, {"content/people/a.md": "---\nname: A\n---\n"})
    assert call("tag", "--site", site).lines == ["0 articles changed"]
    assert "next:" not in call("build", "--site", site).err


def test_a_dry_run_of_add_writes_nothing(call: Call, site: Path, tmp_path: Path, html_page: HtmlPage) -> None:
    for name in ("a.html", "b.html"):  # the same page twice
        (tmp_path / name).write_text(html_page("A silo"), encoding="utf-8")
    before = read_files(site)
    done = call("add", "--dry-run", "--site", site, tmp_path / "a.html", tmp_path / "b.html")
    assert done.status == 0, done.err
    assert "1 would be added, 1 already here, 0 failed" in done.lines
    assert read_files(site) == before
