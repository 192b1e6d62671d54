"""Which levers the record tells apart: a rule on what each of them alone does to the months of a series."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from counterflow.evidence.store import Store
from counterflow.judgement.attribution import separable
from counterflow.judgement.attribution.separable import (
    Bundle,
    Shown,
    bundles,
    inflation,
    months_known,
    scatter_of,
    series_of,
)

DRAWS = 40


def step(first: int, size: float = -0.3, months: int = 12) -> np.ndarray:
    """The log of a series that moves at once in one month and stays there."""
    return np.where(np.arange(months) >= first, size, 0.0)


def found_of(*effects: np.ndarray, scatter: float = 1e-4) -> dict[tuple[int, ...], Bundle]:
    """What becomes of levers with these effects, all of which move the outcome."""
    every = np.repeat(np.stack(effects)[:, None, :], DRAWS, axis=1)
    found = bundles(np.full((len(effects), DRAWS), -0.2), Shown(every, scatter))
    assert sorted(player for bundle in found for player in bundle.players) == list(range(len(effects)))
    return {bundle.players: bundle for bundle in found}


def ruled(*effects: np.ndarray, scatter: float = 1e-4) -> list[tuple[int, ...]]:
    """Those of them that are not told apart."""
    return [players for players, bundle in found_of(*effects, scatter=scatter).items() if bundle.why]


def test_levers_that_begin_together_are_one_bundle_and_a_later_one_is_none_of_it() -> None:
    assert ruled(step(0), step(0, -0.02), step(7)) == [(0, 1)]


@pytest.mark.parametrize(("later", "together"), [(1, True), (2, False)])
def test_two_months_apart_in_a_year_is_enough_to_be_told_apart(later: int, together: bool) -> None:
    """Uncentred, the columns of steps a and b months long, a < b, have r^2 = a / b, so that the factor is b / (b - a):
    12 for 11 and 12 months, 6 for 10 and 12."""
    assert inflation(np.stack([step(0), step(later)], axis=1)) == pytest.approx([12 / later] * 2)
    assert (ruled(step(0), step(later)) == [(0, 1)]) == together


def test_a_lever_that_two_others_explain_together_is_not_told_apart_though_no_pair_is_alike() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, 12))
    assert ruled(one, other) == []
    assert ruled(one, other, one - other) != []


def test_fewer_months_than_levers_leave_some_together() -> None:
    random = np.random.default_rng(0)
    columns = [random.normal(size=3) for _ in range(5)]
    left_apart = 5 - sum(len(bundle) - 1 for bundle in ruled(*columns))
    assert left_apart <= 3


def test_what_is_left_apart_can_be_told_apart() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        columns = np.cumsum(random.normal(size=(12, 6)), axis=0)
        groups = separable._joined(columns, 0.5)
        assert sorted(number for group in groups for number in group) == list(range(6))
        whole = np.stack([columns[:, group].sum(axis=1) for group in groups], axis=1)
        factors, sizes = inflation(whole), np.linalg.norm(whole, axis=0)
        assert factors.max() <= 10.0 + 1e-6
        assert ((sizes > 2 * 0.5 * np.sqrt(factors)) | (sizes <= 2 * 0.5)).all()


@pytest.mark.parametrize(("scatter", "why"), [(0.09, "not seen"), (0.08, None)])
def test_a_lone_lever_must_stand_out_from_the_scatter_of_the_series(scatter: float, why: str | None) -> None:
    """A fall of 5% over 12 months has a norm of 0.173: twice a scatter of 0.0866."""
    (found,) = found_of(step(0, -0.05), scatter=scatter).values()
    assert (found.players, found.why) == ((0,), why)
    assert found.ratio == pytest.approx(0.05 * np.sqrt(12) / scatter)


def test_a_lever_lost_in_the_scatter_is_not_seen_beside_one_that_stands_out() -> None:
    found = found_of(step(0), step(8, -0.03), scatter=0.1)
    assert found[0,].why is None
    assert found[1,].why == "not seen"
    assert found[1,].ratio is not None
    assert found[1,].ratio < 2.0


def test_standing_out_counts_what_other_levers_take_away() -> None:
    """Steps of 12 and 8 months have factors of 3; norms are 1.04 and 0.85."""
    levers = step(0), step(4)
    assert inflation(np.stack(levers, axis=1)) == pytest.approx([3.0, 3.0])
    assert ruled(*levers, scatter=0.2) == []
    blurred = found_of(*levers, scatter=0.3)  # each would be seen alone, and not beside the other
    assert blurred[0, 1].why == "together"
    assert blurred[0, 1].inflation == pytest.approx(3.0)
    assert found_of(*levers, scatter=2.0)[0, 1].why == "not seen"


def test_as_often_as_least_squares_finds_nothing_the_rule_says_so() -> None:
    """At twice the standard error an effect is found to be above 0 in 97.7% of records (normal errors)."""
    levers = np.stack([step(0), step(6)], axis=1)
    scatter = float(np.linalg.norm(levers[:, 1]) / np.sqrt(inflation(levers)[1]) / 2.0)
    random = np.random.default_rng(0)
    records = levers.sum(axis=1)[:, None] + scatter * random.normal(size=(12, 20_000))
    sizes = np.linalg.lstsq(levers, records, rcond=None)[0]
    assert (sizes[1] > 0).mean() == pytest.approx(0.977, abs=0.004)
    assert ruled(*levers.T, scatter=0.99 * scatter) == []
    assert ruled(*levers.T, scatter=1.01 * scatter) == [(0, 1)]


def test_a_lever_that_moves_the_outcome_by_next_to_nothing_is_in_no_bundle() -> None:
    moves = np.stack([np.full(DRAWS, -0.2), np.full(DRAWS, -0.2), np.full(DRAWS, -0.004)])
    effects = np.repeat(np.stack([step(0), step(0), step(0)])[:, None], DRAWS, axis=1)
    found = {bundle.players: bundle.why for bundle in bundles(moves, Shown(effects, 0.01))}
    assert found == {(0, 1): "together", (2,): "too small"}


@pytest.mark.parametrize(
    ("effects", "why"),
    [
        (None, "no series"),
        (np.zeros((3, DRAWS, 0)), "no months"),
        (np.full((3, DRAWS, 12), -0.001), "not seen"),
    ],
)
def test_levers_that_no_published_month_shows_are_one_bundle(effects: np.ndarray | None, why: str) -> None:
    (found,) = bundles(np.full((3, DRAWS), -0.2), None if effects is None else Shown(effects, 0.05))
    assert (found.players, found.why, found.inflation) == ((0, 1, 2), why, None)


def test_one_lever_that_no_series_shows_is_not_told_either() -> None:
    assert bundles(np.full((1, DRAWS), -0.2), None) == (Bundle((0,), "no series"),)


def test_levers_that_the_record_sees_are_told_apart_from_those_that_it_does_not() -> None:
    assert ruled(step(0), step(6), step(0, -0.001), step(6, -0.001)) == [(2, 3)]


def test_outcomes_nobody_counts_are_looked_for_where_they_show_or_nowhere() -> None:
    assert series_of("homicides") == "homicides"
    assert series_of("attempts") == "encounters"
    assert series_of("fentanyl_delivered") == "fentanyl_seized_border_lb"
    assert series_of("cooperation") is None


def test_months_are_those_published_from_the_first_lever_on() -> None:
    months = months_known(Store.open(), "homicides", np.datetime64("2025-01"), np.datetime64("2025-06"))
    assert [month.item() for month in months] == [date(2025, month, 1) for month in range(1, 7)]
    assert len(months_known(Store.open(), "homicides", np.datetime64("2040-01"), np.datetime64("2041-01"))) == 0


def test_scatter_is_that_of_the_months_before_the_first_lever() -> None:
    store = Store.open()
    early, late = (scatter_of(store, "encounters", date(year, 1, 20)) for year in (2019, 2025))
    assert 0.02 < early < 0.5
    assert 0.02 < late < 0.5
    assert early != late
