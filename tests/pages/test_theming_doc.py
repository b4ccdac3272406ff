"""docs/theming.md: each sample works as the page says, and its tables are those of the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, theme_reader
from site_gen.content.loader import parse_config
from site_gen.pages import theme_assets, theme_files
from site_gen.site import theme
from tests.support.search_site import write_search_site
from tests.support.sites import REPO, append_to_file, read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.core.errors import Problem

DOC = (REPO / "docs/theming.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def samples(language: str) -> list[str]:
    return [text for name, text in SAMPLES if name == language]


def test_every_sample_is_tried_here() -> None:
    assert {name for name, _ in SAMPLES} == {"yaml", "css", "jinja"}
    assert DOC.count("```") == 2 * len(SAMPLES)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_files(write_search_site(tmp_path / "site"), {"content/logo.svg": LOGO})


def built_files(site: Path) -> dict[str, str]:
    build_session.build(site, site / "output", OPTIONS)
    return {name: data.decode() for name, data in read_files(site / "output").items()}


@pytest.mark.parametrize("text", samples("yaml"))
def test_samples_of_settings_are_read_and_built(site: Path, text: str) -> None:
    problems: list[Problem] = []
    parse_config(f"title: T\n{text}".encode(), problems)
    assert problems == []
    append_to_file(site / "content/site.yaml", text)
    files = built_files(site)
    (style,) = [text for name, text in files.items() if name.startswith("assets/style.")]
    assert "/* theme: of site.yaml */" in style


def test_own_css_ends_the_style_sheet(site: Path) -> None:
    (css,) = samples("css")
    write_files(site, {"templates/assets/own.css": css})
    files = built_files(site)
    ((name, style),) = [(name, text) for name, text in files.items() if name.endswith(".css")]
    assert style.endswith(css)
    assert f'href="/repo/{name}"' in files["index.html"]


def test_a_template_extends_that_of_the_theme_with_its_name(site: Path) -> None:
    plain = built_files(site)
    entity, frame = samples("jinja")
    write_files(site, {"templates/entity.html": entity, "templates/base.html": frame})
    files = built_files(site)
    page = files["companies/voss/index.html"]
    assert re.search(r'<p class="meta">Voss &amp; Daughters has been in \d+ (story|stories)\.</p>', page)
    assert '<meta name="author" content="Quay Notes">' in page
    assert all('content="Quay Notes">' in text for name, text in files.items() if name.endswith(".html"))
    assert all(line in page for line in plain["companies/voss/index.html"].splitlines())
    assert files["topics/storage/index.html"].count("has been in") == 1
    assert "has been in" not in files["index.html"]


def test_the_digest_of_a_template_covers_the_one_that_it_extends(site: Path, tmp_path: Path) -> None:
    write_files(site, {"templates/entity.html": samples("jinja")[0]})
    files = theme_reader.read_theme(site)
    other = {**files.templates, "theme/entity.html": files.templates["theme/entity.html"] + "<!-- -->"}
    with build_session.open_builder(site, tmp_path / "out", build_session.BuildOptions()) as builder:
        built_site, _ = builder.load()
    before = [theme.template_digest(built_site, name) for name in ("entity.html", "home.html")]
    built_site.put_theme(theme_assets.describe_theme(theme_files.ThemeFiles(other, files.assets)))
    after = [theme.template_digest(built_site, name) for name in ("entity.html", "home.html")]
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)


def test_the_table_of_variables_is_that_of_the_style_sheet() -> None:
    style = (REPO / "templates/assets/style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media screen and", 2)[:2])
    rows = re.findall(r"^\| `--(\w+)` \| `(#\w{6})` \| `(#\w{6})` \|", DOC, re.MULTILINE)
    assert {name for name, _, _ in rows} == {name for name in light if not re.fullmatch(r"k\d", name)}
    for name, by_day, by_night in rows:
        assert (light[name], dark[name]) == (by_day, by_night)


def test_templates_views_macros_and_blocks_that_the_page_names_exist() -> None:
    for row in re.findall(r"^\| (`\w+\.(?:html|xml|svg).*) \| (.*`\w+\.py`.*) \|$", DOC, re.MULTILINE):
        for name in re.findall(r"`(\w+\.(?:html|xml|svg|txt))`", row[0]):
            assert (REPO / "templates" / name).is_file(), name
        files = [REPO / "site_gen/pages/views" / name for name in re.findall(r"`(\w+\.py)`", row[1])]
        words = "".join(file.read_text(encoding="utf-8") for file in files)
        for record in re.findall(r"`([A-Z]\w+)`", row[1]):
            assert f"class {record}" in words, record
    macros = (REPO / "templates/macros.html").read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+)`", DOC.partition("`macros.html` has the parts")[2].partition(";")[0]):
        assert f"macro {name}(" in macros, name
    frame = (REPO / "templates/base.html").read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+)`", DOC.partition("has the blocks")[2].partition(".")[0]):
        assert f"block {name} %}}" in frame, name
