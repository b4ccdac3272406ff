"""The head of a copied page: its title among menus and headings, its authors and its day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from site_gen.ingest.extract.copied_text.language_detection import detect_language
from site_gen.ingest.extract.copied_text.text_lines import analyze_lines, split_lines
from site_gen.ingest.extract.copied_text.title_line import WEIGHTS, find_candidates, title_features
from tests.support.extraction import extract_file

if TYPE_CHECKING:
    from site_gen.content.records import Draft

TITLE = "Silo on the old quay stays for another ten years"
BODY = """\
The harbour board of Elmswick agreed on Tuesday to keep the old grain silo for another ten years, after a meeting \
that was longer and louder than anyone who came to it had feared.
Most of the members said that they would rather have no car park on the quay, if the mayor did not mind, and that \
the figures for it had been looked at again.
What the chairman said
“Nobody wants to park a car beside the water in the winter,” said the chairman, who has lived across from the silo \
since he was born, and who has never had a car."""
MENU = "Home\nNews\nHarbour\nTown Council\nWhat Is On This Week\nSubscribe\nSign in\n"
FOOT = """
Related articles
A crane fell into the dock
Why the ferry is late again
© 2026 The Quay. All rights reserved.
"""


def copied_draft(head: str, body: str = BODY) -> Draft:
    return extract_file(f"{MENU}{head}\n{body}{FOOT}", "copy.txt")


@pytest.mark.parametrize(
    "head",
    [
        TITLE,
        f"{TITLE}\nBy Dora Finch\nMarch 4, 2026",
        f"Harbour\n{TITLE}\nA long meeting ends with a vote that pleased nobody\nDora Finch\nMarch 4, 2026\n4 min read",
        f"{TITLE}\nHome\nHarbour\n{TITLE}\nMarch 4, 2026",
        f"Home > Harbour > {TITLE}\n{TITLE}\nMarch 4, 2026",
        f"{TITLE} | The Quay\nSearch the whole archive\n{TITLE}\nBy Dora Finch",
        f"March 4, 2026\n{TITLE}",
        f"Related articles\nA crane fell into the dock\n{TITLE}\nUpdated March 4, 2026\nBy Dora Finch",
    ],
)
def test_the_title_is_found_in_every_kind_of_head(head: str) -> None:
    draft = copied_draft(head)
    assert draft.title == TITLE
    assert draft.text.split("\n") == BODY.split("\n")


@pytest.mark.parametrize(
    ("head", "authors", "day"),
    [
        ("By Dora Finch\nMarch 4, 2026", ("Dora Finch",), "2026-03-04"),
        ("By\nDora Finch\nPublished Mar 4, 2026\nUpdated Mar 9, 2026", ("Dora Finch",), "2026-03-04"),
        ("Updated Mar 9, 2026\nPublished Mar 4, 2026", (), "2026-03-04"),
        ("Dora Finch\nMarch 4, 2026", ("Dora Finch",), "2026-03-04"),
        ("Car Park\nMarch 4, 2026", (), "2026-03-04"),  # the text writes both words small: a section
        ("March 4, 2026 · 4 min read · By Dora Finch", ("Dora Finch",), "2026-03-04"),
        ("ByDora Finch 4th March 2026", ("Dora Finch",), "2026-03-04"),
        ("By Dora Finch, Harbour Editor & Olu Adeyemi", ("Dora Finch", "Olu Adeyemi"), None),
        ("By Dora Finch, Olu Adeyemi and Ida van der Berg", ("Dora Finch", "Olu Adeyemi", "Ida van der Berg"), None),
        ("By Luis Prado y Costa", ("Luis Prado y Costa",), None),
        ("By Luis Prado y Ana Costa", ("Luis Prado", "Ana Costa"), None),
        ("Di Marlow\nMarch 4, 2026", ("Di Marlow",), "2026-03-04"),
        ("Veröffentlicht von Jutta Ebbinghaus", ("Jutta Ebbinghaus",), None),
        ("投稿者: 灯台守", ("灯台守",), None),
        ("By YouTube", (), None),
        ("Posted by admin on Tuesday", (), None),
        ("Von Jutta Ebbinghaus\n4. März 2026", ("Jutta Ebbinghaus",), "2026-03-04"),
    ],
)
def test_authors_and_day_are_read_below_the_title(head: str, authors: tuple[str, ...], day: str | None) -> None:
    draft = copied_draft(f"{TITLE}\n{head}")
    assert draft.title == TITLE
    assert draft.author == authors
    assert draft.published == (dt.date.fromisoformat(day) if day else None)


def test_the_day_of_an_update_is_in_doubt() -> None:
    draft = copied_draft(f"{TITLE}\nLast updated on March 9, 2026")
    assert draft.published == dt.date(2026, 3, 9)
    assert "published" in dict(draft.doubts)
    assert "published" not in dict(copied_draft(f"{TITLE}\nMarch 4, 2026").doubts)


def test_a_weak_title_is_in_doubt() -> None:
    assert "title" not in dict(copied_draft(f"{TITLE}\nBy Dora Finch\nMarch 4, 2026").doubts)
    for head in ("", "Harbour", "A view of the quay\nA view of the town"):
        assert "title" in dict(copied_draft(head).doubts)


def test_a_text_of_little_prose_is_in_doubt() -> None:
    assert "text" in dict(copied_draft(TITLE, BODY.partition("\n")[0]).doubts)
    assert "text" not in dict(copied_draft(TITLE, f"{BODY}\n{BODY.replace('silo', 'shed')}").doubts)


def test_a_list_in_the_words_of_the_article_is_part_of_it() -> None:
    items = [f"Silo {n}, grain for the harbour board, {1900 + n}" for n in range(20)]
    first, second, *rest = BODY.split("\n")
    text = "\n".join(
        [f"{first} Grain fills the silo.", *items, f"{second} Grain for the harbour board is dear.", *rest]
    )
    draft = copied_draft(f"{TITLE}\nMarch 4, 2026", text)
    assert all(item in draft.text for item in items)
    assert "crane" not in draft.text


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    texts = split_lines(f"{MENU}{TITLE}\n{BODY}")
    lines = analyze_lines(texts, detect_language(texts)[1])
    (features, *_) = title_features(lines, (0, len(lines) - 1), find_candidates(lines, len(lines) - 1))
    assert features.keys() == WEIGHTS.keys()
