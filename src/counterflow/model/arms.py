"""Guns that go south: the flow, what inspection takes and keeps back, the stock in Mexico and what it does to violence.

A flow feeds a stock that wears out, and violence moves with the stock. A change of one week's flow therefore hardly
shows within two years. Inspection is given in guns, so that no response of seizures to inspection hours is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike

from counterflow.model.units import WEEKS_PER_YEAR

MOST = 0.95  # of a week's flow that inspection can take, and that it can keep back


class Parameters(NamedTuple):
    F_g: Array  # guns a year that leave for Mexico at the reference
    s_g: Array  # share of them that the US seizes at the reference
    e_g: Array  # elasticity of homicides to the stock, and so, in the long run, to the flow
    h_stock: Array  # half-life of the stock, years
    det_insp: Array  # guns deterred or delayed per gun seized
    bal: Array  # share of those that goes another way
    x_str: Array  # factor on the flow per doubling of demand


class State(NamedTuple):
    stock: Array  # over the steady stock of the reference


class Flows(NamedTuple):
    """Guns a week, except the last two."""

    departing: Array
    seized: Array
    deterred: Array  # that do not depart because of inspection beyond the reference
    arriving: Array
    retired: Array  # stock worn out
    stock: Array  # over the steady stock of the reference, at the end of the week
    lethality: Array  # factor on homicides, 1 at the reference


def initial(dtype: DTypeLike) -> State:
    """The steady stock of the reference."""
    return State(jnp.ones((), dtype))


def steady_stock(p: Parameters) -> Array:
    """Guns in Mexico that the reference flow keeps constant: arrivals a week over the share that wears out a week."""
    return p.F_g / WEEKS_PER_YEAR * (1.0 - p.s_g) / _worn(p, 1.0)


def step(
    state: State, p: Parameters, *, demand: Array, seized_ordered: Array, seized_reference: Array
) -> tuple[State, Flows]:
    """One week.

    `demand`: for guns, over the reference. `seized_ordered`, `seized_reference`: guns a year that US inspection
    takes, and takes at the reference. What is ordered beyond the reference adds to the share that the reference
    takes; each gun of it keeps `det_insp` more from leaving, of which `bal` goes another way.

    In guns, departing = seized + arriving, and the change of the stock is arriving - retired. At demand 1 and the
    reference's inspection, stock and lethality stay 1 exactly.

    Form: a stock with half-life and a power of it (Dube, Dube & Garcia-Ponce 2013, APSR 107, and Chicoine for
    direction and scale; the half-life is judgement). Rerouting as between ways of smuggling drugs.
    """
    usual = p.F_g / WEEKS_PER_YEAR
    wanted = usual * jnp.exp(jnp.log2(p.x_str) * jnp.log(jnp.maximum(demand, 1e-3)))
    added = (seized_ordered - seized_reference) / WEEKS_PER_YEAR
    deterred = jnp.minimum(p.det_insp * (1.0 - p.bal) * added, MOST * wanted)
    departing = wanted - deterred
    share = jnp.clip(p.s_g + added / departing, 0.0, MOST)
    seized = share * departing
    # By shares, so that the reference gives 1 to the last bit.
    stock = _renewed(p, state.stock, departing / usual * ((1.0 - share) / (1.0 - p.s_g)), 1.0)
    retired = _worn(p, 1.0) * steady_stock(p) * state.stock
    return State(stock), Flows(departing, seized, deterred, departing - seized, retired, stock, lethality(p, stock))


def lethality(p: Parameters, stock: Array) -> Array:
    """Factor on homicides at a stock relative to the reference: stock ** e_g."""
    return jnp.exp(p.e_g * jnp.log(jnp.maximum(stock, 1e-6)))


def homicides_after_rise(p: Parameters, rise: Array, homicides: Array, weeks: Array) -> Array:
    """Event study: homicides a week beyond `homicides` a week, `weeks` after the arrivals of guns rose by a share.

    The same stock and power as `step`. For the assault-weapon ban that expired in September 2004 the rise of the
    flow is not published; nor does a source here say how many homicides the places near the border had. Both are the
    caller's assumption and belong beside the result.
    """
    return homicides * (lethality(p, _renewed(p, jnp.ones_like(p.e_g), 1.0 + rise, weeks)) - 1.0)


def share_seized(p: Parameters, seized: Array) -> Array:
    """Event study: share of the southbound flow that `seized` guns a year are."""
    return seized / p.F_g


def _worn(p: Parameters, weeks: Array | float) -> Array:
    """Share of the stock that wears out in `weeks`."""
    return -jnp.expm1(-jnp.log(2.0) * weeks / (WEEKS_PER_YEAR * p.h_stock))


def _renewed(p: Parameters, stock: Array, arriving: Array, weeks: Array | float) -> Array:
    """Stock after `weeks` of arrivals that are `arriving` times those of the reference."""
    # Written as a step toward the new level, so that a stock of 1 stays 1 to the last bit.
    return stock + _worn(p, weeks) * (arriving - stock)
