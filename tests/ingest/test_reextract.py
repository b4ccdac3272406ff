"""`extract --again`: differences to the current extraction are shown, and written only where no person wrote."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content import frontmatter, loader
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import parse
from site_gen.ingest import reextract
from site_gen.ingest.extract_pool import Extraction
from tests.support import archives, hostile_work
from tests.support.archives import WarcRecord
from tests.support.doubtful_site import TEXT, add_drafts, draft
from tests.support.extraction import TODAY
from tests.support.sites import edit_file, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from site_gen.content.records import Article, Draft
    from tests.conftest import Call

NEW_TEXT = TEXT.replace("Its boards have been wet since the war", "Its boards were wet")
DOUBT = (("published", "guessed from the text"),)


@pytest.fixture
def article_file(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the only article of a site."""
    (outcome,) = add_drafts(site, monkeypatch, draft(doubts=DOUBT))
    return site / (outcome.article or "")


def extract_always(monkeypatch: pytest.MonkeyPatch, draft_of_all: Draft) -> None:
    """Make the program extract one draft from every page."""

    def run(
        work: object, items: Iterable[reextract.Item], *_: object, **__: object
    ) -> Iterator[tuple[reextract.Item, Extraction]]:
        return ((item, Extraction(input=item[0].file, draft=draft_of_all)) for item in items)

    monkeypatch.setattr("site_gen.ingest.sandbox.run_in_order", run)


def run_again(site: Path, *, write: bool = False) -> list[reextract.Difference]:
    return list(reextract.find_differences(site, [], TODAY, write=write))


def article_of(site: Path) -> Article:
    loaded, problems = loader.load(site)
    assert problems == []
    return loaded.articles[0]


def test_an_unchanged_extraction_is_no_difference(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_always(monkeypatch, draft(doubts=DOUBT))
    assert run_again(site, write=True) == []
    edit_file(article_file, "title: Tallow Pier closes", "title: Mine")
    edit_file(article_file, "wet since the war", "wet for ever")
    before = article_file.read_bytes()
    assert run_again(site, write=True) == []  # what a person made of it is no news either
    assert article_file.read_bytes() == before


def test_differences_are_shown_and_written_where_no_person_wrote(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_file(article_file, "title: Tallow Pier closes", "title: Mine  # a word")
    before = article_file.read_text(encoding="utf-8")
    new = draft(published=dt.date(2025, 3, 9), author=(), markdown=NEW_TEXT, extractor="test 2")
    extract_always(monkeypatch, replace(new, title="Pier closes", source="https://elsewhere.example/"))
    (difference,) = run_again(site)
    assert article_file.read_text(encoding="utf-8") == before
    assert {fact.key: (fact.old, fact.new, fact.kept_because) for fact in difference.facts} == {
        "title": ("Mine", "Pier closes", reextract.YOURS),
        "author": ("Ada Quill", "", ""),
        "published": ("2025-03-04", "2025-03-09", ""),
        "source": (article_of(site).source, "https://elsewhere.example/", reextract.NEVER),
    }
    assert [line for line in difference.diff if line[:1] in "+-"][2:] == [
        "-Its boards have been wet since the war, and nobody has ever been asked to dry them.",
        "+Its boards were wet, and nobody has ever been asked to dry them.",
    ]
    assert (difference.has_changes, difference.text_kept_because) == (True, "")
    identity = article_of(site).id
    assert run_again(site, write=True) == [difference]
    after = article_file.read_text(encoding="utf-8")
    assert after.endswith(f"\n---\n{NEW_TEXT}")
    article = article_of(site)
    assert (article.id, article.title, article.published, article.author) == (identity, "Mine", dt.date(2025, 3, 9), ())
    assert article.doubts == ()  # of a date that is no guess any more
    assert article.saved is not None
    assert article.saved.extractor == "test 2"
    changed = ("author:", "published:", "doubts:", "saved:")
    unchanged = {line for line in before.splitlines() if not line.startswith(changed)}
    assert {line for line in unchanged if "Its boards" not in line} <= set(after.splitlines())
    (rest,) = run_again(site, write=True)  # only what is a person's, and the address
    assert [fact.key for fact in rest.facts] == ["title", "source"]
    assert not rest.has_changes
    assert article_file.read_text(encoding="utf-8") == after


def test_a_text_that_a_person_edited_stays(site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_file(article_file, "wet since the war", "dry, in truth,")
    extract_always(monkeypatch, draft(markdown=NEW_TEXT, doubts=DOUBT))
    before = article_file.read_bytes()
    (difference,) = run_again(site, write=True)
    assert (difference.text_kept_because, difference.has_changes) == (reextract.YOURS, False)
    assert article_file.read_bytes() == before
    # And stays as the person's when something else is written.
    extract_always(monkeypatch, draft(markdown=NEW_TEXT, language="de"))
    run_again(site, write=True)
    assert "dry, in truth," in article_file.read_text(encoding="utf-8")
    assert article_of(site).language == "de"
    assert article_of(site).doubts == DOUBT  # the date is as it was
    extract_always(monkeypatch, draft(markdown=TEXT + "\nMore.", language="de"))
    assert [d.text_kept_because for d in run_again(site, write=True)] == [reextract.YOURS]


def test_without_digests_facts_are_shown_and_not_written(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = article_file.read_text(encoding="utf-8")
    at = text.index(", facts:")
    article_file.write_text(text[:at] + text[text.index("}", at) :], encoding="utf-8")
    extract_always(monkeypatch, draft("Other", markdown=NEW_TEXT, source=article_of(site).source))
    (difference,) = run_again(site, write=True)
    assert [(fact.key, fact.kept_because) for fact in difference.facts] == [("title", reextract.UNKNOWN)]
    article = article_of(site)
    assert article.title == "Tallow Pier closes"
    assert article.body == NEW_TEXT  # its hash was noted from the first
    assert article.saved is not None
    assert article.saved.fact_hashes == ""


def test_an_edit_while_pages_are_extracted_is_not_lost(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(
        work: object, items: Iterable[reextract.Item], *_: object, **__: object
    ) -> Iterator[tuple[reextract.Item, Extraction]]:
        edit_file(article_file, "wet since the war", "wet since Tuesday")
        item = next(iter(items))
        yield item, Extraction(input=item[0].file, draft=draft(markdown=NEW_TEXT, source=item[0].source))

    monkeypatch.setattr("site_gen.ingest.sandbox.run_in_order", run)
    (difference,) = run_again(site, write=True)
    assert "was changed meanwhile" in str(difference.problem)
    assert not difference.has_changes
    assert "wet since Tuesday" in article_file.read_text(encoding="utf-8")


def test_files_that_cannot_be_written_are_reported(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_always(monkeypatch, draft(language="de", source=article_of(site).source))
    article_file.chmod(0o444)
    monkeypatch.setattr(
        "site_gen.content.undo_journal.replace_file", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    (difference,) = run_again(site, write=True)
    assert "cannot be written" in str(difference.problem)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_body_is_replaced_below_the_same_front_matter(newline: str, bom: str) -> None:
    head = f"{bom}---{newline}title:  'x'   # odd{newline}---  {newline}"
    text = f"{head}{newline}old\u2028 text{newline}--- \x07{newline}"
    assert frontmatter.replace_body(text, "\n\nnew\n\ntext\n\n") == f"{head}new{newline}{newline}text{newline}"


@given(st.text(), st.text())
def test_a_replaced_body_is_read_as_it_was_written(old: str, new: str) -> None:
    text = frontmatter.dump({"title": "t"}, old)
    replaced = frontmatter.split(frontmatter.replace_body(text, new))
    assert replaced.body.strip() == frontmatter.split(frontmatter.dump({"title": "t"}, new)).body.strip()
    assert replaced.yaml == frontmatter.split(text).yaml


def test_unchanged_paragraphs_keep_their_ids(site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ids() -> dict[str, str]:
        return {block.text: block.id for block in parse(article_of(site).body, make_parser()).blocks}

    before = ids()
    extract_always(
        monkeypatch, draft(markdown=f"A new first line, put above.\n\n{NEW_TEXT}\n\nAnd one below them all.\n")
    )
    run_again(site, write=True)
    after = ids()
    stayed = before.keys() & after.keys()
    assert len(stayed) == 2
    assert {text: before[text] for text in stayed} == {text: after[text] for text in stayed}


# -- the saved page -----------------------------------------------------------------------------------


def test_a_changed_or_missing_saved_page_is_reported(site: Path, article_file: Path) -> None:
    article = article_of(site)
    assert article.saved is not None
    page = site / "content" / article.saved.file
    assert reextract.load_saved_page(site, article).sha256 == article.saved.sha256

    def reason(changed: Article = article) -> str:
        return reextract.extract_again(site, TODAY, (changed, None)).reason or ""

    page.write_bytes(page.read_bytes() + b" ")
    assert "is not the one it was made from" in reason()
    page.unlink()
    assert "is not there" in reason()
    for name in ("../site.yaml", "/etc/hostname", "saved/../../content/site.yaml"):
        assert "is not in content/saved/" in reason(replace(article, saved=replace(article.saved, file=name)))
    page.symlink_to(site / "content/site.yaml")
    assert "is not in content/saved/" in reason()


def test_the_command_shows_and_writes_differences(call: Call, site: Path, saved_pages: Path) -> None:
    """Run the real extractor, in processes of its own."""
    call("add", "--site", site, saved_pages)
    done = call("extract", "--site", site, "--again")
    assert (done.status, done.lines) == (0, ["0 articles would change"])
    # As if an earlier program had found less.
    file = next(path for path in (site / "content/articles").rglob("*.md") if "silo" in path.name)
    article = next(a for a in loader.load(site)[0].articles if a.file.endswith(file.name))
    earlier = reextract.article_of_draft(
        article.file, draft("Old title", markdown="Old text.\n"), loader.load(site)[0].config
    )
    assert earlier is not None
    assert article.saved is not None
    difference = reextract.compare(replace(article, saved=article.saved), earlier)
    text = reextract._updated_text(article, earlier, difference, file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    before = read_files(site / "content")
    relative = file.relative_to(site).as_posix()
    for paths in ([], [file], [file.parent.parent]):
        done = call("extract", "--site", site, "--again", *paths)
        assert done.status == 1
        assert done.lines[0] == relative
        assert "  title        Old title → Elmswick Grain keeps its silo" in done.lines
        assert "    -Old text." in done.lines
        assert done.lines[-2:] == [
            "1 article would change", f"to write it: site-gen extract --again --write --site {site}",
        ]  # fmt: skip
    record: dict[str, Any] = call("extract", "--site", site, "--again", "--json").record
    assert record["article"] == relative
    assert record["changes"] is True
    assert json.dumps(record["facts"])
    assert read_files(site / "content") == before
    done = call("extract", "--site", site, "--again", "--write")
    assert done.status == 0
    assert done.lines[-2:] == ["1 article changed", f"to update their tags: site-gen tag --site {site}"]
    assert call("extract", "--site", site, "--again").status == 0
    assert [name for name, data in read_files(site / "content").items() if data != before[name]] == [relative[8:]]


def test_a_wrong_command_line_is_refused(call: Call, site: Path, saved_pages: Path) -> None:
    assert call("extract").status == 2
    assert call("extract", "--write", saved_pages).status == 2
    assert call("extract", "--again", "--site", saved_pages).status == 2
    done = call("extract", "--again", "--site", site, saved_pages)
    assert (done.status, "is neither an article of this site" in done.err) == (2, True)
    assert call("extract", "--again", "--site", site).status == 0


def test_a_page_that_takes_too_long_is_reported(
    site: Path, article_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reextract, "extract_again", hostile_work.hang)
    (difference,) = reextract.find_differences(site, [], TODAY, seconds=0.5)
    assert "took longer than 0.5 seconds" in str(difference.problem)
    assert not difference.has_changes


def test_pages_of_an_archive_are_extracted_again(tmp_path: Path, call: Call) -> None:
    assert call("new", tmp_path / "site").status == 0
    first, second = (
        WarcRecord(url=f"https://courier.example/{n}", body=archives.article_page(f"Silo number {n} stays").encode())
        for n in (1, 2)
    )
    site = tmp_path / "site"
    write_files(tmp_path, {"crawl.warc.gz": archives.warc(first, second)})
    assert call("add", "--site", site, tmp_path / "crawl.warc.gz").status == 0
    articles = sorted((site / "content/articles").rglob("*silo-number*.md"))
    assert len(articles) == 2
    assert call("extract", "--site", site, "--again").status == 0
    edit_file(articles[0], "title: Silo number 1 stays", "title: Silo number 9 stays")
    edit_file(articles[1], "The ", "The the ")
    done = call("extract", "--site", site, "--again", "--json")
    assert [record["problem"] for record in done.records] == [None] * len(done.records)
    write_files(site, {"content/saved/crawl.warc.gz": archives.warc(first)})
    done = call("extract", "--site", site, "--again")
    assert "no page https://courier.example/2 in it" in done.out + done.err
