"""How strategies do in the model: many of them over the same draws, each beside the run without a strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from counterflow.ensemble import contrast
from counterflow.ensemble.job import costs_for
from counterflow.ensemble.packed import Packed, pack, run_packed
from counterflow.ensemble.planning import NONE, Plan
from counterflow.ensemble.sampling import Draws
from counterflow.errors import ModelError
from counterflow.judgement.search.objectives import COST, Objective, Score, scored
from counterflow.judgement.search.searching import Evaluator
from counterflow.judgement.search.space import Space, branch_of
from counterflow.model.costs import spent
from counterflow.strategy.schema import Branch


class Sizes(NamedTuple):
    """What one strategy does in each draw."""

    sizes: np.ndarray  # (objective, draw), to be small
    paid: np.ndarray  # (draw, lever) USD over the judged weeks


class Bench(NamedTuple):
    """Draws on which strategies are compared, and how the world without one goes there."""

    packed: Packed
    objectives: tuple[Objective, ...]
    without: dict[str, np.ndarray]  # (draw, week) of each output that an objective looks at


def bench(at: Plan, draws: Draws, objectives: Sequence[Objective]) -> Bench:
    """Bring draws to the week before the first lever and run the world without a strategy."""
    packed = pack(at, draws)
    outputs = [one.output for one in objectives if one.output]
    return Bench(packed, tuple(objectives), {name: of[0] for name, of in run_packed(packed, [NONE], outputs).items()})


def scores(on: Bench, branches: Sequence[Branch]) -> list[Score]:
    """How each branch does, over all draws. Raises ModelError where a run breaks."""
    return [scored(*one) for one in by_draw(on, branches)]


def by_draw(on: Bench, branches: Sequence[Branch]) -> list[Sizes]:
    """What each branch does, draw by draw: relative changes of the mean over weeks 53 and later against the run without
    a strategy, paired by draws and chance, and USD over all judged weeks.

    Raises ModelError where a run breaks.
    """
    at = on.packed.at
    over = contrast.window(at.judged)
    values = run_packed(on.packed, branches, list(on.without))
    paid = costs_for(at._replace(branches=tuple(branches)), on.packed.draws)  # (branch, draw, lever)
    found = []
    for number, branch in enumerate(branches):
        sizes = np.empty((len(on.objectives), paid.shape[1]))
        for row, one in enumerate(on.objectives):
            if one.name == COST:
                sizes[row] = spent(paid[number])
            else:
                moved = contrast.relative_change(values[one.output][number], on.without[one.output], over)
                sizes[row] = one.sign * moved
        if not np.isfinite(sizes).all():
            raise ModelError(
                f"a run of {branch.title} is not finite", hint="Run it alone with counterflow simulate to see where."
            )
        found.append(Sizes(sizes, paid[number]))
    return found


def evaluator(on: Bench, space: Space) -> Evaluator:
    """How strategies of a space do, by their steps."""
    return lambda genes: scores(on, [branch_of(space, one) for one in genes])
