"""Strikes and deployments: what each channel does by itself, and the published effects that they can reproduce."""

from __future__ import annotations

import tomllib
from functools import partial
from importlib.resources import files

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import poisson

from counterflow.model import strikes
from counterflow.model.priors import Prior, from_score
from oracles import strikes as oracle

TABLE = tomllib.loads((files("counterflow.model") / "priors" / "strikes.toml").read_text(encoding="utf-8"))
QUIET = {
    "lab_rate": 0.0,
    "leader_rate": 0.0,
    "flight_hours": 0.0,
    "cooperation": 1.0,
    "support": 1.0,
    "uniform": 0.5,
    "noise": 0.0,
    "arrests": 1.0,
}


def drawn(count: int, seed: int = 0) -> strikes.Parameters:
    """(draw,) values of every parameter from its prior."""
    score = np.random.default_rng(seed)
    values = {name: from_score(Prior(**fields), score.standard_normal(count)) for name, fields in TABLE.items()}
    return strikes.Parameters(**{name: jnp.float32(value) for name, value in values.items()})


def central(**changed: float) -> strikes.Parameters:
    return strikes.Parameters(
        **{name: jnp.float32(changed.get(name, TABLE[name]["central"])) for name in strikes.Parameters._fields}
    )


@partial(jax.jit, static_argnames="weeks")
def run(p: strikes.Parameters, now: dict[str, jax.Array], weeks: int) -> strikes.Effects:
    def advance(state: strikes.State, _: None) -> tuple[strikes.State, strikes.Effects]:
        return strikes.step(state, p, **now)

    return jax.lax.scan(advance, strikes.initial(), None, length=weeks)[1]


def path(p: strikes.Parameters, weeks: int, **inputs: float) -> strikes.Effects:
    """(week,) effects with the same inputs each week."""
    return run(p, {name: jnp.asarray(value, jnp.float32) for name, value in {**QUIET, **inputs}.items()}, weeks)


def test_priors_and_parameters_have_the_same_names() -> None:
    assert set(TABLE) == set(strikes.Parameters._fields)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_without_strikes_flights_and_deployment_nothing_happens_bit_for_bit(noise: float) -> None:
    effects = jax.vmap(lambda p: path(p, 5, noise=noise, uniform=0.999))(drawn(200))
    assert np.all(np.asarray(effects.anticipation) == 1.0)
    for name in set(strikes.Effects._fields) - {"anticipation"}:
        assert np.all(np.asarray(getattr(effects, name)) == 0.0), name


def test_a_dense_programme_with_support_lowers_attacks_as_in_pakistan_by_choice_of_parameters() -> None:
    """Attacks 43 to 62% fewer (Mir & Moore 2019): 2.3 strikes a week, D_ant 0.60, n0 1."""
    p = central(D_ant=0.60, n0=1.0)
    fall = 1.0 - np.asarray(path(p, 52, lab_rate=0.0, leader_rate=2.3).anticipation)
    assert 0.43 <= fall.mean() <= 0.62
    without = path(p, 52, leader_rate=2.3, support=0.0).anticipation
    assert np.all(np.asarray(without) == 1.0), "it needs the host's support"


def test_anticipation_fades_when_strikes_end() -> None:
    p = central(D_ant=0.5, m_tempo=13.0)
    now = {name: jnp.float32(value) for name, value in QUIET.items()}
    state = strikes.State(jnp.float32(5.0), jnp.float32(0.0), jnp.float32(0.0))
    multipliers = []
    for _ in range(120):
        state, effects = strikes.step(state, p, **now)
        multipliers.append(float(effects.anticipation))
    assert multipliers[0] < 0.6
    assert multipliers[-1] > 0.99


def test_leaders_are_hit_at_their_rate_with_and_without_chance() -> None:
    p = central(p_hit=0.2, d_ret=45.0)
    uniform = jnp.asarray(np.random.default_rng(0).random(20_000), jnp.float32)
    hit = jax.vmap(lambda u: path(p, 1, leader_rate=2.0, noise=1.0, uniform=u).leaders_killed[0])(uniform)
    assert float(hit.mean()) == pytest.approx(0.4, abs=0.02)
    assert np.all(np.asarray(hit) == np.round(hit))
    expected = path(p, 1, leader_rate=2.0)
    assert float(expected.leaders_killed[0]) == pytest.approx(0.4, rel=1e-6)
    assert float(expected.retaliation[0]) == pytest.approx(0.4 * 45.0, rel=1e-6)


def test_counts_are_those_of_poisson_and_rise_with_the_rate() -> None:
    uniform = np.linspace(0.001, 0.999, 200)
    counts = []
    with jax.enable_x64(True):
        for rate in (0.05, 0.4, 2.0):
            counts.append(np.asarray(strikes.poisson_quantile(jnp.asarray(uniform), jnp.float64(rate))))
            assert np.array_equal(counts[-1], np.minimum(poisson.ppf(uniform, rate), 12))
    assert np.all(np.diff(np.array(counts), axis=0) >= 0)


def test_civilians_are_their_share_of_all_killed() -> None:
    """10 to 17% in the published counts; 4 to 35% is the band."""
    p = drawn(4000)
    effects = jax.vmap(lambda one: path(one, 1, lab_rate=3.0, leader_rate=1.0))(p)
    share = np.asarray(effects.civilian_harm / effects.killed)[:, 0]
    assert 0.04 <= np.median(share) <= 0.35
    assert np.asarray(effects.killed)[:, 0] == pytest.approx(4.0 * np.asarray(p.k_str), rel=1e-5)


def test_laboratories_are_found_where_flights_and_mexican_action_meet() -> None:
    p = central(p_det=0.02, p_act=0.35, h_det=168.0)
    found = float(path(p, 1, flight_hours=84.0, cooperation=0.5).found[0])
    assert found == pytest.approx(0.02 * 0.5 * 0.35 * 0.5, rel=1e-5)
    assert path(p, 1, flight_hours=84.0, cooperation=0.0).found[0] == 0.0
    eager = central(p_act=0.8)
    most = float(path(eager, 1, flight_hours=1e4, cooperation=3.0).found[0])
    assert most == pytest.approx(0.02, rel=1e-5), "what is acted on is no more than what is found"


def test_the_first_year_of_a_deployment_brings_the_published_effect() -> None:
    p = central(A_mil=11.0, tau_mil=70.0, x_mil=1.0, n_mil=9e6)
    deaths = np.asarray(path(p, 52, arrests=2.0).deployment)
    assert deaths.sum() == pytest.approx(11.0 * 90, rel=0.02), "per 100,000 of nine million people"
    assert deaths[0] > deaths[-1] > 0.0


def test_the_effect_of_a_deployment_fades_and_its_end_has_none() -> None:
    p = central(A_mil=5.0, tau_mil=70.0)
    deaths = np.asarray(path(p, 300, arrests=2.0).deployment)
    assert deaths[70] == pytest.approx(deaths[0] * np.exp(-1.0), rel=1e-3)
    now = {name: jnp.float32(value) for name, value in QUIET.items()}
    used = strikes.State(jnp.float32(0.0), jnp.float32(0.0), jnp.float32(0.8))
    assert strikes.step(used, p, **now)[1].deployment == 0.0


def test_deployment_effects_lie_in_the_published_band() -> None:
    """-5 to +18 per 100,000 in the first year; the median of 18 regions was about +11."""
    first_year = np.asarray(drawn(4000).A_mil)
    assert -5.0 <= np.median(first_year) <= 18.0
    low, high = np.quantile(first_year, [0.05, 0.95])
    assert low < 0.0 < high, "the sign is not known"


def test_gradients_are_finite_at_rest_and_under_way() -> None:
    def total(p: strikes.Parameters, rate: jax.Array) -> jax.Array:
        effects = path(p, 3, lab_rate=rate, leader_rate=rate, flight_hours=50.0, arrests=1.5)
        return sum((value.sum() for value in effects), start=jnp.float32(0.0))

    for rate in (0.0, 2.0):
        by_parameter, by_rate = jax.jit(jax.grad(total, argnums=(0, 1)))(central(), jnp.float32(rate))
        assert np.isfinite(np.array(by_parameter)).all()
        assert np.isfinite(by_rate)


def test_the_step_agrees_with_plain_floats() -> None:
    random = np.random.default_rng(4)
    draws = {name: np.asarray(value, np.float64) for name, value in drawn(150, seed=2)._asdict().items()}
    most = {"lab_rate": 8.0, "leader_rate": 2.0, "flight_hours": 900.0, "cooperation": 1.6, "arrests": 4.0}
    with jax.enable_x64(True):
        step = jax.jit(strikes.step)
        for row in range(150):
            p = {name: float(value[row]) for name, value in draws.items()}
            now = {name: float(random.uniform(0.0, top)) for name, top in most.items()}
            now |= {"support": float(row % 2), "noise": float(row % 3 == 0), "uniform": float(random.uniform())}
            state = {"tempo": float(random.uniform(0, 8)), "civilians": float(random.uniform(0, 100))}
            state |= {"usual": float(random.uniform())}
            following, effects = oracle.step(state, p, now)
            got, done = step(strikes.State(**state), strikes.Parameters(**p), **now)
            assert got._asdict() == pytest.approx(following, rel=1e-10, abs=1e-14)
            assert done._asdict() == pytest.approx(effects, rel=1e-10, abs=1e-14)
