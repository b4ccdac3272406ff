"""Every link, anchor and asset of every page, followed in the files themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum, auto
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from site_gen.errors import Problem
from site_gen.links import Links
from site_gen.text import did_you_mean, fold
from site_gen.urls import UrlPath, file_of, url_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# Attributes as templates write them: quoted. Autoescape leaves no bare quote in a text to be taken for one.
_ATTRIBUTE = re.compile(rb"""\s(href|src|id|name|srcset|action|poster)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFRESH = re.compile(rb"""http-equiv=["']?refresh["']?\s+content=["'][^"']*?url=([^"']+)["']""", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")  # RFC 3986, sections 3.1 and 4.2
_ANCHOR = frozenset({b"id", b"name"})
_MOST = 5  # pages that one complaint names


class Fault(StrEnum):
    """What is wrong with a link."""

    OUTSIDE = auto()  # of the path where the site will stand
    SLASH = auto()  # lacks the one at its end
    PLACE = auto()  # on a page that is there, but not that place
    MISSING = auto()


class Broken(NamedTuple):
    """A link that leads nowhere: its target as written, what is wrong with it, and that in words."""

    target: str
    fault: Fault
    why: str


class Place(NamedTuple):
    """What an address names: a file (None for what is elsewhere) and its fragment, and what is wrong with it."""

    file: str | None = None
    fragment: str = ""
    broken: Broken | None = None

    @property
    def why(self) -> str:
        """What is wrong, in words; empty where all is well."""
        return self.broken.why if self.broken else ""


class Leads(NamedTuple):
    """Where an address leads: to a place on a page of the site, nowhere, or neither, where all is well."""

    wanted: tuple[str, str] | None
    broken: Broken | None = None


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page has for others: its anchors, the anchors it wants of others, its links that lead nowhere."""

    name: str
    anchors: frozenset[str]
    wanted: tuple[tuple[str, str], ...]
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads pages of an output folder that is published at `base_url`; `files` are all that it holds."""

    folder: Path
    base_url: str
    files: frozenset[str]
    base_path: str = field(init=False)
    root: str = field(init=False)

    def __post_init__(self) -> None:
        links = Links(self.base_url)
        object.__setattr__(self, "root", links.root)
        object.__setattr__(self, "base_path", links.base_path)

    def file_for(self, target: str, here: str) -> Place:
        """What an address on the page `here` (its path) names."""
        if target.startswith(self.root):
            inside = target[len(self.root) :]
        elif target.startswith(self.base_path) and not target.startswith("//") and "/." not in target:
            inside = target[len(self.base_path) :]
        elif _ELSEWHERE.match(target):
            return Place()
        else:
            full = urlsplit(urljoin(here, target))
            if not full.path.startswith(self.base_path):
                why = f"is outside of {self.base_path}, where the site will stand"
                return Place(broken=Broken(target, Fault.OUTSIDE, why))
            inside = full.path[len(self.base_path) :] + (f"#{full.fragment}" if full.fragment else "")
        path, _, fragment = inside.partition("#")
        path = unquote(path.partition("?")[0])
        name = f"{path}index.html" if not path or path.endswith("/") else path
        if name in self.files:
            return Place(name, unquote(fragment))
        if f"{path}/index.html" in self.files:
            why = "lacks the slash at its end; readers would be sent on, feeds and forms not"
            return Place(name, "", Broken(target, Fault.SLASH, why))
        return Place(name, "", Broken(target, Fault.MISSING, "is not there"))


def read(reader: Reader, names: Sequence[str]) -> list[PageLinks]:
    """The links of these pages."""
    known: dict[bytes, Leads] = {}
    return [page_links(reader, name, (reader.folder / name).read_bytes(), known) for name in names]


def page_links(reader: Reader, name: str, data: bytes, known: dict[bytes, Leads]) -> PageLinks:
    """The links of a page. `known` keeps where addresses lead that lead to the same place from any page."""
    here = reader.base_path + url_of(name)[1:]
    anchors: set[str] = set()
    raw: set[bytes] = set(_REFRESH.findall(data))
    for kind, double, single in _ATTRIBUTE.findall(data):
        if kind in _ANCHOR:
            anchors.add((double or single).decode("utf-8", "replace"))
        elif kind == b"srcset":
            raw.update(part.split()[0] for part in (double or single).split(b",") if part.strip())
        else:
            raw.add(double or single)
    wanted: set[tuple[str, str]] = set()
    broken: set[Broken] = set()
    for address in raw:
        leads = known.get(address)
        if leads is None:
            leads = _leads(reader, unescape(address.decode("utf-8", "replace")), name, here)
            if address[:1] == b"/":  # most stand on many pages
                known[address] = leads
        if leads.broken:
            broken.add(leads.broken)
        elif leads.wanted:
            wanted.add(leads.wanted)
    return PageLinks(name, frozenset(map(unescape, anchors)), tuple(wanted), tuple(broken))


def _leads(reader: Reader, target: str, name: str, here: str) -> Leads:
    """Where an address on the page `name` leads."""
    if target.startswith("#"):
        return Leads((name, unquote(target[1:])) if target[1:] else None)
    file, fragment, broken = reader.file_for(target, here)
    if broken:
        return Leads(None, broken)
    return Leads((file, fragment) if file and fragment and not fragment.startswith(":~:") else None)


def wrong(out: Path, pages: Iterable[PageLinks], files: frozenset[str]) -> Iterator[Problem]:
    """A complaint for each address that leads nowhere, with the pages that name it."""
    pages = list(pages)
    anchors = {page.name: page.anchors for page in pages}
    found: dict[Broken, list[str]] = {}
    for page in pages:
        for broken in page.broken:
            found.setdefault(broken, []).append(page.name)
        for file, fragment in page.wanted:
            if file in anchors and fragment not in anchors[file]:
                broken = Broken(f"{url_of(file)}#{fragment}", Fault.PLACE, "names a place that the page does not have")
                found.setdefault(broken, []).append(page.name)
    folded = {fold(name): name for name in files}
    for broken, names in sorted(found.items()):
        others = f" and {len(names) - 1} more pages" if len(names) > 1 else ""
        what = f"links to {broken.target}, which {broken.why}{others and f' (so do{others[4:]})'}"
        yield Problem(str(out / names[0]), 0, what, _mend(broken, files, folded))


def _mend(broken: Broken, files: frozenset[str], folded: dict[str, str]) -> str:
    path = urlsplit(broken.target).path
    if broken.fault is Fault.SLASH:
        return f"write {path}/"
    if broken.fault is Fault.OUTSIDE:
        return "in a template write the address with the filter `url`"
    if broken.fault is Fault.PLACE:
        return "check the part after #"
    name = file_of(UrlPath(unquote(path)))
    tail = next((name[at:] for at in range(len(name)) if fold(name[at:]) in folded), None)
    if tail and len(tail) > len("index.html"):
        return f"upper and lower case count on the web; write {url_of(folded[fold(tail)])}"
    near = [url_of(file) for file in files if file.endswith((".html", ".xml", ".css", ".svg", ".png"))]
    return did_you_mean(path, near, "take the link out, or make what it leads to")
