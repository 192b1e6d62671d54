"""Homicides in Mexico, by state: a latent trend that no mechanism here explains, times what the groups do to it.

    homicides_s = level x trend x share_s x lethality x [1 + f_h (groups - 1)] x m_s + reactions in home states
    groups = conflict deaths relative x anticipation x scarcity^-e_vio x revenue^e_rv
    m_s = 1 + (m_top - 1) (1 - prod_g (1 - r_g / (m_top - 1))^w_gs),  not below LEAST

r_g is what the loss of leaders adds to violence where group g is at home or present, w_gs how far state s is such a
place. One group's rise in its only home state acts in full; rises of several groups in one state saturate at m_top.

Official files fell from 2,211 in September 2024 to 1,442 in December 2025; the trend is a separate process whose
recent slope wears off, so that it belongs to every branch.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.model import leaders
from counterflow.model.cartels import LEADING
from counterflow.model.units import WEEKS_PER_YEAR

LEAST = 0.05  # lowest multiplier of a state: a dip does not end homicide
WIDER = 0.5  # weight of a state of wider presence, beside 1 for one of core presence; judgement, grade D
# As in the official series of victims by state, in its order.
STATES = (
    "Aguascalientes",
    "Baja California",
    "Baja California Sur",
    "Campeche",
    "Chiapas",
    "Chihuahua",
    "Ciudad de México",
    "Coahuila",
    "Colima",
    "Durango",
    "Estado de México",
    "Guanajuato",
    "Guerrero",
    "Hidalgo",
    "Jalisco",
    "Michoacán",
    "Morelos",
    "Nayarit",
    "Nuevo León",
    "Oaxaca",
    "Puebla",
    "Querétaro",
    "Quintana Roo",
    "San Luis Potosí",
    "Sinaloa",
    "Sonora",
    "Tabasco",
    "Tamaulipas",
    "Tlaxcala",
    "Veracruz",
    "Yucatán",
    "Zacatecas",
)


class Parameters(NamedTuple):
    f_h: Array  # share of homicides that moves with the groups' conflict deaths
    e_vio: Array  # elasticity of violence to scarcity of supply
    e_rv: Array  # elasticity of violence to contested revenue
    m_top: Array  # multiple of its homicides at which wars of groups saturate in a state
    damp: Array  # share of last year's slope that goes on
    h_trend: Array  # half-life of the slope, weeks


class Presence(NamedTuple):
    """Where the leading groups are, (LEADING, state)."""

    home: np.ndarray  # weights of the home states of a group, sum 1: what happens at home happens once
    near: np.ndarray  # weights of its other states: 1 core, WIDER wider presence, 0 at home


@lru_cache(maxsize=1)
def presence() -> Presence:
    """States of the leading groups, from the public overviews named in model/data/group_states.csv.

    Overviews name one to three home states. A removal or a split is an event in one place, so that each of them gets
    an equal share of it. A group without a row is at home everywhere alike (judgement, grade D).
    """
    home = np.full((LEADING, len(STATES)), 1.0 / len(STATES))
    near = np.zeros((LEADING, len(STATES)))
    with (files("counterflow.model") / "data" / "group_states.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rank = int(row["rank"]) - 1
            if rank >= LEADING:
                continue
            homes = [STATES.index(name) for name in row["home"].split("|")]
            for column, weight in (("wider", WIDER), ("core", 1.0)):
                near[rank, [STATES.index(name) for name in row[column].split("|") if name]] = weight
            home[rank], near[rank, homes] = 0.0, 0.0
            home[rank, homes] = 1.0 / len(homes)
    return Presence(home, near)


def reach(shares: Array) -> tuple[Array, Array]:
    """Share of the country's homicides in the home states, counted once, and in the other states of each group.

    `shares` (state,) of homicides by state. Returns two arrays (LEADING,).
    """
    where = presence()
    return jnp.asarray(where.home, shares.dtype) @ shares, jnp.asarray(where.near, shares.dtype) @ shares


def multipliers(parameters: Parameters, home: Array, near: Array) -> Array:
    """m_s of the head of this module, (state,). `home`, `near` (LEADING,): rises at home and elsewhere; 0 gives 1."""
    where = presence()
    most = parameters.m_top - 1.0

    weights = jnp.asarray(np.concatenate([where.home, where.near]), home.dtype)
    # Log of what a rise leaves of the way to the top. Plain logs: log1p and expm1 of arrays are slow on a CPU.
    room = jnp.log(1.0 - jnp.minimum(jnp.concatenate([home, near]) / most, 0.99))
    return jnp.maximum(1.0 - most * (jnp.exp(room @ weights) - 1.0), LEAST)


def step(
    parameters: Parameters,
    *,
    level: Array,
    shares: Array,
    slope: Array,
    week: Array,
    conflict_deaths: Array,
    lethality: Array,
    anticipation: Array,
    scarcity: Array,
    revenue: Array,
    home: Array,
    near: Array,
    war: Array,
    acute: Array,
    retaliation: Array,
    deployment: Array,
    shock: Array,
) -> Array:
    """Homicides this week by state, (state,); their sum is Mexico's.

    `level`: a week in the country at the start, with season; `shares` (state,) of it, sum 1; `slope`: log change over
    the year before the start; `week`: weeks since then. Relative to their references: `conflict_deaths` (without the
    factor of lethality), `lethality`, `anticipation`, `scarcity` (supply) and `revenue` (contested). `home`, `near`,
    `war`, `acute` (LEADING,): effects of lost leaders; `retaliation`: deaths this week by a reaction to strikes, and
    `deployment`: where forces are deployed anew, both in the home states of the leading groups; `shock`: log. With all
    of these at their references and no slope, the result
    is `level` x `shares` bit for bit.
    """
    p = parameters
    rate = jnp.log(2.0) / p.h_trend
    drift = p.damp * slope / WEEKS_PER_YEAR * (1.0 - jnp.exp(-rate * week)) / rate
    pull = p.e_rv * jnp.log(jnp.maximum(revenue, 1e-2)) - p.e_vio * jnp.log(jnp.maximum(scarcity, 1e-2))
    groups = conflict_deaths * anticipation * jnp.exp(pull)
    country = level * jnp.exp(drift + shock) * lethality * (1.0 + p.f_h * (groups - 1.0))
    reactions = acute + (retaliation + deployment) * leaders.weights(acute.dtype)
    at_home = reactions @ jnp.asarray(presence().home, acute.dtype)
    by_state = country * shares
    # Deployed forces may lower violence too, but not below what a dip leaves.
    return jnp.maximum(by_state * multipliers(p, home + war, near) + at_home, LEAST * by_state)
