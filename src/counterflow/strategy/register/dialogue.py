"""The review in a terminal or over a pipe: one entry after the other, each answer saved before the next question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from counterflow.errors import UsageError
from counterflow.strategy.register.files import change_register, read_register
from counterflow.strategy.register.listing import review_lines
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.reviewing import (
    accept,
    check_value,
    correct,
    corrected,
    reject,
    replaced,
)
from counterflow.strategy.register.schema import FIELDS, Correctable, Entry, Mention, Register, Told
from counterflow.strategy.register.words import spoken

QUESTION = "[a]ccept, [c]orrect, [r]eject, [s]kip, [b]ack, [q]uit? "
Ask = Callable[[str], str]  # a question to an answer; raises EOFError where nobody answers
Tell = Callable[[str], None]


def review(
    path: Path,
    by: str,
    *,
    ask: Ask,
    tell: Tell,
    now: Callable[[], datetime],
    saved: Callable[[str], None],
    reviewed_too: bool = False,
) -> None:
    """Step through the unreviewed entries of a register, or through all with `reviewed_too`.

    `saved` gets the id of each as soon as the answer is on the disk.

    The register is read before each question and written after each answer, so that an interrupt loses nothing
    and another process may add documents meanwhile. Raises what `read_register` and `change_register` raise.
    """
    held = entries_of(read_register(path))
    waiting = [one.id for one in held if reviewed_too or one.review.state == "unreviewed"]
    position, back = 0, reviewed_too
    while position < len(waiting):
        register = read_register(path)
        entry = next((one for one in entries_of(register) if one.id == waiting[position]), None)
        if entry is None or (entry.review.state != "unreviewed" and not back):
            position += 1  # read anew, reviewed elsewhere, or now one more mention of a reviewed entry
            continue
        tell("\n".join(review_lines(entry, register, f"{position + 1}/{len(waiting)}")))
        try:
            answer = _answer(ask, tell)
            if answer == "q":
                return
            if answer == "b":
                position, back = max(0, position - 1), True
                continue
            if answer in "acr":
                shown = entry.mentions[0]
                if _save(path, _decided(answer, shown, by, ask, tell, now), shown, tell):
                    saved(shown.id)
        except EOFError:
            return
        position, back = position + 1, reviewed_too


def entries_of(register: Register) -> list[Entry]:
    """All entries of a register, in the order of its timeline."""
    return [entry for policy in policies_of(register) for entry in policy.history]


def _answer(ask: Ask, tell: Tell) -> str:
    while True:
        answer = ask(QUESTION).strip().lower()
        words = {"accept", "correct", "reject", "skip", "back", "quit"}
        if answer in words or (len(answer) == 1 and answer in "acrsbq"):
            return answer[0]
        tell(f"  {answer!r} is none of these letters." if answer else "  Type one of the letters.")


def _decided(answer: str, mention: Mention, by: str, ask: Ask, tell: Tell, now: Callable[[], datetime]) -> Mention:
    if answer == "a":
        return accept(mention, by, now())
    if answer == "r":
        note = ask("  why (empty = no note): ").strip()
        return reject(mention, by, now(), note)
    values = _values(mention.told, by, ask, tell)
    return correct(mention, values, by, now())


def _values(told: Told, by: str, ask: Ask, tell: Tell) -> dict[Correctable, str]:
    """A value for each field, until they can stand together."""
    tell("  Field by field; empty = keep, none = the text does not say.")
    while True:
        values: dict[Correctable, str] = {}
        for field in FIELDS:
            values[field] = _value(field, told, ask, tell)
        try:
            corrected(told, values, by)
        except UsageError as error:
            tell(_refusal(error))
            continue
        return values


def _value(field: Correctable, told: Told, ask: Ask, tell: Tell) -> str:
    while True:
        typed = ask(f"  {field} [{spoken(told)[field] or 'none'}]: ").strip()
        try:
            check_value(field, typed, told)
        except UsageError as error:
            tell(_refusal(error))
            continue
        return typed


def _refusal(error: UsageError) -> str:
    return f"  {error.message}. {error.hint}".rstrip()


def _save(path: Path, decided: Mention, shown: Mention, tell: Tell) -> bool:
    """Save what was decided on a mention; False where another process has changed it meanwhile."""
    after = change_register(path, lambda held: replaced(held, decided) if shown in held.mentions else held)
    if decided in after.mentions:
        return True
    tell("  The register changed meanwhile, and this answer was not saved; the next review asks again.")
    return False
