"""A strategy with a few levers, credited over few draws and two years: shared by the tests of attribution."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from counterflow.evidence.store import Store
from counterflow.judgement.attribution.attribute import attribute
from counterflow.judgement.attribution.schema import Attribution, Group, Member, OutcomeShares
from counterflow.strategy.schema import DateInterval, Entry, Strategy

BEGUN = date(2025, 1, 20)
DRAWS, YEARS = 20, 2


def strategy(*levels: tuple[str, int], later: int = 0) -> Strategy:
    """Levers moved to levels from 20 January 2025 on, each `later` days after the one before."""
    return Strategy(
        title="Made for tests",
        date=DateInterval(start=date(2025, 2, 3), end=date(2025, 2, 3), source="user", reason="made for tests"),
        written=tuple(
            Entry(
                lever=lever,
                level=level,
                start=BEGUN + timedelta(days=number * later),
                start_reason="made for tests",
                status="in_force",
                basis="user",
            )
            for number, (lever, level) in enumerate(levels)
        ),
    )


@cache
def store() -> Store:
    return Store.open()


# As collinear in January and February 2025: Remain in Mexico, troops, asylum (through which expectation works) and
# Mexican enforcement. TARGETS F12.
TOGETHER = ("asylum.remain_in_mexico", "military.deployment", "asylum.restriction", "mexico.migration_enforcement")


@cache
def collinear() -> Attribution:
    levels = zip(TOGETHER, (3, 2, 4, 3), strict=True)
    return attribute(strategy(*levels, later=5), store(), branch="as_written", draws=DRAWS, years=YEARS)


def outcome(of: Attribution, name: str) -> OutcomeShares:
    (found,) = (one for one in of.outcomes if one.outcome == name)
    return found


def bundles(of: OutcomeShares) -> list[Group]:
    """What the record shows and does not tell apart, or does not show."""
    return [group for group in of.groups if group.why not in (None, "too small")]


def members(of: OutcomeShares) -> dict[str, Member]:
    return {member.lever: member for group in of.groups for member in group.members}
