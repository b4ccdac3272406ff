"""Find the articles that a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import loader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_gen.content.records import Doubts
    from site_gen.core.errors import Problem


@dataclass(frozen=True, slots=True)
class DoubtfulArticle:
    """An article with doubts, as it was when the list was made."""

    file: str  # its path in the site: `content/articles/2019/x.md`
    title: str  # as its file has it
    source: str | None  # the URL that it was published at
    doubts: Doubts  # pairs of a key of its front matter and why that is not sure


def find_doubtful(site: Path) -> tuple[list[DoubtfulArticle], Sequence[Problem]]:
    """Return the articles with doubts, by file, and what is wrong with the site's content.

    What is wrong is to be reported; the other articles can be looked at all the same.
    Raises UsageError where there is no site.
    """
    content, problems = loader.load(site)
    articles = [
        DoubtfulArticle(article.file, article.title, article.source, article.doubts)
        for article in content.articles
        if article.doubts
    ]
    return sorted(articles, key=lambda article: article.file), problems
