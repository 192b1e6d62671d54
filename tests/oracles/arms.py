"""Southbound guns in plain floats: the stock is counted in guns and aged year by year fractions, not relatively."""

from __future__ import annotations

import math

WEEKS = 365.25 / 7.0  # in a year
Values = dict[str, float]


def kept(p: Values, weeks: float) -> float:
    """Share of the stock left after so many weeks."""
    return float(0.5 ** (weeks / (WEEKS * p["h_stock"])))


def steady(p: Values) -> float:
    """Guns that the reference's arrivals keep constant."""
    return p["F_g"] / WEEKS * (1.0 - p["s_g"]) / (1.0 - kept(p, 1.0))


def step(guns: float, p: Values, demand: float, ordered: float, reference: float) -> tuple[float, Values]:
    """Guns in Mexico a week later, and the week's flows."""
    wanted = p["F_g"] / WEEKS * p["x_str"] ** math.log2(max(demand, 1e-3))
    beyond = (ordered - reference) / WEEKS
    deterred = min(p["det_insp"] * (1.0 - p["bal"]) * beyond, 0.95 * wanted)
    departing = wanted - deterred
    seized = min(max(p["s_g"] * departing + beyond, 0.0), 0.95 * departing)
    retired = guns * (1.0 - kept(p, 1.0))
    after = guns - retired + departing - seized
    # Arrivals count in the week in which they come: the new stock is what is kept of the old one and all of them.
    relative = after / steady(p)
    return after, {
        "departing": departing,
        "seized": seized,
        "deterred": deterred,
        "arriving": departing - seized,
        "retired": retired,
        "stock": relative,
        "lethality": relative ** p["e_g"],
    }
