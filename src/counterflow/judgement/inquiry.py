"""All that stored runs answer: the verdict, what outcomes vary with, and under which conditions headlines are met."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterflow.errors import JudgementError, UsageError, did_you_mean
from counterflow.evidence.store import Store
from counterflow.judgement.discovery.discover import Discovery, discover
from counterflow.judgement.judge import laid_out, verdict_on
from counterflow.judgement.schema import Verdict
from counterflow.judgement.sensitivity.effects import Effects, effects, ranked
from counterflow.strategy.branches import LEADING

if TYPE_CHECKING:
    import xarray as xr

NO_TREE = "Trees of conditions are left out: scikit-learn is not installed here"


class Inquiry(NamedTuple):
    """The answers to all questions that need no further strategy."""

    verdict: Verdict
    branch: str  # the one that the following are about, against the run without the strategy
    effects: Effects | None  # of inputs on how far outcomes moved, in ranks; None: too few draws
    discoveries: tuple[Discovery, ...]
    untold: tuple[str, ...]  # questions left open, and how many draws would answer them


def inquire(
    runs: xr.Dataset,
    *,
    branch: str | None = None,
    store: Store | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Inquiry:
    """Ask runs everything, of one branch where an answer is about one.

    Raises UsageError for a branch that is not there, and otherwise as `judge` and `discover`.
    """
    laid = laid_out(runs, store)
    chosen = branch or next((name for name in LEADING if name in laid.courses), laid.courses[0])
    if chosen not in laid.courses:
        hint = f"{did_you_mean(chosen, laid.courses)}There are {', '.join(laid.courses)}."
        raise UsageError(f"these runs have no branch {chosen!r}", where="branch", hint=hint)
    verdict = verdict_on(laid, progress)
    own = {cell: size for cell, size in laid.sizes.items() if cell[1:] == (chosen, "none")}
    untold = []
    found = None
    try:
        found = effects(laid.of, {cell[0]: ranked(size) for cell, size in own.items()}, seed=seed)
    except JudgementError as error:
        untold.append(" ".join(part for part in (f"{error.message}.", error.hint) if part))
    met: dict[str | tuple[str, ...], np.ndarray] = {cell: laid.met[cell].mean(axis=0) for cell in own}
    with_tree = find_spec("sklearn") is not None
    if not with_tree:
        untold.append(f"{NO_TREE} (pip install 'counterflow[explore]').")
    discoveries = discover(laid.of, met, seed=seed, with_tree=with_tree)
    return Inquiry(verdict, chosen, found, discoveries, tuple(untold))
