"""The event studies: for each target one function that asks the model. `STUDIES` maps ids to them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from counterflow.calibration.bench import Bench, Note, Study
from counterflow.calibration.published import targets
from counterflow.calibration.targets import (
    arms_money_diplomacy,
    border,
    cartels,
    interior,
    leaders,
    overdose,
    strikes,
    supply,
    whole,
)


def answer(bench: Bench, target: str) -> np.ndarray:
    """What the model gives for a target, (draw,) or one value; asked once."""
    if target not in bench.answers:
        bench.answers[target] = np.asarray(STUDIES[target](bench), np.float64)
    return bench.answers[target]


def said(bench: Bench, target: str) -> str:
    """The note to a target: what is on record, and what this run adds to it."""
    told = NOTES[target](bench) if target in NOTES else ""
    return " ".join(part for part in (targets()[target].note, told) if part)


def _hits(bench: Bench) -> dict[str, bool]:
    """Whether the published number of each event study that has one lies in the model's 5-95%, by target."""
    hits = {}
    for name, one in targets().items():
        if one.kind == "C" and one.number is not None:
            low, high = np.quantile(answer(bench, name), [0.05, 0.95])
            hits[name] = bool(low <= one.number <= high)
    return hits


def covered(bench: Bench) -> float:
    """Share of the event studies with a published number that lies in the model's 5-95%, percent."""
    return 100.0 * float(np.mean(list(_hits(bench).values())))


def _covered_of_their_own(bench: Bench) -> str:
    hits = _hits(bench)
    own = [hit for name, hit in hits.items() if not targets()[name].reads_back]
    every = f"{sum(hits.values())} of {len(hits)} rows"
    return f"{every}; of those that read no prior or input back, {sum(own)} of {len(own)}."


STUDIES: Mapping[str, Study] = {
    **cartels.STUDIES,
    **leaders.STUDIES,
    **strikes.STUDIES,
    **supply.STUDIES,
    **overdose.STUDIES,
    **border.STUDIES,
    **interior.STUDIES,
    **arms_money_diplomacy.STUDIES,
    **whole.STUDIES,
    "X4": covered,
}
NOTES: Mapping[str, Note] = {**leaders.NOTES, **border.NOTES, **whole.NOTES, "X4": _covered_of_their_own}
