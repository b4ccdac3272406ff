"""`site-gen list`: list articles by what a person looks for: the last added, undated, doubtful, untagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `list`."""
    parser = add_command(
        subparsers, "list", _run_list, "list articles: the latest, undated, doubtful, untagged",
        "List the articles that were added last, newest first. With --undated, --doubtful or --untagged, only those; "
        "with several of these options, those to which all apply.",
    )  # fmt: skip
    parser.add_argument("--undated", action="store_true", help="only articles without a date of publication")
    parser.add_argument("--doubtful", action="store_true", help="only articles with doubts; site-gen review shows them")
    parser.add_argument("--untagged", action="store_true", help="only articles without a tag")
    parser.add_argument("--limit", metavar="N", type=int, default=20, help="how many to list; 0 for all (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per article")


def _run_list(args: argparse.Namespace) -> int:
    from site_gen.content import loader
    from site_gen.core.formatting import format_count

    content, problems = loader.load(args.site)
    console.print_problems(problems)
    articles = [
        article
        for article in content.articles
        if not (args.undated and article.published)
        and not (args.doubtful and not article.doubts)
        and not (args.untagged and article.tags)
    ]
    articles.sort(key=lambda article: (str(article.created or ""), str(article.published or "")), reverse=True)
    for article in articles[: args.limit or None]:
        tags = [str(tag) for tag in article.tags]
        if args.json:
            facts: dict[str, object] = {"article": article.file, "title": article.title, "added": article.created}
            facts |= {"published": article.published, "source": article.source, "tags": tags}
            console.print_json(facts | {"doubts": dict(article.doubts)})
        else:
            notes = ["undated"] * (not article.published) + ["doubtful"] * bool(article.doubts)
            about = "; ".join([", ".join(tags) or "untagged", *notes])
            console.print_line(f"{article.created or 'unknown   '}  {article.title}  ({about})  {article.file}")
    if not args.json:
        unlisted = max(0, len(articles) - args.limit) if args.limit else 0
        more = f"; {unlisted} not shown: --limit 0" if unlisted else ""
        console.print_line(f"{format_count(len(articles), 'article')}{more}")
    return SOME_FAILED if problems else OK
