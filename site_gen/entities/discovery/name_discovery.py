"""Names that recur in a collection and that nobody has made an entity of, the most telling first. Pure.

Four steps, each over all texts: runs of words with capitals (`capitalized_runs`), the names in them (`name_splitter`),
what speaks for each name's kind (`name_kinds`, `name_evidence`), and a rank: how likely it is that a name is a
company's or another organisation's (`company_likelihood`), and in how many texts of how many outlets it stands. A name
that an entity has is left out. `benchmarks/tagging/name_discovery.py` measures it; docs/extraction.md has the figures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from site_gen.core.text import normalize_signs
from site_gen.entities.discovery.capitalized_runs import find_bracketed
from site_gen.entities.discovery.company_likelihood import likelihood
from site_gen.entities.discovery.name_evidence import NameUsage, Surroundings, gather_evidence
from site_gen.entities.discovery.name_kinds import (
    COMPANY,
    FIRM_ENDS,
    KINDS,
    ORGANISATION,
    OTHER,
    OUTLET,
    PERSON,
    PLACE,
    PRODUCT,
    TOPIC,
    WINDOW,
    score_kinds,
    vote_by_context,
    vote_by_words,
)
from site_gen.entities.discovery.name_splitter import WordUsage, split_run
from site_gen.entities.discovery.well_known_names import find_first_list, find_list, find_maker
from site_gen.entities.lexicon import (
    FIRST_NAMES,
    LEADING_LEGAL_FORMS,
    LEGAL_FORMS,
    PEOPLES,
    PUBLIC_BODIES,
    common_words,
    has_capital_nouns,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from site_gen.entities.discovery.name_splitter import NameSpan
    from site_gen.entities.ner import NerModel

MIN_TEXTS = 2  # texts that a name must stand in
_CONTEXTS = 40  # places of a name whose surroundings are read; more tell nothing new
_EXAMPLES = 3  # places that are given, of different texts
_MODEL_PLACES = 4  # places of a name that a model is asked about
# What a model's word weighs where it says the same at all of them, and what it weighs that it sees no name. With
# these it mends kinds (629 names: .84 right without, .88 with it) and finds some more firms (recall .72, .75) at some
# cost (precision .74, .72); with more weight, precision falls further.
_MODEL_WEIGHT, _NO_NAME_WEIGHT = 1.0, 0.3
# What people add by hand first. Places and outlets stand in all texts and tell least.
_RANK_BY_KIND = {
    COMPANY: 1.0,
    ORGANISATION: 1.0,
    PRODUCT: 0.7,
    OTHER: 0.6,
    PERSON: 0.55,
    PLACE: 0.2,
    OUTLET: 0.2,
    TOPIC: 0.1,
}
_REST = 0.1  # what a name's kind weighs beside its likelihood to be a company: what is surely none still has an order
# Likelihoods from and below which the kind that the rules say is overruled; a surname may be a well-known company's.
_SURELY_COMPANY, _SURELY_NO_PERSON, _HARDLY_COMPANY = 0.5, 0.9, 0.2
_KIND_BY_LIST = {"products": PRODUCT, "trade terms": TOPIC, "outlets": OUTLET}
_OWN_FACTOR = 0.15  # what an article tells of the outlet that it is from
_GENERIC_FACTOR = 0.3  # for one word that many names end in: the Office, the Gazette
_REPEATED_FACTOR = 0.5  # for a name that mostly stands in lines which texts share: a menu, a footer, a copied text
_AND = re.compile(r",? (?:and|or|&|und|et|y|e|и|και) |, ")
_SURE_LEAD, _LIST_WEIGHT = 2.0, 1.0  # by how much a kind must lead to speak for names beside it; what that weighs
_SHORT_LABEL = 3  # letters of `co` in `.co.uk`, at most
_LISTS_OF_COMPANIES = frozenset({"companies", "organisations"})
_LOWER_SHARE = 0.2  # of the texts that have a word with a capital: where as many have it without, it is a plain word
_WORDS = re.compile(r"[^\W_]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_STATES = frozenset({"us", "uk", "eu"})


class SearchedText(Struct, frozen=True):
    """An article as it is searched."""

    lines: tuple[str, ...]  # or paragraphs
    language: str = ""  # BCP 47, if known
    publishers: tuple[str, ...] = ()  # its outlet and authors, whose names tell nothing new
    host: str = ""  # where it was published, without `www.`; empty where that is not known
    link_hosts: tuple[str, ...] = ()  # the hosts that its links lead to


class NamePosition(NamedTuple):
    """Where a name stands: `texts[text].lines[line][start:end]`."""

    text: int  # the number of the text, from 0
    line: int  # the number of its line, from 0
    start: int  # where the name begins in the line
    end: int  # where it ends


class DiscoveredName(Struct, frozen=True, kw_only=True):
    """A name that recurs."""

    name: str  # in the spelling that is written most
    spellings: tuple[str, ...]  # the others
    kind: str  # one of `name_kinds.KINDS`, or `organisation` (no firm), `product`, `topic` or `outlet`
    maker: str  # of a product, where it is known
    texts: tuple[int, ...]  # the numbers of the texts that it stands in
    outlets: int  # how many known outlets these are of
    count: int  # how often it stands in all of them
    positions: tuple[NamePosition, ...]  # some of them, in different texts
    rank: float  # the higher, the more telling: see `rank_of`
    weight: float  # how much it is written of, by texts and outlets
    score: Mapping[str, float]  # for each kind what speaks for it
    likelihood: float  # how likely it is a company or another organisation, from 0 to 1
    evidence: Mapping[str, float]  # what that was judged by, see `name_evidence`


class _Candidate(Struct):
    """What is gathered of a name, in all its spellings."""

    texts: Counter[int] = field(default_factory=Counter)  # how often it stands in each text
    spellings: Counter[str] = field(default_factory=Counter)  # how often it is written so
    places: list[tuple[NamePosition, str]] = field(default_factory=list)  # with the hint of `name_splitter`
    is_repeated: bool = False  # whether it mostly stands in lines which texts share
    inside: int = 0  # how often it stands inside a sentence
    surroundings: list[Surroundings] = field(default_factory=list)  # of some of its places


def name_key(name: str) -> str:
    """Return what the spellings of one name have in common: no case, no signs, no `the`, no legal form at the end."""
    plain = normalize_signs(name).lower().removesuffix("'s").removesuffix("'")
    if _INITIALS.fullmatch(plain):
        plain = plain.replace(".", "")
    words = _WORDS.findall(plain)
    if len(words) > 1 and (words[0] == "the" or words[0] in LEADING_LEGAL_FORMS):
        del words[0]
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def discover_names(
    texts: Sequence[SearchedText],
    is_taken: Callable[[str], bool] | None = None,
    *,
    least: int = MIN_TEXTS,
    model: NerModel | None = None,
) -> list[DiscoveredName]:
    """Return the names that stand in at least so many texts and are not taken, best first.

    is_taken: whether a spelling is that of an entity, or was refused. model: is asked for the kinds of some places.
    """
    usage = WordUsage()
    runs_by_text = [usage.add(text.lines, text.language) for text in texts]
    candidates: defaultdict[str, _Candidate] = defaultdict(_Candidate)  # by key
    keys: dict[str, str] = {}  # by spelling
    for number, (text, runs_by_line) in enumerate(zip(texts, runs_by_text, strict=True)):
        names = [
            (line, span)
            for line, runs in runs_by_line
            for run in runs
            for span in split_run(text.lines[line], run, usage, text.language)
            if _is_telling(text, line, span)
        ]
        surnames = _surnames(text, names)
        for line, span in names:
            name = normalize_signs(text.lines[line][span.start : span.end])
            hint = "person" if name in surnames and not span.hint else span.hint
            if name not in keys:
                keys[name] = name_key(name)
            position = NamePosition(number, line, span.start, span.end)
            _note(candidates[keys[name]], name, position, hint, opens=span.opens_sentence)
        for line, content in enumerate(text.lines):
            for start, end in find_bracketed(content):
                name = content[start:end]
                position = NamePosition(number, line, start, end)
                _note(candidates[name_key(name)], name, position, "title", opens=False)
    del runs_by_text
    _join_longer(candidates)
    _add_headings(candidates, usage, texts, least)
    own_texts: defaultdict[str, set[int]] = defaultdict(set)  # by key of an outlet or author what it published
    for number, text in enumerate(texts):
        for name in text.publishers:
            own_texts[name_key(name)].add(number)
    chosen = {
        key: candidate
        for key, candidate in candidates.items()
        if key
        and len(candidate.texts) >= least
        and _is_name(key, candidate, usage)
        and not (is_taken and any(map(is_taken, candidate.spellings)))
    }
    scores = {key: _scores(candidate, texts) for key, candidate in chosen.items()}
    neighbours = _adjacent_names(candidates, texts)
    _learn_from_lists(scores, neighbours)
    if model:
        _ask_model(model, chosen, scores, texts)
    usages = _usages(chosen, candidates, usage, texts, neighbours, own_texts)
    discovered = [_discovered(chosen[key], scores[key], usages[key], texts) for key in chosen]
    return sorted(discovered, key=lambda name: (-name.rank, -name.count, name.name))


def rank_of(name: DiscoveredName, probability: float) -> float:
    """Return how high a name stands that is a company with a probability."""
    return _rank(probability, name.kind, name.weight)


def _rank(probability: float, kind: str, weight: float) -> float:
    """Return how high a name of a kind stands; squared, so that documents do not make up for doubt."""
    return (probability**2 + _REST * _RANK_BY_KIND[kind]) * weight


def _is_telling(text: SearchedText, line: int, span: NameSpan) -> bool:
    """Return whether a capital shows anything here.

    In German every noun has one, so that a single word is only taken where it has others inside.
    """
    if not has_capital_nouns(text.language):
        return True
    name = text.lines[line][span.start : span.end]
    return " " in name or name[1:] != name[1:].lower()


def _surnames(text: SearchedText, names: Sequence[tuple[int, NameSpan]]) -> Collection[str]:
    """Return the last words of the people that a text names in full: alone they are these people."""
    surnames = set()
    for line, span in names:
        words = normalize_signs(text.lines[line][span.start : span.end]).split()
        first, last = words[0].lower(), words[-1].lower()
        if last in FIRM_ENDS or last in LEGAL_FORMS or len(words) > 3:
            continue
        if span.hint == "role" or (len(words) > 1 and first in FIRST_NAMES):
            surnames.add(words[-1])
    return surnames


def _note(candidate: _Candidate, spelling: str, position: NamePosition, hint: str, *, opens: bool) -> None:
    """Add a place to a candidate. opens: the name begins a sentence there."""
    candidate.texts[position.text] += 1
    candidate.spellings[spelling] += 1
    candidate.places.append((position, hint))
    candidate.inside += not opens


def _join_longer(candidates: Mapping[str, _Candidate]) -> None:
    """Count `U.S. Quill Bank` as Quill Bank, too.

    So is counted what stands in one text alone and holds a name of several words that stands in another.
    """
    for key, candidate in list(candidates.items()):
        words = key.split(" ")
        if len(words) == 2 and words[0] in _STATES:
            _add_texts(candidate, candidates.get(words[1]))
        elif len(words) > 2 and (len(candidate.texts) == 1 or words[0] in _STATES) and words[0] not in FIRST_NAMES:
            sizes = range(len(words) - 1, 1, -1)
            shorter_keys = (" ".join(part) for size in sizes for part in (words[-size:], words[:size]))
            inner = (candidates[part] for part in shorter_keys if part in candidates and candidates[part].inside)
            _add_texts(candidate, next((other for other in inner if other.texts.keys() - candidate.texts.keys()), None))


def _add_texts(longer: _Candidate, shorter: _Candidate | None) -> None:
    if shorter is not None:
        for text, count in longer.texts.items():
            shorter.texts[text] += count


def _add_headings(
    candidates: Mapping[str, _Candidate], usage: WordUsage, texts: Sequence[SearchedText], least: int
) -> None:
    """Count names where they show nothing by themselves, too: in headings, in lists, inside longer names.

    So are counted those that stand in enough texts besides, and well-known companies. A word that is written without a
    capital as well is left out: there a heading tells nothing of it.
    """
    for candidate in candidates.values():
        if len(candidate.texts) < least and find_first_list(candidate.spellings) not in _LISTS_OF_COMPANIES:
            continue
        for spelling in candidate.spellings:
            words = [word for word in _WORDS.findall(spelling) if not word.islower()]
            texts_by_word = [set(usage.texts_by_word.get(word, ())) for word in words]
            numbers = set.intersection(*texts_by_word) - candidate.texts.keys() if words else set()
            if not numbers or (
                len(words) == 1 and usage.lower[spelling.lower()] > _LOWER_SHARE * len(texts_by_word[0])
            ):
                continue
            pattern = re.compile(rf"(?<!\w){re.escape(spelling)}(?!\w)")
            for number in numbers:
                count = sum(len(pattern.findall(line)) for line in texts[number].lines if spelling in line)
                if count:
                    candidate.texts[number] += count


def _is_name(key: str, candidate: _Candidate, usage: WordUsage) -> bool:
    """Return whether a candidate is no plain word that stands with a capital here and there."""
    spelling = _usual_spelling(candidate)
    last = spelling.rpartition(" ")[2].lower()
    if last in PEOPLES or (key in FIRM_ENDS and " " in spelling):
        return False
    if " " in spelling or candidate.places[0][1] == "title":
        return True
    if key in common_words() and find_list(spelling) != "companies":
        return False
    return usage.lower[spelling.lower()] < max(1, candidate.inside) * (2 if spelling.isupper() else 1)


def _scores(candidate: _Candidate, texts: Sequence[SearchedText]) -> dict[str, float]:
    """Return for each kind what speaks for it, and note what surrounds the candidate."""
    words: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for spelling in candidate.spellings:
        for kind, weight in vote_by_words(spelling.split()).items():
            words[kind] = max(words[kind], weight)
    step = max(1, len(candidate.places) // _CONTEXTS)
    places = candidate.places[::step]
    lines = set()
    context: defaultdict[str, float] = defaultdict(float)
    for position, hint in places:
        content = texts[position.text].lines[position.line]
        line = normalize_signs(content[max(0, position.start - WINDOW) : position.end + WINDOW])
        start = min(position.start, WINDOW)
        end = start + position.end - position.start
        for vote, weight in vote_by_context(line[:start], line[end:], hint).items():
            context[vote] += weight
        lines.add(line)
        candidate.surroundings.append(Surroundings(line[:start], line[end:]))
    candidate.is_repeated = len(lines) <= len({position.text for position, _ in places}) / 2
    several = " " in _usual_spelling(candidate)
    return score_kinds(words, context, len(places), candidate.inside, several=several)


def _learn_from_lists(scores: Mapping[str, dict[str, float]], neighbours: Mapping[str, Collection[str]]) -> None:
    """Let names that are sure speak for those beside them: in `Quillmar, Tavrona and Elmwick` all are of one kind."""
    sure_kinds = {}
    for key, score in scores.items():
        first, second = sorted(score.values(), reverse=True)[:2]
        if first - second >= _SURE_LEAD:
            sure_kinds[key] = max(KINDS, key=lambda kind: score[kind])
    for key in scores:
        others = neighbours.get(key, ())
        kinds = [sure_kinds[other] for other in sorted(others) if other in sure_kinds]
        for kind in kinds:
            scores[key][kind] += _LIST_WEIGHT / len(kinds)


def _ask_model(
    model: NerModel,
    candidates: Mapping[str, _Candidate],
    scores: Mapping[str, dict[str, float]],
    texts: Sequence[SearchedText],
) -> None:
    """Add a model's word to the scores."""
    places = [
        (key, position)
        for key, candidate in candidates.items()
        for position, _ in candidate.places[:: max(1, len(candidate.places) // _MODEL_PLACES)][:_MODEL_PLACES]
    ]
    kinds = model([(texts[p.text].lines[p.line], p.start, p.end) for _, p in places])
    counts = Counter(key for key, _ in places)
    for (key, _), kind in zip(places, kinds, strict=True):
        scores[key][kind or OTHER] += (_MODEL_WEIGHT if kind else _NO_NAME_WEIGHT) / counts[key]


def _usages(
    chosen: Mapping[str, _Candidate],
    candidates: Mapping[str, _Candidate],
    words: WordUsage,
    texts: Sequence[SearchedText],
    neighbours: Mapping[str, Collection[str]],
    own_texts: Mapping[str, Collection[int]],
) -> dict[str, NameUsage]:
    """Return how the collection uses each chosen name.

    candidates: all names. neighbours: see `_adjacent_names`. own_texts: what outlets and authors published, by key.
    """
    longer: Counter[str] = Counter()
    makers: dict[str, str] = {}  # by key, the longest other name that it begins with
    for key in candidates:
        words_of_key = key.split(" ")
        beginnings = [" ".join(words_of_key[:size]) for size in range(len(words_of_key) - 1, 0, -1)]
        longer.update(beginnings)
        makers[key] = next((start for start in beginnings if start in candidates or find_list(start)), "")
    linked = Counter(label for text in texts for label in {_host_label(host) for host in text.link_hosts})
    lists = {key: find_first_list(candidate.spellings) for key, candidate in candidates.items()}
    usages = {}
    for key, candidate in chosen.items():
        maker = makers[key]
        usages[key] = NameUsage(
            texts=len(candidate.texts),
            occurrences=sum(candidate.texts.values()),
            own_texts=len(candidate.texts.keys() & own_texts.get(key, ())),
            outlets=len({texts[text].host or str(text) for text in candidate.texts}),
            lower=words.lower[key],
            longer=longer[key],
            maker=" ".join(_usual_spelling(candidate).split()[: len(maker.split())]),
            maker_texts=len(candidates[maker].texts) if maker in candidates else 0,
            maker_list=lists.get(maker) or find_list(maker),
            neighbours=Counter(lists[other] for other in neighbours.get(key, ())),
            linked=linked[key.replace(" ", "").replace("-", "")],
            is_outlet=key in own_texts,
        )
    return usages


def _usual_spelling(candidate: _Candidate) -> str:
    """Return how a name is written most."""
    return candidate.spellings.most_common(1)[0][0]


def _host_label(host: str) -> str:
    """Return the word that a host is registered under: `quillmar` of `shop.quillmar.co.uk`."""
    labels = host.split(".")[:-1]
    while len(labels) > 1 and len(labels[-1]) <= _SHORT_LABEL:
        labels.pop()
    return labels[-1].replace("-", "") if labels else ""


def _adjacent_names(candidates: Mapping[str, _Candidate], texts: Sequence[SearchedText]) -> defaultdict[str, set[str]]:
    """Return for each name those that stand right beside it in an enumeration: `Quillmar, Tavrona and Elmwick`."""
    keys_by_start = {(p.text, p.line, p.start): key for key, name in candidates.items() for p, _ in name.places}
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for key, candidate in candidates.items():
        for place, _ in candidate.places:
            gap = _AND.match(texts[place.text].lines[place.line], place.end)
            other = keys_by_start.get((place.text, place.line, gap.end())) if gap else None
            if other and other != key:
                neighbours[key].add(other)
                neighbours[other].add(key)
    return neighbours


def _kind(spellings: Sequence[str], score: Mapping[str, float], usage: NameUsage, probability: float) -> str:
    """Return the kind that a name most likely is of."""
    kind = max(KINDS, key=lambda kind: score[kind])
    list_name = find_first_list(spellings)
    if probability >= (_SURELY_NO_PERSON if kind == PERSON else _SURELY_COMPANY):
        return ORGANISATION if list_name == "organisations" or _is_public_body(spellings[0]) else COMPANY
    if list_name in _KIND_BY_LIST:
        return _KIND_BY_LIST[list_name]
    # Quillmar Maps is Quillmar's; what stands beside companies may be a firm of two names, as BHP Billiton was.
    is_made = usage.maker_list == "companies" and usage.neighbours["companies"] <= usage.neighbours["products"]
    return PRODUCT if is_made and kind in {COMPANY, OTHER} and probability < _HARDLY_COMPANY else kind


def _is_public_body(name: str) -> bool:
    """Return whether a name is one of a public body by its words: Tallow University, Ministry of Tides."""
    words = name.lower().split()
    return len(words) > 1 and (words[-1] in PUBLIC_BODIES or (words[0] in PUBLIC_BODIES and words[1] in {"of", "for"}))


def _discovered(
    candidate: _Candidate, score: Mapping[str, float], usage: NameUsage, texts: Sequence[SearchedText]
) -> DiscoveredName:
    spellings = [spelling for spelling, _ in sorted(candidate.spellings.items(), key=lambda pair: (-pair[1], pair[0]))]
    evidence = gather_evidence(spellings, candidate.surroundings, score, usage)
    probability = likelihood(evidence)
    kind = _kind(spellings, score, usage, probability)
    count, spread = sum(candidate.texts.values()), len(candidate.texts)
    # Documents and outlets decide, not occurrences: a shop's page repeats a name a hundred times.
    # What an outlet publishes tells little of how much others write of it.
    others_share = 1 - (1 - _OWN_FACTOR) * usage.own_texts / spread
    weight = log2(1 + others_share * (spread + usage.outlets) / 2)
    weight *= _GENERIC_FACTOR if spellings[0].lower() in FIRM_ENDS else 1
    weight *= _REPEATED_FACTOR if candidate.is_repeated else 1
    first_by_text = {position.text: position for position, _ in reversed(candidate.places)}
    return DiscoveredName(
        name=spellings[0],
        spellings=tuple(spellings[1:]),
        kind=kind,
        maker=(find_maker(spellings[0]) or usage.maker) if kind == PRODUCT else "",
        texts=tuple(sorted(candidate.texts)),
        outlets=len({host for text in candidate.texts if (host := texts[text].host)}),
        count=count,
        positions=tuple(first_by_text[text] for text in sorted(first_by_text)[:_EXAMPLES]),
        rank=_rank(probability, kind, weight),
        weight=weight,
        score=score,
        likelihood=probability,
        evidence=evidence,
    )
