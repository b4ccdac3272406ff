"""No field of a page, an article or an entity takes much longer than it is long: each may be anybody's."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import html
import json
from typing import TYPE_CHECKING

import pytest

from site_gen.content import bounded_yaml, frontmatter
from site_gen.content.bounded_yaml import YamlError
from site_gen.core import slugs, urls
from site_gen.core.errors import RefusedError
from site_gen.entities.matching.tagger import weigh_and_doubt
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.formats import saved_file
from tests.support.effort import cpu_seconds, grows_with_size
from tests.support.extraction import PROSE, json_ld
from tests.support.gazetteers import KINDS, company, matcher_of, topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE = 0.25  # seconds: what takes less for all of a text is no danger, whether it grows with the square or not
_SHORT, _LONG = 5_000, 20_000  # characters of each of up to ten fields of a page that hold the same
UNITS = (" ", "[", "1", '"', "A ", "a. ", "/", "|", "<b>x</b>")
TODAY = dt.date(2026, 11, 22)
META = ("author", "og:title", "og:url", "og:site_name", "date", "description", "keywords", "og:locale", "canonical_url")
COPY = PROSE.replace("<p>", "").replace("</p>", "\n")


@pytest.fixture(autouse=True)
def _no_garbage_collection() -> Iterator[None]:
    """Collect no garbage: how often and how long that takes depends on what other tests left."""
    gc.disable()
    yield
    gc.enable()


def page(head: str = "", top: str = "", bottom: str = "", title: str = "Silo stays") -> str:
    body = f"<body><article><h1>{title}</h1>{top}{PROSE}{bottom}</article></body>"
    return f"<html lang=en><head><title>{title}</title>{head}</head>{body}</html>"


def meta_tags(text: str) -> str:
    return page("".join(f'<meta name="{name}" content="{html.escape(text)}">' for name in META))


def described(text: str) -> str:
    facts = {"headline": text, "datePublished": text, "mainEntityOfPage": text, "publisher": {"name": text}}
    return page(json_ld(**facts, author=[text, {"name": text}]).replace("</b", "<\\/b"))


def addresses(text: str) -> str:
    url = f"https://example.com/{html.escape(text)}"
    link = f'<p>The ropes are <a href="{url}">here</a>, <img src="{url}" alt="{html.escape(text)}"> at the quay.</p>'
    return page(f'<base href="{url}"><link rel=canonical href="{url}"><script>page_url="{url}"</script>', bottom=link)


def facts_in_text(text: str) -> str:
    marked = f"<p class=byline>By {text}</p><a rel=author href=/a>{text}</a><span class=date>{text}</span>"
    times = f'<time datetime="{html.escape(text)}">{text}</time><span itemprop=author>{text}</span>'
    return page(top=marked + times, bottom=f"</article><footer>© 2020 {text}</footer>")


def blocks(text: str) -> str:
    rows = f"<table><tr><th>a<th>b<tr><td>{text}<td>b</table>"
    quoted = f"<blockquote>{text}</blockquote><figure><img src=a.png><figcaption>{text}</figcaption></figure>"
    return page(bottom=f"<p>{text}</p><h2>{text}</h2><ul><li>{text}<li>b</ul>{rows}{quoted}<pre>{text}</pre>")


PAGES: dict[str, Callable[[str], str]] = {
    "meta tags": meta_tags,
    "JSON-LD": described,
    "broken JSON-LD": lambda text: page(f'<script type="application/ld+json">{{"a":"{text}</script>'),
    "addresses": addresses,
    "title": lambda text: page(title=text),
    "byline and dates": facts_in_text,
    "blocks": blocks,
}
NOTES: dict[str, Callable[[str], str]] = {
    "title of a copy": lambda text: f"{text}\n\nSilo stays\nBy Jo Doe\n\n{COPY}",
    "byline of a copy": lambda text: f"Silo stays\nBy {text}\n3 May 2020\n\n{COPY}",
}
CLIPS: dict[str, Callable[[str], str]] = {
    "keys of a clip": lambda text: f"---\ntitle: {text}\nauthor: {text}\nsource: https://a.com/{text}\n---\n\n{COPY}",
    "text of a clip": lambda text: f"---\ntitle: Silo\nsource: https://a.com/\n---\n\n{text}\n\n{COPY}",
}
# What is repeated in a page.
SHAPES = {
    "boxes": "<div></div>",
    "boxes within boxes": "<div>",
    "paragraphs": "<p>Ropes are long.",
    "lists within lists": "<ul><li>a",
    "items": "<li>a",
    "cells": "<td>a",
    "rows": "<tr><td>a<td>b",
    "tables within tables": "<table><tr><td>",
    "quotations within quotations": "<blockquote>",
    "spans": "a<span>b</span>",
    "underlined words": "a<u>b</u>",
    "raised words": "a<sup>b</sup>",
    "quoted words": "a<q>b</q>",
    "bold within italic": "<i><b>",
    "links": "<a href=/x>a</a> ",
    "notes": "<a href=#n>1</a><p id=n>a",
    "line breaks": "a<br>",
    "pictures": "<img src=a.png>",
    "descriptions": '<script type="application/ld+json">{"author": "Jo Doe"}</script>',
    "meta tags": '<meta name=author content="Jo Doe"><meta name=date content=2020-05-03>',
    "addresses": '<link rel=canonical href="https://example.com/a"><script>page_url="https://a.com/"</script>',
    "dates": "<span class=date>3 May 2020</span>",
    "bylines": "<p class=byline>By Jo Doe</p>",
    "posts": "<p class=message data-author=a><b class=bbWrapper><i class=bbCodeBlock--quote>a</i>a b c d</b></p>",
    "posts within posts": "<div class=message><div class=bbWrapper>a <blockquote class=bbCodeBlock--quote>b",
    "ends": "</div></p>",
    "brackets": "<a ",
    "comments": "<!--",
}
ROPES = matcher_of(company("Zorbex"), company("Halden Rope Works"), company("AA"), company("1A"), topic("Ropes", "a a"))


def read_page(name: str, text: str) -> None:
    with contextlib.suppress(RefusedError):
        extract(saved_file.parse(name, text.encode()), TODAY)


def read_yaml(text: str) -> None:
    with contextlib.suppress(YamlError):
        bounded_yaml.to_python(bounded_yaml.parse(text))


def edit_head(text: str) -> None:
    with contextlib.suppress(YamlError):
        head = f"title: a # {text}\nis: {json.dumps(text)}\ncompanies: # {text}\n- a # {text}\n- b"
        frontmatter.edit(f"---\n{head}\n---\n{text}", {"title": "c", "companies": ["b", "c"]})


def read_addresses(text: str) -> None:
    for address in (text, f"https://{text}", f"https://example.com/{text}"):
        urls.safe_href(address)
        urls.host_of(address)
        urls.parse_url_path(address)
        urls.percent_encoded(address)
    slugs.slugify(text)


def tag_around(text: str) -> None:
    paragraphs = [text, f"{text} Zorbex {text} Halden Rope Works ({text})", PROSE]
    weigh_and_doubt(text, paragraphs, ROPES, KINDS, f"https://{text}/", with_evidence=True)
    ROPES.find_rejected(text)


def read_names(text: str) -> None:
    names = [f"{start}{text[start : start + 300]}" for start in range(0, len(text), 300)]  # the longest that there are
    matcher_of(company("Zorbex", *names), topic("Ropes", *names)).find(text)


READERS: dict[str, Callable[[str], object]] = {
    "a value of YAML": lambda text: read_yaml(f"title: {text}\nis: {json.dumps(text)}\n"),
    "a key of YAML": lambda text: read_yaml(f"{text}: a\n"),
    "a list of YAML": lambda text: read_yaml(f"tags: [{text}]\n"),
    "an edited head": edit_head,
    "a written head": lambda text: frontmatter.dump({"title": text, "companies": [text]}, text),
    "an address": read_addresses,
    "a tagged text": tag_around,
    "names of a gazetteer": read_names,
}


def is_slow(work: Callable[[int], object], short: int = _SHORT, long: int = _LONG) -> bool:
    """Return whether work on a long text takes long, and far longer than on one of a quarter."""
    return cpu_seconds(lambda: work(long), 1) > _AT_ONCE and not grows_with_size(work, short=short, long=long)


def test_no_field_of_a_page_takes_longer_than_it_grows() -> None:
    fields = [(f"{file} {name}", file, make) for file, makes in
              (("a.html", PAGES), ("a.txt", NOTES), ("a.md", CLIPS)) for name, make in makes.items()]  # fmt: skip
    slow = [
        (where, unit)
        for where, file, make in fields
        for unit in UNITS
        if is_slow(lambda size: read_page(file, make(unit * (size // len(unit)))))  # noqa: B023  called at once
    ]
    assert slow == []


def test_no_shape_of_a_page_takes_longer_than_it_grows() -> None:
    slow = [
        name
        for name, unit in SHAPES.items()
        if is_slow(lambda size: read_page("a.html", page(bottom=unit * (size // len(unit)))), 20_000, 80_000)  # noqa: B023  as above
    ]
    assert slow == []


@pytest.mark.parametrize("name", READERS)
def test_no_value_takes_longer_than_it_grows(name: str) -> None:
    read = READERS[name]
    assert [unit for unit in UNITS if is_slow(lambda size: read(unit * (size // len(unit))))] == []  # noqa: B023  as above
