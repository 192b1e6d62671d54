"""What is worked out once for a document and asked for several times."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from counterflow.brief.layout.parts import Layout

Result = TypeVar("Result")


def once_for_layout(work: Callable[[Layout], Result]) -> Callable[[Layout], Result]:
    """Remember what a function gave for the last layout.

    Layouts are told apart by identity: to compare or to hash two long documents would take as long as the work.
    """
    last: list[tuple[Layout, Result]] = []

    @wraps(work)
    def remembered(layout: Layout) -> Result:
        known = last[0] if last else None
        if known is not None and known[0] is layout:
            return known[1]
        result = work(layout)
        last[:] = [(layout, result)]
        return result

    return remembered
