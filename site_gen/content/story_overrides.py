"""What a person says of stories (`story:` in articles): resolved for clustering, and what is wrong with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from site_gen.content.records import StoryOverride
from site_gen.core.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set


class OverrideProblem(NamedTuple):
    """One thing that cannot be in an article's `story:`."""

    file: str  # the article's
    what: str  # what is wrong
    mend: str  # what to do about it


def resolve_overrides(
    overrides: Mapping[str, StoryOverride], file_of_id: Callable[[str], str | None]
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return, by article, the one that leads its story, and those that belong to other stories.

    Articles are named by their files. What names an article that there is none of, or leads in a circle, is passed
    over: `override_problems` tells of it.
    overrides: by file. file_of_id: the file of an article's id, None where no article has it.
    """
    leads = {
        file: lead for file, override in overrides.items() if override.lead and (lead := file_of_id(override.lead))
    }
    pins: dict[str, str] = {}
    for file in leads:
        visited, end = {file}, file
        while (lead := leads.get(end, end)) != end and lead not in visited:
            visited.add(lead)
            end = lead
        if end != file and leads.get(end, end) == end:
            pins[file] = end
    apart: dict[str, set[str]] = {}
    for file, override in overrides.items():
        for identity in override.apart:
            if (other := file_of_id(identity)) and other != file:
                apart.setdefault(file, set()).add(other)
                apart.setdefault(other, set()).add(file)
    return pins, apart


def joined_overrides(
    overrides: Mapping[str, StoryOverride], lead: str, story: Set[str], joined: Set[str]
) -> dict[str, StoryOverride]:
    """Return, by id, what has to be said anew so that the articles of two stories tell one.

    overrides: of all articles of both, by id. lead: id of the one that leads. story, joined: ids of the articles of its
    story, and of the other.
    """
    changed = {
        identity: StoryOverride(lead=lead, apart=_without(overrides[identity].apart, story | joined))
        for identity in joined
    }
    for identity in story:
        apart = _without(overrides[identity].apart, joined)
        changed[identity] = replace(overrides[identity], apart=apart)
    return {identity: override for identity, override in changed.items() if override != overrides[identity]}


def separated_overrides(
    overrides: Mapping[str, StoryOverride], lead: str, one: str, other: str
) -> dict[str, StoryOverride]:
    """Return, by id, what has to be said anew so that two articles of one story tell two.

    The other one keeps apart from the first; what a person said to join them goes.
    overrides: of all articles of the story, by id. lead: id of the one that leads. one, other: ids.
    """
    changed = {other: replace(overrides[other], apart=(*_without(overrides[other].apart, {one}), one))}
    if overrides[other].lead not in {"", other}:
        changed[other] = replace(changed[other], lead="")
    elif overrides[one].lead and lead == other:
        changed[one] = replace(overrides[one], lead="")
    return changed


def _without(ids: tuple[str, ...], others: Set[str]) -> tuple[str, ...]:
    return tuple(identity for identity in ids if identity not in others)


def override_value(override: StoryOverride) -> object:
    """Return what stands under `story:` for what a person says; None: nothing."""
    if override.alone:
        return "alone"
    apart = {"not": list(override.apart)} if override.apart else {}
    return {**({"lead": override.lead} if override.lead else {}), **apart} or None


def override_problems(overrides: Mapping[str, tuple[str, StoryOverride]], ids: Set[str]) -> list[OverrideProblem]:
    """Return what cannot be in what a person says of stories, sorted by file.

    overrides: by file, the article's id and its `story:`. ids: those of all articles.
    """
    leads = {identity: override.lead for identity, override in overrides.values() if override.lead}
    problems: list[OverrideProblem] = []
    for file, (identity, override) in sorted(overrides.items()):
        if override.lead and override.lead in override.apart:
            what = f"`story` joins it to {override.lead} and keeps it apart from it"
            problems.append(OverrideProblem(file, what, "remove one of the two"))
        if identity in override.apart:
            mend = f"remove {identity}, or write story: alone"
            problems.append(OverrideProblem(file, "`story` keeps it apart from itself", mend))
        for named in dict.fromkeys((override.lead, *override.apart)):
            if named and named not in ids:
                mend = did_you_mean(named, sorted(ids), "an article's id is in its file, after `id:`; or remove it")
                problems.append(OverrideProblem(file, f"`story` names {named}, which no article has as its id", mend))
        path = [identity]
        while (
            (lead := leads.get(path[-1])) and lead != path[-1] and path.count(identity) < 2 and len(path) <= len(leads)
        ):
            path.append(lead)
        if path.count(identity) > 1:
            what = f"`story: {{lead: …}}` leads in a circle: {', '.join(path)}"
            mend = "name the one that leads in the others, and remove `story:` from its file"
            problems.append(OverrideProblem(file, what, mend))
    return problems
