"""Refuse requests that do not come from the person's own browser, and add safety headers to every response.

A server on the loopback is open to each page that the person's browser shows: a foreign site can send it
requests, and with a name that it points at 127.0.0.1 (DNS rebinding) could read the answers.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_PREFIX = "/_site-gen/"  # the server's own paths; no page's, for no slug begins so
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]\\?#]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),  # no other site shows or runs what is served here
)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach what listens at `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AllowedHosts(Struct, frozen=True):
    """The hosts that this server answers to."""

    port: int  # that it listens at
    names: frozenset[str]  # as `_normalized_name` writes them
    # Also every address in numbers, for a server that listens on all of them. No name can be made to mean one, so
    # that is no way in for rebinding.
    any_address: bool = False

    @classmethod
    def of(cls, host: str, port: int, machine: str = "") -> AllowedHosts:
        """Return the names of a server that listens at `host`; `machine` is this machine's own name."""
        names = {"localhost", "127.0.0.1", "[::1]", _normalized_name(f"[{host}]" if ":" in host else host)}
        is_wildcard = _is_unspecified(host)
        if is_wildcard and machine:
            names |= {machine.lower(), f"{machine.lower()}.local"}
        return cls(port, frozenset(names), is_wildcard)

    def parse(self, value: str) -> str | None:
        """Return the host and port of a Host header in their one spelling, or None when it is none."""
        match = _HOST.fullmatch(value.strip())
        return f"{_normalized_name(match[1])}:{int(match[2] or 80)}" if match else None

    def is_allowed(self, host: str) -> bool:
        """Tell whether a host that was parsed is one of this server's."""
        name, _, port = host.rpartition(":")
        return port == str(self.port) and (name in self.names or (self.any_address and _is_address(name)))


def _normalized_name(name: str) -> str:
    """Return a host name in lower case, an IPv6 address in its shortest form."""
    if name.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1]).compressed}]"
        except ValueError:
            pass
    return name.lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_unspecified(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


class RequestGuard:
    """An ASGI application that lets through only what a person's own browser meant for this server."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts, *, forms: bool = False) -> None:
        """Guard `app`: let GET and HEAD through; with `forms` also POST that surely comes from a page of its own."""
        self._app, self._hosts = app, hosts
        self._methods = ("GET", "HEAD", "POST") if forms else ("GET", "HEAD")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (the ASGI protocol)."""
        if scope["type"] != "http":  # nothing here speaks WebSocket
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Return the response to a request that is not let through, None where it is."""
        hosts = _values(scope, b"host")
        # RFC 9112, section 3.2: neither none nor two.
        host = self._hosts.parse(hosts[0]) if len(hosts) == 1 else None
        if host is None:
            return _refuse(400, "This request does not name exactly one host.")
        if not self._hosts.is_allowed(host):
            return _refuse(
                403,
                f"This server answers to http://localhost:{self._hosts.port}/ and not to the name in this address. "
                "To serve under another name, start it with --host.",
            )
        # Sent with what scripts ask for. Ours only ask the server that they came from (RFC 6454, section 7).
        origins = _values(scope, b"origin")
        if any(self._host_of_origin(origin) != host for origin in origins):
            return _refuse(403, "This request comes from a page of another site.")
        # https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
        if scope["path"].startswith(OWN_PREFIX) and set(_values(scope, b"sec-fetch-site")) - {"same-origin", "none"}:
            return _refuse(403, "This address is for the pages of this server only.")
        return self._refusal_of_method(scope, len(origins))

    def _refusal_of_method(self, scope: Scope, origin_count: int) -> PlainTextResponse | None:
        if scope["method"] not in self._methods:
            allowed = ", ".join(self._methods)
            text = " and ".join(allowed.rsplit(", ", 1))
            return PlainTextResponse(f"Only {text}.\n", 405, {"Allow": allowed})
        # Every browser says with a form where it came from (Fetch, section 3.2); what does not is no browser.
        foreign_sites = set(_values(scope, b"sec-fetch-site")) - {"same-origin"}
        if scope["method"] == "POST" and (origin_count != 1 or foreign_sites):
            return _refuse(403, "This form does not come from a page of this server.")
        return None

    def _host_of_origin(self, origin: str) -> str | None:
        scheme, slashes, host = origin.partition("://")
        return self._hosts.parse(host) if scheme.lower() == "http" and slashes else None


def _values(scope: Scope, name: bytes) -> Sequence[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _refuse(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status)
