"""What all commands share: exit status, and how a parser for one is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

OK, SOME_FAILED, USED_WRONGLY = 0, 1, 2
EXIT_CODES = "exit status: 0 all well; 1 something failed and was told, the rest is done; 2 used wrongly"


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: object,
    short: str,
    long: str,
    *,
    site: bool = True,
) -> argparse.ArgumentParser:
    """A command's parser, with what all of them have: help that ends with the exit status, `--site`.

    run: takes the parsed arguments and gives the exit status.
    """
    parser = commands.add_parser(name, help=short, description=long, epilog=EXIT_CODES)
    parser.set_defaults(run=run)
    if site:
        parser.add_argument(
            "--site", metavar="DIR", type=Path, default=Path(), help="the site's folder (default: here)"
        )
    return parser


def base_url_of(args: argparse.Namespace) -> str | None:
    """`--base-url`, checked. Raises UsageError for what is no site's address."""
    if args.base_url is None:
        return None
    from site_gen.core.urls import parse_base_url

    base_url = parse_base_url(args.base_url)
    if base_url is None:
        raise UsageError(f"--base-url {args.base_url} is no site's address; write https://user.github.io/repo/")
    return base_url
