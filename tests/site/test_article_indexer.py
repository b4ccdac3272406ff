"""What an indexed article says of the entities that it names."""

from __future__ import annotations

import re

import pytest

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article
from site_gen.core.packing import pack
from site_gen.site.article_indexer import index_article
from site_gen.site.indexed_article import unpack_article, unpack_mention
from tests.support.gazetteers import company, matcher_of
from tests.support.notes import CONFIG

VOSS, RYE_MILL, PIER, KELL = (company(name) for name in ("Voss Cranes", "Rye Mill", "Tallow Pier", "Kell Ropes"))


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        ("Voss Cranes bought Rye Mill.", [(RYE_MILL, VOSS)]),
        ("Voss Cranes waits. Rye Mill does not.", []),
        ("Voss Cranes waits.\n\nRye Mill does not.", []),
        ("It rains. Rye Mill, Tallow Pier and Voss Cranes wait.", [(RYE_MILL, PIER), (RYE_MILL, VOSS), (PIER, VOSS)]),
        ("Kell Ropes, Rye Mill, Tallow Pier and Voss Cranes are on the list.", []),
    ],
)
def test_pairs_stand_in_one_sentence_that_is_no_list(body: str, pairs: list[tuple[object, object]]) -> None:
    entities = (VOSS, RYE_MILL, PIER, KELL)
    article = Article(
        file="content/articles/2026/a.md", id="a", year="2026", slug="a", title="A day", body=body,
        tags=tuple(entity.tag for entity in entities),
    )  # fmt: skip
    indexed = index_article(article, (), CONFIG, matcher_of(*entities), make_parser(), {})[0]
    names = {entity.tag: entity for entity in entities}
    assert [tuple(names[tag] for tag in pair) for pair in indexed.pairs] == pairs
    assert unpack_article(pack(indexed)).pairs == indexed.pairs


SALE = "Voss Cranes at the lowest price of the week, with free ropes, hooks, grease and a calendar for all buyers"
NEWS = "The old pier was bought by Voss Cranes in the spring, for more money than anybody in the town had seen before."


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (f"{SALE}\n\n{NEWS}", NEWS),
        (f"| a | b | c |\n|---|---|---|\n| {SALE} | 12 | 30. |\n\n{NEWS}", NEWS),
        (f"{SALE}\n\nVoss Cranes", SALE),
    ],
)
def test_a_passage_is_of_a_paragraph_of_sentences_where_there_is_one(body: str, quoted: str) -> None:
    article = Article(
        file="content/articles/2026/a.md", id="a", year="2026", slug="a", title="A", body=body, tags=(VOSS.tag,)
    )
    indexed = index_article(article, (), CONFIG, matcher_of(VOSS), make_parser(), {})[0]
    passage = re.sub("<[^>]+>", "", unpack_mention(indexed.mentions[VOSS.tag]).html)
    assert passage.startswith(quoted[:40])
