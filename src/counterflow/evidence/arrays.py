"""A series as an xarray array, with its unit, origin and traps as attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from counterflow.evidence.catalog import series_habits
from counterflow.evidence.schema import Observation, Series

# How a figure stands for its period, in the words of the CF conventions.
CELL_METHODS = {"flow": "time: sum", "stock": "time: mean", "rolling12": "time: sum (interval: 12 months ending)"}


def as_array(series: Series, columns: Mapping[str, Sequence[Observation]], *, as_of: str = "") -> xr.DataArray:
    """Dimensions (time, geo): the figures of each geography on the union of their dates, NaN where there is none.

    Units are those of the series. `flag` and `vintage` are coordinates of the same shape, "" where there is no
    figure.
    """
    days = sorted({o.date for column in columns.values() for o in column})
    row_of = {day: row for row, day in enumerate(days)}
    shape = (len(days), len(columns))
    values, flags, vintages = np.full(shape, np.nan), np.full(shape, "", object), np.full(shape, "", object)
    for number, column in enumerate(columns.values()):
        for o in column:
            at = row_of[o.date], number
            values[at], flags[at], vintages[at] = o.value, o.flag, o.vintage
    habits = series_habits()[series.id]
    return xr.DataArray(
        values,
        dims=("time", "geo"),
        coords={
            "time": (
                "time",
                np.array(days, dtype="datetime64[ns]"),
                {"long_name": f"first day of the {series.frequency}"},
            ),
            "geo": ("geo", list(columns)),
            "flag": (("time", "geo"), flags.astype(str)),
            "vintage": (("time", "geo"), vintages.astype(str)),
        },
        name=series.id,
        attrs={
            "long_name": series.title,
            "units": series.unit,
            "cell_methods": CELL_METHODS[series.kind],
            "frequency": series.frequency,
            "institution": series.publisher,
            "source": series.url,
            "license": series.licence,
            "comment": series.note,
            "definition_breaks": "; ".join(f"{b.date}: {b.what}" for b in habits.breaks),
            "never_mix_with": ", ".join(habits.never_mix_with),
            "vintage": series.vintage,
            "as_of": as_of,
        },
    )
