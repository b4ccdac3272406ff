"""What a name's own words, and the words around it, say of its kind: a firm's, a person's, a place's. Pure.

Votes are small weights, made by hand. The words around are English; a name's own words are those of many
languages (legal forms, countries), and names of other languages are judged by them alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from site_gen.entities.lexicon import (
    FIRMS,
    FIRST_NAMES,
    INSTITUTIONS,
    LEGAL,
    LEGAL_FIRST,
    PAPERS,
    PLACES_END,
    PLACES_START,
    THINGS_END,
    WEAK_LEGAL,
    places,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Votes = defaultdict[str, float]
COMPANY, PERSON, PLACE, OTHER = "company", "person", "place", "other"
KINDS = (COMPANY, PERSON, PLACE, OTHER)
FIRM_ENDS = FIRMS | INSTITUTIONS | PAPERS
AROUND = 60  # characters on either side that are looked at

_ACRONYM = 6  # letters at most
_SHARE = 4  # what a kind gets when all places vote for it
_HINTS = {"role": (PERSON, 2), "person": (PERSON, 3), "firm": (COMPANY, 1)}
_NOTHING = 0.8  # what `other` has to start with: a name that nothing speaks for is no company
_CAMEL_NAMES = ("Mc", "Mac", "De", "Di", "Le", "La", "O'")  # with a capital inside, and still people's


def _either(words: str) -> str:
    """A pattern that takes any of some words or phrases, which are given with a | or a line between them."""
    return "|".join(part.strip() for part in re.split(r"[|\n]", words) if part.strip())


_FIRM_NOUNS = _either("""
    compan(?:y|ies) | firms? | banks? | lenders? | insurers? | retailers? | (?:car|auto|drug|chip)?makers?
    manufacturers? | producers? | miners? | brokers? | brokerages? | broker-dealers? | start-?ups? | giants? | groups?
    conglomerates? | operators? | carriers? | airlines? | publishers? | newspapers? | magazines? | broadcasters?
    websites? | site | platforms? | apps? | services? | agenc(?:y|ies) | regulators? | watchdogs? | unions?
    think[- ]tanks? | providers? | suppliers? | developers? | contractors? | utilit(?:y|ies) | chains? | rivals?
    competitors? | investors? | funds? | consultanc(?:y|ies) | part(?:y|ies) | charit(?:y|ies) | networks?
    universit(?:y|ies) | venture | unit | subsidiary
""")
_FIRM_HAS = _either("""
    shares? | stocks? | spokes(?:man|woman|person) | chief executive | chief economist | CEO | CFO | chair(?:man|woman)
    analysts? | economists? | strategists? | executives? | employees | staff | customers | clients | users
    subsidiar(?:y|ies) | unit | board | shareholders | investors | officials? | management | headquarters | products?
    profits? | revenues? | sales | earnings | results | website | founder | co-founder | president | report(?:ed)?
    survey | data | poll | figures | deal
""")
_FIRM_DOES = _either("""
    announc | report(?:s|ed) | post(?:s|ed)[ ] | launch | acquir | bought | agreed to | plans to | offers | operates
    owns | sells | employs | unveil | recall(?:s|ed) | forecasts? | publish | issu(?:es|ed) | manufactur
    suppl(?:ies|y|ied) | cuts? | hir(?:es|ed) | invest(?:s|ed) | reject | approv | regulat | trad(?:es|ing)[ ]
""")
_AFTER_FIRM = re.compile(
    rf"(?:'s)?,? (?:{_FIRM_HAS})\b"
    r"|,? \(?(?:NYSE|NASDAQ|Nasdaq|LSE|OTC|ASX|TSX|HKEX|Xetra|[A-Z]{2,6}) ?: ?[A-Z0-9]"  # a ticker
    rf"| (?:has |have |had |also |will |would |is |was )?(?:{_FIRM_DOES})"
    rf"|,? (?:which|(?:an?|the|one of the) [^,.]{{0,40}}?\b(?:{_FIRM_NOUNS}))\b"
    r"|\) ?[-–—]|-(?:owned|backed|led|controlled|listed|branded|run|made)\b"
    r"| and other (?:companies|firms|banks|brands|retailers|agencies)"
)
_WORKS_AS = _either("""
    president | analyst | economist | strategist | professor | lawyer | director | minister | chair(?:man|woman)
    chief executive | CEO | head of | founder | manager | spokes(?:man|woman) | senator | governor | editor | partner
    trader | researcher | author
""")
_AFTER_PERSON = re.compile(
    r",? (?:said|says|told|added|adds|wrote|tweeted|argued|recalled|explained|joked|insisted|noted|warned|resigned|died"
    r"|was born|is married|himself|herself|who)\b"
    rf"|, (?:\d{{2}},|[^,.]{{0,50}}?\b(?:{_WORKS_AS}))"
    r"|'s (?:wife|husband|mother|father|brother|sister|daughter|son|lawyer|family|career|administration)\b"
)
_AFTER_PLACE = re.compile(
    r"-(?:based|born)\b|, where\b|,? \((?:Reuters|AP|AFP|Bloomberg|dpa|Xinhua)\)"
    r"|'s (?:capital|economy|government|parliament|prime minister|president)\b"
)
_AFTER_THING = re.compile(r" (?:index|indices|indexes|futures|\d)|(?:'s)? (?:Act|Award|Prize|Cup)\b")
_OF_FIRM = _either("""
    shares | stock | stake | interest | unit | subsidiary | division | arm | parent | owner | maker | publisher
    analysts? | economists? | strategists? | director | head | chief executive | CEO | chair(?:man|woman) | president
    spokes(?:man|woman|person) | employees | customers | users | shareholders | board | founder | co-founder | partner
    manager | trader | researcher | professor | work(?:s|ed|ing) | contract | partnership | merger | acquisition
    takeover | sale | research | job | joint venture | deal | lawsuit | agreement | talks | strategy
""")
_TO_FIRM = _either("""
    according to | acquir(?:e|es|ed|ing) | bought | buy | sued? | joined | by | via | rival | operator | owner
    compiled by | cited by | polled by | rated by | against | listed on | traded on | members? of
""")
_BEFORE_FIRM = re.compile(
    rf"\b(?:{_OF_FIRM}) (?:of|at|for|with|in|by|against|between) (?:the )?$"
    rf"|\b(?:{_FIRM_NOUNS}),? (?:such as |like |including |called |named )?(?:the )?$"
    rf"|\b(?:{_TO_FIRM}) (?:the )?$"
)
_PERSON_IS = _either("""
    analyst | economist | strategist | professor | lawyer | executive | director | minister | chair(?:man|woman)
    founder | candidate | actor | singer | author | spokes(?:man|woman) | manager | officer | trader | researcher | wife
    husband | son | daughter | brother | sister | colleague | presenter | journalist | writer | billionaire | nominee
    president | secretary | senator | leader | treasurer | editor
""")
_BEFORE_PERSON = re.compile(rf"\b(?:[Bb]y|(?:[Rr]eport|[Ee]dit|[Ww]rit)ing by|{_PERSON_IS}) $")
_BEFORE_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|throughout|near|into|outside|(?:north|south|east|west)ern|central|downtown|mainland"
    r"|(?:city|town|port|streets|north|south|east|west) of|miles from|capital|visit|visited|leaving|left) (?:the )?$"
)
_FORM_FIRST = re.compile(rf"\b(?:{'|'.join(sorted(form.upper() for form in LEGAL_FIRST))}) ?[«\"“„]?$")
_TICKER = re.compile(r"\b[A-Z][A-Za-z]{1,7}: ?$")  # after an exchange's name
_THE = re.compile(r"\b[Tt]he $")
_ARTICLE = re.compile(r"\b(?:[Aa]n?|[Ee]very|[Ee]ach|[Nn]ew) $")


def of_context(before: str, after: str, hint: str) -> Votes:
    """Votes for kinds from what stands before and after a name in its line, AROUND characters of each.

    hint: see cutting.Piece; or `person`, for the surname of somebody whom the text names in full.
    Besides kinds there are `the`, `a` and `owns`: whether a name has an article before it or an 's behind it.
    """
    votes: Votes = defaultdict(float)
    hinted = _HINTS.get(hint)
    if hinted:
        votes[hinted[0]] += hinted[1]
    votes[COMPANY] += bool(_AFTER_FIRM.match(after)) + bool(_BEFORE_FIRM.search(before))
    votes[COMPANY] += 3 * bool(_FORM_FIRST.search(before))
    votes[PERSON] += bool(_AFTER_PERSON.match(after)) + bool(_BEFORE_PERSON.search(before))
    votes[PLACE] += bool(_BEFORE_PLACE.search(before)) + 2 * bool(_AFTER_PLACE.match(after))
    votes[OTHER] += bool(_AFTER_THING.match(after)) + bool(_TICKER.search(before))
    if _THE.search(before):
        votes["the"] += 1
    elif _ARTICLE.search(before):
        votes["a"] += 1
    votes["owns"] += after.startswith("'s")
    return votes


def of_words(words: Sequence[str]) -> Votes:
    """Votes for kinds from the words of a name itself."""
    low = [word.lower().rstrip(".") for word in words]
    votes: Votes = defaultdict(float)
    name = " ".join(word.lower() for word in words)
    if name in places() or name.rstrip(".") in places():
        votes[PLACE] += 8
    if len(words) > 1:
        _of_several(votes, words, low)
    else:
        _of_one(votes, words[0], low[0])
    return votes


def _of_several(votes: Votes, words: Sequence[str], low: Sequence[str]) -> None:
    first, last = low[0], low[-1]
    firm = last in FIRM_ENDS or last.rstrip("s") in INSTITUTIONS
    if last in LEGAL:
        votes[COMPANY] += 2 if last in WEAK_LEGAL else 6
    votes[COMPANY] += 6 * (first in LEGAL_FIRST)
    votes[COMPANY] += 4 * firm + 3 * any(word in INSTITUTIONS for word in low[:-1])
    votes[COMPANY] += 2 * any("&" in word for word in words) + _is_acronym(words[0])
    votes[PLACE] += 4 * (last in PLACES_END) + 1.5 * (first in PLACES_START and len(words) == 2)
    votes[OTHER] += 4 * (last in THINGS_END)
    if first in FIRST_NAMES and not firm and last not in LEGAL and len(words) < 4:
        votes[PERSON] += 4
    if len(words) > 2 and len(low[1]) == 1 and words[1] != "&":
        votes[PERSON] += 3  # Ada F. Voss


def _of_one(votes: Votes, word: str, low: str) -> None:
    if any(c.isdigit() for c in word):
        votes[COMPANY] += 0.3
        votes[OTHER] += 0.5
    elif _is_acronym(word):
        votes[COMPANY] += 1.5
    elif word.isupper() or (word[:-1].isupper() and word[-1] == "s" and len(word) > 2):
        votes[OTHER] += 1
    elif word[1:] != word[1:].lower() and "-" not in word and "'" not in word and not word.startswith(_CAMEL_NAMES):
        # `iQuill` may be a firm, and `acFooter` what a page's code left behind.
        votes[COMPANY] += 2 if word[0].isupper() else 0.7
    votes[PERSON] += low in FIRST_NAMES
    votes[PLACE] += low in PLACES_END
    votes[OTHER] += (low in THINGS_END) + (low in FIRM_ENDS or low in PLACES_END)


def _is_acronym(word: str) -> bool:
    return word.isupper() and word.isalpha() and 2 <= len(word) <= _ACRONYM


def judge(
    words: Mapping[str, float], context: Mapping[str, float], seen: int, inside: int, *, several: bool
) -> dict[str, float]:
    """How much speaks for each kind.

    words: the most that any spelling of a name gets from of_words. context: the sum of of_context over `seen` places.
    inside: how many of all places are inside a sentence. several: whether the name has several words.
    """

    def share(vote: str) -> float:
        return context.get(vote, 0) / (seen + 1)

    score = {kind: words.get(kind, 0) + min(_SHARE, _SHARE * share(kind)) for kind in KINDS}
    score[OTHER] += _NOTHING + 3 * share("a")
    score[COMPANY] += 1.5 * share("owns") + 0.4 * (inside > 2)
    if several:
        score[PERSON] += 0.3
        score[COMPANY] += 0.6 * (share("the") > 0.4)
    else:
        score[COMPANY] += share("the") > 0.3  # the Fed, the Senate
    return score
