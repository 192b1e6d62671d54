"""Overdose deaths: supply or price, trend, treatment, and the pool of people at risk."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.model import overdose, priors
from oracles import overdose as oracle

NEUTRAL = {
    "relative_supply": 1.0, "price": 1.0, "coverage_change": 0.0, "week": 0.0, "level": 880.0, "shock": 0.0,
    "trend_on": 1.0, "price_on": 0.0,
}  # fmt: skip


def drawn(mechanism: str, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    table = priors.load()[mechanism]
    return {name: priors.from_score(prior, generator.standard_normal(count)) for name, prior in table.items()}


def parameters(**changed: float) -> overdose.Parameters:
    table = priors.load()["overdose"]
    return overdose.Parameters(**{name: jnp.asarray(changed.get(name, at.central)) for name, at in table.items()})


def run(p: overdose.Parameters, weeks: int, **changed: float) -> tuple[np.ndarray, overdose.State]:
    """(week,) deaths with constant inputs, and the last state."""
    inputs: dict[str, Any] = {name: jnp.asarray(value) for name, value in (NEUTRAL | changed).items()}

    def advance(state: overdose.State, week: Any) -> tuple[overdose.State, Any]:
        return overdose.step(state, p, **(inputs | {"week": week}))

    state, deaths = jax.lax.scan(advance, overdose.initial(), jnp.arange(weeks, dtype=jnp.float32))
    return np.asarray(deaths), state


def test_every_parameter_has_a_prior_and_every_prior_a_parameter() -> None:
    assert set(priors.load()["overdose"]) == set(overdose.Parameters._fields)


@pytest.mark.parametrize("price_on", [0.0, 1.0])
def test_inputs_at_the_reference_give_the_level_bit_for_bit(price_on: float) -> None:
    values = overdose.Parameters(**{k: jnp.asarray(v, jnp.float32) for k, v in drawn("overdose", 300).items()})
    inputs = {name: jnp.asarray(value, jnp.float32) for name, value in (NEUTRAL | {"price_on": price_on}).items()}
    state, deaths = jax.jit(jax.vmap(lambda p: overdose.step(overdose.initial(), p, **inputs)))(values)
    assert (np.asarray(deaths) == 880.0).all()
    for name, value in state._asdict().items():
        assert (np.asarray(value) == 1.0).all(), name


def test_deaths_follow_supply_by_its_elasticity_after_the_lag() -> None:
    p = parameters(e_p=0.5, lag_od=5.0, h_pool=1e-9)
    deaths, _ = run(p, 200, relative_supply=0.6, price=2.0, trend_on=0.0)
    assert deaths[0] / 880 > 0.95
    assert deaths[-1] / 880 == pytest.approx(0.6**0.5, rel=1e-4)


def test_in_the_alternative_deaths_follow_price_and_not_supply() -> None:
    p = parameters(e_pr=-0.2, h_pool=1e-9)
    deaths, _ = run(p, 200, relative_supply=0.6, price=2.0, trend_on=0.0, price_on=1.0)
    assert deaths[-1] / 880 == pytest.approx(2.0**-0.2, rel=1e-4)


def test_the_trend_can_be_turned_off() -> None:
    p = parameters(g_oth=-0.1)
    assert run(p, 53)[0][-1] / 880 == pytest.approx(np.exp(-0.1 * 52 / overdose.WEEKS_PER_YEAR), rel=1e-5)
    assert (run(p, 53, trend_on=0.0)[0] == 880.0).all()


def test_treatment_lowers_deaths_by_its_effect_per_ten_points() -> None:
    deaths, _ = run(parameters(e_moud10=-0.05, h_pool=1e-9), 1, coverage_change=0.2)
    assert deaths[0] / 880 == pytest.approx(0.95**2, rel=1e-6)


def test_more_deaths_deplete_the_pool_and_it_fills_up_again() -> None:
    p = parameters(h_pool=0.06, r_pool=0.3, e_p=0.9)
    deaths, state = run(p, 156, relative_supply=2.0, trend_on=0.0)
    assert deaths.argmax() < 60, "the same supply kills fewer as the pool runs down"
    assert 0.80 < float(state.pool) < 0.97
    effect = 2.0**0.9
    settled = (0.3 + 0.06) / (0.3 + 0.06 * effect)
    assert float(run(p, 3000, relative_supply=2.0, trend_on=0.0)[1].pool) == pytest.approx(settled, rel=1e-3)
    back = state
    one: dict[str, Any] = {name: jnp.asarray(value) for name, value in NEUTRAL.items()}
    for _ in range(100):
        back, _ = overdose.step(back, p, **one)
    assert float(state.pool) < float(back.pool) < 1.0


def test_fewer_deaths_let_the_pool_grow() -> None:
    assert float(run(parameters(), 156, relative_supply=0.5)[1].pool) > 1.0


def test_the_trend_alone_does_not_move_the_pool() -> None:
    assert float(run(parameters(g_oth=-0.25), 156)[1].pool) == 1.0


def test_the_elasticity_of_deaths_to_price_is_in_the_published_band() -> None:
    """Target E5: -0.05 to -0.6."""
    supply = drawn("supply", 3000)
    p = overdose.Parameters(**drawn("overdose", 3000, seed=1))  # type: ignore[arg-type]
    value = np.asarray(overdose.price_elasticity(p, supply["e_dem"], supply["e_pur"]))
    assert -0.6 <= np.median(value) <= -0.05
    assert np.quantile(value, 0.95) - np.quantile(value, 0.05) <= 3 * 0.55
    at_once = np.asarray(overdose.price_elasticity(p, supply["e_dem"], np.zeros(3000)))  # type: ignore[arg-type]
    np.testing.assert_allclose(at_once, p.e_p * supply["e_dem"], rtol=1e-6)


@pytest.mark.parametrize("supply", [1.0, 0.0])
@pytest.mark.parametrize("price_on", [0.0, 1.0])
def test_gradients_are_finite_also_without_any_supply(supply: float, price_on: float) -> None:
    def total(p: overdose.Parameters, start: overdose.State) -> Any:
        inputs = {name: jnp.asarray(value) for name, value in NEUTRAL.items()}
        inputs |= {"relative_supply": jnp.asarray(supply), "price_on": jnp.asarray(price_on)}
        deaths = jnp.asarray(0.0)
        for _ in range(5):
            start, now = overdose.step(start, p, **inputs)
            deaths = deaths + now
        return deaths

    start = overdose.State(*(jnp.asarray(supply),) * 3)
    for leaf in jax.tree.leaves(jax.grad(total, argnums=(0, 1))(parameters(), start)):
        assert np.isfinite(leaf)


def test_the_step_is_that_of_plain_equations_written_apart() -> None:
    generator = np.random.default_rng(5)
    values = drawn("overdose", 60, seed=6)
    step = jax.jit(lambda state, p, inputs: overdose.step(state, p, **inputs))
    with jax.enable_x64(True):
        for draw in range(60):
            plain = {name: float(value[draw]) for name, value in values.items()}
            p = overdose.Parameters(**{name: jnp.asarray(value, jnp.float64) for name, value in plain.items()})
            state, own = overdose.initial(jnp.dtype(jnp.float64)), {"supply": 1.0, "price": 1.0, "pool": 1.0}
            for week in range(15):
                now = {
                    "relative_supply": generator.choice([0.0, generator.uniform(0.0, 3.0)]),
                    "price": generator.uniform(0.05, 20.0), "coverage_change": generator.uniform(-0.2, 0.6),
                    "week": float(week * 10), "level": generator.uniform(500.0, 1500.0),
                    "shock": generator.normal(0.0, 0.1), "trend_on": float(generator.integers(0, 2)),
                    "price_on": float(generator.integers(0, 2)),
                }  # fmt: skip
                inputs = {name: jnp.asarray(value, jnp.float64) for name, value in now.items()}
                state, deaths = step(state, p, inputs)
                own, own_deaths = oracle.step(own, plain, now)
                np.testing.assert_allclose(deaths, own_deaths, rtol=1e-10)
                np.testing.assert_allclose(state, list(own.values()), rtol=1e-10)
