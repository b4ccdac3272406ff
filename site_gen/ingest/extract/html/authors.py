"""Who wrote a page: names out of JSON-LD, bylines, marked elements, meta tags and links to profiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from site_gen.core.text import one_line, words
from site_gen.ingest.extract import outlet
from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import PageMetadata

_MOST = 8
_LONGEST = 60  # characters of a name
_NOT_A_NAME = re.compile(
    r"^(?:https?:|www\.|@)|[/\\<>{}=]|\.(?:com|org|net|io|co)\b"
    r"|^(?:the\s+)?(?:admin|administrator|editor(?:ial)?(?:\s+(?:team|staff|board))?|staff(?:\s+(?:writer|reporter))?)\s*$"
    r"|\b(?:webmaster|no author|redaktion|guest|author|authors|username|anonymous|作者|published|read more|share"
    r"|min(?:utes?)?(?: read)?|admin)\s*$",
    re.IGNORECASE,
)
# Words that stand in no name: what buttons, labels and sentences around a byline say.
_NEVER = frozenset({
    "about", "ago", "and", "are", "at", "bio", "checked", "comment", "comments", "contact", "edited",
    "email", "fact", "follow", "for", "from", "has", "have", "in", "is", "last", "log", "minute", "minutes",
    "more", "newsletter", "of", "our", "post", "posted", "posts", "profile", "published", "read",
    "reviewed", "share", "sign", "subscribe", "that", "the", "their", "this", "update", "updated", "view",
    "views", "was", "we", "website", "with", "written", "you", "your",
})  # fmt: skip
_PARTICLES = frozenset({"de", "van", "von", "al", "el", "da", "di", "du", "la", "le", "ten", "ter", "bell"})
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE_TAIL = re.compile(
    rf"\s*[,|•·–—-]?\s*(?:\bon\s+)?\b(?:{_MONTH}\b\.?\s*\d.*|(?:19|20)\d\d.*"
    rf"|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*)|\d{{1,2}}[./ :].*|\d{{1,2}}\s+{_MONTH}\b.*)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s*(?:[,|•–-]\s*)?\b(?:(?:senior|staff|chief|deputy|associate|managing|contributing|trending|political|science"
    r"|technology|business|foreign)\s+)*(?:editor|reporter|correspondent|columnist|contributor|writer|journalist"
    r"|producer)\b.*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:(?:(?:article|blog|story|post|recipe|guest post|column|analysis|opinion|review|text|words|written"
    r"|posted|published|reported|authored|created|submitted|started|contributed|compiled|researched|recipe)\s+)?by"
    r"|von|par|por|autore?|auteur|di|door|av|af"
    r"|author|authors|writer|texte? (?:par|von)|escrito por|geschrieben von|rédigé par|autor|автор"
    r"|作者|文|撰文|記者|记者)(?:\b|(?<=[作者文記记]))[:：\s]*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:;|\||•|·|\band\b|&|\bund\b|\bet\b|\by\b|\be\b|\n)\s*")
_INITIALS = re.compile(r"(?:\b[A-Z]\.[A-Z]|\b(?:Jr|Sr|Ph\.D))$")  # a full stop belongs behind it
_WHEN = re.compile(
    rf"^\W*(?:(?:on|am|le|el)\s+)?(?:{_MONTH}\b\.?\s*\d|\d{{1,2}}\.?\s+{_MONTH}\b|\d{{1,4}}[./-]\d{{1,2}}[./-]\d|\d+\s*min\b)",
    re.IGNORECASE,
)
_AFTER = 40  # texts behind the title that are looked at; those before it come after them
_PROSE = 150  # characters; a longer text is no byline: the article has begun


def people(text: str) -> list[str]:
    """The names in a byline, without roles, dates and what is no name."""
    found: list[str] = []
    text = re.sub(r"\s+(?:updated|published|posted|edited|reviewed)\b.*$", "", one_line(text), flags=re.IGNORECASE)
    for part in _BETWEEN.split(text):
        for piece in _comma_parts(part):
            name = _name(piece)
            if name and name.casefold() not in [other.casefold() for other in found]:
                found.append(name)
    return found


def _comma_parts(text: str) -> list[str]:
    """`Ann Lee, Bo Ray` is two; `Ann Lee, Ph.D.` and `Lee, Ann` are one."""
    parts = [part.strip() for part in re.split(r"[,、，]", text) if part.strip()]
    many = len(parts) > 1 and all(len(_BY.sub("", part).split()) >= 2 and part[:1].isupper() for part in parts)
    return [part for part in parts if part == parts[0] or not _ROLE.search(part)] if many else [text]


def _name(text: str) -> str | None:
    name = _DATE_TAIL.sub("", _BY.sub("", one_line(text).strip(" ,.:-–—•·")))
    bare = _ROLE.sub("", name).strip(" ,.:-–—•")
    name = bare if len(bare.split()) >= 2 else name.strip(" ,.:-–—•")
    if f"{name}." in text and _INITIALS.search(name):
        name += "."
    if not 2 <= len(name) <= _LONGEST or _NOT_A_NAME.search(name) or re.search(r"\d{2,}", name):
        return None
    row = words(name)
    if not row or len(row) > 7 or (len(row) > 1 and _NEVER.intersection(row[:-1])) or row[0] in _NEVER:
        return None
    return name


def choose(
    page: PageMetadata, known: set[str], near: Sequence[tuple[str, HtmlElement]]
) -> tuple[tuple[str, ...], str | None]:
    """The authors, and why they may be wrong. `near` are the texts around the title (`signals.after`).

    The first source with a person wins; an outlet is an author only where nobody else is.
    """
    outlets: tuple[str, ...] = ()
    for source, doubt in _sources(page, near):
        if outlets and doubt:  # better the outlet for certain than a guess
            break
        names = tuple(dict.fromkeys(name for text in source for name in people(text)))
        persons = tuple(name for name in names if not outlet.is_outlet(name, known))
        if persons:
            return persons[:_MOST], doubt
        outlets = outlets or names[:1]
    return outlets, None


def _sources(page: PageMetadata, near: Sequence[tuple[str, HtmlElement]]) -> Iterator[tuple[Iterable[str], str | None]]:
    yield _linked(page), None
    yield _labelled(page), None
    yield _declared(page), None
    yield _bylines(near), None
    yield _close(page.author_elements, near[:_AFTER]), None
    yield _close(page.author_links, near[:_AFTER]), None
    yield _before_date(near), "only from its place beside a date"
    yield _bylines(page.byline_texts), "only from a line far from the title"
    yield _first_marked(page), "only from an element's name"
    yield _by_links(page), "only from a link to a profile"


def _linked(page: PageMetadata) -> list[str]:
    """JSON-LD's authors: of the first article that names some; persons before organizations."""
    for record in filter(json_ld_parser.is_article, page.json_ld):
        value = json_ld_parser.resolve_references(record.get("author") or record.get("creator"), page.json_ld)
        everyone = value if isinstance(value, list) else [value]
        nobody = [
            v for v in everyone if isinstance(v, dict) and {"Organization", "WebSite"} & set(json_ld_parser.types_of(v))
        ]
        found = json_ld_parser.names_in([v for v in everyone if v not in nobody]) or json_ld_parser.names_in(value)
        if found:
            return [name for name in found if not name.startswith("http")]
    return []


def _declared(page: PageMetadata) -> list[str]:
    keys = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "citation_author",
            "byl", "og:author", "og:article:author", "dcterms.creator")  # fmt: skip
    for key in keys:
        values = [v for v in page.meta.get(key, []) if people(v)]
        if values:
            return values[:_MOST]
    return []


def _labelled(page: PageMetadata) -> list[str]:
    """Twitter's cards tell two facts with labels: `Written by`, and how long it takes to read."""
    for number in "12":
        if _BY.match(page.first_meta(f"twitter:label{number}") or "") and (
            value := page.first_meta(f"twitter:data{number}")
        ):
            return [value]
    return []


def _bylines(near: Sequence[tuple[str, HtmlElement]]) -> list[str]:
    """`By Ann Lee`, in one text or, where the name is a link, in those that follow it."""
    prose = 0
    for index, (text, _) in enumerate(near):
        prose += len(text) > _PROSE
        if prose > 1:
            break
        match = _BY.match(text)
        if not match or len(text) > 120:
            continue
        rest = text[match.end() :].strip(" :")
        if rest:
            if people(rest) and (rest[:1].isupper() or not rest[:1].isascii()):
                return [rest, *_following(near[index + 1 :], rest)]
            continue
        first = near[index + 1][0] if index + 1 < len(near) else ""
        if people(first) and len(first) <= _LONGEST:
            return [first, *_following(near[index + 2 :], first)]
    return []


def _following(near: Sequence[tuple[str, HtmlElement]], so_far: str) -> list[str]:
    """The further names of a byline that goes on: `A`, `and`, `B`, or `A`, `,`, `B`."""
    found: list[str] = []
    joined = so_far.rstrip().endswith((",", "&", " and"))
    for text, _ in near[:10]:
        if text in {",", "&", "and", ", and", "und", "et", "y", "e", "/"}:
            joined = True
        elif joined and _is_full_name(text):
            found.append(text)
            joined = text.endswith(",")
        else:
            break
    return found


def _close(elements: Sequence[HtmlElement], near: Sequence[tuple[str, HtmlElement]]) -> list[str]:
    """The texts of those elements that stand around the title; the innermost, none twice."""
    around = {element for _, element in near}
    around |= {up for element in around for up in (element.getparent(),) if up is not None}
    found = [text_of(element) for element in elements if element in around]
    return [text for text in found if 2 <= len(text) <= 100 and people(text)][:_MOST]


def _before_date(near: Sequence[tuple[str, HtmlElement]]) -> list[str]:
    """A name that stands alone right below the title, with a date or a reading time behind it."""
    prose = 0
    for index, (text, _) in enumerate(near[:8]):
        prose += len(text) > _PROSE
        if prose > 1:
            break
        names = [part.strip() for part in text.split(",")]
        if all(map(_is_full_name, names)) and any(_WHEN.search(t) for t, _ in near[index + 1 : index + 4]):
            return names
    return []


def _first_marked(page: PageMetadata) -> list[str]:
    for element in page.author_elements:
        text = text_of(element)
        if 4 <= len(text) <= 80 and any(map(_is_full_name, people(text))):
            return [text]
    return []


def _by_links(page: PageMetadata) -> list[str]:
    """The first link to a profile whose text is the name that its address has."""
    for element in page.author_links:
        text = text_of(element)
        path = unquote(urlsplit(element.get("href") or "").path).rstrip("/").rpartition("/")[2]
        if _is_full_name(text) and set(words(text)) & set(words(re.sub(r"[-_.@+]", " ", path))):
            return [text]
    return []


def _is_full_name(text: str) -> bool:
    """Whether a text is nothing but a name in two to four words, each with a capital where there are any."""
    row = text.split()
    return (
        2 <= len(row) <= 4
        and len(text) <= _LONGEST
        and all(w[:1].isupper() or w.casefold() in _PARTICLES or not w[:1].isascii() for w in row)
        and people(text) == [text]
    )
