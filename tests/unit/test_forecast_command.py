"""The commands `forecast` and `backtest`: what they give, what they take their knowledge from, what they refuse."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import fitted_cases
from counterflow.calibration import bundled
from counterflow.calibration.forecasting import backtest as backtesting
from counterflow.calibration.forecasting import command, predicting, weights
from counterflow.cli import forecasts as commands
from counterflow.cli.base import main
from counterflow.ensemble import planning
from counterflow.errors import StrategyError, UsageError
from counterflow.evidence.store import Store
from counterflow.model import history
from counterflow.strategy.schema import Branch, Entry, Range
from forecast_cases import around

COLUMN = planning.LEVERS.index("border.agents")
SERIES = {
    ("usbp_encounters_nationwide", "united_states"),
    ("cbp_encounters_sw", "southwest"),
    ("ice_detained_adp", "Total"),
    ("ice_bookins", "Total"),
    ("overdose_deaths_synthetic_opioids", "united_states"),
    ("cbp_drug_seizures_sw", "OFO:Fentanyl"),
    ("cbp_drug_seizures_sw", "USBP:Fentanyl"),
}
STRATEGY = """
title = "More agents"
date = { start = 2025-06-01, end = 2025-06-01, source = "user", reason = "given" }

[[written]]
lever = "border.agents"
intensity = { low = 25000, central = 26000, high = 27000 }
start = 2025-06-01
start_reason = "stated"
basis = "document"
status = "in_force"
"""


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the model was asked for; it answers 50, every weight is a half, a quarter and a quarter."""
    fitted_cases.bring(monkeypatch, tmp_path / "posteriors")
    calls: list[dict[str, Any]] = []

    def forecast(store: Store, fit: object, origin: date, **settings: Any) -> dict[str, np.ndarray]:
        calls.append({"fit": fit, "origin": origin, **settings})
        return {name: around(50.0, 0.2, settings["horizon"], settings["members"]) for name in predicting.PARTS}

    table = {
        key: {name: np.array([[0.5, 0.25, 0.25], [0.2, 0.4, 0.4]]) for name in predicting.PARTS}
        for key in ("2022-01", "2024-01", weights.ALL)
    }
    monkeypatch.setattr(predicting, "forecast", forecast)
    monkeypatch.setattr(backtesting, "fitted", lambda name: name)
    monkeypatch.setattr(weights, "bundled_weights", lambda: table)
    return calls


def run(*arguments: str) -> Result:
    assert commands.forecast.name in main.commands
    return CliRunner().invoke(main, list(arguments))


# What it gives


def test_every_series_has_quantiles_and_a_weight_for_each_month(asked: list[dict[str, Any]], store: Store) -> None:
    found = command.forecasts(store, "2025-03", months=4, members=50)
    rows = found["forecasts"]
    assert {(row["series_id"], row["geo"]) for row in rows} == SERIES
    assert len(rows) == 4 * len(SERIES)
    assert [row["date"] for row in rows[:4]] == ["2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"]
    for row in rows:
        assert list(row) == ["series_id", "geo", "date", "quantiles", "model_weight"]
        assert list(row["quantiles"]) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
        assert list(row["quantiles"].values()) == sorted(row["quantiles"].values())


def test_the_weight_is_that_of_the_horizon_and_past_the_last_the_lasts(
    asked: list[dict[str, Any]], store: Store
) -> None:
    rows = command.forecasts(store, "2025-03", months=4, members=50)["forecasts"]
    assert [row["model_weight"] for row in rows[:4]] == [0.5, 0.2, 0.2, 0.2]


def test_with_all_weight_on_the_model_its_quantiles_are_given(
    asked: list[dict[str, Any]], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {weights.ALL: {name: np.array([[1.0, 0.0, 0.0]]) for name in predicting.PARTS}}
    monkeypatch.setattr(weights, "bundled_weights", lambda: alone)
    row = command.forecasts(store, "2026-01", months=1, members=1001)["forecasts"][0]
    assert row["quantiles"]["0.5"] == pytest.approx(50.0)
    assert row["quantiles"]["0.95"] == pytest.approx(50 * (1 + 0.2 * 0.9), rel=1e-3)


# What it knows


def test_a_past_origin_uses_what_was_known_then(asked: list[dict[str, Any]], store: Store) -> None:
    found = command.forecasts(store, "2023-06", months=2, members=50)
    assert (found["posterior"], found["weights"], found["known_by"]) == ("2021-01", "2022-01", "2023-06-01")
    assert asked[0]["as_of"] == date(2023, 6, 1)
    assert command.forecasts(store, "2025-12", months=1, members=50)["known_by"] == "2025-12-01"


def test_an_origin_after_all_months_uses_all_of_them(asked: list[dict[str, Any]], store: Store) -> None:
    found = command.forecasts(store, "2026-01", months=2, members=50)
    assert (found["posterior"], found["weights"], found["known_by"]) == ("2026-01", weights.ALL, None)
    assert asked[0]["as_of"] is None


# Strategies


def of_agents(**fields: Any) -> Branch:
    entry = {
        "lever": "border.agents",
        "intensity": Range(low=25000, central=26000, high=27000),
        "start": date(2025, 6, 1),
        "start_reason": "stated",
        "status": "in_force",
        "basis": "document",
    }
    return Branch(id="as_written", title="", description="", entries=(Entry(**{**entry, **fields}),))


def test_a_lever_moves_from_its_start_on_and_others_stay() -> None:
    path = command.levers_of(of_agents(start=date(2026, 3, 2)), date(2026, 1, 1), 6)
    held = history.recorded_paths(np.array(["2025-12-22"], "datetime64[D]"), planning.LEVERS)[0]
    np.testing.assert_array_equal(path[:9, COLUMN], held[COLUMN])  # Mondays from 29 December to 23 February
    np.testing.assert_array_equal(path[9:, COLUMN], 26000.0)
    assert np.isnan(np.delete(path, COLUMN, axis=1)).all()  # as they were


def test_a_measure_that_began_earlier_acts_from_the_first_week() -> None:
    path = command.levers_of(of_agents(), date(2026, 1, 1), 3)
    np.testing.assert_array_equal(path[:, COLUMN], 26000.0)


def test_a_measure_that_is_over_leaves_the_record() -> None:
    path = command.levers_of(of_agents(end=date(2025, 9, 1)), date(2026, 1, 1), 3)
    assert np.isnan(path).all()


def test_the_weeks_are_those_of_the_model() -> None:
    path = command.levers_of(of_agents(), date(2026, 1, 1), 12)
    first = np.datetime64("2025-12-29")
    assert first + 7 * (len(path) - 1) <= np.datetime64("2026-12-31") < first + 7 * len(path)


def test_a_strategy_file_moves_the_model(asked: list[dict[str, Any]], store: Store, tmp_path: Path) -> None:
    path = tmp_path / "agents.toml"
    path.write_text(STRATEGY, encoding="utf-8")
    found = command.forecasts(store, "2026-01", months=3, strategy=path, members=50)
    np.testing.assert_array_equal(asked[0]["levers"][:, COLUMN], 26000.0)
    assert found["strategy"] == "agents.toml, as_on_record"
    assert "know nothing of it" in found["note"]


def test_a_bad_strategy_is_refused_before_anything_is_run(
    asked: list[dict[str, Any]], store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(STRATEGY.replace("border.agents", "border.agent"), encoding="utf-8")
    with pytest.raises(StrategyError, match=r"border\.agent"):
        command.forecasts(store, "2026-01", strategy=path)
    assert not asked


# What it refuses


@pytest.mark.parametrize(
    ("origin", "months", "says"),
    [
        ("2026-1", 12, "YYYY-MM"),
        ("2020-12", 12, "before 2021-01"),
        ("2031-01", 12, "months after the last published one"),
        ("2026-01", 0, "1 to 36 months"),
        ("2026-01", 37, "1 to 36 months"),
    ],
)
def test_what_cannot_be_forecast_is_refused(
    asked: list[dict[str, Any]], store: Store, origin: str, months: int, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        command.forecasts(store, origin, months=months)
    assert not asked


@pytest.mark.parametrize(
    "arguments",
    [
        ("forecast", "--origin", "soon"),
        ("forecast", "--origin", "2026-01", "--months", "0"),
        ("forecast", "--origin", "2026-01", "--months", "37"),
        ("forecast",),
        ("backtest", "--cutoffs", "2020-01"),
        ("backtest", "--cutoffs", "soon"),
        ("backtest", "--horizon", "0"),
        ("backtest", "--out", "/no/such/folder/scores.json"),
    ],
)
def test_errors_are_one_line_with_exit_code_2(asked: list[dict[str, Any]], arguments: tuple[str, ...]) -> None:
    plain, as_json = run(*arguments), run(*arguments, "--json")
    assert (plain.exit_code, as_json.exit_code) == (2, 2)
    assert plain.stdout == ""
    assert len(plain.stderr.strip().splitlines()) == 1
    assert json.loads(as_json.stdout)["error"]["code"] == "usage"


# On the command line


def test_the_command_prints_a_table_or_json(asked: list[dict[str, Any]]) -> None:
    table = run("forecast", "--origin", "2025-03", "--months", "2", "--members", "50")
    assert table.exit_code == 0, table.output
    assert "usbp_encounters_nationwide (united_states)" in table.stdout
    assert "model's weight" in table.stdout
    found = run("forecast", "--origin", "2025-03", "--months", "2", "--members", "50", "--json")
    assert len(json.loads(found.stdout)["forecasts"]) == 2 * len(SERIES)
    again = run("forecast", "--origin", "2025-03", "--months", "2", "--members", "50", "--json")
    assert found.stdout == again.stdout


def test_a_backtest_writes_what_it_prints(
    asked: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtesting, "find_spec", lambda name: None)
    out = tmp_path / "scores.json"
    arguments = ("backtest", "--cutoffs", "2021-02", "--horizon", "2", "--members", "20", "--out", str(out))
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(out.read_text(encoding="utf-8")) == json.loads(found.stdout)
    assert "counterflow: cut-offs: 1 of 1" in found.stderr
    assert {call["conditional"] for call in asked} == {False, True}
    assert all(call["as_of"] == call["origin"] for call in asked)
    text = run(*arguments, "-q")
    assert "statsforecast is not installed" in text.stdout
    assert text.stderr == ""


# With what comes with the package


def test_the_weights_that_come_with_the_package_are_whole() -> None:
    table = weights.bundled_weights()
    assert list(table) == [*(f"{year}-01" for year in range(2021, 2027)), weights.ALL]
    for by_series in table.values():
        assert set(by_series) == set(predicting.PARTS)
        for found in by_series.values():
            assert found.shape == (12, len(backtesting.BLENDED))
            assert (found >= 0).all()
            np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-3)
    for found in table["2021-01"].values():  # nothing had been learned
        np.testing.assert_allclose(found, np.tile(weights.PRIOR, (12, 1)))


@pytest.mark.skipif(not bundled.folders(), reason="no posterior comes with this checkout: the model was NOT run")
def test_the_bundled_posterior_forecasts_and_a_strategy_moves_it(store: Store, tmp_path: Path) -> None:
    now, later = tmp_path / "now.toml", tmp_path / "later.toml"
    now.write_text(STRATEGY.replace("start = 2025-06-01\nstart", "start = 2025-03-01\nstart"), encoding="utf-8")
    later.write_text(STRATEGY, encoding="utf-8")
    plain, again = (command.forecasts(store, "2025-03", months=2, members=40) for _ in range(2))
    assert plain == again
    assert plain["posterior"] == "2025-01"
    moved, still = (
        command.forecasts(store, "2025-03", months=2, members=40, strategy=path)["forecasts"] for path in (now, later)
    )
    assert moved != plain["forecasts"]
    for one, other in zip(still, plain["forecasts"], strict=True):  # it begins in June
        assert one["quantiles"] == pytest.approx(other["quantiles"], rel=1e-4)
    for row in plain["forecasts"]:
        assert 0 < row["quantiles"]["0.05"] <= row["quantiles"]["0.5"] <= row["quantiles"]["0.95"] < 1e6
