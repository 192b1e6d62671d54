"""What a strategy may hold to be simulated here: what a strategy file may, of a size that one answer can wait for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from counterflow.errors import StrategyError, UsageError
from counterflow.lab.engine.bare import TEXTS, bare
from counterflow.lab.engine.schema import FIRST_DAY, LAST_DAY, MOST_WORK
from counterflow.strategy.files import parse_strategy, strategy_toml
from counterflow.strategy.schema import DateInterval, Entry, Strategy

NAME = "strategy.toml"
MOST_ENTRIES = 200
LONGEST_TEXT, LONGEST_QUOTE = 2_000, 10_000  # characters in an entry; a sentence of a document can be long


def read(text: str) -> Strategy:
    """A strategy from the text of its file. Raises StrategyError as `read_strategy`, naming line and key."""
    return parse_strategy(text.encode("utf-8", "replace").decode(), NAME)


def require_allowed(strategy: Strategy) -> None:
    """Refuse what a strategy file may not hold either, and what would take far too long to run.

    Raises StrategyError for an unknown lever or parameter, an entry without a size or far outside its scale, too many
    entries, a text that is too long, and a day too far from the record.
    """
    entries = (*strategy.written, *strategy.record)
    if len(entries) + len(strategy.considered) > MOST_ENTRIES:
        raise StrategyError(f"the strategy has over {MOST_ENTRIES} entries", where="strategy")
    days = [strategy.date.start, strategy.date.end, *(entry.start for entry in entries)]
    for day in days:
        if not FIRST_DAY <= day <= LAST_DAY:
            hint = f"Begin between {FIRST_DAY.year} and {LAST_DAY.year}."
            raise StrategyError(f"{day} is too far from the record", where="strategy", hint=hint)
    for entry in entries:  # of which a slider changes one
        for name in TEXTS:
            most = LONGEST_QUOTE if name == "quote" else LONGEST_TEXT
            _require_short(f"the {name.replace('_', ' ')} of an entry", getattr(entry, name), most)
        _require_entry(bare(entry))
    for name, parameter in strategy.parameters.items():
        _require_short(f"the source of {name[:100]}", parameter.source, LONGEST_TEXT)
    _require(strategy.model_copy(update={"written": (), "record": ()}))


def _require_short(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise StrategyError(f"{what} has over {most:,} characters", where="strategy", hint="Shorten it.")


@lru_cache(maxsize=4096)
def _require_entry(entry: Entry) -> None:
    """Refuse a bare entry that no strategy file may hold. Raises StrategyError, and looks again then."""
    day = DateInterval(start=entry.start, end=entry.start, source="user", reason="")
    _require(Strategy(title="", date=day, written=(entry,)))


def _require(strategy: Strategy) -> None:
    try:
        read(strategy_toml(strategy))
    except StrategyError as error:  # its line is one of a file that nobody has
        raise StrategyError(error.message, where="strategy", hint=error.hint) from None


def require_work(strategies: Sequence[Strategy], draws: int, years: int) -> None:
    """Refuse what would take the processors for too long. Raises UsageError."""
    if len(strategies) * draws * years > MOST_WORK:
        most = MOST_WORK // (len(strategies) * years)
        raise UsageError(
            f"{len(strategies)} strategies of {draws} draws and {years} years are more than one answer can wait for",
            where="draws",
            hint=f"Ask for at most {most} draws, or for fewer years.",
        )
