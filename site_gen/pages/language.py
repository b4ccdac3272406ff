"""The language of pages, mails and feeds: messages, numbers, days and the names of periods. Pure.

The program speaks English. Any other language is one file of gettext, `locale/LANGUAGE.po`, which is read when pages in
it are drawn: a message goes by its English sentence. `tools/messages.py` brings these files up to date.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import io
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from typing import TYPE_CHECKING

from babel.core import Locale
from msgspec import Struct
from msgspec.structs import replace

from site_gen.core import formatting
from site_gen.core.text import primary_language

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from site_gen.content.periods import Period
    from site_gen.content.records import Kind, SiteConfig
    from site_gen.site.database import SiteDatabase
    from site_gen.site.time_columns import TimeColumns

ENGLISH = "en"
LOCALES: Traversable = importlib.resources.files(__package__) / "locale"
_KINDS = ("companies", "topics")  # those that every site has; the owner names all others


class Language(Struct, frozen=True, eq=False):
    """What pages are written in."""

    tag: str  # BCP 47 tag of these words, which may be those of a country: `de-AT`
    messages: NullTranslations  # by their English sentences
    locale: Locale | None  # whose names of days and months these are; None for English, which needs no Babel

    def gettext(self, message: str, **values: object) -> str:
        """Return a message in this language. values: of its placeholders, `%(name)s`."""
        text = self.messages.gettext(message)
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, num: int, **values: object) -> str:
        """Return a message with a number, in the form that the number wants. `%(num)s` is the number as it is read."""
        return self.messages.ngettext(singular, plural, num) % {"num": self.number(num), **values}

    def number(self, value: int) -> str:
        """Return a number with thin gaps between thousands."""
        return formatting.format_number(value)

    def decimal(self, value: float) -> str:
        """Return a number with one digit after the decimal sign, without it where that is 0: `0.5`, `7`."""
        return self._decimal(f"{value:.1f}" if value % 1 else f"{value:.0f}")

    def by_chance(self, expected: float) -> str:
        """Return how many stories chance would give: `<0.1`, `2.0`."""
        return self._decimal("<0.1" if expected < 0.05 else f"{expected:.1f}")

    def _decimal(self, text: str) -> str:
        return text if self.locale is None else text.replace(".", self.locale.number_symbols["latn"]["decimal"])

    def day(self, date: dt.date | None, style: str = "short") -> str:
        """Return a date for reading. style: see `formatting.format_day`."""
        return formatting.format_day(date, style) if self.locale is None else _localized_day(self, date, style)

    def month(self, number: int, *, abbreviated: bool = False) -> str:
        """Return the name of a month, 1 to 12, as it stands alone: `November`, `Nov`."""
        if self.locale is None:
            name = formatting.MONTHS[number - 1]
            return name[:3] if abbreviated else name
        width = "abbreviated" if abbreviated else "wide"
        return str(self.locale.months["stand-alone"][width][number])

    def weekday(self, date: dt.date) -> str:
        """Return the name of a day of the week, as short as below a bar: `Mon`."""
        if self.locale is None:
            return formatting.WEEKDAYS[date.weekday()][:3]
        return str(self.locale.days["stand-alone"]["abbreviated"][date.weekday()])

    def uncertain(self, count: int) -> str:
        """Return what follows a count over time that leaves others out: `, +3 with an uncertain date`."""
        if not count:
            return ""
        return self.ngettext(", +%(num)s with an uncertain date", ", +%(num)s with an uncertain date", count)

    # -- what is counted most --------------------------------------------------------------------------

    def articles(self, count: int) -> str:
        """Return how many articles there are."""
        return self.ngettext("%(num)s article", "%(num)s articles", count)

    def stories(self, count: int) -> str:
        """Return how many stories there are."""
        return self.ngettext("%(num)s story", "%(num)s stories", count)

    def from_outlets(self, count: int) -> str:
        """Return how many outlets something is from."""
        return self.ngettext("from %(num)s outlet", "from %(num)s outlets", count)

    # -- names of periods -----------------------------------------------------------------------------

    def period_name(self, period: Period) -> str:
        """Return a period's name without days: `Week 47`, `November 2026`, `2026`."""
        if period.unit == "week":
            return self.gettext("Week %(number)s", number=period.number)
        return str(period.year) if period.unit == "year" else self.day(period.first, "month")

    def period_from_afar(self, period: Period) -> str:
        """Return a period's name for a link from afar: `Week 47 of 2026`, `November 2026`, `2026`."""
        if period.unit != "week":
            return self.period_name(period)
        return self.gettext("Week %(number)s of %(year)s", number=period.number, year=period.year)

    def period_days(self, period: Period) -> str:
        """Return a period's first and last day: `16–22 November 2026`."""
        first, last = period.first, period.last
        if (first.year, first.month) == (last.year, last.month):
            month = self.day(last, "month")
            return self.gettext("%(first)s–%(last)s %(month)s", first=first.day, last=last.day, month=month)
        begin = self.day(first, "day month" if first.year == last.year else "full")
        return f"{begin} – {self.day(last, 'full')}"

    def period_title(self, period: Period) -> str:
        """Return a period's name in full: `Week 47, 16–22 November 2026`."""
        name = self.period_name(period)
        return f"{name}, {self.period_days(period)}" if period.unit == "week" else name

    def column_name(self, columns: TimeColumns, date: dt.date) -> str:
        """Return the name of the column of a day: `week of 5 Jan 2026`, `January 2026`, `2026 Q1`, `2026`."""
        if columns.unit == "week":
            return self.gettext("week of %(monday)s", monday=self.day(date - dt.timedelta(days=date.weekday())))
        if columns.unit == "month":
            return self.day(date, "month")
        return self.quarter(date.year, (date.month + 2) // 3) if columns.unit == "quarter" else str(date.year)

    def quarter(self, year: int, number: int) -> str:
        """Return the name of a quarter of a year: `2026 Q1`."""
        return self.gettext("%(year)s Q%(quarter)s", year=year, quarter=number)

    def span_label(self, label: str) -> str:
        """Return what a label of `calendar_months.period_name` is called: `2026-05`, `2026 Q1`, `2026`."""
        year, _, quarter = label.partition(" Q")
        return self.quarter(int(year), int(quarter)) if quarter else label

    # -- names of kinds -------------------------------------------------------------------------------

    def count_kind(self, count: int, kind: Kind) -> str:
        """Return how many entities of a kind there are: `12 companies`. Nouns are written large where they are so."""
        name = kind.singular if count == 1 else kind.label
        return f"{self.number(count)} {name if primary_language(self.tag) == 'de' else name.lower()}"

    def name_kinds(self, config: SiteConfig) -> SiteConfig:
        """Return a site's settings with the names of those kinds in this language that its owner gave no other."""
        if self.locale is None:
            return config
        names = {"Companies": self.gettext("Companies"), "Company": self.gettext("Company")}
        names |= {"Topics": self.gettext("Topics"), "Topic": self.gettext("Topic")}
        kinds = tuple(
            replace(kind, label=names.get(kind.label, kind.label), singular=names.get(kind.singular, kind.singular))
            if kind.key in _KINDS
            else kind
            for kind in config.kinds
        )
        return replace(config, kinds=kinds)


@lru_cache(maxsize=4096)
def _localized_day(language: Language, date: dt.date | None, style: str) -> str:
    """Return a date in another language than English, by the pattern that its file has."""
    from babel.dates import format_date  # noqa: PLC0415  English does without

    if date is None:
        return language.gettext("no date")
    pgettext = language.messages.pgettext
    patterns = {  # as Unicode CLDR writes them
        "short": pgettext("date", "d MMM y"),
        "long": pgettext("date", "EEEE d MMMM y"),
        "month": pgettext("date", "MMMM y"),
        "full": pgettext("date", "d MMMM y"),
        "day month": pgettext("date", "d MMMM"),
    }
    pattern = patterns[style]
    if date.day == 1:
        pattern = pattern.replace("d", pgettext("first day of a month", "d"), 1)
    return str(format_date(date, pattern, locale=language.locale))


def language_of(site: SiteDatabase) -> Language:
    """Return the language of a site's pages."""
    return load_language(site.config.language)


@cache
def load_language(tag: str) -> Language:
    """Return the language of a tag, or English, where there is no file for it."""
    file = _catalogue(tag)
    if file is None:
        return Language(tag if primary_language(tag) == ENGLISH else ENGLISH, NullTranslations(), None)
    from babel.messages import mofile, pofile  # noqa: PLC0415  English does without

    compiled = io.BytesIO()
    with file.open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source))
    compiled.seek(0)
    return Language(tag, GNUTranslations(compiled), Locale.parse(file.name.removesuffix(".po"), sep="-"))


def _catalogue(tag: str) -> Traversable | None:
    """Return the file of a language: that of the whole tag, else that of its language alone; None where none is."""
    return next((f for name in (tag, primary_language(tag)) if (f := LOCALES / f"{name}.po").is_file()), None)


def languages() -> list[str]:
    """Return the tags of the languages that pages can be written in."""
    return sorted([ENGLISH, *(f.name.removesuffix(".po") for f in LOCALES.iterdir() if f.name.endswith(".po"))])
