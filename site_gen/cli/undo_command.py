"""`site-gen undo`: put back what the last command changed in `content/`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command
from site_gen.core import console
from site_gen.core.formatting import format_count

if TYPE_CHECKING:
    import argparse

    from site_gen.content.undo_journal import RecordedCommand


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `undo`."""
    undo = add_command(
        subparsers, "undo", _run_undo, "undo what the last command changed",
        "Restore every file in content/ that the last command changed (add, extract --again --write, review, tag, "
        "suggest, entity, stories). Run it again to undo the command before that. If you changed one of the files "
        "since, nothing is undone and the files are named. Needs no git. The last 20 commands are kept in .site-gen/.",
    )  # fmt: skip
    undo.add_argument("--list", action="store_true", help="list the commands that can be undone, the latest first")
    undo.add_argument("--json", action="store_true", help="print one JSON object per file or command")


def _run_undo(args: argparse.Namespace) -> int:
    from site_gen.content import loader, undo_journal

    loader.require_site(args.site)
    if args.list:
        for recorded in undo_journal.recorded_commands(args.site):
            files = [change.file for change in recorded.changes]
            if args.json:
                console.print_json({"command": recorded.command, "time": recorded.seconds, "files": files})
            else:
                console.print_line(f"{_minute(recorded)}  {recorded.command}  ({format_count(len(files), 'file')})")
        return OK
    recorded, undone = undo_journal.undo(args.site)
    for file in undone:
        if args.json:
            console.print_json(file._asdict())
        else:
            console.print_line(f"{file.did:<12} {file.file}")
    if not args.json:
        console.print_line(f"undone: {recorded.command}, of {_minute(recorded)}, {format_count(len(undone), 'file')}")
    return OK


def _minute(recorded: RecordedCommand) -> str:
    return dt.datetime.fromtimestamp(recorded.seconds).astimezone().strftime("%Y-%m-%d %H:%M")
