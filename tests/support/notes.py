"""Invented articles in memory, called notes, and the sites that they make up."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import TYPE_CHECKING

import pytest

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article, Kind, SiteConfig, StoryOverride, Tag
from site_gen.core.internal_links import Links
from site_gen.entities.matching.matcher import Matcher
from site_gen.site.article_indexer import index_article
from site_gen.site.database import SiteDatabase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from site_gen.content.markdown.document import Document
    from site_gen.core.depgraph import CellKey
    from site_gen.site.indexed_article import IndexedArticle

KINDS = (
    Kind(key="companies", label="Companies", singular="Company", prefix="companies"),
    Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
)
CONFIG = SiteConfig(title="T", base_url="https://digest.example/", kinds=KINDS)
PIER, VOSS, RYE, SILO = Tag("companies", "pier"), Tag("companies", "voss"), Tag("companies", "rye"), Tag("topics", "s")
MONDAY = dt.date(2026, 11, 16)
WORDS = [f"{a}{b}{c}" for a, b, c in itertools.product("bdfgklmnprst", "aeiou", ("nder", "lmin", "rkot", "stap"))]


def indexed(article: Article) -> IndexedArticle:
    """Return an article as a site of no entities indexes it."""
    return index_article(article, (), CONFIG, Matcher({}), make_parser(), {})[0]


def note(
    number: int,
    day: dt.date | None,
    *tags: Tag,
    body: str = "",
    outlet: str = "Post",
    title: str = "",
    story: StoryOverride | None = None,
    language: str | None = None,
    saved: dt.date | None = None,
) -> IndexedArticle:
    """Return an indexed article, without a body in words of its own, so that it tells no other's story.

    day: of publication. saved: the day of saving; of one without a day, MONDAY where it is left out.
    """
    words = random.Random(number).choices(WORDS, k=60)
    saved = saved or (None if day else MONDAY)
    year = str((day or saved or MONDAY).year)
    article = Article(
        file=f"content/articles/{year}/note-{number}.md", id=f"n{number}", year=year, created=saved,
        slug=f"note-{number}", title=title or f"Note {number}", body=body or " ".join(words), published=day,
        site=outlet, tags=tags, story=story or StoryOverride(), language=language,
    )  # fmt: skip
    return indexed(article)


def weekly_notes(count: int, *tags: Tag, start: int = 0, before: int = 4) -> list[IndexedArticle]:
    """Return a story a week, the last of them so many weeks before that of MONDAY; `start` is the first number."""
    return [note(start + n, MONDAY - dt.timedelta(weeks=before + n), *tags) for n in range(count)]


class NothingToLoad:
    """Articles and texts of a site that holds all that it needs."""

    def article(self, file: str) -> IndexedArticle:
        pytest.fail(f"{file} is asked for")

    def document(self, file: str, digest: str) -> Document:
        pytest.fail(f"the text of {file} is asked for, {digest}")


def site_of(notes: Iterable[IndexedArticle]) -> SiteDatabase:
    """Return a site of some notes that asks for no text again."""
    site = SiteDatabase(CONFIG, Links("/"), NothingToLoad())
    put_notes(site, *notes)
    return site


def put_notes(site: SiteDatabase, *notes: IndexedArticle) -> Collection[CellKey]:
    """Put notes into a site, in place of those in the same files; return the cells that this invalidates."""
    return site.put_articles({each.file: each for each in notes})
