"""Members of organised groups: recruitment, arrests, deaths in conflict, saturation.

The published model of Prieto-Curiel, Campedelli & Hope (Science 2023, 381:1312-1316), in weekly steps:

    dC_i/dt = rho C_i - eta C_i / C - theta C_i (K C)_i - omega C_i^2,     C = sum_i C_i
    (K C)_i = (C - C_i + sum_j R_ij C_j) / (A_i + 1)

R_ij is the number of states in which groups i and j fight, A_i the number of states in which i has allies. With
every factor at 1 this module returns the published results; the coupled model only moves the factors.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

GROUPS = 150
EPOCH = "2012-01-02"  # Monday of the first week of the published model


class Parameters(NamedTuple):
    """Scalars. The first five are drawn jointly, because size is not identified by the data."""

    C0: Array  # members in 2012, persons
    rho: Array  # recruitment, per member and week
    eta: Array  # members arrested, persons per week
    theta: Array  # lethality of conflict, per pair of members and week
    omega: Array  # saturation, per pair of members and week
    e_prev: Array  # share of would-be recruits in a prevention programme who are averted
    share_reach: Array  # share of recruits who come from the group that a programme can reach
    disp_rec: Array  # share of averted recruits who are replaced by others
    x_prev: Array  # participants a year at which a programme covers all whom it can reach
    e_rec: Array  # rise in recruitment per 100 civilians killed in a year, share


class Network(NamedTuple):
    """Who fights whom, and how many allies each has. Groups with a rival stand first, so that the conflict
    product needs a dense product over these 71 only; within both parts groups stand in order of rank.
    """

    rank: np.ndarray  # (group,) rank of the group at each position, from 1
    rivalry: np.ndarray  # (rivals, rivals) states contested between two groups
    alliance: np.ndarray  # (group,) states shared with allies


class Factors(NamedTuple):
    """What the rest of the system does to the groups. All are 1 in the published model."""

    recruitment: Array
    arrests: Array
    lethality: Array


class Flows(NamedTuple):
    """Persons per week, over all groups."""

    recruits: Array
    arrests: Array
    deaths: Array
    exits: Array


@lru_cache(maxsize=1)
def network() -> Network:
    """The 2020 network of 150 groups: 92 rival pairs, 91 allied pairs (Dryad doi:10.5061/dryad.zw3r228d7)."""
    rivalry = np.zeros((GROUPS, GROUPS))
    alliance = np.zeros(GROUPS)
    with (files("counterflow.model") / "data" / "ties.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            a, b = int(row["rank_a"]) - 1, int(row["rank_b"]) - 1
            rivalry[a, b] = rivalry[b, a] = float(row["rivalry_states"])
            alliance[[a, b]] += float(row["alliance_states"])
    fights = rivalry.any(axis=1)
    order = np.argsort(~fights, kind="stable")
    rivals = order[: fights.sum()]
    return Network(order + 1, rivalry[np.ix_(rivals, rivals)], alliance[order])


def initial_members(C0: Array) -> Array:
    """Members of each group in the first week of 2012: Zipf's law over the rank of its ties. (group,) persons."""
    weight = 1.0 / network().rank
    return C0 * jnp.asarray(weight / weight.sum(), dtype=jnp.result_type(C0, jnp.float32))


def opponents(members: Array) -> Array:
    """(K C)_i: the members that each group meets as opponents, weighted as published. (group,) persons."""
    net = network()
    dtype = members.dtype
    rivals = len(net.rivalry)
    contested = jnp.asarray(net.rivalry, dtype) @ members[:rivals]
    met = members.sum() - members + jnp.concatenate([contested, jnp.zeros(GROUPS - rivals, dtype)])
    return met / jnp.asarray(net.alliance + 1.0, dtype)


def no_change(dtype: jnp.dtype = jnp.float32) -> Factors:
    """The factors of the published model: 1."""
    one = jnp.ones((), dtype)
    return Factors(one, one, one)


def step(members: Array, parameters: Parameters, factors: Factors) -> tuple[Array, Flows]:
    """One week. `members` (group,) persons; returns next week's members and this week's flows.

    Losses of a group never exceed its members, so members stay non-negative under any factor.
    """
    total = members.sum()
    recruits = parameters.rho * factors.recruitment * members
    arrests = parameters.eta * factors.arrests * members / jnp.maximum(total, 1.0)
    deaths = parameters.theta * factors.lethality * members * opponents(members)
    exits = parameters.omega * members**2
    losses = arrests + deaths + exits
    share = jnp.where(losses > members + recruits, (members + recruits) / jnp.maximum(losses, 1e-12), 1.0)
    arrests, deaths, exits = arrests * share, deaths * share, exits * share
    flows = Flows(recruits.sum(), arrests.sum(), deaths.sum(), exits.sum())
    return members + recruits - arrests - deaths - exits, flows


def run(members: Array, parameters: Parameters, weeks: int, factors: Factors | None = None) -> tuple[Array, Flows]:
    """`weeks` steps with constant factors. Returns the members (group,) after them and flows (week,)."""
    factors = factors or no_change(members.dtype)
    return jax.lax.scan(lambda state, _: step(state, parameters, factors), members, length=weeks)


def recruitment_factor(parameters: Parameters, participants: Array, recorded: Array, civilians: Array) -> Array:
    """Recruitment relative to the reference: prevention lowers it, civilians killed may raise it.

    `participants` and `recorded` are young men at risk in a targeted programme per year; `civilians` the civilians
    killed by strikes over the last year.
    """

    def averted(people: Array) -> Array:
        coverage = jnp.clip(people / parameters.x_prev, 0.0, 1.0)
        return coverage * parameters.share_reach * parameters.e_prev * (1.0 - parameters.disp_rec)

    prevention = (1.0 - averted(participants)) / (1.0 - averted(recorded))
    return prevention * (1.0 + parameters.e_rec * civilians / 100.0)
