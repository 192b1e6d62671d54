"""The search itself: Optuna proposes strategies in batches, an evaluator says how they do, and Optuna is told.

It proposes by NSGA-III (Deb & Jain 2014, IEEE Transactions on Evolutionary Computation 18(4):577-601), in which what
breaks the budget loses to what keeps it. Optuna's own journal is not used to go on: it does not hold the state of the
random numbers, and writing it takes a hundredfold of the time that asking and telling does. Here the answers are kept,
batch by batch, and a search goes on by asking the same questions again: with the same seed Optuna proposes the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from counterflow.ensemble.extra import require
from counterflow.ensemble.gather import Progress
from counterflow.errors import StoppedError, UsageError
from counterflow.judgement.search.objectives import Score
from counterflow.judgement.search.space import Genes

if TYPE_CHECKING:
    from optuna import Study

BATCH = 36  # strategies that are proposed and evaluated together, a generation

Evaluator = Callable[[Sequence[Genes]], Sequence[Score]]  # how strategies do, by their steps


class Tried(NamedTuple):
    """A strategy that was evaluated, by its steps, and how it does."""

    genes: Genes
    score: Score


def search(
    steps: Sequence[int],
    evaluate: Evaluator,
    *,
    objectives: int,
    budget: float,
    evaluations: int,
    seed: int,
    begin: Sequence[Genes] = (),
    known: Sequence[Tried] = (),
    keep: Callable[[Sequence[Tried]], None] = lambda batch: None,
    progress: Progress = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Tried]:
    """Every evaluation of a search over choices with so many `steps` each, in order.

    `evaluate` takes strategies by their steps and scores so many `objectives`; those of `begin` come first. `known` are
    the evaluations of a search that was cut short, in order; `keep` is called with each new batch. A strategy that is
    proposed again is not evaluated again. Once `stop()` is true no further batch is begun.

    Raises StoppedError where `stop` came before the end, and UsageError where `known` are of another search.
    """
    require("searches", "optuna", extra="explore")
    from optuna.distributions import BaseDistribution, IntDistribution

    distributions: dict[str, BaseDistribution] = {
        str(number): IntDistribution(0, count - 1) for number, count in enumerate(steps)
    }
    study = _study(objectives, seed)
    for genes in begin:
        study.enqueue_trial({str(number): step for number, step in enumerate(genes)})
    found: list[Tried] = []
    scores: dict[Genes, Score] = {}
    progress(min(len(known), evaluations), evaluations)
    while len(found) < evaluations:
        trials = [study.ask(distributions) for _ in range(min(BATCH, evaluations - len(found)))]
        asked: list[Genes] = [tuple(trial.params[name] for name in distributions) for trial in trials]
        there = known[len(found) : len(found) + len(asked)]
        if [one.genes for one in there] != asked[: len(there)]:
            raise UsageError("the evaluations that are kept are of another search", hint="Begin anew in another --out.")
        scores |= dict(there)
        if new := list(dict.fromkeys(genes for genes in asked if genes not in scores)):
            if stop():
                raise StoppedError(f"stopped; {len(found):,} of {evaluations:,} evaluations are complete")
            scores |= zip(new, evaluate(new), strict=True)
        batch = [Tried(genes, scores[genes]) for genes in asked]
        for trial, one in zip(trials, batch, strict=True):
            trial.set_constraint("budget", one.score.spent - budget)
            study.tell(trial, one.score.aim)
        found += batch
        if len(there) < len(batch):
            keep(batch[len(there) :])
            progress(len(found), evaluations)
    return found


def _study(objectives: int, seed: int) -> Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.NSGAIIISampler(population_size=BATCH, seed=seed)
    return optuna.create_study(directions=["minimize"] * objectives, sampler=sampler)
