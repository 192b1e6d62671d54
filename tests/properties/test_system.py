"""What must always hold in the coupled system."""

from __future__ import annotations

from datetime import date
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterflow.ensemble import run
from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.evidence.store import Store
from counterflow.model import border, priors, system
from counterflow.model.conditions import conditions
from counterflow.model.outputs import ABOUT, Outputs
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Campaign, Entry, Range

FIRST_LEVER = date(2025, 1, 20)
OUTPUTS = list(ABOUT)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


def entry(lever: str, low: float, central: float, high: float, start: date = FIRST_LEVER) -> Entry:
    return Entry(
        lever=lever,
        intensity=Range(low=low, central=central, high=high),
        start=start,
        start_reason="test",
        status="in_force",
        basis="user",
    )


def branch(*entries: Entry, name: str = "tested", strikes: Campaign | None = None) -> Branch:
    return Branch(id=name, title=name, description="", entries=entries, strikes=strikes)


def results(
    store: Store, *branches: Branch, draws: int = 30, seed: int = 0, with_noise: bool = True
) -> dict[str, np.ndarray]:
    at = run.plan((branch(name="none"), *branches), FIRST_LEVER, years=2, seed=seed, store=store)
    drawn = draw(draws, seed, run.LEVERS, len(at.weeks))
    return dict(run.run(at, drawn, OUTPUTS, with_noise=with_noise))


def top_of(lever: str) -> float:
    return levers()[lever].level_range(4).high


everything = tuple(entry(lever, 0.0, top_of(lever) / 2, top_of(lever)) for lever in run.LEVERS)
heavy = Campaign(start=date(2025, 3, 3), weeks=60, strikes_per_week=10, consent=False)


@pytest.fixture(scope="module")
def pushed(store: Store) -> dict[str, np.ndarray]:
    return results(store, branch(*everything, strikes=heavy))


def test_draws_from_the_far_tails_of_the_priors_stay_finite(store: Store) -> None:
    at = run.plan((branch(*everything, strikes=heavy),), FIRST_LEVER, years=2, seed=5, store=store)
    drawn = draw(3000, 5, run.LEVERS, len(at.weeks))
    assert drawn.parameters.border.tau_asy.min() < 0.5, "the tails hold adjustment within days"
    run.run(at, drawn, OUTPUTS)  # raises where a value is not finite


def test_stocks_and_flows_are_never_negative(pushed: dict[str, np.ndarray]) -> None:
    signed = {"hostility_us", "hostility_mexico"}
    for name in set(OUTPUTS) - signed:
        assert pushed[name].min() >= 0.0, name


def test_fentanyl_balances_every_week(pushed: dict[str, np.ndarray]) -> None:
    out = {name: values.astype(np.float64) for name, values in pushed.items()}
    spent = out["fentanyl_seized_mexico"] + out["fentanyl_seized_border"] + out["fentanyl_delivered"]
    change = np.diff(out["fentanyl_stock"], axis=2)
    left = out["fentanyl_produced"][:, :, 1:] - spent[:, :, 1:] - change
    assert np.abs(left).max() <= 2e-5 * out["fentanyl_stock"].max()


def test_members_of_groups_balance_every_week(pushed: dict[str, np.ndarray]) -> None:
    out = {name: values.astype(np.float64) for name, values in pushed.items()}
    gain = out["cartel_recruits"] - out["cartel_arrests"] - out["cartel_deaths"] - out["cartel_exits"]
    left = np.diff(out["cartel_members"], axis=2) - gain[:, :, 1:]
    assert np.abs(left).max() <= 2e-6 * out["cartel_members"].max()


def test_people_balance_every_week(pushed: dict[str, np.ndarray]) -> None:
    out = pushed
    through = out["gotaways_known"] + out["gotaways_unknown"]
    np.testing.assert_allclose(out["encounters"] + through, out["attempts"], rtol=1e-5)


def test_the_same_seed_gives_the_same_bits(store: Store) -> None:
    once, again = (results(store, branch(*everything, strikes=heavy)) for _ in range(2))
    for name in OUTPUTS:
        assert np.array_equal(once[name], again[name]), name


def test_another_seed_gives_other_numbers(store: Store) -> None:
    one, other = (results(store, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one["homicides"], other["homicides"])


def test_a_draw_is_the_same_however_many_are_run(store: Store) -> None:
    few, many = (results(store, branch(*everything), draws=count) for count in (20, 260))
    for name in OUTPUTS:
        assert np.array_equal(few[name], many[name][:, :20]), name


def test_levers_held_at_their_recorded_path_equal_no_levers_bit_for_bit(store: Store) -> None:
    recorded = {lever: levers()[lever].recorded_at(date(2025, 1, 13)) for lever in run.LEVERS}
    held = branch(*(entry(lever, value, value, value) for lever, value in recorded.items()))
    out = results(store, held)
    for name in OUTPUTS:
        assert np.array_equal(out[name][0], out[name][1]), name


@settings(max_examples=8, deadline=None)
@given(lever=some.sampled_from(run.LEVERS), week=some.integers(10, 90), share=some.floats(0.05, 1.0))
def test_a_lever_changes_nothing_before_its_date(lever: str, week: int, share: float) -> None:
    start = date.fromordinal(FIRST_LEVER.toordinal() + 7 * week)
    size = share * top_of(lever)
    out = results(Store.open(), branch(entry(lever, size, size, size, start)), draws=20)
    for name in OUTPUTS:
        assert np.array_equal(out[name][0, :, : week + 1], out[name][1, :, : week + 1]), name


@pytest.mark.parametrize("lever", run.LEVERS)
def test_every_lever_moves_an_output(lever: str, store: Store) -> None:
    out = results(store, branch(entry(lever, *[top_of(lever)] * 3)), draws=20, with_noise=False)
    assert any(not np.array_equal(out[name][0], out[name][1]) for name in OUTPUTS)


def test_strikes_act_with_and_without_consent_and_differ(store: Store) -> None:
    willing = heavy.model_copy(update={"consent": True})
    out = results(store, branch(strikes=heavy), branch(strikes=willing, name="consent"))
    assert (out["civilian_harm"][1] == out["civilian_harm"][2]).all()
    assert out["cooperation"][1, :, 60].mean() < out["cooperation"][2, :, 60].mean()
    assert (out["homicides"][1] != out["homicides"][2]).any()


OPPOSING = {"anticipation": ("strikes", "D_ant"), "scarcity violence": ("homicide", "e_vio"),
            "hits": ("strikes", "p_hit"), "response": ("diplomacy", "b_MU")}  # fmt: skip


@pytest.mark.parametrize("channel", OPPOSING)
def test_turning_off_an_opposing_channel_changes_the_outcome_of_strikes(channel: str, store: Store) -> None:
    strikes = heavy.model_copy(update={"consent": channel == "anticipation"})
    at = run.plan((branch(strikes=strikes),), FIRST_LEVER, years=2, seed=0, store=store)
    base, cut = (
        run.run(at, draw(20, 0, run.LEVERS, len(at.weeks), fixed=fixed), OUTPUTS)
        for fixed in ({}, {OPPOSING[channel]: 1e-9})
    )
    assert not np.array_equal(base["homicides"], cut["homicides"]) or not np.array_equal(
        base["cooperation"], cut["cooperation"]
    )


def test_without_levers_the_next_twelve_weeks_stay_near_the_recent_trend(store: Store) -> None:
    """Within 15% of the mean of the last 26 weeks with its season, in the median over draws."""
    at = run.plan((branch(name="none"),), FIRST_LEVER, years=2, seed=0, store=store)
    out = run.run(at, draw(250, 0, run.LEVERS, len(at.weeks)), OUTPUTS)
    month = (at.weeks[1:13] + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12
    for name, anchor in (
        ("encounters", at.observed.encounters),
        ("homicides", at.observed.homicides),
        ("overdose_deaths", at.observed.deaths),
    ):
        median = np.median(out[name][0][:, 1:13], axis=0)
        np.testing.assert_allclose(median, anchor.level * anchor.season[month], rtol=0.15, err_msg=name)


def gradient_of(store: Store) -> dict[tuple[str, str], float]:
    at = run.plan((branch(*everything, strikes=heavy),), FIRST_LEVER, years=4, seed=0, store=store)
    drawn = draw(1, 3, run.LEVERS, len(at.weeks))
    one = jax.tree.map(lambda leaf: jnp.asarray(leaf[0], jnp.float32), drawn)
    recorded = jnp.asarray(run.recorded_levels(at))
    given_ = run.forcing(at.branches[0], drawn, at)
    forcing = given_._replace(levers=given_.levers[0])
    observed = jax.tree.map(lambda leaf: leaf[0], run.prepare(at, drawn).begin.observed)
    members, deaths = run.groups_since_2012(
        jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float32), drawn.parameters.cartels), jnp.int32(680)
    )

    def loss(parameters: system.Parameters) -> Any:
        begin = system.start_from(parameters, members[0], deaths[0], observed, recorded)
        out: Outputs = system.run(parameters, begin, recorded, forcing, one.scores, jnp.float32(0.0))
        return sum(jnp.log1p(jnp.abs(getattr(out, name))).mean() for name in OUTPUTS)

    slope = jax.grad(loss)(one.parameters)
    return {
        (mechanism, symbol): float(getattr(getattr(slope, mechanism), symbol))
        for mechanism in system.Parameters._fields
        for symbol in FIELDS[mechanism]._fields
    }


def test_without_noise_the_run_is_differentiable_in_every_parameter(store: Store) -> None:
    slopes = gradient_of(store)
    assert all(np.isfinite(slope) for slope in slopes.values()), slopes
    assert sum(slope != 0.0 for slope in slopes.values()) > 0.6 * len(slopes)


# Mechanisms on their own.


def constant(mechanism: str) -> Any:
    table = priors.load()[mechanism]  # type: ignore[index]
    return FIELDS[mechanism](*(jnp.float32(table[symbol].central) for symbol in FIELDS[mechanism]._fields))


@pytest.mark.parametrize(("p", "r"), [(0.72, 0.35), (0.55, 0.5), (0.85, 0.2)])
def test_repeated_trials_give_the_analytic_number_of_attempts(p: float, r: float) -> None:
    """Expected attempts 1 / (1 - p r), eventual entry (1 - p) / (1 - p r), where all who are stopped are returned."""
    parameters = constant("border")._replace(p_app=jnp.float32(p), r_retry=jnp.float32(r), p_up=jnp.float32(0.0))
    one = jnp.float32(1.0)
    newcomers = border.newcomers_at(parameters, jnp.float32(1000.0), one)
    state = border.initial(parameters, jnp.float32(1000.0), one)
    for _ in range(60):
        state, flows = border.step(
            state,
            parameters,
            newcomers=newcomers,
            reference_attempts=jnp.float32(1000.0 / p),
            no_asylum=one,
            no_asylum_recorded=one,
            remain=0.0 * one,
            agents_ratio=one,
            troops=0.0 * one,
            mexico_ratio=one,
        )
    assert float(flows.attempts / newcomers) == pytest.approx(1 / (1 - p * r), rel=0.01)
    through = float((flows.gotaways_known + flows.gotaways_unknown) / newcomers)
    assert through == pytest.approx((1 - p) / (1 - p * r), rel=0.01)


@settings(max_examples=60, deadline=None)
@given(a=some.floats(0.05, 0.98), one=some.floats(-0.5, 0.5), other=some.floats(-0.5, 0.5))
def test_hostility_dies_out_if_and_only_if_richardsons_condition_holds(a: float, one: float, other: float) -> None:
    """The weekly coefficients are b (1 - a) / (1 - a_ref), so the condition does not depend on a."""
    reference = 0.8
    long_run = (1 - a) / (1 - reference)
    largest = max(np.linalg.eigvals(np.array([[a, one * long_run], [other * long_run, a]])).real)
    values = {("diplomacy", "a_ref"): np.array(reference), ("diplomacy", "b_UM"): np.array(one)}
    stable = bool(CONDITIONS["hostility"].holds(values | {("diplomacy", "b_MU"): np.array(other)}))
    if abs(largest - 1.0) > 1e-6:
        assert stable == (largest < 1.0)


CONDITIONS = {condition.name: condition for condition in conditions()}


@pytest.mark.parametrize("name", CONDITIONS)
def test_all_draws_meet_the_joint_conditions(name: str) -> None:
    drawn = draw(2000, 1, run.LEVERS, 1).parameters
    keys = [(mechanism, symbol) for mechanism in drawn._fields for symbol in getattr(drawn, mechanism)._fields]
    values = {key: np.asarray(getattr(getattr(drawn, key[0]), key[1]), np.float64) for key in keys}
    missed = ~CONDITIONS[name].holds(values)
    assert missed.mean() <= 0.001, "single precision may leave a draw at the edge"
