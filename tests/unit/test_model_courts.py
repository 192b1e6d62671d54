"""Courts: who is exposed, how blocks come and go, and that what is not contested is left alone."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import beta, gamma

from counterflow.model import courts
from counterflow.model.priors import Prior, from_score
from counterflow.strategy.catalogue import levers
from oracles import courts as oracle

LEVERS = len(courts.CONTESTED)
TABLE = tomllib.loads((files("counterflow.model") / "priors" / "courts.toml").read_text(encoding="utf-8"))
RECORD = Path(__file__).parents[3] / "shared" / "reference" / "policy" / "court_hazard.csv"


def central(**changed: float) -> courts.Parameters:
    return courts.Parameters(
        **{name: jnp.float32(changed.get(name, TABLE[name]["central"])) for name in courts.Parameters._fields}
    )


def path(
    p: courts.Parameters, ordered: np.ndarray, uniform: np.ndarray, noise: float, hazard: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(week, lever) blocked and allowed. `uniform` (week, lever)."""

    def advance(state: courts.State, draw: jax.Array) -> tuple[courts.State, tuple[jax.Array, jax.Array]]:
        state, allowed = courts.step(
            state,
            p,
            ordered=jnp.asarray(ordered, jnp.float32),
            hazard=p.h_inj if hazard is None else jnp.float32(hazard),
            uniform=draw,
            noise=jnp.float32(noise),
        )
        return state, (state.blocked, allowed)

    _, (blocked, allowed) = jax.lax.scan(advance, courts.initial(), jnp.asarray(uniform, jnp.float32))
    return np.asarray(blocked), np.asarray(allowed)


def test_priors_and_parameters_have_the_same_names_and_the_contested_levers_exist() -> None:
    assert set(TABLE) == set(courts.Parameters._fields)
    assert set(courts.CONTESTED) <= set(levers())


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_lever_without_a_change_is_never_exposed(noise: float) -> None:
    changed = np.array([1.0, 0.0, -2.0, 0.0, 1e-3, 0.0])
    uniform = np.zeros((200, LEVERS))  # every ruling that could come does
    blocked, allowed = path(central(), changed, uniform, noise)
    assert np.all(blocked[:, changed == 0.0] == 0.0)
    assert np.all(allowed[:, changed == 0.0] == 1.0)
    assert np.all(blocked[-1, changed != 0.0] > 0.0)


def test_without_chance_a_single_block_follows_its_hazards() -> None:
    """Competing exponential hazards: with geometric weeks, the share ever blocked tends to p_bite, for good to
    p_bite p_last."""
    p = central(h_inj=0.035, p_bite=0.4, h_lift=0.156, p_last=0.44)
    blocked, _ = path(p, np.ones(LEVERS), np.zeros((2000, LEVERS)), 0.0)
    stay, kept = np.exp(-0.035), np.exp(-0.156)
    week = 60
    came = 0.4 * (1.0 - stay) * stay ** np.arange(week)
    expected = came.sum() * 0.44 + (came * 0.56 * kept ** np.arange(week - 1, -1, -1)).sum()
    assert blocked[week - 1] == pytest.approx(expected, rel=1e-4)
    assert blocked[-1] == pytest.approx(0.4 * 0.44, rel=1e-4)


def test_with_chance_the_share_blocked_is_that_without_chance() -> None:
    p = central()
    uniform = np.random.default_rng(0).random((3000, 120, LEVERS))
    by_chance = jax.vmap(lambda draw: path_blocked(p, draw))(jnp.asarray(uniform, jnp.float32))
    expected, _ = path(p, np.ones(LEVERS), uniform[0], 0.0)
    assert set(np.unique(by_chance)) == {0.0, 1.0}
    shares = np.asarray(by_chance).mean(axis=(0, 2))
    assert shares == pytest.approx(expected[:, 0], abs=0.012)


def path_blocked(p: courts.Parameters, uniform: jax.Array) -> jax.Array:
    def advance(state: courts.State, draw: jax.Array) -> tuple[courts.State, jax.Array]:
        one = jnp.float32(1.0)
        state, _ = courts.step(state, p, ordered=jnp.ones(LEVERS), hazard=p.h_inj, uniform=draw, noise=one)
        return state, state.blocked

    return jax.lax.scan(advance, courts.initial(), uniform)[1]


def test_a_block_that_is_lifted_settles_the_lever() -> None:
    p = central(p_bite=1.0, p_last=0.0)
    draws = np.full((40, LEVERS), 0.99)
    draws[3] = 0.001  # a ruling
    draws[10] = 0.001  # a stay
    draws[20] = 0.001  # would be another ruling
    blocked, allowed = path(p, np.ones(LEVERS), draws, 1.0)
    assert np.array_equal(np.flatnonzero(blocked[:, 0]), np.arange(3, 10))
    assert np.array_equal(allowed, 1.0 - blocked)


def test_a_suit_raises_the_hazard_and_no_ruling_comes_later_by_it() -> None:
    uniform = np.random.default_rng(1).random((150, LEVERS))
    p = central(h_lift=0.0, p_bite=1.0)
    usual, _ = path(p, np.ones(LEVERS), uniform, 1.0)
    sued, _ = path(p, np.ones(LEVERS), uniform, 1.0, hazard=0.2)

    def first(blocked: np.ndarray) -> np.ndarray:
        return np.where(blocked.any(axis=0), blocked.argmax(axis=0), 10**6)

    assert (
        path(p, np.ones(LEVERS), uniform, 0.0, hazard=0.2)[0][20, 0] > path(p, np.ones(LEVERS), uniform, 0.0)[0][20, 0]
    )
    bitten = first(usual) < 10**6
    assert bitten.any()
    assert np.all(first(sued)[bitten] <= first(usual)[bitten])


def test_the_hazards_come_from_the_court_record() -> None:
    """Recomputed from the table of 16 blocks; skipped where the reference folder is absent."""
    if not RECORD.exists():
        pytest.skip(f"no {RECORD.name}: the reference folder is not beside the project")
    rows = list(csv.DictReader(RECORD.read_text(encoding="utf-8").splitlines()))
    endings = {"ending Title 42", "ending MPP 2021"}
    no_bite = {"MPP 2020 (appeal)", "IEEPA tariffs", "CLP rule 2023", "Title 42 itself", "Securing the Border 2024"}
    bit = [row["weeks_blocked"] for row in rows if row["policy"] not in endings | no_bite]
    assert len(rows) - len(endings) == 14
    ended = [float(weeks) for weeks in bit if weeks[0].isdigit()]
    last = len(bit) - len(ended)
    rate = len(ended) / sum(ended)
    assert TABLE["h_lift"]["central"] == pytest.approx(rate, rel=0.01)
    assert TABLE["p_last"]["central"] == pytest.approx(last / len(bit), abs=0.005)
    ends = gamma.ppf([0.05, 0.95], len(ended)) / sum(ended)
    assert [TABLE["h_lift"]["low"], TABLE["h_lift"]["high"]] == pytest.approx(ends, rel=0.02)
    ends = beta.ppf([0.05, 0.95], last + 0.5, len(ended) + 0.5)
    assert [TABLE["p_last"]["low"], TABLE["p_last"]["high"]] == pytest.approx(ends, abs=0.01)


def test_gradients_are_finite_at_rest_and_every_parameter_matters() -> None:
    def after(p: courts.Parameters) -> jax.Array:
        state = courts.initial()
        for _ in range(4):
            state, allowed = courts.step(
                state, p, ordered=jnp.ones(LEVERS), hazard=p.h_inj, uniform=jnp.zeros(LEVERS), noise=jnp.float32(0.0)
            )
        return allowed.sum()

    gradient = np.array(jax.jit(jax.grad(after))(central()))
    assert np.isfinite(gradient).all()
    assert (gradient != 0.0).all()


def test_the_step_agrees_with_plain_floats() -> None:
    random = np.random.default_rng(5)
    with jax.enable_x64(True):
        step = jax.jit(courts.step)
        for row in range(60):
            scores = random.standard_normal(len(TABLE))
            p = {
                name: float(from_score(Prior(**TABLE[name]), np.array([score]))[0])
                for name, score in zip(TABLE, scores, strict=True)
            }
            parts = random.dirichlet(np.ones(4), LEVERS)  # (lever, 4): exposed, blocked, lasting, settled
            cases = [(one[1] + one[2], one[2], one[3]) for one in parts]
            ordered = random.normal(size=LEVERS) * (random.random(LEVERS) < 0.6)
            hazard = random.uniform(0.0, 0.5, LEVERS) if row % 2 else np.float64(p["h_inj"])
            columns = [jnp.asarray(column) for column in np.array(cases).T]
            got, allowed = step(
                courts.State(*columns),
                courts.Parameters(**p),
                ordered=jnp.asarray(ordered),
                hazard=jnp.asarray(hazard),
                uniform=jnp.zeros(LEVERS),
                noise=jnp.float64(0.0),
            )
            hazards = np.broadcast_to(hazard, LEVERS)
            expected = np.array(
                [oracle.expected(cases[i], p, bool(ordered[i]), float(hazards[i])) for i in range(LEVERS)]
            )
            assert np.stack(got, axis=1) == pytest.approx(expected, rel=1e-10, abs=1e-14)
            assert np.asarray(allowed) == pytest.approx(1.0 - expected[:, 0], rel=1e-10)


def test_chance_agrees_with_plain_cases() -> None:
    random = np.random.default_rng(6)
    p = {"h_inj": 0.1, "p_bite": 0.6, "h_lift": 0.1, "p_last": 0.3}
    uniform = random.random((200, LEVERS))
    blocked, _ = path(courts.Parameters(**{n: jnp.float32(v) for n, v in p.items()}), np.ones(LEVERS), uniform, 1.0)
    cases = ["exposed"] * LEVERS
    for week in range(200):
        cases = [oracle.sampled(case, p, True, 0.1, float(u)) for case, u in zip(cases, uniform[week], strict=True)]
        assert [case in ("blocked", "lasting") for case in cases] == list(blocked[week] > 0.5)
