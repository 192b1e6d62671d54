"""Ranges from experts' quantiles.

One judgement is one expert on one parameter. The family that belongs to the parameter's kind is fitted to each; of
several experts on one parameter a linear pool with equal weights is made, and its 5, 50 and 95% points are drawn from.
A pool keeps disagreement as width. To average the experts' quantiles instead gives a narrower range (Lichtendahl,
Grushka-Cockayne & Winkler 2013, Management Science 59(7)): a gain where all are about right, and a range that none of
them holds where they contradict each other. Too narrow a range would turn what is undetermined into an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from counterflow.errors import StrategyError
from counterflow.strategy.elicited import quantiles
from counterflow.strategy.elicited.reading import EXAMPLE, Judgement, judgements
from counterflow.strategy.files import known_parameters
from counterflow.strategy.overrides import ALLOWED, ParameterOverride, Shape, nearest_parameter, problems
from counterflow.strategy.schema import Strategy

FEWEST = 3  # levels: a two-piece family has three numbers
TOLD = 0.025  # misfit, as a probability, above which it is said that the family does not follow what was stated ...
REFUSED = 0.10  # ... and above which it is refused. Both are judgements: a uniform range is 0.058 off a normal


class Elicited(NamedTuple):
    """Ranges that take the place of priors, by "mechanism.symbol"; where each stands; and what a user should know."""

    parameters: dict[str, ParameterOverride]
    places: dict[str, str]
    told: tuple[str, ...]


def read_elicited(path: Path) -> Elicited:
    """Read a file of judgements (.csv or .toml) and make a range of what is said of each parameter.

    Raises StrategyError, naming file and line, for a file that is missing or has another form, an unknown parameter
    (with the nearest name) or one that cannot be given a range, fewer than three levels or none on one side of 0.5,
    levels or values that do not increase, values that the parameter cannot take, an expert who speaks twice of one
    parameter, and what the family cannot follow.
    """
    stated: dict[str, list[Judgement]] = {}
    for judgement in judgements(path):
        _check(judgement)
        others = stated.setdefault(judgement.parameter, [])
        if any(other.expert == judgement.expert for other in others):
            raise StrategyError(
                f"{judgement.expert} speaks twice of {judgement.parameter}",
                where=judgement.where,
                hint="Give one row for each expert and parameter.",
            )
        others.append(judgement)
    if not stated:
        raise StrategyError("the file holds no judgement", where=path.name, hint=f"Give one a row, {EXAMPLE}.")
    made = {name: _range_of(judgements) for name, judgements in stated.items()}
    return Elicited(
        {name: override for name, (override, _) in made.items()},
        {name: judgements[0].where for name, judgements in stated.items()},
        tuple(line for _, lines in made.values() for line in lines),
    )


def with_elicited(strategy: Strategy, elicited: Elicited) -> Strategy:
    """The strategy with what experts say among its parameters.

    Raises StrategyError where it sets one of them itself.
    """
    for name, where in elicited.places.items():
        if name in strategy.parameters:
            raise StrategyError(
                f"{name} is elicited, and the strategy sets it too",
                where=where,
                hint="Take it out of one of the two files.",
            )
    return strategy.model_copy(update={"parameters": strategy.parameters | elicited.parameters})


def _check(judgement: Judgement) -> None:
    """Raise StrategyError for the first thing about a judgement that cannot be."""
    name, where = judgement.parameter, judgement.where
    known = known_parameters()
    if not judgement.expert:
        raise StrategyError("no expert is named", where=where, hint="Say whose judgement it is: a name, or an office.")
    if not (judgement.expert + judgement.note).isprintable():
        hint = "Write both anew in plain letters: copied text may carry signs that cannot be seen."
        raise StrategyError("the expert or the note holds characters that do not show", where=where, hint=hint)
    if name not in known:
        raise StrategyError(f"no parameter is called {name!r}", where=where, hint=nearest_parameter(name, known))
    support = known[name]
    if support == "joint":
        together = ", ".join(other for other, kind in known.items() if kind == "joint")
        message = f"{name} cannot be elicited: {together} are drawn together, as only together they fit the record"
        raise StrategyError(message, where=where, hint="Hold one of them at a value in a strategy file.")
    if not ALLOWED[support].families:
        message = f"{name} cannot be elicited: it is {ALLOWED[support].words}, and has no quantiles"
        raise StrategyError(message, where=where, hint="Hold it at a value in a strategy file.")
    _check_levels(judgement)
    for level, value in zip(judgement.levels, judgement.values, strict=True):
        for _, problem in problems(ParameterOverride(value=value), support):
            hint = "Check the unit of the value: `counterflow parameters` lists that of every parameter."
            raise StrategyError(f"{name} at level {level:g}: {problem}", where=where, hint=hint)
    if ALLOWED[support].families[0] == "logitnormal" and not 0.0 < judgement.values[0] <= judgement.values[-1] < 1.0:
        hint = "Write 0.3 for 30%, and a small share instead of 0 or 1 where the expert means nearly none or all."
        raise StrategyError(f"{name}: quantiles of a share lie above 0 and below 1", where=where, hint=hint)


def _check_levels(judgement: Judgement) -> None:
    name, levels, values, where = judgement.parameter, judgement.levels, judgement.values, judgement.where
    if len(levels) != len(values):
        raise StrategyError(
            f"{name}: {len(levels)} levels and {len(values)} values", where=where, hint="Give one value for each level."
        )
    if len(levels) < FEWEST:
        hint = "Give at least three, such as 0.05, 0.5 and 0.95."
        raise StrategyError(f"{name}: quantiles at {len(levels)} levels are too few", where=where, hint=hint)
    for level in levels:
        if not 0.0 < level < 1.0:
            hint = "A level is a probability: the share below the value."
            raise StrategyError(f"{name}: level {level:g} is not between 0 and 1", where=where, hint=hint)
    if not levels[0] < 0.5 < levels[-1]:
        hint = "Ask for one below the median and one above it, such as 0.05 and 0.95."
        raise StrategyError(f"{name}: levels on both sides of 0.5 are needed", where=where, hint=hint)
    for what, numbers in (("levels", levels), ("values", values)):
        for before, after in pairwise(numbers):
            if not before < after:
                hint = "A higher level has a higher value: put them in order, or ask again."
                message = f"{name}: {what} do not increase: {before:g}, then {after:g}"
                raise StrategyError(message, where=where, hint=hint)


def _range_of(judgements: Sequence[Judgement]) -> tuple[ParameterOverride, list[str]]:
    """The range that stands for what one or several experts say of a parameter, and what there is to tell of it."""
    name = judgements[0].parameter
    support = known_parameters()[name]
    family = ALLOWED[support].families[0]
    fits = [_fitted(judgement, family) for judgement in judgements]
    told = [line for judgement, of in zip(judgements, fits, strict=True) for line in _fit_lines(judgement, of)]
    if len(fits) == 1:
        low, central, high = quantiles.points(fits[0])
    else:
        low, central, high = (quantiles.rounded(quantiles.pooled_quantile(fits, level)) for level in quantiles.LEVELS)
        told.append(_pool_line(judgements, fits, (low, central, high), family))
    try:
        override = ParameterOverride(low=low, central=central, high=high, source=_source(judgements))
        wrong = next((problem for _, problem in problems(override, support)), "")
    except ValidationError:  # a spread so narrow or so wide that points fall on one another
        wrong = "its 5, 50 and 95% points cannot be told apart"
    if wrong:
        raise StrategyError(
            f"{name}: what is drawn from the quantiles is not allowed: {wrong}",
            where=judgements[0].where,
            hint="Give three levels, 0.05, 0.5 and 0.95, whose values the parameter can take and lie further apart.",
        )
    return override, told


def _fitted(judgement: Judgement, family: Shape) -> quantiles.TwoPiece:
    """The family nearest to what an expert states. Raises StrategyError where it is further off than REFUSED."""
    of = quantiles.fit(family, judgement.levels, judgement.values)
    off = 1.0 if of is None else quantiles.misfit(of, judgement.levels, judgement.values)
    if of is None or off > REFUSED:
        how = (
            "no such range is near"
            if of is None
            else f"the nearest is {_points(off)} off, more than {_points(REFUSED)}"
        )
        raise StrategyError(
            f"{judgement.parameter}: a two-piece {family} cannot follow these quantiles; {how}",
            where=judgement.where,
            hint="Ask again, or give three levels: 0.05, 0.5 and 0.95 are followed exactly.",
        )
    return of


def _fit_lines(judgement: Judgement, of: quantiles.TwoPiece) -> Iterator[str]:
    """How far off the fit of more than three quantiles is."""
    if len(judgement.levels) == FEWEST:
        return
    off = quantiles.misfit(of, judgement.levels, judgement.values)
    so_far = f"{judgement.parameter}: the {len(judgement.levels)} quantiles of {judgement.expert} are met"
    if off <= TOLD:
        yield f"{so_far} to within {_points(off)}"
        return
    stated = zip(judgement.levels, judgement.values, strict=True)
    level, value = max(stated, key=lambda pair: abs(quantiles.share_below(of, pair[1]) - pair[0]))
    share = quantiles.share_below(of, value)
    seen = f"{value:g}, stated for {level:.3g}, has {share:.3g} of draws below it"
    yield f"{so_far} only to within {_points(off)}: {seen}"


def _pool_line(
    judgements: Sequence[Judgement],
    fits: Sequence[quantiles.TwoPiece],
    points: tuple[float, float, float],
    family: Shape,
) -> str:
    """What the pool of several experts is. Raises StrategyError where no range of the family can stand for it."""
    name, where = judgements[0].parameter, judgements[-1].where
    stands = quantiles.fit(family, quantiles.LEVELS, points)
    off = 1.0 if stands is None else quantiles.departure(stands, fits)
    if off > REFUSED:
        raise StrategyError(
            f"{name}: {_names(judgements)} contradict each other; their pool is {_points(off)} off any one range, "
            f"more than {_points(REFUSED)}",
            where=where,
            hint="Give a file for each expert, assess with each, and compare them with `counterflow diff`.",
        )
    shape = f"{name}: pool of {_names(judgements)}: {' | '.join(f'{point:.4g}' for point in points)}"
    return f"{shape}, {'off' if off > TOLD else 'true to'} it by {_points(off)}"


def _source(judgements: Sequence[Judgement]) -> str:
    """On whose word: the experts, how they were pooled, and their notes."""
    notes = "; ".join(f"{judgement.expert}: {judgement.note}" for judgement in judgements if judgement.note)
    pooled = f", pooled with equal weights ({len(judgements)} experts)" if len(judgements) > 1 else ""
    return f"elicited from {_names(judgements)}{pooled}{f'. {notes}' if notes else ''}"


def _names(judgements: Sequence[Judgement]) -> str:
    """The experts in a list, set apart by semicolons where a name holds a comma."""
    names = [judgement.expert for judgement in judgements]
    comma = "; " if any("," in name for name in names) else ", "
    return comma.join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def _points(share: float) -> str:
    """A distance between probabilities, in points."""
    return f"{100.0 * share:.2g} percentage points"
