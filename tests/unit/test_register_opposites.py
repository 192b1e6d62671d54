"""Acts told of the opposite of a lever's measure: the register and a document by itself mean the same by them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from counterflow.brief.reader import read
from counterflow.strategy.branches import branches
from counterflow.strategy.build import from_brief
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.register.adding import add
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.reading import mentions_of, source_of
from counterflow.strategy.register.schema import Register
from counterflow.strategy.register.strategy import strategy_of
from counterflow.strategy.schema import DateInterval, Strategy
from register_cases import document, entries, histories, register_of, said
from strategy_cases import Record

NONE = Record(())
ASYLUM = "asylum.restriction"
DAY = date(2026, 3, 31)
WEEKS = np.arange("2026-01-05", "2026-04-27", 7, dtype="datetime64[D]")


def weekly(strategy: Strategy, lever: str) -> list[float]:
    middle = np.full((1, 1), 0.5)
    (chosen,) = [one for one in branches(strategy) if one.id == "as_written"]
    return [float(value) for value in lever_paths(chosen, WEEKS, middle, middle, [lever])[0, :, 0]]


CLOSED = "President Trump closed the border to asylum seekers on January 20, 2026."
TEXTS = [
    ("cbp_one", "President Trump ended the CBP One parole program on February 3, 2026."),
    ("cbp_one", "President Trump suspended the CBP One program on February 3, 2026."),
    ("cbp_one", "President Trump restored the CBP One parole program on February 3, 2026."),
    (
        "parole",
        "President Trump ended the humanitarian parole program at the southern border on February 3, 2026.",
    ),
    (
        "parole",
        "President Trump restored the humanitarian parole program at the southern border on February 3, 2026.",
    ),
    ("catch_and_release", "President Trump ended catch-and-release at the border on February 3, 2026."),
    ("catch_and_release", "President Trump restored catch-and-release at the border on February 3, 2026."),
]


@pytest.mark.parametrize(("about", "text"), TEXTS)
@pytest.mark.parametrize("before", ["", CLOSED])
def test_the_register_and_a_document_by_itself_move_the_lever_alike(
    about: str, text: str, before: str, tmp_path: Path
) -> None:
    path = tmp_path / "one.txt"
    path.write_text("\n\n".join(["March 31, 2026", before, text]) + "\n")
    brief = read(str(path), date=DAY)
    (lever,) = {action.lever for action in brief.actions if action.opposite}
    assert any(about in action.policy_id for action in brief.actions)
    dated = DateInterval(start=DAY, end=DAY, source="user", reason="a test")
    register, _ = add(Register(), source_of(brief, dated), mentions_of(brief))
    alone = from_brief(brief, NONE, date=DAY)
    made = strategy_of(register, NONE, include_unreviewed=True)
    assert weekly(made, lever) == weekly(alone, lever)
    assert [(one.lever, one.status, one.start) for one in made.written] == [
        (one.lever, one.status, one.start) for one in alone.written
    ]


def test_the_end_of_the_opposite_ends_no_measure() -> None:
    register = register_of(
        document("2026-01-20", said(ASYLUM, "in_force")),
        document("2026-02-03", said(ASYLUM, "rescinded", opposite=True)),
    )
    assert histories(register) == [["in_force"], ["rescinded"]]
    assert [entry.told.does for entry in entries(register)] == ["in_force", "in_force"]
    assert [entry.troubles for entry in entries(register)] == [(), ()]


def test_an_order_is_not_carried_out_by_the_end_of_the_opposite() -> None:
    register = register_of(
        document("2026-01-20", said(ASYLUM)), document("2026-02-03", said(ASYLUM, "ended", opposite=True))
    )
    assert histories(register) == [["ordered"], ["ended"]]


def test_the_end_of_the_opposite_and_its_return_are_one_policy() -> None:
    register = register_of(
        document("2026-01-20", said(ASYLUM, "ended", opposite=True)),
        document("2026-02-03", said(ASYLUM, "reinstated", opposite=True)),
    )
    assert histories(register) == [["ended", "reinstated"]]
    assert [entry.told.does for entry in entries(register)] == ["in_force", "rescinded"]


def test_the_same_object_joins_an_order_to_end_it_and_the_end() -> None:
    key = f"{ASYLUM}:US:cbp_one"
    register = register_of(
        document("2026-01-20", said(ASYLUM, policy_id=key)),
        document("2026-02-03", said(ASYLUM, "ended", opposite=True, policy_id=key)),
    )
    assert histories(register) == [["ordered", "ended"]]


def test_a_measure_is_not_called_by_the_object_of_another_policy() -> None:
    register = register_of(
        document("2026-01-20", said(ASYLUM, "in_force")),
        document("2026-02-03", said(ASYLUM, "ended", opposite=True, policy_id=f"{ASYLUM}:US:cbp_one")),
    )
    assert [policy.object for policy in policies_of(register)] == ["", "cbp_one"]


def test_what_is_only_promised_of_the_opposite_moves_nothing() -> None:
    register = register_of(document("2026-01-20", said(ASYLUM, "ordered", opposite=True)))
    assert entries(register)[0].told.does is None
    made = strategy_of(register, NONE, include_unreviewed=True)
    assert (made.written, len(made.unplaced)) == ((), 1)


def test_an_end_that_is_only_ordered_moves_nothing_yet() -> None:
    register = register_of(
        document("2026-01-20", said(ASYLUM, "in_force")), document("2026-02-03", said(ASYLUM, ending=True))
    )
    assert histories(register) == [["in_force", "ordered"]]
    assert entries(register)[1].told.does is None
    made = strategy_of(register, NONE, include_unreviewed=True)
    assert [(one.status, one.end) for one in made.written] == [("in_force", None)]
