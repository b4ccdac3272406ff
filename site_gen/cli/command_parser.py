"""Make the parser of a command: what all commands have in common, and the exit statuses."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

OK, SOME_FAILED, USED_WRONGLY = 0, 1, 2
EXIT_CODES = "exit status: 0 all well; 1 something failed and was reported, the rest is done; 2 usage error"


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
    parser.set_defaults(run=run)
    if has_site:
        parser.add_argument(
            "--site", metavar="DIR", type=Path, default=Path(), help="the site's folder (default: here)"
        )
    return parser


def site_option(args: argparse.Namespace) -> str:
    """Return the option by which the next command finds the same site, with a blank before it."""
    return "" if str(args.site) == "." else f" --site {shlex.quote(str(args.site))}"


def base_url_of(args: argparse.Namespace) -> str | None:
    """Return the value of `--base-url`, None where it is not given; raises UsageError for what is no site's address."""
    if args.base_url is None:
        return None
    from site_gen.core.urls import parse_base_url

    base_url = parse_base_url(args.base_url)
    if base_url is None:
        raise UsageError(f"--base-url {args.base_url} is no site's address; write https://user.github.io/repo/")
    return base_url
