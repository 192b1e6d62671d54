"""Months kept inside a run are those of its weeks; what a run breaks on is kept; draws can be replayed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from counterflow.ensemble import planning, run
from counterflow.ensemble.replay import keep, kept_draw, refuse_impossible
from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.errors import ModelError
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.model.outputs import ABOUT
from counterflow.strategy.overrides import ParameterOverride


def plan(first_lever: date = date(2025, 1, 20)) -> planning.Plan:
    return planning.plan((planning.NONE,), first_lever, years=2, seed=0, store=Store.open())


def by_days(weekly: np.ndarray, weeks: np.ndarray, *, mean: bool) -> np.ndarray:
    """(draw, month, ...) from (draw, week, ...), day by day."""
    days = (weeks[:, None] + np.arange(7)).reshape(-1)
    month = (days.astype("datetime64[M]") - days[0].astype("datetime64[M]")).astype(int)
    a_day = np.repeat(weekly / 7.0, 7, axis=1)
    parts = [a_day[:, month == m] for m in range(month[-1] + 1)]
    return np.stack([7.0 * part.mean(axis=1) if mean else part.sum(axis=1) for part in parts], axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("first_lever", [date(2025, 1, 20), date(2024, 6, 5)])
def test_months_are_the_days_of_their_weeks(first_lever: date) -> None:
    at = plan(first_lever)
    drawn = draw(20, 0, planning.LEVERS, len(at.weeks))
    names = ["encounters", "cartel_members", "homicides_by_state", "attempts_by_sector", "cooperation"]
    weekly, monthly = run.run(at, drawn, names), run.run(at, drawn, names, monthly=True)
    for name in names:
        expected = by_days(weekly[name][0].astype(np.float64), at.weeks, mean=ABOUT[name].aggregate == "mean")
        np.testing.assert_allclose(monthly[name][0], expected, rtol=2e-5, err_msg=name)


def test_a_draw_that_breaks_is_named_and_kept_and_leaves_the_others_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFLOW_DATA", str(tmp_path))
    at = plan()
    drawn = draw(20, 0, planning.LEVERS, len(at.weeks))
    intact = run.run(at, drawn, ["encounters"])["encounters"]
    broken = np.array(drawn.parameters.border.fee)
    broken[7] = np.nan
    border = drawn.parameters.border._replace(fee=broken)
    poisoned = drawn._replace(parameters=drawn.parameters._replace(border=border))
    with pytest.raises(ModelError, match="encounters is nan at 2025-01-13") as told:
        run.run(at, poisoned, ["encounters"])
    assert told.value.where == "branch none, draw 7, seed 0"
    kept = tmp_path / "replay" / "seed-0-draw-7.json"
    assert str(kept) in (told.value.hint or "")
    assert np.isnan(run.replay(kept, Store.open(), ["encounters"])["encounters"][0])
    again = kept_draw(kept)[0].parameters
    for mechanism, fields in FIELDS.items():
        for symbol in fields._fields:
            value = getattr(getattr(again, mechanism), symbol)
            drawn_value = np.float32(getattr(getattr(poisoned.parameters, mechanism), symbol)[7])
            assert np.array_equal(value, [drawn_value], equal_nan=True), (mechanism, symbol)
    batch = run.prepare(at, next(run.batches(poisoned))[1])
    values = run.run_batch(batch, at, run.forcing(planning.NONE, next(run.batches(poisoned))[1], at), ["encounters"])[0]
    others = np.arange(20) != 7
    assert np.array_equal(values["encounters"][:20][others], intact[0][others])


def test_a_kept_draw_runs_again_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = plan()
    drawn = draw(20, 0, planning.LEVERS, len(at.weeks))
    intact = run.run(at, drawn, ["encounters", "homicides_by_state"])
    monkeypatch.setenv("COUNTERFLOW_DATA", str(tmp_path))
    store = Store.open()
    path = keep(drawn, 7, planning.NONE, at.recipe, 7)
    again = run.replay(path, store, ["encounters", "homicides_by_state"])
    for name, values in again.items():
        assert np.array_equal(values, intact[name][0, 7]), name


def test_a_file_that_is_no_kept_draw_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="not a draw kept for replay"):
        kept_draw(path)


def test_possible_values_pass() -> None:
    drawn = draw(20, 0, planning.LEVERS, 1)
    times = np.arange("2025-01-13", "2025-02-03", 7, dtype="datetime64[D]")
    refuse_impossible({"hostility_us": np.full((1, 20, 3), -1.0)}, (planning.NONE,), drawn, times, {"seed": 0})
    with pytest.raises(ModelError, match="homicides is"):
        refuse_impossible({"homicides": np.full((1, 20, 3), -1.0)}, (planning.NONE,), drawn, times, {"seed": 0})


def test_fixing_one_of_the_jointly_drawn_parameters_keeps_the_others_in_step() -> None:
    """Theta falls as the square of size: deaths in conflict stay near the record whatever size is fixed."""
    table = priors.load()
    for size in (60_000.0, 300_000.0):
        fixed = priors.with_overrides(table, {"cartels.C0": ParameterOverride(value=size)})
        drawn = draw(200, 0, planning.LEVERS, 1, table=fixed).parameters
        assert (np.float32(size) == drawn.cartels.C0).all()
        _, deaths = run.groups_since_2012(drawn.cartels, np.int32(365), np.int32(600))
        low, high = np.quantile(np.asarray(deaths), [0.05, 0.95])
        assert 60 < low < high < 350, size
