"""Build the evidence tables that ship with the package from a directory of published figures.

    python scripts/build_evidence.py SOURCE_DIR [--out DIRECTORY]

SOURCE_DIR holds series.csv, observations.csv, points.csv, events.csv and policy/policy_events.csv. The
catalogue and the coding of single figures are the package's own (evidence/catalog.toml,
evidence/points.toml); this script joins them with the figures, refuses what it does not understand, and
writes the tables and their manifest. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from counterflow.evidence.folder import FORMAT, write_manifest
from counterflow.evidence.periods import Span, calendar_year, fiscal_year, grain_of, month_of
from counterflow.evidence.tables import OF_A_VINTAGE, WHOLE, Row, write_table

VINTAGE = "2026-11"
KNOWN = "2026-11-01"  # from this day on, all of the vintage is known
ROOM = Path(__file__).resolve().parents[1] / "src" / "counterflow" / "evidence"

# What the publishers' remarks on single observations mean, in one word each. An unknown remark stops the
# build.
FLAGS = {
    "": "",
    "exact": "exact",
    "rounded_to_10": "rounded_to_10",
    "partial_month": "partial_month",
    "press_preliminary": "press_preliminary",
    "final (CDC WONDER multiple cause of death, US residents)": "final",
    "IDFC 2015-2025 (53-offence instrument)": "instrument_2015",
    "DERIVED by the source repo: change in CDC 12-month-ending total + same month a year earlier; "
    "not a CDC count": "derived",
    "Oaxaca not reported this month: national sum understated": "understated",
}
NOT_REPORTED = "zero is a missing report, not a count"  # such rows are left out: a missing row is missing

NOT_COUNTS = {
    "percent",
    "share",
    "usd",
    "mg",
    "troops",
    "agents",
}  # units of levels, which count over no period

MONTHS = {
    m: i + 1 for i, m in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
}
MONTH = "|".join(MONTHS)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- observations and series ---


def observation_rows(source: Path, catalog: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for row in read_csv(source / "observations.csv"):
        if row["flag"] == NOT_REPORTED:
            continue
        if row["flag"] not in FLAGS:
            raise SystemExit(f"observations.csv: remark not known: {row['flag']!r}")
        if row["series_id"] not in catalog:
            raise SystemExit(f"observations.csv: series {row['series_id']!r} is not in catalog.toml")
        day = date.fromisoformat(row["date"])
        flag = FLAGS[row["flag"]]
        for suspect in catalog[row["series_id"]].get("suspect", ()):
            if suspect["geo"] == row["geo"] and suspect["from"] <= day <= suspect["to"]:
                flag = "suspect"
        rows.append((row["series_id"], row["geo"], day, float(row["value"]), flag))
    rows.sort()
    keys = [row[:3] for row in rows]
    if len(set(keys)) != len(keys):
        raise SystemExit("observations.csv: a series has two values for one place and date")
    return rows


def series_rows(source: Path, catalog: dict[str, Any], observations: Sequence[Row]) -> list[Row]:
    named = {row["series_id"] for row in read_csv(source / "series.csv")}
    if named != set(catalog):
        raise SystemExit(f"series.csv and catalog.toml differ: {sorted(named ^ set(catalog))}")
    rows: list[Row] = []
    for series_id, entry in sorted(catalog.items()):
        geos = {row[1] for row in observations if row[0] == series_id}
        if entry["default_geo"] != "all" and entry["default_geo"] not in geos:
            raise SystemExit(f"catalog.toml: {series_id}: default_geo {entry['default_geo']!r} has no figures")
        keys = ("title", "unit", "frequency", "kind", "publisher", "url", "licence", "trust", "note", "default_geo")
        rows.append((series_id, *(entry[key] for key in keys), entry["publication_lag_months"]))
    return rows


def source_of(series_id: str) -> str:
    """The source that the bundled figures of a series name."""
    return f"{VINTAGE}/{series_id}"


def source_rows(catalog: dict[str, Any]) -> list[Row]:
    """Where the bundled figures come from: one source a series, compiled from its publisher's releases."""
    return [
        (source_of(series_id), VINTAGE, *(entry[key] for key in ("title", "publisher", "url", "licence")), VINTAGE,
         "bundled", "")
        for series_id, entry in catalog.items()
    ]  # fmt: skip


# --- single figures ---


def parse_figure(text: str) -> tuple[float, float | None, str]:
    """Value, upper end of a range, and bound. Raises ValueError where the text is no figure."""
    bound = "="
    for pattern, sign in (
        (r">=?|just over|more than|over", ">"),
        (r"<=?|up to", "<"),
        (r"nearly|almost|about", "~"),
    ):
        if match := re.match(rf"(?:{pattern})\s*", text):
            bound, text = sign, text[match.end() :]
            break
    if re.fullmatch(r"[\d.]+\+", text):
        bound, text = ">", text[:-1]
    text = re.sub(r" \+ \d+ down$", "", text)  # a down payment beside the fee: kept in the figure's text
    if match := re.fullmatch(r"\+?(\d+(?:\.\d+)?)(?:\.\.|-)(\d+(?:\.\d+)?)", text):
        return float(match[1]), float(match[2]), bound
    return float(text), None, bound


def parse_period(text: str, day: date | None) -> tuple[date | None, date | None]:
    """First and last day of the period that a row names; None at an end that it leaves open.

    `day` is the row's own date, where it has one.
    """
    month, year = rf"({MONTH})[a-z]*", r"(\d{4})"

    def found(pattern: str) -> re.Match[str] | None:
        return re.fullmatch(pattern, text)

    def within(first: str, last: str, number: str) -> tuple[date, date]:
        return date(int(number), MONTHS[first], 1), month_of(date(int(number), MONTHS[last], 1)).end

    if text in ("", "day", "order"):
        return day, day
    if day and (match := found(r"(\d+) days")):
        return day, day + timedelta(days=int(match[1]) - 1)
    if day and text == "month":
        return month_of(day)
    if day and (text == "year" or found(r"NDTA \d{4} figure")):
        return calendar_year(day.year)
    if day and text == "first half":
        return date(day.year, 1, 1), date(day.year, 6, 30)
    if match := found(rf"FY{year}"):
        return fiscal_year(int(match[1]))
    if match := found(rf"FY{year}-(?:FY)?(\d{{2}}|\d{{4}})(?: sum)?"):
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        return fiscal_year(int(match[1])).start, fiscal_year(int(last)).end
    if match := found(r"Q([1-4]) FY(\d{4})"):
        first = (fiscal_year(int(match[2])).start.month + 3 * (int(match[1]) - 1) - 1) % 12 + 1
        start = date(int(match[2]) - (first >= 10), first, 1)
        return start, month_of(start.replace(month=start.month + 2)).end
    if match := found(r"FY(\d{4}) through ~?(\d{4}-\d{2}-\d{2})"):
        return fiscal_year(int(match[1])).start, date.fromisoformat(match[2])
    if match := found(rf"FY{year} to {month} {year}"):
        return fiscal_year(int(match[1])).start, within(match[2], match[2], match[3])[1]
    if match := found(rf"(?:CY|calendar )?{year}(?: \(.*\))?"):
        return calendar_year(int(match[1]))
    if match := found(rf"(?:CY)?{year}-{year}"):
        return calendar_year(int(match[1])).start, calendar_year(int(match[2])).end
    if match := found(rf"{year}-(\d{{2}})"):
        return month_of(date(int(match[1]), int(match[2]), 1))
    if match := found(rf"(?:as of )?{month} {year}"):
        return within(match[1], match[1], match[2])
    if match := found(rf"{month}-{month} {year}(?: INM press)?"):
        return within(match[1], match[2], match[3])
    if match := found(rf"{month} {year} - {month} {year}"):
        return within(match[1], match[1], match[2])[0], within(match[3], match[3], match[4])[1]
    if match := found(rf"{month} (\d+)-(\d+) {year}"):
        number, name = int(match[4]), MONTHS[match[1]]
        return date(number, name, int(match[2])), date(number, name, int(match[3]))
    if match := found(r"week before (\d{4}-\d{2}-\d{2})"):
        last_day = date.fromisoformat(match[1]) - timedelta(days=1)
        return last_day - timedelta(days=6), last_day
    if found(r"\d{4}-\d{2}-\d{2}"):
        return date.fromisoformat(text), date.fromisoformat(text)
    if match := found(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})"):
        return date.fromisoformat(match[1]), date.fromisoformat(match[2])
    if match := found(rf"c\. {year}, undated"):
        return calendar_year(int(match[1]))
    if day and found(r"late \d{4}s|before .*|after .*|.*undated\)"):
        return day, None  # "about then": the end is not known
    raise ValueError(text)


def point_rows(source: Path) -> list[Row]:
    coding = tomllib.loads((ROOM / "points.toml").read_text(encoding="utf-8"))
    rows: list[Row] = []
    previous_source = ""
    for number, row in enumerate(read_csv(source / "points.csv"), start=2):
        origin = previous_source if row["source"] == "same" else row["source"]
        previous_source = origin
        note = row["note"]
        for remark in coding["remark"]:
            origin = re.sub(remark["pattern"], remark["becomes"], origin)
            note = re.sub(remark["pattern"], remark["becomes"], note)
        try:
            rows.extend(code_point(row | {"source": origin, "note": note}, coding["rule"]))
        except ValueError as error:
            raise SystemExit(f"points.csv line {number}: not understood ({error}): {row}") from None
    # dates may be open: sort them as text, the open ones first
    return sorted(rows, key=lambda r: (r[0], str(r[3] or ""), str(r[4] or ""), *map(str, r)))


def code_point(row: dict[str, str], rules: Sequence[dict[str, str]]) -> Iterator[Row]:
    """One row of single figures as points: one, or one per place or year where it lists several."""
    fitting = (
        (rule, match)
        for rule in rules
        if (match := re.fullmatch(rule["label"], row["measure"]))
        and re.fullmatch(rule.get("unit_like", ".*"), row["unit"])
        and re.fullmatch(rule.get("period_like", ".*"), row["period"])
        and re.fullmatch(rule.get("note_like", ".*"), row["note"])
    )
    rule, match = next(fitting, (None, None))
    if rule is None or match is None:
        raise ValueError("no rule of points.toml fits its label")
    groups = match.groupdict()
    day = date.fromisoformat(row["date"]) if row["date"] else None
    period, place = row["period"], rule.get("geo") or groups.get("geo", "")
    if split := re.fullmatch(r"month, sector (.*)", period):
        period, place = "month", split[1]
    if override := rule.get("period"):
        period = groups["period"] if override == "label" else override
        period = re.sub(r"^(Oct)-(Nov) ", r"\1-\2 ", period)
    texts, places, periods = [row["value"]], [place], [period]
    if "geos" in groups:
        texts, places = row["value"].split(" / "), groups["geos"].split(" / ")
        periods = [period] * len(texts)
    elif " vs " in row["value"]:
        texts, periods = row["value"].split(" vs "), period.split(" vs ")
        places = [place] * len(texts)
    for text, where, when in zip(texts, places, periods, strict=True):
        value, high, bound = parse_figure(text)
        if "(more than)" in row["unit"]:
            bound = ">"
        elif re.search(r"\((about|approx\.)\)", row["unit"]):
            bound = "~"
        bound = rule.get("bound", bound)
        start, end = parse_period(f"{day}..{when}" if rule.get("period_is") == "date..period" else when, day)
        per = rule.get("per") or ("total" if rule["unit"] in NOT_COUNTS else counted_over(row["unit"], start, end))
        coded = (rule["measure"], row["measure"], row["period"], start, end, value, high, bound)
        origin = (row["source"], row["note"], row["value"])
        yield (*coded, rule["unit"], per, where, rule["trust"], *origin, rule.get("part", "total"), rule["issuer"])


def counted_over(unit: str, start: date | None, end: date | None) -> str:
    """What a figure counts over: a day, month or year where it is a rate or covers it, else "total"."""
    if re.search(r"per[_ ]day", unit):
        return "day"
    if unit.endswith("/yr"):
        return "year"
    if start is None or end is None:
        return "total"
    grain = grain_of(Span(start, end))
    return {"month": "month", "fiscal year": "year", "calendar year": "year"}.get(grain, "total")


# --- events ---


EVENT = ("date", "date_kind", "lever", "actor", "instrument", "what", "size", "authority", "source", "status",
         "effect_on_lever", "organisation", "base")  # fmt: skip


def event_rows(source: Path) -> list[Row]:
    """The policy record, with losses of cartel leaders and designated organisations from events.csv."""
    events = [policy_event(row) for row in read_csv(source / "policy" / "policy_events.csv")]
    for row in read_csv(source / "events.csv"):
        if row["kind"] == "cartel leadership":
            events.append(loss_of_leader(row))
        elif row["kind"] == "terrorist designation":
            events.append(designation(row))
    values = [tuple(event.get(key, "") for key in EVENT) for event in events]
    numbered: list[Row] = []
    for value in sorted(values, key=lambda v: [*map(str, v)]):
        same_day = sum(1 for other in numbered if other[1] == value[0])
        numbered.append((f"{value[0]:%Y%m%d}-{same_day + 1}", *value))
    return numbered


def policy_event(row: dict[str, str]) -> dict[str, Any]:
    """A row of the policy record; its remarks on other files are left out."""
    return row | {
        "date": date.fromisoformat(row["date"]),
        "status": re.sub(r"in_reference \w+\.csv", "in_reference", row["status"]).replace(", see NOTES", ""),
        "effect_on_lever": int(row["effect_on_lever"]) if row["effect_on_lever"] else None,
    }


def loss_of_leader(row: dict[str, str]) -> dict[str, Any]:
    """The loss of a cartel leader: exogenous, whoever brought it about."""
    return {
        "date": date.fromisoformat(row["date"]),
        "date_kind": "in_force",
        "lever": "exogenous",
        "instrument": "loss of a leader",
        "what": row["event"],
        "source": row["source"],
        "status": "seen" if row["precision"] == "day" else f"seen_partial: precision {row['precision']}",
        "effect_on_lever": None,
        "organisation": row["organisation"],
    }


def designation(row: dict[str, str]) -> dict[str, Any]:
    """One designated organisation: part of an act of the policy record, so without effect of its own."""
    what, _, base = row["event"].partition("; base ")
    return {
        "date": date.fromisoformat(row["date"]),
        "date_kind": "in_force",
        "lever": "designation.terrorist",
        "actor": "US State",
        "instrument": "designation of one organisation",
        "what": f"{row['organisation']}: {what}",
        "size": "1 group",
        "authority": "INA s.219; EO 13224",
        "source": row["source"],
        "status": "seen",
        "effect_on_lever": 0,
        "organisation": row["organisation"],
        "base": base,
    }


# --- writing ---


def build(source: Path, folder: Path) -> dict[str, Any]:
    """Build all tables of `source` into `folder`, and give the manifest that names them."""
    catalog = tomllib.loads((ROOM / "catalog.toml").read_text(encoding="utf-8"))["series"]
    observations = observation_rows(source, catalog)
    whole = {"series": series_rows(source, catalog, observations), "points": point_rows(source),
             "events": event_rows(source)}  # fmt: skip
    dated = {
        "observations": [(*row, VINTAGE, source_of(row[0])) for row in observations],
        "sources": source_rows(catalog),
        "files": [],
    }
    place = folder / "vintages" / VINTAGE
    shutil.rmtree(folder / "vintages", ignore_errors=True)
    place.mkdir(parents=True)
    manifest = {
        "left_out": {NOT_REPORTED: sum(r["flag"] == NOT_REPORTED for r in read_csv(source / "observations.csv"))},
        "format": FORMAT,
        "folder": ".",
        "tables": {name: write_table(name, whole[name], folder) for name in WHOLE},
        "vintages": [
            {
                "id": VINTAGE,
                "known": KNOWN,
                "bundled": True,
                "folder": f"vintages/{VINTAGE}",
                "tables": {name: write_table(name, dated[name], place) for name in OF_A_VINTAGE},
            }
        ],
    }
    write_manifest(folder, manifest)
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the evidence tables from published figures.")
    parser.add_argument("source", type=Path, help="directory of published figures")
    parser.add_argument("--out", type=Path, default=ROOM / "data", help="directory to write (default: the package's)")
    arguments = parser.parse_args()
    manifest = build(arguments.source, arguments.out)
    for name, table in (manifest["tables"] | manifest["vintages"][0]["tables"]).items():
        print(f"{name:13} {table['rows']:6} rows  {table['sha256'][:16]}")


if __name__ == "__main__":
    main()
