"""How often the model's 90% bands held in earlier tests, from what ships with the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from counterflow.model.outputs import ABOUT


@cache
def held_out() -> dict[str, Any]:
    """{cutoffs, months, series}: forecasts from each cut-off, so many months ahead, with what was known then.

    Each of `series` is {output, title, part, months, inside_90}: how many months were forecast, and the share of them
    that the 90% band held. `part` says what of the output was counted where it was not the whole.
    """
    told = tomllib.loads(files("counterflow.report").joinpath("held_out.toml").read_text(encoding="utf-8"))
    series = [one | {"title": ABOUT[one["output"]].long_name} for one in told["series"]]
    return told | {"series": series}
