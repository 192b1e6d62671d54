"""Every error that Counterflow raises on purpose.

CounterflowError
├── BriefError        a document that cannot be read or is refused            exit code 3
├── EvidenceError     data missing, stale or not as its hash says             exit code 4
├── StrategyError     a strategy file or lever that is not valid              exit code 3
├── ModelError        priors or parameters that are not valid, a broken run   exit code 1
├── CalibrationError  ensembles that do not agree, or too few draws left      exit code 2
├── JudgementError    too few runs, or too short, for the question asked      exit code 2
├── UsageError        an option that names what is not there                  exit code 2
├── StoreError        stored runs that are incomplete and can be resumed      exit code 5
│   ├── StoreBusyError    stored runs that another process is writing         exit code 4
│   └── StoppedError      a run that was told to stop before its end          exit code 130
└── ReportError       a report that cannot be written                         exit code 2

Each says what was wrong, where (file, line, key or span) and what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CounterflowError(Exception):
    """What was wrong (`message`), where (`where`) and what to do (`hint`), with the exit code it leads to."""

    exit_code = 1
    code = "error"

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


class BriefError(CounterflowError):
    """A document that cannot be read, or that is refused."""

    exit_code = 3
    code = "input"


class EvidenceError(CounterflowError):
    """Data that is missing, stale, or not as its hash says."""

    exit_code = 4
    code = "data"


class StrategyError(CounterflowError):
    """A strategy file, lever or date that is not valid."""

    exit_code = 3
    code = "strategy"


class ModelError(CounterflowError):
    """Priors or parameters that are not valid, or a run that broke."""

    code = "model"


class CalibrationError(CounterflowError):
    """A fit whose ensembles do not agree, or that leaves too few draws."""

    exit_code = 2
    code = "calibration"


class JudgementError(CounterflowError):
    """Runs that are too few or too short for the question asked of them."""

    exit_code = 2
    code = "judgement"


class UsageError(CounterflowError):
    """An option that names a row that is not there, or a place that cannot be written."""

    exit_code = 2
    code = "usage"


class StoreError(CounterflowError):
    """Stored runs that are not complete: what is complete is kept, and the same command can go on with the rest."""

    exit_code = 5
    code = "incomplete"


class StoreBusyError(StoreError):
    """Stored runs that another process is writing."""

    exit_code = 4
    code = "busy"


class StoppedError(StoreError):
    """A run that was told to stop before its end."""

    exit_code = 130
    code = "interrupted"


class ReportError(CounterflowError):
    """A report that cannot be written."""

    exit_code = 2
    code = "report"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The beginning of a hint, "Did you mean NAME? ", where a known name is near; else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]}? " if near else ""
