"""A file that is not UCDP's dataset, or not whole, is refused in a line that says what is wrong."""

from __future__ import annotations

import io
import zipfile

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors import ucdp
from counterflow.evidence.connectors import zipped as zips
from counterflow.evidence.connectors.official import File
from official.ucdp import HEADER, as_csv, page, row, zipped

GOOD = as_csv([row(1, 2021, 40), row(2, 2022, 60)])


def refused(data: bytes, name: str = "file.csv") -> str:
    with pytest.raises(EvidenceError) as caught:
        ucdp.parse([File(name, data)])
    assert caught.value.hint
    assert name in caught.value.where
    return str(caught.value)


def with_cell(column: str, text: str) -> bytes:
    cells = row(1, 2021, 40)
    cells[HEADER.index(column)] = text
    return as_csv([cells])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe\x01garbage", "not utf-8"),
        (b"<!DOCTYPE html><html><body>Error</body></html>", "web page"),
        (GOOD.replace(b"best_fatality_estimate", b"best"), "lacks the column 'best_fatality_estimate'"),
        (GOOD.replace(b'"year"', b'"years"'), "is it 'years' now?"),
        (b"Fiscal Year,Component,Encounter Count\n2024,U.S. Border Patrol,5\n", "lacks the columns"),
        (GOOD[:-40], "cut short"),
        (as_csv([]), "no row of Mexico"),
        (as_csv([row(1, 2021, 40, "Nigeria")]), "no row of Mexico"),
        (with_cell("best_fatality_estimate", "many"), "'many' is not a number"),
        (with_cell("best_fatality_estimate", ""), "'' is not a number"),
        (with_cell("best_fatality_estimate", "-3"), "'-3' is no count"),
        (with_cell("best_fatality_estimate", "3.5"), "'3.5' is no count"),
        (with_cell("best_fatality_estimate", "1e999"), "'1e999' is no count"),
        (with_cell("year", "21"), "'21' is not a year"),
        (with_cell("year", "1950"), "'1950' is not a year"),
        (with_cell("location", ""), "names no country"),
        (with_cell("location", "México"), "do not agree on Mexico"),
        (with_cell("dyad_id", ""), "has no number"),
        (with_cell("version", "x" * 40), "not the number of an edition"),
        (as_csv([row(1, 2021, 40), row(1, 2021, 40)]), "stands twice in 2021"),
        (as_csv([row(1, 2021, 40), row(2, 2021, 40, version="24.1")]), "several editions (23.1, 24.1)"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_the_line_of_a_bad_cell_is_named() -> None:
    bad = row(2, 2021, 40)
    bad[HEADER.index("best_fatality_estimate")] = "?"
    assert "file.csv, line 3, best_fatality_estimate: '?'" in refused(as_csv([row(1, 2021, 40), bad]))


def test_two_files_of_one_edition_that_differ_are_refused() -> None:
    files = [File("a.csv", as_csv([row(1, 2021, 40)])), File("b.csv", as_csv([row(1, 2021, 41)]))]
    with pytest.raises(EvidenceError, match=r"b\.csv: it differs from a\.csv, and neither says"):
        ucdp.parse(files)


def test_of_two_that_differ_the_one_that_the_server_changed_later_is_taken() -> None:
    first = File("a.csv", as_csv([row(1, 2021, 40)]), last_modified="Wed, 21 Oct 2026 07:28:00 GMT")
    second = File("b.csv", as_csv([row(1, 2021, 41)]), last_modified="Tue, 20 Oct 2026 07:28:00 GMT")
    assert [figure.value for figure in ucdp.parse([first, second]).figures] == [40.0]


def test_a_page_without_an_edition_is_named() -> None:
    class Site:
        def page(self, address: str) -> File:
            return File("downloads", page("brd/ucdp-brd-251-csv.zip"), address)

        def file(self, address: str) -> File | None:
            raise AssertionError(address)

    with pytest.raises(EvidenceError, match="links to no file of the kind"):
        ucdp.collect(Site())


# --- zips ---


def archive(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return data.getvalue()


def encrypted() -> bytes:
    """A zip whose member says that it is encrypted."""
    data = bytearray(zipped(GOOD))
    data[6] |= 1  # in the member's own header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(zipped(GOOD))
    data[80] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped(GOOD)[:200], "damaged or cut short"),
        (damaged(), "damaged or cut short"),
        (encrypted(), "encrypted"),
        (archive({}), "no CSV file (nothing)"),
        (archive({"inner.zip": zipped(GOOD)}), "no CSV file (inner.zip)"),
        (archive({"a.csv": GOOD, "b.csv": GOOD}), "2 CSV files (a.csv, b.csv)"),
        (archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}), "this is a workbook"),
        (archive({"a.csv": b"0" * 5_000_000}), "more than a table of this publisher can hold"),
    ],
)
def test_a_zip_that_is_no_single_table_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data, "file.zip")


def test_a_zip_that_understates_its_size_is_stopped_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "LARGEST", len(GOOD) - 1)
    monkeypatch.setattr(zips, "_refuse_bomb", lambda member, name: None)
    assert "more than a table" in refused(zipped(GOOD), "file.zip")


def test_a_member_that_names_a_place_outside_is_read_in_memory_under_its_bare_name() -> None:
    bad = GOOD.replace(b'"40"', b'"?"')
    said = refused(archive({"../../etc/\x1b[31mpasswd.csv": bad}), "file.zip")
    assert "file.zip/[31mpasswd.csv, line 2" in said


def test_what_macos_packs_beside_the_table_does_not_count() -> None:
    data = archive({"a.csv": GOOD, "__MACOSX/._a.csv": b"\x00\x05\x16\x07"})
    assert len(ucdp.parse([File("a.zip", data)]).figures) == 2
