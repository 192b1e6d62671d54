"""The command line: arguments in, exit code out. No logic of its own; heavy modules are imported by commands."""

from counterflow.cli import codebook, documents, evidence, parameters, register, simulate, verify
from counterflow.cli.base import main, told

__all__ = ["codebook", "documents", "evidence", "main", "parameters", "register", "simulate", "told", "verify"]
