"""The catalogue and a series on a terminal, in plain text that fits the width."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.listing import check_lines, series_chart, series_table
from evidence_cases import SPRING_2025, baseline, claim, period, store


def test_the_list_shows_every_series_within_eighty_columns() -> None:
    lines = series_table(store()).splitlines()
    assert len(lines) == 1 + 2 * 28
    assert max(map(len, lines)) <= 80
    for series in store().series_list():
        (line,) = [line for line in lines if line.split()[0] == series.id]
        assert f"{series.first:%Y-%m}  {series.last:%Y-%m}" in line
        assert f"    {series.title}" in lines


def test_a_check_is_told_in_lines_within_eighty_columns() -> None:
    tested = claim(measure="troops", value=1600, unit="troops", action_id="a1", checkability="event_record")
    lines = check_lines([check_claim(tested, store(), SPRING_2025)] * 2)
    assert max(map(len, lines)) <= 80
    assert lines.count("") == 1
    text = " ".join(" ".join(lines).split())
    assert "c1 “figures” holds some (no official series). Holds against" in text
    assert "22 Jan 2025: 1,500: stated figure +6.7%" in text


def test_rows_name_their_series_and_stay_within_eighty_columns() -> None:
    may = period("May 2025", ("2025-05-01", "2025-05-31"))
    level = claim(measure="encounters.between_ports", value=8725, unit="encounters", period=may)
    unnamed = claim(claim_type="change_pct", measure="arrests.unnamed", value=90, unit="percent", direction="down",
                    rate="day", period=may)  # fmt: skip
    checks = [check_claim(tested, store(), (date(2025, 7, 1), date(2025, 7, 1))) for tested in (level, unnamed)]
    lines = check_lines(checks)
    assert max(map(len, lines)) <= 80
    readings = [reading for check in checks for reading in check.readings]
    told = [line.split()[-1] for line in lines if line.endswith(("usbp_encounters_sw", "ice_bookins"))]
    assert told == [reading.series_id for reading in readings]
    assert {*told} == {"usbp_encounters_sw", "ice_bookins"}


def test_single_figures_are_named_by_their_labels_alone() -> None:
    tested = claim(measure="troops", value=1600, unit="troops", action_id="a1", checkability="event_record")
    assert not [line for line in check_lines([check_claim(tested, store(), SPRING_2025)]) if line.endswith("points")]


def test_no_claims_are_told_too() -> None:
    assert check_lines([]) == ["The document states no quantity about the world."]


@pytest.mark.parametrize("series_id", [series.id for series in store().series_list()])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_series_draws_within_the_width(series_id: str, width: int) -> None:
    lines = series_chart(store(), series_id, width=width).splitlines()
    urls = [line for line in lines if "https://" in line]  # an address is never broken
    assert max(len(line) for line in lines[3:] if line not in urls) <= width
    assert sum("┤" in line for line in lines) == 8


def test_a_chart_ends_with_the_last_value_and_where_it_comes_from() -> None:
    text = series_chart(store(), "usbp_encounters_sw")
    assert "last     Dec 2025: 6,478 (press preliminary)" in text
    for words in ("U.S. Customs and Border Protection", "2026-11", "public domain", "1999-10", "2025-12"):
        assert words in text


def test_the_height_of_a_column_follows_the_figures() -> None:
    lines = series_chart(store(), "ucdp_nonstate_deaths_mx").splitlines()
    top = next(line for line in lines if "┤" in line)
    assert top.startswith("18,725 ┤")
    assert top.count("█") == 1  # only the peak year reaches the top row


def test_months_without_a_figure_stay_empty_and_are_marked() -> None:
    assert "· = no figure" in series_chart(store(), "mpp_returns")
    assert "· = no figure" not in series_chart(store(), "homicide_victims_mx")


def test_a_part_can_be_drawn_and_an_unknown_one_is_refused() -> None:
    assert "Yuma Sector" in series_chart(store(), "cbp_fentanyl_seizures_sector", "Yuma Sector")
    with pytest.raises(EvidenceError, match="Yuma Sector"):
        series_chart(store(), "cbp_fentanyl_seizures_sector", "Yuma")


def test_the_curve_the_claimants_own_figures_and_breaks_are_told_within_eighty_columns() -> None:
    days = period("first 11 days", ("2025-01-20", "2025-01-30"))
    change = claim(claim_type="change_pct", measure="gotaways", value=93, unit="percent", direction="down",
                   rate="day", period=days, baseline=baseline("peak", administration="Biden"))  # fmt: skip
    trend = claim(claim_type="trend", measure="crossings", direction="down")
    lines = check_lines([check_claim(tested, store(), SPRING_2025) for tested in (change, trend)])
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "Every baseline: 22 figures were published for earlier periods" in text
    assert "−92.8% [claimant's own]" in text
    assert text.count("definition break on 12 May 2023") == 1, "a break is told once, not with every row"
    assert "−95.1% [*]" in text
