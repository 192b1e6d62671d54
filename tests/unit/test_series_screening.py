"""The screening of series before a fit: true series pass, and errors injected into them are named."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.fitting.screening import Known, faults, least_told, screen
from counterflow.errors import EvidenceError, UsageError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.store import Store
from counterflow.strategy.catalogue import levers

FIRST = np.datetime64("2019-01")
SECTORS = ("Big Bend", "Del Rio", "El Centro", "El Paso", "Laredo", "Rio Grande Valley", "San Diego", "Tucson", "Yuma")
STEADY = (("ice_detained_adp", "Total"), ("homicide_crimes_mx", "mexico"))
MOVED = (
    ("usbp_encounters_sw", "southwest"),
    ("usbp_encounters_nationwide", "united_states"),
    ("cbp_encounters_sw", "southwest"),
    ("ofo_encounters_sw", "southwest"),
    *(("ice_bookins", part) for part in ("CBP", "ICE", "Total")),
    *(("usbp_encounters_sector", sector) for sector in SECTORS),
)
BUNDLED = (
    *MOVED,
    *STEADY,
    ("ice_detained_adp", "CBP"),
    ("ice_detained_adp", "ICE"),
    ("overdose_deaths_synthetic_opioids", "united_states"),
    ("cbp_drug_seizures_sw", "OFO:Fentanyl"),
    ("cbp_drug_seizures_sw", "USBP:Fentanyl"),
)
TELLING = [each for each in BUNDLED if each[1] not in ("USBP:Fentanyl", "Big Bend")]
MOVED_BY = (
    "asylum.restriction",
    "asylum.remain_in_mexico",
    "mexico.migration_enforcement",
    "interior.local_cooperation",
)
GAPS = {"usbp_encounters_sw": frozenset({"2025-10", "2025-11"})}


@cache
def bundled(series_id: str, geo: str, as_of: date | None = None) -> Monthly:
    rows = Store.open().observations(series_id, geo, as_of)
    given = np.array([row.date for row in rows], dtype="datetime64[M]")
    months = np.arange(given[0], given[-1] + 1)
    values, flags = np.full(len(months), np.nan), [""] * len(months)
    for row, month in zip(rows, given, strict=True):
        place = int((month - months[0]).astype(int))
        values[place], flags[place] = row.value, row.flag
    return Monthly(f"{series_id}/{geo}", months, values, tuple(flags))


@cache
def known(series_id: str) -> Known:
    breaks = [each.date for each in series_habits()[series_id].breaks]
    if (series_id, "Total") in MOVED or "encounters" in series_id:
        breaks += [step.start for code in MOVED_BY for step in levers()[code].recorded]
    return Known(tuple(breaks), GAPS.get(series_id, frozenset()))


NOTHING = Known()


def found(series: Monthly, of: Known = NOTHING, first: np.datetime64 = FIRST, shortest: int = 24):
    return faults(series, known_breaks=of.breaks, known_gaps=of.gaps, first=first, shortest=shortest)


def since(series: Monthly) -> Monthly:
    kept = series.months >= FIRST
    flags = tuple(np.array(series.flags, dtype=object)[kept])
    return Monthly(series.name, series.months[kept], series.values[kept].copy(), flags)


def wrong(series: Monthly, at: slice, factor: float) -> Monthly:
    values = series.values.copy()
    values[at] *= factor
    return series._replace(values=values)


def steady(months: int = 60, scatter: float = 0.05) -> Monthly:
    values = 1000 * np.exp(np.random.default_rng(7).normal(0, scatter, months))
    return Monthly("steady", np.arange(FIRST, FIRST + months), values, ("",) * months)


@pytest.mark.parametrize(("series_id", "geo"), BUNDLED)
@pytest.mark.parametrize("first", ["2017-01", "2019-01"])
def test_no_true_series_is_refused_now_or_as_it_was_known_at_the_beginning_of_a_year(series_id, geo, first):
    years = range(2020, 2027) if first == "2019-01" else (2021, 2024)
    days = [None, *(date(year, 1, 1) for year in years)]
    for day in days:
        series = bundled(series_id, geo, day)
        told = found(series, known(series_id), np.datetime64(first), shortest=1)
        assert told == (), day


def test_without_the_record_of_policy_five_months_would_be_refused():
    told = [
        (series_id, geo, fault.kind)
        for series_id, geo in BUNDLED
        for fault in found(bundled(series_id, geo), Known(gaps=known(series_id).gaps), np.datetime64("2017-01"))
    ]
    assert sorted((series, geo) for series, geo, _ in told) == [
        ("cbp_encounters_sw", "southwest"),
        ("ice_bookins", "ICE"),
        ("ofo_encounters_sw", "southwest"),
        ("ofo_encounters_sw", "southwest"),
        ("usbp_encounters_sector", "Del Rio"),
    ]


@pytest.mark.parametrize(("series_id", "geo"), TELLING)
@pytest.mark.parametrize("factor", [30.44, 1 / 1000])
@pytest.mark.parametrize("last", [3, 24])
def test_the_last_months_in_another_unit_are_named_in_every_series_but_the_wildest(series_id, geo, factor, last):
    series = since(bundled(series_id, geo))
    told = [f for f in found(wrong(series, slice(-last, None), factor), known(series_id)) if f.kind == "unit"]
    want = {str(m) for m, v in zip(series.months[-last:], series.values[-last:], strict=True) if not np.isnan(v)}
    assert any(set(fault.months) == want for fault in told)


@pytest.mark.parametrize(("series_id", "geo"), STEADY)
@pytest.mark.parametrize("factor", [2.20462, 1 / 2.20462])
@pytest.mark.parametrize("last", [3, 6, 12, 24])
def test_pounds_for_kilograms_are_named_in_steady_series(series_id, geo, factor, last):
    series = since(bundled(series_id, geo))
    (fault,) = found(wrong(series, slice(-last, None), factor), known(series_id))
    assert fault.kind == "unit"
    assert fault.months == tuple(str(month) for month in series.months[-last:])
    assert "pounds for kilograms" in fault.says


@pytest.mark.parametrize(("series_id", "geo"), [*MOVED, ("cbp_drug_seizures_sw", "OFO:Fentanyl")])
def test_pounds_for_kilograms_cannot_be_told_in_series_that_move_by_more(series_id, geo):
    assert least_told(bundled(series_id, geo), first=FIRST) > 2.2


def test_seizures_between_the_ports_show_only_an_error_by_hundreds():
    assert least_told(bundled("cbp_drug_seizures_sw", "USBP:Fentanyl"), first=FIRST) > 100


@pytest.mark.parametrize(("series_id", "geo"), [("homicide_crimes_mx", "mexico"), ("usbp_encounters_sw", "southwest")])
@pytest.mark.parametrize("factor", [30.44, 1 / 1000])
def test_one_month_in_another_unit_is_found_wherever_it_stands(series_id, geo, factor):
    series = since(bundled(series_id, geo))
    for place in np.flatnonzero(~np.isnan(series.values)):
        told = found(wrong(series, slice(place, place + 1), factor), known(series_id))
        months = {month for fault in told if fault.kind == "unit" for month in fault.months}
        if (series_id, str(series.months[place]), factor) != ("usbp_encounters_sw", "2025-02", 30.44):
            assert str(series.months[place]) in months
        else:  # policy moved that month by 1/3.5: what is named is the level after it
            assert "2025-03" in months


def test_a_stretch_in_the_middle_is_named_from_its_first_to_its_last_month():
    (fault,) = found(wrong(steady(), slice(20, 25), 1000))
    assert (fault.kind, fault.months) == ("unit", ("2020-09", "2020-10", "2020-11", "2020-12", "2021-01"))
    assert "2020-09 to 2021-01" in fault.says
    assert "units for thousands" in fault.says


def test_the_first_half_in_another_unit_is_found_and_both_sides_are_said_to_be_in_doubt():
    (fault,) = found(wrong(steady(61), slice(0, 30), 2.20462))
    assert len(fault.months) == 30
    assert fault.months[-1] == "2021-06"
    assert "or else those after" in fault.says


def test_a_lasting_change_by_no_units_factor_is_a_shift_unless_a_break_is_documented():
    series = wrong(steady(), slice(40, None), 1.7)
    (fault,) = found(series)
    assert (fault.kind, fault.months) == ("shift", ("2022-04", "2022-05"))
    assert found(series, Known(breaks=(date(2022, 4, 20),))) == ()
    assert found(series, Known(breaks=(date(2022, 3, 20),))) == (fault,)


def test_no_break_excuses_thousands():
    (fault,) = found(wrong(steady(), slice(40, None), 1000), Known(breaks=(date(2022, 5, 1),)))
    assert fault.kind == "unit"


@pytest.mark.parametrize("months", range(1, 7))
def test_a_gap_is_named_unless_it_is_documented(months):
    series = steady()
    series.values[30 : 30 + months] = np.nan
    (fault,) = found(series)
    assert fault.kind == "gap"
    assert fault.months == tuple(str(m) for m in series.months[30 : 30 + months])
    assert found(series, Known(gaps=frozenset(fault.months))) == ()


def test_months_that_have_no_row_are_a_gap_too():
    series = steady()
    kept = np.arange(60) != 30
    less = Monthly(series.name, series.months[kept], series.values[kept], series.flags[1:])
    assert [(f.kind, f.months) for f in found(less)] == [("gap", ("2021-07",))]


def test_a_record_that_ends_too_early_is_a_gap_once_it_is_said_how_far_it_should_go():
    series = bundled("ofo_encounters_sw", "southwest")
    breaks, last = known("ofo_encounters_sw").breaks, np.datetime64("2025-10")
    assert faults(series, known_breaks=breaks, first=FIRST) == ()
    (fault,) = faults(series, known_breaks=breaks, first=FIRST, last=last)
    assert (fault.kind, fault.months) == ("gap", ("2025-09", "2025-10"))
    assert faults(series, known_breaks=breaks, known_gaps=fault.months, first=FIRST, last=last) == ()


def test_a_short_record_says_how_many_months_it_has():
    (fault,) = found(steady(23))
    assert fault.kind == "short"
    assert "only 23 months" in fault.says
    assert found(steady(24)) == ()
    assert [f.kind for f in found(steady(0))] == ["short"]


@pytest.mark.parametrize("value", [-3.0, np.inf, 0.0])
def test_an_impossible_figure_is_named(value):
    series = steady()
    series.values[12] = value
    (fault,) = found(series)
    assert (fault.kind, fault.months) == ("value", ("2020-01",))


def test_zero_is_a_figure_where_others_are_near_it():
    series = steady(scatter=1.5)
    series.values[12] = 0.0
    assert found(series) == ()


def test_a_whole_series_in_another_unit_is_told_only_by_what_is_plausible():
    series = wrong(steady(), slice(None), 1 / 1000)
    assert found(series) == ()
    (fault,) = faults(series, plausible=(300, 3000), first=FIRST)
    assert fault.kind == "unit"
    assert len(fault.months) == 60
    assert "the reverse of units for thousands" in fault.says
    (fault,) = faults(wrong(steady(), slice(None), 1e9), plausible=(300, 3000), first=FIRST)
    assert fault.kind == "value"


def test_every_fault_of_every_series_is_told_at_once_with_the_two_ways_out():
    gap, short, good = steady()._replace(name="gap"), steady(5)._replace(name="short"), steady()
    gap.values[30] = np.nan
    wrong_too = wrong(gap, slice(50, None), 1000)
    with pytest.raises(EvidenceError) as refused:
        screen([wrong_too, short, good], {}, first=FIRST)
    said = str(refused.value)
    assert said.startswith("observed series: 2 of 3 series")
    assert "--leave-out gap --leave-out short" in said
    assert [line.split(":")[0].strip() for line in said.splitlines()[1:4]] == ["gap", "gap", "short"]
    assert screen([wrong_too, short, good], {}, first=FIRST, left_out=["gap", "short"]) == (good,)


def test_what_is_documented_of_a_series_passes():
    gap = steady()
    gap.values[30] = np.nan
    assert screen([gap], {"steady": Known(gaps=frozenset({"2021-07"}))}, first=FIRST) == (gap,)


def test_leaving_out_what_is_not_there_or_everything_is_refused():
    with pytest.raises(UsageError, match=r"Did you mean steady\?"):
        screen([steady()], {}, first=FIRST, left_out=["stedy"])
    with pytest.raises(UsageError, match="no series is left"):
        screen([steady()], {}, first=FIRST, left_out=["steady"])
