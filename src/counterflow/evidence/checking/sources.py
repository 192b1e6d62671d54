"""Which series and single figures speak of a measure at a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from counterflow.evidence.catalog import Measure, SeriesHabits, places, series_habits
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.point_source import PointSource
from counterflow.evidence.checking.series_source import SeriesSource
from counterflow.evidence.schema import Observation, Series
from counterflow.evidence.store import ALL_PARTS, Store

WIDE = {
    "southwest": "the whole southwest border",
    "united_states": "the whole United States",
    "mexico": "all of Mexico",
}
OTHER_COUNT = "the words do not say whether ports of entry count too, and at this place only {} are held"


class Group(NamedTuple):
    """Sources that count one thing at one place; which place it is, where the claim's own name can mean several."""

    sources: tuple[Source, ...]
    place: str = ""
    elsewhere: str = ""  # why none of them speaks of the place that the claim names, in a sentence; "" where one does


def sources_of(measure: Measure, place: str | None, store: Store) -> tuple[Group, ...]:
    """Official series in the catalogue's order, then single figures, at the place that the claim names.

    Where it names none, what counts the area of the first series goes before what counts another, which says so.
    Where its name means several places of one series (a sector and a field office), each is a group of its own.
    Where none speaks of the place named, the first series stands there with a note; its figures are not compared.
    """
    known = [habits for habits in series_habits().values() if measure.code in habits.measures]
    wanted = _geographies(place, known)
    first = known[0].area if known and wanted is None else ""
    near: list[Source] = []
    far: list[Source] = []
    several: list[Group] = []
    for habits in known:
        series = store.about(habits.id)
        geos = _geos_of(series, habits, measure, wanted)
        if len(geos) > 1:
            several = [Group((_series_source(series, habits, measure, geo, "", store),), geo) for geo in geos]
        elif geos:
            other = wanted is None and habits.area != first
            area = f"no place is named: this counts {habits.area.replace('_', ' ')}" if other else ""
            (far if other else near).append(_series_source(series, habits, measure, geos[0], "", store, area))
    whole = [p for p in store.points(measure.code) if p.part != "component"]
    points = [p for p in whole if (p.geo in WIDE if wanted is None else p.geo in wanted)]
    if points:
        near.append(PointSource(measure, tuple(points), store.vintage))
    if several and not near:
        return tuple(several)
    if near or far or wanted is None:
        return (Group((*near, *far)),)
    areas = dict.fromkeys([*(habits.area for habits in known), *(p.geo for p in whole)])
    held = " and ".join(WIDE[area] for area in areas if area in WIDE)
    reason = f"The document speaks of {place}; the figures held on {measure.title} are for {held}." if held else ""
    if known:
        note = f"the document speaks of “{place}”; the series covers {known[0].area.replace('_', ' ')}"
        series = store.about(known[0].id)
        near.append(_series_source(series, known[0], measure, series.default_geo, note, store))
    return (Group(tuple(near), elsewhere=reason),)


def apart(group: Group, title: str) -> Group:
    """The same sources, their figures shown and not compared: they count less than what the claim may mean."""
    note = OTHER_COUNT.format(title)
    shown = tuple(replace(s, elsewhere=note, _over={}) for s in group.sources if isinstance(s, SeriesSource))
    return Group(shown, group.place, f"{note[0].upper()}{note[1:]}.")


def is_smaller(place: str | None) -> bool:
    """Whether a claim's place is less than a whole border or country, or not known."""
    return bool(place) and not set(_geographies(place, ()) or ()) & set(WIDE)


def covers(area: str, place: str | None) -> bool:
    """Whether what counts a whole area counts the place that a claim names, if it names one."""
    wanted = _geographies(place, ())
    return wanted is None or area in wanted


def source_of_parts(series_id: str, parts: tuple[str, ...], store: Store) -> SeriesSource:
    """Some parts of one series, summed on the dates on which each has a figure; all of them where none is named."""
    series, habits = store.about(series_id), series_habits()[series_id]
    every = {o.date: o for o in store.observations(series_id, ALL_PARTS)} if not parts else None
    figures = _sum_of(parts, series, store) if every is None else every
    return SeriesSource(series, habits, figures, parts)


def _geographies(place: str | None, known: list[SeriesHabits] | tuple[()]) -> tuple[str, ...] | None:
    """The geographies that a document's place can mean, its own name where none is known; None for no place."""
    if not place:
        return None
    plain = " ".join(place.lower().replace("’", "'").split()).removeprefix("the ")
    if plain == "nationwide" and known and all(habits.area == "mexico" for habits in known):
        return ("mexico",)  # the whole nation is that of the figures
    named = places()
    return named.get(plain) or named.get(f"the {plain}") or (place, plain)


def _geos_of(series: Series, habits: SeriesHabits, measure: Measure, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    """The parts of the series that the claim can mean; () where the series does not speak of the place."""
    if wanted is None or habits.area in wanted:
        return (series.default_geo,)
    parts = habits.measures[measure.code]
    named = tuple(geo for geo in series.geos if geo in wanted)
    if inside := tuple(geo for geo in named if geo in parts):
        return inside
    return named if parts in ((), (series.default_geo,)) else ()


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
