"""Published results against the model: what must be reproduced is, and what is not says why."""

from __future__ import annotations

import calendar
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.calibration import targets as studies
from counterflow.calibration.bench import NOT_BLOCKED, Bench, as_recorded, weeks
from counterflow.calibration.published import given, targets
from counterflow.calibration.targets import border as border_studies
from counterflow.calibration.targets import leaders as leader_studies
from counterflow.calibration.targets import overdose as overdose_studies
from counterflow.calibration.targets import whole
from counterflow.calibration.targets.border import LIMITS_OF_2024, TERM_OF_2025
from counterflow.calibration.targets.supply import half_life
from counterflow.calibration.verify import DRAWS, outcome, verify
from counterflow.ensemble import planning, run
from counterflow.evidence.store import Store
from counterflow.model import coupling, leaders
from counterflow.strategy.catalogue import levers

ALONE = [name for name, one in targets().items() if one.before_2019 and one.kind in "CF" and one.letter != "A"]


@cache
def bench() -> Bench:
    return Bench(100, 0, Store.open())


@pytest.mark.parametrize("name", [name for name, one in targets().items() if one.kind == "V" and one.band])
def test_what_the_equations_must_give_they_give(name: str) -> None:
    found = outcome(targets()[name], studies.answer(bench(), name))
    assert found.inside, found


@pytest.mark.parametrize("name", [name for name in targets() if name.startswith("A3.7")])
def test_the_refits_say_what_was_published_of_them(name: str) -> None:
    assert outcome(targets()[name], studies.answer(bench(), name)).inside


@pytest.mark.parametrize("name", ALONE)
def test_events_before_2019_are_asked_of_the_mechanisms_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the coupled system was run")

    monkeypatch.setattr(run, "run", refuse)
    values = studies.answer(bench(), name)
    assert np.isfinite(values).all()
    assert values.shape in ((), (100,))


def test_studies_of_the_same_seed_agree_to_the_last_bit() -> None:
    one, other = (Bench(40, 3, Store.open()) for _ in range(2))
    for name in ("B4.1", "D4", "F2.1", "J1.1"):
        assert np.array_equal(studies.answer(one, name), studies.answer(other, name)), name


def test_a_study_is_asked_once() -> None:
    first = studies.answer(bench(), "B1")
    assert studies.answer(bench(), "B1") is first


def test_half_life_is_the_time_from_the_peak_until_half_is_left() -> None:
    weeks = np.arange(200.0)
    assert half_life(1.0 + 2.0 * np.exp2(-weeks / 9.0)) == pytest.approx(9.0, abs=0.05)
    assert half_life(1.0 - 0.5 * np.exp2(-weeks / 30.0)) == pytest.approx(30.0, abs=0.05)
    assert half_life(np.r_[1.0, np.full(50, 2.0)]) == float("inf")


def test_the_levers_of_2025_are_those_of_the_record() -> None:
    entries = as_recorded("recorded", TERM_OF_2025, TERM_OF_2025.replace(month=3)).entries
    first = {one.lever: one for one in reversed(entries)}
    assert first["asylum.restriction"].intensity is not None
    assert first["asylum.restriction"].intensity.central == 0.97
    assert first["interior.arrests"].start.isoformat() == "2025-01-21"
    assert all(one.basis == "record" for one in entries)
    assert not any(one.start < TERM_OF_2025 for one in entries)


def test_every_step_of_early_2025_is_in_and_what_has_no_size_is_not() -> None:
    early = as_recorded("recorded", TERM_OF_2025, date(2025, 3, 1)).entries
    expected = {
        (lever.id, step.start)
        for lever in levers().values()
        if lever.id in planning.LEVERS
        for step in lever.recorded
        if TERM_OF_2025 <= step.start < date(2025, 3, 1)
    }
    assert {(one.lever, one.start) for one in early} == expected
    named = {one.lever for one in early}
    assert {"asylum.restriction", "military.deployment", "designation.terrorist", "interior.arrests"} <= named
    assert not {"asylum.remain_in_mexico", "mexico.migration_enforcement"} & named
    assert weeks(TERM_OF_2025)[0] == np.datetime64("2025-01-13")


def asked_of_coupled(monkeypatch: pytest.MonkeyPatch, module: Any, weekly: float = 7.0) -> list[dict[str, Any]]:
    """Every run is a constant flow; returns what the study asks for."""
    asked: list[dict[str, Any]] = []

    def flat(_: Any, first: date, branches: Any, **how: Any) -> dict[str, np.ndarray]:
        asked.append({"first": first, **how})
        flow = np.full((len(branches), 2, len(weeks(first))), weekly)
        return dict.fromkeys(("encounters", "overdose_deaths", "gotaways_known"), flow)

    monkeypatch.setattr(module, "coupled", flat)
    return asked


def test_months_are_compared_as_they_were_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of_coupled(monkeypatch, border_studies)
    change = border_studies.STUDIES["F4"](bench())
    assert change == pytest.approx(100.0 * (28.0 / 31.0 - 1.0)), "a constant flow gives as many fewer as there are days"


def test_no_court_blocks_what_the_record_shows_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(NOT_BLOCKED) == {name for name, edge in coupling.EDGES.items() if edge.giver == "courts"}
    assert set(NOT_BLOCKED.values()) == {0.0}
    asked = asked_of_coupled(monkeypatch, border_studies)
    for name in ("F3.1", "F4", "F5"):
        border_studies.STUDIES[name](bench())
    assert [one["first"] for one in asked] == [LIMITS_OF_2024, TERM_OF_2025, TERM_OF_2025]
    assert all(one["switches"] == NOT_BLOCKED for one in asked)


def test_the_year_2023_and_the_twelve_months_to_september_2024_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """One death a day, in the run and in the series before it: 366 days against 365."""
    asked = asked_of_coupled(monkeypatch, overdose_studies)
    months = [date(2022 + k // 12, k % 12 + 1, 1) for k in range(30)]
    rows = [SimpleNamespace(date=day, value=float(calendar.monthrange(day.year, day.month)[1])) for day in months]
    quiet = SimpleNamespace(store=SimpleNamespace(observations=lambda _: rows))
    change = overdose_studies.STUDIES["E1"](quiet)  # type: ignore[arg-type]
    assert change == pytest.approx(100.0 * (366.0 / 365.0 - 1.0))
    assert asked[0]["first"] == date(2023, 6, 1)


def central_leaders(**changed: float) -> Any:
    """One draw's parameters, with those of leaders at round values."""
    values = {"A_k": 0.4, "tau_k": 40.0, "A_nb": 0.1, "tau_nb": 26.0, "A0": -0.1, "tau0": 4.0, "kill_x": 1.3}
    values |= {"P_acute": 35.0, "p_split": 0.15, "p_split_lt": 0.02, "A_split": 3.0, "tau_split": 75.0}
    values |= {"share_move": 0.3, "dilution": 0.3, "near_dilution": 0.02, "n_top": 2.0, "x_lead": 0.1}
    values |= {"share_lead": 0.03, **changed}
    return SimpleNamespace(leaders=leaders.Parameters(**{name: jnp.asarray(value) for name, value in values.items()}))


def test_what_follows_a_removal_is_the_ordinary_rise_alone() -> None:
    def rise(**changed: float) -> float:
        return float(leader_studies._affected_place(central_leaders(**changed), 26))

    weeks = np.arange(26)
    expected = 100.0 * (0.4 * np.exp(-weeks / 40.0) - 0.1 * np.exp(-weeks / 4.0)).mean()
    assert rise() == pytest.approx(expected, rel=1e-4)
    assert rise(p_split=0.9, A_split=9.0) == rise(), "no war of a split is added"


def test_nulls_are_those_of_top_leaders_and_lieutenants_by_the_model_s_own_share() -> None:
    uniform = jnp.asarray(np.random.default_rng(0).random(leader_studies.WINDOW), jnp.float32)

    @jax.jit
    def nulls(n_top: jax.Array, A0: jax.Array) -> jax.Array:
        p = central_leaders()
        p.leaders = p.leaders._replace(n_top=n_top, A0=A0)
        return leader_studies._nulls(p, uniform)

    dip = jnp.asarray(-0.1)
    assert float(nulls(jnp.asarray(1e9), dip)) == pytest.approx(0.0, abs=1e-3), "violence rises after top leaders"
    # Eight groups begin with a top leader each; after a first removal all others are lieutenants here.
    assert float(nulls(jnp.asarray(1e-3), dip)) == pytest.approx(100.0 * (25 - 8) / 25, abs=8.1)
    some, more = (float(nulls(jnp.asarray(n), dip)) for n in (4.0, 1.0))
    assert 0.0 < some < more < 100.0
    assert float(nulls(jnp.asarray(1.0), jnp.asarray(0.1))) == 0.0, "without a dip nothing gives a null"


def test_the_figure_for_top_leaders_alone_is_shown() -> None:
    p = jax.tree.map(lambda leaf: leaf[:, None], bench().parameters.leaders)  # (draw, week)
    week = np.arange(9)
    rises = (p.A_k * np.exp(-week / p.tau_k) + p.A0 * np.exp(-week / p.tau0)).mean(axis=1)
    assert f"alone it is {100.0 * float((rises <= 0.0).mean()):.3g}% of draws" in studies.said(bench(), "B5")


def test_the_shares_returned_for_which_the_ratio_lies_in_the_band_are_shown() -> None:
    ratio = float(np.median(studies.answer(bench(), "F7")))
    share = given("repeat_crossers")["returned"]
    shown = studies.said(bench(), "F7")
    assert f"between {100.0 * share * ratio / 5.0:.0f} and {100.0 * share * ratio / 2.0:.0f}%" in shown
    assert "not checked" in shown


def test_only_chance_differs_between_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def caught(_: Any, draws: Any, outputs: Any, **__: Any) -> dict[str, np.ndarray]:
        seen["draws"] = draws
        return {name: np.ones((1, len(draws.intensity), 157)) for name in outputs}

    monkeypatch.setattr(whole, "_held_draws", lambda _: np.arange(whole.HELD))
    monkeypatch.setattr(run, "run", caught)
    assert whole.replicates(bench(), 6).shape == (4, 9, 6)
    a_k = seen["draws"].parameters.leaders.A_k.reshape(9, 6)
    assert (a_k == a_k[:, :1]).all()
    assert len(np.unique(a_k)) == 9
    normal = seen["draws"].scores.normal.reshape(9, 6, -1)
    assert (normal == normal[:1]).all()
    assert len(np.unique(normal[0, :, 0])) == 6


@pytest.mark.slow
def test_chance_averages_out_over_two_hundred_replicates_and_not_over_five() -> None:
    band = targets()["X7.2"].band
    assert band is not None
    runs = whole.replicates(Bench(30, 0, Store.open()), whole.REPLICATES)
    assert band.holds(float(whole.error_of_mean(runs).max()))
    assert not band.holds(float(whole.error_of_mean(runs[:, :, :5]).max()))


@pytest.mark.slow
def test_everything_is_answered_and_what_lies_outside_says_why() -> None:
    found = verify(draws=DRAWS)
    assert [one.target.id for one in found] == list(targets())
    assert all(one.value is not None for one in found)
    assert [one.target.id for one in found if one.inside is False and not one.target.why] == []
