"""Dates with the name of a month, with or without a day, in every language of the Unicode CLDR (by way of babel)."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

from site_gen.content.markdown.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Languages that are tried where a page's own does not have the month: a theme often names the wrong one.
_COMMON_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "cs", "sk", "sv", "da", "nb", "fi", "hu", "ro", "hr",
    "sl", "bg", "el", "tr", "ar", "he", "fa", "hi", "bn", "th", "id", "vi", "ca", "lt", "lv", "et", "sr", "is",
)  # fmt: skip
# A number, or a word: short forms have full stops in them (`มี.ค.`).
_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d.,;:/|()·•–—-]*(?:\.[^\s\d.,;:/|()·•–—-]+)*")
_YEARS, _BUDDHIST_YEARS = range(1900, 2100), range(2443, 2643)
_BUDDHIST_ERA = 543  # years before ours
_FOUR_FIGURES = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SENTENCE_END = re.compile(r"[.!?。！？।]\W*$")
_LONGEST_PLAN = dt.timedelta(days=2 * 366)  # what is told of a later time has been
_YEAR_OF_TITLE = re.compile(r"(?<![^\s(\[])(20\d\d)(?=$|[:|)\]]|\s[|–—-])")
_UNTIL = frozenset(  # words before a year until which something is to be done
    {"avant", "até", "antes", "before", "bis", "by", "d'ici", "entro", "före", "hasta", "innan", "para", "till", "tot"}
    | {"until", "voor", "vor"}
)
_MAX_JOINT = 3  # letters of what may stand between month and year: `de`, `of`, a day
_REACH = 3  # tokens between month and day, or day and year: `4 de marzo de 2026`, `4th day of March`


def find_written_date(text: str, language: str | None) -> dt.date | None:
    """Return the first date in a short text that names its month, such as `4 de março de 2026`.

    language: the text's BCP 47 tag, whose month names go before those of common languages. Figures may be of any
    script, years Buddhist. A month without a day is none.
    """
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    if not any(map(_year_of, tokens)):
        return None
    for months in (month_names(language or "en"), _common_month_names()):
        for at, size, month in _months_in(tokens, months):
            for year, day in _years_and_days(tokens[max(0, at - 2 * _REACH) : at], tokens[at + size :][: 2 * _REACH]):
                try:
                    return dt.date(year, month, day)
                except ValueError:
                    continue
    return None


def find_later_month(text: str, day: dt.date, latest: dt.date, language: str) -> dt.date | None:
    """Return the first month, as its first day, that a text tells of though it came years after a day.

    Only what stands in a sentence counts: no heading, row of a table or line of dates. What is to come within two years
    may be planned.

    text: paragraphs, a line each; latest: the last day that can have been told of; language: of the text, a BCP 47 tag.
    """
    for paragraph in text.split("\n"):
        if not any(day.year < (_year_of(number) or 0) for number in _FOUR_FIGURES.findall(paragraph)):
            continue
        for sentence in split_sentences(paragraph, language):
            for month in _written_months(sentence, language) if _is_sentence(sentence) else ():
                if day + _LONGEST_PLAN < month <= latest:
                    return month
    return None


def find_later_year(title: str, day: dt.date, latest: dt.date) -> int | None:
    """Return the year that a title says its page is of, where that came two years or more after a day.

    `Best Cranes of 2026`, `A Guide for 2026: …`: what is brought up to date each year under its first day. No year of
    an event (`the 2028 games`), nor one until which something is to be done (`by 2030`).
    latest: the last day that can have been told of.
    """
    for match in _YEAR_OF_TITLE.finditer(title):
        words = title[: match.start()].casefold().split()
        if day.year + 2 <= int(match[1]) <= latest.year and words[-1:] and words[-1] not in _UNTIL:
            return int(match[1])
    return None


def _is_sentence(text: str) -> bool:
    return "|" not in text and bool(_SENTENCE_END.search(text))


def _written_months(text: str, language: str) -> Iterator[dt.date]:
    """Yield the months that stand before a year, as their first days: `March 2025`, `4 de março de 2026`."""
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    for at, size, month in _months_in(tokens, month_names(language)):
        for token in tokens[at + size :][:_REACH]:
            if year := _year_of(token):
                yield dt.date(year, month, 1)
            if year or len(token) > _MAX_JOINT:
                break


@functools.cache
def month_names(language: str) -> Mapping[str, int]:
    """Return the months by their names and short forms in all regions of a language (BCP 47 tag), in small letters."""
    primary = language.partition("-")[0]
    months: dict[str, int] = {}
    for identifier in sorted(_identifiers_by_language().get(primary, ()), key=len):
        try:
            forms = Locale.parse(identifier).months
        except (UnknownLocaleError, ValueError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in forms[context][width].items():
                    months.setdefault(" ".join(_TOKEN.findall(name.casefold())), month)
    return months


@functools.cache
def _identifiers_by_language() -> Mapping[str, Sequence[str]]:
    identifiers: dict[str, list[str]] = {}
    for identifier in locale_identifiers():
        identifiers.setdefault(identifier.partition("_")[0], []).append(identifier)
    return identifiers


@functools.cache
def _common_month_names() -> Mapping[str, int]:
    """Return the months by the names that mean one month only in all common languages."""
    months_by_name: dict[str, set[int]] = {}
    for language in _COMMON_LANGUAGES:
        for name, month in month_names(language).items():
            months_by_name.setdefault(name, set()).add(month)
    return {name: months.pop() for name, months in months_by_name.items() if len(months) == 1}


def _months_in(tokens: Sequence[str], months: Mapping[str, int]) -> Iterator[tuple[int, int, int]]:
    """Yield where names of months stand in a text, how many tokens they have, and the months."""
    for at, token in enumerate(tokens):
        pair = " ".join(tokens[at : at + 2])  # Vietnamese: `tháng 3`
        if pair in months:
            yield at, 2, months[pair]
        elif not token.isdecimal():
            # Hebrew writes “in” together with the month.
            month = months.get(token) or months.get(token.removeprefix("ב")) or months.get(f"{token}.")
            if month:
                yield at, 1, month


def _years_and_days(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield years and days that the tokens before and after a month may mean, the likeliest first."""
    left, right = _numbers(before[::-1]), _numbers(after)
    pairs = [*zip(right[1:2], right[:1], strict=False), *zip(left[1:2], left[:1], strict=False)]
    for year, day in [*zip(right[:1], left[:1], strict=False), *pairs, *zip(left[:1], right[:1], strict=False)]:
        if (number := _year_of(year)) and len(day) <= 2:
            yield number, int(day)


def _numbers(tokens: Sequence[str]) -> list[str]:
    """Return the first two numbers among tokens, as far as few words stand before each."""
    numbers: list[str] = []
    words = 0
    for token in tokens:
        if token.isdecimal():
            numbers.append(token)
            words = 0
        else:
            words += 1
        if words >= _REACH or len(numbers) == 2:
            break
    return numbers


def _year_of(token: str) -> int | None:
    """Return the year that a token means, of our era."""
    number = int(token) if len(token) == 4 and token.isdecimal() else 0
    return number if number in _YEARS else number - _BUDDHIST_ERA if number in _BUDDHIST_YEARS else None
