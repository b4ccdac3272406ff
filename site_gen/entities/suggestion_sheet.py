"""A name that is suggested, a person's answer to it, and the sheet that holds both. Pure.

A sheet is plain text: a line for each name, with brackets before it to write the answer in, and lines of remarks, which
begin with #.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from site_gen.core.errors import Problem
from site_gen.core.text import one_line, scrub, shorten

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from site_gen.content.records import Tag

Verb = Literal["new", "also", "never", "skip"]

_VERBS: dict[str, Verb] = {
    "y": "new", "yes": "new", "a": "also", "also": "also", "n": "never", "no": "never", "never": "never",
    "s": "skip", "skip": "skip", "": "skip",
}  # fmt: skip
_LINE = re.compile(r"\[([^\]]*)\](.*)")
_MEND = "write [y], [y people], [a companies/some-slug], [n] or [ ]"
_QUOTE = 200  # characters of a passage in a sheet
_HEAD = """\
# Names that recur in the articles and that no file stands for yet, the most telling first.
# Write your answers between the brackets, then run: site-gen suggest --from THIS-FILE
#
#   [y]                    a new company; [y people] for something of another kind
#   [a companies/example]  another name of the entity that is there already
#   [n]                    never ask again
#   [ ]                    not now
#
# You may mend a name. What stands after a | is another spelling, and is looked for too.
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that holds a name, and the article that it is from."""

    article: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A name that recurs. `kind` is a guess (`company`, `person`, `place`, `other`), `into` the site's kind that a yes
    goes to, `file` what it makes; `near` a known entity that it may be another name of. `first` and `last` are days
    of articles that have one. `yes` is how to say so in a sheet."""

    name: str
    spellings: tuple[str, ...]
    kind: str
    articles: int
    count: int
    first: dt.date | None
    last: dt.date | None
    passages: tuple[Passage, ...]
    near: Tag | None
    into: str
    file: str
    yes: str
    rank: float

    @property
    def facts(self) -> str:
        """How often and when, in words."""
        days = list(dict.fromkeys(day.isoformat() for day in (self.first, self.last) if day))
        return ", ".join([f"{self.articles} articles", f"{self.count} times", *([" to ".join(days)] if days else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person said to a name. `target` is the kind of a new entity, or the entity that has another name; empty
    where nothing was said. `line` is that of the sheet, or 0."""

    name: str
    verb: Verb
    target: str = ""
    spellings: tuple[str, ...] = ()
    line: int = 0


def answer(text: str, name: str, spellings: tuple[str, ...] = (), line: int = 0) -> Answer | None:
    """An answer as it was typed (`y`, `y people`, `a companies/x`, `n`, `s`); None where it is none."""
    word, _, target = one_line(text).partition(" ")
    verb = _VERBS.get(word.lower())
    if verb is None or (target and verb in {"never", "skip"}):
        return None
    return Answer(name=name, verb=verb, target=target.strip(), spellings=spellings, line=line)


def sheet(suggestions: Iterable[Suggestion]) -> str:
    """The text of a sheet with no answers yet."""
    return "\n".join([_HEAD, *(line for suggestion in suggestions for line in _lines(suggestion))])


def _lines(suggestion: Suggestion) -> Iterator[str]:
    yield f"[ ] {' | '.join((suggestion.name, *suggestion.spellings))}"
    yield f"    # {suggestion.kind}? {suggestion.facts}; [{suggestion.yes}] makes {suggestion.file}"
    if suggestion.near:
        yield f"    # near {suggestion.near}: [a {suggestion.near}]"
    for passage in suggestion.passages:
        yield f"    # {passage.article}: {shorten(one_line(passage.text), _QUOTE)}"
    yield ""


def read_sheet(file: str, text: str, problems: list[Problem]) -> list[Answer]:
    """The answers of a sheet, those that say nothing left out. What cannot be understood is told."""
    found: list[Answer] = []
    lines_of: dict[str, int] = {}
    for number, raw in enumerate(scrub(text).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        names = tuple(dict.fromkeys(filter(None, map(one_line, match[2].split("|"))))) if match else ()
        given = answer(match[1], names[0], names[1:], number) if match and names else None
        if given is None:
            what = f"`{shorten(line, 60)}` is no answer"
            problems.append(
                Problem(file, number, what, _MEND if match and names else "write [ ] and a name, or a # first")
            )
        elif given.verb == "also" and not given.target:
            problems.append(Problem(file, number, "[a] does not say of what", "write [a companies/some-slug]"))
        elif given.verb != "skip":
            if given.name in lines_of:
                mend = f"line {lines_of[given.name]} has it too; remove one"
                problems.append(Problem(file, number, f"{given.name} is answered twice", mend))
            lines_of.setdefault(given.name, number)
            found.append(given)
    return found
