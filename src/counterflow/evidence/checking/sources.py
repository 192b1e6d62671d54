"""Which series and single figures speak of a measure at a place."""

from __future__ import annotations

from datetime import date

from counterflow.evidence.catalog import Measure, SeriesHabits, places, series_habits
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.point_source import PointSource
from counterflow.evidence.checking.series_source import SeriesSource
from counterflow.evidence.schema import Observation, Series
from counterflow.evidence.store import ALL_PARTS, Store

WIDE = {"southwest", "united_states", "mexico"}


def sources_of(measure: Measure, place: str | None, store: Store) -> tuple[Source, ...]:
    """Official series in the catalogue's order, then single figures, at the place that the claim names.

    Where it names none, what counts the area of the first series goes before what counts another, which says so.
    Where none speaks of the place named, the first series stands there with a note; its figures are not compared.
    """
    wanted = _geography(place)
    known = [habits for habits in series_habits().values() if measure.code in habits.measures]
    first = known[0].area if known and wanted is None else wanted
    near: list[Source] = []
    far: list[Source] = []
    for habits in known:
        series = store.about(habits.id)
        if (geo := _geo_of(series, habits, wanted)) is not None:
            other = wanted is None and habits.area != first
            area = f"no place is named: this counts {habits.area.replace('_', ' ')}" if other else ""
            (far if other else near).append(_series_source(series, habits, measure, geo, "", store, area))
    whole = [p for p in store.points(measure.code) if p.part != "component"]
    points = [p for p in whole if (p.geo in WIDE if wanted is None else p.geo.lower() == wanted)]
    if points:
        near.append(PointSource(measure, tuple(points), store.vintage))
    if not (near or far) and known:
        series, area = store.about(known[0].id), known[0].area.replace("_", " ")
        note = f"the document speaks of “{place}”; the series covers {area}"
        near.append(_series_source(series, known[0], measure, series.default_geo, note, store))
    return (*near, *far)


def source_of_parts(series_id: str, parts: tuple[str, ...], store: Store) -> SeriesSource:
    """Some parts of one series, summed on the dates on which each has a figure; all of them where none is named."""
    series, habits = store.about(series_id), series_habits()[series_id]
    every = {o.date: o for o in store.observations(series_id, ALL_PARTS)} if not parts else None
    figures = _sum_of(parts, series, store) if every is None else every
    return SeriesSource(series, habits, figures, parts)


def _geography(place: str | None) -> str | None:
    """The geography that a document's place means: a wide one, its name, or None where none is named."""
    if not place:
        return None
    plain = " ".join(place.lower().replace("’", "'").split()).removeprefix("the ")
    known = places()
    return known.get(plain) or known.get(f"the {plain}") or plain


def _geo_of(series: Series, habits: SeriesHabits, wanted: str | None) -> str | None:
    """The part of the series that the claim means; None where the series does not speak of the place."""
    if wanted is None or wanted == habits.area:
        return series.default_geo
    simple = {geo.lower().removesuffix(" sector").removesuffix(" field office"): geo for geo in series.geos}
    return simple.get(wanted.removesuffix(" sector").removeprefix("state of "))


def _series_source(
    series: Series, habits: SeriesHabits, measure: Measure, geo: str, elsewhere: str, store: Store, area: str = ""
) -> SeriesSource:
    parts = habits.measures[measure.code]
    if not parts or geo != series.default_geo:
        figures = {o.date: o for o in store.observations(series.id, geo)}
    else:
        figures = _sum_of(parts, series, store)
    if geo != series.default_geo:
        parts = (geo,)
    shown = () if parts == (series.default_geo,) else parts
    return SeriesSource(series, habits, figures, shown, habits.proxy.get(measure.code, ""), elsewhere, area)


def _sum_of(parts: tuple[str, ...], series: Series, store: Store) -> dict[date, Observation]:
    """The parts added up, on the dates on which every one has a figure."""
    columns = [{o.date: o for o in store.observations(series.id, part)} for part in parts]
    return {
        day: Observation(
            date=day,
            value=sum(column[day].value for column in columns),
            flag=next((c[day].flag for c in columns if c[day].flag not in ("", "exact")), ""),
        )
        for day in columns[0]
        if all(day in column for column in columns)
    }
