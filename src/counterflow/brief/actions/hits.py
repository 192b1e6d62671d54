"""The triggers of a document, found once: by sentence, by clause, and which lever each of them means."""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import pairwise

from counterflow.brief.actions.lexicon import Hit, candidates, find_hits, narrowed, sieve, yields
from counterflow.brief.actions.parties import Named
from counterflow.brief.actions.scene import found_near, surroundings
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.once import once_for_layout
from counterflow.brief.layout.parts import Layout, Sentence, Stretch

Clauses = tuple[tuple[Stretch, tuple[Hit, ...]], ...]

# "A federal judge" leaves open whose; no lever may be told from it.
_OF_A_STATE = re.compile(r"m[eé]xic|tamaulip|sonor|united states|u\.?s\.?\b|estadounidens", re.IGNORECASE)

# A second verb with an object of its own: "cut access to asylum and revived the program".
_SECOND_VERB = re.compile(
    r"(?<=\w)\s+(?=(?:and|y)\s+(?:then\s+|also\s+|luego\s+)?"
    r"(?:[a-z-]{2,}ed|sent|built|brought\s+back|struck|began|made|withdrew|\w+ó|\w+aron|\w+ieron)\s+"
    r"(?:the|an?|its|his|her|their|new|more|some|all|\d[\d,.]*|el|la|los|las|un|una|su|sus)\s)"
    r"|(?<=\w)\s+(?=(?:and\s+that|y\s+que)\s+\w)"
    r"|,?\s+(?=and\s+(?:shall|will|must|may|would)\s+(?:also\s+)?[a-z])"
    r"|,\s+(?=and\s+(?:[a-z][\w'-]*\s+){1,6}?(?:has|have|had|will|would|is|are|was|were|can|may|shall|now\s+[a-z]+)\s)"
    # A further clause that begins with a day, or with a subject of its own and its verb.
    r"|,?\s+(?=(?:and|y)\s+(?:on|in|by|el|en|a\s+partir\s+del?)\s+(?:[\w]+\s+){0,2}(?:\d|[A-Z][a-z]+day\b))"
    r"|,\s+(?=and\s+(?:[A-Z][\w.'-]*|the|its|his|her|their)(?:\s+[\w.'-]+){0,4}?\s+(?:on\s+[A-Z]\w+day|yesterday|today)\s+"
    r"(?:has|have|had|will|would|is|was|are|were|[a-z]+ed|sent|put|began|took|gave|held|built|made)\s)"
    r"|,\s+(?=and\s+(?:(?:the|its|his|her|their|a|an)\s+\w+|(?:the\s+)?[A-Z][\w.'-]*(?:\s+(?:and|of|the|[A-Z][\w.'-]*)){0,5})\s+"
    r"(?:has|have|had|will|would|is|was|are|were|[a-z]+ed|sent|put|began)\s)"
    r"|,\s+(?=y\s+(?:[\wáéíóúñ]+\s+){1,6}?[a-záéíóúñ]+(?:ó|aron|ieron|ará|erá|irá)\s)"
    # A court that does something else: "blocked it in May and the Supreme Court let it go on in June".
    r"|,?\s+(?=(?:and|but|y|pero)\s+(?:then\s+|later\s+|luego\s+)?(?:the|an?|another|la|el|un|una|otr[oa])\s+(?:[\w.'-]+\s+){0,3}?"
    r"(?:Court|court|judge|panel|Circuit|justices|Corte|tribunal|juez|jueza)\s+(?:of\s+(?:Appeals|appeals)\s+)?"
    r"(?:(?:has|have|had|later|then|on\s+\w+day|lo|la|los|las|ha|luego)\s+)*(?:\w+ed|let|struck|put|threw|upheld|\w+ó|\w+aron|\w+ieron)\s)"
    # A subordinate clause with a subject of its own: "paused the tariffs after Mexico sent ..."
    r"|(?<=\w),?\s+(?=(?:after|because|before|once|when|until|since|luego\s+de\s+que|despu[eé]s\s+de\s+que|porque|cuando)\s+"
    r"(?:the\s+|el\s+|la\s+)?(?:(?:[A-ZÁÉÍÓÚÑ][\w.'-]*|and|of)\s+){1,6}"
    r"(?:has|have|had|was|were|will|sent|put|began|took|gave|held|built|made|struck|\w+ed|ha|\w+ó|\w+aron|\w+ieron)\s)"
)


# A condition: what it says is no act, and it reaches to the comma behind it or to the end of its sentence.
_CONDITION = re.compile(
    r"(?<!\bas\s)(?<!\bsee\s)(?<!\bask\s)(?<!\basked\s)(?<!\bknow\s)(?<!\bwonder\s)(?<!\bdecide\s)(?<![\w-])"
    r"(?:(?:even|only)\s+)?(?:if|unless|provided\s+that|si|a\s+menos\s+que|a\s+no\s+ser\s+que|en\s+caso\s+de\s+que)"
    r"\s+\w(?:[^,;:]|,(?=\d)|,(?=\s(?:19|20)\d\d\b))*",
    re.IGNORECASE,
)


@once_for_layout
def hits_of(layout: Layout) -> tuple[Clauses, ...]:
    """For each sentence its clauses, with the triggers in them; no clause where a sentence can hold none."""
    around = surroundings(layout)
    net = sieve()
    found: list[Clauses] = []
    for sentence in layout.sentences:
        gate = cache(partial(found_near, layout, sentence))
        open_ = tuple(
            (lever, triggers)
            for lever, triggers in candidates(around.passed[sentence.index])
            if not lever.gate or gate(lever.gate)
        )
        whole = (sentence.start, sentence.end)
        # Few wordings of a sentence can stand in each of its clauses.
        read: list[tuple[Stretch, tuple[Hit, ...]]] = []
        for clause in _predicates(layout, sentence) if open_ else ():
            here = narrowed(open_, net.passed(layout.folded, *clause))
            read.append((clause, tuple(find_hits(layout.folded, clause, whole, here))))
        found.append(tuple(read))
    return tuple(found)


def find_levers(layout: Layout, sentence: Sentence) -> tuple[str, ...]:
    """Ids of the levers that a sentence names, whether or not it states an act, in order."""
    found: dict[str, None] = {}
    for clause, hits in hits_of(layout)[sentence.index]:
        for hit in hits:
            lever = None if yields(hit, hits) else lever_meant(hit, layout.folded, clause, [])
            if lever and not hit.lever.between_governments:
                found[lever] = None
    return tuple(found)


def _predicates(layout: Layout, sentence: Sentence) -> tuple[Stretch, ...]:
    """The clauses of a sentence, cut once more where a second verb with its own object follows "and"."""
    found: list[Stretch] = []
    for start, end in _apart_from_conditions(layout, sentence):
        for match in _SECOND_VERB.finditer(layout.folded, start, end):
            found.append((start, match.start()))
            start = match.start() + len(match.group()) - len(match.group().lstrip())
        found.append((start, end))
    return tuple(found)


def _apart_from_conditions(layout: Layout, sentence: Sentence) -> list[Stretch]:
    """The clauses of a sentence, each condition in them cut from what it is a condition of."""
    folded = layout.folded
    found: list[Stretch] = []
    for start, end in clauses(layout, sentence):
        edges = [start]
        for match in _CONDITION.finditer(folded, start, end):
            edges += [match.start(), match.end()]
        edges.append(end)
        for begin, finish in pairwise(edges):
            begin = finish - len(folded[begin:finish].lstrip(" \n\t,"))
            finish = begin + len(folded[begin:finish].rstrip(" \n\t,"))
            found += [(begin, finish)] if begin < finish else []
    return found


def lever_meant(hit: Hit, folded: str, clause: Stretch, actors: list[Named]) -> str | None:
    """The lever that a trigger means in its clause, given who acts; None where it means none."""
    code = actors[0].code if actors else ""
    state = code.split(".")[0]
    wanted = hit.trigger.actor
    if wanted and state != wanted.rstrip("?") and (state or not wanted.endswith("?")):
        return None
    told = not code.endswith(".COURT") or _OF_A_STATE.search(actors[0].name)
    for prefix, lever in hit.lever.by_actor:
        if state == prefix and told:
            return lever
    for pattern, lever in hit.lever.refine:
        if pattern.search(folded, *clause):
            return lever
    return hit.lever.id
