"""What runs were fitted to: the posterior that their draws came from, found again, and what the record taught it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.calibration import bundled
from counterflow.calibration.fitting.checks import LEARNED
from counterflow.calibration.fitting.files import manifest_of
from counterflow.ensemble.posterior import Posterior, read_posterior, without
from counterflow.errors import JudgementError
from counterflow.judgement.schema import Fit
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    from counterflow.model.conditions import Key  # not where it runs: it loads JAX

BUNDLED = "bundled "  # how the source of a posterior begins that comes with the package
NOT_FITTED = (
    "Not fitted to the record: runs start where the official series stand, and parameters come from the literature and "
    "from judgement."
)
FROM_FILE = (
    "Runs start where the official series stand. Parameters drawn from the posterior {name}: {count}; the others come "
    "from the literature and from judgement."
)
FITTED = (
    "Fitted to the official record to {cutoff}: {count} parameters are drawn from that fit, of which the record taught "
    "{learned}; the others are as the literature and judgement have them. Runs start where the official series stand. "
    "How well such fits foretold later years is told on the project’s page on forecast skill."
)
LEFT_OUT = " Set by the strategy, or bound to what it sets, and so not drawn from there: {names}."


def drawn_from(attrs: Mapping[str, Any]) -> Posterior | None:
    """The posterior that runs with these attributes were drawn from, less what their strategy sets; None = priors.

    Raises JudgementError where it is another by now, or no longer there; UsageError as `read_posterior` does.
    """
    source = attrs["posterior"]
    if not source:
        return None
    folder = folder_of(source)
    if folder and not folder.is_dir():
        raise JudgementError(
            "this version does not bring the posterior that these runs were drawn from",
            where=source,
            hint="Run again, or judge with the version that ran them.",
        )
    found = bundled.posterior_of(folder) if folder else read_posterior(source)
    if found.sha256 != attrs["posterior_sha256"]:
        raise JudgementError(
            "the posterior is not the one that these runs were drawn from",
            where=source,
            hint="Run again, or judge with the version that ran them." if folder else "Put it back, or run again.",
        )
    return without(found, Strategy.model_validate_json(attrs["strategy"]).parameters) if folder else found


def folder_of(source: str) -> Path | None:
    """The folder of a posterior that comes with the package; None for a file."""
    return bundled.FOLDER / Path(source.removeprefix(BUNDLED)).name if source.startswith(BUNDLED) else None


def told_of(source: str) -> dict[str, Any]:
    """The manifest of a posterior that comes with the package; empty for a file, which has none."""
    folder = folder_of(source)
    return manifest_of(folder) if folder else {}


def taught(posterior: Posterior | None) -> dict[Key, float]:
    """By how much the record narrowed each parameter drawn from a posterior: 0 where it taught nothing that counts.

    Shares of the prior's standard deviation, on the scale of its scores; the manifest tells them of variances
    (`checks.contraction`). Empty where there is no manifest.
    """
    told = told_of(posterior.source) if posterior else {}
    if not told or posterior is None:
        return {}
    learned = {key: told["parameters"][".".join(key)]["contraction"] or 0.0 for key in posterior.names}
    return {key: 1.0 - math.sqrt(1.0 - of) if of >= LEARNED else 0.0 for key, of in learned.items()}


def fit_of(posterior: Posterior | None) -> Fit | None:
    """What a verdict says of the posterior that its runs were drawn from; None where they were drawn from priors."""
    if posterior is None:
        return None
    told = told_of(posterior.source)
    held = {".".join(key) for key in posterior.names}
    return Fit(
        source=Path(posterior.source).name,
        cutoff=told.get("cutoff", ""),
        parameters=len(posterior.names),
        learned=sum(share > 0.0 for share in taught(posterior).values()) if told else None,
        left_out=tuple(sorted(set(told["parameters"]) - held)) if told else (),
    )


def origin(fit: Fit | None) -> str:
    """Where the parameters come from, in words."""
    if fit is None:
        return NOT_FITTED
    if fit.learned is None:
        return FROM_FILE.format(name=fit.source, count=fit.parameters)
    day = date.fromisoformat(fit.cutoff)
    said = FITTED.format(cutoff=f"{day.day} {day:%B %Y}", count=fit.parameters, learned=fit.learned)
    return said + (LEFT_OUT.format(names=", ".join(fit.left_out)) if fit.left_out else "")
