"""A small site as a model that tests edit: its files by name, and what each may be changed to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.sites import markdown_file

if TYPE_CHECKING:
    from collections.abc import Sequence

Model = dict[str, Any]  # by file: a text, or the fields of its front matter with its text as "body"

KINDS = {"companies": ("elmswick-grain", "tallow-pier", "voss"), "topics": ("storage", "harbours"), "people": ("dora",)}
NAMES = ("Elmswick Grain", "Tallow Pier", "Voss", "Voss & Daughters", "Pier", "Dora Finch", "The Silo", "tallow pier")
SENTENCES = (
    "The board of Elmswick Grain met in the long room over the market and said nothing for an hour.",
    "Nobody at Tallow Pier would say whether the silo had been sold, or to whom, or for how much.",
    "Voss takes its cranes home, and Voss & Daughters sends the bill to the harbour master.",
    "A ferry went by.",
    "Dora Finch asked the Pier for its books; the Pier had none, and The Silo had burnt them.",
    "## What the harbour wants",
    "There is [no **answer**](https://example.org/answer) from the *harbour*, only rain and silos.",
    "Whoever asks [[Tallow Pier|the landing]] asks [[voss]] too, and [[Dora Finch]]; [[Nobody]] asks the [[The Silo]].",
)
OWN_LINKS = ("/", "/archive/", "/topics/storage/", "/companies/voss", "/about/#top")
BROKEN = {
    "content/articles/2024/broken.md": "no front matter",
    "content/companies/broken.md": "---\nname: [\n---\n",
    "content/articles/2024/stray.txt": "not read here",
    "content/companie/stray.md": "---\nname: A folder that is nearly a kind's\n---\n",
    "content/articles/loose.md": "---\ntitle: In no year\n---\n",
    "templates/broken.html": b"\xff",
    "templates/entity.html": "{% extends 'base.html' %}{% block content %}{{ nothing }}{% endblock %}",
    "templates/feed.xml": "{% if %}",
}

ARTICLE: dict[str, Sequence[Any]] = {
    "title": ["Note one", "Note <two>", "Elmswick Grain sells"],
    "published": [None, "2023-01-10", "2024-02-11", "2025-12-31", "2026-01-01"],
    "created": [None, "2024-05-05", "2026-02-02"],
    "description": [None, "What it is about.", "About *Voss*."],
    "source": [None, "https://a.example/x", "https://b.example/y?z=1"],
    "site": [None, "The Courier", "the courier"],
    "author": [None, ["A. Writer"]],
    "language": [None, "de", "ar"],
    "text": [None, "full", "excerpt"],
    "redirect_from": [None, ["/old/one/"], ["/old/two/"], ["/companies/tallow/"]],
}
ENTITY: dict[str, Sequence[Any]] = {
    "name": NAMES,
    "names": [None, *([name] for name in NAMES)],
    "keywords": [None, ["rain"], ["silo", "ferry"]],
    "body": ["", "Words.", "See [[Elmswick Grain]] and [[Pier|it]].", *(f"See [this]({url})." for url in OWN_LINKS)],
    "redirect_from": [None, ["/companies/old-pier/"], ["/companies/voss-cranes/"], ["/topics/rye/"]],
    "match": [None, {"case": "exact"}, {"not": ["Voss & Daughters"]}],
    "facts": [None, {"Founded": "1901"}],
}
SETTINGS: dict[str, Sequence[Any]] = {
    "title": ["Quay Notes", "Other Notes"],
    "tagline": [None, "A tagline"],
    "theme": [None, {"footer": "By [[Dora Finch]] and [[Voss]]."}],
    "base_url": [None, "https://notes.example/", "https://n.example/a/b/"],
    "home_articles": [None, 2, 5],
    "text": ["full", "excerpt"],
    "language": [None, "de", "fa"],
    "timezone": [None, "Asia/Tokyo"],
    "search": [None, False],  # where the machine makes what comes after the pages
    "cards": [None, "all", "none"],
    "kinds": [
        {"people": {"label": "People"}},
        {"people": {"label": "Folk", "prefix": "folk"}},
        {"people": {"by": "keywords"}},
        {"people": {"label": "People"}, "places": {"label": "Places"}},
    ],
}
MARKS = (
    "<!-- a -->",
    "<!-- b -->",
    "{% include 'part.html' ignore missing %}",
    "{% include ['part-' ~ site.language ~ '.html', 'none.html'] ignore missing %}",
    "<img src=\"{{ asset('style.css') }}\">",
)
TEMPLATES = ("macros.html", "article.html", "entity.html", "home.html", "about.html", "404.html", "kind.html")


def file_bytes(fields: Any) -> bytes:
    """Return the bytes of a file of a model."""
    if isinstance(fields, bytes):
        return fields
    if isinstance(fields, str):
        return fields.encode()
    if "body" in fields:
        return markdown_file(**fields).encode()
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()).encode()


def body(*numbers: int) -> str:
    """Return a text with a paragraph for each of these sentences."""
    return "\n\n".join(SENTENCES[number] for number in numbers)


def first_model() -> Model:
    """Return the model of a site with five entities and eight articles, in which nothing is wrong."""
    model: Model = {
        "content/site.yaml": {
            "title": "Quay Notes",
            "base_url": "https://notes.example/quay/",
            "text": "full",
            "kinds": {"people": {"label": "People"}},
        },
        "content/about.md": "Notes on a quay. See [storage](/topics/storage/) and [[Tallow Pier]].\n",
        "content/companies/elmswick-grain.md": {"name": "Elmswick Grain", "body": "A silo."},
        "content/companies/tallow-pier.md": {"name": "Tallow Pier", "names": ["The Pier"], "body": ""},
        "content/companies/voss.md": {"name": "Voss", "body": "Cranes. See [storage](/topics/storage/)."},
        "content/topics/storage.md": {"name": "Storage", "keywords": ["silo", "silos"], "body": ""},
        "content/people/dora.md": {"name": "Dora Finch", "body": ""},
    }
    for number in range(8):
        year = 2023 + number % 3
        model[f"content/articles/{year}/note-{number}.md"] = {
            "title": f"Note {number}",
            "published": f"{year}-01-1{number // 3}",
            "companies": [["voss"], ["tallow-pier", "voss"], ["Elmswick Grain", "voss"]][number % 3],
            "topics": ["storage"],
            "body": body(*(nth % len(SENTENCES) for nth in (number, number * 3 + 1, number + 2))),
        }
    return model
