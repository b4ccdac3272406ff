"""`site-gen completion`: print what makes a shell complete commands, options and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `completion`."""
    parser = add_command(
        subparsers, "completion", _run_completion, "print the completion script of a shell",
        "Print a script that makes a shell complete commands, options and file names. For bash: site-gen completion "
        "bash > ~/.local/share/bash-completion/completions/site-gen. For zsh: a file _site-gen in a folder of $fpath. "
        "For fish: ~/.config/fish/completions/site-gen.fish. Then open a new terminal.",
        has_site=False,
    )  # fmt: skip
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="which shell")


def _run_completion(args: argparse.Namespace) -> int:
    import shtab

    from site_gen.cli.main import make_parser

    parser = make_parser("", "commands")
    _mark_files(parser, {"DIR": shtab.DIRECTORY, "FILE": shtab.FILE, "PATH": shtab.FILE})
    console.print_line(shtab.complete(parser, shell=args.shell))
    return OK


def _mark_files(parser: argparse.ArgumentParser, completers: Mapping[str, object]) -> None:
    """Note which arguments are files, as shtab looks for it. completers: by what the help calls an argument."""
    for action in parser._actions:  # noqa: SLF001 — the only way to all arguments, and shtab's own
        if isinstance(action.choices, dict):  # commands
            for command in action.choices.values():
                _mark_files(command, completers)
        elif str(action.metavar) in completers:
            action.complete = completers[str(action.metavar)]  # type: ignore[attr-defined]
