"""When the answer rests on something that nobody knows.

A headline is undetermined where moving any one grade-D parameter across its 90% interval carries its probability
across 1/3 or 2/3. Screening by the draws at hand says which parameters could; running again with the parameter
fixed at its 5% and 95% points, on the same draws and noise, decides. The interval is that of the draws: of a parameter
drawn from a posterior it is what the record leaves, and the others stay as each of its rows has them.

Both ends of the interval are estimates. A parameter is said to carry a probability across a limit where

- the probability changes by SMALLEST_SWING at least,
- the change is more than chance would make of any of the grade-D parameters looked at for that headline, at a level of
  CHANCE in all (Bonferroni), by its paired standard error, and
- each of the two ends lies beyond the limit by at least one standard error of that end.

What a reader should make of the last: an end that is just one standard error beyond is on that side with five chances
in six. A headline that is not undetermined by so little can be so with more draws, and the other way round; what lies
clearly on either side stays. The ranges of the levers are the strategy's, not the model's: they leave nothing
undetermined, whatever their grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.special import ndtr, ndtri

from counterflow.ensemble import run
from counterflow.ensemble.contrast import OUTCOMES, REFERENCES, Floats, Reference, contrasts
from counterflow.ensemble.job import before_levels
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import Draws
from counterflow.judgement.headlines import LIKELY, UNLIKELY, Rule, standard_error
from counterflow.judgement.schema import Decider, HeadlineId
from counterflow.judgement.studies import study_of
from counterflow.model import priors
from counterflow.model.state import Forcing

PROBES = 62  # draws run again for each end of an interval: two parameters fill one batch
SCOUTS = 4  # draws that tell whether a parameter matters at all
SMALLEST_MOVE = 0.005  # relative change of an outcome
SMALLEST_SWING = 0.10  # change of a probability that is worth a word
CHANCE = 0.05  # how often, over all parameters of a headline, one that does nothing may seem to do something
Z95 = priors.Z95
SCORES: Floats = np.array([-Z95, Z95])  # the ends of a 90% interval
TERCILE_SCORE = 1.0908  # mean of the standard normal beyond its upper third

Cell = tuple[HeadlineId, str, Reference]  # headline, branch, reference
Key = tuple[str, str]  # mechanism, symbol


def movable(table: priors.Table) -> list[Key]:
    """Parameters that are drawn one by one: jointly drawn and fixed ones have no interval of their own."""
    return [
        (mechanism, symbol)
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
        if prior.family not in ("fixed", "joint", "bernoulli")
    ]


def crosses(probabilities: Sequence[float]) -> bool:
    """Whether some of the probabilities lie on different sides of 1/3 or of 2/3."""
    return any(min(probabilities) < limit <= max(probabilities) for limit in (UNLIKELY, LIKELY))


def clearly_crosses(probabilities: Sequence[float], errors: Sequence[float]) -> bool:
    """Whether two probabilities lie on different sides of 1/3 or of 2/3, each by at least its own standard error."""
    (low, low_error), (high, high_error) = sorted(zip(probabilities, errors, strict=True))
    return any(low + low_error <= limit <= high - high_error for limit in (UNLIKELY, LIKELY))


def limit_of(looked_at: int) -> float:
    """How many standard errors a change must have, of so many parameters that are looked at for one headline."""
    return float(ndtri(1.0 - CHANCE / (2 * max(looked_at, 1))))


def could_cross(order: np.ndarray, met: np.ndarray) -> bool:
    """Whether the draws at hand leave room for a crossing when a parameter moves over its 90% interval.

    `order` (draw,) sorts the draws by the parameter's value, `met` (draw,) is the share of a draw's replicates that
    meet the headline. Compares the outer thirds of the draws, extrapolates to the 5% and 95% points on the normal
    score, and adds two standard errors on each side, as if a draw had one replicate, so that only what is clearly flat
    is left out.
    """
    third = len(order) // 3
    low, high = met[order[:third]].mean(), met[order[-third:]].mean()
    centre = met.mean()
    spread = max(float(centre * (1.0 - centre)), 0.25 / len(met))
    error = 2.0 * np.sqrt(2.0 * spread / third)
    reach = (abs(high - low) + error) * Z95 / (2.0 * TERCILE_SCORE)
    return crosses([max(centre - reach, 0.0), min(centre + reach, 1.0)])


def value_of(draws: Draws, key: Key) -> Floats:
    """(draw,) values of one parameter."""
    return np.asarray(getattr(getattr(draws.parameters, key[0]), key[1]))


class Prober(NamedTuple):
    """Runs with parameters replaced: the draws of a full batch, and what no candidate parameter moves."""

    at: Plan
    rules: tuple[Rule, ...]
    draws: Draws
    groups: tuple[Array, Array]  # the groups when the record begins: no candidate moves them before
    forcings: Mapping[str, Forcing]  # by branch id


def prober(at: Plan, rules: Sequence[Rule], draws: Draws, per_end: int) -> Prober:
    """The first `per_end` draws, over and over until the batch is full."""
    some = run.rows(draws, np.arange(run.BATCH) % per_end % len(draws.intensity))
    groups = run.groups_before(at, jax.tree.map(jnp.asarray, some.parameters))
    forcings = {branch.id: run.forcing(branch, some, at) for branch in at.branches}
    return Prober(at, tuple(rules), some, groups, forcings)


def with_values(draws: Draws, key: Key, where: slice, values: Floats) -> Draws:
    """The draws with one parameter replaced in some of them. Where Richardson's condition then fails, the
    responses are shrunk to half of what it allows."""
    mechanism, symbol = key
    table = getattr(draws.parameters, mechanism)
    changed = np.array(getattr(table, symbol))
    changed[where] = values
    table = table._replace(**{symbol: changed})
    if mechanism == "diplomacy":
        limit = (1.0 - table.a_ref) ** 2
        product = table.b_UM * table.b_MU
        shrink = np.where(product >= limit, np.sqrt(limit / np.maximum(2.0 * product, 1e-12)), 1.0)
        table = table._replace(b_UM=table.b_UM * shrink, b_MU=table.b_MU * shrink)
    return draws._replace(parameters=draws.parameters._replace(**{mechanism: table}))


def sizes(of: Prober, draws: Draws, branches: Sequence[str]) -> dict[Cell, Floats]:
    """(draw,) how far each headline's outcome moves in each branch, against both references."""
    batch = run.prepare(of.at, draws, of.groups)
    runs = {branch: run.run_batch(batch, of.at, of.forcings[branch], OUTCOMES)[0] for branch in ("none", *branches)}
    values = {outcome: np.stack([found[outcome] for found in runs.values()]) for outcome in OUTCOMES}
    moved = contrasts(values, before_levels(of.at, batch), list(runs), of.at.judged)
    return {
        (rule.id, branch, reference): rule.size(moved[rule.contrast][row, column])
        for rule in of.rules
        for row, branch in enumerate(runs)
        for column, reference in enumerate(REFERENCES)
        if branch != "none"
    }


def ends_of(key: Key, draws: Draws) -> Floats:
    """(2,) the 5% and 95% points of a parameter as drawn, posterior and joint conditions included."""
    return np.quantile(value_of(draws, key).astype(np.float64), [0.05, 0.95])


Sweep = dict[tuple[Key, Cell], Floats]  # (2, per_end) sizes at both ends of a parameter's interval


def sweep(
    of: Prober,
    ends: Mapping[Key, Floats],
    branches_of: Mapping[Key, Sequence[str]],
    per_end: int,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Run the branches named for each parameter with that parameter at both of its `ends`; as many parameters share
    a batch as fit."""
    share = run.BATCH // (2 * per_end)
    keys = list(branches_of)
    groups = [keys[first : first + share] for first in range(0, len(keys), share)]

    def one(group: Sequence[Key]) -> Sweep:
        draws = of.draws
        for number, key in enumerate(group):
            where = slice(2 * per_end * number, 2 * per_end * (number + 1))
            draws = with_values(draws, key, where, np.repeat(ends[key], per_end))
        branches = list(dict.fromkeys(branch for key in group for branch in branches_of[key]))
        return {
            (key, cell): size[2 * per_end * number : 2 * per_end * (number + 1)].reshape(2, per_end)
            for cell, size in sizes(of, draws, branches).items()
            for number, key in enumerate(group)
        }

    found: Sweep = {}
    with run.workers() as pool:
        for number, part in enumerate(pool.map(one, groups)):
            found |= part
            if progress:
                progress(number + 1, len(groups))
    return found


class Decided(NamedTuple):
    """What the headlines turn on."""

    deciders: dict[Cell, tuple[Decider, ...]]  # parameters that leave a headline undetermined, widest swing first
    used: frozenset[Key]  # parameters that move a headline's outcome at all, against `none` in some branch
    used_by: Mapping[Cell, frozenset[Key]]  # those that move the outcome of this headline, branch and reference


def decide(
    at: Plan,
    draws: Draws,
    probes: Draws,
    rules: Sequence[Rule],
    met: Mapping[Cell, np.ndarray],
    progress: Callable[[int, int], None] | None = None,
) -> Decided:
    """For each headline, branch and reference the grade-D parameters that leave it undetermined.

    `met` holds (replicate, draw) whether each headline is met. `draws` are those draws, whose noise is not looked at,
    and `probes` the first of them with the noise of the first replicate: of these PROBES are run again at most. A few
    draws first tell which parameters move an outcome against the run without the strategy at all. The probability with
    a parameter fixed is that of all runs plus the paired change among the probes.
    """
    ends = {key: ends_of(key, draws) for key in movable(at.priors)}
    branches = list(dict.fromkeys(branch for _, branch, _ in met))
    scouted = sweep(prober(at, rules, probes, SCOUTS), ends, dict.fromkeys(ends, branches), SCOUTS)
    moving = {pair for pair, size in scouted.items() if np.abs(size[1] - size[0]).max() >= SMALLEST_MOVE}
    shares = {cell: hits.mean(axis=0) for cell, hits in met.items()}
    open_cells: dict[Key, list[Cell]] = {}
    for key in ends:
        cells = [cell for cell in met if (key, cell) in moving]
        if cells and at.priors[key[0]][key[1]].grade == "D":
            order = np.argsort(value_of(draws, key), kind="stable")
            open_cells[key] = [cell for cell in cells if could_cross(order, shares[cell])]
    probed = sweep(
        prober(at, rules, probes, PROBES),
        ends,
        {key: list(dict.fromkeys(cell[1] for cell in cells)) for key, cells in open_cells.items() if cells},
        PROBES,
        progress,
    )
    threshold = {rule.id: rule.threshold for rule in rules}
    looked_at = Counter(cell for cells in open_cells.values() for cell in cells)
    found: dict[Cell, list[Decider]] = {cell: [] for cell in met}
    for (key, cell), size in probed.items():
        if cell not in open_cells[key]:
            continue
        moved = moved_to(met[cell], size[:, : len(probes.intensity)] >= threshold[cell[0]])
        if moved.decides(limit_of(looked_at[cell])):
            found[cell].append(decider(at.priors, key, value_of(draws, key), SCORES, moved.probabilities))
    return Decided(
        {cell: tuple(sorted(deciders, key=lambda one: -swing(one))) for cell, deciders in found.items()},
        frozenset(key for key, cell in moving if cell[2] == "none"),
        {cell: frozenset(key for key, other in moving if other == cell) for cell in met},
    )


class Moved(NamedTuple):
    """The probability of a headline with one parameter at either end of its interval, and standard errors."""

    probabilities: Floats  # (2,) as estimated: by chance they can lie outside [0, 1]
    errors: Floats  # (2,) of each
    error: float  # of the change from one to the other

    def decides(self, limit: float) -> bool:
        """Whether the parameter carries the probability across 1/3 or 2/3, the change more than `limit` errors."""
        change = abs(float(self.probabilities[1] - self.probabilities[0]))
        return change >= max(SMALLEST_SWING, limit * self.error) and clearly_crosses(
            list(self.probabilities), list(self.errors)
        )


def moved_to(met: np.ndarray, hit: np.ndarray) -> Moved:
    """From whether the headline is `met` (replicate, draw) in all runs, and whether it is `hit` (2, probe) by the first
    draws in the first replicate's noise once the parameter is at either end.

    The probability at an end is that of all runs plus the paired change among the probes. The error of the change from
    one end to the other is that of McNemar (1947, Psychometrika 12): the root of the number of probes that differ.
    """
    probes, draws = hit.shape[1], met.shape[1]
    by_draw = met.mean(axis=0)
    change = hit.astype(np.float64) - met[0, :probes]
    off = change - change.mean(axis=1, keepdims=True)
    together = off @ (by_draw[:probes] - by_draw[:probes].mean()) / probes  # probes are some of the draws
    spread = standard_error(met) ** 2 + (off**2).mean(axis=1) / probes + 2.0 * together / draws
    differing = np.count_nonzero(hit[0] != hit[1])
    return Moved(
        by_draw.mean() + change.mean(axis=1), np.sqrt(np.maximum(spread, 0.0)), float(np.sqrt(differing) / probes)
    )


def decider(table: priors.Table, key: Key, values: np.ndarray, scores: Floats, probabilities: Floats) -> Decider:
    """A parameter that leaves a headline undetermined: `values` (draw,) are its own, `probabilities` (score,) those of
    the headline with the parameter at each of some ascending normal scores, from the 5% to the 95% point."""
    prior = table[key[0]][key[1]]
    low, high = np.quantile(values.astype(np.float64), [0.05, 0.95])
    first, last = np.clip(probabilities[[0, -1]], 0.0, 1.0)
    return Decider(
        symbol=key[1],
        mechanism=key[0],
        meaning=prior.meaning,
        unit=prior.unit,
        low=float(low),
        high=float(high),
        probability_at_low=float(first),
        probability_at_high=float(last),
        flips_at=flip_values(values, scores, probabilities),
        study=study_of(".".join(key)),
    )


def swing(of: Decider) -> float:
    """How far a parameter moves the probability from one end of its interval to the other."""
    return abs(of.probability_at_high - of.probability_at_low)


def flip_values(values: np.ndarray, scores: Floats, probabilities: Floats) -> tuple[float, ...]:
    """The values at which a probability crosses 1/3 or 2/3, ascending.

    Between the `scores` at which it is known it is taken to be a straight line on the parameter's normal score, and a
    score to be that quantile of the parameter's `values` (draw,) as drawn: what the prior or the posterior looks like
    does not matter.
    """
    found = []
    for limit in (UNLIKELY, LIKELY):
        above = probabilities >= limit
        for place in np.flatnonzero(above[1:] != above[:-1]):
            start, step = probabilities[place], probabilities[place + 1] - probabilities[place]
            found.append(scores[place] + (limit - start) / step * (scores[place + 1] - scores[place]))
    return tuple(map(float, np.unique(np.quantile(values.astype(np.float64), ndtr(found)))))
