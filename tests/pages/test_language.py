"""The languages of pages: their files are whole, and numbers, days and plural forms are as each language has them."""

from __future__ import annotations

import datetime as dt
import re
import runpy
from typing import TYPE_CHECKING, Any

import pytest
from babel.core import Locale
from babel.messages import pofile

from site_gen.content.periods import Period, parse_period
from site_gen.pages.language import LOCALES, languages, load_language
from tests.support.sites import REPO

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

TOOL = runpy.run_path(str(REPO / "tools/messages.py"))
TRANSLATED = [tag for tag in languages() if tag != "en"]


def forms(text: object) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [str(text)]


def catalogue(tag: str) -> Catalog:
    return pofile.read_po((LOCALES / f"{tag}.po").read_bytes().splitlines(keepends=True), locale=tag)


def messages(catalog: Catalog) -> dict[tuple[Any, str | None], Message]:
    return {(message.id, message.context): message for message in catalog if message.id}


@pytest.fixture(scope="module")
def english() -> dict[tuple[Any, str | None], Message]:
    return messages(TOOL["english"]())


def test_there_are_german_and_french() -> None:
    assert {"de", "en", "fr"} <= set(languages())


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_language_has_every_message_and_no_other(tag: str, english: dict[tuple[Any, str | None], Message]) -> None:
    translations = messages(catalogue(tag))
    assert set(translations) == set(english), "run `make messages`, and translate what is new"
    assert TOOL["untranslated"](catalogue(tag)) == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_has_the_placeholders_and_the_elements_of_its_message(tag: str) -> None:
    for message in messages(catalogue(tag)).values():
        for pattern in (r"%\(\w+\)s", r"</?\w+"):
            expected = sorted(re.findall(pattern, forms(message.id)[-1]))
            for text in forms(message.string):
                found = sorted(re.findall(pattern, text))
                assert found == expected or (pattern[0] == "%" and sorted(set(found)) == sorted(set(expected))), text


@pytest.mark.parametrize("tag", TRANSLATED)
def test_plural_forms_are_those_of_unicode_cldr(tag: str) -> None:
    rule, language = Locale.parse(tag).plural_form, load_language(tag)
    one = {
        language.ngettext("%(num)s week", "%(num)s weeks", n).replace(str(n), "")
        for n in range(300)
        if rule(n) == "one"
    }
    more = {
        language.ngettext("%(num)s week", "%(num)s weeks", n).replace(str(n), "")
        for n in range(300)
        if rule(n) != "one"
    }
    assert len(one) == len(more) == 1
    assert one != more


@pytest.mark.parametrize("line", (LOCALES / "doubts.txt").read_text(encoding="utf-8").splitlines())
def test_each_doubt_that_pages_show_is_one_that_is_noted(line: str) -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for room in ("ingest", "site")
        for path in (REPO / "site_gen" / room).rglob("*.py")
    )
    assert f'"{line}"' in sources


@pytest.mark.parametrize(
    ("tag", "texts"),
    [
        ("en", ["9 Sep 2019", "Monday 9 September 2019", "September 2019", "1 Sep 2019", "0.5", "12\u202f345"]),
        ("de", ["9. Sept. 2019", "Montag, 9. September 2019", "September 2019", "1. Sept. 2019", "0,5", "12\u202f345"]),
        (
            "de-AT",
            ["9. Sept. 2019", "Montag, 9. September 2019", "September 2019", "1. Sept. 2019", "0,5", "12\u202f345"],
        ),
        ("fr", ["9 sept. 2019", "lundi 9 septembre 2019", "septembre 2019", "1er sept. 2019", "0,5", "12\u202f345"]),
    ],
)
def test_days_and_numbers(tag: str, texts: list[str]) -> None:
    language, day = load_language(tag), dt.date(2019, 9, 9)
    days = [language.day(day), language.day(day, "long"), language.day(day, "month"), language.day(day.replace(day=1))]
    assert [*days, language.decimal(0.5), language.number(12345)] == texts
    assert language.tag == tag


def period(key: str) -> Period:
    parsed = parse_period(key)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("tag", "title", "afar"),
    [
        ("de", "KW 49, 30. November – 6. Dezember 2026", "KW 49/2026"),
        ("fr", "Semaine 49, 30 novembre – 6 décembre 2026", "Semaine 49 de 2026"),
    ],
)
def test_names_of_periods(tag: str, title: str, afar: str) -> None:
    language = load_language(tag)
    assert language.period_title(period("2026-w49")) == title
    assert language.period_from_afar(period("2026-w49")) == afar


def test_a_language_without_a_file_is_english() -> None:
    assert load_language("nl").tag == "en"
    assert load_language("en-GB").tag == "en-GB"
