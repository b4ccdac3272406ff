"""What an indexed article says of the entities that it names."""

from __future__ import annotations

import pytest

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article
from site_gen.site.article_indexer import index_article
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
    indexed = index_article(article, (), CONFIG, matcher_of(*entities), make_parser())[0]
    names = {entity.tag: entity for entity in entities}
    assert [tuple(names[tag] for tag in pair) for pair in indexed.pairs] == pairs
    assert indexed.from_json(article.file, indexed.to_json()).pairs == indexed.pairs
