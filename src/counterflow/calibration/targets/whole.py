"""X: the coupled system as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from counterflow.calibration.bench import OUTPUTS, YEARS, Bench, Note, Study, coupled, percent, weeks
from counterflow.calibration.targets.border import TERM_OF_2025
from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import draw
from counterflow.model import anchors, interior, priors
from counterflow.model.units import WEEKS_PER_YEAR
from counterflow.strategy.catalogue import levers
from counterflow.strategy.schema import Branch, Campaign

TWELVE = slice(1, 13)  # weeks without levers, from that of 20 January 2025 on
TREND = {"encounters": "encounters", "deaths": "overdose_deaths", "homicides": "homicides"}
JUDGED_BY = ("encounters", "overdose_deaths", "homicides", "fentanyl_delivered")
REPLICATES = 200
HELD = 9  # draws that are held while chance is drawn anew: one in the middle, and eight more
CAMPAIGN = {"start": date(2025, 3, 3), "weeks": 60, "strikes_per_week": 10.0}
STRIKES = tuple(
    Branch(id=f"strikes_{consent}", title="", description="", strikes=Campaign(**CAMPAIGN, consent=consent))  # type: ignore[arg-type]
    for consent in (False, True)
)
JUDGED = slice(53, 105)  # weeks
STRUCK = ("homicides", "cooperation", "fentanyl_delivered")  # what strikes are judged by
SILENT: dict[str, dict[str, float]] = {
    "anticipation": {"anticipation": 0.0},
    "hits": {"hits": 0.0},
    "scarcity": {"scarcity": 0.0},
    "response": {"retaliation": 0.0, "concession": 0.0},
}
GRADED = ("diplomacy", "w_strike")  # a parameter of grade D, and the outcome that it acts on
GRADED_BY = "cooperation"


# X1: without levers, the next twelve weeks stay near the recent trend.


def _largest_gap(bench: Bench, output: str, trend: np.ndarray | float, *, with_noise: bool = True) -> np.ndarray:
    """(draw,) size of the largest gap of any of the twelve weeks to the trend, percent."""
    paths = coupled(bench, TERM_OF_2025, (planning.NONE,), with_noise=with_noise)[output][0][:, TWELVE]
    gap: np.ndarray = np.abs(percent(paths, trend)).max(axis=1)
    return gap


def _trend(bench: Bench, name: str) -> tuple[str, np.ndarray | float]:
    """The output that a name stands for, and what it is measured against: one value, or one for each week."""
    start = weeks(TERM_OF_2025)[0].item()
    if name == "arrests":  # their level is the lever's recorded one
        return "interior_arrests", interior.DAYS * levers()["interior.arrests"].recorded_at(start)
    if name in ("detained", "removals"):
        seen = anchors.reference(bench.store, start)
        held = seen.detained_border + seen.detained_interior
        return name, held if name == "detained" else seen.removals / WEEKS_PER_YEAR
    anchor = getattr(anchors.observe(bench.store, start), name)
    month = (weeks(TERM_OF_2025)[TWELVE] + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12
    return TREND[name], anchor.level * anchor.season[month]


def _gap_to_trend(name: str) -> Study:
    return lambda bench: _largest_gap(bench, *_trend(bench, name), with_noise=False)


def _with_chance(name: str) -> Note:
    """The same of each draw's path with chance, which is drawn from the record's own scatter and drift."""

    def note(bench: Bench) -> str:
        gap = _largest_gap(bench, *_trend(bench, name))
        low, median, high = np.quantile(gap, [0.05, 0.5, 0.95])
        return f"With chance, as wide as the record's own: {median:.3g} ({low:.3g} to {high:.3g})."

    return note


# X3: each opposing channel matters to the outcome of strikes.


def _outcome(bench: Bench, switches: Mapping[str, float] | None) -> np.ndarray:
    """(outcome, branch, draw) change by strikes, without and with consent, of each of STRUCK, percent."""
    found = coupled(bench, TERM_OF_2025, (planning.NONE, *STRIKES), switches=switches)
    means = np.stack([found[name][:, :, JUDGED].mean(axis=2) for name in STRUCK])
    change: np.ndarray = percent(means[:, 1:], means[:, :1])
    return change


def _moved(bench: Bench, channel: str) -> np.ndarray:
    """(outcome, draw) by how many percent of each outcome strikes do something else where a channel is cut."""
    moved: np.ndarray = np.abs(_outcome(bench, SILENT[channel]) - _outcome(bench, None)).max(axis=1)
    return moved


def _silenced(channel: str) -> Study:
    return lambda bench: _moved(bench, channel).max(axis=0)


def _by_outcome(channel: str) -> Note:
    def note(bench: Bench) -> str:
        medians = np.median(_moved(bench, channel), axis=1)
        told = ", ".join(f"{name.replace('_', ' ')} {value:.2g}" for name, value in zip(STRUCK, medians, strict=True))
        return f"Medians: {told}."

    return note


def _graded(bench: Bench) -> np.ndarray:
    """(draw,) by how many points the fall of cooperation by strikes without consent differs between the ends of one
    prior of grade D."""
    prior = priors.load()[GRADED[0]][GRADED[1]]
    assert prior.grade == "D"
    assert prior.low is not None
    assert prior.high is not None
    changes = []
    for value in (prior.low, prior.high):
        found = coupled(bench, TERM_OF_2025, (planning.NONE, STRIKES[0]), held={GRADED: value})[GRADED_BY]
        none, struck = found[:, :, JUDGED].mean(axis=2)
        changes.append(percent(struck, none))
    difference: np.ndarray = np.abs(changes[1] - changes[0])
    return difference


# X7: the same seed, the same bits; and chance averages out.


def _differing(bench: Bench) -> float:
    """Values that differ between the run of X1 and the same run made anew."""
    count = min(bench.count, run.BATCH)
    at = planning.plan((planning.NONE,), TERM_OF_2025, years=YEARS, seed=bench.seed, store=bench.store)
    drawn = draw(count, bench.seed, planning.LEVERS, len(at.weeks))
    once, again = (run.run(at, drawn, OUTPUTS) for _ in range(2))
    return float(sum((once[name] != again[name]).sum() for name in OUTPUTS))


def _held_draws(bench: Bench) -> np.ndarray:
    """(HELD,) positions of the draw whose judged outcomes are nearest the median, and of the first eight others."""
    found = coupled(bench, TERM_OF_2025, (planning.NONE,), with_noise=False)
    means = np.stack([found[name][0][:, JUDGED].mean(axis=1) for name in JUDGED_BY])
    ranks = means.argsort(axis=1).argsort(axis=1) / (bench.count - 1.0)
    middle = int(np.abs(ranks - 0.5).max(axis=0).argmin())
    others = [position for position in range(bench.count) if position != middle]
    return np.array([middle, *others[: HELD - 1]])


def replicates(bench: Bench, count: int) -> np.ndarray:
    """(outcome, held draw, replicate) means of the judged year without levers, chance alone drawn anew."""
    at = planning.plan((planning.NONE,), TERM_OF_2025, years=YEARS, seed=bench.seed, store=bench.store)
    positions = _held_draws(bench)
    held = run.rows(draw(bench.count, bench.seed, planning.LEVERS, 1), np.repeat(positions, count))
    # Every held draw meets the same chance, so that their errors can be compared.
    chance = draw(count, bench.seed + 1, planning.LEVERS, len(at.weeks))
    every = held._replace(scores=run.rows(chance, np.tile(np.arange(count), len(positions))).scores)
    found = run.run(at, every, OUTPUTS)  # the compiled run of the other studies
    means = np.stack([found[name][0][:, JUDGED].mean(axis=1, dtype=np.float64) for name in JUDGED_BY])
    return means.reshape(len(JUDGED_BY), len(positions), count)


def error_of_mean(values: np.ndarray) -> np.ndarray:
    """Standard error of the mean over replicates, the last axis, relative to their 90% width, percent."""
    low, high = np.quantile(values, [0.05, 0.95], axis=-1)
    error = values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])
    relative: np.ndarray = 100.0 * error / (high - low)
    return relative


def _error_of_chance(bench: Bench) -> float:
    return float(error_of_mean(replicates(bench, REPLICATES)).max())


STUDIES: dict[str, Study] = {
    **{f"X1.{name}": _gap_to_trend(name) for name in (*TREND, "arrests", "detained", "removals")},
    **{f"X3.{channel}": _silenced(channel) for channel in SILENT},
    "X3.graded": _graded,
    "X7.1": _differing,
    "X7.2": _error_of_chance,
}
NOTES: dict[str, Note] = {
    **{f"X1.{name}": _with_chance(name) for name in (*TREND, "arrests", "detained", "removals")},
    **{f"X3.{channel}": _by_outcome(channel) for channel in SILENT},
}
