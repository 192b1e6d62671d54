"""Paired contrasts between a branch and a reference, draw by draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

FRICTION_WEEKS = 26


class Window(NamedTuple):
    """Weeks judged, as positions on the time axis (position 0 is the week before the first lever)."""

    first: int
    last: int  # inclusive

    @property
    def weeks(self) -> slice:
        """The window as a slice."""
        return slice(self.first, self.last + 1)


def window(judged_weeks: int) -> Window:
    """Weeks 53 to `judged_weeks` after the first lever."""
    return Window(53, judged_weeks)


def relative_change(outcome: Floats, reference: Floats, over: Window) -> Floats:
    """(draw,) relative change of the mean over the window.

    `outcome` (draw, week); `reference` (draw, week) of a paired run, or (draw,) a constant level.
    """
    mean = outcome[:, over.weeks].mean(axis=1, dtype=np.float64)
    base = reference[:, over.weeks].mean(axis=1, dtype=np.float64) if reference.ndim == 2 else reference
    return np.asarray(mean / np.maximum(base, 1e-9) - 1.0)


def after_withdrawal(outcome: Floats, reference: Floats) -> Floats:
    """(draw,) relative change over the last four weeks of the run, 52 weeks after withdrawal; shapes as above."""
    base = reference[:, -4:].mean(axis=1, dtype=np.float64) if reference.ndim == 2 else reference
    return np.asarray(outcome[:, -4:].mean(axis=1, dtype=np.float64) / np.maximum(base, 1e-9) - 1.0)


def deepest_sustained_fall(outcome: Floats, reference: Floats, over: Window) -> Floats:
    """(draw,) the largest fall f >= 0 such that the outcome stays at least f below the reference for 26 weeks in a
    row within the window; shapes as above.
    """
    base = reference[:, over.weeks] if reference.ndim == 2 else reference[:, None]
    fall = 1.0 - outcome[:, over.weeks] / np.maximum(base, 1e-9)
    runs = np.lib.stride_tricks.sliding_window_view(fall, FRICTION_WEEKS, axis=1).min(axis=2)
    return np.asarray(np.maximum(runs.max(axis=1), 0.0))
