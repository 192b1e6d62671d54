"""What must always hold in courts: shares stay shares, and what is not changed is not touched."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from counterflow.model import courts

LEVERS = len(courts.CONTESTED)
share = some.floats(0.0, 1.0, width=32)
six = some.lists(share, min_size=LEVERS, max_size=LEVERS)
changes = some.lists(some.sampled_from([0.0, -3.0, 1e-6, 5.0]), min_size=LEVERS, max_size=LEVERS)


@settings(max_examples=40, deadline=None)
@given(
    hazards=some.tuples(some.floats(0.0, 3.0, width=32), some.floats(0.0, 3.0, width=32)),
    shares=some.tuples(share, share),
    ordered=changes,
    uniforms=some.lists(six, min_size=6, max_size=6),
    noise=some.sampled_from([0.0, 1.0]),
)
def test_probabilities_stay_between_0_and_1_and_sum_to_no_more(
    hazards: tuple[float, float],
    shares: tuple[float, float],
    ordered: list[float],
    uniforms: list[list[float]],
    noise: float,
) -> None:
    p = courts.Parameters(*(jnp.float32(v) for v in (hazards[0], shares[0], hazards[1], shares[1])))
    state = courts.initial()
    for uniform in uniforms:
        before = state
        state, allowed = courts.step(
            state,
            p,
            ordered=jnp.asarray(ordered, jnp.float32),
            hazard=p.h_inj,
            uniform=jnp.asarray(uniform, jnp.float32),
            noise=jnp.float32(noise),
        )
        blocked, lasting, settled = (np.asarray(value) for value in state)
        assert np.all((allowed >= -1e-6) & (allowed <= 1.0))
        assert np.all(lasting <= blocked + 1e-6)
        assert np.all(blocked + settled <= 1.0 + 1e-5)
        assert np.all(lasting >= np.asarray(before.lasting)), "a block for good stays"
        assert np.all(settled >= np.asarray(before.settled) - 1e-6), "what is settled stays"
        untouched = np.asarray(ordered) == 0.0
        assert np.all(np.asarray(allowed)[untouched] == 1.0)
        if noise:
            assert set(np.unique(np.concatenate([blocked, lasting, settled]))) <= {0.0, 1.0}
