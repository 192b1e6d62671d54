"""Many courses of events over the same few draws: several share a compiled batch, so that none of it runs idle.

`run.run` gives one branch a whole batch of 250 draws. Comparing hundreds of strategies over some dozens of draws each
would leave most of that batch to copies; here those places hold other strategies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.ensemble import run
from counterflow.ensemble.contrast import OUTCOMES, Floats, contrasts
from counterflow.ensemble.job import before_levels
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import Draws
from counterflow.errors import ModelError
from counterflow.strategy.schema import Branch, Campaign


class Packed(NamedTuple):
    """Draws in their starting state, repeated as often as they fit into a batch."""

    at: Plan
    draws: Draws  # the draws themselves
    filled: Draws  # (BATCH,) the same over and over; places past the last whole copy are padding
    batch: run.Batch

    @property
    def copies(self) -> int:
        """How many branches run together."""
        return run.BATCH // len(self.draws.intensity)


def pack(at: Plan, draws: Draws) -> Packed:
    """Bring draws to the week before the first lever, once for all branches that they will be run in.

    Raises ModelError for no draws, or more than fit into a batch.
    """
    count = len(draws.intensity)
    if not 1 <= count <= run.BATCH:
        raise ModelError(f"{count} draws were to share a batch", hint=f"Give 1 to {run.BATCH}.")
    filled = run.rows(draws, np.arange(run.BATCH) % count)
    return Packed(at, draws, filled, run.prepare(at, filled))


def run_packed(
    of: Packed,
    branches: Sequence[Branch],
    outputs: Sequence[str],
    *,
    with_noise: bool = True,
    through: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """Each output (branch, draw, week, ...) float32 of every branch over the packed draws, as `run.run` gives it.

    Branches with the same campaign of strikes share batches, since strikes are given to a batch as a whole. They run
    side by side in as many threads as there are cores. `through` names the outputs of a run that is compiled already
    and holds these: it then serves in place of one with just these, which would have to be compiled.
    """
    count = len(of.draws.intensity)
    by_campaign: dict[Campaign | None, list[int]] = {}
    for number, branch in enumerate(branches):
        by_campaign.setdefault(branch.strikes, []).append(number)
    groups = [
        numbers[first : first + of.copies]
        for numbers in by_campaign.values()
        for first in range(0, len(numbers), of.copies)
    ]

    def one(numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        given = run.forcing(branches[numbers[0]], of.filled, of.at)
        paths = np.array(given.levers)
        for copy, number in enumerate(numbers[1:], start=1):
            paths[copy * count : (copy + 1) * count] = run.branch_paths(branches[number], of.draws, of.at)
        given = given._replace(levers=jnp.asarray(paths, jnp.float32))
        values = run.run_batch(of.batch, of.at, given, through or outputs, with_noise=with_noise)[0]
        return {name: values[name] for name in outputs}

    found: dict[str, np.ndarray] = {}
    if not groups:
        return found
    with run.workers() as pool:
        first = one(groups[0])  # compiles; threads that came to it together would each do so
        for numbers, values in zip(groups, (first, *pool.map(one, groups[1:])), strict=True):
            for name, value in values.items():
                if name not in found:
                    found[name] = np.empty((len(branches), count, *value.shape[1:]), np.float32)
                for copy, number in enumerate(numbers):
                    found[name][number] = value[copy * count : (copy + 1) * count]
    return found


def packed_contrasts(of: Packed, branches: Sequence[Branch], values: Mapping[str, np.ndarray]) -> dict[str, Floats]:
    """Every contrast of the judged outcomes in `values`: (branch, reference, draw), as in `contrast.contrasts`."""
    batch: run.Batch = jax.tree.map(lambda leaf: leaf[: len(of.draws.intensity)], of.batch)
    judged = {name: values[name] for name in OUTCOMES if name in values}
    return {
        name: np.asarray(part)
        for name, part in contrasts(
            judged, before_levels(of.at, batch), [branch.id for branch in branches], of.at.judged
        ).items()
    }
