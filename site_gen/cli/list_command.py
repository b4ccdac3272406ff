"""`site-gen list`: list articles by what a person looks for: the last added, undated, doubtful, untagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from site_gen.content.records import Article


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `list`."""
    parser = add_command(
        subparsers, "list", _run_list, "list articles: the latest, undated, doubtful, untagged",
        "List the articles that were added last, newest first. With --undated, --doubtful or --untagged, only those; "
        "with several of these options, those to which all apply.",
    )  # fmt: skip
    parser.add_argument("--undated", action="store_true", help="only articles without a date of publication")
    parser.add_argument(
        "--doubtful", action="store_true",
        help="only articles whose date, title or text is uncertain, and why; `site-gen review` corrects them",
    )  # fmt: skip
    parser.add_argument("--untagged", action="store_true", help="only articles without a tag")
    parser.add_argument("--limit", metavar="N", type=int, default=20, help="how many to list; 0 for all (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per article")


def _run_list(args: argparse.Namespace) -> int:
    def is_wanted(article: Article) -> bool:
        return (
            not (args.undated and article.published)
            and not (args.untagged and article.tags)
            and (not args.doubtful or is_doubtful(article))
        )

    return list_articles(args.site, is_wanted, args.limit, has_reasons=args.doubtful, as_json=args.json)


def is_doubtful(article: Article) -> bool:
    """Return whether an article has a doubt that a person can settle; `review` asks about the same articles."""
    from site_gen.ingest.extract.html.page_kind import may_be_answered

    return may_be_answered(article.doubts)


def list_articles(
    site: Path, is_wanted: Callable[[Article], bool], limit: int, *, has_reasons: bool, as_json: bool
) -> int:
    """Print the wanted articles, those that were added last first, and return the exit status.

    limit: how many; 0 for all. has_reasons: whether a doubtful article's line says why it is doubtful.
    """
    from site_gen.content import loader
    from site_gen.core.formatting import format_count

    content, problems = loader.load(site)
    console.print_problems(problems)
    articles = [article for article in content.articles if is_wanted(article)]
    articles.sort(key=lambda article: (str(article.created or ""), str(article.published or "")), reverse=True)
    for article in articles[: limit or None]:
        if as_json:
            console.print_json(_article_data(article))
        else:
            console.print_line(_line(article, has_reasons=has_reasons))
    if not as_json:
        unlisted = max(0, len(articles) - limit) if limit else 0
        more = f"; {unlisted} not shown: --limit 0" if unlisted else ""
        console.print_line(f"{format_count(len(articles), 'article')}{more}")
    return SOME_FAILED if problems else OK


def _article_data(article: Article) -> dict[str, object]:
    """Return an article as `--json` prints it."""
    return {
        "article": article.file,
        "title": article.title,
        "added": article.created,
        "published": article.published,
        "source": article.source,
        "tags": [str(tag) for tag in article.tags],
        "doubts": dict(article.doubts),
    }


def _line(article: Article, *, has_reasons: bool) -> str:
    doubt = f"check {console.format_doubts(article.doubts)}" if has_reasons else "doubtful"
    notes = ["undated"] * (not article.published) + [doubt] * is_doubtful(article)
    about = "; ".join([", ".join(map(str, article.tags)) or "untagged", *notes])
    return f"{article.created or 'unknown   '}  {article.title}  ({about})  {article.file}"
