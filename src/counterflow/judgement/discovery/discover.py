"""Boxes and a tree for each headline: found in one half of the draws, tested in the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from math import ceil, inf
from typing import Literal, NamedTuple

import numpy as np

from counterflow.errors import JudgementError, did_you_mean
from counterflow.judgement.discovery import prim, tree
from counterflow.judgement.discovery.boxes import (
    LEVEL,
    Bools,
    Box,
    Floats,
    Share,
    chance_of,
    holm,
    inside,
    share,
    simplified,
)
from counterflow.judgement.uncertain import Input, Uncertain

LEAST_DRAWS = 200
LEAST_CASES = 30  # draws on the rarer side
MOST_BOXES = 3

Key = str | tuple[str, ...]  # a name, or headline, branch and reference
Side = Literal["met", "not met"]


class Restriction(NamedTuple):
    """low < input <= high; None where it is open."""

    input: Input
    low: float | None
    high: float | None
    p_value: float | None = None  # quasi-p-value of the restriction in the draws kept for testing; None in a tree


class Scenario(NamedTuple):
    """Conditions under which a headline is met, or not met, more often. All shares are those of the draws kept for
    testing, without those that an earlier scenario of the headline holds."""

    restrictions: tuple[Restriction, ...]  # the most significant first
    draws: int  # that meet the conditions
    density: Share  # of these, on the side asked for
    coverage: Share  # of all tested draws on that side, those that meet the conditions
    elsewhere: Share  # of the draws that do not meet the conditions, on that side
    p_value: float  # of a density this high at the rate of all these draws, corrected as `discover` says


class Step(NamedTuple):
    """A box on the way of the peeling. All numbers are those of the draws in which it was found, not tested."""

    restrictions: tuple[Restriction, ...]
    draws: int
    coverage: float
    density: float


class Leaf(NamedTuple):
    """One of the rules of a tree; together they hold every draw once."""

    restrictions: tuple[Restriction, ...]
    mass: float  # share of the draws kept for testing
    density: Share  # of these, on the side asked for


class Tree(NamedTuple):
    leaves: tuple[Leaf, ...]  # the densest first
    p_value: float  # of leaves that differ this much, corrected as `discover` says


class Untold(NamedTuple):
    """Why nothing is told: too few draws at all, too few on the rarer side, or nothing found that holds."""

    why: Literal["draws", "cases", "nothing"]
    has: float  # draws, or draws on the rarer side
    needed: int  # draws: that many at least, as far as these tell


class Discovery(NamedTuple):
    """What goes together with one headline, or the reason why nothing is told."""

    of: Key
    side: Side  # the rarer one
    draws: int
    tested: int  # of them, kept for testing
    base: Share  # of the tested draws, on that side
    scenarios: tuple[Scenario, ...] = ()
    tree: Tree | None = None
    trajectory: tuple[Step, ...] = ()  # the peeling that led to the first scenario
    untold: Untold | None = None


def discover(
    of: Uncertain,
    met: Mapping[Key, Floats],
    *,
    seed: int = 0,
    inputs: Sequence[str] | None = None,
    with_tree: bool = True,
) -> tuple[Discovery, ...]:
    """Under which values of the inputs each headline is met, one answer for each key of `met`, in its order.

    `met` (draw,) is whether the headline is met in a draw, or the share of its replicates in which it is, in [0, 1].
    Asked is the rarer side: where more than half meet it, when it is not met. `inputs` names the inputs looked at
    (None = all). Half of the draws, by `seed`, serve to find up to three boxes, each among the draws that the ones
    before do not hold, and a tree; everything told of them is counted in the other half. There, restrictions with a
    quasi-p-value above 0.05 are dropped, one at a time; the p-value of a box is multiplied by the boxes so looked at,
    and all p-values of the call are then corrected for their number by Holm's method. A box or tree above 0.05 is not
    told, nor a box after it. The p-values hold for the distribution that the draws are from: they tell of chance among
    the draws, and nothing about whether the model is right.

    Raises JudgementError where shapes do not fit or values are not finite or, of `met`, outside [0, 1], and for inputs
    that are not there; UsageError where a tree is asked for and scikit-learn is missing.
    """
    columns = _columns(of, inputs)
    table = tuple(of.inputs[column] for column in columns)
    values = np.ascontiguousarray(of.values[:, columns], np.float64)
    count = len(values)
    if not np.isfinite(values).all():
        raise JudgementError("an input is not finite in some draw")
    half = np.random.default_rng(seed).permutation(count) < count // 2  # those that serve to find
    answers: dict[Key, Discovery] = {}
    for key, one in met.items():
        share_met = _checked(key, one, count)
        side: Side = "not met" if count and share_met.mean() > 0.5 else "met"
        hits = share_met if side == "met" else 1.0 - share_met
        base = share(float(hits[~half].sum()), int((~half).sum()))
        answer = Discovery(key, side, count, int(base.of), base)
        if untold := _too_few(count, float(hits.sum())):
            answers[key] = answer._replace(untold=untold)
            continue
        scenarios, way = _scenarios(values, hits, half, table)
        grown = _tree(values, hits, half, table) if with_tree else None
        answers[key] = answer._replace(scenarios=scenarios, tree=grown, trajectory=way)
    found = [*(one for answer in answers.values() for one in (*answer.scenarios, answer.tree) if one)]
    corrected = iter(holm([one.p_value for one in found]))
    return tuple(_sure(answer, corrected) for answer in answers.values())


def _sure(answer: Discovery, corrected: Iterator[float]) -> Discovery:
    """The answer with its next p-values corrected, and without what does not hold."""
    if answer.untold:
        return answer
    scenarios = [one._replace(p_value=next(corrected)) for one in answer.scenarios]
    grown = answer.tree and answer.tree._replace(p_value=next(corrected))
    told = tuple(takewhile(lambda one: one.p_value <= LEVEL, scenarios))
    grown = grown if grown and grown.p_value <= LEVEL else None
    untold = None if told or grown else Untold("nothing", answer.tested, 0)
    return answer._replace(scenarios=told, tree=grown, untold=untold)


def _columns(of: Uncertain, inputs: Sequence[str] | None) -> list[int]:
    """The columns looked at, by name: so their order in the table decides nothing."""
    known = {one.name: column for column, one in enumerate(of.inputs)}
    for name in inputs or ():
        if name not in known:
            raise JudgementError(f"no input {name!r} differs between the draws", hint=did_you_mean(name, known))
    return [known[name] for name in sorted(known if inputs is None else set(inputs))]


def _checked(key: Key, met: Floats, count: int) -> Floats:
    met = np.asarray(met, np.float64)
    if met.shape != (count,):
        raise JudgementError(f"{met.shape} values for {count} draws", where=str(key))
    if not ((met >= 0.0) & (met <= 1.0)).all():
        raise JudgementError("whether a headline is met has to lie between 0 and 1", where=str(key))
    return met


def _too_few(count: int, hits: float) -> Untold | None:
    if hits >= LEAST_CASES and count >= LEAST_DRAWS:
        return None
    # With no case at all the share is below 3/draws (the rule of three: Hanley and Lippman-Hand 1983, JAMA 249).
    needed = ceil(LEAST_CASES * count / (hits if hits > 0.0 else 3.0)) if count else LEAST_DRAWS
    if count < LEAST_DRAWS:
        return Untold("draws", count, LEAST_DRAWS)
    return Untold("cases", hits, max(needed, LEAST_DRAWS))


def _scenarios(
    values: Floats, hits: Floats, half: Bools, table: Sequence[Input]
) -> tuple[tuple[Scenario, ...], tuple[Step, ...]]:
    """What is found, with p-values corrected for the boxes looked at alone, and the way to the first box."""
    found: list[Scenario] = []
    way: tuple[Step, ...] = ()
    left = np.ones(len(hits), bool)  # draws that no box holds so far
    all_hits = float(hits[~half].sum())
    while len(found) < MOST_BOXES:
        seek, test = left & half, left & ~half
        if not seek.any() or not test.any() or not 0.0 < hits[seek].mean() < 1.0:
            break
        peeled = prim.find(values[seek], hits[seek])
        if not found:
            way = tuple(Step(_restrictions(one.box, table), *one[1:]) for one in peeled.trajectory)
        box, quasi, looked = simplified(peeled.box, values[test], hits[test])
        if not box:
            break
        held = inside(box, values)
        inner, outer = held & test, ~held & test
        hit, draws = float(hits[inner].sum()), int(inner.sum())
        found.append(
            Scenario(
                restrictions=tuple(sorted(_restrictions(box, table, quasi), key=lambda one: one.p_value or 0.0)),
                draws=draws,
                density=share(hit, draws),
                coverage=share(hit, all_hits),
                elsewhere=share(float(hits[outer].sum()), int(outer.sum())),
                p_value=min(1.0, looked * chance_of(hit, draws, float(hits[test].mean()))),
            )
        )
        left &= ~held
    return tuple(found), way


def _tree(values: Floats, hits: Floats, half: Bools, table: Sequence[Input]) -> Tree | None:
    boxes = tree.grow(values[half], hits[half])
    if len(boxes) == 1:
        return None
    held = [inside(box, values) & ~half for box in boxes]
    draws = [int(one.sum()) for one in held]
    met = [float(hits[one].sum()) for one in held]
    leaves = [
        Leaf(_restrictions(box, table), count / sum(draws), share(hit, count))
        for box, count, hit in zip(boxes, draws, met, strict=True)
    ]
    leaves.sort(key=lambda leaf: -np.nan_to_num(leaf.density.value))
    return Tree(tuple(leaves), tree.leaves_p(draws, met))


def _restrictions(box: Box, table: Sequence[Input], quasi: Sequence[float] = ()) -> tuple[Restriction, ...]:
    p_values: Sequence[float | None] = quasi or [None] * len(box)
    return tuple(
        Restriction(table[column], None if low == -inf else low, None if high == inf else high, p_value)
        for (column, low, high), p_value in zip(box, p_values, strict=True)
    )
