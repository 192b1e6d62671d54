"""The store gives figures with their origin, as they were known on a day, and says what it does not know."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime

import pytest

from counterflow.errors import EvidenceError
from evidence_cases import store


def test_a_series_comes_with_origin_licence_and_vintage() -> None:
    series = store().about("usbp_encounters_sw")
    assert series.publisher == "U.S. Customs and Border Protection"
    assert series.url.startswith("https://www.cbp.gov/")
    assert series.licence == "public domain (US government work)"
    assert (series.vintage, series.rows) == ("2026-11", 313)


def test_an_unknown_series_names_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="usbp_encounters_sw") as caught:
        store().about("usbp_encounter_sw")
    assert caught.value.exit_code == 4


def test_an_unknown_geography_names_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="El Paso"):
        store().observations("usbp_encounters_sector", "El Passo")


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        (date(2025, 2, 28), date(2024, 12, 1)),  # January ends on the 31st and comes out a month later
        (date(2025, 3, 1), date(2025, 1, 1)),
        (date(2025, 3, 31), date(2025, 1, 1)),
        (date(2025, 4, 1), date(2025, 2, 1)),
    ],
)
def test_as_of_a_day_only_what_was_published_is_known(as_of: date, last: date) -> None:
    assert store().observations("usbp_encounters_sw", as_of=as_of)[-1].date == last


def test_a_figure_for_a_year_is_known_after_the_year() -> None:
    # fiscal year 2019 begins on 1 October 2018 and ends on 30 September 2019; the lag is a month
    known = store().observations("border_deaths", as_of=date(2019, 10, 31))
    assert known[-1].date == date(2017, 10, 1)
    assert store().observations("border_deaths", as_of=date(2019, 11, 1))[-1].date == date(2018, 10, 1)


def test_parts_add_up_to_the_whole_where_every_part_is_known() -> None:
    whole = {o.date: o.value for o in store().observations("usbp_encounters_sw")}
    parts = {o.date: o.value for o in store().observations("usbp_encounters_sector", "all")}
    exact = [day for day in parts if day < date(2019, 10, 1)]  # later ones are rounded to 10 by sector
    assert len(exact) > 200
    assert all(parts[day] == pytest.approx(whole[day], rel=0.002) for day in exact)


def test_no_row_means_zero_only_where_the_publisher_says_so() -> None:
    yuma = store().observations("cbp_fentanyl_seizures_sector", "Yuma Sector")
    assert [o for o in yuma if o.flag == "no_row"]
    assert all(o.value == 0 for o in yuma if o.flag == "no_row")
    encounters = {o.date for o in store().observations("usbp_encounters_sw")}
    assert date(2025, 10, 1) not in encounters


def test_a_single_figure_keeps_its_bound_period_and_source() -> None:
    (peak,) = [p for p in store().points("gotaways") if p.start == date(2023, 4, 1)]
    assert (peak.value, peak.per, peak.end, peak.geo) == (73463.0, "month", date(2023, 4, 30), "southwest")
    assert peak.source.startswith("https://")
    (older,) = [p for p in store().points("gotaways") if p.text == "1400000+"]
    assert older.bound == ">"


def test_two_counts_of_one_word_are_two_measures() -> None:
    assert all("CBO" not in p.label for p in store().points("gotaways"))
    assert {p.value for p in store().points("mexico.migration_events.inm_press")} == {1393683.0}


def test_events_up_to_a_day_are_all_of_that_day_or_before() -> None:
    before = store().events(before=date(2025, 2, 20))
    assert before
    assert max(e.date for e in before) == date(2025, 2, 20)
    assert len(before) < len(store().events())


def test_each_designated_organisation_is_an_event_with_its_base() -> None:
    listed = [e for e in store().events("designation.terrorist") if e.organisation]
    assert len(listed) == 8
    assert sum(e.base == "Mexico" for e in listed) == 6
    assert {e.effect_on_lever for e in listed} == {0}  # the act itself carries the effect


def test_losses_of_leaders_are_exogenous_and_name_the_organisation() -> None:
    losses = [e for e in store().events("exogenous") if e.instrument == "loss of a leader"]
    assert len(losses) == 24
    assert all(e.organisation for e in losses)


def test_vintages_name_every_series_and_the_hash_of_every_table() -> None:
    vintages = store().vintages()
    assert vintages["mpp_returns"] == "2026-11"
    tables = ["series", "points", "events", "2026-11/observations", "2026-11/sources", "2026-11/files"]
    assert all(len(vintages[f"{table}.parquet"]) == 64 for table in tables)


def test_a_series_is_an_array_with_its_unit_and_origin() -> None:
    array = store().series("usbp_encounters_sector")
    assert array.dims == ("time", "geo")
    assert array.sizes == {"time": 302, "geo": 9}
    assert array.sel(time="2022-05-01", geo="Del Rio").item() == 44740
    assert array.flag.sel(time="2022-05-01", geo="Del Rio").item() == "rounded_to_10"
    assert array.attrs["units"] == "encounters"
    assert array.attrs["license"] == "public domain (US government work)"
    assert "2020-03-01: Title 42" in array.attrs["definition_breaks"]
    assert "usbp_encounters_nationwide" in array.attrs["never_mix_with"]


def test_an_array_of_what_was_known_ends_where_the_knowledge_ended() -> None:
    known = store().series("usbp_encounters_sw", as_of="2025-03-01")
    assert f"{known.time.values[-1]:.10}" == "2025-01-01"
    assert known.attrs["as_of"] == "2025-03-01"
    frame = known.to_dataframe()
    assert frame["usbp_encounters_sw"].iloc[-1] == 29107


def test_what_is_not_known_is_not_a_number() -> None:
    array = store().series("homicide_victims_mx_state")
    assert array.sel(time="2016-10-01", geo="Oaxaca").isnull().item()
    assert array.flag.sel(time="2016-10-01", geo="Oaxaca").item() == ""


@pytest.mark.parametrize("series_id", ["ice_bookins", "title42_expulsions_sw", "usbp_seizures_sw_annual"])
def test_parts_of_which_some_are_sums_of_others_are_never_added_up(series_id: str) -> None:
    with pytest.raises(EvidenceError, match="do not add up to a whole") as caught:
        store().observations(series_id, "all")
    assert store().about(series_id).geos[0] in caught.value.hint


def test_a_moment_is_a_day_too() -> None:
    moment = datetime(2025, 3, 1, 12, 30)
    assert store().observations("usbp_encounters_sw", as_of=moment)[-1].date == date(2025, 1, 1)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(EvidenceError, match="'1 March' is not a day"):
        store().series("usbp_encounters_sw", as_of="1 March")


def test_every_figure_names_a_source_that_tells_its_publisher() -> None:
    last = store().observations("ucdp_nonstate_deaths_mx")[-1]
    source = store().source(last.source_id)
    assert (source["publisher"], source["licence"]) == ("Uppsala Conflict Data Program", "CC BY 4.0")
    assert source["retrieved"] == "2026-11"
    with pytest.raises(EvidenceError, match="no source"):
        store().source("elsewhere")


def test_importing_the_store_imports_neither_the_database_nor_xarray() -> None:
    code = "import sys, counterflow.evidence.store; sys.exit('duckdb' in sys.modules or 'xarray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
