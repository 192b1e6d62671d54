"""What must hold at the border for every parameter, state and input."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterflow.model import border
from counterflow.model.priors import Prior, from_score
from oracles import border as oracle

PRIORS = {
    symbol: Prior(**fields)
    for symbol, fields in tomllib.loads(
        (files("counterflow.model") / "priors" / "border.toml").read_text(encoding="utf-8")
    ).items()
}
WIDE = {"no_asylum": (0, 1), "no_asylum_reference": (0, 1), "announcement": (0, 1), "remain": (-300, 6000)}
WIDE |= {"agents_ratio": (0.2, 4), "barrier": (-1, 30), "zones": (-50, 700), "troops": (-2000, 20_000)}
WIDE |= {"mexico_ratio": (0.0, 4), "interior_ratio": (0.2, 10), "wage": (-0.3, 0.3), "violence": (0.0, 2)}
WIDE |= {"adaptation": (0, 1), "processed": (0, 1), "penalised": (0, 1)}
WIDE |= {"newcomers": (0, 60_000), "reference_attempts": (1000, 60_000)}
SEEDS = st.integers(0, 2**32 - 1)
STEP = jax.jit(border.step)
TOGETHER = jax.jit(jax.vmap(lambda state, p, inputs: border.step(state, p, **inputs)))


def drawn(seed: int) -> tuple[border.State, border.Parameters, dict[str, Any]]:
    """A state, parameters and inputs anywhere in their ranges, float64."""
    rng = np.random.default_rng(seed)
    p = border.Parameters(
        **{name: from_score(PRIORS[name], rng.standard_normal(1))[0] for name in border.Parameters._fields}
    )
    where = border.sectors()
    state = border.State(
        closure=np.float64(rng.uniform(-1, 1)),
        habit=np.float64(rng.random()),
        announced=np.float64(rng.random()),
        believed=np.float64(rng.random()),
        fenced=rng.uniform(-where.fenced, where.buildable),
        diverted=rng.uniform(0, 0.5, border.SECTORS),
        retry=np.float64(rng.uniform(0, 20_000)),
    )
    inputs: dict[str, Any] = {name: np.float64(rng.uniform(*limits)) for name, limits in WIDE.items()}
    inputs["shares"] = rng.dirichlet(np.ones(border.SECTORS))
    return state, p, inputs


def table() -> dict[str, list[float]]:
    """The sector table as the oracle takes it."""
    return {k: list(v) for k, v in border.sectors()._asdict().items() if k != "names"}


@given(SEEDS)
def test_the_step_agrees_with_plain_code(seed: int) -> None:
    state, p, inputs = drawn(seed)
    with jax.enable_x64(True):
        found_state, found_flows = STEP(state, p, **inputs)
        assert found_state.retry.dtype == jnp.float64
        expected_state, expected_flows = oracle.step(state._asdict(), p._asdict(), inputs, table())
        for found, expected in ((found_state, expected_state), (found_flows, expected_flows)):
            for name, value in expected.items():
                np.testing.assert_allclose(getattr(found, name), value, rtol=1e-10, atol=1e-12, err_msg=name)


@given(SEEDS)
def test_people_are_neither_made_nor_lost(seed: int) -> None:
    state, p, inputs = drawn(seed)
    with jax.enable_x64(True):
        new, flows = jax.tree.map(np.asarray, STEP(state, p, **inputs))
    for name, leaf in flows._asdict().items():
        assert np.all(np.isfinite(leaf)), name
        assert np.all(leaf >= (-1.0 if name == "freed" else 0.0)), name
    np.testing.assert_allclose(flows.attempts, flows.encounters + flows.known + flows.unknown, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(flows.attempts.sum(), flows.newcomers + state.retry, rtol=1e-9)
    assert flows.returned <= flows.encounters.sum() * (1 + 1e-12)
    assert 0.0 <= new.retry <= flows.returned * (1 + 1e-12)
    assert 0.0 <= new.announced <= 1.0
    assert 0.0 <= new.believed <= 1.0
    assert -1.0 - 1e-12 <= flows.freed <= 1.0 + 1e-12


@given(SEEDS, st.floats(0, 1))
def test_inputs_at_the_reference_change_nothing(seed: int, no_asylum: float) -> None:
    """In single precision, bit for bit: no factor but 1 on the newcomers, the fee and the sectors."""
    _, p64, inputs = drawn(seed)
    p = border.Parameters(*(jnp.asarray(value, jnp.float32) for value in p64))
    at, encounters = jnp.asarray(no_asylum, jnp.float32), jnp.asarray(12_000.0, jnp.float32)
    state = border.initial(p, encounters, at)
    newcomers = border.newcomers_at(p, encounters, at)
    shares = jnp.asarray(inputs["shares"], jnp.float32)
    flow = {"newcomers": newcomers, "shares": shares, "reference_attempts": encounters / p.p_app}
    after = state
    for _ in range(3):
        after, flows = STEP(after, p, **border.neutral(at), **flow)
        assert flows.fee == p.fee
        for name in ("closure", "announced", "believed", "fenced", "diverted"):
            assert np.all(np.asarray(getattr(after, name)) == 0.0), name
        np.testing.assert_allclose(after.habit, at, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(flows.encounters.sum(), encounters, rtol=1e-6)
    kept = ("remain", "troops", "agents_ratio", "mexico_ratio", "interior_ratio", "wage", "violence")
    assert border.intent(p, state, **{name: border.neutral(at)[name] for name in kept}) == 0.0
    blocked = border.blocked_share(p, state.fenced, state.fenced)
    assert np.all(border.spread(p, shares, blocked, state.diverted, jnp.ones(())) == shares)


@given(SEEDS, st.integers(0, border.SECTORS - 1))
def test_rerouting_moves_people_and_makes_none(seed: int, sector: int) -> None:
    _, p, inputs = drawn(seed)
    rng = np.random.default_rng(seed)
    blocked, diverted = rng.uniform(0, 0.6, border.SECTORS), rng.uniform(0, 0.6, border.SECTORS)
    with jax.enable_x64(True):
        after = np.asarray(border.spread(p, inputs["shares"], blocked, diverted, np.float64(1.0)))
        stay = np.asarray(border.spread(p, inputs["shares"], blocked, diverted, np.float64(0.0)))
        alone = p._replace(m_adj=np.float64(0.0))  # else a sector between two busy ones may gain by its own fence
        fall = jax.tree.map(np.asarray, border.fence_response(alone, jnp.asarray(inputs["shares"]), sector))
    moved = p.b_sec * (inputs["shares"] * np.minimum(blocked, diverted)).sum()
    np.testing.assert_allclose(after.sum() - stay.sum(), moved, rtol=1e-9, atol=1e-12)
    assert after.sum() <= 1.0 + 1e-12
    assert np.all(after >= stay - 1e-15)
    assert fall.nation <= fall.own + 1e-12


@given(SEEDS)
def test_runs_side_by_side_are_runs_alone(seed: int) -> None:
    runs = [drawn(seed), drawn(seed + 1)]
    with jax.enable_x64(True):
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *runs)
        together = TOGETHER(*stacked)
        for position, (state, p, inputs) in enumerate(runs):
            alone = STEP(state, p, **inputs)
            for found, expected in zip(jax.tree.leaves(together), jax.tree.leaves(alone), strict=True):
                np.testing.assert_allclose(found[position], expected, rtol=1e-9, atol=1e-7)
