"""Documents as a reader returns them, made by hand for the tests of the register."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from counterflow.brief.schema import Action, Authority, Span
from counterflow.strategy.register.adding import DocumentRead, add
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.reading import mentions_of, source_of
from counterflow.strategy.register.reviewing import accept, correct, reject, replaced
from counterflow.strategy.register.schema import Entry, Mention, Policy, Register
from counterflow.strategy.schema import DateInterval
from strategy_cases import action, brief

MPP = "asylum.remain_in_mexico"
TROOPS = "military.deployment"
AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def document(day: str, *actions: Action, name: str = "", content: str = "") -> DocumentRead:
    """A document of a day with these actions; `content` tells two documents of one name and day apart."""
    name = name or f"{day}.txt"
    made = brief(*actions, text="")
    text = "\n\n".join(one.span.quote for one in actions)
    placed = []
    at = 0
    for number, one in enumerate(actions, 1):
        span = Span(start=at, end=at + len(one.span.quote), quote=one.span.quote)
        placed.append(one.model_copy(update={"id": f"a{number}", "span": span, "trigger": span, "mentions": (span,)}))
        at = span.end + 2
    sha256 = hashlib.sha256(f"{name} {content} {text}".encode()).hexdigest()
    about = made.document.model_copy(update={"text": text, "sha256": sha256, "source": name, "title": None})
    made = made.model_copy(update={"actions": tuple(placed), "document": about})
    dated = DateInterval(start=date.fromisoformat(day), end=date.fromisoformat(day), source="document", reason="a test")
    return DocumentRead(source_of(made, dated), mentions_of(made))


def said(lever: str = MPP, status: str = "ordered", **more: Any) -> Action:
    """An action; `order` is the number of the order that it rests on."""
    order = more.pop("order", None)
    if order is not None:
        span = Span(start=0, end=0, quote="")
        more["legal_authority"] = (Authority(text=order, normalized=order, span=span),)
    more.setdefault("by", "US.COURT" if status == "blocked" else "US.POTUS")
    return action(lever, status, **more)


def register_of(*documents: DocumentRead) -> Register:
    register = Register()
    for one in documents:
        register, _ = add(register, one.source, one.mentions)
    return register


def story() -> Register:
    """An order, its block and its reinstatement, in three documents."""
    return register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="blocked")),
        document("2025-03-11", said(status="reinstated", by="US.COURT")),
    )


def only(register: Register) -> Policy:
    (policy,) = policies_of(register)
    return policy


def statuses(policy: Policy) -> list[str]:
    return [entry.status for entry in policy.history]


def histories(register: Register) -> list[list[str]]:
    return [statuses(policy) for policy in policies_of(register)]


def entries(register: Register) -> list[Entry]:
    return [entry for policy in policies_of(register) for entry in policy.history]


def mention(register: Register, status: str, lever: str = MPP) -> Mention:
    return next(one for one in register.mentions if (one.read.status, one.read.lever) == (status, lever))


def accepted(register: Register) -> Register:
    """The register with everything accepted that nobody has reviewed."""
    for one in register.mentions:
        if one.review.state == "unreviewed":
            register = replaced(register, accept(one, "Ann", AT))
    return register


def corrected(register: Register, one: Mention, **values: str) -> Register:
    return replaced(register, correct(one, values, "Ann", AT))


def rejected(register: Register, one: Mention) -> Register:
    return replaced(register, reject(one, "Ann", AT))
