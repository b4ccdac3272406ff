"""A day is told as that of publication only where it surely is one, wherever the site tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.sites import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

SURE, GUESSED, SAVED = "2025-07-07", "2025-05-05", "2025-06-06"
HEADS = {
    "sure": f"published: {SURE}\ncreated: 2025-09-09\n",
    "guessed": f"published: {GUESSED}\ndoubts:\n  published: from the address\ncreated: 2025-09-10\n",
    "saved": f"created: {SAVED}\n",
    "undated": "",
}
# Whatever its key: `date_published`, `datePublished`, `article:published_time`, `<published>`, `pubDate`.
CLAIM = re.compile(r"""(?i:publi|pubdate|issued)[\w:"'=> ]*?(?: content=["'])?(\d{4}-\d\d-\d\d)""")


def test_no_file_of_the_site_claims_another_day(call: Call, site: Path) -> None:
    config = site / "content/site.yaml"
    config.write_text(config.read_text() + "cards: all\n")
    for slug, head in HEADS.items():
        path = site / f"content/articles/2025/{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nid: id{slug}\ntitle: The {slug} pier\nsource: https://post.example/{slug}\nsite: The Post\n{head}"
            f"companies: [tallow-pier]\ntopics: [storage]\n---\nTallow Pier has a {slug} silo, and nobody minds.\n"
        )
    done = call("build", "--site", site)
    assert done.status == 0, done.err
    claims: dict[str, set[str]] = {}
    for name, data in read_files(site / "output").items():
        if name.endswith((".html", ".xml", ".json", ".opml", ".txt")):
            for day in CLAIM.findall(data.decode()):
                claims.setdefault(day, set()).add(name)
    assert set(claims) == {SURE}, {day: sorted(names) for day, names in claims.items() if day != SURE}
    told = claims[SURE]
    feeds = {
        f"{folder}feed.{form}"
        for folder in ("", "companies/", "companies/tallow-pier/", "topics/storage/")
        for form in ("xml", "json")
    }
    assert feeds | {"articles/2025/sure/index.html"} <= told
    page = (site / "output/articles/2025/saved/index.html").read_text()
    assert "<dt>Published" not in page
    assert "saved " in page
    text = (site / "output/articles/2025/sure/index.html").read_text()
    for key in ('property="article:published_time"', '"datePublished"'):
        assert key in text
        assert all(
            key not in (site / f"output/articles/2025/{slug}/index.html").read_text()
            for slug in ("guessed", "saved", "undated")
        )
