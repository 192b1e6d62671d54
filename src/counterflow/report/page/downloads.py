"""What a reader takes away from a figure: the picture, its data, its spec, and how to cite it."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from counterflow.report.pictures.drawing import Figure, picture_png, render, whole_picture
from counterflow.report.words import clean

if TYPE_CHECKING:
    from markupsafe import Markup

# What a data: address may hold as it is between single quotation marks; everything else is written as %XX.
AS_IT_IS = '"!*()+,-./:;=?@[]^_{|}~ $'


def drawn(figure: Figure | None, name: str, source: str, *, png: bool = False) -> dict[str, Any] | None:
    """A figure as the page shows it: SVG panels, text alternatives, a table, and downloads. None of None.

    `source` is the citation that is written below a downloaded picture. A PNG, which is far larger than all the rest,
    is made only where it is asked for.
    """
    if figure is None:
        return None
    from markupsafe import Markup

    svgs = [render(panel, f"{name}-{i}") for i, panel in enumerate(figure["panels"])]
    cited = f"“{clean(figure['title'])}”. {source}"
    whole = whole_picture(svgs, clean(figure["title"]), cited)
    spec = json.dumps(figure["spec"], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    picture = base64.b64encode(picture_png(whole)).decode("ascii") if png else ""
    return {
        "name": name,
        "title": clean(figure["title"]),
        "panels": [
            {"alt": clean(panel["description"]), "svg": Markup(svg)}
            for panel, svg in zip(figure["panels"], svgs, strict=True)
        ],
        "table": figure["table"],
        "cited": cited,
        "svg": data_address(whole, "image/svg+xml"),
        "png": Markup(f"data:image/png;base64,{picture}") if picture else None,
        "spec": data_address(spec, "application/json"),
        "csv": data_address(as_csv(figure["rows"]), "text/csv"),
    }


def data_address(text: str, media_type: str) -> Markup:
    """A data: address that holds `text`, to be downloaded; safe between single quotation marks."""
    from markupsafe import Markup

    return Markup(f"data:{media_type};charset=utf-8,{quote(text, AS_IT_IS, errors='replace')}")


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Flat rows as CSV (RFC 4180); a text that a spreadsheet would run as a formula gets an apostrophe
    before it."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t" and v else v for k, v in row.items()})
    return buffer.getvalue()
