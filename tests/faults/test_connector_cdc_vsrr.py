"""An answer that is not CDC's table, or not whole, is refused in a line that says what is wrong."""

from __future__ import annotations

import json
from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors import cdc_vsrr
from counterflow.evidence.connectors.official import File
from official.cdc_vsrr import as_csv, as_json, figures, row, table, write

ROWS = table(figures(years=1), others=False)
JSON, CSV = as_json(ROWS), as_csv(ROWS)


def refused(data: bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        cdc_vsrr.parse([File("file", data)])
    assert caught.value.hint
    assert "file" in caught.value.where
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(column: str, text: str | float) -> bytes:
    """The table with one cell of its last row, of synthetic opioids, changed."""
    rows: list[dict[str, object]] = [dict(cells) for cells in ROWS]
    rows[-1][column] = text
    return json.dumps(rows).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00garbage", "not utf-8"),
        (b"<html><head><title>Service unavailable</title></head></html>", "web page"),
        (b"[]", "no row of the whole country"),
        (b"{}", "no list of rows"),
        (b"[1, 2]", "no list of rows"),
        (b'[{"a": NaN}]', "NaN is not a number"),
        (b"[" * 100_000, "no JSON"),
        (JSON[:-30], "no JSON"),
        (b'{"error":true,"message":"Internal error"}', "answered with an error: Internal error"),
        (b'{"code":"query.soql.no-such-column","message":"No such column: indicater"}', "No such column: indicater"),
        (b'{"errorCode":"permission_denied"}', "answered with an error: permission_denied"),
        (JSON.replace(b"data_value", b"datavalue"), "'data_value' (is it 'datavalue' now?)"),
        (JSON.replace(b"predicted_value", b"forecast"), "lacks the column 'predicted_value'"),
        (CSV.replace(b"Data Value", b"Value"), "'Data Value' (is it 'Value' now?)"),
        (b"Fiscal Year,Component,Encounter Count\n2024,U.S. Border Patrol,5\n", "lacks the columns"),
        (CSV[:-30], "cut short"),
        (changed("data_value", "many"), "data_value: 'many' is not a number"),
        (changed("predicted_value", "-5"), "predicted_value: '-5' is no count"),
        (changed("predicted_value", "5.5"), "'5.5' is no count"),
        (changed("data_value", True), "True is no value"),
        (changed("month", "Enero"), "'Enero' is not a month"),
        (changed("year", "15"), "'15' is not a year"),
        (changed("period", "twelve months"), "'twelve months' is not a period"),
        (as_json([*ROWS, ROWS[0]]), "January 2015 stands there twice"),
        (as_csv([*ROWS, ROWS[0]]), "January 2015 stands there twice"),
        (write([f for f in figures() if "all" in f.series_id]), "'Synthetic opioids, excl. methadone"),
        (write([f for f in figures() if "t404" in f.series_id], others=False), "'Number of Drug Overdose Deaths'"),
        (as_json([row("YC", "New York City", date(2025, 1, 1), "Cocaine (T40.5)", {"data_value": 5})]), "lacks the"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_an_indicator_that_was_renamed_is_not_dropped() -> None:
    renamed = CSV.replace(
        b"Synthetic opioids, excl. methadone (T40.4)", b"Synthetic opioids other than methadone (T40.4)"
    )
    assert "no row of the indicator 'Synthetic opioids, excl. methadone (T40.4)'" in refused(renamed)


def test_a_bad_cell_is_named_by_line_and_column() -> None:
    assert "file, line 2, predicted_value" in refused(CSV.replace(b"47,856", b"47;856"))
    assert "file, row 1, predicted_value" in refused(JSON.replace(b"47,856", b"47;856"))


def test_two_files_that_differ_and_do_not_say_which_is_newer_are_refused() -> None:
    other = JSON.replace(b'"47,856"', b'"47,857"')
    with pytest.raises(EvidenceError, match=r"January 2015 has 47,857 here and 47,856 at a\.json, row 1") as caught:
        cdc_vsrr.parse([File("a.json", JSON), File("b.json", other)])
    assert "newer" in caught.value.hint


def test_of_two_that_differ_the_one_that_the_server_changed_later_is_taken() -> None:
    later, earlier = "Wed, 21 Oct 2026 07:28:00 GMT", "Tue, 20 Oct 2026 07:28:00 GMT"
    files = [
        File("a.json", JSON.replace(b'"47,856"', b'"47,857"'), last_modified=later),
        File("b.json", JSON, last_modified=earlier),
    ]
    assert 47_857.0 in {figure.value for figure in cdc_vsrr.parse(files).figures}


class Stuck:
    """A server that gives full pages for ever: the same one, or always another."""

    def __init__(self, same: bool) -> None:
        self.same, self.given = same, 0

    def page(self, address: str) -> File:
        self.given += 1
        cells = row(
            "US", "United States", date(2025, 1, 1), "Cocaine (T40.5)", {"data_value": 0 if self.same else self.given}
        )
        return File("xkb8-kh2a.json", as_json([cells]), address)

    def file(self, address: str) -> File | None:
        return self.page(address)


@pytest.mark.parametrize(("same", "said", "asked"), [(True, "one came twice", 2), (False, "no end to them", 100)])
def test_a_server_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch, same: bool, said: str, asked: int) -> None:
    monkeypatch.setattr(cdc_vsrr, "PAGE_ROWS", 1)
    site = Stuck(same)
    with pytest.raises(EvidenceError, match=said):
        cdc_vsrr.collect(site)
    assert site.given == asked


def test_an_error_in_place_of_a_page_is_named_at_once() -> None:
    class Failing(Stuck):
        def page(self, address: str) -> File:
            return File("xkb8-kh2a.json", b'{"error":true,"message":"Too many requests"}', address)

    with pytest.raises(EvidenceError, match="Too many requests"):
        cdc_vsrr.collect(Failing(same=True))


def test_columns_that_are_swapped_are_refused() -> None:
    both = [cells for cells in ROWS if cells.get("data_value") and cells.get("predicted_value")]
    swapped = [c | {"data_value": c["predicted_value"], "predicted_value": c["data_value"]} for c in both]
    assert "the columns may be swapped" in refused(as_json(swapped))
