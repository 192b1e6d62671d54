"""What must always hold inside the country: nobody is lost or made, nobody is negative, beds are not overfilled."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from counterflow.model import interior
from counterflow.model.priors import Prior, from_score

TABLE = tomllib.loads((files("counterflow.model") / "priors" / "interior.toml").read_text(encoding="utf-8"))
PRIORS = {name: Prior(**TABLE[name]) for name in interior.Parameters._fields}
AT = {
    "arrests": 384.0,
    "agreements": 140.0,
    "beds": 31056.0,
    "encounters": 34728.0,
    "bookins_border": 3814.0,
    "detained_border": 21081.0,
    "detained_interior": 9975.0,
    "removals": 216_394.0,
}
STEP = jax.jit(interior.step)
scores = some.lists(some.floats(-3.0, 3.0), min_size=len(PRIORS), max_size=len(PRIORS))
people = some.fixed_dictionaries(
    {
        "stock": some.floats(0.0, 3e7),
        "detained_border": some.floats(0.0, 2e5),
        "detained_interior": some.floats(0.0, 2e5),
        "wary": some.floats(-4.0, 6.0),
    }
)
inputs = some.fixed_dictionaries(
    {
        "ordered": some.floats(0.0, 1e4),
        "agreements": some.floats(0.0, 5000.0),
        "beds": some.floats(0.0, 3e5),
        "removal_ratio": some.floats(0.0, 20.0),
        "leak": some.floats(0.0, 1.0),
        "encounters": some.floats(0.0, 10.0),
        "gotaways": some.floats(0.0, 1e5),
    }
)


def parameters(normal: list[float]) -> dict[str, np.ndarray]:
    pairs = zip(PRIORS.items(), normal, strict=True)
    return {name: from_score(prior, np.asarray(score)) for (name, prior), score in pairs}


def week(state: dict[str, float], normal: list[float], now: dict[str, float]) -> tuple[interior.State, interior.Flows]:
    """One week in float64."""
    result = STEP(
        interior.State(**{name: jnp.float64(value) for name, value in state.items()}),
        interior.Parameters(**{name: jnp.float64(value) for name, value in parameters(normal).items()}),
        interior.Reference(**{name: jnp.float64(value) for name, value in AT.items()}),
        **{name: jnp.float64(value) for name, value in now.items()},
    )
    return jax.tree.map(float, result)  # type: ignore[no-any-return]


@settings(max_examples=200, deadline=None)
@given(state=people, normal=scores, now=inputs)
def test_people_balance_nobody_is_negative_and_beds_are_not_overfilled(
    state: dict[str, float], normal: list[float], now: dict[str, float]
) -> None:
    with jax.enable_x64(True):
        after, flows = week(state, normal, now)
    soft = float(parameters(normal)["soft"])
    stock = flows.entered - flows.bookins_interior + flows.released - flows.exits
    assert np.isclose(after.stock - state["stock"], stock, rtol=1e-9, atol=1e-6)
    before = state["detained_border"] + state["detained_interior"]
    held = float(after.detained_border + after.detained_interior)
    change = flows.bookins_border + flows.bookins_interior - flows.removed_detained - flows.released
    assert np.isclose(held - before, change, rtol=1e-9, atol=1e-6)
    for name, value in {**after._asdict(), **flows._asdict()}.items():
        assert np.isfinite(value), name
        assert name == "wary" or value >= -1e-6, name
    assert held <= max(soft * now["beds"], before) + 1e-6
    assert flows.bookins_interior <= flows.arrests + 1e-6
    assert flows.bookins_border <= AT["encounters"] * now["encounters"] + 1e-6


@settings(max_examples=100, deadline=None)
@given(state=people, normal=scores, now=inputs, more=some.floats(0.0, 5.0))
def test_the_border_takes_beds_before_the_inside(
    state: dict[str, float], normal: list[float], now: dict[str, float], more: float
) -> None:
    """More people at the border never leave more beds for those arrested inside, nor do the latter cost the former."""
    with jax.enable_x64(True):
        _, usual = week(state, normal, now)
        _, busy = week(state, normal, {**now, "encounters": now["encounters"] + more})
        _, raided = week(state, normal, {**now, "ordered": now["ordered"] + 1000.0 * more})
    assert busy.bookins_interior <= usual.bookins_interior + 1e-6
    assert raided.bookins_border == usual.bookins_border


@settings(max_examples=100, deadline=None)
@given(normal=scores)
def test_the_reference_stands_still_bit_for_bit(normal: list[float]) -> None:
    p = interior.Parameters(**{name: jnp.float32(value) for name, value in parameters(normal).items()})
    at = interior.Reference(**{name: jnp.float32(value) for name, value in AT.items()})
    state = interior.initial(p, at.detained_border, at.detained_interior)
    one, none = jnp.float32(1.0), jnp.float32(0.0)
    after, flows = STEP(
        state,
        p,
        at,
        ordered=at.arrests,
        agreements=at.agreements,
        beds=at.beds,
        removal_ratio=one,
        leak=none,
        encounters=one,
        gotaways=jnp.float32(13_000.0),
    )
    assert flows.arrests == 7 * at.arrests
    assert after.detained_border == at.detained_border
    assert after.detained_interior == at.detained_interior
    assert after.wary == 0.0
