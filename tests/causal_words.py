"""What counts as a claim that one thing brings about another: shared by the tests of sentences on results."""

from __future__ import annotations

import re

from counterflow.judgement.headlines import rules
from counterflow.report.studies.discovered import SAYS
from counterflow.report.words import vocabulary

# Verbs, and their participles, with which English says so. Longer words that hold them are not meant.
VERB = re.compile(
    r"\b(lower(?:s|ed|ing)|rais(?:es?|ed|ing)|cuts?|cutting|reduc(?:es?|ed|ing)|increas(?:es?|ed|ing)|"
    r"decreas(?:es?|ed|ing)|caus(?:es?|ed|ing)|curtail(?:s|ed|ing)?|curb(?:s|ed|ing)?|driv(?:es?|en|ing)|drove|"
    r"br(?:ings?|ought|inging) about|lead(?:s|ing)? to|led to|result(?:s|ed|ing)? in|prevent(?:s|ed|ing)?|"
    r"avert(?:s|ed|ing)?|sav(?:es?|ed|ings?)|halv(?:es?|ed|ing)|doubl(?:es|ed|ing)|slash(?:es|ed|ing)?|"
    r"boost(?:s|ed|ing)?|worsen(?:s|ed|ing)?|improv(?:es?|ed|ing)|(?:due|thanks) to|because of)\b",
    re.IGNORECASE,
)


def criteria() -> tuple[str, ...]:
    """Names of headlines and of the four outcomes, longest first. "Trafficking curtailed" is a criterion that a run
    meets or does not, whatever brought it there: it is no claim."""
    words = vocabulary()
    names = {
        name
        for group in ("headline", "headline_short", "headline_inside", "four_way")
        for name in words[group].values()
    }
    names |= (
        {rule.title for rule in rules()} | {clause for both in SAYS.values() for clause in both} | {"Not curtailed"}
    )
    return tuple(sorted(names, key=len, reverse=True))


def claims(text: str, *allowed: str) -> list[str]:
    """The causal words of a text, less the criteria and what else is allowed."""
    for name in (*allowed, *criteria()):
        text = re.sub(re.escape(name), "", text, flags=re.IGNORECASE)
    return [found[0] for found in VERB.finditer(text)]
