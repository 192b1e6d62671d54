"""Changes told by words: factors ("tripled", "twice as many as") and parts ("fell by half", "cut by a third")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import ChangeWord, baseline_in, change_words, size_words
from counterflow.brief.claims.measures import counted_measure, nearest_mention
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.claims.quantities import Quantity, bound_before
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import NO_BASELINE, state
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim


@cache
def _factor() -> Pattern:
    stems = "|".join(codebook.table("changes")["factors"])
    wholes = "|".join(form for forms in codebook.table("changes")["multiples"].values() for form in forms)
    return Pattern(
        rf"(?<!\w)(?:(?P<stem>{stems})(?:ed|ing|ó|aron|ado)\b"
        r"|(?P<times>\d+(?:\.\d+)?|one(?=\s+and\s+a\s+half)|una?(?=\s+veces)|two|three|four|five|six|seven|eight|nine|ten"
        r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)(?P<half>\s+and\s+a\s+half|\s+y\s+media)?"
        r"(?:\s+times(?=\s+(?:more|as|higher|larger|the|lower|fewer|that|those|what|its|their|last))|[\s-]?fold\b"
        r"|\s+veces(?=\s+(?:más|menos|mayor|menor|la|el|los|las|lo)))"
        rf"|(?:{wholes})(?!\w))"
    )


def _multiple(match: re.Match[str]) -> float:
    if match["times"]:
        return (number_of(match["times"]) or 0.0) + (0.5 if match["half"] else 0.0)
    multiples = codebook.table("changes")["multiples"].items()
    return next(float(v) for v, forms in multiples if re.fullmatch("|".join(forms), match.group(), re.IGNORECASE))


def factors(scene: Scene) -> Iterator[Claim]:
    """Factors ("tripled", "three times as many"): the value is what the old level is multiplied by."""
    for match in _factor().finditer(scene.folded, *scene.clause):
        mention = nearest_mention(scene.folded, match.end(), scene.clause[1], match.end()) or nearest_mention(
            scene.folded, *scene.clause, match.start()
        )
        before = [q for q in scene.quantities if q.end <= match.start()]
        if mention is None and before:  # "arrested 100,000 aliens, more than double the number of 2024"
            mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, before[-1])
        if mention is None and (noun := _AS_MANY.match(scene.folded, match.end(), scene.clause[1])):
            many = Quantity(match.start(), match.end(), 0.0, None, "count", "=", noun["head"], noun.end("head"), True)
            mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, many)
        mention = mention or scene.topic
        if mention is None or scene.is_unreal(match.start()):
            continue
        stem = (match["stem"] or "").lower()
        value = codebook.table("changes")["factors"][stem] if stem else _multiple(match)
        falls = any(word.direction == "down" for word in change_words(scene.folded, *scene.clause))
        direction: Literal["up", "down"] = "down" if value < 1 or (falls and not stem) else "up"
        bound, begin = bound_before(scene.folded, scene.clause[0], match.start())
        bound = ">" if _WELL_OVER.match(scene.folded, match.end(), scene.clause[1]) else bound
        quantity = Quantity(begin, match.end(), value, None, "count", bound, "", match.end(), True)
        change = ChangeWord(direction, "verb", match.start(), match.end())
        baseline = baseline_in(scene.layout, match.start(), scene.clause[1], scene.era)
        claim = state(
            scene, "change_factor", match.span(), quantity=quantity, mention=mention, change=change,
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip
        yield claim.model_copy(update={"unit": "times"})


# "one and a half times as many [people] in May", "half again as many [immigrants] as"
_AS_MANY = re.compile(r"\s+(?:as\s+(?:many|much)\s+)?(?P<head>(?!as\b)[^\W\d]+(?:\s+(?!as\b)[^\W\d]+)?)", re.IGNORECASE)
_WELL_OVER = re.compile(r"\s+con\s+creces\b", re.IGNORECASE)  # "se han duplicado con creces"


@cache
def _size() -> Pattern:
    moves = "|".join(codebook.table("changes")["moves"]["before_size"])
    bounds = "|".join(word for words in codebook.table("quantities")["bounds"].values() for word in words)
    return Pattern(
        rf"(?<!\w)(?:by|en|in|{moves})\s+(?P<size>(?:(?:{bounds})\s+)?(?P<part>{size_words()}))(?![\w-])(?!\s+(?:a|an)\s+\w)"
    )


def sizes(scene: Scene) -> Iterator[Claim]:
    """Changes whose size is a part in words: "fell by more than half", "cut by a third", in percent."""
    parts = codebook.table("changes")["sizes"]
    for match in _size().finditer(scene.folded, *scene.clause):
        words = [w for w in change_words(scene.folded, scene.clause[0], match.start("size")) if w.form != "noun"]
        mention = nearest_mention(scene.folded, *scene.clause, match.start()) or nearest_mention(
            scene.folded, scene.sentence.start, scene.clause[0], scene.clause[0]
        )
        if not words or mention is None or scene.is_unreal(match.start()):
            continue
        value = parts[re.sub(r"[\s-]+", " ", match["part"].lower())]
        bound, _ = bound_before(scene.folded, match.start("size"), match.start("part"))
        quantity = Quantity(match.start("size"), match.end(), value, None, "percent", bound, "", match.end(), True)
        reach = next((q.start for q in scene.quantities if q.start >= match.end()), scene.sentence.end)
        baseline = baseline_in(scene.layout, match.end(), reach, scene.era)
        yield state(
            scene, "change_pct", match.span(), quantity=quantity, mention=mention, change=words[-1],
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip
