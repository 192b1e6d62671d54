"""The coupled system: a week, in order. The only place where one mechanism's flows become another's input.

Every value that crosses from one mechanism to another goes `through` its edge of `coupling.EDGES`; the order below is
the order of the week. A lever acts as its intensity minus that of the reference, so that every factor is 1 in 2022-24,
and what courts are asked about is only what a strategy adds to the recorded path.
"""

from __future__ import annotations

import jax.numpy as jnp
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
from counterflow.model.coupling import Switches, through
from counterflow.model.outputs import Outputs
from counterflow.model.state import Forcing, Last, Observed, Parameters, Record, Reference, State, by_lever
from counterflow.model.units import WEEKS_PER_YEAR


def week(
    state: State,
    p: Parameters,
    record: Record,
    at: Reference,
    observed: Observed,
    now: Forcing,
    scores: noise.Scores,
    on: Switches,
    chance: Array,
) -> tuple[State, Outputs]:
    """One week. `now`: this week's forcing. `chance`: 1 with noise; 0 leaves the scores out and lets rare events
    happen at their expected rate, so that the run is a smooth map of its parameters.
    """
    last, level, base, start = state.last, state.levels, by_lever(record.levers), by_lever(record.start)
    noise_state, shocks = noise.step(state.noise, p.noise, chance * scores.normal, observed.scatter, observed.drift)

    # 1 courts: ordered levers -> effective levers
    ordered, recorded = by_lever(now.levers), by_lever(now.recorded)
    contested = jnp.stack([ordered[lever] - recorded[lever] for lever in courts.CONTESTED])
    court_state, allowed = courts.step(
        state.courts,
        p.courts,
        ordered=contested,
        hazard=p.courts.h_inj * ordered["opposition.suit"] / recorded["opposition.suit"],
        uniform=scores.uniform[noise.COURTS],
        noise=chance,
    )
    share = dict(zip(courts.CONTESTED, allowed, strict=True))

    def effective(lever: str, edge: str) -> Array:
        passed = through(on, edge, share[lever], 1.0)
        return recorded[lever] + passed * (ordered[lever] - recorded[lever])

    def beyond(lever: str) -> Array:
        return ordered[lever] - base[lever]

    def over(lever: str) -> Array:
        return ordered[lever] / base[lever]

    # 2 diplomacy: last week's acts by kind -> cooperation
    friction, cooperation = diplomacy.step(
        state.diplomacy,
        p.diplomacy,
        last.acts,
        shock=shocks.hostility,
        retaliation_on=on["retaliation"],
        concession_on=on["concession"],
        reciprocity=on["reciprocity"],
    )
    willing = diplomacy.enforcement_factor(p.diplomacy, cooperation)

    # 3 money: last week's deliveries, price, crossings, fee; designation, tariffs -> recruitment, wages, gun demand
    tariff = effective("trade.tariff", "tariff_wages") - base["trade.tariff"]
    money_state, purse = money.step(
        state.money,
        p.money,
        delivered=through(on, "sales", last.sold, 1.0),
        price=through(on, "sales", last.price, 1.0),
        crossings=through(on, "crossings", last.crossings, 1.0),
        fee=through(on, "crossings", last.fee, 1.0),
        conflict=through(on, "conflict_demand", last.conflict, 1.0),
        designated=beyond("designation.terrorist"),
        tariff=tariff,
    )

    # 4 arms: gun demand, inspection -> lethality
    arms_state, guns = arms.step(
        state.arms,
        p.arms,
        demand=through(on, "gun_demand", purse.gun_demand, 1.0),
        seized_ordered=ordered["arms.southbound_inspection"],
        seized_reference=base["arms.southbound_inspection"],
    )
    lethality = through(on, "lethality_conflict", guns.lethality, 1.0)

    # 5 strikes: strikes, surveillance, cooperation -> laboratories, leaders, anticipation, civilians, retaliation
    lab_rate = ordered["military.strike_lab"] + now.strikes * p.strikes.share_labs
    leader_rate = ordered["military.strike_leader"] + now.strikes * (1.0 - p.strikes.share_labs)
    strike_state, hit = strikes.step(
        state.strikes,
        p.strikes,
        lab_rate=lab_rate,
        leader_rate=leader_rate,
        flight_hours=jnp.maximum(beyond("military.surveillance"), 0.0),
        cooperation=through(on, "coop_cues", cooperation / p.diplomacy.c_ref, 1.0),
        support=now.consent,
        uniform=scores.uniform[noise.HITS],
        noise=chance,
        arrests=over("mexico.arrests"),
    )

    # 6 leaders: hits, transfers, arrests -> violence where groups are at home, splits
    transfers = ordered["justice.transfer"] / WEEKS_PER_YEAR * through(on, "coop_transfers", willing, 1.0)
    sent = transfers - base["justice.transfer"] / WEEKS_PER_YEAR
    caught = over("mexico.arrests") * through(on, "coop_leaders", willing, 1.0)
    arrested = leaders.removals(p.leaders, sent=sent, arrests=caught)
    which = scores.uniform[noise.WHICH]
    killed_by_group = leaders.choose(through(on, "hits", hit.leaders_killed, 0.0), which, chance) + now.killed
    drawn_arrests = leaders.choose(arrested, scores.uniform[noise.CAUGHT], chance)
    arrested_by_group = drawn_arrests + now.arrested
    leader_state, loss = leaders.step(
        state.leaders,
        p.leaders,
        killed=killed_by_group,
        arrested=arrested_by_group,
        # What followed the removals of the recorded years is on record too.
        recorded=now.killed + now.arrested + jnp.where(now.week < 0.0, drawn_arrests, 0.0),
        wars=now.wars,
        uniform=scores.uniform[noise.SPLIT],
        noise=chance,
        splits_on=on["splits"],
    )

    # 7 cartels: recruitment, lethality, arrests, splits -> members, deaths; homicides by state
    recruitment = (
        cartels.recruitment_factor(
            p.cartels,
            ordered["prevention.recruitment"],
            base["prevention.recruitment"],
            through(on, "grievance", strike_state.civilians, 0.0),
        )
        * through(on, "lost_revenue", purse.recruitment_revenue, 1.0)
        * through(on, "wages_recruits", purse.recruitment_wages, 1.0)
    )
    factors = cartels.Factors(
        recruitment=recruitment,
        arrests=ordered["mexico.arrests"] * through(on, "coop_arrests", willing, 1.0),
        lethality=lethality,
        struck=through(on, "struck", hit.killed - hit.civilian_harm, 0.0),
    )
    members, groups = cartels.step(state.members, p.cartels, factors, through(on, "factions", loss.leaving, 0.0))
    conflict = groups.deaths / at.conflict_deaths

    homicides = homicide.step(
        p.homicide,
        level=record.homicides * level.homicides * now.season[1],
        shares=record.state_shares,
        slope=observed.homicide_slope,
        week=jnp.maximum(now.week, 0.0) + observed.homicides_gap_weeks,
        conflict_deaths=through(on, "conflict", conflict / lethality, 1.0),
        lethality=through(on, "lethality_homicides", guns.lethality, 1.0),
        anticipation=through(on, "anticipation", hit.anticipation, 1.0),
        scarcity=through(on, "scarcity", last.supply, 1.0),
        revenue=through(on, "contested", purse.contested, 1.0),
        home=through(on, "loss_of_leaders", loss.home, 0.0),
        near=through(on, "loss_of_leaders", loss.near, 0.0),
        war=through(on, "loss_of_leaders", loss.war, 0.0),
        acute=through(on, "loss_of_leaders", loss.acute, 0.0),
        retaliation=through(on, "reprisals", hit.retaliation, 0.0),
        deployment=through(on, "deployment", hit.deployment, 0.0),
        shock=shocks.homicides,
    )
    killed_in_mexico = homicides.sum()

    # 8 supply: capacity, precursors, scanning, agents freed -> deliveries, purity, price, seizures, scarcity
    raids = ordered["mexico.lab_raids"] * through(on, "coop_raids", willing, 1.0) - base["mexico.lab_raids"]
    supply_state, drugs = supply.step(
        state.supply,
        p.supply,
        at.supply,
        precursors=supply.precursor_level(p.supply, now.since_shock) / at.precursors,
        lab_strikes=through(on, "labs_hit", hit.lab_strikes, 0.0),
        found=through(on, "labs_hit", hit.found, 0.0),
        raids=raids,
        # The fall of 2023-24 by which recorded controls are known is the shock's: only what a strategy adds acts here.
        control=ordered["drugs.precursor_control"] - recorded["drugs.precursor_control"],
        scanning=beyond("drugs.port_scanning"),
        freed=through(on, "freed", last.freed, 0.0),
        adaptation=on["adaptation"],
        shock=shocks.supply,
        seizure_shock=shocks.seizures,
        mix_shock=shocks.mix,
        gross=level.gross,
    )

    # 9 overdose: pure deliveries, treatment -> deaths
    overdose_state, deaths = overdose.step(
        state.overdose,
        p.overdose,
        relative_supply=through(on, "deliveries", drugs.relative, 1.0),
        price=through(on, "deliveries", drugs.price, 1.0),
        coverage_change=beyond("health.treatment_naloxone"),
        week=jnp.maximum(now.week, 0.0) + observed.deaths_gap_weeks,
        level=record.deaths * level.deaths * now.season[2],
        shock=shocks.deaths,
        trend_on=on["secular_trend"],
        price_on=on["price_deaths"],
    )

    # 10 border: asylum, agents, troops, Mexican enforcement, wages, violence -> attempts, encounters, gotaways, fee
    no_asylum = effective("asylum.restriction", "closure_allowed")
    arrests_inside = through(on, "chilling", last.arrests, 1.0)
    mexican = over("mexico.migration_enforcement") * through(on, "coop_migration", willing, 1.0)
    violence = killed_in_mexico / (record.homicides * level.homicides * now.season[1])
    border_state, people = border.step(
        state.border,
        p.border,
        newcomers=at.newcomers * level.encounters * now.season[0] * jnp.exp(shocks.encounters),
        shares=record.sector_shares,
        reference_attempts=at.attempts,
        no_asylum=no_asylum,
        no_asylum_reference=base["asylum.restriction"],
        remain=effective("asylum.remain_in_mexico", "remain_allowed") - base["asylum.remain_in_mexico"],
        agents_ratio=over("border.agents"),
        # data/sectors.csv has what stood when the recorded building was done.
        barrier=(ordered["border.barrier"] - recorded["border.barrier"]) / WEEKS_PER_YEAR,
        zones=effective("emergency.declaration", "zones_allowed") - base["emergency.declaration"],
        troops=beyond("military.deployment"),
        mexico_ratio=mexican,
        interior_ratio=arrests_inside,
        wage=through(on, "wages", purse.wage, 0.0),
        violence=through(on, "violence", violence, 1.0),
        adaptation=on["adaptation"],
        processed=1.0 - now.expelled,
    )
    attempts, encounters = people.attempts.sum(), people.encounters.sum()
    known, unknown = people.known.sum(), people.unknown.sum()

    # 11 interior: officers, beds, local cooperation, border book-ins -> arrests, detained, removals, exits
    interior_state, inside = interior.step(
        state.interior,
        p.interior,
        at.interior,
        ordered=ordered["interior.arrests"],
        agreements=effective("interior.local_cooperation", "local_allowed"),
        beds=ordered["interior.detention"],
        removal_ratio=effective("interior.removal", "removal_allowed") / start["interior.removal"],
        leak=beyond("opposition.leak"),
        # Nobody who is expelled at once is detained, released or removed.
        encounters=through(on, "bookins", (1.0 - now.expelled) * encounters / at.interior.encounters, 1.0),
        gotaways=through(on, "entries", known + unknown, at.attempts - record.encounters),
    )

    acts = diplomacy.Acts(
        flight_hours=jnp.maximum(beyond("military.surveillance"), 0.0),
        designated=beyond("designation.terrorist"),
        accusations=beyond("diplomacy.accuse"),
        affront=now.affront,
        tariff=effective("trade.tariff", "tariff_friction") - base["trade.tariff"],
        refusals=beyond("diplomacy.reject"),
        pledges=beyond("diplomacy.pledge"),
        transfers=through(on, "acts_transfers", sent, 0.0),
        unilateral_strikes=through(on, "acts_strikes", (lab_rate + leader_rate) * (1.0 - now.consent), 0.0),
    )
    following = State(
        noise_state,
        level,
        court_state,
        friction,
        money_state,
        arms_state,
        strike_state,
        leader_state,
        members,
        supply_state,
        overdose_state,
        border_state,
        interior_state,
        Last(
            acts,
            drugs.relative,
            drugs.relative / drugs.purity,
            drugs.price,
            attempts / at.attempts,
            people.fee / at.fee,
            conflict,
            people.freed,
            inside.arrests / (7.0 * start["interior.arrests"]),
        ),
    )
    # Appointments at ports are a way to ask for asylum: they go as access to it goes.
    left = (1.0 - no_asylum) / jnp.maximum(1.0 - recorded["asylum.restriction"], 1e-3)
    ports = record.ports * now.season[0] + now.appointments * jnp.clip(left, 0.0, 1.0)
    outputs = Outputs(
        attempts=attempts,
        encounters=encounters,
        encounters_ports=ports,
        encounters_nationwide=encounters * record.nationwide,
        gotaways_known=known,
        gotaways_unknown=unknown,
        smuggler_fee=people.fee,
        fentanyl_produced=drugs.produced,
        fentanyl_seized_mexico=drugs.seized_mexico,
        fentanyl_seized_border=drugs.seized.sum(),
        fentanyl_seized_border_lb=drugs.seized_lb.sum(),
        fentanyl_delivered=drugs.delivered,
        fentanyl_stock=drugs.stock,
        lab_capacity=drugs.capacity,
        purity_index=drugs.purity,
        price_index=drugs.price,
        overdose_deaths=deaths,
        cartel_members=cartels.total(members),
        cartel_groups=cartels.count(members),
        cartel_recruits=groups.recruits,
        cartel_arrests=groups.arrests,
        cartel_deaths=groups.deaths,
        cartel_exits=groups.exits,
        cartel_struck=groups.struck,
        homicides=killed_in_mexico,
        civilian_harm=hit.civilian_harm,
        leaders_removed=(killed_by_group + arrested_by_group).sum(),
        transfers=transfers,
        guns_departing=guns.departing,
        guns_seized=guns.seized,
        guns_arriving=guns.arriving,
        gun_stock=guns.stock,
        revenue=purse.revenue_drug + purse.revenue_mig,
        revenue_migrants=purse.revenue_mig,
        interior_arrests=inside.arrests,
        bookins_border=inside.bookins_border,
        bookins_interior=inside.bookins_interior,
        detained=inside.detained_border + inside.detained_interior,
        detained_border=inside.detained_border,
        removals=inside.removals,
        releases=inside.released,
        voluntary_exits=inside.exits,
        unauthorised=interior_state.stock,
        cooperation=cooperation,
        hostility_us=friction.hostility_us,
        hostility_mexico=friction.hostility_mexico,
        levers_blocked=court_state.blocked.sum(),
        attempts_by_sector=people.attempts,
        encounters_by_sector=people.encounters,
        gotaways_by_sector=people.known,
        fentanyl_seized_by_route_lb=drugs.seized_lb,
        homicides_by_state=homicides,
    )
    return following, outputs
