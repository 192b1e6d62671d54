"""What the answer is built on, as a bibliography: each source once, with what it is used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|\bdoi:\s?)(10\.\d{4,9}/[^\s;,()<>\"']+)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"'`\\,;()]+")
JUDGEMENT = "judgement"
# What a source's own words say of how far it was read. Most say nothing.
READ = (
    ("abstract", re.compile(r"\bseen as abstract|\babstract (?:read|seen|only)\b", re.IGNORECASE)),
    ("press", re.compile(r"\bpress\b|\bnewspaper\b", re.IGNORECASE)),
    ("in full", re.compile(r"\bread in full\b", re.IGNORECASE)),
)
KINDS = ("figures", "record", "parameters", "prices")


def bibliography(
    checks: Sequence[Mapping[str, Any]],
    record: Sequence[Mapping[str, Any]],
    basis: Mapping[str, Any] | None,
    costs: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """Each source as {kind, text, url, doi, read, grades, used_for}, by kind and then by text.

    kind: "figures" that claims are held against, the "record" that fills gaps, what "parameters" and "prices" rest on.
    read: "in full", "abstract" or "press" where its own words tell, else "". What rests on a judgement alone has no
    source and is not listed.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, text, url, grade, use in _named(checks, record, basis, costs):
        if not text or text.startswith(JUDGEMENT):
            continue
        one = found.setdefault((kind, text), _source(kind, text, url))
        one["grades"] = sorted({*one["grades"], grade} - {""})
        if use not in one["used_for"]:
            one["used_for"].append(use)
    return sorted(found.values(), key=lambda one: (KINDS.index(one["kind"]), one["text"].lower()))


def _source(kind: str, text: str, url: str) -> dict[str, Any]:
    doi = DOI.search(f"{text} {url}")
    address = ADDRESS.search(url or text)
    return {
        "kind": kind,
        "text": text,
        "url": address[0].rstrip(".") if address else "",
        "doi": doi[1].rstrip(".") if doi else "",
        "read": next((how for how, told in READ if told.search(text)), ""),
        "grades": [],
        "used_for": [],
    }


def _named(
    checks: Sequence[Mapping[str, Any]],
    record: Sequence[Mapping[str, Any]],
    basis: Mapping[str, Any] | None,
    costs: Mapping[str, Any] | None,
) -> Iterable[tuple[str, str, str, str, str]]:
    """(kind, text, address, grade, what it is used for) of everything that names a source."""
    for check in checks:
        for reading in check["readings"]:
            addresses = (reading["source_url"] or "").split()
            titles = reading["source_title"].split(", against ")
            for title, url in zip(titles, addresses, strict=True) if len(addresses) == len(titles) else ():
                yield "figures", title, url, reading["trust"] or "", check["claim"]["id"]
    for entry in record:
        yield "record", entry["source"], entry["source"], "", entry["record_id"]
    for parameter in basis["parameters"] if basis else ():
        text = parameter["source"].removeprefix("posterior; before it ")
        yield "parameters", text, "", parameter["grade"], parameter["symbol"]
    for lever, prices in costs["prices"].items() if costs else ():
        for price in prices:
            yield "prices", price["source"], "", price["grade"], lever
