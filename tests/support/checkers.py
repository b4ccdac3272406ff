"""The programs of others that judge pages: where they are, and a site that has a page of every template."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from site_gen.build import build_session
from site_gen.core.urls import file_of_url
from site_gen.publish import permalinks
from tests.support.sites import REPO, markdown_file, own_words, small_site, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAMES = {"base.html", "macros.html", "issue_parts.html", "units.html"}  # what other templates are made with
MAILS = {"issue_email.html"}  # no page of the site


def give_up(reason: str) -> NoReturn:
    """Skip; on CI what is missing is a failure: these tests must not pass by not running."""
    (pytest.fail if os.environ.get("SITE_GEN_REQUIRE_BROWSER") else pytest.skip)(reason)


def program(name: str) -> str:
    """Return where a program is."""
    return shutil.which(name) or give_up(f"no {name} on the path: .ci/run installs it")


def package(name: str) -> Path:
    """Return a file of one of the packages in .ci/package.json."""
    folder = Path(os.environ.get("SITE_GEN_CHECKERS", REPO / ".ci")) / "node_modules"
    if not (folder / name).exists():
        give_up(f"{name.partition('/')[0]} is not there: `make checkers` installs it (needs npm)")
    return folder / name


def build_every_template(folder: Path) -> tuple[Path, Mapping[str, Path]]:
    """Build a site into `folder/repo`; return that, and for each of its HTML templates a page that is made with it."""
    site, out = folder / "site", folder / "repo"
    small_site(site)
    write_files(site, {"content/companies/gone-grain.md": markdown_file(name="Gone Grain & Sons")})
    permalinks.record(site, dt.date(2026, 11, 20))
    (site / "content/companies/gone-grain.md").unlink()
    permalinks.declare_gone(site, "/companies/gone-grain/", dt.date(2026, 11, 23), "Gone Grain & Sons")
    options = build_session.BuildOptions("https://notes.example/repo/")
    for number in range(64):  # too many for one page
        text = markdown_file(
            f"The board of the Rye Mill met for the {number}th time, and agreed that it would meet again.\n\n"
            f"{own_words(number)}",
            title=f"Mill number {number}",
            source=f"https://a.example/{number}",
            published=f"2025-{number % 12 + 1:02}-03",
            companies=["rye-mill", "silo-works"],
            text="full" if number % 2 else "excerpt",
        )
        write_files(site, {f"content/articles/2025/mill-{number:02}.md": text})
    build_session.build(site, out, options)
    with build_session.open_builder(site, out, options) as builder:
        _, plan = builder.load()
    pages: dict[str, Path] = {}  # by template
    for page in plan.pages:
        if page.template.endswith(".html"):
            pages.setdefault(page.template, out / file_of_url(page.url))
    templates = {path.name for path in (REPO / "templates").glob("*.html")}
    assert pages.keys() == templates - FRAMES - MAILS
    return out, pages
