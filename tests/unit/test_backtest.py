"""Backtests see what was known at the time and nothing later, learn weights from it, and say what loses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import fitted_cases
from counterflow.calibration.forecasting import backtest as backtesting
from counterflow.calibration.forecasting import command, listing, predicting, skill, weights
from counterflow.calibration.forecasting.backtest import BLEND, BLENDED, MODEL
from counterflow.calibration.forecasting.rules import RULES
from counterflow.errors import EvidenceError, UsageError
from counterflow.evidence.store import Store
from forecast_cases import HORIZON, MEMBERS, around, made, month, persistent, series


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


@pytest.fixture
def posteriors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted_cases.bring(monkeypatch, tmp_path / "posteriors")


# Months and cut-offs


@pytest.mark.parametrize("text", ["2024", "2024-13", "2024-00", "2024-1", "24-01", "0000-01", "2024-01-01", "", "now"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM"):
        backtesting.month(text)


def test_cutoffs_come_in_order(posteriors: None) -> None:
    assert backtesting.cutoffs_of("2024-01, 2021-06", date(2025, 12, 1)) == (date(2021, 6, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2020-12", "before 2021-01"),
        ("2024-01,2024-01", "named twice"),
        ("2026-01", "nothing is published"),
        ("2024-01,", "YYYY-MM"),
    ],
)
def test_cutoffs_that_cannot_be_scored_are_refused(posteriors: None, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        backtesting.cutoffs_of(text, date(2025, 12, 1))


def test_an_origin_takes_the_posterior_of_the_latest_january(posteriors: None) -> None:
    assert backtesting.known_at(date(2021, 1, 1)) == "2021-01"
    assert backtesting.known_at(date(2024, 12, 1)) == "2024-01"


# What forecasts are made from


def test_rules_get_what_was_published_by_the_origin(store: Store) -> None:
    origin = date(2024, 1, 1)
    [one] = backtesting.made(
        store, persistent(store, HORIZON, MEMBERS), origin, horizon=HORIZON, names=["encounters"], members=MEMBERS
    )
    known = predicting.actual(store, "encounters", before=origin, as_of=origin)
    assert known.months[-1] < month("2023-12")  # December came out later
    for name, rule in RULES.items():
        np.testing.assert_array_equal(one.samples[name], rule(known, month("2024-01"), HORIZON, MEMBERS, 0))
    assert one.scale == pytest.approx(known.values[-12:].mean())


def test_a_rule_that_cannot_be_formed_is_told() -> None:
    known = series("short", "2020-01", [1.0, 2.0, 3.0])
    samples, missing = backtesting.by_rules(known, month("2020-05"), 2, RULES, 10, 0)
    assert samples == {}
    assert set(missing) == set(RULES)


def test_scores_are_divided_by_the_last_year() -> None:
    assert backtesting.scale_of(series("a", "2020-01", [1000.0, *[1.0] * 11, 0.0])) == pytest.approx(11 / 12)
    assert backtesting.scale_of(series("a", "2020-01", [5.0, np.nan, 7.0])) == 6.0


@pytest.mark.parametrize("values", [[], [np.nan], [0.0, 0.0]])
def test_without_a_month_above_zero_there_is_no_scale(values: list[float]) -> None:
    with pytest.raises(EvidenceError, match="no month"):
        backtesting.scale_of(series("a", "2020-01", values))


def test_months_that_are_not_published_have_no_value() -> None:
    found = backtesting.at_months(series("a", "2020-02", [5.0, 6.0]), month("2020-01"), 4)
    np.testing.assert_array_equal(found, [np.nan, 5.0, 6.0, np.nan])


# Weights


def right_and_wrong(origin: str) -> backtesting.Made:
    return made("a", origin, model=around(100.0), persistence=around(160.0), seasonal_persistence=around(40.0))


def test_weights_go_to_what_was_right() -> None:
    learning = weights.Learning([right_and_wrong(f"2021-{number:02}") for number in range(1, 13)])
    found = learning.weights({"a": series("a", "2021-01", [100.0] * 12)}, date(2022, 1, 1), HORIZON)["a"]
    assert found.shape == (HORIZON, len(BLENDED))
    assert (found[:, 0] > weights.PRIOR[0] + 0.2).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_without_outcomes_weights_are_the_prior() -> None:
    learning = weights.Learning([right_and_wrong("2021-01")])
    for known in (series("a", "2020-01", [100.0] * 12), series("a", "2021-01", [np.nan] * 3)):
        found = learning.weights({"a": known}, date(2022, 1, 1), HORIZON)["a"]
        np.testing.assert_allclose(found, np.tile(weights.PRIOR, (HORIZON, 1)))


def test_forecasts_from_the_cutoff_on_teach_it_nothing() -> None:
    known = {"a": series("a", "2021-01", [100.0] * 12)}
    learning = weights.Learning([right_and_wrong("2021-01"), right_and_wrong("2021-06")])
    alone = weights.Learning([right_and_wrong("2021-01")])
    cutoff = date(2021, 6, 1)
    np.testing.assert_array_equal(learning.weights(known, cutoff, 2)["a"], alone.weights(known, cutoff, 2)["a"])


def test_a_revised_outcome_is_scored_anew() -> None:
    learning = weights.Learning([right_and_wrong("2021-01")])
    first = learning.weights({"a": series("a", "2021-01", [100.0])}, date(2021, 3, 1), 1)["a"]
    revised = learning.weights({"a": series("a", "2021-01", [160.0])}, date(2021, 4, 1), 1)["a"]
    assert first[0, 0] > weights.PRIOR[0] > revised[0, 0]


def test_a_component_that_is_missing_has_no_part_in_the_blend() -> None:
    one = made("a", "2021-01", model=around(100.0), persistence=around(200.0))
    found = weights.blended(one, np.array([[0.5, 0.0, 0.5]])).samples[BLEND]
    np.testing.assert_allclose(np.sort(found, axis=0), around(100.0))


def test_weights_are_read_as_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"2022-01": {"a": np.array([[0.5, 0.25, 0.25]])}, weights.ALL: {"a": np.array([[1.0, 0.0, 0.0]])}}
    (tmp_path / weights.FILE).write_text(weights.as_written(table, {"seed": 0}), encoding="utf-8")
    monkeypatch.setattr(weights, "files", lambda package: tmp_path)
    weights.bundled_weights.cache_clear()
    try:
        assert weights.learned_by(None)[0] == weights.ALL
        name, found = weights.learned_by(date(2023, 6, 1))
        assert name == "2022-01"
        np.testing.assert_array_equal(found["a"], [[0.5, 0.25, 0.25]])
        assert weights.learned_by(date(2021, 6, 1))[0] == "prior"
        (tmp_path / weights.FILE).write_text("{}", encoding="utf-8")
        weights.bundled_weights.cache_clear()
        with pytest.raises(EvidenceError, match="cannot be read"):
            weights.bundled_weights()
    finally:
        weights.bundled_weights.cache_clear()


# Scores


def scores_of(**samples: np.ndarray) -> list[skill.Score]:
    every = [made("a", f"202{year}-01", **samples) for year in range(1, 4)]
    return skill.scored(every, {"a": series("a", "2021-01", [100.0] * 36)})


def test_only_published_months_are_scored() -> None:
    found = skill.scored([made("a", "2021-01", model=around(100.0))], {"a": series("a", "2021-01", [100.0])})
    assert [(one.step, one.inside_50, one.inside_90) for one in found] == [(1, True, True)]
    assert found[0].scaled == pytest.approx(found[0].crps / 100.0)


def test_the_table_says_what_loses_to_which_rule() -> None:
    scores = scores_of(model=around(150.0), persistence=around(100.0), seasonal_persistence=around(300.0))
    row = next(row for row in skill.table(scores) if row.method == MODEL and row.band == "all")
    assert row.loses_to == ("persistence",)
    assert row.forecasts == 9
    assert row.coverage_90 == 0.0
    assert row.log_bias == pytest.approx(np.log(1.5), abs=0.01)
    rule = next(row for row in skill.table(scores) if row.method == "persistence" and row.band == "all")
    assert rule.loses_to == ()


def test_bands_of_horizons_are_apart() -> None:
    rows = [row for row in skill.table(scores_of(model=around(100.0))) if row.method == MODEL]
    assert {row.band: row.forecasts for row in rows} == {"1-2": 6, "3-6": 3, "all": 9}
    assert [row.band for row in skill.by_horizon(scores_of(model=around(100.0)))] == ["1", "2", "3"]


def test_the_best_rule_is_found_and_ratios_are_of_the_same_forecasts() -> None:
    scores = scores_of(blend=around(100.0), persistence=around(200.0), ets=around(120.0))
    [one] = skill.against_best(scores, BLEND, ("persistence", "ets"), (1, 12))
    assert one.rule == "ets"
    assert one.ratio.ratio < 1.0
    mean = skill.on_average(scores, BLEND, [one], (1, 12))
    assert mean.ratio == pytest.approx(one.ratio.ratio)
    assert mean.low <= mean.ratio <= mean.high


def test_the_largest_miss_comes_first() -> None:
    every = [made("a", "2021-01", blend=around(100.0)), made("a", "2022-01", blend=around(400.0))]
    scores = skill.scored(every, {"a": series("a", "2021-01", [100.0] * 24)})
    first, second = skill.misses(scores, BLEND, 5)
    assert (str(first.origin), first.inside_90, first.of) == ("2022-01", 0, HORIZON)
    assert first.scaled > second.scaled


def test_reliability_is_the_share_inside_each_interval() -> None:
    found = skill.reliability(score for score in scores_of(model=around(100.0)) if score.method == MODEL)
    assert set(found.values()) == {1.0}  # what came is the median
    off = skill.reliability(scores_of(model=around(300.0)))
    assert off[0.5] == 0.0


# The whole


@pytest.fixture(scope="module")
def whole(store: Store) -> command.Backtest:
    names = ("encounters", "seized_ports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtesting, "find_spec", lambda name: None)
        return command.backtest(
            store,
            [date(2021, 3, 1), date(2021, 6, 1)],
            horizon=HORIZON,
            members=MEMBERS,
            names=names,
            model=persistent(store, HORIZON, MEMBERS),
        )


def test_without_statsforecast_it_goes_on_and_says_so(whole: command.Backtest) -> None:
    assert any("statsforecast is not installed" in note for note in whole.notes)
    assert {score.method for score in whole.scores} == {MODEL, BLEND, *RULES, skill.CONDITIONAL}


def test_the_models_own_scores_stand_beside_the_blends(whole: command.Backtest) -> None:
    plain = command.as_json(whole)
    for table in ("bands", "horizons"):
        methods = {(row["series"], row["band"], row["method"]) for row in plain[table]}
        assert {(name, band, MODEL) for name, band, _ in methods} <= methods
        assert {(name, band, BLEND) for name, band, _ in methods} <= methods
    assert {row["method"] for row in plain["conditional"]} == {MODEL, skill.CONDITIONAL}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["forecasts"][0]["date"] == "2021-03-01"


def test_later_levers_are_given_in_the_second_table_only(whole: command.Backtest) -> None:
    by_method = {row.method: row for row in skill.table(whole.scores) if row.name == "encounters" and row.band == "all"}
    assert by_method[skill.CONDITIONAL].log_bias == pytest.approx(by_method[MODEL].log_bias - np.log(2), abs=1e-6)


def test_the_listing_marks_what_loses(whole: command.Backtest) -> None:
    text = "\n".join(listing.of_backtest(whole))
    rows = skill.table([score for score in whole.scores if score.method != skill.CONDITIONAL])
    assert (listing.LOSES in text) == any(row.loses_to for row in rows)
    assert "not a forecast" in text
    for line in listing.losing(rows):
        assert line in text
