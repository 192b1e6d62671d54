"""Which language a text is in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from counterflow.brief import codebook

Language = Literal["en", "es", "und"]


@lru_cache(maxsize=8)
def language_of(text: str) -> Language:
    """English or Spanish by their commonest words; "und" where there are few or no clear majority."""
    words = re.findall(r"[a-záéíóúñ]+", text[:200_000].lower())
    common = codebook.table("sentences")["common"]
    english, spanish = (sum(word in common[language] for word in words) for language in ("en", "es"))
    if max(english, spanish) < 3 or max(english, spanish) < 1.5 * min(english, spanish):
        return "und"
    return "en" if english > spanish else "es"
