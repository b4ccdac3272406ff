"""Compiled templates that builds keep: used where they are of this text and program, and never in the way."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from site_gen.build import compiled_templates
from site_gen.build.compiled_templates import open_compiled_templates
from site_gen.content.records import SiteConfig
from site_gen.core.internal_links import Links
from site_gen.pages.language import load_language
from site_gen.pages.renderer import Renderer, create_environment
from site_gen.site.database import SiteDatabase
from tests.support.notes import NothingToLoad

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def empty_site(base_url: str = "https://example.org/") -> SiteDatabase:
    config = SiteConfig(title="A site", base_url=base_url)
    return SiteDatabase(config, Links(base_url), NothingToLoad())


def draw(text: str, *, compile_anew: bool = True, site: SiteDatabase | None = None) -> str:
    env = create_environment({"a.html": text}, load_language("en"), open_compiled_templates(site or empty_site()))
    if not compile_anew:
        env.compile = None  # type: ignore[method-assign,assignment]
    return env.get_template("a.html").render()


def test_a_template_is_compiled_once_for_all_builds() -> None:
    assert draw("{{ 1 + 1 }}") == "2"
    assert draw("{{ 1 + 1 }}", compile_anew=False) == "2"


def test_another_text_or_program_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert draw("{{ 1 + 1 }}") == "2"
    assert draw("{{ 1 + 2 }}") == "3"
    monkeypatch.setattr(compiled_templates, "program_digest", lambda: "another")
    with pytest.raises(TypeError, match="not callable"):
        draw("{{ 1 + 2 }}", compile_anew=False)
    assert draw("{{ 1 + 2 }}") == "3"


def test_a_constant_address_is_that_of_the_site() -> None:
    for base_url in ("https://a.example/", "https://b.example/x/"):
        site = empty_site(base_url)
        renderer = Renderer({"a.html": "{{ '/feed.xml' | absolute }}"}, site, open_compiled_templates(site))
        assert renderer._env.get_template("a.html").render() == f"{base_url}feed.xml"


def test_damaged_files_are_made_anew(folder: Path) -> None:
    draw("{{ 1 + 1 }}")
    (file,) = folder.rglob("*.cache")
    whole = file.read_bytes()
    for position in range(len(whole)):
        for damaged in (whole[:position], whole[:position] + bytes([whole[position] ^ 64]) + whole[position + 1 :]):
            file.write_bytes(damaged)
            assert draw("{{ 1 + 1 }}") == "2"
            assert file.read_bytes() == whole


def test_a_folder_that_is_not_safe_or_full_is_done_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw("{{ 1 + 1 }}")
    (cache,) = folder.iterdir()
    moved = cache.rename(folder / "elsewhere")
    cache.symlink_to(moved)  # as somebody else on this machine might put one
    assert open_compiled_templates(empty_site()) is None
    assert draw("{{ 1 + 1 }}") == "2"
    cache.unlink()

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    assert draw("{{ 1 + 5 }}") == "6"
    assert not [*cache.iterdir()]
