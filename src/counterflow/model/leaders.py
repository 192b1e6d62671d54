"""Loss of a leader of one of the eight leading groups: nothing, a dip, a rise in violence, or a split.

Rises are shares of a place's violence that decay exponentially, `1 + A exp(-t / tau)` (Calderon, Robles, Diaz-Cayeros
& Magaloni 2015; Lindo & Padilla-Romo 2018; the Sinaloa split of 2024). Three places are told apart:

- the municipality where the group lost its leader: a rise, larger if the leader was killed (Dickenson 2014), beside a
  brief change of unsure sign if the leader was arrested (Phillips 2015). It is `dilution` of a home state.
- places of the same group elsewhere: a smaller rise. They are `near_dilution` of the other states where it is present.
- the home states after a split: a war, measured for a whole state and so not diluted.

Which group is hit next is proportional to 1 / rank, as are the members of the groups. A place already affected is not
affected twice, and after the top leaders come lieutenants, whose removal has no ordinary effect and seldom splits.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.model.cartels import LEADING


class Parameters(NamedTuple):
    A_k: Array  # rise in the affected municipality after an ordinary removal, share
    tau_k: Array  # its decay, weeks
    A_nb: Array  # rise in places of the same group elsewhere, share
    tau_nb: Array  # its decay, weeks
    A0: Array  # brief change in the affected municipality after an arrest, share
    tau0: Array  # its decay, weeks
    kill_x: Array  # amplitude if the leader is killed rather than arrested, ratio
    P_acute: Array  # deaths within the week after the arrest of a top leader, persons
    p_split: Array  # probability that the removal of a top leader splits the group
    p_split_lt: Array  # probability that the removal of a lieutenant splits the group
    A_split: Array  # violence in the home state after a split, relative to before
    tau_split: Array  # its decay, weeks
    share_move: Array  # share of members who leave the group in a split
    dilution: Array  # affected municipality's share of its state's homicides
    near_dilution: Array  # affected places' share of homicides in the other states where the group is present
    n_top: Array  # top leaders of a leading group; whoever is removed after them is a lieutenant
    x_lead: Array  # leaders of leading groups arrested per week at the reference, persons
    share_lead: Array  # share of persons transferred who still lead a group


class State(NamedTuple):
    """(LEADING,) each. 0 = not affected."""

    ordinary: Array  # rise in the affected municipality, over that after an arrest: 1, or kill_x after a kill
    dip: Array  # what is left of the change that follows an arrest, 0 to 1
    near: Array  # what is left of the rise elsewhere, 0 to 1
    split: Array  # what is left of the war after a split, 0 to 1
    removed: Array  # leaders removed so far, persons


class Rises(NamedTuple):
    """Violence over what it would have been, less 1, in places of each group: undiluted. (LEADING,) each."""

    place: Array  # the municipality where the leader was lost
    elsewhere: Array  # other places of the same group
    war: Array  # home states, from a split


class Effects(NamedTuple):
    """(LEADING,) each. All 0 without a removal in force."""

    home: Array  # rise in a home state, share
    near: Array  # rise in other states where the group is present, share
    war: Array  # rise in a home state from a split, share
    leaving: Array  # share of members who leave the group for its slots this week
    acute: Array  # deaths this week by a reaction to arrests, persons


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No removal so far."""
    zero = jnp.zeros(LEADING, dtype)
    return State(zero, zero, zero, zero, zero)


def weights(dtype: jnp.dtype = jnp.float32) -> Array:
    """Chance that the next removal hits each leading group, (LEADING,), sum 1: proportional to 1 / rank.

    The law of the groups' size in Prieto-Curiel et al. 2023; that leaders are lost in proportion is a judgement.
    """
    by_rank = 1.0 / np.arange(1, LEADING + 1)
    return jnp.asarray(by_rank / by_rank.sum(), dtype)


def choose(count: Array, uniform: Array, noise: Array) -> Array:
    """This week's `count` removals by group, (LEADING,), sum `count`.

    With `noise` 1 all of them hit the one group that `uniform` in [0, 1) points to, so that branches stay paired;
    with 0 they are spread by `weights`.
    """
    chance = weights(count.dtype)
    ends = jnp.cumsum(chance).at[-1].set(jnp.inf)  # rounding must not leave a gap below 1
    starts = jnp.concatenate([jnp.zeros(1, count.dtype), ends[:-1]])
    one = jnp.where((uniform >= starts) & (uniform < ends), 1.0, 0.0)
    return count * (noise * one + (1.0 - noise) * chance)


def removals(parameters: Parameters, *, sent: Array, arrests: Array) -> Array:
    """Leaders removed this week otherwise than by strikes, beyond the recorded rate.

    `sent`: persons transferred beyond the reference; `arrests`: arrests of members over the reference. Fewer than at
    the reference remove no leader less: what the recorded rate did is in the record of violence.
    """
    p = parameters
    return p.share_lead * jnp.maximum(sent, 0.0) + p.x_lead * jnp.maximum(arrests - 1.0, 0.0)


def share_of_top(state: State, parameters: Parameters) -> Array:
    """Share of each group's next removals that are of top leaders: each removal leaves fewer. (LEADING,)."""
    return jnp.exp(-state.removed / parameters.n_top)


def split_chance(state: State, parameters: Parameters, removals: Array) -> Array:
    """Probability that this week's `removals` (LEADING,) split each group, (LEADING,)."""
    top = share_of_top(state, parameters)
    each = top * parameters.p_split + (1.0 - top) * parameters.p_split_lt
    return 1.0 - jnp.exp(removals * jnp.log(1.0 - jnp.minimum(each, 0.999)))


def rises(state: State, parameters: Parameters) -> Rises:
    """What the state of each group means for violence in its places, undiluted."""
    p = parameters
    return Rises(
        p.A_k * state.ordinary + p.A0 * state.dip,
        p.A_nb * state.near,
        (p.A_split - 1.0) * state.split,
    )


def after(state: State, parameters: Parameters, killed: Array, arrested: Array, split: Array) -> State:
    """Next state: this week's decay, then `killed` and `arrested` leaders and `split` groups, (LEADING,) each.

    Fractions are expected values. Between one and two removals in a week count as one for the place affected.
    """
    p = parameters
    top = share_of_top(state, p)
    kill, arrest = jnp.minimum(killed, 1.0), jnp.minimum(arrested, 1.0)

    def raised(affected: Array, level: Array | float, share: Array) -> Array:
        return affected + jnp.maximum(level - affected, 0.0) * share

    ordinary = raised(state.ordinary * jnp.exp(-1.0 / p.tau_k), p.kill_x, kill * top)
    return State(
        raised(ordinary, 1.0, arrest * top),
        raised(state.dip * jnp.exp(-1.0 / p.tau0), 1.0, arrest),
        raised(state.near * jnp.exp(-1.0 / p.tau_nb), 1.0, jnp.minimum(killed + arrested, 1.0) * top),
        raised(state.split * jnp.exp(-1.0 / p.tau_split), 1.0, split),
        state.removed + killed + arrested,
    )


def step(
    state: State,
    parameters: Parameters,
    *,
    killed: Array,
    arrested: Array,
    recorded: Array,
    wars: Array,
    uniform: Array,
    noise: Array,
    splits_on: Array,
) -> tuple[State, Effects]:
    """One week. `killed`, `arrested` (LEADING,): leaders removed beyond those at the reference, of which `recorded`
    are dated history. `wars` (LEADING,): groups that split this week, as recorded.

    With `noise` 1 a group splits where `uniform` falls below its chance, with 0 it splits by its chance; what followed
    recorded removals is on record too. `splits_on` 0 lets no group split. Deaths by a reaction to kills belong to the
    strikes that caused them.
    """
    p = parameters
    chance = split_chance(state, p, killed + arrested - recorded)
    drawn = noise * jnp.where(uniform < chance, 1.0, 0.0) + (1.0 - noise) * chance
    split = splits_on * jnp.maximum(drawn, wars)
    acute = p.P_acute * arrested * share_of_top(state, p)
    state = after(state, p, killed, arrested, split)
    rise = rises(state, p)
    effects = Effects(
        p.dilution * rise.place,
        p.near_dilution * rise.elsewhere,
        rise.war,
        p.share_move * split,
        acute,
    )
    return state, effects


def path(parameters: Parameters, weeks: int, *, killed: Array, split: Array) -> Rises:
    """Undiluted rises, (week,) each, after one group loses one top leader in week 0.

    `killed` 1 if killed, 0 if arrested; `split` 1 if the group splits then. By the formulas of `step`: what studies of
    municipalities (place, elsewhere) and of a state at war (war) can be compared with.
    """
    one = jnp.zeros(LEADING, parameters.A_k.dtype).at[0].set(1.0)
    now = jnp.zeros(weeks, one.dtype).at[0].set(1.0)

    def week(state: State, this: Array) -> tuple[State, Rises]:
        state = after(state, parameters, this * killed * one, this * (1.0 - killed) * one, this * split * one)
        return state, rises(state, parameters)

    _, found = jax.lax.scan(week, initial(one.dtype), now)
    return Rises(*(rise[:, 0] for rise in found))


def removal_deaths(parameters: Parameters, homicides: Array, home: Array, near: Array) -> Array:
    """Further deaths in all weeks after one ordinary arrest of a top leader, without a split and without `P_acute`.

    `homicides` a week in the country; `home`, `near`: share of them in the home states of the group (counted once) and
    in its other states, as `homicide.reach` gives them, any shape. The sum of `path` over all weeks, diluted.
    """
    p = parameters

    def weeks(tau: Array) -> Array:
        return -1.0 / jnp.expm1(-1.0 / tau)  # sum of exp(-t / tau) over t = 0, 1, ...

    place = p.dilution * (p.A_k * weeks(p.tau_k) + p.A0 * weeks(p.tau0))
    return homicides * (home * place + near * p.near_dilution * p.A_nb * weeks(p.tau_nb))
