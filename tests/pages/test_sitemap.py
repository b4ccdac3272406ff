"""The days that the sitemap tells: of what is known, none that is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ("published: 2019-05-23\ncreated: 2026-11-02\n", "2026-11-02"),  # it was not here before it was saved
        ("published: 2026-11-05\ncreated: 2026-11-02\n", "2026-11-05"),
        ("published: 2019-05-23\n", "2019-05-23"),
        ("created: 2026-11-02\n", "2026-11-02"),
        ("published: 2027-01-01\ncreated: 2026-11-02\ndoubts: {published: seen in the address}\n", "2026-11-02"),
        ("published: 2019-05-23\ndoubts: {published: seen in the address}\n", None),
        ("", None),
    ],
)
def test_the_sitemap_claims_no_day_that_is_not_known(call: Call, site: Path, dates: str, wanted: str | None) -> None:
    file = site / "content/articles/2026/x.md"
    file.parent.mkdir(parents=True)
    file.write_text(f"---\ntitle: X\n{dates}companies: [tallow-pier]\n---\nTallow Pier closes.\n")
    assert call("build", "--site", site).status == 0
    found = {}
    for path in (site / "output").glob("sitemap*.xml"):
        for entry in etree.parse(path).getroot():
            found[entry[0].text] = entry[1].text if len(entry) > 1 else None
    base = "https://notes.example/quay/"
    assert found[f"{base}articles/2026/x/"] == wanted
    assert found[f"{base}companies/tallow-pier/"] == wanted
    assert found[base] == wanted
    assert found[f"{base}companies/elmswick-grain/"] is None
