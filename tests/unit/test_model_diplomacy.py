"""Friction: what each act does to cooperation, how it wears off, and when hostility feeds on itself."""

from __future__ import annotations

import tomllib
from functools import partial
from importlib.resources import files

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.model import diplomacy
from counterflow.model.priors import Prior, from_score
from oracles import diplomacy as oracle

YEAR = 52


def drawn(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """(draw,) values of every parameter from its prior; draws whose hostility feeds on itself are left out."""
    table = tomllib.loads((files("counterflow.model") / "priors" / "diplomacy.toml").read_text(encoding="utf-8"))
    score = np.random.default_rng(seed)
    values = {name: from_score(Prior(**fields), score.standard_normal(count)) for name, fields in table.items()}
    kept = values["b_MU"] * values["b_UM"] < (1.0 - values["a_ref"]) ** 2
    return {name: value[kept] for name, value in values.items()}


def central(**changed: float) -> diplomacy.Parameters:
    table = tomllib.loads((files("counterflow.model") / "priors" / "diplomacy.toml").read_text(encoding="utf-8"))
    return diplomacy.Parameters(
        **{name: jnp.float32(changed.get(name, table[name]["central"])) for name in diplomacy.Parameters._fields}
    )


def acts(**done: float) -> diplomacy.Acts:
    return diplomacy.Acts(**{name: jnp.float32(done.get(name, 0.0)) for name in diplomacy.Acts._fields})


@partial(jax.jit, static_argnames="weeks")
def run(p: diplomacy.Parameters, act: diplomacy.Acts, switches: dict[str, jax.Array], weeks: int) -> jax.Array:
    def advance(state: diplomacy.State, _: None) -> tuple[diplomacy.State, jax.Array]:
        return diplomacy.step(state, p, act, **switches)

    return jax.lax.scan(advance, diplomacy.initial(), None, length=weeks)[1] / p.c_ref


def path(p: diplomacy.Parameters, weeks: int, act: diplomacy.Acts, **switches: float) -> np.ndarray:
    """(week,) cooperation over that of the reference, with the same acts each week."""
    values = {"retaliation_on": 1.0, "concession_on": 1.0, "reciprocity": 0.0, **switches}
    return np.asarray(run(p, act, {name: jnp.float32(value) for name, value in values.items()}, weeks))


step = jax.jit(diplomacy.step)


def test_priors_and_parameters_have_the_same_names() -> None:
    assert set(drawn(2)) == set(diplomacy.Parameters._fields)


def test_without_acts_cooperation_is_that_of_the_reference_bit_for_bit() -> None:
    p = central(c_ref=0.37)
    state = diplomacy.initial()
    for _ in range(5):
        state, cooperation = diplomacy.step(state, p, acts())
        assert cooperation == p.c_ref
    assert all(value == 0.0 for value in state)
    assert diplomacy.enforcement_factor(p, cooperation) == 1.0
    assert diplomacy.extraditions(p, cooperation) == p.x_0


def test_an_affront_costs_its_share_at_once_and_half_of_it_after_the_half_life() -> None:
    p = central(S_arr=0.35, h_arr=30.0, x_0=1.25)
    extradited = np.asarray(diplomacy.extraditions_after_affront(p, 61)) / 1.25
    assert 1.0 - extradited[[0, 30, 60]] == pytest.approx([0.35, 0.175, 0.0875], rel=1e-5)


def test_extraditions_dip_as_in_2021_and_are_back_within_two_years() -> None:
    """Extraditions 56, 37, 78 in 2020-22: a dip of 10 to 60%, back within two years."""
    values = drawn(2000)
    p = diplomacy.Parameters(**{name: jnp.float32(value) for name, value in values.items()})
    paths = jax.vmap(lambda one: diplomacy.extraditions_after_affront(one, 2 * YEAR + 5) / one.x_0)(p)
    assert 0.10 <= np.median(1.0 - paths[:, :YEAR].mean(axis=1)) <= 0.60
    assert np.median(1.0 - paths[:, -1]) <= 0.10


@pytest.mark.parametrize("act", [{"designated": 6.0}, {"flight_hours": 500.0}, {"accusations": 4.0}])
def test_a_standing_affront_counts_once(act: dict[str, float]) -> None:
    p = central(b_MU=0.0)
    lasting = 1.0 - path(p, 61, acts(**act))
    assert lasting[0] > 0.0
    assert lasting[60] == pytest.approx(lasting[0] * 0.25, rel=1e-4)


def test_an_affront_that_ended_long_ago_counts_again_when_it_is_repeated() -> None:
    p = central(b_MU=0.0, h_arr=20.0)
    state = diplomacy.initial()
    losses = []
    for week in range(402):
        flown = 500.0 if week in (0, 1, 3, 400) else 0.0
        state, cooperation = step(state, p, acts(flight_hours=flown))
        losses.append(1.0 - float(cooperation / p.c_ref))
    assert losses[400] == pytest.approx(losses[0], rel=1e-3)
    assert losses[3] < 1.1 * losses[0], "a pause of one week makes it no new affront"


def test_strikes_without_consent_cost_their_share_while_they_go_on_and_do_not_add_up() -> None:
    p = central(b_MU=0.0, S_str=0.6, h_str=50.0)
    during = path(p, 30, acts(unilateral_strikes=2.0))
    assert during == pytest.approx(0.4, rel=1e-5)


def test_a_tariff_brings_retaliation_or_concession_as_the_response_is_drawn() -> None:
    tariff = acts(tariff=10.0)
    retaliates, concedes = central(b_MU=0.1, b_UM=0.0), central(b_MU=-0.1, b_UM=0.0)
    assert path(retaliates, 60, tariff)[-1] == pytest.approx(np.exp(-0.5 * 0.3), rel=1e-3)
    assert path(concedes, 60, tariff)[-1] == pytest.approx(np.exp(0.5 * 0.3), rel=1e-3)


def test_retaliation_and_concession_are_switched_off_apart() -> None:
    tariff = acts(tariff=10.0)
    retaliates, concedes = central(b_MU=0.1), central(b_MU=-0.1)
    assert np.all(path(retaliates, 40, tariff, retaliation_on=0.0) == 1.0)
    assert np.all(path(concedes, 40, tariff, concession_on=0.0) == 1.0)
    assert np.array_equal(path(retaliates, 40, tariff, concession_on=0.0), path(retaliates, 40, tariff))
    assert np.array_equal(path(concedes, 40, tariff, retaliation_on=0.0), path(concedes, 40, tariff))


def test_reciprocity_sets_the_sign_of_the_response_and_keeps_its_size() -> None:
    tariff = acts(tariff=10.0)
    plus, minus = central(b_MU=0.1), central(b_MU=-0.1)
    assert path(minus, 40, tariff, reciprocity=1.0) == pytest.approx(path(plus, 40, tariff), rel=1e-5)
    assert path(plus, 40, tariff, reciprocity=-1.0) == pytest.approx(path(minus, 40, tariff), rel=1e-5)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_hostility_dies_out_also_where_the_sign_is_chosen(sign: float) -> None:
    values = drawn(4000, seed=3)
    p = diplomacy.Parameters(**{name: jnp.float32(value) for name, value in values.items()})
    of_mexico, of_us = diplomacy.responses(p, reciprocity=sign)
    own = 1.0 - p.a
    assert bool(jnp.all(diplomacy.dies_out(p.a, p.a, own * of_us, own * of_mexico)))
    assert bool(jnp.all(jnp.sign(of_mexico) == sign))


@pytest.mark.parametrize(
    ("act", "sign"),
    [({"refusals": 4.0}, -1), ({"pledges": 4.0}, 1), ({"transfers": 1.0}, 1), ({"transfers": -0.5}, -1)],
)
def test_refusals_lower_cooperation_and_pledges_and_transfers_raise_it(act: dict[str, float], sign: int) -> None:
    assert np.sign(path(central(), 20, acts(**act))[-1] - 1.0) == sign


def test_hostility_dies_out_exactly_where_richardson_says_so() -> None:
    grid = np.meshgrid(*[np.linspace(0.05, 0.98, 12)] * 2, *[np.linspace(0.0, 0.6, 13)] * 2, indexing="ij")
    a_u, a_v, b_uv, b_vu = (axis.ravel() for axis in grid)
    with jax.enable_x64(True):
        margin = np.asarray(diplomacy.richardson_margin(a_u, a_v, b_uv, b_vu))
        stable = np.asarray(diplomacy.dies_out(a_u, a_v, b_uv, b_vu))
    clear = np.abs(margin) > 1e-9
    radius = np.abs(np.linalg.eigvals(np.stack([a_u, b_uv, b_vu, a_v], axis=-1).reshape(-1, 2, 2))).max(axis=1)
    assert np.array_equal((margin > 0.0)[clear], (radius < 1.0)[clear])
    assert np.array_equal(stable[clear], (radius < 1.0)[clear])


def test_hostility_of_opposite_signs_may_swing_though_richardson_is_met() -> None:
    values = (0.5, 0.5, -1.2, 1.2)
    assert diplomacy.richardson_margin(*values) > 0.0
    assert not diplomacy.dies_out(*(jnp.float32(value) for value in values))
    assert np.abs(np.linalg.eigvals([[0.5, -1.2], [1.2, 0.5]])).max() > 1.0


def test_gradients_are_finite_at_rest() -> None:
    def after(p: diplomacy.Parameters) -> jax.Array:
        state = diplomacy.initial()
        for _ in range(3):
            state, cooperation = diplomacy.step(state, p, acts())
        return cooperation

    gradient = jax.jit(jax.grad(after))(central(b_MU=0.0, b_UM=0.0))
    assert np.isfinite(list(gradient)).all()
    assert gradient.c_ref == 1.0


@pytest.mark.parametrize("switches", [(1, 1, 0), (1, 1, 1), (1, 1, -1), (0, 1, 0), (1, 0, 0)])
def test_the_step_agrees_with_plain_floats(switches: tuple[int, int, int]) -> None:
    values = drawn(60, seed=7)
    random = np.random.default_rng(8)
    most = {"flight_hours": 300, "designated": 9, "accusations": 5, "affront": 1, "tariff": 30, "refusals": 6}
    most |= {"pledges": 6, "transfers": 3, "unilateral_strikes": 2}
    names = ("retaliation_on", "concession_on", "reciprocity")
    with jax.enable_x64(True):
        chosen = dict(zip(names, map(float, switches), strict=True))
        for row in range(len(values["a"])):
            p = {name: float(value[row]) for name, value in values.items()}
            done = {name: random.uniform(-0.2, 1.0) * top for name, top in most.items()}
            shock = random.normal(0.0, 0.02)
            state = {"hostility_us": random.normal(), "hostility_mexico": random.normal()}
            state |= {name: random.uniform() for name in ("affront", "strike", "standing")}
            expected, cooperation = oracle.step(state, p, done, shock, *map(float, switches))
            got, level = step(
                diplomacy.State(**state), diplomacy.Parameters(**p), diplomacy.Acts(**done), shock, **chosen
            )
            assert got._asdict() == pytest.approx(expected, rel=1e-10, abs=1e-12)
            assert float(level) == pytest.approx(cooperation, rel=1e-10)
