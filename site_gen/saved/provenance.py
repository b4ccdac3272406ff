"""What browsers and SingleFile write into a page they save: where it was, and when."""

from __future__ import annotations

import datetime as dt
import re

from site_gen.urls import safe_href

_HEAD = 20_000
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{4,5}\)(\S+?)\s*-->")
_SINGLEFILE = re.compile(r"<!--\s*(?:Page saved with|Archive processed by) SingleFile(.*?)-->", re.DOTALL)
_URL_LINE = re.compile(r"^\s*url:\s*(\S+)", re.MULTILINE)
_DATE_LINE = re.compile(r"^\s*saved date:\s*(.+?)\s*$", re.MULTILINE)
# How JavaScript writes a Date: Tue Mar 04 2025 09:12:44 GMT+0100 (…). ECMA-262, Date.prototype.toString.
_JS_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) ")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def of_html(text: str) -> tuple[str | None, dt.date | None]:
    """Source URL and day of saving from the comment of the tool that saved the page, each None if absent."""
    head = text[:_HEAD]
    single = _SINGLEFILE.search(head)
    if single:
        url, date = _URL_LINE.search(single[1]), _DATE_LINE.search(single[1])
        return (safe_href(url[1]) if url else None), (_date(date[1]) if date else None)
    chrome = _SAVED_FROM.search(head)
    return (safe_href(chrome[1]) if chrome else None), None  # `about:internet` is no web address


def _date(text: str) -> dt.date | None:
    match = _JS_DATE.match(text)
    try:
        if match:
            return dt.date(int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2]))
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
