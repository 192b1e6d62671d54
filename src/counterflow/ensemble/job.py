"""What an ensemble is made from, and one piece of it: blocks of draws in one replicate, through all branches.

A piece's content depends on the job and the piece's number alone, so that it is the same wherever and whenever it runs.
Runs that are kept have one block a piece. Of reduced runs a piece leaves the same room however many blocks it has, so
there are never many more than PIECES of them: what is stored hardly grows with the number of draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from typing import NamedTuple

import numpy as np

from counterflow.ensemble import contrast, planning, reduction
from counterflow.ensemble import run as runner
from counterflow.ensemble.asked import Every
from counterflow.ensemble.contrast import Floats
from counterflow.ensemble.engine import refuse_another
from counterflow.ensemble.layout import Piece, pieces
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.reduction import Bins
from counterflow.ensemble.replay import refuse_impossible
from counterflow.ensemble.sampling import BLOCK, Draws, Sampling, draw, draw_block
from counterflow.model.costs import treasury_cost

PIECES = 64  # of reduced runs, in each replicate
MOST_BLOCKS = 128  # in a piece


class Job(NamedTuple):
    """What is run and what is kept of it; it travels to where pieces are run."""

    engine: Mapping[str, str]  # with what it has to be run
    at: Plan
    draws: int
    replicates: int
    outputs: tuple[str, ...]
    every: Every
    sampling: Sampling
    year: int | None  # in which the priors are known; None = now
    reduced: bool  # keep contrasts of each draw and courses through time over all of them, not the runs
    above: Mapping[str, tuple[float, ...]]  # values of an output, to count what lies above them
    bins: Mapping[str, Bins]  # by output, where reduced
    threads: int = 1  # branches that run side by side

    @property
    def blocks(self) -> int:
        """How many blocks of draws a piece has."""
        return min(-(-self.draws // (BLOCK * PIECES)), MOST_BLOCKS) if self.reduced else 1

    def piece(self, index: int) -> Piece:
        """The piece of a number."""
        return pieces(self.draws, self.replicates, self.blocks * BLOCK)[index]


class Ran(NamedTuple):
    """What a piece's runs gave, over the draws that are wanted."""

    draws: Draws
    by_week: Mapping[str, np.ndarray]  # (branch, draw, week, ...) float32
    by_month: Mapping[str, np.ndarray]  # (branch, draw, month, ...) float32
    before: Mapping[str, Floats]  # (draw,) as `before_levels`


def draws_for(
    at: Plan, count: int, as_of: date | None, *, weeks: int | None = None, sampling: Sampling | None = None
) -> Draws:
    """The first draws of a plan, from its priors as known at `as_of`, with noise for `weeks` weeks (None = all)."""
    return draw(
        count,
        at.seed,
        planning.LEVERS,
        len(at.weeks) if weeks is None else weeks,
        year=as_of.year if as_of else None,
        table=at.priors,
        sampling=sampling or Sampling(),
    )


def before_levels(at: Plan, batch: runner.Batch) -> dict[str, Floats]:
    """(draw,) mean a week over the 26 weeks before the first lever, of every outcome that is judged.

    Crossings and homicides as the series show them, deliveries and cooperation as the model has them.
    """
    levels = {
        "attempts": batch.state.last.crossings * batch.at.attempts,
        "fentanyl_delivered": batch.before.delivered,
        "homicides": np.full(len(np.asarray(batch.before.delivered)), at.observed.homicides.level),
        "cooperation": batch.before.cooperation,
    }
    return {name: np.asarray(level, np.float64) for name, level in levels.items()}


def costs_for(at: Plan, draws: Draws) -> np.ndarray:
    """(branch, draw, lever) what each lever costs the US treasury over the judged weeks, USD beyond the record."""
    found = np.zeros((len(at.branches), len(draws.intensity), len(planning.LEVERS)), np.float64)
    recorded = planning.recorded_path(at.weeks)[0]
    judged = slice(1, 1 + at.judged)
    for number, branch in enumerate(at.branches):
        paths = runner.branch_paths(branch, draws, at)
        # A campaign gives its strikes as a rate, whatever they are aimed at.
        strikes = runner.strikes_a_week(branch.strikes, at)
        for column, lever in enumerate(planning.LEVERS):
            change = paths[:, judged, column] - recorded[column]
            if lever == "military.strike_lab":
                change = change + strikes[judged]
            if change.any():
                weekly = treasury_cost(lever, change, draws.cost[:, column], at.weeks[judged])
                found[number, :, column] = weekly.sum(axis=1)
    return found


def run_block(job: Job, number: int, replicate: int) -> Ran:
    """Run a block of draws in one replicate.

    Raises ModelError where a value is not finite or a stock or flow negative, and saves that draw for replay;
    UsageError where this process has another engine than the job asks for.
    """
    refuse_another(job.engine)
    at, first = job.at, number * BLOCK
    planning.keep_compiled()
    draws = draw_block(
        number,
        at.seed,
        planning.LEVERS,
        len(at.weeks),
        year=job.year,
        table=at.priors,
        sampling=job.sampling,
        replicate=replicate,
    )
    # Contrasts are made of weekly runs.
    weekly = [*(contrast.OUTCOMES if job.reduced else ()), *(job.outputs if job.every == "week" else ())]
    monthly = job.outputs if job.every == "month" else ()
    with ThreadPoolExecutor(job.threads) if job.threads > 1 else nullcontext() as pool:
        batch, *parts = runner.run_branches(at, draws, tuple(dict.fromkeys(weekly)), monthly, pool=pool)
    wanted = min(BLOCK, job.draws - first)
    by_week, by_month = ({name: values[:, :wanted] for name, values in part.items()} for part in parts)
    for values, times in ((by_week, at.weeks), (by_month, runner.month_starts(at.weeks))):
        refuse_impossible(values, at.branches, draws, times, {**at.recipe, "replicate": replicate}, first=first)
    before = {name: level[:wanted] for name, level in before_levels(at, batch).items()}
    return Ran(runner.rows(draws, np.arange(wanted)), by_week, by_month, before)


def bins_around(job: Job, ran: Ran) -> dict[str, Bins]:
    """Where the values of each output lie in one piece: the bins in which those of all pieces are counted."""
    values = ran.by_month if job.every == "month" else ran.by_week
    return {name: reduction.bins_from(values[name]) for name in job.outputs}


def arrays_of(job: Job, index: int, first: Ran | None = None) -> dict[str, np.ndarray]:
    """Run a piece and give what is kept of it, each array as wide as its place in the layout (see `dataset.described`).

    `first` is what its first block gave, where that was run before. Raises as `run_block`.
    """
    piece = job.piece(index)
    parts: list[dict[str, np.ndarray]] = []
    totals: dict[str, reduction.Partial] = {}
    for number in range(piece.draws.start // BLOCK, -(-piece.draws.stop // BLOCK)):
        ran = first or run_block(job, number, piece.replicate)
        first = None
        values = ran.by_month if job.every == "month" else ran.by_week
        if job.reduced:
            branches = [branch.id for branch in job.at.branches]
            sizes = contrast.contrasts(ran.by_week, ran.before, branches, job.at.judged)
            part = {name: size[..., None] for name, size in sizes.items()}
            for name in job.outputs:
                some = reduction.partial(values[name], job.bins[name], job.above.get(name, ()))
                totals[name] = reduction.add(totals.get(name), some)
        else:
            part = {name: values[name][:, :, None] for name in job.outputs}
        if piece.replicate == 0:  # these do not differ between replicates
            part |= {f"before_{name}": np.asarray(level, np.float32) for name, level in ran.before.items()}
            part["treasury_cost"] = costs_for(job.at, ran.draws).astype(np.float32)
        parts.append(part)
    found = (
        parts[0]
        if len(parts) == 1
        else {name: np.concatenate([part[name] for part in parts], axis=_draws_along(name)) for name in parts[0]}
    )
    for name, total in totals.items():
        found |= reduction.stored(name, total)
    return found


def _draws_along(name: str) -> int:
    """Which axis of what is kept counts the draws."""
    if name.startswith("before_"):
        return 0
    return 2 if name.partition("_")[0] in contrast.MEASURES else 1
