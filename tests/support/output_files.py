"""Files of a built site: its feeds, its pages, and the file that serves an address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import html5lib
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
BASE_URL = "https://example.org/repo/"  # under which `build_once` builds


def parse_xml(path: Path) -> etree._Element:
    """Parse a file strictly; return its root."""
    return etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def parse_html(path: Path) -> Element:
    """Parse a page as browsers do; return its root."""
    root: Element = html5lib.parse(path.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    return root


def atom_feeds(out: Path) -> list[Path]:
    """Return all Atom feeds below an output folder."""
    return sorted(out.rglob("feed.xml"))


def atom_text(element: etree._Element, name: str) -> str:
    """Return the text of a child in Atom's namespace, which must be there."""
    text = element.findtext(ATOM + name)
    assert text is not None, name
    return text


def file_of_address(out: Path, url: str, base_url: str = BASE_URL) -> Path:
    """Return the file that serves an address."""
    assert url.startswith(base_url), url
    path = unquote(urlsplit(url).path).removeprefix(urlsplit(base_url).path)
    return out / (f"{path}index.html" if not path or path.endswith("/") else path)


def indexable_pages(out: Path) -> list[Path]:
    """Return the pages that search engines shall show: no redirect, no 404, none that is gone."""
    noindex = '<meta name="robots" content="noindex">'
    return [path for path in sorted(out.rglob("*.html")) if noindex not in path.read_text(encoding="utf-8")]
