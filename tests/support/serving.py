"""What the tests of the watch server share: a builder of pages that a test names, a server in a thread."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from site_gen.build import build_session
from site_gen.build.deferred_files import is_deferred
from site_gen.serve import watch_server
from site_gen.serve.builder_protocol import DeferredProgress, RefreshResult
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from site_gen.core.errors import Problem
    from site_gen.serve.builder_protocol import SiteBuilder

SECONDS = 100.0  # until a test gives up waiting; a quiet machine needs less than one
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


# As in the foreground: what a script begins in the background is deaf to SIGINT, and so are its children.
_FOREGROUND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from site_gen.cli.main import main; raise SystemExit(main())"
)
SITE_GEN = [sys.executable, "-c", _FOREGROUND]
# How a server may end that is told to. Work under way is given half a second, which is not enough on a busy machine.
ENDS = {watch_server.STOPPED, watch_server.INTERRUPTED}


def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait until something is so."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"not so in {SECONDS:g} s: {what or condition}"
        time.sleep(0.02)


def html(body: str, *, style: str = "/repo/assets/style.1.css", head: str = "") -> str:
    """Return a page as the theme makes them."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<title>A page</title>\n'
        f'<link rel="stylesheet" href="{style}">\n<link rel="icon" href="/repo/assets/icon.svg">\n'
        f"{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@dataclass
class Fake:
    """A builder that writes what a test put into it, at the next refresh."""

    out: Path
    calls: list[list[Path] | None] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    closed: int = 0
    works: int = 0
    worked: DeferredProgress = field(default_factory=DeferredProgress)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    error: Exception | None = None
    wait: threading.Event | None = None
    _todo: dict[str, bytes | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, files: dict[str, str | bytes | None]) -> None:
        """Set what the next refresh writes, by URL; None is removed. All at once, as one change."""
        with self._lock:
            self._todo.update({url: text.encode() if isinstance(text, str) else text for url, text in files.items()})

    def refresh(self, hints: Iterable[Path] | None) -> RefreshResult:
        self.calls.append(None if hints is None else list(hints))
        self.threads.add(threading.get_ident())
        if self.wait is not None:
            self.wait.wait(SECONDS)
        if self.error is not None:
            raise self.error
        if self.problems:
            return RefreshResult(problems=self.problems)
        with self._lock:
            todo, self._todo = self._todo, {}
        for url, data in todo.items():
            path = self.out / (url.strip("/") + ("/index.html" if url.endswith("/") else "")).lstrip("/")
            if data is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        return RefreshResult(tuple(todo), (), self.notes)

    def make_deferred_files(self) -> DeferredProgress:
        self.works += 1
        return self.worked

    def close(self) -> None:
        self.closed += 1


@dataclass
class Served:
    """A server that runs, and how it ended."""

    url: str
    port: int
    stop: threading.Event
    thread: threading.Thread
    ended: list[int | BaseException]

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask with a client of the standard library. A header's underscores are hyphens."""
        return get(self.port, path, method, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def get(port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def send(port: int, raw: bytes) -> bytes:
    """Send bytes, give all that comes back until the connection closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        parts = []
        with contextlib.suppress(ConnectionError):  # a server need not read to the end what it refuses
            connection.sendall(raw)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)


@contextlib.contextmanager
def serving(site: Path, out: Path, builder: SiteBuilder, **options: Any) -> Iterator[Served]:
    """Run a server in a thread of this process, on a free port unless told otherwise."""
    stop, urls, ended = threading.Event(), list[str](), list[int | BaseException]()

    def work() -> None:
        try:
            ended.append(
                watch_server.serve(site, out, builder, stop=stop, on_start=urls.append, **{"port": 0, **options})
            )
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: urls or ended, "a server")
        if ended and isinstance(ended[0], BaseException):
            raise ended[0]
        port = int(urls[0].split("/")[2].rpartition(":")[2])
        yield Served(urls[0], port, stop, thread, ended)
    finally:
        stop.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


class Command:
    """A server in a process of its own, and what it says."""

    def __init__(self, site: Path, *args: str, env: dict[str, str] | None = None) -> None:
        self.site = site
        self.process = subprocess.Popen(
            [*SITE_GEN, "serve", "--site", str(site), *args],
            env={**os.environ, "PYTHONUTF8": "1", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def url(self) -> str:
        until(lambda: self.said("serving ") or self.process.poll() is not None, "\n".join(self.lines))
        (line,) = self.said("serving ")
        return line.split()[1]

    @property
    def port(self) -> int:
        return int(self.url.split("/")[2].rpartition(":")[2])

    def said(self, start: str) -> list[str]:
        return [line for line in self.lines if line.startswith(start)]

    def text(self, path: str) -> str:
        return get(self.port, path).body.decode()

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        status = self.process.wait(SECONDS)
        self._reading.join(SECONDS)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(SECONDS)
        self._reading.join(SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def command(site: Path, *args: str, env: dict[str, str] | None = None) -> Iterator[Command]:
    found = Command(site, *args, env=env)
    try:
        yield found
    finally:
        found.close()


def right(site: Path, tmp_path: Path) -> bool:
    """Whether the output is what a clean build makes, but for what is made after the pages."""
    clean = tmp_path / "clean"
    copy = tmp_path / "copy"
    for folder in (clean, copy):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        shutil.copytree(site, copy, ignore=shutil.ignore_patterns("output", ".site-gen"))
        build_session.build(copy, clean)
        wanted, found = read_files(clean), read_files(site / "output")
        return all(
            wanted.get(name) == found.get(name) for name in wanted.keys() | found.keys() if not is_deferred(name)
        )
    except FileNotFoundError:  # written to meanwhile
        return False
