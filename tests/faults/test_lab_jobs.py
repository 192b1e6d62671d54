"""Long work of the lab: hostile documents, cancelled jobs, streams that nobody reads, an end in the middle of it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

import lab_cases
import processes
from counterflow.errors import BriefError, ModelError
from counterflow.lab.documents.apart import plain_name
from counterflow.lab.documents.reading import brief_in
from counterflow.lab.errors import RefusedError
from counterflow.lab.jobs.apart import PREFIX, run_apart
from counterflow.lab.jobs.following import events
from counterflow.lab.jobs.store import Job, Jobs, Made, OnStep
from counterflow.lab.settings import Settings

PROJECT = Path(__file__).parents[2]
ARTICLE = PROJECT / "examples" / "border-strategy.md"
FREE = Settings(rate=10_000.0, burst=10_000)
HOSTILE = (
    "<p>On March 1 the President ordered 1,500 troops to the border."
    " <script>fetch('https://evil.example')</script><img src=x onerror=alert(1)>"
    " <a href=\"javascript:alert(1)\">Border crossings</a> fell 94% in February.</p>"
    "<svg onload=alert(1)></svg><style>@import url(https://evil.example)</style>"
    " Crossings of " + "W" * 3000 + " fell; \u202eelihw\u202c they rose."
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with lab_cases.running(FREE) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def sent(client: httpx.Client, data: bytes, name: str = "document.md", **options: Any) -> httpx.Response:
    headers = {"X-Filename": quote(name), "Content-Type": "application/octet-stream"}
    return client.post("/api/documents", content=data, headers=headers, **options)


def read(client: httpx.Client, data: bytes, name: str = "document.md") -> dict[str, Any]:
    answer = sent(client, data, name)
    assert answer.status_code == 202
    return lab_cases.ended(client, answer.json()["job"]["id"])


def workers() -> list[int]:
    """Processes of labs' workers that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            parent = int(path.with_name("stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if any(word.startswith(b"counterflow.lab.") for word in words) and parent == os.getpid():
            found.append(int(path.parent.name))
    return found


def gone(seconds: float = 10.0) -> bool:
    """Whether no worker of this process is left, soon."""
    until = time.monotonic() + seconds
    while workers() and time.monotonic() < until:
        time.sleep(0.05)
    return not workers()


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The example as the lab reads it."""
    job = read(client, ARTICLE.read_bytes(), "border-strategy.md")
    assert job["state"] == "done", job["error"]
    return job["result"]


def test_a_document_is_read_as_the_command_line_reads_it(document: dict[str, Any]) -> None:
    from counterflow.assess import check
    from counterflow.brief.reader import read as read_document
    from counterflow.strategy.schema import Strategy

    brief = read_document(ARTICLE)
    assert document["brief"] == brief.model_dump(mode="json")
    assert document["strategy"] == Strategy.from_brief(brief).model_dump(mode="json")
    assert [row["verdict"] for row in document["checks"]] == [row.verdict for row in check(brief)]
    assert document["lever_titles"]["military.strike_lab"]


def test_its_progress_is_told_as_it_goes_on(client: httpx.Client) -> None:
    job = sent(client, ARTICLE.read_bytes()).json()["job"]
    assert job["state"] == "queued"
    told: list[tuple[str, dict[str, Any]]] = []
    with client.stream("GET", f"/api/jobs/{job['id']}/events") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["X-Accel-Buffering"] == "no"
        name = ""
        for line in stream.iter_lines():  # ends by itself
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
    assert [name for name, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    shares = [step["share"] for _, step in told[:-1]]
    assert shares == sorted(shares)
    assert len(shares) >= 3
    assert {"read", "check"} & {step["stage"] for _, step in told[:-1]}
    assert told[-1][0] == "done"
    assert (told[-1][1]["state"], "result" in told[-1][1]) == ("done", False)


def test_a_corrected_action_makes_another_strategy(client: httpx.Client, document: dict[str, Any]) -> None:
    brief, entry = document["brief"], document["strategy"]["written"][0]
    without = brief | {"actions": [action for action in brief["actions"] if action["id"] != entry["source"]]}
    assert len(without["actions"]) == len(brief["actions"]) - 1
    same = client.post("/api/documents/strategy", json={"brief": brief})
    assert same.json()["strategy"] == document["strategy"]
    other = client.post("/api/documents/strategy", json={"brief": without, "date": "2025-03-01"})
    assert other.status_code == 200
    assert entry["source"] not in {one["source"] for one in other.json()["strategy"]["written"]}


def test_a_quote_that_is_not_in_the_text_is_refused(client: httpx.Client, document: dict[str, Any]) -> None:
    brief = json.loads(json.dumps(document["brief"]))
    brief["actions"][0]["span"]["quote"] = "what nobody wrote"
    answer = client.post("/api/documents/strategy", json={"brief": brief})
    assert answer.status_code == 422
    assert "not what is quoted" in answer.json()["error"]["message"]


def added(text: str, words: str, **changed: Any) -> dict[str, Any]:
    """An action that a person adds: the words that state it, a lever and a status."""
    start = text.index(words)
    span = {"start": start, "end": start + len(words), "quote": words}
    action = {"id": "u1", "span": span, "trigger": span, "mentions": [span], "lever": "border.agents", "level": 3}
    return action | {"status": "in_force", "origin": "added"} | changed


def test_an_action_that_the_reader_missed_is_added_on_the_users_word(
    client: httpx.Client, document: dict[str, Any]
) -> None:
    brief = document["brief"]
    words = brief["document"]["text"].split("\n\n")[3][:60]
    day = {"text": "22 January 2025", "start": "2025-01-22", "end": "2025-01-22", "precision": "day"}
    action = added(brief["document"]["text"], words, date_start=day)
    body = {"brief": brief | {"actions": [*brief["actions"], action]}}
    answer = client.post("/api/documents/strategy", json=body)
    assert answer.status_code == 200, answer.text
    strategy = answer.json()["strategy"]
    (own,) = [one for one in strategy["written"] if one["source"] == "u1"]
    told = (own["lever"], own["level"], own["start"], own["basis"], own["quote"], own["start_reason"])
    assert told == ("border.agents", 3, "2025-01-22", "user", words, "given by the user")
    read = [one for one in strategy["written"] if one["source"] != "u1"]
    assert read == document["strategy"]["written"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"origin": "found"}, "must be 'document', 'added' or 'corrected'"),
        ({"lever": "border.agent"}, "u1 names no lever of the catalogue"),
        ({"id": "a1"}, "two actions have the id a1"),
        ({"status": "done"}, "must be 'not_authorised'"),
        ({"span": {"start": 0, "end": 5, "quote": "wrong"}}, "not what is quoted"),
        ({"span": {"start": 0, "end": 0, "quote": ""}}, "u1 quotes no words"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_an_added_action_that_is_none_is_refused(
    client: httpx.Client, document: dict[str, Any], changed: dict[str, Any], said: str
) -> None:
    brief = document["brief"]
    action = added(brief["document"]["text"], brief["document"]["text"][:30].strip(), **changed)
    body = {"brief": brief | {"actions": [*brief["actions"], action]}}
    answer = client.post("/api/documents/strategy", json=body)
    assert answer.status_code == 422
    told = answer.json()["error"]
    assert said in told["message"]
    assert told["where"]
    assert "\n" not in told["message"]


def test_what_a_person_corrected_is_the_users_word(client: httpx.Client, document: dict[str, Any]) -> None:
    brief = json.loads(json.dumps(document["brief"]))
    sized = {one["source"] for one in document["strategy"]["written"] if one["level"] is not None}
    action = next(one for one in brief["actions"] if one["id"] in sized and one["quantity"] is None)
    action |= {"level": 1, "origin": "corrected"}
    strategy = client.post("/api/documents/strategy", json={"brief": brief}).json()["strategy"]
    (own,) = [one for one in strategy["written"] if one["source"] == action["id"]]
    assert (own["basis"], own["level"], own["note"][:30]) == ("user", 1, "level 1, as given by the user")
    others = [one for one in document["strategy"]["written"] if one["source"] != action["id"]]
    assert [one for one in strategy["written"] if one["source"] != action["id"]] == others


def without_text(brief: dict[str, Any]) -> dict[str, Any]:
    return brief | {"document": {name: value for name, value in brief["document"].items() if name != "text"}}


def with_a_number_for_a_lever(brief: dict[str, Any]) -> dict[str, Any]:
    first, *others = brief["actions"]
    return brief | {"actions": [first | {"lever": 5}, *others]}


def with_words_that_nobody_wrote(brief: dict[str, Any]) -> dict[str, Any]:
    first, *others = brief["claims"]
    return brief | {"claims": [first | {"span": first["span"] | {"quote": "what nobody wrote"}}, *others]}


@pytest.mark.parametrize(
    ("break_", "where"),
    [
        (without_text, "brief.document.text"),
        (with_a_number_for_a_lever, "brief.actions 1.lever"),
        (with_words_that_nobody_wrote, "brief"),
        (lambda brief: {"document": brief["document"]}, "brief.findings"),
    ],
)
def test_a_report_of_a_brief_that_is_none_is_refused_and_no_job_begins(
    client: httpx.Client, document: dict[str, Any], break_: Any, where: str
) -> None:
    body = {"strategy": document["strategy"], "brief": break_(document["brief"]), "draws": 20, "years": 2}
    answer = client.post("/api/report", json=body)
    assert answer.status_code == 422
    told = answer.json()["error"]
    assert told["where"] == where
    assert told["message"]
    assert "\n" not in told["message"]
    assert gone()


def bomb() -> bytes:
    """A Word document of a few kilobytes whose one part unpacks to 300 MB."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(b" " * 1_000_000)
    return held.getvalue()


NOT_DOCUMENTS = {
    "blank.txt": (b" ", ""),
    "nul.txt": (b"\x00" * 5000, ""),
    "picture.md": (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "picture"),
    "broken.docx": (b"PK\x03\x04" + b"\0" * 500, ""),
    "bomb.docx": (bomb(), ""),
    "broken.pdf": (b"%PDF-1.7\n" + b"1 0 obj\n" * 50, ""),
    "cake.txt": (b"A cake needs flour and eggs. Bake it for an hour.", "names no border"),
    "script.html": (b"<html><script>document.write('all of it')</script></html>", "no text"),
}


def test_what_is_no_document_fails_with_a_reason_and_ends_nothing_else(client: httpx.Client) -> None:
    begun = {name: sent(client, data, name).json()["job"]["id"] for name, (data, _) in NOT_DOCUMENTS.items()}
    for name, id in begun.items():
        job = lab_cases.ended(client, id)
        assert job["state"] == "failed", name
        assert job["error"]["code"] == "input", name
        assert NOT_DOCUMENTS[name][1] in job["error"]["message"], name
        for part in ("/", "Traceback", "site-packages", tempfile.gettempdir()):
            assert part not in json.dumps(job["error"]), name
    assert client.get("/health").status_code == 200


def test_an_empty_document_is_refused_at_once(client: httpx.Client) -> None:
    answer = sent(client, b"")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "input")


@pytest.mark.parametrize("date", ["0", "0.0", "2025", "2025-13-01", "20250101", "2025-02-14T00:00:00", "x"])
def test_a_day_that_is_none_is_refused(client: httpx.Client, date: str) -> None:
    answer = client.post(f"/api/documents?date={date}", content=b"text", headers={"X-Filename": "plan.md"})
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, "date")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/cron.d/x.md", "..\\..\\a.md", ".bashrc", "a\0b.md", "\u202egpj.md"]
)
def test_the_name_of_a_document_leads_nowhere(client: httpx.Client, name: str) -> None:
    plain = plain_name(name)
    assert not set(plain) & set("/\\\0\u202e")
    assert not plain.startswith(".")
    assert plain


def test_a_long_name_keeps_its_suffix() -> None:
    assert plain_name("a" * 5000 + ".docx") == "a" * 120 + ".docx"
    assert plain_name("") == "document"


def test_hostile_markup_stays_text_in_what_the_lab_hands_out(client: httpx.Client) -> None:
    job = read(client, f"<html><body>{HOSTILE}</body></html>".encode(), "<img src=x onerror=alert(1)>.html")
    assert job["state"] == "done", job["error"]
    answer = client.get(f"/api/jobs/{job['id']}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<" not in job["result"]["brief"]["document"]["source"]


def test_a_report_is_written_served_in_a_sandbox_and_leaves_no_file(client: httpx.Client) -> None:
    before = set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    strategy = lab_cases.strategy() | {"title": "<script>alert(1)</script>"}
    answer = client.post("/api/report", json={"strategy": strategy, "draws": 20, "years": 2})
    assert answer.status_code == 202
    job = lab_cases.ended(client, answer.json()["job"]["id"], 120)
    assert job["state"] == "done", job["error"]
    page = client.get(f"/{job['result']['report']}")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    assert "script" not in policy  # nor does the page need any
    assert "<script" not in page.text
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert len(page.content) == job["result"]["size"]
    assert "<script>alert" not in page.text
    data = client.get(f"/{job['result']['assessment']}").json()
    assert data["strategy"]["title"] == strategy["title"]
    assert set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) <= before


def test_a_job_that_is_cancelled_leaves_no_process(client: httpx.Client) -> None:
    body = {"strategy": lab_cases.strategy("any"), "draws": 2000, "years": 10}
    id = client.post("/api/report", json=body).json()["job"]["id"]
    until = time.monotonic() + 30
    while not workers() and time.monotonic() < until:
        time.sleep(0.05)
    assert workers()
    with client.stream("GET", f"/api/jobs/{id}/events") as stream:
        cancelled = client.delete(f"/api/jobs/{id}")
        assert cancelled.json()["state"] == "cancelled"
        assert "event: cancelled" in list(stream.iter_lines())
    assert gone()
    assert client.delete(f"/api/jobs/{id}").json()["state"] == "cancelled"
    assert client.get(f"/api/jobs/{id}/report.html").status_code == 404


@pytest.mark.parametrize("id", ["a", "a" * 32, "1", "-" * 32])
def test_a_job_that_is_not_known_is_not_there(client: httpx.Client, id: str) -> None:
    for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/report.html"), ("DELETE", "")):
        answer = client.request(method, f"/api/jobs/{id}{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_client_that_never_reads_holds_nobody_up(client: httpx.Client) -> None:
    parts = urlsplit(str(client.base_url))
    id = sent(client, ARTICLE.read_bytes()).json()["job"]["id"]
    with socket.create_connection((parts.hostname, parts.port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.sendall(f"GET /api/jobs/{id}/events HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        assert lab_cases.ended(client, id)["state"] == "done"
        assert client.get("/health").status_code == 200


async def made(seconds: float = 0.0, size: int = 0) -> Made:
    await asyncio.sleep(seconds)
    return Made(b'{"report": "", "assessment": "", "size": 0}', {"report.html": os.urandom(size)})


def in_a_loop(test: Any) -> None:
    asyncio.run(asyncio.wait_for(test(), 30))


def test_there_are_only_so_many_jobs_and_the_oldest_that_ended_goes_first() -> None:
    async def test() -> None:
        jobs = Jobs(Settings(jobs=3, jobs_running=3))
        first, *_ = [jobs.start("report", lambda job, step: made()) for _ in range(3)]
        await asyncio.sleep(0.2)
        jobs.start("report", lambda job, step: made(60))
        assert jobs.find(first.id) is None
        for _ in range(2):
            jobs.start("report", lambda job, step: made(60))
        with pytest.raises(RefusedError) as refused:
            jobs.start("report", lambda job, step: made())
        assert refused.value.status == 503
        await jobs.close()
        with pytest.raises(RefusedError):
            jobs.start("report", lambda job, step: made())

    in_a_loop(test)


def test_one_client_cannot_fill_every_place_nor_all_memory() -> None:
    async def test() -> None:
        jobs = Jobs(Settings(jobs_of_one=2, jobs_waiting=100))
        for _ in range(2):
            jobs.start("report", lambda job, step: made(60), client="a", held=10)
        with pytest.raises(RefusedError) as refused:
            jobs.start("report", lambda job, step: made(60), client="a")
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "30")
        other = jobs.start("report", lambda job, step: made(60), client="b", held=80)
        with pytest.raises(RefusedError) as refused:
            jobs.start("report", lambda job, step: made(60), client="b", held=1)
        assert refused.value.status == 503
        await jobs.cancel(other)
        jobs.start("report", lambda job, step: made(60), client="b", held=80)
        await jobs.close()

    in_a_loop(test)


def test_a_brief_that_is_none_is_refused_where_it_is_read() -> None:
    with pytest.raises(BriefError, match=r"the document has \d{4} faults"):
        brief_in(json.dumps({"brief": {f"a{number}": 1 for number in range(4994)}}).encode())
    with pytest.raises(BriefError) as refused:
        brief_in(b'{"brief": {"document": 5}}')
    assert refused.value.where


def test_corrected_documents_are_read_a_few_at_a_time(document: dict[str, Any]) -> None:
    settings = FREE._replace(apart=1)
    with (
        lab_cases.running(settings) as address,
        httpx.Client(base_url=address, timeout=60) as client,
        ThreadPoolExecutor(4) as pool,
    ):
        body = json.dumps({"brief": document["brief"]})
        headers = {"Content-Type": "application/json"}
        sent = [pool.submit(client.post, "/api/documents/strategy", content=body, headers=headers) for _ in range(4)]
        most = 0
        while not all(one.done() for one in sent):
            most = max(most, len(workers()))
            time.sleep(0.05)
    statuses = sorted(one.result().status_code for one in sent)
    assert (most, statuses) == (1, [200, 503, 503, 503])


def test_ids_cannot_be_guessed() -> None:
    async def test() -> None:
        jobs = Jobs(Settings(jobs=200, jobs_of_one=200))
        ids = [jobs.start("report", lambda job, step: made()).id for _ in range(100)]
        assert len(set(ids)) == 100
        assert all(len(id) >= 32 for id in ids)
        assert len({id[:6] for id in ids}) > 95  # nor does one follow from another
        await jobs.close()

    in_a_loop(test)


def test_what_ended_long_ago_is_forgotten_and_so_is_what_takes_too_much() -> None:
    async def test() -> None:
        jobs = Jobs(Settings(job_kept=0.3, jobs_size=150_000))
        large = [jobs.start("report", lambda job, step: made(size=100_000)) for _ in range(2)]
        await asyncio.gather(*(job.task for job in large if job.task))
        assert [jobs.find(job.id) is None for job in large] == [True, False]
        await asyncio.sleep(0.4)
        assert jobs.find(large[1].id) is None

    in_a_loop(test)


def test_a_job_that_breaks_off_does_not_say_how() -> None:
    async def broken(job: Job, step: OnStep) -> Made:
        raise RuntimeError("secret")

    async def test() -> None:
        jobs = Jobs(Settings())
        job = jobs.start("report", broken)
        told = [part async for part in events(job, 10)]
        assert told[-1].startswith(b"event: failed")
        assert b"secret" not in b"".join(told)

    in_a_loop(test)


def test_a_stream_of_a_job_that_waits_shows_signs_of_life() -> None:
    async def test() -> None:
        jobs = Jobs(Settings())
        job = jobs.start("report", lambda job, step: made(0.5))
        told = [part async for part in events(job, 0.1)]
        assert told.count(b": still at work\n\n") >= 2

    in_a_loop(test)


def test_a_worker_has_only_so_much_time_and_leaves_nothing_behind() -> None:
    async def test() -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.md").write_bytes(ARTICLE.read_bytes())
            arguments = ["document", str(Path(folder, "a.md"))]
            with pytest.raises(BriefError, match=r"more than 0\.2 s"):
                await run_apart("counterflow.lab.documents.child", arguments, seconds=0.2, on_progress=print)

    in_a_loop(test)
    assert gone()


def test_a_worker_that_breaks_is_a_fault_of_the_lab() -> None:
    async def test() -> None:
        with pytest.raises(ModelError):
            await run_apart("counterflow.lab.documents.child", ["strategy", "nowhere"], seconds=60, on_progress=print)

    in_a_loop(test)


MEMORY = """
from counterflow.lab.jobs.lifeline import limit, work_apart
limit(1_500_000_000, 60)
work_apart(lambda tell: len(bytearray(4_000_000_000)))
"""


def test_a_worker_has_only_so_much_memory() -> None:
    with subprocess.Popen([sys.executable, "-c", MEMORY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        told = json.loads(worker.stdout.readline())
    assert told["refused"]["message"] == "This takes more memory than it may."


FILE = """
from pathlib import Path
from counterflow.lab.jobs.lifeline import limit, work_apart
limit(1_500_000_000, 60)
work_apart(lambda tell: Path({place!r}).write_text("words"))
"""


def test_a_worker_that_reads_a_document_writes_no_file(tmp_path: Path) -> None:
    place = tmp_path / "a"
    command = [sys.executable, "-c", FILE.format(place=str(place))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert "fault" in json.loads(worker.stdout.readline())
    assert place.read_bytes() == b""


SERVED = """
import sys
sys.path.insert(0, {tests!r})
import lab_cases
from counterflow.lab.serve import serve
from counterflow.lab.settings import Settings
serve(Settings(port=0), engine=lab_cases.stand_in(), on_ready=lambda address: print(address, flush=True))
"""


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_lab_that_is_ended_in_the_middle_of_a_job(ending: signal.Signals) -> None:
    script = SERVED.format(tests=str(PROJECT / "tests"))
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-c", script], text=True, **options) as lab:
        try:
            address = lab.stdout.readline().strip().rstrip("/")
            body = {"strategy": lab_cases.strategy("any"), "draws": 2000, "years": 10}
            id = httpx.post(f"{address}/api/report", json=body).json()["job"]["id"]
            worker = child_of(lab.pid)
            with httpx.stream("GET", f"{address}/api/jobs/{id}/events", timeout=30) as stream:
                started = time.monotonic()
                lab.send_signal(ending)
                if ending != signal.SIGKILL:
                    assert "event: cancelled" in list(stream.iter_lines())
            _, log = lab.communicate(timeout=20)
            assert time.monotonic() - started < 15
        finally:
            lab.kill()
    assert lab.returncode == (-ending if ending == signal.SIGKILL else 0)
    until = time.monotonic() + 10
    while processes.members(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert processes.members(worker) == []
    assert processes.members(lab.pid) == []
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"time", "level", "event"} <= set.intersection(*(set(line) for line in lines))
    assert id not in log
    assert "Traceback" not in log


def child_of(parent: int) -> int:
    """The first worker of a lab, once it runs."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
                command = path.with_name("cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == parent and b"counterflow.lab.reports.child" in command:
                return int(path.parent.name)
        time.sleep(0.02)
    raise AssertionError("no worker was started")
