"""The uncertain numbers of an ensemble as one table: what every question about their influence starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.ensemble import planning
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import FIELDS, Draws
from counterflow.judgement.schema import Grade
from counterflow.strategy.catalogue import catalogue, lever
from counterflow.strategy.schema import Entry

LEVER = "lever"  # the group of what is not known of the levers themselves


class Input(NamedTuple):
    """One uncertain number."""

    name: str  # "supply.T_reb"; of a lever "size of border.agents", "delivery of border.agents"
    mechanism: str  # the file of the model that it belongs to, or LEVER
    grade: Grade
    meaning: str
    unit: str  # "" for the place within a lever's range, from 0 (its low end) to 1


class Uncertain(NamedTuple):
    """What differs from draw to draw, noise apart."""

    inputs: tuple[Input, ...]
    values: NDArray[np.float64]  # (draw, input)

    def group(self, names: Sequence[str]) -> list[int]:
        """The columns of some inputs, by name."""
        return [column for column, one in enumerate(self.inputs) if one.name in set(names)]


def uncertain(at: Plan, draws: Draws) -> Uncertain:
    """Every parameter that differs between the draws, and the places of the moved levers in their ranges.

    A lever's size counts where some branch moves it by a level, or by a range that is wider than one number, its
    delivery where an entry is delivered in part. The grade of a size is the weakest of the levels that the lever is
    moved to; a range without a level is a judgement, of grade D. The grade of a delivery is that of the catalogue's
    share.
    """
    inputs, columns = [], []
    for mechanism, symbols in at.priors.items():
        for symbol in FIELDS[mechanism]._fields:
            values = np.asarray(getattr(getattr(draws.parameters, mechanism), symbol), np.float64)
            if np.ptp(values) > 0:
                prior = symbols[symbol]
                inputs.append(Input(f"{mechanism}.{symbol}", mechanism, prior.grade, prior.meaning, prior.unit))
                columns.append(values)
    entries = [entry for branch in at.branches for entry in branch.entries]
    for number, name in enumerate(planning.LEVERS):
        own = [entry for entry in entries if entry.lever == name]
        sizes = [grade for entry in own if (grade := _grade_of_size(entry))]
        deliveries = [catalogue().delivery.grade for entry in own if entry.delivery is not None]
        for kind, places, grades in (("size", draws.intensity, sizes), ("delivery", draws.delivery, deliveries)):
            if grades:
                title = lever(name).title.lower()
                meaning = f"{kind} of {title}, within its range"
                inputs.append(Input(f"{kind} of {name}", LEVER, max(grades), meaning, ""))
                columns.append(np.asarray(places[:, number], np.float64))
    shape = (len(draws.intensity), len(columns))
    return Uncertain(tuple(inputs), np.stack(columns, axis=1) if columns else np.zeros(shape))


def _grade_of_size(entry: Entry) -> Grade | None:
    """The grade of what is not known of how far an entry moves its lever; None where all of it is known."""
    span = entry.change or entry.intensity
    if span is not None and span.low == span.high:
        return None
    if entry.level is not None:
        return lever(entry.lever).levels[entry.level].grade
    return "D" if span is not None else None
