"""A document read by a language model: asked in parts, answered in a closed form, held to the document's words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from counterflow.brief.actions.parties import Cast
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.llm.actions import Ground, action_of, merged
from counterflow.brief.llm.chat import CutShort, NoAnswer, ask
from counterflow.brief.llm.claims import claim_of, numbered
from counterflow.brief.llm.endpoint import Endpoint
from counterflow.brief.llm.gate import Dropped, sentences_of
from counterflow.brief.llm.prompt import asked_again, question
from counterflow.brief.llm.told import told_by_rules
from counterflow.brief.llm.wire import Answer, BadAnswer, answer_schema, parse
from counterflow.brief.schema import Action, Claim, Finding

_NOT_READ = ("boilerplate", "byline", "reference")


class Proposed(NamedTuple):
    """What a model gave that stands in the document, and how many items were left out for which reason."""

    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    dropped: Counter[str]
    given: int  # items in all


@dataclass(frozen=True)
class Part:
    """What is asked about at once: the text, and the sentences in it that may be quoted."""

    text: str
    sentences: tuple[Sentence, ...]


def propose(layout: Layout, findings: Sequence[Finding], cast: Cast, era: Era, endpoint: Endpoint) -> Proposed:
    """Actions and claims of a document by the model of an endpoint.

    `findings` tell where words are missing, `cast` who is named. Raises NoAnswer where the service fails, refuses,
    or answers a question twice in a form that cannot be used; nothing of the document is then read by the model.
    """
    until = time.monotonic() + endpoint.limits.seconds
    parts = list(parts_of(layout, endpoint.limits.part))
    if len(parts) > endpoint.limits.parts:
        raise NoAnswer(f"the document takes {len(parts)} questions; at most {endpoint.limits.parts} are asked")
    actions: list[Action] = []
    claims: list[Claim] = []
    dropped: Counter[str] = Counter()
    answers = [_answer(part, endpoint, era, until) for part in parts]
    ground = Ground(layout, cast, era, findings, told_by_rules(layout, findings, cast, era))
    for part, answer in zip(parts, answers, strict=True):
        dropped["not as the schema says"] += len(answer.broken)
        for item in answer.claims:
            try:
                claims.append(claim_of(item, ground, part.sentences))
            except Dropped as reason:
                dropped[str(reason)] += 1
    stated = numbered(claims, layout, era)
    ground = replace(ground, claims=stated)
    for part, answer in zip(parts, answers, strict=True):
        for proposed in answer.actions:
            try:
                actions.append(action_of(proposed, ground, part.sentences))
            except Dropped as reason:
                dropped[str(reason)] += 1
    given = sum(len(a.actions) + len(a.claims) + len(a.broken) for a in answers)
    return Proposed(merged(actions), stated, +dropped, given)


def parts_of(layout: Layout, limit: int) -> Iterator[Part]:
    """The document without its page's own lines, in parts of whole blocks of at most `limit` characters.

    A longer block is cut between sentences, and a sentence is never cut.
    """
    pieces: list[tuple[str, list[Sentence]]] = []
    for number, block in enumerate(layout.blocks):
        if block.kind in _NOT_READ:
            continue
        inside = sentences_of(layout, [number])
        if block.end - block.start <= limit:
            pieces.append((layout.text[block.start : block.end], inside))
        else:
            pieces += [(layout.text[s.start : s.end], [s]) for s in inside]
    text: list[str] = []
    sentences: list[Sentence] = []
    for words, inside in pieces:
        if text and sum(map(len, text)) + len(words) > limit:
            yield Part("\n\n".join(text), tuple(sentences))
            text, sentences = [], []
        text.append(words)
        sentences += inside
    if sentences:
        yield Part("\n\n".join(text), tuple(sentences))


def _answer(part: Part, endpoint: Endpoint, era: Era, until: float) -> Answer:
    """The answer about a part, asked for once more where it is not as the schema says.

    The second time, items that are not as it says are left out. Raises NoAnswer.
    """
    messages, content = question(part.text, era.published), ""
    for is_last in (False, True):
        try:
            content = ask(endpoint, messages, answer_schema(), until=until)
            answer = parse(content)
        except CutShort as error:
            if is_last:
                raise NoAnswer(f"{error}, twice") from None
            problems = [f"{error}; give a shorter one"]
        except BadAnswer as error:
            if is_last:
                raise NoAnswer("the answer twice had a form that cannot be used") from None
            problems = [str(error)]
        else:
            if is_last or not answer.broken:
                return answer
            problems = list(answer.broken)
        messages = asked_again(question(part.text, era.published), content, problems)
    raise AssertionError  # the loop returns or raises the second time
