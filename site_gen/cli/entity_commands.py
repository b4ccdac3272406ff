"""`site-gen entity …`: show, add, rename, move, merge, fill and check companies, topics and other entities."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, site_option
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from site_gen.entities.curation.change_plan import ChangePlan
    from site_gen.entities.curation.registry_editor import RegistryEditor

_DESCRIPTION = (
    "Manage the entities: companies, topics and whatever else you follow. Commands that change files have --dry-run, "
    "which shows the change and writes nothing. If one is killed halfway, run it again to finish. `site-gen undo` "
    "undoes them."
)
_NAME_HELP = "its name, another of its names, its slug, or kind/slug"


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `entity`, with parsers for its own commands."""
    entity = add_command(
        subparsers, "entity", _run_show, "add, rename, merge and look up companies and topics", _DESCRIPTION,
        has_site=False,
    )  # fmt: skip
    actions = entity.add_subparsers(title="commands", metavar="COMMAND", required=True)

    show = add_command(actions, "show", _run_show, "show one entity", "Show an entity and its latest articles.")
    show.add_argument("name", metavar="NAME", help=_NAME_HELP)
    show.add_argument("--json", action="store_true", help="print one JSON object")

    add = add_command(
        actions, "add", _run_add, "add an entity",
        "Create the file of a new entity, unless it is known already under this name or another.",
    )  # fmt: skip
    add.add_argument("kind", metavar="KIND", help="companies, topics, or another kind of the site")
    add.add_argument("name", metavar="NAME", help="its name; with --from-tag, the tag's slug")
    add.add_argument(
        "--name", metavar="OTHER", dest="names", action="append", default=[], help="another name; can be repeated"
    )
    add.add_argument("--wikidata", metavar="Q…", help="its item number in Wikidata")
    add.add_argument("--website", metavar="URL", help="its website")
    add.add_argument(
        "--from-tag",
        action="store_true",
        help="create it from a tag that articles already have, with its slug and names",
    )
    _add_change_options(add)

    rename = add_command(
        actions, "rename", _run_rename, "change the name or address of an entity",
        "Rename an entity; the old name stays in its `names`. With --slug its file and address change too: tags in all "
        "articles and links in your texts are updated, and the old address redirects to the new one.",
    )  # fmt: skip
    rename.add_argument("old", metavar="OLD", help=_NAME_HELP)
    rename.add_argument("new", metavar="NEW", help="its new name")
    rename.add_argument("--slug", metavar="SLUG", help="its new slug (default: unchanged)")
    _add_change_options(rename)

    move = add_command(
        actions, "move", _run_move, "move an entity to another kind",
        "Move an entity to another kind: its file, its address, and the tags in all articles.",
    )  # fmt: skip
    move.add_argument("name", metavar="NAME", help=_NAME_HELP)
    move.add_argument("kind", metavar="KIND", help="its new kind")
    _add_change_options(move)

    merge = add_command(
        actions, "merge", _run_merge, "merge several entities into one",
        "Merge entities: names, identifiers, facts, notes and old addresses move to INTO, tags in all articles are "
        "updated, and the other files are removed. Refused where two of them contradict each other. FROM may be a tag "
        "without a file.",
    )  # fmt: skip
    merge.add_argument("sources", metavar="FROM", nargs="+", help=_NAME_HELP)
    merge.add_argument("into", metavar="INTO", help="the entity to keep")
    _add_change_options(merge)

    fill = add_command(
        actions, "fill", _run_fill, "fill in identifiers and facts from a table",
        "Fill in entities from a table with a header: CSV, or a spreadsheet (.xlsx, .ods). Columns: name, kind, names "
        "(separated by ;), wikidata, website; any other column is a fact. Only empty values are filled in: what a "
        "person wrote stays, and differences are reported.",
    )  # fmt: skip
    fill.add_argument("file", metavar="FILE", type=Path, help="the table")
    fill.add_argument("--kind", metavar="KIND", help="the kind of rows that name none: companies, topics …")
    fill.add_argument("--add", action="store_true", help="create files for entities that do not exist yet")
    _add_change_options(fill)

    check = add_command(
        actions, "check", _run_check, "find problems with names and tags",
        "Report entities that seem to be the same, names that two entities share, entities that no article mentions, "
        "and tags without a file. Exits with 1 if there are any.",
    )  # fmt: skip
    check.add_argument("--json", action="store_true", help="print one JSON object per finding")


def _add_change_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show the changes as a unified diff and write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object per changed file")


@contextlib.contextmanager
def _open_editor(args: argparse.Namespace) -> Iterator[RegistryEditor]:
    """Open the entities of the site, for writing where the command has the options of one that changes files."""
    from site_gen.content import loader
    from site_gen.content.content_lock import hold_content
    from site_gen.entities.curation.registry_editor import EditOptions, RegistryEditor

    options = EditOptions(hasattr(args, "dry_run"), getattr(args, "dry_run", False), console.show_progress)
    loader.require_site(args.site)
    with hold_content(args.site) if options.writes and not options.dry_run else contextlib.nullcontext():
        editor = RegistryEditor(args.site, options)
        if editor.finished:
            console.print_error(f"note: first finished an interrupted command: {editor.finished} files")
        yield editor


def _run_show(args: argparse.Namespace) -> int:
    with _open_editor(args) as editor:
        overview = editor.show(args.name)
    entity = overview.entity
    if args.json:
        console.print_json(
            {
                "kind": entity.kind, "slug": entity.slug, "name": entity.name, "names": list(entity.names),
                "wikidata": entity.wikidata, "website": entity.website, "facts": dict(entity.facts),
                "redirect_from": list(entity.redirect_from), "file": entity.file, "url": overview.url,
                "articles": overview.articles, "first": overview.first, "last": overview.last,
                "newest": [{"file": a.file, "title": a.title, "date": a.published} for a in overview.newest],
            }
        )  # fmt: skip
        return OK
    rows = [
        ("kind", entity.kind),
        ("names", ", ".join(entity.names)),
        ("wikidata", entity.wikidata),
        ("website", entity.website),
        *entity.facts,
        ("articles", f"{overview.articles}" + (f", {overview.first} to {overview.last}" if overview.first else "")),
        ("file", entity.file),
        ("address", overview.url),
        ("formerly", ", ".join(entity.redirect_from)),
    ]
    console.print_line(entity.name)
    for label, text in rows:
        if text:
            console.print_line(f"  {label:<10} {text}")
    for article in overview.newest:
        console.print_line(f"  {article.published or ''!s:<10} {article.title} ({article.file})")
    return OK


def _run_add(args: argparse.Namespace) -> int:
    return _run_edit(
        args,
        lambda editor: editor.add(
            args.kind,
            args.name,
            names=args.names,
            wikidata=args.wikidata,
            website=args.website,
            from_tag=args.from_tag,
        ),
        "site-gen tag",
    )


def _run_rename(args: argparse.Namespace) -> int:
    return _run_edit(args, lambda editor: editor.rename(args.old, args.new, args.slug), "site-gen tag")


def _run_move(args: argparse.Namespace) -> int:
    return _run_edit(args, lambda editor: editor.move(args.name, args.kind))


def _run_merge(args: argparse.Namespace) -> int:
    return _run_edit(args, lambda editor: editor.merge(args.sources, args.into))


def _run_fill(args: argparse.Namespace) -> int:
    with _open_editor(args) as editor:
        plan, rows = editor.fill(args.file, add=args.add, kind=args.kind)
    for row in rows:
        changes = "; ".join(row.did) or "nothing to fill"
        if args.json:
            console.print_json(
                {
                    "row": row.line, "name": row.name, "entity": row.tag and str(row.tag), "did": list(row.did),
                    "problems": list(map(str, row.problems)),
                }
            )  # fmt: skip
        else:
            console.print_line(f"{args.file}:{row.line}: {row.name}{f' ({row.tag})' if row.tag else ''}: {changes}")
    return _print_result(args, plan, "site-gen tag")


def _run_check(args: argparse.Namespace) -> int:
    with _open_editor(args) as editor:
        findings = editor.check()
    for finding in findings:
        problem = finding.problem
        if args.json:
            console.print_json(
                {
                    "code": finding.code, "file": problem.file, "line": problem.line, "what": problem.what,
                    "mend": problem.mend,
                }
            )  # fmt: skip
        else:
            console.print_line(str(problem))
    if not args.json:
        console.print_line(f"{len(findings)} {'thing' if len(findings) == 1 else 'things'} to check")
    return SOME_FAILED if findings else OK


def _run_edit(args: argparse.Namespace, edit: Callable[[RegistryEditor], ChangePlan], next_command: str = "") -> int:
    """Make one edit and print what it did; next_command: what the person should run afterwards."""
    with _open_editor(args) as editor:
        plan = edit(editor)
    return _print_result(args, plan, next_command)


def _print_result(args: argparse.Namespace, plan: ChangePlan, next_command: str = "") -> int:
    """Print what was done, or with `--dry-run` would be; return the exit status."""
    for note in plan.notes:
        console.print_error(f"note: {note}")
    console.print_problems(plan.problems)
    for change in plan.changes:
        action = "new" if change.before is None else "removed" if change.after is None else "changed"
        if args.json:
            console.print_json({"file": change.file, "did": action, "dry_run": args.dry_run, "diff": change.diff()})
        elif args.dry_run:
            console.print_line(change.diff().rstrip("\n"))
        elif not change.file.startswith("content/articles/"):
            console.print_line(f"{action:<8} {change.file}")
    if args.json:
        return SOME_FAILED if plan.problems else OK
    would = "would change" if args.dry_run else "changed"
    entity_files = len(plan.changes) - plan.article_count - plan.prose_count
    prose = f", {plan.prose_count} {'text' if plan.prose_count == 1 else 'texts'} of yours" if plan.prose_count else ""
    articles = f"{prose} and {plan.article_count} {'article' if plan.article_count == 1 else 'articles'}"
    if not plan.changes:
        console.print_line("nothing to do")
    else:
        console.print_line(f"{entity_files} {'entity file' if entity_files == 1 else 'entity files'}{articles} {would}")
        if plan.url:
            console.print_line(f"address: {plan.url}")
        if next_command and not args.dry_run:
            console.print_line(f"next: {next_command}{site_option(args)}, to find it in all articles")
        if not args.dry_run:
            console.print_line(f"to undo: site-gen undo{site_option(args)}")
    return SOME_FAILED if plan.problems else OK
