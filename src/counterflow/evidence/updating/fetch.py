"""Fetching from publishers' sites: patient with what passes, bounded in time and size, honest about who asks."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import File, domain_of, name_of
from counterflow.evidence.disk import write_whole

PASSING = {429, 500, 502, 503, 504}  # answers that another try may better
REFUSING = {401, 403, 406, 451}  # answers of a site that does not serve programs
REDIRECTS = 6  # pages that one address may send on through
BY_HAND = "Open it in a browser, save the file, and give it with --from-file."


class Limits(NamedTuple):
    """How long and how much is borne from one site."""

    attempts: int = 4
    pause: float = 1.0  # seconds before the second try; doubles with each
    longest_pause: float = 60.0  # seconds; a site that asks for more is left for another day
    silence: float = 30.0  # seconds without a byte
    seconds: float = 300.0  # for one file in all
    size: int = 200_000_000  # bytes of one file, unpacked


LIMITS = Limits()
ASKED = "asked.json"  # beside the manifest, and no part of the evidence: without it files are only sent again


class Validators(NamedTuple):
    """What a server said of a file when it was last taken; sent back, it need not send the file again."""

    etag: str
    last_modified: str


def remembered(folder: Path) -> dict[str, Validators]:
    """What the servers said of the files that were taken over by this version of the package, by address."""
    try:
        said = json.loads((folder / ASKED).read_text(encoding="utf-8"))
        known = said["files"] if said["version"] == version("counterflow") else {}
        return {address: Validators(*map(str, tags)) for address, tags in known.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # nothing is lost but a download


def remember(folder: Path, files: Iterable[File]) -> None:
    """Keep what the servers said of files, now that they are taken over. Raises OSError where it cannot be written."""
    tags = {file.address: [file.etag, file.last_modified] for file in files if file.etag or file.last_modified}
    if tags:
        known = {address: list(one) for address, one in remembered(folder).items()} | tags
        write_whole(folder / ASKED, json.dumps({"version": version("counterflow"), "files": known}, indent=1).encode())


@dataclass(frozen=True)
class Web:
    """The web as connectors see it: `page` and `file`, of one publisher's domains only."""

    client: httpx.Client
    known: Mapping[str, Validators] = field(default_factory=dict)
    limits: Limits = LIMITS

    def page(self, address: str) -> File:
        """A page, fetched anew. Raises EvidenceError where it cannot be had."""
        found = self._get(address, {})
        if found is None:
            raise EvidenceError("the site says that a page is unchanged, unasked.", where=address)
        return found

    def file(self, address: str) -> File | None:
        """A file; None where the server says that it is as it was. Raises EvidenceError where it cannot be had."""
        known = self.known.get(address, Validators("", ""))
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return self._get(address, {name: value for name, value in asked.items() if value})

    def _get(self, address: str, headers: dict[str, str]) -> File | None:
        tries = Retrying(
            stop=stop_after_attempt(self.limits.attempts),
            wait=self._pause,
            retry=retry_if_exception_type(_Passing),
            reraise=True,
        )
        try:
            return tries(self._try, address, headers)
        except _Passing as trouble:
            raise EvidenceError(
                f"{trouble} ({self.limits.attempts} tries).",
                where=address,
                hint=f"Try again later. {BY_HAND}",
            ) from None

    def _pause(self, state: RetryCallState) -> float:
        """Seconds until the next try: twice the last, with some chance in it, or what the site asks for."""
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.retry_after if isinstance(trouble, _Passing) else 0.0
        usual = self.limits.pause * 2.0 ** (state.attempt_number - 1)
        return min(max(asked, usual * (0.75 + 0.5 * random.random())), self.limits.longest_pause)

    def _try(self, address: str, headers: dict[str, str]) -> File | None:
        begun = time.monotonic()
        place = address
        try:
            for _ in range(REDIRECTS):
                with self.client.stream("GET", place, headers=headers) as response:
                    if response.next_request is not None:  # never followed to a site of another owner
                        place = str(response.next_request.url)
                        if domain_of(place) != domain_of(address):
                            elsewhere = response.next_request.url.host
                            raise EvidenceError(
                                f"the site sends on to another ({elsewhere}).", where=address, hint=BY_HAND
                            )
                        continue
                    if response.status_code == httpx.codes.NOT_MODIFIED:
                        return None
                    _require_success(response, address, self.limits)
                    data = self._body(response, address, begun)
                    tags = response.headers
                    etag, changed = tags.get("etag", ""), tags.get("last-modified", "")
                    return File(name_of(address), data, address, etag, changed)
        except httpx.TimeoutException:
            raise _Passing(f"the site was silent for {self.limits.silence:g} s") from None
        except httpx.RemoteProtocolError:
            raise _Passing("the site broke off its answer") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise _Passing(f"the site could not be reached ({reason})") from None
        raise EvidenceError("the site sends on from page to page without end.", where=address, hint=BY_HAND)

    def _body(self, response: httpx.Response, address: str, begun: float) -> bytes:
        """What the site sends, unpacked, within the limits of size and time."""
        data = bytearray()
        for part in response.iter_bytes():
            data += part
            if len(data) > self.limits.size:
                raise EvidenceError(
                    f"the answer is larger than {self.limits.size / 1e6:,.0f} MB: it was left off.",
                    where=address,
                    hint="No file of this publisher is so large: look at the address in a browser.",
                )
            if time.monotonic() - begun > self.limits.seconds:
                raise EvidenceError(
                    f"the answer took more than {self.limits.seconds:,g} s: it was left off.",
                    where=address,
                    hint=f"Try again later. {BY_HAND}",
                )
        return bytes(data)


def client(limits: Limits = LIMITS) -> httpx.Client:
    """An HTTP client that says who asks and gives up after a silence."""
    return httpx.Client(
        headers={"User-Agent": f"counterflow/{version('counterflow')} (policy research; reads published statistics)"},
        timeout=limits.silence,
    )


class _Passing(Exception):
    """Trouble that another try may better; `retry_after` is how many seconds the site asks to wait."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def _require_success(response: httpx.Response, address: str, limits: Limits) -> None:
    """Raise EvidenceError, or _Passing, where the answer is not what was asked for."""
    code = response.status_code
    if code in PASSING:
        asked = _seconds(response.headers.get("retry-after", ""))
        if asked > limits.longest_pause:
            raise EvidenceError(
                f"the site asks to wait {asked:,.0f} s (HTTP {code}).",
                where=address,
                hint=f"Try again later. {BY_HAND}",
            )
        busy = "the site asks for fewer requests" if code == httpx.codes.TOO_MANY_REQUESTS else "the site has a fault"
        raise _Passing(f"{busy} (HTTP {code})", asked)
    if code in REFUSING:
        raise EvidenceError(f"the site refused this program (HTTP {code}).", where=address, hint=BY_HAND)
    if not response.is_success:
        raise EvidenceError(
            f"the site does not have it (HTTP {code}).",
            where=address,
            hint=f"The publisher may have moved it. {BY_HAND}",
        )


def _seconds(retry_after: str) -> float:
    """The seconds of a Retry-After header: a number, or a date."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0
