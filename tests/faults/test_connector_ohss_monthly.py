"""Broken OHSS workbooks are refused by name, sheet and cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.ohss_monthly import parse
from official import ice_detention as other
from official import ohss_monthly as official

EDITION = date(2025, 1, 1)
FIRST = 2024  # two fiscal years are enough to break
SECTORS = "SWB Enc by Sector+Field Ofc"
FAMILIES = "SWB Encounters by Family Status"
BOOKOUTS = "CBP SWB Book-Outs by Agency"
ARRESTS = "ERO Arrests by Citizenship"
REMOVALS = "DHS Repats by Type"


def refusal(data: bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        parse([File("tables.xlsx", data)])
    assert "tables.xlsx" in str(caught.value)
    return str(caught.value)


def changed(change: Callable[[Any], object]) -> str:
    """What is said of a workbook with that change in it."""
    book = official.book(official.figures_to(EDITION, FIRST), EDITION, FIRST)
    change(book)
    return refusal(official.saved(book))


def test_the_workbook_is_sound_before_it_is_broken() -> None:
    data = official.write(official.figures_to(EDITION, FIRST), EDITION, FIRST)
    assert parse([File("tables.xlsx", data)]).covers["ice_arrests"] == (date(2023, 10, 1), EDITION)


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "words"),
    [
        (ARRESTS, "C6", None, "cell C6: the cell is blank, or holds an error"),
        (ARRESTS, "C6", "many", "cell C6: 'many' is not a number"),
        (ARRESTS, "C6", -10, "cell C6: the count -10 is below zero"),
        (ARRESTS, "C6", 10_143, "cell C6: 10143 is not rounded to the nearest ten"),
        (ARRESTS, "C6", "-", "the mark '-' stands in place of a figure, and no note"),
        (ARRESTS, "C6", "D", "the mark 'D' stands in place of a figure, and no note"),
        (ARRESTS, "C4", "S", "cell C4: 'S' is not a number"),
        (ARRESTS, "C3", "All", "lacks the column 'Total'"),
        (ARRESTS, "D3", "Total", "column 'Total' stands twice"),
        (ARRESTS, "A3", "Year", "begins with 'Fiscal Year' and 'Month'; the first says 'Year'"),
        (ARRESTS, "B6", "December", "cell B6: 'December' stands where 'November' should"),
        (ARRESTS, "B6", "Nov.", "'Nov.' stands where 'November' should"),
        (ARRESTS, "B6", None, "cell A2: the last month is October 2023; by the title"),
        (ARRESTS, "A4", "FY24", "cell A4: 'FY24' is not a fiscal year"),
        (ARRESTS, "A4", None, "the fiscal year reads ''"),
        (ARRESTS, "A5", 2024, "cell A5: the fiscal year reads '2024' after 2024"),
        (ARRESTS, "A17", "2026 YTD", "the fiscal year reads '2026 YTD' after 2024"),
        (
            ARRESTS,
            "A2",
            "ERO Administrative Arrests by Selected Citizenship: Fiscal Years 2024 to 2025 YTD (March 2025)",
            "the last month is January 2025; by the title",
        ),
        (ARRESTS, "A2", "ERO Arrests by Selected Citizenship: Fiscal Years 2024", "is it 'ERO Arrests by Selected"),
        (ARRESTS, "A2", "DHS Repatriations by Type: Fiscal Years 2024 to 2025 YTD (January 2025)", "stands twice"),
        (SECTORS, "E4", "Marfa, TX", "lacks the column 'San Diego, CA'"),
        (SECTORS, "D3", "OBP", "lacks the column 'USBP' (is it 'OBP' now?)"),
        (FAMILIES, "J4", "Family Groups2", "lacks the column 'Family Unit Individuals'"),
        (BOOKOUTS, "E4", "Expulsions2", "lacks the column 'T42 expulsions' (is it 'Expulsions' now?)"),
        (BOOKOUTS, "F4", "MPP3", "lacks the column 'Migrant Protection Protocols'"),
        (REMOVALS, "E4", "Removals", "lacks the column 'Total Removals'"),
    ],
)
def test_a_wrong_cell_is_named(sheet: str, cell: str, value: Any, words: str) -> None:
    assert words in changed(lambda book: book[sheet].__setitem__(cell, value))


def test_a_new_sector_is_not_dropped_in_silence() -> None:
    def change(book: Any) -> None:
        page = book[SECTORS]
        page.unmerge_cells("D3:M3")
        page.insert_cols(14)
        page["N4"] = "Marfa, TX"
        for row in range(5, 25):
            page.cell(row, 14, 10)

    assert "sheet 'SWB Enc by Sector+Field Ofc', cell N4: the column 'Marfa, TX' under 'USBP' is not known" in changed(
        change
    )


def test_a_new_family_status_is_not_dropped_in_silence() -> None:
    def change(book: Any) -> None:
        page = book[FAMILIES]
        page.unmerge_cells("H3:K3")
        page.insert_cols(12)
        page["L4"] = "Unknown5"

    assert "column 'Unknown' under 'USBP' is not known" in changed(change)


def test_a_month_left_out_is_seen() -> None:
    assert "'February' stands where 'January' should" in changed(lambda book: book[ARRESTS].delete_rows(8))


def test_a_month_left_out_at_the_end_is_seen() -> None:
    assert "the last month is December 2024" in changed(lambda book: book[ARRESTS].delete_rows(21))


def test_a_month_twice_is_seen() -> None:
    def change(book: Any) -> None:
        page = book[ARRESTS]
        page.insert_rows(7)
        for column in range(1, 6):
            page.cell(7, column, page.cell(6, column).value)

    assert "'November' stands where 'December' should" in changed(change)


def test_a_missing_table_is_named() -> None:
    assert "has no table 'CBP One Appointments'" in changed(lambda book: book.remove(book["CBP One Appointments"]))


def test_a_table_without_months_is_refused() -> None:
    assert "no month" in changed(lambda book: book[ARRESTS].delete_rows(4, 18))


def test_two_workbooks_for_one_edition_that_differ_are_refused() -> None:
    one, two = (
        File(name, official.write(official.figures_to(EDITION, FIRST, seed), EDITION, FIRST))
        for name, seed in (("a.xlsx", 0), ("b.xlsx", 1))
    )
    with pytest.raises(EvidenceError, match=r"b\.xlsx.*differ from those of a\.xlsx"):
        parse([one, two])


def test_another_publisher_s_workbook_is_refused() -> None:
    said = refusal(other.edition(2025))
    assert "has no table 'CBP SW Border Encounters by Agency and Sector or Field Office'" in said


def test_what_is_no_workbook_is_refused() -> None:
    whole = official.write(official.figures_to(EDITION, FIRST), EDITION, FIRST)
    assert "web page" in refusal(b"<!doctype html><html></html>")
    assert "empty" in refusal(b"")
    assert "no .xlsx workbook" in refusal(b"\x00\x01garbage")
    assert "cut short or damaged" in refusal(whole[:-40])
