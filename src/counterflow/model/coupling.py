"""Which mechanism hands what to which: the coupling table as data, and the switches that cut each part of it.

`system.py` passes every value that crosses from one mechanism to another through its edge. An edge that is switched off
gives its neutral value, as if the other mechanism stood at its reference. The documentation prints this table,
and the tests cut each edge in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from counterflow.errors import ModelError


class Edge(NamedTuple):
    """One value handed from a mechanism to another."""

    giver: str
    taker: str
    carries: str
    output: str  # an output that changes when the edge is cut, if something pushes the giver


EDGES: dict[str, Edge] = {
    "closure_allowed": Edge("courts", "border", "asylum limits that are not blocked", "attempts"),
    "remain_allowed": Edge("courts", "border", "Remain in Mexico where it is not blocked", "attempts"),
    "zones_allowed": Edge("courts", "border", "military zones that are not blocked", "attempts"),
    "removal_allowed": Edge("courts", "interior", "removals that are not blocked", "removals"),
    "local_allowed": Edge("courts", "interior", "local agreements that are not blocked", "interior_arrests"),
    "tariff_wages": Edge("courts", "money", "tariffs that are not blocked", "attempts"),
    "tariff_friction": Edge("courts", "diplomacy", "tariffs that are not blocked, next week", "cooperation"),
    "coop_arrests": Edge("diplomacy", "cartels", "arrests that depend on cooperation", "cartel_arrests"),
    "coop_raids": Edge("diplomacy", "supply", "laboratory raids that depend on cooperation", "lab_capacity"),
    "coop_migration": Edge(
        "diplomacy", "border", "Mexican migration enforcement that depends on cooperation", "attempts"
    ),
    "coop_transfers": Edge("diplomacy", "leaders", "transfers that depend on cooperation", "transfers"),
    "coop_leaders": Edge("diplomacy", "leaders", "arrests of leaders that depend on cooperation", "homicides"),
    "coop_cues": Edge("diplomacy", "strikes", "action on surveillance cues", "lab_capacity"),
    "acts_transfers": Edge("leaders", "diplomacy", "persons sent to the US, next week", "cooperation"),
    "acts_strikes": Edge("strikes", "diplomacy", "strikes without consent, next week", "cooperation"),
    "sales": Edge("supply", "money", "deliveries and price, next week", "revenue"),
    "crossings": Edge("border", "money", "crossings and fee, next week", "revenue"),
    "conflict_demand": Edge("cartels", "money", "deaths in conflict, next week, for gun demand", "guns_arriving"),
    "lost_revenue": Edge("money", "cartels", "recruitment as revenue moves", "cartel_recruits"),
    "wages_recruits": Edge("money", "cartels", "recruitment as legal wages move", "cartel_recruits"),
    "contested": Edge("money", "homicide", "revenue that groups fight over", "homicides"),
    "wages": Edge("money", "border", "wages in Mexico", "attempts"),
    "gun_demand": Edge("money", "arms", "demand for guns", "guns_arriving"),
    "lethality_conflict": Edge("arms", "cartels", "lethality of conflict", "cartel_deaths"),
    "lethality_homicides": Edge("arms", "homicide", "lethality of violence", "homicides"),
    "labs_hit": Edge("strikes", "supply", "laboratories hit, or found and raided", "lab_capacity"),
    "hits": Edge("strikes", "leaders", "leaders killed by strikes", "homicides"),
    "anticipation": Edge("strikes", "homicide", "violent activity held back by the threat of strikes", "homicides"),
    "deployment": Edge("strikes", "homicide", "homicides where Mexican forces are deployed anew", "homicides"),
    "reprisals": Edge("strikes", "homicide", "deaths by retaliation", "homicides"),
    "struck": Edge("strikes", "cartels", "members killed by strikes", "cartel_members"),
    "grievance": Edge("strikes", "cartels", "recruitment after civilians were killed", "cartel_recruits"),
    "loss_of_leaders": Edge("leaders", "homicide", "violence after leaders were lost", "homicides"),
    "factions": Edge("leaders", "cartels", "members who leave in a split, and fight those they left", "cartel_deaths"),
    "conflict": Edge("cartels", "homicide", "deaths in conflict between groups", "homicides"),
    "scarcity": Edge("supply", "homicide", "scarcity, next week", "homicides"),
    "deliveries": Edge("supply", "overdose", "pure fentanyl delivered", "overdose_deaths"),
    "violence": Edge("homicide", "border", "flight from violence", "attempts"),
    "freed": Edge("border", "supply", "agents freed by low crossings, next week", "fentanyl_seized_border"),
    "bookins": Edge("border", "interior", "border arrests that take beds", "detained_border"),
    "entries": Edge("border", "interior", "people who got through", "unauthorised"),
    "chilling": Edge("interior", "border", "arrests inside the country, next week", "attempts"),
}

# Parts of single mechanisms that can be left out or replaced, with their defaults.
STRUCTURE: dict[str, float] = {
    "retaliation": 1.0,  # Mexican hostility answers US hostility with hostility
    "concession": 1.0,  # or with concession: each draw does one or the other
    "reciprocity": 0.0,  # -1: every draw concedes; 1: every draw retaliates; 0: as drawn
    "secular_trend": 1.0,  # deaths fall, or rise, by what supply does not explain
    "price_deaths": 0.0,  # 1: deaths follow the price instead of the supply
    "splits": 1.0,  # groups can split
    "adaptation": 1.0,  # smugglers change their routes and sectors
}

Switches = dict[str, Array]  # every name of EDGES and STRUCTURE


def switches(changed: Mapping[str, float] | None = None) -> Switches:
    """All switches at their defaults but for `changed`. Raises ModelError for a name that there is not."""
    changed = changed or {}
    values = {**dict.fromkeys(EDGES, 1.0), **STRUCTURE}
    for name in changed:
        if name not in values:
            raise ModelError(f"no switch is called {name!r}", where="switches", hint=f"Known: {', '.join(values)}.")
    return {name: jnp.asarray(float(value), jnp.float32) for name, value in {**values, **changed}.items()}


def through(on: Switches, edge: str, value: Array, neutral: Array | float) -> Array:
    """What an edge carries: `value`, or `neutral` where the edge is cut."""
    return jnp.where(on[edge] > 0.5, value, neutral)
