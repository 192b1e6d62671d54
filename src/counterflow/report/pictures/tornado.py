"""What a headline turns on: its probability with one parameter at the low and at the high end of what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.pictures.drawing import COLOURS, INK, MUTED, RULE, Figure, Spec, figure_of
from counterflow.report.pictures.fitting import labels, row_places
from counterflow.report.words import clean, joined, number, percent, vocabulary, word

WIDTH, ROW = 310, 46
KNOWN = 2  # figures of a range: no more is known
Headlines = Sequence[Mapping[str, Any]]


def chosen(headlines: Headlines, preferred: Sequence[str | None]) -> list[Mapping[str, Any]]:
    """Of each headline that some parameter of grade D leaves open against no strategy, the one course to draw: the
    first of the preferred ones, else the first."""
    found = []
    for id in vocabulary()["headline"]:
        open_ones = [h for h in headlines if h["id"] == id and h["reference"] == "none" and h["decided_by"]]
        by_branch = {h["branch"]: h for h in open_ones}
        found += [next((by_branch[b] for b in preferred if b in by_branch), open_ones[0])] if open_ones else []
    return found


def not_drawn(headlines: Headlines, lead: str | None) -> str:
    """Which headlines of the leading branch are not drawn for it, and why; "" where all are."""
    own = [h for h in headlines if h["branch"] == lead and h["reference"] == "none" and h["word"] != NOT_TESTED]
    closed = [word("headline_inside", h["id"]) for h in own if not h["decided_by"]]
    if not closed:
        return ""
    return (
        f"Not drawn for the strategy that this page opens with: {joined(closed)}. No parameter of grade D, moved over "
        "its range, carries the answer across, and only those that do are kept."
    )


def tornado_figure(headlines: Headlines, preferred: Sequence[str | None], titles: Mapping[str, str]) -> Figure | None:
    """A panel per headline that is open, a bar per parameter that opens it, the widest on top; None where none is.

    A bar runs from the probability with the parameter at its 5% point to that at its 95% point; the dark tick is
    the probability as drawn, and dashed lines mark one third and two thirds.
    """
    drawn = chosen(headlines, preferred)
    panels, rows, table = [], [], []
    for h in drawn:
        of = [_row(h, d, titles, at) for at, d in enumerate(h["decided_by"])]
        panels.append(_panel(h, of, titles))
        rows += [{key: value for key, value in one.items() if key not in ("row", "low", "high")} for one in of]
        table += [_cells(h, d, titles) for d in h["decided_by"]]
    if not panels:
        return None
    head = ["Headline", "Course", "Parameter", "Low end", "High end", "Probability at both", "Flips at"]
    title = "Parameters that leave a headline undetermined"
    return figure_of(title, panels, rows, table={"head": head, "rows": table})


def _row(h: Mapping[str, Any], d: Mapping[str, Any], titles: Mapping[str, str], at: int) -> dict[str, Any]:
    meaning = clean(d["meaning"])
    ends = sorted((d["probability_at_low"], d["probability_at_high"]))
    return {
        "row": at,
        "headline": word("headline", h["id"]),
        "branch": titles.get(h["branch"], h["branch"]),
        "parameter": f"{d['mechanism']}.{d['symbol']}",
        "meaning": meaning,
        "low_end": d["low"],
        "high_end": d["high"],
        "at_low": d["probability_at_low"],
        "at_high": d["probability_at_high"],
        "low": ends[0],
        "high": ends[1],
    }


def _cells(h: Mapping[str, Any], d: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    flips = " and ".join(number(value, KNOWN) for value in d["flips_at"]) or "–"
    return [
        word("headline_short", h["id"]),
        titles.get(h["branch"], h["branch"]),
        clean(d["meaning"]),
        number(d["low"], KNOWN),
        number(d["high"], KNOWN),
        f"{percent(d['probability_at_low'])}, {percent(d['probability_at_high'])}",
        flips,
    ]


def _panel(h: Mapping[str, Any], rows: list[dict[str, Any]], titles: Mapping[str, str]) -> Spec:
    y = row_places(len(rows))
    x: Spec = {
        "field": "low",
        "type": "quantitative",
        "title": "probability",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "~%", "values": [0, 1 / 3, 2 / 3, 1], "gridDash": [3, 3], "gridColor": RULE},
    }
    ends: list[Spec] = [
        {
            "mark": {"type": "text", "align": align, "dx": dx, "dy": 7, "fontSize": 11, "color": MUTED},
            "encoding": {"y": y, "x": x | {"field": field}, "text": {"field": f"{field}_text"}},
        }
        for field, align, dx in (("low", "right", -4), ("high", "left", 4))
    ]
    shown = [
        row | {f"{end}_text": percent(row[end]) for end in ("low", "high")} | {"drawn": h["probability"]}
        for row in rows
    ]
    told = "; ".join(
        f"{row['meaning']} from {number(row['low_end'], KNOWN)} to {number(row['high_end'], KNOWN)}: "
        f"{percent(row['at_low'])} to {percent(row['at_high'])}"
        for row in rows
    )
    branch = titles.get(h["branch"], h["branch"])
    named = labels(y, [row["meaning"] for row in rows], WIDTH, INK)
    return {
        "title": {
            "text": word("headline", h["id"]),
            "subtitle": branch,
            "subtitleColor": MUTED,
            "subtitleFontSize": 11,
        },
        "description": f"{word('headline', h['id'])}, {branch}: {percent(h['probability'])} as drawn. {told}.",
        "width": WIDTH,
        "height": ROW * len(rows),
        "data": {"values": shown},
        "layer": [
            {
                "mark": {"type": "bar", "height": 12, "yOffset": 7, "color": COLOURS.get(h["id"], INK)},
                "encoding": {"y": y, "x": x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "tick", "size": 20, "thickness": 2.5, "yOffset": 7, "color": INK, "opacity": 1},
                "encoding": {"y": y, "x": x | {"field": "drawn"}},
            },
            *ends,
            *named,
        ],
    }
