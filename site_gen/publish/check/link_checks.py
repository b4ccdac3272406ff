"""Follow every link, anchor and asset of every page, in the files of the output folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import Struct

from site_gen.core.errors import Problem
from site_gen.core.internal_links import Links
from site_gen.core.text import did_you_mean, fold_case
from site_gen.core.urls import UrlPath, file_of_url, url_of_file
from site_gen.publish.check import html_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")  # a scheme, or a host (RFC 3986, sections 3.1 and 4.2)


class LinkFault(StrEnum):
    """What is wrong with a link."""

    OUTSIDE = auto()  # it leads outside of the path where the site will stand
    SLASH = auto()  # it lacks the slash at its end
    PLACE = auto()  # the page that it leads to is there, but not the place on it
    MISSING = auto()  # nothing is there


class BrokenLink(NamedTuple):
    """A link that leads nowhere."""

    target: str  # as written
    fault: LinkFault  # what is wrong with it
    why: str  # the fault in words, to be read after the target: `is not there`


class LinkTarget(NamedTuple):
    """What an address names."""

    file: str | None = None  # name of a file of the output; None: something that is not of the site
    fragment: str = ""  # what stands after #, unescaped
    broken: BrokenLink | None = None  # None where all is well

    @property
    def why(self) -> str:
        """What is wrong, in words; empty where all is well."""
        return self.broken.why if self.broken else ""


class LinkResult(NamedTuple):
    """What is to be said of a link: at most one of these; none where all is well."""

    wanted_anchor: tuple[str, str] | None  # a file and an anchor that must be on it, still to be seen
    broken: BrokenLink | None = None  # what is wrong with it


_GOOD = LinkResult(None)


class PageLinks(Struct, frozen=True):
    """What the check of other pages needs to know of one page."""

    name: str  # of its file
    anchors: frozenset[str]  # those that it has
    wanted: tuple[tuple[str, str], ...]  # files and the anchors on them that it links to
    broken: tuple[BrokenLink, ...]  # its links that lead nowhere


@dataclass(slots=True)
class LinkCache:
    """What was found out from pages that were read, for those that follow."""

    good_pieces: set[bytes] = field(default_factory=set)  # pieces of pages (see `html_links`) without a broken link
    results: dict[str, LinkResult] = field(default_factory=dict)  # by address, where it is absolute
    targets: dict[str, LinkTarget] = field(default_factory=dict)  # by address, where it is absolute
    needed: set[str] = field(default_factory=set)  # files that addresses led to, until somebody takes the set


@dataclass(frozen=True, slots=True)
class LinkResolver:
    """Finds the files that addresses name in an output folder, and remembers them."""

    folder: Path  # the output folder
    base_url: str  # where it is published
    files: frozenset[str]  # names of all files that it holds, or will hold
    base_path: str = field(init=False)  # the path of `base_url`, with a slash at its end
    root: str = field(init=False)  # `base_url` with a slash at its end
    cache: LinkCache = field(init=False, repr=False, compare=False, default_factory=LinkCache)  # of this process

    def __post_init__(self) -> None:
        links = Links(self.base_url)
        object.__setattr__(self, "root", links.root)
        object.__setattr__(self, "base_path", links.base_path)

    def resolve(self, address: str, page_path: str) -> LinkTarget:
        """Return what an address names that may be asked for again.

        page_path: the path of the page that it is on, which has a part in relative addresses.
        """
        target = self.cache.targets.get(address)
        if target is None:
            target = self.resolve_once(address, page_path)
            if _is_absolute(address):
                self.cache.targets[address] = target
        return target

    def resolve_once(self, address: str, page_path: str) -> LinkTarget:
        """Return what an address names, without remembering it. page_path: the path of the page that it is on."""
        target = self._resolve(address, page_path)
        if target.file and not target.broken:
            self.cache.needed.add(target.file)
        return target

    def _resolve(self, address: str, page_path: str) -> LinkTarget:
        if address.startswith(self.root):
            inside = address[len(self.root) :]
        elif address.startswith(self.base_path) and not address.startswith("//") and "/." not in address:
            inside = address[len(self.base_path) :]
        elif _ELSEWHERE.match(address):
            return LinkTarget()
        else:
            full = urlsplit(urljoin(page_path, address))
            if not full.path.startswith(self.base_path):
                why = f"is outside {self.base_path}, where the site will be"
                return LinkTarget(broken=BrokenLink(address, LinkFault.OUTSIDE, why))
            inside = full.path[len(self.base_path) :] + (f"#{full.fragment}" if full.fragment else "")
        path, _, fragment = inside.partition("#")
        path = unquote(path.partition("?")[0])
        name = f"{path}index.html" if not path or path.endswith("/") else path
        if name in self.files:
            return LinkTarget(name, unquote(fragment))
        if f"{path}/index.html" in self.files:
            why = "lacks the slash at its end; readers are redirected, feeds and forms are not"
            return LinkTarget(name, "", BrokenLink(address, LinkFault.SLASH, why))
        return LinkTarget(name, "", BrokenLink(address, LinkFault.MISSING, "is not there"))


def _is_absolute(address: str) -> bool:
    """Tell whether an address names the same from every page: it has a scheme, or begins at the host."""
    return address.startswith("/") or bool(_ELSEWHERE.match(address))


def page_links(resolver: LinkResolver, name: str, data: bytes) -> PageLinks:
    """Follow the links of a page. name: of its file. data: its bytes."""
    cache = resolver.cache
    anchors: set[str] = set()
    addresses: set[str] = set()
    new_pieces: list[tuple[bytes, tuple[str, ...]]] = []  # pieces that may be good, with their addresses
    for piece in html_links.find_pieces(data) - cache.good_pieces:
        links = html_links.read_piece(piece)
        if links is None:
            new_pieces, tags = [], list(html_links.read_page(data))
            anchors = {anchor for tag in tags for anchor in tag.anchors}
            addresses = {address for tag in tags for address in tag.addresses}
            break
        anchors.update(links.anchors)
        addresses.update(links.addresses)
        if not links.anchors and piece.endswith(b">"):  # nearly every title and script stands on one page alone
            new_pieces.append((piece, links.addresses))
    page_path = resolver.base_path + url_of_file(name)[1:]
    wanted: set[tuple[str, str]] = set()
    broken: set[BrokenLink] = set()
    for address in addresses:
        result = cache.results.get(address)
        if result is None:
            result = _follow(resolver, address, name, page_path)
            if _is_absolute(address):
                cache.results[address] = result
        if result.broken:
            broken.add(result.broken)
        elif result.wanted_anchor:
            wanted.add(result.wanted_anchor)
    results = cache.results
    cache.good_pieces.update(
        piece
        for piece, piece_addresses in new_pieces
        if all(results.get(address) == _GOOD for address in piece_addresses)
    )
    return PageLinks(name, frozenset(anchors), tuple(wanted), tuple(broken))


def _follow(resolver: LinkResolver, address: str, name: str, page_path: str) -> LinkResult:
    """Follow an address on the page whose file is `name` and whose path is `page_path`."""
    if address.startswith("#"):
        return LinkResult((name, unquote(address[1:])) if address[1:] else None)
    file, fragment, broken = resolver.resolve_once(address, page_path)
    if broken:
        return LinkResult(None, broken)
    # `:~:` begins a text directive, which names no anchor (WICG, URL Fragment Text Directives).
    return LinkResult((file, fragment) if file and fragment and not fragment.startswith(":~:") else None)


def find_broken_links(out: Path, pages: Iterable[PageLinks], files: frozenset[str]) -> Iterator[Problem]:
    """Yield a problem for each address that leads nowhere, with the pages that name it.

    out: the output folder, for messages. pages: all of the site. files: names of all its files.
    """
    pages = list(pages)
    anchors = {page.name: page.anchors for page in pages}
    pages_by_link: dict[BrokenLink, list[str]] = {}
    for page in pages:
        for broken in page.broken:
            pages_by_link.setdefault(broken, []).append(page.name)
        for file, fragment in page.wanted:
            if file in anchors and fragment not in anchors[file]:
                why = "names an anchor that the page does not have"
                broken = BrokenLink(f"{url_of_file(file)}#{fragment}", LinkFault.PLACE, why)
                pages_by_link.setdefault(broken, []).append(page.name)
    folded_names = {fold_case(name): name for name in files}
    for broken, names in sorted(pages_by_link.items()):
        others = f" and {len(names) - 1} more pages" if len(names) > 1 else ""
        what = f"links to {broken.target}, which {broken.why}{others and f' (so do{others[4:]})'}"
        yield Problem(str(out / names[0]), 0, what, _mend(broken, files, folded_names))


def _mend(broken: BrokenLink, files: frozenset[str], folded_names: dict[str, str]) -> str:
    """Say what to do about a broken link. folded_names: the files by their names in one case."""
    path = urlsplit(broken.target).path
    if broken.fault is LinkFault.SLASH:
        return f"write {path}/"
    if broken.fault is LinkFault.OUTSIDE:
        return "in a template write the address with the filter `url`"
    if broken.fault is LinkFault.PLACE:
        return "check the part after #"
    name = file_of_url(UrlPath(unquote(path)))
    tail = next((name[at:] for at in range(len(name)) if fold_case(name[at:]) in folded_names), None)
    if tail and len(tail) > len("index.html"):
        return f"upper and lower case matter on the web; write {url_of_file(folded_names[fold_case(tail)])}"
    near = [url_of_file(file) for file in files if file.endswith((".html", ".xml", ".css", ".svg", ".png"))]
    return did_you_mean(path, near, "remove the link, or create its target")
