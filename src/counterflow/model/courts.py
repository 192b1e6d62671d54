"""Courts: what a strategy orders is not what is in force while a ruling blocks it.

Every contested lever that is changed is exposed to an adverse ruling with a constant hazard per week; a ruling bites or
does not; a block that bites is stayed or lifted with another hazard, or never within the horizon (competing
exponential hazards: Prentice et al. 1978, Biometrics 34:541). One ruling settles a lever: after a stay, or after
a ruling without bite, it stays in force.

    exposed --h_inj--> ruling: blocked for good (p_bite p_last), blocked (p_bite (1 - p_last)) or settled (1 - p_bite)
    blocked --h_lift--> settled
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

CONTESTED: tuple[str, ...] = (
    "asylum.restriction",
    "asylum.remain_in_mexico",
    "emergency.declaration",
    "interior.removal",
    "interior.local_cooperation",
    "trade.tariff",
)


class Parameters(NamedTuple):
    h_inj: Array  # hazard of an adverse ruling on a contested lever, per week
    p_bite: Array  # probability that a ruling keeps the lever from acting
    h_lift: Array  # hazard that a block which does not last is stayed or lifted, per week
    p_last: Array  # share of blocks that are not lifted


class State(NamedTuple):
    """Probabilities (0 or 1 with chance), in the order of CONTESTED."""

    blocked: Array  # (lever,) blocked now
    lasting: Array  # (lever,) blocked for good, part of `blocked`
    settled: Array  # (lever,) in force whatever courts do


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No ruling so far."""
    none = jnp.zeros(len(CONTESTED), dtype)
    return State(none, none, none)


def step(
    state: State,
    parameters: Parameters,
    *,
    ordered: Array,
    hazard: Array,
    uniform: Array,
    noise: Array,
) -> tuple[State, Array]:
    """One week. Returns the state and the share (lever,) of each lever's change that is allowed, 1 = not blocked.

    `ordered`: (lever,) change beyond the path that no court is asked about; where it is 0 there is nothing to rule
    on. `hazard`: of a ruling, per week, one for all or (lever,). `uniform`: (lever,) uniform draws. With `noise` 1 a
    lever is blocked or not; with 0 the state holds probabilities. One uniform serves all transitions of its lever, in
    nested ranges, so that a branch with a higher hazard sees its ruling no later.
    """
    p = parameters
    temporary = state.blocked - state.lasting  # (lever,)
    exposed = jnp.where(ordered == 0.0, 0.0, jnp.maximum(1.0 - state.blocked - state.settled, 0.0))  # (lever,)
    ruling = -jnp.expm1(-hazard)
    bites = ruling * p.p_bite
    lasts = bites * p.p_last
    ends = -jnp.expm1(-p.h_lift)

    def happens(chance: Array) -> Array:  # (lever,)
        return jnp.where(noise > 0.5, jnp.asarray(uniform < chance, uniform.dtype), chance)

    lasting = exposed * happens(lasts)
    blocked = exposed * happens(bites)
    ruled = exposed * happens(ruling)
    lifted = temporary * happens(ends)
    following = State(
        blocked=state.blocked + blocked - lifted,
        lasting=state.lasting + lasting,
        settled=state.settled + (ruled - blocked) + lifted,
    )
    return following, 1.0 - following.blocked
