"""`site-gen serve` as a process: where it listens, how it says so, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import UsageError
from site_gen.serve import watch_server
from tests.support.serving import ENDS, FakeBuilder, has_clean_output, html, serve_process, serving
from tests.support.sites import small_site
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from pathlib import Path

POSIX = pytest.mark.skipif(os.name != "posix", reason="sends signals")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return small_site(tmp_path / "site")


def test_the_help_imports_no_server() -> None:
    script = (
        "import sys; from site_gen.cli import main; main.make_parser(''); "
        "print([name for name in ('uvicorn', 'starlette', 'watchdog') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_though_pages_are_open(site: Path, number: int) -> None:
    with serve_process(site, "--port", "0") as server, contextlib.ExitStack() as stack:
        for head in ("GET /_site-gen/events HTTP/1.1", "GET /quay/ HTTP/1.1\r\nHo", "GET /quay/ HTTP/1.1"):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS))
            is_cut = head.endswith("Ho")
            end = "" if is_cut else f"\r\nHost: localhost:{server.port}\r\n\r\n"
            connection.sendall(f"{head}{end}".encode())
            if not is_cut:
                assert connection.recv(100).startswith(b"HTTP/1.1 ")
        assert server.end(number) in ENDS
        assert not [line for line in server.lines if "Traceback" in line or "rror" in line]
        assert server.lines[-1].startswith("serving ")
    assert has_clean_output(site)


def test_a_build_at_work_is_abandoned_and_the_status_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_server, "_CLEANUP_TIME", 0)
    (tmp_path / "content").mkdir()
    builder = FakeBuilder(tmp_path / "output")
    builder.wait = threading.Event()
    stop = threading.Event()
    ended: list[int] = []
    thread = threading.Thread(
        target=lambda: ended.append(watch_server.serve(tmp_path, tmp_path / "output", builder, port=0, stop=stop))
    )
    thread.start()
    until(lambda: builder.calls)
    stop.set()
    thread.join(SECONDS)
    assert ended == [watch_server.INTERRUPTED]
    builder.wait.set()
    until(lambda: builder.closed)


BUSY = """
import multiprocessing, pathlib, sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from site_gen.serve import watch_server
from site_gen.build.build_report import Report
from site_gen.serve.builder_protocol import DeferredProgress

THREADS = ThreadPoolExecutor
PROCESSES = partial(ProcessPoolExecutor, mp_context=multiprocessing.get_context("spawn"))

def work():
    pathlib.Path("busy").touch()
    time.sleep(3600)

class Busy:
    def refresh(self, hints):
        if hints is None and not pathlib.Path("second").exists():
            pathlib.Path("second").touch()
            return Report()
        with POOL(2) as pool:  # Python waits for it at its end
            busy = [pool.submit(work) for _ in range(4)]
            busy[0].result()
    def make_deferred_files(self):
        return DeferredProgress()
    def close(self):
        pathlib.Path("closed").touch()

if __name__ == "__main__":
    pathlib.Path("content").mkdir()
    watch_server._CLEANUP_TIME = CLEANUP_TIME
    status = watch_server.serve(pathlib.Path(), pathlib.Path("output"), Busy(), port=0)
    if status == watch_server.INTERRUPTED:
        watch_server.exit_now(status)
"""


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("pool", ["THREADS", "PROCESSES"])
def test_a_build_that_takes_an_hour_does_not_keep_the_process(tmp_path: Path, pool: str) -> None:
    # Processes can be killed, and then the builder cleans up, however long that takes here; threads cannot.
    cleanup_time = SECONDS if pool == "PROCESSES" else 0.1
    (tmp_path / "busy.py").write_text(BUSY.replace("POOL", pool).replace("= CLEANUP_TIME", f"= {cleanup_time}"))
    args = [sys.executable, "busy.py"]
    with subprocess.Popen(args, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            until((tmp_path / "busy").exists)
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 130
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()
    assert (tmp_path / "closed").exists() is (pool == "PROCESSES")


def test_a_clean_stop_closes_the_builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_server, "_PATIENCE", SECONDS)
    (tmp_path / "content").mkdir()
    builder = FakeBuilder(tmp_path / "output")
    with serving(tmp_path, tmp_path / "output", builder) as server:
        pass
    assert (server.outcomes, builder.closed) == ([watch_server.STOPPED], 1)


def test_the_next_free_port_is_taken_unless_one_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    with socket.create_server(("127.0.0.1", 0)) as used_socket:
        port = used_socket.getsockname()[1]
        monkeypatch.setattr("site_gen.serve.http_server.PORT", port)
        with serving(tmp_path, out, FakeBuilder(out), port=None) as server:
            assert port < server.port <= port + 20
        stop = threading.Event()
        stop.set()
        with pytest.raises(UsageError, match=f"port {port}: .*; try another --port or --host"):
            watch_server.serve(tmp_path, out, FakeBuilder(out), port=port, stop=stop)
        monkeypatch.setattr("site_gen.serve.http_server._MORE_PORTS", 0)
        with pytest.raises(UsageError, match=f"none of the ports {port} to {port}"):
            watch_server.serve(tmp_path, out, FakeBuilder(out), stop=stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "no.such.host.invalid"}, "there is no host no.such.host.invalid"),
        ({"host": "x" * 300}, "there is no host xxx"),
        ({"host": "."}, "there is no host .;"),
        ({"host": "\x1b[31m"}, "there is no host"),
        ({"host": "::1%nowhere"}, "there is no host ::1%nowhere"),
        ({"port": 70000}, "70000 is not a port; ports go from 0 to 65535"),
        ({"port": -1}, "-1 is not a port"),
        ({"host": "192.0.2.1", "port": 0}, "cannot serve on 192.0.2.1, port 0: "),
    ],
)
def test_an_address_that_it_cannot_listen_on_is_an_error(
    tmp_path: Path, options: dict[str, object], message: str
) -> None:
    builder = FakeBuilder(tmp_path)
    with pytest.raises(UsageError, match=message):
        watch_server.serve(tmp_path, tmp_path, builder, **options)  # type: ignore[arg-type]
    assert builder.calls == []


def test_other_machines_are_let_in_only_on_demand_and_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    for host, warned in (("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)):
        with serving(tmp_path, out, FakeBuilder(out), host=host) as server:
            assert ("anyone who can reach this machine" in capsys.readouterr().out) is warned
            assert "0.0.0.0" not in server.url


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_it_serves_on_ipv6(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    builder = FakeBuilder(out)
    builder.set({"/": html("six")})
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with serving(tmp_path, out, builder, host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        with socket.create_connection(("::1", server.port), timeout=SECONDS) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: [::1]:{server.port}\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


@POSIX
def test_the_browser_is_opened_when_the_site_answers(site: Path, tmp_path: Path) -> None:
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked.part\nmv {tmp_path}/asked.part {tmp_path}/asked\n')
    script.chmod(0o755)
    with serve_process(site, "--port", "0", "--open", env={"BROWSER": f"{script} %s"}) as server:
        until((tmp_path / "asked").exists)
        assert (tmp_path / "asked").read_text().strip() == server.url


def test_without_a_site_it_ends_with_an_error(tmp_path: Path) -> None:
    with serve_process(tmp_path) as server:
        assert server.process.wait(SECONDS) == 2
        until(lambda: server.lines_starting("site-gen: no site here"))
