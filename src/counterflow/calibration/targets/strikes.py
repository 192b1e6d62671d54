"""C: strikes and deployment, on the mechanism alone."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from counterflow.calibration.bench import Bench, Study, central, over_draws
from counterflow.calibration.published import given
from counterflow.calibration.targets import leaders as leader_studies
from counterflow.calibration.targets import supply as supply_studies
from counterflow.model import strikes
from counterflow.model.state import Parameters
from counterflow.model.units import WEEKS_PER_YEAR

YEAR = 52


def year(
    p: strikes.Parameters, *, rate: float = 0.0, support: float = 0.0, arrests: float | jax.Array = 1.0
) -> strikes.Effects:
    """(week,) what a year of `rate` strikes a week on leaders does, or of Mexican arrests at `arrests`."""
    none, one = jnp.zeros(()), jnp.ones(())

    def advance(state: strikes.State, _: None) -> tuple[strikes.State, strikes.Effects]:
        return strikes.step(
            state,
            p,
            lab_rate=none,
            leader_rate=rate * one,
            flight_hours=none,
            cooperation=one,
            support=support * one,
            uniform=0.5 * one,
            noise=none,
            arrests=arrests * one,
        )

    _, effects = jax.lax.scan(advance, strikes.initial(), length=YEAR)
    found: strikes.Effects = effects
    return found


def _programme(_: Bench) -> jax.Array:
    """Attacks at the end of a year under a programme with the host's support, percent."""
    chosen = given("programme")
    p = central("strikes", D_ant=chosen["D_ant"], n0=chosen["n0"])
    return 100.0 * (year(p, rate=chosen["strikes"], support=1.0).anticipation[-1] - 1.0)


def _deployment(p: Parameters) -> jax.Array:
    """Further homicides in the first year of a full deployment, per 100,000 who live where it is."""
    effects = year(p.strikes, arrests=1.0 + p.strikes.x_mil)
    return effects.deployment.mean() * WEEKS_PER_YEAR * strikes.PER / p.strikes.n_mil


def _civilians(p: Parameters) -> jax.Array:
    """Civilians among all whom strikes kill, percent."""
    effects = year(p.strikes, rate=1.0)
    return 100.0 * effects.civilian_harm.sum() / effects.killed.sum()


STUDIES: dict[str, Study] = {
    "C1.1": _programme,
    "C1.2": leader_studies.after_a_hit,
    "C2": over_draws(_deployment),
    "C3": supply_studies.iron_tempest,
    "C4.1": supply_studies.ports,
    "C4.2": supply_studies.thin_route,
    "C5": over_draws(_civilians),
}
