"""Groups that split: who fights whom then, and what always holds."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.model import cartels
from oracles import cartels as oracle

SPLIT = 0.4


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def parameters(**changed: float) -> cartels.Parameters:
    values = {
        "C0": 115_000.0,
        "rho": 2.527474e-3,
        "eta": 110.0,
        "theta": 1.549231e-8,
        "omega": 4e-8,
        "e_prev": 0.15,
        "share_reach": 0.25,
        "disp_rec": 0.4,
        "x_prev": 450_000.0,
        "e_rec": 0.005,
        "R_split": 3.0,
        "evenness": 0.4,
    }
    return cartels.Parameters(**{name: jnp.float64(value) for name, value in {**values, **changed}.items()})


def factors(*values: float, struck: float = 0.0) -> cartels.Factors:
    return cartels.Factors(*map(jnp.float64, (*(values or (1.0, 1.0, 1.0)), struck)))


def splitting(group: int, share: float = SPLIT) -> jax.Array:
    return jnp.zeros(cartels.LEADING).at[group].set(share)


NONE = np.zeros(cartels.LEADING)


@jax.jit
def step(
    members: jax.Array, p: cartels.Parameters, factors: cartels.Factors, split: jax.Array
) -> tuple[jax.Array, cartels.Flows]:
    after, flows = cartels.step(cartels.parts_of(members), p, factors, split)
    return cartels.joined(after), flows


def random_members(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    members = random.lognormal(5.0, 2.0, cartels.MEMBERS)
    members[random.uniform(size=cartels.MEMBERS) < 0.3] = 0.0
    return members


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    R_split=st.floats(0.0, 12.0),
    evenness=st.floats(0.0, 1.0),
    change=st.tuples(st.floats(0.0, 3.0), st.floats(0.0, 400.0), st.floats(0.0, 300.0)),
    struck=st.floats(0.0, 1e5),
)
def test_a_week_is_that_of_plain_code(
    seed: int, R_split: float, evenness: float, change: tuple[float, float, float], struck: float
) -> None:
    with jax.enable_x64(True):
        p = parameters(R_split=R_split, evenness=evenness)
        members = random_members(seed)
        split = np.random.default_rng(seed).uniform(size=cartels.LEADING)
        after, flows = step(jnp.asarray(members), p, factors(*change, struck=struck), jnp.asarray(split))
        net = cartels.network()
        groups = np.empty(cartels.GROUPS)
        groups[net.rank - 1] = members[: cartels.GROUPS]
        slots = members[cartels.GROUPS :].reshape(cartels.LEADING, cartels.SLOTS)
        scalars = {name: float(value) for name, value in p._asdict().items()}
        expected_groups, expected_slots, expected_flows = oracle.step(groups, slots, scalars, (*change, struck), split)
        np.testing.assert_allclose(after[: cartels.GROUPS], expected_groups[net.rank - 1], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(after[cartels.GROUPS :], expected_slots.reshape(-1), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(list(flows), expected_flows, rtol=1e-10, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), change=st.tuples(*[st.floats(0.0, 500.0)] * 3), struck=st.floats(0.0, 1e6))
def test_members_stay_non_negative_and_every_week_balances(
    seed: int, change: tuple[float, float, float], struck: float
) -> None:
    with jax.enable_x64(True):
        members = jnp.asarray(random_members(seed))
        split = jnp.asarray(np.random.default_rng(seed).uniform(size=cartels.LEADING))
        after, flows = step(members, parameters(), factors(*change, struck=struck), split)
        assert (after >= 0.0).all()
        change_in_all = float(flows.recruits - flows.arrests - flows.deaths - flows.exits - flows.struck)
        assert float(after.sum() - members.sum()) == pytest.approx(
            change_in_all, abs=1e-9 * float(members.sum() + flows.recruits)
        )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), arrests=st.floats(300.0, 3000.0))
def test_rounding_never_leaves_less_than_nobody_where_all_are_lost(seed: int, arrests: float) -> None:
    p = cartels.Parameters(*(value.astype(jnp.float32) for value in parameters()))
    now = jnp.asarray(random_members(seed), jnp.float32)
    with_arrests = cartels.Factors(*(value.astype(jnp.float32) for value in factors(1.0, arrests, 1.0)))
    for _ in range(5):
        now, flows = step(now, p, with_arrests, jnp.asarray(NONE, jnp.float32))
        assert (np.asarray(now) >= 0.0).all()
        assert all(float(flow) >= 0.0 for flow in flows)


def test_members_whom_strikes_kill_leave_all_groups_in_proportion() -> None:
    p = parameters()
    members = cartels.initial_members(p.C0)
    quiet, without = step(members, p, factors(), jnp.asarray(NONE))
    after, flows = step(members, p, factors(struck=230.0), jnp.asarray(NONE))
    assert float(without.struck) == 0.0
    assert float(flows.struck) == pytest.approx(230.0)
    assert float(quiet.sum() - after.sum()) == pytest.approx(230.0)
    groups = slice(cartels.GROUPS)
    np.testing.assert_allclose((quiet - after)[groups], 230.0 * members[groups] / float(members.sum()), rtol=1e-6)
    for name in ("recruits", "arrests", "deaths", "exits"):
        assert float(getattr(flows, name)) == pytest.approx(float(getattr(without, name))), name


def test_no_more_members_are_struck_than_there_are() -> None:
    p = parameters()
    members = cartels.initial_members(p.C0)
    after, flows = step(members, p, factors(struck=1e9), jnp.asarray(NONE))
    assert (np.asarray(after) >= 0.0).all()
    assert float(flows.struck) <= float(members.sum() + flows.recruits)


def test_a_split_moves_members_to_the_slots_of_that_group_only() -> None:
    p = parameters(rho=0.0, eta=0.0, theta=0.0, omega=0.0)
    members = cartels.initial_members(p.C0)
    after, _ = step(members, p, factors(), splitting(2))
    slots = np.asarray(after)[cartels.GROUPS :].reshape(cartels.LEADING, cartels.SLOTS)
    assert float(after[2]) == pytest.approx((1 - SPLIT) * float(members[2]))
    assert slots[2].sum() == pytest.approx(SPLIT * float(members[2]))
    assert slots.sum() == slots[2].sum()
    others = np.arange(cartels.GROUPS) != 2
    assert np.array_equal(after[: cartels.GROUPS][others], members[: cartels.GROUPS][others])
    assert (np.diff(slots[2]) < 0).all(), "each part is smaller than the one before"


@pytest.mark.parametrize(("evenness", "expected"), [(0.0, [1, 0, 0, 0]), (1.0, [0.25] * 4)])
def test_evenness_goes_from_one_part_to_equal_parts(evenness: float, expected: list[float]) -> None:
    assert np.asarray(cartels.pieces(parameters(evenness=evenness))) == pytest.approx(expected)


def deaths_over(p: cartels.Parameters, split: jax.Array | np.ndarray, weeks: int = 26) -> float:
    members = cartels.initial_members(p.C0)
    total = 0.0
    for week in range(weeks):
        members, flows = step(members, p, factors(), jnp.asarray(split if week == 0 else NONE))
        total += float(flows.deaths)
    return total


def test_a_family_that_fights_itself_has_more_deaths() -> None:
    none, alike = deaths_over(parameters(), NONE), deaths_over(parameters(R_split=0.0), splitting(1))
    at_war = deaths_over(parameters(R_split=3.0), splitting(1))
    assert none < alike < at_war, "parts of a group meet each other as any groups do, and more if they are rivals"


def test_rivals_meet_the_whole_family_after_a_split() -> None:
    """A rival's opponents do not change when a group only splits."""
    p = parameters(theta=0.0, rho=0.0, eta=0.0, omega=0.0)
    before = cartels.initial_members(p.C0)
    after, _ = step(before, p, factors(), splitting(0))
    (_, met), (_, met_after) = (cartels.opponents(cartels.parts_of(m), p.R_split) for m in (before, after))
    np.testing.assert_allclose(met_after.rivals, met.rivals, rtol=1e-12)
    np.testing.assert_allclose(met_after.others, met.others, rtol=1e-12)
    assert float(met_after.leading[0]) > float(met.leading[0])


def test_the_number_of_groups_rises_with_splits() -> None:
    p = parameters()
    members = cartels.initial_members(p.C0)
    counted = [int(cartels.count(cartels.parts_of(members)))]
    for group in range(3):
        members, _ = step(members, p, factors(), splitting(group))
        counted.append(int(cartels.count(cartels.parts_of(members))))
    assert counted == sorted(counted)
    assert counted[-1] == counted[0] + 3 * cartels.SLOTS


def test_gradients_are_finite_for_every_parameter_also_without_members() -> None:
    def deaths(p: cartels.Parameters, members: jax.Array, split: jax.Array) -> jax.Array:
        def week(now: jax.Array, _: None) -> tuple[jax.Array, jax.Array]:
            after, flows = step(now, p, factors(), split)
            return after, flows.deaths

        return jax.lax.scan(week, members, length=3)[1].sum()

    p, gradient = parameters(), jax.jit(jax.grad(deaths))
    none, some = (gradient(p, now, splitting(0)) for now in (jnp.zeros(cartels.MEMBERS), cartels.initial_members(p.C0)))
    assert all(np.isfinite(value).all() for value in (*none, *some))
    assert float(some.R_split) > 0
    assert float(some.theta) > 0
    assert float(some.omega) < 0


def test_prevention_at_its_recorded_reach_and_no_civilians_killed_change_nothing() -> None:
    reach, none = jnp.asarray(10_000.0), jnp.asarray(0.0)
    assert float(cartels.recruitment_factor(parameters(), reach, reach, none)) == 1.0
    assert float(cartels.recruitment_factor(parameters(), 2 * reach, reach, none)) < 1.0
    assert float(cartels.recruitment_factor(parameters(), reach, reach, 100.0 + none)) > 1.0
