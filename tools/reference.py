"""Write the pages of the documentation that are made of the program: docs/commands.md and docs/keys.md.

python tools/reference.py            write them
python tools/reference.py --check    exit with 1 where one is not as it would be written

`tests/cli/test_docs.py` holds the two pages to the program.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_gen.cli import main
from site_gen.content import json_schema, loader

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOCS = Path(__file__).parent.parent / "docs"
_COMMANDS_HEAD = """# Commands

What `site-gen COMMAND --help` says, on one page. A command finds its site from any folder inside it, as git does;
`--site DIR` names another. With `--json`, a command prints one JSON object per line, for scripts.

The exit status is 0 for success, 1 if something failed and was reported while the rest is done, 2 for a usage error.
"""
_KEYS_HEAD = """# Files and keys

Every file that you may edit, with its keys. `site-gen schema` prints the same as JSON Schema, for editors that complete
keys. A key of your own needs a line in `extra_keys:` of `content/site.yaml`.
"""


def commands_page() -> str:
    """Return the page of all commands, from their parsers."""
    return "\n".join([_COMMANDS_HEAD, *_command_lines()])


def _command_lines() -> Iterator[str]:
    parser = main.make_parser("", "commands")
    commands = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    for title, names in main.GROUPS.items():
        yield f"## {title}\n"
        for name in names:
            yield from _parser_lines(commands[name], "###")


def _parser_lines(parser: argparse.ArgumentParser, heading: str) -> Iterator[str]:
    inner = next((action.choices for action in parser._actions if isinstance(action.choices, dict)), {})
    yield f"{heading} {parser.prog}\n"
    yield f"{_markdown(parser.description or '')}\n"
    if inner:
        for command in inner.values():
            yield from _parser_lines(command, f"{heading}#")
        return
    positionals = [_positional(action) for action in parser._actions if not action.option_strings]
    yield f"```text\n{' '.join([parser.prog, '[OPTION …]', *positionals])}\n```\n"
    rows = [row for action in parser._actions if (row := _row(action))]
    if rows:
        yield "| argument | meaning |\n|---|---|"
        yield from rows
        yield ""


def _positional(action: argparse.Action) -> str:
    forms = {"?": "[{}]", "*": "[{} …]", "+": "{} …"}
    return forms.get(str(action.nargs), "{}").format(action.metavar or action.dest.upper())


def _row(action: argparse.Action) -> str:
    """Return an argument's row of a table; empty for one that the help hides, and for those that all commands have."""
    if action.help == argparse.SUPPRESS or {"--help", "--site"} & set(action.option_strings):
        return ""
    values = action.metavar or (" or ".join(map(str, action.choices)) if action.choices else "")
    value = " ".join(values) if isinstance(values, tuple) else str(values)
    takes_value = action.nargs != 0 and value
    names = ", ".join(action.option_strings) or value or action.dest
    shown = f"{names} {value}" if takes_value and action.option_strings else names
    return f"| `{shown}` | {_markdown(action.help or '')} |"


def keys_page() -> str:
    """Return the page of all keys, from the JSON Schemas."""
    return "\n".join([_KEYS_HEAD, *_key_lines()])


def _key_lines() -> Iterator[str]:
    config = loader.parse_config(b"title: any", [])
    for file_kind in json_schema.FILE_KINDS:
        described = json_schema.key_descriptions()[file_kind]
        schema = json_schema.json_schema(file_kind, config)
        title, _, where = described.pop("").partition(": ")
        yield f"## {title}\n\n`{where}`\n\n| key | values | meaning |\n|---|---|---|"
        for key, text in described.items():
            values = "text or list" if key == "KIND" else _values(_find(schema, key.split(".")))
            shown = "`companies`, `topics` …" if key == "KIND" else f"`{key}`"
            yield f"| {shown} | {values} | {_markdown(text).replace('KIND named', 'What is named')} |"
        yield ""


def _find(schema: dict[str, Any], path: list[str]) -> dict[str, Any]:
    """Return the part of a schema that describes a key."""
    for part in path:
        forms = [schema, *schema.get("anyOf", [])]
        inner = [form.get("properties", {}).get(part) for form in forms]
        others = [form["additionalProperties"] for form in forms if isinstance(form.get("additionalProperties"), dict)]
        schema = next((each for each in inner if each is not None), None) or (others if part == "NAME" else [{}])[0]
    return schema


def _values(schema: dict[str, Any]) -> str:
    """Return in words what a key may hold."""
    if "anyOf" in schema:
        return " or ".join(map(_values, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{str(value).lower()}`" for value in schema["enum"] if value is not None)
    types = schema.get("type", [])
    if "integer" in types:
        return f"{schema['minimum']} to {schema['maximum']}"
    if "object" in types:
        return "keys"
    if "array" in types:
        return "text or list"
    return "day" if "pattern" in schema and "number" not in types else "text" if types else "anything"


def _markdown(text: str) -> str:
    """Return a text of the help so that Markdown shows it as it is."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("%%", "%")


def _run() -> int:
    pages = {"commands.md": commands_page(), "keys.md": keys_page()}
    stale = [name for name, text in pages.items() if not (_DOCS / name).is_file() or _read(name) != text]
    for name in stale:
        if "--check" in sys.argv:
            print(f"docs/{name} is not what the program says: python tools/reference.py", file=sys.stderr)
        else:
            (_DOCS / name).write_text(pages[name], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


def _read(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(_run())
