"""Without noise a run is a smooth map of its parameters, from the groups of 2012 through the recorded years to the
outputs: gradients are finite, and agree with differences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.evidence.store import Store
from counterflow.model import cartels, noise, trajectory
from counterflow.model.beginning import reference
from counterflow.model.outputs import ABOUT, Outputs
from counterflow.model.state import Parameters
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Campaign, Entry, Range

pytestmark = pytest.mark.slow  # the gradient of four years takes a minute to compile

FIRST_LEVER = date(2025, 1, 20)
RECORDED = 120  # weeks of the record; the chain is the same for all of them
STEP = 1e-4  # relative to the value, or to 1 where the value is 0
NOISE = 1e-8  # of the loss's own rounding, over a change of a parameter by its own size
SMOOTH = [name for name in ABOUT if name != "cartel_groups"]  # a count
KEYS = [(mechanism, symbol) for mechanism, fields in FIELDS.items() for symbol in fields._fields]


@pytest.fixture(scope="module", autouse=True)
def float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def wide(tree: Any) -> Any:
    return jax.tree.map(
        lambda leaf: jnp.asarray(np.asarray(leaf), jnp.float64 if np.asarray(leaf).dtype.kind == "f" else None), tree
    )


@pytest.fixture(scope="module")
def slopes(float64: None) -> tuple[np.ndarray, np.ndarray]:
    """(parameter,) slopes of a loss over four years by reverse differentiation, and by central differences; both are
    per change of a parameter by its own size."""
    entries = tuple(
        Entry(
            lever=lever,
            intensity=Range(low=0.0, central=0.6 * top, high=top),
            start=FIRST_LEVER,
            start_reason="test",
            status="in_force",
            basis="user",
        )
        for lever in planning.LEVERS
        for top in [levers()[lever].level_range(4).central]
    )
    campaign = Campaign(start=date(2025, 3, 3), weeks=40, strikes_per_week=2.0, consent=False)
    branch = Branch(id="pushed", title="", description="", entries=entries, strikes=campaign)
    at = planning.plan((branch,), FIRST_LEVER, years=3, seed=0, store=Store.open())
    drawn = draw(1, 3, planning.LEVERS, len(at.weeks))
    p = wide(jax.tree.map(lambda leaf: leaf[0], drawn.parameters))
    given = wide(run.forcing(branch, drawn, at))
    given = given._replace(levers=given.levers[0])
    record, observed, on = wide((at.record, planning.observed_at(at), at.switches))
    weeks = len(at.weeks)
    scores = noise.Scores(jnp.zeros((weeks, noise.SCORES)), jnp.full((weeks, noise.UNIFORMS), 0.5))
    past = wide(at.past)

    def loss(vector: jax.Array) -> jax.Array:
        values = iter(vector)
        q = Parameters(*(FIELDS[name](*(next(values) for _ in FIELDS[name]._fields)) for name in Parameters._fields))
        members, flows = cartels.run(cartels.initial_members(q.cartels.C0), q.cartels, 365)
        start = reference(q, record, flows.deaths[-1], observed.encounters)
        state, _ = trajectory.recorded(q, record, start, members, observed, past, planning.PAST - RECORDED, on)
        out: Outputs = trajectory.run(q, record, start, observed, state, given, scores, on, jnp.asarray(0.0))
        return sum(jnp.log1p(jnp.abs(getattr(out, name))).mean() for name in SMOOTH)  # type: ignore[return-value]

    vector = jnp.stack([jnp.asarray(getattr(getattr(p, mechanism), symbol)) for mechanism, symbol in KEYS])
    step = STEP * jnp.where(vector == 0.0, 1.0, jnp.abs(vector))
    moved = jnp.concatenate([vector + jnp.diag(step), vector - jnp.diag(step)])
    losses = np.asarray(jax.jit(lambda rows: jax.lax.map(loss, rows, batch_size=64))(moved))
    differences = (losses[: len(KEYS)] - losses[len(KEYS) :]) / (2.0 * np.asarray(step))
    size = np.asarray(step) / STEP
    return np.asarray(jax.jit(jax.grad(loss))(vector)) * size, differences * size


def test_gradients_are_finite_for_every_parameter(slopes: tuple[np.ndarray, np.ndarray]) -> None:
    broken = [key for key, slope in zip(KEYS, slopes[0], strict=True) if not np.isfinite(slope)]
    assert broken == []


def test_gradients_agree_with_finite_differences(slopes: tuple[np.ndarray, np.ndarray]) -> None:
    exact, differences = slopes
    apart = np.abs(exact - differences) > 1e-3 * np.abs(exact) + NOISE
    far = {key: (float(a), float(b)) for key, a, b, d in zip(KEYS, exact, differences, apart, strict=True) if d}
    assert far == {}


def test_nearly_every_parameter_moves_the_loss(slopes: tuple[np.ndarray, np.ndarray]) -> None:
    idle = [key for key, slope in zip(KEYS, slopes[0], strict=True) if slope == 0.0]
    assert len(idle) <= 0.15 * len(KEYS), idle
