"""Priors as data: what each parameter means, how sure we are, on whose word, and since when it could be known."""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from counterflow.errors import ModelError

Family = Literal["lognormal", "logitnormal", "normal", "bernoulli", "fixed", "joint"]
Mechanism = Literal["cartels", "leaders", "strikes", "supply", "overdose", "border", "diplomacy", "homicide", "noise"]
MECHANISMS: tuple[Mechanism, ...] = get_args(Mechanism)
Floats = NDArray[np.float64]
WIDER = 2.0  # factor on the score of a prior that was not yet known and has no earlier interval of its own
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
    grade: Literal["A", "B", "C", "D"]
    assumed: bool = False  # no number in any source
    source: str
    known_from: int  # year from which a modeller could have known it
    earlier: Interval | None = None  # what would have been drawn before that year; without it, WIDER is used
    correlation: dict[str, float] = {}  # with another symbol of the mechanism, on the normal score

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


@lru_cache(maxsize=1)
def load() -> dict[str, dict[str, Prior]]:
    """All priors, by mechanism and symbol. Raises ModelError naming file and key where one is not valid."""
    priors: dict[str, dict[str, Prior]] = {}
    for mechanism in MECHANISMS:
        name = f"{mechanism}.toml"
        raw = tomllib.loads((files("counterflow.model") / "priors" / name).read_text(encoding="utf-8"))
        priors[mechanism] = {}
        for symbol, fields in raw.items():
            try:
                priors[mechanism][symbol] = Prior(**fields)
            except ValidationError as error:
                problem = error.errors()[0]["msg"]
                raise ModelError(f"prior {symbol}: {problem}", where=f"priors/{name}") from error
    return priors


def from_score(prior: Prior, z: Floats, year: int | None = None) -> Floats:
    """Values at standard normal scores `z`, any shape.

    The families are two-piece on the log, logit or natural scale, so that the stated 5%, 50% and 95% points are
    exactly the quantiles drawn, also where an interval is not symmetric. A lognormal below zero is one mirrored.
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
