"""A server that behaves as GitHub Pages does, over a clone of the published branch; and a crawler for it."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import html5lib

from tests.support.sites import read_files
from tests.support.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TYPES = {"html": "text/html", "css": "text/css", "svg": "image/svg+xml", "xml": "application/xml", "txt": "text/plain"}


@dataclass(frozen=True)
class HostResponse:
    """What the host answered."""

    status: int
    location: str | None  # where a redirect leads to
    body: bytes


@dataclass(frozen=True)
class Host:
    """A host that runs."""

    port: int
    base_path: str  # the path below which it serves
    files: dict[str, bytes]  # by their exact names

    def get(self, path: str) -> HostResponse:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return HostResponse(response.status, response.getheader("Location"), response.read())


@contextlib.contextmanager
def host_pages(folder: Path, base_path: str) -> Iterator[Host]:
    """Serve a folder below a path.

    Names are exact; a folder without its slash is redirected, nothing else is; what is not there gets 404.html, at any
    depth.
    """
    files = {name: data for name, data in read_files(folder).items() if not name.startswith(".git/")}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            name = path.removeprefix(base_path)
            if not path.startswith(base_path):
                self.answer(404, b"no such site")
            elif (whole := f"{name}index.html" if not name or name.endswith("/") else name) in files:
                self.answer(200, files[whole], whole)
            elif f"{name}/index.html" in files:
                self.send_response(301)
                self.send_header("Location", f"{urlsplit(self.path).path}/")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif f"{name}.html" in files:
                self.answer(200, files[f"{name}.html"], f"{name}.html")
            else:
                self.answer(404, files.get("404.html", b"not found"), "404.html")

        def answer(self, status: int, data: bytes, name: str = "x.html") -> None:
            self.send_response(status)
            self.send_header("Content-Type", _TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Host(server.server_port, base_path, files)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def links_of(data: bytes) -> tuple[set[str], set[str]]:
    """Return the links and the anchors of a page."""
    root = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(data)
    links, anchors = set(), set()
    for element in root.iter():
        if isinstance(element.tag, str):
            links |= {element.attrib[name] for name in ("href", "src", "srcset", "action") if name in element.attrib}
            anchors |= {element.attrib["id"]} if "id" in element.attrib else set()
    links |= set(re.findall(r'0; ?url=([^"]+)"', data.decode()))
    return links, anchors


def crawl(host: Host, site: str) -> tuple[set[str], list[str]]:
    """Follow every link from the site's home and its 404 page; return the paths that were seen, and what is broken.

    site: the address under which the site believes to be.
    """
    broken: list[str] = []
    anchors: dict[str, set[str]] = {}
    fragments: list[tuple[str, str, str]] = []
    waiting, seen = [(host.base_path, "/"), (f"{host.base_path}404.html", "/")], set[str]()
    while waiting:
        path, origin = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = host.get(path)
        if response.status != 200:
            broken.append(f"{path} on {origin}: {response.status}")
            continue
        if not path.endswith(("/", ".html")):
            continue
        links, anchors[path] = links_of(response.body)
        for link in links:
            target = urlsplit(urljoin(f"{urljoin(site, '/')}{path.lstrip('/')}", link))
            if f"{target.scheme}://{target.netloc}/" == urljoin(site, "/"):
                waiting.append((target.path, path))
                fragments += [(target.path, unquote(target.fragment), path)] if target.fragment else []
    broken += [f"{path}#{part} on {page}" for path, part, page in fragments if part not in anchors.get(path, {part})]
    return seen, broken
