"""Fill units, levels and series-based steps of levers.toml from the published figures.

    python scripts/build_levers.py SOURCE_DIR [--check]

SOURCE_DIR holds `policy/lever_levels.csv` and `observations.csv`. The heads and the hand-written steps of
levers.toml stay as they are. With --check nothing is written and the exit code is 1 if the file would
change.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomli_w

LEVERS = Path(__file__).parents[1] / "src/counterflow/strategy/levers.toml"
DAYS_PER = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
GRADES = {"seen": "B", "derived": "C", "judgement": "D", "memory_unverified": "D"}

# The source table refers to sections of a literature review, and to its own tables by their file names.
SECTIONS = {
    "A2": "Prieto-Curiel, Campedelli & Hope 2023, Science",
    "a": "Prieto-Curiel, Campedelli & Hope 2023, Science",
    "c": "Mir & Moore 2019, International Studies Quarterly 63:846",
    "d": "Dobkin & Nicosia 2009; Cunningham, Callaghan & Liu 2015; Vangelov et al. 2026",
    "f": "press: 68,000 enrolled in two years",
    "g": "ICE statistics and press, 2024-26; Brookings for removals",
    "j": "extraditions by year, Mexican prosecutor's office, press (El Manana)",
}
TABLES = {
    "policy_events.csv": "policy record",
    "points.csv": "published figures",
    "observations.csv": "the bundled series",
    "court_hazard.csv": "policy record, court rulings",
    "bilateral_2019_2024.csv": "bilateral record 2019-24, coded by hand",
}
SECTION = r"[A-Z]{7}(?:\.md)? (A2|[a-j])\b"


def plain(text: str) -> str:
    """A cell of the source table with its short references spelled out."""
    text = re.sub(rf" \[{SECTION}\]", "", text)
    text = re.sub(rf"{SECTION} \((.*)\)", r"\2", text)
    text = re.sub(rf"\b(\w+) of {SECTION}", "loss of supply in past precursor shocks", text)
    text = re.sub(SECTION, lambda found: SECTIONS[found[1]], text)
    for name, words in TABLES.items():
        text = text.replace(name, words)
    return text


def level(row: dict[str, str]) -> dict[str, Any]:
    out = {
        "level": int(row["level"]),
        "meaning": row["meaning"],
        "intensity": {name: float(row[name]) for name in ("low", "central", "high")},
        "anchor": plain(row["anchor"]),
        "source": plain(row["source"]),
        "status": row["status"],
        "grade": GRADES[row["status"]],
        "assumed": GRADES[row["status"]] == "D",
    }
    return out | ({"note": plain(row["note"])} if row["note"] else {})


def step_from_series(
    step: dict[str, Any], until: date, per: str | None, series: dict[tuple[str, str], dict[date, float]]
) -> float:
    """Mean of a stock, flow per unit of time, or ratio of two flows, over the months up to `until`."""

    def months(name: str, geo: str) -> dict[date, float]:
        found = [key for key in series if key[0] == name and (not geo or key[1] == geo)]
        if len(found) != 1:
            raise SystemExit(f"{name}: name one geography of {found}")
        return {day: value for day, value in series[found[0]].items() if step["start"] <= day < until}

    values = months(step["series"], step.get("geo", ""))
    if not values:
        raise SystemExit(f"{step['series']} has no value from {step['start']} to {until}")
    if "over" in step:
        base = months(step["over"], "")
        common = values.keys() & base.keys()
        return sum(values[day] for day in common) / sum(base[day] for day in common)
    if per is None:
        return sum(values.values()) / len(values)
    days = sum((_next_month(day) - day).days for day in values)
    return sum(values.values()) / days * DAYS_PER[per]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _significant(value: float) -> float:
    return float(f"{value:.4g}")


def build(source: Path) -> str:
    """The whole text of levers.toml, filled in."""
    heads = tomllib.loads(LEVERS.read_text(encoding="utf-8"))
    levels: dict[str, list[dict[str, Any]]] = defaultdict(list)
    units: dict[str, str] = {}
    with (source / "policy/lever_levels.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            levels[row["lever"]].append(level(row))
            units[row["lever"]] = row["unit"]
    series: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
    with (source / "observations.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            series[row["series_id"], row["geo"]][date.fromisoformat(row["date"])] = float(row["value"])
    names = [head["id"] for head in heads["lever"]]
    if set(names) != set(levels):
        raise SystemExit(f"heads and levels differ: {set(names) ^ set(levels)}")
    for head in heads["lever"]:
        head["unit"], head["levels"] = units[head["id"]], levels[head["id"]]
        steps = head["recorded"]
        ends = [step["start"] for step in steps[1:]] + [date.max]
        for step, end in zip(steps, ends, strict=True):
            if "series" in step:
                until = step.get("until", end)
                step["intensity"] = _significant(step_from_series(step, until, head.get("per"), series))
                step["source"] = "series " + " over ".join(
                    " ".join(filter(None, pair))
                    for pair in [(step["series"], step.get("geo", "")), (step.get("over", ""),)]
                    if any(pair)
                )
    return _dump(heads)


def _inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").strip()


def _dump(data: dict[str, Any]) -> str:
    """TOML with one line per move, step and level, so that the file stays easy to read and edit by hand."""
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{name} = {_inline(item)}" for name, item in value.items())]
        elif isinstance(value, list):
            for table in value:
                lines += ["", f"[[{key}]]"]
                for name, item in table.items():
                    if isinstance(item, list) and item and isinstance(item[0], dict):
                        lines += [f"{name} = [", *(f"  {_inline(row)}," for row in item), "]"]
                    else:
                        lines.append(f"{name} = {_inline(item)}")
        else:
            lines.append(f"{key} = {_inline(value)}")
    return "\n".join(lines) + "\n"


def main() -> int:
    source = Path(sys.argv[1])
    text = build(source)
    if "--check" in sys.argv[2:]:
        return int(text != LEVERS.read_text(encoding="utf-8"))
    LEVERS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
