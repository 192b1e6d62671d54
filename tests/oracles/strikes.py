"""Strikes in plain floats, written from the equations of model/strikes.py; counts by scipy's Poisson quantiles."""

from __future__ import annotations

import math

from scipy.stats import poisson

Values = dict[str, float]


def step(state: Values, p: Values, now: Values) -> tuple[Values, Values]:
    """One week: the next state and the effects."""
    strikes = now["lab_rate"] + now["leader_rate"]
    rate = now["leader_rate"] * p["p_hit"]
    removed = float(poisson.ppf(now["uniform"], rate)) if now["noise"] else rate
    weight = min(1.0 / p["m_tempo"], 1.0)
    tempo = (1.0 - weight) * state["tempo"] + weight * strikes
    harm = strikes * p["k_str"] * p["f_civ"]
    remembered = max(1.0 - 1.0 / p["m_civ"], 0.0) * state["civilians"]

    deployed = min(max((now["arrests"] - 1.0) / p["x_mil"], 0.0), 1.0)
    beyond = max(deployed - state["usual"], 0.0)
    year = 365.25 / 7.0
    first_year_mean = (p["tau_mil"] / year) * (1.0 - math.exp(-year / p["tau_mil"]))  # of exp(-t / tau)
    kept = math.exp(-1.0 / p["tau_mil"])
    per_100k = p["A_mil"] / first_year_mean * beyond

    searched = min(p["p_det"], 1.0) * min(max(now["flight_hours"] / p["h_det"], 0.0), 1.0)
    effects = {
        "lab_strikes": now["lab_rate"],
        "found": searched * min(max(p["p_act"] * now["cooperation"], 0.0), 1.0),
        "leaders_killed": removed,
        "anticipation": 1.0 - now["support"] * p["D_ant"] * (1.0 - math.exp(-tempo / p["n0"])),
        "civilian_harm": harm,
        "retaliation": removed * p["d_ret"],
        "killed": strikes * p["k_str"],
        "deployment": per_100k * p["n_mil"] / 100_000.0 / year,
    }
    following = {
        "tempo": tempo,
        "civilians": remembered + harm,
        "usual": kept * state["usual"] + (1.0 - kept) * deployed,
    }
    return following, effects
