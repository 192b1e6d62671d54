"""Priors as data: what each parameter means, how sure we are, on whose word, and since when it could be known."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from counterflow.errors import ModelError, StrategyError, UsageError
from counterflow.strategy.overrides import About, ParameterOverride, family_of, refuse, support_of

Family = Literal["lognormal", "logitnormal", "normal", "bernoulli", "fixed", "joint"]
Grade = Literal["A", "B", "C", "D"]
Mechanism = Literal[  # in the order of the week
    "courts",
    "diplomacy",
    "money",
    "arms",
    "strikes",
    "leaders",
    "cartels",
    "homicide",
    "supply",
    "overdose",
    "border",
    "interior",
    "noise",
]
MECHANISMS: tuple[Mechanism, ...] = get_args(Mechanism)
Floats = NDArray[np.float64]
Table = dict[str, dict[str, "Prior"]]  # by mechanism and symbol
WIDER = 2.0  # factor on the score of a prior that was not yet known and has no earlier interval of its own
ALWAYS = 0  # a year before all others: what a user sets is not news of some year
OWN_WORDS = "Value error, "  # what pydantic sets before the message of a check of ours
Z95 = 1.6448536269514722  # 95% point of the standard normal


class Interval(BaseModel):
    """5%, 50% and 95% points; a fixed value has only the central one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float | None = None
    central: float
    high: float | None = None


class Prior(BaseModel):
    """One parameter. Low, central and high are the 5%, 50% and 95% points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    meaning: str
    unit: str
    family: Family
    low: float | None = None
    central: float
    high: float | None = None
    grade: Grade
    assumed: bool = False  # no number in any source
    source: str
    known_from: int  # year of the source, or of the latest event that the number rests on
    earlier: Interval | None = None  # what would have been drawn before that year; without it, WIDER is used
    correlation: dict[str, float] = {}  # with another symbol of the mechanism, on the normal score
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Prior:
        for interval in (self, self.earlier):
            if interval is None or self.family in ("fixed", "bernoulli"):
                continue
            low, central, high = interval.low, interval.central, interval.high
            if low is None or high is None or not low < central < high:
                raise ValueError("low < central < high is needed")
            if self.family == "lognormal" and low * high <= 0:
                raise ValueError("a lognormal needs all three points on one side of zero")
            if self.family == "logitnormal" and not (low > 0 and high < 1):
                raise ValueError("a share needs all three points between 0 and 1")
        return self

    def at(self, year: int | None) -> Interval:
        """The interval as of a year (None = now). Sources published in that year count as not yet known."""
        if self.is_known(year) or self.earlier is None:
            return Interval(low=self.low, central=self.central, high=self.high)
        return self.earlier

    def is_known(self, year: int | None) -> bool:
        """Whether a modeller of that year could have known the source."""
        return year is None or self.known_from < year


class NotUsed(NamedTuple):
    """A quantity that is published, or was asked for, and is not drawn."""

    mechanism: str
    symbol: str
    meaning: str  # with its number
    why: str


@lru_cache(maxsize=1)
def not_used() -> tuple[NotUsed, ...]:
    """What is known and not drawn, and why, as listed in priors/not_used.toml."""
    raw = tomllib.loads((files("counterflow.model") / "priors" / "not_used.toml").read_text(encoding="utf-8"))
    return tuple(
        NotUsed(mechanism, symbol, meaning, why)
        for mechanism, symbols in raw.items()
        for symbol, (meaning, why) in symbols.items()
    )


@lru_cache(maxsize=1)
def load() -> Table:
    """All priors, by mechanism and symbol. Raises ModelError naming file and key where one is not valid."""
    priors: Table = {}
    for mechanism in MECHANISMS:
        name = f"{mechanism}.toml"
        raw = tomllib.loads((files("counterflow.model") / "priors" / name).read_text(encoding="utf-8"))
        priors[mechanism] = {}
        for symbol, fields in raw.items():
            try:
                priors[mechanism][symbol] = Prior(**fields)
            except ValidationError as error:
                problem = error.errors()[0]["msg"].removeprefix(OWN_WORDS)
                raise ModelError(f"prior {symbol}: {problem}", where=f"priors/{name}") from error
    return priors


def about(table: Table) -> dict[str, About]:
    """What a strategy file has to know of each parameter, by "mechanism.symbol"."""
    return {
        f"{mechanism}.{symbol}": About(prior.meaning, prior.unit, support_of(prior.family, prior.central, prior.unit))
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
    }


def with_overrides(table: Table, overrides: Mapping[str, ParameterOverride]) -> Table:
    """The table with what a strategy sets of it, by "mechanism.symbol"; `table` itself stays as it is.

    A value becomes a fixed prior, three points become a range of the family asked for (else the one that belongs to
    the parameter's kind). Either holds for every year, and nobody has graded it: it counts as grade D, and as assumed
    where no source is named. Raises StrategyError, naming the keys, as `overrides.refuse` does, and for values that no
    draw can reconcile with a joint condition, of whatever year.
    """
    known = about(table)
    refuse(overrides, {name: row.support for name, row in known.items()})
    changed = {mechanism: dict(symbols) for mechanism, symbols in table.items()}
    for name, override in overrides.items():
        mechanism, _, symbol = name.partition(".")
        prior = table[mechanism][symbol]
        points = {"low": override.low, "central": override.central, "high": override.high}
        changed[mechanism][symbol] = Prior(
            meaning=prior.meaning,
            unit=prior.unit,
            family=family_of(override, known[name].support) or "fixed",
            **points if override.value is None else {"central": override.value},
            grade="D",
            assumed=not override.source,
            source=f"set by the strategy file: {override.source or 'no source named'}",
            known_from=ALWAYS,
            correlation=prior.correlation if override.value is None else {},
            note=prior.note,
        )
    _refuse_clash(changed, overrides)
    return changed


def _refuse_clash(table: Table, overrides: Mapping[str, ParameterOverride]) -> None:
    """Raise StrategyError where all that a joint condition could draw again is held, at values that do not meet it.

    What else the condition depends on stands at its central value. Where something is left to draw, drawing tells.
    """
    if not overrides:
        return
    from counterflow.model.conditions import conditions  # here: the conditions need the mechanisms, and those jax

    central = {
        (mechanism, symbol): np.array([prior.central])
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
    }
    for condition in conditions():
        keys = condition.first + condition.then
        named = [f"{mechanism}.{symbol}" for mechanism, symbol in keys]
        held = all(table[mechanism][symbol].family == "fixed" for mechanism, symbol in keys)
        if held and any(name in overrides for name in named) and not condition.holds(central).all():
            raise StrategyError(
                f"what is set does not meet the condition that {condition.meaning}",
                where=", ".join(f'parameters."{name}"' for name in named if name in overrides),
                hint="Leave one of them to its prior, or give it a range.",
            )


def chosen(table: Table, mechanism: str | None = None, grade: str | None = None) -> Table:
    """The table with only one mechanism, only one grade, or both; mechanisms without any parameter left are dropped.

    Raises UsageError, with the nearest name, for a mechanism or a grade that there is none of.
    """
    if mechanism is not None and mechanism not in table:
        near = difflib.get_close_matches(mechanism.lower(), table, n=1, cutoff=0.4)
        meant = f"Did you mean {near[0]}? " if near else ""
        hint = f"{meant}There are {', '.join(table)}."
        raise UsageError(f"no mechanism is called {mechanism!r}", where="--mechanism", hint=hint)
    if grade is not None and grade not in get_args(Grade):
        near = difflib.get_close_matches(grade.upper()[:1], get_args(Grade), n=1) or ["D"]
        hint = f"Did you mean {near[0]}? Grades run from A (several good studies) to D (no evidence)."
        raise UsageError(f"no grade is called {grade!r}", where="--grade", hint=hint)
    kept = {
        name: {symbol: prior for symbol, prior in symbols.items() if grade in (None, prior.grade)}
        for name, symbols in table.items()
        if mechanism in (None, name)
    }
    return {name: symbols for name, symbols in kept.items() if symbols}


def from_score(prior: Prior, z: Floats, year: int | None = None) -> Floats:
    """Values at standard normal scores `z`, any shape.

    The families are two-piece on the log, logit or natural scale, so that the stated 5%, 50% and 95% points are
    exactly the quantiles here, also where an interval is not symmetric; joint conditions then draw some values again
    (ensemble/sampling.py). A lognormal below zero is one mirrored.
    """
    interval = prior.at(year)
    if not prior.is_known(year) and prior.earlier is None:
        z = WIDER * z
    if prior.family == "fixed":
        return np.full(z.shape, interval.central)
    if prior.family == "bernoulli":
        # An indicator has no width to widen.
        below = 0.5 * (1.0 + np.vectorize(math.erf)(z / math.sqrt(2.0)))
        return np.asarray(below < interval.central, np.float64)
    assert interval.low is not None  # both are checked on load
    assert interval.high is not None
    points = np.array([interval.low, interval.central, interval.high])
    if prior.family == "lognormal":
        sign = float(np.sign(interval.central))
        return sign * np.exp(_two_piece(np.log(np.sort(sign * points)), sign * z))
    if prior.family == "logitnormal":
        return 1.0 / (1.0 + np.exp(-_two_piece(np.log(points / (1.0 - points)), z)))
    return _two_piece(points, z)


def _two_piece(points: Floats, z: Floats) -> Floats:
    """A normal with its own standard deviation on each side of the central point."""
    slope = np.where(z < 0.0, points[1] - points[0], points[2] - points[1]) / Z95
    return np.asarray(points[1] + slope * z)
