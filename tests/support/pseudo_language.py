"""A language that nobody speaks, made of English: each letter has another in its place, so that English stands out.

It goes by the tag of Armenian, whose days and months have no Latin letter. With content in Cyrillic letters, each Latin
word on a page is one that never went through the catalogue.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import string
from typing import TYPE_CHECKING, Any
from unittest import mock

from babel.messages import pofile
from babel.messages.catalog import Catalog
from lxml import etree, html

from site_gen.pages import language
from tests.support.sites import REPO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAG = "hy"
_LETTERS = str.maketrans(string.ascii_letters, "áḃċḋéḟġḣíĵķĺṁńóṗʠŕśţúṽẃẋýźÁḂĊḊÉḞĠḢÍĴĶĹṀŃÓṖɊŔŚŢÚṼẂẊÝŹ")
_KEPT = re.compile(r"(%\(\w+\)s|<[^>]*>)")  # placeholders and elements
_WORD = re.compile(r"[A-Za-z]{2,}")
_ADDRESS = re.compile(r"https?://\S+|urn:\S+")
_NAMES_OF_FORMATS = {"Atom", "JSON", "Feed", "OPML", "JavaScript"}
_READ_ATTRIBUTES = ("title", "aria-label", "alt", "placeholder", "text")
_READ_META = {"description", "og:title", "og:description", "og:site_name", "og:image:alt"}
_READ_KEYS = {"title", "description", "name", "summary", "content_html"}


def disguise(message: str) -> str:
    """Return a message with all its letters replaced, in brackets; placeholders and elements as they are."""
    parts = _KEPT.split(message)
    return "⟦" + "".join(part if at % 2 else part.translate(_LETTERS) for at, part in enumerate(parts)) + "⟧"


@contextlib.contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """Let pages in `hy` speak this language, for as long as the block lasts. folder: an empty one, for its file."""
    catalog = Catalog(locale=TAG)
    for message in runpy.run_path(str(REPO / "tools/messages.py"))["english"]():
        if message.id:
            forms = message.id if message.pluralizable else (message.id,)
            texts = forms if message.context else tuple(map(disguise, forms))  # a pattern of a date has a context
            catalog.add(message.id, texts if message.pluralizable else texts[0], context=message.context)
    text = io.BytesIO()
    pofile.write_po(text, catalog)
    (folder / f"{TAG}.po").write_bytes(text.getvalue())
    with mock.patch.object(language, "LOCALES", folder):
        language.load_language.cache_clear()
        try:
            yield
        finally:
            language.load_language.cache_clear()


def english_words(name: str, data: bytes) -> set[str]:
    """Return the Latin words that a file shows its readers. name: the file's, whose ending tells what it is."""
    if name.endswith(".html"):
        texts = _texts_of_page(data.decode())
    elif name.endswith((".xml", ".opml", ".svg")):
        texts = _texts_of_xml(data)
    elif name.endswith("feed.json"):
        texts = _texts_of_values(json.loads(data))
    else:
        texts = iter([data.decode()]) if name.endswith(".txt") else iter(())
    words = {word for text in texts for word in _WORD.findall(_ADDRESS.sub("", text))}
    return words - _NAMES_OF_FORMATS


def _texts_of_page(text: str) -> Iterator[str]:
    for element in html.document_fromstring(text).iter():
        if element.tag == "script" and element.get("type") == "application/ld+json":
            yield from _texts_of_values(json.loads(element.text or ""))
        if element.tag not in {"script", "style", "code", etree.Comment}:
            yield element.text or ""
        yield element.tail or ""
        yield from (element.get(key) or "" for key in _READ_ATTRIBUTES)
        if element.tag == "meta" and _READ_META & {element.get("name"), element.get("property")}:
            yield element.get("content", "")
        if words := element.get("data-words"):
            yield from (
                json.dumps(value, ensure_ascii=False) for key, value in json.loads(words).items() if key != "language"
            )


def _texts_of_xml(data: bytes) -> Iterator[str]:
    for element in etree.fromstring(data).iter():
        tag = etree.QName(element).localname
        if tag == "content":
            yield from _texts_of_page(element.text or "")
        elif tag in {"title", "subtitle", "summary", "name", "text"}:
            yield element.text or ""
        yield from (element.get(key, "") for key in ("title", "text", "label"))


def _texts_of_values(value: Any) -> Iterator[str]:
    """Yield what JSON says to people."""
    for inner in value if isinstance(value, list) else []:
        yield from _texts_of_values(inner)
    for key, inner in value.items() if isinstance(value, dict) else []:
        if isinstance(inner, str):
            yield from _texts_of_page(f"<p>{inner}") if key == "content_html" else [inner] if key in _READ_KEYS else []
        else:
            yield from _texts_of_values(inner)
