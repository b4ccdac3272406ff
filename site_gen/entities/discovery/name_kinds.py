"""What a name's own words, and the words around it, say of its kind: a firm's, a person's, a place's. Pure.

Votes are small weights, made by hand. The words around are English, in `name_kinds.txt`; a name's own words are those
of many languages (legal forms, countries), and names of other languages are judged by them alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from site_gen.core.word_lists import WordLists
from site_gen.entities.lexicon import (
    AMBIGUOUS_LEGAL_FORMS,
    FIRMS,
    FIRST_NAMES,
    INSTITUTIONS,
    LEADING_LEGAL_FORMS,
    LEGAL_FORMS,
    MEDIA,
    PLACE_ENDS,
    PLACE_STARTS,
    THING_ENDS,
    place_names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Votes = defaultdict[str, float]  # by kind
COMPANY, PERSON, PLACE, OTHER = "company", "person", "place", "other"
KINDS = (COMPANY, PERSON, PLACE, OTHER)  # that votes are for
# Told by the rank's evidence and lists of well-known names, see `name_discovery`.
ORGANISATION, PRODUCT, TOPIC, OUTLET = "organisation", "product", "topic", "outlet"
FIRM_ENDS = FIRMS | INSTITUTIONS | MEDIA
WINDOW = 60  # characters on either side of a name that are looked at

_MAX_ACRONYM = 6  # letters
_MAX_BY_CONTEXT = 4  # what a kind gets when all places vote for it
_VOTES_BY_HINT = {"role": (PERSON, 2), "person": (PERSON, 3), "firm": (COMPANY, 1)}
_OTHER_START = 0.8  # what `other` has to start with: a name that nothing speaks for is no company
_NAME_PREFIXES = ("Mc", "Mac", "De", "Di", "Le", "La", "O'")  # of people, whose names have a capital inside, too
_LISTS = WordLists(__package__, "name_kinds.txt")


def _any_of(list_name: str) -> str:
    """Return a pattern that takes any phrase of a list."""
    return "|".join(_LISTS.phrases(list_name))


_FIRM_NOUNS = _any_of("firm nouns")
_AFTER_FIRM = re.compile(
    rf"(?:'s)?,? (?:{_any_of('firm possessions')})\b"
    r"|,? \(?(?:NYSE|NASDAQ|Nasdaq|LSE|OTC|ASX|TSX|HKEX|Xetra|[A-Z]{2,6}) ?: ?[A-Z0-9]"  # a ticker
    rf"| (?:has |have |had |also |will |would |is |was )?(?:{_any_of('firm actions')})"
    rf"|,? (?:which|(?:an?|the|one of the) [^,.]{{0,40}}?\b(?:{_FIRM_NOUNS}))\b"
    r"|\) ?[-–—]|-(?:owned|backed|led|controlled|listed|branded|run|made)\b"
    r"| and other (?:companies|firms|banks|brands|retailers|agencies)"
)
_AFTER_PERSON = re.compile(
    r",? (?:said|says|told|added|adds|wrote|tweeted|argued|recalled|explained|joked|insisted|noted|warned|resigned|died"
    r"|was born|is married|himself|herself|who)\b"
    rf"|, (?:\d{{2}},|[^,.]{{0,50}}?\b(?:{_any_of('occupations after a person')}))"
    r"|'s (?:wife|husband|mother|father|brother|sister|daughter|son|lawyer|family|career|administration)\b"
)
_AFTER_PLACE = re.compile(
    r"-(?:based|born)\b|, where\b|,? \((?:Reuters|AP|AFP|Bloomberg|dpa|Xinhua)\)"
    r"|'s (?:capital|economy|government|parliament|prime minister|president)\b"
)
_AFTER_THING = re.compile(r" (?:index|indices|indexes|futures|\d)|(?:'s)? (?:Act|Award|Prize|Cup)\b")
_BEFORE_FIRM = re.compile(
    rf"\b(?:{_any_of('of a firm')}) (?:of|at|for|with|in|by|against|between) (?:the )?$"
    rf"|\b(?:{_FIRM_NOUNS}),? (?:such as |like |including |called |named )?(?:the )?$"
    rf"|\b(?:{_any_of('before a firm')}) (?:the )?$"
)
_BEFORE_PERSON = re.compile(
    rf"\b(?:[Bb]y|(?:[Rr]eport|[Ee]dit|[Ww]rit)ing by|{_any_of('occupations before a person')}) $"
)
_BEFORE_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|throughout|near|into|outside|(?:north|south|east|west)ern|central|downtown|mainland"
    r"|(?:city|town|port|streets|north|south|east|west) of|miles from|capital|visit|visited|leaving|left) (?:the )?$"
)
_LEADING_LEGAL_FORM = re.compile(rf"\b(?:{'|'.join(sorted(form.upper() for form in LEADING_LEGAL_FORMS))}) ?[«\"“„]?$")
_TICKER = re.compile(r"\b[A-Z][A-Za-z]{1,7}: ?$")  # after an exchange's name
_DEFINITE_ARTICLE = re.compile(r"\b[Tt]he $")
_INDEFINITE_ARTICLE = re.compile(r"\b(?:[Aa]n?|[Ee]very|[Ee]ach|[Nn]ew) $")


def vote_by_context(before: str, after: str, hint: str) -> Votes:
    """Return votes for kinds from what stands before and after a name in its line, WINDOW characters of each.

    hint: see `name_splitter.NameSpan`; or `person`, for the surname of somebody whom the text names in full; or
    `title`, for what stands in brackets of titles.
    Besides kinds there are `the`, `a` and `owns`: whether a name has an article before it or an 's behind it.
    """
    votes: Votes = defaultdict(float)
    vote_of_hint = _VOTES_BY_HINT.get(hint)
    if vote_of_hint:
        kind, weight = vote_of_hint
        votes[kind] += weight
    votes[COMPANY] += bool(_AFTER_FIRM.match(after)) + bool(_BEFORE_FIRM.search(before))
    votes[COMPANY] += 3 * bool(_LEADING_LEGAL_FORM.search(before))
    votes[PERSON] += bool(_AFTER_PERSON.match(after)) + bool(_BEFORE_PERSON.search(before))
    votes[PLACE] += bool(_BEFORE_PLACE.search(before)) + 2 * bool(_AFTER_PLACE.match(after))
    votes[OTHER] += bool(_AFTER_THING.match(after)) + bool(_TICKER.search(before))
    if _DEFINITE_ARTICLE.search(before):
        votes["the"] += 1
    elif _INDEFINITE_ARTICLE.search(before):
        votes["a"] += 1
    votes["owns"] += after.startswith("'s")
    return votes


def vote_by_words(words: Sequence[str]) -> Votes:
    """Return votes for kinds from the words of a name itself."""
    small_words = [word.lower().rstrip(".") for word in words]
    votes: Votes = defaultdict(float)
    name = " ".join(word.lower() for word in words)
    if name in place_names() or name.rstrip(".") in place_names():
        votes[PLACE] += 8
    if len(words) > 1:
        _vote_by_several_words(votes, words, small_words)
    else:
        _vote_by_single_word(votes, words[0], small_words[0])
    return votes


def _vote_by_several_words(votes: Votes, words: Sequence[str], small_words: Sequence[str]) -> None:
    first, last = small_words[0], small_words[-1]
    is_firm = last in FIRM_ENDS or last.rstrip("s") in INSTITUTIONS
    if last in LEGAL_FORMS:
        votes[COMPANY] += 2 if last in AMBIGUOUS_LEGAL_FORMS else 6
    votes[COMPANY] += 6 * (first in LEADING_LEGAL_FORMS)
    votes[COMPANY] += 4 * is_firm + 3 * any(word in INSTITUTIONS for word in small_words[:-1])
    votes[COMPANY] += 2 * any("&" in word for word in words) + _is_acronym(words[0])
    votes[PLACE] += 4 * (last in PLACE_ENDS) + 1.5 * (first in PLACE_STARTS and len(words) == 2)
    votes[OTHER] += 4 * (last in THING_ENDS)
    if first in FIRST_NAMES and not is_firm and last not in LEGAL_FORMS and len(words) < 4:
        votes[PERSON] += 4
    if len(words) > 2 and len(small_words[1]) == 1 and words[1] != "&":
        votes[PERSON] += 3  # Ada F. Voss


def _vote_by_single_word(votes: Votes, word: str, small_word: str) -> None:
    if any(c.isdigit() for c in word):
        votes[COMPANY] += 0.3
        votes[OTHER] += 0.5
    elif _is_acronym(word):
        votes[COMPANY] += 1.5
    elif word.isupper() or (word[:-1].isupper() and word[-1] == "s" and len(word) > 2):
        votes[OTHER] += 1
    elif word[1:] != word[1:].lower() and "-" not in word and "'" not in word and not word.startswith(_NAME_PREFIXES):
        # `iQuill` may be a firm, and `acFooter` what a page's code left behind.
        votes[COMPANY] += 2 if word[0].isupper() else 0.7
    votes[PERSON] += small_word in FIRST_NAMES
    votes[PLACE] += small_word in PLACE_ENDS
    votes[OTHER] += (small_word in THING_ENDS) + (small_word in FIRM_ENDS or small_word in PLACE_ENDS)


def _is_acronym(word: str) -> bool:
    return word.isupper() and word.isalpha() and 2 <= len(word) <= _MAX_ACRONYM


def score_kinds(
    words: Mapping[str, float], context: Mapping[str, float], places: int, inside: int, *, several: bool
) -> dict[str, float]:
    """Return how much speaks for each kind.

    words: the most that any spelling of a name gets from `vote_by_words`. context: the sum of `vote_by_context` over
    so many places. inside: how many of all places of the name are inside a sentence. several: whether the name has
    several words.
    """

    def share(vote: str) -> float:
        return context.get(vote, 0) / (places + 1)

    score = {kind: words.get(kind, 0) + min(_MAX_BY_CONTEXT, _MAX_BY_CONTEXT * share(kind)) for kind in KINDS}
    score[OTHER] += _OTHER_START + 3 * share("a")
    score[COMPANY] += 1.5 * share("owns") + 0.4 * (inside > 2)
    if several:
        score[PERSON] += 0.3
        score[COMPANY] += 0.6 * (share("the") > 0.4)
    else:
        score[COMPANY] += share("the") > 0.3  # the Fed, the Senate
    return score
