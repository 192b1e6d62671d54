"""What an answer is a function of, and the command that gives it again."""

from __future__ import annotations

import hashlib
import platform
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.brief.schema import Brief
from counterflow.evidence.store import Store
from counterflow.report.formats.plan import ENGLISH, Plan
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.brief.llm.endpoint import Endpoint

# Attributes of runs.
RECIPE = ("draws", "replicates", "years", "seed", "design", "sampling", "posterior", "posterior_sha256")


def manifest(
    brief: Brief,
    store: Store,
    strategy: Strategy,
    runs: xr.Dataset | None,
    endpoint: Endpoint | None = None,
    strategy_file: Path | None = None,
    foreseen: xr.Dataset | None = None,
    elicited_file: Path | None = None,
    plan: Plan | None = None,
) -> dict[str, Any]:
    """What a run is a function of: version, document, data, priors, posterior, strategy, seed; and how to run it again.

    Where a language model read the document (that of `endpoint`), it is named: another may read otherwise. The command
    makes what `plan` tells to write, in its formats and language; without one, the page in English.
    """
    from counterflow.ensemble.engine import digest

    model = endpoint if brief.reader == "llm" else None
    recipe = {name: runs.attrs[name] for name in RECIPE if runs.attrs[name] != ""} if runs is not None else {}
    if "posterior" in recipe:
        recipe["posterior"] = Path(recipe["posterior"]).name  # of a file its name alone: where it lay means nothing
    if foreseen is not None and foreseen.attrs["posterior"]:
        recipe["foreseen_posterior"] = Path(foreseen.attrs["posterior"]).name
        recipe["foreseen_posterior_sha256"] = foreseen.attrs["posterior_sha256"]
    bare = strategy_file is not None and brief.document.source == strategy_file.name  # a strategy without a document
    command = ["counterflow", "simulate" if bare else "assess", brief.document.source]
    for name in ("draws", "years", "seed") if recipe else ():
        command += [f"--{name}", str(recipe[name])]
    command += ["--priors"] if recipe and "posterior" not in recipe else []
    if strategy_file and not bare:
        command += ["--strategy", str(strategy_file)]
    elif not bare:
        command += ["--date", strategy.date.start.isoformat()] if strategy.date.source == "user" else []
        command += [part for record_id in strategy.refused for part in ("--refuse", record_id)]
    command += ["--elicited", str(elicited_file)] if elicited_file else []
    command += written(plan) if plan else []
    if model:
        command += ["--reader", "llm", "--endpoint", model.url, "--model", model.model]
    return {
        "version": version("counterflow"),
        "document_sha256": brief.document.sha256,
        "codebook_version": brief.codebook_version,
        **({"language_model": model.model} if model else {}),
        "strategy_sha256": hashlib.sha256(strategy.model_dump_json().encode()).hexdigest(),
        "priors_sha256": digest("counterflow.model", "priors"),
        "data": store.vintages(),
        **recipe,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "jax", "xarray", "duckdb", "pydantic")},
        "command": shlex.join(command),
    }


def written(plan: Plan) -> list[str]:
    """The options with which a command writes the formats of a plan, in its language; none for the page in English."""
    asked = [name for name in plan.files if name != "pdf"] if plan.files else ["json"]
    options = [part for name in asked for part in ("--format", name)] if asked != ["html"] else []
    options += ["--pdf"] if "pdf" in plan.files else []
    return options + (["--lang", plan.language] if plan.language != ENGLISH else [])
