"""What becomes of each action: a path as written, a path on record, a branch, or a line with the reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import Party, TimeReference
from counterflow.errors import UsageError
from counterflow.evidence.store import Store
from counterflow.strategy.branches import branches
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import lever
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Entry, Range, Strategy
from strategy_cases import Record, action, brief, claim, event, gap, register

EMPTY = Record(())
DAY = date(2025, 2, 1)


def built(*actions: object, record: Record = EMPTY, **more: object) -> Strategy:
    return from_brief(brief(*actions, **more), record, date=DAY)  # type: ignore[arg-type]


def only(strategy: Strategy) -> Entry:
    assert len(strategy.written) == 1
    return strategy.written[0]


def triple(of: Range | None) -> tuple[float, float, float] | None:
    return None if of is None else (of.low, of.central, of.high)


@pytest.mark.parametrize("status", ["in_force", "expanded", "reinstated", "took_effect", "completed"])
def test_what_is_told_as_done_acts_in_full(status: str) -> None:
    assert only(built(action("asylum.restriction", status))).delivery is None


@pytest.mark.parametrize("status", ["ordered", "authorised", "announced", "determined"])
def test_what_is_only_ordered_or_announced_is_delivered_in_part(status: str) -> None:
    assert triple(only(built(action("asylum.restriction", status))).delivery) == (0.2, 0.5, 1.0)


@pytest.mark.parametrize("status", ["under_consideration", "floated", "proposed"])
def test_what_is_only_considered_becomes_a_branch(status: str) -> None:
    strategy = built(action("trade.tariff", status))
    assert strategy.considered == ("trade.tariff",)
    assert strategy.written == ()


@pytest.mark.parametrize("status", ["not_authorised", "requested", "rejected"])
def test_what_is_not_done_is_listed_without_a_path(status: str) -> None:
    strategy = built(action("trade.tariff", status))
    assert strategy.written == () == strategy.considered
    assert strategy.unplaced[0].reason.startswith("recorded, no path")


@pytest.mark.parametrize("lever", ["diplomacy.reject", "diplomacy.accuse", "diplomacy.pledge"])
@pytest.mark.parametrize("status", ["rejected", "in_force"])
def test_a_statement_that_refuses_something_is_made_when_it_is_made(lever: str, status: str) -> None:
    entry = only(built(action(lever, status)))
    assert entry.change is not None
    assert entry.change.central > 0
    assert entry.delivery is None


@pytest.mark.parametrize("status", ["rescinded", "ended", "suspended", "blocked"])
def test_to_end_the_opposite_of_a_measure_is_to_apply_it(status: str) -> None:
    told = action("asylum.restriction", status, opposite=True, day="2025-01-21", quote="It ended the parole program.")
    plain = action("asylum.restriction", "in_force", day="2025-01-21", quote="It ended the parole program.")
    entry, same = only(built(told)), only(built(plain))
    assert (entry.status, entry.start, entry.intensity) == ("in_force", same.start, same.intensity)
    assert status in entry.note


@pytest.mark.parametrize("status", ["reinstated", "in_force", "took_effect", "expanded", "completed"])
def test_to_resume_the_opposite_of_a_measure_is_to_end_it(status: str) -> None:
    told = action("asylum.restriction", status, opposite=True, day="2025-02-21")
    plain = action("asylum.restriction", "rescinded", day="2025-02-21")
    entry, same = only(built(told)), only(built(plain))
    assert (entry.status, entry.start, entry.intensity) == ("rescinded", same.start, same.intensity)


def test_the_opposite_stops_what_the_strategy_does_itself() -> None:
    held = action("asylum.restriction", "in_force", day="2025-01-21")
    resumed = action("asylum.restriction", "reinstated", 2, opposite=True, day="2025-06-21")
    assert [entry.status for entry in built(held, resumed).written] == ["in_force", "rescinded"]


@pytest.mark.parametrize("status", ["ordered", "announced", "proposed", "under_consideration", "requested"])
def test_the_opposite_that_is_only_meant_to_begin_moves_nothing(status: str) -> None:
    strategy = built(action("asylum.restriction", status, opposite=True))
    assert strategy.written == () == strategy.considered
    assert "opposite" in strategy.unplaced[0].reason
    assert strategy.unplaced[0].status == status


@pytest.mark.parametrize("status", ["ordered", "announced"])
def test_an_order_to_end_the_opposite_of_a_measure_promises_the_measure(status: str) -> None:
    entry = only(built(action("asylum.restriction", status)))  # the reader: the order is of the ending itself
    assert entry.delivery is not None


COURT = (Party(name="A federal court", code="US.COURT", role="court"),)


@pytest.mark.parametrize("status", ["rescinded", "ended"])
def test_what_the_executive_ends_falls_to_the_lowest_level_and_never_rises(status: str) -> None:
    barrier = only(from_brief(brief(action("border.barrier", status)), EMPTY, date=date(2021, 1, 20)))
    assert triple(barrier.intensity) == (0, 5, 15)
    removals = only(from_brief(brief(action("interior.removal", status)), EMPTY, date=date(2021, 6, 1)))
    assert removals.intensity is not None
    assert removals.intensity.high <= 85_180  # as recorded in that year


@pytest.mark.parametrize("status", ["rescinded", "ended", "suspended", "blocked"])
def test_what_a_court_stops_and_the_strategy_does_not_hold_moves_no_lever(status: str) -> None:
    strategy = built(action("asylum.restriction", status, actors=COURT))
    assert strategy.written == () == strategy.record
    assert strategy.unplaced[0].reason == "it stops a measure that this strategy does not hold"


@pytest.mark.parametrize(("status", "reason"), [("suspended", "does not hold"), ("blocked", "told as blocked")])
def test_a_pause_of_what_the_strategy_does_not_hold_moves_no_lever_whoever_made_it(status: str, reason: str) -> None:
    strategy = built(action("trade.tariff", status, by="US.POTUS"))
    assert strategy.written == ()
    assert reason in strategy.unplaced[0].reason


@pytest.mark.parametrize("status", ["rescinded", "ended", "suspended", "blocked"])
@pytest.mark.parametrize("day", ["2025-01-22", "2025-01-28"])
def test_what_a_court_stops_of_the_strategy_s_own_goes_back_to_what_was_there_before(status: str, day: str) -> None:
    begun = action("asylum.restriction", "in_force", level=4, day="2025-01-22")
    stopped = action("asylum.restriction", status, 2, actors=COURT, day=day)
    strategy = built(stopped, begun)
    stop = next(entry for entry in strategy.written if entry.source == "a2")
    assert (stop.level, stop.intensity, stop.change) == (None, None, None)
    as_written = next(branch for branch in branches(strategy) if branch.id == "as_written")
    weeks = np.arange("2025-01-15", "2025-02-26", 7, dtype="datetime64[D]")
    path = lever_paths(as_written, weeks, np.full((1, 1), 0.5), np.full((1, 1), 0.5), ["asylum.restriction"])[0, :, 0]
    recorded = lever("asylum.restriction").recorded_at(date(2025, 1, 15))
    assert path[-1] == pytest.approx(recorded)
    assert (path.max() > recorded) == (day == "2025-01-28")


def test_a_court_s_block_counts_on_a_measure_that_only_the_record_names() -> None:
    record = Record((event("2025-01-20", "asylum.remain_in_mexico"),))
    unnamed = action("asylum.remain_in_mexico", "reinstated", incomplete=True, finding_ids=("f1",))
    stopped = action("asylum.remain_in_mexico", "blocked", 2, actors=COURT, day="2025-01-30")
    strategy = built(unnamed, stopped, record=record, findings=(gap("unresolved_reference"),))
    assert [entry.source for entry in strategy.written] == ["a2"]
    assert [entry.fills for entry in strategy.record] == ["a1"]


def test_an_executive_that_ends_one_measure_and_begins_another_on_one_day_keeps_the_new_one() -> None:
    began = action("asylum.restriction", "in_force", level=4, day="2025-01-22")
    ended = action("asylum.restriction", "rescinded", 2, by="US.POTUS", day="2025-01-22")
    strategy = built(began, ended)
    as_written = next(branch for branch in branches(strategy) if branch.id == "as_written")
    weeks = np.arange("2025-01-22", "2025-02-26", 7, dtype="datetime64[D]")
    path = lever_paths(as_written, weeks, np.full((1, 1), 0.5), np.full((1, 1), 0.5), ["asylum.restriction"])[0, :, 0]
    assert path[-1] == pytest.approx(lever("asylum.restriction").level_range(4).central)


def test_no_row_of_the_record_fills_an_act_that_stops_something() -> None:
    rows = Record((event("2025-01-25", "border.barrier", "ended", effect_on_lever=-1, what="construction ended"),))
    strategy = built(action("border.barrier", "ended", by="US.POTUS", incomplete=True), record=rows)
    assert strategy.record == ()
    assert only(strategy).start.day == 25


def test_a_denied_act_and_an_act_of_history_have_no_path() -> None:
    denied = built(action("military.deployment", polarity="negated"))
    told = built(action("military.deployment", modality=("historical",)))
    assert "did not happen" in denied.unplaced[0].reason
    assert "history" in told.unplaced[0].reason


def test_a_pledge_on_a_mexican_lever_is_a_branch_and_a_bare_pledge_a_statement() -> None:
    assert built(action("mexico.lab_raids", "pledged", by="MX.PRES")).considered == ("mexico.lab_raids",)
    pledge = only(built(action("diplomacy.pledge", "pledged", by="MX.PRES")))
    assert (pledge.end, pledge.change is not None) == (date(2025, 2, 8), True)


def test_troops_are_added_to_those_already_there() -> None:
    entry = only(built(action("military.deployment", quantity=1600, quantity_unit="troops")))
    assert triple(entry.change) == (1600, 1600, 1600)
    assert entry.intensity is None


def test_listed_groups_are_a_total() -> None:
    entry = only(built(action("designation.terrorist", quantity=5, quantity_unit="groups")))
    assert triple(entry.intensity) == (5, 5, 5)


def test_a_count_over_a_day_is_a_daily_rate_and_over_leaves_it_open_upwards() -> None:
    told = action("interior.arrests", quantity=300, quantity_unit="people", claim_ids=("c1",))
    entry = only(built(told, claims=(claim(300, "people", bound=">", day="2025-01-21"),)))
    assert triple(entry.intensity) == (300, 312, 340)
    assert entry.level == 0


def test_a_count_without_a_period_is_no_rate() -> None:
    told = action("interior.arrests", quantity=30_000, quantity_unit="people", day="2025-01-21")
    entry = only(built(told))
    assert triple(entry.intensity) == (312, 664, 1050)
    assert "counts something else" in entry.note


def test_a_number_that_counts_something_else_is_not_the_size() -> None:
    entry = only(built(action("military.deployment", quantity=40, quantity_unit="percent")))
    assert entry.change is None
    assert "counts something else" in entry.note


def test_a_level_by_wording_is_used_where_it_goes_beyond_what_was_there() -> None:
    assert only(built(action("asylum.restriction", level=4, day="2025-01-20"))).level == 4
    below = only(built(action("asylum.restriction", level=1, day="2025-01-20")))
    assert below.level is None
    assert triple(below.intensity) == (0.7, 0.97, 1.0)
    assert "no more than what was there before" in below.note


@pytest.mark.parametrize("origin", ["added", "corrected"])
def test_a_level_that_the_user_gives_is_taken_as_it_is(origin: str) -> None:
    entry = only(built(action("asylum.restriction", level=1, day="2025-01-20", origin=origin)))
    assert (entry.level, entry.intensity, entry.basis) == (1, None, "user")
    assert entry.note == "level 1, as given by the user"
    assert entry.start_reason == "given by the user"
    sized = only(built(action("asylum.restriction", day="2025-01-20", origin=origin)))
    assert sized.note.endswith(f"{origin} by the user")


def test_an_unnamed_measure_has_no_path_as_written_and_the_record_names_it() -> None:
    record = Record((event("2025-01-21", "asylum.remain_in_mexico", what="said to be back"),))
    told = action("asylum.remain_in_mexico", "reinstated", incomplete=True, finding_ids=("f1",))
    strategy = built(told, record=record, findings=(gap("unresolved_reference"),))
    assert strategy.written == ()
    assert strategy.unplaced[0].reason == "the document does not name the measure"
    assert [entry.fills for entry in strategy.record] == ["a1"]
    assert strategy.record[0].basis == "record"


def test_persons_sent_without_a_number_have_no_path_as_written_and_the_record_counts_them() -> None:
    record = Record((event("2025-01-30", "justice.transfer", size="29 persons", actor="Mexico"),))
    strategy = built(action("justice.transfer", "completed", by="US"), record=record)
    assert strategy.written == ()
    sent = strategy.record[0]
    assert (sent.end - sent.start).days == 7  # type: ignore[operator]
    assert sent.change is not None
    assert sent.change.central * 7 / 365.25 == pytest.approx(29)


def test_the_record_fills_only_what_the_document_leaves_open() -> None:
    record = Record((event("2025-01-25", "military.deployment", size="4,000 troops"),))
    sized = built(action("military.deployment", quantity=1600, quantity_unit="troops"), record=record)
    open_size = built(action("military.deployment"), record=record)
    assert sized.record == ()
    assert triple(open_size.record[0].intensity) == (4000, 4000, 4000)


def test_rows_dated_after_the_document_are_never_used() -> None:
    record = Record((event("2025-02-02", "military.deployment", size="4,000 troops"),))
    strategy = built(action("military.deployment"), record=record)
    assert strategy.record == ()
    assert strategy.written[0].start == DAY


def test_an_act_is_dated_by_the_document_then_by_the_record_then_by_the_interval() -> None:
    record = Record((event("2025-01-20", "emergency.declaration"),))
    own = only(built(action("emergency.declaration", day="2025-01-23"), record=record))
    recorded = only(built(action("emergency.declaration"), record=record))
    neither = only(built(action("emergency.declaration")))
    assert [own.start.day, recorded.start.day, neither.start] == [23, 20, DAY]
    assert "2025-01-20-emergency.declaration" in recorded.start_reason


def test_a_refused_row_dates_nothing_but_stays_listed() -> None:
    record = Record((event("2025-01-20", "emergency.declaration", size="170 miles"),))
    strategy = from_brief(
        brief(action("emergency.declaration")),
        record,
        date=DAY,
        refused=("2025-01-20-emergency.declaration-in_force",),
    )
    assert strategy.written[0].start == DAY
    assert strategy.record[0].record_id in strategy.refused


def test_a_refused_id_that_no_row_has_is_refused_itself() -> None:
    record = Record((event("2025-01-20", "emergency.declaration"),))
    with pytest.raises(UsageError, match=r"Did you mean 2025-01-20-emergency\.declaration-in_force"):
        from_brief(brief(), record, date=DAY, refused=("2025-01-20-emergency.declaration",))
    assert UsageError.exit_code == 2


def test_an_order_is_told_when_it_is_given_and_a_measure_in_force_since_it_came() -> None:
    record = Record(
        (
            event("2025-01-20", "border.barrier", "decided", effect_on_lever=1),
            event("2025-01-28", "border.barrier", "decided", effect_on_lever=1),
        )
    )
    assert only(built(action("border.barrier", "ordered"), record=record)).start.day == 28
    assert only(built(action("border.barrier", "in_force"), record=record)).start.day == 20


def test_an_order_that_the_document_cites_by_number_is_the_one_that_is_meant() -> None:
    record = Record(
        (
            event("2025-01-20", "military.deployment", "decided", instrument="EO 14167"),
            event("2025-01-25", "military.deployment"),
        )
    )
    cited = action("military.deployment", quote="By Executive Order 14167 the military was sent.")
    assert only(built(cited, record=record)).start.day == 20
    assert only(built(action("military.deployment"), record=record)).start.day == 25


def test_a_row_of_more_than_a_year_ago_is_how_things_stood_before() -> None:
    record = Record((event("2023-05-11", "asylum.restriction"), event("2024-06-05", "asylum.restriction")))
    strategy = from_brief(brief(action("asylum.restriction")), record, date=date(2024, 9, 30))
    assert only(strategy).start == date(2024, 6, 5)


def test_a_period_of_years_is_no_starting_date() -> None:
    long = TimeReference(text="in the last two years", start=date(2023, 2, 1), end=DAY, precision="relative")
    assert only(built(action("drugs.port_scanning").model_copy(update={"date_start": long}))).start == DAY


def test_words_that_are_missing_are_looked_up_on_record_even_where_the_level_is_told() -> None:
    record = Record((event("2025-01-25", "military.surveillance", what="flights reported"),))
    told = action("military.surveillance", "expanded", level=2, incomplete=True)
    strategy = built(told, record=record)
    assert only(strategy).level == 2
    assert strategy.record[0].fills == "a1"


def test_an_accusation_is_dated_by_the_government_that_made_it() -> None:
    record = Record(
        (
            event("2025-01-22", "diplomacy.accuse", actor="US President", what="blames gangs for guns"),
            event("2025-01-24", "diplomacy.accuse", actor="Mexico President", what="blames gun shops"),
        )
    )
    quote = "The president spoke of guns."
    assert only(built(action("diplomacy.accuse", by="MX.PRES", quote=quote), record=record)).start.day == 24
    assert only(built(action("diplomacy.accuse", by="US.POTUS", quote=quote), record=record)).start.day == 22


REJECTS_TROOPS = "no foreign troops without consent"


def test_a_statement_is_dated_only_by_a_row_about_the_same_thing() -> None:
    record = Record((event("2025-01-24", "diplomacy.reject", actor="Mexico President", what=REJECTS_TROOPS),))
    same = action("diplomacy.reject", by="MX.PRES", quote="The president rejected a troop deployment.")
    other = action("diplomacy.reject", by="MX.PRES", quote="The president rejected claims of collusion.")
    assert only(built(same, record=record)).start.day == 24
    undated = only(built(other, record=record))
    assert undated.start == DAY
    assert "no dated row of the record speaks of this" in undated.start_reason


def test_who_speaks_is_not_what_a_statement_is_about() -> None:
    record = Record((event("2025-01-24", "diplomacy.reject", actor="Mexico", what="Mexico's president says no"),))
    told = action("diplomacy.reject", quote="Mexico's president rejected the plan.")
    assert only(built(told, record=record)).start == DAY


def test_a_statement_in_spanish_is_matched_by_its_stems() -> None:
    record = Record((event("2025-01-24", "diplomacy.reject", actor="Mexico", what="no foreign intervention"),))
    told = action("diplomacy.reject", by="MX.PRES", quote="Rechazó toda intervención extranjera.")
    assert only(built(told, record=record)).start.day == 24


def test_a_pause_is_dated_by_a_pause_and_never_by_an_act_in_force_or_a_stay_of_a_ruling() -> None:
    rows = (
        event("2025-01-21", "trade.tariff"),
        event("2025-01-22", "trade.tariff", effect_on_lever=-1, what="rate lowered"),
        event("2025-01-23", "trade.tariff", "stayed", actor="Federal Circuit", what="stay kept: collected"),
        event("2025-01-24", "trade.tariff", "stayed", actor="US and Mexico", what="one month pause"),
    )
    paused = (action("trade.tariff", day="2025-01-21"), action("trade.tariff", "suspended", 2))
    assert [entry.start.day for entry in built(*paused, record=Record(rows)).written] == [21, 24]
    without = built(*paused, record=Record(rows[:3])).written[1]
    assert without.start == DAY
    assert "no dated row" in without.start_reason


def test_no_reason_shown_to_a_reader_carries_a_code() -> None:
    strategy = from_brief(register(), Store.open())
    reasons = " ".join(entry.start_reason for entry in (*strategy.written, *strategy.record))
    assert "in_force" not in reasons
    assert "by the record" in reasons


def test_strikes_told_as_done_without_a_target_are_strikes_on_laboratories_and_incomplete() -> None:
    entry = only(built(action("military.strike")))
    assert (entry.lever, entry.incomplete) == ("military.strike_lab", True)


def test_strikes_that_are_only_authorised_are_a_branch_and_no_path() -> None:
    strategy = built(action("military.strike", "authorised"))
    assert strategy.written == ()
    assert strategy.considered == ("military.strike",)


def test_codes_without_a_lever_are_listed() -> None:
    strategy = built(action("unmapped.aid"))
    assert strategy.unplaced[0].reason == "no lever of the model stands for it"


def test_every_action_of_a_register_goes_somewhere() -> None:
    strategy = from_brief(register(), Store.open())
    placed = {entry.source for entry in strategy.written} | {entry.fills for entry in strategy.record}
    listed = {row.action_id for row in strategy.unplaced}
    considered = {a.id for a in register().actions if a.lever in strategy.considered}
    assert placed | listed | considered == {f"a{n}" for n in range(1, 16)}
    assert {entry.lever for entry in strategy.record} == {
        "military.surveillance", "asylum.remain_in_mexico", "asylum.restriction", "emergency.declaration",
        "interior.arrests", "interior.local_cooperation", "justice.transfer", "opposition.leak",
    }  # fmt: skip
    assert all(entry.start <= strategy.date.end for entry in strategy.record)


def test_the_same_document_of_the_other_camp_is_treated_alike() -> None:
    """Swapping whose agencies act changes nothing about paths, only who is named."""
    one = from_brief(register(), Store.open(), date=date(2025, 3, 1))
    renamed = tuple(
        a.model_copy(update={"actors": tuple(p.model_copy(update={"name": "someone else"}) for p in a.actors)})
        for a in register().actions
    )
    other = from_brief(register().model_copy(update={"actions": renamed}), Store.open(), date=date(2025, 3, 1))
    assert one.written == other.written


def test_troops_that_the_record_gives_in_all_are_the_whole() -> None:
    record = Record(
        (event("2025-01-28", "military.deployment", size="8,600 troops", what="force in all reported at 8,600"),)
    )
    entry = only(built(action("military.deployment", quantity=8600.0, quantity_unit="troops"), record=record))
    assert entry.change is None
    assert triple(entry.intensity) == (8600.0, 8600.0, 8600.0)


def test_an_end_that_is_only_announced_moves_nothing() -> None:
    strategy = built(action("military.deployment", "announced", ending=True, quantity=1000.0, quantity_unit="troops"))
    assert strategy.written == ()
    assert "its end is only announced" in strategy.unplaced[0].reason


def test_what_the_other_state_does_does_not_move_the_lever_of_this_one() -> None:
    assert built(action("trade.tariff", by="MX.GOV")).written == ()
    assert only(built(action("trade.tariff", by="US.POTUS"))).lever == "trade.tariff"


@pytest.mark.parametrize(
    "text",
    [
        "The administration has sent 10,000 troops to the border, up from 2,500 in January.",
        "El gobierno de Estados Unidos ha enviado 10,000 soldados a la frontera, frente a 2,500 en enero.",
    ],
)
def test_the_month_of_a_comparison_starts_no_path(tmp_path: Path, text: str) -> None:
    place = tmp_path / "document.md"
    place.write_text(f"WASHINGTON, 14 July 2025. Fact sheet on the border.\n\n{text}\n", encoding="utf-8")
    strategy = from_brief(read(place), EMPTY)
    assert (strategy.date.source, strategy.date.start) == ("document", date(2025, 7, 14))
    entry = only(strategy)
    assert entry.start == strategy.date.start
    assert entry.start_reason.startswith("the document gives no date, and no dated row of the record")
