"""The four headlines: probabilities over draws, against the run without the strategy and against the weeks before."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from counterflow.ensemble.contrast import Floats, Reference
from counterflow.judgement.schema import FourWay, Headline, HeadlineId

if TYPE_CHECKING:
    import xarray as xr

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

    @property
    def contrast(self) -> str:
        """The name of the contrast that it looks at."""
        return f"{'fall' if self.direction == 'sustained fall' else 'change'}_{self.outcome}"

    def size(self, moved: Floats) -> Floats:
        """How far the outcome moved in the headline's direction, by its `contrast`; it is met where >= threshold."""
        return -moved if self.direction == "down" else moved


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


def standard_error(met: np.ndarray) -> float:
    """Standard error of the probability that a headline is met, from `met` (replicate, draw).

    Replicates of a draw share its parameters: draws count as clusters, by the spread between their means (Cochran
    1977, Sampling Techniques, section 9.3). It is never below that of as many independent runs by Jeffreys' prior,
    which is not 0 at 0 or 1.
    """
    replicates, draws = met.shape
    share = (met.sum() + 0.5) / (met.size + 1.0)
    least = float(np.sqrt(share * (1.0 - share) / (met.size + 2.0)))
    if replicates == 1:
        return least
    return max(float(met.mean(axis=0).std(ddof=1) / np.sqrt(draws)), least)


def size_of(made: xr.Dataset, rule: Rule, branch: str, reference: Reference) -> np.ndarray:
    """(replicate, draw) how far a headline's outcome moved in one branch; `made` as `compared` gives it."""
    return rule.size(made[rule.contrast].sel(branch=branch, reference=reference).values)


def headline(made: xr.Dataset, rule: Rule, branch: str, reference: Reference) -> Headline:
    """One headline for one branch against one reference, from what `compared` gives; `undetermined` is decided
    elsewhere."""
    size = size_of(made, rule, branch, reference)
    met = size >= rule.threshold
    probability = float(met.mean())
    sustained = None
    if rule.sustained is not None:
        left = made[f"withdrawn_{rule.outcome}"].sel(branch=branch, reference=reference).values
        sustained = float((met & (-left >= rule.sustained)).mean())
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
        mc_error=standard_error(met),
        sustained=sustained,
        median=float(median),
        low=float(low),
        high=float(high),
        threshold=rule.threshold,
        surface=tuple((limit, float((size >= limit).mean())) for limit in rule.surface),
        undetermined=False,
        word=word(probability),
    )


def four_way(made: xr.Dataset, branch: str) -> FourWay:
    """Trafficking against friction for one branch, against the run without the strategy."""
    met = {rule.id: size_of(made, rule, branch, "none") >= rule.threshold for rule in rules()}
    curtailed, friction = met["trafficking"], met["friction"]
    return FourWay(
        branch=branch,
        curtailed_without_friction=float((curtailed & ~friction).mean()),
        curtailed_with_friction=float((curtailed & friction).mean()),
        friction_only=float((~curtailed & friction).mean()),
        neither=float((~curtailed & ~friction).mean()),
    )
