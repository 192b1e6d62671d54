"""From mentions to policies: which of them tell one policy, and which one step of its history.

Everything here depends on the set of mentions alone, never on the order in which documents were added.
docs/register.md states the rules for readers; they are CoronaNet's rule of one policy and its updates, made exact.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from typing import NamedTuple

from counterflow.brief.schema import Status
from counterflow.strategy.catalogue import levers
from counterflow.strategy.paths import ENDING
from counterflow.strategy.record import HALTED, same_size
from counterflow.strategy.register.schema import Entry, Policy, Register, Told
from counterflow.strategy.register.steps import RESUMING, TURNING, Dated, dated, rank, stage
from counterflow.strategy.register.troubles import with_troubles
from counterflow.strategy.register.words import lever_title

STATES = ("US", "MX", "CN")
_NUMBERED = re.compile(r"\b(?:EO|E\.O\.|Executive Order|Proclamation|Proc\.|Memorandum)\W*(?:No\.\s*)?(\d{4,5})\b")


class Key(NamedTuple):
    """What two documents must agree on to tell one policy; "" = not told."""

    lever: str
    state: str
    object: str


@dataclass
class Step:
    """One step while it is being gathered."""

    told: list[Dated]

    @property
    def first(self) -> Dated:
        """The mention that opened it."""
        return self.told[0]


@dataclass
class Thread:
    """One policy while it is being gathered: its steps in order, and the orders that it rests on."""

    steps: list[Step] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    @property
    def reached(self) -> int:
        """The furthest stage that it has come to, -1 while only updates are known."""
        return max((at for step in self.steps if (at := stage(step.first.told.does)) is not None), default=-1)

    @property
    def objects(self) -> set[str]:
        """The objects that its mentions name, "" where one of them names none."""
        return {policy_key(one.told).object for step in self.steps for one in step.told}

    def kin(self, told: Told) -> bool:
        """Whether something told can be an act of this policy by what it is about.

        The end of the opposite of a measure (of a parole programme) and the measure itself (a closed border) move one
        lever and are two policies, unless both name one object.
        """
        if any(step.first.told.opposite == told.opposite for step in self.steps):
            return True
        return policy_key(told).object in self.objects - {""}


def policies_of(register: Register) -> tuple[Policy, ...]:
    """The policies of a register, by the first day of each, each with its history and what is wrong with it."""
    sources = {source.sha256: source for source in register.documents}
    all_dated = sorted((dated(one, sources[one.document]) for one in register.mentions), key=lambda one: one.order)
    keys = _settled({one.mention.id: policy_key(one.told) for one in all_dated})
    groups: dict[Key, list[Dated]] = defaultdict(list)
    for one in all_dated:
        groups[keys[one.mention.id]].append(one)
    named: dict[str, int] = defaultdict(int)
    policies = []
    for key, members in sorted(groups.items()):
        for thread in _threads(members):
            history = tuple(sorted((_entry(step) for step in thread.steps), key=_history_order))
            about = key.object if key.object in thread.objects else ""
            base = "/".join(part for part in (key.lever, key.state, about) if part) + f"@{history[0].date}"
            named[base] += 1
            policies.append(
                Policy(
                    id=base if named[base] == 1 else f"{base}-{named[base]}",
                    lever=key.lever,
                    state=key.state,
                    object=about,
                    title=lever_title(key.lever),
                    history=with_troubles(history, register),
                )
            )
    return tuple(sorted(policies, key=lambda policy: (policy.history[0].date, policy.id)))


def policy_key(told: Told) -> Key:
    """Lever, acting state and object of what was told: by the reader's key, else by the first actor's state.

    Where no actor has a code, the lever's own state counts, if it is one state's.
    """
    parts = told.policy_id.split(":") if told.policy_id.startswith(f"{told.lever}:") else []
    _, told_state, told_object = (*parts, "", "", "")[:3]
    owner = levers()[told.lever].actor if told.lever in levers() else "any"
    states = [told_state, *(who.code.split(".")[0] for who in told.actors if who.code), owner]
    return Key(told.lever, next((state for state in states if state in STATES), ""), told_object)


def _settled(keys: dict[str, Key]) -> dict[str, Key]:
    """The keys, those that name no state or no object completed where only one policy fits them."""
    known = set(keys.values())

    def fits(key: Key, other: Key) -> bool:
        same = key.lever == other.lever and key != other
        return same and all(a in ("", b) for a, b in zip(key[1:], other[1:], strict=True))

    def full(key: Key) -> Key:
        fitting = [other for other in known if fits(key, other)]
        fullest = [other for other in fitting if not any(fits(other, another) for another in fitting)]
        return fullest[0] if len(fullest) == 1 else key

    settled = {key: full(key) for key in known}
    return {name: settled[key] for name, key in keys.items()}


def order_numbers(told: Told) -> set[str]:
    """Numbers of the orders and proclamations that an act names, without sections of law."""
    return {number for one in told.authority for number in _NUMBERED.findall(one)}


def _threads(members: Sequence[Dated]) -> list[Thread]:
    """The policies of one key: each mention joins a step, a policy, or begins another."""
    threads: list[Thread] = []
    for one in members:
        if one.mention.review.state == "rejected":
            continue
        orders = order_numbers(one.told)
        can = [thread for thread in threads if not (orders and thread.orders) or orders & thread.orders]
        # The same order number last, and so first below; then what it is about.
        can.sort(key=lambda thread: (bool(orders & thread.orders), thread.kin(one.told)))
        for thread in reversed(can):
            if (step := _same_step(thread, one)) is not None:
                step.told.append(one)
                thread.orders |= orders
                break
        else:
            joined = next((thread for thread in reversed(can) if _continues(thread, one.told)), None)
            if joined is None:
                threads.append(joined := Thread())
            joined.steps.append(Step([one]))
            joined.orders |= orders
    for one in members:
        if one.mention.review.state == "rejected":  # kept to be seen, where the policy is, and tells nothing
            if not threads:
                threads.append(Thread())
            begun = [thread for thread in threads if thread.steps and thread.steps[0].first.date <= one.date]
            (begun or threads)[-1 if begun else 0].steps.append(Step([one]))
    return threads


def _continues(thread: Thread, told: Told) -> bool:
    """Whether something told is the next step of a policy, and not another policy of the same kind."""
    at = stage(told.does)
    if not thread.kin(told) and (told.opposite or at is not None):
        return False
    if at is None:
        return True
    last = _last_move(thread.steps)
    if last in ENDING:
        return False  # what was ended is over, unless it is told as reinstated
    if thread.reached < at or (told.does in RESUMING and last in HALTED):
        return True
    return told.does in ("took_effect", "completed") or (at == 0 and thread.reached == 0)


def _last_move(steps: Sequence[Step]) -> Status | None:
    """The status of the last step that began, stopped or resumed a policy."""
    moving = [step.first.told.does for step in steps if stage(step.first.told.does) != 0]
    return next((status for status in reversed(moving) if status not in (None, "expanded")), None)


def _same_step(thread: Thread, one: Dated) -> Step | None:
    """The step of a policy that a mention tells again, None where it tells something new."""
    for position in reversed(range(len(thread.steps))):
        step = thread.steps[position]
        if _said(step.first.told) == _said(one.told) and all(_agree(other, one) for other in step.told):
            both_own = one.own and any(other.own for other in step.told)
            if both_own or not (one.told.does in TURNING and _turned(thread.steps[position + 1 :])):
                return step
    return None


def _said(told: Told) -> tuple[Status, bool, bool]:
    return told.status, told.opposite, told.ending


def _turned(after: Sequence[Step]) -> bool:
    """Whether a policy was stopped or resumed by these steps: told again, its stop or resumption would be new."""
    return any(step.first.told.does in TURNING for step in after)


def _agree(one: Dated, other: Dated) -> bool:
    """Whether two mentions of one status can tell the same step: no other size, no other day."""
    if one.told.polarity != other.told.polarity:
        return False
    sizes = [told.quantity.number for told in (one.told, other.told) if told.quantity is not None]
    if len(sizes) == 2 and not same_size(*sizes):
        return False
    if one.effect and other.effect:
        if one.effect[0] > other.effect[1] or other.effect[0] > one.effect[1]:
            return False
        if not (one.own and other.own):
            return True
    if one.own and other.own:
        return one.date <= other.last and other.date <= one.last
    if not (one.own or other.own):
        return True
    own, told = (one, other) if one.own else (other, one)
    # A document tells what has happened by its day, or what is to come on a day after it.
    return own.date <= told.date or own.date > own.source.dated.end


# ------------------------------------------------------------------------------------------ entries


def _entry(step: Step) -> Entry:
    """A step with all its mentions, the one that speaks for it first."""
    leading, *others = sorted(step.told, key=_says_most)
    return Entry(
        id=leading.mention.id,
        status=leading.told.status,
        date=leading.date,
        begins=max(leading.date, _effect(leading, others)),
        basis=leading.basis,
        told=leading.told,
        mentions=(leading.mention, *(one.mention for one in others)),
    )


def _effect(leading: Dated, others: Sequence[Dated]) -> Date:
    """The first day of a step's path: what the leading mention says, else what is promised says elsewhere."""
    by_person = any(change.field == "start" for change in leading.mention.review.changes)
    promised = stage(leading.told.does) in (0, 1, 2)
    asked = (leading, *(others if promised and not by_person else ()))
    return next((one.effect[0] for one in asked if one.effect is not None), leading.date)


def _says_most(one: Dated) -> tuple[object, ...]:
    """Order of the mentions of one step: the latest reviewed, then an own and exact day, a size, the earliest."""
    at = one.mention.review.at
    reviewed = -at.timestamp() if at is not None else 0.0
    size = one.told.quantity is None and one.told.level is None
    return reviewed, not one.own, (one.last - one.date).days, size, one.source.dated.end, one.order


def _history_order(entry: Entry) -> tuple[object, ...]:
    return entry.date, rank(entry.told), entry.id
