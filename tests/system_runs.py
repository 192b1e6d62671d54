"""Runs of the coupled system that several test modules share: few draws over two years and one of withdrawal, always of
the same shape, so that one compilation serves them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import numpy as np

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import Draws, draw
from counterflow.evidence.store import Store
from counterflow.model.outputs import ABOUT
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Campaign, Entry, Range

FIRST_LEVER = date(2025, 1, 20)
BEFORE = date(2025, 1, 13)  # the Monday of the week before, from which levers are held at their recorded intensity
YEARS = 2
DRAWS = 20
OUTPUTS = tuple(ABOUT)

Results = dict[str, np.ndarray]  # (draw, week, ...)


def entry(
    lever: str, low: float, central: float | None = None, high: float | None = None, start: date = FIRST_LEVER
) -> Entry:
    """A lever moved to an intensity, exactly `low` where nothing else is given."""
    central = low if central is None else central
    return Entry(
        lever=lever,
        intensity=Range(low=low, central=central, high=central if high is None else high),
        start=start,
        start_reason="test",
        status="in_force",
        basis="user",
    )


def branch(*entries: Entry, name: str = "tested", strikes: Campaign | None = None) -> Branch:
    return Branch(id=name, title=name, description="", entries=entries, strikes=strikes)


def top_of(lever: str) -> float:
    """The highest intensity on a lever's scale."""
    return levers()[lever].level_range(4).high


def recorded(lever: str) -> float:
    return levers()[lever].recorded_at(BEFORE)


HEAVY = Campaign(start=date(2025, 3, 3), weeks=60, strikes_per_week=10, consent=False)
EVERYTHING = branch(
    *(entry(lever, 0.0, top_of(lever) / 2, top_of(lever)) for lever in planning.LEVERS),
    name="everything",
    strikes=HEAVY,
)


@cache
def store() -> Store:
    return Store.open()


@cache
def plan(seed: int = 0) -> planning.Plan:
    return planning.plan((planning.NONE,), FIRST_LEVER, years=YEARS, seed=seed, store=store())


@cache
def draws(seed: int = 0, count: int = DRAWS) -> Draws:
    return draw(count, seed, planning.LEVERS, len(plan(seed).weeks))


@cache
def prepared(seed: int = 0, count: int = DRAWS) -> run.Batch:
    """The draws where the record leaves them: the same for every branch and every switch."""
    return run.prepare(plan(seed), draws(seed, count))


def outcome(
    of: Branch,
    seed: int = 0,
    *,
    count: int = DRAWS,
    with_noise: bool = True,
    switches: Mapping[str, float] | None = None,
) -> Results:
    """All outputs of one branch."""
    at = plan(seed)
    if switches:
        at = at._replace(switches=run.coupling.switches(switches))
    given = run.forcing(of, draws(seed, count), at)
    return run.run_batch(prepared(seed, count), at, given, OUTPUTS, with_noise=with_noise)[0]


def different(one: Results, other: Results, weeks: slice = slice(None)) -> list[str]:
    """Names of the outputs that differ by any bit in some weeks."""
    return [name for name in OUTPUTS if one[name][:, weeks].tobytes() != other[name][:, weeks].tobytes()]
