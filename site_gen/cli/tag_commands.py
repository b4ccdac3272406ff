"""`site-gen tag`, `suggest`: find the entities of the site in its articles, and names that it has no entity for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from site_gen.entities import suggest


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of `tag` and `suggest`."""
    tag = add_command(
        subparsers, "tag", _run_tag, "tag all articles again",
        "Tag all articles with the companies, topics and other entities as they are now. What you put into an "
        "article or took out of it stays so; what you took out is noted under `ignore:`. Nothing but these keys is "
        "changed in a file.",
    )  # fmt: skip
    tag.add_argument("files", metavar="FILE", nargs="*", type=Path, help="only these articles (default: all)")
    tag.add_argument("--check", action="store_true", help="only tell what would change; exit with 1 if anything would")
    tag.add_argument("--why", metavar="FILE", type=Path, help="only tell why an article has its tags; writes nothing")
    tag.add_argument("--json", action="store_true", help="print one JSON object for each article that changes")

    suggest = add_command(
        subparsers, "suggest", _run_suggest, "find names in the articles that nothing stands for yet",
        "Find names that recur in the articles and that no company, topic or other entity has, the most telling first. "
        "On a terminal it asks what to do with each: make an entity, add it to one as another name, or never ask again "
        "(kept in content/never.txt). Elsewhere it prints the list. Nothing reaches the site without your answer; run "
        "`site-gen tag` afterwards.",
    )  # fmt: skip
    where = suggest.add_mutually_exclusive_group()
    where.add_argument("--to", metavar="FILE", type=Path, help="write the names to a text file, to be answered there")
    where.add_argument("--from", metavar="FILE", type=Path, dest="sheet", help="do what the answers in such a file say")
    suggest.add_argument("--least", metavar="N", type=int, default=2, help="in how many articles a name must stand")
    suggest.add_argument("--limit", metavar="N", type=int, default=100, help="how many names at most (default: 100)")
    suggest.add_argument("--no-model", action="store_true", help="do not ask spaCy's model, where it is installed")
    suggest.add_argument("--json", action="store_true", help="print one JSON object for each name, or for each answer")


def _run_tag(args: argparse.Namespace) -> int:
    from site_gen.entities import retag

    if args.why:
        return _explain_tags(args)
    changes = failed = 0
    retagged = retag.retag(
        args.site,
        files=args.files,
        check=args.check,
        progress=lambda articles: console.show_progress(articles, len(articles), "articles"),
    )
    for change in retagged:
        changes += 1
        failed += change.problem is not None
        if args.json:
            lists = {key: [str(tag) for tag in getattr(change, key)] for key in ("added", "removed", "ignored")}
            about = None if change.about is None else [str(tag) for tag in change.about]
            problem = change.problem and str(change.problem)
            console.print_json({"article": change.file, **lists, "about": about, "problem": problem})
            continue
        parts = (
            [f"+{tag}" for tag in change.added]
            + [f"-{tag}" for tag in change.removed]
            + [f"ignored {tag}" for tag in change.ignored]
            + ([f"about {', '.join(map(str, change.about)) or 'nobody'}"] if change.about is not None else [])
        )
        console.print_above_progress(f"{change.file}  {'  '.join(parts) or 'the same tags; what was found is noted'}")
        if change.problem:
            console.print_above_progress(str(change.problem), to_stderr=True)
    if not args.json:
        would = "would change" if args.check else "changed"
        console.print_line(f"{changes} {'article' if changes == 1 else 'articles'} {would}")
    return SOME_FAILED if failed or (args.check and changes) else OK


def _explain_tags(args: argparse.Namespace) -> int:
    """Run `tag --why`: print why an article has its tags."""
    from site_gen.entities import retag

    for reason in retag.explain_tags(args.site, args.why):
        if args.json:
            console.print_json(
                {
                    "tag": str(reason.tag), "name": reason.name, "rule": reason.rule, "about": reason.about or None,
                    "passage": reason.passage, "but": reason.obstacle or None, "not_about": reason.not_about or None,
                }
            )  # fmt: skip
            continue
        name = f"“{reason.name}” " if reason.name else ""
        about = f"; about it: {reason.about}" if reason.about else ""
        but = f" ({reason.obstacle})" if reason.obstacle and reason.rule else ""
        console.print_line(f"{reason.tag}{but}  {name}{reason.rule or reason.obstacle}{about}")
        if reason.not_about:
            console.print_line(f"    not about it: {reason.not_about}")
        if reason.passage:
            console.print_line(f"    … {reason.passage} …")
    return OK


def _run_suggest(args: argparse.Namespace) -> int:
    from site_gen.cli import suggest_prompts
    from site_gen.entities import ner, suggest

    if args.least < 1 or args.limit < 1:
        raise UsageError("--least and --limit take a number from 1 up")
    session = suggest.SuggestionSession(args.site)
    if args.sheet:
        applied_answers: list[suggest.AppliedAnswer] = []
        for applied in suggest.apply_sheet(session, args.sheet):
            applied_answers.append(applied)
            if args.json:
                console.print_json({"name": applied.name, "answer": applied.verb, "file": applied.file})
            else:
                console.print_line(f"{applied.verb:6} {applied.name} → {applied.file}")
        return _end_answers(applied_answers, quiet=args.json)
    suggestions = suggest.suggest_names(
        session,
        least=args.least,
        model=None if args.no_model else ner.load_model(),
        progress=lambda articles: console.show_progress(articles, len(articles), "articles"),
    )
    listed = suggestions[: args.limit]
    if args.to:
        suggest.write_sheet(args.to, listed)
        if not args.json:
            console.print_line(
                f"{len(listed)} names in {args.to}; answer there, then: site-gen suggest --from {args.to}"
            )
    if args.json:
        for suggestion in listed:
            console.print_json(suggest.as_record(suggestion))
    elif not args.to and listed and console.is_interactive():
        return _end_answers(suggest_prompts.ask(session, listed, console.ask, console.print_line))
    elif not args.to:
        for suggestion in listed:
            near = f"; near {suggestion.near}" if suggestion.near else ""
            console.print_line(f"{suggestion.name}  ({suggestion.guess} {suggestion.facts}{near})")
        unlisted_count = len(suggestions) - len(listed)
        unlisted = f", {unlisted_count} more with --limit {len(suggestions)}" if unlisted_count else ""
        console.print_line(f"{len(listed)} {'name' if len(listed) == 1 else 'names'}{unlisted}")
    return OK


def _end_answers(applied_answers: Sequence[suggest.AppliedAnswer], *, quiet: bool = False) -> int:
    """Print how many answers were applied and what to do next, unless `quiet`; return the exit status."""
    if not quiet:
        needs_tagging = any(applied.verb != "never" for applied in applied_answers)
        count = f"{len(applied_answers)} {'answer' if len(applied_answers) == 1 else 'answers'} done"
        console.print_line(count + ("; next: site-gen tag" if needs_tagging else ""))
    return OK
