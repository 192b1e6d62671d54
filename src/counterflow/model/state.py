"""What a run of the coupled system takes, carries and starts from; the order of levers on every lever axis."""

from __future__ import annotations

from typing import NamedTuple

from jax import Array

from counterflow.model import (
    arms,
    border,
    cartels,
    courts,
    diplomacy,
    homicide,
    interior,
    leaders,
    money,
    noise,
    overdose,
    strikes,
    supply,
)

LEVERS: tuple[str, ...] = (
    "military.strike_lab",
    "military.strike_leader",
    "military.surveillance",
    "military.deployment",
    "emergency.declaration",
    "designation.terrorist",
    "asylum.restriction",
    "asylum.remain_in_mexico",
    "border.agents",
    "border.barrier",
    "interior.arrests",
    "interior.local_cooperation",
    "interior.detention",
    "interior.removal",
    "justice.transfer",
    "trade.tariff",
    "drugs.port_scanning",
    "drugs.precursor_control",
    "arms.southbound_inspection",
    "mexico.arrests",
    "mexico.migration_enforcement",
    "mexico.lab_raids",
    "health.treatment_naloxone",
    "prevention.recruitment",
    "diplomacy.reject",
    "diplomacy.accuse",
    "diplomacy.pledge",
    "opposition.leak",
    "opposition.suit",
)


class Parameters(NamedTuple):
    """One draw of all uncertain parameters, by mechanism."""

    courts: courts.Parameters
    diplomacy: diplomacy.Parameters
    money: money.Parameters
    arms: arms.Parameters
    strikes: strikes.Parameters
    leaders: leaders.Parameters
    cartels: cartels.Parameters
    homicide: homicide.Parameters
    supply: supply.Parameters
    overdose: overdose.Parameters
    border: border.Parameters
    interior: interior.Parameters
    noise: noise.Parameters


class Record(NamedTuple):
    """What the official series show, the same for all draws: means of 2022-24, the reference of every coupling; and,
    for shares and for what is inside the country, of the last published months before the strategy."""

    levers: Array  # (lever,) mean recorded intensity
    start: Array  # (lever,) recorded intensity in the week before the strategy
    encounters: Array  # a week between the ports, southwest
    homicides: Array  # a week, Mexico
    deaths: Array  # a week, US, involving synthetic opioids
    seized_lb: Array  # gross pounds of fentanyl a week, southwest border
    sector_shares: Array  # (sector,) of encounters
    state_shares: Array  # (state,) of homicides
    route_shares: Array  # (route,) of pounds seized
    bookins_border: Array  # people arrested at the border booked into ICE detention, a week
    detained_border: Array  # persons, arrested at the border
    detained_interior: Array  # persons, arrested by ICE
    removals: Array  # a year
    ports: Array  # encounters at ports other than by appointment, a week
    nationwide: Array  # encounters nationwide over southwest
    before_shock: Array  # weeks of the reference before the precursor shock of mid-2023
    after_shock: Array  # and from it on; 0 where it was not known, or came later


class Observed(NamedTuple):
    """Where the official series stand at the start, season taken out, and the noise of their logs."""

    encounters: Array  # a week
    homicides: Array
    deaths: Array
    seized_lb: Array
    homicide_slope: Array  # log change over the year before
    homicides_gap_weeks: Array  # from the middle of the months that the level was taken from to the start
    deaths_gap_weeks: Array  # the same for deaths
    scatter: Array  # (4,) of log encounters, homicides, deaths, seizures
    drift: Array  # (4,) of the same, over a year


class Levels(NamedTuple):
    """Multipliers that carry the modelled flows to where the series stand; all 1 while the history runs."""

    encounters: Array
    homicides: Array
    deaths: Array
    gross: Array  # pounds seized per pure kilogram


class Forcing(NamedTuple):
    """What is given from outside. The first two and the strikes differ between branches, the rest is history."""

    levers: Array  # (week, lever) intensities as ordered
    recorded: Array  # (week, lever) intensities that no court is asked about: those recorded before the strategy
    strikes: Array  # (week,) strikes of a campaign, aimed by `share_labs`
    consent: Array  # (week,) 1 where strikes have the host government's consent
    season: Array  # (week, 3) of encounters, homicides, deaths
    week: Array  # (week,) weeks since the start of the branches
    since_shock: Array  # (week,) weeks since the precursor shock of mid-2023
    killed: Array  # (week, leading group) leaders killed, as recorded
    arrested: Array  # (week, leading group) leaders arrested, as recorded
    wars: Array  # (week, leading group) groups that split, as recorded
    affront: Array  # (week,) affronts short of force, as recorded, in those of 2020
    appointments: Array  # (week,) persons a week admitted at ports by appointment
    expelled: Array  # (week,) share of encounters that ended in expulsion under public-health law (Title 42)


class Last(NamedTuple):
    """What last week hands to this one."""

    acts: diplomacy.Acts
    supply: Array  # pure deliveries over the reference
    sold: Array  # what is sold, cut as it is, over the reference
    price: Array  # over the reference
    crossings: Array  # over the reference
    fee: Array  # over the reference
    conflict: Array  # deaths in conflict over the reference
    freed: Array  # share of agents' time freed
    arrests: Array  # inside the country, over the reference


class State(NamedTuple):
    noise: noise.State
    levels: Levels
    courts: courts.State
    diplomacy: diplomacy.State
    money: money.State
    arms: arms.State
    strikes: strikes.State
    leaders: leaders.State
    members: cartels.Parts
    supply: supply.State
    overdose: overdose.State
    border: border.State
    interior: interior.State
    last: Last


class Reference(NamedTuple):
    """What a draw's 2022-24 looks like: everything that couplings are measured against."""

    conflict_deaths: Array  # a week
    supply: supply.Reference
    precursors: Array  # mean of precursor supply over that before the shock of mid-2023
    newcomers: Array  # first-time attempts a week
    attempts: Array  # a week
    fee: Array  # USD
    interior: interior.Reference


def by_lever(intensities: Array) -> dict[str, Array]:
    """The last axis of `intensities` by lever id."""
    return {lever: intensities[..., position] for position, lever in enumerate(LEVERS)}
