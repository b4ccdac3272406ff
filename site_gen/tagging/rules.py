"""Which of the entities that a text names become its tags, in what order, and which it is about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.tagging.about import is_aside, is_subject, lead
from site_gen.tagging.around import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_gen.model import Kind, Tag
    from site_gen.tagging.matcher import Hit, Matcher

OPENING = 250  # characters of the text in which a topic's keyword counts by itself
ENOUGH = 3  # times that it must stand further down
OFTEN = 5  # times that an ordinary word must stand by itself to be a name
NEAR = 80  # characters
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


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text is about an entity, and why it is taken for named.

    first, end: where it is named first, in title and paragraphs joined by a NUL and a blank.
    why: the rule that decided.
    """

    about: bool
    in_title: bool
    in_lead: bool
    count: int
    first: int
    end: int
    why: str

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """Sorts main entities first."""
        return (not self.about, not self.in_title, not self.in_lead, -self.count, self.first)


def whole(title: str, paragraphs: Sequence[str]) -> str:
    """The text that is searched."""
    return _GAP.join((title, *paragraphs))


def weigh(title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]) -> dict[Tag, Weight]:
    """Every entity that title or paragraphs name, with its weight; of topics those that are frequent enough."""
    text = whole(title, paragraphs)
    found: defaultdict[Tag, list[Hit]] = defaultdict(list)
    surnames: set[str] = set()
    people = {kind.key for kind in kinds.values() if kind.names_of == "people"}
    sure: set[int] = set()  # where names begin and end of which there is no doubt
    for hit in matcher.look(text):
        found[hit.tag].append(hit)
        if hit.standing is _SURE and hit.name.case != "any":
            sure.add(hit.start)
            sure.add(hit.end)
        if people and hit.tag.kind in people:
            surnames.add(text[hit.start : hit.end].rsplit(None, 1)[-1])
    body = len(title) + len(_GAP)
    weights: dict[Tag, Weight] = {}
    named: list[tuple[Tag, list[Hit], str]] = []
    most = 0
    for tag, hits in found.items():
        if kinds[tag.kind].by == "keywords":
            if weight := _topic(hits, body):
                weights[tag] = weight
        elif why := _evidence(text, body, hits, sure, surnames):
            good = [hit for hit in hits if hit.standing is not _PERSON]
            named.append((tag, good, why))
            most = max(most, len(good))
    if not named:
        return weights
    lead_end, reach = (body + end for end in lead(title, paragraphs))
    for tag, hits, why in named:
        first = hits[0]
        in_title = first.start < body
        below = first
        if in_title:
            below = next((hit for hit in hits if hit.start >= body), first)
        count = len(hits)
        in_lead = body <= below.start < lead_end
        early = in_lead or (2 <= count == most and below.start < reach)
        # A product's number after a name (`Acme 300 recalled`) leaves open whether it is about the maker.
        about = (in_title and not _NUMBER.match(text, first.end)) or (
            kinds[tag.kind].only == "named"
            and is_subject(count=count, most=most, early=early, aside=early and is_aside(text, below.start, below.end))
        )
        weights[tag] = Weight(about, in_title, in_lead, count, first.start, first.end, why)
    return weights


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


def _evidence(text: str, body: int, hits: Sequence[Hit], sure: AbstractSet[int], surnames: AbstractSet[str]) -> str:
    """Why the hits are taken for the entity; empty where they may stand for something else.

    sure: where names that are sure begin and end. surnames: of the people that the text names.
    """
    sure_plain = person = False
    for _, _, _, name, standing in hits:
        if standing is _SURE:
            if name.trait != "plain":
                return "by name"
            sure_plain = True
        elif standing is _PERSON:
            person = True
    if surnames and not person:
        person = any(hit.name.trait in _WORDS and text[hit.start : hit.end] in surnames for hit in hits)
    # A surname that is in no dictionary is a person's too where a given name stands before it once.
    if sure_plain and not person:
        return "by name"
    return _doubtful(text, body, hits, sure, person=person)


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
    earned = [tag for tag, weight in weights.items() if weight.about or kinds[tag.kind].only == "named"]
    earned.sort(key=lambda tag: (weights[tag].order, tag))
    return Earned(tuple(earned), tuple(tag for tag in earned if weights[tag].about and kinds[tag.kind].by == "names"))


@dataclass(frozen=True, slots=True)
class Earned:
    """A text's tags, main ones first, and which of them (topics aside) it is about."""

    tags: tuple[Tag, ...]
    about: tuple[Tag, ...]
