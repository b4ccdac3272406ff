"""No file of a site states a day of publication that is not certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.sites import append_to_file, read_files, write_files

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


def test_no_file_of_the_site_states_an_uncertain_day_of_publication(call: Call, site: Path) -> None:
    append_to_file(site / "content/site.yaml", "cards: all\n")
    articles = {
        f"content/articles/2025/{slug}.md": f"---\nid: id{slug}\ntitle: The {slug} pier\n"
        f"source: https://post.example/{slug}\nsite: The Post\n{head}companies: [tallow-pier]\ntopics: [storage]\n"
        f"---\nTallow Pier has a {slug} silo, and nobody minds.\n"
        for slug, head in HEADS.items()
    }
    write_files(site, articles)
    done = call("build", "--site", site)
    assert done.status == 0, done.err
    claims: dict[str, set[str]] = {}
    for name, data in read_files(site / "output").items():
        if name.endswith((".html", ".xml", ".json", ".opml", ".txt")):
            for day in CLAIM.findall(data.decode()):
                claims.setdefault(day, set()).add(name)
    assert set(claims) == {SURE}, {day: sorted(names) for day, names in claims.items() if day != SURE}
    feeds = {
        f"{folder}feed.{form}"
        for folder in ("", "companies/", "companies/tallow-pier/", "topics/storage/")
        for form in ("xml", "json")
    }
    assert feeds | {"articles/2025/sure/index.html"} <= claims[SURE]
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
