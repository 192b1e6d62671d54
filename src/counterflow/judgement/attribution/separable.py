"""Which levers the record can tell apart, and which only together.

The rule looks at one outcome and at the months that have been published since the strategy's first lever, in the
official series that shows the outcome best. What each lever alone does to that series, month by month, is the column of
a regression that would have to find the sizes of all of them. Levers of earlier years are of no help: that they worked
then as they do now is what the model assumes, not what the record of these months can show.

1. Levers that move the outcome by less than LEAST in 19 of 20 draws are too small to be told.
2. Levers that move no published month of the series by LEAST in 1 of 20 draws are not seen there, and make one bundle:
   all of them where no series shows the outcome or no month has been published yet.
3. Of the others, least squares would find the sizes with a standard error of s sqrt(VIF) / |column|, where VIF is the
   variance inflation factor (Belsley, Kuh & Welsch 1980, Regression Diagnostics, chapter 3) and s the scatter of the
   series: the standard deviation of the log of its months before the first lever around their 13-month mean, season
   taken out. As long as a factor is above 10 (the usual limit), or hides an effect that would stand out by itself, the
   lever or bundle with the highest such factor joins the one whose column is most like its own. A bundle's column is
   the sum of its members'.
4. What then is no more than CLEAR standard errors from nothing is not seen, and joins those of 2.

What is left apart could be told apart if nothing but such scatter moved the series from month to month. Its trend and
what else happened move it too: to tell levers apart in truth is harder than the rule says.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.evidence.store import Store
from counterflow.model.anchors import anchor, monthly
from counterflow.model.outputs import ABOUT

Floats = NDArray[np.float64]
Why = Literal["too small", "no series", "no months", "not seen", "together"]

LEAST = 0.005  # relative change of an outcome or of a month of its series, the smallest that is looked at
WORST = 10.0  # variance inflation factor up to which least squares tells effects apart
CLEAR = 2.0  # standard errors that an effect on the series must be from nothing
NONE_LEFT = 1e-9  # share of a column's sum of squares below which the others explain all of it
SHOWN_BY = {"attempts": "encounters", "fentanyl_delivered": "fentanyl_seized_border_lb"}  # outcomes nobody counts


class Shown(NamedTuple):
    """What the levers do to the official series that shows an outcome, and what chance does to it."""

    effects: Floats  # (player, draw, month) log of the series with the player alone over that without the strategy
    scatter: float  # above 0, of the log of a month


class Bundle(NamedTuple):
    """Players whose effects the record does not tell apart, or one whose effect it does not tell from chance."""

    players: tuple[int, ...]
    why: Why | None  # None for one player that it does tell apart
    inflation: float | None = None  # the highest variance inflation factor among members that step together
    ratio: float | None = None  # of the effect on the series to its standard error; the highest of those not seen


def series_of(outcome: str) -> str | None:
    """The output with an official series that shows an outcome best: the outcome itself, if it is counted."""
    output = SHOWN_BY.get(outcome, outcome)
    return output if ABOUT[output].series_id else None


def months_known(store: Store, output: str, first: np.datetime64, last: np.datetime64) -> NDArray[np.datetime64]:
    """The whole calendar months (datetime64[M]) from `first` to `last` that the official series of an output has."""
    rows = monthly(store, output, before=(last + 1).astype("datetime64[D]").item(), as_of=None)
    months = np.array([row.date for row in rows if row.flag != "partial_month"], "datetime64[M]")
    return months[(months >= first) & (months <= last)]


def scatter_of(store: Store, output: str, first_lever: date) -> float:
    """Standard deviation of the log of a month of the official series of an output before the first lever, trend and
    season taken out. Raises EvidenceError where fewer than 36 months are known."""
    return anchor(monthly(store, output, before=first_lever, as_of=None), first_lever, name=output).scatter


def inflation(columns: Floats) -> Floats:
    """(column,) variance inflation factor of each column of a regression (month, column) without a constant: what the
    series stood at before is known. The highest is 1 / NONE_LEFT, where the others explain all of it."""
    found = np.ones(columns.shape[1])
    columns = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-12)
    for number in range(columns.shape[1]):
        of, others = columns[:, number], np.delete(columns, number, axis=1)
        if others.shape[1] and of.any():
            rest = of - others @ np.linalg.lstsq(others, of, rcond=None)[0]
            found[number] = 1.0 / max(float(rest @ rest) / float(of @ of), NONE_LEFT)
    return found


def bundles(moves: Floats, shown: Shown | None) -> tuple[Bundle, ...]:
    """Every player once, by the rule above: alone where the record tells it apart, else in a bundle with the reason.

    `moves` (player, draw) is what each changes of the outcome; `shown` is None where no series shows the outcome.
    """
    acting = [player for player, moved in enumerate(moves) if np.quantile(np.abs(moved), 0.95) >= LEAST]
    found = [Bundle((player,), "too small") for player in range(len(moves)) if player not in acting]
    if shown is None or not shown.effects.shape[2]:
        why: Why = "no series" if shown is None else "no months"
        return (*found, Bundle(tuple(acting), why)) if acting else tuple(found)
    effects, scatter = shown
    moving = [player for player in acting if np.quantile(np.abs(effects[player]).max(axis=1), 0.95) >= LEAST]
    unseen = {p: float(_alone(effects[p].mean(axis=0), scatter)) for p in acting if p not in moving}
    columns = effects[moving].mean(axis=1).T  # (month, player)
    single = inflation(columns)
    groups = _joined(columns, scatter)
    for group, ratio in zip(groups, _ratios(_summed(columns, groups), scatter), strict=True):
        players = tuple(moving[number] for number in sorted(group))
        if ratio <= CLEAR:
            unseen |= dict.fromkeys(players, float(ratio))
        elif len(players) > 1:
            found.append(Bundle(players, "together", float(single[group].max()), float(ratio)))
        else:
            found.append(Bundle(players, None, None, float(ratio)))
    if unseen:
        found.append(Bundle(tuple(sorted(unseen)), "not seen", None, max(unseen.values())))
    return tuple(found)


def _alone(columns: Floats, scatter: float) -> Floats:
    """Standard errors that the effects of columns (month, ...) are from nothing, each with no other column there."""
    return np.asarray(np.linalg.norm(columns, axis=0) / scatter)


def _ratios(columns: Floats, scatter: float) -> Floats:
    """(column,) standard errors that the effects of columns (month, column) are from nothing by least squares."""
    return np.asarray(_alone(columns, scatter) / np.sqrt(inflation(columns)))


def _summed(columns: Floats, groups: list[list[int]]) -> Floats:
    """(month, group) sums of the columns of each group."""
    return np.stack([columns[:, group].sum(axis=1) for group in groups], axis=1) if groups else columns[:, :0]


def _joined(columns: Floats, scatter: float) -> list[list[int]]:
    """Columns joined until no variance inflation factor is above WORST or hides what would stand out by itself."""
    groups = [[number] for number in range(columns.shape[1])]
    while len(groups) > 1:
        whole = _summed(columns, groups)
        factors, alone = inflation(whole), _alone(whole, scatter)
        blurred = (factors > WORST) | ((alone > CLEAR) & (alone <= CLEAR * np.sqrt(factors)))
        if not blurred.any():
            break
        worst = int(np.argmax(np.where(blurred, factors, 0.0)))
        unit = whole / np.maximum(np.linalg.norm(whole, axis=0), 1e-12)
        alike = np.abs(unit.T @ unit[:, worst])
        alike[worst] = -1.0
        other = int(np.argmax(alike))
        groups[min(worst, other)] += groups.pop(max(worst, other))
    return groups
