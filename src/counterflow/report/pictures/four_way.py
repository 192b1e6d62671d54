"""Trafficking against friction as a picture: every course as one bar, shared out over the four outcomes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from counterflow.report.pictures.drawing import FOUR_WAY, INK, Figure, Spec, figure_of
from counterflow.report.pictures.fitting import labels, row_places
from counterflow.report.words import percent, word

WIDTH, ROW = 330, 45
LEAST = 0.075  # share of the draws from which on a part has room for its number
PALE = ("neither",)  # parts so light that their number is dark


def four_way_figure(
    rows: Sequence[Mapping[str, Any]], untested: Collection[str], titles: Mapping[str, str]
) -> Figure | None:
    """A bar for each course whose trafficking and friction are tested; None where there is none."""
    tested = [row for row in rows if row["branch"] not in untested]
    if not tested:
        return None
    data: list[dict[str, Any]] = []
    for at, row in enumerate(tested):
        start = 0.0
        for cell in FOUR_WAY:
            share = row[cell]
            data.append(
                {
                    "row": at,
                    "branch": titles.get(row["branch"], row["branch"]),
                    "outcome": word("four_way", cell),
                    "share": share,
                    "from": round(start, 6),
                    "to": round(start + share, 6),
                    "middle": round(start + share / 2, 6),
                    "number": percent(share) if share >= LEAST else "",
                    "pale": cell in PALE,
                }
            )
            start += share
    half = -(-len(tested) // 2) if len(tested) > 3 else len(tested)
    parts = [range(half), range(half, len(tested))]
    panels = [_panel([one for one in data if one["row"] in part], tested, part, half, titles) for part in parts if part]
    hidden = ("row", "from", "to", "middle", "number", "pale")
    plain = [{key: value for key, value in one.items() if key not in hidden} for one in data]
    return figure_of("Trafficking against friction, by course", panels, plain)


def _panel(
    data: list[dict[str, Any]],
    tested: Sequence[Mapping[str, Any]],
    part: range,
    room: int,
    titles: Mapping[str, str],
) -> Spec:
    names = [word("four_way", cell) for cell in FOUR_WAY]
    y = row_places(room, part.start)
    x: Spec = {"field": "from", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    label: Spec = {"type": "text", "fontSize": 11, "dy": 10, "fontWeight": "bold"}
    told = "; ".join(
        f"{titles.get(row['branch'], row['branch'])}: "
        + ", ".join(f"{word('four_way', cell).lower()} {percent(row[cell])}" for cell in FOUR_WAY)
        for row in (tested[at] for at in part)
    )
    named = [titles.get(tested[at]["branch"], tested[at]["branch"]) for at in part]
    heads = labels(y, named, WIDTH, INK)
    for layer in heads:
        layer["data"] = {"values": [row | {"row": part[row["row"]]} for row in layer["data"]["values"]]}
    return {
        "description": f"Shares of all draws over four outcomes. {told}.",
        "width": WIDTH,
        "height": ROW * room,
        "data": {"values": data},
        "layer": [
            {
                "mark": {"type": "bar", "height": 18, "yOffset": 10, "stroke": "#ffffff", "strokeWidth": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "x2": {"field": "to"},
                    "color": {
                        "field": "outcome",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": names, "range": list(FOUR_WAY.values())},
                    },
                },
            },
            {
                "transform": [{"filter": "!datum.pale"}],
                "mark": label | {"color": "#ffffff"},
                "encoding": {"y": y, "x": x | {"field": "middle"}, "text": {"field": "number"}},
            },
            {
                "transform": [{"filter": "datum.pale"}],
                "mark": label | {"color": "#1d2431"},
                "encoding": {"y": y, "x": x | {"field": "middle"}, "text": {"field": "number"}},
            },
            *heads,
        ],
    }  # fmt: skip
