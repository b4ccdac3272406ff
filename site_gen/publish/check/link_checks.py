"""Every link, anchor and asset of every page, followed in the files themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from site_gen.core.errors import Problem
from site_gen.core.internal_links import Links
from site_gen.core.text import did_you_mean, fold_case
from site_gen.core.urls import UrlPath, file_of_url, url_of_file
from site_gen.publish.check import html_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")  # RFC 3986, sections 3.1 and 4.2


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


_WELL = Leads(None)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page has for others: its anchors, the anchors it wants of others, its links that lead nowhere."""

    name: str
    anchors: frozenset[str]
    wanted: tuple[tuple[str, str], ...]
    broken: tuple[Broken, ...]


@dataclass(slots=True)
class Memory:
    """What a reader has learnt from pages that it read, for those that follow.

    fine: pieces of pages that need no second look: they name nothing, or what is there. leads, places: where addresses
    lead, and what they name, that are the same from any page. needed: the files that addresses led to,
    until somebody takes them.
    """

    fine: set[bytes] = field(default_factory=set)
    leads: dict[str, Leads] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files of an output folder that is published at `base_url`; `files` are all that it holds."""

    folder: Path
    base_url: str
    files: frozenset[str]
    base_path: str = field(init=False)
    root: str = field(init=False)
    memory: Memory = field(init=False, repr=False, compare=False, default_factory=Memory)

    def __post_init__(self) -> None:
        links = Links(self.base_url)
        object.__setattr__(self, "root", links.root)
        object.__setattr__(self, "base_path", links.base_path)

    def is_full(self, target: str) -> bool:
        """Whether an address names the same from every page: it has a scheme, or begins at the host."""
        return target.startswith("/") or bool(_ELSEWHERE.match(target))

    def file_for(self, target: str, here: str) -> Place:
        """What an address on the page `here` (its path) names."""
        place = self.memory.places.get(target)
        if place is None:
            place = self.found(target, here)
            if self.is_full(target):
                self.memory.places[target] = place
        return place

    def found(self, target: str, here: str) -> Place:
        """The same for an address that is not asked for again."""
        place = self._file_for(target, here)
        if place.file and not place.broken:
            self.memory.needed.add(place.file)
        return place

    def _file_for(self, target: str, here: str) -> Place:
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
    return [page_links(reader, name, (reader.folder / name).read_bytes()) for name in names]


def page_links(reader: Reader, name: str, data: bytes) -> PageLinks:
    """The links of a page."""
    fine = reader.memory.fine
    anchors: set[str] = set()
    addresses: set[str] = set()
    learnt: list[tuple[bytes, tuple[str, ...]]] = []
    for piece in html_links.pieces(data) - fine:
        found = html_links.named(piece)
        if found is None:
            learnt, every = [], list(html_links.named_in_order(data))
            anchors = {one for found in every for one in found.anchors}
            addresses = {one for found in every for one in found.addresses}
            break
        anchors.update(found.anchors)
        addresses.update(found.addresses)
        if not found.anchors and piece.endswith(b">"):  # nearly every title and script stands on one page alone
            learnt.append((piece, found.addresses))
    here = reader.base_path + url_of_file(name)[1:]
    wanted: set[tuple[str, str]] = set()
    broken: set[Broken] = set()
    known = reader.memory.leads
    for address in addresses:
        leads = known.get(address)
        if leads is None:
            leads = _leads(reader, address, name, here)
            if reader.is_full(address):
                known[address] = leads
        if leads.broken:
            broken.add(leads.broken)
        elif leads.wanted:
            wanted.add(leads.wanted)
    fine.update(piece for piece, named in learnt if all(known.get(address) == _WELL for address in named))
    return PageLinks(name, frozenset(anchors), tuple(wanted), tuple(broken))


def _leads(reader: Reader, target: str, name: str, here: str) -> Leads:
    """Where an address on the page `name` leads."""
    if target.startswith("#"):
        return Leads((name, unquote(target[1:])) if target[1:] else None)
    file, fragment, broken = reader.found(target, here)
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
                broken = Broken(
                    f"{url_of_file(file)}#{fragment}", Fault.PLACE, "names a place that the page does not have"
                )
                found.setdefault(broken, []).append(page.name)
    folded = {fold_case(name): name for name in files}
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
    name = file_of_url(UrlPath(unquote(path)))
    tail = next((name[at:] for at in range(len(name)) if fold_case(name[at:]) in folded), None)
    if tail and len(tail) > len("index.html"):
        return f"upper and lower case count on the web; write {url_of_file(folded[fold_case(tail)])}"
    near = [url_of_file(file) for file in files if file.endswith((".html", ".xml", ".css", ".svg", ".png"))]
    return did_you_mean(path, near, "take the link out, or make what it leads to")
