"""What a person says of stories (`story:` in front matter), as the index takes it, and what is wrong with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from site_gen.content.records import StoryOverride


def resolved(
    words: Mapping[str, StoryOverride], file_of: Callable[[str], str | None]
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """What a person says, in files: to which article others are joined, and which are kept apart. What names an article
    that there is none of, or leads in a circle, is passed over: `wrong_words` tells of it."""
    leads = {file: lead for file, word in words.items() if word.lead and (lead := file_of(word.lead))}
    pins: dict[str, str] = {}
    for file in leads:
        seen, at = {file}, file
        while (lead := leads.get(at, at)) != at and lead not in seen:
            seen.add(lead)
            at = lead
        if at != file and leads.get(at, at) == at:
            pins[file] = at
    apart: dict[str, set[str]] = {}
    for file, word in words.items():
        for identity in word.apart:
            if (other := file_of(identity)) and other != file:
                apart.setdefault(file, set()).add(other)
                apart.setdefault(other, set()).add(file)
    return pins, apart


def wrong_words(said: Mapping[str, tuple[str, StoryOverride]], ids: Set[str]) -> list[tuple[str, str, str]]:
    """What cannot be in what a person says of stories: the file, what is wrong, how to mend it; sorted by file.

    said: by file, the article's id and its `story:`; ids: those of all articles.
    """
    leads = {identity: word.lead for identity, word in said.values() if word.lead}
    found: list[tuple[str, str, str]] = []
    for file, (identity, word) in sorted(said.items()):
        if word.lead and word.lead in word.apart:
            what = f"`story` joins it to {word.lead} and keeps it apart from it"
            found.append((file, what, "remove one of the two"))
        if identity in word.apart:
            found.append((file, "`story` keeps it apart from itself", f"remove {identity}, or write story: alone"))
        for named in dict.fromkeys((word.lead, *word.apart)):
            if named and named not in ids:
                mend = did_you_mean(named, sorted(ids), "an id stands in the article's file, after `id:`; or remove it")
                found.append((file, f"`story` names {named}, which no article has as its id", mend))
        way = [identity]
        while (lead := leads.get(way[-1])) and lead != way[-1] and way.count(identity) < 2 and len(way) <= len(leads):
            way.append(lead)
        if way.count(identity) > 1:
            what = f"`story: {{lead: …}}` leads in a circle: {', '.join(way)}"
            found.append((file, what, "name the one that leads in the others, and remove `story:` from its file"))
    return found
