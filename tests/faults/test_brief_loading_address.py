"""Addresses: only public ones are reached, checked where the connection goes, within size, time and redirects."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from counterflow.brief.loading import addresses
from counterflow.brief.loading.addresses import is_public
from counterflow.brief.loading.fetch import BOUNDS, Answer, fetch
from counterflow.brief.loading.load import is_address, load_address
from counterflow.errors import BriefError
from document_files import docx, lines, paragraph, pdf
from official import server

FILE = "file:" + "//"
HERE = frozenset(("127.0.0.1",))
PAGE = b"<html><head><title>T</title></head><body><p>Officers made 300 arrests.</p></body></html>"


@pytest.fixture
def site() -> Iterator[server.Site]:
    with server.serving({"/page": ("text/html; charset=utf-8", PAGE)}) as running:
        yield running


def refusal(address: str, **options: object) -> str:
    with pytest.raises(BriefError) as raised:
        fetch(address, **{"allow": HERE} | options)  # type: ignore[arg-type]
    line = str(raised.value)
    assert "\n" not in line
    assert raised.value.hint
    assert raised.value.exit_code == 3
    return line


def sending(body: bytes, headers: dict[str, str]) -> server.Behaviour:
    def answer(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(200)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body)
        return True

    return answer


# ------------------------------------------------------------------------------------- what is fetched


def test_a_page_is_fetched_and_read(site: server.Site) -> None:
    loaded = load_address(f"{site.address}/page#part", allow=HERE)
    assert loaded.text == "Officers made 300 arrests."
    assert loaded.url == loaded.source == f"{site.address}/page"
    assert (loaded.title, loaded.media_type) == ("T", "text/html")


@pytest.mark.parametrize(
    ("path", "content_type", "body", "media_type"),
    [
        ("/plan", "application/pdf", pdf([lines(["Words."])]), "application/pdf"),
        ("/plan", "application/octet-stream", docx(paragraph("Words.")), "application/vnd"),
        ("/plan.md?version=1", "text/plain; charset=utf-8", b"Words.", "text/markdown"),
        ("/plan.txt", "text/plain; charset=iso-8859-1", "Fronti\xe8re".encode("latin-1"), "text/plain"),
    ],
)
def test_the_server_and_the_bytes_tell_what_it_is(
    site: server.Site, path: str, content_type: str, body: bytes, media_type: str
) -> None:
    site.pages[path.partition("?")[0]] = (content_type, body)
    loaded = load_address(site.address + path, allow=HERE)
    assert loaded.media_type.startswith(media_type)
    assert loaded.text in ("Words.", "Frontière")


def test_redirects_are_followed_and_the_last_address_counts(site: server.Site) -> None:
    site.behaviours["/a"] = server.redirect("/b?x=1")
    site.behaviours["/b"] = server.redirect(f"{site.address}/page")
    assert fetch(f"{site.address}/a", allow=HERE).url == f"{site.address}/page"


def test_what_is_packed_is_unpacked(site: server.Site) -> None:
    site.behaviours["/page"] = sending(gzip.compress(PAGE), {"Content-Encoding": "gzip", "Content-Type": "text/html"})
    assert fetch(f"{site.address}/page", allow=HERE).data == PAGE


@pytest.mark.parametrize(
    ("source", "answer"),
    [("http://e.org", True), ("https://e.org/x.pdf", True), (f"{FILE}/x", True), ("ftp://e.org", True),
     ("plan.md", False), ("-", False), ("C:\\plan.md", False), ("a://", False), ("dir/a:b", False)],
)  # fmt: skip
def test_an_address_is_told_from_a_path(source: str, answer: bool) -> None:
    assert is_address(source) is answer


# ------------------------------------------------------------------------------------ where it may go


NOT_PUBLIC = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 2001:db8::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1 nonsense"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "0", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_refused_however_it_is_written(
    host: str, site: server.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch)
    line = refusal(f"http://{host}:{site.address.rpartition(':')[2]}/page", allow=())
    assert "not an address of the public internet" in line
    assert site.asked == {}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://127.0.0.1/x", "Only http and https"),
        (f"{FILE}/etc/passwd", "Only http and https"),
        ("gopher://127.0.0.1/", "Only http and https"),
        ("javascript://127.0.0.1/%0aalert(1)", "Only http and https"),
        ("http://user:secret@127.0.0.1/", "user name or password"),
        ("http://user@127.0.0.1/", "user name or password"),
        ("http:///path", "no host"),
        ("http://127.0.0.1:99999/", "no address"),
        ("http://[::1/", "no address"),
        ("http://127.0.0.1/a\r\nHost: evil", "cannot be printed"),
        ("http://127.0.0.1/" + "a" * 5_000, "too long"),
    ],
)
def test_addresses_that_are_refused_as_they_stand(address: str, says: str) -> None:
    line = refusal(address)
    assert says in line
    assert "secret" not in line


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://[::1]/",
        f"{FILE}/etc/passwd",
        "http://user:x@127.0.0.1/",
        "//127.0.0.2/",
        "http://[",
        "http://%5b/",
    ],
)
def test_every_redirect_is_checked_as_the_first_address_was(site: server.Site, target: str) -> None:
    site.behaviours["/page"] = server.redirect(target)
    line = refusal(f"{site.address}/page")
    assert any(word in line for word in ("public internet", "Only http", "user name", "no address"))


def test_more_than_five_redirects_are_refused(site: server.Site) -> None:
    for number in range(7):
        site.behaviours[f"/{number}"] = server.redirect(f"/{number + 1}")
    site.pages["/6"] = ("text/html", PAGE)
    assert "redirects more than 5 times" in refusal(f"{site.address}/0")
    del site.behaviours["/6"]
    assert fetch(f"{site.address}/1", allow=HERE).data == PAGE
    site.behaviours["/page"] = server.redirect("/page")
    assert "redirects more than 5 times" in refusal(f"{site.address}/page")


# -------------------------------------------------- a name server that answers differently the next time


class Names:
    """A name server of the test's own: the addresses that a name has, in turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

        def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
            if host != "pinned.example":
                # As the system does: 127.1 is 127.0.0.1.
                plain = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host.replace("localhost", "127.1")))
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                return [(family, socket.SOCK_STREAM, 6, "", (plain, port))]
            self.asked += 1
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_the_connection_goes_to_the_address_that_was_checked(
    site: server.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = site.address.rpartition(":")[2]
    hosts: list[str] = []

    def remember(handler: BaseHTTPRequestHandler) -> bool:
        hosts.append(handler.headers["Host"])
        return False

    site.behaviours["/page"] = remember
    names = Names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    assert fetch(f"http://pinned.example:{port}/page", allow=HERE).data == PAGE
    assert names.asked == 1
    assert hosts == [f"pinned.example:{port}"]


def test_a_name_that_moves_to_another_address_between_redirects_is_refused(
    site: server.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = site.address.rpartition(":")[2]
    site.behaviours["/page"] = server.redirect("/other")
    site.pages["/other"] = ("text/html", PAGE)
    Names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    assert "127.0.0.2, which is not an address" in refusal(f"http://pinned.example:{port}/page")
    assert site.asked["/other"] == 0


def test_one_address_of_a_name_that_is_not_public_is_enough(site: server.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ["127.0.0.1", "10.0.0.1"])
    assert "10.0.0.1, which is not" in refusal(f"http://pinned.example:{site.address.rpartition(':')[2]}/page")


def test_the_certificate_must_be_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    class Stream(addresses.httpcore.NetworkStream):
        def start_tls(self, ssl_context: object, server_hostname: str | None = None, timeout: object = None) -> None:
            asked.append(server_hostname)
            raise addresses.httpcore.ConnectError("enough seen")

        def close(self) -> None:
            pass

    Names(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr(addresses.httpcore.SyncBackend, "connect_tcp", lambda *_: Stream())
    assert "enough seen" in refusal("https://pinned.example/")
    assert asked == ["pinned.example"]


def test_proxies_of_the_environment_are_not_used(site: server.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(f"{site.address}/page", allow=HERE).data == PAGE


# ----------------------------------------------------------------------------------- how much, how long


@pytest.mark.parametrize("kind", ["image/png", "application/zip", "video/mp4", "application/json", "text/css"])
def test_what_is_no_document_is_refused_by_name(site: server.Site, kind: str) -> None:
    site.pages["/page"] = (kind, PAGE)
    site.as_it_is.add("/page")
    assert f"gives '{kind}'" in refusal(f"{site.address}/page")


@pytest.mark.parametrize(
    ("code", "says"),
    [(403, "refused this program"), (404, "does not have"), (500, "has a fault"), (204, "has a fault")],
)
def test_answers_without_a_document_are_refused(site: server.Site, code: int, says: str) -> None:
    site.behaviours["/page"] = server.refuse(code)
    assert f"{says}" in (line := refusal(f"{site.address}/page"))
    assert f"HTTP {code}" in line


def test_an_answer_without_end_is_left_off(site: server.Site) -> None:
    site.behaviours["/page"] = server.endless
    assert "larger than 1 MB" in refusal(f"{site.address}/page", bounds=BOUNDS._replace(size=1_000_000))


def test_an_answer_that_says_it_is_too_large_is_not_begun(site: server.Site) -> None:
    site.behaviours["/page"] = sending(b"x", {"Content-Length": "20000001", "Content-Type": "text/plain"})
    assert "larger than 20 MB" in refusal(f"{site.address}/page")


def test_what_unpacks_to_too_much_is_left_off(site: server.Site) -> None:
    body = gzip.compress(b"0" * 30_000_000)
    assert len(body) < 100_000
    site.behaviours["/page"] = sending(body, {"Content-Encoding": "gzip", "Content-Type": "text/plain"})
    assert "larger than 20 MB" in refusal(f"{site.address}/page")


def test_what_cannot_be_unpacked_is_refused(site: server.Site) -> None:
    site.behaviours["/page"] = sending(b"no gzip", {"Content-Encoding": "gzip", "Content-Type": "text/plain"})
    assert "broke off" in refusal(f"{site.address}/page")


def trickling_head(handler: BaseHTTPRequestHandler) -> bool:
    """Begin an answer that never comes to its body, and is never silent for long."""
    until = time.monotonic() + 20
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while time.monotonic() < until:
            handler.wfile.write(b"X-A: 1\r\n")
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True
    return True


@pytest.mark.parametrize("behaviour", [server.trickling, trickling_head], ids=["body", "head"])
def test_an_answer_that_trickles_is_left_off(site: server.Site, behaviour: server.Behaviour) -> None:
    site.behaviours["/page"] = behaviour
    begun = time.monotonic()
    assert "took more than 0.5 s" in refusal(f"{site.address}/page", bounds=BOUNDS._replace(seconds=0.5))
    assert time.monotonic() - begun < 5


def test_a_silent_site_is_left_off(site: server.Site) -> None:
    site.behaviours["/page"] = server.silent
    assert "silent for 0.2 s" in refusal(f"{site.address}/page", bounds=BOUNDS._replace(silence=0.2))


def test_an_answer_that_breaks_off_is_refused(site: server.Site) -> None:
    site.behaviours["/page"] = server.break_off
    assert "broke off" in refusal(f"{site.address}/page")


def test_a_host_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "could not be reached" in refusal(f"http://127.0.0.1:{port}/")


def test_a_name_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "is not known" in refusal("http://nowhere.example/")


def test_a_name_server_that_never_answers_is_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    assert "took more than 0.2 s" in refusal("http://slow.example/", bounds=BOUNDS._replace(seconds=0.2))


def test_the_answer_says_what_the_server_said(site: server.Site) -> None:
    assert fetch(f"{site.address}/page", allow=HERE) == Answer(PAGE, f"{site.address}/page", "text/html", "utf-8")
