"""What reading a document gives the lab, and what the page sends back once it is corrected."""

from __future__ import annotations

from datetime import date as Date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

from counterflow.brief.schema import Brief, Value
from counterflow.evidence.schema import Check
from counterflow.strategy.schema import Strategy


class DocumentRead(Value):
    """A document as read, with the strategy that its actions make."""

    brief: Brief = Field(description="The document: its text, findings, actions, claims and where each sentence went.")
    strategy: Strategy = Field(description="What its actions and the policy record make of it.")
    lever_titles: dict[str, str] = Field(description="The name of each lever.")
    checks: tuple[Check, ...] = Field(description="The verdict on each claim, without the series to draw it on.")
    warnings: tuple[str, ...] = Field(default=(), description="What the reader of the document should know of.")


class DocumentHash(BaseModel):
    """Which document it is."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(description="Hash of its bytes.")


class DocumentNamed(BaseModel):
    """A document as read, of which nothing is looked at but its hash: the process that works with it reads it whole.

    The API's description has it as a `Brief`, which it is.
    """

    model_config = ConfigDict(frozen=True)

    document: DocumentHash = Field(description="Which document it is.")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """That of a whole document."""
        return handler(Brief.__pydantic_core_schema__)


class Corrected(Value):
    """A document as read, after a person has corrected its actions."""

    brief: DocumentNamed = Field(
        description="The document as read, with edited actions (`origin` is `corrected`), and with those that the"
        " reader missed and a person added (`added`): each of these quotes the words of the text that state it."
        " What both move has the basis `user`."
    )
    date: Date | None = Field(default=None, description="The day of the document, where the person knows it.")


class StrategyMade(Value):
    """A strategy."""

    strategy: Strategy = Field(description="The strategy, as a strategy file holds it.")


class Opened(Value):
    """The document that the lab was started with."""

    document: DocumentRead | None = Field(description="What it says; null where the lab was started without one.")
