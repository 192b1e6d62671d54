"""G: enforcement inside the country."""

from __future__ import annotations

import numpy as np

from counterflow.calibration.bench import Bench, Study, over_draws
from counterflow.calibration.targets.border import since_january_2025
from counterflow.model import interior
from counterflow.model.conditions import conditions

HUNDRED_DAYS = slice(1, 15)  # weeks from that of 20 January 2025 on
LEAK = ("interior", "y_leak")


def _arrests_a_day(branch: int) -> Study:
    """(draw,) mean of the first hundred days, without new levers (branch 0) or with those recorded (1)."""

    def study(bench: Bench) -> np.ndarray:
        arrests = since_january_2025(bench, "interior_arrests")[branch]
        a_day: np.ndarray = arrests[:, HUNDRED_DAYS].mean(axis=1) / interior.DAYS
        return a_day

    return study


def _uses_of_the_leak(_: Bench) -> float:
    return float(sum(LEAK in condition.first + condition.then for condition in conditions()))


STUDIES: dict[str, Study] = {
    "G1.1": _arrests_a_day(0),
    "G1.2": _arrests_a_day(1),
    "G4.1": over_draws(lambda p: 100.0 * interior.sanctuary(p.interior).removals_jail),
    "G4.2": over_draws(lambda p: 100.0 * interior.sanctuary(p.interior).crime),
    "G6": _uses_of_the_leak,
}
