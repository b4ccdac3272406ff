"""Compiled templates, kept for the builds to come: an edit from disk would compile half a dozen anew for one page.

They are code. So they lie in a folder of the user's own, never in a site's, which may have come from a stranger.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from site_gen.core.atomic_files import replace_file
from site_gen.core.program_version import program_digest

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

    from site_gen.site.database import SiteDatabase

_DIGEST_SIZE = 16  # bytes


class _CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """A file a template in Jinja's folder, but whole or not used. Where none can be read or written, there is none."""

    def __init__(self, settings: str) -> None:
        super().__init__(pattern="site-gen-%s.cache")
        self._settings = settings  # all but a template's text that its code is made by

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template's code, if this program made it of this text."""
        with contextlib.suppress(OSError):
            data = self._file(bucket).read_bytes()
            if data[:_DIGEST_SIZE] == self._digest(bucket, data[_DIGEST_SIZE:]):
                bucket.code = marshal.loads(data[_DIGEST_SIZE:])  # noqa: S302  nobody else can write into the folder

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        code = marshal.dumps(bucket.code)
        with contextlib.suppress(OSError):
            replace_file(self._file(bucket), self._digest(bucket, code) + code, is_disposable=True)

    def _file(self, bucket: Bucket) -> Path:
        return Path(self.directory, self.pattern % bucket.key)

    def _digest(self, bucket: Bucket, code: bytes) -> bytes:
        made_of = f"{self._settings} {bucket.checksum} ".encode()
        return hashlib.blake2b(made_of + code, digest_size=_DIGEST_SIZE).digest()


def open_compiled_templates(site: SiteDatabase) -> jinja2.BytecodeCache | None:
    """Return the user's compiled templates; None where the system has no folder for them that is safe from others.

    They are used where the program, Python and the settings are the same: Jinja works out filters of constants when it
    compiles, and those may know an address or a language.
    """
    try:
        return _CompiledTemplates(f"{program_digest()} {site.config!r} {site.links!r}")
    except (OSError, RuntimeError):
        return None
