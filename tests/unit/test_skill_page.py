"""The page of scores: everything that it promises is in it, and the same scores give the same bytes."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import fitted_cases
from counterflow.calibration import bundled
from counterflow.calibration.forecasting import backtest as backtesting
from counterflow.calibration.forecasting import diagrams, held, page, predicting, skill, weights
from counterflow.calibration.forecasting.command import Backtest
from counterflow.calibration.forecasting.page import Asked
from counterflow.evidence.store import Store
from forecast_cases import around, made, persistent, series

MANIFEST = {
    "parameters": {
        "border.p_app": {"contraction": 0.6, "prior": [0.5, 0.6, 0.7], "posterior": [0.6, 0.62, 0.65]},
        "border.g_share": {"contraction": 0.03, "prior": [0.1, 0.2, 0.3], "posterior": [0.1, 0.2, 0.3]},
    },
    "not_moved": ["money.x"],
}


@pytest.fixture(scope="module")
def asked() -> Asked:
    every = [
        made(
            name,
            f"{year}-01",
            model=around(centre, horizon=12),
            persistence=around(120.0, horizon=12),
            seasonal_persistence=around(60.0, horizon=12),
            blend=around((centre + 120.0) / 2, horizon=12),
            **{skill.CONDITIONAL: around(100.0, horizon=12)},
        )
        for name, centre in (("encounters", 105.0), ("detained", 190.0))
        for year in range(2021, 2026)
    ]
    came = {name: series(name, "2020-01", [100.0] * 72) for name in ("encounters", "detained")}
    scores = skill.scored(every, came)
    learned = {f"{year}-01": {name: np.tile([0.5, 0.4, 0.1], (12, 1)) for name in came} for year in range(2021, 2026)}
    of = Backtest((), 12, every, scores, learned, {}, ("ETS is left out.",))
    monthly = [score for score in scores if score.method != skill.CONDITIONAL]
    return Asked(of, monthly, {"2021-01": MANIFEST, "2026-01": MANIFEST})


def part(text: str, title: str) -> str:
    """What stands below a heading."""
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_promise_of_the_page_is_kept(asked: Asked) -> None:
    text = page.page(asked)
    for title in re.findall(r"^## (.*)$", (files("counterflow.calibration.forecasting") / "page.md").read_text(), re.M):
        assert len(part(text, title).strip()) > 40, title
    assert "$" not in text
    assert "- ETS is left out." in text
    assert text == page.page(asked)


def test_a_loss_is_told_everywhere(asked: Asked) -> None:
    text = page.page(asked)
    assert "| `detained` | all | model | persistence, seasonal_persistence |" in part(
        text, "Where a simple rule does better"
    )
    assert re.search(r"\| `detained` \| all \| 60 \| [\d.]+ \*\*loses\*\*", part(text, "Scores"))
    assert "`detained`" in part(text, "In short")
    assert "`encounters` | all | model |" not in part(text, "Where a simple rule does better")


def test_aims_that_are_missed_say_so(asked: Asked) -> None:
    text = "\n".join(page.aims(asked))
    assert "**missed**" in text  # the blend covers encounters and nothing of detention
    coverage = "\n".join(page.coverage(asked.monthly))
    assert re.search(r"`detained` \|.*\*\*missed\*\* \|", coverage)


def test_what_was_not_identified_is_named(asked: Asked) -> None:
    text = part(page.page(asked), "What was not identified")
    assert "| 2026-01 | 2 | 1 | 0 | 1 | 1 |" in text
    known, rest = text.split("**Not identified**")
    assert "`border.p_app` | 0.60 | 0.5 / 0.6 / 0.7 |" in known
    assert "`border.g_share`" in rest
    assert "`border.g_share`" not in known


def test_misses_are_told_with_what_came_and_a_reason(asked: Asked) -> None:
    text = part(page.page(asked), "The worst misses")
    assert "100, 90% interval" in text
    assert "1. " in text
    first = next(line for line in text.splitlines() if line.startswith("| `"))
    assert first.startswith("| `detained`")


def test_a_miss_without_a_reason_is_told_without() -> None:
    assert page.reasons("encounters", np.datetime64("2025-01", "M"))
    assert page.reasons("encounters", np.datetime64("2019-01", "M")) == ""


def test_reasons_name_series_that_are_forecast() -> None:
    raw = tomllib.loads((files("counterflow.calibration.forecasting") / "misses.toml").read_text(encoding="utf-8"))
    for one in raw["reason"]:
        assert set(one["series"]) <= set(predicting.PARTS)
        assert one["from"] <= one["until"]
        assert one["why"].endswith(".")


def test_what_the_bands_held_is_counted_by_series_and_months_ahead(asked: Asked) -> None:
    told = tomllib.loads(held.held_out(asked.of.scores, [date(2021, 1, 1), date(2022, 1, 1)], 12))
    assert (told["cutoffs"], told["months"]) == (["2021-01", "2022-01"], 12)
    by_output = {one["output"]: one["ahead"] for one in told["series"]}
    assert set(by_output) == {"encounters", "detained"}
    ends = [(row["first"], row["last"], row["months"]) for row in by_output["encounters"]]
    assert ends == [(1, 2, 10), (3, 6, 20), (7, 12, 30)]
    for output, rows in by_output.items():
        own = [score for score in asked.of.scores if (score.name, score.method) == (output, "model")]
        assert sum(row["inside"] for row in rows) == sum(score.inside_90 for score in own)
    assert all(row["inside"] == row["months"] for row in by_output["encounters"])
    assert all(row["inside"] == 0 for row in by_output["detained"])


def test_the_ratio_to_the_best_simple_rule_is_written_as_the_page_says_it(asked: Asked) -> None:
    told = tomllib.loads(held.held_out(asked.of.scores, [date(2021, 1, 1), date(2022, 1, 1)], 12))
    for one in told["series"]:
        best = one["best"]
        ratio = f"{best['ratio']:.2f} ({best['low']:.2f} to {best['high']:.2f})"
        assert f"| `{one['name']}` | all | model | {best['rule']} | {ratio} |" in page.page(asked)


def test_figures_are_the_same_bytes_each_time(asked: Asked) -> None:
    figure = diagrams.reliability_figure(asked.monthly, "Shares")
    assert [panel["title"] for panel in figure["concat"]] == ["all series", "encounters", "detained"]
    first, second = (diagrams.svg(figure, "a") for _ in range(2))
    assert first == second
    assert first.startswith("<svg")
    assert "http://" not in first.replace("http://www.w3.org/", "")


def test_a_calibrated_forecast_lies_on_the_line() -> None:
    levels = np.linspace(0.005, 0.995, 100)
    scores = [
        skill.Score("a", np.datetime64("2021-01"), 1, "model", 1.0, (0.0,) * 5, 0.0, 0.0, float(place))
        for place in levels
    ]
    for level, share in skill.reliability(scores).items():
        assert share == pytest.approx(level, abs=0.011)


def test_forecasts_are_drawn_beside_what_came(asked: Asked) -> None:
    came = {name: series(name, "2020-01", [100.0] * 72) for name in ("encounters", "detained")}
    figure = diagrams.forecasts_figure(asked.of.scores, came, "blend", "What came")
    band, _, _, seen = figure["concat"][0]["layer"]
    assert len(band["data"]["values"]) == 60
    assert {row["value"] for row in seen["data"]["values"]} == {100.0}
    assert diagrams.svg(figure, "b").startswith("<svg")


def test_the_script_makes_page_figures_and_weights(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted_cases.bring(monkeypatch, tmp_path / "posteriors")
    monkeypatch.setattr(bundled, "read", lambda folder: SimpleNamespace(manifest=MANIFEST))
    monkeypatch.setattr(backtesting, "find_spec", lambda name: None)
    monkeypatch.setattr(backtesting, "monthly_origins", lambda until: [date(2021, 1, 1), date(2021, 9, 1)])
    spec = importlib.util.spec_from_file_location("build_skill_page", project / "scripts" / "build_skill_page.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    store = Store.open()
    cutoffs = [date(2022, 1, 1), date(2023, 1, 1)]
    model = persistent(store, 12, 40)
    found = {
        path.name: text
        for path, text in script.build(store, model, 40, cutoffs, [date(2021, 1, 1), date(2021, 9, 1)]).items()
    }
    assert set(found) == {"skill.md", *page.FIGURES.values(), weights.FILE, "held_out.toml"}
    assert "statsforecast is not installed" in found["skill.md"]
    learned = json.loads(found[weights.FILE])
    assert next(iter(learned["learned_by"])) == "2021-01"
    assert learned["learned_by"]["2021-01"]["encounters"][0] == list(weights.PRIOR)
    assert learned["learned_by"]["2022-01"]["encounters"][0] != list(weights.PRIOR)
    for file in page.FIGURES.values():
        assert f"({page.PLACE}/{file})" in found["skill.md"]
    held_out = tomllib.loads(found["held_out.toml"])
    assert held_out["cutoffs"] == ["2022-01", "2023-01"]
    assert [one["name"] for one in held_out["series"]] == list(held.TOLD)
    assert {row["last"] for one in held_out["series"] for row in one["ahead"]} == {2, 6, 12}
