"""How much of an assessment a page shows, so that it stays small whatever the document holds.

A page is made with as much as is usual; where it is then larger than it may be, again with less, and so on. What is
left off is said on the page, and stands in the assessment beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from counterflow.report.page.marked import LONGEST
from counterflow.report.words import count, joined

LARGEST = 2_900_000  # bytes of a page in English; in Spanish it is some 2% larger
# What a figure contradicts comes first, then what holds on some readings alone; what holds needs its picture least.
WEIGHT = ("holds_none", "holds_some", "direction_only", "holds_all")
ROWS = {"actions": "action", "findings": "finding", "assertions": "assertion", "ledger": "row of the ledger"}
PLURAL = {"row of the ledger": "rows of the ledger"}


class Room(NamedTuple):
    """How many claims are drawn, and how many have their readings; how many claims and actions have a row, how many
    rows other lists have, and how many characters of the document are shown: each at most."""

    drawn: int
    opened: int
    rows: int
    listed: int
    text: int


ALL = 1_000_000
ROOMS = (
    Room(40, ALL, ALL, ALL, LONGEST),
    Room(20, 100, 1_000, 1_000, 100_000),
    Room(12, 60, 600, 300, 60_000),
    Room(8, 40, 450, 150, 40_000),
    Room(6, 20, 400, 80, 20_000),
    Room(4, 10, 400, 40, 10_000),
    Room(3, 8, 400, 30, 8_000),
    Room(2, 5, 400, 20, 6_000),
    Room(2, 5, 300, 20, 6_000),
    Room(1, 2, 150, 20, 4_000),
    Room(0, 0, 20, 20, 4_000),
)


def heaviest(claims: Sequence[Mapping[str, Any]], most: int) -> frozenset[str]:
    """The ids of the claims that matter most, at most so many: by verdict, then in the order of the document."""
    weight = {verdict: n for n, verdict in enumerate(WEIGHT)}
    ordered = sorted(claims, key=lambda c: weight.get(c["verdict"], len(WEIGHT)))
    return frozenset(c["claim"]["id"] for c in ordered[:most])


def pictured(a: Mapping[str, Any], room: Room) -> frozenset[str]:
    """The ids of the claims whose pictures are drawn: some of those that have their readings."""
    opened = heaviest(a["claims"], room.opened)
    return heaviest([c for c in a["claims"] if c["claim"]["id"] in opened and (c["curve"] or c["chart"])], room.drawn)


def shortened(a: Mapping[str, Any], room: Room) -> dict[str, Any]:
    """An assessment with what a page has room for; its answer tells what is left off."""
    shown, opened, drawn = heaviest(a["claims"], room.rows), heaviest(a["claims"], room.opened), pictured(a, room)
    kept = [c for c in a["claims"] if c["claim"]["id"] in shown]
    short = {**a, "claims": [_claim(c, opened, drawn) for c in kept]}
    short |= {name: a[name][: room.rows if name == "actions" else room.listed] for name in ROWS}
    ids = shown | {row["id"] for name in ("actions", "assertions", "findings") for row in short[name]}
    short["ledger"] = [{**row, "ids": [id for id in row["ids"] if id in ids]} for row in short["ledger"]]
    short["sources"] = [
        {**s, "used_for": [id for id in s["used_for"] if id in shown]} if s["kind"] == "figures" else s
        for s in a["sources"]
    ]
    if left := _left(a, short, opened, drawn):
        short["answer"] = {**a["answer"], "claims": [*a["answer"]["claims"], left]}
    return short


def _claim(c: Mapping[str, Any], opened: frozenset[str], drawn: frozenset[str]) -> dict[str, Any]:
    """A claim as it is shown: where its readings or its pictures are left off, its explanation says so."""
    own, told = c["claim"]["id"], c["explanation"].rstrip()
    if own not in opened and c["readings"]:
        readings = count(len(c["readings"]), "reading")
        return {**c, "readings": [], "curve": None, "explanation": f"{told} Left to assessment.json: {readings}."}
    if own not in drawn and (c["curve"] or c["chart"]):
        return {**c, "explanation": f"{told} Its figures are not drawn here; they are in assessment.json."}
    return dict(c)


def _left(a: Mapping[str, Any], short: Mapping[str, Any], opened: frozenset[str], drawn: frozenset[str]) -> str:
    """A sentence on what a page leaves off, empty where that is nothing."""
    undrawn = sum(1 for c in a["claims"] if (c["curve"] or c["chart"]) and c["claim"]["id"] not in drawn)
    closed = sum(1 for c in a["claims"] if c["readings"] and c["claim"]["id"] not in opened)
    parts = [f"the pictures of {count(undrawn, 'claim')}"] if undrawn else []
    parts += [f"the readings of {count(closed, 'claim')}"] if closed else []
    for name, one in {"claims": "claim", **ROWS}.items():
        if missing := len(a[name]) - len(short[name]):
            parts.append(count(missing, one, PLURAL.get(one, "")))
    if not parts:
        return ""
    first = ", those that matter least by their verdicts" if undrawn or closed else ""
    return f"Left off this page for its size, and to be found in assessment.json: {joined(parts)}{first}."
