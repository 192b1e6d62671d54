"""The recorded years: where each draw's own run of them lies, and what is carried from them into the branches."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.ensemble import planning, run
from counterflow.model import cartels, coupling, noise, trajectory
from counterflow.model.beginning import initial, reference
from counterflow.model.outputs import Outputs
from counterflow.model.state import Parameters
from system_runs import draws, plan, prepared

DRAWS = 50
NAMES = ("attempts", "conflict", "cooperation", "supply")


@pytest.fixture(scope="module")
def own() -> dict[str, np.ndarray]:
    """(draw,) means over 2022-24 of the recorded years without noise, each over the draw's reference."""
    at = plan()
    p: Parameters = jax.tree.map(jnp.asarray, draws(0, DRAWS).parameters)
    observed = planning.observed_at(at)
    calm = observed._replace(homicide_slope=jnp.zeros(()), deaths_gap_weeks=jnp.zeros(()))
    past = jax.tree.map(lambda leaf: leaf[at.first :], at.past)
    weeks = planning.PAST - at.first
    quiet = noise.Scores(jnp.zeros((weeks, noise.SCORES)), jnp.full((weeks, noise.UNIFORMS), 0.5))

    def one(p: Parameters, groups: tuple[jax.Array, jax.Array]) -> tuple[Outputs, Any]:
        members, deaths = groups
        ref = reference(p, at.record, deaths, observed.encounters)
        begin = initial(p, at.record, ref, members)
        chance = jnp.zeros(())
        out = trajectory.run(p, at.record, ref, calm, begin, past, quiet, coupling.switches(), chance)
        return out, ref

    out, ref = jax.jit(jax.vmap(one))(p, run.groups_before(at, p))
    days = at.weeks[0] - 7 * np.arange(weeks, 0, -1)
    inside = (days >= np.datetime64("2022-01-01")) & (days < np.datetime64("2025-01-01"))
    flows = (out.attempts, out.cartel_deaths, out.cooperation, out.fentanyl_delivered)
    levels = (ref.attempts, ref.conflict_deaths, p.diplomacy.c_ref, ref.supply.delivered)
    return {
        name: np.asarray(flow, np.float64)[:, inside].mean(axis=1) / np.asarray(level, np.float64)
        for name, flow, level in zip(NAMES, flows, levels, strict=True)
    }


# Couplings are 1 where levers stand at their mean of 2022-24, and levers moved in those years: intent is an exponential
# of them, so that the mean of attempts lies above what their mean gives.
NEAR = {
    "attempts": (1.00, 1.20, 1.50),
    "conflict": (0.97, 1.05, 1.25),
    "cooperation": (0.93, 1.01, 1.02),
    "supply": (0.97, 1.02, 1.05),
}
LOWEST = {"attempts": 0.98, "conflict": 0.97, "cooperation": 0.80, "supply": 0.88}


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_s_own_2022_to_2024_is_near_its_reference(name: str, own: dict[str, np.ndarray]) -> None:
    low, high, highest = NEAR[name]
    found = own[name]
    assert low <= np.median(found) <= high
    assert LOWEST[name] <= np.quantile(found, 0.05)
    assert np.quantile(found, 0.95) <= highest


def test_people_are_detained_as_observed_when_the_branches_begin_and_the_stock_is_the_published_one() -> None:
    at, batch = plan(), prepared()
    inside = batch.state.interior
    np.testing.assert_array_equal(inside.detained_border, np.full(20, at.record.detained_border))
    np.testing.assert_array_equal(inside.detained_interior, np.full(20, at.record.detained_interior))
    np.testing.assert_array_equal(inside.stock, batch.parameters.interior.stock0)
    np.testing.assert_array_equal(inside.wary, np.zeros(20))


def test_no_group_splits_in_the_recorded_years_but_the_one_that_did() -> None:
    split = np.asarray(prepared().state.leaders.split)  # (draw, leading group)
    assert (split[:, 1] > 0.0).all(), "the group of rank 2, in September 2024"
    assert (np.delete(split, 1, axis=1) == 0.0).all()
    slots = np.asarray(prepared().state.members.slots).reshape(-1, cartels.LEADING, cartels.SLOTS)
    assert (np.delete(slots, 1, axis=1) == 0.0).all()
    assert (slots[:, 1, 0] > 0.0).all()


def test_means_of_the_last_half_year_lie_in_the_range_of_the_quantities() -> None:
    before = prepared().before
    assert before._fields == ("delivered", "cooperation")
    assert (np.asarray(before.delivered) > 0.0).all()
    assert (np.asarray(before.cooperation) > 0.0).all()
    assert (np.asarray(before.cooperation) <= 1.0).all()


def test_switches_that_are_cut_leave_the_recorded_years_as_they_went() -> None:
    cut = plan()._replace(switches=coupling.switches({**dict.fromkeys(coupling.EDGES, 0.0), "splits": 0.0}))
    for one, other in zip(jax.tree.leaves(prepared()), jax.tree.leaves(run.prepare(cut, draws())), strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
