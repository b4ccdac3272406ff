"""Who wrote a copied article, and when: what the lines around its title say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.ingest.extract.copied_text.text_lines import BYLINE, MONTH
from site_gen.ingest.extract.html.publication_date import find_date_in_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from site_gen.ingest.extract.copied_text.text_lines import TextLine

_BELOW, _ABOVE = 10, 3  # lines around a title in which a page gives author and date
_PROSE = 2  # paragraphs after which the lines below a title are the text
_LATER_BY = re.compile(r"(?:^|[\s|•·∙⋅,;:–—-])(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor)[:\s]+(?=[^\W\d_a-z])")
_GLUED_BY = re.compile(r"^(?:(?:Posted|Written|Published) ?by|By)(?=[^\W\d_a-z][^\W\d_A-Z])")
_AFTER_NAMES = re.compile(
    r"(?:(?<!\s)\s+)?[|•·∙⋅*(]\s*|(?<!\s)\s+[-–—]\s+|(?:,|(?<!\s))\s+(?:on|in|am|le|el|il|at)\s+"
    r"|,?(?:(?<!\s)\s+)?(?=\d)"
)
_UPDATE = re.compile(
    r"(?i)\b(?:updated?|reviewed|modified|aktualisiert|mis à jour|actualizado|aggiornato|atualizado)\b"
)
_NAME = re.compile(
    r"[^\W\d_a-z][\w'’.-]*(?:\s+(?:(?:de|van|von|der|la|el|al|bin|di|da|dos|ten|den|le)\s+)*[^\W\d_a-z][\w'’.-]*){1,3}"
)
# Between full names: `Ana Ruiz y Gil` is one. Before one word, `y`, `e` and `i` join the halves of a surname.
_BETWEEN_NAMES = re.compile(
    r"(?:(?<!\s)\s+)?(?:[;,/&]|\b(?:and|und|et|en|och|og|with|mit)\b|\b[yei]\s+(?=\w+\s+\w))\s*"
)
# A given name that is also a word for “by”, and one word more.
_GIVEN_NAME = re.compile(r"(?:Di|Par|Von|Door|Av|Af|Por)\s+[^\W\d_a-z][\w'’-]*")
_NOT_A_NAME = re.compile(
    r"(?i)\b(?:admin(?:istrator)?|youtube|twitter|facebook|instagram|linkedin|editor|founder|officer|ceo|coo|cto|cfo|manager|attorney|lawyer|director|writer|reporter|"
    r"correspondent|contributor|columnist|journalist|producer|expert|analyst|specialist|author|professor|phd|md|"
    r"redaktion|guest|share|read|comments?|updated|published|posted|minutes?)\b|https?:|@|\d"
)
_MONTH_TAIL = re.compile(rf"(?<!\s)\s+(?:{MONTH})$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_LENGTH = 160  # characters of a byline


def lines_around_title(lines: Sequence[TextLine], title: int) -> list[TextLine]:
    """Return the lines that may give author and date: those below the title, down to the text, then those above it.

    title: index of the title's line; where there is none, of the line above the text.
    """
    below: list[TextLine] = []
    paragraphs = 0
    for line in lines[title + 1 : title + 1 + _BELOW]:
        paragraphs += line.is_prose
        if paragraphs >= _PROSE:
            break
        below.append(line)
    return below + list(lines[max(0, title - _ABOVE) : title][::-1])


def find_authors(nearby_lines: Sequence[TextLine], page_lines: Sequence[TextLine]) -> tuple[str, ...]:
    """Return the names in a byline among the lines around the title; else a name that stands alone above a date.

    page_lines: all lines of the page. What they write with small letters elsewhere is not a name.
    """
    for index, line in enumerate(nearby_lines):
        if line.is_prose or len(line.text) > _MAX_LENGTH:
            continue
        if _GIVEN_NAME.fullmatch(line.text):
            continue
        match = BYLINE.match(line.text) or _GLUED_BY.match(line.text) or _LATER_BY.search(line.text)
        if not match:
            continue
        rest = line.text[match.end() :]
        if not rest.strip() and index + 1 < len(nearby_lines):  # "By" on a line of its own
            rest = nearby_lines[index + 1].text
        if names := _parse_names(rest):
            return names
    lower_case_words: set[str] | None = None
    for index, line in enumerate(nearby_lines):
        if not _NAME.fullmatch(line.text) or line.is_boilerplate:
            continue
        if any(below.has_date or below.has_reading_time for below in nearby_lines[index + 1 : index + 4]):
            if lower_case_words is None:
                lower_case_words = {
                    word for prose in page_lines if prose.is_prose for word in prose.text.split() if word.islower()
                }
            if not lower_case_words.intersection(line.words):
                return _parse_names(line.text)
    return ()


def _parse_names(text: str) -> tuple[str, ...]:
    """Return the names at the start of what follows "By".

    A second one counts only where it looks like a name, for a role may follow as well
    ("A. Writer, Harbour Editor").
    """
    start = _AFTER_NAMES.split(text.strip(), maxsplit=1)[0]
    names: list[str] = []
    for part in _BETWEEN_NAMES.split(start):
        name = _MONTH_TAIL.sub("", part.strip(" ,.:-–—•"))
        if not name or len(name.split()) > 5 or _NOT_A_NAME.search(name):
            continue
        if not names or _NAME.fullmatch(name):
            names.append(name)
    return tuple(dict.fromkeys(names))


def find_publication_date(nearby_lines: Iterable[TextLine], today: dt.date) -> tuple[dt.date | None, bool]:
    """Return the date among the lines around a title, and whether it is only that of an update.

    A date after `today` does not count.
    """
    texts = [line.text for line in nearby_lines if not line.is_prose and (line.has_date or _YEAR.search(line.text))]
    published = find_date_in_lines((text for text in texts if not _UPDATE.search(text)), today)
    if published:
        return published, False
    updated = find_date_in_lines((text for text in texts if _UPDATE.search(text)), today)
    return updated, updated is not None
