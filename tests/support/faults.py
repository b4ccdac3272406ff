"""Commands that are stopped, or whose disk refuses, at their n-th effect on the disk; for every n.

An effect is what changes the disk below a folder: a file opened to be written, a write to it, `fsync`, a rename, link,
removal, new folder or change of permissions, a transaction of SQLite begun or committed, and a call of another program.
Python's audit hooks tell of most; they cannot be taken out again, so each command runs in a fork of one process
that has imported the program. Whole effects alone are counted, but a write that is stopped leaves half of its bytes.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Kind = Literal["stop", "ENOSPC", "EACCES", "EROFS", "other"]  # other: another command is given at that effect
Edit = tuple[str, str, str, str]  # a file, its new text, a file of the output, and what that will hold then
STOPPED = 99  # exit status of a command that was stopped

_CHANGES = ("BEGIN", "COMMIT")  # how statements begin around which all is there or nothing
_EDITOR = "editor"  # the thread of the person who edits
_OTHER_SECONDS = 3  # that the other command may take before it counts as waiting for the first
_EDIT_SECONDS = 8  # that an edit may take to be shown; a fault may keep it from that
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATHS_OF_EVENT = {  # by audit event, which of its arguments name a file, and which a folder's handle
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.remove": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rmdir": ((0, 1),),
    "os.chmod": ((0, 2),),
    "os.utime": ((0, 3),),
    "os.truncate": ((0, None),),
}
_FREES_ROOM = {
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "os.utime",
    "subprocess.Popen",
}  # a full disk lets them


@dataclass(frozen=True)
class FaultyRun:
    """How a command ended."""

    status: int
    out: str
    err: str
    effects: list[str]  # what it did to the disk, in its order; empty where it was stopped
    other: str = ""  # what the other command that was given meanwhile printed, and its exit status


class _Disk:
    """Counts effects in this process, and makes the n-th go wrong."""

    def __init__(self, root: str, at: int, kind: Kind, *, is_lasting: bool, other: Sequence[str] = ()) -> None:
        """root: below which effects count. at: which one goes wrong, from 1. is_lasting: all later ones too.

        other: the arguments of another command, given before that effect.
        """
        self._other = other
        self._other_process: subprocess.Popen[str] | None = None
        self._root, self._at, self._kind, self._is_lasting = root, at, kind, is_lasting
        self.effects: list[str] = []
        self.is_watching = True

    def install(self) -> None:
        """Watch from now on, for good."""
        sys.addaudithook(self._hear)
        self._wrap_streams()
        self._wrap_handle("write", lambda handle, data: (handle, data[: len(data) // 2]))
        self._wrap_handle("fsync", None)
        disk = self

        class Connection(sqlite3.Connection):
            file = ""

            def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
                disk.meet_statement(self.file, sql)
                return super().execute(sql, *args)

            def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
                disk.meet_statement(self.file, sql)
                return super().executemany(sql, *args)

        connect = sqlite3.connect

        def connect_watched(database: Any, *args: Any, **options: Any) -> sqlite3.Connection:
            file = os.fspath(database).removeprefix("file://").partition("?")[0]
            connection = connect(database, *args, factory=Connection, **options)
            connection.file = file
            return connection

        sqlite3.connect = connect_watched  # type: ignore[assignment]

    def meet_statement(self, file: str, sql: str) -> None:
        if sql.lstrip().upper().startswith(_CHANGES) and self._is_below(file):
            try:
                self._meet("sqlite", file, " ".join(sql.split()[:2]))
            except OSError as error:
                full = error.errno == errno.ENOSPC
                text = "database or disk is full" if full else "attempt to write a readonly database"
                refusal = sqlite3.OperationalError(text)
                refusal.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_READONLY
                raise refusal from None

    def _is_below(self, file: str) -> bool:
        return file.startswith(self._root)

    def _meet(self, event: str, file: str, what: str = "", halve: Callable[[], object] | None = None) -> None:
        """Count an effect; stop, or raise OSError, where it is the one that goes wrong."""
        if not self.is_watching or threading.current_thread().name == _EDITOR:
            return
        self.effects.append(f"{event} {what} {file.removeprefix(self._root)}")
        count = len(self.effects)
        if self._kind == "other":
            if count == self._at:
                self._start_other()
        elif self._kind == "stop":
            if count == self._at:
                if halve:
                    halve()
                os._exit(STOPPED)
        elif (count == self._at or (self._is_lasting and count > self._at > 0)) and not (
            event == "subprocess.Popen" or (self._kind == "ENOSPC" and event in _FREES_ROOM)
        ):
            number = getattr(errno, self._kind)
            raise OSError(number, os.strerror(number), file)

    def _start_other(self) -> None:
        """Give the other command, and wait until it ends, or waits for this one."""
        self.is_watching = False
        command = [sys.executable, "-m", "site_gen", *self._other]
        self._other_process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._other_process.wait(_OTHER_SECONDS)
        self.is_watching = True

    def end_other(self) -> str:
        """Return what the other command printed, once it has ended, and its exit status."""
        if self._other_process is None:
            return ""
        printed, _ = self._other_process.communicate(timeout=60)
        return f"{printed}exit status {self._other_process.returncode}"

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(path, str | bytes | os.PathLike) and flags & _WRITING:
                self._meet_path(event, os.fspath(path))
        elif event == "subprocess.Popen":
            self._meet(event, "", " ".join(map(str, args[1])) if isinstance(args[1], list | tuple) else str(args[1]))
        elif event in _PATHS_OF_EVENT:
            last = None
            for place, handle in _PATHS_OF_EVENT[event]:
                path, base = args[place], args[handle] if handle is not None else -1
                if isinstance(path, int):
                    continue
                path = os.fsdecode(path)
                last = path if base in {-1, None} else f"{_path_of_handle(base)}/{path}"
            if last is not None:
                self._meet_path(event, last)

    def _meet_path(self, event: str, path: str | bytes) -> None:
        file = str(Path(os.fsdecode(path)).absolute())
        if self._is_below(file):
            self._meet(event, file)

    def _wrap_streams(self) -> None:
        original = io.open

        def open_watched(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            stream = original(file, mode, *args, **options)
            path = _path_of_handle(file) if isinstance(file, int) else str(Path(os.fsdecode(file)).absolute())
            if set(mode) & set("wax+") and self._is_below(path):
                write = stream.write

                def halve(data: Any) -> None:
                    write(data[: len(data) // 2])
                    stream.flush()

                def write_watched(data: Any) -> Any:
                    self._meet("write", path, halve=lambda: halve(data))
                    return write(data)

                stream.write = write_watched  # type: ignore[method-assign]
            return stream

        io.open = builtins.open = open_watched

    def _wrap_handle(self, name: str, half: Callable[..., tuple[Any, ...]] | None) -> None:
        original = getattr(os, name)

        def call(handle: int, *args: Any) -> Any:
            path = _path_of_handle(handle)
            if self._is_below(path):
                self._meet(name, path, halve=(lambda: original(*half(handle, *args))) if half else None)
            return original(handle, *args)

        setattr(os, name, call)


def _path_of_handle(handle: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{handle}").readlink())
    except OSError:
        return ""


class InProcessExecutor(Executor):
    """Makes calls at once, in this process: what other processes make of a page is not asked here."""

    def __init__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args, **options))
        return future


class FaultRunner:
    """Runs commands with faults, each in a fork of one process."""

    def __init__(self) -> None:
        repository = Path(__file__).parents[2]
        command = [sys.executable, "-c", "from tests.support import faults; faults.serve_requests()"]
        self._process = subprocess.Popen(
            command, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def run(
        self,
        root: Path,
        *args: str,
        at: int = 0,
        kind: Kind = "stop",
        is_lasting: bool = False,
        edits: Sequence[Edit] = (),
        other: Sequence[str] = (),
    ) -> FaultyRun:
        """Run a command whose effects below `root` are counted, the `at`-th of which goes wrong; 0: none.

        is_lasting: all after it go wrong, too. edits: what a person does beside it, who then presses Ctrl-C; of no
        account where it is empty. other: the arguments of another command that is given at that effect.
        """
        assert self._process.stdin
        assert self._process.stdout
        request = {
            "root": str(root), "args": args, "at": at, "kind": "other" if other else kind, "is_lasting": is_lasting,
            "edits": edits, "other": other,
        }  # fmt: skip
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return FaultyRun(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve_requests() -> None:
    """Run the commands that standard input asks for, a line of JSON each, and print a line for each."""
    from site_gen.build import build_session  # noqa: F401  imported once, for all forks
    from site_gen.cli import main
    from site_gen.entities import retag, suggest  # noqa: F401
    from site_gen.ingest import add_pages, reextract, sandbox  # noqa: F401
    from site_gen.ingest.extract.html import html_draft  # noqa: F401
    from site_gen.publish import permalinks, publish_site  # noqa: F401
    from site_gen.serve import live_builder, watch_server  # noqa: F401

    sandbox.SandboxExecutor = InProcessExecutor  # type: ignore[assignment,misc]
    with tempfile.TemporaryDirectory() as templates:
        _warm_up(templates)
        for line in sys.stdin:
            with tempfile.TemporaryDirectory() as folder:
                answer = _run_fork(json.loads(line), main.main, Path(folder))
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


def _warm_up(templates: str) -> None:
    """Build a site once, so that no fork imports and compiles again what a build needs: that took half of its time.

    templates: the folder for compiled ones, which are the user's and not the site's.
    """
    import jinja2

    from site_gen.build import build_session
    from tests.support.sites import small_site

    cache: Any = jinja2.FileSystemBytecodeCache
    cache._get_default_cache_dir = lambda _: templates
    with tempfile.TemporaryDirectory() as folder:
        build_session.build(small_site(Path(folder)), Path(folder, "output"), build_session.BuildOptions(jobs=1))


def _edit(edits: Sequence[Edit]) -> None:
    """Do what a person does beside a server: edit, look, edit, press Ctrl-C."""
    for file, text, shown, mark in edits:
        Path(file).write_text(text, "utf-8")
        end = time.monotonic() + _EDIT_SECONDS
        while not (Path(shown).is_file() and mark in Path(shown).read_text("utf-8")) and time.monotonic() < end:
            time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)


def _run_fork(request: dict[str, Any], main: Callable[[list[str]], int], folder: Path) -> dict[str, Any]:
    names = {name: folder / name for name in ("out", "err", "effects", "other")}
    for path in names.values():
        path.touch()
    process = os.fork()
    if process == 0:
        status = 70
        try:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
            for stream, name in ((sys.stdout, "out"), (sys.stderr, "err")):
                os.dup2(os.open(names[name], os.O_WRONLY), stream.fileno())
            # What a program keeps for a while lies beside the site, where it is counted and looked for.
            temporary = Path(request["root"]) / "tmp"
            temporary.mkdir(exist_ok=True)
            tempfile.tempdir = str(temporary)
            options = {name: request[name] for name in ("at", "kind", "is_lasting", "other")}
            disk = _Disk(request["root"], **options)
            disk.install()
            if request["edits"]:
                threading.Thread(target=_edit, args=(request["edits"],), name=_EDITOR, daemon=True).start()
            try:
                status = main(request["args"])
            except SystemExit as error:
                status = error.code if isinstance(error.code, int) else 1
            disk.is_watching = False
            names["other"].write_text(disk.end_other(), encoding="utf-8")
            names["effects"].write_text("\n".join(disk.effects), encoding="utf-8")
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)
    _, code = os.waitpid(process, 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    texts = {name: path.read_text("utf-8", "replace") for name, path in names.items()}
    return {
        "status": os.waitstatus_to_exitcode(code),
        "out": texts["out"],
        "err": texts["err"],
        "effects": texts["effects"].splitlines(),
        "other": texts["other"],
    }
