"""Who wrote a page: names in JSON-LD, bylines, marked elements, meta tags and links to profiles."""

from __future__ import annotations

import importlib.resources
import itertools
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from site_gen.core.text import one_line, words
from site_gen.ingest.extract import outlet
from site_gen.ingest.extract.byline_labels import BYLINE_START, LATER_BYLINE_START, name_before_role
from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import INLINE, raw_texts, text_of, texts_after
from site_gen.ingest.extract.written_dates import find_written_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.element_text import NearbyTexts, PlacedText
    from site_gen.ingest.extract.html.metadata import PageMetadata
    from site_gen.ingest.extract.html.page_kind import PageKind

_MAX_AUTHORS = 8
_DECLARED_SOURCES = 4  # of `_sources`: JSON-LD, microdata and meta tags
_MAX_LENGTH = 60  # characters of a name
_NOT_A_NAME = re.compile(
    r"^(?:photo|foto|photograph|picture|image|bild|illustration|credit)[a-z]{0,4}\b(?:\s*:|\s+(?:by|von|par|di|de)\b)"
    r"|^(?:https?:|www\.)|[/\\<>{}=@#●]|\.(?:com|org|net|io|co)\b"
    r"|^(?:the\s+)?(?:admin|administrator|editor(?:ial)?(?:\s+(?:team|staff|board))?|staff(?:\s+(?:writer|reporter))?)\s*$"
    r"|,?\s(?:inc|ltd|llc|gmbh)\.?\s*$"
    r"|\b(?:webmaster|no author|redaktion|guest|author|authors|username|anonymous|作者|published|read more|share"
    r"|min(?:utes?)?(?: read)?|admin)\s*$",
    re.IGNORECASE,
)
# A group that signs together; of one word it says nothing.
_COLLECTIVE = re.compile(
    r"(?:[\w&'’.-]+ ){1,4}(?:team|editors|staff|desk|newsroom|contributors?|writers)|Team(?: [\w-]+){1,3}",
    re.IGNORECASE,
)
# Words that stand in no name: what buttons, labels and sentences around a byline say.
_NON_NAME_WORDS = frozenset(
    importlib.resources.files(__package__).joinpath("non_name_words.txt").read_text(encoding="utf-8").split()
)
# Words that make no author's name by themselves: roles, sections, labels of forms, embeds, agencies.
_NON_AUTHOR_WORDS = frozenset(
    importlib.resources.files(__package__).joinpath("non_author_words.txt").read_text(encoding="utf-8").split()
)
# Common given names, in small letters.
_GIVEN_NAMES = frozenset(
    importlib.resources.files(__package__).joinpath("given_names.txt").read_text(encoding="utf-8").split()
)
# What stands behind a name in two words and more: for whom it was written, an agency or place, an account.
_OUTLET_TAIL = re.compile(
    r"(?:(?<!\s),)?(?<!\s)\s(?:(?i:special to|exclusively for|for|für|pour|para)\s(?:the\s)?(?=[^\W\d_a-z])(?s:.*)"
    r"|\([^()]*\)$|@\w(?s:.*))"
)
# What stands right behind a name or is glued to it.
_LABEL_TAIL = re.compile(
    r"(?:(?<=[a-z])|(?<=\s))(?:CEO|CTO|CFO|COO|Twitter|Facebook|Instagram|LinkedIn|YouTube|Email)$|(?<!\s)\s+in$"
    r"|(?<=[a-z])(?:Chief|Senior|Founder|Editor|Writer|Reporter|Contributor|Staff|President|Director|Head)\b(?s:.*)"
)
# Parts of names that may be lower-case.
_PARTICLES = frozenset({"de", "van", "von", "al", "el", "da", "di", "du", "la", "le", "ten", "ter", "bell"})
# Words within names of organizations that may be lower-case.
_SMALL_WORDS = frozenset({"of", "for", "the", "and", "in", "at", "de", "la", "für", "der", "des", "du", "pour"})
_BAR = re.compile(r"\s[|•·–—]\s")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
# A date behind a name, and all that follows it.
_DATE_TAIL = re.compile(
    rf"(?:(?<!\s)\s++)?(?:[,|•·–—-]\s*+)?(?:\b(?:on|am|le|el|il|em|den|op)\s+)?\b(?:{_MONTH}\b\.?\s*\d.*|(?:19|20)\d\d.*"
    rf"|(?<=\W)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*)|\d{{1,2}}[./ :].*|\d{{1,2}}\s+{_MONTH}\b.*)",
    re.IGNORECASE | re.DOTALL,
)
# A role behind a name, and all that follows it.
_ROLE = re.compile(
    r"(?:(?<!\s)\s++)?(?:[,|•–-]\s*+)?\b(?:(?:senior|staff|chief|deputy|associate|managing|contributing|trending|political|science"
    r"|technology|business|foreign)\s+){0,6}(?:editor|reporter|correspondent|columnist|contributor|writer|journalist"
    r"|producer)\b.*",
    re.IGNORECASE | re.DOTALL,
)
# Given names that are also words for “by”: before a single word they are a part of the name.
_GIVEN_NAME = re.compile(r"(?:Di|Par|Von|Door|Av|Af|Por|Per)\s+\S+$")
_DAY_OR_MONTH = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october"
    r"|november|december)",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(
    r"(?:(?<!\s)\s+)?(?:;|\||•|·|(?<=\s)/(?=\s)|／|(?<=\s)\+(?=\s)|\band\b|\bAND\b|&|\bund\b|\bet\b)\s*"
)
# Between the two halves of a Spanish or Portuguese surname, too: there only one word follows.
_BETWEEN_FULL_NAMES = re.compile(r"(?<=\w)\s+(?:[ye]|with|mit|avec)\s+(?=\w+\s+\w)")
_SENTENCE_ON = re.compile(r"([^\n,]{2,60}?),? (?:is|was|has|ist|est|es|è|é) ")  # a person
_AUTHOR_HEADING = re.compile(
    r"^\W{0,5}(?:(?:(?:about|meet) )?the authors?|about author|authors?|written by"
    r"|(?:über|zu) (?:den|die|der) autor(?:in)?"
    r"|(?:à propos de|sur) l['’]auteure?|sobre (?:el|la|o|a) autora?|l['’]autore|over de auteur)\W{0,5}$",
    re.IGNORECASE,
)
_DATED_BY = re.compile(r".{0,30}\b(?:19|20)\d\d\b.{0,12}\b(?:by|von|par|por)\s+(?=[^\W\d_a-z])")  # a day, then a byline
_INITIALS = re.compile(r"(?:\b[A-Z]\.[A-Z]|\b(?:Jr|Sr|Ph\.D))$")  # a full stop belongs behind it
_DATE_OR_READING_TIME = re.compile(
    rf"^\W*(?:(?:on|am|le|el)\s+)?(?:{_MONTH}\b\.?\s*\d|\d{{1,2}}\.?\s+{_MONTH}\b|\d{{1,4}}[./-]\d{{1,2}}[./-]\d|\d+\s*min\b)",
    re.IGNORECASE,
)
# Classes of elements that tell something of an author but the name, and of the name.
_ABOUT_AUTHOR = re.compile(r"(?:desc(?:ription)?|bio|title|role|position|job|date)(?![a-z])", re.IGNORECASE)
_AUTHOR_NAME = re.compile(r"(?:author|byline|creator|writer)[\w-]{0,40}[-_]name(?![a-z])", re.IGNORECASE)
# Classes and ids of readers' comments, and elements whose class tells only that a page takes some.
_COMMENTS = re.compile(r"(?:[a-z]+[-_])?comment(?!s?-(?:open|closed|count))|disqus|respond$")
_NEVER_COMMENTS = frozenset({"html", "body", "main", "article"})
_REPLY = re.compile("Comment|Answer|Review$|Rating")  # types of microdata
_REPLY_PROPERTIES = frozenset({"comment", "suggestedAnswer", "acceptedAnswer", "review", "reviews"})
_TOPIC_TYPES = frozenset({"Question", "DiscussionForumPosting"})
_OPENED_BY = re.compile(r"(?:^thread starter|\bstarted by|^asked by|^posted by)\W*$", re.IGNORECASE)
_SAID_OF_OPENER = frozenset({"discussion starter", "thread starter", "original poster", "topic author"})
_USER_NAME = re.compile(r"(?=.*[^\W\d])[\w.'’-]{1,40}(?: [\w.'’-]{1,40}){0,3}")
_BYLINE_TEXTS = 8  # behind the title, that may hold a byline
_TEXTS_AFTER_TITLE = 40  # that are looked at; in a list of nearby texts those before the title come after them
_MAX_TEXTS = 5000  # of a page that are looked through
_MAX_TEXT_LENGTH = 400  # characters of each
_PROSE_LENGTH = 150  # characters; a longer text is no byline: the article has begun


def parse_names(text: str, *, is_declared: bool = False) -> list[str]:
    """Return the names in a byline, without roles, dates and what is not a name.

    is_declared: whether the text is given as an author's name, so that `Read Montgomery` is one.
    """
    names: list[str] = []
    text = re.sub(r"\s(?:updated|published|posted|edited|reviewed)\b.*", "", one_line(text), flags=re.IGNORECASE)
    first_name = BYLINE_START.sub("", text)
    if _has_given_name(first_name) and len(_OUTLET_TAIL.sub("", first_name).split()) > 1:
        text = _OUTLET_TAIL.sub("", text)
    for part in _BETWEEN_NAMES.split(text):
        for piece in _split_commas(part):
            for full_name in _split_full_names(piece):
                name = _parse_name(full_name, is_declared=is_declared)
                if name and name.casefold() not in [earlier.casefold() for earlier in names]:
                    names.append(name)
    return names


def _split_full_names(text: str) -> list[str]:
    """Split at a Spanish or Portuguese “and” between full names: `Ana Ruiz y Gil` is one, `Ana Ruiz y Eva Gil` two."""
    start, *rest = _BETWEEN_FULL_NAMES.split(text)
    return [start, *rest] if len(BYLINE_START.sub("", start).split()) > 1 and "(" not in start else [text]


def _split_commas(text: str) -> list[str]:
    """Split at the commas between names: `Ann Lee, Bo Ray` is two; `Ann Lee, Ph.D.` and `Lee, Ann` are one."""
    parts = [part.strip() for part in re.split(r"[,、，]", text) if part.strip()]
    parts = [part for part in parts if part == parts[0] or not _NON_AUTHOR_WORDS.issuperset(words(part))]
    text = ", ".join(parts)
    are_names = len(parts) > 1 and all(
        len(BYLINE_START.sub("", part).split()) >= 2 and part[:1].isupper() for part in parts
    )
    return [part for part in parts if part == parts[0] or not _ROLE.search(part)] if are_names else [text]


def _parse_name(text: str, *, is_declared: bool) -> str | None:
    """Return the name in a text that holds at most one; None where it holds none."""
    text = one_line(text)
    name = (name_before_role(text) or text).strip(" ,.:-–—•·*")
    if not _GIVEN_NAME.match(name):
        name = BYLINE_START.sub("", name)
    name = _DATE_TAIL.sub("", name)
    for tail in (_ROLE, _LABEL_TAIL):
        without_tail = tail.sub("", name).strip(" ,.:-–—•")
        if tail is _ROLE and without_tail != name and len(without_tail.split()) == 1 and not is_declared:
            return None  # `Culture Writer`
        name = without_tail if len(without_tail.split()) >= 2 else name.strip(" ,.:-–—•")
    if f"{name}." in text and _INITIALS.search(name):
        name += "."
    is_day = not is_declared and _DAY_OR_MONTH.fullmatch(name)
    if is_day or not 2 <= len(name) <= _MAX_LENGTH or _NOT_A_NAME.search(name) or re.search(r"\d{2,}", name):
        return None
    name_words = words(name)
    if not name_words or len(name_words) > 7 or _NON_AUTHOR_WORDS.issuperset(name_words):
        return None
    if (is_declared and _is_capitalized(name)) or _COLLECTIVE.fullmatch(name):
        return name
    has_other_words = name_words[0] in _NON_NAME_WORDS or _NON_NAME_WORDS.intersection(name_words[:-1])
    return None if has_other_words else name


def _is_capitalized(name: str) -> bool:
    """Whether a name has two to six words with capitals, small words within it aside: `Friends of the Harbour`."""
    parts = name.split()
    return 2 <= len(parts) <= 6 and all(
        part[:1].isupper() or (0 < at < len(parts) - 1 and part in _SMALL_WORDS) for at, part in enumerate(parts)
    )


def choose_authors(
    page: PageMetadata, outlet_keys: set[str], nearby_texts: NearbyTexts, kind: PageKind, opener: str = ""
) -> tuple[tuple[str, ...], str | None]:
    """Choose the authors; return them and why they may be wrong.

    The first source with a person wins; an outlet is an author only where nobody else is.

    outlet_keys: what the outlet may be called (`outlet.collect_outlet_keys`).
    kind: of the page. Of a discussion whoever began it is the author, under any name; where a shop, a list or a front
        page names people they are seldom its authors, so that none is guessed.
    opener: who wrote the first post of a forum, as its program shows the name.
    """
    is_forum = kind == "forum"
    if is_forum and (name := _opening_author(page, nearby_texts.nearest, opener)):
        return (name,), None
    outlets: tuple[str, ...] = ()
    for source_index, (texts, doubt) in enumerate(_sources(page, nearby_texts)):
        if doubt and (outlets or kind in {"product", "list", "front"}):  # better none or the outlet than a guess
            break
        is_declared = not doubt and source_index < _DECLARED_SOURCES
        names = tuple(
            dict.fromkeys(name for text in texts for name in _names_in(text, outlet_keys, is_declared=is_declared))
        )
        people = tuple(
            name for name in names if not outlet.is_outlet(name, outlet_keys) and not _COLLECTIVE.fullmatch(name)
        )
        if people:
            if is_declared and not is_forum:
                people = _people_shown(people, nearby_texts.nearest, outlet_keys)
            return people[: 1 if is_forum else _MAX_AUTHORS], doubt
        outlets = outlets or names[:1]
    return outlets, None


def _names_in(text: str, outlet_keys: set[str], *, is_declared: bool) -> list[str]:
    """Return the names in a text; of the outlet's name, itself: `Gull & Sons` is one."""
    return [text] if "&" in text and outlet.is_outlet(text, outlet_keys) else parse_names(text, is_declared=is_declared)


def _people_shown(
    declared: tuple[str, ...], nearby_texts: Sequence[PlacedText], outlet_keys: set[str]
) -> tuple[str, ...]:
    """Return the people of a byline below the title where it tells more than what is declared; else those declared.

    A site's program declares who entered the article, by the name of an account at times, or only the first author.
    """
    texts = _from_bylines(nearby_texts[:_BYLINE_TEXTS])
    names = dict.fromkeys(name for text in texts for name in parse_names(text) if _is_full_name(name))
    shown = tuple(name for name in names if not outlet.is_outlet(name, outlet_keys))
    tells_more = set(shown) > set(declared) or not set(shown) & set(declared)
    return shown if shown and tells_more else declared


def _sources(page: PageMetadata, nearby: NearbyTexts) -> Iterator[tuple[Iterable[str], str | None]]:
    """Yield the texts that may hold the authors' names, source by source, the best first, each with its doubt."""
    nearby_texts = nearby.nearest
    yield _from_json_ld(page), None
    yield _from_twitter_card(page), None
    yield _from_microdata(page), None
    yield _from_meta_tags(page), None
    yield _from_bylines(nearby_texts), None
    yield _from_bylines(nearby.before[:6][::-1]), None
    yield _texts_around_title(page.author_elements, nearby_texts[:_TEXTS_AFTER_TITLE]), None
    yield _texts_around_title(page.author_links, nearby_texts[:_TEXTS_AFTER_TITLE]), None
    yield _names_before_date(nearby_texts), "only from its place beside a date"
    yield _from_bylines(page.byline_texts), "only from a line far from the title"
    yield _names_alone(nearby), "only from its place near the title"
    yield _from_biographies(nearby_texts), "only from what is said about the author"
    yield _from_author_boxes(page), "only from a box about the author"
    yield _from_author_elements(page), "only from an element's name"
    yield _from_profile_links(page), "only from a link to a profile"


def _opening_author(page: PageMetadata, nearby_texts: Sequence[PlacedText], opener: str) -> str | None:
    """Return who began a discussion, by the marks that forums' programs leave; None where there are none."""
    topics = [item for item in page.json_ld if _TOPIC_TYPES.intersection(json_ld_parser.types_of(item))]
    names = [name for item in topics for name in json_ld_parser.names_in(item.get("author"))]
    names.append(opener)
    pairs = list(itertools.pairwise(text for text, _ in nearby_texts[:12]))
    names += [following for text, following in pairs if _OPENED_BY.search(text)]
    names += [text for text, following in pairs if following.casefold() in _SAID_OF_OPENER]
    names += _from_microdata(page)[:1]
    names += page.post_authors[:1]
    names += [text for text, following in pairs if " " not in text and _DATE_OR_READING_TIME.search(following)]
    return next((name for name in names if _USER_NAME.fullmatch(name) or (name and name == opener)), None)


def _from_json_ld(page: PageMetadata) -> list[str]:
    """Return JSON-LD's authors: of the first article that names some; persons before organizations."""
    for item in filter(json_ld_parser.is_article, page.json_ld):
        value = json_ld_parser.resolve_references(item.get("author") or item.get("creator"), page.json_ld)
        authors = value if isinstance(value, list) else [value]
        organizations = [
            author
            for author in authors
            if isinstance(author, dict)
            and {"Organization", "NewsMediaOrganization", "WebSite"} & set(json_ld_parser.types_of(author))
        ]
        names = json_ld_parser.names_in(
            [author for author in authors if author not in organizations]
        ) or json_ld_parser.names_in(value)
        if names:
            return [name for name in names if not name.startswith("http")]
    return []


def _from_microdata(page: PageMetadata) -> list[str]:
    """Return microdata's authors: of the first item that names some, and is neither a comment nor an answer."""
    names: list[str] = []
    first_item = None
    for element in page.author_properties:
        item = next((ancestor for ancestor in element.iterancestors() if ancestor.get("itemscope") is not None), None)
        if item is None or _REPLY.search(item.get("itemtype") or "") or item.get("itemprop") in _REPLY_PROPERTIES:
            continue
        named = next(iter(element.xpath("(self::*[not(@itemscope)] | .//*[@itemprop='name'])[last()]")), element)
        name = one_line(named.get("content") or "") or text_of(named)
        if name and first_item in {None, item}:
            first_item = item
            names.append(name)
    return names


def _from_meta_tags(page: PageMetadata) -> list[str]:
    names = ("author", "authors", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dc:creator",
             "citation_author", "byl", "og:author", "og:article:author", "dcterms.creator")  # fmt: skip
    for name in names:
        values = [value for value in page.meta.get(name, []) if parse_names(value, is_declared=True)]
        if values:
            return values[:_MAX_AUTHORS]
    return []


def _from_twitter_card(page: PageMetadata) -> list[str]:
    """Return the author of a Twitter card, which has two facts with labels: `Written by`, and the reading time."""
    for number in "12":
        value = page.first_meta(f"twitter:data{number}")
        if value and BYLINE_START.match(page.first_meta(f"twitter:label{number}") or ""):
            return [value]
    return []


def _from_bylines(texts: Sequence[PlacedText]) -> list[str]:
    """Return the names of `By Ann Lee`, in one text or, where the name is a link, in those that follow it."""
    paragraphs = 0
    for index, (text, _) in enumerate(texts):
        paragraphs += len(text) > _PROSE_LENGTH
        if paragraphs > 1:
            break
        if name := name_before_role(text[:_MAX_LENGTH]):
            return [name]
        match = BYLINE_START.match(text) or _DATED_BY.match(text) or LATER_BYLINE_START.match(text)
        if not match or len(text) > 120:
            continue
        rest = text[match.end() :].strip(" :")
        if rest:
            if parse_names(rest) and (rest[:1].isupper() or not rest[:1].isascii()):
                return [rest, *_further_names(texts[index + 1 :], rest)]
            continue
        following = texts[index + 1][0] if index + 1 < len(texts) else ""
        if parse_names(following) and len(following) <= _MAX_LENGTH:
            return [following, *_further_names(texts[index + 2 :], following)]
    return []


def _further_names(texts: Sequence[PlacedText], byline: str) -> list[str]:
    """Return the further names of a byline that goes on in the next texts: `A`, `and`, `B`, or `A`, `,`, `B`."""
    names: list[str] = []
    goes_on = byline.rstrip().endswith((",", "&", " and"))
    for text, _ in texts[:10]:
        if text in {",", "&", "and", ", and", "und", "et", "y", "e", "/"}:
            goes_on = True
        elif goes_on and _is_full_name(text):
            names.append(text)
            goes_on = text.endswith(",")
        else:
            break
    return names


def _texts_around_title(elements: Sequence[HtmlElement], nearby_texts: Sequence[PlacedText]) -> list[str]:
    """Return the texts with a name of those elements that stand around the title."""
    nearby_elements = {element for _, element in nearby_texts}
    nearby_elements |= {
        parent for element in nearby_elements for parent in (element.getparent(),) if parent is not None
    }
    texts = [text_of(element) for element in elements if element in nearby_elements and not _is_in_comments(element)]
    texts = [text for text in dict.fromkeys(texts) if 2 <= len(text) <= 100 and parse_names(text)]
    full_names = [text for text in texts if _is_full_name(text)]
    # An element around that of a name holds a role or a link, too.
    return [text for text in texts if text in full_names or not any(name in text for name in full_names)][:_MAX_AUTHORS]


def _is_in_comments(element: HtmlElement) -> bool:
    """Whether an element stands among readers' comments."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag not in _NEVER_COMMENTS:
            tokens = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}".casefold().split()
            if any(_COMMENTS.match(token) for token in tokens):
                return True
    return False


def _names_before_date(nearby_texts: Sequence[PlacedText]) -> list[str]:
    """Return names that stand alone right below the title, with a date or a reading time behind them.

    What the page writes with small letters elsewhere is no name, unless it begins with a common given name.
    """
    lower_case_words = _lower_case_words(nearby_texts)
    paragraphs = 0
    for index, (text, _) in enumerate(nearby_texts[:8]):
        paragraphs += len(text) > _PROSE_LENGTH
        if paragraphs > 1:
            break
        if text.endswith(" in") and _is_full_name(text[:-3]):  # in a collection, as on Medium
            return [text[:-3]]
        name, *rest = _BAR.split(text, maxsplit=1)
        if rest and _is_date(rest[0]) and _is_full_name(name) and _has_given_name(name):
            return [name]
        names = [part.strip() for part in text.split(",") if not _NON_AUTHOR_WORDS.issuperset(words(part))]
        following = nearby_texts[index + 1 : index + 4]
        if (
            ((names and all(map(_is_full_name, names))) or (text.istitle() and text.casefold() in _GIVEN_NAMES))
            and any(_is_date(below) for below, _ in following)
            and (_has_given_name(text) or _COLLECTIVE.fullmatch(text) or lower_case_words.isdisjoint(words(text)))
        ):
            return names
    return []


def _is_date(text: str) -> bool:
    """Whether a text begins with a date or a reading time, or is a short one with the name of a month."""
    return bool(_DATE_OR_READING_TIME.search(text)) or (len(text) <= 40 and find_written_date(text, None) is not None)


def _has_given_name(name: str) -> bool:
    """Whether a name begins with a common given name."""
    return name.partition(" ")[0].casefold() in _GIVEN_NAMES


def _lower_case_words(texts: Sequence[PlacedText]) -> set[str]:
    return {word for text, _ in texts for word in text.split() if word.islower()}


def _names_alone(nearby: NearbyTexts) -> list[str]:
    """Return the first person's name that stands alone in its element right below or above the title."""
    lower_case_words = _lower_case_words(nearby.nearest)
    for text, element in (*nearby.after[:6], *nearby.before[:3]):
        if len(text) > _PROSE_LENGTH:
            break
        if (
            _is_full_name(text)
            and _has_given_name(text)
            and lower_case_words.isdisjoint(words(text)[1:])
            and not _is_within_sentence(element)
        ):
            return [text]
    return []


def _is_within_sentence(element: HtmlElement) -> bool:
    """Whether an element stands in a longer text."""
    block = next((part for part in (element, *element.iterancestors()) if part.tag not in INLINE), element)
    return len(text_of(block)) > 80


def _from_author_boxes(page: PageMetadata) -> list[str]:
    """Return the name below a heading such as “About the author”: alone, or at the beginning of a sentence."""
    for heading in page.headings:
        for text, _ in texts_after(heading.element, 3) if _AUTHOR_HEADING.match(heading.text) else ():
            match = _SENTENCE_ON.match(text)
            name = match[1] if match else text
            if _is_full_name(name):
                return [name]
    return []


def _from_biographies(nearby_texts: Sequence[PlacedText]) -> list[str]:
    """Return the one name on the page that stands alone, above a text that begins with it: `Ann Lee is a writer`."""
    if not nearby_texts:
        return []
    body = nearby_texts[0][1].getroottree().getroot()
    names = set()
    name = ""  # the text before, where it may be one
    for text in itertools.islice(_own_lines(body), _MAX_TEXTS):
        if name:
            sentence = _SENTENCE_ON.match(one_line(text))
            if sentence and sentence[1] in {name, name.partition(" ")[0]} and _is_full_name(name):
                names.add(name)
        name = one_line(text) if _has_given_name(text.split(None, 1)[0]) else ""
    return list(names) if len(names) == 1 else []


def _own_lines(element: HtmlElement) -> Iterator[str]:
    """Yield the beginnings of the texts in an element, in reading order; not all on one line, which takes time."""
    for raw, _ in raw_texts(element):
        text = raw[:_MAX_TEXT_LENGTH]
        if not text.isascii():
            text = one_line(text)
        if text and not text.isspace():
            yield text


def _from_author_elements(page: PageMetadata) -> list[str]:
    for element in page.author_elements:
        text = text_of(element)
        if _is_in_comments(element) or _ABOUT_AUTHOR.search(element.get("class") or ""):
            continue
        if 4 <= len(text) <= 80 and any(map(_is_full_name, parse_names(text))):
            return [text]
    named = {
        text_of(element): element for element in page.author_elements if _AUTHOR_NAME.search(element.get("class") or "")
    }
    named = {text: element for text, element in named.items() if text and not _is_in_comments(element)}
    return list(named) if len(named) == 1 and len(next(iter(named)).split()) <= 4 else []


def _from_profile_links(page: PageMetadata) -> list[str]:
    """Return the text of the first link to a profile that shares a word with its address."""
    for element in page.author_links:
        text = text_of(element)
        path = unquote(urlsplit(element.get("href") or "").path).rstrip("/").rpartition("/")[2]
        if (
            _is_full_name(text)
            and not _is_in_comments(element)
            and set(words(text)) & set(words(re.sub(r"[-_.@+]", " ", path)))
        ):
            return [text]
    return []


def _is_full_name(text: str) -> bool:
    """Whether a text is nothing but a name in two to four words, each with a capital where there are any."""
    parts = text.split()
    return (
        2 <= len(parts) <= 4
        and len(text) <= _MAX_LENGTH
        and all(part[:1].isupper() or part.casefold() in _PARTICLES or not part[:1].isascii() for part in parts)
        and parse_names(text) == [text]
    )
