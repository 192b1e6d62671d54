"""The works that parameters and prices rest on (works.toml), and which of them a source names."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, ValidationError

from counterflow.brief.schema import Value
from counterflow.errors import ModelError

Read = Literal["in full", "abstract", "press", "second hand", "not told"]


class Work(Value):
    """One published work; what is not known of it is empty, a year None."""

    cited: tuple[str, ...] = Field(min_length=1)  # the strings by which sources name it
    authors: str = Field(min_length=1)
    year: int | None = None
    title: str = ""
    where: str = ""  # journal volume:pages, series and number, or publisher
    doi: str = Field(default="", pattern=r"^(10\.\d{4,9}/\S+)?$")
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    read: Read  # how far it was read; works.toml says what each means


@cache
def works() -> tuple[Work, ...]:
    """Every work of works.toml, in its order.

    Raises ModelError where an entry is not valid, or two works are named by the same string or DOI.
    """
    return checked(tomllib.loads((files("counterflow.model") / "works.toml").read_text(encoding="utf-8"))["work"])


def checked(rows: list[dict[str, object]]) -> tuple[Work, ...]:
    """The works of these rows. Raises ModelError as `works` does."""
    found: list[Work] = []
    taken: set[str] = set()
    for row in rows:
        try:
            work = Work.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ModelError(f"work {row.get('cited')}: {field}: {first['msg']}", where="works.toml") from error
        for name in (*work.cited, *([work.doi.lower()] if work.doi else [])):
            if name in taken:
                raise ModelError(f"two works are named {name!r}", where="works.toml")
            taken.add(name)
        found.append(work)
    return tuple(found)


def cited_in(source: str) -> tuple[Work, ...]:
    """The works that a source text names, each once, in the order in which it first names them.

    A name counts as whole words only, and words belong to one name: where one name holds another, the longer one is
    meant. A source that rests on a judgement alone names none.
    """
    first: dict[Work, int] = {}
    rest = source
    for name, pattern, work in _names():
        for match in pattern.finditer(rest):
            first[work] = min(match.start(), first.get(work, match.start()))
        # Blanked at its own length, so that places in the text stay what they are.
        rest = pattern.sub("\0" * len(name), rest)
    return tuple(sorted(first, key=lambda work: first[work]))


@cache
def _names() -> tuple[tuple[str, re.Pattern[str], Work], ...]:
    """Every name with its pattern and work, the longest first."""
    named = [(name, work) for work in works() for name in work.cited]
    # A hyphen or a slash before a letter or digit goes on with the word: "2018-25" is no 2018, and an address is not
    # the beginning of a longer one.
    return tuple(
        (name, re.compile(rf"(?<!\w)(?<!\w[-/]){re.escape(name)}(?![-/]?\w)"), work)
        for name, work in sorted(named, key=lambda pair: -len(pair[0]))
    )
