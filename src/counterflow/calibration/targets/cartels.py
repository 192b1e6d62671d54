"""A: the published cartel model (Prieto-Curiel, Campedelli & Hope 2023) out of the code that the coupled model uses.

Everything here runs in double precision with the published parameters; the slots for groups that split stay empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import Bench, Study, percent
from counterflow.calibration.published import given
from counterflow.calibration.published import targets as published_targets
from counterflow.ensemble.sampling import JOINT, generator, refits
from counterflow.model import cartels

PUBLISHED, POLICIES = given("cartels"), given("scenarios")
WEEKS, LATER = int(POLICIES["weeks"]), int(POLICIES["later"])  # 2012 to 2022, and from then to 2027
TOP = 10  # the largest groups, of the published order of who kills whom
SCENARIOS: dict[str, tuple[float, float]] = {  # recruitment, arrests
    "none": (1.0, 1.0),
    "arrests": (1.0, POLICIES["arrests"]),
    "recruitment": (POLICIES["recruitment"], 1.0),
    "stopped": (0.0, 1.0),
    "both": (POLICIES["recruitment"], POLICIES["arrests"]),
}


class Flows(NamedTuple):
    """Persons a week, over all groups, (week,) each."""

    recruits: np.ndarray
    arrests: np.ndarray
    deaths: np.ndarray
    exits: np.ndarray


class Decade(NamedTuple):
    """2012 to 2022: members (group,) before and after, flows (week,), and flows of the one week that follows."""

    begin: np.ndarray
    end: np.ndarray
    flows: Flows
    now: Flows


class Later(NamedTuple):
    """A scenario from 2022 on: members in all after LATER weeks, deaths (week,) and those of the week that follows."""

    members: float
    deaths: np.ndarray
    last: float


def _with(values: Mapping[str, float]) -> cartels.Parameters:
    others = dict.fromkeys(set(cartels.Parameters._fields) - set(values), 0.0)
    return cartels.Parameters(**{name: jnp.float64(value) for name, value in {**values, **others}.items()})


def _factors(recruitment: float = 1.0, arrests: float = 1.0) -> cartels.Factors:
    factors = cartels.no_change(jnp.dtype(jnp.float64))
    return factors._replace(recruitment=jnp.float64(recruitment), arrests=jnp.float64(arrests))


_run = jax.jit(cartels.run, static_argnames="weeks")


def _flows(members: jax.Array, p: cartels.Parameters, weeks: int, factors: cartels.Factors) -> tuple[Any, Flows]:
    after, flows = _run(members, p, weeks, factors)
    return after, Flows(*(np.asarray(getattr(flows, name)) for name in Flows._fields))


@lru_cache(maxsize=1)
def decade() -> Decade:
    """The published model from 2012 to 2022."""
    with jax.enable_x64(True):
        p = _with(PUBLISHED)
        begin = cartels.initial_members(p.C0)
        end, flows = _flows(begin, p, WEEKS, _factors())
        _, now = _flows(end, p, 1, _factors())
        return Decade(np.asarray(begin), np.asarray(end), flows, now)


@cache
def later(scenario: str) -> Later:
    """A scenario from 2022 on."""
    with jax.enable_x64(True):
        p, factors = _with(PUBLISHED), _factors(*SCENARIOS[scenario])
        members, flows = _flows(jnp.asarray(decade().end), p, LATER, factors)
        _, last = _flows(members, p, 1, factors)
        return Later(float(members.sum()), flows.deaths, float(last.deaths[0]))


@lru_cache(maxsize=1)
def losses() -> np.ndarray:
    """(victim, other) deaths a week of each group in conflict with each other one, 2022, largest group first."""
    with jax.enable_x64(True):

        def met(members: jax.Array) -> jax.Array:
            return cartels.joined(cartels.opponents(cartels.parts_of(members), jnp.float64(0.0))[1])

        weights = np.asarray(jax.jacobian(met)(jnp.asarray(decade().end)))
    order = np.argsort(-decade().end, kind="stable")
    deaths: np.ndarray = PUBLISHED["theta"] * decade().end[:, None] * weights * decade().end[None, :]
    return deaths[np.ix_(order, order)]


def _killed_in_order() -> float:
    deaths = losses()
    top, small = slice(0, TOP), slice(TOP, None)
    parts = ((small, top), (small, small), (top, top), (top, small))  # (victims, killers), as published in order
    shares = [100.0 * deaths[part].sum() / deaths.sum() for part in parts]
    return float(-np.diff(shares).max())


def _ever() -> float:
    return float(decade().begin.sum() + decade().flows.recruits.sum())


def _loss(flows: Flows, week: int) -> float:
    return float(flows.arrests[week] + flows.deaths[week] + flows.exits[week])


def _gap_of_largest(members: np.ndarray, target: str) -> float:
    """Largest gap of the largest groups' shares of all members to the published ones, points."""
    published = published_targets()[target].numbers
    shares = 100.0 * np.sort(members)[::-1][: len(published)] / members.sum()
    return float(np.abs(shares - published).max())


def _balance() -> float:
    """Largest gap between the change of members and the flows of 20 weeks, relative to all members."""
    gaps = []
    with jax.enable_x64(True):
        p, members = _with(PUBLISHED), cartels.initial_members(jnp.float64(PUBLISHED["C0"]))
        for _ in range(20):
            after, flows = _flows(members, p, 1, _factors())
            change = float((flows.recruits - flows.arrests - flows.deaths - flows.exits)[0])
            gaps.append(abs(float(after.sum() - members.sum()) - change) / float(members.sum()))
            members = after
    return max(gaps)


@lru_cache(maxsize=1)
def _random_beginnings() -> np.ndarray:
    """(run,) members in 2022 of 200 runs from Poisson sizes."""
    begin = generator(0, "calibration.beginnings").poisson(decade().begin, (200, len(decade().begin)))
    with jax.enable_x64(True):
        p = _with(PUBLISHED)
        size = jax.jit(jax.vmap(lambda members: cartels.run(members, p, WEEKS, _factors())[0].sum()))
        return np.asarray(size(jnp.asarray(begin, jnp.float64)))


def _gap_to_differential_equation() -> Any:
    """Weekly steps against the fourth-order Runge-Kutta solution of the same derivative, percent."""
    with jax.enable_x64(True):
        p = _with(PUBLISHED)

        def slope(members: jax.Array) -> jax.Array:
            return cartels.run(members, p, 1, _factors())[0] - members

        def advance(_: int, members: jax.Array) -> jax.Array:
            one = slope(members)
            two = slope(members + 0.5 * one)
            three = slope(members + 0.5 * two)
            return members + (one + 2.0 * two + 2.0 * three + slope(members + three)) / 6.0

        exact = float(jax.lax.fori_loop(0, WEEKS, advance, jnp.asarray(decade().begin)).sum())
    return abs(percent(decade().end.sum(), exact))


@lru_cache(maxsize=1)
def _refits() -> dict[str, np.ndarray]:
    """Over all accepted refits, (refit,) each: members in 2022; size and deaths after LATER weeks by scenario; deaths
    in 2022."""
    found: dict[str, np.ndarray] = {}
    with jax.enable_x64(True):
        names = set(cartels.Parameters._fields)
        rows = {name: jnp.asarray(refits()[:, column], jnp.float64) for column, name in enumerate(JOINT)}
        zeros = {name: jnp.zeros(len(refits()), jnp.float64) for name in names - set(JOINT)}
        every = cartels.Parameters(**rows, **zeros)

        def one(p: cartels.Parameters) -> tuple[jax.Array, ...]:
            end, flows = cartels.run(cartels.initial_members(p.C0), p, WEEKS, _factors())
            values = [end.sum(), flows.deaths[-1]]
            for name in ("none", "arrests", "recruitment"):
                members, later_flows = cartels.run(end, p, LATER, _factors(*SCENARIOS[name]))
                values += [members.sum(), later_flows.deaths[-1]]
            return tuple(values)

        values = jax.jit(jax.vmap(one))(every)
    keys = ("members", "deaths", *(f"{name}.{part}" for name in ("none", "arrests", "recruitment") for part in "sd"))
    for key, value in zip(keys, values, strict=True):
        found[key] = np.asarray(value)
    return found


def _share(holds: np.ndarray) -> float:
    return 100.0 * float(np.mean(holds))


def _both_beat_no_change() -> float:
    found = _refits()
    better = [found[f"{name}.{part}"] < found[f"none.{part}"] for name in ("arrests", "recruitment") for part in "sd"]
    return _share(np.all(better, axis=0))


def _spread() -> float:
    low, high = np.quantile(_refits()["members"], [0.05, 0.95])
    return float(high / low)


def _asked(ask: Callable[[], Any]) -> Study:
    def study(_: Bench) -> Any:
        return ask()

    return study


def _against_2022(name: str) -> dict[str, Callable[[], Any]]:
    return {
        f"A2.{name}.size": lambda: percent(later(name).members, decade().end.sum()),
        f"A2.{name}.deaths": lambda: percent(later(name).last, decade().now.deaths[0]),
    }


def _against_no_change(name: str) -> dict[str, Callable[[], Any]]:
    return {
        f"A2.6.{name}.size": lambda: percent(later(name).members, later("none").members),
        f"A2.6.{name}.deaths": lambda: percent(later(name).last, later("none").last),
        f"A2.6.{name}.killed": lambda: percent(later(name).deaths.sum(), later("none").deaths.sum()),
    }


ASKED: dict[str, Callable[[], Any]] = {
    "A1.1": lambda: decade().begin.sum(),
    "A1.2": lambda: decade().end.sum(),
    "A1.3": lambda: percent(decade().end.sum(), decade().begin.sum()),
    "A1.4": lambda: decade().flows.recruits.mean(),
    "A1.5.1": lambda: _loss(decade().flows, 0),
    "A1.5.2": lambda: _loss(decade().flows, -1),
    "A1.6": lambda: decade().flows.arrests.mean(),
    "A1.7.1": lambda: decade().flows.deaths[0],
    "A1.7.2": lambda: decade().flows.deaths[-1],
    "A1.8": lambda: decade().flows.deaths.mean() + decade().flows.arrests.mean(),
    "A1.9.1": lambda: 100.0 * decade().flows.deaths.sum() / _ever(),
    "A1.9.2": lambda: 100.0 * decade().flows.arrests.sum() / _ever(),
    "A1.9.3": lambda: 100.0 * (decade().flows.deaths.sum() + decade().flows.arrests.sum()) / _ever(),
    "A1.10": lambda: decade().flows.deaths.sum(),
    "A1.11": lambda: np.sort(decade().end)[-2:].sum(),
    "A1.13": _killed_in_order,
    **{target: ask for name in SCENARIOS for target, ask in _against_2022(name).items()},
    "A2.stopped.weeks": lambda: float(np.argmax(later("stopped").deaths < decade().flows.deaths[0])),
    **{target: ask for name in ("arrests", "recruitment", "both") for target, ask in _against_no_change(name).items()},
    "A3.1.suffered": lambda: 100.0 * losses()[0].sum() / losses().sum(),
    "A3.1.inflicted": lambda: 100.0 * losses()[:, 0].sum() / losses().sum(),
    "A3.2": _balance,
    "A3.3": lambda: _gap_of_largest(decade().begin, "A3.3"),
    "A3.4": lambda: _gap_of_largest(decade().end, "A3.4"),
    "A3.5.low": lambda: float(np.quantile(_random_beginnings(), 0.05)),
    "A3.5.high": lambda: float(np.quantile(_random_beginnings(), 0.95)),
    "A3.6": _gap_to_differential_equation,
    "A3.7.1": _spread,
    "A3.7.2": lambda: _share(_refits()["none.s"] > _refits()["members"]),
    "A3.7.3": _both_beat_no_change,
    "A3.7.4": lambda: _share(_refits()["recruitment.d"] < _refits()["arrests.d"]),
    "A3.7.5": lambda: _share(_refits()["arrests.d"] > _refits()["deaths"]),
    "A3.8": lambda: percent(later("none").last, decade().now.deaths[0]),
}

STUDIES: dict[str, Study] = {target: _asked(ask) for target, ask in ASKED.items()}
