"""Sites of three companies whose dated articles fill issues."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.build import build_session
from tests.support.sites import markdown_file, own_words, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.site.database import SiteDatabase

ArticleFile = tuple[str, str]  # its name, and its text


def article_file(number: int, published: str | None, *, body: str = "", **fields: object) -> ArticleFile:
    """Return an article, without a body in words of its own, so that it tells no other's story.

    It was saved on 5 January 2026, or on its day where that is later, unless `fields` say otherwise.
    """
    head = {"title": f"Note {number}", **({"published": published} if published else {})}
    head["created"] = max("2026-01-05", published or "")
    return f"content/articles/2026/note-{number}.md", markdown_file(body or own_words(number), **{**head, **fields})


def write_issue_site(folder: Path, articles: Iterable[ArticleFile]) -> Path:
    """Write a site with these articles; return its folder."""
    files = {
        "content/site.yaml": "title: Notes\nbase_url: https://notes.example/\n",
        "content/companies/voss.md": markdown_file(name="Voss"),
        "content/companies/rye-mill.md": markdown_file(name="Rye Mill"),
        "content/companies/tallow-pier.md": markdown_file(name="Tallow Pier"),
    }
    return write_files(folder, {**files, **dict(articles)})


def load_issue_site(*articles: ArticleFile) -> SiteDatabase:
    """Return the loaded site of these articles."""
    with tempfile.TemporaryDirectory(prefix="site-gen-issues-") as temp:
        folder = write_issue_site(Path(temp) / "site", articles)
        with build_session.open_builder(
            folder, Path(temp) / "out", build_session.BuildOptions(jobs=1), anew=True
        ) as builder:
            return builder.load()[0]


def articles_with_a_burst(weeks: int, burst: int) -> list[ArticleFile]:
    """Return weeks of four stories each, one of them on Voss; the last with so many on Rye Mill besides."""
    start, articles = dt.date(2025, 3, 3), []
    for week in range(weeks):
        for weekday in range(4):
            company = "voss" if weekday == 0 else "tallow-pier"
            day = start + dt.timedelta(days=7 * week + weekday)
            articles.append(article_file(week * 10 + weekday, str(day), companies=[company]))
    for number in range(burst):
        day = start + dt.timedelta(days=7 * (weeks - 1) + number % 7)
        articles.append(article_file(900 + number, str(day), companies=["rye-mill"]))
    return articles
