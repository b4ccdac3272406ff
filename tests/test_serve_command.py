"""`site-gen serve` as a process: where it listens, how it ends, and that every change ends in the right site."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen import build
from site_gen.serve import run
from tests.conftest import SMALL_SITE, files_of
from tests.serving import SECONDS, Fake, get, html, serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import HtmlPage

POSIX = pytest.mark.skipif(os.name != "posix", reason="sends signals")


class Command:
    """A server in a process of its own, and what it says."""

    def __init__(self, site: Path, *args: str, env: dict[str, str] | None = None) -> None:
        self.site = site
        self.process = subprocess.Popen(
            [sys.executable, "-m", "site_gen", "serve", "--site", str(site), *args],
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


@pytest.fixture
def small(tmp_path: Path) -> Path:
    shutil.copytree(SMALL_SITE, tmp_path / "small", ignore=shutil.ignore_patterns("output", ".site-gen"))
    return tmp_path / "small"


def right(site: Path, tmp_path: Path) -> bool:
    """Whether the output is what a clean build makes."""
    clean = tmp_path / "clean"
    copy = tmp_path / "copy"
    for folder in (clean, copy):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        shutil.copytree(site, copy, ignore=shutil.ignore_patterns("output", ".site-gen"))
        build.build(copy, clean)
        return files_of(clean) == files_of(site / "output")
    except FileNotFoundError:  # written to meanwhile
        return False


# --- listening -------------------------------------------------------------------------------------------


def test_the_help_does_without_the_server() -> None:
    script = (
        "import sys; from site_gen import cli; cli._parser(); "
        "print([name for name in ('uvicorn', 'starlette', 'watchdog') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_pages_open(small: Path, number: int) -> None:
    with command(small, "--port", "0") as server, contextlib.ExitStack() as stack:
        for head in ("GET /_site-gen/events HTTP/1.1", "GET /quay/ HTTP/1.1\r\nHo", "GET /quay/ HTTP/1.1"):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS))
            whole = head.endswith("Ho")
            connection.sendall(
                head.encode() + (b"" if whole else f"\r\nHost: localhost:{server.port}\r\n\r\n".encode())
            )
            if not whole:
                assert connection.recv(100).startswith(b"HTTP/1.1 ")
        assert server.end(number) == 0
        assert not [line for line in server.lines if "Traceback" in line or "rror" in line]
        assert server.lines[-1].startswith("serving ")
    assert right(small, small.parent)


def test_a_build_that_is_at_work_is_left_and_told_by_the_status(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    fake = Fake(tmp_path / "output")
    fake.wait = threading.Event()
    stop = threading.Event()
    ended: list[int] = []
    thread = threading.Thread(
        target=lambda: ended.append(run.serve(tmp_path, tmp_path / "output", fake, port=0, stop=stop))
    )
    thread.start()
    until(lambda: fake.calls)
    stop.set()
    thread.join(SECONDS)
    assert ended == [run.INTERRUPTED]
    fake.wait.set()
    until(lambda: fake.closed)


def test_a_clean_stop_closes_the_builder(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    fake = Fake(tmp_path / "output")
    with serving(tmp_path, tmp_path / "output", fake) as server:
        pass
    assert (server.ended, fake.closed) == ([run.STOPPED], 1)


def test_the_next_free_port_is_taken_unless_one_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(run, "PORT", port)
        with serving(tmp_path, out, Fake(out), port=None) as server:
            assert port < server.port <= port + 20
        stop = threading.Event()
        stop.set()
        with pytest.raises(run.UsageError, match=f"port {port}: .*; try another --port or --host"):
            run.serve(tmp_path, out, Fake(out), port=port, stop=stop)
        monkeypatch.setattr(run, "_TRIES", 0)
        with pytest.raises(run.UsageError, match=f"none of the ports {port} to {port}"):
            run.serve(tmp_path, out, Fake(out), stop=stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "no.such.host.invalid"}, "there is no host no.such.host.invalid"),
        ({"port": 70000}, "70000 is no port; ports go from 0 to 65535"),
        ({"port": -1}, "-1 is no port"),
        ({"host": "192.0.2.1", "port": 0}, "cannot serve on 192.0.2.1, port 0: "),
    ],
)
def test_where_it_cannot_listen_it_says_so(tmp_path: Path, options: dict[str, object], message: str) -> None:
    fake = Fake(tmp_path)
    with pytest.raises(run.UsageError, match=message):
        run.serve(tmp_path, tmp_path, fake, **options)  # type: ignore[arg-type]
    assert fake.calls == []


def test_other_machines_are_let_in_only_when_asked_for_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    for host, warned in (("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)):
        with serving(tmp_path, out, Fake(out), host=host) as server:
            assert ("everybody who reaches this machine" in capsys.readouterr().out) is warned
            assert "0.0.0.0" not in server.url


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_ipv6(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    out = tmp_path / "output"
    fake = Fake(out)
    fake.set({"/": html("six")})
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with serving(tmp_path, out, fake, host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        with socket.create_connection(("::1", server.port), timeout=SECONDS) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: [::1]:{server.port}\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


@POSIX
def test_the_browser_is_opened_when_the_site_answers(small: Path, tmp_path: Path) -> None:
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked.part\nmv {tmp_path}/asked.part {tmp_path}/asked\n')
    script.chmod(0o755)
    with command(small, "--port", "0", "--open", env={"BROWSER": f"{script} %s"}) as server:
        until((tmp_path / "asked").exists)
        assert (tmp_path / "asked").read_text().strip() == server.url


def test_what_raises_at_first_is_told_and_ends(tmp_path: Path) -> None:
    with command(tmp_path) as server:
        assert server.process.wait(SECONDS) == 2
        until(lambda: server.said("site-gen: no site here"))


# --- every change ends in the right site -----------------------------------------------------------------


@pytest.fixture
def live(small: Path) -> Iterator[Command]:
    with command(small, "--port", "0") as server:
        assert server.url
        yield server


def test_the_base_path_is_that_of_the_published_site(live: Command) -> None:
    assert live.url.endswith("/quay/") or live.url.count("/") == 4
    path = "/" + live.url.split("/", 3)[3]
    answer = get(live.port, "/")
    assert (answer.status, answer.headers["location"]) == (307, path)
    assert get(live.port, path).status == 200


def test_a_new_base_url_moves_the_site(live: Command) -> None:
    config = live.site / "content/site.yaml"
    text = config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("base_url")]
    config.write_text("\n".join([*lines, "base_url: https://x.example/moved/", ""]))
    until(lambda: get(live.port, "/").headers.get("location") == "/moved/")
    assert get(live.port, "/moved/").status == 200


def test_edits_of_all_kinds(live: Command, tmp_path: Path) -> None:
    site = live.site
    articles = sorted((site / "content/articles").rglob("*.md"))
    one, two = articles[:2]
    one.write_text(one.read_text() + "\n\nA word that was added.\n")  # in place
    part = two.with_suffix(".part")
    part.write_text(two.read_text() + "\n\nSaved by renaming.\n")
    part.replace(two)
    until(lambda: right(site, tmp_path), "an edit")
    companies = site / "content/companies"
    (companies / "new-quay.md").write_text("---\nname: New Quay\n---\n")
    until(lambda: right(site, tmp_path), "a new file")
    (companies / "new-quay.md").rename(companies / "newer-quay.md")
    until(lambda: right(site, tmp_path), "a rename")
    (companies / "newer-quay.md").unlink()
    until(lambda: right(site, tmp_path), "a deletion")
    year = one.parent
    year.rename(year.with_name("1999"))
    until(lambda: right(site, tmp_path), "a folder that was renamed")
    year.with_name("1999").rename(year)
    (site / "templates/assets").mkdir(parents=True)
    (site / "templates/assets/style.css").write_text("p { color: red }")
    until(lambda: right(site, tmp_path), "a stylesheet")
    shutil.rmtree(site / "templates")
    until(lambda: right(site, tmp_path), "no templates of its own")
    assert not [line for line in live.lines if "Traceback" in line]
    assert "/companies/" in " ".join(live.said("changed "))


def test_a_file_that_is_wrong_while_it_is_written(live: Command, tmp_path: Path) -> None:
    path = live.site / "content/companies/half.md"
    path.write_text("---\nname: [Ha")
    until(lambda: live.said("content/companies/half.md:"), "a complaint")
    path.write_text("---\nname: Half\n---\nWhole.\n")
    until(lambda: live.said("mended     content/companies/half.md"), "mended")
    until(lambda: right(live.site, tmp_path))


def test_thousands_of_touches_and_another_branch(live: Command, tmp_path: Path) -> None:
    site, other = live.site, tmp_path / "branch"
    shutil.copytree(site / "content", other / "content")
    for path in list((other / "content/articles").rglob("*.md"))[::2]:
        path.unlink()
    for n in range(60):
        (other / f"content/companies/branch-{n}.md").write_text(f"---\nname: Branch {n}\n---\n")
    for _ in range(30):
        for path in site.joinpath("content").rglob("*.md"):
            path.touch()
    # As version control does it: what is not in the other branch goes, what is comes, file by file.
    for path in list(site.joinpath("content").rglob("*")):
        if path.is_file() and not (other / path.relative_to(site)).exists():
            path.unlink()
    shutil.copytree(other / "content", site / "content", dirs_exist_ok=True)
    until(lambda: right(site, tmp_path), "the other branch")
    # And back with one rename of the whole folder.
    (site / "content").rename(tmp_path / "away")
    shutil.copytree(SMALL_SITE / "content", tmp_path / "back")
    (tmp_path / "back").rename(site / "content")
    until(lambda: right(site, tmp_path), "the first branch again")
    assert not [line for line in live.lines if "Traceback" in line]


def test_reading_the_site_s_files_builds_nothing(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    path = tmp_path / "content/x.md"
    path.write_text("x")
    fake = Fake(tmp_path / "output")
    with serving(tmp_path, tmp_path / "output", fake):
        until(lambda: len(fake.calls) == 2, "the look behind the first build")
        for _ in range(200):
            path.read_bytes()
        (tmp_path / "content/mark.md").write_text("x")
        until(lambda: [tmp_path / "content/mark.md"] in fake.calls)
        assert not [call for call in fake.calls if call and path in call]


def test_a_page_in_the_inbox_becomes_an_article_while_others_are_served(
    live: Command, tmp_path: Path, html_page: HtmlPage
) -> None:
    inbox = live.site / "content/saved/inbox"
    until(inbox.is_dir)
    for n in range(3):
        (inbox / f"{n}.html").write_text(html_page(f"Number {n} came by post"))
    until(lambda: live.said("added "))
    for n in range(3):
        url = quote(f"number-{n}-came-by-post")
        until(lambda url=url: any(url in line for line in live.said("added ")))  # type: ignore[misc]
    until(lambda: not list(inbox.iterdir()))
    until(lambda: right(live.site, tmp_path))
    assert "Number 1 came by post" in live.text("/" + live.url.split("/", 3)[3])
    (inbox / "empty.html").write_bytes(b"")
    until(lambda: live.said("content/saved/inbox/empty.html: "))
    (inbox / "empty.html").unlink()
    until(lambda: live.said("mended     content/saved/inbox/empty.html"))
