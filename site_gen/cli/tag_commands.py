"""`site-gen tag`, `suggest`: find the entities of the site in its articles, and names that it has no entity for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, print_next_step, site_option
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from site_gen.entities.suggestion_session import AppliedAnswer, SuggestionSession
    from site_gen.entities.suggestion_sheet import Suggestion


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of `tag` and `suggest`."""
    tag = add_command(
        subparsers, "tag", _run_tag, "find what you follow in all articles",
        "Tag all articles with the companies, topics and other entities as they are now. Tags that you add or remove "
        "by hand stay that way; removed tags are recorded under `ignore:`. Nothing else in a file changes.",
    )  # fmt: skip
    tag.add_argument("files", metavar="FILE", nargs="*", type=Path, help="only these articles (default: all)")
    tag.add_argument(
        "--check", action="store_true", help="show what would change and write nothing; exit with 1 if anything would"
    )
    tag.add_argument("--why", metavar="FILE", type=Path, help="explain why an article has its tags; writes nothing")
    tag.add_argument("--quiet", action="store_true", help="show only what failed, and the count")
    tag.add_argument("--json", action="store_true", help="print one JSON object per changed article")

    suggest = add_command(
        subparsers, "suggest", _run_suggest, "find names in the articles that you may want to follow",
        "Find names that recur in the articles but belong to no company, topic or other entity. Likely companies that "
        "appear in many articles come first. On a terminal it asks what to do with each name: create an entity, add it "
        "to an existing entity, never ask again (kept in content/never.txt), or ask later (content/later.txt). Without "
        "a terminal it prints the list. Nothing is added to the site unless you say so; run `site-gen tag` afterwards.",
    )  # fmt: skip
    where = suggest.add_mutually_exclusive_group()
    where.add_argument(
        "--to", metavar="FILE", type=Path, help="write the names to a text file, to fill in your answers there"
    )
    where.add_argument(
        "--from", metavar="FILE", type=Path, dest="sheet", help="apply the answers in such a file (-: standard input)"
    )
    where.add_argument("--take-back", metavar="NAME", help="undo your answer to a name")
    where.add_argument("--why", metavar="NAME", help="explain why a name is suggested, or why not")
    suggest.add_argument(
        "--least", metavar="N", type=int, default=2, help="how many articles must contain a name (default: 2)"
    )
    suggest.add_argument("--limit", metavar="N", type=int, default=100, help="how many names to list (default: 100)")
    suggest.add_argument("--no-model", action="store_true", help="do not use spaCy's model even if it is installed")
    suggest.add_argument("--json", action="store_true", help="print one JSON object per name or answer")


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
        if not args.quiet:
            console.print_above_progress(f"{change.file}  {'  '.join(parts) or 'same tags; notes updated'}")
        if change.problem:
            console.print_above_progress(str(change.problem), to_stderr=True)
    if not args.json:
        would = "would change" if args.check else "changed"
        console.print_line(f"{changes} {'article' if changes == 1 else 'articles'} {would}")
        if not (args.check or args.quiet):
            print_next_step(args, "site-gen build" if changes else "")
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
    from site_gen.entities import ner, suggest, suggestion_session

    if args.least < 1 or args.limit < 1:
        raise UsageError("--least and --limit need a number of at least 1")
    session = suggestion_session.SuggestionSession(args.site)
    if args.sheet or args.take_back:
        return _apply_answers(args, session)
    suggestions = suggest.suggest_names(
        session,
        least=args.least,
        model=None if args.no_model else ner.load_model(),
        progress=lambda articles: console.show_progress(articles, len(articles), "articles"),
    )
    if args.why:
        return _explain_suggestion(args, session, suggestions)
    listed = suggestions[: args.limit]
    is_asked = not args.to and not args.json and console.is_interactive()
    if session.is_fresh and listed and not args.json:
        console.print_line(suggest_prompts.FIRST_RUN if is_asked else suggest_prompts.FIRST_LIST, sys.stderr)
    if args.to:
        suggest.write_sheet(args.to, listed)
        if not args.json:
            console.print_line(
                f"{len(listed)} names in {args.to}; answer there, then: site-gen suggest --from {args.to}"
            )
    if args.json:
        for suggestion in listed:
            console.print_json(suggest.as_record(suggestion))
    elif is_asked and listed:
        return _end_answers(args, suggest_prompts.ask(session, listed, console.ask, console.print_line))
    elif not args.to:
        for suggestion in listed:
            console.print_line(suggestion.line)
        unlisted_count = len(suggestions) - len(listed)
        unlisted = f", {unlisted_count} more with --limit {len(suggestions)}" if unlisted_count else ""
        console.print_line(f"{len(listed)} {'name' if len(listed) == 1 else 'names'}{unlisted}")
    return OK


def _apply_answers(args: argparse.Namespace, session: SuggestionSession) -> int:
    """Run `suggest --from` and `--take-back`: do what answers say."""
    from site_gen.entities import suggest
    from site_gen.entities.suggestion_sheet import SuggestionAnswer

    if args.take_back:
        answers: Iterable[AppliedAnswer] = [session.apply(SuggestionAnswer(name=args.take_back, verb="undo"))]
    else:
        text = sys.stdin.read() if str(args.sheet) == "-" else suggest.read_sheet(args.sheet)
        answers = suggest.apply_sheet(session, str(args.sheet), text)
    applied_answers: list[AppliedAnswer] = []
    for applied in answers:
        applied_answers.append(applied)
        if args.json:
            console.print_json({"name": applied.name, "answer": applied.verb, "file": applied.file})
        else:
            console.print_line(f"{applied.verb:6} {applied.name} → {applied.file}")
    return _end_answers(args, applied_answers)


def _explain_suggestion(args: argparse.Namespace, session: SuggestionSession, suggestions: Sequence[Suggestion]) -> int:
    """Run `suggest --why`: print why a name is suggested, or why it is not."""
    from site_gen.cli import suggest_prompts
    from site_gen.entities import suggest

    place, suggestion = suggest.find_suggestion(suggestions, args.why)
    if suggestion is None:
        console.print_line(f"{args.why} is not suggested: {session.answer_to(args.why) or suggest.NOT_FOUND}")
        return SOME_FAILED
    if args.json:
        console.print_json({"place": place, **suggest.as_record(suggestion)})
        return OK
    console.print_line(f"{place} of {len(suggestions)}  {suggestion.line}")
    console.print_line(suggest_prompts.reasons_line(suggestion))
    for passage in suggestion.passages:
        console.print_line(f"    {passage.text}\n      {passage.article}")
    return OK


def _end_answers(args: argparse.Namespace, applied_answers: Sequence[AppliedAnswer]) -> int:
    """Print how many answers were applied and what to do next, unless with `--json`; return the exit status."""
    if not args.json:
        needs_tagging = any(applied.needs_tagging for applied in applied_answers)
        count = f"{len(applied_answers)} {'answer' if len(applied_answers) == 1 else 'answers'} applied"
        console.print_line(count + (f"; next: site-gen tag{site_option(args)}" if needs_tagging else ""))
    return OK
