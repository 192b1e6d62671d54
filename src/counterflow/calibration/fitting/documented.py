"""Screening of the fitted series with what is documented of them: breaks of the catalogue, screened.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from counterflow.calibration.fitting.given import FIRST
from counterflow.calibration.fitting.observed import Monthly, fitted, monthly
from counterflow.calibration.fitting.screening import SHORTEST, Known, faults, screen
from counterflow.errors import ModelError, UsageError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.store import Store

FOLLOWED = "encounters"  # the run of the record follows it, fitted or not


class Excused(BaseModel):
    """A day at which policy moved a series at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: date
    reason: str


class Gap(BaseModel):
    """Months of which nothing usable was published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: tuple[str, ...]
    reason: str


class Documented(BaseModel):
    """What is documented of a series; see the head of screened.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    excused: tuple[Excused, ...] = ()
    gaps: tuple[Gap, ...] = ()
    shortest: int = SHORTEST


@cache
def documented() -> dict[str, Documented]:
    """screened.toml by series. Raises ModelError naming the entry that is not valid."""
    raw = tomllib.loads((files("counterflow.calibration.fitting") / "screened.toml").read_text(encoding="utf-8"))
    found = {}
    for name, fields in raw.items():
        try:
            found[name] = Documented(**fields)
        except ValidationError as error:
            raise ModelError(error.errors()[0]["msg"], where=f"fitting/screened.toml, {name}") from error
    return found


def known() -> dict[str, Known]:
    """What screening may take for no fault, by name of the fitted series."""
    found = {}
    for about in fitted()[0]:
        of = _of(about.name)
        breaks = (*(change.date for change in series_habits()[about.series].breaks), *(one.date for one in of.excused))
        found[about.name] = Known(breaks, frozenset(month for gap in of.gaps for month in gap.months))
    return found


def screened(store: Store, cutoff: date, *, as_of: date | None, left_out: Collection[str] = ()) -> tuple[Monthly, ...]:
    """The fitted series that are not in `left_out`, whole, as published by `as_of`; all of them pass.

    Encounters cannot be left out: the run of the record follows them. Raises UsageError for a name that is wrong or
    cannot be left out, EvidenceError naming every fault.
    """
    if FOLLOWED in left_out:
        hint = "Mend the data: nothing can be fitted without them."
        raise UsageError("the run of the record follows encounters.", where=f"--leave-out {FOLLOWED}", hint=hint)
    whole = [monthly(store, about, cutoff=cutoff, as_of=as_of) for about in fitted()[0]]
    about = known()
    # Seasons and levels are read from months before the first that is fitted too: a record that is long enough as a
    # whole passes here if nothing else is wrong with it.
    short = {each.name for each in whole if each.name not in left_out and _only_short(each, about[each.name])}
    wrong = set(left_out) - {each.name for each in whole}
    judged = [each for each in whole if wrong or each.name not in short]
    if {each.name for each in judged} != set(left_out):
        screen(judged, about, first=FIRST, left_out=left_out)
    return tuple(each for each in whole if each.name not in left_out)


def _only_short(series: Monthly, of: Known) -> bool:
    """Whether too few months since the first that is fitted are all that would be wrong with a series."""
    if not 0 < np.isfinite(series.values[series.months >= FIRST]).sum() < SHORTEST:
        return False
    if np.isfinite(series.values).sum() < _of(series.name).shortest:
        return False
    return not faults(series, known_breaks=of.breaks, known_gaps=of.gaps, first=FIRST, shortest=1)


def _of(name: str) -> Documented:
    return documented().get(name.partition(":")[0], Documented())
