"""How to find out what one of several differences does: the second assessment again, with one thing as in the first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from counterflow.report.studies.difference.inputs import Changed, command

Assessment = Mapping[str, Any]
FLAGS = ("--priors",)
BY_OPTION = ("draws", "years", "seed")  # options of `counterflow assess` of the same name
OF_READER = ("--reader", "--endpoint", "--model")
ELICITED = "elicited from"  # how the source of a parameter begins that experts were asked about


class Way(NamedTuple):
    """What to do before the command, "" where the command says it all; no command where none can do it."""

    cause: str
    do: str
    command: str


def ways(a: Assessment, b: Assessment, found: Sequence[Changed], causes: Sequence[str]) -> tuple[Way, ...]:
    """One for each cause: B's command with that one thing as in A, and a name of its own for what it writes."""
    words = command(b)
    if not words:
        return tuple(Way(cause, "make B again with it as in A", "") for cause in causes)
    made = []
    for cause in causes:
        do, changed = _way(cause, a, b, words, found)
        out = f"b-with-{re.sub(r'[^a-zA-Z0-9]+', '-', cause).strip('-').lower()}-of-a.html"
        made.append(Way(cause, do, shlex.join(with_option(changed, "--out", out)) if changed else ""))
    return tuple(made)


def label(cause: str) -> str:
    """A cause in words that fit into a sentence."""
    kind, _, name = cause.partition(" ")
    if name:
        return {"entry": f"what {name} does", "parameter": f"parameter {name}", "switch": f"switch {name}"}[kind]
    return {
        "refuse": "the fillings of the policy record that are accepted",
        "draws": "the number of draws",
        "replicates": "the number of replicates",
        "years": "the number of years",
        "program": "the version of Counterflow",
        "packages": "the packages that it computes with",
    }.get(cause, f"the {cause}")


def with_option(words: Sequence[str], option: str, *values: str) -> list[str]:
    """A command with an option at these values only, once for each; without any, the option is taken out."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == option:
            skip = option not in FLAGS
        else:
            kept.append(word)
    return kept + [part for value in values for part in (option, value)]


def values_of(words: Sequence[str], option: str) -> list[str]:
    """What a command gives an option, once for each time."""
    return [value for word, value in pairwise(words) if word == option]


def _way(cause: str, a: Assessment, b: Assessment, words: list[str], found: Sequence[Changed]) -> tuple[str, list[str]]:
    """(what to do first, the command's words)."""
    theirs = command(a)
    kind, _, name = cause.partition(" ")
    if cause in BY_OPTION:
        return "", with_option(words, f"--{cause}", str(a["manifest"][cause]))
    if cause == "document":
        return "", [*words[:2], str(a["document"].get("url") or a["document"]["source"]), *words[3:]]
    if cause == "date":
        return "", with_option(words, "--date", *values_of(theirs, "--date"))
    if cause == "refuse":
        return "", with_option(words, "--refuse", *values_of(theirs, "--refuse"))
    if cause == "reader":
        for option in OF_READER:
            words = with_option(words, option, *values_of(theirs, option))
        return "", words
    if cause == "posterior" and ("--priors" in theirs) != ("--priors" in words):
        return "", with_option(words, "--priors") + (["--priors"] if "--priors" in theirs else [])
    if cause == "data":
        return "name the folder of A's data in COUNTERFLOW_DATA", words
    if cause in ("program", "posterior"):
        return f"install what A was made with: Counterflow {a['manifest'].get('version')}", words
    if cause == "packages":
        listed = ", ".join(f"{change.what} {change.a}" for change in found if change.cause == cause and change.a)
        return f"in an environment with {listed}", words
    if kind in ("entry", "parameter", "switch"):
        return _edited(kind, name, a, b, words, found)
    return "make B again from Python with it as in A", []


def _edited(
    kind: str, name: str, a: Assessment, b: Assessment, words: list[str], found: Sequence[Changed]
) -> tuple[str, list[str]]:
    """What to change in a copy of which file, and the command with that copy."""
    rows = [row for of in (b, a) for row in of["settings"].get(f"{kind}s", []) if row["name"] == name]
    experts = kind == "parameter" and str(rows[0].get("source", "")).startswith(ELICITED)
    option = "--elicited" if experts else "--strategy"
    owner, file = next(_files(option, words, command(a)), ("B", "a.toml"))
    in_a = name in {row["name"] for row in a["settings"].get("parameters", [])}
    saved = not values_of(words, option) and not experts
    copy = "b.toml" if saved else f"copy-of-{Path(file).name}"
    of = "the strategy that B's command writes with --save-strategy" if saved else f"a copy of {owner}'s {file}"
    what = {"entry": f"set the entries on {name} as in A", "switch": f"set {name} as in A"}.get(
        kind, f"set {name} as in A" if in_a else f"take {name} out"
    )
    if experts and owner == "A":
        what = f"keep {name} alone"
    for without in ("--date", "--refuse") if option == "--strategy" else ():
        words = with_option(words, without)  # a strategy file says them itself
    if saved:
        words = with_option(words, "--elicited")  # what experts say is in what is saved
    return f"in {of}, as {copy}, {what}", with_option(words, option, copy)


def _files(option: str, *commands: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Whose file an option names, B's first."""
    for owner, words in zip(("B", "A"), commands, strict=True):
        yield from ((owner, value) for value in values_of(words, option))
