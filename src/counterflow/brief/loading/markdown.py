"""What a Markdown document says about itself, and its links. Its text is read as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterflow.brief.loading.content import Anchor

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^([A-Za-z_]+):[ \t]*(.*(?:\n[ \t]+.*)*)$", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\n\s*(?:\\(?= ))?|(.))")
# Bounded, so that a line of brackets takes time in proportion to its length.
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{0,500})\]\(<?([^()<>\s]{1,2000})>?(?:[ \t]+\"[^\"\n]{0,300}\")?\)")


def front_matter(text: str) -> dict[str, str]:
    """The plain `key: value` pairs of a YAML front matter; quoted values with their escapes undone."""
    front = _FRONT.match(text)
    if front is None:
        return {}
    return {key.lower(): _unquote(value) for key, value in _KEY.findall(front[1])}


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = _ESCAPE.sub(_unescape, value[1:-1])
    elif len(value) > 1 and value[0] == value[-1] == "'":
        value = value[1:-1].replace("''", "'")
    return " ".join(value.split())


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return {"_": " ", "n": "\n", "t": "\t"}.get(match[4], match[4]) if match[4] else ""


def links(text: str) -> Iterator[Anchor]:
    """Inline links in order; one without words, `[](address)`, has lost them. Links within the document are none."""
    for match in _LINK.finditer(text):
        if not match[2].startswith("#"):
            start, end = match.span(1) if match[1].strip() else (match.start(), match.start())
            yield Anchor(start, end, match[2])
