"""The coupled system: a week, in order. The only place where one mechanism's flows become another's input.

| step | reads | writes for the rest of the week |
|---|---|---|
| diplomacy | last week's acts by kind | cooperation: scales Mexican arrests, raids, migration enforcement, cues |
| strikes | strikes, surveillance, cooperation | labs hit, leaders hit, anticipation, civilian harm, retaliation |
| leaders | leaders hit | multiplier on homicides |
| cartels | prevention, civilian harm, Mexican arrests | members, deaths in conflict |
| homicide | conflict deaths, anticipation, scarcity, leaders, retaliation | homicides |
| supply | laboratories, precursors, scanning | deliveries, price, seizures, scarcity |
| overdose | deliveries, treatment | deaths |
| border | asylum, agents, troops, Mexican enforcement | attempts, encounters, gotaways |

Courts, money, arms and the interior are not modelled yet; `LEVERS` says which levers act here, and how far.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from counterflow.model import (
    border,
    cartels,
    diplomacy,
    homicide,
    leaders,
    noise,
    overdose,
    strikes,
    supply,
)
from counterflow.model.outputs import Outputs

# Levers that act, and what of each does not act yet ("" = all of it).
LEVERS: dict[str, str] = {
    "asylum.remain_in_mexico": "",
    "asylum.restriction": "",
    "border.agents": "hiring as given; agents freed for the ports are not modelled yet",
    "designation.terrorist": "friction only; the effect on money is not modelled yet",
    "diplomacy.accuse": "",
    "diplomacy.pledge": "",
    "diplomacy.reject": "",
    "drugs.port_scanning": "",
    "drugs.precursor_control": "",
    "health.treatment_naloxone": "",
    "mexico.arrests": "",
    "mexico.lab_raids": "",
    "mexico.migration_enforcement": "",
    "military.deployment": "",
    "military.strike_lab": "",
    "military.strike_leader": "",
    "military.surveillance": "",
    "prevention.recruitment": "",
    "trade.tariff": "friction only; the effect on wages and migration is not modelled yet",
}


class Parameters(NamedTuple):
    cartels: cartels.Parameters
    leaders: leaders.Parameters
    strikes: strikes.Parameters
    supply: supply.Parameters
    overdose: overdose.Parameters
    border: border.Parameters
    diplomacy: diplomacy.Parameters
    homicide: homicide.Parameters
    noise: noise.Parameters


class Observed(NamedTuple):
    """Levels a week at the start, season taken out, and the noise of their logs."""

    encounters: Array
    homicides: Array
    deaths: Array
    seized_lb: Array
    homicide_slope: Array  # log change over the year before
    homicides_gap_weeks: Array  # from the middle of the months that the level was taken from to the start
    deaths_gap_weeks: Array  # the same for deaths
    scatter: Array  # (4,) of log encounters, homicides, deaths, seizures
    drift: Array  # (4,) of the same, over a year
    weeks_since_shock: Array  # since the precursor shock of mid-2023


class Start(NamedTuple):
    """State of the week before the strategy's first lever; branches start here, bit for bit."""

    members: Array  # (group,)
    conflict_deaths: Array  # a week
    supply: supply.Reference
    encounters_newcomers: Array  # first-time attempts a week
    observed: Observed


class Forcing(NamedTuple):
    """What is given from outside, (week,) each."""

    levers: Array  # (week, lever) intensities, in the order of LEVERS
    strikes: Array  # strikes this week by a campaign, aimed by `share_labs`
    consent: Array  # 1 where strikes have the host government's consent
    season_encounters: Array
    season_homicides: Array
    season_deaths: Array


class State(NamedTuple):
    noise: noise.State
    members: Array
    leaders: leaders.State
    strikes: strikes.State
    supply: supply.State
    overdose: overdose.State
    border: border.State
    diplomacy: diplomacy.State
    acts: diplomacy.Acts  # of last week
    relative_supply: Array  # of last week


def start_from(
    parameters: Parameters,
    members: Array,
    conflict_deaths: Array,
    observed: Observed,
    recorded: Array,
) -> Start:
    """The state before the first lever: groups as run from 2012, everything else at its observed level."""
    at = supply.reference(parameters.supply, observed.seized_lb, observed.weeks_since_shock)
    newcomers = border.newcomers_at(parameters.border, observed.encounters, by_lever(recorded)["asylum.restriction"])
    return Start(members, conflict_deaths, at, newcomers, observed)


def by_lever(intensities: Array) -> dict[str, Array]:
    """The last axis of `intensities` by lever id."""
    return {lever: intensities[..., position] for position, lever in enumerate(LEVERS)}


def run(
    parameters: Parameters,
    begin: Start,
    recorded: Array,
    forcing: Forcing,
    scores: noise.Scores,
    switch: Array,
) -> Outputs:
    """One run: outputs (week,).

    `recorded`: (lever,) intensities before the strategy. `switch`: 1 with noise; 0 leaves the scores out and
    lets rare events happen at their expected rate, so that the run is a smooth map of its parameters.
    """
    weeks = forcing.strikes.shape[0]
    observed = begin.observed
    dtype = begin.members.dtype
    none = jnp.zeros((), dtype)
    state = State(
        noise.initial(dtype),
        begin.members,
        leaders.initial(dtype),
        strikes.initial(dtype),
        supply.initial(parameters.supply, begin.supply),
        overdose.initial(dtype),
        border.initial(parameters.border, observed.encounters, by_lever(recorded)["asylum.restriction"]),
        diplomacy.initial(dtype),
        diplomacy.Acts(*(none,) * 7),
        jnp.ones((), dtype),
    )
    index = jnp.arange(weeks, dtype=dtype)

    def advance(state: State, now: tuple[Array, Forcing, noise.Scores]) -> tuple[State, Outputs]:
        return week(state, parameters, begin, by_lever(recorded), *now, switch)

    _, outputs = jax.lax.scan(advance, state, (index, forcing, scores))
    return outputs


def week(
    state: State,
    parameters: Parameters,
    begin: Start,
    recorded: dict[str, Array],
    index: Array,
    forcing: Forcing,
    scores: noise.Scores,
    switch: Array,
) -> tuple[State, Outputs]:
    """One week, in the order of the table above."""
    p, observed, levers = parameters, begin.observed, by_lever(forcing.levers)
    noise_state, shocks = noise.step(state.noise, p.noise, switch * scores.normal, observed.scatter, observed.drift)
    change = {lever: levers[lever] - recorded[lever] for lever in LEVERS}
    ratio = {
        lever: levers[lever] / recorded[lever]
        for lever in ("mexico.arrests", "mexico.migration_enforcement", "border.agents")
    }

    friction, cooperation = diplomacy.step(state.diplomacy, p.diplomacy, state.acts, shocks.hostility)
    enforcement = diplomacy.enforcement_factor(p.diplomacy, cooperation)

    lab_rate = levers["military.strike_lab"] + forcing.strikes * p.strikes.share_labs
    leader_rate = levers["military.strike_leader"] + forcing.strikes * (1.0 - p.strikes.share_labs)
    strike_state, hit = strikes.step(
        state.strikes,
        p.strikes,
        lab_rate=lab_rate,
        leader_rate=leader_rate,
        flight_hours=jnp.maximum(change["military.surveillance"], 0.0),
        cooperation=cooperation / p.diplomacy.c_ref,
        support=forcing.consent,
        uniform=scores.uniform[0],
        noise=switch,
    )
    chance = leaders.split_probability(state.leaders, p.leaders)
    splits = hit.leaders_killed * (switch * (scores.uniform[1] < chance) + (1.0 - switch) * chance)
    leader_state, leader_factor = leaders.step(state.leaders, p.leaders, hit.leaders_killed, splits)

    factors = cartels.Factors(
        recruitment=cartels.recruitment_factor(
            p.cartels,
            levers["prevention.recruitment"],
            recorded["prevention.recruitment"],
            strike_state.civilians,
        ),
        arrests=ratio["mexico.arrests"] * enforcement,
        lethality=jnp.ones_like(enforcement),
    )
    members, groups = cartels.step(state.members, p.cartels, factors)

    homicides = homicide.step(
        p.homicide,
        level=observed.homicides * forcing.season_homicides,
        slope=observed.homicide_slope,
        week=index + observed.homicides_gap_weeks,
        conflict_deaths=groups.deaths / begin.conflict_deaths,
        anticipation=hit.anticipation,
        relative_supply=state.relative_supply,
        leaders=leader_factor,
        retaliation=hit.retaliation,
        shock=shocks.homicides,
    )

    raids = levers["mexico.lab_raids"] * enforcement - recorded["mexico.lab_raids"]
    supply_state, drugs = supply.step(
        state.supply,
        p.supply,
        begin.supply,
        week=index,
        lab_strikes=hit.lab_strikes,
        found=hit.found,
        raids=raids,
        control=change["drugs.precursor_control"],
        scanning=change["drugs.port_scanning"],
        shock=shocks.supply,
        seizure_shock=shocks.seizures,
        mix_shock=shocks.mix,
    )
    relative_supply = drugs.delivered / begin.supply.delivered

    overdose_state, deaths = overdose.step(
        state.overdose,
        p.overdose,
        relative_supply=relative_supply,
        coverage_change=change["health.treatment_naloxone"],
        week=index + observed.deaths_gap_weeks,
        level=observed.deaths * forcing.season_deaths,
        shock=shocks.deaths,
    )

    border_state, people = border.step(
        state.border,
        p.border,
        newcomers=begin.encounters_newcomers * forcing.season_encounters * jnp.exp(shocks.encounters),
        reference_attempts=observed.encounters / p.border.p_app,
        no_asylum=levers["asylum.restriction"],
        no_asylum_recorded=recorded["asylum.restriction"],
        remain=change["asylum.remain_in_mexico"],
        agents_ratio=ratio["border.agents"],
        troops=change["military.deployment"],
        mexico_ratio=ratio["mexico.migration_enforcement"] * enforcement,
    )

    acts = diplomacy.Acts(
        flight_hours=jnp.maximum(change["military.surveillance"], 0.0),
        designated=change["designation.terrorist"],
        accusations=change["diplomacy.accuse"],
        tariff=change["trade.tariff"],
        refusals=change["diplomacy.reject"],
        pledges=change["diplomacy.pledge"],
        unilateral_strikes=(lab_rate + leader_rate) * (1.0 - forcing.consent),
    )
    outputs = Outputs(
        attempts=people.attempts,
        encounters=people.encounters,
        gotaways_known=people.gotaways_known,
        gotaways_unknown=people.gotaways_unknown,
        fentanyl_produced=drugs.produced,
        fentanyl_seized_mexico=drugs.seized_mexico,
        fentanyl_seized_border=drugs.seized_border,
        fentanyl_seized_border_lb=drugs.seized_border_lb,
        fentanyl_delivered=drugs.delivered,
        fentanyl_stock=drugs.stock,
        lab_capacity=drugs.capacity,
        price_index=drugs.price_index,
        overdose_deaths=deaths,
        cartel_members=members.sum(),
        cartel_recruits=groups.recruits,
        cartel_arrests=groups.arrests,
        cartel_deaths=groups.deaths,
        cartel_exits=groups.exits,
        homicides=homicides,
        civilian_harm=hit.civilian_harm,
        leaders_removed=hit.leaders_killed,
        cooperation=cooperation,
        hostility_us=friction.hostility_us,
        hostility_mexico=friction.hostility_mexico,
    )
    state = State(
        noise_state,
        members,
        leader_state,
        strike_state,
        supply_state,
        overdose_state,
        border_state,
        friction,
        acts,
        relative_supply,
    )
    return state, outputs
