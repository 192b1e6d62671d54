"""Loss of a leader: nothing, an ordinary rise in violence where the group is at home, or a split.

Multiplicative hazards with exponential decay (Calderon et al. 2015; Lindo & Padilla-Romo 2018; the
Sinaloa split of 2024). Municipal effects are diluted to the country: by the municipality's share of its state
and the home states' share of national homicides.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Parameters(NamedTuple):
    A_k: Array  # rise in the affected municipality after an ordinary removal, share
    tau_k: Array  # its decay, weeks
    A_nb: Array  # rise in places of the same group elsewhere, share
    tau_nb: Array  # its decay, weeks
    kill_x: Array  # amplitude if the leader is killed rather than arrested, ratio
    p_split: Array  # probability that the removal of a top leader splits the group
    A_split: Array  # violence ratio in the home state after a split
    tau_split: Array  # its decay, weeks
    dilution: Array  # municipality's share of its state's homicides
    home_share: Array  # home state's share of national homicides
    core_share: Array  # share of national homicides in all states where leading groups are at home
    near_share: Array  # share of national homicides in other places of the same group near by
    N_top: Array  # top leaders; whoever is removed after them is a lieutenant
    p_split_lt: Array  # probability that the removal of a lieutenant splits the group


class State(NamedTuple):
    """Places affected, as shares from 0 to 1 of those that can be, and leaders removed so far."""

    ordinary: Array
    neighbours: Array
    split: Array
    removed: Array


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No removal so far."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero, zero, zero)


def share_of_top(state: State, parameters: Parameters) -> Array:
    """Share of the next removals that are of top leaders: each removal leaves fewer of them."""
    return jnp.exp(-state.removed / parameters.N_top)


def split_probability(state: State, parameters: Parameters) -> Array:
    """Probability that the next removal splits a group."""
    top = share_of_top(state, parameters)
    return top * parameters.p_split + (1.0 - top) * parameters.p_split_lt


def step(state: State, parameters: Parameters, killed: Array, splits: Array) -> tuple[State, Array]:
    """One week with `killed` leaders killed and `splits` of these removals splitting the group.

    Removals do not add up without bound: each affects one home state's share of the places where leading groups
    are at home, a place already affected is not affected twice, and after the top leaders come lieutenants, whose
    removal has no ordinary effect. Returns the state and the multiplier on national homicides (1 with no removal
    in force).
    """
    p = parameters
    one_home = jnp.clip(p.home_share / p.core_share, 0.0, 1.0)
    top = killed * share_of_top(state, p)

    def spread(affected: Array, removals: Array) -> Array:
        return affected + (1.0 - affected) * (1.0 - (1.0 - 0.999 * one_home) ** removals)

    state = State(
        spread(state.ordinary * jnp.exp(-1.0 / p.tau_k), top),
        spread(state.neighbours * jnp.exp(-1.0 / p.tau_nb), top),
        spread(state.split * jnp.exp(-1.0 / p.tau_split), splits),
        state.removed + killed,
    )
    groups = 1.0 / one_home  # homes that can be affected
    rise = (
        p.core_share * p.A_k * p.kill_x * p.dilution * state.ordinary
        + p.near_share * p.A_nb * groups * state.neighbours
        + p.core_share * (p.A_split - 1.0) * state.split
    )
    return state, 1.0 + rise
