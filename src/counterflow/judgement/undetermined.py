"""When the answer rests on something that nobody knows.

A headline is undetermined where moving any one grade-D parameter across its 90% interval carries its probability
across 1/3 or 2/3. Screening by the draws at hand says which parameters could; running again with the parameter
fixed at its 5% and 95% points, on the same draws and noise, decides. The interval is that of the draws: of a parameter
drawn from a posterior it is what the record leaves, and the others stay as each of its rows has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.ensemble import run
from counterflow.ensemble.contrast import OUTCOMES, REFERENCES, Floats, Reference, contrasts
from counterflow.ensemble.job import before_levels
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import Draws
from counterflow.judgement.headlines import LIKELY, UNLIKELY, Rule
from counterflow.judgement.schema import Decider, HeadlineId
from counterflow.model import priors
from counterflow.model.state import Forcing

PROBES = 62  # draws run again for each end of an interval: two parameters fill one batch
SCOUTS = 4  # draws that tell whether a parameter matters at all
SMALLEST_MOVE = 0.005  # relative change of an outcome
SMALLEST_SWING = 0.10  # two standard errors of a change of a probability among PROBES paired draws
Z95 = priors.Z95
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
    some = run.rows(draws, np.arange(run.BATCH) % min(per_end, len(draws.intensity)))
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
    used: frozenset[Key]  # parameters that move a headline's outcome at all, in some branch


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
    again = np.arange(PROBES) % min(PROBES, len(probes.intensity))
    found: dict[Cell, list[Decider]] = {cell: [] for cell in met}
    for (key, cell), size in probed.items():
        if cell not in open_cells[key]:
            continue
        change = (size >= threshold[cell[0]]).mean(axis=1) - met[cell][0, again].mean()
        first, last = (float(end) for end in np.clip(met[cell].mean() + change, 0.0, 1.0))
        if abs(last - first) >= SMALLEST_SWING and crosses([first, last]):
            found[cell].append(decider(at.priors, key, ends[key], first, last))
    return Decided(
        {
            cell: tuple(sorted(deciders, key=lambda d: -abs(d.probability_at_high - d.probability_at_low)))
            for cell, deciders in found.items()
        },
        frozenset(key for key, cell in moving if cell[2] == "none"),
    )


def decider(table: priors.Table, key: Key, ends: Floats, first: float, last: float) -> Decider:
    """A parameter that leaves a headline undetermined: its probability is `first` and `last` at the two ends."""
    prior = table[key[0]][key[1]]
    low, high = map(float, ends)
    return Decider(
        symbol=key[1],
        mechanism=key[0],
        meaning=prior.meaning,
        unit=prior.unit,
        low=low,
        high=high,
        probability_at_low=first,
        probability_at_high=last,
        flips_at=flip(low, high, first, last, logarithmic=prior.family == "lognormal"),
    )


def flip(low: float, high: float, first: float, last: float, *, logarithmic: bool) -> float:
    """The value at which the probability crosses 1/3 or 2/3 (the one nearer to the lower end), by interpolation
    between the ends of the interval, on the log scale for lognormal parameters.
    """
    limits = [limit for limit in (UNLIKELY, LIKELY) if min(first, last) < limit <= max(first, last)]
    share = min((limit - first) / (last - first) for limit in limits)
    if logarithmic:
        sign = np.sign(low)
        return float(sign * np.exp(np.log(sign * low) + share * (np.log(sign * high) - np.log(sign * low))))
    return float(low + share * (high - low))
