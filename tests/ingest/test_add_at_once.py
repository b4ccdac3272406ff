"""Two commands that add pages at once, or beside a watch server; saved pages that change while they are read."""

from __future__ import annotations

import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.ingest.add_pages import add
from tests.support.archives import zipped
from tests.support.serving import has_clean_output, serve_process
from tests.support.sites import append_to_file, read_files
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.ingest.extract_pool import Extraction
    from tests.conftest import HtmlPage, Run

TODAY = dt.date(2026, 3, 4)


def test_of_two_at_once_no_page_comes_twice(site: Path, saved_pages: Path) -> None:
    first = add(site, [str(path) for path in sorted(saved_pages.iterdir())], TODAY)
    outcomes = [next(first)]
    with ThreadPoolExecutor(1) as executor:
        second = executor.submit(lambda: list(add(site, [str(path) for path in sorted(saved_pages.iterdir())], TODAY)))
        outcomes += first
        assert [outcome.status for outcome in outcomes] == ["added"] * 3 + ["failed"] * 2
        assert [outcome.status for outcome in second.result()] == ["duplicate"] * 3 + ["failed"] * 2
    assert len(loader.load(site)[0].articles) == 3


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_pages_that_are_added_beside_a_server_are_shown(site: Path, saved_pages: Path, run: Run) -> None:
    with serve_process(site, "--port", "0") as server:
        assert server.port
        assert run("add", "--site", site, saved_pages).status == 1  # two of the files hold no page
        until((site / "output/archive/2025/02/index.html").exists)
        until(lambda: has_clean_output(site))
        server.end()


@pytest.mark.parametrize("is_archive", [False, True])
def test_a_page_that_changes_while_it_is_read_is_refused(
    site: Path, tmp_path: Path, html_page: HtmlPage, is_archive: bool
) -> None:
    pages = {f"{name}.html": html_page(f"{name} keeps its silo") for name in ("Rye", "Mast")}
    path = tmp_path / "page.zip"
    path.write_bytes(zipped(pages) if is_archive else pages["Rye.html"].encode())

    def change(extractions: Iterator[Extraction]) -> Iterator[Extraction]:
        for number, extraction in enumerate(extractions):
            if number == 0:
                append_to_file(path, " ") if not is_archive else path.write_bytes(zipped({"x.html": "<p>x</p>"}))
            yield extraction

    before = read_files(site)
    outcomes = [outcome for outcome in add(site, [str(path)], TODAY, change) if outcome.status != "summary"]
    assert {outcome.status for outcome in outcomes} == {"failed"}
    assert all("changed while it was being read; add it again" in str(outcome.reason) for outcome in outcomes)
    assert read_files(site) == before


def test_an_archive_that_changes_between_its_pages_keeps_those_that_came(
    site: Path, tmp_path: Path, html_page: HtmlPage
) -> None:
    path = tmp_path / "pages.zip"
    archive = zipped({f"{name}.html": html_page(f"{name} keeps its silo") for name in ("Rye", "Mast")})
    path.write_bytes(archive)
    adding = add(site, [str(path)], TODAY)
    assert next(adding).status == "added"
    path.write_bytes(zipped({"x.html": "<p>x</p>"}))
    assert next(adding).status == "failed"
    assert (site / "content/saved/pages.zip").read_bytes() == archive
