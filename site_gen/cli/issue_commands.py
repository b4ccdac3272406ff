"""`site-gen issue`: print what happened in a week, a month or a year, or write it as a mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command, base_url_of
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from site_gen.pages.views.issue import IssuePage, IssueStory


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `issue`."""
    issue = add_command(
        subparsers, "issue", _run_issue, "print the digest of a week, month or year, or write it as an email",
        "Print the digest of a week, month or year: its main stories, who was in the news more or less than usual, and "
        "who is new. With --email, write it as an HTML file and a plain-text file for mail programs; links lead to "
        "the published site.",
    )  # fmt: skip
    issue.add_argument(
        "key",
        metavar="ISSUE",
        nargs="?",
        help="2026-w47, 2026-11 or 2026 (default: the newest week, else the newest month)",
    )
    issue.add_argument(
        "--email",
        metavar="FILE",
        nargs="?",
        type=Path,
        const=Path(),
        help="write the email (default: issue-ISSUE.html)",
    )
    issue.add_argument(
        "--eml",
        metavar="FILE",
        nargs="?",
        type=Path,
        const=Path(),
        help="write a message that a mail program can open and send",
    )
    issue.add_argument("--base-url", metavar="URL", help="as for build")
    issue.add_argument("--json", action="store_true", help="print one JSON object")


def _run_issue(args: argparse.Namespace) -> int:
    from site_gen.publish import issue_email

    base_url = base_url_of(args)
    if args.email is None and args.eml is None:
        issue = issue_email.load_issue(args.site, args.key, base_url, console.show_progress)
        if args.json:
            console.print_json(_issue_data(issue))
        else:
            for line in _lines(issue):
                console.print_line(line)
        return OK
    key, mail = issue_email.render_email(args.site, args.key, base_url, console.show_progress)
    paths: list[Path] = []
    if args.email is not None:
        path = args.email if args.email.name else Path(f"issue-{key}.html")
        issue_email.write_file(path, mail.html.encode())
        issue_email.write_file(path.with_suffix(".txt"), mail.text.encode())
        paths += [path, path.with_suffix(".txt")]
    if args.eml is not None:
        path = args.eml if args.eml.name else Path(f"issue-{key}.eml")
        issue_email.write_file(path, issue_email.email_message(mail))
        paths.append(path)
    if args.json:
        console.print_json({"issue": key, "subject": mail.subject, "files": [str(path) for path in paths]})
    else:
        console.print_line(
            f"{mail.subject}: {', '.join(map(str, paths))}; {len(mail.html.encode()) / 1000:.0f} kB of HTML"
        )
        if not mail.has_page:
            console.print_line(
                f"{key} has fewer than 3 stories, so it has no page on the site for the mail to link to; "
                f"write content/issues/{key}.md (a title is enough) to get one"
            )
    return OK


def _stories(issue: IssuePage) -> Iterator[IssueStory]:
    """Yield all stories of an issue in its order."""
    yield from (*issue.leads, *(story for section in issue.sections for story in section.stories))


def _outlets(story: IssueStory) -> list[str]:
    from site_gen.site.outlets import distinct_outlets

    return [card.outlet for card in distinct_outlets((story.card, *story.others)) if card.outlet]


def _lines(issue: IssuePage) -> Iterator[str]:
    """Yield an issue as it is printed, a line each."""
    from site_gen.core.formatting import format_count

    stories, articles = format_count(issue.total, "story", "stories"), format_count(issue.articles, "article")
    yield f"{issue.title}: {stories} from {articles}, {format_count(issue.outlets, 'outlet')}"
    for story in _stories(issue):
        outlets = ", ".join(_outlets(story))
        yield f"  {story.card.title} ({outlets})" if outlets else f"  {story.card.title}"
    news = issue.news
    for mover in news.movers:
        yield f"more than usual: {mover.link.name}, {mover.stories} (usually {mover.usual:g})"
    for mover in news.quiet:
        yield f"gone quiet: {mover.link.name}"
    if news.first:
        yield f"first mentioned: {', '.join(link.name for link in news.first)}"
    if news.pairs:
        yield f"first mentioned together: {', '.join(f'{left.name} + {right.name}' for left, right in news.pairs)}"
    if issue.unfollowed:
        yield f"left out, because they name nobody followed: {issue.unfollowed}"
    if issue.published:
        yield f"published on {issue.published}"
    for story in issue.added:
        yield f"added since: {story.card.title}"
    for correction in issue.corrections:
        yield f"corrected ({correction.what}): {correction.was}" + (f" → {correction.now}" if correction.now else "")


def _issue_data(issue: IssuePage) -> dict[str, object]:
    """Return an issue as `--json` prints it."""
    news = issue.news
    return {
        "issue": issue.period.key,
        "title": issue.title,
        "url": issue.url,
        "published": issue.published.isoformat() if issue.published else None,
        "stories": list(map(_story_data, _stories(issue))),
        "added": list(map(_story_data, issue.added)),
        "corrections": [
            {"what": correction.what, "was": correction.was, "now": correction.now, "url": correction.url}
            for correction in issue.corrections
        ],
        "unfollowed": issue.unfollowed,
        "articles": issue.articles,
        "outlets": issue.outlets,
        "movers": [{"name": mover.link.name, "stories": mover.stories, "usual": mover.usual} for mover in news.movers],
        "quiet": [mover.link.name for mover in news.quiet],
        "first": [link.name for link in news.first],
        "pairs": [[left.name, right.name] for left, right in news.pairs],
    }


def _story_data(story: IssueStory) -> dict[str, object]:
    return {"title": story.card.title, "url": story.card.url, "outlets": _outlets(story)}
