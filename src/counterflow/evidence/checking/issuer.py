"""Who issued a document, where it says so: by the address it came from, a line of its own, or an office's own voice."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Brief
from counterflow.evidence.catalog import issuers

_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_ADDRESS = re.compile(r"^(?:source_)?(?:url|link|canonical)\s*:\s*['\"]?https?://([^/\s'\"]+)", re.MULTILINE | re.I)
_PRESIDENT = re.compile(
    r"\bauthority\s+vested\s+in\s+me\s+as\s+President\b|\bI,\s+[A-Z][\w .]+,\s+President\s+of\b", re.I
)
OWN_LINES = 6  # lines at the head and at the foot where an issuer stands by itself


def publisher_of(brief: Brief) -> str:
    """The party code of the document's publisher, e.g. "US.WH"; "" where the document does not tell it."""
    text = brief.document.text
    front = _FRONT.match(text)
    if front and (address := _ADDRESS.search(front[1])):
        host = address[1].lower()
        for end, code in issuers().items():
            if host == end or host.endswith(f".{end}"):
                return code
    lines = [line.strip(" \t*_#,.;:") for line in text[front.end() if front else 0 :].splitlines()]
    lines = [line for line in lines if line]
    for line in (*lines[:OWN_LINES], *lines[-OWN_LINES:]):
        for code, pattern in _offices():
            if pattern.fullmatch(line):
                return code
    return "US.WH" if _PRESIDENT.search(text) else ""


@cache
def _offices() -> tuple[tuple[str, Pattern], ...]:
    """The offices of the codebook of parties; countries, courts, critics and cartels publish nothing here."""
    bodies = codebook.table("parties")["body"]
    return tuple(
        (b["code"], compile_words(b["words"]))
        for b in bodies
        if re.fullmatch(r"(?:US|MX)\.[\w.]+", b["code"]) and not b["code"].endswith((".GOV", ".COURT", ".STATES"))
    )
