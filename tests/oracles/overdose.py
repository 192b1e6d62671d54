"""One week of overdose deaths in plain float64, written from the equations."""

from __future__ import annotations

import math
from collections.abc import Mapping


def step(
    state: Mapping[str, float], p: Mapping[str, float], now: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """State holds supply, price and pool, each relative to the reference."""
    keep = p["lag_od"] / (1.0 + p["lag_od"])
    supply = keep * state["supply"] + (1.0 - keep) * now["relative_supply"]
    price = keep * state["price"] + (1.0 - keep) * now["price"]
    treatment = (1.0 + p["e_moud10"]) ** (now["coverage_change"] / 0.1)
    response = max(price, 1e-3) ** p["e_pr"] if now["price_on"] else max(supply, 1e-3) ** p["e_p"]
    years = now["week"] / (365.25 / 7.0)
    trend = math.exp(p["g_oth"] * years) if now["trend_on"] else 1.0
    deaths = now["level"] * state["pool"] * response * treatment * trend * math.exp(now["shock"])
    entering = (p["r_pool"] + p["h_pool"]) * 7.0 / 365.25
    leaving = (p["r_pool"] * state["pool"] + p["h_pool"] * state["pool"] * response * treatment) * 7.0 / 365.25
    return {"supply": supply, "price": price, "pool": max(state["pool"] + entering - leaving, 0.0)}, deaths
