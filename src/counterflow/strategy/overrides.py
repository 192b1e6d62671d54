"""What a strategy may set of the model: parameters held at a value or given a range of their own, and switches."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pydantic import FiniteFloat, model_validator

from counterflow.brief.schema import Value
from counterflow.errors import StrategyError

Shape = Literal["lognormal", "logitnormal", "normal"]
Support = Literal["share", "positive", "negative", "real", "bounded", "indicator", "joint"]
Reciprocity = Literal["drawn", "concedes", "retaliates"]
RECIPROCITY: dict[Reciprocity, float] = {"concedes": -1.0, "drawn": 0.0, "retaliates": 1.0}
POINTS = ("low", "central", "high")
SMALLEST, LARGEST = 1e-30, 1e30  # size of a number that the model, in single precision, can still multiply
BELOW_ONE = 1.0 - 1e-7  # the next number that single precision tells from one, rounded


class ParameterOverride(Value):
    """A parameter held at `value`, or drawn with `low`, `central` and `high` as its 5%, 50% and 95% points.

    Where one of C0, rho, eta, theta and omega of `cartels` is held, the others come from the refits nearest in it.
    """

    value: FiniteFloat | None = None
    low: FiniteFloat | None = None
    central: FiniteFloat | None = None
    high: FiniteFloat | None = None
    family: Shape | None = None  # of the range; None = the one that belongs to the parameter's kind
    source: str = ""

    @model_validator(mode="after")
    def _one_form(self) -> ParameterOverride:
        points = [getattr(self, name) for name in POINTS]
        given = [name for name, point in zip(POINTS, points, strict=True) if point is not None]
        if self.value is not None:
            if given or self.family is not None:
                raise ValueError("a value stands alone: give either value, or low, central and high")
        elif len(given) < len(POINTS):
            raise ValueError("either value, or all of low, central and high, is needed")
        elif not points[0] < points[1] < points[2]:
            raise ValueError(f"low < central < high is needed, got {points[0]:g}, {points[1]:g}, {points[2]:g}")
        return self


class Switches(Value):
    """Channels of the model, on or off. All that is not a default is told in the report."""

    anticipation: bool = True
    hits: bool = True
    scarcity: bool = True
    lost_revenue: bool = True
    retaliation: bool = True
    concession: bool = True
    secular_trend: bool = True
    adaptation: bool = True
    splits: bool = True
    price_deaths: bool = False
    reciprocity: Reciprocity = "drawn"

    def numbers(self) -> dict[str, float]:
        """Each switch as the model takes it: 1 on, 0 off; reciprocity -1 concedes, 0 as drawn, 1 retaliates."""
        on = {name: float(value) for name, value in self if isinstance(value, bool)}
        return on | {"reciprocity": RECIPROCITY[self.reciprocity]}

    def changed(self) -> dict[str, float]:
        """The switches that are not at their defaults, as numbers."""
        defaults = Switches().numbers()
        return {name: number for name, number in self.numbers().items() if number != defaults[name]}


class About(NamedTuple):
    """What a strategy has to know of a parameter to set it."""

    meaning: str
    unit: str
    support: Support


class Allowed(NamedTuple):
    """The values that a kind of parameter may take."""

    above: float | None  # every value lies above it ...
    below: float | None  # ... and below this one
    families: tuple[Shape, ...]  # that never draw a value outside; the first one is drawn where none is named
    words: str


ALLOWED: dict[Support, Allowed] = {
    "share": Allowed(0.0, BELOW_ONE, ("logitnormal",), "above 0 and below 1 (at most 0.9999999)"),
    "positive": Allowed(0.0, None, ("lognormal", "logitnormal"), "above 0"),
    "negative": Allowed(None, 0.0, ("lognormal",), "below 0"),
    "real": Allowed(None, None, ("normal", "lognormal", "logitnormal"), "any finite number"),
    "bounded": Allowed(None, None, ("logitnormal",), "from 0 to 1"),
    "indicator": Allowed(None, None, (), "0 or 1"),
    "joint": Allowed(0.0, None, (), "one value above 0 (those drawn with it then come from the refits nearest in it)"),
}


def support_of(family: str, central: float, unit: str) -> Support:
    """The kind of values that a parameter may take, from the family of its prior.

    A fixed prior tells no range: a share or probability stays within 0 and 1, any other number keeps its sign.
    """
    if family == "bernoulli":
        return "indicator"
    if family == "joint":
        return "joint"
    if family == "logitnormal":
        return "share"
    if family == "normal":
        return "real"
    if family == "fixed" and unit in ("share", "probability"):
        return "bounded"
    if central == 0.0:
        return "real"
    return "positive" if central > 0.0 else "negative"


def family_of(override: ParameterOverride, support: Support) -> Shape | None:
    """The family that a range is drawn from; None for a value."""
    if override.value is not None:
        return None
    return override.family or ALLOWED[support].families[0]


def problems(override: ParameterOverride, support: Support) -> Iterator[tuple[str, str]]:
    """(key, what is wrong and what is allowed) for all that a parameter of this kind cannot be."""
    allowed = ALLOWED[support]
    if override.value is None and not allowed.families:
        yield "low", f"this parameter cannot be given a range; give value = {allowed.words}"
        return
    for name in ("value", *POINTS):
        number = getattr(override, name)
        if number is None:
            continue
        if not _is_allowed(number, support):
            yield name, f"{number:.10g} is outside what is allowed: {allowed.words}"
        elif number != 0.0 and not SMALLEST <= abs(number) <= LARGEST:
            yield name, f"{number:g} is outside what is allowed: 0, or a size from {SMALLEST:g} to {LARGEST:g}"
    family = family_of(override, support)
    if family is None:
        return
    if family not in allowed.families:
        known = " or ".join(allowed.families)
        yield "family", f"a {family} range can draw values that are not {allowed.words}; allowed: {known}"
    elif family == "lognormal" and not (override.low or 0.0) * (override.high or 0.0) > 0.0:
        yield "low", "a lognormal range needs all three points on one side of zero"
    elif family == "logitnormal" and not ((override.low or 0.0) > 0.0 and (override.high or 0.0) < 1.0):
        yield "low", "a logitnormal range needs all three points above 0 and below 1"


def _is_allowed(number: float, support: Support) -> bool:
    if support == "indicator":
        return number in (0.0, 1.0)
    if support == "bounded":
        return 0.0 <= number <= 1.0
    if support == "share":
        return 0.0 < number <= BELOW_ONE
    above, below = ALLOWED[support].above, ALLOWED[support].below
    return (above is None or number > above) and (below is None or number < below)


def refuse(parameters: Mapping[str, ParameterOverride], known: Mapping[str, Support]) -> None:
    """Raise StrategyError for the first parameter that `known` does not hold, or that cannot be what is asked.

    `where` of the error is the key, as `parameters."border.p_app".value`.
    """
    for symbol, override in parameters.items():
        where = f'parameters."{symbol}"'
        if symbol not in known:
            raise StrategyError(
                f"no parameter is called {symbol!r}", where=where, hint=nearest_parameter(symbol, known)
            )
        for key, problem in problems(override, known[symbol]):
            raise StrategyError(problem, where=f"{where}.{key}")


def nearest_parameter(symbol: str, known: Mapping[str, object]) -> str:
    """The known name that is nearest, one of the same symbol first, and where all of them are listed."""
    same = [name for name in known if name.partition(".")[2] == symbol]
    near = same or difflib.get_close_matches(symbol, known, n=1, cutoff=0.4)
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"{meant}`counterflow parameters` lists them all."
