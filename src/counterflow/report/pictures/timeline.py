"""When levers are moved, as the document says it and as the record has it, drawn lever by lever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from counterflow.report.pictures.drawing import CLAIM, INK, RULE, Figure, Spec, figure_of
from counterflow.report.pictures.fitting import labels, row_places
from counterflow.report.words import clean, day, word

WIDTH, ROW = 330, 42
DOCUMENT, RECORD = "#0067a5", "#8a94a3"
SHAPES = {
    "announced": "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0ZM-.55,0A.55,.55,0,1,0,.55,0A.55,.55,0,1,0,-.55,0Z",
    "decided": "diamond",
    "in_force": "circle",
    "blocked": "cross",
    "stayed": "triangle-up",
    "ended": "square",
}


def timeline_figure(rows: Sequence[Mapping[str, Any]], dated: Mapping[str, Any]) -> Figure | None:
    """A row per lever: bars where the model moves it, marks where the record has an act, and a line where the
    document was written. None without a lever.

    `rows` as `report.timeline` makes them; `dated` is the strategy's date.
    """
    if not rows:
        return None
    written = date.fromisoformat(dated["end"])
    known = [date.fromisoformat(e["date"]) for row in rows for e in row["history"]]
    known += [date.fromisoformat(p["from"]) for row in rows for p in row["paths"]]
    first, last = min([*known, written - timedelta(days=120)]), max([*known, written + timedelta(days=120)])
    span = (first.isoformat(), (last + timedelta(days=20)).isoformat())
    half = -(-len(rows) // 2) if len(rows) > 3 else len(rows)
    panels = [_panel(part, half, span, dated) for part in (rows[:half], rows[half:]) if part]
    flat = [
        {"lever": row["title"], "kind": "moved in the model", "from": p["from"], "to": p["to"] or "", "status": "",
         "basis": p["basis"], "what": ""}
        for row in rows for p in row["paths"]
    ]  # fmt: skip
    flat += [
        {"lever": row["title"], "kind": "policy record", "from": e["date"], "to": e["date"],
         "status": e["status_in_words"], "basis": "record", "what": clean(e["what"])}
        for row in rows for e in row["history"]
    ]  # fmt: skip
    return figure_of("Actions over time", panels, flat)


def _label(row: Mapping[str, Any]) -> str:
    statuses = ", ".join(dict.fromkeys(x["status_in_words"] for x in row["stated"]))
    return f"{row['title']} · {statuses}"


def _panel(rows: Sequence[Mapping[str, Any]], room: int, span: tuple[str, str], dated: Mapping[str, Any]) -> Spec:
    """Rows from the top of a panel that has room for so many."""
    y = row_places(room)
    axis = {"format": "%b %Y", "tickCount": {"interval": "month", "step": 6}, "grid": True, "gridColor": RULE}
    axis["labelOverlap"] = "greedy"
    x: Spec = {"type": "temporal", "title": None, "axis": axis, "scale": {"domain": list(span), "nice": False}}
    bars = [
        {"row": at, "from": max(p["from"], span[0]), "to": min(p["to"] or span[1], span[1]), "basis": p["basis"]}
        for at, row in enumerate(rows)
        for p in row["paths"]
    ]
    acts = [{"row": at, "on": e["date"], "status": e["status"]} for at, row in enumerate(rows) for e in row["history"]]
    shape = {
        "field": "status",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())},
    }
    basis = {
        "field": "basis",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["document", "user", "record"], "range": [DOCUMENT, DOCUMENT, RECORD]},
    }
    named = labels(y, [_label(row) for row in rows], WIDTH, INK)
    return {
        "description": f"Actions by date; the document is dated {_when(dated)}. {_told(rows)}",
        "width": WIDTH,
        "height": ROW * room,
        "data": {"values": bars},
        "layer": [
            *(
                {
                    "transform": [{"filter": f"(datum.basis === 'record') === {told}"}],
                    "mark": {"type": "bar", "height": 4, "yOffset": offset},
                    "encoding": {"y": y, "x": x | {"field": "from"}, "x2": {"field": "to"}, "color": basis},
                }
                for told, offset in (("false", 6), ("true", 10))
            ),
            {
                "data": {"values": [{"on": dated["end"]}]},
                "mark": {"type": "rule", "color": CLAIM, "strokeDash": [4, 3]},
                "encoding": {"x": x | {"field": "on"}},
            },
            {
                "data": {"values": acts},
                "mark": {"type": "point", "filled": True, "size": 42, "color": INK, "opacity": 1, "yOffset": 8},
                "encoding": {"y": y, "x": x | {"field": "on"}, "shape": shape},
            },
            *named,
        ],
    }  # fmt: skip


def _when(dated: Mapping[str, Any]) -> str:
    return day(dated["start"]) if dated["start"] == dated["end"] else f"{day(dated['start'])} to {day(dated['end'])}"


def _told(rows: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for row in rows:
        acts = "; ".join(f"{e['status_in_words']} {day(e['date'])}" for e in row["history"][:4])
        parts.append(f"{row['title']}: {acts or word('timeline', 'nothing')}")
    return ". ".join(parts) + "."
