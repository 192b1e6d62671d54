"""Action and reaction of two states in plain floats, written from the equations at the head of model/diplomacy.py."""

from __future__ import annotations

import math
from typing import Any

Values = dict[str, float]


def step(
    state: Values,
    p: Values,
    acts: Values,
    shock: float,
    retaliation_on: float = 1.0,
    concession_on: float = 1.0,
    reciprocity: float = 0.0,
) -> tuple[Values, float]:
    """One week: the next state and cooperation."""

    def share(value: float) -> float:
        return min(max(value, 0.0), 1.0)

    # Affronts: what stands now beyond what one has grown used to, and those of this week alone.
    stands = p["w_overflight"] * share(acts["flight_hours"] / p["x_overflight"])
    stands += p["w_designation"] * share(acts["designated"] / p["x_designation"])
    stands += p["w_accuse"] * acts["accusations"]
    new = max(stands - state["standing"], 0.0) + max(acts["affront"], 0.0)
    week = 0.5 ** (1.0 / p["h_arr"])
    affront = 1.0 - (1.0 - state["affront"] * week) * (1.0 - share(p["S_arr"] * new))
    standing = max(state["standing"] * week, stands, 0.0)

    struck = share(acts["unilateral_strikes"])
    strike = max(state["strike"] * 0.5 ** (1.0 / p["h_str"]), p["S_str"] * struck)

    # Responses per week at persistence a_ref, turned into long-run ones.
    mexico_long = p["b_MU"] / (1.0 - p["a_ref"])
    us_long = p["b_UM"] / (1.0 - p["a_ref"])
    if reciprocity != 0.0:
        bound = 0.9 / max(abs(us_long), 1e-6)
        mexico_long = math.copysign(min(abs(mexico_long), bound), reciprocity)
    if mexico_long > 0.0 and not retaliation_on:
        mexico_long = 0.0
    if mexico_long < 0.0 and not concession_on:
        mexico_long = 0.0
    pressure = p["w_tariff"] * acts["tariff"] / 10.0 + p["w_strike"] * struck
    answers = p["w_reject"] * acts["refusals"] - p["w_pledge"] * acts["pledges"]
    answers -= p["w_transfer"] * acts["transfers"]
    u, v = state["hostility_us"], state["hostility_mexico"]
    u_next = p["a"] * u + (1.0 - p["a"]) * (us_long * v + pressure)
    v_next = p["a"] * v + (1.0 - p["a"]) * (mexico_long * u + answers) + shock

    cooperation = share(p["c_ref"] * (1.0 - affront) * (1.0 - strike) * math.exp(-v_next))
    following: dict[str, Any] = {
        "hostility_us": u_next,
        "hostility_mexico": v_next,
        "affront": affront,
        "strike": strike,
        "standing": standing,
    }
    return following, cooperation
