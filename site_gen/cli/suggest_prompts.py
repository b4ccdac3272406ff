"""The dialogue of `suggest`: one name after the other, each answer done at once."""

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
    listed: Sequence[Suggestion],
    prompt: Callable[[str], str | None],
    tell: Callable[[str], None],
) -> list[AppliedAnswer]:
    """Go through the suggestions and do what is answered.

    prompt: asks and gives the answer, None where there is nobody to answer. tell: shows a line.
    """
    done: list[AppliedAnswer] = []
    for number, suggestion in enumerate(listed, 1):
        tell(f"\n{number} of {len(listed)}  {suggestion.name}  ({suggestion.kind}? {suggestion.facts})")
        for passage in suggestion.passages:
            tell(f"    {passage.text}\n      {passage.article}")
        near = f", a another name of {suggestion.near}" if suggestion.near else ", a … another name of …"
        question = f"y new in {suggestion.into}{near}, n never, s skip, q quit, ? help > "
        while True:
            typed = prompt(question)
            if typed is None or typed.strip().lower() in {"q", "quit"}:
                return done
            applied, over = _one(session, suggestion, typed, tell)
            done += applied
            if over:
                break
    return done


def _one(
    session: SuggestionSession, suggestion: Suggestion, typed: str, tell: Callable[[str], None]
) -> tuple[list[AppliedAnswer], bool]:
    """What an answer did, and whether the question is over."""
    given = parse_answer(typed, suggestion.name, suggestion.spellings)
    if given is None:
        tell(_HELP)
        return [], False
    if given.verb == "skip":
        return [], True
    if given.verb == "also" and not given.target:
        if suggestion.near is None:
            tell("  of what? write: a companies/some-slug")
            return [], False
        given = replace(given, target=str(suggestion.near))
    elif given.verb == "new" and not given.target:
        given = replace(given, target=suggestion.into)
    try:
        applied = session.apply(given)
    except SiteError as error:
        for problem in error.problems:
            tell(f"  {problem}")
        return [], False
    tell(f"  → {applied.file}")
    return [applied], True
