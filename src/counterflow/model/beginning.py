"""What a draw's 2022-24 looks like, and every mechanism's state there."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from counterflow.model import (
    arms,
    border,
    cartels,
    courts,
    diplomacy,
    interior,
    leaders,
    money,
    noise,
    overdose,
    strikes,
    supply,
)
from counterflow.model.state import Last, Levels, Parameters, Record, Reference, State, by_lever


def reference(p: Parameters, record: Record, conflict_deaths: Array, encounters: Array) -> Reference:
    """What a draw's 2022-24 looks like, from the means of the official series.

    `conflict_deaths`: a week, of the groups as they stood in the middle of those years. `encounters`: a week, as
    observed before the strategy: what is inside the country is measured against the months before it, since stays are
    short and the levels of 2022-24 say little about them.
    """
    levers, start = by_lever(record.levers), by_lever(record.start)
    return Reference(
        conflict_deaths=conflict_deaths,
        supply=supply.reference(p.supply, record.seized_lb, record.route_shares),
        precursors=supply.precursor_mean(p.supply, record.before_shock, record.after_shock),
        newcomers=border.newcomers_at(p.border, record.encounters, levers["asylum.restriction"]),
        attempts=record.encounters / p.border.p_app,
        fee=p.border.fee,
        interior=interior.Reference(
            arrests=start["interior.arrests"],
            agreements=start["interior.local_cooperation"],
            beds=start["interior.detention"],
            encounters=encounters,
            bookins_border=record.bookins_border,
            detained_border=record.detained_border,
            detained_interior=record.detained_interior,
            removals=record.removals,
        ),
    )


def initial(p: Parameters, record: Record, at: Reference, members: Array) -> State:
    """Every mechanism at its reference, with `members` (group and slot,) of the groups."""
    dtype = members.dtype
    one, none = jnp.ones((), dtype), jnp.zeros((), dtype)
    levers = by_lever(record.levers)
    return State(
        noise.initial(dtype),
        Levels(one, one, one, one),
        courts.initial(dtype),
        diplomacy.initial(dtype),
        money.initial(dtype),
        arms.initial(dtype),
        strikes.initial(dtype),
        leaders.initial(dtype),
        cartels.parts_of(members),
        supply.initial(at.supply),
        overdose.initial(dtype),
        border.initial(p.border, record.encounters, levers["asylum.restriction"]),
        interior.initial(p.interior, record.detained_border, record.detained_interior),
        Last(diplomacy.Acts(*(none,) * len(diplomacy.Acts._fields)), one, one, one, one, one, one, none, one),
    )
