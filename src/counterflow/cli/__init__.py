"""The command line: arguments in, exit code out. No logic of its own; heavy modules are imported by commands."""

from counterflow.cli import (
    attribute,
    calibrate,
    codebook,
    compare,
    diff,
    documents,
    evidence,
    forecasts,
    improve,
    judge,
    lab,
    parameters,
    register,
    sensitivity,
    simulate,
    verify,
)
from counterflow.cli.base import main, told

__all__ = [
    "attribute",
    "calibrate",
    "codebook",
    "compare",
    "diff",
    "documents",
    "evidence",
    "forecasts",
    "improve",
    "judge",
    "lab",
    "main",
    "parameters",
    "register",
    "sensitivity",
    "simulate",
    "told",
    "verify",
]
