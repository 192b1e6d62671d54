"""The four headlines: probabilities over draws, against the run without the strategy and against the weeks before."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from counterflow.ensemble import contrast
from counterflow.judgement.schema import FourWay, Headline, HeadlineId

if TYPE_CHECKING:
    import xarray as xr

Reference = Literal["none", "before"]
REFERENCES: tuple[Reference, ...] = ("none", "before")
LIKELY, UNLIKELY = 2 / 3, 1 / 3


class Rule(NamedTuple):
    """How one headline is decided."""

    id: HeadlineId
    title: str
    criterion: str
    outcome: str
    direction: Literal["down", "up", "sustained fall"]
    threshold: float
    surface: tuple[float, ...]
    sustained: float | None = None

    def size(self, branch: np.ndarray, reference: np.ndarray, over: contrast.Window) -> np.ndarray:
        """(draw,) how far the outcome moved in the headline's direction; it is met where size >= threshold."""
        if self.direction == "sustained fall":
            return contrast.deepest_sustained_fall(branch, reference, over)
        change = contrast.relative_change(branch, reference, over)
        return -change if self.direction == "down" else change


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The headlines of headlines.toml, in its order."""
    raw = tomllib.loads((files("counterflow.judgement") / "headlines.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(id=name, **{**raw[name], "surface": tuple(raw[name]["surface"])}) for name in get_args(HeadlineId)
    )


def word(probability: float) -> str:
    """The probability in words: the same cut points, 1/3 and 2/3, as the rule for undetermined."""
    for limit, text in ((0.9, "very likely"), (LIKELY, "likely"), (UNLIKELY, "about as likely as not")):
        if probability >= limit:
            return text
    return "unlikely" if probability >= 0.1 else "very unlikely"


def standard_error(hits: int, draws: int) -> float:
    """Standard error of a probability from `hits` of `draws`, by Jeffreys' prior, so that it is not 0 at 0 or 1."""
    share = (hits + 0.5) / (draws + 1.0)
    return float(np.sqrt(share * (1.0 - share) / (draws + 2.0)))


def reference_values(runs: xr.Dataset, outcome: str, reference: Reference) -> np.ndarray:
    """(draw, week) of the run without the strategy, or (draw,) the mean of the 26 weeks before."""
    if reference == "none":
        return np.asarray(runs[outcome].sel(branch="none").values)
    return np.asarray(runs[f"before_{outcome}"].values)


def headline(runs: xr.Dataset, rule: Rule, branch: str, reference: Reference) -> Headline:
    """One headline for one branch against one reference; `undetermined` is decided elsewhere."""
    over = contrast.window(int(runs.attrs["judged_weeks"]))
    outcome = np.asarray(runs[rule.outcome].sel(branch=branch).values)
    base = reference_values(runs, rule.outcome, reference)
    size = rule.size(outcome, base, over)
    met = size >= rule.threshold
    probability = float(met.mean())
    sustained = None
    if rule.sustained is not None:
        still = -contrast.after_withdrawal(outcome, base) >= rule.sustained
        sustained = float((met & still).mean())
    signed = size if rule.direction == "up" else -size
    low, median, high = np.quantile(signed, [0.05, 0.5, 0.95])
    return Headline(
        id=rule.id,
        title=rule.title,
        criterion=rule.criterion.format(
            reference="without the strategy" if reference == "none" else "in the 26 weeks before it"
        ),
        branch=branch,
        reference=reference,
        probability=probability,
        mc_error=standard_error(int(met.sum()), len(met)),
        sustained=sustained,
        median=float(median),
        low=float(low),
        high=float(high),
        threshold=rule.threshold,
        surface=tuple((limit, float((size >= limit).mean())) for limit in rule.surface),
        undetermined=False,
        word=word(probability),
    )


def four_way(runs: xr.Dataset, branch: str) -> FourWay:
    """Trafficking against friction for one branch, against the run without the strategy."""
    over = contrast.window(int(runs.attrs["judged_weeks"]))
    met = {
        rule.id: rule.size(
            np.asarray(runs[rule.outcome].sel(branch=branch).values),
            reference_values(runs, rule.outcome, "none"),
            over,
        )
        >= rule.threshold
        for rule in rules()
        if rule.id in ("trafficking", "friction")
    }
    curtailed, friction = met["trafficking"], met["friction"]
    return FourWay(
        branch=branch,
        curtailed_without_friction=float((curtailed & ~friction).mean()),
        curtailed_with_friction=float((curtailed & friction).mean()),
        friction_only=float((~curtailed & friction).mean()),
        neither=float((~curtailed & ~friction).mean()),
    )
