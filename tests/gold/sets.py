"""The sets of documents with labels, and where in a document its labels stand (the format is in README.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
# The texts of real/ are not in the project: they stand beside its checkout, where they are at hand.
REAL_TEXTS = FOLDER.parents[2] / "shared" / "briefs" / "real"
SETS = ("real", "own", "apart")

ACTION_KEYS = ("lever", "status", "actor", "recipient", "date", "end", "authority", "polarity")
CLAIM_KEYS = ("type", "value", "unit", "direction", "bound", "measure", "baseline", "period", "rate", "speaker")
PLACE_KEYS = ("quote", "at", "also", "lenient")  # these say where a label stands and how it is scored

Kind = Literal["action", "claim"]
Extent = tuple[int, int]  # characters of the document's text, the end exclusive


@dataclass(frozen=True)
class Gold:
    """A document with its labels as they are written in its file."""

    name: str
    path: Path  # of the document's text, which need not be there
    annotation: Mapping[str, Any]


@dataclass(frozen=True)
class Label:
    """An action or claim that a document makes: where, and what is true of it. Keys left out are not scored."""

    kind: Kind
    extents: tuple[Extent, ...]  # the first states it best
    keys: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The lever of an action, the type of a claim."""
        return str(self.keys["lever" if self.kind == "action" else "type"])


def gold_documents(set_name: str, folder: Path = FOLDER) -> list[Gold]:
    """The documents of one set in the order of their names; none where the set is not there."""
    found = []
    for file in sorted((folder / set_name).glob("*.json")):
        annotation = json.loads(file.read_text(encoding="utf-8"))
        texts = REAL_TEXTS if set_name == "real" else file.parent
        found.append(Gold(Path(annotation["document"]).stem, texts / annotation["document"], annotation))
    return found


def is_as_annotated(gold: Gold) -> bool:
    """Whether the document's text is the one that was annotated."""
    return hashlib.sha256(gold.path.read_bytes()).hexdigest() == str(gold.annotation["sha256"])


def labels_of(gold: Gold, text: str) -> tuple[Label, ...]:
    """The labels of a document in its canonical text; those of acts without a lever are not scored.

    A quote that several labels share stands for its first, second, ... occurrence. Raises ValueError where a
    quote is not in the text.
    """
    labels: list[Label] = []
    for kind, keys, entries in (
        ("action", ACTION_KEYS, gold.annotation["actions"]),
        ("claim", CLAIM_KEYS, gold.annotation["claims"]),
    ):
        taken: dict[str, int] = {}
        for entry in entries:
            if str(entry.get("lever", "")).startswith("unmapped."):
                continue
            extent = _extent(entry, text, taken)
            also = [_places(text, quote)[0] for quote in entry.get("also", ())]
            scored = {key: entry[key] for key in keys if key in entry}
            for key in ("baseline", "period"):
                if scored.get(key):
                    scored[key] = _placed(scored[key], text, extent)
            if entry.get("lenient"):
                scored.pop("status", None)  # the annotator was least certain of it: any status will do
            labels.append(Label(kind, (extent, *also), scored))  # type: ignore[arg-type]
    return tuple(labels)


def traps_of(gold: Gold, text: str) -> tuple[Extent, ...]:
    """What looks like an action or claim and is none; a quote stands for all its occurrences.

    One that is not in the canonical text, such as a page's navigation, cannot mislead.
    """
    traps: list[Extent] = []
    for entry in gold.annotation["traps"]:
        traps += [tuple(entry["at"])] if "at" in entry else _occurrences(text, entry["quote"])
    return tuple(traps)


def _extent(entry: Mapping[str, Any], text: str, taken: dict[str, int]) -> Extent:
    if "at" in entry:
        start, end = entry["at"]
        return start, end
    quote = entry["quote"]
    places = _places(text, quote)
    number = taken[quote] = taken.get(quote, -1) + 1
    return places[min(number, len(places) - 1)]


def _placed(entry: Mapping[str, Any], text: str, label: Extent) -> dict[str, Any]:
    """A period or baseline with the place of its words; of several occurrences, the one nearest to the label."""
    if "at" in entry or not entry.get("text"):
        return dict(entry)
    nearest = min(_places(text, entry["text"]), key=lambda place: max(label[0] - place[1], place[0] - label[1], 0))
    return {**entry, "at": nearest}


def _places(text: str, quote: str) -> list[Extent]:
    places = _occurrences(text, quote)
    if not places:
        raise ValueError(f"not in the document: {quote!r}")
    return places


def _occurrences(text: str, quote: str) -> list[Extent]:
    """Where a quote stands. The text of a page may break its lines elsewhere, so that any blanks match others."""
    pattern = re.escape(quote) if quote in text else r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(pattern, text)]


# ------------------------------------------------------------------------------- documents without labels

_ENDS_SENTENCE = re.compile(r"[.!?][\"”’)]*(?:\s|$)")
_PROSE = re.compile(r"(?:\* )?[\"“(]?[A-Z].*[.!?][\"”)]*", re.DOTALL)
_LEAST_WORDS = 6


def python_prose() -> list[str]:
    """Paragraphs of English prose about nothing that a strategy is about: the help texts that every Python carries.

    Headings, signatures, grammar and examples are left out.
    """
    from pydoc_data.topics import topics

    paragraphs: dict[str, None] = {}  # a paragraph that several topics share counts once
    for _, text in sorted(topics.items()):
        for block in re.split(r"\n[ \t]*\n", text):
            lines = block.splitlines()
            depths = {len(line) - len(line.lstrip()) for line in lines[1:]}
            paragraph = "\n".join(line.strip() for line in lines)
            if len(depths) <= 1 and len(paragraph.split()) >= _LEAST_WORDS and _PROSE.fullmatch(paragraph):
                paragraphs[paragraph] = None
    return list(paragraphs)


def grouped(paragraphs: Iterable[str], sentences: int = 40) -> list[str]:
    """The paragraphs as documents of about so many sentences each."""
    listed = list(paragraphs)
    running = accumulate(len(_ENDS_SENTENCE.findall(paragraph)) for paragraph in listed)
    documents: dict[int, list[str]] = {}
    for paragraph, count in zip(listed, running, strict=True):
        documents.setdefault((count - 1) // sentences, []).append(paragraph)
    return ["\n\n".join(group) + "\n" for group in documents.values()]
