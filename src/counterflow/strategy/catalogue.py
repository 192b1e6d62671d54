"""The catalogue of levers (levers.toml): what each is, what its levels mean, and its recorded path."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from counterflow.brief.schema import Value
from counterflow.errors import StrategyError
from counterflow.strategy.schema import Range

Grade = Literal["A", "B", "C", "D"]
Evidence = Literal["seen", "derived", "judgement", "memory_unverified"]
Per = Literal["day", "week", "month", "year"]

DAYS_PER: dict[Per, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


class Move(Value):
    """What a lever acts on in the model, and which way a higher intensity pushes it."""

    mechanism: Literal[
        "cartels",
        "leaders",
        "strikes",
        "supply",
        "overdose",
        "border",
        "interior",
        "arms",
        "money",
        "diplomacy",
        "courts",
    ]
    channel: str  # in plain words
    parameter: str = ""  # symbol of the prior, where there is one
    direction: Literal["up", "down"]


class Step(Value):
    """The recorded intensity from `start` until the next step.

    Where `series` is named, the intensity is the mean of that series from `start` to `until` (or the next
    step) in the lever's unit, or its ratio to the series `over`.
    """

    start: date
    until: date | None = None
    intensity: float = Field(ge=0, allow_inf_nan=False)
    status: Evidence
    source: str
    series: str = ""
    geo: str = ""
    over: str = ""
    note: str = ""


class Level(Value):
    """One level of a lever's scale, 0 (none, or as before) to 4 (the most that was seen or planned)."""

    level: int = Field(ge=0, le=4)
    meaning: str
    intensity: Range
    anchor: str
    source: str
    status: Evidence
    grade: Grade
    assumed: bool  # True where no source gives the numbers
    note: str = ""


class Lever(Value):
    """One lever: its unit, what it moves, its levels, and where it stood before any strategy moved it."""

    id: str
    title: str
    unit: str
    actor: Literal["US", "MX", "CN", "any"]  # whose lever it is
    counts: Literal["stock", "rate", "acts"]  # how a stated size is read: a total, so many per time, or acts done
    per: Per | None = None  # the unit's time, for rates and acts
    stated_size: Literal["total", "change"] = "total"  # "deployed 1,600 troops" is a change, "listed 8 groups" a total
    size_units: tuple[str, ...]  # patterns of the nouns that a stated size of this lever may count
    moves: Move  # what it acts on first
    also_moves: tuple[Move, ...] = ()
    recorded: tuple[Step, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=5, max_length=5)

    @model_validator(mode="after")
    def _consistent(self) -> Lever:
        if [level.level for level in self.levels] != [0, 1, 2, 3, 4]:
            raise ValueError(f"{self.id}: levels 0 to 4 are needed, in order")
        starts = [step.start for step in self.recorded]
        if starts != sorted(set(starts)):
            raise ValueError(f"{self.id}: recorded steps must be in order of their dates, one a day")
        if (self.per is None) != (self.counts == "stock"):
            raise ValueError(f"{self.id}: `per` belongs to rates and acts, and to them alone")
        return self

    def recorded_at(self, day: date) -> float:
        """Intensity that the record shows at the start of `day`, in the lever's unit.

        A step dated `day` itself is not yet in it: a strategy that moves the lever on that day starts from
        what was there before. Before the first step the first step's value stands (the record does not
        reach further back).
        """
        before = [step for step in self.recorded if step.start < day]
        return (before[-1] if before else self.recorded[0]).intensity

    def level_range(self, level: int) -> Range:
        """Low, central and high intensity of `level` (0-4). Raises StrategyError for any other number."""
        if not 0 <= level <= 4:
            raise StrategyError(f"{level} is not a level of {self.id}", hint="Levels run from 0 to 4.")
        return self.levels[level].intensity


class Share(Value):
    """A share that is not known exactly, with its source."""

    low: float
    central: float
    high: float
    meaning: str
    source: str
    grade: Grade

    @property
    def range(self) -> Range:
        """The share as a range to sample from."""
        return Range(low=self.low, central=self.central, high=self.high)


class CampaignPlan(Value):
    """Strikes of a scenario: rate and length."""

    id: str
    title: str
    strikes_per_week: float = Field(gt=0)
    weeks: int = Field(gt=0)
    source: str


class Catalogue(Value):
    """The whole of levers.toml."""

    title: str
    edition: str
    note: str
    delivery: Share
    campaign: tuple[CampaignPlan, ...]
    lever: tuple[Lever, ...]


@cache
def catalogue() -> Catalogue:
    """levers.toml, validated. Raises StrategyError where the file does not hold together."""
    text = (files("counterflow.strategy") / "levers.toml").read_text(encoding="utf-8")
    try:
        return Catalogue.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise StrategyError(f"the lever catalogue is broken: {error}", where="levers.toml") from error


@cache
def levers() -> dict[str, Lever]:
    """Every lever by its id, in the order of the catalogue."""
    return {lever.id: lever for lever in catalogue().lever}


def lever(lever_id: str) -> Lever:
    """The lever with this id. Raises StrategyError with the nearest id where there is none."""
    known = levers()
    if lever_id in known:
        return known[lever_id]
    near = difflib.get_close_matches(lever_id, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "The catalogue lists all levers."
    raise StrategyError(f"no lever is called {lever_id!r}", where="lever", hint=hint)


def level_of(of: Lever, size: float) -> int | None:
    """The level whose range holds `size` (in the lever's unit), None where none does.

    Where the ranges of several levels hold it, the one whose central value is nearest; the lower one of
    equals.
    """
    holding = [level for level in of.levels if level.intensity.low <= size <= level.intensity.high]
    if not holding:
        return None
    return min(holding, key=lambda level: (abs(level.intensity.central - size), level.level)).level


def unstated_range(of: Lever, recorded: float) -> Range:
    """The range of a move whose size nobody states: from no move at all to two levels up, most likely one.

    `recorded` is the intensity before the move. A judgement (grade D), not an estimate.
    Where the lever already stands above every central value, only the rest of its scale is left.
    """
    above = sorted({level.intensity.central for level in of.levels if level.intensity.central > recorded})
    if not above:
        top = of.levels[-1].intensity.high
        return Range(low=recorded, central=recorded, high=max(recorded, top))
    high = above[1] if len(above) > 1 else max(above[0], of.levels[-1].intensity.high)
    return Range(low=recorded, central=above[0], high=high)
