"""One strategy's answer: fans by month, chances of the headlines, the four-way picture and the cost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np

from counterflow.ensemble.contrast import REFERENCES, deepest_sustained_fall, relative_change
from counterflow.ensemble.job import costs_for
from counterflow.errors import StrategyError, UsageError, did_you_mean
from counterflow.judgement.headlines import rules, standard_error
from counterflow.judgement.schema import FourWay
from counterflow.lab.engine.prepared import Piece, Prepared, Ran
from counterflow.lab.engine.schema import (
    FIRST_DAY,
    LAST_DAY,
    LEVELS,
    Answer,
    Ask,
    Chance,
    Compared,
    Cost,
    Fan,
    LeverCost,
    OutcomeFan,
    Unpriced,
)
from counterflow.lab.engine.state import Engine
from counterflow.model.costs import costs, unpriced
from counterflow.model.state import LEVERS
from counterflow.report.words import word
from counterflow.strategy.branches import LEADING, branches
from counterflow.strategy.catalogue import lever
from counterflow.strategy.schema import Branch

FIGURES = 6  # significant figures that an answer has
STRIKES = "military.strike_lab"  # where a campaign's strikes are counted, whatever they are aimed at
SHARES = np.array([float(level) for level in LEVELS])
NONE = "none"


class Begun(NamedTuple):
    """An answer that is being worked out: its pieces run in the engine's threads."""

    at: float  # seconds of the clock
    ask: Ask
    branch: Branch
    prepared: Prepared
    pieces: tuple[Piece, ...]
    running: tuple[Future[Ran], ...]


def simulate(engine: Engine, ask: Ask) -> Answer:
    """Run one course of events of a strategy, and tell what it does, in the numbers of `counterflow.simulate` and
    `counterflow.judge` over the same draws.

    Raises UsageError for a course that is not there; StrategyError for levers, sizes or parameters that cannot be.
    """
    return _ended(engine, _begun(engine, ask))


def compare(engine: Engine, asks: Sequence[Ask]) -> Compared:
    """One answer for each strategy, in order, all of them begun before the first is told. Raises as `simulate`."""
    return Compared(compared=tuple([_ended(engine, one) for one in [_begun(engine, ask) for ask in asks]]))


def _begun(engine: Engine, ask: Ask) -> Begun:
    at = time.perf_counter()
    branch = branch_of(ask)
    prepared = engine.prepared(ask.strategy, ask.years, ask.seed)
    pieces = prepared.pieces(ask.draws)
    engine.let_go()
    running = tuple(engine.pool.submit(prepared.ran, piece, branch) for piece in pieces)
    return Begun(at, ask, branch, prepared, pieces, running)


def _ended(engine: Engine, begun: Begun) -> Answer:
    at, ask, branch, prepared, pieces, running = begun
    cost = _cost(prepared, pieces, branch, ask.draws)
    ran = joined([one.result() for one in running], ask.draws)
    none = joined([piece.none for piece in pieces], ask.draws)
    met = _met(prepared, ran, none, pieces, ask.draws)
    with_it, without = fans(ran, engine.charted), fans(none, engine.charted)
    return Answer(
        title=ask.strategy.title,
        draws=ask.draws,
        years=ask.years,
        seed=ask.seed,
        branch=branch.id,
        first_lever=prepared.at.first_lever.isoformat(),
        months=prepared.months,
        outcomes=tuple(OutcomeFan(id=name, quantiles=with_it[name], none=without[name]) for name in engine.charted),
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


def joined(parts: Sequence[Ran], draws: int) -> Ran:
    """The first `draws` draws of some pieces."""

    def together(of: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        return {name: np.concatenate([one[name] for one in of])[:draws] for name in of[0]}

    return Ran(together([one.weekly for one in parts]), together([one.monthly for one in parts]))


def _met(
    prepared: Prepared, ran: Ran, none: Ran, pieces: Sequence[Piece], draws: int
) -> dict[tuple[Any, Any], np.ndarray]:
    """(draw,) whether each headline is met against each reference, by the contrasts that a verdict is made from."""
    found = {}
    for rule in rules():
        runs = ran.weekly[rule.outcome]
        level = np.concatenate([piece.before[rule.outcome] for piece in pieces])[:draws].astype(np.float32)
        for reference, base in zip(REFERENCES, (none.weekly[rule.outcome], level), strict=True):
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


def fans(ran: Ran, names: Sequence[str]) -> dict[str, Fan]:
    """The quantiles of each outcome by month, over draws."""
    months = [ran.monthly[name].shape[1] for name in names]
    found = quantiles(np.concatenate([ran.monthly[name] for name in names], axis=1))
    parts = np.split(found, np.cumsum(months)[:-1], axis=1)
    return {
        name: {level: tuple(row.tolist()) for level, row in zip(LEVELS, part, strict=True)}
        for name, part in zip(names, parts, strict=True)
    }


def quantiles(values: np.ndarray) -> np.ndarray:
    """(level, column) the LEVELS of `values` (draw, column), as `numpy.quantile` has them, at FIGURES figures.

    Of contiguous columns only the needed places are sorted out, which takes a fraction of the time.
    """
    places = SHARES * (len(values) - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, len(values) - 1)
    ordered = np.partition(np.ascontiguousarray(values.T, np.float32), np.unique([below, above]), axis=1)
    low, high = (ordered[:, at].astype(np.float64) for at in (below, above))
    return _rounded(low + (high - low) * (places - below)).T


def _rounded(values: np.ndarray) -> np.ndarray:
    """At FIGURES significant figures."""
    decimals = FIGURES - 1 - np.floor(np.log10(np.maximum(np.abs(values), 1e-30)))
    up, down = 10.0 ** np.maximum(decimals, 0.0), 10.0 ** np.maximum(-decimals, 0.0)  # one of them is 1: no last digits
    return np.asarray(np.round(values * up / down) * down / up)


def _cost(prepared: Prepared, pieces: Sequence[Piece], branch: Branch, draws: int) -> Cost:
    """The cost of one course of events, as the report has it: what earns or saves is not set against what costs."""
    at = prepared.at._replace(branches=(branch,))

    def joined_places(of: str) -> np.ndarray:
        return np.concatenate([getattr(piece.draws, of) for piece in pieces])[:draws]

    every = pieces[0].draws._replace(
        intensity=joined_places("intensity"), delivery=joined_places("delivery"), cost=joined_places("cost")
    )
    with np.errstate(over="ignore", invalid="ignore"):
        paid = costs_for(at, every)[0]
    if not np.isfinite(paid).all():
        raise StrategyError(
            "no treasury could pay this course of events", where=branch.title, hint="Keep the levers to their scales."
        )
    moved = list(dict.fromkeys([*(entry.lever for entry in branch.entries), *([STRIKES] if branch.strikes else [])]))
    columns = {name: LEVERS.index(name) for name in moved}
    spread = {name: _spread(paid[:, column]) for name, column in columns.items() if paid[:, column].any()}
    spending = [columns[name] for name, (_, median, _) in spread.items() if median > 0.0]
    low, central, high = _spread(paid[:, spending].sum(axis=1)) if spending else (0.0, 0.0, 0.0)
    return Cost(
        low=low,
        central=central,
        high=high,
        levers=tuple(LeverCost(lever=name, low=a, central=b, high=c) for name, (a, b, c) in spread.items()),
        unpriced=tuple(Unpriced(lever=name, reason=reason) for name in moved if (reason := not_counted(name))),
    )


def _spread(paid: np.ndarray) -> tuple[float, float, float]:
    low, median, high = _rounded(np.quantile(paid, (0.05, 0.5, 0.95))).tolist()
    return low, median, high


def not_counted(name: str) -> str:
    """Why a lever's cost is not counted; empty where it has a price."""
    if any(cost.lever == name and cost.counted for cost in costs()):
        return ""
    return unpriced().get(name) or word("unpriced", lever(name).actor)
