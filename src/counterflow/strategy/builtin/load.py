"""The strategies that come with the package, begun on a given day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from pydantic import Field, ValidationError

from counterflow.brief.schema import Value
from counterflow.errors import StrategyError
from counterflow.strategy.catalogue import catalogue, lever
from counterflow.strategy.schema import DateInterval, Entry, Strategy


class Move(Value):
    """A lever that a strategy moves to a level of its scale, and why to this one."""

    id: str
    level: int = Field(ge=0, le=4)
    why: str = Field(min_length=1)


class BuiltIn(Value):
    """One file: a strategy without its dates."""

    title: str
    about: str
    lever: tuple[Move, ...] = ()


@cache
def built_in() -> dict[str, BuiltIn]:
    """The strategies by name, those that move least first: *none* is the first.

    Raises StrategyError, naming the file, for one that does not hold together.
    """
    found = {}
    for file in files("counterflow.strategy.builtin").iterdir():
        if file.name.endswith(".toml"):
            try:
                one = BuiltIn.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
            except (ValidationError, tomllib.TOMLDecodeError) as error:
                raise StrategyError(f"a built-in strategy is broken: {error}", where=file.name) from error
            for move in one.lever:
                lever(move.id)
            found[file.name.removesuffix(".toml")] = one
    return dict(sorted(found.items(), key=lambda pair: (len(pair[1].lever), pair[1].title)))


def built_in_strategy(name: str, start: date, *, like: Strategy | None = None) -> Strategy:
    """A built-in strategy whose levers move on `start`.

    Each is ordered, or announced by another government, and delivered in part: the catalogue's share of such things.
    It takes the parameters and switches of the strategy `like`, so that the two can be compared.
    """
    of = built_in()[name]
    strategy = Strategy(
        title=of.title,
        date=DateInterval(start=start, end=start, source="user", reason="the day on which it is asked to begin"),
        written=tuple(
            Entry(
                lever=move.id,
                level=move.level,
                start=start,
                start_reason="the day on which it is asked to begin",
                status="ordered" if lever(move.id).actor == "US" else "announced",
                delivery=catalogue().delivery.range,
                basis="user",
                source=lever(move.id).levels[move.level].source,
                note=move.why,
            )
            for move in of.lever
        ),
    )
    if like is None:
        return strategy
    return strategy.model_copy(update={"parameters": like.parameters, "switches": like.switches})
