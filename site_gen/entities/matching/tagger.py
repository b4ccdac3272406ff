"""Which of the entities that a text names become its tags, in what order, and which it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.entities.matching.disambiguation import disambiguate
from site_gen.entities.matching.short_forms import add_short_forms
from site_gen.entities.matching.subject_model import SubjectModel
from site_gen.entities.matching.topic_evidence import Prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.content.records import Kind, Tag
    from site_gen.entities.matching.disambiguation import DoubtfulEntity
    from site_gen.entities.matching.matcher import Hit, Matcher
    from site_gen.entities.matching.subject_model import SubjectEvidence

_GAP = "\0 "  # no name goes across it, and one may follow it
_new_weight = tuple.__new__  # makes an EntityWeight in half the time


class EntityWeight(NamedTuple):
    """How much a text is about an entity, and why it is taken for named. Positions are those of `joined_text`."""

    about: bool  # whether the text is about it
    in_title: bool  # whether it is named in the title
    in_lead: bool  # whether its first mention after the title is in the lead; of a topic: whether one is near the top
    times: int  # how often it is named
    start: int  # where it is named first
    end: int  # where that name ends
    rule: str  # the rule that decided that it is named, in words
    evidence: SubjectEvidence | None = None  # what speaks for `about`, where that was weighed

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """A key that sorts main entities first."""
        return (not self.about, not self.in_title, not self.in_lead, -self.times, self.start)


class EarnedTags(Struct, frozen=True):
    """The tags that a text earns."""

    tags: tuple[Tag, ...]  # main ones first
    about: tuple[Tag, ...]  # those of them, topics aside, that the text is about
    linked: tuple[Tag, ...] = ()  # those that links to notes in the text name, earned or not: a person put them in


def joined_text(title: str, paragraphs: Sequence[str]) -> str:
    """Return title and paragraphs as the one text that is searched, joined by a NUL and a blank."""
    return _GAP.join((title, *paragraphs))


def weigh_entities(
    title: str, paragraphs: Sequence[str], matcher: Matcher, kinds: Mapping[str, Kind], source: str = ""
) -> dict[Tag, EntityWeight]:
    """Return every entity that title or paragraphs name, with its weight; of topics those that are frequent enough.

    kinds: by key. source: the address that the text was saved from; empty where that is not known.
    """
    return weigh_and_doubt(title, paragraphs, matcher, kinds, source)[0]


def weigh_and_doubt(
    title: str,
    paragraphs: Sequence[str],
    matcher: Matcher,
    kinds: Mapping[str, Kind],
    source: str = "",
    *,
    with_evidence: bool = False,
) -> tuple[dict[Tag, EntityWeight], list[DoubtfulEntity]]:
    """Return the weights of `weigh_entities`, and the entities whose names stand there without enough evidence.

    with_evidence: weigh all that speaks for an entity, also where the text cannot be about it.
    """
    text = joined_text(title, paragraphs)
    body = len(title) + len(_GAP)
    hits = matcher.find_all(text)
    by_tag = _by_tag(hits)
    weights: dict[Tag, EntityWeight] = {}
    topic_kinds = {key for key, kind in kinds.items() if kind.by == "keywords"}
    topic_hits = [(tag, by_tag.pop(tag)) for tag in [tag for tag in by_tag if tag.kind in topic_kinds]]
    if topic_hits:
        prose = Prose(text, paragraphs, body)
        has_titled = any(topic[0].start < body for _, topic in topic_hits)
        for tag, topic in topic_hits:
            if evidence := prose.weigh_topic(topic, is_rivalled=has_titled):
                is_about = evidence.in_title or evidence.in_opening
                first = evidence.first
                weights[tag] = EntityWeight(is_about, *evidence[:3], first.start, first.end, evidence.rule)
    entities, doubtful = disambiguate(text, body, hits, by_tag, kinds)
    if entities:
        named = add_short_forms(text, hits, entities, kinds)
        titled = sum([own_hits[0].start < body for _, own_hits, _ in named])
        model = SubjectModel(title, paragraphs, text, body, titled, source)
        for tag, own_hits, rule in named:
            weights[tag] = _weight(model, body, own_hits, rule, kinds[tag.kind].only, with_evidence)
    return weights, doubtful


def _weight(model: SubjectModel, body: int, hits: Sequence[Hit], rule: str, only: str, in_full: bool) -> EntityWeight:
    """Return the weight of an entity that goes by names.

    body: where the title ends in the text. only: which entities of its kind become tags. in_full: with all evidence.
    """
    start, end = hits[0][:2]
    count = len(hits)
    in_title = start < body
    evidence = None
    if only == "about":  # an outlet: who is quoted is no subject, however often
        about = in_title and not model.titled_as(hits[0], count)
        in_lead = False
    else:
        evidence = model.weigh(hits, in_full)
        about = evidence is not None and evidence.is_about
        first = start if not in_title else next((hit.start for hit in hits if hit.start >= body), model.lead_end)
        in_lead = first < model.lead_end
    return _new_weight(EntityWeight, (about, in_title, in_lead, count, start, end, rule, evidence))


def _by_tag(hits: Iterable[Hit]) -> dict[Tag, list[Hit]]:
    by_tag: dict[Tag, list[Hit]] = {}
    for hit in hits:
        tag = hit.tag
        if tag in by_tag:  # most are there once: quicker than a default list
            by_tag[tag].append(hit)
        else:
            by_tag[tag] = [hit]
    return by_tag


def tag_text(
    title: str,
    paragraphs: Sequence[str],
    matcher: Matcher,
    kinds: Mapping[str, Kind],
    source: str = "",
    linked: tuple[Tag, ...] = (),
) -> EarnedTags:
    """Return the tags that a text earns: those that it is about, in its title, its lead, and often named come first.

    An entity that goes by names is tagged when it is named at all, or where its kind says so, when the text is about
    it. source: the address that it was saved from; empty where that is not known. linked: see `EarnedTags`.
    """
    weights = weigh_entities(title, paragraphs, matcher, kinds, source)
    tagged_if_named = {key for key, kind in kinds.items() if kind.only == "named"}
    ranked = [(weight.order, tag) for tag, weight in weights.items() if weight.about or tag.kind in tagged_if_named]
    ranked.sort()
    by_names = {key for key, kind in kinds.items() if kind.by == "names"}
    return EarnedTags(
        tuple([tag for _, tag in ranked]),
        tuple([tag for order, tag in ranked if not order[0] and tag.kind in by_names]),
        linked,
    )
