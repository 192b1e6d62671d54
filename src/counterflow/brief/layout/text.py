"""One canonical text, the blocks and sentences in it, and how rules may look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.layout.imprint import byline_name, is_dateline
from counterflow.brief.patterns import Folded
from counterflow.brief.schema import Span

BlockKind = Literal["title", "heading", "paragraph", "bullet", "byline", "dateline", "boilerplate", "reference"]


@dataclass(frozen=True)
class Block:
    """A run of the canonical text that belongs together. Offsets are into the canonical text."""

    start: int
    end: int
    kind: BlockKind
    heading: str  # text of the nearest title or heading above, "" if none
    rule: str = ""  # for boilerplate: the rule of the codebook that recognised it


@dataclass(frozen=True)
class Sentence:
    """A sentence of a block that is not boilerplate, byline or reference list."""

    index: int
    start: int
    end: int
    block: int  # index into Layout.blocks


@dataclass(frozen=True)
class Layout:
    """The canonical text with its blocks and sentences.

    `folded` has the same length as `text`, character for character: quotation marks, dashes and
    no-break spaces are mapped to their plain forms so that rules match them all. Line breaks and the
    marks of Markdown (emphasis, link targets, comments) are blanks in it, so that a rule which allows
    for runs of white space reads across them.
    """

    text: str
    folded: Folded
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]


# ------------------------------------------------------------------------------------------- folding

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " "),
        **dict.fromkeys("\u2008\u2009\u200a", " "),
        **dict.fromkeys("\u202f\u205f\u3000\t\v\f\n\r\u0085\u2028\u2029", " "),
    }
)

# Each alternative is blanked where it matches: citation numbers that are links (they are resolved), comments, bare
# tags, link targets, link and image brackets, emphasis, and the backslash of an escape.
_MARKUP = re.compile(
    r"\[\[?\^?\d{1,3}\]\]?\((?:[^()\s]|\([^()\s]*\))*\)"
    r"|<!--.*?-->|</?[A-Za-z][^<>\n]{0,200}>"
    r"|(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)"
    r"|!?\[(?=[^\[\]]{0,300}\]\()|\](?=\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\))"
    r"|\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|\\(?=[!-/:-@\[-`{-~])",
    re.DOTALL,
)


def fold(text: str) -> str:
    """A copy of `text` of the same length for rules to match: plain quotes, dashes and blanks, no markup."""
    plain = text.translate(_PLAIN)
    return _MARKUP.sub(lambda match: " " * len(match.group()), plain)


_CUT_MARKUP = re.compile(r"\]\([^()\s]*\)?|!?\[(?=[^\[\]]*$)(?!\d{1,3}$)")


def plain(quote: str) -> str:
    """A quote as people read it: without Markdown or HTML marks and link targets, also where the quote begins or
    ends inside one, and with single blanks. For display only: a `Span` keeps the exact words.

    >>> plain("have [plummeted](https://example.org/a) to the\\n**lowest** level[7]")
    'have plummeted to the lowest level[7]'
    """
    return re.sub(r"\s+", " ", _CUT_MARKUP.sub("", _MARKUP.sub("", quote)))


def span(layout: Layout, start: int, end: int) -> Span:
    """The quote between two offsets of the canonical text, without blanks at its ends.

    Raises ValueError where the offsets enclose no character that is not blank.
    """
    while start < end and layout.folded[start].isspace():
        start += 1
    while end > start and layout.folded[end - 1].isspace():
        end -= 1
    if not 0 <= start < end <= len(layout.text):
        raise ValueError(f"empty or impossible span {start}-{end} in a text of {len(layout.text)} characters")
    return Span(start=start, end=end, quote=layout.text[start:end])


# -------------------------------------------------------------------------------------------- blocks

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING_LINE = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(?=\S)")
_BULLET_LINE = re.compile(r"[^\S\n]*([-*+–—•·▪◦●‣]|\d{1,2}[.)])[^\S\n]+(?=\S)")
_RULE_LINE = re.compile(r"[ \t]*([-*_=~])(?:[ \t]*\1){2,}[ \t]*")
_NUMBERED_SOURCE = re.compile(r"\s*\[(\^?)\d{1,3}\]:?\s+\S")
_LONG_LINE = 100  # longer lines are not wrapped: each is a paragraph of its own
_HEADING_WORDS = 16


@dataclass(frozen=True)
class _Run:
    """Lines that belong together, before it is known what they are."""

    start: int
    end: int
    form: Literal["lines", "bullet", "heading"]


def lay_out(text: str) -> Layout:
    """Find the blocks of a canonical text (plain or Markdown), then the sentences inside each of them."""
    folded = Folded(fold(text))
    blocks = _classify(_runs(text, folded), text, folded)
    sentences = tuple(
        Sentence(index, start, end, block)
        for index, (start, end, block) in enumerate(
            (start, end, number)
            for number, block in enumerate(blocks)
            if block.kind not in ("boilerplate", "byline", "reference")
            for start, end in _sentences(folded, block.start, block.end)
        )
    )
    return Layout(text, folded, blocks, sentences)


def _runs(text: str, folded: str) -> list[_Run]:
    """Join lines into runs: wrapped lines together, each bullet, heading and unwrapped line on its own."""
    runs: list[_Run] = []
    is_open, previous_long, marker = False, False, ""
    front = _FRONT_MATTER.match(text)
    position = front.end() if front else 0
    for line in text[position:].split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        visible = " ".join(folded[start:end].split())
        opens = not is_open or (len(runs) == 1 and _may_be_title(" ".join(folded[runs[0].start : runs[0].end].split())))
        alone = opens and (byline_name(visible) is not None or is_dateline(visible))
        is_rule = _RULE_LINE.fullmatch(text, start, end) is not None
        heading = _HEADING_LINE.match(text, start, end)
        bullet = None if heading or is_rule else _BULLET_LINE.match(text, start, end)
        if bullet and bullet[1] in "–—" and is_open and not previous_long and marker != bullet[1]:
            bullet = None  # a dash inside a wrapped sentence, not a list
        if not visible or is_rule:
            is_open = False
        elif heading:
            runs.append(_Run(heading.end(), end, "heading"))
            is_open = False
        elif bullet:
            runs.append(_Run(bullet.end(), end, "bullet"))
            is_open, marker = True, bullet[1]
        elif alone:
            runs.append(_Run(start, end, "lines"))
            is_open = False
        elif not is_open or previous_long or len(visible) > _LONG_LINE or _NUMBERED_SOURCE.match(visible):
            runs.append(_Run(start, end, "lines"))
            is_open, marker = True, ""
        else:
            runs[-1] = _Run(runs[-1].start, end, runs[-1].form)
        previous_long = len(visible) > _LONG_LINE
    return [trimmed for run in runs if (trimmed := _trim(run, folded)) is not None]


_BREAKS_OFF = re.compile(
    r"(?:on|of|by|at|from|since|until|to|the|in|and|for|de|del|el|desde|hasta|en|por|,)", re.IGNORECASE
)


def _may_be_title(words: str) -> bool:
    return _reads_as_heading(words) and _BREAKS_OFF.fullmatch(words.split()[-1]) is None


def _trim(run: _Run, folded: str) -> _Run | None:
    body = folded[run.start : run.end]
    start = run.start + len(body) - len(body.lstrip())
    end = run.start + len(body.rstrip())
    return _Run(start, end, run.form) if start < end else None


@cache
def _boilerplate_rules() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple(
        (
            rule["id"],
            rule.get("opens_tail", False),
            re.compile("|".join(f"(?:{pattern})" for pattern in rule["patterns"]), re.IGNORECASE),
        )
        for rule in codebook.table("boilerplate")["rule"]
    )


@cache
def _reference_heading() -> re.Pattern[str]:
    words = "|".join(codebook.table("boilerplate")["references"]["headings"])
    return re.compile(rf"(?:{words})\s*:?", re.IGNORECASE)


def _classify(runs: list[_Run], text: str, folded: str) -> tuple[Block, ...]:
    labels = frozenset(codebook.table("boilerplate")["orphan_label"]["words"])
    blocks: list[Block] = []
    entries = [match for run in runs if (match := _NUMBERED_SOURCE.match(folded, run.start, run.end))]
    is_list = len(entries) > 1 or any(match[1] for match in entries)  # a footnote needs no second one
    heading, titled, body_begun, in_tail, in_references = "", False, False, False, False
    for run in runs:
        words = " ".join(folded[run.start : run.end].split())
        is_heading = run.form == "heading" or (run.form == "lines" and _reads_as_heading(words))
        page_rule = next((rule for rule in _boilerplate_rules() if rule[2].fullmatch(words)), None)
        kind: BlockKind
        rule, above = "", heading
        if page_rule is not None:
            kind, rule, in_tail = "boilerplate", page_rule[0], in_tail or page_rule[1]
        elif not titled and not body_begun and words.lower().rstrip(":") in labels:
            kind, rule = "boilerplate", "orphan_label"
        elif byline_name(words) is not None:
            kind = "byline"
        elif is_dateline(words):
            kind = "dateline"
        elif in_tail and _is_link_line(words):
            kind, rule = "boilerplate", "adjacent_post_link"
        elif _reference_heading().fullmatch(words):
            kind, in_references, heading = "reference", True, words
        elif is_heading and not (in_references and _NUMBERED_SOURCE.match(words)):
            kind = "heading" if titled or body_begun else "title"
            titled, heading, in_references = True, words, False
        elif in_references or (is_list and _NUMBERED_SOURCE.match(words)):
            kind = "reference"
        else:
            kind, body_begun = ("bullet" if run.form == "bullet" else "paragraph"), True
        blocks.append(Block(run.start, run.end, kind, above, rule))
    return tuple(blocks)


def _reads_as_heading(words: str) -> bool:
    """Short, begins with a capital or a figure, and does not end as a sentence does."""
    if len(words.split()) > _HEADING_WORDS or not any(character.isalpha() for character in words):
        return False
    return (words[0].isupper() or words[0].isdigit() or words[0] in "¿¡\"'") and words[-1] not in ".!;,])\"'"


def _is_link_line(words: str) -> bool:
    return len(words.split()) <= _HEADING_WORDS and words[-1] not in ".!?;:"


# ----------------------------------------------------------------------------------------- sentences

_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Sen|Rep|Gov|Pres|Sec|Secs|Hon|St|Jr|Sr|No|Nos|Art|Fig"
    r"|Inc|Corp|Co|Ltd|Dept|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|vs|cf|al|seq|Reg|Stat|Pub|Cong|Ch"
    r"|pp|vol|approx|Sra|Srta|Dra|Lic|Ing|núm|art|EE|UU|Av|Cía|ed|eds|Fed)|\b[A-Za-z](?:\.[A-Za-z])*)\s*\.\Z"
    # "Sec. 2." names what follows and is no sentence by itself.
    r"|\A\s*(?:Sec(?:tion)?|Art(?:icle|ículo)?)\s*\.?\s+(?:\d+|[IVXL]+)\s*\.\Z"
)
_LONGEST_SENTENCE = 3000  # characters
_TERMINATOR = re.compile(r"[.!?]+[\"')\]]*(?:\s*\[\d{1,3}\])*(?=\s+)")


def _sentences(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentence boundaries inside one block; a citation marker after the full stop stays with its sentence."""
    bounds: list[tuple[int, int]] = []
    begin = start
    for match in _TERMINATOR.finditer(folded, start, end):
        following = folded[match.end() : end].lstrip()
        if not following or not _begins_sentence(following):
            continue
        if match.group().startswith(".") and _is_abbreviation(folded[begin : match.start() + 1], following):
            continue
        bounds.append((begin, match.end()))
        begin = end - len(following)
    bounds.append((begin, end))
    parts = [part for bound in bounds for part in _cut(folded, *bound)]
    return [(a, b) for a, b in parts if folded[a:b].strip()]


def _cut(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long to be a sentence (a table or a list run together), at blanks where there are any."""
    while end - start > _LONGEST_SENTENCE:
        blank = folded.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        cut = blank if blank > start else start + _LONGEST_SENTENCE
        yield start, cut
        start = cut + len(folded[cut:end]) - len(folded[cut:end].lstrip())
    yield start, end


def _begins_sentence(following: str) -> bool:
    first = following[0]
    return first.isupper() or first.isdigit() or first in "\"'([¿¡$€£-"


def _is_abbreviation(before: str, following: str) -> bool:
    match = _ABBREVIATION.search(before)
    if match is None:
        return False
    # "the U.S. The" ends a sentence; "the U.S. Border Patrol" and "J. D. Smith" do not.
    several_letters = match.group().count(".") > 1
    return not (several_letters and following.split()[0] in codebook.table("sentences")["starters"])


# ------------------------------------------------------------------------------------------- clauses

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
