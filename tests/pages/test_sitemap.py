"""The sitemaps: no day in them is guessed, and none of them is too long."""

from __future__ import annotations

import shutil
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from site_gen.pages.views import sitemap
from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ("published: 2019-05-23\ncreated: 2026-11-02\n", "2026-11-02"),  # it was not here before it was saved
        ("published: 2026-11-03\ncreated: 2026-11-02\n", "2026-11-03"),
        ("published: 2026-11-05\ncreated: 2026-11-02\n", "2026-11-02"),  # a day that was yet to come is a guess
        ("published: 2019-05-23\n", "2019-05-23"),
        ("created: 2026-11-02\n", "2026-11-02"),
        ("published: 2027-01-01\ncreated: 2026-11-02\ndoubts: {published: seen in the address}\n", "2026-11-02"),
        ("published: 2019-05-23\ndoubts: {published: seen in the address}\n", None),
        ("", None),
    ],
)
def test_the_sitemap_states_no_guessed_day(call: Call, site: Path, dates: str, wanted: str | None) -> None:
    article = f"---\ntitle: X\n{dates}companies: [tallow-pier]\n---\nTallow Pier closes.\n"
    write_files(site, {"content/articles/2026/x.md": article})
    assert call("build", "--site", site).status == 0
    days = {}
    for path in (site / "output").glob("sitemap*.xml"):
        for entry in etree.parse(path).getroot():
            days[entry[0].text] = entry[1].text if len(entry) > 1 else None
    base = "https://notes.example/quay/"
    assert days[f"{base}articles/2026/x/"] == wanted
    assert days[f"{base}companies/tallow-pier/"] == wanted
    assert days[base] == wanted
    assert days[f"{base}companies/elmswick-grain/"] is None


def test_a_sitemap_is_split_where_it_would_be_too_long(call: Call, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def named_pages() -> list[list[str | None]]:
        shutil.rmtree(site / "output", ignore_errors=True)
        assert call("build", "--site", site).status == 0
        index = etree.parse(site / "output/sitemap.xml").getroot()
        names = [str(entry[0].text).removeprefix("https://notes.example/quay/") for entry in index]
        assert sorted(names) == sorted(path.name for path in (site / "output").glob("sitemap-*.xml"))
        return [[entry[0].text for entry in etree.parse(site / "output" / name).getroot()] for name in names]

    whole = named_pages()
    monkeypatch.setattr(sitemap, "MAX_URLS", 3)
    split = named_pages()
    assert [*chain.from_iterable(split)] == [*chain.from_iterable(whole)]
    assert max(map(len, split)) == 3
    assert len(split) > len(whole)
