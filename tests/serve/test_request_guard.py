"""Whom the watch server answers, and which requests it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.serve.request_guard import AllowedHosts, RequestGuard
from tests.support.serving import FakeBuilder, RunningServer, html, send, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Message, Receive, Scope, Send


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    site = tmp_path_factory.mktemp("guarded")
    fake = FakeBuilder(site / "output")
    fake.set({"/": html("home"), "/assets/icon.svg": "<svg/>"})
    with serving(site, site / "output", fake, base_path="/repo/") as server:
        yield server


def request(server: RunningServer, *lines: str, path: str = "/repo/", version: str = "1.1") -> tuple[int, str]:
    """Raw header lines, with PORT in place of the server's port; the status and the rest of the answer."""
    head = "\r\n".join([f"GET {path} HTTP/{version}", *lines, "Connection: close", "", ""])
    raw = send(server.port, head.replace("PORT", str(server.port)).encode()).decode()
    return int(raw.split()[1]), raw


@pytest.mark.parametrize(
    "host", ["localhost:PORT", "127.0.0.1:PORT", "[::1]:PORT", "LOCALHOST:PORT", "[0:0:0:0:0:0:0:1]:PORT"]
)
def test_requests_for_our_own_names_are_answered(server: RunningServer, host: str) -> None:
    assert request(server, f"Host: {host}")[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:PORT", "localhost.evil.example:PORT", "127.0.0.1.evil.example:PORT", "localhost", "127.0.0.1",
        "localhost:1", "localhost:80", "127.0.0.2:PORT", "[::2]:PORT", "0.0.0.0:PORT", "127.1:PORT", "2130706433:PORT",
        "localhost.:PORT", "evil.example",
    ],
)  # fmt: skip
def test_a_request_for_another_name_is_refused_with_the_right_one(server: RunningServer, host: str) -> None:
    status, raw = request(server, f"Host: {host}")
    assert status == 403
    assert f"http://localhost:{server.port}/" in raw
    assert "home" not in raw


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Host:"],
        ["Host: localhost:PORT", "Host: localhost:PORT"],
        ["Host: localhost:PORT", "Host: evil.example"],
        ["Host: localhost:PORT, evil.example"],
        ["Host: user@localhost:PORT"],
        ["Host: http://localhost:PORT"],
        ["Host: localhost:PORT/"],
        ["Host: localhost:PORT#"],
        ["Host: ::1:PORT"],
        ["Host: [::1"],
        ["Host: localhost:"],
        ["Host: localhost:PORTx"],
        ["Host: localhost:999999"],
    ],
)
def test_a_host_that_is_missing_doubled_or_malformed_is_refused(server: RunningServer, lines: list[str]) -> None:
    status, raw = request(server, *lines)
    assert status == 400
    assert "home" not in raw


@pytest.mark.parametrize("hosts", [[], [b"localhost:8000"] * 2, [b"localhost:8000", b"evil.example"]])
def test_the_guard_refuses_such_hosts_by_itself(hosts: list[bytes]) -> None:
    sent: list[Message] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", host) for host in hosts]
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    steps = RequestGuard(answer, AllowedHosts.of("127.0.0.1", 8000))(scope, receive, send)
    with pytest.raises(StopIteration):  # it waits for nothing, so it needs no loop
        steps.send(None)
    assert sent[0]["status"] == 400


def test_http_1_0_needs_a_host_too(server: RunningServer) -> None:
    assert request(server, version="1.0")[0] == 400
    assert request(server, "Host: localhost:PORT", version="1.0")[0] == 200


def test_a_whole_url_as_target_changes_nothing(server: RunningServer) -> None:
    assert request(server, "Host: localhost:PORT", path="http://evil.example/repo/")[0] == 404
    assert request(server, "Host: evil.example", path="http://localhost:PORT/repo/")[0] == 403


@pytest.mark.parametrize("path", ["/repo/", "/_site-gen/events", "/_site-gen/reload.js"])
@pytest.mark.parametrize(
    "origin",
    [
        "null", "http://evil.example", "http://localhost:1", "https://localhost:PORT", "http://localhost",
        "http://127.0.0.1:PORT", "file://", "localhost:PORT", "", "http://localhost:PORT/", "http://localhost:PORT.evil.example",
    ],
)  # fmt: skip
def test_a_foreign_origin_is_refused(server: RunningServer, path: str, origin: str) -> None:
    status, raw = request(server, "Host: localhost:PORT", f"Origin: {origin}", path=path)
    assert status == 403
    assert "access-control" not in raw.lower()
    assert "home" not in raw


def test_requests_of_our_own_origin_are_answered(server: RunningServer) -> None:
    assert request(server, "Host: localhost:PORT", "Origin: http://localhost:PORT")[0] == 200
    assert request(server, "Host: [::1]:PORT", "Origin: http://[::1]:PORT")[0] == 200
    assert request(server, "Host: localhost:PORT", "Origin: http://localhost:PORT", "Origin: null")[0] == 403


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_only_our_own_pages_may_listen(server: RunningServer, site: str, status: int) -> None:
    assert request(server, "Host: localhost:PORT", f"Sec-Fetch-Site: {site}", path="/_site-gen/reload.js")[0] == status
    assert server.get("/_site-gen/events", "HEAD", Sec_Fetch_Site=site).status == status


def test_a_link_from_another_site_may_lead_here(server: RunningServer) -> None:
    assert request(server, "Host: localhost:PORT", "Sec-Fetch-Site: cross-site")[0] == 200


def test_no_other_site_may_show_what_is_served(server: RunningServer) -> None:
    assert server.get("/repo/assets/icon.svg").headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("host", "header", "allowed"),
    [
        ("0.0.0.0", "192.168.1.5:8000", True),
        ("0.0.0.0", "[fe80::1]:8000", True),
        ("0.0.0.0", "workshop:8000", True),
        ("0.0.0.0", "workshop.local:8000", True),
        ("0.0.0.0", "evil.example:8000", False),
        ("0.0.0.0", "192.168.1.5:80", False),
        ("::", "192.168.1.5:8000", True),
        ("192.168.1.5", "192.168.1.5:8000", True),
        ("192.168.1.5", "192.168.1.6:8000", False),
        ("192.168.1.5", "workshop:8000", False),
        ("Workshop", "workshop:8000", True),
        ("::1", "[::1]:8000", True),
        ("fe80::0001", "[FE80:0::1]:8000", True),
    ],
)
def test_on_a_network_these_names_are_allowed(host: str, header: str, allowed: bool) -> None:
    hosts = AllowedHosts.of(host, 8000, "Workshop")
    parsed = hosts.parse(header)
    assert parsed is not None
    assert hosts.is_allowed(parsed) is allowed


def test_the_standard_port_need_not_be_named() -> None:
    hosts = AllowedHosts.of("127.0.0.1", 80)
    assert hosts.is_allowed(hosts.parse("localhost") or "")
    assert not hosts.is_allowed(hosts.parse("localhost:8000") or "")


# --- too long, broken ----------------------------------------------------------------------------------


def test_a_head_that_is_too_long_is_refused(server: RunningServer) -> None:
    raw = send(server.port, f"GET /repo/ HTTP/1.1\r\nHost: localhost:{server.port}\r\nX: {'x' * 100_000}".encode())
    assert not raw or raw.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
        b"\0" * 100,
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n" * 9 + b"x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_nothing_is_printed(
    server: RunningServer, capfd: pytest.CaptureFixture[str], raw: bytes
) -> None:
    assert b" 400 " in send(server.port, raw)
    printed = capfd.readouterr()
    assert "Invalid" not in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err


def test_a_websocket_is_answered_as_a_plain_request(server: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    lines = [
        "Host: localhost:PORT",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    head = "\r\n".join(["GET /repo/ HTTP/1.1", *lines, "Connection: Upgrade, close", "", ""])
    assert send(server.port, head.replace("PORT", str(server.port)).encode()).startswith(b"HTTP/1.1 200")
    assert "websocket" not in (printed := capfd.readouterr()).out.lower() + printed.err.lower()
