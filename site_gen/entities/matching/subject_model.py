"""A small model of whether a page of any kind is about an entity that it names.

Guides, shops, forums and lists are full of names that are asides all the same: a shop to buy at, a search engine, an
example. The model adds up where an entity is named, how often, what it does in its sentences, and how the page speaks.
Weights and the words of each feature are in `subject_model.json`; `benchmarks/tagging/subject_weights.py` learns them.
"""

from __future__ import annotations

import importlib.resources
import json
import math
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching.salience import aside_reason, find_lead

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_gen.entities.matching.matcher import Hit

_LISTS = WordLists(__package__, "subject_model.txt")
_MODEL = json.loads(importlib.resources.files(__package__).joinpath("subject_model.json").read_text("utf-8"))
_MIN_LENGTH = 1000  # characters; a shorter text counts as one of so many: where a name stands in it says less
_MIN_LINE = 60  # characters; a shorter line is a button, a caption, an item
_SAMPLE = 2000  # characters after the title that show how a page speaks
_BEFORE = 45  # characters before a name that are looked at
_MOST_NAMES = 40  # places of one name that are looked at
_NEWS_ADDRESS = math.log(1.5)  # of a page that speaks neither to its reader nor of its writer
_MOST_REASONS = 3  # features that are told
_MIN_OWN = 3  # times that a company is named on a page of its own


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of the words; a * in one stands for any letters."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=lambda w: (-len(w), w)))


# Signs that may stand before and after a word where a text is cut at its blanks.
_OPENINGS = ("", *"(“‘\"'")
_CLOSINGS = ("", *",.!?:;", *(sign + end for sign in "'’" for end in ("re", "ve", "ll", "d", "m", "s")))
_ADDRESS = frozenset(
    f"{opening}{word}{closing}" for word in _LISTS.words("address") for opening in _OPENINGS for closing in _CLOSINGS
)
_UNSPACED_ADDRESS = _LISTS.phrases("unspaced address")
_QUOTED = re.compile(r'“[^”\0]{0,1000}”|"[^"\0]*"|«[^»\0]{0,1000}»|„[^“”\0]{0,1000}[“”]')
# After a name, `'s` or a verb, with a word between them or none.
_ACTS = re.compile(
    rf"['’]s? (?!(?:page|account|website)\b)| (?:\w+ )?(?:{_any_of(_LISTS.words('verbs'))})\b"
    rf"|(?:{_any_of(_LISTS.phrases('unspaced verbs'))})"
)
# Before a name, the beginning of a paragraph, an item or a sentence.
_BEGINS = re.compile(
    rf"(?:^|\0 ?[•*\-–\d.)]* ?|[.!?:][”\"’)]* [“\"‘'(]?)(?:(?:{_any_of(_LISTS.words('articles'))}) )?$"
)
_BESIDE = re.compile(
    rf"(?:\b(?:{_any_of(_LISTS.words('prepositions'))})|[,/&(])(?: (?:{_any_of(_LISTS.words('determiners'))}))? ?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[ -]\d")
_TITLE_PART = re.compile(r" [|·•–—-] ")  # between a title and the name of its site, on either side
_HOSTS_OF_OTHERS, SITES_OF_OTHERS = _LISTS.words("hosts of others"), _LISTS.words("sites of others")

_FEATURES: dict[str, dict[str, str | float]] = _MODEL["features"]
FEATURES = tuple(_FEATURES)  # their names, in the order of `SubjectEvidence.values`
_WEIGHTS = tuple(float(feature["weight"]) for feature in _FEATURES.values())
_BIAS = float(_MODEL["bias"])
_TITLE, _OPENING, _NEWS_LEAD, _GROUP, _PLACE, _TIMES, _ACTING, _ADDRESSING, _LENGTH, _OWN = _WEIGHTS
_DEEDS = _TIMES + _ACTING  # that it is named once more and acts there


class SubjectEvidence(NamedTuple):
    """What speaks for or against a text being about an entity."""

    values: tuple[float, ...]  # of the features, in the order of FEATURES
    times: int  # how often it is named, title included
    aside: str  # what makes its first mention in the lead an aside (`salience.aside_reason`); empty where it is none
    titled_as: str  # as what the title names it, where that is not as its subject
    is_about: bool  # whether the text is about it, all in all

    def reasons(self, *, about: bool) -> str:
        """Return in a few words the features that speak most for the entity, or against it, beside the usual name."""
        gains: dict[str, float] = {}
        for name, value in zip(FEATURES, self.values, strict=True):
            gain = float(_FEATURES[name]["weight"]) * (value - float(_FEATURES[name]["usual"]))
            if gain and (gain > 0) == about and (words := str(_FEATURES[name]["for" if about else "against"])):
                gains[words] = abs(gain)
        most = sorted(gains.values(), reverse=True)[:_MOST_REASONS]
        phrases = [words for words, gain in gains.items() if gain in most or "{times}" in words]
        if not about:
            phrases += [f"in the lead {self.aside}"] if self.aside else []
            phrases[:0] = [f"in the title only {self.titled_as}"] if self.titled_as else []
        return "; ".join(phrases).replace("{times}", "once" if self.times == 1 else f"{self.times} times")


class SubjectModel:
    """The model for one text: what is the same for all entities that are weighed in it."""

    def __init__(self, title: str, paragraphs: Sequence[str], text: str, body: int, titled: int, source: str) -> None:
        """Take a text as it is, and as one (`tagger.joined_text`) with the place where its title ends there.

        titled: how many entities the title names. source: the address that it was saved from; empty where that is not
        known.
        """
        self._title, self._text, self._body = title, text, body
        self._has_group = titled > 1  # several names in a headline stand for a group
        self._opening, self.lead_end = (body + end for end in find_lead(title, paragraphs))
        self._span = max(len(text) - body, _MIN_LENGTH)
        self._length = math.log(self._span / _MIN_LENGTH)
        self._lead_gain = _OPENING + _NEWS_LEAD + _GROUP * self._has_group  # at most
        self._base_score = _BIAS + _LENGTH * self._length
        # From here on the text is not about who is named once, whatever is said there.
        reach = self._span * (self._base_score + _DEEDS * math.log(2)) / -_PLACE
        self._reach = max(self.lead_end, body + reach)
        self._owners = _owners(source) if source else frozenset[str]()
        self._address: float | None = None

    def weigh(self, hits: Sequence[Hit], in_full: bool) -> SubjectEvidence | None:
        """Return the evidence for an entity by the places of its names, in their order.

        None, unless it is wanted in full, where the text cannot be about the entity whatever its sentences say.
        """
        times = len(hits)
        start = hits[0].start
        if times == 1 and start >= self._reach and not in_full:
            return None
        body = self._body
        places = hits
        score = self._base_score
        in_title, titled_as = False, ""
        if start < body:
            titled_as = self.titled_as(hits[0], times)
            in_title = not titled_as
            places = [hit for hit in hits if hit.start >= body]
            start = places[0].start if places else body
            score += _TITLE * in_title
        in_lead = bool(places) and start < self.lead_end
        place = (start - body) / self._span if places else 0.5
        is_own = bool(self._owners) and times >= _MIN_OWN and self._is_owner(hits)
        score += _PLACE * place + _OWN * is_own
        # What its sentences can give at most, and then how the page speaks: that is not looked at where it is in vain.
        if not in_full and score + _DEEDS * math.log(1 + times) + (self._lead_gain if in_lead else 0) < 0:
            return None
        aside = aside_reason(self._text, start, places[0].end) if in_lead else ""
        acts, asides = self._count_acts(places)
        weight = math.log(1 + times - times * asides / (2 * max(1, min(len(places), _MOST_NAMES))))
        act_weight = math.log(1 + acts)
        stands = in_lead and not aside
        is_opening = stands and start < self._opening
        score += _OPENING * is_opening + _TIMES * weight + _ACTING * act_weight
        if not in_full and score + (_NEWS_LEAD + _GROUP * self._has_group) * stands < 0:
            return None
        address = self._find_address()
        is_news_lead = stands and address < _NEWS_ADDRESS
        is_in_group = is_news_lead and self._has_group
        score += _NEWS_LEAD * is_news_lead + _GROUP * is_in_group + _ADDRESSING * address
        lead = (is_opening, is_news_lead, is_in_group, place)
        features = (in_title, *lead, weight, act_weight, address, self._length, is_own)
        return SubjectEvidence(tuple(map(float, features)), times, aside, titled_as, score >= 0)

    def _find_address(self) -> float:
        """Return how much the page speaks to its reader or of its writer: log(1 + such words in 1,000 characters)."""
        if self._address is None:
            # What a source says is not addressed. The beginning shows how a page speaks.
            own_text = self._text[: self._body + _SAMPLE]
            if any(map(own_text.__contains__, '"“«„')):
                own_text = _QUOTED.sub("", own_text)
            words = sum(1 for _ in filter(_ADDRESS.__contains__, own_text.split()))
            if not own_text.isascii():
                words += sum(map(own_text.count, _UNSPACED_ADDRESS))
            self._address = math.log(1 + words * 1000 / min(self._span, _SAMPLE))
        return self._address

    def titled_as(self, hit: Hit, times: int) -> str:
        """Return as what the title has a name, where that is not as its subject; else nothing.

        A product's number after a name (`Acme 300 recalled`) leaves open whether it is about the maker. Each page of a
        site may have its name (`Ropes for beginners - Acme`); it is then named once. At the beginning stands a maker
        more often (`Acme - long ropes`), unless others publish there (`Reddit - ropes`).
        """
        if _NUMBER.match(self._title, hit.end):
            return "before a number"
        parts = _TITLE_PART.split(self._title) if times == 1 else ()
        name = self._title[hit.start : hit.end]
        is_site = len(parts) > 1 and (name == parts[-1] or (name == parts[0] and name.lower() in SITES_OF_OTHERS))
        return "as the name of the site" if is_site else ""

    def _is_owner(self, hits: Iterable[Hit]) -> bool:
        """Return whether the host that the page comes from has a name of the entity."""
        names = {self._text[hit.start : hit.end] for hit in hits}
        return any("".join(filter(str.isalnum, name)).lower() in self._owners for name in names)

    def _count_acts(self, places: Sequence[Hit]) -> tuple[int, int]:
        """Return how often a name acts in its sentence, and how often it stands there as an aside."""
        text = self._text
        acts = asides = 0
        for hit in places[:_MOST_NAMES]:
            start, end = hit.start, hit.end
            paragraph_start = text.rfind("\0", 0, start)
            before = text[max(paragraph_start, start - _BEFORE, 0) : start]
            if _ACTS.match(text, end) and not _BESIDE.search(before):
                acts += 1
            elif _BEGINS.search(before):
                paragraph_end = text.find("\0", end)
                acts += (len(text) if paragraph_end < 0 else paragraph_end) - paragraph_start > _MIN_LINE
            asides += bool(aside_reason(text, start, end))
        return acts, asides


def _owners(source: str) -> frozenset[str]:
    """Return what an owner of the page at an address may be called, in small letters: the labels of its host.

    None where others publish: `play.example.com`, `www.youtube.com`, but not `blog.example.com`.
    """
    try:
        labels = (urlsplit(source).hostname or "").split(".")[:-1]
    except ValueError:
        return frozenset()
    host = labels[0] if len(labels) > 1 else "www"
    is_bare = host in {"www", "old"} or len(host) <= 2  # en.example.com, m.example.com
    if host in _HOSTS_OF_OTHERS or (is_bare and not SITES_OF_OTHERS.isdisjoint(labels)):
        return frozenset()
    return frozenset(label.replace("-", "") for label in labels) - {"www"}
