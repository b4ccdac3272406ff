"""Loading content/: which files are read as what, and every problem of every file, with its line."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from site_gen.content import loader, site_paths
from site_gen.content.content_files import markdown_files
from site_gen.content.loader import MAX_BODY_CHARS, MAX_FILE_BYTES, load, load_config
from site_gen.content.records import Tag
from site_gen.core.errors import SiteError, UsageError
from tests.support.sites import write_files
from tests.support.strategies import nasty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SITE = "title: A site\nbase_url: https://a.example/\n"

ALL_PROBLEMS = """
content/about.md:2: mapping values are not allowed in this context; put the value in quotes if it holds a colon, a quote, a # or begins with a special character
content/articles/19/short.md: articles belong in the folder of their year; move it to content/articles/2024/
content/articles/2019/05/deep.md: articles belong in the folder of their year; move it to content/articles/2024/
content/articles/2019/anchor.md:2: YAML anchors and aliases (& and *) are not supported; write the value out, or quote it
content/articles/2019/bad-keys.md:3: `companis` is not a key of this file; did you mean companies?
content/articles/2019/bad-keys.md:4: `topics` holds keys of its own; write a list: [one, two]
content/articles/2019/bad-keys.md:5: `published` is the text '2019-02-30', not a calendar date; write 2019-05-23
content/articles/2019/bad-paths.md:3: `redirect_from`: ../x is not an address of this site; write /companies/name/
content/articles/2019/bad-paths.md:3: `redirect_from`: //evil is not an address of this site; write /companies/name/
content/articles/2019/bad-paths.md:4: `id: A!` has characters other than a-z, 0-9 and -; never change an id; restore it
content/articles/2019/bad-tags.md:6: `ignore`: company/b has a kind that this site does not have; did you mean companies?
content/articles/2019/con.md: the file name 'con' cannot be used in a URL; rename the file to con-page.md
content/articles/2019/no-title.md:2: `title` is missing; add a line `title: …`
content/articles/2019/no-utf8.md:5: is not UTF-8 here; save the file as UTF-8 in your editor
content/articles/2019/two.md:4: has the id of content/articles/2019/one.md, same; remove one of the two, or the `id:` of the copy
content/articles/loose.md: articles belong in the folder of their year; move it to content/articles/2024/
content/articles/٢٠١٩/arabic.md: articles belong in the folder of their year; move it to content/articles/2024/
content/companies/E E.md: the file name 'E E' cannot be used in a URL; rename the file to e-e.md
content/companies/a.md:3: `website: javascript:x` is not a web address; write it with https://
content/companies/b.md:2: `name` is missing; add a line `name: …`
content/companies/c.md:3: `name` appears twice, first 1 line above; keep one
content/companies/deep/d.md: entity files belong directly in their kind's folder; move it to content/companies/
content/companies/f.md:1: has no front matter; begin the file with ---, a line `name:` or `title:`, and ---
content/companies/g.md:1: the front matter that opens with --- is never closed; end it with a line of ---
content/site.yaml:2: `base_url: example.com` is not a site's address; write https://user.github.io/repo/
content/site.yaml:3: `home_article` is not a key of this file; did you mean home_articles?
"""  # noqa: E501  as a person reads them


def write_content(site: Path, files: Mapping[str, str | bytes], config: str = SITE) -> None:
    write_files(site / "content", {"site.yaml": config, **files})


def problem_lines(site: Path) -> list[str]:
    return [str(problem) for problem in load(site)[1]]


def test_a_site_is_loaded(tmp_path: Path) -> None:
    write_content(
        tmp_path,
        {
            "companies/hikvision.md": "---\nname: Hikvision\nnames: [海康威视]\n---\n\nNotes.\n",
            "topics/海.md": "---\nname: 海\n---\n",
            "articles/2019/us-weighs.md": "---\ntitle: U.S. weighs\ncompanies: [海康威视]\n---\nBody.\n",
            "articles/2019/.hidden.md": "not read",
            "articles/.obsidian/x.md": "not read",
            "articles/2019/picture.png": b"\xff",
            "about.md": "About us.\n",
            "saved/x.md": "evidence, not read",
        },
    )
    content, problems = load(tmp_path)
    assert problems == []
    assert [e.tag for e in content.entities] == [Tag("companies", "hikvision"), Tag("topics", "海")]
    assert content.entities[0].notes == "Notes."
    assert content.entities[0].file == "content/companies/hikvision.md"
    (article,) = content.articles
    assert (article.file, article.year, article.slug) == ("content/articles/2019/us-weighs.md", "2019", "us-weighs")
    assert (article.body, article.body_line) == ("Body.\n", 5)
    assert article.tags == (Tag("companies", "hikvision"),)
    assert content.about == "About us.\n"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    write_content(tmp_path, {"articles/2019/a.md": b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nB\r\n"}, "\ufeff" + SITE)
    content, problems = load(tmp_path)
    assert problems == []
    assert (content.articles[0].title, content.articles[0].body) == ("A", "B\n")


MERGE = "<<<<<<< HEAD\nThe pier stays.\n=======\nThe pier goes.\n>>>>>>> other\n"


@pytest.mark.parametrize("file", ["articles/2019/a.md", "companies/a.md", "issues/2019-w02.md", "about.md"])
def test_a_merge_that_nobody_ended_is_told(tmp_path: Path, file: str) -> None:
    head = {"articles": "---\ntitle: A\n---\n", "companies": "---\nname: A\n---\n"}.get(file.partition("/")[0], "")
    write_content(tmp_path, {file: f"{head}One.\n\n{MERGE}"})
    line = head.count("\n") + 3
    (problem,) = problem_lines(tmp_path)
    assert problem.startswith(f"content/{file}:{line}: holds both sides of a merge; keep the right one of the two")


def test_the_marks_of_a_merge_in_code_are_an_example(tmp_path: Path) -> None:
    write_content(tmp_path, {"articles/2019/a.md": f"---\ntitle: A\n---\n```\n{MERGE}```\n\n>>>>>>> is a mark.\n"})
    assert problem_lines(tmp_path) == []


def test_all_problems_of_all_files_are_reported_at_once_with_file_and_line(tmp_path: Path) -> None:
    write_content(
        tmp_path,
        {
            "companies/a.md": "---\nname: A\nwebsite: javascript:x\n---\n",
            "companies/b.md": "---\nwikidata: Q1\n---\n",
            "companies/c.md": "---\nname: C\nname: D\n---\n",
            "companies/deep/d.md": "---\nname: D\n---\n",
            "companies/E E.md": "---\nname: E\n---\n",
            "companies/f.md": "name: no front matter\n",
            "companies/g.md": "---\nname: never closed\n",
            "articles/2019/bad-keys.md": "---\ntitle: A\ncompanis: [a]\ntopics: {a: b}\npublished: 2019-02-30\n---\n",
            "articles/2019/bad-paths.md": "---\ntitle: A\nredirect_from: [../x, //evil]\nid: A!\n---\n",
            "articles/2019/bad-tags.md": "---\n# c\ntitle: A\nignore:\n  - companies/a\n  - company/b\n---\n",
            "articles/2019/no-utf8.md": b"---\ntitle: A\n---\nline\ncaf\xe9\n",
            "articles/2019/no-title.md": "---\n# nothing\n---\n",
            "articles/2019/anchor.md": "---\ntitle: &a A\n---\n",
            "articles/2019/one.md": "---\ntitle: A\nid: same\n---\n",
            "articles/2019/two.md": "---\ntitle: A\n\nid: same\n---\n",
            "articles/loose.md": "---\ntitle: A\n---\n",
            "articles/2019/05/deep.md": "---\ntitle: A\n---\n",
            "articles/19/short.md": "---\ntitle: A\n---\n",
            "articles/٢٠١٩/arabic.md": "---\ntitle: A\n---\n",
            "articles/2019/con.md": "---\ntitle: A\n---\n",
            "about.md": "---\na: b: c\n---\n",
        },
        "title: A site\nbase_url: example.com\nhome_article: 3\n",
    )
    assert problem_lines(tmp_path) == ALL_PROBLEMS.strip().splitlines()


def test_the_same_source_twice_is_the_same_id_twice(tmp_path: Path) -> None:
    text = "---\ntitle: A\nsource: https://news.example/a\n---\n"
    write_content(tmp_path, {"articles/2019/a.md": text, "articles/2020/a-2.md": text})
    (problem,) = problem_lines(tmp_path)
    assert problem.startswith("content/articles/2020/a-2.md:3: has the id of content/articles/2019/a.md, ")


def test_one_slug_in_two_years_is_two_articles(tmp_path: Path) -> None:
    write_content(tmp_path, {f"articles/{year}/a.md": "---\ntitle: A\n---\n" for year in (2019, 2020)})
    assert problem_lines(tmp_path) == []


def test_file_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    write_content(tmp_path, {"companies/a.md": "---\nname: A\n---\n", "companies/a.MD": "---\nname: A\n---\n"})
    if len(list((tmp_path / "content/companies").iterdir())) == 1:
        pytest.skip("this file system knows no case")
    (problem,) = problem_lines(tmp_path)
    assert problem.startswith("content/companies/a.md: differs from content/companies/a.MD only in case or in how")


def test_a_file_name_may_be_decomposed_or_end_with_a_sigma(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "йод")
    files = {f"companies/{name}.md": f"---\nname: {name}\n---\n" for name in (decomposed, "ζόρμπος")}
    write_content(tmp_path, {**files, f"articles/2019/{decomposed}.md": "---\ntitle: A\ncompanies: [йод]\n---\n"})
    content, problems = load(tmp_path)
    assert problems == []
    assert [entity.slug for entity in content.entities] == ["ζόρμποσ", "йод"]
    assert [(article.slug, article.tags) for article in content.articles] == [("йод", (Tag("companies", "йод"),))]
    write_content(tmp_path, {"companies/йод.md": "---\nname: A\n---\n"})
    if len(list((tmp_path / "content/companies").iterdir())) > len(files):
        assert "in how its letters are put together; rename one" in problem_lines(tmp_path)[0]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_symbolic_links_are_refused_everywhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: Secret\nname: Secret\n---\nsecret\n")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/x.md").write_text(secret.read_text())
    site = tmp_path / "site"
    write_content(site, {"articles/2019/a.md": "---\ntitle: A\n---\n"})
    (site / "content/articles/2019/s.md").symlink_to(secret)
    (site / "content/articles/2020").symlink_to(tmp_path / "dir")
    (site / "content/articles/2019/gone.md").symlink_to(tmp_path / "nothing")
    (site / "content/topics").symlink_to(tmp_path / "dir")
    (site / "content/about.md").symlink_to(secret)
    content, problems = load(site)
    assert {problem.what for problem in problems} == {"is a link, which is not followed"}
    assert [problem.file for problem in problems] == [
        "content/about.md",
        "content/articles/2019/gone.md",
        "content/articles/2019/s.md",
        "content/articles/2020",
        "content/topics",
    ]
    assert [a.title for a in content.articles] == ["A"]
    assert (content.entities, content.about) == ((), "")


def test_files_and_texts_that_are_too_large_are_refused(tmp_path: Path) -> None:
    write_content(
        tmp_path,
        {
            "articles/2019/huge.md": b"---\ntitle: A\n---\n" + b"x" * MAX_FILE_BYTES,
            "articles/2019/long.md": "---\ntitle: A\n---\n" + "x" * (MAX_BODY_CHARS + 1),
            "articles/2019/just.md": "---\ntitle: A\n---\n" + "x" * MAX_BODY_CHARS,
            "articles/2019/yaml.md": f"---\ntitle: {'x' * 70_000}\n---\n",
        },
    )
    content, problems = load(tmp_path)
    assert [str(p) for p in problems] == [
        "content/articles/2019/huge.md: is larger than 2 MB; split it",
        "content/articles/2019/long.md:4: 524,289 characters of text; split it; the limit is 524,288",
        "content/articles/2019/yaml.md:2: 70,008 characters of YAML; keep it under 65,536",
    ]
    assert [a.slug for a in content.articles] == ["just"]


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are Unicode there")
def test_a_file_name_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    write_content(tmp_path, {"articles/2019/a.md": "---\ntitle: A\n---\n"})
    path = os.fsencode(tmp_path) + b"/content/articles/2019/caf\xe9.md"
    with open(path, "wb") as file:  # noqa: PTH123  a name of bytes
        file.write(b"---\ntitle: B\n---\n")
    (problem,) = problem_lines(tmp_path)
    assert problem == "content/articles/2019/caf\\udce9.md: has control or invisible characters in its name; rename it"
    problem.encode()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("- a\n", "content/site.yaml:1: expected `key: value` lines"),
        ("title: a\ntitle: b\n", "content/site.yaml:2: `title` appears twice"),
        ("title: a\n---\nb: c\n", "content/site.yaml:2: a second YAML document"),
        ("title: *x\n", "content/site.yaml:1: YAML anchors and aliases"),
    ],
)
def test_a_site_yaml_that_is_no_mapping_stops_loading(tmp_path: Path, config: str, message: str) -> None:
    write_content(tmp_path, {}, config)
    with pytest.raises(SiteError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(message)


def test_a_missing_empty_or_huge_site_yaml_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no site here"):
        load(tmp_path)
    write_content(tmp_path, {}, "")
    assert problem_lines(tmp_path) == ["content/site.yaml:1: `title` is missing; add a line `title: …`"]
    assert markdown_files(tmp_path, "content/companies", []) == {}
    write_content(tmp_path, {}, "#" * (MAX_FILE_BYTES + 1))
    with pytest.raises(SiteError, match="larger than 2 MB"):
        load_config(tmp_path, [])


def test_a_blank_name_is_reported_with_its_line(tmp_path: Path) -> None:
    write_content(tmp_path, {"companies/x.md": "---\nname: ''\n---\n"})
    (problem,) = problem_lines(tmp_path)
    assert problem.startswith("content/companies/x.md:2: `name` is blank")


@given(nasty)
def test_whatever_a_file_holds_its_problems_are_reported_and_others_are_loaded(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    site = tmp_path_factory.mktemp("site")
    raw = text.encode("utf-8", "surrogatepass")
    write_content(
        site,
        {
            "articles/2019/raw.md": raw,
            "articles/2019/head.md": b"---\n" + raw + b"\n---\n",
            "articles/2019/body.md": b"---\ntitle: " + raw + b"\n---\n" + raw,
            "articles/2019/good.md": "---\ntitle: Good\n---\n",
        },
    )
    content, problems = load(site)
    assert "good" in [a.slug for a in content.articles]
    assert all(p.file.startswith("content/articles/2019/") and str(p).encode() for p in problems)


def test_a_folder_whose_name_resembles_a_kind_is_reported(tmp_path: Path) -> None:
    write_content(tmp_path, {})
    (tmp_path / "content" / "compnies").mkdir()
    (tmp_path / "content" / "drafts").mkdir()
    assert problem_lines(tmp_path) == ["content/compnies: is not a folder that the site reads; did you mean companies?"]


def test_every_file_that_is_one_of_a_kind_has_a_parser_and_may_be_missing() -> None:
    assert {site_paths.CONFIG, *loader.SINGLE_FILE_PARSERS} == set(site_paths.SINGLE_FILES)
    assert not any(parse(b"", []) for parse in loader.SINGLE_FILE_PARSERS.values())


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("content/site.yaml", True),
        ("content/about.md", True),
        ("content/issues.txt", True),
        ("content/articles/2026/a.md", True),
        ("content/issues/2026-w47.md", True),
        ("content/companies/a.md", True),
        ("content/companies.md", False),
        ("content/people/a.md", False),
        ("content/articles/.trash/a.md", False),
        ("content/articles/2026/a.txt", False),
        ("content/saved/a.md", False),
    ],
)
def test_a_file_is_of_the_content_by_its_name(name: str, is_read: bool) -> None:
    assert site_paths.is_content_file(name, ["companies"]) is is_read
