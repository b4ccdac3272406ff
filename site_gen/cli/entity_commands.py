"""`site-gen entity …`: parse arguments, call one function, print what it gives. No logic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, command
from site_gen.core import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from site_gen.entities.curation.registry_editor import EditResult, RegistryEditor

_LONG = (
    "Keep the entities (companies, topics and whatever else you follow) in order. Commands that change files take "
    "--dry-run, which shows the change and writes nothing; killed halfway, the same command finishes the work; in a "
    "git repository they tell the command that undoes them."
)
_NAME = "its name, another of its names, its slug, or kind/slug"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `entity`, with commands of its own."""
    entity = command(
        commands, "entity", _show, "add, rename, merge and look up companies and topics", _LONG, site=False
    )
    inner = entity.add_subparsers(title="commands", metavar="COMMAND", required=True)

    show = command(inner, "show", _show, "show what there is to know of one", "Show an entity and its articles.")
    show.add_argument("name", metavar="NAME", help=_NAME)
    show.add_argument("--json", action="store_true", help="print one JSON object")

    add = command(
        inner, "add", _add, "make a new one",
        "Make the file of a new entity. Nothing is made where it is known already, under this name or another.",
    )  # fmt: skip
    add.add_argument("kind", metavar="KIND", help="companies, topics, or another kind of the site")
    add.add_argument("name", metavar="NAME", help="its name; with --from-tag the tag's slug will do")
    add.add_argument("--name", metavar="OTHER", dest="names", action="append", default=[], help="another name; repeat")
    add.add_argument("--wikidata", metavar="Q…", help="its item number in Wikidata")
    add.add_argument("--website", metavar="URL", help="its website")
    add.add_argument(
        "--from-tag", action="store_true", help="for a tag that articles hold: its slug and names are taken from there"
    )
    _changing(add)

    rename = command(
        inner, "rename", _rename, "give one another name or address",
        "Give an entity another name; the old one stays among its `names`. With --slug its file and address change "
        "too: the tags of all articles follow, links in what you wrote do, and the old address leads to the new one.",
    )  # fmt: skip
    rename.add_argument("old", metavar="OLD", help=_NAME)
    rename.add_argument("new", metavar="NEW", help="its new name")
    rename.add_argument("--slug", metavar="SLUG", help="its new slug (default: it stays)")
    _changing(rename)

    move = command(
        inner, "move", _move, "make one an entity of another kind",
        "Move an entity to another kind: its file, its address, and the tags of all articles.",
    )  # fmt: skip
    move.add_argument("name", metavar="NAME", help=_NAME)
    move.add_argument("kind", metavar="KIND", help="the kind that it should be of")
    _changing(move)

    merge = command(
        inner, "merge", _merge, "make one of several",
        "Make one entity of several: names, identifiers, facts, notes and old addresses go to INTO, the tags of all "
        "articles follow, and the other files go. Refused where two of them say different things. FROM may be a tag "
        "without a file.",
    )  # fmt: skip
    merge.add_argument("sources", metavar="FROM", nargs="+", help=_NAME)
    merge.add_argument("into", metavar="INTO", help="the one that stays")
    _changing(merge)

    fill = command(
        inner, "fill", _fill, "fill in identifiers and facts from a CSV file",
        "Fill in entities from a CSV file with a header. Columns: name, kind, names (separated by ;), wikidata, "
        "website; any other is a fact. What is empty is filled; what a person wrote stays, and a value that differs "
        "is told.",
    )  # fmt: skip
    fill.add_argument("file", metavar="FILE.csv", type=Path, help="the table")
    fill.add_argument("--add", action="store_true", help="make files for entities that are missing")
    _changing(fill)

    check = command(
        inner, "check", _check, "tell what is wrong with names and tags",
        "Tell entities that seem to be one, names that two share, entities that no article names, and tags that no "
        "file stands for. Exits with 1 if there is any.",
    )  # fmt: skip
    check.add_argument("--json", action="store_true", help="print one JSON object for each finding")


def _changing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="show the change as a unified diff, write nothing")
    parser.add_argument("--force", action="store_true", help="also change files with changes that are not committed")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each file that changes")


def _desk(args: argparse.Namespace) -> RegistryEditor:
    from site_gen.entities.curation.registry_editor import EditOptions, RegistryEditor

    changing = {key: getattr(args, key) for key in ("dry_run", "force") if hasattr(args, key)}
    desk = RegistryEditor(args.site, EditOptions(writes=bool(changing), progress=console.show_progress, **changing))
    if desk.finished:
        console.print_error(f"note: finished first what a stopped command had begun: {desk.finished} files")
    return desk


def _show(args: argparse.Namespace) -> int:
    shown = _desk(args).show(args.name)
    entity = shown.entity
    if args.json:
        console.print_json(
            {
                "kind": entity.kind, "slug": entity.slug, "name": entity.name, "names": list(entity.names),
                "wikidata": entity.wikidata, "website": entity.website, "facts": dict(entity.facts),
                "redirect_from": list(entity.redirect_from), "file": entity.file, "url": shown.url,
                "articles": shown.articles, "first": shown.first, "last": shown.last,
                "newest": [{"file": a.file, "title": a.title, "date": a.date} for a in shown.newest],
            }
        )  # fmt: skip
        return OK
    rows = [
        ("kind", entity.kind),
        ("names", ", ".join(entity.names)),
        ("wikidata", entity.wikidata),
        ("website", entity.website),
        *entity.facts,
        ("articles", f"{shown.articles}" + (f", {shown.first} to {shown.last}" if shown.first else "")),
        ("file", entity.file),
        ("address", shown.url),
        ("before", ", ".join(entity.redirect_from)),
    ]
    console.print_line(entity.name)
    for label, text in rows:
        if text:
            console.print_line(f"  {label:<10} {text}")
    for article in shown.newest:
        console.print_line(f"  {article.date or ''!s:<10} {article.title} ({article.file})")
    return OK


def _add(args: argparse.Namespace) -> int:
    return _told(
        args,
        lambda desk: desk.add(
            args.kind,
            args.name,
            names=args.names,
            wikidata=args.wikidata,
            website=args.website,
            from_tag=args.from_tag,
        ),
        "site-gen tag",
    )


def _rename(args: argparse.Namespace) -> int:
    return _told(args, lambda desk: desk.rename(args.old, args.new, args.slug), "site-gen tag")


def _move(args: argparse.Namespace) -> int:
    return _told(args, lambda desk: desk.move(args.name, args.kind))


def _merge(args: argparse.Namespace) -> int:
    return _told(args, lambda desk: desk.merge(args.sources, args.into))


def _fill(args: argparse.Namespace) -> int:
    done, filled = _desk(args).fill(args.file, add=args.add)
    for row in filled:
        did = "; ".join(row.did) or "nothing to fill"
        if args.json:
            console.print_json(
                {
                    "row": row.line, "name": row.name, "entity": row.tag and str(row.tag), "did": list(row.did),
                    "problems": list(map(str, row.problems)),
                }
            )  # fmt: skip
        else:
            console.print_line(f"{args.file}:{row.line}: {row.name}{f' ({row.tag})' if row.tag else ''}: {did}")
    return _tell(args, done, "site-gen tag")


def _check(args: argparse.Namespace) -> int:
    found = _desk(args).check()
    for finding in found:
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
        console.print_line(f"{len(found)} {'thing' if len(found) == 1 else 'things'} to look at")
    return SOME_FAILED if found else OK


def _told(args: argparse.Namespace, work: Callable[[RegistryEditor], EditResult], following: str = "") -> int:
    return _tell(args, work(_desk(args)), following)


def _tell(args: argparse.Namespace, done: EditResult, following: str = "") -> int:
    """Print what was done, or would be."""
    plan = done.plan
    for note in plan.notes:
        console.print_error(f"note: {note}")
    console.print_problems(plan.problems)
    for file in done.uncommitted if args.dry_run else ():
        console.print_error(f"{file}: has changes that are not committed; --force will be needed")
    for change in plan.changes:
        did = "new" if change.before is None else "removed" if change.after is None else "changed"
        if args.json:
            console.print_json({"file": change.file, "did": did, "dry_run": args.dry_run, "diff": change.diff()})
        elif args.dry_run:
            console.print_line(change.diff().rstrip("\n"))
        elif not change.file.startswith("content/articles/"):
            console.print_line(f"{did:<8} {change.file}")
    if args.json:
        return SOME_FAILED if plan.problems else OK
    would = "would change" if args.dry_run else "changed"
    others = len(plan.changes) - plan.articles - plan.prose
    texts = f", {plan.prose} {'text' if plan.prose == 1 else 'texts'} of yours" if plan.prose else ""
    articles = f"{texts} and {plan.articles} {'article' if plan.articles == 1 else 'articles'}"
    if not plan.changes:
        console.print_line("nothing to do")
    else:
        console.print_line(f"{others} {'entity file' if others == 1 else 'entity files'}{articles} {would}")
        if plan.url:
            console.print_line(f"its address: {plan.url}")
        if following and not args.dry_run:
            console.print_line(f"next: {following}, to find it in all articles")
        if done.undo and not args.dry_run:
            console.print_line(f"to undo it: {done.undo}")
    return SOME_FAILED if plan.problems else OK
