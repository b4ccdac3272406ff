"""`site-gen new`: make an empty site."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from site_gen.cli.new_site import PublishWay


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `new`."""
    new = add_command(
        subparsers,
        "new",
        _run_new,
        "make an empty site",
        "Make an empty site in DIR, with commented settings, an example company and an example topic. On a terminal it "
        "asks how you will publish the site. Saved pages stay out of git either way.",
        has_site=False,
    )
    new.add_argument("dir", metavar="DIR", type=Path, help="the folder to create")
    new.add_argument(
        "--publish", choices=("machine", "workflow"),
        help="machine: `site-gen publish` pushes the built site from here (default); workflow: a private GitHub "
        "repository builds the site and pushes it to a public one",
    )  # fmt: skip
    new.add_argument(
        "--remote", metavar="ADDRESS", default="", help="address of the repository that will show the built site"
    )
    new.add_argument("--title", metavar="TEXT", default="", help="the site's title (default: made of DIR)")
    new.add_argument("--quiet", action="store_true", help="do not list the files")
    new.add_argument("--no-examples", action="store_true", help="without the example company and topic")


def _run_new(args: argparse.Namespace) -> int:
    from site_gen.cli import new_site
    from site_gen.content.publish_settings import remote_fault

    if args.remote and (fault := remote_fault(args.remote)):
        raise UsageError(f"--remote {fault[0]}; {fault[1]}")
    way = args.publish or (ask_publish_way() if console.is_interactive() else "machine")
    files = new_site.write_new_site(args.dir, way, args.remote, args.title, has_examples=not args.no_examples)
    for name in files if not args.quiet else ():
        console.print_line(f"  {args.dir / name}")
    if top := new_site.enclosing_repository(args.dir):
        mend = "if that repository is not yours, move the site, or give it its own: git init"
        console.print_error(f"note: {args.dir} is inside the repository {top}; {mend}")
    console.print_line(f"created {args.dir}")
    if not args.quiet:
        console.print_line(
            f"next: cd {shlex.quote(str(args.dir))}; site-gen add PAGES; site-gen suggest; site-gen build"
        )
    return OK


def ask_publish_way() -> PublishWay:
    """Ask how a new site will be published; what is no answer is the way that keeps most to oneself."""
    console.print_line("How will the site be published?")
    console.print_line(
        "  1  from this machine: the content stays here, and `site-gen publish` pushes only the built site"
    )
    console.print_line("  2  by a workflow: a private GitHub repository builds the site and pushes it to a public one")
    return "workflow" if (console.ask("1 or 2 (Enter: 1) > ") or "").strip() == "2" else "machine"
