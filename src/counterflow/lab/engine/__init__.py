"""What the lab computes: one strategy's answer in a fraction of a second, and what it rests on.

    engine = Engine.open().warm()
    answer = simulate(engine, Ask(strategy=strategy))

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counterflow.lab.engine.answers import compare, simulate
    from counterflow.lab.engine.listing import catalogue
    from counterflow.lab.engine.state import Engine
    from counterflow.lab.engine.verdicts import rests

__all__ = ["Engine", "catalogue", "compare", "rests", "simulate"]

_HOMES = {"Engine": "state", "catalogue": "listing", "compare": "answers", "rests": "verdicts", "simulate": "answers"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'counterflow.lab.engine' has no attribute {name!r}")
    return getattr(import_module(f"counterflow.lab.engine.{_HOMES[name]}"), name)
