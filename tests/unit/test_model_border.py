"""What the border does: repeated trials, expectation, sectors, fees, and what each lever moves."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.model import border
from counterflow.model.priors import Prior, from_score
from oracles import border as oracle

SHARES = np.array([0.133, 0.024, 0.087, 0.195, 0.179, 0.007, 0.193, 0.031, 0.151])  # Border Patrol, 2022-24
SHARES = SHARES / SHARES.sum()
ENCOUNTERS = 12_000.0


def central(**changes: float) -> border.Parameters:
    """Central parameters, some of them changed."""
    raw = tomllib.loads((files("counterflow.model") / "priors" / "border.toml").read_text(encoding="utf-8"))
    values = {name: changes.get(name, raw[name]["central"]) for name in border.Parameters._fields}
    return border.Parameters(**{name: jnp.asarray(value, jnp.float32) for name, value in values.items()})


def weeks(p: border.Parameters, count: int, *, before: float = 0.7, **inputs: Any) -> border.Flows:
    """Flows (week, ...) with constant inputs, from the steady state with the share `before` without asylum."""
    at = jnp.asarray(before, jnp.float32)
    encounters = jnp.asarray(ENCOUNTERS, jnp.float32)
    given = {
        **border.neutral(at),
        "newcomers": border.newcomers_at(p, encounters, at),
        "shares": jnp.asarray(SHARES, jnp.float32),
        "reference_attempts": encounters / p.p_app,
        **{name: jnp.asarray(value, jnp.float32) for name, value in inputs.items()},
    }
    _, flows = jax.lax.scan(
        lambda state, _: border.step(state, p, **given), border.initial(p, encounters, at), length=count
    )
    return flows


def last(p: border.Parameters, **inputs: Any) -> float:
    """Attempts after three years over the reference."""
    return float(weeks(p, 156, **inputs).attempts[-1].sum() / (ENCOUNTERS / p.p_app))


def test_every_parameter_has_a_prior_and_every_prior_a_parameter() -> None:
    raw = tomllib.loads((files("counterflow.model") / "priors" / "border.toml").read_text(encoding="utf-8"))
    assert set(raw) == set(border.Parameters._fields)
    for symbol, fields in raw.items():
        prior = Prior(**fields)
        assert prior.assumed or not prior.source.startswith("judgement"), symbol
        if prior.family != "fixed":
            drawn = from_score(prior, np.array([-1.6448536, 0.0, 1.6448536]))
            np.testing.assert_allclose(drawn, [prior.low, prior.central, prior.high], rtol=1e-5)


def test_nine_sectors_make_up_the_border() -> None:
    where = border.sectors()
    assert where.names[0] == "San Diego"
    assert where.names[8] == "Rio Grande Valley"
    assert where.miles.sum() == pytest.approx(1954)
    assert where.agents.sum() == pytest.approx(1.0)
    assert np.all(where.fenced + where.buildable <= 1.0 + 1e-12)
    assert (where.placement * where.miles).sum() == pytest.approx(1.0)  # a mile built is a mile in some sector
    assert (where.zone * where.miles).sum() == pytest.approx(1.0)


def test_repeated_trials() -> None:
    p, r = jnp.asarray(0.72), jnp.asarray(0.35)
    assert border.attempts_per_person(p, r) == pytest.approx(1.34, rel=0.01)
    assert (1.0 - p) * border.attempts_per_person(p, r) == pytest.approx(0.374, rel=0.01)
    # The same as a sum over trials.
    assert border.attempts_per_person(p, r) == pytest.approx(sum((0.72 * 0.35) ** k for k in range(200)))


def test_the_reference_is_a_steady_state() -> None:
    p = central()
    flows = weeks(p, 60)
    np.testing.assert_allclose(flows.encounters.sum(axis=1), ENCOUNTERS, rtol=1e-6)
    np.testing.assert_allclose(flows.attempts, ENCOUNTERS / p.p_app * SHARES * np.ones((60, 1)), rtol=1e-5)
    assert np.all(flows.fee == p.fee)
    assert np.all(flows.freed < 1e-6)
    gotaways = flows.known.sum(axis=1)
    np.testing.assert_allclose(gotaways / (gotaways + ENCOUNTERS), p.g_share, rtol=1e-5)


def test_closing_asylum_halves_attempts_within_weeks() -> None:
    p = central()
    path = weeks(p, 60, before=0.3, no_asylum=0.7, no_asylum_reference=0.3).newcomers
    fall = 1.0 - np.asarray(path) / path[0] * np.exp(np.log1p(-0.55) * -np.expm1(-1 / 2.5))
    assert fall[-1] == pytest.approx(0.55, abs=1e-3)  # up to x_ann nothing is announced on top
    assert 0.35 < fall[5] < 0.55


def test_closure_beyond_what_was_seen_is_believed_and_then_taken_for_usual() -> None:
    closed = {"no_asylum": 0.97, "no_asylum_reference": 0.7}
    with_belief = np.asarray(weeks(central(), 260, **closed).newcomers)
    without = np.asarray(weeks(central(L_ann=0.0), 260, **closed).newcomers)
    gap = np.log(with_belief / without)
    assert gap.min() < -0.3
    assert gap[-1] > 0.1 * gap.min()  # habit
    assert np.argmin(gap) < 15


def test_an_announcement_alone_works_and_wears_off() -> None:
    path = np.asarray(border.announcement_path(central(), 80, jnp.asarray(0.05)))
    trough = int(path.argmin())
    assert 4 <= trough <= 14
    assert path[trough] < 0.75
    assert path[trough] < path[36] < path[79] < 1.0
    kept = np.asarray(border.announcement_path(central(h_reb=1e6), 80, jnp.asarray(0.05)))
    assert kept[79] == pytest.approx(0.55, abs=0.02)
    two = weeks(central(h_reb=1e6), 80, announcement=1.0)  # announced every week: never more than fully believed
    assert float(two.newcomers[-1] / weeks(central(), 1).newcomers[0]) == pytest.approx(0.55, abs=0.01)


def test_without_consequences_more_come_back() -> None:
    p = central()
    with_penalty = border.reapprehension(p, 1.0)
    assert border.reapprehension(p, 1.0, penalised=0.0) - with_penalty == pytest.approx(0.061, abs=1e-6)
    assert border.reapprehension(p, 1.0, processed=0.0) == pytest.approx(0.72 * 0.6)
    assert border.reapprehension(p, 0.0, processed=0.0) == 0.0
    expelled = weeks(p, 60, processed=0.0)
    assert float(expelled.attempts[-1].sum()) == pytest.approx(
        float(expelled.newcomers[-1]) * float(border.attempts_per_person(p.p_app, 0.7 * p.r_none)), rel=1e-4
    )


def test_a_fence_lowers_its_sector_more_than_the_nation() -> None:
    shares = jnp.asarray(SHARES)
    for sector in range(border.SECTORS):
        fall = border.fence_response(central(), shares, sector)
        assert 0.0 < fall.nation < fall.own
        # Without an effect beside it, the neighbours gain what the fence sends away.
        assert border.fence_response(central(m_adj=0.0), shares, sector).neighbours < 0.0
        assert border.fence_response(central(b_sec=0.0), shares, sector).neighbours > 0.0
    assert border.fence_response(central(m_adj=0.0, b_sec=0.0), shares, 3).own == pytest.approx(0.27, abs=1e-5)


def test_routes_adjust_with_a_lag_and_only_where_they_may() -> None:
    built = {"barrier": 300.0 / 156.0, "zones": 500.0}
    free, fixed = weeks(central(), 156, **built), weeks(central(), 156, **built, adaptation=0.0)
    first, final = free.attempts.sum(axis=1), fixed.attempts.sum(axis=1)
    assert np.all(first > final)
    quick = weeks(central(tau_sec=0.5), 3, zones=500.0).attempts[2].sum()
    assert quick > weeks(central(tau_sec=20.0), 3, zones=500.0).attempts[2].sum()
    # Sectors without zone or fence take up what others lose.
    assert weeks(central(m_adj=0.0), 156, zones=500.0).attempts[-1, 3] > free.attempts[0, 3]


def test_no_more_can_be_fenced_than_is_open() -> None:
    p = central(n_bar=0.999)
    state = border.initial(p, jnp.asarray(ENCOUNTERS), jnp.asarray(0.7))
    inputs = border.neutral(jnp.asarray(0.7)) | {"barrier": jnp.asarray(1e5)}
    flow = {"newcomers": jnp.asarray(1e4), "shares": jnp.asarray(SHARES), "reference_attempts": jnp.asarray(2e4)}
    state, _ = border.step(state, p, **inputs, **flow)
    np.testing.assert_allclose(state.fenced, border.sectors().buildable, rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "lowers"),
    [
        ({"agents_ratio": 2.0}, True),
        ({"mexico_ratio": 2.0}, True),
        ({"mexico_ratio": 0.5}, False),
        ({"interior_ratio": 3.0}, True),
        ({"wage": 0.1}, True),
        ({"wage": -0.1}, False),
        ({"violence": 1.2}, False),
        ({"remain": 650.0}, True),
        ({"troops": 1600.0}, True),
        ({"zones": 300.0}, True),
        ({"barrier": 2.0}, True),
        ({"no_asylum": 0.97, "no_asylum_reference": 0.7}, True),
        ({"no_asylum": 0.3, "no_asylum_reference": 0.7}, False),
    ],
)
def test_direction_of_each_input(change: dict[str, float], lowers: bool) -> None:
    assert (last(central(), **change) < 1.0 - 1e-4) is lowers


def test_responses_of_the_event_studies_are_those_of_the_step() -> None:
    p = central(share_mx=1.0)
    reference = float(weeks(p, 1).newcomers[0])
    moved = float(weeks(p, 1, wage=np.log(0.9)).newcomers[0]) / reference
    assert moved == pytest.approx(float(border.wage_response(p, jnp.log(0.9))), rel=1e-5)
    fee, crossings = border.enforcement_response(p, jnp.asarray(3.0))
    tripled = weeks(p, 1, agents_ratio=3.0)
    assert float(tripled.newcomers[0]) / reference == pytest.approx(float(crossings), rel=1e-5)
    assert float(tripled.fee[0] / p.fee) == pytest.approx(float(fee), rel=1e-5)
    assert fee == pytest.approx(3**0.2, rel=1e-5)


def test_low_flow_raises_the_chance_of_apprehension_and_frees_agents() -> None:
    p = central()
    low = weeks(p, 104, no_asylum=0.97, no_asylum_reference=0.7)
    assert float(low.encounters[-1].sum() / low.attempts[-1].sum()) > float(p.p_app) + 0.01
    assert 0.3 < float(low.freed[-1]) < 1.0


def test_the_chance_of_apprehension_rises_as_the_flow_goes_to_zero_and_only_then() -> None:
    with jax.enable_x64(True):
        p = central()._replace(p_app=jnp.asarray(0.72), p_up=jnp.asarray(0.06))
        relative = np.array([0.0, 1e-9, 0.25, 0.5, 1.0, 1.7, 40.0])
        found = np.asarray(border.apprehension(p, jnp.asarray(relative)))
        np.testing.assert_allclose(found, [0.78, 0.78, 0.765, 0.75, 0.72, 0.72, 0.72], rtol=1e-8)
        plain = [oracle.apprehension({"p_app": 0.72, "p_up": 0.06}, one) for one in relative]
        np.testing.assert_allclose(found, plain, rtol=1e-10)
    assert float(border.apprehension(central(), jnp.asarray(1.0))) == float(central().p_app)
    assert float(border.apprehension(central(p_app=0.9, p_up=0.5), jnp.asarray(0.0))) == pytest.approx(0.99)


def test_gradients_are_finite_at_the_reference_and_at_zero() -> None:
    def total(p: border.Parameters, flow: jax.Array, ratio: jax.Array) -> jax.Array:
        at = jnp.asarray(0.7)
        inputs = border.neutral(at) | {"agents_ratio": ratio, "mexico_ratio": ratio, "violence": ratio}
        state = border.initial(p, flow, at)
        out = jnp.zeros(())
        for _ in range(3):
            state, flows = border.step(
                state,
                p,
                **inputs,
                newcomers=flow,
                shares=jnp.asarray(SHARES),
                reference_attempts=jnp.asarray(2e4),
            )
            out += flows.known.sum() + flows.freed + flows.fee
        return out

    for flow in (0.0, ENCOUNTERS):
        for ratio in (0.0, 1.0):
            slopes = jax.grad(total, argnums=(0, 1, 2))(central(), jnp.asarray(flow), jnp.asarray(ratio))
            assert all(np.isfinite(leaf) for leaf in jax.tree.leaves(slopes))
