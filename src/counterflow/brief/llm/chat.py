"""One question to an OpenAI-compatible service, and its answer: bounded in time and size, sent nowhere else."""

from __future__ import annotations

import json
import queue
import threading
import time
from typing import Any

import httpx

from counterflow.brief.llm.endpoint import Endpoint

_SHOWN = 160  # characters of what a service says about its own failure


class NoAnswer(Exception):
    """Why a model gave nothing to read, in one phrase. Never holds the key."""


class CutShort(NoAnswer):
    """An answer that ends before its end."""


def ask(endpoint: Endpoint, messages: list[dict[str, str]], schema: dict[str, Any], *, until: float) -> str:
    """The text that the model answers.

    `until` is the moment, on the monotonic clock, at which waiting ends, however the service spends the time: the
    exchange runs on a thread of its own, so that neither a name that is not found nor a byte every few seconds can
    hold it up. Redirects are not followed. Raises NoAnswer.
    """
    remaining = until - time.monotonic()
    if remaining <= 0:
        raise NoAnswer("the time for this document is over")
    answers: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()

    def exchange() -> None:
        try:
            answers.put(_content(_post(endpoint, messages, schema, remaining, until)))
        except Exception as error:  # handed over to the thread that waits
            answers.put(error)

    threading.Thread(target=exchange, daemon=True, name="language-model").start()
    try:
        answer = answers.get(timeout=remaining)
    except queue.Empty:
        raise NoAnswer("no answer came in time") from None
    if isinstance(answer, NoAnswer):
        raise answer
    if isinstance(answer, httpx.TimeoutException):
        raise NoAnswer("no answer came in time") from None
    if isinstance(answer, (httpx.HTTPError, OSError)):
        raise NoAnswer(f"the service cannot be reached ({type(answer).__name__})") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _post(
    endpoint: Endpoint, messages: list[dict[str, str]], schema: dict[str, Any], seconds: float, until: float
) -> bytes:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    question = {
        "model": endpoint.model,
        "messages": messages,
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reading", "strict": True, "schema": schema},
        },
    }
    # A service on this machine is never reached through a proxy that the environment names.
    with (
        httpx.Client(timeout=seconds, follow_redirects=False, trust_env=not endpoint.is_local) as client,
        client.stream("POST", endpoint.address, json=question, headers=headers) as response,
    ):
        kind = response.headers.get("content-type", "")
        size = endpoint.limits.answer if response.is_success else 4 * _SHOWN
        body = _body(response, size, until, whole=response.is_success)
        if response.is_redirect:
            raise NoAnswer(f"the service sends on to another address (HTTP {response.status_code})")
        if not response.is_success:
            raise NoAnswer(f"the service answers with HTTP {response.status_code}{_said(response, body, endpoint)}")
        if "json" not in kind.lower():
            raise NoAnswer(f"the service answers with {_printable(kind) or 'no content type'} instead of JSON")
        return body


def _body(response: httpx.Response, size: int, until: float, *, whole: bool) -> bytes:
    """The bytes of an answer, undecoded; at most `size` of them, where more is refused if it has to be `whole`."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NoAnswer("the service answers in a compressed form that was not asked for")
    taken = bytearray()
    for chunk in response.iter_raw():
        taken += chunk
        if len(taken) > size:
            if whole:
                raise NoAnswer(f"the answer is larger than {size / 1e6:g} MB")
            break
        if time.monotonic() > until:
            raise NoAnswer("no answer came in time")
    return bytes(taken[:size])


def _said(response: httpx.Response, body: bytes, endpoint: Endpoint) -> str:
    """What the service says of its failure; nothing where it may speak of the key."""
    if response.status_code in (401, 403):
        return ": it does not accept the key" if endpoint.key else ": it asks for a key"
    try:
        said = json.loads(body)["error"]
        words = said["message"] if isinstance(said, dict) else said
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    if not isinstance(words, str) or (endpoint.key and endpoint.key in words):
        return ""
    return f": {_printable(words)}"


def _printable(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:_SHOWN]


def _content(body: bytes) -> str:
    """The words of the first choice. Raises NoAnswer for a refusal and for an answer that is cut short."""
    try:
        choice = json.loads(body)["choices"][0]
        message, finish = choice["message"], choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise NoAnswer("the answer is not that of a chat service") from None
    if refusal or finish == "content_filter":
        raise NoAnswer("the model refuses to read the document")
    if finish == "length":
        raise CutShort("the answer was cut off at the model's limit")
    if not isinstance(content, str) or not content.strip():
        raise NoAnswer("the answer is empty")
    return content
