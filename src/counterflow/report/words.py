"""Numbers and codes in plain words: rounded to what is known, and never more exact than the draws allow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterflow.brief.schema import Action

# Everything outside XML 1.0's Char production (section 2.2), and its discouraged controls.
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """The report's labels and explanations, from words.toml: {group: {code: words}}; the names of headlines, which
    belong to their rules, from judgement/headlines.toml."""
    words = tomllib.loads(files("counterflow.report").joinpath("words.toml").read_text(encoding="utf-8"))
    # read as it lies: judgement.headlines would bring the whole of JAX to every command that needs a word
    rules = tomllib.loads(files("counterflow.judgement").joinpath("headlines.toml").read_text(encoding="utf-8"))
    return words | {"headline": {name: rule["title"] for name, rule in rules.items()}}


def word(group: str, code: str) -> str:
    """The plain label of a code, or the code itself with underscores turned into spaces."""
    return vocabulary().get(group, {}).get(code, code.replace("_", " "))


def phrase(code: str, **filled: object) -> str:
    """A sentence that several forms of the report share, from [phrase] in words.toml, with its places filled."""
    return vocabulary()["phrase"][code].format(**filled)


def upper(text: str) -> str:
    """A text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def inner(text: str) -> str:
    """A title as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def status_in_words(action: Action) -> str:
    """The status of an action; of one that the document denies, that it was not done: "not done: reinstated".

    Where the thing named is the opposite of the lever's measure, that is said: what is ended is not the limit.
    """
    status = word("status", action.status)
    if action.opposite:
        status = f"{status} (its opposite)"
    if action.ending:
        status = f"{status} (its end)"
    return f"not done: {status}" if action.polarity == "negated" else status


def number(value: float | None, significant: int = 3) -> str:
    """A number at `significant` figures with thousands marked, e.g. 12,300 or 0.041; an en dash where
    unknown."""
    if value is None or not isfinite(value):
        return "–"
    if value == 0:
        return "0"
    digits = significant - 1 - floor(log10(abs(value)))
    rounded = round(value, digits)
    text = f"{rounded:,.{max(0, digits)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def dollars(value: float | None) -> str:
    """USD at two significant figures, e.g. $1.2 billion, −$340 million or $36,000; an en dash where unknown."""
    if value is None or not isfinite(value):
        return "–"
    rounded = float(f"{abs(value):.2g}")
    size, name = next(((s, n) for s, n in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")) if rounded >= s),
                      (1.0, ""))  # fmt: skip
    return f"{'−' if value < 0 else ''}${number(rounded / size, 2)}{name}"


def percent_change(value: float | None) -> str:
    """A relative change in whole percent with its sign, e.g. −23% for -0.23; one decimal place below 1%."""
    if value is None or not isfinite(value):
        return "–"
    percent = 100 * value
    if abs(percent) >= 1000:
        return f"×{number(1 + value, 2)}"
    text = f"{percent:+.0f}" if abs(percent) >= 0.95 or abs(percent) < 0.05 else f"{percent:+.1f}"
    return "0%" if float(text) == 0 else text.replace("-", "−") + "%"


def percent(probability: float) -> str:
    """A probability in whole percent; "<1%" and ">99%" near the ends, and 0% or 100% only when it is exactly
    so."""
    if 0 < probability < 0.01:
        return "<1%"
    if 0.99 < probability < 1:
        return ">99%"
    return f"{100 * probability:.0f}%"


def chance(probability: float, mc_error: float, draws: int) -> str:
    """A probability as a journalist would quote it: "about 4 in 10 (39%, ±2)".

    The figure after ± is twice the Monte Carlo standard error in percentage points: it tells how far another
    set of `draws` draws could move the number, and nothing about whether the model is right. With none or
    all of the draws on one side the standard error is zero, so the bound 3/draws is given (the rule of
    three: Hanley and Lippman-Hand 1983, JAMA 249:1743). Where the ± would reach below none or above all of
    the draws, only its other end is told.
    """
    bound = min(100, ceil(300 / draws))
    if probability <= 0:
        return f"in none of {draws:,} draws (below {bound}%)"
    if probability >= 1:
        return f"in all of {draws:,} draws (above {100 - bound}%)"
    margin = max(1, round(200 * mc_error))
    told = f"{percent(probability)}, ±{margin}"
    if 100 * probability < margin:
        told = f"below {min(100, ceil(round(100 * probability + margin, 6)))}%"
    elif 100 * (1 - probability) < margin:
        told = f"above {max(0, floor(round(100 * probability - margin, 6)))}%"
    if probability < 0.05:
        wide = told.startswith("below") and 100 * probability + margin > 5
        return f"{told} of draws" if wide else f"fewer than 1 in 20 ({told})"
    if probability > 0.95:
        wide = told.startswith("above") and 100 * probability - margin < 95
        return f"{told} of draws" if wide else f"more than 19 in 20 ({told})"
    if probability < 0.15:
        return f"about 1 in {round(1 / probability)} ({told})"
    return f"about {min(9, round(10 * probability))} in 10 ({told})"


def clean(text: str | None) -> str:
    """`text` without characters that neither XML nor HTML allows; line breaks become spaces.

    One such character in a chart would end the whole process: the renderer aborts on it.
    """
    return FORBIDDEN.sub("", (text or "").replace("\n", " "))


def inner_quotes(text: str) -> str:
    """Double quotation marks inside a quotation become single ones, character for character."""
    straight = re.sub(r'"(?=\w)', "‘", text).replace('"', "’")
    return straight.replace("“", "‘").replace("”", "’")


def minus(text: str) -> str:
    """A hyphen that stands for a minus sign, before a digit and after no letter, digit or dash, becomes one."""
    return re.sub(r"(?<![\w\-–/.])-(?=\d)", "−", text)


def count(n: int, singular: str, plural: str = "") -> str:
    """A count with its noun: "1 claim", "6 claims"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def joined(parts: Sequence[str], between: str = ", ", last: str = " and ") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    return between.join(parts[:-1]) + (last if len(parts) > 1 else "") + parts[-1] if parts else ""


def day(value: date | str | None) -> str:
    """A date as "20 January 2025"; text that is no ISO date is returned as it is."""
    if value is None:
        return "no date"
    try:
        moment = value if isinstance(value, date) else date.fromisoformat(value[:10])
    except ValueError:
        return str(value)
    return f"{moment.day} {moment:%B %Y}"


def axis_unit(units: str, aggregate: str) -> str:
    """The unit of a monthly value: weekly flows become "… a month"; stocks and indices keep theirs."""
    base = units
    for suffix in ("/week", " per week", " a week", " week-1"):
        base = base.removesuffix(suffix)
    base = word("axis", base) if base in ("", "1") else base
    return f"{base} a month" if aggregate == "sum" else base
