"""The lab's API: what it answers, how strict it is, what its description says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import httpx
import pytest

import lab_cases
from counterflow.brief.schema import FindingKind, Status
from counterflow.errors import BriefError, CounterflowError, EvidenceError, ModelError, StrategyError
from counterflow.evidence.schema import CheckVerdict
from counterflow.judgement.untested import NOT_TESTED
from counterflow.lab.engine.schema import SEEDS
from counterflow.lab.errors import place_of, problem_of, status_of, without_paths
from counterflow.lab.pace import Pace
from counterflow.lab.settings import Settings
from counterflow.strategy.branches import LEADING, branches
from counterflow.strategy.files import strategy_toml
from counterflow.strategy.overrides import RECIPROCITY, Switches
from counterflow.strategy.schema import Strategy

BODY: dict[str, Any] = {"strategy": lab_cases.strategy("any"), "draws": 20, "years": 2}
FREE = Settings(rate=10_000.0, burst=10_000)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with lab_cases.running(FREE) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def schema(client: httpx.Client) -> dict[str, Any]:
    return client.get("/api/openapi.json").json()


def test_a_lab_that_is_ready_says_with_what_it_computes(client: httpx.Client) -> None:
    told = client.get("/health")
    assert told.status_code == 200
    assert told.json() == {"status": "ok", "version": told.json()["version"], "engine": "e" * 64, "data": "d" * 64}


def test_before_the_model_is_ready_the_page_is_there_and_the_rest_says_when_to_come_back() -> None:
    warming = threading.Event()
    cold = lab_cases.running(FREE, lab_cases.stand_in(warming=warming), wait=0)
    with cold as address, httpx.Client(base_url=address) as client:
        assert client.get("/health").json()["status"] == "warming"
        told = client.get("/health"), client.get("/api/catalogue"), client.post("/api/simulate", json=BODY)
        assert [(answer.status_code, answer.headers["Retry-After"]) for answer in told] == [(503, "2")] * 3
        assert client.get("/api/catalogue").json()["error"]["code"] == "warming"
        warming.set()
        until = time.monotonic() + 20
        while client.get("/health").status_code != 200 and time.monotonic() < until:
            time.sleep(0.02)
        assert client.post("/api/simulate", json=BODY).status_code == 200


def test_a_model_that_cannot_be_made_ready_is_told_as_broken_and_not_why() -> None:
    def broken() -> None:
        raise EvidenceError("the folder /var/lib/somewhere/secret is damaged", where="/var/lib/somewhere/secret")

    calls = lab_cases.stand_in()._replace(warm=broken)
    with lab_cases.running(FREE, calls, wait=2) as address:
        told = httpx.get(f"{address}/health")
        assert (told.status_code, told.json()["status"]) == (503, "broken")
        answer = httpx.post(f"{address}/api/simulate", json=BODY)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "broken")
        assert "secret" not in told.text + answer.text


def test_the_catalogue_tells_the_draws_that_the_lab_was_started_with() -> None:
    with lab_cases.running(FREE._replace(draws=111)) as address:
        assert httpx.get(f"{address}/api/catalogue").json()["limits"]["draws"]["usual"] == 111


def test_a_strategy_is_run_with_what_was_asked(client: httpx.Client) -> None:
    told = client.post("/api/simulate", json=BODY | {"seed": 7}).json()
    assert (told["draws"], told["years"], told["seed"]) == (20, 2, 7)
    assert told["outcomes"][0]["quantiles"]["0.5"] == [7.0] * 12
    assert client.post("/api/rests", json=BODY).json()["basis"] == []
    compared = client.post("/api/compare", json={"strategies": [BODY["strategy"]] * 3, "draws": 20, "years": 2})
    assert len(compared.json()["compared"]) == 3


BAD = {
    "nothing": "",
    "half": '{"strategy":',
    "list": "[]",
    "number": "5",
    "NaN": '{"strategy": S, "draws": NaN}',
    "Infinity": '{"strategy": S, "draws": Infinity}',
    "1e400": '{"strategy": S, "draws": 1e400}',
    "-1e400": '{"strategy": S, "seed": -1e400}',
    "huge": '{"strategy": S, "seed": ' + "9" * 5000 + "}",
    "true": '{"strategy": S, "draws": true}',
    "text": '{"strategy": S, "draws": "50"}',
    "fraction": '{"strategy": S, "draws": 50.5}',
    "few": '{"strategy": S, "draws": 1}',
    "many": '{"strategy": S, "draws": 1000000000}',
    "years": '{"strategy": S, "years": 0}',
    "seed": '{"strategy": S, "seed": -1}',
    "unknown": '{"strategy": S, "drawz": 50}',
    "null": '{"strategy": null}',
    "surrogate": '{"strategy": S, "branch": "\\ud800"}',
    "surrogate in a key": '{"strategy": S, "\\udfff": 1}',
    "branch": '{"strategy": S, "branch": "none of these"}',
    "deep": "[" * 200_000,
    "deep in a field": '{"strategy": ' + '{"a":' * 100_000,
    "not UTF-8": b'{"strategy": "\xff"}',
    "UTF-16": '{"strategy": 1}'.encode("utf-16"),
    "NUL": '{"strategy": S}\0',
    "two": '{"strategy": S}{"strategy": S}',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_ask_is_refused_by_its_place_and_never_repeated(client: httpx.Client, name: str) -> None:
    sent = BAD[name]
    text = sent.replace("S", json.dumps(BODY["strategy"]), 1) if isinstance(sent, str) else sent
    answer = client.post("/api/simulate", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint", "where"}
    for part in ("Traceback", "site-packages", "pydantic", "\ud800", "999999"):
        assert part not in json.dumps(error, ensure_ascii=False)


def changed(**changes: Any) -> dict[str, Any]:
    """The strategy with changes to its first entry."""
    strategy = json.loads(json.dumps(BODY["strategy"]))
    strategy["written"][0] |= changes
    return strategy


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (changed(lever="no.such"), "no lever is called"),
        (changed(level=9), "less than or equal to 4"),
        (changed(level=True), "integer"),
        (changed(level=None), "gives no size"),
        (changed(intensity={"low": 1, "central": 0, "high": 2}), "low <= central <= high"),
        (changed(level=None, intensity={"low": 1e9, "central": 1e9, "high": 1e9}), "allowed"),
        (changed(start="0001-01-01"), "too far from the record"),
        (changed(start="9990-01-01"), "too far from the record"),
        (BODY["strategy"] | {"considered": ["no.such"]}, "no lever is called"),
        (BODY["strategy"] | {"written": BODY["strategy"]["written"] * 300}, "over 200 entries"),
        (BODY["strategy"] | {"parameters": {"no.such": {"value": 1}}}, "no parameter is called"),
    ],
)
@pytest.mark.parametrize("path", ["/api/simulate", "/api/rests", "/api/report"])
def test_a_strategy_is_held_to_what_its_file_may_hold(
    client: httpx.Client, path: str, strategy: dict[str, Any], said: str
) -> None:
    answer = client.post(path, json={"strategy": strategy, "draws": 20, "years": 2})
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]


def test_a_refused_value_is_named_by_its_place(client: httpx.Client) -> None:
    answer = client.post("/api/simulate", json={"strategy": changed(level=9)})
    assert answer.json()["error"]["where"] == "strategy.written 1.level"


def test_a_strategy_goes_to_a_file_and_back(client: httpx.Client) -> None:
    answer = client.post("/api/strategy/toml", json={"strategy": BODY["strategy"]})
    assert answer.headers["Content-Type"] == "application/toml"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="strategy.toml"'
    assert answer.text == strategy_toml(Strategy.model_validate(BODY["strategy"]))
    back = client.post("/api/strategy/read", json={"toml": answer.text}).json()
    assert back["strategy"] == BODY["strategy"]


def test_a_strategy_file_is_read_strictly_and_errors_name_line_and_key(client: httpx.Client) -> None:
    text = client.post("/api/strategy/toml", json={"strategy": BODY["strategy"]}).text
    answer = client.post("/api/strategy/read", json={"toml": text.replace("level =", "levl =")})
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert "levl" in error["message"]
    assert error["hint"] == "Did you mean level?"
    assert error["where"].startswith("strategy.toml, line ")
    for bad in ("[" * 100_000, "title = ", "\0", "a = 1\na = 2"):
        assert client.post("/api/strategy/read", json={"toml": bad}).status_code == 422


def test_a_fault_of_the_model_is_told_as_one_and_not_why() -> None:
    def simulate(engine: Any, ask: Any, wanted: Any) -> Any:
        raise RuntimeError("secret at /var/lib/somewhere.py")

    def rests(engine: Any, ask: Any, wanted: Any) -> Any:
        raise ModelError("secret at /var/lib/somewhere.py")

    with lab_cases.running(FREE, lab_cases.stand_in()._replace(simulate=simulate, rests=rests)) as address:
        for path in ("simulate", "rests"):
            answer = httpx.post(f"{address}/api/{path}", json=BODY)
            assert answer.status_code == 500
            assert answer.json()["error"]["code"] == "internal"
            assert "secret" not in answer.text
            assert "/" not in answer.text


def test_more_than_the_queue_holds_is_sent_away_and_the_rest_is_answered() -> None:
    settings = FREE._replace(waiting=2)
    with lab_cases.running(settings, lab_cases.stand_in(seconds=0.3)) as address, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: httpx.post(f"{address}/api/simulate", json=BODY, timeout=20), range(16)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["error"]["code"] == "busy"


def test_what_a_client_that_left_has_asked_is_not_begun() -> None:
    begun: list[int] = []

    def simulate(engine: Any, ask: Any, wanted: Any) -> Any:
        begun.append(ask.seed)
        time.sleep(0.8)
        return lab_cases.answer(ask)

    with lab_cases.running(FREE, lab_cases.stand_in()._replace(simulate=simulate)) as address:

        def leave(seed: int) -> None:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{address}/api/simulate", json=BODY | {"seed": seed}, timeout=0.3)

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(leave, range(12)))
        time.sleep(2)
        assert 0 < len(begun) < 12


def test_files_of_the_page_are_kept_by_their_tags(client: httpx.Client) -> None:
    page = client.get("/")
    if page.status_code == 404:
        pytest.skip("there is no page here yet")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/", headers={"If-None-Match": '"other"'}).content == page.content
    assert client.head("/").headers["Content-Length"] == str(len(page.content))


def test_every_address_field_and_error_is_described(schema: dict[str, Any]) -> None:
    fields = [
        f"{name}.{key}"
        for name, value in schema["components"]["schemas"].items()
        for key, field in value.get("properties", {}).items()
        if not field.get("description")
    ]
    assert fields == []
    operations = [
        (f"{method} {path}", about) for path, address in schema["paths"].items() for method, about in address.items()
    ]
    assert len(operations) >= 15
    for name, about in operations:
        assert about["summary"], name
        assert about["description"], name
        assert {"400", "405", "429", "500", "503"} <= set(about["responses"]), name
        for status, response in about["responses"].items():
            assert response["description"], (name, status)
        for parameter in about.get("parameters", ()):
            assert parameter["description"], name
    assert len({about["operationId"] for _, about in operations}) == len(operations)


def test_the_words_of_the_description_are_of_fields_that_exist(schema: dict[str, Any]) -> None:
    from counterflow.lab.described import words

    models = schema["components"]["schemas"]
    gone = [
        f"{name}.{key}"
        for name, told in words().items()
        if name != "any"
        for key in told
        if key not in models.get(name, {}).get("properties", {})
    ]
    assert gone == []


def test_no_page_of_the_framework_is_served(client: httpx.Client) -> None:
    for path in ("/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.json"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("cannot read /var/lib/a/b.toml: no", "cannot read b.toml: no"),
        ("'/var/lib/a.py' is gone", "'a.py' is gone"),
        (r"C:\Data\somebody\a.txt is gone", "a.txt is gone"),
        ("half a year, 1/2 or 3/4, and/or", "half a year, 1/2 or 3/4, and/or"),
        ("https://example.org/a/b", "https://example.org/a/b"),
        ("a lone \ud800 half", "a lone ? half"),
    ],
)
def test_a_path_of_the_machine_is_cut_to_a_name(text: str, cut: str) -> None:
    assert without_paths(text) == cut


REFUSED = [(BriefError, 422), (StrategyError, 422), (EvidenceError, 422), (ModelError, 500)]


@pytest.mark.parametrize(("kind", "status"), REFUSED)
def test_errors_of_the_package_have_a_status(kind: type[CounterflowError], status: int) -> None:
    assert status_of(kind("a")) == status
    assert problem_of(kind("a")).message == "a"


def test_a_place_is_told_as_a_person_counts() -> None:
    assert place_of(("strategy", "written", 0, "level")) == "strategy.written 1.level"
    assert len(place_of(("a" * 5000,) * 100)) <= 300


def test_a_pace_lets_a_burst_through_and_then_its_rate() -> None:
    now = [0.0]
    pace = Pace(2.0, 3, most=2, clock=lambda: now[0])
    assert [pace.wait("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert pace.wait("b") == 0.0  # one does not pay for another
    now[0] = 0.5
    assert pace.wait("a") == 0.0
    assert pace.wait("a") > 0.0
    pace.wait("c")
    pace.wait("d")  # "a" is forgotten: what is kept has an end
    assert pace.wait("a") == 0.0


def test_a_body_of_a_million_faults_is_refused_while_the_lab_answers_others(client: httpx.Client) -> None:
    rows = b",".join([b'{"span":{"start":"x"},"kinds":5}'] * 400_000)
    brief = b'{"document":{"sha256":"a"},"ledger":[' + rows + b"]}"
    strategy = json.dumps(BODY["strategy"] | {"document_sha256": "b"}).encode()
    bodies = {
        "/api/report": b'{"strategy":' + strategy + b',"brief":' + brief + b"}",
        "/api/simulate": b'{"strategy":{"written":[' + b",".join([b"1"] * 490_000) + b"]}}",
    }
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=client.base_url, timeout=30) as other:
        for path, body in bodies.items():
            headers = {"Content-Type": "application/json"}
            sent = pool.submit(client.post, path, content=body, headers=headers)
            waits = []
            while not sent.done():
                began = time.perf_counter()
                assert other.get("/health").status_code == 200
                waits.append(time.perf_counter() - began)
            assert sent.result().status_code == 422
            assert max(waits) < 4, path  # on a machine with much else to do; it was half a minute


def test_a_strategy_that_holds_too_much_beside_a_document_is_refused(client: httpx.Client) -> None:
    body = b'{"brief":{"document":{"sha256":"a"}},"strategy":{"written":[' + b",".join([b"1"] * 100_000) + b"]}}"
    answer = client.post("/api/report", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "holds over" in answer.json()["error"]["message"]) == (422, True)


def test_a_verdict_takes_no_place_of_a_slider_and_is_not_begun_for_who_has_left() -> None:
    begun: list[int] = []

    def rests(engine: Any, ask: Any, wanted: Any) -> Any:
        begun.append(ask.seed)
        time.sleep(1.5)
        return lab_cases.rests(ask)

    with (
        lab_cases.running(FREE, lab_cases.stand_in()._replace(rests=rests)) as address,
        ThreadPoolExecutor(8) as pool,
    ):

        def ask(seed: int, seconds: float = 30.0) -> int:
            try:
                body = BODY | {"seed": seed}
                return httpx.post(f"{address}/api/rests", json=body, timeout=seconds).status_code
            except httpx.ReadTimeout:
                return 0

        staying = [pool.submit(ask, seed) for seed in (1, 2)]
        time.sleep(0.3)
        leaving = [pool.submit(ask, seed, 0.2) for seed in (3, 4, 5)]
        for _ in range(3):
            assert httpx.post(f"{address}/api/simulate", json=BODY, timeout=30).status_code == 200
        assert not any(one.done() for one in staying)  # the sliders did not wait for them
        assert [one.result() for one in (*staying, *leaving)] == [200, 200, 0, 0, 0]
        assert sorted(begun) == [1, 2]


def test_what_a_client_gives_up_is_told_to_who_works_it_out() -> None:
    begun, left = threading.Event(), threading.Event()

    def simulate(engine: Any, ask: Any, wanted: Any) -> Any:
        if ask.seed == 1:
            begun.set()
            until = time.monotonic() + 20
            while not wanted.is_left and time.monotonic() < until:
                time.sleep(0.01)
            left.set()
            wanted.require()
        return lab_cases.answer(ask)

    with lab_cases.running(FREE, lab_cases.stand_in()._replace(simulate=simulate)) as address:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/api/simulate", json=BODY | {"seed": 1}, timeout=0.5)
        assert begun.is_set()
        assert left.wait(5)
        assert httpx.post(f"{address}/api/simulate", json=BODY, timeout=30).status_code == 200


def test_strategies_are_compared_each_in_the_course_of_events_asked_for(client: httpx.Client) -> None:
    two = {"strategies": [BODY["strategy"]] * 2, "draws": 20, "years": 2}
    told = client.post("/api/compare", json=two | {"branches": ["none", None]}).json()["compared"]
    assert [one["branch"] for one in told] == ["none", "as_on_record"]
    for wrong in (["none"], ["none"] * 3, ["nowhere", None]):
        assert client.post("/api/compare", json=two | {"branches": wrong}).status_code == 422


def test_a_comparison_has_an_end_that_is_told(client: httpx.Client) -> None:
    four = {"strategies": [BODY["strategy"]] * 4, "years": 10}
    answer = client.post("/api/compare", json=four | {"draws": 2000})
    assert (answer.status_code, "at most 500 draws" in answer.json()["error"]["hint"]) == (422, True)
    assert client.post("/api/compare", json=four | {"draws": 500}).status_code == 200
    assert client.get("/api/catalogue").json()["limits"]["work"] == 20_000


def test_a_report_is_not_written_of_a_strategy_and_the_document_of_another(client: httpx.Client) -> None:
    brief = {"document": {"sha256": "a" * 64}}
    other = BODY["strategy"] | {"document_sha256": "b" * 64}
    answer = client.post("/api/report", json={"strategy": other, "brief": brief})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "strategy")


def test_the_catalogue_tells_what_a_document_and_a_day_may_be(client: httpx.Client) -> None:
    limits = client.get("/api/catalogue").json()["limits"]
    assert limits["document_bytes"] == FREE.document_size
    for day, status in ((limits["first_day"], 200), (limits["last_day"], 200), ("2014-12-31", 422)):
        strategy = BODY["strategy"] | {"date": BODY["strategy"]["date"] | {"start": day, "end": day}}
        assert client.post("/api/simulate", json=BODY | {"strategy": strategy}).status_code == status


def test_the_catalogue_lists_what_is_chosen_by_name(client: httpx.Client) -> None:
    told = client.get("/api/catalogue").json()
    assert {row["id"] for row in told["statuses"]} == set(get_args(Status))
    assert {row["id"]: row["usual"] for row in told["switches"]} == dict(Switches())
    positions = {row["id"]: [one["id"] for one in row["positions"]] for row in told["switches"] if row["positions"]}
    assert positions == {"reciprocity": list(RECIPROCITY)}
    assert set(told["words"]["claim_verdict"]) == set(get_args(CheckVerdict))
    assert set(told["words"]["finding"]) == set(get_args(FindingKind))
    assert told["words"]["not_tested"]["word"] == NOT_TESTED
    assert told["limits"]["seed"] == {"least": 0, "most": SEEDS - 1, "usual": 0}
    for kind in ("statuses", "switches", "courses"):
        assert all(row["title"] and "_" not in row["title"] for row in told[kind])


@pytest.mark.parametrize("considered", [(), ("asylum.restriction",), ("military.strike", "border.agents")])
def test_the_courses_of_the_catalogue_are_those_that_a_strategy_has(
    client: httpx.Client, considered: tuple[str, ...]
) -> None:
    strategy = Strategy.model_validate(BODY["strategy"] | {"considered": considered})
    listed = client.get("/api/catalogue").json()["courses"]
    assert listed[0]["id"] == LEADING[0]
    found = {
        (row["id"], row["title"]) for row in listed if not row["considered"] or set(row["considered"]) & set(considered)
    }
    assert found == {(one.id, one.title) for one in branches(strategy) if one.id != "none"}


def test_the_description_says_what_a_stream_sends(schema: dict[str, Any]) -> None:
    told = schema["paths"]["/api/jobs/{id}/events"]["get"]["responses"]["200"]["description"]
    for key in schema["components"]["schemas"]["Step"]["properties"]:
        assert key in told
