"""Which of the entities that a text names become its tags, in what order, and which it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.tagging.about import is_aside, is_subject, lead
from site_gen.tagging.around import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_gen.model import Kind, Tag
    from site_gen.tagging.matcher import Hit, Matcher

OPENING = 250  # characters of the text in which a topic's keyword counts by itself
ENOUGH = 3  # times that it must stand further down
OFTEN = 5  # times that an ordinary word must stand by itself to be a name
NEAR = 80  # characters
_AGAIN = 3  # times that one in the title is named until the text is its story
_GAP = "\0 "  # no name goes across it, and one may follow it
_BUSINESS = re.compile(
    r"\b(?:compan(?:y|ies)|shares?|stocks?|shareholders?|investors?|profits?|revenues?|sales|earnings|quarterly"
    r"|CEO|chief executive|chairman|spokes(?:man|woman|person)|subsidiary|acqui\w+|merger|takeover|customers?"
    r"|products?|manufactur\w+|maker|brands?|business|firms?|corporat\w+|airlines?|bank|retailer|giant|supplier"
    r"|provider|technolog\w+|software|launch\w*|market|billion|analysts?|employees|workers|headquarter\w+)\b",
    re.IGNORECASE,
)
_PERSON, _CLEAN, _SURE = Standing.PERSON, Standing.CLEAN, Standing.SURE  # looking these up costs as much as a rule
_WORDS = frozenset({"plain", "proper", "common"})  # the traits of single words
_JOINTS = (", ", " and ", ", and ", " or ", "/")
_NUMBER = re.compile(r"[ -]\d")
_LISTED = re.compile(r",? (?:(?:and|or|&) )?(?=[^\W_])|/")


class Weight(NamedTuple):
    """How much a text is about an entity, and why it is taken for named.

    first, end: where it is named first, in title and paragraphs joined by a NUL and a blank.
    times: how often it is named. why: the rule that decided.
    """

    about: bool
    in_title: bool
    in_lead: bool
    times: int
    first: int
    end: int
    why: str

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """Sorts main entities first."""
        return (not self.about, not self.in_title, not self.in_lead, -self.times, self.first)


def whole(title: str, paragraphs: Sequence[str]) -> str:
    """The text that is searched."""
    return _GAP.join((title, *paragraphs))


def weigh(title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]) -> dict[Tag, Weight]:
    """Every entity that title or paragraphs name, with its weight; of topics those that are frequent enough."""
    text = whole(title, paragraphs)
    body = len(title) + len(_GAP)
    weights: dict[Tag, Weight] = {}
    doubted: list[tuple[Tag, list[Hit], bool]] = []
    named: list[tuple[Tag, list[Hit], str]] = []
    hits = matcher.look(text)
    surnames = _surnames(text, hits, kinds)
    for tag, own in _by_tag(hits).items():
        if kinds[tag.kind].by == "keywords":
            if weight := _topic(own, body):
                weights[tag] = weight
            continue
        why, person = _evidence(text, own, surnames)
        if why:
            named.append((tag, own if not person else _no_persons(own), why))
        else:
            doubted.append((tag, own, person))
    if doubted:
        sure = _sure(hits)
        for tag, own, person in doubted:
            if why := _doubtful(text, body, own, sure, person=person):
                named.append((tag, own if not person else _no_persons(own), why))
    if not named:
        return weights
    most = max(len(own) for _, own, _ in named)
    opening, lead_end, reach = (body + end for end in lead(title, paragraphs))
    titled = [(tag.kind, len(own)) for tag, own, _ in named if own[0].start < body]
    # The kinds of which the title names one alone, and the text goes on about it: one of several stands for a group.
    alone = {key for key, count in titled if count >= _AGAIN and sum(other == key for other, _ in titled) == 1}
    for tag, own, why in named:
        first = own[0]
        count = len(own)
        in_title = first.start < body
        below = first
        if in_title and count > 1:
            below = next((hit for hit in own if hit.start >= body), first)
        at = below.start
        in_lead = body <= at < lead_end
        # A product's number after a name (`Acme 300 recalled`) leaves open whether it is about the maker.
        about = in_title and not _NUMBER.match(text, first.end)
        if not about and kinds[tag.kind].only == "named":
            early = in_lead or (2 <= count == most and at < reach)
            late = count == 1 and at >= opening and tag.kind in alone
            aside = early and is_aside(text, at, below.end, late=late)
            about = is_subject(count=count, most=most, early=early, aside=aside)
        weights[tag] = Weight(about, in_title, in_lead, count, first.start, first.end, why)
    return weights


def _by_tag(hits: Iterable[Hit]) -> dict[Tag, list[Hit]]:
    found: dict[Tag, list[Hit]] = {}
    for hit in hits:
        tag = hit.tag
        if tag in found:  # most are there once: quicker than a default list
            found[tag].append(hit)
        else:
            found[tag] = [hit]
    return found


def _surnames(text: str, hits: Iterable[Hit], kinds: Mapping[str, Kind]) -> set[str]:
    """The last words of the people that the text names."""
    people = {key for key, kind in kinds.items() if kind.names_of == "people"}
    if not people:
        return people
    return {text[hit.start : hit.end].rsplit(None, 1)[-1] for hit in hits if hit.tag.kind in people}


def _no_persons(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.standing is not _PERSON]


def _topic(hits: Sequence[Hit], body: int) -> Weight | None:
    """A topic's weight: its keywords stand in the title, at the beginning, or often enough (Reuters-21578, 20 topics:
    F1 .83 against .76 for anywhere and .82 for twice)."""
    first = hits[0]
    count = sum(hit.start >= body for hit in hits)
    in_title = first.start < body
    in_lead = any(body <= hit.start < body + OPENING for hit in hits)
    if not in_title and not in_lead and count < ENOUGH:
        return None
    why = "in the title" if in_title else "at the beginning" if in_lead else f"{count} times"
    return Weight(in_title or in_lead, in_title, in_lead, count, first.start, first.end, why)


def _evidence(text: str, hits: Sequence[Hit], surnames: AbstractSet[str]) -> tuple[str, bool]:
    """Why the hits are taken for the entity without looking around them (empty where they may stand for something
    else), and whether a person has the name too.

    surnames: of the people that the text names.
    """
    sure_plain = person = False
    why = ""
    for _, _, _, name, standing in hits:
        if standing is _SURE:
            if name.trait != "plain":
                why = "by name"
            sure_plain = True
        elif standing is _PERSON:
            person = True
    if why:
        return why, person
    if surnames and not person:
        person = any(hit.name.trait in _WORDS and text[hit.start : hit.end] in surnames for hit in hits)
    # A surname that is in no dictionary is a person's too where a given name stands before it once.
    return "by name" if sure_plain and not person else "", person


def _sure(hits: Iterable[Hit]) -> set[int]:
    """Where names begin and end of which there is no doubt."""
    sure = [hit for hit in hits if hit.standing is _SURE and hit.name.case != "any"]
    return {hit.start for hit in sure} | {hit.end for hit in sure}


def _doubtful(text: str, body: int, hits: Sequence[Hit], sure: AbstractSet[int], *, person: bool) -> str:
    """The same where no hit is sure. person: somebody has the name too."""
    clean = [hit for hit in hits if hit.standing >= _CLEAN and hit.start >= body]
    if not person:
        if any(hit.name.trait == "proper" for hit in clean):
            return "stands by itself"
        if len(clean) >= OFTEN:
            return f"stands by itself {len(clean)} times"
    if found := next(filter(None, (_business(text, hit) for hit in clean)), ""):
        return f"stands by itself, near “{found}”"
    for hit in () if person else hits:
        if _in_list(text, hit, sure):
            return "in a list of names"
        if hit.name.trait == "proper" and (word := _business(text, hit)):
            return f"near “{word}”"
    return ""


def _business(text: str, hit: Hit) -> str:
    """A word near a hit that is used of companies; empty where none is."""
    found = _BUSINESS.search(text, max(0, hit.start - NEAR), hit.end + NEAR)
    return found[0] if found else ""


def _in_list(text: str, hit: Hit, sure: AbstractSet[int]) -> bool:
    """Whether a name that is sure stands beside a hit, with no more than a comma or `and` between."""
    if (after := _LISTED.match(text, hit.end)) and after.end() in sure:
        return True
    return any(text.endswith(joint, 0, hit.start) and hit.start - len(joint) in sure for joint in _JOINTS)


def tags_of(title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]) -> Earned:
    """The tags that a text earns: those that it is about, in its title, its lead, and often named come first.

    An entity that goes by names is tagged when it is named at all, or where its kind says so, when the text
    is about it.
    """
    weights = weigh(title, paragraphs, matcher, kinds)
    ranked = [(weight.order, tag) for tag, weight in weights.items() if weight.about or kinds[tag.kind].only == "named"]
    ranked.sort()
    earned = tuple(tag for _, tag in ranked)
    return Earned(earned, tuple(tag for tag in earned if weights[tag].about and kinds[tag.kind].by == "names"))


@dataclass(frozen=True, slots=True)
class Earned:
    """A text's tags, main ones first, and which of them (topics aside) it is about."""

    tags: tuple[Tag, ...]
    about: tuple[Tag, ...]
