"""`site-gen stories`: list the stories that several articles tell, and why; correct one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse

    from site_gen.build.story_listing import StoryArticle


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `stories`."""
    stories = add_command(
        subparsers, "stories", _run_stories, "list articles that report the same story; correct the list",
        "List stories that several articles report, newest first, and why they belong together: copied text, or words "
        "that they share and few other articles of those days have. Correct it with --same or --apart: your answer is "
        "kept under `story:` in the later article.",
    )  # fmt: skip
    corrections = stories.add_mutually_exclusive_group()
    article = ("ARTICLE", "ARTICLE")
    corrections.add_argument(
        "--same", metavar=article, nargs=2, help="these two report the same story (give id, file or address)"
    )
    corrections.add_argument("--apart", metavar=article, nargs=2, help="these two report different stories")
    stories.add_argument("--json", action="store_true", help="print one JSON object per line")


def _run_stories(args: argparse.Namespace) -> int:
    from site_gen.build import story_listing
    from site_gen.content.frontmatter import format_key
    from site_gen.core.formatting import format_count

    if named := args.same or args.apart:
        changes = story_listing.correct_story(
            args.site, *named, are_same=bool(args.same), progress=console.show_progress
        )
        for change in changes:
            if args.json:
                console.print_json(change._asdict())
            else:
                value = format_key("story", change.value).strip() if change.value else "story: removed"
                console.print_line(f"{change.file}  {value}")
        if not changes and not args.json:
            console.print_line(f"they are {'one story' if args.same else 'two stories'} already; nothing changed")
        return OK
    stories = story_listing.list_stories(args.site, console.show_progress)
    for story in stories:
        if args.json:
            console.print_json({"articles": list(map(_article_data, story))})
        else:
            for article in story:
                console.print_line(_line(article))
    if not args.json:
        count = format_count(sum(map(len, stories)), "article")
        console.print_line(f"{format_count(len(stories), 'story', 'stories')} reported by several articles, {count}")
    return OK


def _line(article: StoryArticle) -> str:
    """Return the line of an article in its story."""
    day = f"{article.date} " if article.date else ""
    outlet = f" ({article.outlet})" if article.outlet else ""
    if article.reason == "lead":
        return f"{day}{article.title}{outlet}  {article.id}  {article.file}"
    reasons = {
        "by hand": "you joined it",
        "same page": "the same page",
        "copy": f"a copy: {article.share} % of the text",
        "event": f"alike {article.share} %: {', '.join(article.words)}",
    }
    return f"  {day}{article.title}{outlet}  {article.id}  {reasons[article.reason]}"


def _article_data(article: StoryArticle) -> dict[str, object]:
    """Return an article of a story as `--json` prints it."""
    return {
        **article._asdict(),
        "date": article.date.isoformat() if article.date else None,
        "words": list(article.words),
    }
