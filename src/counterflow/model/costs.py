"""What the levers cost the US treasury, beyond what was spent before a strategy (costs.toml)."""

from __future__ import annotations

import datetime
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError, model_validator

from counterflow.brief.schema import Value
from counterflow.errors import ModelError
from counterflow.strategy.catalogue import DAYS_PER, Grade, Per, lever
from counterflow.strategy.paths import quantile
from counterflow.strategy.schema import Range

Floats = NDArray[np.float64]
WEEK = DAYS_PER["week"]


class Conversion(Value):
    """How many of what is priced stand on one unit of the lever."""

    low: float
    central: float
    high: float
    meaning: str
    source: str
    grade: Grade
    assumed: bool


class Cost(Value):
    """One published unit cost, and how it applies to a lever."""

    id: str
    lever: str
    payer: Literal["US", "MX"]
    what: str
    unit: str
    low: float
    central: float
    high: float
    price_year: int
    charge: Literal["time", "act", "rise"]
    per: Per | None = None  # the time that a "time" price is for
    since: datetime.date | None = None  # the first day on which it is paid
    conversion: Conversion | None = None
    counted: bool = True
    why: str = ""  # why it is not counted
    grade: Grade
    assumed: bool = False
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Cost:
        if not self.low <= self.central <= self.high:
            raise ValueError(f"{self.id}: low <= central <= high is needed")
        if (self.charge == "time") != (self.per is not None):
            raise ValueError(f"{self.id}: a time belongs to a price for a time, and to it alone")
        if self.charge == "act" and self.counted and lever(self.lever).per is None:
            raise ValueError(f"{self.id}: {self.lever} counts no acts per time")
        if self.counted == bool(self.why) or (self.counted and self.payer != "US"):
            raise ValueError(f"{self.id}: what is not counted says why; what Mexico pays is not counted")
        return self

    @property
    def per_unit(self) -> Range:
        """The price of one unit of the lever: price and conversion low together, and high together."""
        by = self.conversion
        if by is None:
            return Range(low=self.low, central=self.central, high=self.high)
        return Range(low=self.low * by.low, central=self.central * by.central, high=self.high * by.high)


class Spread(NamedTuple):
    """USD a week at both ends of the prices and in their middle, in order of size."""

    low: Floats
    central: Floats
    high: Floats


@cache
def _file() -> tuple[tuple[Cost, ...], dict[str, str]]:
    raw = tomllib.loads((files("counterflow.model") / "costs.toml").read_text(encoding="utf-8"))
    try:
        return tuple(Cost.model_validate(row) for row in raw["cost"]), raw["unpriced"]
    except ValidationError as error:
        raise ModelError(error.errors()[0]["msg"], where="costs.toml") from error


def costs() -> tuple[Cost, ...]:
    """Every unit cost of costs.toml, those that are not counted and Mexico's among them.

    Raises ModelError where the file does not hold together.
    """
    return _file()[0]


def unpriced() -> dict[str, str]:
    """Levers of the United States without a price, and why."""
    return dict(_file()[1])


def treasury_cost(
    lever_id: str, change: Floats, u: Floats | float = 0.5, weeks: NDArray[np.datetime64] | None = None
) -> Floats:
    """What a lever costs the US treasury, USD a week, shape of `change`; below zero where it saves or earns.

    `change` (..., week) is intensity minus recorded intensity in the lever's unit; `u`, of the leading shape (draw,)
    or one number, is the place in the range of prices (0 low, 0.5 central, 1 high, as in strategy/paths.py). With
    `weeks`, Mondays, a price that is paid only from a day on is left out before it. Zero for a lever without a price.
    Raises StrategyError for a lever that does not exist.
    """
    of = lever(lever_id)
    change = np.asarray(change, np.float64)
    total = np.zeros(change.shape)
    for cost in costs():
        if cost.lever != lever_id or not cost.counted:
            continue
        price = np.asarray(quantile(cost.per_unit, np.asarray(u, np.float64)))[..., None]
        total += price * _units(cost, change, of.per) * _paid(cost, weeks)
    return total


def spent(paid: Floats) -> Floats:
    """USD of all levers that cost, of `paid` (..., lever): what others bring in is not set against it."""
    return np.asarray(np.maximum(paid, 0.0).sum(axis=-1))


def treasury_spread(lever_id: str, change: Floats, weeks: NDArray[np.datetime64] | None = None) -> Spread:
    """The same with low, central and high prices. For a fall of spending the low price is the higher cost."""
    ends = [treasury_cost(lever_id, change, end, weeks) for end in (0.0, 1.0)]
    return Spread(np.minimum(*ends), treasury_cost(lever_id, change, 0.5, weeks), np.maximum(*ends))


def _units(cost: Cost, change: Floats, lever_per: Per | None) -> Floats:
    """What is paid for each week, in units of the price."""
    if cost.charge == "rise":
        most = np.maximum.accumulate(np.maximum(change, 0.0), axis=-1)
        return np.diff(most, axis=-1, prepend=0.0)
    # Only a "time" price has a time of its own; an act's is the lever's.
    per = cost.per or lever_per
    return change if per is None else change * (WEEK / DAYS_PER[per])


def _paid(cost: Cost, weeks: NDArray[np.datetime64] | None) -> Floats:
    """Share of each week's days on which the cost is paid."""
    if cost.since is None or weeks is None:
        return np.ones(1)
    days = np.asarray(weeks, "datetime64[D]")[:, None] + np.arange(7)
    return np.asarray((days >= np.datetime64(cost.since)).mean(axis=1))
