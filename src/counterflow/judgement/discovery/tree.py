"""A shallow tree for a headline: every draw falls into one of at most eight leaves, each a rule of few conditions."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log
from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble.extra import require
from counterflow.judgement.discovery.boxes import Box, Floats, Limits, chance_of
from counterflow.judgement.discovery.prim import LEAST_DRAWS, entropy, screen

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeRegressor

DEPTH = 3
LEAST_SHARE = 0.05  # of the draws, in a leaf


def grow(values: Floats, met: Floats) -> tuple[Box, ...]:
    """The leaves of a tree grown on `values` (draw, input), `met` (draw,) in [0, 1], as boxes that hold every draw
    once; ((),) where no split pays.

    Splits by the fall of the squared error, which for 0 and 1 is Gini's index (Breiman, Friedman, Olshen and Stone
    1984, Classification and Regression Trees). A split stays where it, with those below it, tells more than it takes
    to tell it, as in `prim.worth`: here log(inputs) for the input and log(draws) for the limit, which may stand at any
    of the node's draws. The tree sees ranks, so that an increasing transform of an input moves limits alone. Raises
    UsageError where scikit-learn is missing.
    """
    require("trees", "sklearn", extra="explore")
    from sklearn.tree import DecisionTreeRegressor

    columns = screen(values, met)
    if not columns:
        return ((),)
    levels = [np.unique(values[:, column], return_inverse=True) for column in columns]
    ranks = np.stack([rank for _, rank in levels], axis=1).astype(np.float32)
    smallest = max(LEAST_DRAWS, int(LEAST_SHARE * len(met)))
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=smallest, random_state=0).fit(ranks, met)
    return _pruned(tree, 0, {}, columns, [level for level, _ in levels], values.shape[1])[1]


def leaves_p(draws: Sequence[int], hits: Sequence[float]) -> float:
    """How often chance alone gives some leaf a share as far from that of all draws, on either side.

    The smallest of the exact binomial chances, times their number (Bonferroni).
    """
    rate = sum(hits) / sum(draws)
    ends = [
        min(chance_of(hit, count, rate), chance_of(count - hit, count, 1.0 - rate))
        for hit, count in zip(hits, draws, strict=True)
    ]
    return min(1.0, 2 * len(ends) * min(ends))


def _pruned(
    tree: DecisionTreeRegressor,
    node: int,
    limits: dict[int, Limits],
    columns: Sequence[int],
    levels: Sequence[Floats],
    inputs: int,
) -> tuple[float, tuple[Box, ...]]:
    """What the splits from a node on are worth in nats, 0 where none is left, and the leaves."""
    nodes = tree.tree_
    whole: tuple[Box, ...] = (tuple(sorted(limits.values())),)
    left, right = int(nodes.children_left[node]), int(nodes.children_right[node])
    if left < 0:
        return 0.0, whole
    place = int(nodes.feature[node])
    column = columns[place]
    edge = float(levels[place][floor(nodes.threshold[node])])
    limit = limits.get(column, Limits(column))
    below = _pruned(tree, left, limits | {column: limit._replace(high=edge)}, columns, levels, inputs)
    above = _pruned(tree, right, limits | {column: limit._replace(low=edge)}, columns, levels, inputs)
    told = [nodes.n_node_samples[one] * entropy(float(nodes.value[one].item())) for one in (node, left, right)]
    price = log(inputs) + log(nodes.n_node_samples[node])
    worth = float(told[0] - told[1] - told[2]) - price + below[0] + above[0]
    return (worth, below[1] + above[1]) if worth > 0.0 else (0.0, whole)
