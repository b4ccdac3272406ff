"""Who wrote a page: names in JSON-LD, bylines, marked elements, meta tags and links to profiles."""

from __future__ import annotations

import importlib.resources
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

    from site_gen.ingest.extract.html.element_text import PlacedText
    from site_gen.ingest.extract.html.metadata import PageMetadata

_MAX_AUTHORS = 8
_MAX_LENGTH = 60  # characters of a name
_NOT_A_NAME = re.compile(
    r"^(?:https?:|www\.|@)|[/\\<>{}=]|\.(?:com|org|net|io|co)\b"
    r"|^(?:the\s+)?(?:admin|administrator|editor(?:ial)?(?:\s+(?:team|staff|board))?|staff(?:\s+(?:writer|reporter))?)\s*$"
    r"|\b(?:webmaster|no author|redaktion|guest|author|authors|username|anonymous|作者|published|read more|share"
    r"|min(?:utes?)?(?: read)?|admin)\s*$",
    re.IGNORECASE,
)
# Words that stand in no name: what buttons, labels and sentences around a byline say.
_NON_NAME_WORDS = frozenset(
    importlib.resources.files(__package__).joinpath("non_name_words.txt").read_text(encoding="utf-8").split()
)
# Parts of names that may be lower-case.
_PARTICLES = frozenset({"de", "van", "von", "al", "el", "da", "di", "du", "la", "le", "ten", "ter", "bell"})
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
# A date behind a name, and all that follows it.
_DATE_TAIL = re.compile(
    rf"\s*[,|•·–—-]?\s*(?:\bon\s+)?\b(?:{_MONTH}\b\.?\s*\d.*|(?:19|20)\d\d.*"
    rf"|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*)|\d{{1,2}}[./ :].*|\d{{1,2}}\s+{_MONTH}\b.*)$",
    re.IGNORECASE,
)
# A role behind a name, and all that follows it.
_ROLE = re.compile(
    r"\s*(?:[,|•–-]\s*)?\b(?:(?:senior|staff|chief|deputy|associate|managing|contributing|trending|political|science"
    r"|technology|business|foreign)\s+)*(?:editor|reporter|correspondent|columnist|contributor|writer|journalist"
    r"|producer)\b.*$",
    re.IGNORECASE,
)
# What a byline begins with, up to the name.
_BY = re.compile(
    r"^(?:(?:(?:article|blog|story|post|recipe|guest post|column|analysis|opinion|review|text|words|written"
    r"|posted|published|reported|authored|created|submitted|started|contributed|compiled|researched|recipe)\s+)?by"
    r"|von|par|por|autore?|auteur|di|door|av|af"
    r"|author|authors|writer|texte? (?:par|von)|escrito por|geschrieben von|rédigé par|autor|автор"
    r"|作者|文|撰文|記者|记者)(?:\b|(?<=[作者文記记]))[:：\s]*",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:;|\||•|·|\band\b|&|\bund\b|\bet\b|\by\b|\be\b|\n)\s*")
_INITIALS = re.compile(r"(?:\b[A-Z]\.[A-Z]|\b(?:Jr|Sr|Ph\.D))$")  # a full stop belongs behind it
_DATE_OR_READING_TIME = re.compile(
    rf"^\W*(?:(?:on|am|le|el)\s+)?(?:{_MONTH}\b\.?\s*\d|\d{{1,2}}\.?\s+{_MONTH}\b|\d{{1,4}}[./-]\d{{1,2}}[./-]\d|\d+\s*min\b)",
    re.IGNORECASE,
)
_TEXTS_AFTER_TITLE = 40  # that are looked at; in a list of nearby texts those before the title come after them
_PROSE_LENGTH = 150  # characters; a longer text is no byline: the article has begun


def parse_names(text: str) -> list[str]:
    """Return the names in a byline, without roles, dates and what is not a name."""
    names: list[str] = []
    text = re.sub(r"\s+(?:updated|published|posted|edited|reviewed)\b.*$", "", one_line(text), flags=re.IGNORECASE)
    for part in _BETWEEN_NAMES.split(text):
        for piece in _split_commas(part):
            name = _parse_name(piece)
            if name and name.casefold() not in [earlier.casefold() for earlier in names]:
                names.append(name)
    return names


def _split_commas(text: str) -> list[str]:
    """Split at the commas between names: `Ann Lee, Bo Ray` is two; `Ann Lee, Ph.D.` and `Lee, Ann` are one."""
    parts = [part.strip() for part in re.split(r"[,、，]", text) if part.strip()]
    are_names = len(parts) > 1 and all(len(_BY.sub("", part).split()) >= 2 and part[:1].isupper() for part in parts)
    return [part for part in parts if part == parts[0] or not _ROLE.search(part)] if are_names else [text]


def _parse_name(text: str) -> str | None:
    """Return the name in a text that holds at most one; None where it holds none."""
    name = _DATE_TAIL.sub("", _BY.sub("", one_line(text).strip(" ,.:-–—•·")))
    without_role = _ROLE.sub("", name).strip(" ,.:-–—•")
    name = without_role if len(without_role.split()) >= 2 else name.strip(" ,.:-–—•")
    if f"{name}." in text and _INITIALS.search(name):
        name += "."
    if not 2 <= len(name) <= _MAX_LENGTH or _NOT_A_NAME.search(name) or re.search(r"\d{2,}", name):
        return None
    name_words = words(name)
    if not name_words or len(name_words) > 7 or name_words[0] in _NON_NAME_WORDS:
        return None
    if len(name_words) > 1 and _NON_NAME_WORDS.intersection(name_words[:-1]):
        return None
    return name


def choose_authors(
    page: PageMetadata, outlet_keys: set[str], nearby_texts: Sequence[PlacedText]
) -> tuple[tuple[str, ...], str | None]:
    """Choose the authors; return them and why they may be wrong.

    The first source with a person wins; an outlet is an author only where nobody else is.

    outlet_keys: what the outlet may be called (`outlet.collect_outlet_keys`).
    nearby_texts: the texts behind the title, then those before it.
    """
    outlets: tuple[str, ...] = ()
    for texts, doubt in _sources(page, nearby_texts):
        if outlets and doubt:  # better the outlet for certain than a guess
            break
        names = tuple(dict.fromkeys(name for text in texts for name in parse_names(text)))
        people = tuple(name for name in names if not outlet.is_outlet(name, outlet_keys))
        if people:
            return people[:_MAX_AUTHORS], doubt
        outlets = outlets or names[:1]
    return outlets, None


def _sources(page: PageMetadata, nearby_texts: Sequence[PlacedText]) -> Iterator[tuple[Iterable[str], str | None]]:
    """Yield the texts that may hold the authors' names, source by source, the best first, each with its doubt."""
    yield _from_json_ld(page), None
    yield _from_twitter_card(page), None
    yield _from_meta_tags(page), None
    yield _from_bylines(nearby_texts), None
    yield _texts_around_title(page.author_elements, nearby_texts[:_TEXTS_AFTER_TITLE]), None
    yield _texts_around_title(page.author_links, nearby_texts[:_TEXTS_AFTER_TITLE]), None
    yield _names_before_date(nearby_texts), "only from its place beside a date"
    yield _from_bylines(page.byline_texts), "only from a line far from the title"
    yield _from_author_elements(page), "only from an element's name"
    yield _from_profile_links(page), "only from a link to a profile"


def _from_json_ld(page: PageMetadata) -> list[str]:
    """Return JSON-LD's authors: of the first article that names some; persons before organizations."""
    for item in filter(json_ld_parser.is_article, page.json_ld):
        value = json_ld_parser.resolve_references(item.get("author") or item.get("creator"), page.json_ld)
        authors = value if isinstance(value, list) else [value]
        organizations = [
            author
            for author in authors
            if isinstance(author, dict) and {"Organization", "WebSite"} & set(json_ld_parser.types_of(author))
        ]
        names = json_ld_parser.names_in(
            [author for author in authors if author not in organizations]
        ) or json_ld_parser.names_in(value)
        if names:
            return [name for name in names if not name.startswith("http")]
    return []


def _from_meta_tags(page: PageMetadata) -> list[str]:
    names = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "citation_author",
             "byl", "og:author", "og:article:author", "dcterms.creator")  # fmt: skip
    for name in names:
        values = [value for value in page.meta.get(name, []) if parse_names(value)]
        if values:
            return values[:_MAX_AUTHORS]
    return []


def _from_twitter_card(page: PageMetadata) -> list[str]:
    """Return the author of a Twitter card, which has two facts with labels: `Written by`, and the reading time."""
    for number in "12":
        value = page.first_meta(f"twitter:data{number}")
        if value and _BY.match(page.first_meta(f"twitter:label{number}") or ""):
            return [value]
    return []


def _from_bylines(texts: Sequence[PlacedText]) -> list[str]:
    """Return the names of `By Ann Lee`, in one text or, where the name is a link, in those that follow it."""
    paragraphs = 0
    for index, (text, _) in enumerate(texts):
        paragraphs += len(text) > _PROSE_LENGTH
        if paragraphs > 1:
            break
        match = _BY.match(text)
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
    texts = [text_of(element) for element in elements if element in nearby_elements]
    return [text for text in texts if 2 <= len(text) <= 100 and parse_names(text)][:_MAX_AUTHORS]


def _names_before_date(nearby_texts: Sequence[PlacedText]) -> list[str]:
    """Return names that stand alone right below the title, with a date or a reading time behind them."""
    paragraphs = 0
    for index, (text, _) in enumerate(nearby_texts[:8]):
        paragraphs += len(text) > _PROSE_LENGTH
        if paragraphs > 1:
            break
        names = [part.strip() for part in text.split(",")]
        following = nearby_texts[index + 1 : index + 4]
        if all(map(_is_full_name, names)) and any(_DATE_OR_READING_TIME.search(below) for below, _ in following):
            return names
    return []


def _from_author_elements(page: PageMetadata) -> list[str]:
    for element in page.author_elements:
        text = text_of(element)
        if 4 <= len(text) <= 80 and any(map(_is_full_name, parse_names(text))):
            return [text]
    return []


def _from_profile_links(page: PageMetadata) -> list[str]:
    """Return the text of the first link to a profile that shares a word with its address."""
    for element in page.author_links:
        text = text_of(element)
        path = unquote(urlsplit(element.get("href") or "").path).rstrip("/").rpartition("/")[2]
        if _is_full_name(text) and set(words(text)) & set(words(re.sub(r"[-_.@+]", " ", path))):
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
