"""What is run: branches and weeks, laid out beside what is on record before them and beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.evidence.folder import data_folder
from counterflow.evidence.store import Store
from counterflow.model import anchors as anchoring
from counterflow.model import coupling, history, priors
from counterflow.model.state import LEVERS as MODELLED
from counterflow.model.state import Forcing, Observed, Record
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch

AFTER = 52  # weeks that a run goes on after the levers are withdrawn
PAST = 520  # weeks of the record that are laid out before the branches, of which those since `RECORD` are run
RECORD = np.datetime64("2019-01-07")
LEVERS = list(MODELLED)
NONE = Branch(id="none", title="", description="")


class Plan(NamedTuple):
    """What is run: the branches, the weeks, and what is on record before and beside them."""

    branches: tuple[Branch, ...]
    first_lever: date
    weeks: np.ndarray  # (week,) Mondays; the first is the week before the strategy's first lever
    judged: int  # weeks after the first, at the end of which the levers are withdrawn
    observed: anchoring.Anchors
    record: Record
    past: Forcing  # (week, ...) of the PAST weeks before the first
    first: int  # position in `past` of the first week that is run
    middle: np.datetime64  # of the years that couplings are measured against
    beside: Forcing  # (week, ...) of `weeks`, with no lever moved
    switches: coupling.Switches
    priors: priors.Table
    recipe: Mapping[str, Any]  # what the plan was made from, in plain values
    seed: int


def keep_compiled() -> None:
    """Keep compiled runs beside the user's data, so that only the first run of a shape on a machine compiles.

    JAX_COMPILATION_CACHE_DIR, where it is set, names another place.
    """
    if jax.config.jax_compilation_cache_dir:  # type: ignore[attr-defined]
        return
    folder = data_folder() / "compiled"
    with suppress(OSError):  # a folder that cannot be written to costs time, not the run
        folder.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]


def monday(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def plan(
    branches: Sequence[Branch],
    first_lever: date,
    *,
    years: int,
    seed: int,
    store: Store,
    as_of: date | None = None,
    switches: Mapping[str, float] | None = None,
    table: priors.Table | None = None,
) -> Plan:
    """Lay out the weeks of a run and read what was observed before it.

    `table` are the priors, if not those of the package. Raises ModelError for an unknown switch.
    """
    keep_compiled()
    start = np.datetime64(monday(first_lever) - timedelta(days=7))
    judged = 52 * years
    weeks = start + 7 * np.arange(1 + judged + AFTER)
    before = start - 7 * np.arange(PAST, 0, -1)
    day = start.item()
    return Plan(
        branches=tuple(branches),
        first_lever=first_lever,
        weeks=weeks,
        judged=judged,
        observed=anchoring.observe(store, day, as_of),
        record=record_of(store, weeks, as_of),
        past=given_from_outside(before, start, history.recorded_paths(before, LEVERS), store, as_of),
        first=int(np.clip(np.searchsorted(before, RECORD), 0, PAST - AFTER)),
        middle=np.datetime64(day_between(*anchoring.span(day))),
        beside=given_from_outside(weeks, start, recorded_path(weeks), store, as_of),
        switches=coupling.switches(switches),
        priors=table or priors.load(),
        recipe={
            "first_lever": first_lever.isoformat(),
            "years": years,
            "seed": seed,
            "as_of": as_of.isoformat() if as_of else "",
            "switches": dict(switches or {}),
        },
        seed=seed,
    )


def recorded_path(weeks: np.ndarray) -> np.ndarray:
    """(week, lever) intensities held at what they were before the first of the weeks."""
    half = np.full((1, len(LEVERS)), 0.5)
    return np.asarray(lever_paths(NONE, weeks, half, half, LEVERS)[0])


def day_between(first: date, last: date) -> date:
    """The day in the middle of two."""
    return first + (last - first) // 2


def record_of(store: Store, weeks: np.ndarray, as_of: date | None) -> Record:
    """What the official series and the recorded paths of the levers show before a run of `weeks`."""
    start = weeks[0].item()
    before_shock, after_shock = history.around_shock(start, as_of)
    shown = {
        **anchoring.reference(store, start, as_of)._asdict(),
        "levers": history.reference_levels(LEVERS, start),
        "start": recorded_path(weeks)[0],
        "before_shock": before_shock,
        "after_shock": after_shock,
    }
    return Record(**{name: jnp.asarray(value, jnp.float32) for name, value in shown.items()})


def given_from_outside(
    weeks: np.ndarray, start: np.datetime64, levers: np.ndarray, store: Store, as_of: date | None
) -> Forcing:
    """Everything that no strategy moves, in `weeks`, with `levers` (week, lever) as they are on record."""
    beside = history.exogenous(weeks, store, as_of, start)
    count = len(weeks)
    paths = jnp.asarray(levers, jnp.float32)
    return Forcing(
        levers=paths,
        recorded=paths,
        strikes=jnp.zeros(count, jnp.float32),
        consent=jnp.zeros(count, jnp.float32),
        season=jnp.ones((count, 3), jnp.float32),
        week=jnp.asarray((weeks - start).astype(int) / 7.0, jnp.float32),
        **{name: jnp.asarray(value, jnp.float32) for name, value in beside._asdict().items()},
    )


def observed_at(at: Plan) -> Observed:
    """Where the official series stand at the start of a plan."""
    now = at.observed
    flows = (now.encounters, now.homicides, now.deaths, now.seized_lb)
    values = (
        *(flow.level for flow in flows),
        now.homicides.slope,
        now.homicides.gap_weeks,
        now.deaths.gap_weeks,
        [flow.scatter for flow in flows],
        [flow.drift for flow in flows],
    )
    return Observed(*(jnp.asarray(value, jnp.float32) for value in values))
