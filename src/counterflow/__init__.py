"""Counterflow turns a strategy document into a tested answer.

    import counterflow as cf

    brief    = cf.read("article.html")                  # findings, actions, claims, each with its quote
    checks   = cf.check(brief)                          # each claim against every period and baseline
    strategy = cf.Strategy.from_brief(brief)            # as written, as on record, only considered
    fitted   = cf.posterior()                           # parameters fitted to the official record; None = priors
    runs     = cf.simulate(strategy, draws=500, years=3, posterior=fitted)  # dims (branch, draw, replicate, time)
    verdict  = cf.judge(runs)                           # four headlines, with what they rest on
    cf.report(brief, checks, runs, verdict, to="report.html")

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from counterflow.errors import CounterflowError

if TYPE_CHECKING:
    from counterflow.assess import assess, check, posterior, report
    from counterflow.brief.reader import read
    from counterflow.ensemble.simulate import simulate
    from counterflow.ensemble.stored.reading import open_runs
    from counterflow.evidence.store import Store
    from counterflow.judgement.judge import judge
    from counterflow.strategy.schema import Strategy

__version__ = _version("counterflow")

__all__ = [
    "CounterflowError",
    "Store",
    "Strategy",
    "__version__",
    "assess",
    "check",
    "judge",
    "open_runs",
    "posterior",
    "read",
    "report",
    "simulate",
]

_HOMES = {
    "Store": "counterflow.evidence.store",
    "Strategy": "counterflow.strategy.schema",
    "assess": "counterflow.assess",
    "check": "counterflow.assess",
    "judge": "counterflow.judgement.judge",
    "open_runs": "counterflow.ensemble.stored.reading",
    "posterior": "counterflow.assess",
    "read": "counterflow.brief.reader",
    "report": "counterflow.assess",
    "simulate": "counterflow.ensemble.simulate",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'counterflow' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    # A module becomes an attribute of the package as it loads: of the same name as a function, it has to load before.
    import_module("counterflow.report")
    for other, place in _HOMES.items():
        if place == _HOMES[name]:
            globals()[other] = getattr(home, other)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
