"""F: crossings. What was dated before 2019 is asked of the mechanism alone, the rest of the coupled system."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import (
    NOT_BLOCKED,
    Bench,
    Note,
    Study,
    as_recorded,
    central,
    coupled,
    over_draws,
    over_draws_of,
    percent,
)
from counterflow.calibration.published import given, targets
from counterflow.ensemble.planning import NONE
from counterflow.model import border
from counterflow.model.state import Parameters, Record
from counterflow.strategy.catalogue import levers

LIMITS_OF_2024 = date(2024, 6, 5)
TERM_OF_2025 = date(2025, 1, 20)
SECTOR = 3  # Tucson, with neighbours on both sides


# Repeated trials: everybody who is stopped is returned.


def _steady(bench: Bench) -> tuple[float, float]:
    """Attempts and entries per newcomer in the steady state of the weekly step."""
    del bench  # everything is given
    p, one = central("border", **given("trials")), jnp.ones(())
    newcomers = border.newcomers_at(p, 1000.0 * one, one)
    shares = jnp.full(border.SECTORS, 1.0 / border.SECTORS)
    begin = border.initial(p, 500.0 * one, one)  # away from the steady state, which the step has to find

    def advance(state: border.State, _: None) -> tuple[border.State, border.Flows]:
        return border.step(
            state,
            p,
            newcomers=newcomers,
            shares=shares,
            reference_attempts=1000.0 * one / p.p_app,
            **border.neutral(one),
        )

    _, flows = jax.lax.scan(advance, begin, length=60)
    entered = (flows.known[-1] + flows.unknown[-1]).sum()
    return float(flows.attempts[-1].sum() / newcomers), float(entered / newcomers)


# The announcement of 2017.


def _announced(p: Parameters) -> jax.Array:
    """(week,) apprehensions over those before, from the week of the announcement on, without season."""
    before = levers()["asylum.restriction"].recorded_at(date(2017, 1, 20))
    attempts = border.announcement_path(p.border, 40, jnp.asarray(before, jnp.float32))
    return attempts * border.apprehension(p.border, attempts) / p.border.p_app


def _trough(p: Parameters) -> Any:
    return percent(_announced(p)[8:15].min(), 1.0)


def _closed_gap(p: Parameters) -> jax.Array:
    path = _announced(p)
    low = path[8:15].min()
    return 100.0 * (path[36] - low) / (1.0 - low)


# The asylum limits of June 2024 and the levers of January 2025, in the coupled system.


def _limits_of_2024(bench: Bench) -> np.ndarray:
    """(draw, week) encounters over those without the limits; week 1 is that of 3 June 2024."""
    limits = as_recorded("limits", LIMITS_OF_2024, date(2024, 6, 6), ["asylum.restriction"])
    found = coupled(bench, LIMITS_OF_2024, (NONE, limits), switches=NOT_BLOCKED)["encounters"]
    ratio: np.ndarray = found[1] / found[0]
    return ratio


def _weeks_to_two_thirds(bench: Bench) -> np.ndarray:
    """(draw,) weeks from 5 June 2024 until 1 - 1/e of the fall of half a year, by straight lines between weeks."""
    fall = 1.0 - _limits_of_2024(bench)[:, :28]
    wanted = (1.0 - np.exp(-1.0)) * fall[:, 27]
    after = np.argmax(fall >= wanted[:, None], axis=1)
    rows = np.arange(len(fall))
    reached, before = fall[rows, after], fall[rows, after - 1]
    # A week's flow is that of its middle, 3.5 days after its Monday; the limits came 2 days after theirs.
    found: np.ndarray = after - 1 + 1.5 / 7.0 - (reached - wanted) / np.maximum(reached - before, 1e-9)
    return found


def since_january_2025(bench: Bench, output: str) -> np.ndarray:
    """(branch, draw, week) without levers, and with those of 2025 as recorded; week 1 is that of 20 January."""
    recorded = as_recorded("recorded", TERM_OF_2025, date(2025, 12, 31))
    return coupled(bench, TERM_OF_2025, (NONE, recorded), switches=NOT_BLOCKED)[output]


def _february_over_january(bench: Bench) -> np.ndarray:
    """(draw,) change of the month's count, percent. The days of January before the run are as those of its first
    week, which is before the order; twelve of the 31 come after it."""
    week = since_january_2025(bench, "encounters")[1]
    january = week[:, 0] * (1.0 + 12.0 / 7.0) + week[:, 1] + week[:, 2] * 5.0 / 7.0
    february = week[:, 2] * 2.0 / 7.0 + week[:, 3:6].sum(axis=1) + week[:, 6] * 5.0 / 7.0
    change: np.ndarray = percent(february, january)
    return change


def _gotaways(bench: Bench) -> np.ndarray:
    a_day: np.ndarray = since_january_2025(bench, "gotaways_known")[1, :, 3:6].mean(axis=1) / 7.0
    return a_day


# Attribution of early 2025: what each lever, alone, takes off the log of intent, by the mechanism's own function.


def _attributed(p: Parameters) -> jax.Array:
    """(lever,) share of the fall of intent that each of five causes explains, where all act in full: the end of asylum,
    expectation, Remain in Mexico at its rate of 2019-20, 1,600 troops, twice the Mexican enforcement."""
    of, none, one = p.border, jnp.zeros(()), jnp.ones(())
    calm = border.initial(of, one, none)
    still = {
        **dict.fromkeys(("remain", "troops", "wage"), none),
        **dict.fromkeys(("agents_ratio", "mexico_ratio", "interior_ratio", "violence"), one),
    }
    record = levers()["asylum.restriction"]
    closed = record.recorded_at(date(2025, 2, 1)) - record.recorded_at(TERM_OF_2025)
    falls = jnp.stack(
        [
            border.intent(of, calm._replace(closure=closed * one), **still),
            border.intent(of, calm._replace(believed=one), **still),
            border.intent(of, calm, **{**still, "remain": of.x_mpp}),
            border.intent(of, calm, **{**still, "troops": of.x_trp}),
            border.intent(of, calm, **{**still, "mexico_ratio": given("early_2025")["mexico"] * one}),
        ]
    )
    return falls / falls.sum()


def _overlapping(bench: Bench) -> float:
    """Share of pairs of causes whose 5-95% ranges of attributed shares overlap, percent."""
    shares = np.asarray(over_draws(_attributed)(bench))
    low, high = np.quantile(shares, [0.05, 0.95], axis=0)
    pairs = list(itertools.combinations(range(shares.shape[1]), 2))
    return 100.0 * float(np.mean([low[a] <= high[b] and low[b] <= high[a] for a, b in pairs]))


# Single effects.


def _repeat_crossers(p: Parameters) -> jax.Array:
    """Share of those stopped who were stopped before, fiscal 2021 over fiscal 2019.

    In 2021 the recorded share was expelled without consequences, in 2019 the share that was returned had all of them.
    """
    expelled = levers()["asylum.restriction"].recorded_at(date(2021, 4, 1))
    returned = given("repeat_crossers")["returned"]
    return border.reapprehension(p.border, expelled, processed=0.0) / border.reapprehension(p.border, returned)


def _shares_returned(bench: Bench) -> str:
    """For which shares returned in fiscal 2019 the median ratio lies in the band; it goes with one over that share."""
    band = targets()["F7"].band
    assert band is not None
    at_one = given("repeat_crossers")["returned"] * float(np.median(np.asarray(_ratio_of_repeat_crossers(bench))))
    low, high = (100.0 * at_one / end if end else np.inf for end in (band.high, band.low))
    return (
        f"The median ratio lies in the band where between {low:.0f} and {min(high, 100.0):.0f}% were returned in 2019."
    )


def _full_penalty(p: Parameters) -> jax.Array:
    with_penalty, without = (border.reapprehension(p.border, 1.0, penalised=share) for share in (1.0, 0.0))
    return 100.0 * (with_penalty - without)


def _enforced(p: Parameters) -> tuple[jax.Array, jax.Array]:
    """Fee and crossings relative to before with three times the enforcement."""
    return border.enforcement_response(p.border, jnp.asarray(given("enforcement")["factor"]))


def _fenced(p: Parameters, record: Record) -> jax.Array:
    """Persons fewer in the nation over persons fewer in the sector that is fenced."""
    fall = border.fence_response(p.border, record.sector_shares, SECTOR)
    return fall.nation / (fall.own * record.sector_shares[SECTOR])


_ratio_of_repeat_crossers: Study = over_draws(_repeat_crossers)

STUDIES: dict[str, Study] = {
    "F1.1": lambda bench: _steady(bench)[0],
    "F1.2": lambda bench: _steady(bench)[1],
    "F2.1": over_draws(_trough),
    "F2.2": over_draws(_closed_gap),
    "F3.1": lambda bench: percent(_limits_of_2024(bench)[:, 7], 1.0),
    "F3.2": _weeks_to_two_thirds,
    "F4": _february_over_january,
    "F5": _gotaways,
    "F7": _ratio_of_repeat_crossers,
    "F8": over_draws(_full_penalty),
    "F9": over_draws(lambda p: percent(border.wage_response(p.border, jnp.log(given("wages")["factor"])), 1.0)),
    "F10.1": over_draws(lambda p: percent(_enforced(p)[0], 1.0)),
    "F10.2": over_draws(lambda p: percent(_enforced(p)[1], 1.0)),
    "F11": over_draws_of(_fenced),
    "F12": _overlapping,
}

NOTES: dict[str, Note] = {"F7": _shares_returned}
