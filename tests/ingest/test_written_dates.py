"""Days that a page shows: in which language, and of what."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from site_gen.ingest.extract.written_dates import find_later_month, find_later_year, find_written_date
from tests.support.extraction import PROSE, doubt_reasons, extract_file, json_ld

if TYPE_CHECKING:
    from site_gen.content.records import Draft

DAY = dt.date(2026, 3, 4)


def draft_of(below: str, head: str = "", language: str = "en") -> Draft:
    body = f"<article><h1>Silo stays for ten more years</h1>{below}"
    return extract_file(f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>')


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("4 de março de 2026", "pt"), ("Publié le 4 mars 2026 par Ada Quill", "fr"), ("4 marca 2026", "pl"),
        ("4 марта 2026 г.", "ru"), ("٤ مارس ٢٠٢٦", "ar"), ("٤ آذار/مارس ٢٠٢٦", "ar"), ("4 มีนาคม 2569", "th"),
        ("4 มี.ค. 2569", "th"), ("ngày 4 tháng 3 năm 2026", "vi"), ("2026 m. kovo 4 d.", "lt"),
        ("2026. gada 4. marts", "lv"), ("2026. március 4., szerda", "hu"), ("4 במרץ 2026", "he"),
        ("४ मार्च २०२६", "hi"), ("4ος Μαρτίου 2026", "el"), ("4th of March 2026", "en"), ("MARCH 4, 2026", "en"),
        ("4. März 2026", "en"), ("4. maaliskuuta 2026", None),
    ],
)  # fmt: skip
def test_a_day_is_read_in_any_language(text: str, language: str | None) -> None:
    assert find_written_date(text, language) == DAY


def test_a_month_that_languages_disagree_on_is_that_of_the_page() -> None:
    assert find_written_date("4 listopada 2026", "hr") == dt.date(2026, 10, 4)
    assert find_written_date("4 listopada 2026", "pl") == dt.date(2026, 11, 4)
    assert find_written_date("4 listopada 2026", "en") is None


@pytest.mark.parametrize("text", ["March 2026", "4 March", "March 31 doors, 20260", "31 February 2026"])
def test_no_day_is_made_up(text: str) -> None:
    assert find_written_date(text, "en") is None


@pytest.mark.parametrize("number", ["1772611200", "1772611200000", "20260304101500"])
def test_a_day_is_read_from_seconds_and_milliseconds_since_1970(number: str) -> None:
    head = f'<meta property="article:published_time" content="{number}">'
    assert draft_of(PROSE, head).published == DAY
    assert draft_of(PROSE, json_ld(**{"@type": "Article", "datePublished": int(number)})).published == DAY


def test_a_month_without_a_day_is_no_day() -> None:
    draft = draft_of(PROSE, '<meta name="citation_publication_date" content="2026/03">')
    assert (draft.published, doubt_reasons(draft, "published")) == (None, ["the page gives only the month: 2026-03"])
    assert draft_of(f"<p>March 2026</p>{PROSE}").published is None


@pytest.mark.parametrize(
    "below",
    [
        '{prose}</article><div class="related"><a href="/1">Rye</a> <time datetime="2026-03-02">2/3</time></div>',
        '{prose}</article><ol class="comments"><li>dora <time datetime="2026-03-02">March 2, 2026</time> Hm.</li></ol>',
        "{prose}</article><footer>Copyright © 2020 Elmswick Courier, built 2 March 2026</footer>",
    ],
)
def test_a_day_of_something_else_is_not_that_of_publication(below: str) -> None:
    assert draft_of(below.format(prose=PROSE)).published is None


def test_the_day_of_an_event_is_not_that_of_publication() -> None:
    below = f'<p class="event-date">March 3, 2026 | Grain hall</p><p>Published March 4, 2026</p>{PROSE}'
    assert draft_of(below).published == DAY


def test_a_line_with_both_days_gives_that_of_publication() -> None:
    line = "<p>Publié le 4 mars 2026 à 8h05 - Mis à jour le 6 mars 2026</p>"
    draft = draft_of(line + PROSE, language="fr")
    assert (draft.published, doubt_reasons(draft, "published")) == (DAY, [])


def test_figures_are_read_where_only_one_can_be_the_day() -> None:
    assert draft_of(f"<p>2/24/2026</p>{PROSE}").published == dt.date(2026, 2, 24)
    assert draft_of(f"<p>24.2.2026</p>{PROSE}").published == dt.date(2026, 2, 24)


@pytest.mark.parametrize(
    ("language", "day"),
    [("en-GB", DAY), ("en-US", dt.date(2026, 4, 3)), ("en", dt.date(2026, 4, 3)), ("en_AU", DAY), ("fr-CA", DAY)],
)
def test_day_and_month_stand_in_the_order_of_the_region(language: str, day: dt.date) -> None:
    draft = draft_of(f"<p>4/3/2026</p>{PROSE}", language=language)
    assert draft.published == day
    assert doubt_reasons(draft, "published") == ["guessed: day and month may be swapped"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The silo was sold in July 2023 to the mill.", "en"),
        ("Nothing of it is left.\nOn 4 July, 2023 the mill burnt down. Nobody was hurt.", "en"),
        ("Das Silo wurde im Juli 2023 verkauft.", "de"),
        ("El silo se vendió en julio de 2023.", "es"),
        ("O silo foi vendido a 4 de julho de 2023.", "pt"),
        ("Силос сгорел 4 июля 2023 года.", "ru"),
    ],
)
def test_a_text_that_tells_of_a_later_time_is_not_of_its_day(text: str, language: str) -> None:
    july, today = dt.date(2023, 7, 1), dt.date(2026, 3, 4)
    assert find_later_month(text, dt.date(2021, 2, 16), today, language) == july
    assert find_later_month(text, dt.date(2021, 9, 1), today, language) is None  # it may have been planned
    assert find_later_month(text, dt.date(2021, 2, 16), dt.date(2023, 6, 30), language) is None  # it was yet to come


def test_a_day_that_the_text_contradicts_is_in_doubt() -> None:
    head = json_ld(**{"@type": "Article", "datePublished": "2021-02-16"})
    assert doubt_reasons(draft_of(PROSE, head), "published") == []
    draft = draft_of(f"{PROSE}<p>The silo was sold in July 2023 to the mill.</p>", head)
    assert draft.published == dt.date(2021, 2, 16)
    assert doubt_reasons(draft, "published") == ["the text tells of July 2023"]


TITLES_OF_A_YEAR = ["The Best Cranes of 2023", "Cranes, 2023: all prices", "Silos in Use [2023]", "Krane 2023 | Tallow"]
OTHER_TITLES = [
    "A 2023 crane",
    "By 2023",
    "The port will have cranes by 2023",
    "2023",
    "The games of 2023 begin",
    "Nr. 12023",
]


@pytest.mark.parametrize("title", TITLES_OF_A_YEAR)
def test_a_title_of_a_later_year_contradicts_a_day(title: str) -> None:
    first, today = dt.date(2021, 2, 16), dt.date(2026, 3, 4)
    assert find_later_year(title, first, today) == 2023
    assert find_later_year(title, dt.date(2022, 2, 16), today) is None  # out for the year to come
    assert find_later_year(title, first, dt.date(2022, 12, 31)) is None  # it was yet to come
    draft = draft_of(PROSE, json_ld(**{"@type": "Article", "headline": title, "datePublished": "2021-02-16"}))
    assert doubt_reasons(draft, "published") == ["the title is of 2023"]


@pytest.mark.parametrize("title", OTHER_TITLES)
def test_other_years_in_titles_contradict_no_day(title: str) -> None:
    assert find_later_year(title, dt.date(2021, 2, 16), dt.date(2026, 3, 4)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Updated on July 4, 2023",
        "In July 2020 and in 2023 it rained.",
        "It may rain until 2023.",
        "By the end of 2023.",
        "| July 2023 | Sold.",
    ],
)
def test_what_is_no_month_in_a_sentence_contradicts_no_day(text: str) -> None:
    assert find_later_month(text, dt.date(2021, 2, 16), dt.date(2026, 3, 4), "en") is None
