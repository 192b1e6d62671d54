"""Homicides by state: neutral input, what raises them where, and bounds."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.model import homicide, leaders
from oracles import homicide as oracle

G, STATES = homicide.LEADING, len(homicide.STATES)
SCALARS = {
    "level": 480.0,
    "slope": 0.0,
    "week": 10.0,
    "conflict_deaths": 1.0,
    "lethality": 1.0,
    "anticipation": 1.0,
    "scarcity": 1.0,
    "revenue": 1.0,
    "retaliation": 0.0,
    "deployment": 0.0,
    "shock": 0.0,
}
SHARES = np.random.default_rng(1).dirichlet(np.full(STATES, 2.0))


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def parameters(**changed: float) -> homicide.Parameters:
    values = {"f_h": 0.1, "e_vio": 0.15, "e_rv": 0.3, "m_top": 10.0, "damp": 0.5, "h_trend": 52.0}
    return homicide.Parameters(**{name: jnp.float64(value) for name, value in {**values, **changed}.items()})


def one(group: int, size: float) -> np.ndarray:
    found = np.zeros(G)
    found[group] = size
    return found


_step = jax.jit(homicide.step)


def step(p: homicide.Parameters | None = None, **changed: float | np.ndarray) -> np.ndarray:
    arrays = {"shares": SHARES, **{name: np.zeros(G) for name in ("home", "near", "war", "acute")}}
    given = {name: jnp.asarray(value, jnp.float64) for name, value in {**SCALARS, **arrays, **changed}.items()}
    return np.asarray(_step(p or parameters(), **given))


def home(group: int) -> np.ndarray:
    return np.flatnonzero(homicide.presence().home[group])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    logs=st.lists(st.floats(-3.0, 3.0), min_size=6, max_size=6),
    slope=st.floats(-0.6, 0.6),
    week=st.floats(0.0, 300.0),
)
def test_a_week_is_that_of_plain_code(seed: int, logs: list[float], slope: float, week: float) -> None:
    random = np.random.default_rng(seed)
    with jax.enable_x64(True):
        names = ("f_h", "e_vio", "e_rv", "m_top", "damp", "h_trend")
        values = dict(zip(names, random.uniform([0, 0, -0.1, 4, 0, 5], [0.9, 0.9, 0.9, 20, 1, 200]), strict=True))
        relative = ("conflict_deaths", "lethality", "anticipation", "scarcity", "revenue")
        x = {**SCALARS, **dict(zip(relative, np.exp(logs[:5]), strict=True)), "shock": logs[5], "slope": slope}
        x |= {"week": week, "retaliation": random.uniform(0, 200), "deployment": random.uniform(-5, 50)}
        by = {"shares": random.dirichlet(np.ones(STATES)), "acute": random.uniform(0, 100, G)}
        by |= {name: random.uniform(-0.4, top, G) for name, top in (("home", 1), ("near", 0.4), ("war", 12))}
        expected = oracle.step(list(homicide.STATES), values, x, by)
        np.testing.assert_allclose(step(parameters(**values), **x, **by), expected, rtol=1e-10)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_homicides_are_never_negative_and_no_state_is_multiplied_without_bound(seed: int) -> None:
    random = np.random.default_rng(seed)
    with jax.enable_x64(True):
        rises = {name: random.normal(0, 5, G) for name in ("home", "near", "war")}
        out = step(**rises)
        assert (out >= 0.04 * 480 * SHARES).all()
        rises = {name: np.abs(rise) for name, rise in rises.items()}
        assert (step(**rises) <= 10.0 * 480 * SHARES * (1 + 1e-12)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_at_the_reference_states_have_their_share_of_the_level_bit_for_bit(dtype: str) -> None:
    p = homicide.Parameters(*(jnp.asarray(value, dtype) for value in parameters()))
    shares = jnp.asarray(SHARES, dtype)
    none = {name: jnp.zeros(G, dtype) for name in ("home", "near", "war", "acute")}
    scalars = {name: jnp.asarray(value, dtype) for name, value in SCALARS.items()}
    out = _step(p, shares=shares, **none, **scalars)
    assert np.array_equal(out, jnp.asarray(480.0, dtype) * shares)


def test_states_are_named_as_in_the_official_series_in_its_order() -> None:
    assert list(homicide.STATES) == sorted(homicide.STATES)
    assert len(set(homicide.STATES)) == 32
    assert {"Ciudad de México", "Estado de México", "Michoacán", "Nuevo León", "Querétaro"} <= set(homicide.STATES)


def test_groups_are_at_home_once_and_near_only_elsewhere() -> None:
    where = homicide.presence()
    np.testing.assert_allclose(where.home.sum(axis=1), 1.0)
    assert set(np.unique(where.near)) == {0.0, 0.5, 1.0}
    assert (where.near[where.home > 0] == 0).all()
    assert [homicide.STATES[s] for s in home(0)] == ["Jalisco"]
    assert {homicide.STATES[s] for s in home(1)} == {"Sinaloa", "Durango"}


def test_a_war_of_a_group_with_one_home_state_multiplies_that_state_and_no_other() -> None:
    ratio = step(war=one(0, 2.3)) / step()
    assert ratio[home(0)] == pytest.approx(3.3)
    assert np.delete(ratio, home(0)) == pytest.approx(1.0)


def test_wars_of_several_groups_in_one_state_saturate() -> None:
    tamaulipas = homicide.STATES.index("Tamaulipas")
    groups = [g for g in range(G) if list(home(g)) == [tamaulipas]]
    assert len(groups) == 3
    ratios = [(step(war=sum(one(g, 4.0) for g in groups[:n])) / step())[tamaulipas] for n in (1, 2, 3)]  # type: ignore[arg-type]
    assert ratios[0] == pytest.approx(5.0)
    assert ratios[0] < ratios[1] < ratios[2] < 10.0
    assert ratios[2] - ratios[1] < ratios[1] - ratios[0] < 4.0


def test_what_happens_near_is_felt_in_other_states_where_the_group_is_present() -> None:
    ratio = step(near=one(1, 0.1)) / step()
    where = homicide.presence().near[1]
    assert (ratio[where == 0] == 1.0).all()
    assert ratio[where == 1] == pytest.approx(1.1)
    assert ((ratio[where == 0.5] > 1.0) & (ratio[where == 0.5] < 1.1)).all()


def test_deaths_by_reaction_are_added_in_home_states_once() -> None:
    more = step(acute=one(2, 30.0), retaliation=12.0) - step()
    assert more.sum() == pytest.approx(42.0)
    assert (more[home(2)] >= 10.0).all()
    assert more[homicide.STATES.index("Yucatán")] == 0.0


def test_deaths_where_forces_are_deployed_fall_in_the_home_states_of_the_leading_groups() -> None:
    more = step(deployment=80.0) - step()
    assert more.sum() == pytest.approx(80.0)
    where = homicide.presence().home
    assert (more[where.sum(axis=0) == 0] == 0.0).all()
    np.testing.assert_allclose(more, 80.0 * np.asarray(leaders.weights(jnp.dtype("float64"))) @ where, atol=1e-9)
    np.testing.assert_allclose(step(deployment=50.0, retaliation=30.0), step(retaliation=80.0), rtol=1e-12)
    fewer = step(deployment=-3.0)  # the effect of a deployment is drawn with either sign
    assert fewer.sum() == pytest.approx(480.0 - 3.0)


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({"conflict_deaths": 1.2}, 1),
        ({"lethality": 1.1}, 1),
        ({"anticipation": 0.8}, -1),
        ({"scarcity": 0.7}, 1),
        ({"revenue": 0.7}, -1),
        ({"slope": -0.3}, -1),
    ],
)
def test_each_input_moves_homicides_the_way_that_its_source_says(change: dict[str, float], sign: int) -> None:
    assert np.sign(step(**change).sum() - step().sum()) == sign  # type: ignore[arg-type]


def test_scarcity_and_lost_revenue_act_against_each_other() -> None:
    """Less supply brings scarcity and less to fight over; which wins is for the two elasticities to say."""
    for e_vio, e_rv in ((0.5, 0.1), (0.1, 0.5)):
        out = step(parameters(e_vio=e_vio, e_rv=e_rv), scarcity=0.6, revenue=0.6).sum()
        assert bool(out > step().sum()) is (e_vio > e_rv)


def test_the_trend_wears_off() -> None:
    logs = [np.log(step(slope=-0.3, week=week).sum() / 480) for week in (0.0, 52.0, 1000.0, 2000.0)]
    assert logs[0] == pytest.approx(0.0, abs=1e-12)
    assert logs[3] == pytest.approx(logs[2], rel=1e-3)
    assert -0.3 < logs[2] < logs[1] < 0


def test_a_removal_adds_as_many_deaths_as_its_formula_says() -> None:
    """Through the step of leaders and of homicide: what the joint condition on draws is computed from."""
    rises = {"A_k": 0.45, "tau_k": 20.0, "A_nb": 0.15, "tau_nb": 13.0, "A0": -0.05, "tau0": 4.0, "kill_x": 1.3}
    splits = {"p_split": 0.15, "p_split_lt": 0.02, "A_split": 3.3, "tau_split": 75.0, "share_move": 0.35}
    others = {"P_acute": 0.0, "n_top": 2.0, "x_lead": 0.1, "share_lead": 0.03, "dilution": 0.1, "near_dilution": 0.02}
    central = {**rises, **splits, **others}
    p = leaders.Parameters(**{name: jnp.float64(value) for name, value in central.items()})
    group, none = 0, jnp.zeros(G)
    chance = {"uniform": jnp.float64(0.5), "noise": jnp.float64(1.0), "splits_on": jnp.float64(0.0)}
    advance = jax.jit(leaders.step)
    state, more = leaders.initial(jnp.dtype("float64")), 0.0
    for week in range(300):
        arrested = jnp.asarray(one(group, 1.0)) if week == 0 else none
        losses = {"killed": none, "arrested": arrested, "recorded": none, "wars": none}
        state, effects = advance(state, p, **losses, **chance)
        moved = {name: np.asarray(getattr(effects, name)) for name in ("home", "near", "war", "acute")}
        more += float(step(**moved).sum() - step().sum())
    at_home, elsewhere = (reach[group] for reach in homicide.reach(jnp.asarray(SHARES)))
    expected = leaders.removal_deaths(p, jnp.float64(480.0), at_home, elsewhere)
    assert more == pytest.approx(float(expected), rel=0.01)


def test_gradients_are_finite_for_every_parameter_also_at_no_supply() -> None:
    def total(p: homicide.Parameters, x: dict[str, jax.Array]) -> jax.Array:
        return homicide.step(p, **x).sum()

    arrays = {"shares": SHARES, **{name: np.full(G, 0.1) for name in ("home", "near", "war", "acute")}}
    for supply in (1.0, 0.0):
        x = {**SCALARS, **arrays, "scarcity": supply, "revenue": supply, "slope": -0.3}
        given = {name: jnp.asarray(value, jnp.float64) for name, value in x.items()}
        gradient = jax.jit(jax.grad(total))(parameters(), given)
        assert all(np.isfinite(value) for value in gradient)
