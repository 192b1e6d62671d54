"""What each branch costs the US treasury: spread over draws, the prices behind it, and what has no price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.model import costs as prices
from counterflow.report.assessment.monthly import Floats, significant
from counterflow.report.words import word
from counterflow.strategy.catalogue import levers

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.strategy.schema import Branch

WEEKS_PER_YEAR = 52
NONE = "none"
STRIKES = "military.strike_lab"  # where a campaign's strikes are counted, whatever they are aimed at


def costs(runs: xr.Dataset, branches: Sequence[Branch], titles: Mapping[str, str]) -> dict[str, Any]:
    """USD over the weeks that the levers are held, beyond what is on record; below zero where a lever earns or saves.

    Gives `years` and `weeks` of that time, `from` and `to` (ISO days), and per branch but *none*: `levers` that it
    moves and that cost or earn anything, each with the 5, 50 and 95% points over draws and the grade of its prices;
    `spent`, the sum of those that cost (median above zero) in the same draws, None where fewer than two do; and
    `unpriced`, levers that it moves and that are not counted, with the reason. `strikes` has one row per campaign,
    whoever consents; `prices` are those of every lever that costs anything in some branch.
    """
    weeks = int(runs.attrs["judged_weeks"])
    first = date.fromisoformat(runs.attrs["first_lever"])
    begin = first - timedelta(days=first.weekday())
    paid = runs["treasury_cost"].transpose("branch", "draw", "lever")
    named = [str(lever) for lever in paid["lever"].to_numpy()]
    table = {
        branch.id: _of_branch(branch, paid.sel(branch=branch.id).to_numpy().astype(np.float64), named, titles)
        for branch in branches
        if branch.id != NONE and branch.id in paid["branch"]
    }
    return {
        "unit": str(paid.attrs["units"]),
        "weeks": weeks,
        "years": weeks // WEEKS_PER_YEAR,
        "from": begin.isoformat(),
        "to": (begin + timedelta(days=7 * weeks - 1)).isoformat(),
        "branches": table,
        "strikes": _strikes(branches, table),
        "prices": {
            lever: _prices(lever)
            for lever in dict.fromkeys(row["lever"] for branch in table.values() for row in branch["levers"])
        },
    }


def _of_branch(branch: Branch, paid: Floats, named: Sequence[str], titles: Mapping[str, str]) -> dict[str, Any]:
    """`paid` is (draw, lever)."""
    moved = dict.fromkeys([*(entry.lever for entry in branch.entries), *([STRIKES] if branch.strikes else [])])
    rows = [
        {
            "lever": lever,
            "title": titles.get(lever, lever),
            **_spread(paid[:, column]),
            **_evidence(lever),
        }
        for column, lever in enumerate(named)
        if lever in moved and paid[:, column].any()
    ]
    for row in rows:
        row["kind"] = _kind(row["lever"], row["median"])
    rows.sort(key=lambda row: -abs(row["median"]))
    spending = [named.index(row["lever"]) for row in rows if row["median"] > 0]
    return {
        "levers": rows,
        "spent": _spread(paid[:, spending].sum(axis=1)) | {"kind": "costs"} if len(spending) > 1 else None,
        "unpriced": [
            {"lever": lever, "title": titles.get(lever, lever), "reason": reason}
            for lever in moved
            if (reason := _not_counted(lever))
        ],
    }


def _spread(paid: Floats) -> dict[str, float | None]:
    low, median, high = np.quantile(paid, (0.05, 0.5, 0.95))
    return {"low": significant(low), "median": significant(median), "high": significant(high)}


def _kind(lever: str, median: float) -> str:
    """Whether a lever costs, earns (its price is below zero, as of a tariff) or saves what was spent before."""
    if median >= 0:
        return "costs"
    return "earns" if all(price["central"] < 0 for price in _prices(lever)) else "saves"


def _evidence(lever: str) -> dict[str, Any]:
    """The lowest grade among the prices of a lever and their conversions, and whether any is assumed."""
    behind = [x for price in _prices(lever) for x in (price, price["conversion"]) if x]
    grade = max((x["grade"] for x in behind), default="")
    return {"grade": grade, "assumed": any(x["assumed"] for x in behind)}


def _prices(lever: str) -> list[dict[str, Any]]:
    """The unit prices that a lever's cost is made of."""
    return [
        {
            "what": cost.what,
            "unit": cost.unit,
            "low": cost.low,
            "central": cost.central,
            "high": cost.high,
            "price_year": cost.price_year,
            "grade": cost.grade,
            "assumed": cost.assumed,
            "source": cost.source,
            "conversion": cost.conversion.model_dump(mode="json") if cost.conversion else None,
        }
        for cost in prices.costs()
        if cost.lever == lever and cost.counted
    ]


def _not_counted(lever: str) -> str:
    """Why a lever is not counted, "" where it has a price."""
    if _prices(lever):
        return ""
    of = levers().get(lever)
    return prices.unpriced().get(lever) or word("unpriced", of.actor if of else "any")


def _strikes(branches: Sequence[Branch], table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the strikes of each campaign cost: consent changes the answer to them, not their price."""
    rows: dict[tuple[float, int], dict[str, Any]] = {}
    for branch in branches:
        plan = branch.strikes
        if plan is None or branch.id not in table:
            continue
        row = next((x for x in table[branch.id]["levers"] if x["lever"] == STRIKES), None)
        if row:
            rows.setdefault(
                (plan.strikes_per_week, plan.weeks),
                {"strikes": round(plan.strikes_per_week * plan.weeks), "weeks": plan.weeks}
                | {key: row[key] for key in ("lever", "low", "median", "high", "grade", "assumed")},
            )
    return list(rows.values())
