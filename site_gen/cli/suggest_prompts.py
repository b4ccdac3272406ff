"""Ask about the suggestions of `suggest` one after the other, and apply each answer at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from site_gen.core.errors import SiteError
from site_gen.entities.suggestion_sheet import parse_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from site_gen.entities.suggest import AppliedAnswer, SuggestionSession
    from site_gen.entities.suggestion_sheet import Suggestion

_HELP = """\
  y            a new entity of the kind shown; `y people` for another kind
  a            another name of the entity shown; `a companies/some-slug` for another one
  n            never ask again
  s, or Enter  not now
  q            stop; what was answered is done"""


def ask(
    session: SuggestionSession,
    suggestions: Sequence[Suggestion],
    prompt: Callable[[str], str | None],
    print_line: Callable[[str], None],
) -> list[AppliedAnswer]:
    """Go through the suggestions, apply what is answered, and return it.

    prompt: shows a question and returns the answer, None where there is nobody to answer.
    """
    applied_answers: list[AppliedAnswer] = []
    for number, suggestion in enumerate(suggestions, 1):
        print_line(f"\n{number} of {len(suggestions)}  {suggestion.name}  ({suggestion.guess} {suggestion.facts})")
        for passage in suggestion.passages:
            print_line(f"    {passage.text}\n      {passage.article}")
        near = f", a another name of {suggestion.near}" if suggestion.near else ", a … another name of …"
        question = f"y new in {suggestion.into}{near}, n never, s skip, q quit, ? help > "
        while True:
            typed = prompt(question)
            if typed is None or typed.strip().lower() in {"q", "quit"}:
                return applied_answers
            applied, is_settled = _apply_answer(session, suggestion, typed, print_line)
            applied_answers += applied
            if is_settled:
                break
    return applied_answers


def _apply_answer(
    session: SuggestionSession, suggestion: Suggestion, typed: str, print_line: Callable[[str], None]
) -> tuple[list[AppliedAnswer], bool]:
    """Apply an answer; return what it did, and whether the question is settled (else it is asked again)."""
    parsed = parse_answer(typed, suggestion.name, suggestion.spellings)
    if parsed is None:
        print_line(_HELP)
        return [], False
    if parsed.verb == "skip":
        return [], True
    if parsed.verb == "also" and not parsed.target:
        if suggestion.near is None:
            print_line("  of what? write: a companies/some-slug")
            return [], False
        parsed = replace(parsed, target=str(suggestion.near))
    elif parsed.verb == "new" and not parsed.target:
        parsed = replace(parsed, target=suggestion.into)
    try:
        applied = session.apply(parsed)
    except SiteError as error:
        for problem in error.problems:
            print_line(f"  {problem}")
        return [], False
    print_line(f"  → {applied.file}")
    return [applied], True
