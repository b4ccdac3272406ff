"""The command line: what can be asked, and how it ends. What each command does is in `commands`."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from site_gen import __version__
from site_gen.cli.command_parser import EXIT_CODES, OK, SOME_FAILED, USED_WRONGLY
from site_gen.core import console
from site_gen.core.errors import SiteError, UsageError
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Turns a folder of saved web pages into a site with a page per company and per topic.

  site-gen new my-digest             make a site
  site-gen add ~/Downloads/pages     put saved pages into it
  site-gen review                    look at what is doubtful in them
  site-gen suggest                   find names in it that you may want to follow
  site-gen build                     write the site to output/
  site-gen serve                     show it, and what you change, in the browser
  site-gen issue                     tell what happened this week, or make a mail of it
  site-gen publish                   put it on GitHub Pages
"""


# The commands by the modules of `commands` that add them, in the order of the help.
_FAMILIES = {
    "page_commands": ("new", "add", "extract", "review"),
    "tag_commands": ("tag", "suggest"),
    "entity_commands": ("entity",),
    "build_commands": ("build", "check", "serve", "permalinks"),
    "issue_commands": ("issue",),
    "publish_command": ("publish",),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv[0] if argv else "").parse_args(argv)
    try:
        status: int = args.run(args)
        console.flush()
    except UsageError as error:
        console.print_error(f"site-gen: {error}")
        return USED_WRONGLY
    except SiteError as error:
        console.print_problems(error.problems)
        return SOME_FAILED
    except BrokenPipeError:  # `site-gen … | head`: who reads no further has seen enough, but not all is done
        console.discard_output()
        return OK if args.command == "extract" else SOME_FAILED
    except (OSError, StateError) as error:
        console.print_error(f"site-gen: {_of_disk(error)}")
        return SOME_FAILED
    except KeyboardInterrupt:
        console.print_error("stopped; what was done stays, the same command goes on from here")
        return 130
    return status


def _of_disk(error: OSError | StateError) -> str:
    if isinstance(error, StateError):  # what was kept is damaged, and so is what was begun in its place
        return f"{error}: what builds keep cannot be written; make room, or check the disk"
    return f"{error.filename or 'file'}: {error.strerror or error}"  # a name too long, a folder that may not be entered


def _parser(asked: str) -> argparse.ArgumentParser:
    """A parser that knows the command that is asked for, or all of them where that is none: for the help, and for what
    is wrong. A build with nothing to do takes little longer than making the parsers of all commands."""
    parser = argparse.ArgumentParser(
        prog="site-gen",
        description=_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"site-gen {__version__}")
    known = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    families = [family for family, commands in _FAMILIES.items() if asked in commands]
    for family in families or _FAMILIES:
        import_module(f"site_gen.cli.{family}").add_to(known)
    return parser
