"""A person's review: what can be decided, how it is asked, and that it outlives new readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from counterflow.errors import UsageError
from counterflow.strategy.register.adding import Added, DocumentRead, add, add_all
from counterflow.strategy.register.dialogue import review
from counterflow.strategy.register.files import change_register, read_register
from counterflow.strategy.register.listing import added_lines, review_lines, timeline_lines
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.removing import remove
from counterflow.strategy.register.reviewing import accept, correct, known_actors
from counterflow.strategy.register.schema import Mention, Register
from register_cases import (
    AT,
    MPP,
    TROOPS,
    accepted,
    corrected,
    document,
    entries,
    mention,
    only,
    register_of,
    rejected,
    said,
    statuses,
    story,
)


@pytest.fixture
def ordered() -> Mention:
    return mention(
        register_of(document("2025-01-20", said(TROOPS, quantity=1500, quantity_unit="troops"))), "ordered", TROOPS
    )


# ------------------------------------------------------------------------------------------ decisions


def test_accepting_keeps_who_and_when_in_utc(ordered: Mention) -> None:
    local = AT.astimezone(timezone(timedelta(hours=-6)))
    review_ = accept(ordered, "Ann", local).review
    assert (review_.state, review_.by, review_.at) == ("accepted", "Ann", AT)
    assert review_.at is not None
    assert review_.at.utcoffset() == timedelta(0)


def test_a_correction_keeps_what_was_read_beside_what_the_person_says(ordered: Mention) -> None:
    one = correct(ordered, {"status": "in force", "start": "2025-01-24", "quantity": "1,600 troops"}, "Ann", AT)
    assert (one.read.status, one.told.status) == ("ordered", "in_force")
    assert one.told.quantity is not None
    assert one.told.quantity.number == 1600
    changes = {change.field: (change.before, change.after) for change in one.review.changes}
    assert changes == {
        "status": ("ordered", "in force"),
        "start": ("", "2025-01-24"),
        "quantity": ("1,500 troops", "1,600 troops"),
    }


def test_a_second_correction_adds_to_the_first(ordered: Mention) -> None:
    one = correct(correct(ordered, {"level": "2"}, "Ann", AT), {"actor": "US.DOD"}, "Bob", AT)
    assert (one.told.level, one.told.actors[0].code, one.review.by) == (2, "US.DOD", "Bob")
    assert {change.field for change in one.review.changes} == {"level", "actor"}


def test_a_correction_that_changes_nothing_accepts(ordered: Mention) -> None:
    assert correct(ordered, {"status": "ordered", "level": ""}, "Ann", AT).review.state == "accepted"


def test_accepting_a_correction_signs_it_anew_and_typing_what_was_read_takes_it_back(ordered: Mention) -> None:
    one = correct(ordered, {"level": "2"}, "Ann", AT)
    signed = accept(one, "Bob", AT)
    assert (signed.told.level, signed.review.state, signed.review.by) == (2, "corrected", "Bob")
    back = correct(one, {"level": "none"}, "Ann", AT)
    assert (back.told, back.review.state) == (ordered.read, "accepted")


def test_none_takes_away_what_the_text_does_not_say(ordered: Mention) -> None:
    one = correct(ordered, {"quantity": "none", "actor": "none"}, "Ann", AT)
    assert (one.told.quantity, one.told.actors) == (None, ())


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("lever", "military.deploiment", "Did you mean military.deployment?"),
        ("status", "blokked", "Did you mean blocked?"),
        ("level", "5", "0, 1, 2, 3 or 4"),
        ("level", "two", "0, 1, 2, 3 or 4"),
        ("start", "20 Jan 2025", "YYYY-MM-DD"),
        ("end", "2025-02-30", "YYYY-MM-DD"),
        ("start", "0001-01-01", "Give a day from"),
        ("actor", "us.potos", "Did you mean US.POTUS?"),
        ("quantity", "many", "Give a number"),
        ("quantity", "-5 troops", "Give a number"),
        ("quantity", "1e999", "Give a number"),
        ("quantity", "9" * 400, "Give a number"),
        ("quantity", "1,50 troops", "Give a number"),
    ],
)
def test_a_value_that_cannot_stand_is_refused_with_what_is_near(
    field: str, typed: str, told: str, ordered: Mention
) -> None:
    with pytest.raises(UsageError, match=r".") as refused:
        correct(ordered, {field: typed}, "Ann", AT)
    assert told in str(refused.value)


@pytest.mark.parametrize("code", ["US", "MX", "US.POTUS", "MX.PRES"])
def test_every_code_that_the_reader_gives_can_be_typed(code: str, ordered: Mention) -> None:
    assert code in known_actors()
    told = correct(ordered, {"actor": code.lower()}, "Ann", AT).told
    assert [who.code for who in told.actors] == [code]


def test_an_end_before_the_start_is_refused(ordered: Mention) -> None:
    with pytest.raises(UsageError, match="2025-01-01 comes before the start 2025-02-01"):
        correct(ordered, {"start": "2025-02-01", "end": "2025-01-01"}, "Ann", AT)


# ------------------------------------------------------------------------------------------ reading again


def again(register: Register, new: DocumentRead) -> tuple[Register, str]:
    after, added = add(register, new.source, new.mentions)
    return after, " ".join(" ".join(added_lines(added)).split())


def reread(first: DocumentRead, *actions: object) -> DocumentRead:
    """The same bytes, read by another version of the reader."""
    other = document("2025-01-20", *actions)
    mentions = tuple(one.model_copy(update={"document": first.source.sha256}) for one in other.mentions)
    kept = {one.quote: one.id for one in first.mentions}
    mentions = tuple(one.model_copy(update={"id": kept.get(one.quote, one.id)}) for one in mentions)
    return DocumentRead(first.source, mentions)


QUOTE = "He ordered it."


def test_an_unreviewed_reading_is_replaced() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    after, told = again(register_of(first), reread(first, said(status="announced", quote=QUOTE)))
    assert [one.read.status for one in after.mentions] == ["announced"]
    assert "1 read differently" in told


def test_an_accepted_reading_stays_and_the_difference_is_shown() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    after, told = again(accepted(register_of(first)), reread(first, said(status="announced", quote=QUOTE)))
    (entry,) = only(after).history
    assert (entry.status, entry.review.state) == ("ordered", "accepted")
    assert "is now read as status announced, not ordered; the reviewed version stays" in told
    assert [trouble.kind for trouble in entry.troubles] == ["read_again"]
    assert "status announced (reviewed: ordered)" in entry.troubles[0].message


def test_a_difference_is_told_once_and_gone_when_the_reader_agrees_again() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    other = reread(first, said(status="announced", quote=QUOTE))
    after, _ = again(accepted(register_of(first)), other)
    same, told = again(after, other)
    assert same == after
    assert "now read as" not in told
    back, _ = again(after, first)
    assert only(back).history[0].troubles == ()


def test_a_person_can_take_over_what_the_reader_finds_now() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    after, _ = again(accepted(register_of(first)), reread(first, said(status="announced", quote=QUOTE)))
    kept = accepted(after)
    assert [trouble.kind for trouble in only(kept).history[0].troubles] == ["read_again"]
    taken = corrected(after, after.mentions[0], status="announced")
    assert only(taken).history[0].troubles == ()


def test_a_correction_survives_and_a_reader_that_agrees_with_it_is_no_difference() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    register = register_of(first)
    register = corrected(register, register.mentions[0], status="announced")
    same, told = again(register, first)
    assert same == register
    assert "1 reviewed and kept" in told
    agreed, told = again(register, reread(first, said(status="announced", quote=QUOTE)))
    assert only(agreed).history[0].troubles == ()
    assert "now read as" not in told


def test_a_corrected_lever_survives_a_reader_that_now_finds_the_same() -> None:
    first = document("2025-01-20", said(TROOPS, quote=QUOTE))
    register = register_of(first)
    register = corrected(register, register.mentions[0], lever=MPP)
    other = document("2025-01-20", said(MPP, quote=QUOTE))
    new = DocumentRead(
        first.source,
        tuple(one.model_copy(update={"document": first.source.sha256}) for one in other.mentions),
    )
    after, _ = again(register, new)
    (one,) = after.mentions
    assert (one.told.lever, one.review.state, one.again) == (MPP, "corrected", None)


def test_a_reviewed_entry_that_the_reader_no_longer_finds_stays_with_a_note() -> None:
    first = document("2025-01-20", said(quote=QUOTE), said(TROOPS, quote="Troops went."))
    register = register_of(first)
    register = corrected(register, register.mentions[0], level="2")
    after, told = again(register, DocumentRead(first.source, ()))
    (entry,) = entries(after)
    assert (entry.told.level, [trouble.kind for trouble in entry.troubles]) == (2, ["lost"])
    assert "no longer found by the reader" in entry.troubles[0].message
    assert "1 no longer found" in told  # the unreviewed one
    back, _ = again(after, first)
    assert [one.lost for one in back.mentions] == [False, False]


def test_a_longer_quote_of_the_same_lever_is_the_same_entry() -> None:
    first = document("2025-01-20", said(quote=QUOTE))
    after, _ = again(accepted(register_of(first)), reread(first, said(quote=f"On Monday, {QUOTE}")))
    assert [one.review.state for one in after.mentions] == ["accepted"]


def test_another_lever_in_the_words_of_a_rejected_entry_is_reviewed_anew() -> None:
    first = document("2025-01-20", said(TROOPS, quote=QUOTE))
    register = register_of(first)
    register = rejected(register, register.mentions[0])
    other = document("2025-01-20", said(MPP, quote=QUOTE))
    mentions = tuple(one.model_copy(update={"document": first.source.sha256}) for one in other.mentions)
    after, _ = again(register, DocumentRead(first.source, mentions))
    assert sorted(one.review.state for one in after.mentions) == ["rejected", "unreviewed"]


def versions(*actions: object) -> tuple[DocumentRead, DocumentRead]:
    """A document, and an edited version of it with other actions."""
    first = document("2025-01-20", said(quote=QUOTE), said(TROOPS, quote="Troops went."), name="order.html")
    return first, document("2025-01-20", *actions, name="order.html", content="edited")


def test_a_newer_version_supersedes_what_nobody_reviewed() -> None:
    first, second = versions(said(quantity=7, quote=QUOTE))
    after, told = again(register_of(first), second)
    assert after.documents == (second.source,)
    assert after.mentions == second.mentions
    assert "it supersedes the version of the same name with other bytes" in told
    assert "2 unreviewed mentions of it gone" in told
    assert "supersedes" not in again(after, second)[1]


def test_what_was_reviewed_of_an_older_version_stays_with_a_note() -> None:
    first, second = versions(said(quantity=7, quote=QUOTE))
    register = register_of(first)
    register = corrected(register, mention(register, "ordered"), quantity="9")
    after, told = again(register, second)
    assert "1 unreviewed mention of it gone, 1 reviewed kept" in told
    assert {source.superseded_by for source in after.documents} == {None, second.source.sha256}
    kinds = {entry.review.state: [trouble.kind for trouble in entry.troubles] for entry in entries(after)}
    assert kinds == {"corrected": ["superseded"], "unreviewed": []}
    assert register_of(first, second, second) == register_of(second)


def test_a_reviewed_act_that_a_newer_version_tells_again_is_one_entry() -> None:
    first, second = versions(said(quote=QUOTE))
    register = register_of(first)
    after, _ = again(accepted(register), second)
    ordered_, troops = sorted(entries(after), key=lambda entry: entry.told.lever)
    assert (len(ordered_.mentions), ordered_.review.state, ordered_.troubles) == (2, "accepted", ())
    assert [trouble.kind for trouble in troops.troubles] == ["only_in_older"]


def test_an_older_version_that_is_added_again_holds_again() -> None:
    first, second = versions(said(quantity=7, quote=QUOTE))
    register, _ = again(accepted(register_of(first)), second)
    back, told = again(register, first)
    assert back == accepted(register_of(first))
    assert "supersedes" in told


def test_new_documents_of_one_name_that_are_added_at_once_are_different_documents() -> None:
    first, second = versions(said(quote=QUOTE))
    added: list[Added] = []
    register = add_all(Register(), [first, second], added)
    assert len(register.documents) == 2
    assert "another document of the same name" in " ".join(added_lines(added[1]))
    assert add_all(register, [second], added) != register  # by itself it is the newer version


def test_a_document_that_is_removed_takes_its_mentions_with_it() -> None:
    register = story()
    (gone,) = (source for source in register.documents if source.name == "2025-02-05.txt")
    for asked in ("2025-02-05.txt", "some/folder/2025-02-05.txt", gone.sha256[:4], gone.sha256.upper()):
        after, removed = remove(register, asked)
        assert (removed.document, removed.mentions, removed.reviewed) == (gone, 1, 0)
        assert statuses(only(after)) == ["ordered", "reinstated"]


def test_reviews_are_lost_with_a_document_only_where_that_is_asked_for() -> None:
    register = accepted(story())
    with pytest.raises(UsageError, match="1 reviewed mention, and the review would be lost"):
        remove(register, "2025-02-05.txt")
    after, removed = remove(register, "2025-02-05.txt", reviewed_too=True)
    assert (len(after.documents), removed.reviewed) == (2, 1)


def test_an_older_version_holds_again_when_the_newer_one_is_removed() -> None:
    first, second = versions(said(quantity=7, quote=QUOTE))
    register, _ = again(accepted(register_of(first)), second)
    after, _ = remove(register, second.source.sha256)
    assert [source.superseded_by for source in after.documents] == [None]
    assert [entry.troubles for entry in entries(after)] == [(), ()]


def test_a_reviewed_mention_speaks_for_the_entry_whatever_is_added_later() -> None:
    register = corrected(story(), mention(story(), "ordered"), level="2")
    register, _ = again(register, document("2025-01-19", said(day="2025-01-20", quantity=7, quote="A fuller story.")))
    entry = only(register).history[0]
    assert (entry.review.state, entry.told.level, len(entry.mentions)) == ("corrected", 2, 2)


# ------------------------------------------------------------------------------------------ the dialogue


class Person:
    """Answers from a list; an end of the list is an end of the input, and ^C an interrupt."""

    def __init__(self, *answers: str) -> None:
        self.answers: Iterator[str] = iter(answers)
        self.seen: list[str] = []
        self.saved: list[str] = []

    def ask(self, question: str) -> str:
        self.seen.append(question)
        answer = next(self.answers, None)
        if answer is None:
            raise EOFError
        if answer == "^C":
            raise KeyboardInterrupt
        return answer

    def step_through(self, path: Path, **options: bool) -> list[str]:
        review(path, "Ann", ask=self.ask, tell=self.seen.append, now=lambda: AT, saved=self.saved.append, **options)
        return states(path)


def states(path: Path) -> list[str]:
    return [entry.review.state for entry in entries(read_register(path))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "register.json"
    change_register(place, lambda _: story())
    return place


KEEP = ["", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        (["a", "r", "", "s"], ["accepted", "rejected", "unreviewed"]),
        (["a", "q"], ["accepted", "unreviewed", "unreviewed"]),
        (["a"], ["accepted", "unreviewed", "unreviewed"]),
        (["a", "a", "a"], ["accepted", "accepted", "accepted"]),
        (["accept", "SKIP", "Reject", "no"], ["accepted", "unreviewed", "rejected"]),
        (["x", "", "ar", "a", "q"], ["accepted", "unreviewed", "unreviewed"]),
        (["b", "a", "b", "r", "", "q"], ["rejected", "unreviewed", "unreviewed"]),
        (["c", "", "", "3", "", "", "", "", "q"], ["corrected", "unreviewed", "unreviewed"]),
        (["c", *KEEP, "q"], ["accepted", "unreviewed", "unreviewed"]),
        (["c", "", ""], ["unreviewed", "unreviewed", "unreviewed"]),
    ],
)
def test_the_letters_do_what_they_say(answers: list[str], after: list[str], path: Path) -> None:
    assert Person(*answers).step_through(path) == after


def test_all_entries_can_be_decided_anew(path: Path) -> None:
    change_register(path, accepted)
    assert Person("r", "").step_through(path) == ["accepted"] * 3
    after = Person("s", "r", "").step_through(path, reviewed_too=True)
    assert after == ["accepted", "rejected", "accepted"]


def test_a_wrong_value_is_asked_again_with_what_is_near(path: Path) -> None:
    person = Person("c", "asylum.remain_in_mexic", "", "ordred", "", "", "", "", "", "", "q")
    person.step_through(path)
    said_ = "\n".join(person.seen)
    assert f"no lever is called 'asylum.remain_in_mexic'. Did you mean {MPP}?" in said_
    assert "Did you mean ordered?" in said_


def test_values_that_cannot_stand_together_are_asked_again(path: Path) -> None:
    person = Person("c", "", "", "", "2025-02-01", "2025-01-01", "", "", "", "", "", "2025-02-01", "", "", "", "q")
    assert person.step_through(path)[0] == "corrected"
    assert any("comes before the start" in line for line in person.seen)


def test_an_interrupt_loses_no_answer(path: Path) -> None:
    person = Person("a", "^C")
    with pytest.raises(KeyboardInterrupt):
        person.step_through(path)
    assert states(path) == ["accepted", "unreviewed", "unreviewed"]
    assert len(person.saved) == 1


def test_what_another_process_adds_meanwhile_is_kept(path: Path) -> None:
    person = Person("a", "a", "a")

    def ask(question: str) -> str:
        new = document("2025-06-01", said(TROOPS), name="other.txt")
        change_register(path, lambda held: add(held, new.source, new.mentions)[0])
        return person.ask(question)

    review(path, "Ann", ask=ask, tell=person.seen.append, now=lambda: AT, saved=person.saved.append)
    assert states(path) == ["accepted", "accepted", "accepted", "unreviewed"]


def test_an_answer_on_what_was_changed_meanwhile_is_not_saved(path: Path) -> None:
    def ask(question: str) -> str:
        change_register(path, accepted)
        return "r"

    told: list[str] = []
    review(path, "Ann", ask=ask, tell=told.append, now=lambda: AT, saved=lambda _: None)
    assert states(path) == ["accepted", "accepted", "accepted"]
    assert any("changed meanwhile" in line for line in told)


# ------------------------------------------------------------------------------------------ what is shown


def test_a_review_shows_the_quote_in_its_text_and_what_was_read() -> None:
    first = document(
        "2025-01-20",
        said(TROOPS, quote="Before it."),
        said(MPP, level=3, quote="He ordered it.", by="US.POTUS"),
        said("trade.tariff", quote="After it."),
    )
    register = register_of(first)
    entry = next(one for one in entries(register) if one.told.lever == MPP)
    shown = "\n".join(review_lines(entry, register, "1/3"))
    for part in ("Before it. >>> He ordered it. <<< After it.", f"{MPP}: ", "US.POTUS", "20 Jan 2025", "3: "):
        assert part in shown


def test_a_timeline_shows_days_arrows_documents_and_reviews_within_the_width() -> None:
    register = accepted(story())
    lines = timeline_lines(list(policies_of(register)), register)
    shown = "\n".join(lines)
    assert "ordered 20 Jan 2025 -> blocked 5 Feb 2025 -> reinstated 11 Mar 2025" in shown
    assert "2025-02-05.txt" in shown
    assert shown.count("accepted by Ann, 2026-11-25 12:00 UTC") == 3
    assert max(map(len, lines)) <= 88


def test_a_document_cannot_move_the_cursor_or_colour_the_terminal() -> None:
    register = register_of(document("2025-01-20", said(quote="He \x1b[31mordered\x07 it.")))
    shown = timeline_lines(list(policies_of(register)), register) + review_lines(entries(register)[0], register, "1/1")
    assert all(line.isprintable() for text in shown for line in text.splitlines())
