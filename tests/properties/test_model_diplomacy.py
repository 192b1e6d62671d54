"""What must always hold in friction: bounds, rest, and that worse acts never help where both sides retaliate."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from counterflow.model import diplomacy

share = some.floats(0.05, 0.95)
weight = some.floats(0.0, 3.0)
weeks = some.floats(1.0, 200.0)
response = some.floats(-0.3, 0.3)
parameters = some.builds(
    diplomacy.Parameters,
    c_ref=share,
    a=some.floats(0.3, 0.97),
    a_ref=some.just(0.8),
    b_MU=response,
    b_UM=response,
    S_arr=share,
    h_arr=weeks,
    S_str=share,
    h_str=weeks,
    w_overflight=weight,
    w_designation=weight,
    w_accuse=weight,
    w_tariff=weight,
    w_strike=weight,
    w_reject=weight,
    w_pledge=weight,
    w_transfer=weight,
    x_overflight=some.floats(10.0, 200.0),
    x_designation=some.floats(1.0, 10.0),
    coop_share=share,
    x_0=some.floats(0.5, 3.0),
)
act = some.floats(0.0, 10.0)
acts = some.builds(diplomacy.Acts, *(act,) * len(diplomacy.Acts._fields))
sign = some.sampled_from([-1.0, 0.0, 1.0])
onoff = some.sampled_from([0.0, 1.0])
step = jax.jit(diplomacy.step)


def single(value: diplomacy.Parameters | diplomacy.Acts) -> diplomacy.Parameters | diplomacy.Acts:
    return type(value)(*(jnp.float32(field) for field in value))


@settings(max_examples=80, deadline=None)
@given(p=parameters, done=some.lists(acts, min_size=1, max_size=6), reciprocity=sign, on=some.tuples(onoff, onoff))
def test_cooperation_and_losses_stay_shares(
    p: diplomacy.Parameters, done: list[diplomacy.Acts], reciprocity: float, on: tuple[float, float]
) -> None:
    state = diplomacy.initial()
    for one in done:
        state, cooperation = step(
            state,
            single(p),
            single(one),
            jnp.float32(0.0),
            retaliation_on=on[0],
            concession_on=on[1],
            reciprocity=reciprocity,
        )
        assert 0.0 <= float(cooperation) <= 1.0
        assert 0.0 <= float(state.affront) <= 1.0
        assert 0.0 <= float(state.strike) <= 1.0
        assert np.isfinite(np.array(state)).all()


@settings(max_examples=80, deadline=None)
@given(p=parameters, reciprocity=sign, on=some.tuples(onoff, onoff))
def test_rest_is_rest_bit_for_bit(p: diplomacy.Parameters, reciprocity: float, on: tuple[float, float]) -> None:
    none = diplomacy.Acts(*(jnp.float32(0.0),) * len(diplomacy.Acts._fields))
    state, cooperation = step(
        diplomacy.initial(),
        single(p),
        none,
        jnp.float32(0.0),
        retaliation_on=on[0],
        concession_on=on[1],
        reciprocity=reciprocity,
    )
    assert cooperation == jnp.float32(p.c_ref)
    assert all(value == 0.0 for value in state)


@settings(max_examples=80, deadline=None)
@given(p=parameters, reciprocity=some.sampled_from([-1.0, 1.0]))
def test_a_chosen_sign_never_lets_hostility_grow_by_itself(p: diplomacy.Parameters, reciprocity: float) -> None:
    of_mexico, of_us = diplomacy.responses(single(p), reciprocity=reciprocity)
    own = 1.0 - jnp.float32(p.a)
    assert bool(diplomacy.dies_out(jnp.float32(p.a), jnp.float32(p.a), own * of_us, own * of_mexico))


@settings(max_examples=60, deadline=None)
@given(p=parameters, done=acts, name=some.sampled_from(["flight_hours", "designated", "accusations", "affront"]))
def test_a_further_affront_never_raises_cooperation(p: diplomacy.Parameters, done: diplomacy.Acts, name: str) -> None:
    worse = done._replace(**{name: 2.0 * getattr(done, name) + 1.0})
    _, usual = step(diplomacy.initial(), single(p), single(done), jnp.float32(0.0))
    _, lower = step(diplomacy.initial(), single(p), single(worse), jnp.float32(0.0))
    assert float(lower) <= float(usual) * (1.0 + 1e-6)
