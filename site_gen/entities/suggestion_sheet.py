"""A name that is suggested, a person's answer to it, and the sheet that holds both. Pure.

A sheet is plain text: a line for each name, with brackets before it to write the answer in, and lines of remarks, which
begin with #.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from site_gen.core.errors import Problem
from site_gen.core.text import one_line, scrub, shorten

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from site_gen.content.records import Tag

Verb = Literal["new", "also", "never", "later", "undo", "skip"]

_VERBS: dict[str, Verb] = {
    "y": "new", "yes": "new", "a": "also", "also": "also", "same as": "also", "=": "also", "n": "never", "no": "never",
    "never": "never", "s": "later", "later": "later", "not now": "later", "u": "undo", "take back": "undo",
    "skip": "skip", "": "skip",
}  # fmt: skip
_TARGETED = frozenset({"new", "also"})  # verbs that something may follow: a kind, an entity
_ANSWER_LINE = re.compile(r"\[([^\]]*)\](.*)")
_MEND = "write [y], [y people], [same as companies/some-slug], [n], [s], [u] or [ ]"
_MAX_PASSAGE = 200  # characters of a passage in a sheet
_HEAD = """\
# Names that recur in the articles and that you do not follow yet, the most telling first.
# Write your answers between the brackets, then run: site-gen suggest --from THIS-FILE
#
#   [y]                    follow it: a new company; [y people] for something of another kind
#   [same as companies/x]  another name of an entity that exists already; [a companies/x] for short
#   [n]                    never ask again
#   [s]                    ask later, after all others
#   [u]                    undo your earlier answer
#   [ ]                    no answer yet
#
# You may correct a name. What follows a | is another spelling, and is looked for too.
"""


class NamePassage(Struct, frozen=True):
    """A passage that holds a name."""

    article: str  # the article's file, below the site's folder
    text: str  # the passage, on one line


class Suggestion(Struct, frozen=True, kw_only=True):
    """A name that recurs and that no entity has."""

    name: str  # in the spelling that is written most
    spellings: tuple[str, ...]  # other ways in which articles write it
    kind: str  # a guess: `company`, `organisation`, `person`, `place`, `product`, `outlet`, `topic` or `other`
    maker: str  # of a product, where it is known
    articles: int  # how many have it
    outlets: int  # how many known outlets these are of
    count: int  # how often it stands in all of them
    first: dt.date | None  # the day of the oldest article that has it; None where none has a day
    last: dt.date | None  # the day of the newest
    passages: tuple[NamePassage, ...]  # some that hold it, of different articles
    near: Tag | None  # an entity that it may be another name of, or belong to
    is_near_new: bool  # whether that is no entity yet, but what a yes to a name further up makes
    into: str  # the site's kind that a yes goes to
    file: str  # the file that a yes makes
    yes: str  # how to say yes in a sheet: `y`, `y people`
    is_deferred: bool  # whether a person put it off
    rank: float  # the higher, the more telling
    likelihood: float  # how likely it is a company or another organisation, from 0 to 1
    reasons: tuple[tuple[str, float], ...]  # what that was judged by most, and by how much (log odds)

    @property
    def facts(self) -> str:
        """How often and when the name stands in articles, in words."""
        days = list(dict.fromkeys(day.isoformat() for day in (self.first, self.last) if day))
        outlets = f" of {self.outlets} outlets" if self.outlets > 1 else ""
        facts = [f"{self.articles} articles{outlets}", f"{self.count} times", *([" to ".join(days)] if days else [])]
        return ", ".join(facts)

    @property
    def guess(self) -> str:
        """What the name seems to be, in words."""
        return f"{self.kind} of {self.maker}?" if self.maker else f"{self.kind}?"

    @property
    def line(self) -> str:
        """The name and what is known of it, on one line."""
        near = f"; near {self.near}" if self.near else ""
        condition = ", once it exists" if self.is_near_new else ""
        return f"{self.name}  ({self.guess} {self.facts}{near}{condition}{'; put off' if self.is_deferred else ''})"


class SuggestionAnswer(Struct, frozen=True, kw_only=True):
    """What a person said to a name."""

    name: str  # that was suggested; a person may have corrected it
    verb: Verb  # make an entity, add the name to one, never ask again, ask last, take an answer back, or nothing
    target: str = ""  # the kind of a new entity, or the entity that has another name; empty where nothing was said
    spellings: tuple[str, ...] = ()  # other spellings, which go to the entity, too
    line: int = 0  # of the sheet, from 1; 0 where it is from no sheet


def parse_answer(text: str, name: str, spellings: tuple[str, ...] = (), line: int = 0) -> SuggestionAnswer | None:
    """Return an answer as it was typed (`y people`, `same as companies/x`, `n`, `s`, `u`); None where it is none."""
    typed = one_line(text)
    if typed.lower() in _VERBS:
        verb, target = _VERBS[typed.lower()], ""
    else:
        words = max((verb for verb in _VERBS if typed.lower().startswith(f"{verb} ")), key=len, default="")
        verb, target = _VERBS[words], typed[len(words) + 1 :]
        if verb not in _TARGETED:
            return None
    return SuggestionAnswer(name=name, verb=verb, target=target.strip(), spellings=spellings, line=line)


def format_sheet(suggestions: Iterable[Suggestion]) -> str:
    """Return the text of a sheet with no answers yet."""
    # No name, whatever it holds, begins a line of its own: that could be an answer.
    return "\n".join([_HEAD, *(_one_line(line) for suggestion in suggestions for line in _lines(suggestion))])


def _one_line(line: str) -> str:
    return "    " * line.startswith("    ") + one_line(line)


def _lines(suggestion: Suggestion) -> Iterator[str]:
    yield f"[ ] {' | '.join((suggestion.name, *suggestion.spellings))}"
    yield f"    # {suggestion.guess} {suggestion.facts}; [{suggestion.yes}] makes {suggestion.file}"
    if suggestion.near:
        condition = " (once it exists)" if suggestion.is_near_new else ""
        yield f"    # near {suggestion.near}{condition}: [same as {suggestion.near}]"
    for passage in suggestion.passages:
        yield f"    # {passage.article}: {shorten(one_line(passage.text), _MAX_PASSAGE)}"
    yield ""


def parse_sheet(file: str, text: str, problems: list[Problem]) -> list[SuggestionAnswer]:
    """Return the answers of a sheet, without those that say nothing; append what is wrong with it to `problems`.

    file: its name, for problems.
    """
    answers: list[SuggestionAnswer] = []
    lines_by_name: dict[str, int] = {}
    for number, raw in enumerate(scrub(text).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _ANSWER_LINE.fullmatch(line)
        names = tuple(dict.fromkeys(filter(None, map(one_line, match[2].split("|"))))) if match else ()
        answer = parse_answer(match[1], names[0], names[1:], number) if match and names else None
        if answer is None:
            what = f"`{shorten(line, 60)}` is not an answer"
            problems.append(
                Problem(file, number, what, _MEND if match and names else "write [ ] and a name, or a # first")
            )
        elif answer.verb == "also" and not answer.target:
            problems.append(Problem(file, number, "[a] does not say of what", "write [same as companies/some-slug]"))
        elif answer.verb != "skip":
            if answer.name in lines_by_name:
                mend = f"line {lines_by_name[answer.name]} has it too; remove one"
                problems.append(Problem(file, number, f"{answer.name} is answered twice", mend))
            lines_by_name.setdefault(answer.name, number)
            answers.append(answer)
    return answers
