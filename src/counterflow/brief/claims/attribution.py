"""By whose word a document states something: "CBP said", "according to DHS", "Homan told reporters that ..."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.parties import Cast, cast_of
from counterflow.brief.layout.parts import Layout, Sentence, span
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Party

_LONGEST = 90  # characters of the words that name a speaker
_NAME = r"(?P<who>[^,;:()\"|\d]{2,90}?)"


@dataclass(frozen=True)
class Attribution:
    """Who is quoted, and the stretch of the sentence that is said."""

    speaker: Party
    start: int
    end: int


def speaker_of(quoted: tuple[Attribution, ...], start: int, end: int) -> Party | None:
    """Who is quoted for what stands between two offsets; None where the document itself says it."""
    for attribution in quoted:
        if attribution.start <= start and end <= attribution.end:
            return attribution.speaker
    return None


@cache
def _patterns() -> dict[str, Pattern]:
    speech = codebook.table("attribution")["speech"]
    words = {key: "|".join(value) for key, value in speech.items() if isinstance(value, list)}
    verbs, before, sources = words["verbs"], words["before"], words["sources"]
    article = r"(?:the|el|la|los|las)\s+"
    ended = r"(?=\s*(?:[,;:.\"]|\Z)|\s+(?:on|in|at|during|who|el|en|durante|that|que)\b)"
    return {
        "any": Pattern(rf"(?<!\w)(?:{verbs}|{before}|{sources}|{words['shows']})(?!\w)"),
        "by_source": Pattern(rf"(?<!\w)(?:{sources})\s+{_NAME}{ended}"),
        "said_by": Pattern(rf"[,\"]\s*\"?\s*(?:{before})\s+(?!that\b|que\b|it\b){_NAME}{ended}"),
        "who_said": Pattern(rf"[,\"]\s*\"?\s*(?:and\s+)?{_NAME}\s+(?:{verbs}){speech['closes']}"),
        "who_says": Pattern(
            rf"(?:\A|(?<=[,;:.]\s)|(?<=\"\s))\s*(?:and\s+|but\s+|y\s+|pero\s+)?{_NAME}"
            rf"(?:,[^,;.]{{3,80}},)?\s+(?:also\s+|has\s+|have\s+|had\s+|ha\s+|later\s+|ya\s+)?(?:{verbs})"
            r"(?:(?:\s+(?:[\w.'-]+\s+){1,5}?)?(?:\s+|(?<=\s))(?:that|que)\s"
            # "Noem said ICE had arrested ...": the word for "that" may be left out
            rf"|(?<=\bsaid)\s+(?!(?-i:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day))(?=(?:the|it|there|more|about|nearly|some|at\s+least|\d|(?-i:[A-Z]))))"
        ),
        "figures_show": Pattern(
            rf"(?:\A|(?<=[,;:.]\s))\s*(?:{article})?(?P<who>[^,;:()\"]{{2,60}}?)(?:'s)?\s+(?:[\w-]+\s+)?"
            rf"(?:{words['showing']})\s+(?:{words['shows']})\b"
        ),
        "nobody": Pattern(rf"(?:the\s+)?{speech['nobody']}"),
        "clause": Pattern(speech["clause"]),
    }


def attributions(layout: Layout, sentence: Sentence) -> tuple[Attribution, ...]:
    """Whom a sentence quotes, each with the stretch of it that is said."""
    folded, patterns = layout.folded, _patterns()
    start, end = sentence.start, sentence.end
    if not patterns["any"].search(folded, start, end):
        return ()
    found = []
    for name in ("by_source", "said_by", "who_said", "figures_show", "who_says"):
        # a name is looked for from the sentence's own beginning, so that `\A` is that beginning
        for match in patterns[name].expression.finditer(folded[start:end]):
            speaker = _party(layout, start + match.start("who"), start + match.end("who"))
            if speaker is None:
                continue
            if name in ("by_source", "said_by", "who_said"):
                leads = name == "by_source" and not folded[start : start + match.start()].strip(" ,\"'")
                stretch = (start + match.end(), end) if leads else _before(folded, start, start + match.start())
                if name == "who_said" and folded[start + match.end() : start + match.end() + 1] == ",":
                    stretch = (stretch[0], end)  # "crossings, she noted, have fallen"
            else:
                stretch = (start + match.end(), end)
            found.append(Attribution(speaker, *stretch))
    return tuple(found)


def _before(folded: str, start: int, at: int) -> tuple[int, int]:
    """What is said before the words that tell who says it: as far as the last semicolon."""
    cut = folded.rfind(";", start, at)
    return (cut + 1 if cut >= 0 else start), at + 1


def _party(layout: Layout, start: int, end: int) -> Party | None:
    """The party that the words between two offsets name: one that the document knows, else the words themselves."""
    folded, patterns = layout.folded, _patterns()
    words = " ".join(folded[start:end].split())
    if not words or len(words) > _LONGEST or words.lower().startswith("contrary") or patterns["clause"].search(words):
        return None
    known = _named(cast_of(layout), start, end)
    if known is not None:
        return Party(name=known[2], code=known[3], role="speaker", span=span(layout, known[0], known[1]))
    if patterns["nobody"].fullmatch(words) or len(words.split()) > _MOST_WORDS:
        return None
    proper = _PROPER.findall(words)
    name = proper[-1] if proper else words
    return Party(name=name, code=None, role="speaker", span=span(layout, start, end))


def _named(cast: Cast, start: int, end: int) -> tuple[int, int, str, str] | None:
    """The last party that the document names between two offsets; a body before a country."""
    inside = [party for party in cast.within(start, end) if party.end <= end + 1]
    inside.sort(key=lambda party: (party.person, len(party.code.split(".")) > 1, party.start))
    return (inside[-1].start, inside[-1].end, inside[-1].name, inside[-1].code) if inside else None


_MOST_WORDS = 9
_PROPER = re.compile(
    r"(?:[A-ZÁÉÍÓÚÑ][\w'.-]+\s+)(?:(?:de|del|la|of|the|for|von|van)\s+)*"
    r"(?:[A-ZÁÉÍÓÚÑ][\w'.-]+(?:\s+(?:(?:de|del|la|of|the|for)\s+)*)?){1,5}(?<!\s)"
)
