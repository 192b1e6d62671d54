"""Broken files of CBP drug seizures are refused, and the message names what is wrong and where."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.cbp_drugs import collect, parse
from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months
from official import cbp_encounters
from official.cbp_drugs import BY_AREA, BY_DRUG, HEADER, write

FIGURES = [
    figure
    for offset in range(15)
    for day in [add_months(date(2024, 10, 1), offset)]
    for figure in (
        Published(BY_AREA, "Tucson Field Office", day, 20.5 + offset),
        Published(BY_AREA, "Yuma Sector", day, 1.5),
        Published(BY_DRUG, "USBP:Cocaine", day, 8.25),
    )
]
DATA = write(FIGURES, running=2026, newline="\n")
LINES = DATA.splitlines(keepends=True)


def refused(data: bytes, name: str = "saved.csv") -> EvidenceError:
    with pytest.raises(EvidenceError) as caught:
        parse([File(name, data)])
    assert name in str(caught.value.where)
    assert caught.value.hint
    return caught.value


def changed(old: str, new: str) -> bytes:
    """The file with the first occurrence of something replaced."""
    assert old.encode() in DATA
    return DATA.replace(old.encode(), new.encode(), 1)


def test_a_row_cut_in_the_middle() -> None:
    cut = DATA[: DATA.rindex(b",Yuma".upper())]
    assert "the last line has no end" in refused(cut).message
    error = refused(cut + b"\n")
    assert "cut short" in error.message
    assert f"line {len(LINES)}" in error.where or "line" in error.where


def test_a_file_cut_within_its_last_number() -> None:
    assert "the last line has no end" in refused(DATA[:-2]).message


def test_a_file_cut_between_two_rows_lacks_part_of_a_month() -> None:
    last = max(n for n, line in enumerate(LINES) if b"Southwest Border" not in line)
    error = refused(b"".join(LINES[:last]))
    assert "no row of U.S. Border Patrol, Southwest Border in October 2025" in error.message


def test_a_file_that_lacks_a_month_of_a_past_year() -> None:
    error = refused(b"".join(line for line in LINES if not line.startswith(b"2025,MAR")))
    assert "fiscal year 2025 has no row of Office of Field Operations, Southwest Border in March 2025" in error.message


def test_a_running_year_with_a_gap() -> None:
    error = refused(b"".join(line for line in LINES if not line.startswith(b"2026 (FYTD),NOV")))
    assert "in November 2025" in error.message


@pytest.mark.parametrize(
    ("column", "new"),
    [
        ("Sum Qty (lbs)", "Sum Qty (kg)"),
        ("Land Filter", "Land Only Filter"),
        ("FY", "Fiscal FY"),
        ("Region", "Regions"),
    ],
)
def test_a_renamed_column(column: str, new: str) -> None:
    error = refused(changed(column, new))
    assert repr(column) in error.message


def test_a_renamed_column_is_named_as_it_stands_now() -> None:
    assert "'Sum Qty (kg)'" in refused(changed("Sum Qty (lbs)", "Sum Qty (kg)")).message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("U.S. Border Patrol", "Air and Marine Operations", "'air and marine operations' is not a known component"),
        ("Southwest Border", "Gulf Border", "'gulf border' is not a known region"),
        ("Land Only", "Land and Sea", "'land and sea' is not a known land filter"),
        ("YUMA SECTOR", "MARFA SECTOR", "'marfa sector' is not a known place of the U.S. Border Patrol"),
        ("TUCSON FIELD OFFICE", "TUCSON SECTOR", "'tucson sector' is not a known place of the Office of Field"),
        ("MIAMI SECTOR", "YUMA SECTOR", "'YUMA SECTOR', of the southwest, stands in the region 'Coastal/Interior'"),
        ("Ketamine", "Fentanyl Powder", "'fentanyl powder' is not a known drug"),
        (",MAR,", ",MRZ,", "'MRZ' is not a month"),
        ("2025,", "25,", "'25' is not a fiscal year"),
    ],
)
def test_a_value_that_decides_what_is_counted_and_is_not_known(old: str, new: str, said: str) -> None:
    error = refused(changed(old, new))
    assert said in error.message
    assert "saved.csv, line " in error.where


@pytest.mark.parametrize("quantity", ["", "n/a", "-0.5", "1.2.3", "inf"])
@pytest.mark.parametrize("column", [1, 2])
def test_a_quantity_or_count_that_is_none(quantity: str, column: int) -> None:
    cells = LINES[4].rstrip(b"\n").split(b",")
    cells[-column] = quantity.encode()
    error = refused(b"".join([*LINES[:4], b",".join(cells) + b"\n", *LINES[5:]]))
    assert repr(quantity) in error.message
    assert "line 5" in error.where


@pytest.mark.parametrize("end", [b"", b",9,99.5\n"])
def test_a_row_that_stands_twice(end: bytes) -> None:
    row = LINES[7].rsplit(b",", 2)[0] + end if end else LINES[7]
    error = refused(b"".join([*LINES, row]))
    assert "stands twice" in error.message
    assert f"line {len(LINES) + 1}" in error.where


def test_a_row_that_stands_twice_but_for_stars_and_spaces() -> None:
    row = next(line for line in LINES if b"Fentanyl" in line).replace(b"Fentanyl", b" Fentanyl**")
    assert "stands twice" in refused(b"".join([*LINES, row])).message


def test_a_year_both_running_and_over() -> None:
    extra = b"2026,OCT,U.S. Border Patrol,Southwest Border,Land Only,LAREDO SECTOR,Heroin,1,2\n"
    assert "2026 is given both as running (FYTD) and as over" in refused(DATA + extra).message


def test_two_files_of_one_edition_that_say_different_things() -> None:
    other = write([f._replace(value=f.value + 1) for f in FIGURES], running=2026)
    with pytest.raises(EvidenceError) as caught:
        parse([File("one.csv", DATA), File("two.csv", other)])
    assert "OFO:Fentanyl, Oct 2024: one.csv gives 20.5, two.csv 21.5" in caught.value.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<html><head><title>403</title></head></html>\n", "web page"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\n", "not utf-8"),
        (b"\x00\x01\x02\n", "not the file of CBP drug seizures"),
        (cbp_encounters.HEADERS["aor"].encode() + b"\n", "not the file of CBP drug seizures"),
        (b"state,year,month,period,indicator,data_value\nUS,2024,January,12 month-ending,x,1\n", "not the file of CBP"),
        (HEADER.encode() + b"\n", "no row of a month"),
    ],
)
def test_another_file(data: bytes, said: str) -> None:
    assert said in refused(data).message


def test_a_page_that_links_to_no_such_file() -> None:
    class Moved:
        def page(self, address: str) -> File:
            return File("page", b'<html><a href="/files/amo-drug-seizures-fy23-fy26-jul.csv">x</a></html>', address)

        def file(self, address: str) -> File | None:
            raise AssertionError(address)

    with pytest.raises(EvidenceError, match="links to no file") as caught:
        collect(Moved())
    assert "--from-file" in str(caught.value.hint)
