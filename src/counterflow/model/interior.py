"""Enforcement inside the country: arrests, detention, removals, and the people without authorisation.

Arrests come from jails, which hand people over where local authorities cooperate, and from the streets, where word
gets round. Officers limit both. People arrested at the border take beds before people arrested inside.

No effect on crime is built in: sanctuary policies and Secure Communities showed none (Hausman 2020, PNAS 117). The
prior `c_crime` records that, and only the event study `sanctuary` uses it.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

DAYS = 7.0  # in a week
SHARPNESS = 4  # of the bend where orders come near what officers can do; 4 costs 16% where the two are equal
QUIETEST = 0.05  # raids over the reference below which caution falls no further
REMOVED_AT_MOST = 0.95  # of recorded removals that can come from detention


class Parameters(NamedTuple):
    a_off: Array  # arrests per officer and week
    officers: Array  # at the reference
    x_detail: Array  # how many times their own arrests officers can reach with detailees and hires
    LOS: Array  # mean stay in detention of people arrested inside, days
    soft: Array  # people held per funded bed at most
    rel_full: Array  # share of arrests for which there is no bed that are made all the same
    sh_jail: Array  # share of arrests made in jails
    s_sanc: Array  # arrests through jails where local authorities refuse, over those where they cooperate
    coop_ref: Array  # share of places that cooperate at the reference
    coop_287: Array  # rise of the log odds of that share per e-fold of agreements
    x_force: Array  # further arrests at large where local officers are deputised, share
    effort_large: Array  # effort of an arrest at large over one in a jail
    y_leak: Array  # yield of a raid known beforehand over one that is not
    share_raids: Array  # share of arrests at large that are made in large raids
    avoid: Array  # fall of the rate of meeting people at large per doubling of raids, share
    tau_avoid: Array  # until word has got round, weeks
    share_book: Array  # share of arrests beyond the reference that need a bed
    e_book: Array  # elasticity of border book-ins to encounters
    rel_sh: Array  # share of those leaving detention who are removed
    fill: Array  # elasticity of releases to crowding
    stock0: Array  # people without authorisation at the reference
    other_in: Array  # people a week who come to be without authorisation otherwise than across the border
    exit0: Array  # people a week who leave that stock on their own at the reference
    admit: Array  # share of people met at the border, neither detained nor removed, who are let into the country
    e_out: Array  # further voluntary exits per removal beyond the reference
    c_crime: Array  # log effect on crime; not built in


class Reference(NamedTuple):
    """Recorded levels, means of 2022-24, all above zero. Levers in the units of the catalogue."""

    arrests: Array  # a day
    agreements: Array
    beds: Array
    encounters: Array  # a week between the ports
    bookins_border: Array  # people arrested at the border booked into detention, a week
    detained_border: Array  # persons
    detained_interior: Array  # persons
    removals: Array  # a year


class State(NamedTuple):
    stock: Array  # people without authorisation who are not detained
    detained_border: Array
    detained_interior: Array
    wary: Array  # doublings of raids that people have adapted to


class Flows(NamedTuple):
    """Persons a week, except those detained, who are counted at the end of the week."""

    arrests: Array
    detained_border: Array
    detained_interior: Array
    removals: Array  # from detention, and at the border without it
    released: Array  # from detention
    exits: Array  # voluntary
    bookins_border: Array
    bookins_interior: Array
    removed_detained: Array  # from detention alone
    entered: Array  # into the stock, other than from detention


def initial(p: Parameters, detained_border: Array, detained_interior: Array) -> State:
    """The reference's stock, so many detained, nobody the warier."""
    stock = p.stock0 + jnp.zeros_like(detained_border)
    return State(stock, detained_border, detained_interior, jnp.zeros_like(detained_border))


def step(
    state: State,
    p: Parameters,
    at: Reference,
    *,
    ordered: Array,
    agreements: Array,
    beds: Array,
    removal_ratio: Array,
    leak: Array,
    encounters: Array,
    gotaways: Array,
) -> tuple[State, Flows]:
    """One week.

    `ordered`: arrests a day as achieved before people take care. `agreements`: 287(g) agreements in force. `beds`:
    people detained or beds funded. `removal_ratio`: removals ordered over the reference. `leak`: chance beyond the
    reference that a large raid is known beforehand. `encounters`: over the reference. `gotaways`: persons a week.

    People balance: the change of the stock is entered - bookins_interior + released - exits, and the change of those
    detained is bookins_border + bookins_interior - removed_detained - released. With levers and encounters at the
    reference, arrests and the people detained stay as recorded, bit for bit, and removals to rounding.

    Forms: stocks and flows by Little's law; arrests limited by officers, cooperation and beds.
    """
    found, wary = _arrests(state, p, at, ordered, agreements, leak)
    wanted_border = jnp.minimum(
        at.bookins_border * jnp.exp(p.e_book * jnp.log(jnp.maximum(encounters, 1e-6))), at.encounters * encounters
    )
    relative = found / (DAYS * at.arrests)
    booked = _turnover(p, at)
    wanted_interior = booked * jnp.minimum(relative, 1.0) + p.share_book * DAYS * at.arrests * jnp.maximum(
        relative - 1.0, 0.0
    )
    wanted_interior = jnp.minimum(wanted_interior, found)

    # Those leaving make room. What is released, though not what is removed, responds to crowding.
    held = state.detained_border + state.detained_interior
    crowding = held / (at.detained_border + at.detained_interior) * (at.beds / jnp.maximum(beds, 1.0))
    pressure = jnp.exp(p.fill * jnp.log(jnp.maximum(crowding, 1e-3))) - 1.0
    usual = _removed_share(p, at, booked)
    removed_share = usual * removal_ratio / (1.0 + usual * (removal_ratio - 1.0))
    out_border, removed_border = _leaving(
        state.detained_border, at.bookins_border, at.detained_border, removed_share, pressure
    )
    out_interior, removed_interior = _leaving(
        state.detained_interior, booked, at.detained_interior, removed_share, pressure
    )
    room = jnp.maximum(p.soft * beds - (held - out_border - out_interior), 0.0)
    in_border = jnp.minimum(wanted_border, room)
    in_interior = jnp.minimum(wanted_interior, room - in_border)
    detained_border = state.detained_border + (in_border - out_border)
    detained_interior = state.detained_interior + (in_interior - out_interior)
    arrests = found - (1.0 - p.rel_full) * (wanted_interior - in_interior)

    removed_detained = removed_border + removed_interior
    released = jnp.maximum(out_border - removed_border, 0.0) + jnp.maximum(out_interior - removed_interior, 0.0)
    turned_away = wanted_border - in_border
    left = at.encounters * encounters - wanted_border
    usual_direct = at.removals / WEEKS_PER_YEAR - usual * (at.bookins_border + booked)
    direct = jnp.minimum(usual_direct * encounters * removal_ratio, left)
    entered = gotaways + turned_away + p.admit * (left - direct) + p.other_in

    natural = p.exit0 * state.stock / p.stock0 + p.e_out * (removed_interior - usual * booked)
    exits = jnp.clip(natural, 0.0, state.stock - in_interior)
    stock = state.stock + (entered - in_interior + released - exits)
    flows = Flows(
        arrests,
        detained_border,
        detained_interior,
        removed_detained + direct,
        released,
        exits,
        in_border,
        in_interior,
        removed_detained,
        entered,
    )
    return State(stock, detained_border, detained_interior, wary), flows


def _arrests(
    state: State, p: Parameters, at: Reference, ordered: Array, agreements: Array, leak: Array
) -> tuple[Array, Array]:
    """Arrests a week where beds are no limit, and how wary people are next week."""
    ceiling = ceiling_a_day(p)
    bent = (1.0 + (at.arrests / ceiling) ** SHARPNESS) / (1.0 + (ordered / ceiling) ** SHARPNESS)
    asked = ordered * jnp.sqrt(jnp.sqrt(bent))  # a day; the root that belongs to SHARPNESS
    jail, deputised = _local_help(p, agreements / at.agreements)
    caution = jnp.exp(state.wary * jnp.log1p(-p.avoid))
    raids = 1.0 - p.share_raids * jnp.clip(leak, 0.0, 1.0) * (1.0 - p.y_leak)
    change = _jail_change(p, jail) + (1.0 - p.sh_jail) * (deputised * caution * raids - 1.0)
    found = jnp.clip(DAYS * asked * (1.0 + change), 0.0, state.stock)
    doublings = jnp.log2(jnp.maximum(asked / at.arrests, QUIETEST))
    # The exact step of an exponential approach, which a plain 1 / tau would overshoot where tau is short.
    wary = state.wary + (1.0 - jnp.exp(-1.0 / p.tau_avoid)) * (doublings - state.wary)
    return found, wary


def ceiling_a_day(p: Parameters) -> Array:
    """Arrests a day that officers can reach with detailees and hires, people and beds being no limit."""
    return own_arrests_a_day(p) * p.x_detail


def own_arrests_a_day(p: Parameters) -> Array:
    """Arrests a day by the reference's own officers: arrests per officer-week times officers."""
    return p.a_off * p.officers / DAYS


def cooperation(p: Parameters, agreements: Array) -> Array:
    """Share of places that cooperate where agreements are so many times those of the reference: its odds times
    agreements ** coop_287."""
    # Bounded, so that the odds of no draw overflow in 32 bits.
    odds = jnp.exp(jnp.clip(p.coop_287 * jnp.log(jnp.maximum(agreements, 1e-3)), -20.0, 20.0))
    return p.coop_ref * odds / (1.0 + p.coop_ref * (odds - 1.0))


def through_jails(p: Parameters, cooperating: Array) -> Array:
    """Arrests through jails over those with full cooperation: refusing places hand over s_sanc (Hausman 2020)."""
    return p.s_sanc + (1.0 - p.s_sanc) * cooperating


def _local_help(p: Parameters, agreements: Array) -> tuple[Array, Array]:
    """Arrests through jails and at large over the reference, by agreements over the reference."""
    cooperating = cooperation(p, agreements)
    jail = through_jails(p, cooperating) / through_jails(p, p.coop_ref)
    return jail, (1.0 + p.x_force * cooperating) / (1.0 + p.x_force * p.coop_ref)


def _jail_change(p: Parameters, jail: Array) -> Array:
    """Relative change of all arrests where those through jails are `jail` times as many: officers who need not go to
    jails go out, and the reverse, at the effort that an arrest there takes."""
    return p.sh_jail * (jail - 1.0) * (1.0 - 1.0 / p.effort_large)


def _turnover(p: Parameters, at: Reference) -> Array:
    """People a week arrested inside who enter and leave detention at the reference (Little's law)."""
    return jnp.minimum(DAYS / p.LOS * at.detained_interior, DAYS * at.arrests)


def _removed_share(p: Parameters, at: Reference, booked: Array) -> Array:
    """Share of those leaving detention who are removed at the reference, no more than were removed in all."""
    return jnp.minimum(p.rel_sh, REMOVED_AT_MOST * at.removals / WEEKS_PER_YEAR / (at.bookins_border + booked))


def _leaving(
    detained: Array, turnover: Array, usual: Array, removed_share: Array, pressure: Array
) -> tuple[Array, Array]:
    """Persons leaving detention this week, and those among them who are removed."""
    pace = jnp.minimum(turnover * (detained / usual), detained)
    leaving = jnp.minimum(pace + pace * (1.0 - removed_share) * pressure, detained)
    return leaving, pace * removed_share


class Sanctuary(NamedTuple):
    """Relative changes where local authorities stop cooperating."""

    removals_jail: Array  # through jails
    arrests: Array  # in all, officers being sent out instead
    crime: Array


def sanctuary(p: Parameters) -> Sanctuary:
    """Event study: places that refuse against places that cooperate, by the formulas of `step`, without deputies."""
    jail = through_jails(p, jnp.zeros_like(p.s_sanc)) / through_jails(p, jnp.ones_like(p.s_sanc)) - 1.0
    return Sanctuary(jail, _jail_change(p, 1.0 + jail), jnp.expm1(p.c_crime))


def agreements_effect(p: Parameters, more: Array) -> Array:
    """Event study: arrests with `more` times the agreements over those without, people not yet taking care."""
    jail, deputised = _local_help(p, more)
    return 1.0 + _jail_change(p, jail) + (1.0 - p.sh_jail) * (deputised - 1.0)


def mean_arrests_a_day(
    p: Parameters,
    at: Reference,
    *,
    ordered: Array,
    agreements: Array,
    beds: Array,
    leak: Array,
    encounters: Array,
    gotaways: Array,
    weeks: int,
) -> Array:
    """Event study: mean arrests a day over `weeks` of constant inputs, from the reference's state. Inputs as `step`."""

    def one(state: State, _: None) -> tuple[State, Array]:
        following, flows = step(
            state,
            p,
            at,
            ordered=ordered,
            agreements=agreements,
            beds=beds,
            removal_ratio=jnp.ones_like(ordered),
            leak=leak,
            encounters=encounters,
            gotaways=gotaways,
        )
        return following, flows.arrests

    begin = initial(p, at.detained_border, at.detained_interior)
    return jax.lax.scan(one, begin, None, length=weeks)[1].mean() / DAYS
