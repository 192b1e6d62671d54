"""The catalogue, the tables and the reader's codebook speak of the same series, measures and places."""

from __future__ import annotations

import tomllib

import pytest

from counterflow.evidence.catalog import measures, places, series_habits
from counterflow.evidence.checking.sources import WIDE
from evidence_cases import PROJECT, store

ROOM = PROJECT / "src" / "counterflow" / "evidence"
ENTRIES = tomllib.loads((ROOM / "catalog.toml").read_text(encoding="utf-8"))["series"]


def test_every_series_of_the_catalogue_has_figures_and_every_figure_a_series() -> None:
    assert {series.id for series in store().series_list()} == set(series_habits())
    assert len(series_habits()) == 28


@pytest.mark.parametrize("series_id", sorted(ENTRIES))
def test_the_series_table_says_what_the_catalogue_says(series_id: str) -> None:
    entry, series = ENTRIES[series_id], store().about(series_id)
    for key in ("title", "unit", "frequency", "kind", "publisher", "url", "licence", "trust", "note"):
        assert getattr(series, key) == entry[key]
    assert series.default_geo == entry["default_geo"]
    assert series.publication_lag_months == entry["publication_lag_months"]
    observations = store().observations(series_id)
    assert series.first <= observations[0].date
    assert observations[-1].date <= series.last


def test_every_series_can_settle_something_that_the_catalogue_describes() -> None:
    for series_id, habits in series_habits().items():
        assert habits.measures, series_id
        assert set(habits.measures) <= set(measures()), series_id
        for parts in habits.measures.values():
            assert set(parts) <= set(store().about(series_id).geos), series_id


def test_series_that_must_not_be_mixed_forbid_each_other() -> None:
    for series_id, habits in series_habits().items():
        for other in habits.never_mix_with:
            assert other in series_habits()
            if series_habits()[other].never_mix_with:
                assert series_id in series_habits()[other].never_mix_with or _is_part(series_id), (
                    series_id,
                    other,
                )


def _is_part(series_id: str) -> bool:
    """Series by sector, state or family status forbid the wholes that they are no part of, one way only."""
    return store().about(series_id).default_geo == "all"


@pytest.mark.parametrize(
    ("publisher", "months"),
    [
        ("U.S. Customs and Border Protection", 1),
        ("U.S. Immigration and Customs Enforcement", 1),
        ("Secretariado", 1),
        ("DHS Office of Homeland Security Statistics", 3),
        ("CDC", 5),
        ("INEGI", 12),
        ("Uppsala", 12),
    ],
)
def test_publication_lags_are_those_of_the_publishers(publisher: str, months: int) -> None:
    lags = {s.publication_lag_months for s in store().series_list() if s.publisher.startswith(publisher)}
    # the sectors come out with the slower of their two publishers
    assert lags - ({3} if publisher.startswith("U.S. Customs") else set()) == {months}


def test_a_default_that_is_an_area_is_the_area_of_the_series() -> None:
    for series_id, habits in series_habits().items():
        default = store().about(series_id).default_geo
        assert habits.area in WIDE
        assert default == habits.area or default not in WIDE, series_id


def test_a_revision_habit_always_has_its_source() -> None:
    for series_id, habits in series_habits().items():
        assert bool(habits.revision) == bool(habits.revision_source), series_id


def test_measures_of_published_figures_that_claims_can_have_are_described() -> None:
    codes = {point.measure for point in store().points()}
    for code in ("gotaways", "troops", "troops.ordered", "arrests.interior", "labs", "homicides.mexico"):
        assert code in codes
        assert code in measures()


def test_measure_codes_that_point_at_others_point_at_something() -> None:
    levers = {event.lever for event in store().events()}
    instruments = {event.instrument for event in store().events()}
    codes = {point.measure for point in store().points()}
    for measure in measures().values():
        assert measure.additions is None or measure.additions in measures()
        assert measure.change_points is None or measure.change_points in codes
        assert measure.lever is None or measure.lever in levers
        assert (measure.lever is None) == (measure.event_unit is None)
        assert measure.instrument is None or measure.instrument in instruments
        assert set(measure.narrower.values()) <= set(measures())


def test_most_measures_of_the_reader_have_a_place_in_the_catalogue() -> None:
    codebook = PROJECT / "src" / "counterflow" / "brief" / "codebook" / "measures.toml"
    reader = {m["id"]: m for m in tomllib.loads(codebook.read_text(encoding="utf-8"))["measure"]}
    settled = [code for code, m in reader.items() if m["checkability"] != "no_public_series"]
    assert settled
    assert [code for code in settled if code not in measures()] == []


def test_places_of_the_reader_are_places_of_the_catalogue() -> None:
    codebook = PROJECT / "src" / "counterflow" / "brief" / "codebook" / "measures.toml"
    for place in tomllib.loads(codebook.read_text(encoding="utf-8"))["place"]:
        assert place["id"].lower() in places()
