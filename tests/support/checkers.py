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
from tests.support.sites import REPO, own_words, small_site

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAMES = {"base.html", "macros.html", "issue_parts.html"}  # what other templates are made with
MAILS = {"issue_email.html"}  # no page of the site


def give_up(reason: str) -> NoReturn:
    """Skip; on CI what is missing is a failure: these tests must not pass by not running."""
    (pytest.fail if os.environ.get("SITE_GEN_REQUIRE_BROWSER") else pytest.skip)(reason)


def program(name: str) -> str:
    """Where a program is."""
    return shutil.which(name) or give_up(f"no {name} on the path: .ci/run installs it")


def package(name: str) -> Path:
    """Return a file of one of the packages in .ci/package.json."""
    folder = Path(os.environ.get("SITE_GEN_CHECKERS", REPO / ".ci")) / "node_modules"
    if not (folder / name).exists():
        give_up(f"{name.partition('/')[0]} is not there: `make checkers` installs it (needs npm)")
    return folder / name


def every_template(folder: Path) -> tuple[Path, Mapping[str, Path]]:
    """Return a built site, as `folder/repo`, and for each of its HTML templates a page that is drawn with it."""
    site, out = folder / "site", folder / "repo"
    small_site(site)
    (site / "content/companies/gone-grain.md").write_text("---\nname: Gone Grain & Sons\n---\n", encoding="utf-8")
    permalinks.record(site, dt.date(2026, 11, 20))
    (site / "content/companies/gone-grain.md").unlink()
    permalinks.declare_gone(site, "/companies/gone-grain/", dt.date(2026, 11, 23), "Gone Grain & Sons")
    options = build_session.BuildOptions("https://notes.example/repo/")
    for n in range(64):  # too many for one page
        (site / f"content/articles/2025/mill-{n:02}.md").write_text(
            f"---\ntitle: Mill number {n}\nsource: https://a.example/{n}\npublished: 2025-{n % 12 + 1:02}-03\n"
            f"companies: [rye-mill, silo-works]\ntext: {'full' if n % 2 else 'excerpt'}\n---\n"
            f"The board of the Rye Mill met for the {n}th time, and agreed that it would meet again.\n\n"
            f"{own_words(n)}\n",
            encoding="utf-8",
        )
    build_session.build(site, out, options)
    with build_session.open_builder(site, out, options) as builder:
        _, plan = builder.load()
    found: dict[str, Path] = {}
    for page in plan.pages:
        if page.template.endswith(".html"):
            found.setdefault(page.template, out / file_of_url(page.url))
    templates = {path.name for path in (REPO / "templates").glob("*.html")}
    assert found.keys() == templates - FRAMES - MAILS
    return out, found
