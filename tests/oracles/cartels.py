"""One week of the groups in plain NumPy, entry by entry, straight from the equations."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np

GROUPS, LEADING, SLOTS = 150, 8, 4


def ties() -> tuple[np.ndarray, np.ndarray]:
    """Rivalry (rank, rank) and number of alliance states (rank,), by rank from 0."""
    rivalry, allies = np.zeros((GROUPS, GROUPS)), np.zeros(GROUPS)
    with (files("counterflow.model") / "data" / "ties.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            a, b = int(row["rank_a"]) - 1, int(row["rank_b"]) - 1
            rivalry[a, b] += float(row["rivalry_states"])
            rivalry[b, a] += float(row["rivalry_states"])
            allies[a] += float(row["alliance_states"])
            allies[b] += float(row["alliance_states"])
    return rivalry, allies


def opponents(groups: np.ndarray, slots: np.ndarray, R_split: float) -> tuple[np.ndarray, np.ndarray]:
    """(K C) of groups (rank,) and slots (LEADING, SLOTS)."""
    rivalry, allies = ties()
    everyone = groups.sum() + slots.sum()
    met_groups, met_slots = np.zeros(GROUPS), np.zeros((LEADING, SLOTS))
    family = groups.copy()
    for g in range(LEADING):
        family[g] += slots[g].sum()
    for i in range(GROUPS):
        against = sum(rivalry[i, j] * family[j] for j in range(GROUPS))
        within = R_split * (family[i] - groups[i]) if i < LEADING else 0.0
        met_groups[i] = (everyone - groups[i] + against + within) / (allies[i] + 1)
        for s in range(SLOTS if i < LEADING else 0):
            within = R_split * (family[i] - slots[i, s])
            met_slots[i, s] = (everyone - slots[i, s] + against + within) / (allies[i] + 1)
    return met_groups, met_slots


def step(
    groups: np.ndarray, slots: np.ndarray, p: Mapping[str, float], factors: Sequence[float], split: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Groups (rank,) and slots (LEADING, SLOTS) after a week, and recruits, arrests, deaths, exits, struck."""
    recruitment, arrests, lethality, struck = factors
    groups, slots = groups.copy(), slots.copy()
    sizes = np.array([p["evenness"] ** k for k in range(SLOTS)])
    for g in range(LEADING):
        leave = split[g] * groups[g]
        groups[g] -= leave
        slots[g] += leave * sizes / sizes.sum()
    met_groups, met_slots = opponents(groups, slots, p["R_split"])
    everyone = groups.sum() + slots.sum()
    flows = [0.0] * 5

    def after(size: float, met: float) -> float:
        joins = p["rho"] * recruitment * size
        losses = [
            p["eta"] * arrests * size / max(everyone, 1.0),
            p["theta"] * lethality * size * met,
            p["omega"] * size**2,
            struck * size / max(everyone, 1.0),
        ]
        if sum(losses) > size + joins:
            losses = [loss * (size + joins) / sum(losses) for loss in losses]
        for k, flow in enumerate([joins, *losses]):
            flows[k] += flow
        return size + joins - sum(losses)

    groups = np.array([after(groups[i], met_groups[i]) for i in range(GROUPS)])
    slots = np.array([[after(slots[g, s], met_slots[g, s]) for s in range(SLOTS)] for g in range(LEADING)])
    return groups, slots, flows
