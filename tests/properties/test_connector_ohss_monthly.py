"""What OHSS publishes is what is read, whatever the figures, the gaps and the month of the edition."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.ohss_monthly import parse
from official import ohss_monthly as official

PLACES = sorted({key[:2] for key in official.figures_to(date(2023, 6, 1), 2020)})


@st.composite
def figures(draw: st.DrawFn) -> tuple[dict[tuple[str, str, date], float], date, int]:
    """Rounded figures for months from fiscal year 2020 or later, some of them without any."""
    first = draw(st.integers(2020, 2023))
    edition = date(draw(st.integers(first, first + 1)), draw(st.integers(1, 12)), 1)
    whole = {"usbp_encounters_sector", "ofo_encounters_sw"}  # these have no marks: sums of them stand in the workbook
    drawn = {}
    for series_id, geo in PLACES:
        for day in official.months_to(edition, first):
            if series_id == "ofo_encounters_sw" and day > date(2021, 9, 1):
                continue
            if series_id == "cbp_one_appointments" and day < date(2022, 10, 1) <= edition:
                continue  # that table begins with fiscal year 2023
            if series_id in whole or draw(st.integers(0, 9)):
                drawn[series_id, geo, day] = 10.0 * draw(st.integers(0, 40_000))
    return drawn, edition, first


@settings(max_examples=20, deadline=None)
@given(figures())
def test_figures_written_are_figures_read(
    drawn: tuple[dict[tuple[str, str, date], float], date, int],
) -> None:
    expected, edition, first = drawn
    extract = parse([File("f.xlsx", official.write(expected, edition, first))])
    assert {(one.series_id, one.geo, one.date): one.value for one in extract.figures} == expected
    assert len(extract.figures) == len(expected)
