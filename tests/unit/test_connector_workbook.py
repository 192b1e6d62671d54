"""Opening workbooks: what is refused before anything is read, and how cells are found and cited."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook as Book

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors import workbook
from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.workbook import (
    Sheet,
    address,
    at,
    figure,
    one_titled,
    open_workbook,
    text,
    unmarked,
    where,
)


def saved(cells: dict[str, Any], name: str = "Detention FY25 ") -> bytes:
    book = Book()
    page = book.active
    page.title = name
    for place, value in cells.items():
        page[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, changed.get(part, old.read(part)))
        for part in changed.keys() - set(old.namelist()):
            new.writestr(part, changed[part])
    return stream.getvalue()


def sheet_of(cells: dict[str, Any]) -> Sheet:
    return open_workbook(File("f.xlsx", saved(cells))).sheet("Detention FY25")


def refusal(data: bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        open_workbook(File("stats.xlsx", data))
    assert "stats.xlsx" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "column", "name"), [(16, 1, "B17"), (0, 0, "A1"), (0, 25, "Z1"), (9, 26, "AA10"), (0, 16383, "XFD1")]
)
def test_cells_are_named_as_excel_names_them(row: int, column: int, name: str) -> None:
    assert address(row, column) == name


def test_rows_and_columns_count_from_the_sheet_s_corner_however_much_of_it_is_empty() -> None:
    sheet = sheet_of({"C5": 7})
    assert at(sheet, 4, 2) == 7.0
    assert at(sheet, 0, 0) == at(sheet, 99, 99) == ""
    assert where(sheet, 4, 2) == "f.xlsx, sheet 'Detention FY25 ', cell C5"


def test_cells_of_other_kinds_become_text_and_never_counts() -> None:
    sheet = sheet_of({"A1": True, "B1": datetime.date(2025, 3, 1), "C1": 2014, "D1": "  a \u00a0 b ", "E1": 1.5})
    assert [text(sheet, 0, column) for column in range(5)] == ["TRUE", "2025-03-01", "2014", "a b", "1.5"]
    for column, words in ((0, "'TRUE' is not a number"), (1, "is not a number"), (5, "blank is not zero")):
        with pytest.raises(EvidenceError, match=words):
            figure(sheet, 0, column)


def test_numbers_written_as_text_are_numbers() -> None:
    assert figure(sheet_of({"A1": "1,234"}), 0, 0) == 1234.0


def test_a_count_below_zero_is_refused_by_its_cell() -> None:
    with pytest.raises(EvidenceError, match="below zero") as caught:
        figure(sheet_of({"B2": -3}), 1, 1)
    assert "cell B2" in str(caught.value)


def test_an_error_in_a_cell_is_no_figure() -> None:
    with pytest.raises(EvidenceError, match="A1"):
        figure(sheet_of({"A1": "#REF!"}), 0, 0)


def test_footnote_marks_are_not_part_of_a_label() -> None:
    assert [unmarked(label) for label in ("T42 expulsions2", "CBP*", "ICE  ", "Single Adults1,2", "Rio¹")] == [
        "T42 expulsions",
        "CBP",
        "ICE",
        "Single Adults",
        "Rio",
    ]


def test_a_table_is_found_by_the_beginning_of_its_title() -> None:
    sheet = sheet_of({"I18": "ICE  Initial Book-Ins by Month: FY2025 ", "A1": "Other"})
    assert one_titled(sheet, "ICE initial book-ins by month") == (17, 8)


def test_a_renamed_table_is_named_and_one_that_stands_twice_is_not_chosen_from() -> None:
    with pytest.raises(EvidenceError, match="is it 'ICE First Book-Ins by Month: FY2025' now"):
        one_titled(sheet_of({"A1": "ICE First Book-Ins by Month: FY2025"}), "ICE Initial Book-Ins by Month")
    with pytest.raises(EvidenceError, match="stands twice, at A1 and C9"):
        one_titled(sheet_of({"A1": "ICE Removals: FY1", "C9": "ICE Removals: FY2"}), "ICE Removals")


def test_a_missing_sheet_is_named_with_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="no sheet 'Detentions'; it has 'Detention FY25 '"):
        open_workbook(File("f.xlsx", saved({}))).sheet("Detentions")


def test_what_is_no_workbook_is_refused_by_what_it_is() -> None:
    assert "empty" in refusal(b" \n")
    assert "web page" in refusal(b"<!DOCTYPE html><html></html>")
    assert "no .xlsx workbook" in refusal(b"FY,Month,Component\n")
    assert "old .xls" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert "protected by a password" in refusal(ole)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.csv", "a,b\n")
    assert "zip archive, but no .xlsx" in refusal(stream.getvalue())


def test_a_cut_or_damaged_workbook_is_refused() -> None:
    whole = saved({"A1": "x" * 5_000, "B2": 3})
    for end in (30, len(whole) // 2, len(whole) - 1):
        assert "cut short or damaged" in refusal(whole[:end])
    middle = len(whole) // 2
    spoilt = whole[: middle - 200] + bytes(400) + whole[middle + 200 :]
    assert "damaged" in refusal(spoilt)
    broken = repacked(whole, {"xl/workbook.xml": b"<workbook><sheets>"})
    assert "damaged" in refusal(broken)


def test_a_sheet_that_is_no_xml_is_refused_when_it_is_read() -> None:
    broken = repacked(saved({"A1": 1}), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c r='A1'><v>"})
    with pytest.raises(EvidenceError, match="damaged"):
        open_workbook(File("f.xlsx", broken)).sheet("Detention FY25")


def test_a_member_marked_as_encrypted_is_refused() -> None:
    whole = bytearray(saved({"A1": 1}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = whole.find(signature)
        while start >= 0:
            whole[start + offset] |= 1
            start = whole.find(signature, start + 4)
    assert "protected by a password" in refusal(bytes(whole))


def test_a_workbook_that_would_unpack_to_a_great_size_is_refused_before_it_is_unpacked() -> None:
    assert "would unpack" in refusal(repacked(saved({}), {"xl/media/image1.bin": bytes(2**25)}))


def test_bounds_hold_for_the_sum_and_the_number_of_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1_000)
    assert "would unpack" in refusal(saved({}))
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 2**26)
    monkeypatch.setattr(workbook, "MOST_PARTS", 3)
    assert "parts" in refusal(saved({}))


def test_a_sheet_with_cells_at_far_corners_is_refused_before_it_fills_the_memory() -> None:
    xml = b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    bomb = repacked(
        saved({}),
        {
            "xl/worksheets/sheet1.xml": b'<worksheet xmlns="http://schemas.openxmlformats.org/x">'
            + xml
            + b"</worksheet>"
        },
    )
    assert "reaches to cell XFD1048576" in refusal(bomb)


def test_formats_without_content_out_to_the_last_column_do_no_harm() -> None:
    whole = saved({"A1": 5})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    wide = b"".join(b'<row r="%d"><c r="XFC%d" s="0"/></row>' % (row, row) for row in range(2, 1_500))
    changed = repacked(whole, {"xl/worksheets/sheet1.xml": xml.replace(b"</sheetData>", wide + b"</sheetData>")})
    sheet = open_workbook(File("f.xlsx", changed)).sheet("Detention FY25")
    assert (at(sheet, 0, 0), len(sheet.rows)) == (5.0, 1)


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sheet_of({"A1": 1})
    assert not list(tmp_path.iterdir())
