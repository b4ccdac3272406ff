"""Doubts about a page are printed when it is added, stand in its article, and end when a person edits the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from site_gen.content import authorship, frontmatter, loader
from site_gen.content.records import Article, Provenance
from site_gen.ingest import add_pages
from site_gen.ingest.extract.outlet_names import OutletNames
from tests.support.doubtful_site import add_drafts, draft
from tests.support.sites import edit_file, write_files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Call

GUESSED = (("published", "guessed from the text"), ("title", "only from the address"))


def only_article(site: Path) -> Article:
    loaded, problems = loader.load(site)
    assert problems == []
    (article,) = loaded.articles
    return article


def test_add_prints_the_doubts_of_each_article(
    call: Call, site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcomes = [
        add_pages.Outcome("a.html", "added", "content/articles/2025/a.md", doubts=GUESSED),
        add_pages.Outcome("b.html", "added", "content/articles/2025/b.md"),
    ]
    monkeypatch.setattr(add_pages, "add", lambda *_, **__: iter(outcomes))
    page = write_files(tmp_path, {"a.html": "x"}) / "a.html"
    done = call("add", "--site", site, page)
    assert done.lines == [
        "added      a.html → content/articles/2025/a.md",
        "           check published: guessed from the text; title: only from the address",
        "added      b.html → content/articles/2025/b.md",
        "2 added, 0 already here, 0 failed",
        f"1 article to check: site-gen review --site {site}",
    ]
    monkeypatch.chdir(site)
    assert call("add", page).lines[-1] == "1 article to check: site-gen review"
    assert [record["doubts"] for record in call("add", "--json", page).records] == [dict(GUESSED), {}]


def test_a_doubt_stands_in_the_file_until_a_person_edits_the_value(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doubts = (*GUESSED, ("text", "a forum page, not an article"), ("source", "guessed"))
    (outcome,) = add_drafts(site, monkeypatch, draft(doubts=doubts))
    assert outcome.doubts == doubts
    path = site / (outcome.article or "")
    text = path.read_text(encoding="utf-8")
    assert "\ndoubts: {published: guessed from the text, title: only from the address, text: 'a forum page" in text
    article = only_article(site)
    assert article.doubts == doubts
    assert authorship.edited_keys(article) == frozenset()

    def doubts_after(old: str, new: str) -> list[str]:
        path.write_text(text, encoding="utf-8")
        edit_file(path, old, new)
        return [key for key, _ in only_article(site).doubts]

    assert doubts_after("title: Tallow Pier closes", "title: Pier shut") == ["published", "text", "source"]
    assert doubts_after("published: 2025-03-04", "published: 2025-03-05") == ["title", "text", "source"]
    assert doubts_after("published: 2025-03-04\n", "") == ["title", "text", "source"]
    assert doubts_after("Its boards", "The boards") == ["published", "title", "source"]
    assert doubts_after("source: https://post.example/", "source: https://post.example/x") == [
        "published",
        "title",
        "text",
    ]
    assert doubts_after("site: The Tallow Post", "site: Post  # mine") == ["published", "title", "text", "source"]
    assert doubts_after("title: Tallow Pier closes", 'title:  "Tallow Pier closes"') == [key for key, _ in doubts]


def test_values_are_recognized_after_they_are_written_and_read(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading may change a value: blanks, wiki links, signs that no page may hold."""
    odd = draft(
        "  Two  blanks\u200b and \u202ea sign ", author=("[[B. Writer]]", "C\u00a0D"), published=None,
        markdown="One\u2028line and words enough to be an article.\r\n\r\nAnother\x07 one.\n\n", language=None,
    )  # fmt: skip
    add_drafts(site, monkeypatch, odd)
    assert authorship.edited_keys(only_article(site)) == frozenset()


@given(st.dictionaries(st.sampled_from(authorship.FACT_KEYS), st.text("0123456789abcdef", min_size=8, max_size=8)))
def test_hashes_are_read_as_they_were_written(hashes: dict[str, str]) -> None:
    assert authorship.parse_hashes(authorship.format_hashes(hashes)) == hashes
    text = frontmatter.dump({"saved": {"facts": authorship.format_hashes(hashes), "text": "1"}}, "x")
    assert authorship.format_hashes(hashes) in text


def test_without_digests_edits_are_unknown() -> None:
    saved = Provenance(file="", sha256="", extractor="", text_hash=authorship.text_hash("b"))
    article = Article(file="f", id="i", year="2025", slug="s", title="t", body="b")
    assert authorship.edited_keys(article) is None
    assert not authorship.is_text_ours(article)
    with_digest = Article(file="f", id="i", year="2025", slug="s", title="t", body=" b\n", saved=saved)
    assert authorship.edited_keys(with_digest) is None
    assert authorship.is_text_ours(with_digest)


# -- outlets ------------------------------------------------------------------------------------------


def outlets_by_title(site: Path) -> dict[str, str | None]:
    return {article.title: article.site for article in loader.load(site)[0].articles}


def test_all_pages_of_a_host_have_one_outlet(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_drafts(
        site, monkeypatch,
        draft("one", site="post.example", doubts=(("site", "only from the address"),)),
        draft("two", site="The Tallow Post"),
        draft("three", site="Post | Home", source="https://www.post.example/3", doubts=(("site", "unsure"), *GUESSED)),
        draft("four", site=None, source="https://m.post.example/4"),
        draft("five", site="Another", source="https://other.example/5"),
        draft("six", site="Nowhere", source=None),
    )  # fmt: skip
    assert outlets_by_title(site) == {
        "one": "post.example", "two": "The Tallow Post", "three": "The Tallow Post", "four": "The Tallow Post",
        "five": "Another", "six": "Nowhere",
    }  # fmt: skip
    doubts = {article.title: article.doubts for article in loader.load(site)[0].articles}
    assert doubts["one"] == (("site", "only from the address"),)
    assert doubts["three"] == GUESSED  # what the site calls it is no doubt


def test_the_name_of_an_outlet_by_a_person_wins_over_the_most_frequent(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = add_drafts(site, monkeypatch, draft("one"), draft("two"), draft("three"))
    edit_file(site / (first.article or ""), "site: The Tallow Post", "site: Tallow Post")
    add_drafts(site, monkeypatch, draft("four"))
    assert outlets_by_title(site)["four"] == "Tallow Post"


def test_the_most_frequent_name_of_an_outlet_wins_and_else_the_first() -> None:
    outlets = OutletNames()
    for name in ("b", "a", "a", "b", "c"):
        outlets.add("https://x.example/", name)
    assert outlets.choose("https://amp.x.example/1", "d") == "b"
    outlets.add("https://x.example/", "a")
    assert outlets.choose("https://x.example/2", None) == "a"
    assert outlets.choose("https://y.example/2", "d") == "d"
    assert outlets.choose(None, "d") == "d"
    outlets.add("https://x.example/", "x.example", by_hand=True)
    assert outlets.choose("https://x.example/2", None) == "x.example"


def test_the_name_of_a_section_is_not_given_to_the_whole_host() -> None:
    outlets = OutletNames()
    outlets.add("https://post.example/sport/1", "Post Sport")
    assert outlets.choose("https://post.example/sport/2", None) == "Post Sport"
    assert outlets.choose("https://post.example/news/3", "The Tallow Post") == "The Tallow Post"
    assert outlets.choose("https://post.example/2026/11/4", None) is None
    outlets.add("https://post.example/news/3", "The Tallow Post")
    outlets.add("https://post.example/culture/5", "The Tallow Post")
    assert outlets.choose("https://post.example/trade/6", "Trade | Post") == "The Tallow Post"
    outlets.add("https://tallow.example/sport/1", "Tallow")  # the host says so itself
    assert outlets.choose("https://tallow.example/news/2", None) == "Tallow"
