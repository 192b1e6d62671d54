"""Broken ICE workbooks are refused by name, sheet and cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.ice_detention import parse
from counterflow.evidence.connectors.official import File
from official import ice_detention as official
from official import ohss_monthly as other

THROUGH = date(2025, 2, 8)
BOOKINS = {"ICE": [5_000, 5_100, 5_200, 5_300, 600], "CBP": [9_000, 9_100, 9_200, 9_300, 700]}
HELD = {"ICE": [4_000.5] * 5, "CBP": [6_000.25] * 5}
SHEET = "Detention FY25"


def refusal(data: bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        parse([File("FY25_detentionStats.xlsx", data)])
    assert "FY25_detentionStats.xlsx" in str(caught.value)
    return str(caught.value)


def changed(change: Callable[[Any], object]) -> str:
    """What is said of a workbook with that change in it."""
    book = official.book(2025, THROUGH, BOOKINS, HELD)
    change(book)
    return refusal(official.saved(book))


def put(cell: str, value: Any, sheet: str = SHEET) -> Callable[[Any], object]:
    return lambda book: book[sheet].__setitem__(cell, value)


def test_the_workbook_is_sound_before_it_is_broken() -> None:
    assert len(parse([File("f.xlsx", official.write(2025, THROUGH, BOOKINS, HELD))]).figures) == 30


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [
        ("K21", None, "cell K21: the cell is blank, or holds an error"),  # November, CBP
        ("K21", "n/a", "cell K21: 'n/a' is not a number"),
        ("K21", "#REF!", "cell K21: the cell is blank, or holds an error"),
        ("K21", -5, "below zero"),
        ("K21", 9_100.5, "not a whole number"),
        ("V21", None, "cell V21: the cell is blank, or holds an error"),  # the year's total
        ("O21", 44, "figure for Mar, though by the footnotes the data run through 02/08/2025"),
        ("I21", "HSI", "'HSI' is no arresting agency"),
        ("I21", "ICE", "two rows for 'ICE'"),
        ("I21", None, "has figures, but no agency"),
        ("A92", "USMS Average", "'USMS Average' is no arresting agency"),
        ("A96", "Average ", "two rows for 'Total'"),
        ("B92", None, "cell B92: the cell is blank, or holds an error"),  # October, CBP's average
        ("G92", 3.0, "figure for Mar"),
        ("K19", "Novelties", "lacks the column 'Nov' (is it 'Novelties' now?)"),
        ("K19", "Oct", "column 'Oct' stands twice"),
        ("K19", "Month 2", "lacks the column 'Nov'"),
        ("V19", "Sum", "lacks the column 'Total'"),
        ("I19", "Bureau", "should begin with 'Agency'; it says 'Bureau'"),
        ("I18", "ICE First Book-Ins by Arresting Agency and Month: FY2025", "is it 'ICE First Book-Ins"),
        ("I18", "ICE Initial Book-Ins by Arresting Agency and Month", "names no fiscal year"),
        ("A90", "ICE Average Daily Population by Facility Type and Month: FY2025", "no table is titled"),
        (
            "A90",
            "ICE Average Daily Population by Arresting Agency, Month and Criminality: FY2024",
            "another fiscal year",
        ),
        ("A150", "ICE Initial Book-Ins by Arresting Agency and Month: FY2025", "stands twice, at I18 and A150"),
    ],
)
def test_a_wrong_cell_is_named(cell: str, value: Any, words: str) -> None:
    said = changed(put(cell, value))
    assert words in said
    assert "sheet 'Detention FY25'" in said


def test_a_missing_agency_is_named() -> None:
    def without_ice(book: Any) -> None:
        for column in range(9, 23):
            book[SHEET].cell(22, column).value = None

    assert "no row for ICE" in changed(without_ice)


def test_a_month_of_zeros_within_the_data_is_no_figure() -> None:
    def unfilled(book: Any) -> None:
        for row in (20, 21, 22):
            book[SHEET].cell(row, 11).value = 0

    assert "Nov is 0, though by the footnotes the data run through 02/08/2025" in changed(unfilled)


def test_figures_past_the_data_are_no_stray_hours() -> None:
    """A real month's worth, or one after data that end within a month, contradicts the footnotes."""
    held = {agency: values[:4] for agency, values in HELD.items()}
    counts = {agency: values[:4] for agency, values in BOOKINS.items()}
    for through, run, stray in (
        (date(2025, 1, 31), date(2025, 2, 2), 4_000),
        (date(2025, 1, 31), date(2025, 1, 31), 5),
        (date(2025, 1, 30), date(2025, 2, 2), 5),
    ):
        book = official.book(2025, through, counts, held, run=run)
        book[SHEET]["N22"] = stray  # February, ICE
        assert "there is a figure for Feb" in refusal(official.saved(book))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("B79", "FY2025 YTD ICE Book-ins data."),
        ("B79", None),
        ("A79", "Book-Ins"),
        ("B79", "Data are updated through 02/08/2024 (IIDS Run Date 02/10/2024)."),
        ("B79", "Data are updated through 11/08/2025 (IIDS Run Date 11/10/2025)."),
        ("A60", "FY2025 ICE Initial Book-Ins"),
    ],
)
def test_without_one_last_day_of_the_data_nothing_is_guessed(cell: str, value: str | None) -> None:
    def change(book: Any) -> None:
        book["Footnotes"][cell] = value
        if cell == "A60":
            book["Footnotes"]["B60"] = "Data are updated through 01/25/2025 (IIDS Run Date 01/27/2025)."

    said = changed(change)
    assert "the footnotes do not tell through which day of fiscal year 2025" in said
    assert ("they say" in said) == (cell == "A60")


def test_a_last_day_that_is_no_day_is_refused() -> None:
    assert "'13/45/2025' is not a day" in changed(put("B79", "Data are updated through 13/45/2025.", "Footnotes"))


def test_missing_sheets_are_named_with_those_there_are() -> None:
    assert "no sheet 'Footnotes'" in changed(lambda book: book.remove(book["Footnotes"]))
    said = changed(lambda book: setattr(book[SHEET], "title", "Arrests FY25"))
    assert "no sheet 'Detention FY'" in said
    assert "Arrests FY25" in said


def test_two_sheets_of_one_year_are_not_chosen_from() -> None:
    assert "both hold fiscal year 2025" in changed(lambda book: book.copy_worksheet(book[SHEET]))


def test_two_editions_for_the_same_day_that_differ_are_refused() -> None:
    one = File("a.xlsx", official.edition(2025, THROUGH))
    two = File("b.xlsx", official.edition(2025, THROUGH, seed=1))
    with pytest.raises(EvidenceError, match=r"b\.xlsx.*differ from those of a\.xlsx"):
        parse([one, two])


def test_another_publisher_s_workbook_is_refused() -> None:
    assert "no sheet 'Detention FY'" in refusal(other.write({}, date(2014, 1, 1)))


def test_what_is_no_workbook_is_refused() -> None:
    whole = official.write(2025, THROUGH, BOOKINS, HELD)
    assert "web page" in refusal(b"<html><body>Access denied</body></html>")
    assert "empty" in refusal(b"")
    assert "no .xlsx workbook" in refusal(b"Fiscal Year,Month\n2025,Oct\n")
    assert "cut short or damaged" in refusal(whole[: len(whole) // 2])
