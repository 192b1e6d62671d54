"""One week of homicides in plain Python, state by state."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from math import exp, log

import numpy as np

LEADING = 8


def places(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Weights of home states (sum 1) and of other states (1 core, 1/2 wider), (group, state)."""
    home, near = np.zeros((LEADING, len(names))), np.zeros((LEADING, len(names)))
    with (files("counterflow.model") / "data" / "group_states.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            g = int(row["rank"]) - 1
            if g >= LEADING:
                continue
            homes, core, wider = (set(row[column].split("|")) for column in ("home", "core", "wider"))
            for s, name in enumerate(names):
                if name in homes:
                    home[g, s] = 1 / len(homes)
                elif name in core:
                    near[g, s] = 1.0
                elif name in wider:
                    near[g, s] = 0.5
    return home, near


def step(names: list[str], p: Mapping[str, float], x: Mapping[str, float], by: Mapping[str, np.ndarray]) -> np.ndarray:
    """Homicides by state. `x`: scalars of the week; `by`: shares (state,) and effects of lost leaders (group,)."""
    home, near = places(names)
    rate = log(2) / p["h_trend"]
    trend = exp(p["damp"] * x["slope"] * 7 / 365.25 * (1 - exp(-rate * x["week"])) / rate + x["shock"])
    groups = x["conflict_deaths"] * x["anticipation"]
    groups *= max(x["scarcity"], 0.01) ** -p["e_vio"] * max(x["revenue"], 0.01) ** p["e_rv"]
    harmonic = sum(1 / rank for rank in range(1, LEADING + 1))
    out = np.zeros(len(names))
    for s in range(len(names)):
        left = 1.0
        for g in range(LEADING):
            for rise, weight in ((by["home"][g] + by["war"][g], home[g, s]), (by["near"][g], near[g, s])):
                left *= (1 - min(rise / (p["m_top"] - 1), 0.99)) ** weight
        multiplier = max(1 + (p["m_top"] - 1) * (1 - left), 0.05)
        out[s] = x["level"] * trend * by["shares"][s] * x["lethality"]
        out[s] *= (1 - p["f_h"] + p["f_h"] * groups) * multiplier
        for g in range(LEADING):
            out[s] += home[g, s] * (by["acute"][g] + (x["retaliation"] + x["deployment"]) / (g + 1) / harmonic)
    return out
