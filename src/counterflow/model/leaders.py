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
    core_share: Array  # share of national homicides in all states where leading groups are at home or present


class State(NamedTuple):
    """Share, from 0 to 1, of the places that can be affected which are affected now."""

    ordinary: Array
    neighbours: Array
    split: Array


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No removal in force."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero, zero)


def step(state: State, parameters: Parameters, killed: Array, splits: Array) -> tuple[State, Array]:
    """One week with `killed` leaders killed and `splits` of these removals splitting the group.

    Removals do not add up without bound: each affects one home state's share of the places where leading groups
    are present, and a place already affected is not affected twice. Returns the state and the multiplier on
    national homicides (1 with no removal in force).
    """
    p = parameters
    one_home = jnp.clip(p.home_share / p.core_share, 0.0, 1.0)

    def spread(affected: Array, removals: Array) -> Array:
        return affected + (1.0 - affected) * (1.0 - (1.0 - 0.999 * one_home) ** removals)

    state = State(
        spread(state.ordinary * jnp.exp(-1.0 / p.tau_k), killed),
        state.neighbours + (1.0 - state.neighbours) * jnp.minimum(killed, 1.0),
        spread(state.split * jnp.exp(-1.0 / p.tau_split), splits),
    )
    rise = (
        p.A_k * p.kill_x * p.dilution * state.ordinary
        + p.A_nb * p.kill_x * p.dilution * state.neighbours
        + (p.A_split - 1.0) * state.split
    )
    state = state._replace(neighbours=state.neighbours * jnp.exp(-1.0 / p.tau_nb))
    return state, 1.0 + p.core_share * rise
