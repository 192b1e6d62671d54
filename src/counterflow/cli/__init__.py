"""The command line: arguments in, exit code out. No logic of its own; heavy modules are imported by commands."""

from counterflow.cli import calibrate, codebook, documents, evidence, forecasts, parameters, register, simulate, verify
from counterflow.cli.base import main, told

__all__ = [
    "calibrate",
    "codebook",
    "documents",
    "evidence",
    "forecasts",
    "main",
    "parameters",
    "register",
    "simulate",
    "told",
    "verify",
]
