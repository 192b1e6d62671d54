"""What must always hold of the coupled system, over random strategies and draws."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import draw as draw_again
from counterflow.model.outputs import ABOUT
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Campaign, Entry, Range
from system_runs import (
    DRAWS,
    FIRST_LEVER,
    OUTPUTS,
    Results,
    different,
    draws,
    outcome,
    plan,
    prepared,
    recorded,
    store,
    top_of,
)

# Forty strategies in the suite, at a thirtieth of a second each; where a profile looks longer, so do these.
examples = settings(max_examples=max(40, settings.default.max_examples // 10), deadline=None)
WEEKS_PER_YEAR = 365.25 / 7.0
SEEDS = st.integers(0, 5)  # each one is drawn, and taken through the recorded years, once
DELIVERIES = st.none() | st.sampled_from([Range(low=0.2, central=0.5, high=1.0), Range(low=1.0, central=1.0, high=1.0)])
DATES = st.integers(0, 700).map(lambda days: FIRST_LEVER + timedelta(days=days))

PARTS = {
    "attempts_by_sector": "attempts",
    "encounters_by_sector": "encounters",
    "gotaways_by_sector": "gotaways_known",
    "fentanyl_seized_by_route_lb": "fentanyl_seized_border_lb",
    "homicides_by_state": "homicides",
}


@st.composite
def intensities(draw: st.DrawFn, lever: str) -> Range:
    """Anywhere on the lever's scale, its two ends among them; known exactly or not."""
    top = top_of(lever)
    anywhere = st.just(0.0) | st.just(top) | st.floats(0.0, top)
    low, central, high = sorted(draw(st.lists(anywhere, min_size=3, max_size=3)))
    return draw(st.sampled_from([Range(low=low, central=central, high=high), Range(low=high, central=high, high=high)]))


@st.composite
def entries(draw: st.DrawFn, lever: str) -> Entry:
    start = draw(DATES)
    length = draw(st.none() | st.integers(1, 500))
    return Entry(
        lever=lever,
        intensity=draw(intensities(lever)),
        start=start,
        end=start + timedelta(days=length) if length else None,
        delivery=draw(DELIVERIES),
        start_reason="drawn",
        status=draw(st.sampled_from(["in_force", "ordered"])),
        basis="user",
    )


@st.composite
def strategies(draw: st.DrawFn) -> Branch:
    """One to five levers, perhaps beside a campaign of strikes with consent or without."""
    count = draw(st.integers(1, 5))
    moved = draw(st.lists(st.sampled_from(planning.LEVERS), min_size=count, max_size=count, unique=True))
    campaign = st.builds(
        Campaign,
        start=DATES,
        weeks=st.integers(1, 104),
        strikes_per_week=st.floats(0.1, 10.0),
        consent=st.booleans(),
    )
    return Branch(
        id="drawn",
        title="",
        description="",
        entries=tuple(draw(entries(lever)) for lever in moved),
        strikes=draw(st.none() | campaign),
    )


@cache
def without(seed: int) -> Results:
    return outcome(planning.NONE, seed)


def wide(out: Results, *names: str) -> list[np.ndarray]:
    """Outputs in double precision, so that what is left over is the model's rounding alone."""
    return [out[name].astype(np.float64) for name in names]


def of_draws(seed: int, mechanism: str, symbol: str) -> np.ndarray:
    """(draw, 1) a parameter."""
    return np.asarray(getattr(getattr(draws(seed).parameters, mechanism), symbol), np.float64)[:, None]


@examples
@given(strategies(), SEEDS)
def test_no_stock_and_no_flow_is_negative_and_every_value_is_finite(strategy: Branch, seed: int) -> None:
    out = outcome(strategy, seed)
    for name, about in ABOUT.items():
        assert np.isfinite(out[name]).all(), name
        assert about.signed or out[name].min() >= 0.0, name


@examples
@given(strategies(), SEEDS)
def test_sectors_routes_and_states_add_up_to_the_whole(strategy: Branch, seed: int) -> None:
    out = outcome(strategy, seed)
    for parts, whole in PARTS.items():
        np.testing.assert_allclose(out[parts].sum(axis=-1), out[whole], rtol=1e-5, err_msg=parts)


@examples
@given(strategies(), SEEDS)
def test_members_of_groups_balance_every_week(strategy: Branch, seed: int) -> None:
    members, recruits, *lost = wide(
        outcome(strategy, seed),
        "cartel_members",
        "cartel_recruits",
        "cartel_arrests",
        "cartel_deaths",
        "cartel_exits",
        "cartel_struck",
    )
    left = np.diff(members) - (recruits - sum(lost))[:, 1:]
    assert np.abs(left).max() <= 2e-6 * members.max()


@examples
@given(strategies(), SEEDS)
def test_fentanyl_balances_every_week(strategy: Branch, seed: int) -> None:
    produced, stock, *spent = wide(
        outcome(strategy, seed),
        "fentanyl_produced",
        "fentanyl_stock",
        "fentanyl_seized_mexico",
        "fentanyl_seized_border",
        "fentanyl_delivered",
    )
    left = (produced - sum(spent))[:, 1:] - np.diff(stock)
    assert np.abs(left).max() <= 2e-5 * max(stock.max(), produced.max())


@examples
@given(strategies(), SEEDS)
def test_guns_balance_every_week(strategy: Branch, seed: int) -> None:
    departing, seized, arriving, stock = wide(
        outcome(strategy, seed), "guns_departing", "guns_seized", "guns_arriving", "gun_stock"
    )
    np.testing.assert_allclose(seized + arriving, departing, rtol=1e-5)
    # The stock is relative to the one that the reference's arrivals keep constant.
    worn = 1.0 - 0.5 ** (1.0 / (WEEKS_PER_YEAR * of_draws(seed, "arms", "h_stock")))
    usual = of_draws(seed, "arms", "F_g") / WEEKS_PER_YEAR * (1.0 - of_draws(seed, "arms", "s_g"))
    guns = stock * usual / worn
    left = np.diff(guns) - (arriving[:, 1:] - worn * guns[:, :-1])
    assert (np.abs(left) <= 1e-6 * guns[:, 1:]).all()


@examples
@given(strategies(), SEEDS)
def test_people_at_the_border_balance_every_week(strategy: Branch, seed: int) -> None:
    encounters, known, unknown, attempts = wide(
        outcome(strategy, seed), "encounters", "gotaways_known", "gotaways_unknown", "attempts"
    )
    np.testing.assert_allclose(encounters + known + unknown, attempts, rtol=1e-5)


@examples
@given(strategies(), SEEDS)
def test_people_inside_the_country_balance_every_week(strategy: Branch, seed: int) -> None:
    """Those who leave detention are removed or released, and the stock without authorisation takes in whoever got
    through, was let in or was let go."""
    out = outcome(strategy, seed)
    encounters, known, unknown, stock, exits = wide(
        out, "encounters", "gotaways_known", "gotaways_unknown", "unauthorised", "voluntary_exits"
    )
    border, inside, detained, removals, released = wide(
        out, "bookins_border", "bookins_interior", "detained", "removals", "releases"
    )
    removed_detained = (border + inside - released)[:, 1:] - np.diff(detained)
    rounding = 1e-6 * detained.max()
    assert removed_detained.min() >= -rounding
    direct = removals[:, 1:] - removed_detained  # at the border, without detention
    assert direct.min() >= -rounding
    at = prepared(seed).at.interior
    usual, met = np.asarray(at.bookins_border)[:, None], np.asarray(at.encounters)[:, None]
    wanted = np.minimum(usual * (encounters / met) ** of_draws(seed, "interior", "e_book"), encounters)
    turned_away, left = (wanted - border)[:, 1:], (encounters - wanted)[:, 1:]
    assert direct.max() <= left.max() + rounding
    let_in = turned_away + of_draws(seed, "interior", "admit") * (left - direct)
    entered = (known + unknown)[:, 1:] + let_in + of_draws(seed, "interior", "other_in")
    change = entered + (released - inside - exits)[:, 1:]
    assert np.abs(np.diff(stock) - change).max() <= 5e-7 * stock.max()


@examples
@given(strategies(), SEEDS)
def test_branches_are_identical_before_the_branch_s_first_date(strategy: Branch, seed: int) -> None:
    dates = [entry.start for entry in strategy.entries]
    if strategy.strikes:
        dates.append(planning.monday(strategy.strikes.start))
    over = plan(seed).weeks + np.timedelta64(6, "D") < np.datetime64(min(dates))
    assert over[0], "the first week is the one before the strategy"
    assert different(outcome(strategy, seed), without(seed), slice(0, int(over.sum()))) == []


@examples
@given(strategies(), SEEDS)
def test_the_same_inputs_and_seed_give_the_same_bits(strategy: Branch, seed: int) -> None:
    once = outcome(strategy, seed)
    at = planning.plan((planning.NONE,), FIRST_LEVER, years=2, seed=seed, store=store())
    drawn = draw_again(DRAWS, seed, planning.LEVERS, len(at.weeks))
    again, _ = run.run_batch(run.prepare(at, drawn), at, run.forcing(strategy, drawn, at), OUTPUTS)
    assert different(once, again) == []


def nothing(lever: str, start: date, way: str) -> Entry:
    """An entry that moves its lever by nothing: held at the record, changed by zero, or not delivered."""
    zero = Range(low=0.0, central=0.0, high=0.0)
    held = Range(low=recorded(lever), central=recorded(lever), high=recorded(lever))
    size = {"held": {"intensity": held}, "unchanged": {"change": zero}, "undelivered": {"level": 4, "delivery": zero}}
    return Entry(lever=lever, start=start, start_reason="drawn", status="in_force", basis="user", **size[way])


@examples
@given(strategies(), SEEDS, DATES, st.sampled_from(["held", "unchanged", "undelivered"]))
def test_levers_moved_by_nothing_equal_absent_ones_bit_for_bit(
    strategy: Branch, seed: int, start: date, way: str
) -> None:
    moved = {entry.lever for entry in strategy.entries}
    idle = tuple(nothing(lever, start, way) for lever in planning.LEVERS if lever not in moved)
    beside = strategy.model_copy(update={"entries": strategy.entries + idle})
    assert different(outcome(strategy, seed), outcome(beside, seed)) == []


@pytest.mark.parametrize(
    "lever", [lever for lever in planning.LEVERS if levers()[lever].recorded_at(FIRST_LEVER) == 0.0]
)
def test_zero_intensity_of_a_lever_that_stood_at_zero_equals_absent(lever: str) -> None:
    zero = Range(low=0.0, central=0.0, high=0.0)
    held = nothing(lever, FIRST_LEVER, "held").model_copy(update={"intensity": zero})
    strategy = Branch(id="zero", title="", description="", entries=(held,))
    assert different(outcome(strategy), without(0)) == []


def test_the_generator_reaches_zero_the_top_ends_deliveries_and_campaigns() -> None:
    """A property over strategies that are all alike would hold of little."""
    seen: set[str] = set()

    @settings(max_examples=200, deadline=None, database=None)
    @given(strategies())
    def look(strategy: Branch) -> None:
        for entry in strategy.entries:
            assert entry.intensity is not None
            seen.update(["zero"] if entry.intensity.low == 0.0 else [])
            seen.update(["top"] if entry.intensity.high == top_of(entry.lever) else [])
            seen.update(["end"] if entry.end else [])
            seen.update(["delivery"] if entry.delivery else [])
        if strategy.strikes:
            seen.add("consent" if strategy.strikes.consent else "no consent")
        seen.add("many levers" if len(strategy.entries) >= 4 else "few levers")

    look()
    assert seen == {"zero", "top", "end", "delivery", "consent", "no consent", "many levers", "few levers"}
