"""Broken files of CBP encounters are refused, and the message names what is wrong and where."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.cbp_encounters import parse
from counterflow.evidence.connectors.official import File
from counterflow.evidence.periods import add_months
from official.cbp_encounters import SECTORS, figures_of, write

MONTHS = {add_months(date(2024, 10, 1), n): ([100 + n] * 9, 300, 50, [200] * 4) for n in range(15)}
FIGURES = figures_of(MONTHS)
FILES = {kind: write(kind, FIGURES, running=2026, newline="\n") for kind in ("aor", "sbo", "state")}


def refused(data: bytes, name: str = "saved.csv") -> EvidenceError:
    with pytest.raises(EvidenceError) as caught:
        parse([File(name, data)])
    assert name in str(caught.value.where)
    assert caught.value.hint
    return caught.value


def changed(kind: str, old: str, new: str) -> bytes:
    """A file with the first occurrence of something replaced."""
    data = FILES[kind]
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize("kind", FILES)
def test_a_row_cut_in_the_middle(kind: str) -> None:
    cut = FILES[kind][: FILES[kind].rindex(b",Title 8")]
    assert "cut short" in refused(cut).message
    error = refused(cut + b"\n")
    assert "cells" in error.message
    assert "line" in error.where


@pytest.mark.parametrize("kind", FILES)
def test_a_file_cut_within_its_last_number(kind: str) -> None:
    assert "the last line has no end" in refused(FILES[kind].rstrip(b"\n")).message


def test_a_file_cut_between_two_rows_lacks_a_part_of_a_month() -> None:
    lines = FILES["aor"].splitlines(keepends=True)
    error = refused(b"".join(lines[:-2]))  # the rows of Miami in the last month of the file
    assert "no row of U.S. Border Patrol, Other in October 2025" in error.message
    assert "filtered" in error.hint


@pytest.mark.parametrize("month", ["March", "September"])
def test_a_file_that_lacks_a_month_of_a_past_year(month: str) -> None:
    start = f"2025,Remaining,{month[:3].upper()}".encode()
    data = b"".join(line for line in FILES["sbo"].splitlines(keepends=True) if not line.startswith(start))
    assert f"fiscal year 2025 has no row of Office of Field Operations in {month} 2025" in refused(data).message


def test_a_running_year_with_a_gap() -> None:
    lines = FILES["sbo"].splitlines(keepends=True)
    data = b"".join(line for line in lines if not line.startswith(b"2026 (FYTD),FYTD,NOV"))
    assert "in November 2025" in refused(data).message


def test_a_file_filtered_to_one_component() -> None:
    data = b"".join(line for line in FILES["sbo"].splitlines(keepends=True) if b"Office of Field" not in line)
    assert "no row of Office of Field Operations" in refused(data).message


def test_a_file_without_rows() -> None:
    assert "no row of a month" in refused(FILES["sbo"].splitlines(keepends=True)[0]).message


@pytest.mark.parametrize(
    ("kind", "column", "new"),
    [
        ("aor", "Area of Responsibility", "Area Responsible"),
        ("aor", "Land Border Region", "Border Region"),
        ("sbo", "Component", "CBP Component"),
        ("sbo", "Citizenship Grouping", "Citizenship"),
        ("state", "Encounter Count", "Encounters Count"),
        ("state", "State", "US State"),
    ],
)
def test_a_renamed_column(kind: str, column: str, new: str) -> None:
    error = refused(changed(kind, f",{column}", f",{new}"))
    assert repr(column) in error.message
    assert repr(new) in error.message  # what stands there now


def test_a_missing_column() -> None:
    lines = [line.rsplit(b",", 2) for line in FILES["aor"].splitlines()]
    data = b"".join(start + b"," + end + b"\n" for start, _, end in lines)
    assert "lacks the column 'Encounter Type'" in refused(data).message


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        ("aor", "Big Bend Sector", "Marfa Sector", "'Marfa Sector' is not a known sector"),
        ("aor", "Southwest Land Border", "Gulf Border", "'Gulf Border' is not a known Land Border Region"),
        ("aor", "U.S. Border Patrol", "Air and Marine", "'Air and Marine' is not a known Component"),
        ("aor", "Apprehensions", "Turnbacks", "'Turnbacks' is not a known Encounter Type"),
        ("aor", "Blaine Sector", "Tucson Sector", "'Tucson Sector', a sector of the southwest, stands in the region"),
        ("sbo", "Title 8", "Title 50", "'Title 50' is not a known Title of Authority"),
        ("sbo", "Remaining", "Projected", "'Projected' is not a known Month Grouping"),
        ("sbo", ",MAR,", ",MRZ,", "'MRZ' is not a month"),
        ("sbo", "2025,", "FY25,", "'FY25' is not a fiscal year"),
        ("sbo", "2026 (FYTD)", "2026 (prelim)", "'2026 (prelim)' is not a fiscal year"),
        ("state", "Border,AZ", "Border,NV", "'NV' is not a known state of the southwest land border"),
    ],
)
def test_a_value_that_decides_what_is_counted_and_is_not_known(kind: str, old: str, new: str, said: str) -> None:
    error = refused(changed(kind, old, new))
    assert said in error.message
    assert "saved.csv, line " in error.where


@pytest.mark.parametrize("count", ["", "n/a", "1.5", "-3", "1;2", "nan"])
def test_a_count_that_is_none(count: str) -> None:
    lines = FILES["sbo"].splitlines(keepends=True)
    lines[4] = lines[4].rsplit(b",", 1)[0] + f",{count}\n".encode()
    error = refused(b"".join(lines))
    assert repr(count) in error.message
    assert "line 5" in error.where


def test_a_row_that_stands_twice() -> None:
    lines = FILES["aor"].splitlines(keepends=True)
    error = refused(b"".join([*lines, lines[7]]))
    assert "stands twice" in error.message
    assert f"line {len(lines) + 1}" in error.where


def test_a_row_that_stands_twice_with_another_count() -> None:
    lines = FILES["aor"].splitlines(keepends=True)
    error = refused(b"".join([*lines, lines[7].rsplit(b",", 1)[0] + b",9999\n"]))
    assert "stands twice" in error.message


def test_a_year_both_running_and_over() -> None:
    lines = FILES["sbo"].splitlines(keepends=True)
    extra = b"2026,FYTD,OCT,U.S. Border Patrol,FMUA,Mexico,Title 8,Apprehensions,5\n"
    assert "2026 is given both as running (FYTD) and as over" in refused(b"".join([*lines, extra])).message


def test_two_files_of_one_edition_that_say_different_things() -> None:
    other = figures_of({day: ([n + 1 for n in sectors], *rest) for day, (sectors, *rest) in MONTHS.items()})  # type: ignore[misc]
    with pytest.raises(EvidenceError) as caught:
        parse([File("one.csv", FILES["sbo"]), File("two.csv", write("sbo", other, running=2026))])
    assert "cbp_encounters_sw, southwest, Oct 2024: one.csv gives 1,200, two.csv 1,209" in caught.value.message
    assert "published last" in caught.value.hint


def test_the_same_file_given_twice_does_no_harm() -> None:
    once, twice = (parse([File("one.csv", FILES["sbo"])] * times) for times in (1, 2))
    assert once.figures == twice.figures


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"<!DOCTYPE html>\n<html><body>Access Denied</body></html>\n", "web page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "not utf-8"),
        (b"PK\x03\x04 nothing of a table\n", "not a file of CBP encounters"),
        (b"\x00\x01\x02\n", "not a file of CBP encounters"),
        (b'"never closed\n', "not a file of CBP encounters"),
        (b'{"error": "not found"}\n', "not a file of CBP encounters"),
        (b"dyad_id,year,best_fatality_estimate,location\n1,2020,5,Mexico\n", "not a file of CBP encounters"),
        (
            b"FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,"
            b"Sum Qty (lbs)\n",
            "not a file of CBP encounters",
        ),
    ],
)
def test_another_file(data: bytes, said: str) -> None:
    assert said in refused(data).message


def test_a_file_in_another_encoding() -> None:
    data = changed("aor", "MEXICO", "MÉXICO").decode().encode("cp1252")
    assert "not utf-8" in refused(data).message


def test_a_quote_that_is_never_closed() -> None:
    data = changed("aor", "MEXICO", '"MEXICO')
    assert "cut short" in refused(data).message


def test_every_sector_is_needed_by_name() -> None:
    for sector in SECTORS:
        assert "not a known sector" in refused(changed("aor", f"{sector} Sector", f"{sector}")).message


def test_a_file_that_lacks_a_sector_in_one_month() -> None:
    lines = FILES["aor"].splitlines(keepends=True)
    cut = b"".join(line for line in lines if not (b",MAR," in line and b"Tucson Sector" in line))
    assert "fiscal year 2025 has no row of Tucson Sector in March 2025" in refused(cut).message
