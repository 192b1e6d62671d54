"""What must hold in the coupled system with everything pushed at once; random strategies are in
test_system_strategies.py."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.special import ndtri

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import BLOCK, draw, places
from counterflow.model import priors
from counterflow.model.conditions import conditions
from counterflow.strategy.schema import Branch
from system_runs import (
    EVERYTHING,
    FIRST_LEVER,
    HEAVY,
    OUTPUTS,
    branch,
    different,
    entry,
    outcome,
    plan,
    recorded,
    store,
    top_of,
)

CONDITIONS = {condition.name: condition for condition in conditions()}


def results(*branches: Branch, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """As a user's run has them: in batches, and refused where a value cannot be."""
    at = planning.plan(branches, FIRST_LEVER, years=2, seed=seed, store=store())
    return dict(run.run(at, draw(count, seed, planning.LEVERS, len(at.weeks)), OUTPUTS))


@pytest.mark.slow
def test_draws_from_the_far_tails_of_the_priors_stay_finite() -> None:
    drawn = draw(3000, 5, planning.LEVERS, 1)
    assert drawn.parameters.border.tau_asy.min() < 0.5, "the tails hold adjustment within days"
    results(EVERYTHING, count=3000, seed=5)  # raises where a value is not finite, or negative


def test_another_seed_gives_other_numbers() -> None:
    one, other = (outcome(planning.NONE, seed) for seed in (0, 1))
    assert not np.array_equal(one["homicides"], other["homicides"])


def test_a_draw_is_the_same_however_many_are_run() -> None:
    few, many = (results(EVERYTHING, count=count) for count in (20, 260))
    for name in OUTPUTS:
        assert np.array_equal(few[name], many[name][:, :20]), name


def test_levers_held_at_their_recorded_path_equal_no_levers_bit_for_bit() -> None:
    held = branch(*(entry(lever, recorded(lever)) for lever in planning.LEVERS))
    assert different(outcome(held), outcome(planning.NONE)) == []


@settings(max_examples=30, deadline=None)
@given(lever=some.sampled_from(planning.LEVERS), week=some.integers(10, 90), share=some.floats(0.05, 1.0))
def test_a_lever_changes_nothing_before_its_date(lever: str, week: int, share: float) -> None:
    moved = branch(entry(lever, share * top_of(lever), start=FIRST_LEVER + timedelta(weeks=week)))
    assert different(outcome(moved), outcome(planning.NONE), slice(0, week + 1)) == []


def test_strikes_act_with_and_without_consent_and_differ() -> None:
    unwilling, willing = (
        outcome(branch(strikes=HEAVY.model_copy(update={"consent": consent}))) for consent in (False, True)
    )
    assert (unwilling["civilian_harm"] == willing["civilian_harm"]).all()
    assert unwilling["cooperation"][:, 60].mean() < willing["cooperation"][:, 60].mean()
    assert (unwilling["homicides"] != willing["homicides"]).any()


def test_without_levers_the_next_twelve_weeks_stay_near_the_recent_trend() -> None:
    """Within 15% of the mean of the last 26 weeks with its season, in the median over draws."""
    at = plan()
    out = outcome(planning.NONE, count=run.BATCH)
    month = (at.weeks[1:13] + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12
    for name, anchor in (
        ("encounters", at.observed.encounters),
        ("homicides", at.observed.homicides),
        ("overdose_deaths", at.observed.deaths),
    ):
        median = np.median(out[name][:, 1:13], axis=0)
        np.testing.assert_allclose(median, anchor.level * anchor.season[month], rtol=0.15, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(a=some.floats(0.05, 0.98), one=some.floats(-0.5, 0.5), other=some.floats(-0.5, 0.5))
def test_hostility_dies_out_if_and_only_if_richardsons_condition_holds(a: float, one: float, other: float) -> None:
    """The weekly coefficients are b (1 - a) / (1 - a_ref)."""
    reference = 0.8
    long_run = (1 - a) / (1 - reference)
    largest = np.abs(np.linalg.eigvals(np.array([[a, one * long_run], [other * long_run, a]]))).max()
    given_ = {"a": a, "a_ref": reference, "b_UM": one, "b_MU": other}
    values = {("diplomacy", symbol): np.array(value) for symbol, value in given_.items()}
    stable = bool(CONDITIONS["hostility"].holds(values))
    if abs(largest - 1.0) > 1e-6:
        assert stable == (largest < 1.0)


@pytest.mark.parametrize("name", CONDITIONS)
def test_all_draws_meet_the_joint_conditions(name: str) -> None:
    drawn = draw(2000, 1, planning.LEVERS, 1).parameters
    keys = [(mechanism, symbol) for mechanism in drawn._fields for symbol in getattr(drawn, mechanism)._fields]
    values = {key: np.asarray(getattr(getattr(drawn, key[0]), key[1]), np.float64) for key in keys}
    missed = ~CONDITIONS[name].holds(values)
    assert missed.mean() <= 0.001, "single precision may leave a draw at the edge"


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_was_measured_is_drawn_again_only_where_what_is_known_less_well_does_not_help(name: str) -> None:
    """Against draws of the priors alone: `then` has moved in no draw in which `first` has not been tried."""
    count, table = 4000, priors.load()
    drawn = draw(count, 2, planning.LEVERS, 1).parameters

    def moved(key: tuple[str, str]) -> np.ndarray:
        mechanism, symbol = key
        name = f"{mechanism}.{symbol}"
        place = [places("random", [name], 2, number)[name] for number in range(count // BLOCK)]
        alone = priors.from_score(table[mechanism][symbol], ndtri(np.concatenate(place)))
        return np.asarray(getattr(getattr(drawn, mechanism), symbol) != alone.astype(np.float32))

    of = CONDITIONS[name]
    first = np.any([moved(key) for key in of.first], axis=0)
    then = np.any([moved(key) for key in of.then], axis=0)
    assert first.any()
    assert not (then & ~first).any()
    assert then.mean() <= 0.5 * first.mean()
