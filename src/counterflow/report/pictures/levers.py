"""The share of each lever in what a strategy changes: a bar for the mean, a line for where nine in ten draws lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.report.pictures.drawing import INK, MUTED, RULE, Figure, Spec, colour_of, figure_of
from counterflow.report.pictures.fitting import labels, row_places

WIDTH, ROW = 300, 30
PALE = 0.45  # opacity of a lever that the record does not tell apart


def levers_figure(found: Mapping[str, Any] | None) -> Figure | None:
    """A panel for each outcome that some lever moves enough to be told; None where there is none."""
    tables = [table for table in found["tables"] if len(table["rows"]) > 1] if found else []
    if not tables:
        return None
    rows = [
        {"outcome": table["title"], "lever": row["title"], **{key: row[key] for key in ("mean", "low", "high")}}
        for table in tables
        for row in _shown(table)
    ]
    return figure_of("Shares of the levers", [_panel(table) for table in tables], rows)


def _shown(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The whole change and the levers one by one: a bundle is told by its levers."""
    rows = table["rows"]
    within = [at + 1 < len(rows) and row["depth"] == 1 and rows[at + 1]["depth"] == 2 for at, row in enumerate(rows)]
    return [row for row, bundle in zip(rows, within, strict=True) if not bundle]


def _panel(table: Mapping[str, Any]) -> Spec:
    shown = _shown(table)
    y = row_places(len(shown))
    x: Spec = {
        "field": "mean",
        "type": "quantitative",
        "title": "percentage points",
        "axis": {"format": "~f", "tickCount": 5, "gridColor": RULE},
    }
    above = labels(y, [row["title"] for row in shown], WIDTH, INK)
    colour = colour_of(table["outcome"])
    values = [
        {
            "row": at,
            "zero": 0.0,
            **{key: round(100 * row[key], 2) for key in ("mean", "low", "high")},
            "sure": not row["depth"] or (row["depth"] == 1 and not row["why"]),
        }
        for at, row in enumerate(shown)
    ]
    told = "; ".join(f"{row['title']} {row['share']} ({row['range']})" for row in shown)
    return {
        "title": {"text": table["title"]},
        "description": f"{table['title']}, shares in percentage points: {told}.",
        "width": WIDTH,
        "height": ROW * len(shown),
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "height": 9, "yOffset": 5, "color": colour},
                "encoding": {
                    "y": y,
                    "x": x,
                    "x2": {"field": "zero"},
                    "opacity": {"condition": {"test": "datum.sure", "value": 1}, "value": PALE},
                },
            },
            {
                "mark": {"type": "rule", "yOffset": 5, "color": INK, "strokeWidth": 1.2},
                "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}},
            },
            {"mark": {"type": "rule", "color": MUTED}, "encoding": {"x": {"datum": 0.0, "type": "quantitative"}}},
            *above,
        ],
    }
