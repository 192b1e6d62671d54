"""What a strategy may hold to be simulated here: what a strategy file may, of a size that one answer can wait for."""

from __future__ import annotations

from datetime import date

from counterflow.errors import StrategyError
from counterflow.strategy.files import parse_strategy, strategy_toml
from counterflow.strategy.schema import Strategy

NAME = "strategy.toml"
PREFIX = "counterflow-lab-"  # of the folders that hold what is being read, as long as it is
MOST_ENTRIES = 200
FIRST, LAST = date(2015, 1, 1), date(2045, 12, 31)  # a run goes on week by week from the record to what is asked


def read(text: str) -> Strategy:
    """A strategy from the text of its file. Raises StrategyError as `read_strategy`, naming line and key."""
    return parse_strategy(text.encode("utf-8", "replace").decode(), NAME)


def require_allowed(strategy: Strategy) -> None:
    """Refuse what a strategy file may not hold either, and what would take far too long to run.

    Raises StrategyError for an unknown lever or parameter, an entry without a size or far outside its scale, too many
    entries, and a day too far from the record.
    """
    entries = (*strategy.written, *strategy.record)
    if len(entries) + len(strategy.considered) > MOST_ENTRIES:
        raise StrategyError(f"the strategy has over {MOST_ENTRIES} entries", where="strategy")
    days = [strategy.date.start, strategy.date.end, *(entry.start for entry in entries)]
    for day in days:
        if not FIRST <= day <= LAST:
            hint = f"Begin between {FIRST.year} and {LAST.year}."
            raise StrategyError(f"{day} is too far from the record", where="strategy", hint=hint)
    try:
        read(strategy_toml(strategy))
    except StrategyError as error:  # its line is one of a file that nobody has
        raise StrategyError(error.message, where="strategy", hint=error.hint) from None
