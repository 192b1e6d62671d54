"""What is sent to a model: the task in one message, the text in another, between marks that it cannot hold."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import lever_ids
from counterflow.brief.claims.measures import measures


@cache
def prompt() -> dict[str, Any]:
    """The texts of prompt.toml."""
    return tomllib.loads(files("counterflow.brief.llm").joinpath("prompt.toml").read_text(encoding="utf-8"))


@cache
def task() -> str:
    """What the model is told to do; the same for every document."""
    told: str = prompt()["system"]
    return told.strip().format(
        levers=", ".join(sorted(lever_ids())),
        statuses="; ".join(f"{status} ({meaning})" for status, meaning in prompt()["statuses"].items()),
        codes=", ".join(sorted(codebook.party_codes())),
        measures=", ".join(f"{measure.id} ({measure.title})" for measure in measures()),
    )


def question(text: str, published: date | None) -> list[dict[str, str]]:
    """The messages that ask about a text. The marks around it come from its hash, which no text holds."""
    mark = f"=== {hashlib.sha256(text.encode()).hexdigest()[:24]} ==="
    dated = prompt()["dated"].format(day=published.isoformat()) if published else ""
    asked = prompt()["user"].strip().format(date=dated, mark=mark, text=text)
    return [{"role": "system", "content": task()}, {"role": "user", "content": asked}]


def asked_again(messages: list[dict[str, str]], answer: str, problems: Sequence[str]) -> list[dict[str, str]]:
    """The same question with the answer that could not be used, and what was wrong with it."""
    again = prompt()["retry"].strip().format(problems="; ".join(problems)[:2000])
    return [*messages, {"role": "assistant", "content": answer[:8000]}, {"role": "user", "content": again}]
