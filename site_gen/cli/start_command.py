"""`site-gen start`: from a folder of saved pages to a site in the browser, by commands that it prints and runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, site_option
from site_gen.content.site_paths import CONFIG
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from site_gen.entities.suggestion_sheet import Suggestion

_MOST_LISTED = 30  # names that a person is asked about
_KINDS_LISTED = frozenset({"company", "organisation"})  # what a listed name seems to be
_PASSAGE = 100  # characters of a passage in the list
_OVERVIEW = """\
site-gen start sets up a site in five steps: new, add, suggest, tag, build. Each is a command of its own, shown after $.
To stop, press Ctrl-C; to go on, run site-gen start again."""


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `start`."""
    start = add_command(
        subparsers, "start", _run_start, "set up a site step by step, from pages to browser",
        "Set up a site: create it, add saved pages, choose companies from the names in them, tag, build, and open "
        "it in the browser. On a terminal it asks for what you do not give. Every step is another command, which it "
        "prints. Steps that are done are skipped, so you can stop at any time and run it again.",
        has_site=False,
    )  # fmt: skip
    start.add_argument("site", metavar="DIR", nargs="?", type=Path, help="the site's folder, new or existing")
    start.add_argument("--title", metavar="TEXT", default="", help="the site's title")
    start.add_argument(
        "--pages", metavar="PATH", action="append", default=[],
        help="a saved page, an archive or a folder of them; can be repeated",
    )  # fmt: skip
    start.add_argument("--publish", choices=("machine", "workflow"), help="as for new")
    start.add_argument("--remote", metavar="ADDRESS", default="", help="as for new")
    companies = start.add_mutually_exclusive_group()
    companies.add_argument("--companies", metavar="FILE", help="a table of the companies to follow: CSV, .xlsx, .ods")
    companies.add_argument("--follow", metavar="N", type=int, help="follow the N most likely companies in the pages")
    start.add_argument("--no-browser", action="store_true", help="build the site, and do not open it")


def _run_start(args: argparse.Namespace) -> int:
    is_asking = console.is_interactive()
    if is_asking:
        console.print_line(_OVERVIEW)
    if not args.is_site_named and not (args.site / CONFIG).is_file():
        args.site, args.is_site_named = _ask_folder(args), True
    for command in _commands(args, is_asking=is_asking):
        status = _run_command(command)
        if status not in {OK, SOME_FAILED}:
            return status
    if not is_asking or args.no_browser:
        console.print_error(f"next: site-gen serve --open{site_option(args)}")
    return OK


def _commands(args: argparse.Namespace, *, is_asking: bool) -> Iterator[list[str]]:
    """Yield the commands that are left to run, each when those before it are done, without the program's name."""
    from site_gen.content import next_step

    site = shlex.split(site_option(args))
    if not (args.site / CONFIG).is_file():
        yield _new_command(args, is_asking=is_asking)
    pages = args.pages or (_ask_pages(next_step.article_count(args.site)) if is_asking else [])
    if pages:
        yield ["add", "--quiet", *site, *pages]
    if not next_step.article_count(args.site):
        raise UsageError(f"no article was added; name the saved pages: site-gen start{site_option(args)} --pages PATH")
    if args.companies:
        yield ["entity", "fill", *site, "--add", "--kind", "companies", args.companies]
    elif args.follow or (is_asking and not next_step.has_entities(args.site)):
        _follow_companies(args)
    yield ["tag", "--quiet", *site]
    yield ["build", *site]
    if is_asking and not args.no_browser:
        yield ["serve", "--open", *site]


def _run_command(command: Sequence[str]) -> int:
    """Print a command as a person would type it, run it, and return its exit status."""
    from site_gen.cli import main

    console.print_line(f"\n$ site-gen {shlex.join(command)}")
    return main.main(command)


def _ask_folder(args: argparse.Namespace) -> Path:
    """Ask for the title and the folder of a new site. Raises UsageError where nobody answers."""
    from site_gen.core.slugs import slugify

    if not console.is_interactive():
        raise UsageError("name the site's folder: site-gen start DIR --pages PATH")
    args.title = args.title or (console.ask("\nTitle of the site > ") or "").strip() or "My digest"
    folder = slugify(args.title)
    return Path((console.ask(f"Folder (Enter: {folder}) > ") or "").strip() or folder).expanduser()


def _new_command(args: argparse.Namespace, *, is_asking: bool) -> list[str]:
    from site_gen.cli.new_command import ask_publish_way

    way = args.publish or (ask_publish_way() if is_asking else "machine")
    title = ["--title", args.title] if args.title else []
    remote = ["--remote", args.remote] if args.remote else []
    return ["new", str(args.site), *title, "--publish", way, *remote, "--no-examples", "--quiet"]


def _ask_pages(article_count: int) -> list[str]:
    """Ask where the saved pages are until something is there; return nothing where none are to be added."""
    skip = f" (Enter: no more; the site has {article_count})" if article_count else ""
    while answer := (console.ask(f"\nFolder or file with your saved pages{skip} > ") or "").strip():
        path = Path(answer.strip("'\"").replace("\\ ", " ")).expanduser()  # as terminals paste what is dropped on them
        if path.exists():
            return [str(path)]
        console.print_line(f"{path} does not exist")
    return []


def _follow_companies(args: argparse.Namespace) -> None:
    """Propose companies from the articles, and make a file for each that is chosen."""
    from site_gen.entities import suggest
    from site_gen.entities.suggestion_session import DEFAULT_KIND, SuggestionSession
    from site_gen.entities.suggestion_sheet import SuggestionAnswer

    console.print_line(f"\n$ site-gen suggest{site_option(args)}")
    session = SuggestionSession(args.site)
    suggestions = suggest.suggest_names(
        session, progress=lambda articles: console.show_progress(articles, len(articles), "articles")
    )
    likely = [one for one in suggestions if one.into == DEFAULT_KIND and one.kind in _KINDS_LISTED][:_MOST_LISTED]
    listed = sorted(likely, key=lambda one: -one.articles)[: args.follow]
    if not listed:
        console.print_line("no name recurs in the articles yet; when there are more: site-gen suggest")
        return
    for suggestion in listed if args.follow else _ask_companies(listed):
        applied = session.apply(SuggestionAnswer(name=suggestion.name, verb="new", spellings=suggestion.spellings))
        console.print_line(f"new      {applied.file}")


def _ask_companies(listed: Sequence[Suggestion]) -> list[Suggestion]:
    """Show the names with numbers, and return those that a person chooses."""
    from site_gen.core.text import shorten

    console.print_line("Names that recur in your pages, likely companies first:")
    for number, suggestion in enumerate(listed, 1):
        near = f"; near {suggestion.near}" if suggestion.near else ""
        console.print_line(f"{number:>3}  {suggestion.name}  ({suggestion.facts}{near})")
        for passage in suggestion.passages[:1]:
            start = passage.text.find(suggestion.name) - _PASSAGE // 2
            text = passage.text if start <= 0 else "… " + passage.text[start:].partition(" ")[2]
            console.print_line(f"       {shorten(text, _PASSAGE)}")
    while True:
        answer = console.ask("\nWhich of them do you follow? Numbers (1 3-5), all, or Enter for none > ") or ""
        numbers = parse_numbers(answer, len(listed))
        if numbers is not None:
            return [listed[number - 1] for number in numbers]
        console.print_line(f"write numbers from 1 to {len(listed)}, with blanks or commas between them: 1 3-5")


def parse_numbers(text: str, most: int) -> list[int] | None:
    """Return the numbers of a list such as `1 3-5, 8` or `all`, sorted; None where one is not from 1 to `most`."""
    if text.strip().lower() == "all":
        return list(range(1, most + 1))
    numbers: set[int] = set()
    for part in re.split(r"[\s,;]+", text.strip()) if text.strip() else ():
        match = re.fullmatch(r"(\d{1,6})(?:[-–](\d{1,6}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= most:
            return None
        numbers.update(range(first, last + 1))
    return sorted(numbers)
