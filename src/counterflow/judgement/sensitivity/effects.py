"""Shapley effects from given data: who accounts for the variance of each outcome, numbers that depend included.

The Shapley effect of a number, or of a group, is its Shapley value where the worth of a set S is Var(E[Y | X_S]) (Owen
2014, SIAM/ASA J. Uncertainty Quantification 2(1); for dependent inputs Song, Nelson & Staum 2016, the same journal
4(1)). Effects cannot overlap, add up to the whole variance with what is not explained, and need no independence.

E[Y | X_S] is estimated by least squares of the outcome on terms of S alone: normal scores of ranks, curves and products
(`terms`), as predictive worth of sets of features is by Williamson & Feng 2020 (ICML, PMLR 119), and of linear terms by
Lindeman, Merenda & Gold 1980 (Groemping 2007, The American Statistician 61(2)). A regression on S alone needs no model
of how the numbers depend on one another: what stands in for what is left out, its terms take over.

Why not nearest neighbours (Broto, Bachoc & Depecker 2020, SIAM/ASA J. Uncertainty Quantification 8(2)): both were
measured on known answers without chance, with 4,096 draws, 3 neighbours in normal scores and all orders, or 100. Mean
over 10 samples (3 for the neighbours of g) of the largest error of an effect, and of what was left unexplained, where
the truth is 0:

                                 neighbours        regression
    Ishigami (3 numbers)         0.034, 0.076      0.012, 0.013
    linear, correlated (4)       0.013, 0.020      0.006, 0.000
    Sobol' g (8 numbers)         0.140, 0.372      0.009, 0.009

The distance to neighbours grows with the numbers conditioned on, and what they miss for that looks like chance; with
two hundred numbers that would be nearly all. Over 30 samples of 1,024 draws, of these functions and of g among 68
numbers, the 90% intervals of the regression held the true effect in 83% to 97% of the samples, by effect.

What is not told: an outcome's dependence on three numbers at once, or on a kink between draws, beyond what products of
two smooth curves follow, counts as unexplained, together with chance where a draw has one replicate. Terms are chosen
on the draws that they are measured on: one that just passes is measured a little too high.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from scipy.stats import rankdata
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from counterflow.errors import JudgementError
from counterflow.judgement.sensitivity import shapley
from counterflow.judgement.sensitivity.curves import Floats, curves
from counterflow.judgement.sensitivity.terms import columns_of, terms_for
from counterflow.judgement.uncertain import LEVER, Uncertain

By = Literal["mechanism", "grade", "input"]
GROUPINGS: tuple[By, ...] = get_args(By)

OTHERS = "others"  # all inputs that do not stand out, as one player
UNEXPLAINED = "unexplained"  # what the terms do not follow; with one replicate, chance too
CHANCE = "chance"  # the scatter between replicates of a draw

PER_INPUT = 2.5  # draws needed for each input
LEAST_DRAWS = 200
SURE_VARIANCE = 0.2  # largest relative standard error of an outcome's variance; of a rare yes or no, 25 draws
MOST_DRAWS = 16_384  # more are not looked at: they would take memory and tell little more
MOST_TERMS = 500
MOST_PLAYERS = 20  # single inputs that are told apart
LEFT_OUT = 10  # groups of draws, left out in turn
CERTAINTY = 0.90


class Effect(NamedTuple):
    """One player's share of an outcome's variance. It can lie a little below 0 where there is nothing."""

    by: By
    outcome: str
    player: str  # a mechanism, a grade or an input; OTHERS, UNEXPLAINED, CHANCE
    share: float
    low: float  # 90% interval
    high: float
    inputs: tuple[str, ...]  # those that the player stands for


class Effects(NamedTuple):
    """Effects of every outcome, whose shares add up to 1 for each outcome and grouping; and what cannot be told."""

    effects: tuple[Effect, ...]
    untold: Mapping[str, str]  # outcomes without effects, and why

    def of(self, outcome: str, by: By) -> tuple[Effect, ...]:
        """The effects on one outcome in one grouping, the largest first."""
        found = [one for one in self.effects if (one.outcome, one.by) == (outcome, by)]
        return tuple(sorted(found, key=lambda one: -one.share))


def draws_needed(inputs: int) -> int:
    """How many draws the effects of as many inputs need."""
    return max(LEAST_DRAWS, int(np.ceil(PER_INPUT * inputs)))


def effects(
    of: Uncertain, outcomes: Mapping[str, np.ndarray], by: Sequence[By] = GROUPINGS, *, seed: int = 0
) -> Effects:
    """The Shapley effects of groups of inputs, and of the inputs that stand out, on each outcome.

    `outcomes` are (draw,) or (replicate, draw), true or false or numbers; the draws are those of `of.values`. Shares
    are of the variance of single runs; of outcomes with far-off values pass what `ranked` makes of them. Inputs are
    grouped `by` mechanism or by grade, where what is not known of the levers is a group of its own; by input, at most
    MOST_PLAYERS that stand out are players, and the others together one. Chance is told apart from what is unexplained
    where draws have replicates; what it does together with an input counts as chance. Intervals leave out groups of
    draws in turn (Kott 2001, J. Official Statistics 17(4)) and count the orders of players drawn; they take the choice
    of terms as given. Of more than MOST_DRAWS draws, as many are looked at, picked at random.

    Raises JudgementError for too few draws, for none whose inputs differ, and where outcomes are not finite or have
    other draws than the inputs.
    """
    draws, inputs = of.values.shape
    if not inputs:
        raise JudgementError("no input differs between the draws", hint="Draw from priors that leave something open.")
    if draws < draws_needed(inputs):
        raise JudgementError(
            f"{draws} draws are too few to tell the effects of {inputs} inputs",
            hint=f"At least {draws_needed(inputs)} are needed.",
        )
    rng = np.random.default_rng([seed, draws])
    taken = np.sort(rng.choice(draws, MOST_DRAWS, replace=False)) if draws > MOST_DRAWS else np.arange(draws)
    made = curves(of.values[taken])
    group = rng.permutation(len(taken)) % LEFT_OUT
    found: list[Effect] = []
    untold: dict[str, str] = {}
    for name, given in outcomes.items():
        runs = np.atleast_2d(np.asarray(given, np.float64))
        if runs.shape[1] != draws or not np.isfinite(runs).all():
            raise JudgementError(
                f"{name} has no finite value for each of {draws} draws",
                hint="Give a value, or one a replicate, for each draw of the inputs; leave out draws without one.",
            )
        if why := _cannot_tell(runs[:, taken]):
            untold[name] = why
        else:
            # Thousands of small factorizations gain nothing from more threads, and where other processes keep the cores
            # busy they wait for each other: 18 times as long was measured.
            with threadpool_limits(1, user_api="blas"):
                found += _effects_on(name, runs[:, taken], of, made, group, by, seed)
    return Effects(tuple(found), untold)


def ranked(outcome: np.ndarray) -> Floats:
    """The rank of each run of an outcome (draw,) or (replicate, draw) among all runs, from 0 to 1.

    Where a few draws make up most of an outcome's variance nothing can be told of it; of its ranks it can.
    """
    ranks = rankdata(outcome).reshape(np.shape(outcome)) - 0.5
    return np.asarray(ranks / np.size(outcome), np.float64)


def _cannot_tell(runs: Floats) -> str:
    """Why nothing is told of an outcome (replicate, draw); "" where something is."""
    about = runs - runs.mean()
    variance = float((about**2).mean())
    if variance <= 1e-18 * float((runs**2).mean()):
        return "it is the same in all draws"
    # The squared standard error of a variance, relative to it, from independent draws.
    error = float((about**4).mean()) / variance**2 - 1.0
    needed = int(np.ceil(error / SURE_VARIANCE**2))
    if needed <= runs.shape[1]:
        return ""
    enough = f"about {needed:,} are needed" if needed <= MOST_DRAWS else "its ranks can be told instead"
    return f"its variance rests on a few of {runs.shape[1]:,} draws: {enough}"


class _Moments(NamedTuple):
    """Sums over draws; of the products of constant, terms and outcome, and of the scatter within draws."""

    products: Floats  # (2 + term, 2 + term)
    within: float
    draws: int

    def without(self, some: _Moments) -> _Moments:
        return _Moments(self.products - some.products, self.within - some.within, self.draws - some.draws)


def _effects_on(
    name: str, runs: Floats, of: Uncertain, made: Floats, group: np.ndarray, by: Sequence[By], seed: int
) -> Iterable[Effect]:
    """The effects on one outcome, `runs` (replicate, draw)."""
    replicates, draws = runs.shape
    centre = runs.mean(axis=0)
    centre = (centre - centre.mean()) / max(float(runs.std()), 1e-300)
    within = runs.var(axis=0, ddof=1) / max(float(runs.var()), 1e-300) if replicates > 1 else np.zeros(draws)
    terms, important = terms_for(made, centre, min(draws // 2, MOST_TERMS))
    table = np.column_stack([np.ones(draws), columns_of(made, terms), centre])
    parts = []
    for number in range(LEFT_OUT):
        mine = group == number
        some = table[mine]
        parts.append(_Moments(some.T @ some, float(within[mine].sum()), int(mine.sum())))
    whole = _Moments(table.T @ table, float(within.sum()), draws)
    for grouping in by:
        players, owner = _players(of, grouping, important)
        owners = [frozenset(owner[column] for column, _ in term) for term in terms]
        every = shapley.orders(owners, len(players), np.random.default_rng([seed, len(players)]))
        few = every if len(every) < 2 * shapley.PAIRS else every[: 2 * shapley.FEW]
        shares, error = _shares(whole, every, replicates)
        left = np.stack([_shares(whole.without(part), few, replicates)[0] for part in parts])
        spread = (LEFT_OUT - 1) / LEFT_OUT * ((left - left.mean(axis=0)) ** 2).sum(axis=0)
        reach = student.ppf(0.5 + CERTAINTY / 2, LEFT_OUT - 1) * np.sqrt(spread + error**2)
        names = [*players, UNEXPLAINED, *([CHANCE] if replicates > 1 else [])]
        for number, player in enumerate(names):
            own = tuple(one.name for one, who in zip(of.inputs, owner, strict=True) if who == number)
            low, high = float(shares[number] - reach[number]), float(shares[number] + reach[number])
            yield Effect(grouping, name, player, float(shares[number]), low, high, own)


def _shares(of: _Moments, every: Sequence[shapley.Order], replicates: int) -> tuple[Floats, Floats]:
    """Shares of the variance of single runs by player, what is unexplained, and chance if known; and the error that
    the orders drawn bring."""
    values, error = shapley.values(of.products, of.draws, every)
    sums = of.products[0, -1]
    between = (of.products[-1, -1] - sums**2 / of.draws) / (of.draws - 1)
    within = of.within / of.draws
    total = between + within * (1.0 - 1.0 / replicates)
    own = values * between / total
    chance = within / total
    rest = [1.0 - own.sum() - chance, *([chance] if replicates > 1 else [])]
    return np.concatenate([own, rest]), np.concatenate([error * between / total, np.zeros(len(rest))])


def _players(of: Uncertain, by: By, important: Sequence[int]) -> tuple[list[str], list[int]]:
    """The players, and which of them each input belongs to."""
    if by == "input":
        few = len(of.inputs) <= MOST_PLAYERS
        single = list(range(len(of.inputs))) if few else list(important[:MOST_PLAYERS])
        names = [of.inputs[column].name for column in single]
        place = {column: number for number, column in enumerate(single)}
        if len(single) < len(of.inputs):
            names.append(OTHERS)
        return names, [place.get(column, len(single)) for column in range(len(of.inputs))]
    label = [one.mechanism if by == "mechanism" or one.mechanism == LEVER else one.grade for one in of.inputs]
    names = sorted(set(label), key=label.index) if by == "mechanism" else sorted(set(label))
    return names, [names.index(one) for one in label]
