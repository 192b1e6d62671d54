"""What `simulate` is asked for, checked before anything is drawn or run."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time
from operator import index
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    InstanceOf,
    StrictBool,
    ValidationError,
    model_validator,
)

from counterflow.ensemble.posterior import Posterior, read_posterior
from counterflow.errors import UsageError, did_you_mean

Design = Literal["courses", "one-at-a-time", "factorial"]
Every = Literal["week", "month"]
Method = Literal["random", "latin-hypercube", "sobol"]

SEEDS = 2**63  # what a whole number of a Zarr attribute holds in every reader
LIMITS = "Give it as {'homicides': [500.0, 600.0]}."

# What is wrong and what to do, by pydantic's type of error.
WRONG = {
    "greater_than_equal": ("it is too small", "Give {ge} or more."),
    "less_than": ("it is too large", "Give less than {lt:,}."),
    "bool_type": ("True or False is needed", "Give one of these."),
    "finite_number": ("finite numbers are needed", LIMITS),
    "is_instance_of": (
        "a posterior is needed",
        "Give the path of a CSV or Parquet file, or what cf.posterior or read_posterior gives.",
    ),
}
SHOWN = reprlib.Repr()
SHOWN.maxstring = SHOWN.maxother = 60


class _Refusal(ValueError):
    """What is needed and what to do; `name` is the argument, where no value was looked at."""

    def __init__(self, needed: str, hint: str, name: str = "") -> None:
        super().__init__(needed)
        self.needed, self.hint, self.name = needed, hint, name


def _whole(value: Any) -> int:
    """A whole number of Python's or NumPy's; True is none, nor is 20.0."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise _Refusal("a whole number is needed", "Give it as 20, not as 20.0 or '20'.")
    return index(value)


def _number(value: Any) -> float:
    try:
        if not isinstance(value, (bool, str, bytes)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise _Refusal("numbers are needed", LIMITS)


def _day(value: Any) -> date:
    """A day, also as the midnight that it begins with, or as its ISO string."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _Refusal("a day is needed", "Give a date, or YYYY-MM-DD.")
    return value


def _names(value: Any) -> tuple[str, ...]:
    """Names in their order; a set has none."""
    if isinstance(value, str):
        raise _Refusal("a list of names is needed", f"Give a list: [{str(value)!r}].")
    names = _in_order(value)
    if names is None or not all(isinstance(name, str) for name in names):
        raise _Refusal("a list of names is needed", "Give a list of strings.")
    if not names:
        raise _Refusal("at least one name is needed", "Leave it out to have what is taken by default.")
    return tuple(map(str, names))  # NumPy has strings of its own


def _limits(value: Any) -> dict[str, tuple[Any, ...]]:
    """Values by output; none at all where there is nothing to count."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise _Refusal("values by the name of an output are needed", LIMITS)
    found = {}
    for name, values in value.items():
        listed = _in_order(values)
        if not listed:
            needed = "a list of values" if listed is None else "at least one value"
            raise _Refusal(f"{needed} is needed for each output", LIMITS)
        found[str(name)] = listed
    return found


def _in_order(value: Any) -> tuple[Any, ...] | None:
    """What a list or anything like it holds; None for what is no list, and for a set, which has no order."""
    if isinstance(value, (str, bytes, Mapping, Set)):
        return None
    try:
        return tuple(value)
    except TypeError:
        return None


def _place(value: Any) -> str:
    """A path or an address, as text."""
    text = str(value) if isinstance(value, (str, Path)) else ""
    if not text.strip():
        raise _Refusal("a path or an address is needed", "Give it as 'runs.zarr' or 's3://bucket/runs.zarr'.")
    return text


def _address(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Refusal("the address of a Dask scheduler is needed", "Give it as 'tcp://10.0.0.5:8786'.")
    return value


def _posterior(value: Any) -> Any:
    """A posterior that is named by its path, read."""
    if isinstance(value, (str, Path)):
        return read_posterior(value)
    return value


def _one_of(kinds: Any) -> BeforeValidator:
    """One of the names of a Literal."""
    known = get_args(kinds)

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            meant = did_you_mean(value, known) if isinstance(value, str) else ""
            raise _Refusal("there is no such choice", f"{meant}There are {', '.join(known)}.")
        return value

    return BeforeValidator(check)


Whole = Annotated[int, BeforeValidator(_whole)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Number = Annotated[FiniteFloat, BeforeValidator(_number)]


class Asked(BaseModel):
    """The plain arguments of `simulate`, each in the one form that it is used in; see there for what they mean.

    What only the strategy, the model or the judgement can tell is not looked at: names of outputs, branches and levers,
    and whether years and draws are enough for a verdict. Defaults are those of `simulate`, which gives them all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    draws: Annotated[Whole, Field(ge=1)]
    replicates: Annotated[Whole, Field(ge=1)]
    years: Whole
    seed: Annotated[Whole, Field(ge=0, lt=SEEDS)]
    as_of: Annotated[date, BeforeValidator(_day)] | None
    design: Annotated[Design, _one_of(Design)]
    levers: Names | None
    only: Names | None
    outputs: Names
    every: Annotated[Every, _one_of(Every)]
    sampling: Annotated[Method, _one_of(Method)]
    posterior: Annotated[InstanceOf[Posterior] | None, BeforeValidator(_posterior)]
    reduce: StrictBool
    above: Annotated[Mapping[str, tuple[Number, ...]], BeforeValidator(_limits)]
    store: Annotated[str, BeforeValidator(_place)] | None
    resume: StrictBool
    workers: Annotated[Whole, Field(ge=1)] | None
    scheduler: Annotated[str, BeforeValidator(_address)] | None

    @model_validator(mode="after")
    def _go_together(self) -> Asked:
        if self.above and not self.reduce:
            raise _Refusal("shares above a value are told of reduced runs only", "Ask for reduce too.", "above")
        if self.levers is not None and self.design == "courses":
            hint = "Choose the design one-at-a-time or factorial."
            raise _Refusal("levers are named for a design only", hint, "levers")
        if self.resume and self.store is None:
            raise _Refusal("there is no store to go on with", "Name the store.", "resume")
        if self.workers is not None and self.scheduler is not None:
            hint = "Give one of them: workers are processes of this machine, a scheduler has its own."
            raise _Refusal("workers and a scheduler do not go together", hint, "workers")
        return self


def asked(**options: Any) -> Asked:
    """What `simulate` was asked for, in the form that it is used in.

    Raises UsageError naming the first argument that cannot be used, what is needed there, and what to do; and as
    `read_posterior` does where a posterior is named by its path.
    """
    try:
        return Asked(**options)
    except ValidationError as error:
        refused = error.errors(include_url=False)[0]
        raise _told(refused["type"], refused["loc"], refused.get("ctx", {}), options) from None


def _told(kind: str, where: Sequence[int | str], about: Mapping[str, Any], options: Mapping[str, Any]) -> UsageError:
    """One of pydantic's errors as a user's; `where` begins with the argument, but for a clash of several."""
    refusal = about.get("error")
    if isinstance(refusal, _Refusal) and not where:
        return UsageError(f"{refusal.needed}.", where=refusal.name, hint=refusal.hint)
    name = str(where[0])
    if kind in ("extra_forbidden", "missing"):
        hint = did_you_mean(name, Asked.model_fields) if kind == "extra_forbidden" else ""
        said = "it is missing" if kind == "missing" else "there is no such argument"
        return UsageError(f"{name}: {said}.", where=name, hint=hint.rstrip())
    wrong, hint = (refusal.needed, refusal.hint) if isinstance(refusal, _Refusal) else WRONG[kind]
    if kind in ("greater_than_equal", "less_than"):
        hint = hint.format(**about)
    return UsageError(f"{name} is {SHOWN.repr(options[name])}: {wrong}.", where=name, hint=hint)
