"""The whole verdict on one course of events: its words, and what they rest on. It runs further, and takes seconds."""

from __future__ import annotations

import time

from counterflow.ensemble.contrast import OUTCOMES
from counterflow.ensemble.simulate import simulate
from counterflow.errors import StoppedError, UsageError
from counterflow.judgement.judge import judge
from counterflow.lab.engine.answers import NONE, branch_of
from counterflow.lab.engine.schema import Ask, Rests
from counterflow.lab.engine.state import Engine
from counterflow.lab.engine.wanted import UnwantedError, Wanted


def rests(engine: Engine, ask: Ask, wanted: Wanted | None = None) -> Rests:
    """Judge one course of events of a strategy, as `counterflow.judge` does.

    Raises UsageError for a course that is not there, and for the one without the strategy, which the others are judged
    against; StrategyError for levers, sizes or parameters that cannot be; ModelError where a run breaks; UnwantedError
    soon after it is `wanted` no longer.
    """
    began = time.perf_counter()
    of = wanted or Wanted()
    branch = branch_of(ask)
    if branch.id == NONE:
        raise UsageError(
            "the run without the strategy is what others are judged against",
            where="branch",
            hint="Ask for another branch.",
        )
    with engine.judging:  # whoever calls from several threads lets one wait at a time
        of.require()
        try:
            runs = simulate(
                ask.strategy,
                draws=ask.draws,
                years=ask.years,
                seed=ask.seed,
                only=(NONE, branch.id),
                outputs=OUTCOMES,
                posterior=engine.posterior_for(ask.strategy),
                evidence=engine.store,
                stop=lambda: of.is_left,
            )
        except StoppedError as error:
            raise UnwantedError from error
        verdict = judge(runs, store=engine.store, progress=lambda done, total: of.require())
    return Rests(
        draws=verdict.draws,
        years=ask.years,
        seed=ask.seed,
        branch=branch.id,
        headlines=verdict.headlines,
        grade_counts=verdict.grade_counts,
        basis=verdict.basis,
        caveats=verdict.caveats,
        fit=verdict.fit,
        hashes=engine.hashes_of(ask.strategy),
        milliseconds=round(1000.0 * (time.perf_counter() - began), 1),
    )
