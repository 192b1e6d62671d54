"""What must always hold of guns: none is lost or made, none is negative, more inspection never lets more through."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from counterflow.model import arms

PARAMETERS = some.builds(
    arms.Parameters,
    F_g=some.floats(1e4, 1e6, width=32),
    s_g=some.floats(1 / 65536, 0.25, width=32),
    e_g=some.floats(0.0, 1.0, width=32),
    h_stock=some.floats(0.5, 40.0, width=32),
    det_insp=some.floats(0.0, 16.0, width=32),
    bal=some.floats(0.0, 1.0, width=32),
    x_str=some.floats(0.5, 4.0, width=32),
)
GUNS = some.floats(0.0, 131072.0, width=32)
STEP = jax.jit(arms.step)


def week(stock: float, p: arms.Parameters, demand: float, ordered: float, reference: float) -> arms.Flows:
    table = arms.Parameters(*(jnp.float64(value) for value in p))
    flows = STEP(
        arms.State(jnp.float64(stock)),
        table,
        demand=jnp.float64(demand),
        seized_ordered=jnp.float64(ordered),
        seized_reference=jnp.float64(reference),
    )[1]
    return jax.tree.map(float, flows)  # type: ignore[no-any-return]


@settings(max_examples=150, deadline=None)
@given(
    p=PARAMETERS,
    stock=some.floats(0.0, 16.0, width=32),
    demand=some.floats(0.0, 16.0, width=32),
    ordered=GUNS,
    reference=GUNS,
)
def test_guns_balance_and_none_is_negative(
    p: arms.Parameters, stock: float, demand: float, ordered: float, reference: float
) -> None:
    with jax.enable_x64(True):
        flows = week(stock, p, demand, ordered, reference)
        steady = float(arms.steady_stock(arms.Parameters(*(jnp.float64(value) for value in p))))
    assert np.isclose(flows.departing, flows.seized + flows.arriving, rtol=1e-12)
    assert np.isclose((flows.stock - stock) * steady, flows.arriving - flows.retired, rtol=1e-9, atol=1e-10 * steady)
    assert min(flows.seized, flows.arriving, flows.retired, flows.stock) >= 0.0
    assert np.isfinite(flows.lethality)


@settings(max_examples=100, deadline=None)
@given(p=PARAMETERS, ordered=GUNS, more=GUNS, reference=GUNS)
def test_more_inspection_never_lets_more_guns_arrive(
    p: arms.Parameters, ordered: float, more: float, reference: float
) -> None:
    with jax.enable_x64(True):
        usual, strict = (week(1.0, p, 1.0, value, reference) for value in (ordered, ordered + more))
    assert strict.arriving <= usual.arriving * (1 + 1e-12)
    assert strict.lethality <= usual.lethality * (1 + 1e-12)


@settings(max_examples=100, deadline=None)
@given(p=PARAMETERS, ordered=GUNS)
def test_the_reference_stands_still_bit_for_bit(p: arms.Parameters, ordered: float) -> None:
    table = arms.Parameters(*(jnp.float32(value) for value in p))
    reference = jnp.float32(ordered)
    state, flows = STEP(
        arms.initial(jnp.float32), table, demand=jnp.float32(1.0), seized_ordered=reference, seized_reference=reference
    )
    assert (float(state.stock), float(flows.lethality), float(flows.deterred)) == (1.0, 1.0, 0.0)
