"""What the tests of the servers share: a builder of pages that a test names, a server in a thread or a process."""

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
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from site_gen.build.build_report import Report
from site_gen.build.deferred_files import is_deferred
from site_gen.serve import watch_server
from site_gen.serve.builder_protocol import DeferredProgress
from tests.support.sites import clean_build, differing_files, read_files, write_files
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from site_gen.core.errors import Problem
    from site_gen.serve.builder_protocol import SiteBuilder

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"  # of the theme's pages
)
# As in the foreground: what a script begins in the background is deaf to SIGINT, and so are its children.
_FOREGROUND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from site_gen.cli.main import main; raise SystemExit(main())"
)
SITE_GEN = [sys.executable, "-c", _FOREGROUND]
# How a server may end that is told to. Work under way is given half a second, which is not enough on a busy machine.
ENDS = {watch_server.STOPPED, watch_server.INTERRUPTED}


def html(body: str, *, style: str = "/repo/assets/style.1.css", head: str = "") -> str:
    """Return a page as the theme makes them."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<title>A page</title>\n'
        f'<link rel="stylesheet" href="{style}">\n<link rel="icon" href="/repo/assets/icon.svg">\n'
        f"{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@dataclass
class FakeBuilder:
    """A builder that writes what a test puts into it, at the next refresh."""

    out: Path
    calls: list[list[Path] | None] = field(default_factory=list)  # the hints of each refresh, None: look at everything
    threads: set[int] = field(default_factory=set)  # that asked for a refresh
    closed: int = 0  # how often
    deferred_calls: int = 0  # how often deferred files were asked for
    deferred_progress: DeferredProgress = field(default_factory=DeferredProgress)  # the answer to that
    problems: tuple[Problem, ...] = ()  # that keep refreshes from writing
    notes: tuple[Problem, ...] = ()
    untagged: tuple[Problem, ...] = ()
    error: Exception | None = None  # that refreshes raise
    wait: threading.Event | None = None  # that refreshes wait for
    _pending_files: dict[str, bytes | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, files: dict[str, str | bytes | None]) -> None:
        """Let the next refresh write these files, by URL, as one change; None removes one."""
        data = {url: text.encode() if isinstance(text, str) else text for url, text in files.items()}
        with self._lock:
            self._pending_files.update(data)

    def refresh(self, hints: Iterable[Path] | None) -> Report:
        self.calls.append(None if hints is None else list(hints))
        self.threads.add(threading.get_ident())
        if self.wait is not None:
            self.wait.wait(SECONDS)
        if self.error is not None:
            raise self.error
        if self.problems:
            return Report(problems=self.problems)
        with self._lock:
            files, self._pending_files = self._pending_files, {}
        for url, data in files.items():
            name = (url.strip("/") + ("/index.html" if url.endswith("/") else "")).lstrip("/")
            if data is None:
                (self.out / name).unlink()
            else:
                write_files(self.out, {name: data})
        untagged, self.untagged = self.untagged, ()
        return Report(urls=tuple(files), notes=self.notes, untagged=untagged)

    def make_deferred_files(self) -> DeferredProgress:
        self.deferred_calls += 1
        return self.deferred_progress

    def close(self) -> None:
        self.closed += 1


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered."""

    status: int
    headers: dict[str, str]  # by name in small letters
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class RunningServer:
    """A server that runs, and how it ended."""

    url: str  # of the site's home
    stop: threading.Event  # which ends it
    thread: threading.Thread
    outcomes: list[int | BaseException]  # once it has ended: what it returned or raised

    @property
    def port(self) -> int:
        return port_of(self.url)

    def get(self, path: str, method: str = "GET", **headers: str) -> HttpAnswer:
        """Ask with a client of the standard library. A header's underscores are hyphens."""
        return http_request(self.port, path, method, {name.replace("_", "-"): text for name, text in headers.items()})


def port_of(url: str) -> int:
    return int(url.split("/")[2].rpartition(":")[2])


def http_request(
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> HttpAnswer:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        all_headers = {name.lower(): text for name, text in response.getheaders()}
        return HttpAnswer(response.status, all_headers, response.read())


def send(port: int, raw: bytes) -> bytes:
    """Send bytes; return all that comes back until the connection closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        parts = []
        with contextlib.suppress(ConnectionError):  # a server need not read to the end what it refuses
            connection.sendall(raw)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)


@contextlib.contextmanager
def run_server(serve: Callable[..., int]) -> Iterator[RunningServer]:
    """Run a server of the program in a thread of this process; raise what keeps it from starting."""
    stop, urls, outcomes = threading.Event(), list[str](), list[int | BaseException]()

    def work() -> None:
        try:
            outcomes.append(serve(stop=stop, on_start=urls.append))
        except BaseException as error:
            outcomes.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: urls or outcomes, "a server")
        if outcomes and isinstance(outcomes[0], BaseException):
            raise outcomes[0]
        yield RunningServer(urls[0], stop, thread, outcomes)
    finally:
        stop.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


def serving(
    site: Path, out: Path, builder: SiteBuilder, **options: Any
) -> contextlib.AbstractContextManager[RunningServer]:
    """Run the watch server in a thread, on a free port unless told otherwise."""
    return run_server(partial(watch_server.serve, site, out, builder, **{"port": 0, **options}))


class ServeProcess:
    """`site-gen serve` in a process of its own, and what it prints."""

    def __init__(self, site: Path, *args: str, env: Mapping[str, str] | None = None) -> None:
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
        """The address of the site's home, once the server says it."""
        until(lambda: self.lines_starting("serving ") or self.process.poll() is not None, "\n".join(self.lines))
        (line,) = self.lines_starting("serving ")
        return line.split()[1]

    @property
    def port(self) -> int:
        return port_of(self.url)

    def lines_starting(self, start: str) -> list[str]:
        return [line for line in self.lines if line.startswith(start)]

    def text(self, path: str) -> str:
        return http_request(self.port, path).text

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal; return the status with which the process ends."""
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
        sys.stdout.write("\n".join([*self.lines, ""]))  # shown where the test fails: the server's word on what it did


def serve_process(site: Path, *args: str, env: Mapping[str, str] | None = None) -> contextlib.closing[ServeProcess]:
    """Run `site-gen serve` as a process for as long as a `with` block takes."""
    return contextlib.closing(ServeProcess(site, *args, env=env))


def has_clean_output(site: Path) -> bool:
    """Return whether the output is what a clean build makes, but for what is made after the pages."""
    try:
        differing = differing_files(clean_build(site), read_files(site / "output"))
    except (FileNotFoundError, shutil.Error):  # written to meanwhile
        return False
    return all(is_deferred(name) for name in differing)
