"""What must always hold in the supply of fentanyl."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as some

from counterflow.model import priors, supply

WEEKS = 30
COUNT = len(supply.Parameters._fields)
scores = some.lists(some.floats(-3.5, 3.5), min_size=COUNT, max_size=COUNT)
records = some.lists(some.floats(0.1, 1e4), min_size=len(supply.ROUTES), max_size=len(supply.ROUTES))
weekly = some.fixed_dictionaries(
    {
        "precursors": some.floats(0.0, 2.0),
        "lab_strikes": some.floats(0.0, 30.0),
        "found": some.floats(0.0, 1.0),
        "raids": some.floats(-30.0, 200.0),
        "control": some.floats(-0.5, 1.0),
        "scanning": some.floats(-0.2, 1.0),
        "freed": some.floats(-2.0, 2.0),
        "adaptation": some.sampled_from([0.0, 1.0]),
        "shock": some.floats(-1.0, 1.0),
        "seizure_shock": some.floats(-3.0, 3.0),
        "mix_shock": some.floats(-2.0, 2.0),
        "gross": some.floats(0.2, 5.0),
    }
)


def parameters(score: list[float]) -> supply.Parameters:
    table = priors.load()["supply"]
    values = {
        name: priors.from_score(prior, np.array(z)) for (name, prior), z in zip(table.items(), score, strict=True)
    }
    return supply.Parameters(**{name: jnp.asarray(value, jnp.float64) for name, value in values.items()})


@jax.jit
def _run(p: supply.Parameters, pounds: Any, record: Any, inputs: dict[str, Any]) -> tuple[supply.Reference, Any]:
    at = supply.reference(p, pounds, record)

    def week(state: supply.State, now: Any) -> tuple[supply.State, supply.Flows]:
        return supply.step(state, p, at, **now)

    return at, jax.lax.scan(week, supply.initial(at), inputs)[1]


def run(score: list[float], pounds: float, record: list[float], first: Any, then: Any) -> tuple[Any, Any, Any]:
    """Half of the weeks with the first inputs, half with the others; float64."""
    with jax.enable_x64(True):
        p = parameters(score)
        inputs = {
            name: jnp.where(jnp.arange(WEEKS) < WEEKS // 2, first[name], jnp.asarray(then[name], jnp.float64))
            for name in first
        }
        at, flows = _run(p, jnp.asarray(pounds), jnp.asarray(record, jnp.float64), inputs)
        as_arrays = lambda tree: jax.tree.map(np.asarray, tree)  # noqa: E731
        return as_arrays(p), as_arrays(at), as_arrays(flows)


none = dict.fromkeys(
    ("precursors", "lab_strikes", "found", "raids", "control", "scanning", "freed", "adaptation", "shock"), 0.0
) | {"seizure_shock": 0.0, "mix_shock": 0.0, "gross": 1.0}
shunned = none | {"scanning": 1.0, "freed": 1.0, "adaptation": 1.0}
risky = [{"p_scan": 1.0, "a_free": 3.0, "k_route": 3.5}.get(name, 0.0) for name in supply.Parameters._fields]


@example(risky, 1.0, [1.0] * 12 + [17.0], none, shunned)  # every route's weight falls to next to nothing
@given(scores, some.floats(1.0, 600.0), records, weekly, weekly)
def test_fentanyl_balances_and_nothing_is_negative(
    score: list[float], pounds: float, record: list[float], first: Any, then: Any
) -> None:
    p, at, flows = run(score, pounds, record, first, then)
    stock = np.concatenate([[at.shipped * p.stock_weeks], flows.stock])
    spent = flows.seized_mexico + flows.seized.sum(axis=1) + flows.delivered + np.diff(stock)
    np.testing.assert_allclose(spent, flows.produced, rtol=1e-9, atol=1e-9 * stock.max())
    for name, values in flows._asdict().items():
        assert np.isfinite(values).all(), name
        assert values.min() >= -1e-12 * at.shipped, name


@given(scores, some.floats(1.0, 600.0), records, weekly, some.floats(0.0, 0.9))
def test_fewer_precursors_never_deliver_more_nor_at_a_lower_price(
    score: list[float], pounds: float, record: list[float], now: Any, factor: float
) -> None:
    fewer = now | {"precursors": now["precursors"] * factor}
    _, _, base = run(score, pounds, record, now, now)
    _, _, less = run(score, pounds, record, fewer, fewer)
    assert (less.delivered <= base.delivered * (1 + 1e-9) + 1e-12).all()
    assert (less.produced <= base.produced * (1 + 1e-9) + 1e-12).all()
    assert less.price[0] >= base.price[0] * (1 - 1e-9)


@given(scores, some.floats(1.0, 600.0), records, weekly, some.floats(0.05, 1.0))
def test_scanning_never_lowers_the_share_seized_while_no_flow_is_moved(
    score: list[float], pounds: float, record: list[float], now: Any, more: float
) -> None:
    still = now | {"adaptation": 0.0, "precursors": now["precursors"] + 0.1, "found": 0.0, "raids": 0.0}
    share = []
    for scanning in (now["scanning"], now["scanning"] + more):
        _, _, flows = run(score, pounds, record, still, still | {"scanning": scanning})
        seized = flows.seized.sum(axis=1)
        shipped = seized + flows.delivered  # nothing at all where control takes every precursor
        share.append(np.where(shipped > 0.0, seized / np.maximum(shipped, 1e-300), 0.0))
    assert (share[1] >= share[0] * (1 - 1e-9)).all()
