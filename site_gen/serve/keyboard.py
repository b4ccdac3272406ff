"""Read single keys from the terminal, without Enter, while somebody wants one.

Where there is no such terminal, none come. The terminal is as it was whenever no key is wanted: what is typed then is
the shell's, and nothing has to be mended after a kill.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import threading
from typing import TYPE_CHECKING

from site_gen.core import console

try:
    import termios
    import tty
except ImportError:  # Windows: there is nobody to ask
    _HAS_TERMINALS = False
else:
    _HAS_TERMINALS = True

if TYPE_CHECKING:
    from collections.abc import Callable

_POLL_INTERVAL = 0.2  # seconds between looks whether a job that was put into the background is in front again
_NO_LETTER = re.compile(r"\x1b(?:[\[O][0-9;]*[ -~])?")  # what arrows and other such keys send


class KeyListener:
    """Gives each key to `on_key`, from a thread of its own, from `listen(True)` to `listen(False)` or `stop`."""

    def __init__(self, on_key: Callable[[str], None]) -> None:
        """Take what is called with each key: with what was typed, in lower case, empty for arrows and the like."""
        self._on_key = on_key
        self._is_listening = threading.Event()
        self._wake_reader, self._wake_writer = -1, -1  # a pipe: a byte in it ends the wait for a key
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def listen(self, on: bool) -> bool:
        """Begin or end to listen; return whether a person at a terminal is listened to from now on."""
        if not on:
            self._is_listening.clear()
            self._wake()
            return False
        if self._is_stopping or not _is_in_foreground():
            return False
        self._is_listening.set()
        if self._thread is None:
            self._wake_reader, self._wake_writer = os.pipe()
            self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
            self._thread.start()
        return True

    def stop(self) -> None:
        """Listen no more; the terminal is as it was when this returns."""
        self._is_stopping = True
        self._is_listening.set()
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader = self._wake_writer = -1

    def _wake(self) -> None:
        if self._wake_writer >= 0:
            with contextlib.suppress(OSError):
                os.write(self._wake_writer, b".")

    def _run(self) -> None:
        while not self._is_stopping:
            self._is_listening.wait()
            try:
                self._read_keys(sys.stdin.fileno())
            except (OSError, ValueError, termios.error):  # a terminal that was hung up can be asked no more
                self._is_stopping = True

    def _read_keys(self, terminal: int) -> None:
        """Read keys until nobody listens any more; terminal: its file descriptor."""
        settings_before = termios.tcgetattr(terminal)
        # What was typed before the question is no answer: it is thrown away. Ctrl-C stays what it is.
        tty.setcbreak(terminal, termios.TCSAFLUSH)
        try:
            while self._is_listening.is_set() and not self._is_stopping:
                ready, _, _ = select.select([terminal, self._wake_reader], [], [])
                if self._wake_reader in ready:
                    os.read(self._wake_reader, 64)
                elif not _is_in_foreground():  # reading would stop the process
                    select.select([self._wake_reader], [], [], _POLL_INTERVAL)
                elif typed := os.read(terminal, 64):
                    self._on_key(_NO_LETTER.sub("", typed.decode("ascii", "replace")).strip().lower())
                else:
                    raise OSError
        finally:
            if _is_in_foreground():  # else it is another process's terminal now
                termios.tcsetattr(terminal, termios.TCSAFLUSH, settings_before)


def _is_in_foreground() -> bool:
    """Tell whether a person sits at a terminal that listens to this process, and not to another."""
    if not _HAS_TERMINALS or not console.is_interactive():
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
