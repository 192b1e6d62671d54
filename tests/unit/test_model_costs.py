"""What levers cost the US treasury: priced once, in the lever's own unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.errors import StrategyError
from counterflow.model.costs import costs, treasury_cost, treasury_spread, unpriced
from counterflow.strategy.catalogue import levers

PRICED = sorted({cost.lever for cost in costs() if cost.counted})
YEAR = 365.25 / 7  # weeks
ONE = np.ones((1, 52))


def central(lever: str, change: float) -> float:
    """USD in a week in which the lever stands at `change`, not counting what is bought on the way there."""
    return float(treasury_cost(lever, np.full((1, 2), change))[0, 1])


def test_every_lever_of_the_united_states_has_a_price_or_says_why_not() -> None:
    own = {name for name, of in levers().items() if of.actor == "US"}
    assert set(PRICED) | set(unpriced()) == own
    assert not set(PRICED) & set(unpriced())
    for name in unpriced():
        assert not treasury_cost(name, ONE).any()


def test_what_mexico_pays_is_listed_and_not_counted() -> None:
    paid = {cost.lever for cost in costs() if cost.payer == "MX"}
    assert paid == {"mexico.arrests", "prevention.recruitment"}
    assert not treasury_cost("mexico.arrests", ONE).any()


def test_prices_have_a_source_and_a_grade_that_fits() -> None:
    for cost in costs():
        assert cost.source
        assert cost.assumed == (cost.grade == "D"), cost.id
        assert cost.conversion is None or cost.conversion.assumed == (cost.conversion.grade == "D"), cost.id


@pytest.mark.parametrize(
    ("lever", "change", "a_year"),
    [
        ("border.agents", 1000, 225e6),  # agents x USD a year
        ("military.deployment", 1500, 1500 * 17000 * 12),  # troops x USD a month
        ("interior.detention", 10_000, 10_000 * 175 * 365.25),  # beds x USD a day
        ("interior.removal", 100_000, 100_000 * 2600),  # removals a year x USD
        ("border.barrier", 100, 100 * 19.5e6),  # miles a year x USD
        ("interior.arrests", 100, 100 * 18.9 * 200_000),  # arrests a day x officers x USD a year
        ("military.surveillance", 168, 168 * 12_000 * YEAR),  # hours a week x USD
        ("military.strike_lab", 2, 2e6 * YEAR),  # strikes a week x USD
        ("trade.tariff", 10, -45e9),  # points x USD a year: revenue
        ("health.treatment_naloxone", 0.1, 0.1 * 6e6 * 5000),  # share x people x USD a year
    ],
)
def test_a_year_of_a_lever_costs_what_its_unit_says(lever: str, change: float, a_year: float) -> None:
    assert central(lever, change) * YEAR == pytest.approx(a_year, rel=1e-9)


def test_scanners_are_bought_once_and_run_from_then_on() -> None:
    share = np.array([[0.0, 0.1, 0.1, 0.0, 0.1, 0.2]])
    paid = treasury_cost("drugs.port_scanning", share)[0]
    bought, running = 0.1 * 400 * 5e6, 0.1 * 400 * 625_000 / YEAR
    assert paid == pytest.approx([0, bought + running, running, 0, running, bought + 2 * running])


def test_local_officers_are_refunded_from_october_2025_on() -> None:
    weeks = np.array(["2025-09-22", "2025-09-29", "2025-10-06"], "datetime64[D]")
    paid = treasury_cost("interior.local_cooperation", np.full((1, 3), 100.0), 0.5, weeks)[0]
    full = 100 * 10 * 100_000 / YEAR
    assert paid == pytest.approx([0.0, full * 5 / 7, full])  # 1 October was a Wednesday


@pytest.mark.parametrize("lever", PRICED)
def test_a_lever_at_its_recorded_path_costs_nothing(lever: str) -> None:
    assert not treasury_cost(lever, np.zeros((3, 20)), np.array([0.0, 0.5, 1.0])).any()


@given(st.sampled_from(PRICED), st.floats(-5.0, 5.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_costs_lie_between_their_ends_and_rise_with_the_price(lever: str, change: float, u: float, v: float) -> None:
    path = np.full((2, 4), change)
    low, _, high = treasury_spread(lever, path)
    paid = treasury_cost(lever, path, np.array([u, v]))
    slack = 1e-9 * (1 + np.abs(low) + np.abs(high))
    assert (paid >= low - slack).all()
    assert (paid <= high + slack).all()
    if change > 0 and u < v:
        assert (paid[0] <= paid[1] + slack[0]).all()


def test_each_draw_has_its_own_price_and_path() -> None:
    change = np.array([[100.0, 200.0], [300.0, 400.0]])
    paid = treasury_cost("interior.detention", change, np.array([0.0, 1.0]))
    assert paid == pytest.approx(change * np.array([[150.0], [195.0]]) * 7)


def test_a_removal_is_priced_by_its_transport_alone() -> None:
    counted = [cost.id for cost in costs() if cost.lever == "interior.removal" and cost.counted]
    assert counted == ["removal_transport"]
    agents = [cost.id for cost in costs() if cost.lever == "border.agents" and cost.counted]
    assert agents == ["agent_year"]


def test_an_unknown_lever_is_refused() -> None:
    with pytest.raises(StrategyError, match=r"Did you mean border\.agents"):
        treasury_cost("border.agent", ONE)
