"""Briefs and policy records made by hand for the tests of the strategy room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from counterflow.brief.schema import (
    Action,
    Brief,
    Claim,
    Document,
    Finding,
    Party,
    Period,
    Reading,
    Span,
    TimeReference,
)
from counterflow.evidence.schema import Event

NAMED = "President Trump, Defense Secretary Pete Hegseth and Mexican President Claudia Sheinbaum are in office."


@dataclass(frozen=True)
class Record:
    """A policy record in memory, with the one method that the room asks of the evidence store."""

    rows: tuple[Event, ...]

    def events(self, lever: str | None = None, before: date | None = None) -> tuple[Event, ...]:
        kept = (row for row in self.rows if lever is None or row.lever == lever)
        return tuple(row for row in kept if before is None or row.date <= before)


def event(day: str, lever: str, kind: str = "in_force", **more: Any) -> Event:
    values = {
        "id": f"{day}-{lever}-{kind}",
        "date": date.fromisoformat(day),
        "date_kind": kind,
        "lever": lever,
        "actor": "US President",
        "instrument": "order",
        "what": f"{lever} {kind}",
        "size": "",
        "authority": "",
        "source": "https://example.org/record",
        "status": "seen",
        "effect_on_lever": 1 if kind == "in_force" else 0,
    }
    return Event(**(values | more))


def action(lever: str, status: str = "in_force", number: int = 1, **more: Any) -> Action:
    quote = more.pop("quote", f"{lever} is told as {status}.")
    span = Span(start=0, end=len(quote), quote=quote)
    day = more.pop("day", None)
    if day is not None:
        more["date_start"] = TimeReference(
            text=day, start=date.fromisoformat(day), end=date.fromisoformat(day), precision="day"
        )
    who = more.pop("by", None)
    if who is not None:
        more["actors"] = (Party(name=who, code=who, role="actor"),)
    values = {"id": f"a{number}", "span": span, "trigger": span, "mentions": (span,)}
    return Action(lever=lever, status=status, **(values | more))


def claim(value: float, unit: str, *, number: int = 1, **more: Any) -> Claim:
    quote = f"{value:g} {unit}"
    span = Span(start=0, end=len(quote), quote=quote)
    day = more.pop("day", None)
    if day is not None:
        first = date.fromisoformat(day)
        more["period"] = Period(text=day, span=None, readings=(Reading(label=day, start=first, end=first),))
    values = {
        "id": f"c{number}",
        "span": span,
        "quote_span": span,
        "claim_type": "level",
        "measure": None,
        "measure_text": unit,
        "value": value,
        "unit": unit,
        "checkability": "event_record",
    }
    return Claim(**(values | more))


def gap(kind: str = "elided_text", number: int = 1) -> Finding:
    span = Span(start=0, end=1, quote=" ")
    return Finding(id=f"f{number}", kind=kind, rule="test", confidence="high", span=span, note="words missing")


def brief(
    *actions: Action,
    claims: tuple[Claim, ...] = (),
    findings: tuple[Finding, ...] = (),
    text: str = NAMED,
    published: str | None = None,
) -> Brief:
    document = Document(
        id="d",
        sha256="0" * 64,
        source="brief.md",
        media_type="text/markdown",
        language="en",
        title="A border strategy",
        byline=None,
        date_published=date.fromisoformat(published) if published else None,
        date_source="metadata" if published else "none",
        text=text,
    )
    return Brief(
        document=document,
        findings=findings,
        actions=actions,
        claims=claims,
        assertions=(),
        ledger=(),
        codebook_version="test",
    )


def register() -> Brief:
    """The fifteen actions of a strategy article, as a reader returns them: three gaps, two sizes, no date."""
    rows = [
        action("military.strike", "under_consideration", 1, by="US.DOD"),
        action("military.surveillance", "expanded", 2, by="US.CIA", incomplete=True, finding_ids=("f1",)),
        action("military.strike", "not_authorised", 3, by="US.CIA"),
        action("asylum.remain_in_mexico", "reinstated", 4, by="US.POTUS", incomplete=True, finding_ids=("f2",)),
        action("asylum.restriction", "in_force", 5, by="US.POTUS"),
        action("military.deployment", "in_force", 6, by="US.POTUS", quantity=1600, quantity_unit="troops"),
        action("emergency.declaration", "in_force", 7, by="US.POTUS"),
        action(
            "interior.arrests",
            "in_force",
            8,
            by="US.DHS.ICE",
            quantity=300,
            quantity_unit="people",
            claim_ids=("c1",),
            day="2025-01-21",
        ),
        action("interior.local_cooperation", "authorised", 9, incomplete=True, finding_ids=("f3",)),
        action("justice.transfer", "completed", 10, by="US", incomplete=True, finding_ids=("f4",)),
        action("designation.terrorist", "in_force", 11, quantity=5, quantity_unit="groups"),
        action("diplomacy.reject", "in_force", 12, by="MX.PRES"),
        action("diplomacy.accuse", "in_force", 13, by="MX.PRES"),
        action("diplomacy.pledge", "pledged", 14, by="MX.PRES"),
        action("opposition.leak", "in_force", 15, incomplete=True, finding_ids=("f5",)),
    ]
    found = tuple(gap("unresolved_reference" if number == 2 else "elided_text", number) for number in range(1, 6))
    return brief(*rows, claims=(claim(300, "people", bound=">", day="2025-01-21"),), findings=found)
