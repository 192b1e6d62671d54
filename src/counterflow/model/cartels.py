"""Members of organised groups: recruitment, arrests, deaths in conflict, saturation, splits.

The published model of Prieto-Curiel, Campedelli & Hope (Science 2023, 381:1312-1316), in weekly steps:

    dC_i/dt = rho C_i - eta C_i / C - theta C_i (K C)_i - omega C_i^2,     C = sum_i C_i
    (K C)_i = (C - C_i + sum_j R_ij C_j) / (A_i + 1)

R_ij is the number of states in which groups i and j fight, A_i the number of states in which i has allies. With
every factor at 1 and no split this module returns the published results; the coupled model only moves the factors.

A split sends part of the members of a leading group to its four slots. Slots keep the rivals and allies of the group
that they come from; what is left of the group and its slots, a family, fight one another in `R_split` states:

    (K C)_i = (C - C_i + sum_j R_ij F_j + R_split (F_g - C_i)) / (A_i + 1),     F_g = members of i's family

with F_j the members of j's family, or C_j where j cannot split. Empty slots leave the published product as it is.
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
LEADING = 8  # groups of highest rank, which can split
SLOTS = 4  # for each of them
MEMBERS = GROUPS + LEADING * SLOTS  # entries of `members`: groups, then four slots for each leading group in turn
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
    R_split: Array  # states contested between the parts of a group that has split
    evenness: Array  # size of each part that leaves over that of the one before, share


class Network(NamedTuple):
    """Who fights whom, and how many allies each has. Groups with a rival stand first, so that the conflict
    product needs a dense product over these 71 only; within both parts groups stand in order of rank.
    """

    rank: np.ndarray  # (group,) rank of the group at each position, from 1
    rivalry: np.ndarray  # (rivals, rivals) states contested between two groups
    alliance: np.ndarray  # (group,) states shared with allies
    leading: np.ndarray  # (LEADING,) positions of the groups that can split, in order of rank


class Factors(NamedTuple):
    """What the rest of the system does to the groups: factors, 1 in the published model, and persons, 0 there."""

    recruitment: Array
    arrests: Array
    lethality: Array
    struck: Array  # members killed by strikes this week, persons


class Flows(NamedTuple):
    """Persons per week, over all groups and slots."""

    recruits: Array
    arrests: Array
    deaths: Array
    exits: Array
    struck: Array


class Parts(NamedTuple):
    """Members, or what goes with them, of the kinds of entries that meet opponents in different ways."""

    leading: Array  # (LEADING,)
    rivals: Array  # (rivals - LEADING,) other groups with a rival
    others: Array  # (GROUPS - rivals,)
    slots: Array  # (LEADING * SLOTS,)


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
    leading = np.argsort(order)[:LEADING]
    # All leading groups have rivals, so they stand first; the products below rely on it.
    assert (leading == np.arange(LEADING)).all()
    return Network(order + 1, rivalry[np.ix_(rivals, rivals)], alliance[order], leading)


def initial_members(C0: Array) -> Array:
    """Members in the first week of 2012: Zipf's law over the rank of a group's ties. (MEMBERS,) persons, slots 0."""
    weight = np.zeros(MEMBERS)
    weight[:GROUPS] = 1.0 / network().rank
    return C0 * jnp.asarray(weight / weight.sum(), dtype=jnp.result_type(C0, jnp.float32))


def pieces(parameters: Parameters) -> Array:
    """Share of those who leave a group that goes to each slot: (SLOTS,), sum 1.

    Each part is `evenness` times as large as the one before, so that the group breaks into two (0) up to five (1)
    parts. A choice of form: no source states sizes.
    """
    e = parameters.evenness
    sizes = jnp.stack([jnp.ones_like(e), e, e * e, e * e * e])
    return sizes / sizes.sum()


def parts_of(members: Array) -> Parts:
    """`members` (MEMBERS,) by kind of entry."""
    rivals = len(network().rivalry)
    return Parts(members[:LEADING], members[LEADING:rivals], members[rivals:GROUPS], members[GROUPS:])


def joined(parts: Parts) -> Array:
    """`members` (MEMBERS,) again."""
    return jnp.concatenate(parts)


def total(parts: Parts) -> Array:
    """Sum over all entries. Products with ones: XLA adds up the last axis much faster this way on a CPU."""
    dtype = parts.leading.dtype
    return sum((part @ jnp.ones(part.shape, dtype) for part in parts), start=jnp.zeros((), dtype))


def opponents(parts: Parts, R_split: Array) -> tuple[Array, Parts]:
    """All members, and (K C)_i: the members that each entry meets as opponents. Persons.

    Prieto-Curiel et al. 2023, with K_ij = (R_ij + 1) / (A_i + 1); families as stated at the head of this module.
    R is symmetric; vectors stand first, which spares a transposition where many runs are batched. Blocks were faster
    than one product over joined vectors, and as fast as written-out sums over the 184 ties, which compile slowly.
    """
    net = network()
    dtype = parts.leading.dtype
    rivalry = jnp.asarray(net.rivalry, dtype)
    weight = jnp.asarray(1.0 / (net.alliance + 1.0), dtype)
    own, other = slice(LEADING), slice(LEADING, None)
    rivals = len(rivalry)
    everyone = total(parts)
    slots = parts.slots.reshape(LEADING, SLOTS)
    family = parts.leading + slots.sum(axis=1)
    by_leading = family @ rivalry[own, own] + parts.rivals @ rivalry[other, own]
    by_rivals = family @ rivalry[own, other] + parts.rivals @ rivalry[other, other]
    met = Parts(
        everyone - parts.leading + by_leading + R_split * (family - parts.leading),
        everyone - parts.rivals + by_rivals,
        everyone - parts.others,
        everyone - slots + by_leading[:, None] + R_split * (family[:, None] - slots),
    )
    return everyone, Parts(
        met.leading * weight[own],
        met.rivals * weight[LEADING:rivals],
        met.others * weight[rivals:],
        (met.slots * weight[own, None]).reshape(-1),
    )


def no_change(dtype: jnp.dtype = jnp.float32) -> Factors:
    """The factors of the published model: 1, and nobody struck."""
    one = jnp.ones((), dtype)
    return Factors(one, one, one, jnp.zeros((), dtype))


def step(members: Parts, parameters: Parameters, factors: Factors, split: Array) -> tuple[Parts, Flows]:
    """One week. `members` in persons; returns next week's members and this week's flows.

    `split` (LEADING,): share of each leading group's members who leave it for its slots at the start of the week.
    Losses of a group never exceed its members, so members stay non-negative under any factor.
    """
    p = parameters
    leave = split * members.leading
    now = members._replace(
        leading=members.leading - leave,
        slots=members.slots + (leave[:, None] * pieces(p)).reshape(-1),
    )
    everyone, met = opponents(now, p.R_split)
    gain = 1.0 + p.rho * factors.recruitment
    arrested = p.eta * factors.arrests / jnp.maximum(everyone, 1.0)
    struck = factors.struck / jnp.maximum(everyone, 1.0)
    lethality = p.theta * factors.lethality

    def lost(part: Array, opposed: Array) -> tuple[Array, Array, Array, Array]:
        """Members after the week, those who bear its losses, and of these the deaths and exits."""
        killed, left = lethality * opposed, p.omega * part
        rate = arrested + struck + killed + left
        bearing = part * (gain / jnp.maximum(gain, rate))  # all members, unless more would be lost than there are
        # Where all are lost, rounding can leave less than nobody.
        after = jnp.maximum(part * gain - bearing * rate, 0.0)
        return after, bearing, bearing * killed, bearing * left

    after, bearing, killed, left = (Parts(*kind) for kind in zip(*map(lost, now, met), strict=True))
    flows = Flows(
        p.rho * factors.recruitment * everyone,
        arrested * (alive := total(bearing)),
        total(killed),
        total(left),
        struck * alive,
    )
    return after, flows


def run(members: Array, parameters: Parameters, weeks: int, factors: Factors | None = None) -> tuple[Array, Flows]:
    """`weeks` steps with constant factors and no split. Returns the members after them and flows (week,)."""
    factors = factors or no_change(members.dtype)
    none = jnp.zeros(LEADING, members.dtype)

    def week(now: Parts, _: None) -> tuple[Parts, Flows]:
        return step(now, parameters, factors, none)

    after, flows = jax.lax.scan(week, parts_of(members), length=weeks)
    return joined(after), flows


def count(members: Parts) -> Array:
    """Number of groups and slots with at least one member. Reported, never fed back."""
    return total(Parts(*((part >= 1.0).astype(part.dtype) for part in members)))


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
