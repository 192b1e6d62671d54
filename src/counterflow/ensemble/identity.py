"""What the content of an ensemble depends on, in plain values: runs of the same identity have the same bits on the same
kind of machine."""

from __future__ import annotations

import hashlib
from typing import Any

import jax
import numpy as np

from counterflow.ensemble.job import Job
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.sampling import refits
from counterflow.strategy.schema import Strategy


def identity_of(job: Job, strategy: Strategy) -> dict[str, Any]:
    """Every field in which ensembles can differ; what is long is told by its SHA-256."""
    at = job.at
    posterior = job.sampling.posterior
    return {
        "engine": dict(job.engine),
        "strategy": _sha256(strategy.model_dump_json().encode()),
        "first_lever": at.first_lever.isoformat(),
        **identity_of_plan(at),
        "posterior": posterior.sha256 if posterior else None,
        "sampling": job.sampling.method,
        "seed": at.seed,
        "draws": job.draws,
        "replicates": job.replicates,
        "years": at.recipe["years"],
        "as_of": at.recipe["as_of"],
        "outputs": list(job.outputs),
        "every": job.every,
        "reduced": job.reduced,
        "above": {name: list(values) for name, values in job.above.items()},
    }


def identity_of_plan(at: Plan) -> dict[str, Any]:
    """The part of it that a plan tells: what every draw and every branch is made from."""
    record = (at.weeks, at.observed, at.record, at.past, at.beside, at.switches)
    return {
        "branches": {branch.id: _sha256(branch.model_dump_json().encode()) for branch in at.branches},
        "record_before_it": _sha256(*(_bytes(leaf) for leaf in jax.tree.leaves(record))),
        "priors": _sha256(repr(at.priors).encode(), refits().tobytes()),
    }


def _bytes(leaf: Any) -> bytes:
    """What an array, a number or a day holds; never where in memory it lies."""
    held = np.asarray(leaf)
    return f"{held.dtype} {held.shape} ".encode() + (repr(leaf).encode() if held.dtype.hasobject else held.tobytes())


def _sha256(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()
