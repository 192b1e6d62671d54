"""What an event study works with: draws of all parameters, the store, and runs of the coupled system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.model.coupling import EDGES
from counterflow.model.state import Parameters, Record
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Entry, Range

REFERENCE = date(2025, 1, 20)  # the record up to here covers the years that couplings are measured against
YEARS = 2  # of every coupled run, so that one compiled run serves all
# Where levers follow the record, so do courts: what it shows as done was not blocked.
NOT_BLOCKED = {name: 0.0 for name, edge in EDGES.items() if edge.giver == "courts"}

OUTPUTS = (
    "encounters",
    "gotaways_known",
    "interior_arrests",
    "detained",
    "removals",
    "overdose_deaths",
    "homicides",
    "cooperation",
    "fentanyl_delivered",
)  # of every coupled run, for the same reason


@dataclass(frozen=True, eq=False)
class Bench:
    """`count` draws from the priors of today, with the seed that they and their noise come from."""

    count: int
    seed: int
    store: Store
    answers: dict[str, np.ndarray] = field(default_factory=dict)  # by target; filled as studies are asked
    runs: dict[Any, dict[str, np.ndarray]] = field(default_factory=dict)  # coupled runs that studies share

    @cached_property
    def parameters(self) -> Parameters:
        """All parameters, (draw,) each."""
        drawn: Parameters = draw(self.count, self.seed, planning.LEVERS, 1).parameters
        return drawn

    @cached_property
    def record(self) -> Record:
        """The means of the official series that couplings are measured against."""
        return planning.record_of(self.store, weeks(REFERENCE), None)


Study = Callable[[Bench], Any]  # gives (draw,), or a scalar where draws do not matter
Note = Callable[[Bench], str]  # what to say beside it


def over_draws(one: Callable[[Parameters], Any]) -> Study:
    """The study that asks `one` of each draw: a function of one draw's parameters that jax can trace."""
    every = jax.jit(jax.vmap(one))

    def study(bench: Bench) -> Any:
        return every(jax.tree.map(jnp.asarray, bench.parameters))

    return study


def over_draws_of(one: Callable[[Parameters, Record], Any]) -> Study:
    """As `over_draws`, for a function that asks what the record shows as well."""
    every = jax.jit(jax.vmap(one, in_axes=(0, None)))

    def study(bench: Bench) -> Any:
        return every(jax.tree.map(jnp.asarray, bench.parameters), bench.record)

    return study


def fixed(of: Any, **values: float) -> Any:
    """The parameters `of` a mechanism with some of them held at a value."""
    return of._replace(**{name: jnp.asarray(value, jnp.float32) for name, value in values.items()})


def central(mechanism: str, **values: float) -> Any:
    """A mechanism's parameters at the central points of their priors, but for `values`."""
    fields, table = FIELDS[mechanism], priors.load()[mechanism]
    points = {name: jnp.asarray(table[name].central, jnp.float32) for name in fields._fields}
    return fixed(fields(**points), **values)


def entry(lever: str, value: float, start: date, end: date | None = None) -> Entry:
    """A lever held at one value, as the record shows."""
    return Entry(
        lever=lever,
        intensity=Range(low=value, central=value, high=value),
        start=start,
        end=end,
        start_reason="the record",
        status="in_force",
        basis="record",
    )


def as_recorded(name: str, first: date, until: date, only: Sequence[str] | None = None) -> Branch:
    """The branch in which levers (`only` these, if given) move from `first` to `until` as the record shows."""
    monday = first - timedelta(days=first.weekday())
    entries = tuple(
        entry(lever.id, step.intensity, step.start)
        for lever in levers().values()
        if lever.id in planning.LEVERS and (only is None or lever.id in only)
        for step in lever.recorded
        if monday <= step.start < until
    )
    return Branch(id=name, title=name, description="", entries=entries)


def coupled(
    bench: Bench,
    first: date,
    branches: Sequence[Branch],
    *,
    switches: Mapping[str, float] | None = None,
    held: Mapping[tuple[str, str], float] | None = None,
    with_noise: bool = False,
) -> dict[str, np.ndarray]:
    """OUTPUTS (branch, draw, week) of the coupled system from the week before `first`; kept for the next study that
    asks for the same. `held`: parameters, by mechanism and symbol, at one value. Without noise unless asked: an event
    study looks for the expected response."""
    settings = (tuple(sorted((switches or {}).items())), tuple(sorted((held or {}).items())))
    key = (first, tuple(branches), settings, with_noise)
    if key not in bench.runs:
        at = planning.plan(branches, first, years=YEARS, seed=bench.seed, store=bench.store, switches=switches)
        drawn = draw(bench.count, bench.seed, planning.LEVERS, len(at.weeks), fixed=held)
        found = run.run(at, drawn, OUTPUTS, with_noise=with_noise)
        bench.runs[key] = {name: values.astype(np.float64) for name, values in found.items()}
    return bench.runs[key]


def weeks(first: date) -> np.ndarray:
    """(week,) Mondays of a coupled run; the first is the week before `first`."""
    monday = first - timedelta(days=first.weekday() + 7)
    after: np.ndarray = np.datetime64(monday) + 7 * np.arange(1 + 52 * YEARS + planning.AFTER)
    return after


def percent(after: Any, before: Any) -> Any:
    """Change in percent."""
    return 100.0 * (after / before - 1.0)
