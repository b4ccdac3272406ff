"""Whatever way articles come in, they have the tags that their text earns by the entities of the site."""

from __future__ import annotations

import datetime as dt
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_gen.content import loader
from site_gen.entities.retag import retag
from site_gen.ingest import add_pages, extract_pool
from site_gen.ingest.add_pages import INBOX
from site_gen.serve.inbox import Inbox
from tests.support.gazetteers import FILLER
from tests.support.profiles import examples
from tests.support.sites import write_files

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Sequence

TODAY = dt.date(2026, 3, 4)
CONFIG = "title: T\nbase_url: https://t.example/\n"
# Names that say little by themselves: a word, a surname, initials, a short form; the ones before are their long names.
COMPANIES = {
    "zorbex": "name: Zorbex\n",
    "anchor": "name: Anchor\n",
    "hamilton": "name: Hamilton Rope Works\nnames: [Hamilton, HRW]\n",
    "quibbly": "name: Quibbly Airlines\n",
    "here": "name: Here\n",
}
PIECES = [
    "Zorbex", "Anchor", "anchor", "Hamilton Rope Works", "Hamilton", "hamilton", "HRW", "Quibbly Airlines", "Quibbly",
    "Here", "here", "HERE", "[[Hamilton]]", "[[HRW|the ropers]]", "[[here]]", "[[Nora]]",
    "shares of", "the company", "and", "in", "told", "Nora", "quay", ".", ",", "\n\n",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(" ".join)
notes = st.lists(st.tuples(texts, texts), min_size=1, max_size=6)


@pytest.fixture(scope="module", autouse=True)
def _extract_in_a_thread() -> Iterator[None]:
    """Extract the notes without the processes that are made for hostile pages: they take seconds to start."""
    with pytest.MonkeyPatch.context() as monkeypatch, ThreadPoolExecutor(1) as executor:
        monkeypatch.setattr(add_pages, "extract_all", partial(extract_pool.extract_all, executor=executor))
        yield


class ArticleTags(NamedTuple):
    """What an article says of its tags."""

    tags: frozenset[str]
    about: frozenset[str]
    tagged: frozenset[str]  # tags and about marks that the program gave
    by_hand: frozenset[str]  # those that a person put in


class SiteOfNotes:
    """A site in a folder of its own, and notes beside it that wait to be added."""

    def __init__(self, folder: Path, pages: Sequence[tuple[str, str]], companies: Iterable[str]) -> None:
        self.folder = folder / "site"
        write_files(self.folder, {"content/site.yaml": CONFIG})
        self.follow(companies)
        lines = {
            f"note-{number}.md": f"---\ntitle: N {title}\nsource: https://n.example/{number}\n---\n{FILLER}{body}\n"
            for number, (title, body) in enumerate(pages)
        }
        write_files(folder / "notes", lines)
        self.notes = sorted(map(str, (folder / "notes").iterdir()))

    def follow(self, companies: Iterable[str]) -> None:
        """Write the files of companies."""
        write_files(self.folder, {f"content/companies/{slug}.md": f"---\n{COMPANIES[slug]}---\n" for slug in companies})

    def add(self, paths: Sequence[str]) -> None:
        assert {outcome.status for outcome in add_pages.add(self.folder, paths, TODAY)} <= {"added"}

    def drop(self, paths: Iterable[str]) -> None:
        """Put notes into the inbox, and let it add them."""
        for path in map(Path, paths):
            write_files(self.folder, {f"{INBOX}/{path.name}": path.read_text("utf-8")})
        now = iter(range(1_000))
        inbox = Inbox(
            self.folder, lambda names: add_pages.add(self.folder, names, TODAY),
            report_problems=lambda _: None, print_line=lambda _: None, clock=lambda: float(next(now)),
        )  # fmt: skip
        while inbox.add_copied_files():
            pass

    def tag(self) -> None:
        assert not [change for change in retag(self.folder) if change.problem]

    def read_tags(self) -> dict[str | None, ArticleTags]:
        """Return what each article says of its tags, by its source."""
        content, problems = loader.load(self.folder)
        assert problems == []
        return {
            article.source: ArticleTags(
                *(
                    frozenset(map(str, items))
                    for items in (article.tags, article.about, article.tagged, article.by_hand)
                )
            )
            for article in content.articles
        }


@settings(max_examples=examples(5))
@given(notes, st.randoms(use_true_random=False))
def test_tags_are_the_same_by_any_way_of_adding(pages: list[tuple[str, str]], rng: random.Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        at_once = SiteOfNotes(Path(name) / "once", pages, COMPANIES)
        at_once.add(at_once.notes)
        tags = at_once.read_tags()
        assert len(tags) == len(pages)
        texts_by_source = {f"https://n.example/{number}": body for number, (_, body) in enumerate(pages)}
        linked = {"[[Hamilton]]": "hamilton", "[[HRW|": "hamilton", "[[here]]": "here"}
        for source, article in tags.items():
            by_hand = {f"companies/{slug}" for link, slug in linked.items() if link in texts_by_source[str(source)]}
            assert article.by_hand == by_hand <= article.tags
            assert not by_hand & article.tagged
        at_once.tag()
        assert at_once.read_tags() == tags

        in_batches = SiteOfNotes(Path(name) / "batches", pages, COMPANIES)
        for note in rng.sample(in_batches.notes, len(pages)):
            in_batches.add([note])
        assert in_batches.read_tags() == tags

        dropped = SiteOfNotes(Path(name) / "dropped", pages, COMPANIES)
        dropped.drop(dropped.notes)
        assert dropped.read_tags() == tags

        followed = rng.sample(sorted(COMPANIES), rng.randint(0, len(COMPANIES)))
        followed_later = SiteOfNotes(Path(name) / "later", pages, followed)
        half = len(pages) // 2
        followed_later.add(followed_later.notes[:half])
        followed_later.follow(COMPANIES)
        followed_later.drop(followed_later.notes[half:])
        followed_later.tag()
        assert followed_later.read_tags() == tags
