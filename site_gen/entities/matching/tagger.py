"""Which of the entities that a text names become its tags, in what order, and which it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.entities.matching.disambiguation import named
from site_gen.entities.matching.salience import is_aside, is_subject, lead
from site_gen.entities.matching.short_forms import with_inner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.content.records import Kind, Tag
    from site_gen.entities.matching.disambiguation import DoubtfulEntity, Named
    from site_gen.entities.matching.matcher import Hit, Matcher

OPENING = 250  # characters of the text in which a topic's keyword counts by itself
ENOUGH = 3  # times that it must stand further down
_AGAIN = 3  # times that one in the title is named until the text is its story
_GAP = "\0 "  # no name goes across it, and one may follow it
_weight = tuple.__new__  # makes a Weight in half the time
_NUMBER = re.compile(r"[ -]\d")


class EntityWeight(NamedTuple):
    """How much a text is about an entity, and why it is taken for named.

    first, end: where it is named first, in title and paragraphs joined by a NUL and a blank.
    times: how often it is named. why: the rule that decided. aside: what makes its first mention one beside somebody
    else, where that was looked at.
    """

    about: bool
    in_title: bool
    in_lead: bool
    times: int
    first: int
    end: int
    why: str
    aside: str = ""

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """Sorts main entities first."""
        return (not self.about, not self.in_title, not self.in_lead, -self.times, self.first)


def searched_text(title: str, paragraphs: Sequence[str]) -> str:
    """The text that is searched."""
    return _GAP.join((title, *paragraphs))


def weigh_entities(
    title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]
) -> dict[Tag, EntityWeight]:
    """Every entity that title or paragraphs name, with its weight; of topics those that are frequent enough."""
    return weigh_and_doubt(title, paragraphs, matcher, kinds)[0]


def weigh_and_doubt(
    title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]
) -> tuple[dict[Tag, EntityWeight], list[DoubtfulEntity]]:
    """The same, and the entities whose names stand there without enough that speaks for them."""
    text = searched_text(title, paragraphs)
    body = len(title) + len(_GAP)
    hits = matcher.find_all(text)
    by_tag = _by_tag(hits)
    weights: dict[Tag, EntityWeight] = {}
    keywords = {key for key, kind in kinds.items() if kind.by == "keywords"}
    if keywords:
        for tag in [tag for tag in by_tag if tag.kind in keywords]:
            if weight := _topic(by_tag.pop(tag), body):
                weights[tag] = weight
    found, doubted = named(text, body, hits, by_tag, kinds)
    if found:
        _put_weights(weights, text, body, with_inner(text, hits, found, kinds), title, paragraphs, kinds)
    return weights, doubted


def _put_weights(
    weights: dict[Tag, EntityWeight],
    text: str,
    body: int,
    found: Sequence[Named],
    title: str,
    paragraphs: Sequence[str],
    kinds: Mapping[str, Kind],
) -> None:
    most = max([len(own) for _, own, _ in found])
    opening, lead_end, reach = (body + end for end in lead(title, paragraphs))
    titled = [(tag.kind, len(own)) for tag, own, _ in found if own[0].start < body]
    # The kinds of which the title names one alone, and the text goes on about it: one of several stands for a group.
    alone = {key for key, count in titled if count >= _AGAIN and sum(other == key for other, _ in titled) == 1}
    for tag, own, why in found:
        first = own[0]
        count = len(own)
        at, end = first.start, first.end
        about = in_title = at < body
        if in_title:
            # A product's number after a name (`Acme 300 recalled`) leaves open whether it is about the maker.
            about = not _NUMBER.match(text, end)
            if count > 1:
                at, end = next(((hit.start, hit.end) for hit in own if hit.start >= body), (at, end))
        in_lead = body <= at < lead_end
        aside = ""
        if not about and (in_lead or count > 1) and kinds[tag.kind].only == "named":
            early = in_lead or (2 <= count == most and at < reach)
            late = count == 1 and at >= opening and tag.kind in alone
            aside = is_aside(text, at, end, late=late) if early else ""
            about = is_subject(count=count, most=most, early=early, aside=bool(aside))
        weights[tag] = _weight(EntityWeight, (about, in_title, in_lead, count, first.start, first.end, why, aside))


def _by_tag(hits: Iterable[Hit]) -> dict[Tag, list[Hit]]:
    found: dict[Tag, list[Hit]] = {}
    for hit in hits:
        tag = hit.tag
        if tag in found:  # most are there once: quicker than a default list
            found[tag].append(hit)
        else:
            found[tag] = [hit]
    return found


def _topic(hits: Sequence[Hit], body: int) -> EntityWeight | None:
    """A topic's weight: its keywords stand in the title, at the beginning, or often enough (Reuters-21578, 20 topics:
    F1 .83 against .76 for anywhere and .82 for twice)."""
    first = hits[0]
    count = sum(hit.start >= body for hit in hits)
    in_title = first.start < body
    in_lead = any(body <= hit.start < body + OPENING for hit in hits)
    if not in_title and not in_lead and count < ENOUGH:
        return None
    why = "in the title" if in_title else "at the beginning" if in_lead else f"{count} times"
    return EntityWeight(in_title or in_lead, in_title, in_lead, count, first.start, first.end, why)


def tag_text(title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]) -> EarnedTags:
    """The tags that a text earns: those that it is about, in its title, its lead, and often named come first.

    An entity that goes by names is tagged when it is named at all, or where its kind says so, when the text
    is about it.
    """
    weights = weigh_entities(title, paragraphs, matcher, kinds)
    always = {key for key, kind in kinds.items() if kind.only == "named"}
    ranked = [(weight.order, tag) for tag, weight in weights.items() if weight.about or tag.kind in always]
    ranked.sort()
    named = {key for key, kind in kinds.items() if kind.by == "names"}
    return EarnedTags(
        tuple([tag for _, tag in ranked]),
        tuple([tag for order, tag in ranked if not order[0] and tag.kind in named]),
    )


@dataclass(frozen=True, slots=True)
class EarnedTags:
    """A text's tags, main ones first, and which of them (topics aside) it is about."""

    tags: tuple[Tag, ...]
    about: tuple[Tag, ...]
