"""What can be chosen by name, as the page lists it: courses of events, statuses, switches, and words for codes."""

from __future__ import annotations

from datetime import date
from typing import get_args

from counterflow.brief.schema import Status
from counterflow.judgement.untested import NOT_TESTED
from counterflow.lab.engine.schema import Choice, CourseRow, SwitchRow
from counterflow.report.words import vocabulary, word
from counterflow.strategy.branches import LEADING, branches
from counterflow.strategy.catalogue import levers
from counterflow.strategy.overrides import RECIPROCITY, Switches
from counterflow.strategy.record import STAND_INS
from counterflow.strategy.schema import DateInterval, Strategy

GROUPS = ("claim_verdict", "finding", "grade", "not_tested", "reference")  # of the report's words
DAY = date(2025, 1, 1)  # which day does not matter to the names of courses


def courses() -> tuple[CourseRow, ...]:
    """Every course of events that some strategy has, the leading ones first, and when a strategy has it."""
    always = [branch for branch in branches(_considering()) if branch.id in LEADING]
    titles: dict[str, str] = {}
    considered: dict[str, list[str]] = {}
    for name in (*levers(), *STAND_INS):
        for branch in branches(_considering(name))[1 + len(LEADING) :]:
            titles[branch.id] = branch.title
            considered.setdefault(branch.id, []).append(name)
    # As written is as on record where the record adds nothing.
    leading = [CourseRow(id=branch.id, title=branch.title, record=branch.id != LEADING[0]) for branch in always]
    leading.sort(key=lambda row: LEADING.index(row.id))
    return (*leading, *(CourseRow(id=id, title=titles[id], considered=tuple(by)) for id, by in considered.items()))


def _considering(*names: str) -> Strategy:
    day = DateInterval(start=DAY, end=DAY, source="user", reason="")
    return Strategy(title="", date=day, written=(), considered=names)


def statuses() -> tuple[Choice, ...]:
    """How far an act can have come, the furthest first."""
    return tuple(Choice(id=name, title=word("status", name)) for name in reversed(get_args(Status)))


def switches() -> tuple[SwitchRow, ...]:
    """The channels of the model that a strategy may turn on or off."""
    return tuple(
        SwitchRow(
            id=name,
            title=word("switch", name),
            usual=usual,
            positions=()
            if isinstance(usual, bool)
            else tuple(Choice(id=one, title=word("switch_position", one)) for one in RECIPROCITY),
        )
        for name, usual in Switches()
    )


def words() -> dict[str, dict[str, str]]:
    """The report's words for what an answer or a document as read names by a code: {group: {code: words}}."""
    found = {group: dict(vocabulary()[group]) for group in GROUPS}
    found["not_tested"]["word"] = NOT_TESTED
    return found
