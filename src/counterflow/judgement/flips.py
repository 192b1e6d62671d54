"""What leaves a headline undetermined, from many draws: the same question as `undetermined` asks of further runs.

With thousands of draws nothing need be run again: how the probability of a headline moves with one parameter, the
others held, is read from the draws that are there (`additive`). The rule is that of `undetermined`, on the same three
counts; the values at which the answer flips are all those between the two ends at which the curve crosses 1/3 or 2/3.
A curve is a cubic: a step in the probability is drawn out over about half a standard deviation on either side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from counterflow.judgement import additive
from counterflow.judgement.headlines import Rule
from counterflow.judgement.schema import Decider
from counterflow.judgement.uncertain import LEVER, Uncertain
from counterflow.judgement.undetermined import (
    CHANCE,
    SCORES,
    SMALLEST_MOVE,
    Cell,
    Decided,
    Key,
    Moved,
    decider,
    limit_of,
    movable,
    swing,
)
from counterflow.model import priors

ENOUGH = 2000  # draws from which on nothing is run again
ALONG = np.linspace(SCORES[0], SCORES[1], 67)  # normal scores at which a curve is looked at


def enough(of: Uncertain) -> bool:
    """Whether there are draws enough to ask them instead of further runs."""
    return len(of.values) >= max(ENOUGH, additive.needed(len(of.inputs)))


def decide(table: priors.Table, of: Uncertain, rules: Sequence[Rule], sizes: Mapping[Cell, np.ndarray]) -> Decided:
    """For each headline, branch and reference the grade-D parameters that leave it undetermined.

    `sizes` holds (replicate, draw) how far each headline's outcome moved. A parameter counts as used where it moves the
    size of a headline's outcome, in ranks, by more than chance would any of the inputs in any of the branches; as used
    at all where it does so against the run without the strategy. Nothing moves an outcome nine in ten of whose sizes
    lie within SMALLEST_MOVE. Raises JudgementError as `additive.curves` does.
    """
    threshold = {rule.id: rule.threshold for rule in rules}
    met = np.stack([(size >= threshold[cell[0]]).mean(axis=0) for cell, size in sizes.items()], axis=1)
    ranks = additive.normal_scores(np.stack([size.mean(axis=0) for size in sizes.values()], axis=1))
    found = additive.curves(of.values, np.concatenate([met, ranks], axis=1))
    ends = additive.at_scores(found, *SCORES)
    named = [_key(one.name) if one.mechanism != LEVER else None for one in of.inputs]
    alone = set(movable(table))
    weak = [(row, key) for row, key in enumerate(named) if key in alone and of.inputs[row].grade == "D"]
    deciders: dict[Cell, tuple[Decider, ...]] = {}
    for column, cell in enumerate(sizes):
        open_to: list[Decider] = []
        for row, key in weak:
            at = row, column
            moved = Moved(
                np.array([ends.first[at], ends.last[at]]),
                np.array([ends.first_error[at], ends.last_error[at]]),
                float(ends.error[at]),
            )
            if key and moved.decides(limit_of(len(weak))):
                curve = additive.along(found, ALONG, row, column)
                open_to.append(decider(table, key, of.values[:, row], ALONG, curve))
        deciders[cell] = tuple(sorted(open_to, key=lambda one: -swing(one)))
    against_none = sum(cell[2] == "none" for cell in sizes)
    told = additive.told_from_zero(found)[:, len(sizes) :] < CHANCE / len(named) / max(against_none, 1)
    used_by = {
        cell: frozenset(key for row, key in enumerate(named) if key and told[row, column] and moves)
        for column, (cell, size) in enumerate(sizes.items())
        for moves in [np.ptp(np.quantile(size.mean(axis=0), [0.05, 0.95])) >= SMALLEST_MOVE]
    }
    used = frozenset(key for cell, keys in used_by.items() if cell[2] == "none" for key in keys)
    return Decided(deciders, used, used_by)


def _key(name: str) -> Key:
    mechanism, _, symbol = name.partition(".")
    return mechanism, symbol
