"""`site-gen issue`: what happened in a week or a month, here or as a mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, base_url_of, command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from site_gen.pages.views.issue import IssuePage, IssueStory


def add_to(known: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    issue = command(
        known, "issue", _issue, "tell what happened in a week or a month, or make a mail of it",
        "Print an issue in a few lines: its stories by weight, who moved, who is new. With --email write it as one "
        "HTML file with a twin in plain text beside it, for mail programs; its links lead to the published site.",
    )  # fmt: skip
    issue.add_argument("key", metavar="ISSUE", nargs="?", help="2026-w47 or 2026-11 (default: the newest week)")
    issue.add_argument(
        "--email", metavar="FILE", nargs="?", type=Path, const=Path(), help="write the mail (default: issue-ISSUE.html)"
    )
    issue.add_argument(
        "--eml", metavar="FILE", nargs="?", type=Path, const=Path(), help="write a message ready to open and send"
    )
    issue.add_argument("--base-url", metavar="URL", help="as for build")
    issue.add_argument("--json", action="store_true", help="print one JSON object")


def _issue(args: argparse.Namespace) -> int:
    from site_gen.publish import issue_email

    base_url = base_url_of(args)
    if args.email is None and args.eml is None:
        found = issue_email.look(args.site, args.key, base_url, console.show_progress)
        if args.json:
            console.print_json(_data(found))
        else:
            for text in _lines(found):
                console.print_line(text)
        return OK
    key, mail = issue_email.mail(args.site, args.key, base_url, console.show_progress)
    written: list[Path] = []
    if args.email is not None:
        path = args.email if args.email.name else Path(f"issue-{key}.html")
        issue_email.write(path, mail.html.encode())
        issue_email.write(path.with_suffix(".txt"), mail.text.encode())
        written += [path, path.with_suffix(".txt")]
    if args.eml is not None:
        path = args.eml if args.eml.name else Path(f"issue-{key}.eml")
        issue_email.write(path, issue_email.message(mail))
        written.append(path)
    if args.json:
        console.print_json({"issue": key, "subject": mail.subject, "files": [str(path) for path in written]})
    else:
        console.print_line(
            f"{mail.subject}: {', '.join(map(str, written))}; {len(mail.html.encode()) / 1000:.0f} kB of HTML"
        )
    return OK


def _stories(found: IssuePage) -> Iterator[IssueStory]:
    yield from (*found.leads, *(one for section in found.sections for one in section.stories))


def _told(story: IssueStory) -> tuple[str, str, list[str]]:
    """A story's title, address and outlets."""
    outlets = dict.fromkeys(card.outlet for card in (story.card, *story.others) if card.outlet)
    return story.card.title, story.card.url, list(outlets)


def _json(story: IssueStory) -> dict[str, object]:
    return dict(zip(("title", "url", "outlets"), _told(story), strict=True))


def _lines(found: IssuePage) -> Iterator[str]:
    yield f"{found.title}: {found.total} stories from {found.articles} articles, {found.outlets} outlets"
    for title, _, outlets in map(_told, _stories(found)):
        yield f"  {title} ({', '.join(outlets)})" if outlets else f"  {title}"
    news = found.news
    for mover in news.movers:
        yield f"more than usual: {mover.link.name}, {mover.stories} (usually {mover.usual:g})"
    for mover in news.quiet:
        yield f"gone quiet: {mover.link.name}"
    if news.first:
        yield f"first seen: {', '.join(link.name for link in news.first)}"
    if news.pairs:
        yield f"new together: {', '.join(f'{one.name} + {other.name}' for one, other in news.pairs)}"
    if found.published:
        yield f"published on {found.published}"
    for title, _, _ in map(_told, found.added):
        yield f"added since: {title}"
    for one in found.corrections:
        yield f"corrected ({one.what}): {one.was}" + (f" → {one.now}" if one.now else "")


def _data(found: IssuePage) -> dict[str, object]:
    news = found.news
    return {
        "issue": found.period.key,
        "title": found.title,
        "url": found.url,
        "published": found.published.isoformat() if found.published else None,
        "stories": list(map(_json, _stories(found))),
        "added": list(map(_json, found.added)),
        "corrections": [
            {"what": one.what, "was": one.was, "now": one.now, "url": one.url} for one in found.corrections
        ],
        "articles": found.articles,
        "outlets": found.outlets,
        "movers": [{"name": one.link.name, "stories": one.stories, "usual": one.usual} for one in news.movers],
        "quiet": [one.link.name for one in news.quiet],
        "first": [link.name for link in news.first],
        "pairs": [[one.name, other.name] for one, other in news.pairs],
    }
