"""Which kinds of claims a sentence can hold at all, told from its words before any rule is tried."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.changes import size_words
from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.sieve import Sieve


def kinds_in(folded: Folded, start: int, end: int) -> frozenset[str]:
    """The kinds of claims for which the words between two offsets hold what each of them needs.

    The kinds are "duration", "nobody", "ratio", "vague", "factor", "size", "record", "comparison" and "change".
    """
    sieve, patterns = _sieve()
    passed = sieve.passed(folded, start, end)
    found = {kind for kind, bits in patterns.items() if passed & bits}
    return frozenset(kind for kind in found if kind not in _exact() or _exact()[kind].search(folded, start, end))


@cache
def _exact() -> dict[str, re.Pattern[str]]:
    """Kinds whose words are short, and stand inside of many others: these are looked for as they are written."""
    nobody = codebook.table("quantities")["nobody"]
    words = {
        "nobody": [*nobody["alone"], *nobody["before_noun"]],
        "ratio": [size_words(), *codebook.table("numerals")["ratios"]["parts"]],
    }
    return {kind: re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE) for kind, forms in words.items()}


@cache
def _sieve() -> tuple[Sieve, dict[str, int]]:
    table = codebook.table("changes")
    words = {
        "duration": table["durations"]["typical"],
        "nobody": codebook.table("quantities")["nobody"]["letters"],
        "vague": codebook.table("quantities")["vague"]["words"],
        "factor": [
            *table["factors"],
            *(form for forms in table["multiples"].values() for form in forms),
            "times|fold|veces",
        ],
        "ratio": [*(key.split(" ")[-1] for key in table["sizes"]), *codebook.table("numerals")["ratios"]["parts"]],
        "size": [key.split(" ")[-1] for key in table["sizes"]],
        "record": [form for key in ("low", "high", "first") for form in table["records"][key]],
        "comparison": [form for key in ("up", "down") for form in table["comparisons"][key]],
        "change": [form for key in ("up", "down") for forms in table[key].values() for form in forms],
    }
    patterns = {kind: [Pattern(form) for form in forms] for kind, forms in words.items()}
    sieve = Sieve(pattern for several in patterns.values() for pattern in several)
    return sieve, {kind: sum(sieve.bit(pattern) for pattern in several) for kind, several in patterns.items()}
