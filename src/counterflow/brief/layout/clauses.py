"""Where a sentence is cut so that a cue does not reach too far."""

from __future__ import annotations

import re
from itertools import pairwise

from counterflow.brief.layout.parts import Layout, Sentence

_NOT_PARTICIPLES = (
    "during|spring|nothing|something|anything|everything|morning|evening|king|ring|string|according|pending"
)
_CUT = re.compile(
    r"[;:](?=\s)"
    r"|\s-+(?=\s)|(?<=\w)-{2,}(?=\w)"
    r"|,(?=\s+(?:though|although|while|whereas|but|including|with|which|who|whom|where|unless|despite|yet|so)\b)"
    r"|,(?=\s+(?:aunque|mientras|pero|sino|incluyendo|incluid[oa]s?|lo que|quien(?:es)?|que)\b)"
    rf"|,(?=\s+(?:and\s+|or\s+|then\s+|instead\s+|also\s+|thereby\s+)*(?!(?:{_NOT_PARTICIPLES})\b)[a-z-]{{3,}}ing\b)"
    r"|,(?=\s+(?:and\s+|or\s+|then\s+|also\s+)*(?:has\s+|have\s+|had\s+|was\s+|were\s+|is\s+|are\s+|will\s+|shall\s+)?"
    r"(?:[a-z-]{2,}ed|sent|put|cut|began|took|made|gave|held|built|brought|sought|let|shut|won|lost|said|told|swore"
    r"|drew|fell|rose|grew|set|led|kept|met|paid|sold|spent|struck|withdrew|became|came|went|got|ran|saw)\b)"
    r"|,(?=\s+(?:y\s+|o\s+|además\s+)?[a-záéíóúñ]{3,}(?:ando|iendo|yendo|ó|aron|ieron)\b)"
    r"|\s(?=(?:while|whereas|mientras)\s)"
)
_FRONTED = re.compile(
    r"(?:while|although|though|despite|after|before|since|if|when|as|in|on|by|under|with|mientras|aunque"
    r"|tras|desde|si|cuando|en|según)\s+[^,;:]+(?:,\s+\d{4}[^,;:]*)?(,)(?=\s+(?!(?:19|20)\d\d\b)\S)",
    re.IGNORECASE,
)


def clauses(layout: Layout, sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """Cut a sentence where a cue should not reach further: (start, end) pairs in order, without overlap.

    Cuts stand at semicolons, colons and dashes; before subordinate clauses, participles and further verbs
    that follow a comma; and after a clause or phrase that comes before the subject.
    """
    folded = layout.folded
    cuts = {match.start() for match in _CUT.finditer(folded, sentence.start, sentence.end)}
    if fronted := _FRONTED.match(folded, sentence.start, sentence.end):
        cuts.add(fronted.start(1))
    inside = sorted(cut for cut in cuts if sentence.start < cut < sentence.end)
    edges = [sentence.start, *inside, sentence.end]
    found: list[tuple[int, int]] = []
    for begin, finish in pairwise(edges):
        while begin < finish and (folded[begin].isspace() or folded[begin] in ",;:-"):
            begin += 1
        while finish > begin and folded[finish - 1].isspace():
            finish -= 1
        if begin < finish:
            found.append((begin, finish))
    return tuple(found)
