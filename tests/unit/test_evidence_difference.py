"""What files change in the store is told figure by figure, and what cannot be believed is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import Extract, Published, Total
from counterflow.evidence.periods import add_months
from counterflow.evidence.updating.derived import with_derived
from counterflow.evidence.updating.difference import Change, difference, runs_of
from counterflow.evidence.updating.validate import require_plausible, require_possible
from evidence_cases import store

SW, SECTORS = "usbp_encounters_sw", "usbp_encounters_sector"
TODAY = date(2026, 12, 1)


def figure(day: str, value: float, flag: str = "", series_id: str = SW, geo: str = "southwest") -> Published:
    return Published(series_id, geo, date.fromisoformat(day), value, flag)


def changes(*figures: Published, covers: dict[str, tuple[date, date]] | None = None) -> tuple[Change, ...]:
    return difference(Extract(figures, covers=covers or {}), store())


def told(found: Sequence[Change]) -> list[tuple[str, str, float | None, float | None]]:
    return [(f"{c.date:%Y-%m}", c.kind, c.before, c.after) for c in found]


def test_figures_that_are_as_they_were_are_no_change() -> None:
    assert changes(figure("2025-03-01", 7180)) == ()


def test_a_press_figure_that_the_files_confirm_loses_its_flag() -> None:
    (change,) = changes(figure("2025-12-01", 6478))
    assert (change.kind, change.before, change.after, change.flag) == ("reflagged", 6478, 6478, "")


def test_new_and_revised_figures_are_told_apart() -> None:
    found = changes(figure("2025-12-01", 6480), figure("2026-01-01", 6070))
    assert told(found) == [("2025-12", "revised", 6478, 6480), ("2026-01", "new", None, 6070)]


def test_a_month_that_the_files_should_hold_and_lack_has_vanished() -> None:
    covers = {SW: (date(2025, 8, 1), date(2026, 9, 1))}
    found = changes(figure("2025-08-01", 6321), figure("2025-12-01", 6478), covers=covers)
    assert ("2025-09", "vanished", 8386, None) in told(found)


def test_a_month_outside_what_the_files_cover_has_not_vanished() -> None:
    (change,) = changes(figure("2025-12-01", 6480), covers={SW: (date(2025, 12, 1), date(2026, 9, 1))})
    assert change.kind == "revised"


def test_a_rounded_figure_never_replaces_an_exact_one_and_an_exact_one_replaces_it() -> None:
    held = {o.date: o for o in store().observations(SECTORS, "Yuma")}
    exact, rounded = held[date(2015, 3, 1)], held[date(2024, 3, 1)]
    assert (exact.flag, rounded.flag) == ("exact", "rounded_to_10")
    for value in (round(exact.value, -1), round(exact.value, -1) + 20):
        assert changes(figure("2015-03-01", value, "rounded_to_10", SECTORS, "Yuma")) == ()
    (change,) = changes(figure("2024-03-01", rounded.value + 3, "", SECTORS, "Yuma"))
    assert (change.kind, change.after) == ("revised", rounded.value + 3)


def test_what_another_publisher_gives_in_the_same_update_is_held_already() -> None:
    exact = changes(figure("2024-03-01", 6003, "", SECTORS, "Yuma"))
    again = Extract((figure("2024-03-01", 6010, "rounded_to_10", SECTORS, "Yuma"),))
    assert difference(again, store(), exact) == ()
    gone = Change(
        series_id=SW, geo="southwest", date=date(2025, 3, 1), kind="vanished", before=7180, after=None, flag=""
    )
    assert told(difference(Extract((figure("2025-03-01", 7180),)), store(), [gone])) == [("2025-03", "new", None, 7180)]


def test_part_of_a_month_does_not_replace_more_of_it() -> None:
    assert changes(figure("2025-12-01", 3000, "partial_month")) == ()
    whole, part = store().observations("ice_bookins", "Total"), "partial_month"
    partial = next(o for o in whole if o.flag == part)
    shorter, longer = partial.value - 100, partial.value + 100
    day = partial.date.isoformat()
    assert changes(figure(day, shorter, part, "ice_bookins", "Total")) == ()
    assert told(changes(figure(day, longer, part, "ice_bookins", "Total")))[0][1] == "revised"
    assert told(changes(figure(day, shorter, "", "ice_bookins", "Total")))[0][1] == "revised"


def test_where_no_row_means_none_a_zero_that_loses_its_row_is_no_change() -> None:
    series_id, geo = "cbp_drug_seizures_sw", "USBP:Heroin"
    zero = next(o for o in store().observations(series_id, geo) if o.value == 0 and o.flag != "no_row")
    others = [
        figure(o.date.isoformat(), o.value, "", series_id, part)
        for part in store().about(series_id).geos
        for o in store().observations(series_id, part)
        if o.date == zero.date and part != geo
    ]
    assert changes(*others, covers={series_id: (zero.date, zero.date)}) == ()


def test_dates_are_told_as_runs() -> None:
    monthly, yearly = store().about(SW), store().about("border_deaths")
    days = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1)]
    assert runs_of(days, monthly) == [(days[0], days[2]), (days[3], days[3])]
    years = [date(2016, 10, 1), date(2017, 10, 1), date(2019, 10, 1)]
    assert runs_of(years, yearly) == [(years[0], years[1]), (years[2], years[2])]


# --- what is impossible ---


@pytest.mark.parametrize(
    ("extract", "said"),
    [
        (Extract(()), "no figure of a series that is kept"),
        (Extract((figure("2026-01-01", 1), figure("2026-01-01", 2))), "two figures are given for usbp_encounters_sw"),
        (Extract((figure("2026-01-01", -1),)), "-1 is impossible"),
        (Extract((figure("2026-01-01", float("nan")),)), "nan is impossible"),
        (Extract((figure("2026-01-01", 6070.5),)), "6070.5 is not a whole number"),
        (Extract((figure("2026-01-02", 6070),)), "not the first day of a period"),
        (Extract((figure("2027-01-01", 6070),)), "not over on 2026-12-01"),
        (Extract((figure("2026-12-01", 6070),)), "not over on 2026-12-01"),
        (Extract((figure("2026-01-01", 6070, geo="Atlantis"),)), "no such place"),
        (Extract((figure("2026-01-01", 6070),), (Total("sectors and southwest, Jan 2026", 6070, 6000),)),
         "sectors and southwest, Jan 2026: 6,070 is stated and 6,000 is the sum"),
    ],
)  # fmt: skip
def test_what_is_impossible_is_refused(extract: Extract, said: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        require_possible(extract, store(), TODAY, "figures.csv")
    assert said in caught.value.message
    assert caught.value.where == "figures.csv"


def test_a_month_that_is_not_over_may_be_given_in_part_and_sums_may_be_rounded() -> None:
    rounded = Total("months and year", 6070, 6065, allowed=60)
    require_possible(Extract((figure("2026-12-01", 60, "partial_month"),), (rounded,)), store(), TODAY, "figures.csv")


# --- what is not believed unseen ---


def plausible(*figures: Published, covers: dict[str, tuple[date, date]] | None = None) -> None:
    extract = Extract(figures, covers=covers or {})
    require_plausible(difference(extract, store()), extract, store(), "figures.csv")


def own(first: date, months: int, factor: float = 1.0) -> list[Published]:
    """The store's own figures of some months, times a factor."""
    held = {o.date: o.value for o in store().observations(SW)}
    days = [add_months(first, n) for n in range(months)]
    return [figure(day.isoformat(), round(held[day] * factor)) for day in days]


def test_what_the_record_itself_did_is_believed() -> None:
    for series in store().series_list():
        for geo in series.geos:
            held = store().observations(series.id, geo)
            extract = Extract(
                tuple(Published(series.id, geo, o.date, o.value, o.flag) for o in held if o.flag != "no_row")
            )
            require_plausible(difference(extract, store()), extract, store(), "figures.csv")


def test_a_usual_revision_is_believed() -> None:
    plausible(*own(date(2024, 1, 1), 12, 1.01))


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (own(date(2024, 1, 1), 12, 1.05), "12 of 12 figures that were known changed by more than 2%"),
        (own(date(2024, 3, 1), 1, 0.7), "usbp_encounters_sw, southwest, Mar 2024: revised from 137,473 to 96,231"),
        (own(date(2024, 3, 1), 1, 0.97), "usbp_encounters_sw, southwest, Mar 2024: revised from 137,473 to 133,349"),
        ([figure("2025-12-01", 64780)], "usbp_encounters_sw, southwest, Dec 2025: revised from 6,478 to 64,780"),
        ([figure("2026-01-01", 6)], "Jan 2026: 6, after"),
        ([figure("2026-01-01", 6_070_000)], "Jan 2026: 6.07e+06, after"),
    ],
)
def test_what_jumps_wildly_is_refused_until_someone_has_looked(figures: list[Published], said: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        plausible(*figures)
    assert said in caught.value.message
    assert "--accept-jumps" in caught.value.hint


def test_a_steep_fall_over_months_is_believed_when_each_step_is() -> None:
    sector = store().observations(SECTORS, "El Paso")[-1]
    steps = [sector.value * 0.6**n for n in range(1, 8)]
    figures = [
        figure(add_months(sector.date, n + 1).isoformat(), round(value), "", SECTORS, "El Paso")
        for n, value in enumerate(steps)
    ]
    assert steps[-1] < sector.value / 10
    plausible(*figures)


def test_an_older_edition_is_refused() -> None:
    with pytest.raises(EvidenceError, match="is this an older edition"):
        plausible(*own(date(2025, 1, 1), 9), covers={SW: (date(2025, 1, 1), date(2026, 9, 1))})


def test_half_a_file_is_refused() -> None:
    with pytest.raises(EvidenceError, match="figures that were known are gone"):
        plausible(
            *own(date(2010, 1, 1), 12), *own(date(2025, 12, 1), 1), covers={SW: (date(2010, 1, 1), date(2026, 9, 1))}
        )


# --- what is computed ---


def test_monthly_overdose_deaths_are_derived_from_the_new_totals_after_the_bundled_months() -> None:
    totals = {o.date: o.value for o in store().observations("overdose_deaths_t404_12mo_predicted")}
    monthly = {o.date: o.value for o in store().observations("overdose_deaths_synthetic_opioids")}
    series_id = "overdose_deaths_t404_12mo_predicted"
    new = [figure(f"2026-{month:02}-01", 37000 - 100 * month, "", series_id, "united_states") for month in (1, 2, 3)]
    extract = with_derived(Extract(tuple(new)), store())
    derived = {f.date: f for f in extract.figures if f.series_id == "overdose_deaths_synthetic_opioids"}
    assert sorted(derived) == [date(2026, month, 1) for month in (1, 2, 3)]
    assert {f.flag for f in derived.values()} == {"derived"}
    assert derived[date(2026, 1, 1)].value == 36900 - totals[date(2025, 12, 1)] + monthly[date(2025, 1, 1)]
    assert derived[date(2026, 2, 1)].value == 36800 - 36900 + monthly[date(2025, 2, 1)]


def test_a_total_that_the_file_withdraws_is_not_used() -> None:
    new = Published("overdose_deaths_t404_12mo_predicted", "united_states", date(2026, 1, 1), 37000.0)
    covers = {"overdose_deaths_t404_12mo_predicted": (date(2015, 1, 1), date(2026, 1, 1))}
    assert len(with_derived(Extract((new,), covers=covers), store()).figures) == 1


def test_nothing_is_derived_where_no_total_is_given() -> None:
    extract = Extract((figure("2026-01-01", 6070),))
    assert with_derived(extract, store()) is extract
