"""What browsers and other tools write into a page that they save: where it was, and when."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from site_gen.core.urls import safe_href

_HEAD = 20_000  # characters of a page in which they write it
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{4,5}\)(?P<url>\S+?)\s*-->")
_SINGLEFILE = re.compile(r"<!--\s*(?:Page saved with|Archive processed by) SingleFile(.{0,4000}?)-->", re.DOTALL)
_URL_LINE = re.compile(r"^[^\S\n]*url:\s*(\S+)", re.MULTILINE)
_DATE_LINE = re.compile(r"^[^\S\n]*saved date:\s*+(\S(?:.*\S)?)\s*$", re.MULTILINE)
# How JavaScript writes a Date: Tue Mar 04 2025 09:12:44 GMT+0100 (…). ECMA-262, Date.prototype.toString.
_JS_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) ")
# How HTTP writes one: Tue, 04 Mar 2025 09:12:44 GMT. RFC 9110, section 5.6.7.
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) ")
# `url`, or HTTrack's `place` without a scheme; `date` where the tool notes it.
_TOOL_MARKS = (
    _SAVED_FROM,  # Chrome, Edge, Internet Explorer; `about:internet` is no web address
    re.compile(
        r"<!--\s*Mirrored from (?P<place>[^\s/<>:]+(?::\d{1,5})?/\S*)"
        r" by HTTrack [^>]{0,200}?(?:, (?P<date>[^>]{0,60}?))?\s*-->"
    ),
    re.compile(r"<!--\s*Saved from (?P<url>https?://\S+) at (?P<date>\S+) using monolith\b[^>]{0,100}-->"),
    re.compile(
        r"<html\b[^>]{0,1000}?\bdata-scrapbook-source=\"(?P<url>[^\"]+)\"(?:[^>]{0,1000}?\bdata-scrapbook-create=\"(?P<date>\d+)\")?"
    ),
)
_SAVE_PAGE_WE = re.compile(r'<meta name="savepage-(url|date)" content="([^"<>]{0,2000})"', re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What a browser calls the folder of pictures and scripts beside a page that it saved: `Page_files`. Chrome and
# Firefox; Internet Explorer in English; Firefox in German, French and Spanish.
_COMPANIONS = ("_files", ".files", "-Dateien", "_fichiers", "_archivos")


def companion_stems(folder: str) -> tuple[str, ...]:
    """Return the names, less `.html`, of the pages beside which a folder of this name may lie."""
    return tuple(folder.removesuffix(end) for end in _COMPANIONS if folder.endswith(end) and folder != end)


def read_provenance(text: str) -> tuple[str | None, dt.date | None]:
    """Return the source URL and the day of saving that a tool wrote into a page of HTML, each None if absent."""
    head = text[:_HEAD]
    single = _SINGLEFILE.search(head)
    if single:
        url, date = _URL_LINE.search(single[1]), _DATE_LINE.search(single[1])
        return (safe_href(url[1]) if url else None), (_parse_date(date[1]) if date else None)
    for pattern in _TOOL_MARKS:
        match = pattern.search(head)
        if match:
            fields = match.groupdict()
            # HTTrack leaves out the scheme; hosts that speak https only lead on from http.
            address = fields.get("url") or f"http://{fields['place']}"
            return safe_href(unescape(address)), _parse_date(fields.get("date") or "")
    return _read_save_page_we(head)


def _read_save_page_we(head: str) -> tuple[str | None, dt.date | None]:
    fields = {match[1].lower(): unescape(match[2]) for match in _SAVE_PAGE_WE.finditer(head)}
    return safe_href(fields.get("url", "")), _parse_date(fields.get("date", ""))


def _parse_date(text: str) -> dt.date | None:
    match = _JS_DATE.match(text)
    try:
        if match:
            return dt.date(int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2]))
        match = _HTTP_DATE.match(text)
        if match:
            return dt.date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
        return dt.date.fromisoformat(text[:10] if "-" in text[:10] else text[:8])
    except ValueError:
        return None
