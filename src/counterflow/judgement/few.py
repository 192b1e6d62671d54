"""What a report tells beside the verdict, from few draws: the share of each lever, and other strategies on the same
draws. Both are those of `attribution` and `comparison`, which take more draws where they are asked by themselves."""

from __future__ import annotations

from counterflow.ensemble.posterior import Posterior
from counterflow.evidence.store import Store
from counterflow.judgement.attribution.attribute import FEWEST, NothingMoves, attribute
from counterflow.judgement.attribution.schema import Attribution
from counterflow.judgement.comparison.compare import compare
from counterflow.judgement.comparison.contenders import NONE, gathered
from counterflow.judgement.comparison.schema import Comparison
from counterflow.model.outputs import SCALARS
from counterflow.strategy.designs import moved
from counterflow.strategy.schema import Strategy

DRAWS = 62  # four branches share a compiled batch
RUNS = 3_400  # for the shares: two pairs of orders of twelve levers


def shares(
    strategy: Strategy, branch: str, store: Store, *, draws: int, years: int, seed: int, posterior: Posterior | None
) -> Attribution | None:
    """The share of each lever in what `branch` changes, over the first DRAWS of a run with this seed; None where it
    moves no lever within the judged weeks, and for fewer than 20 draws. Raises as `attribute` does otherwise."""
    if draws < FEWEST:
        return None
    try:
        return attribute(
            strategy,
            store,
            branch=branch,
            draws=min(draws, DRAWS),
            years=years,
            seed=seed,
            posterior=posterior,
            most_runs=RUNS,
            through=SCALARS,
        )
    except NothingMoves:
        return None


def others(
    strategy: Strategy, store: Store, *, draws: int, years: int, seed: int, posterior: Posterior | None
) -> Comparison | None:
    """The strategies that come with the package beside a document's, over the first DRAWS of a run with this seed;
    None for fewer than 20 draws. Raises as `compare` does."""
    if draws < FEWEST:
        return None
    every = gathered([], document=strategy, with_built_in=True)
    return compare(
        [one for one in every if one.name == NONE or moved(one.branch)],
        store=store,
        posterior=posterior,
        draws=min(draws, DRAWS),
        years=years,
        seed=seed,
        structural=False,
        through=SCALARS,
    )
