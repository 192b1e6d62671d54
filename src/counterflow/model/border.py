"""Crossings between the ports, in nine Border Patrol sectors: attempts, encounters, known and unknown gotaways, fee.

Repeated trials: each attempt is stopped with probability p; of those stopped a share s is returned, and of these a
share r tries again, so that N newcomers make N / (1 - p r s) attempts (DHS Office of Immigration Statistics 2017).
Intent, a sum of logs, responds to access to asylum, to what is believed about it, to agents, troops, Mexican and
interior enforcement, wages and violence. What is built or guarded in one sector blocks part of its flow: some of
that finds another sector after a lag, the rest stays away, so that the nation's fall is smaller than the sector's
(Gathmann 2008, J Public Economics 92:1926; Feigenberg 2020, AEJ Applied 12(3)).
"""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

SECTORS = 9
FLOOR = 1e-3  # smallest ratio whose log is taken, and smallest divisor in persons or shares


class Parameters(NamedTuple):
    """Scalars."""

    p_app: Array  # probability of apprehension per attempt
    p_up: Array  # rise of that probability when the flow is near zero
    r_retry: Array  # probability that a person who is returned with consequences tries again
    g_share: Array  # known gotaways over known gotaways and apprehensions
    L_asy: Array  # long-run fall of attempts from a near-closure of asylum, share
    tau_asy: Array  # adjustment, weeks
    L_ann: Array  # fall from announcement and expectation, on top, share
    h_reb: Array  # half-life of that, weeks
    m_mpp: Array  # extra fall from Remain in Mexico at `x_mpp` enrolments, share
    m_trp: Array  # extra fall from `x_trp` support troops, share
    m_mex: Array  # fall per doubling of Mexican interior enforcement, share
    e_mig_enf: Array  # elasticity of crossings to enforcement hours
    x_asy: Array  # change in the share without asylum to which L_asy belongs
    x_mpp: Array  # enrolments a week to which m_mpp belongs
    x_trp: Array  # troops to which m_trp belongs
    r_none: Array  # probability that a person who is expelled without consequences tries again
    d_cds: Array  # change of the chance to be apprehended again by penalties alone, probability
    x_ann: Array  # closure of asylum up to which L_asy's own event already went, share
    m_bar: Array  # fall of a sector's crossings if all of it is fenced that was not, share
    m_adj: Array  # the same in a sector beside it
    n_bar: Array  # a mile built or replaced, in miles of fence where there was none
    m_zone: Array  # fall of crossings in miles under military jurisdiction, share
    m_int: Array  # fall of attempts per doubling of interior arrests, share
    b_sec: Array  # share of a sector's blocked flow that finds another sector
    tau_sec: Array  # its adjustment, weeks
    e_fee_enf: Array  # elasticity of the smuggler's fee to enforcement
    fee: Array  # fee at the reference, USD
    share_mx: Array  # share of Mexicans among those who cross
    e_wage: Array  # elasticity of Mexicans' crossings to the Mexican real wage
    e_vm: Array  # elasticity of Mexicans' crossings to homicides


class State(NamedTuple):
    closure: Array  # closure of asylum to which intent has adjusted, share beyond the reference
    habit: Array  # share without access to asylum that is taken for usual
    announced: Array  # announcement still in force, 0 to 1
    believed: Array  # expectation that intent has taken up, 0 to 1
    fenced: Array  # (sector,) share of the sector's border fenced beyond the reference
    diverted: Array  # (sector,) blocked share to which routes have adjusted
    retry: Array  # persons who will try again this week


class Flows(NamedTuple):
    """Persons per week; `fee` in USD, `freed` from -1 to 1."""

    newcomers: Array  # first-time attempts
    attempts: Array  # (sector,)
    encounters: Array  # (sector,)
    known: Array  # (sector,) known gotaways
    unknown: Array  # (sector,) unknown gotaways
    returned: Array  # returned without access to asylum
    fee: Array  # of one crossing
    freed: Array  # share of agents' time that the reference flow took and this flow leaves; below 0 it takes more


class Sectors(NamedTuple):
    """What does not change from run to run, (sector,) each, west to east."""

    names: tuple[str, ...]
    miles: np.ndarray  # of border
    fenced: np.ndarray  # share of them with modern barrier
    buildable: np.ndarray  # share of them that can still be fenced
    placement: np.ndarray  # sector miles fenced per mile built anywhere, as a share of the sector
    zone: np.ndarray  # share of the sector per mile of border under military jurisdiction
    agents: np.ndarray  # share of agents


class Fence(NamedTuple):
    """Falls, as shares; below 0 is a rise."""

    own: Array
    neighbours: Array
    nation: Array


@lru_cache(maxsize=1)
def sectors() -> Sectors:
    """The nine southwest sectors from data/sectors.csv, each row with its source.

    New barrier is spread over the miles that can still be fenced (judgement: no plan by sector was found). Military
    zones lie as in 2025. Barrier is what was built 2017-20 (CBP, December 2020); agents are those of fiscal 2019
    (CBP).
    """
    with (files("counterflow.model") / "data" / "sectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    miles, buildable, zone = column("border_miles"), column("buildable_miles"), column("zone_miles")
    return Sectors(
        names=tuple(row["sector"] for row in rows),
        miles=miles,
        fenced=column("barrier_miles") / miles,
        buildable=buildable / miles,
        placement=buildable / buildable.sum() / miles,
        zone=zone / zone.sum() / miles,
        agents=column("agents") / column("agents").sum(),
    )


def attempts_per_person(p: Array, retry: Array) -> Array:
    """Expected attempts of one newcomer: 1 / (1 - p r) (repeated trials, DHS OIS 2017). `retry`: chance that a
    person who is apprehended tries again."""
    return 1.0 / (1.0 - p * retry)


def retry_chance(parameters: Parameters, processed: Array | float, penalised: Array | float) -> Array:
    """Probability that a returned person tries again.

    `processed`: share of the returned who go through proceedings (the others are expelled at once and without
    consequences, as under Title 42). `penalised`: share of the processed with the full penalty; without it the chance
    to be apprehended again is higher by -d_cds (Bazzi, Hanson, John, Roberts & Whitley 2021, AEJ Policy 13(3)), which
    is p_app times the chance to retry.
    """
    p = parameters
    with_consequences = p.r_retry - (1.0 - penalised) * p.d_cds / p.p_app
    return processed * jnp.minimum(with_consequences, 1.0) + (1.0 - processed) * p.r_none


def reapprehension(
    parameters: Parameters, returned: Array | float, processed: Array | float = 1.0, penalised: Array | float = 1.0
) -> Array:
    """Probability that an apprehended person is apprehended again: returned, tries again, is stopped again.

    `returned`: share of the apprehended who are returned. See `retry_chance` for the other two.
    """
    return parameters.p_app * returned * retry_chance(parameters, processed, penalised)


def newcomers_at(parameters: Parameters, encounters: Array, no_asylum: Array) -> Array:
    """First-time attempts a week that give `encounters` a week in a steady state; `no_asylum` is the share returned."""
    p = parameters
    return encounters / (p.p_app * attempts_per_person(p.p_app, p.r_retry * no_asylum))


def initial(parameters: Parameters, encounters: Array, no_asylum: Array) -> State:
    """Steady state at `encounters` a week with the share `no_asylum` without access to asylum."""
    zero = jnp.zeros_like(encounters)
    everywhere = jnp.zeros((SECTORS,), zero.dtype)
    habit = zero + no_asylum
    retry = encounters * no_asylum * parameters.r_retry
    return State(zero, habit, zero, zero, everywhere, everywhere, retry)


def apprehension(parameters: Parameters, relative: Array) -> Array:
    """Probability of apprehension per attempt, higher as attempts per agent, `relative` to the reference, go to 0."""
    quiet = 1.0 - jnp.clip(relative, 0.0, 1.0)
    return jnp.minimum(parameters.p_app + parameters.p_up * quiet, 0.99)


def neutral(no_asylum: Array) -> dict[str, Array]:
    """The inputs of `step` at the reference, but for the flow and its sectors: nothing is changed by them."""
    zero, one = jnp.zeros_like(no_asylum), jnp.ones_like(no_asylum)
    at_zero = ("announcement", "remain", "barrier", "zones", "troops", "wage")
    at_one = ("agents_ratio", "mexico_ratio", "interior_ratio", "violence", "adaptation")
    return {
        "no_asylum": no_asylum,
        "no_asylum_reference": no_asylum,
        **dict.fromkeys(at_zero, zero),
        **dict.fromkeys(at_one, one),
    }


def fee_at(parameters: Parameters, enforcement: Array) -> Array:
    """Fee of one crossing, USD, at `enforcement` relative to the reference (constant elasticity, Gathmann 2008)."""
    return parameters.fee * jnp.exp(parameters.e_fee_enf * _log(enforcement))


def blocked_share(parameters: Parameters, fenced: Array, zones: Array) -> Array:
    """Share of each sector's flow that is blocked there, (sector,), 0 where nothing is added.

    `fenced` and `zones`: (sector,) shares of the sector's border. Effects add up on the log of what stays, so that
    half a fence has half of the log effect; a fence also works on the sectors beside it (Feigenberg 2020: own
    municipality -27%, adjacent -15%).
    """
    p = parameters
    edge = jnp.zeros_like(fenced[:1])
    beside = jnp.concatenate([fenced[1:], edge]) + jnp.concatenate([edge, fenced[:-1]])
    stays = jnp.log1p(-p.m_bar) * fenced + jnp.log1p(-p.m_adj) * beside + jnp.log1p(-p.m_zone) * zones
    return 1.0 - jnp.exp(stays)  # expm1 of arrays is slow on a CPU


def spread(parameters: Parameters, shares: Array, blocked: Array, diverted: Array, adaptation: Array) -> Array:
    """Flow of each sector as a share of the whole flow without blocks, (sector,).

    The share b_sec of what is blocked, as far as routes have adjusted (`diverted`), goes to the other sectors by a
    logit whose utility is the log of their own open flow: proportional to it. The rest stays away. `adaptation`: 0
    where nothing finds another way.
    """
    stays = shares * (1.0 - blocked)
    leaving = adaptation * parameters.b_sec * shares * jnp.maximum(jnp.minimum(diverted, blocked), 0.0)
    per_open_flow = leaving / jnp.maximum(stays.sum() - stays, FLOOR)
    return stays + stays * (per_open_flow.sum() - per_open_flow)


def intent(
    parameters: Parameters,
    state: State,
    *,
    remain: Array,
    troops: Array,
    agents_ratio: Array,
    mexico_ratio: Array,
    interior_ratio: Array,
    wage: Array,
    violence: Array,
) -> Array:
    """Log of newcomers relative to the reference, 0 there. Inputs as in `step`.

    The elasticity to enforcement is that of crossings in all (Gathmann 2008), so the fee has no effect of its own.
    """
    p = parameters
    return (
        jnp.log1p(-p.L_asy) * state.closure / p.x_asy
        + jnp.log1p(-p.L_ann) * state.believed
        + jnp.log1p(-p.m_mpp) * remain / p.x_mpp
        + jnp.log1p(-p.m_trp) * troops / p.x_trp
        + p.e_mig_enf * _log(agents_ratio)
        + (jnp.log1p(-p.m_mex) * _log(mexico_ratio) + jnp.log1p(-p.m_int) * _log(interior_ratio)) / math.log(2.0)
        + p.share_mx * (p.e_wage * wage + p.e_vm * _log(violence))
    )


def step(
    state: State,
    parameters: Parameters,
    *,
    newcomers: Array,
    shares: Array,
    reference_attempts: Array,
    no_asylum: Array,
    no_asylum_reference: Array,
    announcement: Array | float = 0.0,
    remain: Array,
    agents_ratio: Array,
    barrier: Array,
    zones: Array,
    troops: Array,
    mexico_ratio: Array,
    interior_ratio: Array,
    wage: Array,
    violence: Array,
    adaptation: Array,
    processed: Array | float = 1.0,
    penalised: Array | float = 1.0,
) -> tuple[State, Flows]:
    """One week.

    `newcomers`: first-time attempts before policy, with season and noise. `shares`: (sector,) of attempts at the
    reference, summing to 1. `reference_attempts`: a week. `no_asylum`: share of entrants without access to asylum.
    `announcement`: a new one this week, 0 to 1. `remain`, `troops`, `zones` (miles): beyond the reference. `barrier`:
    miles this week beyond the reference. `agents_ratio`, `mexico_ratio`, `interior_ratio` (arrests of last week),
    `violence` (homicides): over the reference. `wage`: log of the Mexican wage, 0 at the reference. `adaptation`: 1
    where blocked flow finds another sector. `processed`, `penalised`: see `retry_chance`; all under Title 8.

    What is believed follows the closure beyond both habit and `x_ann`, and announcements, with the same lag as intent
    (tau_asy); habit and announcements have the half-life h_reb (form of EFFECTS: fast adjustment, slow reversion).
    """
    p, where = parameters, sectors()
    dtype = state.retry.dtype
    # The exact step of an exponential approach: a plain 1 / tau would overshoot where tau is under a week.
    quick = -jnp.expm1(-1.0 / p.tau_asy)
    keeps = jnp.exp2(-1.0 / p.h_reb)
    announced = announcement + (1.0 - announcement) * state.announced * keeps
    beyond = jnp.maximum(no_asylum - jnp.maximum(state.habit, p.x_ann), 0.0) / jnp.maximum(1.0 - p.x_ann, FLOOR)
    # Nobody believes more than fully: the two do not add up.
    expected = 1.0 - (1.0 - beyond) * (1.0 - announced)
    added = p.n_bar * barrier * jnp.asarray(where.placement, dtype)
    fenced = jnp.clip(state.fenced + added, -jnp.asarray(where.fenced, dtype), jnp.asarray(where.buildable, dtype))
    guarded = jnp.clip(zones * jnp.asarray(where.zone, dtype), 0.0, 1.0)
    blocked = blocked_share(p, fenced, guarded)  # (sector,)
    state = State(
        closure=state.closure + (no_asylum - no_asylum_reference - state.closure) * quick,
        habit=no_asylum + (state.habit - no_asylum) * keeps,
        announced=announced,
        believed=state.believed + (expected - state.believed) * quick,
        fenced=fenced,
        diverted=state.diverted + (blocked - state.diverted) * -jnp.expm1(-1.0 / p.tau_sec),
        retry=state.retry,
    )
    arriving = newcomers * jnp.exp(
        intent(
            p,
            state,
            remain=remain,
            troops=troops,
            agents_ratio=agents_ratio,
            mexico_ratio=mexico_ratio,
            interior_ratio=interior_ratio,
            wage=wage,
            violence=violence,
        )
    )
    reach = spread(p, shares, blocked, state.diverted, adaptation)  # (sector,)
    reached = reach.sum()
    # Those who try again have come in spite of the blocks: they spread as the newcomers do, and none stays away.
    attempts = reach * (arriving + state.retry / jnp.maximum(reached, FLOOR))
    relative = attempts / jnp.maximum(reference_attempts * shares * agents_ratio, FLOOR)  # per agent
    encounters = apprehension(p, relative) * attempts
    through = attempts - encounters
    # Share of those who get through that is seen, as at the reference; at most 1 by a condition on the draws.
    seen = p.g_share / (1.0 - p.g_share) * p.p_app / (1.0 - p.p_app)
    known = jnp.minimum(seen, 1.0) * through
    returned = no_asylum * encounters.sum()
    flows = Flows(
        newcomers=arriving * reached,
        attempts=attempts,
        encounters=encounters,
        known=known,
        unknown=through - known,
        returned=returned,
        fee=fee_at(p, agents_ratio * mexico_ratio),
        freed=(jnp.clip(1.0 - relative, -1.0, 1.0) * jnp.asarray(where.agents, dtype)).sum(),
    )
    return state._replace(retry=returned * retry_chance(p, processed, penalised)), flows


def announcement_path(parameters: Parameters, weeks: int, no_asylum: Array) -> Array:
    """Attempts relative to before, (week,), after an announcement in week 0 that no change of policy follows."""
    encounters = 1e4 * jnp.ones_like(no_asylum)  # any level: the path is relative
    attempts = encounters / parameters.p_app
    inputs: dict[str, Any] = {
        **neutral(no_asylum),
        "newcomers": newcomers_at(parameters, encounters, no_asylum),
        "shares": jnp.full((SECTORS,), 1.0 / SECTORS, encounters.dtype),
        "reference_attempts": attempts,
    }

    def advance(state: State, announcement: Array) -> tuple[State, Array]:
        state, flows = step(state, parameters, **{**inputs, "announcement": announcement})
        return state, flows.attempts.sum() / attempts

    once = jnp.zeros((weeks,), encounters.dtype).at[0].set(1.0)
    _, path = jax.lax.scan(advance, initial(parameters, encounters, no_asylum), once)
    return path


def fence_response(parameters: Parameters, shares: Array, sector: int) -> Fence:
    """Long-run fall of attempts in a sector that is fenced from end to end, in those beside it, and in the nation.

    `shares`: (sector,) of attempts before. `sector`: its position from the west.
    """
    fenced = jnp.zeros_like(shares).at[sector].set(1.0)
    blocked = blocked_share(parameters, fenced, jnp.zeros_like(shares))
    after = spread(parameters, shares, blocked, blocked, jnp.ones_like(shares[0]))
    beside = np.array([position for position in (sector - 1, sector + 1) if 0 <= position < SECTORS])
    return Fence(
        own=1.0 - after[sector] / shares[sector],
        neighbours=1.0 - after[beside].sum() / shares[beside].sum(),
        nation=1.0 - after.sum() / shares.sum(),
    )


def wage_response(parameters: Parameters, wage: Array) -> Array:
    """Mexicans' crossings relative to before at a log change `wage` of the real wage (Hanson & Spilimbergo 1999)."""
    return jnp.exp(parameters.e_wage * wage)


def enforcement_response(parameters: Parameters, ratio: Array) -> tuple[Array, Array]:
    """Fee and crossings relative to before where enforcement hours are `ratio` times as many (Gathmann 2008)."""
    return fee_at(parameters, ratio) / parameters.fee, jnp.exp(parameters.e_mig_enf * _log(ratio))


def _log(ratio: Array) -> Array:
    """Log of a ratio, finite also at zero."""
    return jnp.log(jnp.maximum(ratio, FLOOR))
