"""A week at the border in plain Python and float64, sector by sector, from the equations and not from the package."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

FLOOR = 1e-3


def log(ratio: float) -> float:
    """Log of a ratio that is at least FLOOR."""
    return math.log(max(ratio, FLOOR))


def approach(old: float, target: float, tau: float) -> float:
    """Exact step of d old / dt = (target - old) / tau over one week."""
    return target + (old - target) * math.exp(-1.0 / tau)


def rerouted(shares: list[float], blocked: list[float], diverted: list[float], b: float, on: float) -> list[float]:
    """Flow of each sector as a share of the whole: what stays, and what comes from every other sector."""
    n = len(shares)
    stays = [shares[s] * (1.0 - blocked[s]) for s in range(n)]
    flow = list(stays)
    for origin in range(n):
        leaving = on * b * shares[origin] * max(min(diverted[origin], blocked[origin]), 0.0)
        others = sum(stays[s] for s in range(n) if s != origin)
        for s in range(n):
            if s != origin:
                flow[s] += leaving * stays[s] / max(others, FLOOR)
    return flow


def apprehension(p: dict[str, float], relative: float) -> float:
    """Chance to be stopped where attempts per agent are so many times those of the reference."""
    if relative >= 1.0:
        return min(p["p_app"], 0.99)
    return min(p["p_app"] + p["p_up"] * (1.0 - max(relative, 0.0)), 0.99)


def step(state: dict[str, Any], p: dict[str, float], x: dict[str, Any], where: dict[str, list[float]]) -> Any:
    """One week. `state`, `p` (parameters) and `x` (inputs) by the names of the package; `where`: the sector table.

    Returns the next state and the flows.
    """
    n = len(x["shares"])
    keeps = 0.5 ** (1.0 / p["h_reb"])
    new: dict[str, Any] = {}
    new["closure"] = approach(state["closure"], x["no_asylum"] - x["no_asylum_reference"], p["tau_asy"])
    usual = max(state["habit"], p["x_ann"])
    beyond = max(x["no_asylum"] - usual, 0.0) / max(1.0 - p["x_ann"], FLOOR)
    new["announced"] = 1.0 - (1.0 - x["announcement"]) * (1.0 - state["announced"] * keeps)
    expected = beyond + new["announced"] - beyond * new["announced"]
    new["believed"] = approach(state["believed"], expected, p["tau_asy"])
    new["habit"] = state["habit"] * keeps + x["no_asylum"] * (1.0 - keeps)
    new["fenced"], blocked, new["diverted"] = [], [], []
    for s in range(n):
        fenced = state["fenced"][s] + p["n_bar"] * x["barrier"] * where["placement"][s]
        new["fenced"].append(min(max(fenced, -where["fenced"][s]), where["buildable"][s]))
    for s in range(n):
        open_share = (1.0 - p["m_bar"]) ** new["fenced"][s]
        for beside in (s - 1, s + 1):
            if 0 <= beside < n:
                open_share *= (1.0 - p["m_adj"]) ** new["fenced"][beside]
        open_share *= (1.0 - p["m_zone"]) ** min(max(x["zones"] * where["zone"][s], 0.0), 1.0)
        blocked.append(1.0 - open_share)
        new["diverted"].append(approach(state["diverted"][s], blocked[s], p["tau_sec"]))
    arriving = x["newcomers"]
    arriving *= (1.0 - p["L_asy"]) ** (new["closure"] / p["x_asy"]) * (1.0 - p["L_ann"]) ** new["believed"]
    arriving *= (1.0 - p["m_mpp"]) ** (x["remain"] / p["x_mpp"]) * (1.0 - p["m_trp"]) ** (x["troops"] / p["x_trp"])
    arriving *= math.exp(p["e_mig_enf"] * log(x["agents_ratio"]))
    arriving *= (1.0 - p["m_mex"]) ** (log(x["mexico_ratio"]) / math.log(2.0))
    arriving *= (1.0 - p["m_int"]) ** (log(x["interior_ratio"]) / math.log(2.0))
    arriving *= math.exp(p["share_mx"] * (p["e_wage"] * x["wage"] + p["e_vm"] * log(x["violence"])))
    reach = rerouted(x["shares"], blocked, new["diverted"], p["b_sec"], x["adaptation"])
    flows: dict[str, Any] = {"attempts": [], "encounters": [], "known": [], "unknown": [], "freed": 0.0}
    seen = min(p["g_share"] / (1.0 - p["g_share"]) * p["p_app"] / (1.0 - p["p_app"]), 1.0)
    for s in range(n):
        attempts = arriving * reach[s] + state["retry"] * reach[s] / max(sum(reach), FLOOR)
        relative = attempts / max(x["reference_attempts"] * x["shares"][s] * x["agents_ratio"], FLOOR)
        stopped = attempts * apprehension(p, relative)
        flows["attempts"].append(attempts)
        flows["encounters"].append(stopped)
        flows["known"].append(seen * (attempts - stopped))
        flows["unknown"].append((1.0 - seen) * (attempts - stopped))
        flows["freed"] += where["agents"][s] * min(max(1.0 - relative, -1.0), 1.0)
    flows["newcomers"] = arriving * sum(reach)
    flows["returned"] = x["no_asylum"] * sum(flows["encounters"])
    flows["fee"] = p["fee"] * max(x["agents_ratio"] * x["mexico_ratio"], FLOOR) ** p["e_fee_enf"]
    retry = min(p["r_retry"] - (1.0 - x["penalised"]) * p["d_cds"] / p["p_app"], 1.0)
    new["retry"] = flows["returned"] * (x["processed"] * retry + (1.0 - x["processed"]) * p["r_none"])
    return {k: np.asarray(v) for k, v in new.items()}, {k: np.asarray(v) for k, v in flows.items()}
