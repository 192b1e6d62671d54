"""Which language model reads, where it answers, and how much time and room it gets."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from counterflow.errors import UsageError

KEY_VARIABLE = "COUNTERFLOW_LLM_KEY"


class Limits(NamedTuple):
    """How long and how much is borne from a model, and how much of a document it gets at once."""

    seconds: float = 300.0  # for a whole document, all of its parts and tries together
    answer: int = 2_000_000  # bytes of one answer
    part: int = 8_000  # characters of a document in one question, as long as no block is longer
    parts: int = 200  # questions that one document may take


LIMITS = Limits()


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible service and the model asked there.

    `url` is what stands before "/chat/completions". The key is sent to that address only; it is no part of what is
    shown of this value. Raises UsageError where the address is not http(s), holds a password or a query, or where
    the model or the key cannot be sent.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    limits: Limits = LIMITS

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise UsageError("the address of the language model is not valid") from None
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                "the address of the language model holds a password, a query or a fragment",
                hint=f"Give the plain address, and the key in {KEY_VARIABLE}.",
            )
        if parts.scheme not in ("http", "https") or not host:
            raise UsageError(
                "the address of the language model is not http:// or https://",
                where=self.url,
                hint="Give what stands before /chat/completions, such as http://localhost:11434/v1.",
            )
        if not self.model.strip():
            raise UsageError("no language model is named", hint="Name one with --model or COUNTERFLOW_LLM_MODEL.")
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):
            raise UsageError(f"the key in {KEY_VARIABLE} holds characters that cannot be sent")

    @property
    def address(self) -> str:
        """Where questions are sent."""
        return self.url.rstrip("/") + "/chat/completions"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the address is this machine by name or number; no name is looked up."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_in_clear(self) -> bool:
        """Whether the document would travel unencrypted over a network."""
        return urlsplit(self.url).scheme == "http" and not self.is_local


def endpoint_of(url: str, model: str) -> Endpoint:
    """The endpoint with the key of the environment (COUNTERFLOW_LLM_KEY), if there is one. Raises UsageError."""
    return Endpoint(url.strip(), model.strip(), os.environ.get(KEY_VARIABLE, "").strip())
