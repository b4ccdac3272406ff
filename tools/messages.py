"""Bring the translations up to date: `make messages`, after a message has changed, or to begin a language.

    python tools/messages.py [LANGUAGE…]     LANGUAGE: to begin, such as `nl`; all that there are get what is new

Messages are English sentences: of the templates, of `site_gen/pages`, and what `add` notes of a doubtful text. Each
language is one file, `site_gen/pages/locale/LANGUAGE.po`, for a person or any editor of gettext. A translation whose
English has changed is kept where it may still do, marked `fuzzy`: it is not used until somebody has looked at it.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "site_gen/pages/locale"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_HEADER = "# {name} of site_gen's pages, mails and feeds; `make messages` keeps it up to date."
# Of the head of a file, what nobody asks for here, or would change each time.
_UNWANTED = (b'"POT-Creation', b'"PO-Revision', b'"Generated', b'"Last-Tr', b'"Language-Team', b'"Report', b'"Project')
_JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def main(languages: list[str]) -> None:
    """Write the files of all languages anew, and of those that begin."""
    template = english()
    for file in sorted({*LOCALES.glob("*.po"), *(LOCALES / f"{language}.po" for language in languages)}):
        text = file.read_bytes() if file.exists() else b""
        file.write_bytes(updated(template, text, file.stem))
        missing = untranslated(read(file.read_bytes(), file.stem))
        print(f"{file.relative_to(ROOT)}: {len(template)} messages, {len(missing)} without translation")


def english() -> Catalog:
    """Return the messages, each with the files that have it."""
    catalog = Catalog(project="site_gen", charset="utf-8")
    for name, message, context in _messages():
        catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def _messages() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    places = [("python", "site_gen/pages/**/*.py"), ("jinja2", "templates/*.*")]
    for method, pattern in places:
        for file in sorted(ROOT.glob(pattern)):
            options = _JINJA if method == "jinja2" else {}
            for _, message, _, context in extract_from_file(method, file, _KEYWORDS, options=options):
                yield file.relative_to(ROOT).as_posix(), message, context
    for line in (LOCALES / "doubts.txt").read_text(encoding="utf-8").splitlines():
        yield "site_gen/pages/locale/doubts.txt", line, None


def read(text: bytes, language: str) -> Catalog:
    """Return the translations of a file."""
    return pofile.read_po(text.splitlines(keepends=True), locale=language.replace("-", "_"))


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the messages that have no translation, or one that nobody has looked at."""
    return [m for m in catalog if m.id and (m.fuzzy or not all(m.string if m.pluralizable else [m.string]))]


def updated(template: Catalog, text: bytes, language: str) -> bytes:
    """Return the text of a language's file with the messages that there are now."""
    catalog = read(text, language)
    catalog.fuzzy, catalog.header_comment = False, _HEADER.format(name=catalog.locale.english_name)
    catalog.update(template, no_fuzzy_matching=not text, keep_user_comments=True)
    catalog.obsolete.clear()
    out = io.BytesIO()
    pofile.write_po(
        out, catalog, width=110, omit_header=False, include_lineno=False, ignore_obsolete=True, sort_by_file=True
    )
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_UNWANTED))


if __name__ == "__main__":
    main(sys.argv[1:])
