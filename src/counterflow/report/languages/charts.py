"""A chart in another language: its words told one by one, then fitted anew, so that the renderer lays it out.

The data behind it, and what looks them up, stay English; a legend is told by what it says of its entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from counterflow.report.pictures.fitting import fitted, laid, reworded, said

Spec = dict[str, Any]
Words = str | list[str]
NO_DAYS = [""] * 7  # no axis names days


class Told(NamedTuple):
    """A language: what puts a text into it, and its names of the twelve months, long and short."""

    tell: Callable[[str], str]
    months: tuple[str, ...]
    short_months: tuple[str, ...]


def chart_told(spec: Mapping[str, Any], told: Told) -> Spec:
    """A figure's spec in a language: title, panels and the months on its axes."""
    time = {
        "dateTime": "%x, %X", "date": "%Y-%m-%d", "time": "%H:%M:%S", "periods": ["", ""], "days": NO_DAYS,
        "shortDays": NO_DAYS, "months": list(told.months), "shortMonths": list(told.short_months),
    }  # fmt: skip
    return {
        **spec,
        "title": told.tell(spec["title"]),
        "config": {**spec["config"], "locale": {"time": time}},
        "hconcat": panels_told(spec["hconcat"], told.tell),
    }


def panels_told(panels: Sequence[Mapping[str, Any]], tell: Callable[[str], str]) -> list[Spec]:
    """The panels of a figure in a language, fitted to its words."""
    return fitted([_panel_told(panel, tell) for panel in panels])


def _panel_told(panel: Mapping[str, Any], tell: Callable[[str], str]) -> Spec:
    made = {**panel, "description": tell(panel["description"])}
    if panel.get("title"):
        words = ("text", "subtitle")
        made["title"] = {key: _told(of, tell) if key in words else of for key, of in panel["title"].items()}
    fields = frozenset(
        layer["encoding"]["text"]["field"] for layer in panel["layer"] if "text" in layer.get("encoding", {})
    )
    if "data" in panel:
        made["data"] = _data_told(panel["data"], fields, tell)
    made["layer"] = [_layer_told(layer, fields, tell) for layer in panel["layer"]]
    return made


def _layer_told(layer: Mapping[str, Any], fields: frozenset[str], tell: Callable[[str], str]) -> Spec:
    made = dict(layer)
    if "data" in layer:
        made["data"] = _data_told(layer["data"], fields, tell)
    if "encoding" in layer:
        made["encoding"] = {name: _channel_told(of, tell) for name, of in layer["encoding"].items()}
    return made


def _data_told(data: Mapping[str, Any], fields: frozenset[str], tell: Callable[[str], str]) -> Spec:
    """Rows with what is written of them in the language."""
    rows = [{key: _told(of, tell) if key in fields else of for key, of in row.items()} for row in data["values"]]
    return {**data, "values": rows}


def _channel_told(channel: Mapping[str, Any], tell: Callable[[str], str]) -> Spec:
    made = dict(channel)
    if channel.get("title"):
        made["title"] = _told(channel["title"], tell)
    if channel.get("legend") and channel.get("type") == "nominal":
        entries = channel["scale"]["domain"]
        words = {entry: tell(word) for entry, word in zip(entries, said(channel["legend"], entries), strict=True)}
        made["legend"] = reworded(channel["legend"], words)
    return made


def _told(words: Words, tell: Callable[[str], str]) -> Words:
    return tell(words) if isinstance(words, str) else laid(tell(" ".join(words)), len(words))
