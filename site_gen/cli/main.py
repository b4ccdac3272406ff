"""Parse the command line, run the command, and turn errors into messages and exit statuses.

The commands themselves are in `site_gen/cli/*_commands.py` (and `publish_command.py`).
"""

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
  site-gen publish                   put it, and nothing else, on the web
  site-gen undo                      undo what the last command changed
"""

# The commands by the module of `site_gen.cli` that adds their parsers, in the order of the help.
_COMMANDS_BY_MODULE = {
    "page_commands": ("new", "add", "extract", "review"),
    "tag_commands": ("tag", "suggest"),
    "entity_commands": ("entity",),
    "build_commands": ("build", "check", "serve", "permalinks"),
    "issue_commands": ("issue",),
    "story_commands": ("stories",),
    "audit_command": ("audit",),
    "publish_command": ("publish",),
    "undo_command": ("undo",),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; argv: the arguments after the program's name."""
    argv = sys.argv[1:] if argv is None else argv
    args = _make_parser(argv[0] if argv else "").parse_args(argv)
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
        console.print_error(f"site-gen: {_disk_message(error)}")
        return SOME_FAILED
    except KeyboardInterrupt:
        console.print_error("stopped; what was done stays, the same command goes on from here")
        return 130
    return status


def _disk_message(error: OSError | StateError) -> str:
    """Return what to tell a person of a file or a build's state that cannot be read or written."""
    if isinstance(error, StateError):  # what was kept is damaged, and so is what was begun in its place
        return f"{error}: what builds keep cannot be written; make room, or check the disk"
    return f"{error.filename or 'file'}: {error.strerror or error}"  # a name too long, a folder that may not be entered


def _make_parser(command_name: str) -> argparse.ArgumentParser:
    """Return a parser of the module that has this command; of all modules where none has: for `--help`, and for typos.

    A build with nothing to do takes little longer than making the parsers of all commands.
    """
    parser = argparse.ArgumentParser(
        prog="site-gen",
        description=_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"site-gen {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    modules = [module for module, commands in _COMMANDS_BY_MODULE.items() if command_name in commands]
    for module in modules or _COMMANDS_BY_MODULE:
        import_module(f"site_gen.cli.{module}").add_parsers(subparsers)
    return parser
