"""Ask about the suggestions of `suggest` one after the other, and apply each answer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from site_gen.core.errors import SiteError
from site_gen.entities.suggestion_sheet import SuggestionAnswer, parse_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from site_gen.entities.suggestion_session import AppliedAnswer, SuggestionSession
    from site_gen.entities.suggestion_sheet import Suggestion

# What a person is told who has answered nothing yet; the first at a terminal, the second elsewhere.
_FIRST_LINE = "These names recur in your articles, and you do not follow them yet. Likely companies come first."
_LAST_LINE = "Afterwards `site-gen tag` finds them in all articles, and `site-gen build` makes their pages."
FIRST_RUN = f"""\
{_FIRST_LINE}
y: follow it (creates a file in content/), a: another name of one you follow, n: never ask again, s: ask later, ?: help.
Each answer is saved immediately. {_LAST_LINE}"""
FIRST_LIST = f"""\
{_FIRST_LINE}
To answer, run this on a terminal; or use `--to names.txt`, fill in your answers, then `--from names.txt`.
{_LAST_LINE}"""
_HELP = """\
  y        follow it, as the kind shown; `y people` for another kind
  a        another name of the entity shown; `a companies/some-slug` for a different entity
  n        never ask again
  s        ask later, after all others
  u        undo the last answer
  w        show why it is suggested
  Enter    skip
  q        quit; your answers are saved"""


def ask(
    session: SuggestionSession,
    suggestions: Sequence[Suggestion],
    prompt: Callable[[str], str | None],
    print_line: Callable[[str], None],
) -> list[AppliedAnswer]:
    """Go through the suggestions, apply what is answered, and return what was not taken back.

    prompt: shows a question and returns the answer, None where there is nobody to answer.
    """
    applied_answers: list[tuple[int, AppliedAnswer]] = []  # each with the number of its suggestion
    number = 0
    while number < len(suggestions):
        # An answer may have made what this name is near to.
        near = session.nearest(suggestions[number].name, suggestions[number].maker)
        suggestion = replace(suggestions[number], near=near)
        print_line(f"\n{number + 1} of {len(suggestions)}  {suggestion.name}  ({suggestion.guess} {suggestion.facts})")
        for passage in suggestion.passages:
            print_line(f"    {passage.text}\n      {passage.article}")
        same = f"a same as {near}" if near else "a … same as …"
        question = f"y new in {suggestion.into}, {same}, n never, s later, u undo, q quit, ? help > "
        next_number = None
        while next_number is None:
            typed = prompt(question)
            word = "q" if typed is None else typed.strip().lower()
            if word in {"q", "quit"}:
                return [applied for _, applied in applied_answers]
            if word in {"w", "why"}:
                print_line(reasons_line(suggestion))
            elif word in {"u", "undo", "take back"}:
                next_number = _take_back(session, applied_answers, print_line)
            elif not word:
                next_number = number + 1
            elif applied := _apply_answer(session, suggestion, typed or "", print_line):
                applied_answers.append((number, applied))
                next_number = number + 1
        number = next_number
    return [applied for _, applied in applied_answers]


def reasons_line(suggestion: Suggestion) -> str:
    """Return why a name is suggested, as a line: how likely it is a company, and what that was judged by."""
    reasons = "; ".join(f"{reason} {log_odds:+.1f}" for reason, log_odds in suggestion.reasons)
    return f"  a company or organisation at {suggestion.likelihood:.0%}: {reasons or 'no evidence either way'}"


def _take_back(
    session: SuggestionSession, applied_answers: list[tuple[int, AppliedAnswer]], print_line: Callable[[str], None]
) -> int | None:
    """Take back the last answer; return the number of its suggestion, None where there is none."""
    if not applied_answers:
        print_line("  no answer to undo here; for an earlier one: site-gen suggest --take-back NAME")
        return None
    number, last = applied_answers[-1]
    try:
        session.apply(SuggestionAnswer(name=last.name, verb="undo"))
    except SiteError as error:
        for problem in error.problems:
            print_line(f"  {problem}")
        return None
    applied_answers.pop()
    print_line(f"  undone: {last.name} ({last.file})")
    return number


def _apply_answer(
    session: SuggestionSession, suggestion: Suggestion, typed: str, print_line: Callable[[str], None]
) -> AppliedAnswer | None:
    """Apply an answer and return what it did; None where it cannot be applied, which is told."""
    parsed = parse_answer(typed, suggestion.name, suggestion.spellings)
    if parsed is None or parsed.verb == "skip":
        print_line(_HELP)
        return None
    if parsed.verb == "also" and not parsed.target:
        if suggestion.near is None:
            print_line("  of which entity? write: a companies/some-slug")
            return None
        parsed = replace(parsed, target=str(suggestion.near))
    elif parsed.verb == "new" and not parsed.target:
        parsed = replace(parsed, target=suggestion.into)
    try:
        applied = session.apply(parsed)
    except SiteError as error:
        for problem in error.problems:
            print_line(f"  {problem}")
        return None
    print_line(f"  → {applied.file}")
    return applied
