"""Who can move each lever and under which law (limits.toml): what a search may propose, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import ValidationError

from counterflow.brief.schema import Value
from counterflow.errors import JudgementError, UsageError, did_you_mean
from counterflow.strategy.catalogue import levers

Decider = Literal["executive", "congress", "mexico", "china", "others"]
ALLOWED: tuple[Decider, ...] = ("congress", "mexico", "china")  # who can be taken to agree, if asked for
WHO: dict[Decider, str] = {
    "executive": "the US executive",
    "congress": "Congress, by its money",
    "mexico": "Mexico",
    "china": "China",
    "others": "others, in answer",
}


class Limit(Value):
    """Who decides one lever."""

    decided_by: Decider
    law: str
    force: bool = False  # uses armed force in another country
    contested: str = ""  # what courts did with such measures; empty where the model exposes it to no ruling


@cache
def limits() -> dict[str, Limit]:
    """The limit of every lever of the catalogue. Raises JudgementError where limits.toml does not hold together."""
    text = (files("counterflow.judgement.search") / "limits.toml").read_text(encoding="utf-8")
    try:
        found = {name: Limit.model_validate(row) for name, row in tomllib.loads(text).items()}
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise JudgementError(f"the limits of the levers are broken: {error}", where="limits.toml") from error
    if apart := set(found) ^ set(levers()):
        raise JudgementError(f"limits and levers differ in {', '.join(sorted(apart))}", where="limits.toml")
    return found


def refuse_unknown(allow: Sequence[str], hold: Sequence[str]) -> None:
    """Raise UsageError for a decider that cannot be taken to agree, or a lever to hold that is not there."""
    for name in allow:
        if name not in ALLOWED:
            hint = f"{did_you_mean(name, ALLOWED)}Allowed: {', '.join(ALLOWED)}."
            raise UsageError(f"nobody called {name!r} decides a lever", where="--allow", hint=hint)
    for name in hold:
        if name not in levers():
            hint = f"{did_you_mean(name, levers())}The levers are {', '.join(levers())}."
            raise UsageError(f"no lever is called {name!r}", where="--hold", hint=hint)
