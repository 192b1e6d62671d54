"""What entered two assessments and is not the same in both, and which differences come of which."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Assessment = Mapping[str, Any]
DERIVED = ""  # the cause of what follows from other differences
# Where no strategy file is given, all that a strategy is made of follows from these.
MAKE_A_STRATEGY = ("document", "reader", "program", "data", "date", "refuse")
PROGRAM = {"version": "version", "codebook_version": "codebook", "priors_sha256": "priors of the package"}
PACKAGES = {"python": "Python", "packages": "packages"}
SAMPLED = ("draws", "replicates", "years", "seed", "design", "sampling")
ENTRY = ("level", "intensity", "change", "start", "end", "status", "delivery", "basis", "record_id", "fills", "source")


class Changed(NamedTuple):
    """One thing that is not the same: `a` and `b` in words, None where it is not there.

    `cause` is the one thing that would have to be made equal to undo it, shared by what changes together; DERIVED of
    what follows from other changes.
    """

    cause: str
    what: str
    a: str | None
    b: str | None


def changes(a: Assessment, b: Assessment) -> tuple[Changed, ...]:
    """All that entered `a` and `b` and differs."""
    found = [*_document(a, b), *_program(a, b), *_data(a, b)]
    filed = "--strategy" in command(a) or "--strategy" in command(b)
    makers = {change.cause for change in found} & set(MAKE_A_STRATEGY)
    for change in _strategy(a, b):
        follows = makers and not (filed and "document" not in makers)
        found.append(change._replace(cause=DERIVED) if follows else change)
    found += _settings(a, b, program="program" in makers)
    found += _sampled(a, b)
    found += _posteriors(a, b, {change.cause for change in found})
    told = {change.cause.split(" ")[0] for change in found} & {*MAKE_A_STRATEGY, "entry", "parameter", "switch"}
    if not told and a["manifest"].get("strategy_sha256") != b["manifest"].get("strategy_sha256"):
        found.append(_row("strategy", "strategy (by its hash)", *_short(a, b, "strategy_sha256")))
    return tuple(found)


def causes(found: Sequence[Changed]) -> tuple[str, ...]:
    """The things that differ of their own, in order."""
    return tuple(dict.fromkeys(change.cause for change in found if change.cause != DERIVED))


def command(of: Assessment) -> list[str]:
    """How to make an assessment again, word by word."""
    return shlex.split(str(of["manifest"].get("command", "")))


def _row(cause: str, what: str, a: object, b: object) -> Changed:
    return Changed(cause, what, None if a is None else str(a), None if b is None else str(b))


def _short(a: Assessment, b: Assessment, key: str) -> tuple[str | None, str | None]:
    """A hash in both manifests, its beginning."""
    one, two = (of["manifest"].get(key) for of in (a, b))
    return (str(one)[:12] if one else None, str(two)[:12] if two else None)


def _document(a: Assessment, b: Assessment) -> Iterator[Changed]:
    if a["document"]["sha256"] != b["document"]["sha256"]:
        told = [f"{of['document'].get('title') or of['document'].get('source')}, {of['document']['sha256'][:12]}"
                for of in (a, b)]  # fmt: skip
        yield _row("document", "document", *told)
    readers = [of["manifest"].get("language_model") or of["reader"].get("name") for of in (a, b)]
    if readers[0] != readers[1]:
        yield _row("reader", "reader", *readers)
    dates = [of["strategy"]["date"] for of in (a, b)]
    told = [d["start"] if d["start"] == d["end"] else f"{d['start']} to {d['end']}" for d in dates]
    if told[0] != told[1]:
        given = any(date["source"] == "user" for date in dates)
        yield _row("date" if given else DERIVED, "date", *told)
    refused = [set(of["refused"]) for of in (a, b)]
    for record_id in sorted(refused[0] ^ refused[1]):
        where = ["refused" if record_id in of else "accepted" for of in refused]
        yield _row("refuse", f"filling {record_id} of the policy record", *where)


def _program(a: Assessment, b: Assessment) -> Iterator[Changed]:
    one, two = a["manifest"], b["manifest"]
    for cause, names in (("program", PROGRAM), ("packages", PACKAGES)):
        for key, what in names.items():
            if one.get(key) == two.get(key):
                continue
            if isinstance(one.get(key), dict) and isinstance(two.get(key), dict):
                for name in sorted(one[key].keys() | two[key].keys()):
                    if one[key].get(name) != two[key].get(name):
                        yield _row(cause, name, one[key].get(name), two[key].get(name))
            else:
                shown = _short(a, b, key) if key.endswith("sha256") else (one.get(key), two.get(key))
                yield _row(cause, what, *shown)


def _data(a: Assessment, b: Assessment) -> Iterator[Changed]:
    """Series of other vintages, and tables of other content."""
    one, two = (of["manifest"].get("data") or {} for of in (a, b))
    for name in sorted(one.keys() | two.keys()):
        if one.get(name) != two.get(name):
            kind = "table" if name.endswith(".parquet") else "series"
            yield _row("data", f"{kind} {name}", *(_vintage(of.get(name)) for of in (one, two)))


def _vintage(value: str | None) -> str | None:
    return value[:12] if value else None


def _strategy(a: Assessment, b: Assessment) -> Iterator[Changed]:
    """Entries added, removed and changed, by lever, and levers that are only considered."""
    one, two = _entries(a), _entries(b)
    left = [entry for key, entry in one.items() if key not in two]
    new = [entry for key, entry in two.items() if key not in one]
    for lever in sorted({entry["lever"] for entry in [*left, *new]}):
        before = [entry for entry in left if entry["lever"] == lever]
        after = [entry for entry in new if entry["lever"] == lever]
        both = min(len(before), len(after))
        for old, young in zip(before[:both], after[:both], strict=True):
            keys = [key for key in ENTRY if old.get(key) != young.get(key)]
            told = [", ".join(f"{key} {_size(of.get(key))}" for key in keys) for of in (old, young)]
            yield _row(f"entry {lever}", f"entry on {lever}", *told)
        for entry in before[both:]:
            yield _row(f"entry {lever}", f"entry on {lever}", _told(entry), None)
        for entry in after[both:]:
            yield _row(f"entry {lever}", f"entry on {lever}", None, _told(entry))
    considered = [{row["lever"] for row in of["strategy"].get("considered", [])} for of in (a, b)]
    for lever in sorted(considered[0] ^ considered[1]):
        yield _row(f"entry {lever}", f"{lever}, considered", *("yes" if lever in of else None for of in considered))


def _entries(of: Assessment) -> dict[str, dict[str, Any]]:
    """The entries of all branches, each once, by what moves the model."""
    found: dict[str, dict[str, Any]] = {}
    for entry in (entry for branch in of["branches"] for entry in branch["entries"]):
        key = json.dumps([entry["lever"], *(entry.get(key) for key in ENTRY)])
        found.setdefault(key, entry)
    return found


def _told(entry: Mapping[str, Any]) -> str:
    """An entry in short: its size, when it starts and ends, and its status."""
    sizes = [f"{key} {_size(entry[key])}" for key in ("level", "intensity", "change") if entry.get(key) is not None]
    ends = [f"to {entry['end']}"] if entry.get("end") else []
    return ", ".join([*sizes, f"from {entry['start']}", *ends, str(entry["status"]).replace("_", " ")])


def _size(value: object) -> str:
    if isinstance(value, Mapping):
        return " | ".join(f"{value[key]:g}" for key in ("low", "central", "high"))
    return "none" if value in (None, "") else str(value)


def _settings(a: Assessment, b: Assessment, *, program: bool) -> Iterator[Changed]:
    """Parameters and switches that a strategy file or experts set, each a cause of its own."""
    for kind, single in (("parameters", "parameter"), ("switches", "switch")):
        one, two = ({row["name"]: row for row in of["settings"].get(kind, [])} for of in (a, b))
        for name in sorted(one.keys() | two.keys()):
            before, after = one.get(name), two.get(name)
            told = [_setting(row, before or after or {}) for row in (before, after)]
            if told[0] != told[1]:
                yield _row(f"{single} {name}", f"{single} {name}", *told)
            elif before and after and before.get("default") != after.get("default"):
                cause = "program" if program else DERIVED
                yield _row(cause, f"default of {name}", before.get("default"), after.get("default"))


def _setting(row: Mapping[str, Any] | None, other: Mapping[str, Any]) -> str:
    """What is set and on whose word; without a row, the default that the other one names."""
    if row is None:
        return f"{other.get('default', 'not set')} (not set)"
    source = f" ({row['source']})" if row.get("source") else ""
    return f"{row['set']}{source}"


def _sampled(a: Assessment, b: Assessment) -> Iterator[Changed]:
    """How it was run; nothing where one of them was not."""
    one, two = a["manifest"], b["manifest"]
    if "draws" in one and "draws" in two:
        for key in SAMPLED:
            if one.get(key) != two.get(key):
                yield _row(key, key, one.get(key), two.get(key))
    elif ("draws" in one) != ("draws" in two):
        yield _row(DERIVED, "simulated", *("yes" if "draws" in of else "no" for of in (one, two)))


def _posteriors(a: Assessment, b: Assessment, others: set[str]) -> Iterator[Changed]:
    """What parameters were drawn from. One of the same name and another content came with the program, if it differs;
    that of the run as of the document's day goes with that day."""
    one, two = a["manifest"], b["manifest"]
    if ("draws" in one) != ("draws" in two):
        return
    for key, what in (("posterior", "posterior"), ("foreseen_posterior", "posterior as of the document's day")):
        names = [of.get(key) for of in (one, two)]
        hashes = _short(a, b, f"{key}_sha256")
        if hashes[0] == hashes[1] and names[0] == names[1]:
            continue
        with_program = names[0] == names[1] and "program" in others
        moved = key == "foreseen_posterior" and {"document", "date"} & others
        told = [f"{name}, {digest}" if name else "none: the priors" for name, digest in zip(names, hashes, strict=True)]
        yield _row("program" if with_program else DERIVED if moved else "posterior", what, *told)
