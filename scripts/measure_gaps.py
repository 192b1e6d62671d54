"""How many missing words the reader notices: words are deleted from texts, and the gaps that it finds are counted.

    python scripts/measure_gaps.py TEXT [TEXT ...] [--seed 1] [--blank]

From each sentence of the texts (plain or Markdown) one run of up to four content words is deleted, one sentence at a
time; the sentence keeps its place in its text. A gap counts as noticed where a finding touches the place. Printed are
the share that is noticed by where the words stood, and the gaps that are found in the texts as they are, which are
false where the texts are whole. `--blank` keeps both blanks around what is deleted, as some converters do.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out

GAPS = ("elided_text", "unresolved_reference")
PLACES = ("at the start", "after a function word", "before punctuation", "inside a clause", "at the end")
_WORD = re.compile(r"\S+")
_CONTENT = re.compile(r"[\w'’-]+")


# Articles, prepositions, conjunctions and other small words that a deletion leaves standing.
_SMALL = """
the a an of to in on at by for with from into as and or that which who is was are were has have had will would be
been against between among toward through during under over after before about but than its his her their this these
not it he she they we el la los las un una de del al en por para con que y o es fue son ha han su sus se sobre entre
contra desde hasta como no
"""
FUNCTION_WORDS = frozenset(_SMALL.split())


def runs_of_content(words: list[re.Match[str]], small: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Runs of one to four content words: first and last offset, without the punctuation mark after them, and place."""
    number = 0
    while number < len(words):
        stop = number
        while stop < len(words) and stop - number < 4:
            bare = words[stop].group().rstrip(".,;:")
            if _CONTENT.fullmatch(bare) is None or bare.lower() in small:
                break
            stop += 1
            if bare != words[stop - 1].group():
                break
        if stop == number:
            number += 1
            continue
        last = words[stop - 1]
        mark = last.group()[len(last.group().rstrip(".,;:")) :]
        yield words[number].start(), last.end() - len(mark), _place(words, number, stop, mark, small)
        number = stop


def _place(words: list[re.Match[str]], first: int, stop: int, mark: str, small: frozenset[str]) -> str:
    if first == 0:
        return "at the start"
    if stop == len(words):
        return "at the end"
    if mark:
        return "before punctuation"
    return "after a function word" if words[first - 1].group().lower() in small else "inside a clause"


def deletions(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    """One deletion for each sentence that allows one: first and last offset in the text, and the place."""
    small = FUNCTION_WORDS
    layout = lay_out(text)
    for sentence in layout.sentences:
        if layout.blocks[sentence.block].kind not in ("paragraph", "bullet"):
            continue
        words = list(_WORD.finditer(text, sentence.start, sentence.end))
        runs = list(runs_of_content(words, small))
        if len(words) > 5 and runs:
            yield rng.choice(runs)


def is_noticed(text: str, start: int, end: int, *, blank: bool) -> bool:
    """Whether a gap is found where the words between two offsets are taken away."""
    begin = text.rfind("\n\n", 0, max(0, text.rfind("\n\n", 0, start))) + 1
    finish = text.find("\n\n", end)
    finish = len(text) if finish < 0 else finish
    before, after = text[max(0, begin) : start], text[end:finish]
    if not blank and before.endswith(" ") and after.startswith(" "):
        after = after[1:]
    if not before.strip() or before.endswith("\n"):
        after = after.lstrip()
    place = len(before)
    findings = find_findings(lay_out(before + after))
    return any(f.kind in GAPS and f.span.start <= place + 1 and place - 1 <= f.span.end for f in findings)


def main() -> None:
    """Measure on the texts given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blank", action="store_true", help="keep both blanks around what is deleted")
    parser.add_argument("--most", type=int, default=2000, help="deletions for each text at most")
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    false = sentences = 0
    for path in given.texts:
        text = path.read_text(encoding="utf-8")
        layout = lay_out(text)
        flagged = sum(finding.kind in GAPS for finding in find_findings(layout))
        print(f"{path.name}: {len(layout.sentences)} sentences, {flagged} gaps in the text as it is")
        false, sentences = false + flagged, sentences + len(layout.sentences)
        rng = random.Random(given.seed)
        cuts = list(deletions(text, rng))
        for start, end, place in sorted(rng.sample(cuts, min(given.most, len(cuts)))):
            tried[place] += 1
            noticed[place] += is_noticed(text, start, end, blank=given.blank)
    for place in PLACES:
        if tried[place]:
            print(f"{place:<22} {noticed[place]:>5} of {tried[place]:>5}  {noticed[place] / tried[place]:.0%}")
    print(f"{'all':<22} {noticed.total():>5} of {tried.total():>5}  {noticed.total() / max(1, tried.total()):.0%}")
    print(f"in the texts as they are: {false} gaps in {sentences} sentences, {1000 * false / sentences:.2f} per 1,000")


if __name__ == "__main__":
    main()
