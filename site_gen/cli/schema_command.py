"""`site-gen schema`: print the JSON Schema of a kind of file, for editors that complete and check keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, add_command
from site_gen.content.site_paths import CONFIG
from site_gen.core import console

if TYPE_CHECKING:
    import argparse


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `schema`."""
    parser = add_command(
        subparsers, "schema", _run_schema, "print a JSON Schema of a file's keys, for editors",
        "Print the JSON Schema of content/site.yaml, or of the front matter of articles, entities or notes on issues, "
        "with the kinds and extra keys of your site. An editor that reads it completes keys and marks mistakes as you "
        "type. `site-gen new` writes the one of site.yaml to .schemas/site.json; site.yaml names it in its first line.",
    )  # fmt: skip
    parser.add_argument(
        "file", nargs="?", default="site", choices=("site", "article", "entity", "issue"),
        help="which file (default: site)",
    )  # fmt: skip


def _run_schema(args: argparse.Namespace) -> int:
    from site_gen.content import json_schema, loader

    if args.is_site_named or (args.site / CONFIG).is_file():
        loader.require_site(args.site)
        config = loader.load_config(args.site, [])
    else:
        config = loader.parse_config(b"title: any", [])
    console.print_line(json_schema.json_schema_text(args.file, config).rstrip())
    return OK
