"""D, and what strikes do to output (C3, C4): production, routes, price and purity, on the mechanism alone."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import Bench, Study, central, fixed, over_draws_of, percent
from counterflow.calibration.published import given
from counterflow.model import supply
from counterflow.model.state import Parameters, Record, by_lever

HALF_A_YEAR = 26  # weeks
FOUR_YEARS = 208
THIN = 4  # route: the first of the sectors
TAIL = 0.99


def reference(p: Parameters, record: Record) -> supply.Reference:
    """Flows at the reference."""
    return supply.reference(p.supply, record.seized_lb, record.route_shares)


def pushed(p: Parameters, record: Record, weeks: int, **inputs: Any) -> supply.Flows:
    """(week, ...) flows from the reference with some `inputs` of the step held away from it."""
    at, zero, one = reference(p, record), jnp.zeros(()), jnp.ones(())
    quiet = ("lab_strikes", "found", "raids", "control", "scanning", "freed", "shock", "seizure_shock", "mix_shock")
    given = {**dict.fromkeys(quiet, zero), **dict.fromkeys(("precursors", "adaptation", "gross"), one), **inputs}

    def advance(state: supply.State, _: None) -> tuple[supply.State, supply.Flows]:
        return supply.step(state, p.supply, at, **given)

    _, flows = jax.lax.scan(advance, supply.initial(at), length=weeks)
    found: supply.Flows = flows
    return found


# Strikes on laboratories, and one route.


def _output_lost(p: Parameters, record: Record) -> jax.Array:
    """Deliveries lost over the weeks of a campaign of strikes on laboratories, percent."""
    seen = given("iron_tempest")
    flows = pushed(p, record, int(seen["weeks"]), lab_strikes=jnp.asarray(seen["strikes"] / seen["weeks"]))
    return 100.0 * (1.0 - flows.relative.mean())


def iron_tempest(bench: Bench) -> float:
    """Share of draws that lose less output than is tolerated, percent."""
    lost = np.asarray(over_draws_of(_output_lost)(bench))
    return 100.0 * float(np.mean(lost < given("iron_tempest")["tolerated"]))


def _flow_at_ports(p: Parameters, record: Record) -> jax.Array:
    """Fall of the flow through the ports half a year after their chance of seizure rose, percent."""
    at, rise = reference(p, record), given("air_bridge")["rise"]
    scanning = rise * 0.10 / p.supply.p_scan  # p_scan is the rise per ten points
    flows = pushed(p, record, HALF_A_YEAR, scanning=scanning)
    crossed = flows.seized[-1, : supply.PORTS].sum() / (at.seized_share[0] + rise)
    before = at.shipped * at.flow_share[: supply.PORTS].sum() * (1.0 - at.checkpoint_share)
    return 100.0 * (1.0 - crossed / before)


def _flow_on_a_thin_route(p: Parameters, record: Record) -> jax.Array:
    """The same for one route between the ports, where the others stay as they are."""
    rise = given("air_bridge")["rise"]
    p = p._replace(supply=fixed(p.supply, a_free=rise))  # so that all agents freed raise the chance by as much
    at = reference(p, record)
    freed = jnp.zeros(len(supply.ROUTES) - supply.PORTS).at[THIN - supply.PORTS].set(1.0)
    seized = pushed(p, record, HALF_A_YEAR, freed=freed).seized[-1]
    # Sectors also record what checkpoints take of the ports' flow.
    checkpoints = seized[: supply.PORTS].sum() * at.checkpoint_share / (1.0 - at.checkpoint_share)
    crossed = (seized[THIN] - checkpoints * at.sector_share[THIN - supply.PORTS]) / (at.seized_share[THIN] + rise)
    return 100.0 * (1.0 - crossed / (at.shipped * at.flow_share[THIN]))


def thin_route(bench: Bench) -> float:
    """What the fall on a thin route reaches in the tail of the draws, percent."""
    return float(np.quantile(np.asarray(over_draws_of(_flow_on_a_thin_route)(bench)), TAIL))


ports: Study = over_draws_of(_flow_at_ports)


# Shocks to precursors.


class Course(NamedTuple):
    """What follows a shock, (week,) each, 1 before it."""

    price: np.ndarray
    purity: np.ndarray


def shock(name: str, bench: Bench) -> Course:
    """What follows shock A, B or C."""
    p = central("supply", **given(f"shock_{name}"))
    at = supply.reference(p, bench.record.seized_lb, bench.record.route_shares)
    path = supply.after_precursor_shock(p, at, FOUR_YEARS + 1)
    return Course(np.asarray(path.price, np.float64), np.asarray(path.purity, np.float64))


def half_life(path: np.ndarray) -> float:
    """Weeks from the largest departure from 1 until half of it is left, by straight lines between weeks."""
    gap = np.abs(path - 1.0)
    peak = int(np.argmax(gap))
    left = gap[peak:] / gap[peak]
    after = int(np.argmax(left <= 0.5))
    if after == 0:
        return float("inf")
    return float(after - 1 + (left[after - 1] - 0.5) / (left[after - 1] - left[after]))


def _first_year(path: np.ndarray) -> float:
    """Largest departure from 1 in the first year, percent."""
    gap = percent(path[:53], 1.0)
    return float(gap[np.argmax(np.abs(gap))])


def _left(path: np.ndarray, week: int) -> float:
    """What is left of the largest departure of the first year, percent of it."""
    return 100.0 * float(percent(path[week], 1.0)) / _first_year(path)


# Enforcement.


def _price_by_seizures(p: Parameters, record: Record) -> jax.Array:
    return 100.0 * supply.price_after_seizures(
        p.supply, reference(p, record), jnp.asarray(given("seizures")["factor"]), HALF_A_YEAR
    )


def _reaching_consumers(p: Parameters, record: Record) -> jax.Array:
    raids = by_lever(record.levers)["mexico.lab_raids"]
    return 100.0 * supply.reaching_consumers(p.supply, jnp.asarray(given("budget")["factor"]), raids)


def _price_by_raids(p: Parameters, record: Record) -> Any:
    seen = given("laboratories")
    raids = seen["destroyed"] / seen["weeks"] - by_lever(record.levers)["mexico.lab_raids"]
    return percent(pushed(p, record, int(seen["weeks"]), raids=raids).price[-1], 1.0)


STUDIES: dict[str, Study] = {
    "D1.1": lambda bench: half_life(shock("A", bench).price),
    "D1.2": lambda bench: half_life(shock("A", bench).purity),
    "D1.3": lambda bench: float(shock("A", bench).price.max()),
    "D2.1": lambda bench: _first_year(shock("B", bench).price),
    "D2.2": lambda bench: _first_year(shock("B", bench).purity),
    "D2.3": lambda bench: _left(shock("B", bench).purity, FOUR_YEARS),
    "D2.4": lambda bench: _first_year(shock("C", bench).price),
    "D2.5": lambda bench: _first_year(shock("C", bench).purity),
    "D2.6": lambda bench: _left(shock("C", bench).price, 104),
    "D2.7": lambda bench: _left(shock("B", bench).price, FOUR_YEARS),
    "D3": over_draws_of(_price_by_seizures),
    "D4": over_draws_of(_reaching_consumers),
    "D8": over_draws_of(_price_by_raids),
}
