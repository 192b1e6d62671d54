"""Forecasts and their scores as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.calibration.forecasting import skill
from counterflow.calibration.forecasting.backtest import MODEL
from counterflow.calibration.forecasting.command import Backtest

LOSES = "*"  # beside a score that a rule's is lower than


def number(value: float) -> str:
    """A number to three digits, or to whole ones from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text in columns, the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def of_forecast(found: Mapping[str, Any]) -> list[str]:
    """A table of quantiles."""
    lines = [
        f"From {found['origin']} on, posterior {found['posterior']}, weights learned by {found['weights']}, "
        + (f"with what was known on {found['known_by']}." if found["known_by"] else "with all that is published.")
    ]
    if found["strategy"]:
        lines.append(f"Strategy: {found['strategy']}.")
    by_series: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in found["forecasts"]:
        by_series.setdefault((row["series_id"], row["geo"]), []).append(row)
    for (series_id, geo), rows in by_series.items():
        levels = list(rows[0]["quantiles"])
        header = ["month", *(f"{float(level):.0%}" for level in levels), "model's weight"]
        cells = [
            [row["date"][:7], *(number(value) for value in row["quantiles"].values()), f"{row['model_weight']:.2f}"]
            for row in rows
        ]
        lines += ["", f"{series_id} ({geo})", *columns([header, *cells])]
    return [*lines, "", found["note"]]


def score_lines(rows: Sequence[skill.Row], methods: Sequence[str]) -> list[str]:
    """A table for each series: a line a method, a column a band of horizons."""
    lines = []
    for name in dict.fromkeys(row.name for row in rows):
        by_place = {(row.method, row.band): row for row in rows if row.name == name}
        bands = list(dict.fromkeys(band for _, band in by_place))
        most = {band: max(row.forecasts for row in by_place.values() if row.band == band) for band in bands}
        cells = [[name, *(f"{band} ({most[band]})" for band in bands)]]
        for method in methods:
            found = [by_place.get((method, band)) for band in bands]
            if any(found):
                cells.append([method, *(_cell(row, most[band]) for row, band in zip(found, bands, strict=True))])
        lines += ["", *columns(cells)]
    return lines


def _cell(row: skill.Row | None, whole: int) -> str:
    if row is None:
        return "-"
    mark = LOSES if row.loses_to else f" of {row.forecasts}" if row.forecasts < whole else ""
    return f"{row.scaled:.3f}{mark} {100 * row.coverage_50:.0f}/{100 * row.coverage_90:.0f}% {row.log_bias:+.2f}"


def losing(rows: Sequence[skill.Row]) -> list[str]:
    """A line for each series over all horizons in which the model or the blend scores worse than some rule."""
    return [
        f"{row.name}: the {row.method} ({row.scaled:.3f}) loses to {', '.join(row.loses_to)}."
        for row in rows
        if row.band == "all" and row.method in skill.HELD and row.loses_to
    ]


def of_backtest(found: Backtest) -> list[str]:
    """Tables of scores."""
    plain = [score for score in found.scores if score.method != skill.CONDITIONAL]
    rows = skill.table(plain)
    given = skill.table([score for score in found.scores if score.method in (MODEL, skill.CONDITIONAL)])
    used = dict.fromkeys(found.posteriors.values())
    lines = [
        f"Cut-offs {', '.join(f'{day:%Y-%m}' for day in found.cutoffs)}; {found.horizon} months each.",
        f"Posteriors fitted to what was known then (make calibrate makes them again): {', '.join(used)}.",
        "By months ahead (forecasts): mean CRPS over the mean of the 12 months last known, shares inside 50/90%, mean",
        f"log(median / observed). {LOSES}: some simple rule scores lower on the same forecasts.",
        *score_lines(rows, skill.METHODS),
        "",
        *(losing(rows) or ["Over all horizons neither the model nor the blend loses to a simple rule."]),
        "",
        "The model with the levers and events given that came after the cut-off (not a forecast):",
        *score_lines(given, (MODEL, skill.CONDITIONAL)),
        "",
        *found.notes,
    ]
    while lines[-1] == "":
        lines.pop()
    return lines
