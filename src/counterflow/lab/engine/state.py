"""What an engine keeps between questions: the data, compiled runs, and the starting states last asked for."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import cached_property
from importlib.metadata import version
from threading import Lock

from counterflow.calibration import bundled
from counterflow.ensemble.engine import engine
from counterflow.ensemble.posterior import Posterior, without
from counterflow.ensemble.simulate import plan_for
from counterflow.ensemble.stored.manifest import hash_of
from counterflow.evidence.store import Store
from counterflow.lab.engine.prepared import Prepared
from counterflow.lab.engine.schema import LEAST_DRAWS, USUAL_DRAWS, USUAL_YEARS, Ask, Hashes, Observed
from counterflow.model import anchors
from counterflow.model.outputs import ABOUT
from counterflow.report.words import vocabulary
from counterflow.strategy.branches import first_lever_date
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.schema import Strategy

KEPT = 600_000_000  # bytes of starting states


class Engine:
    """Answers questions about strategies from several threads at once.

    Nothing of a strategy is kept but starting states, KEPT bytes of those asked for last: one for each combination of
    first day, years, seed, parameters and switches, which any strategy that shares them starts from, with what levers
    that were moved from there cost. Of an entry these hold lever, sizes, days, delivery and status, and no text.
    """

    def __init__(self, store: Store, posterior: Posterior | None) -> None:
        """`posterior` is what parameters are drawn from, where a strategy does not set them; None = the priors."""
        self.store = store
        self.posterior = posterior
        self.charted = tuple(vocabulary()["outcome"])
        self.pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="lab")
        self.judging = Lock()  # held while a verdict is worked out: each takes all cores, and the first one compiles
        self._kept: OrderedDict[tuple[object, ...], Future[Prepared]] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def open(cls) -> Engine:
        """An engine over the official data at hand, with the posterior that comes with the package.

        Raises EvidenceError where data or posterior are missing.
        """
        return cls(Store.open(), bundled.posterior_of(bundled.latest()))

    def warm(self) -> Engine:
        """Compile what every answer needs, and prepare the built-in strategies' first day. Takes some seconds; much
        less where compiled runs are kept from before."""
        from counterflow.lab.engine.answers import simulate

        name = next(reversed(built_in()))
        simulate(self, Ask(strategy=built_in_strategy(name, self.start), draws=USUAL_DRAWS, years=USUAL_YEARS))
        return self

    def warm_verdicts(self) -> None:
        """Compile what `rests` needs beyond that, for a thread that nobody waits for."""
        from counterflow.lab.engine.verdicts import rests

        name = next(reversed(built_in()))
        rests(self, Ask(strategy=built_in_strategy(name, self.start), draws=LEAST_DRAWS, years=USUAL_YEARS))

    @cached_property
    def start(self) -> date:
        """The day on which the built-in strategies begin: the first day of the month after the last observed one."""
        last = max(date.fromisoformat(f"{one.months[-1]}-01") for one in self.history)
        return date(last.year + last.month // 12, last.month % 12 + 1, 1)

    def prepared(self, strategy: Strategy, years: int, seed: int) -> Prepared:
        """Where a strategy's draws start from, made by the first that asks; others wait for it.

        Raises StrategyError for parameters that cannot be set.
        """
        key = (
            first_lever_date(strategy),
            years,
            seed,
            tuple(
                sorted((name, value.model_dump_json(exclude={"source"})) for name, value in strategy.parameters.items())
            ),
            strategy.switches,
        )
        own: Future[Prepared] = Future()
        with self._lock:
            kept = self._kept.setdefault(key, own)
            self._kept.move_to_end(key)
        if kept is own:
            try:
                at = plan_for(strategy, self.store, years=years, seed=seed, only=("none",))
                own.set_result(Prepared(at, self.posterior_for(strategy), self.charted))
            except BaseException as error:
                with self._lock:
                    self._kept.pop(key, None)
                own.set_exception(error)
        return kept.result()

    def let_go(self) -> None:
        """Keep no more than KEPT bytes of starting states: those asked for last, and always the very last."""
        with self._lock:
            size = sum(one.result().size for one in self._kept.values() if _is_made(one))
            for key, one in list(self._kept.items())[:-1]:
                if size <= KEPT:
                    return
                if _is_made(one):
                    size -= self._kept.pop(key).result().size

    def posterior_for(self, strategy: Strategy) -> Posterior | None:
        """What a strategy's parameters are drawn from: the posterior less what it sets, and what belongs with that."""
        return None if self.posterior is None else without(self.posterior, strategy.parameters)

    @cached_property
    def history(self) -> tuple[Observed, ...]:
        """The observed months of every charted outcome that an official series measures."""
        found = []
        for name in self.charted:
            if not ABOUT[name].series_id:
                continue
            rows = anchors.monthly(self.store, name, before=date.max, as_of=None)
            found.append(
                Observed(
                    id=name,
                    months=tuple(row.date.isoformat()[:7] for row in rows),
                    values=tuple(row.value for row in rows),
                    flags=tuple(row.flag for row in rows),
                )
            )
        return tuple(found)

    @cached_property
    def hashes(self) -> Hashes:
        """What every number comes from, whatever the strategy."""
        data = {"series": self.store.vintages(), "posterior": self.posterior.sha256 if self.posterior else ""}
        return Hashes(version=version("counterflow"), engine=hash_of(dict(engine())), data=hash_of(data))

    def hashes_of(self, strategy: Strategy) -> Hashes:
        """The same with the strategy's own hash, as a report's manifest has it."""
        own = hashlib.sha256(strategy.model_dump_json().encode()).hexdigest()
        return self.hashes.model_copy(update={"strategy": own})


def _is_made(one: Future[Prepared]) -> bool:
    return one.done() and one.exception() is None
