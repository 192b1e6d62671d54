"""What a model is asked to give: quotes and choices from closed lists, and nothing else.

It is not the schema of a brief. The words that it quotes become spans only where they stand in the document, and
everything that the rules can read from these words is read by the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import lever_ids
from counterflow.brief.claims.measures import measures
from counterflow.brief.schema import ClaimType, Status


@cache
def measure_ids() -> frozenset[str]:
    """Every measure of the codebook."""
    return frozenset(measure.id for measure in measures())


def _known(what: str, known: frozenset[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is no {what} of the list")
        return value

    return check


def _listed(known: frozenset[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": sorted(known)})


LeverId = Annotated[str, AfterValidator(_known("lever", lever_ids())), _listed(lever_ids())]
MeasureId = Annotated[str, AfterValidator(_known("measure", measure_ids())), _listed(measure_ids())]
PartyCode = Annotated[
    str, AfterValidator(_known("code of a party", codebook.party_codes())), _listed(codebook.party_codes())
]


class Wire(BaseModel):
    """A value of an answer: no unknown keys, no numbers in quotation marks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WireParty(Wire):
    words: str
    code: PartyCode | None = None


class WireDate(Wire):
    words: str
    day: str | None = None  # ISO


class WireAction(Wire):
    """What is done, ordered, considered or answered; all words stand in `quote`, `also` elsewhere in the text."""

    quote: str
    also: list[str] = Field(default_factory=list)
    lever: LeverId
    lever_words: str
    status: Status
    status_words: str | None = None
    polarity: Literal["affirmed", "negated"] = "affirmed"
    level: Literal[0, 1, 2, 3, 4] | None = None
    level_words: str | None = None
    actor: WireParty | None = None
    recipient: WireParty | None = None
    date: WireDate | None = None
    end: WireDate | None = None
    authority: str | None = None


class WireBaseline(Wire):
    words: str
    kind: Literal[
        "peak",
        "same_period_last_year",
        "explicit_date",
        "period_average",
        "administration",
        "previous_period",
        "other",
    ]


class WireClaim(Wire):
    """A figure or a rise, fall or record; all words stand in `quote`, the speaker in the same sentence."""

    quote: str
    type: ClaimType
    measure: MeasureId | None = None
    value: float | None = None
    value_high: float | None = None
    unit: Literal["percent", "percentage points", "usd", "mxn", "count"] | None = None
    direction: Literal["up", "down", "none"] = "none"
    baseline: WireBaseline | None = None
    speaker: WireParty | None = None


class Answer(NamedTuple):
    """The items of an answer that are as the schema says, and how many are not, with what is wrong."""

    actions: tuple[WireAction, ...]
    claims: tuple[WireClaim, ...]
    broken: tuple[str, ...]


class BadAnswer(ValueError):
    """An answer that is not of the form asked for, in one phrase."""


_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*)\n[ \t]*```\s*", re.DOTALL)


def parse(content: str) -> Answer:
    """Read an answer; each item is held to the schema by itself.

    A fence of Markdown around the whole of it is taken off. Raises BadAnswer where the answer is not the object
    asked for, or where it has items and none is as the schema says.
    """
    fenced = _FENCED.fullmatch(content)
    try:
        found = json.loads(fenced[1] if fenced else content)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"it is not JSON ({error})"[:200]) from None
    if not isinstance(found, dict) or set(found) != {"actions", "claims"}:
        raise BadAnswer('it is not an object with the two keys "actions" and "claims"')
    if not all(isinstance(found[key], list) for key in found):
        raise BadAnswer('"actions" and "claims" are not both lists')
    actions: list[WireAction] = []
    claims: list[WireClaim] = []
    broken: list[str] = []
    for number, item in enumerate(found["actions"], start=1):
        _take(WireAction, item, f"actions[{number}]", actions, broken)
    for number, item in enumerate(found["claims"], start=1):
        _take(WireClaim, item, f"claims[{number}]", claims, broken)
    if broken and not actions and not claims:
        raise BadAnswer("; ".join(broken)[:2000])
    return Answer(tuple(actions), tuple(claims), tuple(broken))


_Item = TypeVar("_Item", bound=Wire)


def _take(kind: type[_Item], item: Any, place: str, kept: list[_Item], broken: list[str]) -> None:
    try:
        kept.append(kind.model_validate_json(json.dumps(item)))
    except (ValidationError, RecursionError) as error:
        found = error.errors(include_input=False, include_url=False) if isinstance(error, ValidationError) else []
        wrong = [f"{'.'.join(map(str, e['loc'])) or 'item'}: {e['msg']}" for e in found]
        broken.append(f"{place} {', '.join(wrong) or 'is nested too deeply'}"[:400])


@cache
def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer, as strict services take it: every key required, none besides."""
    lists = {
        "actions": WireAction.model_json_schema(ref_template="#/$defs/{model}"),
        "claims": WireClaim.model_json_schema(ref_template="#/$defs/{model}"),
    }
    definitions: dict[str, Any] = {}
    for schema in lists.values():
        definitions |= schema.pop("$defs", {})
    whole = {
        "type": "object",
        "properties": {key: {"type": "array", "items": schema} for key, schema in lists.items()},
        "$defs": definitions,
    }
    strict: dict[str, Any] = _strict(whole)
    return strict


def _strict(node: Any) -> Any:
    """A schema without what strict services refuse, and with every key of an object required."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node:
        named = {key: _strict(value) for key, value in node["properties"].items()}
        rest = {key: _strict(value) for key, value in node.items() if key in ("$defs", "type")}
        return rest | {"properties": named, "required": list(named), "additionalProperties": False}
    return {key: _strict(value) for key, value in node.items() if key not in ("title", "default", "description")}
