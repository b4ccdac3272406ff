"""The days in the sitemap: none that is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

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
