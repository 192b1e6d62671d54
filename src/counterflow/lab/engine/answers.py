"""One strategy's answer: fans by month, chances of the headlines, the four-way picture and the cost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from counterflow.ensemble.contrast import REFERENCES, deepest_sustained_fall, relative_change
from counterflow.errors import StrategyError, UsageError, did_you_mean
from counterflow.judgement.headlines import rules, standard_error
from counterflow.judgement.schema import FourWay
from counterflow.lab.engine.fans import Ran, fans, joined, rounded
from counterflow.lab.engine.prepared import STRIKES, Prepared, Whole
from counterflow.lab.engine.schema import (
    FIRST_DAY,
    LAST_DAY,
    Answer,
    Ask,
    Chance,
    Compared,
    Cost,
    LeverCost,
    OutcomeFan,
    Unpriced,
)
from counterflow.lab.engine.state import Engine
from counterflow.lab.engine.wanted import Wanted
from counterflow.model.costs import costs, unpriced
from counterflow.report.words import word
from counterflow.strategy.branches import LEADING, branches
from counterflow.strategy.catalogue import lever
from counterflow.strategy.schema import Branch

NONE = "none"


class Begun(NamedTuple):
    """An answer that is being worked out: its pieces run in the engine's threads."""

    at: float  # seconds of the clock
    ask: Ask
    branch: Branch
    prepared: Prepared
    running: tuple[Future[Ran], ...]
    wanted: Wanted


def simulate(engine: Engine, ask: Ask, wanted: Wanted | None = None) -> Answer:
    """Run one course of events of a strategy, and tell what it does, in the numbers of `counterflow.simulate` and
    `counterflow.judge` over the same draws.

    Raises UsageError for a course that is not there; StrategyError for levers, sizes or parameters that cannot be;
    UnwantedError once the answer is `wanted` no longer.
    """
    return _ended(engine, _begun(engine, ask, wanted or Wanted()))


def compare(engine: Engine, asks: Sequence[Ask], wanted: Wanted | None = None) -> Compared:
    """One answer for each strategy, in order, all of them begun before the first is told. Raises as `simulate`."""
    of = wanted or Wanted()
    return Compared(compared=tuple([_ended(engine, one) for one in [_begun(engine, ask, of) for ask in asks]]))


def _begun(engine: Engine, ask: Ask, wanted: Wanted) -> Begun:
    at = time.perf_counter()
    branch = branch_of(ask)
    wanted.require()
    prepared = engine.prepared(ask.strategy, ask.years, ask.seed)
    try:
        pieces = prepared.pieces(ask.draws, wanted)
    finally:
        engine.let_go()
    running = wanted.begin(engine.pool, [partial(prepared.ran, piece, branch) for piece in pieces])
    return Begun(at, ask, branch, prepared, running, wanted)


def _ended(engine: Engine, begun: Begun) -> Answer:
    at, ask, branch, prepared, running, wanted = begun
    cost = _cost(prepared, branch, ask.draws)
    whole = prepared.together(ask.draws)
    ran = joined(wanted.results(running), ask.draws)
    met = _met(prepared, ran, whole)
    with_it = fans(ran, engine.charted)
    return Answer(
        title=ask.strategy.title,
        draws=ask.draws,
        years=ask.years,
        seed=ask.seed,
        branch=branch.id,
        first_lever=prepared.at.first_lever.isoformat(),
        months=prepared.months,
        outcomes=tuple(
            OutcomeFan(id=name, quantiles=with_it[name], none=whole.none_fans[name]) for name in engine.charted
        ),
        history=engine.history if ask.history else None,
        headlines=tuple(
            Chance(id=name, reference=reference, probability=float(hit.mean()), mc_error=standard_error(hit[None]))
            for (name, reference), hit in met.items()
        ),
        four_way=_four_way(branch.id, met["trafficking", NONE], met["friction", NONE]),
        cost=cost,
        hashes=engine.hashes_of(ask.strategy),
        milliseconds=round(1000.0 * (time.perf_counter() - at), 1),
    )


def branch_of(ask: Ask) -> Branch:
    """The course of events that is asked for; without one, that which an answer opens with.

    Raises UsageError for one that the strategy does not have; StrategyError for a lever that the model does not have,
    and for days that no run reaches.
    """
    strategy = ask.strategy
    for entry in (*strategy.written, *strategy.record):
        lever(entry.lever)
    for day in (
        strategy.date.start,
        strategy.date.end,
        *(entry.start for entry in (*strategy.written, *strategy.record)),
    ):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise StrategyError(
                f"{day} is too far from the record", where="date", hint=f"Give a day from {FIRST_DAY} to {LAST_DAY}."
            )
    found = {branch.id: branch for branch in branches(strategy)}
    name = ask.branch or next(leading for leading in LEADING if leading in found)
    if name not in found:
        known = ", ".join(found)
        raise UsageError(
            f"the strategy has no branch {name!r}", where="branch", hint=f"{did_you_mean(name, found)}It has {known}."
        )
    return found[name]


def _met(prepared: Prepared, ran: Ran, whole: Whole) -> dict[tuple[Any, Any], np.ndarray]:
    """(draw,) whether each headline is met against each reference, by the contrasts that a verdict is made from."""
    found = {}
    for rule in rules():
        runs = ran.weekly[rule.outcome]
        bases = (whole.none.weekly[rule.outcome], whole.before[rule.outcome])
        for reference, base in zip(REFERENCES, bases, strict=True):
            measure = deepest_sustained_fall if rule.direction == "sustained fall" else relative_change
            moved = measure(runs, base, prepared.window).astype(np.float32)
            found[rule.id, reference] = rule.size(moved) >= rule.threshold
    return found


def _four_way(branch: str, curtailed: np.ndarray, friction: np.ndarray) -> FourWay:
    return FourWay(
        branch=branch,
        curtailed_without_friction=float((curtailed & ~friction).mean()),
        curtailed_with_friction=float((curtailed & friction).mean()),
        friction_only=float((~curtailed & friction).mean()),
        neither=float((~curtailed & ~friction).mean()),
    )


def _cost(prepared: Prepared, branch: Branch, draws: int) -> Cost:
    """The cost of one course of events, as the report has it: what earns or saves is not set against what costs."""
    paid = prepared.paid(branch, draws)
    if not all(np.isfinite(one).all() for one in paid.values()):
        raise StrategyError(
            "no treasury could pay this course of events", where=branch.title, hint="Keep the levers to their scales."
        )
    moved = list(dict.fromkeys([*(entry.lever for entry in branch.entries), *([STRIKES] if branch.strikes else [])]))
    spread = {name: _spread(paid[name]) for name in moved if paid[name].any()}
    spending = [paid[name] for name, (_, median, _) in spread.items() if median > 0.0]
    low, central, high = _spread(np.stack(spending, axis=1).sum(axis=1)) if spending else (0.0, 0.0, 0.0)
    return Cost(
        low=low,
        central=central,
        high=high,
        levers=tuple(LeverCost(lever=name, low=a, central=b, high=c) for name, (a, b, c) in spread.items()),
        unpriced=tuple(Unpriced(lever=name, reason=reason) for name in moved if (reason := not_counted(name))),
    )


def _spread(paid: np.ndarray) -> tuple[float, float, float]:
    low, median, high = rounded(np.quantile(paid, (0.05, 0.5, 0.95))).tolist()
    return low, median, high


def not_counted(name: str) -> str:
    """Why a lever's cost is not counted; empty where it has a price."""
    if any(cost.lever == name and cost.counted for cost in costs()):
        return ""
    return unpriced().get(name) or word("unpriced", lever(name).actor)
