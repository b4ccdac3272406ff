"""Names that recur in a collection and that nobody has made an entity of, the most telling first. Pure.

Four steps, each over all texts: runs of words with capitals (`capitals`), the names in them (`cutting`), what speaks
for each name's kind (`evidence`), and a rank. A name that is known is left out.

On 24 labelled pages of financial news: organisations in two pages or more P .89, R .76 (21 names); on 42 pages drawn
from 159 like them, mean of 24 draws, P .78, R .71. The rules were made by
looking at these pages. `benchmarks/tagging/discovery.py` measures it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log, log2
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.text import normalize_signs
from site_gen.entities.discovery.capitalized_runs import bracketed
from site_gen.entities.discovery.name_kinds import (
    AROUND,
    COMPANY,
    FIRM_ENDS,
    KINDS,
    OTHER,
    PERSON,
    PLACE,
    judge,
    of_context,
    of_words,
)
from site_gen.entities.discovery.name_splitter import Usage, pieces
from site_gen.entities.lexicon import FIRST_NAMES, LEGAL, LEGAL_FIRST, PEOPLES, capital_nouns, plain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from site_gen.entities.discovery.name_splitter import Piece

LEAST = 2  # texts that a name must stand in
_LOOKED_AT = 40  # places of a name whose surroundings are read; more tell nothing new
_SHOWN = 3  # places that are given, of different texts
_ASKED = 4  # places of a name that a model is asked about
# What a model's word weighs where it says the same at all of them, and what it weighs that it sees no name. With
# these it mends kinds (629 names: .84 right without, .88 with it) and finds some more firms (recall .72, .75) at some
# cost (precision .74, .72); with more weight, precision falls further.
_TRUST, _NO_NAME = 1.0, 0.3
# What people add by hand first. Places and outlets stand in all texts and tell least.
_WANTED = {COMPANY: 1.0, OTHER: 0.6, PERSON: 0.55, PLACE: 0.2}
_OUTLET = 0.15
_GENERIC = 0.3  # for one word that many names end in: the Office, the Gazette
_REPEATED = 0.5  # for a name that mostly stands in lines which texts share: a menu, a footer, a copied text
_AND = re.compile(r",? (?:and|or|&|und|et|y|e|и|και) |, ")
_SURE, _LISTED = 2.0, 1.0  # by how much a kind must lead to speak for names beside it, and what that weighs
_WORDS = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_STATES = frozenset({"us", "uk", "eu"})


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it is searched: its lines (or paragraphs), its language if known, and who published it: its
    outlet and authors, whose names tell nothing new."""

    lines: tuple[str, ...]
    language: str = ""
    by: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a name stands: `texts[text].lines[line][start:end]`."""

    text: int
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A name that recurs. `spellings` beside the one that is written most, `texts` by number, `count` of all places;
    `places` are some of them, in different texts. `score` is for each kind what speaks for it."""

    name: str
    spellings: tuple[str, ...]
    kind: str
    texts: tuple[int, ...]
    count: int
    places: tuple[Place, ...]
    rank: float
    score: Mapping[str, float]


@dataclass(slots=True)
class _Name:
    texts: Counter[int] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    places: list[tuple[Place, str]] = field(default_factory=list)  # with the hint of the cutting
    lines: set[str] = field(default_factory=set)
    inside: int = 0


def key(name: str) -> str:
    """What the spellings of one name have in common: no case, no signs, no `the`, no legal form at the end."""
    plain = normalize_signs(name).lower().removesuffix("'s").removesuffix("'")
    if _INITIALS.fullmatch(plain):
        plain = plain.replace(".", "")
    words = _WORDS.findall(plain)
    if len(words) > 1 and (words[0] == "the" or words[0] in LEGAL_FIRST):
        del words[0]
    while len(words) > 1 and words[-1] in LEGAL:
        words.pop()
    return " ".join(words)


def discover(
    texts: Sequence[Text],
    known: Callable[[str], bool] | None = None,
    *,
    least: int = LEAST,
    opinion: Callable[[Sequence[tuple[str, int, int]]], Sequence[str]] | None = None,
) -> list[Found]:
    """The names that stand in at least so many texts and are not known, best first.

    known: whether a spelling is that of an entity, or was refused. opinion: a model that is asked for the kinds of
    some places (line, start, end); it answers with a kind, or "" where it sees no name.
    """
    usage = Usage()
    runs = [usage.add(text.lines, text.language) for text in texts]
    names: defaultdict[str, _Name] = defaultdict(_Name)
    keys: dict[str, str] = {}
    for number, (text, found) in enumerate(zip(texts, runs, strict=True)):
        here = [
            (line, piece)
            for line, inside in found
            for run in inside
            for piece in pieces(text.lines[line], run, usage, text.language)
            if _counts(text, line, piece)
        ]
        people = _surnames(text, here)
        for line, piece in here:
            name = normalize_signs(text.lines[line][piece.start : piece.end])
            hint = "person" if name in people and not piece.hint else piece.hint
            if name not in keys:
                keys[name] = key(name)
            _note(names[keys[name]], name, Place(number, line, piece.start, piece.end), hint, opens=piece.opens)
        for line, content in enumerate(text.lines):
            for start, end in bracketed(content):
                name = content[start:end]
                _note(names[key(name)], name, Place(number, line, start, end), "title", opens=False)
    del runs
    _join_longer(names)
    outlets = {key(name) for text in texts for name in text.by}
    chosen = {
        identity: name
        for identity, name in names.items()
        if identity
        and len(name.texts) >= least
        and _is_name(identity, name, usage)
        and not (known and any(map(known, name.forms)))
    }
    scores = {identity: _scores(name, texts) for identity, name in chosen.items()}
    _learn_from_lists(chosen, scores, texts)
    if opinion:
        _ask(opinion, chosen, scores, texts)
    found_names = [_found(chosen[identity], scores[identity], texts, outlet=identity in outlets) for identity in chosen]
    return sorted(found_names, key=lambda found: (-found.rank, found.name))


def _counts(text: Text, line: int, piece: Piece) -> bool:
    """Whether a capital shows anything here: in German every noun has one, so that a single word is only taken where
    it has others inside."""
    if not capital_nouns(text.language):
        return True
    name = text.lines[line][piece.start : piece.end]
    return " " in name or name[1:] != name[1:].lower()


def _surnames(text: Text, here: Sequence[tuple[int, Piece]]) -> Collection[str]:
    """The last words of the people that a text names in full: alone they are these people."""
    found = set()
    for line, piece in here:
        words = normalize_signs(text.lines[line][piece.start : piece.end]).split()
        low = [word.lower() for word in words]
        if low[-1] in FIRM_ENDS or low[-1] in LEGAL or len(words) > 3:
            continue
        if piece.hint == "role" or (len(words) > 1 and low[0] in FIRST_NAMES):
            found.add(words[-1])
    return found


def _note(name: _Name, form: str, place: Place, hint: str, *, opens: bool) -> None:
    name.texts[place.text] += 1
    name.forms[form] += 1
    name.places.append((place, hint))
    name.inside += not opens


def _join_longer(names: Mapping[str, _Name]) -> None:
    """Count `U.S. Quill Bank` as Quill Bank, and so what stands in one text alone and holds a name of several words
    that stands in another."""
    for identity, name in list(names.items()):
        words = identity.split(" ")
        if len(words) == 2 and words[0] in _STATES:
            _add(name, names.get(words[1]))
        elif len(words) > 2 and (len(name.texts) == 1 or words[0] in _STATES) and words[0] not in FIRST_NAMES:
            sizes = range(len(words) - 1, 1, -1)
            shorter = (" ".join(part) for size in sizes for part in (words[-size:], words[:size]))
            inner = (names[part] for part in shorter if part in names and names[part].inside)
            _add(name, next((other for other in inner if other.texts.keys() - name.texts.keys()), None))


def _add(longer: _Name, shorter: _Name | None) -> None:
    if shorter is not None:
        for text, count in longer.texts.items():
            shorter.texts[text] += count


def _is_name(identity: str, name: _Name, usage: Usage) -> bool:
    """Whether it is no plain word that stands in capitals here and there."""
    form = name.forms.most_common(1)[0][0]
    last = form.rpartition(" ")[2].lower()
    if last in PEOPLES or (identity in FIRM_ENDS and " " in form):
        return False
    if " " in form or name.places[0][1] == "title":
        return True
    if identity in plain_words():
        return False
    return usage.lower[form.lower()] < max(1, name.inside) * (2 if form.isupper() else 1)


def _scores(name: _Name, texts: Sequence[Text]) -> dict[str, float]:
    words: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for form in name.forms:
        for kind, weight in of_words(form.split()).items():
            words[kind] = max(words[kind], weight)
    step = max(1, len(name.places) // _LOOKED_AT)
    looked_at = name.places[::step]
    context: defaultdict[str, float] = defaultdict(float)
    for place, hint in looked_at:
        line = normalize_signs(texts[place.text].lines[place.line][max(0, place.start - AROUND) : place.end + AROUND])
        start = min(place.start, AROUND)
        end = start + place.end - place.start
        for vote, weight in of_context(line[:start], line[end:], hint).items():
            context[vote] += weight
        name.lines.add(line)
    several = " " in name.forms.most_common(1)[0][0]
    return judge(words, context, len(looked_at), name.inside, several=several)


def _learn_from_lists(
    names: Mapping[str, _Name], scores: Mapping[str, dict[str, float]], texts: Sequence[Text]
) -> None:
    """In `Quillmar, Tavrona and Elmwick` all are of one kind: where one is sure, it speaks for its neighbours."""
    begins = {(p.text, p.line, p.start): identity for identity, name in names.items() for p, _ in name.places}
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for identity, name in names.items():
        for place, _ in name.places:
            gap = _AND.match(texts[place.text].lines[place.line], place.end)
            other = begins.get((place.text, place.line, gap.end())) if gap else None
            if other and other != identity:
                beside[identity].add(other)
                beside[other].add(identity)
    sure = {}
    for identity, score in scores.items():
        first, second = sorted(score.values(), reverse=True)[:2]
        if first - second >= _SURE:
            sure[identity] = max(KINDS, key=lambda kind: score[kind])
    for identity, others in beside.items():
        kinds = [sure[other] for other in sorted(others) if other in sure]
        for kind in kinds:
            scores[identity][kind] += _LISTED / len(kinds)


def _ask(
    opinion: Callable[[Sequence[tuple[str, int, int]]], Sequence[str]],
    names: Mapping[str, _Name],
    scores: Mapping[str, dict[str, float]],
    texts: Sequence[Text],
) -> None:
    """Add a model's word to the scores."""
    asked = [
        (identity, place)
        for identity, name in names.items()
        for place, _ in name.places[:: max(1, len(name.places) // _ASKED)][:_ASKED]
    ]
    answers = opinion([(texts[p.text].lines[p.line], p.start, p.end) for _, p in asked])
    times = Counter(identity for identity, _ in asked)
    for (identity, _), kind in zip(asked, answers, strict=True):
        scores[identity][kind or OTHER] += (_TRUST if kind else _NO_NAME) / times[identity]


def _found(name: _Name, score: Mapping[str, float], texts: Sequence[Text], *, outlet: bool) -> Found:
    ordered = [form for form, _ in sorted(name.forms.items(), key=lambda pair: (-pair[1], pair[0]))]
    kind = max(KINDS, key=lambda kind: score[kind])
    count, spread = sum(name.texts.values()), len(name.texts)
    # Like tf-idf: in several texts, but not in all; often where at all.
    rank = _WANTED[kind] * log2(1 + spread) * log(1 + len(texts) / spread) * (1 + log(count / spread))
    rank *= _OUTLET if outlet else 1
    rank *= _GENERIC if ordered[0].lower() in FIRM_ENDS else 1
    rank *= _REPEATED if len(name.lines) <= len(name.texts) / 2 else 1
    first = {place.text: place for place, _ in reversed(name.places)}
    return Found(
        name=ordered[0],
        spellings=tuple(ordered[1:]),
        kind=kind,
        texts=tuple(sorted(name.texts)),
        count=count,
        places=tuple(first[text] for text in sorted(first)[:_SHOWN]),
        rank=rank,
        score=score,
    )
