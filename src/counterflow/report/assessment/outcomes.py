"""What the runs say about each outcome: monthly fans with the record before and since, and the judged
window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.errors import ReportError
from counterflow.report.assessment.monthly import LEVELS, Floats, monthly_draws, quantiles, significant
from counterflow.report.words import axis_unit, upper, vocabulary

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.judgement.schema import Verdict

History = Mapping[str, Sequence[tuple[str, float, str]]]
DIMS = ("branch", "draw", "replicate", "time")
WEEKS_PER_MONTH = 365.2425 / 12 / 7  # Gregorian mean


def outcomes(runs: xr.Dataset, history: History, verdict: Verdict | None) -> list[dict[str, Any]]:
    """One record per output that has the dims branch, draw, replicate and time; the others (by sector, by state) are
    left out.

    Each holds months, five quantiles per branch (5, 25, 50, 75, 95%), the observed months, and for the
    judged window of `verdict` the median and 90% range per branch of the monthly level and of its change
    against *none* in the same draws and replicates. Charted outputs come first, in the order of words.toml. Raises
    ReportError where an output lacks `units`.
    """
    charted = list(vocabulary()["outcome"])
    names = [str(n) for n, v in runs.data_vars.items() if set(v.dims) == set(DIMS)]
    names.sort(key=lambda n: charted.index(n) if n in charted else len(charted))
    return [_outcome(runs, name, history.get(name, ()), verdict) for name in names]


def _outcome(
    runs: xr.Dataset, name: str, observed: Sequence[tuple[str, float, str]], verdict: Verdict | None
) -> dict[str, Any]:
    variable = runs[name]
    missing = [key for key in ("long_name", "units", "aggregate") if key not in variable.attrs]
    if missing:
        raise ReportError(f"output {name!r} has no attribute {missing[0]!r}", where="assemble")
    aggregate = str(variable.attrs["aggregate"])
    weeks = runs["time"].to_numpy()
    each = variable.transpose(*DIMS).to_numpy()
    each = each.reshape(len(each), -1, len(weeks))  # (branch, draw and replicate, time)
    months, draws = monthly_draws(each, weeks, aggregate)
    fan = quantiles(draws)
    branches = [str(b) for b in runs["branch"].to_numpy()]
    return {
        "variable": name,
        "title": str(variable.attrs["long_name"]),
        "explanation": vocabulary()["outcome"].get(name, ""),
        "charted": name in vocabulary()["outcome"],
        "unit": axis_unit(str(variable.attrs["units"]), aggregate),
        "series_id": str(variable.attrs.get("series_id", "")),
        "aggregate": aggregate,
        "months": months,
        "branches": {
            branch: {
                f"q{round(100 * level):02d}": [significant(x) for x in fan[row, column]]
                for row, level in enumerate(LEVELS)
            }
            for column, branch in enumerate(branches)
        },
        "observed": [{"month": m, "value": significant(v), "flag": flag} for m, v, flag in observed],
        "window": _window(each, weeks, branches, aggregate, verdict) if verdict else {},
    }


def _window(
    values: Floats, weeks: Any, branches: list[str], aggregate: str, verdict: Verdict
) -> dict[str, dict[str, float | None]]:
    """Median and 90% range per branch over the judged weeks, and of the paired change against *none*.

    Weeks are counted from the first lever, the first being week 1. A draw whose *none* is zero has no
    relative change and is left out of it; none is given where no draw is left, or where *none* is below zero in some.
    """
    first = np.datetime64(verdict.first_lever, "D")
    days = (weeks.astype("datetime64[D]") - first).astype(int)
    judged = (days >= 7 * (verdict.window[0] - 1)) & (days < 7 * verdict.window[1])
    if not judged.any():
        return {}
    scale = WEEKS_PER_MONTH if aggregate == "sum" else 1.0
    level = values[:, :, judged].astype(np.float64).mean(axis=2) * scale
    none = level[branches.index("none")] if "none" in branches else np.zeros(level.shape[1])
    table: dict[str, dict[str, float | None]] = {}
    for row, branch in zip(level, branches, strict=True):
        low, median, high = (significant(x) for x in np.quantile(row, (0.05, 0.5, 0.95)))
        table[branch] = {"low": low, "median": median, "high": high}
        kept = none != 0
        if (none < 0).any():  # a share of what may be above or below zero says nothing
            continue
        if branch != "none" and kept.any():
            change = np.quantile(row[kept] / none[kept] - 1, (0.05, 0.5, 0.95))
            names = ("change_low", "change_median", "change_high")
            table[branch] |= {key: significant(x) for key, x in zip(names, change, strict=True)}
    return table


def foreseen_and_seen(foreseen: xr.Dataset, history: History, origin: str) -> dict[str, Any]:
    """The run as of the strategy's date beside what was observed since, for outputs that an official series
    measures.

    `origin` is the ISO day of the forecast. Per outcome and branch it counts how many of the months observed
    since lie inside the 90% band and inside the 50% band.
    """
    items = []
    for item in outcomes(foreseen, history, None):
        since = [o for o in item["observed"] if o["month"] in item["months"] and o["month"] >= origin[:10]]
        if not item["series_id"] or not since:
            continue
        item["inside"] = {b: _coverage(fan, item["months"], since) for b, fan in item["branches"].items()}
        item["observed_since"] = len(since)
        items.append(item)
    return {"origin": origin, "outcomes": items}


def _coverage(
    fan: Mapping[str, Sequence[float | None]], months: Sequence[str], since: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    inside = {"band_90": 0, "band_50": 0}
    for point in since:
        at = months.index(point["month"])
        for band, low, high in (("band_90", "q05", "q95"), ("band_50", "q25", "q75")):
            bottom, top = fan[low][at], fan[high][at]
            if bottom is not None and top is not None and point["value"] is not None:
                inside[band] += bottom <= point["value"] <= top
    return inside


def outcome_title(item: Mapping[str, Any]) -> str:
    """The outcome's name as a heading."""
    return upper(str(item["title"]))


def flags_since(item: Mapping[str, Any]) -> list[str]:
    """How the months observed since the branches part fall short of final counts, in order of first appearance."""
    start = item["months"][0] if item["months"] else ""
    known = vocabulary()["flag"]
    return list(dict.fromkeys(known[o["flag"]] for o in item["observed"] if o["flag"] in known and o["month"] >= start))
