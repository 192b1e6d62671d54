"""What the answer is built on, as a bibliography: each work or source once, with what it is used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from counterflow.model.works import Work, cited_in

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|\bdoi:\s?)(10\.\d{4,9}/[^\s;,()<>\"']+)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"'`\\,;()]+")
PRESS = re.compile(r"\bpress\b", re.IGNORECASE)
JUDGEMENT = "judgement"
# What is a judgement, or was recalled, or stands at another price already, has no source of its own.
SOURCELESS = (JUDGEMENT, "recalled", "as for ")
KINDS = ("figures", "record", "parameters", "prices", "judgements")


class Use(NamedTuple):
    """One place where something is taken from a source."""

    kind: str
    text: str
    url: str
    grade: str
    used_for: str


def bibliography(
    checks: Sequence[Mapping[str, Any]],
    record: Sequence[Mapping[str, Any]],
    basis: Mapping[str, Any] | None,
    costs: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """Each source as {kind, text, url, doi, read, grades, used_for}, by kind and then by text.

    kind: "figures" that claims are held against, the "record" that fills gaps, what "parameters" and "prices" rest on,
    and works that "judgements" name, from which no number is taken. read: how far a work was read, as `model.works` has
    it, "press" where the words of another source say so; else "". What rests on a judgement that names no work has no
    source and is not listed.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for use in (*_figures(checks), *_record(record), *_parameters(basis), *_prices(costs)):
        for one in _sources(use):
            held = found.setdefault((one["kind"], one["text"]), one)
            held["grades"] = sorted({*held["grades"], use.grade} - {""})
            if use.used_for not in held["used_for"]:
                held["used_for"].append(use.used_for)
    return sorted(found.values(), key=lambda one: (KINDS.index(one["kind"]), one["text"].lower()))


def reference(work: Work) -> str:
    """A work as a bibliography prints it: authors, year, title and where it came out, as far as they are known."""
    when = f" ({work.year})" if work.year else ""
    parts = [part for part in (f"{work.authors}{when}", work.title, work.where) if part]
    parts += [] if work.title or work.where or work.url else ["Title not noted"]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts)


def _sources(use: Use) -> Iterator[dict[str, Any]]:
    """What one use is taken from: the works that its text names, else the text itself."""
    judged = use.text.startswith(JUDGEMENT)
    if use.kind in ("parameters", "prices") and (works := cited_in(use.text)):
        for work in works:
            yield _entry("judgements" if judged else use.kind, reference(work), work.url, work.doi, work.read)
    elif use.text and not use.text.startswith(SOURCELESS):
        doi, address = DOI.search(f"{use.text} {use.url}"), ADDRESS.search(use.url or use.text)
        yield _entry(
            use.kind,
            use.text,
            address[0].rstrip(".") if address else "",
            doi[1].rstrip(".") if doi else "",
            "press" if PRESS.search(ADDRESS.sub("", use.text)) else "",
        )


def _entry(kind: str, text: str, url: str, doi: str, read: str) -> dict[str, Any]:
    return {"kind": kind, "text": text, "url": url, "doi": doi, "read": read, "grades": [], "used_for": []}


def _figures(checks: Sequence[Mapping[str, Any]]) -> Iterator[Use]:
    for check in checks:
        for reading in check["readings"]:
            addresses = (reading["source_url"] or "").split()
            titles = reading["source_title"].split(", against ")
            # A title for each address, or else one title for all of them: no source is lost.
            named: Iterable[tuple[str, str]] = (
                zip(titles, addresses, strict=True)
                if len(titles) == len(addresses)
                else [(reading["source_title"], (addresses or [""])[0])]
            )
            for title, url in named:
                yield Use("figures", title, url, reading["trust"] or "", check["claim"]["id"])


def _record(record: Sequence[Mapping[str, Any]]) -> Iterator[Use]:
    for entry in record:
        yield Use("record", entry["source"], entry["source"], "", entry["record_id"])


def _parameters(basis: Mapping[str, Any] | None) -> Iterator[Use]:
    for parameter in basis["parameters"] if basis else ():
        text = parameter["source"].removeprefix("posterior; before it ")
        yield Use("parameters", text, "", parameter["grade"], parameter["symbol"])


def _prices(costs: Mapping[str, Any] | None) -> Iterator[Use]:
    for lever, prices in costs["prices"].items() if costs else ():
        for price in prices:
            for part in (price, price["conversion"]):
                if part:
                    yield Use("prices", part["source"], "", part["grade"], lever)
