"""The calibration: screen the record, smooth ensembles toward it, let chains settle, check them, write the files.

A calibration that was cut short anywhere goes on from the last complete step of each ensemble (fitting/begun.py) and
gives the same files, but for the seconds that the manifest tells.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.fitting import chains, checks, files, smoother
from counterflow.calibration.fitting.begun import (
    RESUME,
    WORK,
    Recipe,
    begun,
    refuse_other,
    save,
    save_chains,
    saved,
    saved_chains,
)
from counterflow.calibration.fitting.chains import MOVES, ROUNDS, Chains
from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.calibration.fitting.documented import FOLLOWED, screened
from counterflow.calibration.fitting.kept import groups, kept_of
from counterflow.calibration.fitting.observed import Monthly, fitted, monthly
from counterflow.calibration.fitting.problem import Problem, problem
from counterflow.calibration.fitting.smoother import STEPS, Ensemble, seed_of
from counterflow.calibration.fitting.space import continuous, values
from counterflow.ensemble import planning
from counterflow.ensemble.engine import digest, engine
from counterflow.errors import CalibrationError, StoppedError, UsageError
from counterflow.evidence.periods import add_months
from counterflow.evidence.store import Store
from counterflow.model import priors

# Files of fitting/ that decide which bits an ensemble gives.
FITTING = (
    "chains.py",
    "conditioned.py",
    "discrepancy.py",
    "given.py",
    "known_levers.py",
    "observed.py",
    "observed.toml",
    "path.py",
    "problem.py",
    "smoother.py",
    "space.py",
)
KEPT = 5 / 6  # least share of the members that meet the joint conditions: 2,000 of 8 x 300
POINTS = (5.0, 50.0, 95.0)
DIGITS = 6  # of the figures in the manifest
SAVED_EVERY = 10  # moves of the chains
AXIS = {"hyper": 1}  # of members in an ensemble's arrays, where it is not the first

Progress = Callable[[int, int], None]  # steps done, of how many


def calibrate(
    store: Store,
    folder: Path,
    *,
    until: date | None = None,
    as_known: bool = False,
    ensembles: int = 8,
    members: int = 300,
    seed: int = 0,
    left_out: Collection[str] = (),
    resume: bool = False,
    minutes: float | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit the model to the record up to the month of `until` and write the calibration to `folder`; its manifest.

    `until` is a day of the last month that is fitted, None for the last of encounters that the store has. `as_known`
    fits to what was published when that month had ended, with the priors of that year. `left_out` names fitted series
    that are taken out. After `minutes` it stops at the end of a step. `progress` hears of every step.

    Raises EvidenceError for a series with a fault or too little of a record, UsageError for a folder that holds
    something else or another calibration, a month that the store lacks or a wrong name, StoreBusyError where another
    process calibrates there, StoppedError when the time is over, CalibrationError where the ensembles do not agree or
    too few members meet the joint conditions.
    """
    started = time.monotonic()
    files.require_zarr()
    planning.keep_compiled()
    cutoff = _cutoff(store, until)
    as_of = cutoff if as_known else None
    recipe = {
        "cutoff": cutoff.isoformat(),
        "as_of": as_of.isoformat() if as_of else None,
        "seed": seed,
        "ensembles": ensembles,
        "members": members,
        "steps": STEPS,
        "moves": ROUNDS * MOVES,
        "left_out": sorted(set(left_out)),
        "data": store.vintages(),
        "priors": digest("counterflow.model", "priors"),
        "fitting": digest("counterflow.calibration", "fitting", FITTING),
        "engine": dict(engine()),
    }
    refuse_other(folder, resume)
    seen = screened(store, cutoff, as_of=as_of, left_out=left_out)
    with begun(folder, recipe, resume) as finished, jax.enable_x64(True):
        if finished is not None:
            return finished
        whole = without(problem(store, cutoff, members=ensembles * members, seed=seed, as_of=as_of), left_out)
        found, seconds = _fitted(whole, folder, recipe, started, minutes, progress or (lambda done, total: None))
        manifest = _written(whole, found, folder, recipe)
        manifest |= {
            "known": _known(seen),
            "version": version("counterflow"),
            "priors_sha256": recipe["priors"],
            "vintages": recipe["data"],
            "seconds": round(seconds, 1),
            "recipe": recipe,
        }
        files.write_manifest(folder, manifest)
        return manifest


def without(of: Problem, left_out: Collection[str]) -> Problem:
    """A problem in which the series named are not observed; their season and what a run begins from stay as given."""
    logs = of.seen.logs.copy()
    logs[:, [name in left_out for name in of.seen.names]] = np.nan
    return of._replace(seen=of.seen._replace(logs=logs))


def part(of: Problem, number: int, members: int) -> Problem:
    """The problem of one ensemble: `members` members of its own, which no other has."""
    own = slice(number * members, (number + 1) * members)
    base, groups = jax.tree.map(lambda leaf: leaf[own], (of.base, of.groups))
    return of._replace(base=base, groups=groups, prior=of.prior[own])


def _cutoff(store: Store, until: date | None) -> date:
    """The first day after the last month that is fitted. Raises UsageError for one that the store does not have."""
    about = next(about for about in fitted()[0] if about.name == FOLLOWED)
    whole = monthly(store, about, cutoff=date.max, as_of=None)
    last: date = whole.months[np.isfinite(whole.values)][-1].astype("datetime64[D]").item()
    month = (until or last).replace(day=1)
    if month > last:
        raise UsageError(
            f"encounters are not known for {month:%Y-%m}", where="--until", hint=f"The last month is {last:%Y-%m}."
        )
    return add_months(month, 1)


# ------------------------------------------------------------------------------------------ the ensembles


class Clock(NamedTuple):
    """When to stop, and who hears how far it is."""

    started: float
    minutes: float | None
    total: int
    progress: Progress
    folder: Path

    def tell(self, done: int) -> None:
        """Tell of `done`; raise StoppedError where the time is over."""
        self.progress(done, self.total)
        over = self.minutes is not None and time.monotonic() - self.started > 60.0 * self.minutes
        if over and done < self.total:
            raise StoppedError(
                f"stopped after {self.minutes:g} minutes: {done} of {self.total} steps are complete",
                where=str(self.folder),
                hint=RESUME,
            )


def _fitted(
    whole: Problem, folder: Path, recipe: Recipe, started: float, minutes: float | None, progress: Progress
) -> tuple[Chains, float]:
    """All members after their last move, and the seconds that they took."""
    number = recipe["ensembles"]
    clock = Clock(started, minutes, number * (STEPS + 1) + ROUNDS * MOVES, progress, folder)
    place = folder / WORK / "chains.npz"
    now, had = saved_chains(place) or (None, 0.0)
    if now is None:
        found, had = _smoothed(whole, folder, recipe, clock)
        now = chains.start(whole, _joined(found), seed_of(recipe["seed"], number))
    since = time.monotonic() - had

    def after(moved: Chains) -> None:
        if moved.move % SAVED_EVERY == 0:
            save_chains(place, moved, time.monotonic() - since)
            clock.tell(number * (STEPS + 1) + moved.move)

    settled = chains.settled(whole, now, seed_of(recipe["seed"], number), after=after)
    return settled, time.monotonic() - since


def _smoothed(whole: Problem, folder: Path, recipe: Recipe, clock: Clock) -> tuple[list[Ensemble], float]:
    """All ensembles after the smoother's last step, and the seconds that they took."""
    found, taken = [], 0.0
    for one in range(recipe["ensembles"]):
        place = folder / WORK / f"ensemble-{one}.npz"
        own, seed = part(whole, one, recipe["members"]), seed_of(recipe["seed"], one)
        now, had = saved(place) or (None, 0.0)
        since = time.monotonic()

        def after(step: Ensemble, one: int = one, place: Path = place, begun_at: float = since - had) -> None:
            save(place, step, time.monotonic() - begun_at)
            clock.tell(one * (STEPS + 1) + step.step + 1)

        if now is None:
            now = smoother.begin(own, seed)
            after(now)
        found.append(smoother.fit(own, seed, after=after, start=now))
        taken += had + time.monotonic() - since
    return found, taken


def _joined(found: Sequence[Ensemble]) -> Ensemble:
    """The members of all ensembles as one."""
    parts = {
        name: np.concatenate([getattr(one, name) for one in found], axis=AXIS.get(name, 0))
        for name in Ensemble._fields
        if name != "step"
    }
    return Ensemble(found[0].step, **parts)


def _apart(whole: Ensemble, number: int) -> list[Ensemble]:
    """The ensembles that were joined."""
    parts = {
        name: np.split(getattr(whole, name), number, axis=AXIS.get(name, 0))
        for name in Ensemble._fields
        if name != "step"
    }
    return [Ensemble(whole.step, **{name: pieces[one] for name, pieces in parts.items()}) for one in range(number)]


# ------------------------------------------------------------------------------------------ what is written


def _written(whole: Problem, settled: Chains, folder: Path, recipe: Recipe) -> dict[str, Any]:
    """Check the chains, write all files but the manifest, and give its part that tells of them."""
    keys = whole.space.keys
    names = [".".join(key) for key in keys]
    found = _apart(settled.ensemble, recipe["ensembles"])
    agreed = checks.agreement(np.stack([one.scores for one in found]))
    checks.require_agreement(agreed, names, where=str(folder))
    memory = chains.memory(settled)
    checks.require_settled(memory, names, where=str(folder))
    kept = kept_of(whole, found)
    if kept.rows.sum() < KEPT * len(kept.rows):
        told = ", ".join(f"{name} by {count:,}" for name, count in kept.broken.items() if count)
        raise CalibrationError(
            f"only {kept.rows.sum():,} of {len(kept.rows):,} members meet the joint conditions (broken: {told})",
            where=str(folder),
            hint="The record pulls against what is known of these parameters together: see model/conditions.toml.",
        )
    rows = kept.rows
    learned = checks.contraction(whole.prior, kept.scores[rows])
    prior = np.asarray(values(whole.space, jnp.asarray(whole.prior)))
    before, after = np.percentile(prior, POINTS, axis=0), np.percentile(kept.values[rows], POINTS, axis=0)
    series = np.concatenate([one.series for one in found])[rows]
    hyper = Hyper(*(of[rows] for of in kept.hyper))
    files.write_draws(folder, keys, kept.values[rows], whole.seen.names, hyper)
    files.write_inference(folder, groups(whole, found, kept))
    worst, least = int(agreed.r_hat.argmax()), int(agreed.effective.argmin())
    return {
        **{
            name: recipe[name]
            for name in ("cutoff", "as_of", "seed", "ensembles", "members", "steps", "moves", "left_out")
        },
        "rows": int(rows.sum()),
        "broken": kept.broken,
        "checks": {
            "r_hat": _short(agreed.r_hat[worst]),
            "r_hat_of": names[worst],
            "effective": _short(agreed.effective[least]),
            "effective_of": names[least],
            "memory": _short(float(np.abs(memory).max())),
            "accepted": _short(settled.accepted),
            "never_moved": int((settled.taken == 0).sum()),
            "beyond": {name: _short(share) for name, share in checks.beyond(whole.seen, series, hyper).items()},
        },
        "parameters": {
            name: {
                "contraction": _short(learned[at]),
                "prior": [_short(point) for point in before[:, at]],
                "posterior": [_short(point) for point in after[:, at]],
                "r_hat": _short(agreed.r_hat[at]),
                "effective": _short(agreed.effective[at]),
            }
            for at, name in enumerate(names)
        },
        "not_moved": [".".join(key) for key in continuous(priors.load()) if key not in keys],
    }


def _short(number: float) -> float | None:
    """A figure for the manifest; JSON has none that is not finite."""
    return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None


def _known(seen: Sequence[Monthly]) -> dict[str, str]:
    """The last month that was published of each series that is fitted."""
    return {one.name: str(one.months[np.isfinite(one.values)][-1]) for one in seen}
