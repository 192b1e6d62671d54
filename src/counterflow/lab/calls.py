"""What the server asks of the engine: the few functions of `counterflow.lab.engine`, as one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from counterflow.lab.engine.schema import Answer, Ask, Catalogue, Compared, Rests
from counterflow.lab.engine.wanted import Wanted
from counterflow.strategy.schema import Strategy


class Calls(NamedTuple):
    """`warm` makes what the others are called with; all may be called from several threads."""

    warm: Callable[[], Any]
    simulate: Callable[[Any, Ask, Wanted], Answer]
    rests: Callable[[Any, Ask, Wanted], Rests]
    compare: Callable[[Any, Sequence[Ask], Wanted], Compared]
    catalogue: Callable[[Any, Sequence[Strategy]], Catalogue]
    warm_verdicts: Callable[[Any], None] = lambda engine: None  # what `rests` needs besides; takes longer


def of_the_model() -> Calls:
    """The model itself; imports it, which takes a while."""
    from counterflow.lab.engine import Engine, catalogue, compare, rests, simulate

    return Calls(
        lambda: Engine.open().warm(), simulate, rests, compare, catalogue, lambda engine: engine.warm_verdicts()
    )
