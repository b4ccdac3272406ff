"""Who wrote a copied article, and when: what the lines around its title tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.ingest.extract.copied_text.text_lines import BYLINE, MONTH
from site_gen.ingest.extract.html.publication_date import dateline

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from site_gen.ingest.extract.copied_text.text_lines import Line

_BELOW, _ABOVE = 10, 3  # lines around a title in which a page tells author and day
_PROSE = 2  # paragraphs after which the lines below a title are the text
_LATER_BY = re.compile(r"(?:^|[\s|•·∙⋅,;:–—-])(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor)[:\s]+(?=[^\W\d_a-z])")
_GLUED_BY = re.compile(r"^(?:(?:Posted|Written|Published) ?by|By)(?=[^\W\d_a-z][^\W\d_A-Z])")
_CUT = re.compile(r"\s*[|•·∙⋅*(]\s*|\s+[-–—]\s+|,?\s+(?:on|in|am|le|el|il|at)\s+|,?\s*(?=\d)")
_UPDATE = re.compile(
    r"(?i)\b(?:updated?|reviewed|modified|aktualisiert|mis à jour|actualizado|aggiornato|atualizado)\b"
)
_NAME = re.compile(
    r"[^\W\d_a-z][\w'’.-]*(?:\s+(?:(?:de|van|von|der|la|el|al|bin|di|da|dos|ten|den|le)\s+)*[^\W\d_a-z][\w'’.-]*){1,3}"
)
_BETWEEN = re.compile(r"\s*(?:[;,/&]|\b(?:and|und|et|y|e|en|och|og|i|with|mit)\b)\s*")
_NO_NAME = re.compile(
    r"(?i)\b(?:admin(?:istrator)?|editor|founder|officer|ceo|coo|cto|cfo|manager|attorney|lawyer|director|writer|reporter|"
    r"correspondent|contributor|columnist|journalist|producer|expert|analyst|specialist|author|professor|phd|md|"
    r"redaktion|guest|share|read|comments?|updated|published|posted|minutes?)\b|https?:|@|\d"
)
_MONTH_TAIL = re.compile(rf"\s+(?:{MONTH})$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 160  # characters of a byline


def around(lines: Sequence[Line], title: int) -> list[Line]:
    """The lines that may tell author and day: those below the title, down to the text, then those above it."""
    below: list[Line] = []
    prose = 0
    for line in lines[title + 1 : title + 1 + _BELOW]:
        prose += line.prose
        if prose >= _PROSE:
            break
        below.append(line)
    return below + list(lines[max(0, title - _ABOVE) : title][::-1])


def authors(near: Sequence[Line], lines: Sequence[Line]) -> tuple[str, ...]:
    """The names that a byline among `near` tells; else a name that stands alone above the day. `lines` is the
    whole page: what it writes with small letters elsewhere is no name."""
    for index, line in enumerate(near):
        if line.prose or len(line.text) > _LONGEST:
            continue
        match = BYLINE.match(line.text) or _GLUED_BY.match(line.text) or _LATER_BY.search(line.text)
        if not match:
            continue
        rest = line.text[match.end() :]
        if not rest.strip() and index + 1 < len(near):  # "By" on a line of its own
            rest = near[index + 1].text
        if found := _names(rest):
            return found
    common: set[str] | None = None
    for index, line in enumerate(near):
        if not _NAME.fullmatch(line.text) or line.furniture:
            continue
        if any(other.day or other.minutes for other in near[index + 1 : index + 4]):
            if common is None:
                common = {word for other in lines if other.prose for word in other.text.split() if word.islower()}
            if not common.intersection(line.words):
                return _names(line.text)
    return ()


def _names(text: str) -> tuple[str, ...]:
    """The names at the start of what follows "By": further ones only where they look like names, for a role may
    follow as well ("A. Writer, Harbour Editor")."""
    head = _CUT.split(text.strip(), maxsplit=1)[0]
    found: list[str] = []
    for part in _BETWEEN.split(head):
        name = _MONTH_TAIL.sub("", part.strip(" ,.:-–—•"))
        if not name or len(name.split()) > 5 or _NO_NAME.search(name):
            continue
        if not found or _NAME.fullmatch(name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def published(near: Iterable[Line], today: dt.date) -> tuple[dt.date | None, bool]:
    """The day among lines around a title, and whether it is only the day of an update; None after `today`."""
    texts = [line.text for line in near if not line.prose and (line.day or _YEAR.search(line.text))]
    day = dateline((text for text in texts if not _UPDATE.search(text)), today)
    if day:
        return day, False
    day = dateline((text for text in texts if _UPDATE.search(text)), today)
    return day, day is not None
