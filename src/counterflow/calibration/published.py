"""The targets as data: what is published, and what counts as reproduced; and what each study is given."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from counterflow.errors import ModelError

Kind = Literal["V", "C", "F", "X"]
How = Literal["same equations", "within reach"]  # matched analytically or by published parameters; by choice
Row = TypeVar("Row")


class Band(BaseModel):
    """What counts as inside. An end that is not given is open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if self.low is None and self.high is None:
            raise ValueError("a band needs at least one end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low <= high is needed")
        return self

    def holds(self, value: float) -> bool:
        """Whether a value lies in it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def width(self) -> float:
        """From end to end; without end where one is open."""
        if self.low is None or self.high is None:
            return float("inf")
        return self.high - self.low


class Setup(BaseModel):
    """What an event study is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str  # whose values they are: published, chosen or judged
    source: str
    values: dict[str, float] = {}

    @property
    def in_words(self) -> str:
        """What it says, with its values."""
        values = ", ".join(f"{name} = {value:.7g}" for name, value in self.values.items())
        return f"{self.says} ({values})" if values else self.says


class Target(BaseModel):
    """One published result.

    V: the same equations must give it, or it must be within reach by the choices in its `setup`: `how` says which.
    C: an event study, over the priors as they are. F: may fail, and is reported. X: the whole model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Kind
    what: str
    published: str  # in the source's words
    number: float | None = None  # the same in `unit`, where it is one number
    numbers: tuple[float, ...] = ()  # the published values that a study compares, where they are several
    unit: str
    band: Band | None = None  # None: reported, and not judged
    source: str
    before_2019: bool  # run on the mechanisms alone, because the coupled record begins in 2019
    setup: str = ""  # what its study is given, by its name in setups.toml
    how: How | None = None  # of V
    band_by: Literal["targets", "ours"] = "targets"  # ours: the list of targets gives none
    reads_back: bool = False  # gives back a prior or an input that was set from the same source
    because: str = ""  # which one
    conditioned_on: str = ""  # joint condition on draws that was made from it: it earns nothing
    note: str = ""  # what a reader has to know to weigh it
    why: str = ""  # what explains it if it lies outside; shown only then

    @model_validator(mode="after")
    def _told(self) -> Target:
        if self.reads_back != bool(self.because):
            raise ValueError("reads_back and because go together")
        if (self.kind == "V") != (self.how is not None):
            raise ValueError("how is for V, and V needs it")
        return self

    @property
    def of(self) -> str:
        """The target that it is, or is a part of: B3 of B3.1."""
        return self.id.partition(".")[0]

    @property
    def letter(self) -> str:
        """The letter of its subject, A to X."""
        return self.id[0]

    @property
    def parameters(self) -> str:
        """What its study is given, in words; empty where that is only the priors."""
        return setups()[self.setup].in_words if self.setup else ""


@lru_cache(maxsize=1)
def setups() -> dict[str, Setup]:
    """What event studies are given, by name. Raises ModelError naming the one that is not valid."""
    return _read("setups.toml", lambda name, fields: Setup.model_validate(fields))


def given(name: str) -> dict[str, float]:
    """The values of a set-up."""
    return setups()[name].values


@lru_cache(maxsize=1)
def targets() -> dict[str, Target]:
    """All targets by id, in order. Raises ModelError naming the target that is not valid."""
    found = _read("targets.toml", lambda name, fields: Target.model_validate({"id": name, **fields}))
    for one in found.values():
        if one.setup and one.setup not in setups():
            raise ModelError(f"target {one.id}: no set-up is called {one.setup!r}", where="calibration/targets.toml")
    return found


def _read(file: str, build: Callable[[str, Any], Row]) -> dict[str, Row]:
    raw = tomllib.loads((files("counterflow.calibration") / file).read_text(encoding="utf-8"))
    found = {}
    for name, fields in raw.items():
        try:
            found[name] = build(name, fields)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise ModelError(f"{name}: {problem}", where=f"calibration/{file}") from error
    return found
