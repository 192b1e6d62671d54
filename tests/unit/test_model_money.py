"""Money: what moves revenue, what a designation and a tariff do, and the published sums that priors must cover."""

from __future__ import annotations

import tomllib
from functools import partial
from importlib.resources import files

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.model import money
from counterflow.model.priors import Prior, from_score
from oracles import money as oracle

TABLE = tomllib.loads((files("counterflow.model") / "priors" / "money.toml").read_text(encoding="utf-8"))
REFERENCE = {
    "delivered": 1.0,
    "price": 1.0,
    "crossings": 1.0,
    "fee": 1.0,
    "conflict": 1.0,
    "designated": 0.0,
    "tariff": 0.0,
}
UNTOUCHED = ("revenue", "recruitment_revenue", "recruitment_wages", "gun_demand", "contested")


def drawn(count: int, seed: int = 0) -> money.Parameters:
    """(draw,) values of every parameter from its prior."""
    score = np.random.default_rng(seed)
    values = {name: from_score(Prior(**fields), score.standard_normal(count)) for name, fields in TABLE.items()}
    return money.Parameters(**{name: jnp.float32(value) for name, value in values.items()})


def central(**changed: float) -> money.Parameters:
    return money.Parameters(
        **{name: jnp.float32(changed.get(name, TABLE[name]["central"])) for name in money.Parameters._fields}
    )


@partial(jax.jit, static_argnames="weeks")
def run(p: money.Parameters, now: dict[str, jax.Array], weeks: int) -> money.Flows:
    def advance(state: money.State, _: None) -> tuple[money.State, money.Flows]:
        return money.step(state, p, **now)

    flows = jax.lax.scan(advance, money.initial(), None, length=weeks)[1]
    return money.Flows(*(flow[-1] for flow in flows))


def after(p: money.Parameters, weeks: int, **inputs: float) -> money.Flows:
    """Flows of the last of `weeks` weeks with the same inputs."""
    return run(p, {name: jnp.float32(value) for name, value in {**REFERENCE, **inputs}.items()}, weeks)


def test_priors_and_parameters_have_the_same_names() -> None:
    assert set(TABLE) == set(money.Parameters._fields)


def test_at_the_reference_every_factor_is_one_bit_for_bit() -> None:
    flows = jax.vmap(lambda p: after(p, 5))(drawn(300))
    for name in UNTOUCHED:
        assert np.all(np.asarray(getattr(flows, name)) == 1.0), name
    assert np.all(np.asarray(flows.wage) == 0.0)


def test_at_the_reference_a_year_brings_the_revenue_of_the_priors() -> None:
    flows = after(central(R_drug=12.0, R_mig=0.6), 1)
    year = 365.25 / 7.0
    assert float(flows.revenue_drug) * year == pytest.approx(12e9, rel=1e-5)
    assert float(flows.revenue_mig) * year == pytest.approx(0.6e9, rel=1e-5)


def test_only_the_share_of_fentanyl_moves_with_its_deliveries() -> None:
    p = central(share_fent=0.2, R_drug=10.0, R_mig=0.0)
    assert float(after(p, 1, delivered=0.0).revenue) == pytest.approx(0.8, rel=1e-5)
    assert float(after(p, 1, delivered=1.5).revenue) == pytest.approx(1.1, rel=1e-5)


def test_a_rise_of_the_retail_price_is_passed_on_in_part() -> None:
    p = central(share_fent=0.2, R_mig=0.0, k_pass=0.5)
    assert float(after(p, 1, price=4.0).revenue) == pytest.approx(0.8 + 0.2 * 2.0, rel=1e-5)


def test_migrants_bring_crossings_times_fee() -> None:
    flows = after(central(), 1, crossings=0.4, fee=1.5)
    assert float(flows.revenue_mig / after(central(), 1).revenue_mig) == pytest.approx(0.6, rel=1e-5)
    assert flows.revenue_drug == after(central(), 1).revenue_drug


def test_designation_builds_up_as_the_event_study_says_and_is_full_with_six_groups() -> None:
    p = central(L_fto=0.06, c_laund=0.05, tau_fto=26.0)
    lost = 1.0 - float(after(p, 52, designated=6.0).revenue)
    assert lost == pytest.approx(float(money.revenue_lost(p, jnp.float32(6.0), jnp.float32(52.0))), rel=1e-4)
    assert lost == pytest.approx((1.0 - 0.94 * 0.95) * (1.0 - np.exp(-2.0)), rel=1e-4)
    assert after(p, 52, designated=20.0) == after(p, 52, designated=6.0)
    assert after(p, 52, designated=-3.0) == after(p, 52)


def test_designation_takes_less_than_a_tenth_of_revenue() -> None:
    """No effect was found for groups that live off crime (Kelley & Simmons 2020, ch. 9)."""
    lost = money.revenue_lost(drawn(4000), jnp.float32(6.0), jnp.float32(52.0))
    assert np.median(lost) < 0.10


def test_a_tariff_lowers_wages_and_raises_recruitment_by_the_product_of_its_links() -> None:
    p = central(e_tar_gdp=-0.016, e_tar_unc=-0.007, e_w_gdp=0.6, e_rec_w=-0.6)
    flows = after(p, 400, tariff=20.0)
    wage = 0.6 * (-0.016 * 2.0 - 0.007)
    assert float(flows.wage) == pytest.approx(wage, rel=1e-4)
    assert float(flows.recruitment_wages) == pytest.approx(np.exp(-0.6 * wage), rel=1e-5)
    assert float(flows.recruitment_wages) > 1.0
    assert flows.revenue == 1.0


def test_a_tariff_moves_migration_by_the_small_product_that_the_reference_gives() -> None:
    """Ten points: 0.8% (0.1-3%) more crossings of Mexicans by output alone; with the threat somewhat more."""
    p = drawn(4000)
    crossings = 0.8 * p.e_w_gdp * -p.e_tar_gdp
    assert 0.001 <= np.median(crossings) <= 0.03
    wage = jax.vmap(lambda one: after(one, 156, tariff=10.0).wage)(p)
    assert 0.001 <= np.median(-0.8 * wage) <= 0.03


def test_the_pull_on_guns_follows_conflict_and_what_can_be_paid() -> None:
    p = central(share_fent=0.2, R_mig=0.0)
    assert float(after(p, 1, conflict=2.0).gun_demand) == 2.0
    assert float(after(p, 1, conflict=2.0, delivered=0.5).gun_demand) == pytest.approx(1.8, rel=1e-5)


def test_the_prior_of_drug_revenue_covers_both_published_sums() -> None:
    """RAND 2010: marijuana, 1.5bn, is 15-26% of export revenue; the official figure is 19-29bn."""
    implied = money.implied_revenue(1.5, np.array([0.26, 0.15]))
    assert implied == pytest.approx([5.8, 10.0], abs=0.05)
    prior = Prior(**TABLE["R_drug"])
    assert prior.low is not None
    assert prior.high is not None
    assert prior.low <= implied[0]
    assert prior.high >= 29.0


def test_groups_take_a_share_of_what_migrants_pay_within_the_published_band() -> None:
    share = np.asarray(money.migrant_share(drawn(4000)))
    assert 0.01 <= np.median(share) <= 0.30
    assert share.max() <= 1.0


def test_the_wage_bill_of_the_published_groups_is_below_revenue() -> None:
    """175,000 members at 13,000 USD a year: 2.3bn, of 12.6."""
    assert float(money.wage_bill(central(), jnp.float32(175_000.0))) == pytest.approx(2.28 / 12.6, rel=0.02)


@pytest.mark.parametrize("inputs", [{}, {"delivered": 0.0, "price": 0.0}, {"crossings": 0.0, "conflict": 0.0}])
def test_gradients_are_finite_also_where_flows_are_zero(inputs: dict[str, float]) -> None:
    def total(p: money.Parameters, now: dict[str, jax.Array]) -> jax.Array:
        _, flows = money.step(money.initial(), p, **now)
        return flows.revenue + flows.recruitment_revenue + flows.recruitment_wages + flows.gun_demand + flows.wage

    now = {name: jnp.float32(value) for name, value in {**REFERENCE, **inputs}.items()}
    by_parameter, by_input = jax.jit(jax.grad(total, argnums=(0, 1)))(central(), now)
    assert np.isfinite(np.array(by_parameter)).all()
    assert np.isfinite(list(by_input.values())).all()


def test_the_step_agrees_with_plain_floats() -> None:
    random = np.random.default_rng(4)
    draws = {name: np.asarray(value, np.float64) for name, value in drawn(150, seed=2)._asdict().items()}
    with jax.enable_x64(True):
        step = jax.jit(money.step)
        for row in range(150):
            p = {name: float(value[row]) for name, value in draws.items()}
            now = {
                name: float(random.uniform(0.2, 3.0)) for name in ("delivered", "price", "crossings", "fee", "conflict")
            }
            now |= {"designated": float(random.uniform(-2, 12)), "tariff": float(random.uniform(-5, 30))}
            state = {"usable": float(random.uniform(0.7, 1.0)), "wage": float(random.normal(0.0, 0.05))}
            following, flows = oracle.step(state, p, now)
            got, moved = step(money.State(**state), money.Parameters(**p), **now)
            assert got._asdict() == pytest.approx(following, rel=1e-10, abs=1e-14)
            assert moved._asdict() == pytest.approx(flows, rel=1e-10, abs=1e-14)
