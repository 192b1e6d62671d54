"""The command line: arguments in, exit code out. No logic of its own; heavy modules are imported by commands."""

from counterflow.cli import documents, evidence
from counterflow.cli.base import main, told

__all__ = ["documents", "evidence", "main", "told"]
