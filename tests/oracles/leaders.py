"""One week after losses of leaders in plain Python, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

import numpy as np

LEADING = 8
Groups = dict[str, np.ndarray]


def choose(count: float, uniform: float, noise: bool) -> np.ndarray:
    """Removals by group."""
    harmonic = sum(1 / rank for rank in range(1, LEADING + 1))
    if not noise:
        return np.array([count / rank / harmonic for rank in range(1, LEADING + 1)])
    found, upto = LEADING - 1, 0.0
    for g in range(LEADING):
        upto += 1 / (g + 1) / harmonic
        if uniform < upto:
            found = g
            break
    return np.array([count if g == found else 0.0 for g in range(LEADING)])


def step(
    state: Groups,
    p: Mapping[str, float],
    killed: np.ndarray,
    arrested: np.ndarray,
    recorded: np.ndarray,
    wars: np.ndarray,
    uniform: float,
    noise: bool,
    splits_on: bool,
) -> tuple[Groups, Groups]:
    """State and effects, each a table of (group,) arrays."""
    new = {name: np.zeros(LEADING) for name in ("ordinary", "dip", "near", "split", "removed")}
    effects = {name: np.zeros(LEADING) for name in ("home", "near", "war", "leaving", "acute")}
    for g in range(LEADING):
        kills, arrests = killed[g], arrested[g]
        top = exp(-state["removed"][g] / p["n_top"])
        per_removal = min(top * p["p_split"] + (1 - top) * p["p_split_lt"], 0.999)
        chance = 1 - (1 - per_removal) ** (kills + arrests - recorded[g])
        event = (1.0 if uniform < chance else 0.0) if noise else chance
        event = max(event, wars[g])
        event = event if splits_on else 0.0
        effects["acute"][g] = p["P_acute"] * arrests * top
        effects["leaving"][g] = p["share_move"] * event

        ordinary = state["ordinary"][g] * exp(-1 / p["tau_k"])
        if ordinary < p["kill_x"]:
            ordinary += (p["kill_x"] - ordinary) * min(kills, 1) * top
        if ordinary < 1:
            ordinary += (1 - ordinary) * min(arrests, 1) * top
        dip = state["dip"][g] * exp(-1 / p["tau0"])
        dip += (1 - dip) * min(arrests, 1)
        near = state["near"][g] * exp(-1 / p["tau_nb"])
        near += (1 - near) * min(kills + arrests, 1) * top
        split = state["split"][g] * exp(-1 / p["tau_split"])
        split += (1 - split) * event
        for name, value in (("ordinary", ordinary), ("dip", dip), ("near", near), ("split", split)):
            new[name][g] = value
        new["removed"][g] = state["removed"][g] + kills + arrests

        effects["home"][g] = p["dilution"] * (p["A_k"] * ordinary + p["A0"] * dip)
        effects["near"][g] = p["near_dilution"] * p["A_nb"] * near
        effects["war"][g] = (p["A_split"] - 1) * split
    return new, effects


def removals(p: Mapping[str, float], sent: float, arrests: float) -> float:
    """Leaders removed by transfers and arrests beyond the reference."""
    found = 0.0
    if sent > 0:
        found += p["share_lead"] * sent
    if arrests > 1:
        found += p["x_lead"] * (arrests - 1)
    return found
