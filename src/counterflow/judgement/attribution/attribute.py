"""Which lever deserves how much of what a branch changes: Shapley values over subsets of its levers, draw by draw.

A subset is run as a branch with nothing but its levers' entries, on the same draws and noise as all others. What a
subset is worth is its change against the run without the strategy, so that the parts of all levers add up to the
change of the whole branch in every draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from counterflow.ensemble import planning, run
from counterflow.ensemble.contrast import deepest_sustained_fall, relative_change, window
from counterflow.ensemble.gather import Progress
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.packed import Packed, pack, run_packed
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.replay import refuse_impossible
from counterflow.ensemble.sampling import Draws, Sampling
from counterflow.ensemble.simulate import plan_for
from counterflow.errors import JudgementError, UsageError, did_you_mean
from counterflow.evidence.store import Store
from counterflow.judgement.attribution import game, separable
from counterflow.judgement.attribution.schema import Amount, Attribution, Group, Member, OutcomeShares
from counterflow.judgement.headlines import rules
from counterflow.judgement.uncertain import uncertain
from counterflow.strategy.catalogue import lever
from counterflow.strategy.designs import STRIKES, moved, with_only
from counterflow.strategy.schema import Branch, Strategy

OTHERS = "others"  # all levers that were not named, as one player
FEWEST = 20  # draws: of fewer, no 5% of them can be told
MOST_EXACT = 12  # players of whom all subsets are run without being asked for
MOST_ASKED = 16  # players of whom all subsets are run when asked for
MOST_RUNS = 300_000  # runs that are made without being asked for: all subsets of 12 levers over 62 draws are 254,000
PAIRS = 64  # of orders at most, where they are sampled
FEWEST_PAIRS = 2  # of fewer no error can be told
AT_ONCE = 64  # branches that are in memory together
BESIDES = ("overdose_deaths",)  # shared out beside the outcomes that headlines are about

Floats = game.Floats
Measure = Literal["change", "fall"]


class Players(NamedTuple):
    """Among whom a change is shared out."""

    names: tuple[str, ...]
    levers: tuple[frozenset[str], ...]  # what each one is on with
    idle: tuple[str, ...]  # levers of the branch that move nothing, in any draw


def measures() -> dict[str, Measure]:
    """What is shared out of each outcome: what its headline looks at, or its change."""
    found: dict[str, Measure] = {
        rule.outcome: "fall" if rule.direction == "sustained fall" else "change" for rule in rules()
    }
    return found | dict.fromkeys(BESIDES, "change")


class NothingMoves(JudgementError):
    """A branch that moves no lever within the weeks that are judged: there is nothing to share out."""


def attribute(
    strategy: Strategy,
    store: Store,
    *,
    branch: str = "as_on_record",
    levers: Sequence[str] | None = None,
    draws: int = 62,
    years: int = 3,
    seed: int = 0,
    exact: bool = False,
    posterior: Posterior | None = None,
    progress: Progress | None = None,
    most_runs: int | None = None,
    through: Sequence[str] = (),
) -> Attribution:
    """Share out among its levers what a branch changes of each outcome, with what the record cannot tell apart bundled.

    With `levers` the change is shared out among those, and what the branch moves besides counts as one more, `others`.
    Every subset is run for up to 12 levers and 300,000 runs, or where `exact` asks for it; else orders are sampled.
    Where `most_runs` is given, it takes the place of that number, and as many pairs of orders are sampled as it allows,
    2 to 64. Parameters come from the `posterior`, or from the priors without one. `through` is that of `run_packed`.

    Raises JudgementError for fewer than 20 or more than 250 draws and years outside 2 to 10, NothingMoves for a branch
    that moves no lever; UsageError for a branch that is not there, a lever that it does not move, and `exact` for more
    than 16 levers; ModelError where a run breaks.
    """
    if not FEWEST <= draws <= run.BATCH:
        raise JudgementError(
            f"{draws} draws asked for", hint=f"Give {FEWEST} to {run.BATCH}: of fewer no 5% can be told."
        )
    if branch == "none":
        raise JudgementError("the run without the strategy has no levers", hint="Name another branch.")
    at = plan_for(strategy, store, years=years, seed=seed, only=["none", branch])
    drawn = draws_for(at, draws, None, sampling=Sampling(posterior=posterior))
    of = pack(at, drawn)
    whole = at.branches[1]
    players = players_of(at, drawn, whole, levers)
    count = len(players.names)
    if exact and count > MOST_ASKED:
        raise UsageError(
            f"all subsets of {count} levers make {2**count:,} branches; those of at most {MOST_ASKED} levers are run",
            where="--exact",
            hint="Name fewer levers, or let orders be sampled.",
        )
    limit, pairs = MOST_RUNS, PAIRS
    if most_runs is not None:
        limit, pairs = most_runs, min(PAIRS, max(FEWEST_PAIRS, most_runs // (2 * count * draws)))
    every = exact or (count <= MOST_EXACT and 2**count * draws <= limit)
    order = game.orders(count, pairs, seed)
    there = np.arange(2**count) if every else np.unique(game.arrivals(order))
    alone = np.int64(1) << np.arange(count)
    masks = np.union1d(there, alone)
    worths, shown = _worths(of, whole, players, masks, store, progress, through)
    outcomes = []
    for outcome, worth in worths.items():  # worth (mask, draw)
        if every:
            parts, values = None, game.exact(worth)
        else:
            parts = game.added(order, worth[np.searchsorted(masks, game.arrivals(order))])
            values = game.sampled(parts).values
        bundles = separable.bundles(values, shown[outcome])
        credits: dict[int, game.Credit] = {}
        for bundle in bundles if every else ():
            credits |= dict(zip(bundle.players, game.credit(worth, bundle.players), strict=True))
        total = worth[np.searchsorted(masks, 2**count - 1)]
        outcomes.append(_shared(outcome, players, total, values, parts, bundles, credits, shown[outcome]))
    return Attribution(
        branch=branch,
        reference="none",
        weeks=window(at.judged),
        levers=players.names,
        idle=players.idle,
        draws=draws,
        years=years,
        seed=seed,
        runs=len(masks) * draws,
        method="exact" if every else "sampled",
        orders=None if every else len(order),
        posterior=posterior.source if posterior else "",
        grades=dict(sorted(Counter(one.grade for one in uncertain(at, drawn).inputs).items())),
        outcomes=tuple(outcomes),
    )


def players_of(at: Plan, draws: Draws, whole: Branch, levers: Sequence[str] | None) -> Players:
    """The players of a branch: its levers one by one, or those named and all others as one.

    A lever whose entries leave its path as it is without them, in every draw, is left out: a run depends on its entries
    through that path alone, so that it adds nothing to any subset. No other lever is left out, since one that moves
    nothing alone may still act with others. Raises NothingMoves where none is left, UsageError for a lever that the
    branch does not move.
    """
    names = moved(whole)
    for name in levers or ():
        if name not in names:
            raise UsageError(
                f"the branch {whole.id} does not move a lever {name!r}",
                where="levers",
                hint=f"{did_you_mean(name, names)}It moves {', '.join(names) or 'none at all'}.",
            )
    paths, still = run.branch_paths(whole, draws, at), run.branch_paths(planning.NONE, draws, at)
    moving = {name for column, name in enumerate(planning.LEVERS) if (paths[..., column] != still[..., column]).any()}
    if run.strikes_a_week(whole.strikes, at)[: 1 + at.judged].any():
        moving.add(STRIKES)
    acting = [name for name in names if name in moving]
    if not acting:
        raise NothingMoves(
            f"the branch {whole.id} moves no lever within the weeks that are judged",
            hint="There is nothing to share out: name another branch.",
        )
    chosen = [name for name in acting if levers is None or name in levers]
    sets = {name: frozenset([name]) for name in chosen}
    if rest := frozenset(acting) - frozenset(chosen):
        sets[OTHERS] = rest
    return Players(tuple(sets), tuple(sets.values()), tuple(name for name in names if name not in moving))


def _worths(
    of: Packed,
    whole: Branch,
    players: Players,
    masks: game.Masks,
    store: Store,
    progress: Progress | None,
    through: Sequence[str],
) -> tuple[dict[str, Floats], dict[str, separable.Shown | None]]:
    """What each subset is worth by outcome (mask, draw), and what each lever alone does to the series that shows it."""
    at, over = of.at, window(of.at.judged)
    found = measures()
    series = {outcome: separable.series_of(outcome) for outcome in found}
    outputs = tuple(dict.fromkeys([*found, *(name for name in series.values() if name)]))
    month = (at.weeks + 3).astype("datetime64[M]")  # that of each week's Thursday
    # The first week is the week before the first lever, and no month that it shares.
    known = {
        name: separable.months_known(store, name, month[1], month[at.judged])
        for name in outputs
        if name in series.values()
    }
    worths = {outcome: np.zeros((len(masks), len(of.draws.intensity))) for outcome in found}
    monthly = {
        name: np.zeros((len(players.names), len(of.draws.intensity), len(months))) for name, months in known.items()
    }
    none: Mapping[str, np.ndarray] = {}
    for first in range(0, len(masks), AT_ONCE):
        some = masks[first : first + AT_ONCE]
        branches = [_subset(whole, players, int(mask)) for mask in some]
        values = run_packed(of, branches, outputs, through=through)
        refuse_impossible(values, branches, of.draws, at.weeks, at.recipe)
        if not none:
            none = {name: value[:1] for name, value in values.items()}  # masks begin with the empty one
        for outcome, measure in found.items():
            size = deepest_sustained_fall if measure == "fall" else relative_change
            worths[outcome][first : first + len(some)] = size(values[outcome], none[outcome], over)
        for row, mask in enumerate(some):
            if int(mask).bit_count() == 1:
                player = int(mask).bit_length() - 1
                for name, months in known.items():
                    monthly[name][player] = _log_ratio(values[name][row], none[name][0], month, months)
        if progress:
            progress((first + len(some)) * len(of.draws.intensity), len(masks) * len(of.draws.intensity))
    shown = {
        name: separable.Shown(months, separable.scatter_of(store, name, at.first_lever))
        for name, months in monthly.items()
    }
    return worths, {outcome: shown[name] if name else None for outcome, name in series.items()}


def _log_ratio(values: np.ndarray, none: np.ndarray, month: np.ndarray, months: np.ndarray) -> Floats:
    """(draw, month) log of the sum over each month's weeks, over that without the strategy."""
    within = (month[:, None] == months).astype(float)  # (week, month)
    tiny = 1e-9
    return np.asarray(np.log(np.maximum(values @ within, tiny)) - np.log(np.maximum(none @ within, tiny)))


def _subset(whole: Branch, players: Players, mask: int) -> Branch:
    on = frozenset[str]().union(*(levers for bit, levers in enumerate(players.levers) if mask >> bit & 1))
    return with_only(whole, on, "+".join(sorted(on)) or "none")


def amount(values: Floats, order_error: float = 0.0) -> Amount:
    """A change over the draws (draw,), `order_error` the standard error of its mean from the orders sampled."""
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    error = np.hypot(values.std(ddof=1) / np.sqrt(len(values)), order_error)
    return Amount(
        mean=float(values.mean()), mc_error=float(error), low=float(low), median=float(median), high=float(high)
    )


def _shared(
    outcome: str,
    players: Players,
    total: Floats,
    values: Floats,
    parts: Floats | None,
    bundles: Sequence[separable.Bundle],
    credits: Mapping[int, game.Credit],
    shown: separable.Shown | None,
) -> OutcomeShares:
    """The shares of one outcome by bundle: from `values` (player, draw), which are the means of `parts` (order,
    player, draw) where orders were sampled."""

    def share_of(several: Sequence[int]) -> Amount:
        together = list(several)
        # Orders are the same in all draws: what they err by in the mean is not less for having many draws.
        by_order = None if parts is None else parts[:, together].sum(axis=1).mean(axis=1)
        return amount(values[together].sum(axis=0), 0.0 if by_order is None else float(game.sampled(by_order).errors))

    def member(player: int) -> Member:
        share = share_of([player])
        name = players.names[player]
        ends = credits.get(player)
        return Member(
            lever=name,
            title=_title(name),
            share=share,
            least=float(np.quantile(ends.least, 0.05)) if ends else None,
            most=float(np.quantile(ends.most, 0.95)) if ends else None,
        )

    groups = []
    for bundle in bundles:
        members = sorted(map(member, bundle.players), key=lambda one: -abs(one.share.mean))
        groups.append(
            Group(
                members=tuple(members),
                share=share_of(bundle.players),
                why=bundle.why,
                inflation=bundle.inflation,
                ratio=bundle.ratio,
            )
        )
    return OutcomeShares(
        outcome=outcome,
        measure=measures()[outcome],
        total=amount(total),
        groups=tuple(sorted(groups, key=lambda group: -abs(group.share.mean))),
        series=separable.series_of(outcome),
        months=shown.effects.shape[2] if shown else 0,
        scatter=shown.scatter if shown else None,
    )


def _title(name: str) -> str:
    return {STRIKES: "Strikes", OTHERS: "All other levers"}.get(name) or lever(name).title
