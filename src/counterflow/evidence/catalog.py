"""The catalogue of series and measures (catalog.toml), parsed once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["flow", "stock", "rolling12", "set", "value"]


@dataclass(frozen=True)
class Break:
    """The first day of a changed definition or instrument, and what changed."""

    date: date
    what: str
    splice: bool  # False where nothing may be compared across it


@dataclass(frozen=True)
class Share:
    """A part of a series that documents give as a share of the whole."""

    of: tuple[str, ...]  # codes of the measures by which documents call the whole
    parts: tuple[str, ...]  # of the series; summed
    whole: tuple[str, ...]  # the parts that make up the whole; () = all
    words: str  # pattern of the words that tell the part
    title: str  # e.g. "fentanyl seized at ports of entry"


@dataclass(frozen=True)
class SeriesHabits:
    """What the catalogue knows of a series beyond its figures."""

    id: str
    area: str  # what the whole series covers: southwest, united_states or mexico
    measures: dict[str, tuple[str, ...]]  # measure code -> parts of the series to be summed; () = the default
    proxy: dict[str, str]  # measure code -> why the series only stands in for it
    never_mix_with: tuple[str, ...]
    revision: float | None  # share by which a published figure is typically changed later; None = not known
    revision_source: str
    breaks: tuple[Break, ...]
    shares: tuple[Share, ...]
    no_row_means_zero: bool
    year: Literal["fiscal year", "calendar year"]  # the year in which its publisher counts


@dataclass(frozen=True)
class Measure:
    """What a claim can be about, and how its figures combine over time."""

    code: str
    title: str
    kind: Kind
    nearest_days: int  # how far from the stated period a single figure may lie and still be shown
    caveat: str
    additions: str | None  # of a stock: the measure of what was sent or added
    lever: str | None  # events of this lever carry sizes of the measure, in `event_unit`
    event_unit: str | None  # e.g. "troops"; "" where the size is a bare number
    narrower: dict[str, str]  # pattern in the claim's words -> the measure that they mean instead
    component: dict[str, str]  # pattern in the claim's clause -> the part or the whole that it means instead
    alone: str  # pattern of words that tell this measure from those in `open`; "" where there are none
    open: tuple[str, ...]  # measures that the words may mean as well where they hold `open_words` and not `alone`
    open_words: str
    stated_by: str  # pattern of words of the sentence by which whoever states the number means this measure alone
    unsaid: str  # what the words leave open, where no figures are of the measure itself and it may mean any of `open`
    year: Literal["fiscal year", "calendar year"]
    change_points: str | None  # measure code of published changes of this measure
    instrument: str | None  # of a set: events by this instrument name its members
    subset: str | None  # of a set: where the members counted separately are based
    set_wording: dict[str, str]  # of a set: patterns of a claim's words for all, for the subset, for neither
    operator: str  # party code of the office whose own work or count it tells of; "" where there is none
    wording: dict[str, str]  # of a measure with additions: patterns of words for what was added, sent, or there


@cache
def _parsed() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("catalog.toml").read_text(encoding="utf-8"))


@cache
def series_habits() -> dict[str, SeriesHabits]:
    """Every series of the catalogue by id, in the catalogue's order."""
    words = _parsed()["words"]
    return {
        series_id: SeriesHabits(
            id=series_id,
            area=entry["area"],
            measures={code: tuple(parts) for code, parts in entry["measures"].items()},
            proxy=entry.get("proxy", {}),
            never_mix_with=tuple(entry.get("never_mix_with", ())),
            revision=entry.get("revision"),
            revision_source=entry.get("revision_source", ""),
            breaks=tuple(Break(b["date"], b["what"], b.get("splice", True)) for b in entry.get("breaks", ())),
            shares=tuple(
                Share(tuple(s["of"]), tuple(s["parts"]), tuple(s.get("whole", ())), words[s["words"]], s["title"])
                for s in entry.get("shares", ())
            ),
            no_row_means_zero=entry.get("no_row") == "zero",
            year="calendar year" if entry.get("year") == "calendar" else "fiscal year",
        )
        for series_id, entry in _parsed()["series"].items()
    }


@cache
def measures() -> dict[str, Measure]:
    """Every measure of the catalogue by code."""
    words = _parsed()["words"]
    return {
        code: Measure(
            code=code,
            title=entry["title"],
            kind=entry["kind"],
            nearest_days=entry.get("nearest_days", 0),
            caveat=entry.get("caveat", ""),
            additions=entry.get("additions"),
            lever=entry.get("lever"),
            event_unit=entry.get("event_unit"),
            narrower=entry.get("narrower", {}),
            component={words[name]: target for name, target in entry.get("component", {}).items()},
            alone=words.get(entry.get("alone", ""), ""),
            open=tuple(entry.get("open", ())),
            open_words=words.get(entry.get("open_words", ""), ""),
            stated_by=words.get(entry.get("stated_by", ""), ""),
            unsaid=entry.get("unsaid", ""),
            year="calendar year" if entry.get("year") == "calendar" else "fiscal year",
            change_points=entry.get("change_points"),
            instrument=entry.get("instrument"),
            subset=entry.get("subset"),
            set_wording=entry.get("set_wording", {}),
            operator=entry.get("operator", ""),
            wording=entry.get("wording", {}),
        )
        for code, entry in _parsed()["measure"].items()
    }


@cache
def places() -> dict[str, tuple[str, ...]]:
    """Names of places in lower case, each with the geographies that it can mean, as the series call them."""
    found: dict[str, tuple[str, ...]] = {}
    for geo, names in _parsed()["places"].items():
        for name in names:
            found[name] = (*found.get(name, ()), geo)
    return found


@cache
def issuers() -> dict[str, str]:
    """Ends of web addresses ("cbp.gov"), each with the party code of the office that publishes there."""
    return dict(_parsed()["issuers"])
