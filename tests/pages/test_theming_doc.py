"""docs/theming.md: each of its samples does what the page says, and its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, theme_reader
from site_gen.content.loader import parse_config
from site_gen.pages import theme_assets, theme_files
from tests.support.search_site import write_search_site
from tests.support.sites import REPO, read_files

if TYPE_CHECKING:
    from site_gen.core.errors import Problem

DOC = (Path(__file__).parent.parent.parent / "docs/theming.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def samples(language: str) -> list[str]:
    return [text for name, text in SAMPLES if name == language]


def test_there_is_no_sample_that_nothing_tries() -> None:
    assert {name for name, _ in SAMPLES} == {"yaml", "css", "jinja"}
    assert DOC.count("```") == 2 * len(SAMPLES)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write_search_site(tmp_path / "site")
    (tmp_path / "site/content/logo.svg").write_text(LOGO, encoding="utf-8")
    (tmp_path / "site/templates/assets").mkdir(parents=True)
    return tmp_path


def built(base: Path) -> dict[str, str]:
    build_session.build(base / "site", base / "out", OPTIONS)
    return {name: data.decode() for name, data in read_files(base / "out").items()}


@pytest.mark.parametrize("text", samples("yaml"))
def test_settings_are_read_and_build(base: Path, text: str) -> None:
    problems: list[Problem] = []
    parse_config(f"title: T\n{text}".encode(), problems)
    assert problems == []
    path = base / "site/content/site.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    found = built(base)
    (style,) = [text for name, text in found.items() if name.startswith("assets/style.")]
    assert "/* theme: of site.yaml */" in style


def test_own_css_ends_the_style_sheet(base: Path) -> None:
    (css,) = samples("css")
    (base / "site/templates/assets/own.css").write_text(css, encoding="utf-8")
    found = built(base)
    ((name, style),) = [(name, text) for name, text in found.items() if name.endswith(".css")]
    assert style.endswith(css)
    assert f'href="/repo/{name}"' in found["index.html"]


def test_a_template_extends_ours_of_the_same_name(base: Path) -> None:
    plain = built(base)
    entity, frame = samples("jinja")
    (base / "site/templates/entity.html").write_text(entity, encoding="utf-8")
    (base / "site/templates/base.html").write_text(frame, encoding="utf-8")
    found = built(base)
    page = found["companies/voss/index.html"]
    assert re.search(r'<p class="meta">Voss &amp; Daughters has been in \d+ (story|stories)\.</p>', page)
    assert '<meta name="author" content="Quay Notes">' in page
    assert '<meta name="author" content="Quay Notes">' in found["index.html"]
    assert all(line in page for line in plain["companies/voss/index.html"].splitlines())
    assert found["topics/storage/index.html"].count("has been in") == 1
    assert "has been in" not in found["index.html"]


def test_a_change_of_ours_redraws_what_extends_it(base: Path) -> None:
    """The digest of a site's template holds that of ours beneath it."""
    (base / "site/templates/entity.html").write_text(samples("jinja")[0], encoding="utf-8")
    files = theme_reader.read_theme(base / "site")
    other = {**files.templates, "theme/entity.html": files.templates["theme/entity.html"] + "<!-- -->"}
    before, after = (
        theme_assets.describe_theme(files),
        theme_assets.describe_theme(theme_files.ThemeFiles(other, files.assets)),
    )
    assert before.templates["entity.html"] != after.templates["entity.html"]
    assert before.templates["home.html"] == after.templates["home.html"]


def test_the_variables_are_those_of_the_style_sheet() -> None:
    style = (REPO / "templates/assets/style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media screen and", 2)[:2])
    told = re.findall(r"^\| `--(\w+)` \| `(#\w{6})` \| `(#\w{6})` \|", DOC, re.MULTILINE)
    assert {name for name, _, _ in told} == {name for name in light if not re.fullmatch(r"k\d", name)}
    for name, by_day, by_night in told:
        assert (light[name], dark[name]) == (by_day, by_night)


def test_the_templates_and_what_they_show_are_there() -> None:
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
