"""Excel workbooks as publishers serve them: opened safely, read as grids of cells, and cited by cell.

An .xlsx file is a zip of XML parts. Its parts are unpacked here, within bounds, before the reader sees them: what the
archive claims of its own size is then a fact, a cut or damaged archive is found first, and a sheet that would fill the
memory with empty cells is refused. Rows and columns count from 0 in the code and as in Excel ("B17") in messages.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File, number, refuse_web_page

Cell = float | str  # a number, or text ("" where the cell is empty, or holds an error such as #REF!)

# The largest workbook that the two publishers have issued unpacks to 13 MB, with parts packed at most 12 to 1, and
# has 60,000 cells in its widest sheet's rectangle.
MOST_UNPACKED = 64 * 2**20
MOST_RATIO = 100
RATIO_FROM = 2**20  # small parts of one repeated byte pack well and do no harm
MOST_PARTS = 2_000
MOST_CELLS = 4_000_000

MARKS = "0123456789*†‡§¹²³⁰⁴⁵⁶⁷⁸⁹, "  # what publishers put behind a label to point at a footnote


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells by row and column from A1, rows of equal length."""

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Workbook:
    """An opened workbook; its sheets are read when asked for."""

    file: str
    names: tuple[str, ...]
    book: Any  # the reader's own object

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, capitals and outer spaces apart. Raises EvidenceError with the nearest names."""
        for own in self.names:
            if plain(own).casefold() == plain(name).casefold():
                return _read(self, own)
        near = difflib.get_close_matches(name, self.names, n=3, cutoff=0.4) or self.names[:6]
        raise EvidenceError(
            f"the workbook has no sheet {name!r}; it has {', '.join(map(repr, near))}.",
            where=self.file,
            hint="The publisher may have renamed it, or this is another workbook.",
        )


def open_workbook(file: File) -> Workbook:
    """Open an .xlsx workbook.

    Raises EvidenceError where it is empty, a web page, no .xlsx, protected by a password, cut short, damaged, or
    would unpack to more than any statistical workbook.
    """
    if not file.data.strip():
        raise EvidenceError("the file is empty.", where=file.name, hint="Fetch or save it again.")
    refuse_web_page(file)
    _refuse_other_kinds(file)
    from python_calamine import CalamineWorkbook  # not above: only an update of official series reads workbooks

    unpacked = _unpacked(file)
    try:
        book = CalamineWorkbook.from_filelike(unpacked)
        return Workbook(file.name, tuple(book.sheet_names), book)
    except Exception as error:  # the reader has many kinds of its own, and none tells more than its words
        raise _damaged(file.name, str(error)) from None


def address(row: int, column: int) -> str:
    """The cell as Excel writes it: (16, 1) is B17."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def where(sheet: Sheet, row: int, column: int) -> str:
    """The place of a cell, for messages: file, sheet and cell."""
    return f"{sheet.file}, sheet {sheet.name!r}, cell {address(row, column)}"


def at(sheet: Sheet, row: int, column: int) -> Cell:
    """What the cell holds; "" outside the sheet too."""
    if 0 <= row < len(sheet.rows) and 0 <= column < len(sheet.rows[row]):
        return sheet.rows[row][column]
    return ""


def text(sheet: Sheet, row: int, column: int) -> str:
    """The cell as text, spaces put in order; a whole number without its ".0"."""
    cell = at(sheet, row, column)
    return plain(cell) if isinstance(cell, str) else f"{cell:g}" if cell != int(cell) else str(int(cell))


def figure(sheet: Sheet, row: int, column: int) -> float:
    """The number in a cell. Raises EvidenceError, naming the cell, where it is blank, text, or below zero."""
    place = where(sheet, row, column)
    cell = at(sheet, row, column)
    if cell == "":
        raise EvidenceError(
            "the cell is blank, or holds an error, where a figure should stand; blank is not zero.",
            where=place,
            hint="The publisher may have changed the format, or the file is not complete.",
        )
    value = number(cell, place) if isinstance(cell, str) else cell
    if value < 0:
        raise EvidenceError(f"the count {value:g} is below zero.", where=place, hint="Look at the file itself.")
    return value


def plain(words: str) -> str:
    """Text with every run of spaces (of any kind) as one, and none at its ends."""
    return " ".join(words.split())


def unmarked(words: str) -> str:
    """A label without the footnote marks behind it: "T42 expulsions2" is "T42 expulsions", "CBP*" is "CBP"."""
    return plain(words).rstrip(MARKS)


def titled(sheet: Sheet, begins: str) -> tuple[tuple[int, int], ...]:
    """Row and column of the cells whose text begins with these words, capitals and spaces apart."""
    begins = plain(begins).casefold()
    return tuple(
        (row, column)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if isinstance(cell, str) and cell and plain(cell).casefold().startswith(begins)
    )


def one_titled(sheet: Sheet, begins: str) -> tuple[int, int]:
    """Row and column of the table's title. Raises EvidenceError where there is none (with the nearest) or several."""
    found = titled(sheet, begins)
    if len(found) == 1:
        return found[0]
    if found:
        places = " and ".join(address(*place) for place in found)
        problem = f"the table {begins!r} stands twice, at {places}."
    else:
        near = _near_text(sheet, begins)
        problem = f"no table is titled {begins!r}" + (f"; is it {near!r} now?" if near else ".")
    raise EvidenceError(
        problem,
        where=f"{sheet.file}, sheet {sheet.name!r}",
        hint="The publisher may have changed the format, or this is another workbook.",
    )


def _near_text(sheet: Sheet, words: str) -> str:
    texts = {
        plain(cell)[:120]: None for cells in sheet.rows for cell in cells if isinstance(cell, str) and len(cell) > 12
    }
    near = difflib.get_close_matches(words, list(texts), n=1, cutoff=0.5)
    return near[0] if near else ""


def _refuse_other_kinds(file: File) -> None:
    if file.data.startswith(b"PK\x03\x04"):
        return
    if file.data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # the container of old Office files
        protected = "EncryptedPackage".encode("utf-16-le") in file.data
        raise EvidenceError(
            "the workbook is protected by a password." if protected else "this is an old .xls file, not an .xlsx.",
            where=file.name,
            hint="Give the .xlsx just as the publisher serves it."
            if not protected
            else "Open it, save it without a password, and give that with --from-file.",
        )
    raise EvidenceError(
        f"this is no .xlsx workbook (it begins with {file.data[:8]!r}).",
        where=file.name,
        hint="Give the file just as the publisher serves it.",
    )


def _unpacked(file: File) -> io.BytesIO:
    """The workbook with its parts stored plainly: what they claim of their size is then true."""
    result = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as packed, zipfile.ZipFile(result, "w") as plainly:
            parts = packed.infolist()
            _require_bounds(file, parts)
            for part in parts:
                content = packed.read(part)
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _require_extent(file, part.filename, content)
                plainly.writestr(part.filename, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise _damaged(file.name, str(error)) from None
    result.seek(0)
    return result


def _require_bounds(file: File, parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise EvidenceError(
            "this is a zip archive, but no .xlsx workbook.",
            where=file.name,
            hint="Give the file just as the publisher serves it.",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise EvidenceError(
            "the workbook is protected by a password.",
            where=file.name,
            hint="Open it, save it without a password, and give that with --from-file.",
        )
    swollen = [
        part for part in parts if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * part.compress_size
    ]
    if len(parts) > MOST_PARTS or swollen or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise EvidenceError(
            f"the workbook would unpack to {sum(part.file_size for part in parts) / 2**20:,.0f} MiB in {len(parts)} "
            "parts: no statistical workbook does.",
            where=file.name,
            hint="Do not open it; fetch it again from the publisher.",
        )


def _require_extent(file: File, part: str, content: bytes) -> None:
    """Refuse a sheet whose outermost filled cells span a rectangle that would not fit in memory.

    Cells that carry only a format do not count: real workbooks have them out to the last column.
    """
    row = column = 1
    for cell in re.finditer(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']([^<>]{0,200})""", content):
        if cell[3].endswith(b"/"):
            continue
        row = max(row, int(cell[2]))
        letters = 0
        for letter in cell[1]:
            letters = letters * 26 + letter - 64
        column = max(column, letters)
    if row * column > MOST_CELLS:
        raise EvidenceError(
            f"the sheet in {part} reaches to cell {address(row - 1, column - 1)}: no statistical table does.",
            where=file.name,
            hint="Do not open it; fetch it again from the publisher.",
        )


def _read(workbook: Workbook, name: str) -> Sheet:
    try:
        rows = workbook.book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except Exception as error:  # as in open_workbook
        raise _damaged(f"{workbook.file}, sheet {name!r}", str(error)) from None
    return Sheet(workbook.file, name, tuple(tuple(_cell(value) for value in row) for row in rows))


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return str(value).upper()  # as Excel shows it; never a count
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _damaged(place: str, why: str) -> EvidenceError:
    return EvidenceError(
        f"the workbook cannot be read ({plain(why)[:200]}): it may be cut short or damaged.",
        where=place,
        hint="Fetch or save it again.",
    )
