"""The lab's door: other names, other origins, other types, paths that lead elsewhere, too much, too slow."""

from __future__ import annotations

import json
import logging
import secrets
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

import lab_cases
from counterflow.errors import UsageError
from counterflow.lab.app import create_app
from counterflow.lab.guard import _shown
from counterflow.lab.settings import Settings

SECRET = "a-token-of-some-length"
LIMITS = Settings(body_time=0.6, header_time=0.6, rate=10_000.0, burst=10_000)
BODY = {"strategy": lab_cases.strategy(), "draws": 20, "years": 2}


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    with lab_cases.running(LIMITS) as address:
        yield address


def raw(address: str, request: bytes, *, wait: float = 10.0) -> bytes:
    """All that the lab answers to these bytes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


Answer = tuple[int, str, bytes]  # status, head in lower case, body


def asked(address: str, line: str, *headers: str, body: bytes = b"", host: str | None = "own") -> Answer:
    """The answer to a request written by hand."""
    named = [f"Host: {urlsplit(address).netloc if host == 'own' else host}"] if host is not None else []
    head = "\r\n".join([f"{line} HTTP/1.1", *named, "Connection: close", *headers])
    answer = raw(address, f"{head}\r\n\r\n".encode("latin-1") + body)
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), top.decode("latin-1").lower(), rest


def posted(address: str, *headers: str, path: str = "/api/simulate", body: bytes | None = None) -> Answer:
    sent = json.dumps(BODY).encode() if body is None else body
    return asked(address, f"POST {path}", f"Content-Length: {len(sent)}", *headers, body=sent)


def assert_tells_nothing(body: bytes) -> None:
    """An error of the lab's own shape that says nothing of the machine."""
    error = json.loads(body)["error"]
    assert set(error) == {"code", "message", "hint", "where"}
    assert error["message"]
    for part in ("/", "\\", "Traceback", "site-packages", ".py", "counterflow."):
        assert part not in body.decode()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil-localhost",
        "127.0.0.1@evil.example",
        "localhost, evil.example",
        "127.0.0.1:80:80",
        "127.1",
        "2130706433",
        "192.0.2.1",
        "[::ffff:127.0.0.1]",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/health", "/", "/api/catalogue"])
def test_a_host_that_is_not_the_labs_is_refused(lab: str, host: str, path: str) -> None:
    status, _, body = asked(lab, f"GET {path}", host=host)
    assert status == 400
    assert_tells_nothing(body)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8765"])
def test_the_lab_answers_to_its_own_names_whatever_the_port(lab: str, host: str) -> None:
    assert asked(lab, "GET /health", host=host)[0] == 200


def test_two_hosts_and_none_are_refused(lab: str) -> None:
    assert asked(lab, "GET /health", "Host: evil.example")[0] == 400
    assert asked(lab, "GET /health", host=None)[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        ("Origin: http://evil.example",),
        ("Origin: null",),
        ("Origin: https://127.0.0.1",),
        ("Origin: http://127.0.0.1:1",),
        ("Origin: http://localhost.evil.example",),
        ("Origin: {own}.evil.example",),
        ("Origin: {own}/",),
        ("Origin: {own}", "Sec-Fetch-Site: cross-site"),
        ("Sec-Fetch-Site: cross-site",),
        ("Sec-Fetch-Site: same-site",),
    ],
)
def test_a_write_from_another_page_is_refused(lab: str, headers: tuple[str, ...]) -> None:
    named = [header.format(own=lab) for header in headers]
    status, _, body = posted(lab, "Content-Type: application/json", *named)
    assert status == 403
    assert_tells_nothing(body)
    status, _, body = posted(lab, "X-Filename: a.txt", *named, path="/api/documents", body=b"a")
    assert status == 403
    assert asked(lab, "DELETE /api/jobs/" + "a" * 32, *named)[0] == 403


def test_the_labs_own_page_and_a_program_may_write(lab: str) -> None:
    own = (f"Origin: {lab}", "Sec-Fetch-Site: same-origin")
    assert posted(lab, "Content-Type: application/json", *own)[0] == 200
    assert posted(lab, "Content-Type: application/json; charset=utf-8")[0] == 200


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/json+evil",
     "text/json", "application/json; charset=utf-7", "application/jsonp"],
)  # fmt: skip
def test_only_json_is_taken(lab: str, kind: str) -> None:
    status, _, body = posted(lab, f"Content-Type: {kind}")
    assert status == 415
    assert_tells_nothing(body)


def test_a_body_without_type_or_packed_is_refused(lab: str) -> None:
    assert posted(lab)[0] == 415
    assert posted(lab, "Content-Type: application/json", "Content-Encoding: gzip")[0] == 415


def test_a_document_needs_a_header_that_no_form_can_send(lab: str) -> None:
    status, _, body = posted(lab, "Content-Type: text/plain", path="/api/documents", body=b"words")
    assert status == 400
    assert_tells_nothing(body)


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%252e%252e/%252e%252e/etc/passwd",
        "/api/jobs/../../etc/passwd",
        "/api/jobs/..%2f..%2fetc%2fpasswd/report.html",
        "/vendor/../index.html",
        "/vendor/%2e%2e/index.html",
        "/vendor\\..\\index.html",
        "/vendor/..%5c..%5cindex.html",
        "//etc/passwd",
        "/index.html%00.css",
        "/index.html/",
        "/.env",
        "/api",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/lab/__init__.py",
        "/" + "a" * 3000,
    ],
)
def test_a_path_that_leads_elsewhere_leads_nowhere(lab: str, path: str) -> None:
    status, _, body = asked(lab, f"GET {path}")
    assert status == 404
    assert_tells_nothing(body)


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "PATCH", "OPTIONS", "CONNECT", "PROPFIND", "BREW"])
def test_other_methods_are_refused(lab: str, method: str) -> None:
    target = "/api/simulate" if method != "CONNECT" else "127.0.0.1:1"
    status, head, body = asked(lab, f"{method} {target}", "X-Secret: own")
    assert status in (405, 404)
    assert b"own" not in body
    if status == 405:
        assert "\r\nallow: " in head
        assert_tells_nothing(body)


def test_a_known_address_tells_which_method_it_takes(lab: str) -> None:
    status, head, body = asked(lab, "GET /api/simulate")
    assert (status, "\r\nallow: post" in head) == (405, True)
    assert_tells_nothing(body)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_put_in_the_place_of_another(lab: str, name: str) -> None:
    assert asked(lab, "GET /api/simulate", f"{name}: POST")[0] == 405
    assert posted(lab, "Content-Type: application/json", f"{name}: DELETE")[0] == 200


def test_what_a_proxy_would_say_is_not_believed(lab: str) -> None:
    claims = (
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: host=evil.example",
        "X-Original-URL: /api/catalogue",
        "X-Rewrite-URL: /api/catalogue",
    )
    assert asked(lab, "GET /health", *claims, host="evil.example")[0] == 400
    status, head, body = asked(lab, "GET /health", *claims)
    assert status == 200
    assert json.loads(body)["status"] == "ok"
    assert "evil" not in head
    assert posted(lab, "Content-Type: application/json", *claims, "Origin: https://evil.example")[0] == 403


def test_a_body_that_is_said_to_be_too_large_is_not_read(lab: str) -> None:
    started = time.perf_counter()
    status, head, body = asked(
        lab, "POST /api/simulate", "Content-Type: application/json", f"Content-Length: {60_000_000}", body=b"[" * 1000
    )
    assert status == 413
    assert time.perf_counter() - started < 5
    assert "connection: close" in head
    assert_tells_nothing(body)


@pytest.mark.parametrize("path", ["/api/simulate", "/api/documents"])
def test_a_body_in_chunks_is_cut_off_too(lab: str, path: str) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(60):
            sent += 1
            yield b"a" * 1_000_000

    headers = {"Content-Type": "application/json", "X-Filename": "a.txt"}
    try:
        status = httpx.post(lab + path, content=parts(), headers=headers, timeout=20).status_code
    except httpx.TransportError:  # the lab closed while more was on its way
        status = 413
    assert status == 413
    assert sent < 60


def test_a_client_that_sends_its_body_slowly_is_let_go(lab: str) -> None:
    started = time.perf_counter()
    status, _, body = asked(
        lab, "POST /api/simulate", "Content-Type: application/json", "Content-Length: 100", body=b"{"
    )
    assert status == 408
    assert_tells_nothing(body)
    assert time.perf_counter() - started < 5


def test_a_client_that_never_ends_its_head_is_let_go(lab: str) -> None:
    started = time.perf_counter()
    assert raw(lab, b"GET /health HTTP/1.1\r\nX-A: b") == b""
    assert time.perf_counter() - started < 5
    # ... a second request on one connection neither.
    host = urlsplit(lab).netloc.encode()
    answer = raw(lab, b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\n\r\nGET /health HTTP/1.1\r\nX-")
    assert answer.count(b"HTTP/1.1 200") == 1


def test_every_answer_carries_the_headers_that_keep_others_out(lab: str) -> None:
    for line in ("GET /health", "GET /api/catalogue", "GET /nowhere", "GET /", "TRACE /"):
        _, head, _ = asked(lab, line)
        assert (
            "\r\ncontent-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
            " blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ) in head
        for header in (
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: camera=()",
            "cache-control: no-",
        ):
            assert f"\r\n{header}" in head
        for header in ("set-cookie", "server:", "access-control-allow", "x-powered-by"):
            assert f"\r\n{header}" not in head


def test_no_connection_becomes_a_websocket(lab: str) -> None:
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
    host = urlsplit(lab).netloc
    head = "\r\n".join(["GET /api/catalogue HTTP/1.1", f"Host: {host}", "Connection: Upgrade, close", *upgrade])
    assert b" 101 " not in raw(lab, f"{head}\r\n\r\n".encode())


def test_who_asks_too_often_is_told_to_wait() -> None:
    with lab_cases.running(Settings(rate=0.5, burst=10)) as address, httpx.Client(base_url=address) as client:
        answers = [client.get("/health") for _ in range(12)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert int(refused[0].headers["Retry-After"]) >= 1
        assert_tells_nothing(refused[0].content)


def test_a_lab_with_a_token_lets_nobody_in_without_it() -> None:
    with lab_cases.running(Settings(token=SECRET)) as address, httpx.Client(base_url=address) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/").status_code == 200  # the page holds nothing; it takes the token from its own address
        for given in (None, "Bearer", "Bearer wrong-token-of-length", f"Basic {SECRET}", f"Bearer {SECRET}x"):
            answer = client.get("/api/catalogue", headers={"Authorization": given} if given else {})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert_tells_nothing(answer.content)
        assert client.get(f"/api/catalogue?token={SECRET}").status_code == 401
        assert client.post("/api/simulate", json=BODY).status_code == 401
        assert client.delete("/api/jobs/" + "a" * 32).status_code == 401
        let_in = {"Authorization": f"Bearer {SECRET}"}
        assert client.get("/api/catalogue", headers=let_in).status_code == 200
        assert client.post("/api/simulate", json=BODY, headers=let_in).status_code == 200
        assert client.get("/api/jobs/" + "a" * 32 + "/events").status_code == 404  # nobody can guess an id
        schema = client.get("/api/openapi.json", headers=let_in).json()
        assert schema["security"] == [{"token": []}]


def test_behind_a_proxy_its_name_is_known_and_its_path_stands_before_all() -> None:
    settings = Settings(behind_proxy="lab.example.org", root_path="/lab/")
    with lab_cases.running(settings) as address:
        origin = "Origin: https://lab.example.org"
        for path in ("/lab/health", "/health"):  # a proxy may leave the path as it is, or take its own part off
            assert asked(address, f"GET {path}", host="lab.example.org")[0] == 200
        assert asked(address, "GET /lab/api/catalogue", host="evil.example")[0] == 400
        status, head, _ = asked(address, "GET /lab", host="lab.example.org")
        assert (status, "\r\nlocation: /lab/\r\n" in head) == (308, True)
        json_type = "Content-Type: application/json"
        assert posted(address, json_type, origin, path="/lab/api/simulate")[0] == 200
        assert posted(address, json_type, "Origin: https://evil.example", path="/lab/api/simulate")[0] == 403
        assert asked(address, "GET /labx/health")[0] == 404


@pytest.mark.parametrize(
    "settings",
    [
        Settings(host="0.0.0.0"),
        Settings(host="::"),
        Settings(host="192.0.2.1"),
        Settings(host="lab.example.org"),
        Settings(token="short"),
        Settings(behind_proxy="https://lab.example.org"),
        Settings(behind_proxy=""),
        Settings(root_path="/a/../b"),
        Settings(root_path="/a?b"),
    ],
)
def test_a_lab_that_lets_others_in_without_a_check_does_not_start(settings: Settings) -> None:
    with pytest.raises(UsageError):
        create_app(settings, lab_cases.stand_in())


def test_a_lab_that_others_reach_answers_to_addresses_and_to_no_foreign_name() -> None:
    with lab_cases.running(Settings(host="0.0.0.0", token=SECRET)) as address:
        assert asked(address, "GET /health", host="192.0.2.7:8765")[0] == 200
        assert asked(address, "GET /health", host="evil.example")[0] == 400


def test_a_lab_answers_to_the_names_that_it_was_given() -> None:
    with lab_cases.running(Settings(host="0.0.0.0", token=SECRET, names=("LabServer",))) as address:
        assert asked(address, "GET /health", host="labserver:8765")[0] == 200
        assert asked(address, "GET /health", host="evil.example")[0] == 400


@pytest.mark.parametrize("before", ["/api/jobs/", "/lab/api/jobs/", "/api//jobs//", "/somewhere/"])
def test_the_log_holds_no_whole_id_of_a_job(before: str) -> None:
    id = secrets.token_urlsafe(24)
    assert _shown(f"{before}{id}/events") == f"{before}{id[:4]}…/events"
    assert _shown("/api/strategy/toml") == "/api/strategy/toml"


def test_behind_a_proxy_the_log_names_the_client_and_not_the_proxy(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "counterflow.lab"),
        lab_cases.running(Settings(behind_proxy="lab.example.org")) as address,
    ):
        asked(address, "GET /health", "X-Forwarded-For: 192.0.2.9", host="lab.example.org")
    told = [record.about for record in caplog.records if record.getMessage() == "request"]  # type: ignore[attr-defined]
    assert "192.0.2.9" in {one["client"] for one in told}
