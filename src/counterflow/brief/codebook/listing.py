"""The codebook for people who check it: which words tell which lever, status, measure and unit."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from counterflow.brief import codebook
from counterflow.errors import UsageError

WIDTH = 100


class LeverTold(NamedTuple):
    """What the catalogue of levers says of one: its title, and the meaning of each level."""

    title: str
    levels: tuple[tuple[int, str], ...]


Told = Mapping[str, LeverTold]
_UNKNOWN = LeverTold("", ())


def short(pattern: str) -> str:
    """A pattern as people can read it: its words and choices, without the marks that only a machine needs.

    >>> short(r"deploy(?:s|ed)? (?:the )?troops\\b")
    'deploy(s | ed)? (the )?troops'
    """
    plain = re.sub(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)", "", pattern)  # what must not or must stand beside it
    plain = plain.replace("(?:", "(").replace("(?i:", "(").replace("(?-i:", "(")
    plain = re.sub(r"\(\?P<\w+>", "(", plain)
    plain = re.sub(r"\\[bAZ]|\\s[*?]", "", plain)
    plain = re.sub(r"\\s\+?|\[ -\]|\[\\s-\]\+", " ", plain)
    plain = re.sub(r"(?:\[[^\]]*\\w[^\]]*\]|\\[wS])[+*]?\??", "…", plain)
    plain = re.sub(r"\\d(?:[+*]|\{[\d,]+\})?", "0", plain)
    plain = re.sub(r"\\([^\w\s])", r"\1", plain)
    return " ".join(plain.replace("|", " | ").split())


def wordings(lever: Mapping[str, Any]) -> list[str]:
    """The wordings of a lever in short form: a phrase, or a verb and its object."""
    return [
        short(t["phrase"]) if "phrase" in t else f"{short(t['verb'])} + {short(t['object'])}" for t in lever["triggers"]
    ]


def overview(told: Told) -> dict[str, Any]:
    """The codebook at a glance, as plain values: levers, statuses in their order, measures, units, tables."""
    measures = codebook.table("measures")
    return {
        "version": codebook.version(),
        "levers": [_lever(entry, told) for entry in codebook.table("actions")["lever"]],
        "statuses": [
            {"order": order, "status": rule["status"], "where": rule["where"],
             "cues": list(map(short, rule["patterns"]))}
            for order, rule in enumerate(codebook.table("status")["rule"], start=1)
        ],
        "measures": [
            {"id": m["id"], "title": m["title"], "unit": m["unit"], "checkability": m["checkability"],
             "words": list(map(short, m["phrases"])), "acts": list(map(short, m.get("acts", ())))}
            for m in measures["measure"]
        ],
        "units": {unit: short(words) for group in measures["units"].values() for unit, words in group.items()},
        "tables": {name: codebook.fingerprint(name) for name in codebook.table_names()},
    }  # fmt: skip


def _lever(entry: Mapping[str, Any], told: Told) -> dict[str, Any]:
    known = told.get(entry["id"], _UNKNOWN)
    return {
        "id": entry["id"],
        "title": known.title,
        "status": entry.get("status", "in_force"),
        "wordings": wordings(entry),
        "levels": {str(level): meaning for level, meaning in known.levels},
        "also": sorted({*entry.get("by_actor", {}).values(), *(rule["lever"] for rule in entry.get("refine", ()))}),
    }


def overview_lines(told: Told) -> list[str]:
    """The codebook at a glance, as lines: what there is and how many wordings each has."""
    whole = overview(told)
    lines = [f"Codebook {whole['version']}", "", f"Levers and responses ({len(whole['levers'])}): wordings, title"]
    for lever in whole["levers"]:
        named = lever["title"] or f"no lever of its own; {', '.join(lever['also']) or 'recorded only'}"
        lines += _entry(f"{lever['id']:<32}{len(lever['wordings']):>4}  ", named)
    lines += ["", "Status, the first that reaches the act wins: order, where its cue stands, cues"]
    for rule in whole["statuses"]:
        lines.append(f"  {rule['order']:>3}  {rule['status']:<22}{rule['where']:<8}{len(rule['cues']):>3}")
    lines += ["", f"Measures ({len(whole['measures'])}): unit, what can test it, title"]
    for m in whole["measures"]:
        lines += _entry(f"{m['id']:<30}{m['unit']:<14}{m['checkability'].replace('_', ' '):<18}", m["title"])
    lines += ["", "Units, besides percent, percentage points, usd and mxn"]
    lines += [line for unit, words in whole["units"].items() for line in _entry(f"{unit:<12}", words)]
    lines += ["", "Tables, with a fingerprint of each; `counterflow codebook NAME` shows one, or one lever, in full"]
    lines += _entry("", "  ".join(f"{name} {mark}" for name, mark in whole["tables"].items()))
    return lines


def _entry(lead: str, words: str, indent: int = 2) -> list[str]:
    """A lead and words beside it, wrapped below each other."""
    lead = " " * indent + lead
    hang = " " * min(len(lead), 40)
    return textwrap.wrap(words, WIDTH, initial_indent=lead, subsequent_indent=hang) or [lead.rstrip()]


def chosen(name: str) -> tuple[str, dict[str, Any]]:
    """The table, or the entry of the lever, of a name; with what it is ("table" or "lever").

    Raises UsageError, which tells the nearest name, where there is none.
    """
    levers = {entry["id"]: entry for entry in codebook.table("actions")["lever"]}
    if name in codebook.table_names():
        return "table", codebook.table(name)
    if name in levers:
        return "lever", levers[name]
    near = difflib.get_close_matches(name, [*codebook.table_names(), *levers], n=1, cutoff=0.5)
    tables = ", ".join(codebook.table_names())
    raise UsageError(
        f"the codebook has no table or lever called {name!r}",
        hint=f"Did you mean {near[0]}?" if near else f"Its tables are {tables}.",
    )


def chosen_lines(name: str, told: Told) -> list[str]:
    """One table, or one lever, in full. Raises UsageError where the name is unknown."""
    kind, content = chosen(name)
    if kind == "lever":
        return [f"Lever {name}, codebook {codebook.version()}", *_lever_lines(content, told)]
    lines = [f"Table {name} {codebook.fingerprint(name)}, codebook {codebook.version()}"]
    if name == "actions":
        rest = {key: value for key, value in content.items() if key != "lever"}
        lines += list(_lines(rest, 2))
        for entry in content["lever"]:
            lines += ["", *_lever_lines(entry, told)]
        return lines
    return lines + list(_lines(content, 2))


def _lever_lines(entry: Mapping[str, Any], told: Told) -> list[str]:
    known = told.get(entry["id"], _UNKNOWN)
    lines = [f"{entry['id']}: {known.title}" if known.title else entry["id"]]
    lines += [line for level, meaning in known.levels for line in _entry(f"level {level}: ", meaning)]
    lines += list(_lines({k: v for k, v in entry.items() if k not in ("id", "triggers")}, 2))
    for number, trigger in enumerate(entry["triggers"], start=1):
        words = [f"{key}: {short(value) if isinstance(value, str) else value}" for key, value in trigger.items()]
        lines += _entry(f"wording {number:>2}: ", "; ".join(words))
    return lines


def _lines(value: Any, indent: int) -> Iterator[str]:
    """Any value of a table as lines: keys, numbered entries, and patterns in short form."""
    if isinstance(value, dict):
        for key, inside in value.items():
            if isinstance(inside, dict) or (isinstance(inside, list) and any(isinstance(i, dict) for i in inside)):
                yield f"{' ' * indent}{key}"
                yield from _lines(inside, indent + 2)
            else:
                words = "; ".join(map(_word, inside)) if isinstance(inside, list) else _word(inside)
                yield from _entry(f"{key}: ", words, indent)
    elif isinstance(value, list):
        for number, inside in enumerate(value, start=1):
            yield f"{' ' * indent}{number}."
            yield from _lines(inside, indent + 2)


def _word(value: Any) -> str:
    return short(value) if isinstance(value, str) else str(value)
