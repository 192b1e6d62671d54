"""Where all strategies of one first day, length, seed and set of parameters part: worked out once, kept for the next.

Draws are run in pieces of PIECE. A piece is small enough that a coarse answer is one of them and that both cores share
a finer one evenly, and large enough that most of the time goes into numbers. Whatever a lever does after the first day,
the state that its draws start from, the noise, and the run without a strategy stay the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.ensemble import contrast, planning, run
from counterflow.ensemble.contrast import OUTCOMES, Floats
from counterflow.ensemble.job import before_levels, costs_for, draws_for
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import Draws, Sampling
from counterflow.errors import StrategyError
from counterflow.lab.engine import running
from counterflow.lab.engine.bare import bare
from counterflow.lab.engine.fans import Ran, fans, joined
from counterflow.lab.engine.schema import Fan
from counterflow.lab.engine.wanted import Wanted
from counterflow.model.outputs import ABOUT
from counterflow.model.state import Forcing
from counterflow.report.assessment.monthly import month_weights
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Entry

PIECE = 64  # draws
WHOLES = 4  # numbers of draws whose pieces are kept together
PAID = 400  # costs of a lever that are kept
STRIKES = "military.strike_lab"  # where a campaign's strikes are counted, whatever they are aimed at


class Piece(NamedTuple):
    """PIECE draws in the week before the first lever."""

    draws: Draws  # their noise left out: it is in `begun`
    begun: running.Begun
    given: Forcing  # as `running.outputs` takes it, with no lever moved
    none: Ran
    before: dict[str, Floats]  # (draw,) as `before_levels`


class Whole(NamedTuple):
    """The first draws of all pieces together, as many as were asked for."""

    none: Ran
    none_fans: dict[str, Fan]
    before: dict[str, np.ndarray]  # (draw,) float32 as `before_levels`
    draws: Draws  # of intensity, delivery and cost alone


class Prepared:
    """All pieces so far of one set of draws; more are made when more draws are asked for."""

    def __init__(self, at: Plan, posterior: Posterior | None, charted: Sequence[str]) -> None:
        """`at` as planned, with the year of withdrawal, which is not run here: nothing that is shown looks at it."""
        weeks = at.weeks[: 1 + at.judged]
        self.whole = at
        self.at = at._replace(weeks=weeks, beside=jax.tree.map(lambda leaf: leaf[: len(weeks)], at.beside))
        self.posterior = posterior
        self.charted = tuple(charted)
        self.months = tuple(month[:7] for month in month_weights(weeks, "sum")[0])
        self._covered = np.isin(run.month_starts(weeks), np.array(self.months, "datetime64[M]"))
        self._outside = running.outside(self.at)
        self._pieces: tuple[Piece, ...] = ()
        self._whole: OrderedDict[int, Whole] = OrderedDict()
        self._paid: OrderedDict[tuple[object, ...], np.ndarray] = OrderedDict()
        self.size = _bytes(self._outside)  # of what is kept
        self._lock = Lock()

    def pieces(self, draws: int, wanted: Wanted | None = None) -> tuple[Piece, ...]:
        """The pieces that hold the first `draws` draws, made as long as they are `wanted`: those made so far are kept.

        Raises StrategyError as `sampling.draw` does, and UnwantedError.
        """
        needed = -(-draws // PIECE)
        if len(self._pieces) < needed:
            with self._lock:
                if len(self._pieces) < needed:
                    self._make(needed, wanted or Wanted())
        return self._pieces[:needed]

    def together(self, draws: int) -> Whole:
        """What is the same for all courses of events over the first `draws` draws. Raises as `pieces`."""
        pieces = self.pieces(draws)
        with self._lock:
            if (known := self._whole.get(draws)) is not None:
                self._whole.move_to_end(draws)
                return known
        none = joined([piece.none for piece in pieces], draws)

        def all_of(parts: Sequence[np.ndarray]) -> np.ndarray:
            return np.concatenate(parts)[:draws]

        made = Whole(
            none,
            fans(none, self.charted),
            {name: all_of([piece.before[name] for piece in pieces]).astype(np.float32) for name in OUTCOMES},
            pieces[0].draws._replace(
                intensity=all_of([piece.draws.intensity for piece in pieces]),
                delivery=all_of([piece.draws.delivery for piece in pieces]),
                cost=all_of([piece.draws.cost for piece in pieces]),
            ),
        )
        with self._lock:
            if draws not in self._whole:
                self.size += _bytes(made)
            self._whole[draws] = made
            while len(self._whole) > WHOLES:
                self.size -= _bytes(self._whole.popitem(last=False)[1])
        return made

    def paid(self, branch: Branch, draws: int) -> dict[str, np.ndarray]:
        """(draw,) what each lever of a course of events costs the US treasury, in USD as `costs_for` has it.

        What a lever costs follows from its own entries alone, so only those that changed since are worked out. Not
        finite where no treasury could pay. Raises as `pieces`, and StrategyError for an entry without a size.
        """
        own: dict[str, tuple[Entry, ...]] = {STRIKES: ()} if branch.strikes else {}
        for entry in branch.entries:
            own[entry.lever] = (*own.get(entry.lever, ()), bare(entry))
        keys = {
            name: (name, draws, entries, branch.strikes if name == STRIKES else None) for name, entries in own.items()
        }
        with self._lock:
            found = {name: self._paid[key] for name, key in keys.items() if key in self._paid}
        if missing := [name for name in own if name not in found]:
            part = branch.model_copy(update={"entries": tuple(e for e in branch.entries if e.lever in missing)})
            with np.errstate(over="ignore", invalid="ignore"):
                cost = costs_for(self.at._replace(branches=(part,)), self.together(draws).draws)[0]
            found |= {name: cost[:, planning.LEVERS.index(name)].copy() for name in missing}
        with self._lock:
            for name, key in keys.items():
                if key not in self._paid:
                    self.size += found[name].nbytes
                self._paid[key] = found[name]
                self._paid.move_to_end(key)
            while len(self._paid) > PAID:
                self.size -= self._paid.popitem(last=False)[1].nbytes
        return {name: found[name] for name in own}

    def _make(self, needed: int, wanted: Wanted) -> None:
        wanted.require()
        every = draws_for(self.whole, needed * PIECE, None, sampling=Sampling(posterior=self.posterior))
        for number in range(len(self._pieces), needed):
            wanted.require()
            made = self._piece(run.rows(every, np.arange(number * PIECE, (number + 1) * PIECE)))
            self._pieces += (made,)
            self.size += _bytes(made)

    def _piece(self, draws: Draws) -> Piece:
        batch = run.prepare(self.at, draws)
        begun = running.begun(batch, len(self.at.weeks))
        given = run.forcing(planning.NONE, draws, self.at)
        given = running.laid_out(given._replace(levers=jnp.moveaxis(given.levers, 1, 0)))
        ran = self._ran(begun, given, planning.NONE)
        quiet = draws._replace(scores=jax.tree.map(lambda leaf: leaf[:, :0].copy(), draws.scores))
        return Piece(quiet, begun, given, ran, before_levels(self.at, batch))

    def ran(self, piece: Piece, branch: Branch) -> Ran:
        """One course of events over a piece. Raises StrategyError for an entry without a size, and for what the model
        cannot follow."""
        given = piece.given
        if moved := list(dict.fromkeys(entry.lever for entry in branch.entries)):
            columns = [planning.LEVERS.index(name) for name in moved]
            places = piece.draws.intensity[:, columns], piece.draws.delivery[:, columns]
            paths = lever_paths(branch, self.at.weeks, *places, moved)
            levers = np.array(given.levers)
            with np.errstate(over="ignore"):  # what the model cannot follow is refused by what comes of it
                levers[: len(self.at.weeks), :, columns] = np.moveaxis(paths, 1, 0)
            given = given._replace(levers=jnp.asarray(levers))
        if branch.strikes:
            rate = jnp.asarray(run.strikes_a_week(branch.strikes, self.at), jnp.float32)
            consent = jnp.full_like(rate, float(branch.strikes.consent))
            given = given._replace(strikes=running.laid_out(rate), consent=running.laid_out(consent))
        return self._ran(piece.begun, given, branch)

    def _ran(self, begun: running.Begun, given: Forcing, branch: Branch) -> Ran:
        weekly, monthly = running.outputs(begun, self._outside, given, OUTCOMES, self.charted)
        for name, values in (*weekly.items(), *monthly.items()):
            if not (np.isfinite(values) if ABOUT[name].signed else (values >= 0.0) & (values < np.inf)).all():
                raise StrategyError(
                    f"the model cannot follow this course of events: {ABOUT[name].long_name} has no value in some draw",
                    where=branch.title,
                    hint="Keep the levers nearer to their scales, and parameters to what is allowed.",
                )
        return Ran(weekly, {name: values[:, self._covered] for name, values in monthly.items()})

    @property
    def window(self) -> contrast.Window:
        """The judged weeks."""
        return contrast.window(self.at.judged)


def _bytes(values: Any) -> int:
    return sum(leaf.nbytes for leaf in jax.tree.leaves(values) if hasattr(leaf, "nbytes"))
