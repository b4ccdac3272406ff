"""A table of names and identifiers, from the bytes of a CSV file or spreadsheet to rows. Pure."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import did_you_mean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COLUMNS = ("name", "kind", "names", "wikidata", "website")  # any other column is a fact
_DELIMITERS = ",;\t|"
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # what .xlsx and .ods, and what .xls begin with
_MAX_CELL = 2000  # characters; a fact is a few words


class EntityRow(Struct, frozen=True, kw_only=True):
    """One entity of a table. What its row says nothing of is None or empty."""

    line: int  # where its row begins in the file, from 1
    name: str  # its main name
    kind: str | None  # as written: a kind's key, label or singular
    names: tuple[str, ...]  # its other names
    wikidata: str | None  # its item number
    website: str | None  # its address
    facts: Mapping[str, str]  # the cells of all other columns, by their header


def parse_table(file: str, raw: bytes) -> list[EntityRow]:
    """Return the rows of a CSV file, or of the first sheet of a spreadsheet (.xlsx, .ods, .xls).

    Cells are separated by commas, semicolons, tabs or bars: the one that suits the header. Text that is not UTF-8 is
    taken for Windows-1252, as spreadsheets save CSV in Western Europe and America, or for UTF-16 by its mark.

    Raises SiteError with all that is wrong, each with the line of its row.
    """
    problems: list[Problem] = []
    if raw.startswith(_SPREADSHEETS):
        delimiter, records = ",", _sheet_records(file, raw)
    else:
        text = _decode(file, raw)
        delimiter = _delimiter(next((line for line in text.splitlines() if line.strip()), ""))
        records = _records(file, text, delimiter, problems)
    rows: list[EntityRow] = []
    header: list[str] = []
    for line, cells in records:
        if not any(cells):
            continue
        if not header:
            header = _parse_header(file, line, cells)
        elif len(cells) > len(header) and any(cells[len(header) :]):
            what = f"has {len(cells)} cells, and the header {len(header)}"
            problems.append(Problem(file, line, what, f"put cells that hold {delimiter!r} in quotes"))
        elif row := _parse_row(file, line, header, cells, problems):
            rows.append(row)
    if not header:
        problems.append(Problem(file, 1, "is empty", f"begin with a header: {','.join(COLUMNS)}"))
    if problems:
        raise SiteError(*problems)
    return rows


def _decode(file: str, raw: bytes) -> str:
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    raise SiteError(Problem(file, 0, "is not text in a known encoding", "save it as CSV in UTF-8"))


def _sheet_records(file: str, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row of a spreadsheet's first sheet, with the row's number."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 — most tables are CSV

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError, ValueError) as error:
        what = f"cannot be read as a spreadsheet ({one_line(str(error))})"
        raise SiteError(Problem(file, 0, what, "save it as CSV")) from None
    for number, cells in enumerate(rows, 1):
        whole = (int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in cells)  # 2001.0
        yield number, [one_line(str(cell)) for cell in whole]


def _delimiter(header: str) -> str:
    """Return the sign under which the header has a column `name`, and most columns."""

    def columns(sign: str) -> tuple[bool, int]:
        cells = next(csv.reader([header], delimiter=sign), [])
        return "name" in (cell.strip().casefold() for cell in cells), len(cells)

    return max(_DELIMITERS, key=columns)


def _records(file: str, text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record's cells, with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(file, line, f"is not valid CSV from here on ({error})", "check the quotes"))
            return
        yield line, [one_line(cell) for cell in cells]


def _parse_header(file: str, line: int, cells: Sequence[str]) -> list[str]:
    """Return the names of the columns. Raises SiteError where one has none, or `name` is missing."""
    header = [cell.casefold() if cell.casefold() in COLUMNS else cell for cell in cells]
    while header and not header[-1]:
        header.pop()
    problems: list[Problem] = []
    if "name" not in header:
        mend = did_you_mean("name", header, "name one of the columns `name`")
        problems.append(Problem(file, line, "the header has no column `name`", mend))
    for number, cell in enumerate(header):
        if not cell:
            problems.append(Problem(file, line, f"column {number + 1} has no name", "give it one, or remove it"))
        elif cell in header[:number]:
            problems.append(Problem(file, line, f"two columns are called {cell}", "rename one"))
    if problems:
        raise SiteError(*problems)
    return header


def _parse_row(
    file: str, line: int, header: Sequence[str], cells: Sequence[str], problems: list[Problem]
) -> EntityRow | None:
    """Return a row; append what is wrong with it to `problems` and return None."""
    by_column = {label: cell for label, cell in zip(header, cells, strict=False) if cell}
    if long := next((label for label, cell in by_column.items() if len(cell) > _MAX_CELL), None):
        what = f"`{long}` has {len(by_column[long]):,} characters"
        problems.append(Problem(file, line, what, f"{_MAX_CELL:,} at most"))
        return None
    if "name" not in by_column:
        problems.append(Problem(file, line, "has no name", "write one in the column `name`"))
        return None
    return EntityRow(
        line=line,
        name=by_column["name"],
        kind=by_column.get("kind"),
        names=tuple(filter(None, map(one_line, by_column.get("names", "").split(";")))),
        wikidata=by_column.get("wikidata"),
        website=by_column.get("website"),
        facts={label: cell for label, cell in by_column.items() if label not in COLUMNS},
    )
