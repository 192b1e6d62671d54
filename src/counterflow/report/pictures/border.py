"""The southwest border as a map: nine Border Patrol sectors by what was counted there and by how the model moves it,
and the four field offices."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import cos, radians
from typing import Any

from counterflow.report.pictures.drawing import CROSSINGS, INK, MUTED, Figure, Spec, figure_of
from counterflow.report.words import day, number, percent_change

WIDTH, HEIGHT = 340, 190
UPRIGHT = cos(radians(30.0))  # a degree of longitude is so much shorter here than one of latitude
DARK = 0.55  # share of a scale from which on a label on it is white
FALL, RISE, STILL = CROSSINGS, "#b84a00", "#eef1f4"
LIGHT = "#e3efea"
SCALE: Spec = {
    "orient": "bottom",
    "direction": "horizontal",
    "title": None,
    "gradientLength": 200,
    "gradientThickness": 9,
    "tickCount": 4,
    "labelFontSize": 11,
    "labelColor": MUTED,
}
Rows = Sequence[Mapping[str, Any]]


@cache
def geometry() -> Mapping[str, Any]:
    """Sectors and field offices as border.toml has them."""
    text = files("counterflow.report.pictures").joinpath("border.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def keys() -> dict[tuple[str, str], str]:
    """What stands on the map for each place: 1 to 9 for sectors, A to D for field offices, from the west."""
    found = {("sector", one["name"]): str(n + 1) for n, one in enumerate(geometry()["sector"])}
    return found | {("field office", one["name"]): "ABCD"[n] for n, one in enumerate(geometry()["office"])}


def map_figure(rows: Rows, branch: str, title: str, alike: bool) -> Figure | None:
    """Two maps side by side: what was counted over the last twelve months, and the median change of one branch.

    `rows` as `report.places` makes them. Without a change by place, or where sectors are moved `alike`, the second is
    left out; None without rows.
    """
    sectors = {row["name"]: row for row in rows if row["kind"] == "sector"}
    if not sectors:
        return None
    one = next(iter(sectors.values()))
    when = f"{_month(one['from'])} to {_month(one['to'])}"
    counted = {name: row["observed"] for name, row in sectors.items()}
    told = "; ".join(f"{name} {number(row['observed'])}" for name, row in sectors.items())
    panels = [
        _panel({"text": "Encounters", "subtitle": when}, f"{one['measure']} by sector, {when}: {told}.", counted,
               [0.0, max(counted.values()) or 1.0], [LIGHT, CROSSINGS], ",.0f")
    ]  # fmt: skip
    changes = {name: row["change"][branch]["median"] for name, row in sectors.items() if branch in row["change"]}
    if changes and not alike and all(value is not None for value in changes.values()):
        told = "; ".join(f"{name} {percent_change(value)}" for name, value in changes.items())
        about = f"Median change of encounters by sector against no strategy, {title}: {told}."
        panels.append(
            _panel(
                {"text": "In the model, against no strategy"},
                about,
                changes,
                [-1.0, 0.0, 1.0],
                [FALL, STILL, RISE],
                "+.0%",
            )
        )
    flat = [
        {key: row[key] for key in ("kind", "name", "measure", "unit", "from", "to", "observed")}
        | {f"change_{name}": value for name, value in row["change"].get(branch, {}).items()}
        for row in rows
    ]
    return figure_of("Along the southwest border", panels, flat)


def _month(iso: str) -> str:
    return day(iso).split(" ", 1)[1] if iso else ""


def _panel(
    heading: Spec,
    about: str,
    values: Mapping[str, float],
    domain: Sequence[float],
    colours: Sequence[str],
    numbers: str,
) -> Spec:
    """One map; `numbers` is the form of the numbers at its scale."""
    widest = max(abs(limit) for limit in domain)
    key = keys()
    shapes, labels = [], []
    for one in geometry()["sector"]:
        if one["name"] not in values:
            continue
        ring = [*one["border"], *one["inland"], one["border"][0]]
        value = values[one["name"]]
        shape = {"type": "Polygon", "coordinates": [[_flat(point) for point in ring]]}
        shapes.append({"type": "Feature", "geometry": shape, "properties": {"value": value}})
        x, y = _middle(one)
        dark = abs(value) / widest > DARK
        labels.append({"x": x, "y": y, "key": key["sector", one["name"]], "dark": dark})
    offices = [
        {"x": _flat(one["at"])[0], "y": one["at"][1], "key": key["field office", one["name"]]}
        for one in geometry()["office"]
    ]
    letters = [
        office | {"x": _flat(one["label"])[0], "y": one["label"][1]}
        for office, one in zip(offices, geometry()["office"], strict=True)
    ]
    line = [_flat(point) for one in geometry()["sector"] for point in one["border"]]
    place: Spec = {
        "longitude": {"field": "x", "type": "quantitative"},
        "latitude": {"field": "y", "type": "quantitative"},
    }
    text: Spec = {"type": "text", "fontSize": 12, "fontWeight": "bold"}
    border = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {}}
    return {
        "title": heading | {"subtitleColor": INK, "subtitleFontSize": 12},
        "description": about,
        "width": WIDTH,
        "height": HEIGHT,
        "projection": {"type": "identity", "reflectY": True},
        "layer": [
            {
                "data": {"values": shapes},
                "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 1},
                "encoding": {
                    "color": {
                        "field": "properties.value",
                        "type": "quantitative",
                        "legend": SCALE | {"format": numbers},
                        "scale": {"domain": list(domain), "range": list(colours), "interpolate": "rgb"},
                    }
                },
            },
            {
                "data": {"values": [border]},
                "mark": {"type": "geoshape", "filled": False, "stroke": INK, "strokeWidth": 1.8},
            },
            {
                "data": {"values": offices},
                "mark": {"type": "point", "shape": "square", "filled": True, "size": 60, "color": INK, "opacity": 1},
                "encoding": place,
            },
            {
                "data": {"values": letters},
                "mark": text | {"fontSize": 11, "color": MUTED},
                "encoding": place | {"text": {"field": "key"}},
            },
            *(
                {
                    "data": {"values": [label for label in labels if label["dark"] is dark]},
                    "mark": text | {"color": colour},
                    "encoding": place | {"text": {"field": "key"}},
                }
                for dark, colour in ((True, "#ffffff"), (False, "#1d2431"))
            ),
        ],
    }


def _flat(point: Sequence[float]) -> list[float]:
    return [round(point[0] * UPRIGHT, 4), point[1]]


def _middle(sector: Mapping[str, Any]) -> tuple[float, float]:
    """Where a sector's number stands: as told, else in the middle of its corners."""
    points = (
        [_flat(sector["label"])]
        if "label" in sector
        else [_flat(point) for point in (*sector["border"], *sector["inland"])]
    )
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
