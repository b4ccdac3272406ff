"""Make the parser of a command: what all commands have in common, and the exit statuses."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from site_gen.content.site_paths import CONFIG
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OK, SOME_FAILED, USED_WRONGLY = 0, 1, 2
EXIT_CODES = "exit status: 0 success; 1 something failed and was reported, the rest is done; 2 usage error"


class CommandParser(argparse.ArgumentParser):
    """A parser whose errors name the word that was most likely meant."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments and exit with status 2."""
        _, is_choice, rest = message.partition("invalid choice: ")
        if is_choice:
            word, _, listed = rest.partition(" (choose from ")
            message = _unknown_word(word.strip("'"), re.findall(r"[\w-]+", listed))
        self.exit(USED_WRONGLY, f"{self.prog}: {message}\nsee: {self.prog} --help\n")


def _unknown_word(word: str, choices: Sequence[str]) -> str:
    """Return the complaint about a word that is none of the choices."""
    from site_gen.core.text import did_you_mean

    mend = did_you_mean(word, choices, f"choose from {', '.join(choices)}")
    return f"`{word}` is not known; {mend}"


def parse_arguments(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments, with the site to work on. Exits with status 2 where they are wrong or missing."""
    if not argv:
        parser.print_help(sys.stderr)
        parser.exit(USED_WRONGLY)
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        command: argparse.ArgumentParser = args.parser
        options = re.findall(r"--[a-z-]+", command.format_help())
        option = unknown[0].partition("=")[0]
        is_option = option.startswith("-")
        command.error(_unknown_option(option, options) if is_option else f"`{unknown[0]}` is one argument too many")
    if "site" in args:
        args.is_site_named = args.site is not None
        args.site = args.site if args.is_site_named else find_site(Path.cwd())
    return args


def _unknown_option(option: str, options: Sequence[str]) -> str:
    from site_gen.core.text import nearest_word

    near = nearest_word(option, options)
    return f"there is no option {option}" + (f"; did you mean {near}?" if near else "")


def find_site(folder: Path) -> Path:
    """Return the nearest site around a folder, relative to it, as git finds a repository; `.` where there is none."""
    levels = (level for level, parent in enumerate((folder, *folder.parents)) if (parent / CONFIG).is_file())
    return Path(*[".."] * next(levels, 0))


def add_command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    description: str,
    *,
    has_site: bool = True,
) -> argparse.ArgumentParser:
    """Add a command and return its parser, whose help ends with the exit statuses.

    run: takes the parsed arguments and returns the exit status; `main` calls it as `args.run`.
    summary: its line in the list of commands. description: the text of its own help.
    has_site: whether it has the option `--site`.
    """
    parser = subparsers.add_parser(name, help=summary, description=description, epilog=EXIT_CODES)
    parser.set_defaults(run=run, parser=parser, summary=summary)
    if has_site:
        parser.add_argument(
            "--site", metavar="DIR", type=Path, help="the site's folder (default: this folder or the nearest above it)"
        )
    return parser


def site_option(args: argparse.Namespace) -> str:
    """Return the option by which the next command finds the same site, with a blank before it."""
    return f" --site {shlex.quote(str(args.site))}" if args.is_site_named else ""


def print_next_step(args: argparse.Namespace, otherwise: str = "") -> None:
    """Print what a new site lacks and the command that helps; for any other site the command `otherwise`, if any."""
    from site_gen.content.next_step import next_step

    step = next(next_step(args.site), None)
    if step or otherwise:
        command = step.file if step else otherwise
        console.print_error(f"{step.what + '; ' if step else ''}next: {command}{site_option(args)}")


def base_url_of(args: argparse.Namespace) -> str | None:
    """Return the value of `--base-url`, None where it is not given; raises UsageError for what is no site's address."""
    if args.base_url is None:
        return None
    from site_gen.core.urls import parse_base_url

    base_url = parse_base_url(args.base_url)
    if base_url is None:
        raise UsageError(f"--base-url {args.base_url} is not a site's address; write https://user.github.io/repo/")
    return base_url
