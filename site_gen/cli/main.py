"""Parse the command line, run the command, and turn errors into messages and exit statuses.

The commands themselves are in `site_gen/cli/*_commands.py` (and `publish_command.py`).
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from site_gen import __version__
from site_gen.cli.command_parser import EXIT_CODES, OK, SOME_FAILED, USED_WRONGLY, CommandParser, parse_arguments
from site_gen.core import console
from site_gen.core.errors import SiteError, UsageError
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DESCRIPTION = "Turns a folder of saved web pages into a site with a page per company and topic."

# The commands by what a person wants, in the order of the help: each with the module of `site_gen.cli` that has it.
GROUPS = {
    "Get pages in": {
        "start": "start_command",
        "new": "new_command",
        "add": "page_commands",
        "list": "list_command",
        "extract": "page_commands",
    },
    "Say what you follow": {
        "suggest": "tag_commands",
        "entity": "entity_commands",
        "tag": "tag_commands",
    },
    "Read and correct": {
        "serve": "build_commands",
        "review": "page_commands",
        "stories": "story_commands",
    },
    "Show and publish": {
        "build": "build_commands",
        "issue": "issue_commands",
        "publish": "publish_command",
    },
    "Keep it sound": {
        "check": "build_commands",
        "schema": "schema_command",
        "permalinks": "build_commands",
        "audit": "audit_command",
        "undo": "undo_command",
        "completion": "completion_command",
    },
}
_MODULES = {command: module for commands in GROUPS.values() for command, module in commands.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; argv: the arguments after the program's name."""
    argv = sys.argv[1:] if argv is None else argv
    args = parse_arguments(make_parser(argv[0] if argv else ""), argv)
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
        console.print_error("stopped; what is done is kept, run the same command to continue")
        return 130
    return status


def _disk_message(error: OSError | StateError) -> str:
    """Return what to tell a person of a file or a build's state that cannot be read or written."""
    if isinstance(error, StateError):  # what was kept is damaged, and so is what was begun in its place
        return f"{error}: the build's own data cannot be written; free some space, or check the disk"
    if not error.filename:
        return str(error.strerror or error)
    return f"{error.filename}: {error.strerror or error}"  # a name too long, a folder that may not be entered


def make_parser(command_name: str, subparsers_help: str = argparse.SUPPRESS) -> argparse.ArgumentParser:
    """Return a parser of the module that has this command; of all modules where none has: for `--help`, and for typos.

    A build with nothing to do takes little longer than making the parsers of all commands.
    subparsers_help: what stands for all commands, which the help does not show: it lists them in groups.
    """
    parser = CommandParser(
        prog="site-gen",
        usage="site-gen COMMAND [--help] ...",
        description=_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"site-gen {__version__}", help=argparse.SUPPRESS)
    subparsers = parser.add_subparsers(prog="site-gen", metavar="COMMAND", dest="command", help=subparsers_help)
    is_command = command_name in _MODULES
    for module in [_MODULES[command_name]] if is_command else dict.fromkeys(_MODULES.values()):
        import_module(f"site_gen.cli.{module}").add_parsers(subparsers)
    if not is_command:
        parser.description = f"{_DESCRIPTION}\n\n{_command_list(subparsers.choices)}"
    return parser


def _command_list(parsers: Mapping[str, argparse.ArgumentParser]) -> str:
    """Return all commands in their groups, each with its summary, as the help shows them."""
    groups = []
    for title, commands in GROUPS.items():
        lines = [f"  {command:<11} {parsers[command].get_default('summary')}" for command in commands]
        groups.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(groups)
