"""Single keys from the terminal, without Enter, while somebody wants one. Where there is no such terminal, none come.

The terminal is as it was whenever no key is wanted: what is typed then is the shell's, and nothing has to be mended
after a kill.
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
    _TERMINAL = False
else:
    _TERMINAL = True

if TYPE_CHECKING:
    from collections.abc import Callable

_BREATH = 0.2  # seconds between looks whether a job that was put into the background is in front again
_NO_LETTER = re.compile(r"\x1b(?:[\[O][0-9;]*[ -~])?")  # what arrows and other such keys send


class Keys:
    """Gives each key to `pressed`, from a thread of its own, from `want(True)` to `want(False)` or `stop`."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._wanted = threading.Event()
        self._changed, self._change = -1, -1  # a pipe: `want` ends the wait for a key
        self._stopping = False
        self._thread: threading.Thread | None = None

    def want(self, wanted: bool) -> bool:
        """Begin or end to listen; whether there is a terminal with somebody before it."""
        if not wanted:
            self._wanted.clear()
            self._wake()
            return False
        if self._stopping or not _in_front():
            return False
        self._wanted.set()
        if self._thread is None:
            self._changed, self._change = os.pipe()
            self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
            self._thread.start()
        return True

    def stop(self) -> None:
        """Listen no more; the terminal is as it was when this returns."""
        self._stopping = True
        self._wanted.set()
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            os.close(self._changed)
            os.close(self._change)
            self._changed = self._change = -1

    def _wake(self) -> None:
        if self._change >= 0:
            with contextlib.suppress(OSError):
                os.write(self._change, b".")

    def _run(self) -> None:
        while not self._stopping:
            self._wanted.wait()
            try:
                self._listen(sys.stdin.fileno())
            except (OSError, ValueError, termios.error):  # a terminal that was hung up can be asked no more
                self._stopping = True

    def _listen(self, terminal: int) -> None:
        before = termios.tcgetattr(terminal)
        # What was typed before the question is no answer: it is thrown away. Ctrl-C stays what it is.
        tty.setcbreak(terminal, termios.TCSAFLUSH)
        try:
            while self._wanted.is_set() and not self._stopping:
                ready, _, _ = select.select([terminal, self._changed], [], [])
                if self._changed in ready:
                    os.read(self._changed, 64)
                elif not _in_front():  # reading would stop the process
                    select.select([self._changed], [], [], _BREATH)
                elif typed := os.read(terminal, 64):
                    self._pressed(_NO_LETTER.sub("", typed.decode("ascii", "replace")).strip().lower())
                else:
                    raise OSError
        finally:
            if _in_front():  # else it is another's now
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


def _in_front() -> bool:
    """Whether a person sits at a terminal that listens to this process, and not to one before it."""
    if not _TERMINAL or not console.has_person():
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
