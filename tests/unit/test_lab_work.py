"""Simulations wait their turn: who asked first is answered first, however long the queue."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from counterflow.lab import work as module
from counterflow.lab.errors import RefusedError
from counterflow.lab.work import Work


class Client:
    """What a queue asks of a request: whether somebody still waits for it."""

    def __init__(self) -> None:
        self.left = False

    async def is_disconnected(self) -> bool:
        return self.left


def asked(queue: Work, client: Client, done: list[int], number: int) -> asyncio.Task[Any]:
    def work() -> None:
        time.sleep(0.02)
        done.append(number)

    return asyncio.ensure_future(queue.do(client, work))  # type: ignore[arg-type]


def test_who_asked_first_is_answered_first_however_often_it_is_looked_whether_they_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK", 0.003)
    done: list[int] = []

    async def run() -> None:
        queue, all_of = Work(100, 1), []
        for number in range(12):
            all_of.append(asked(queue, Client(), done, number))
            await asyncio.sleep(0.005)
        await asyncio.gather(*all_of)
        queue.close()

    asyncio.run(run())
    assert done == list(range(12))


def test_who_leaves_while_waiting_is_not_worked_for_and_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK", 0.005)
    done: list[int] = []

    async def run() -> None:
        queue, clients = Work(100, 1), [Client() for _ in range(3)]
        tasks = [asked(queue, client, done, number) for number, client in enumerate(clients)]
        await asyncio.sleep(0.002)
        clients[1].left = True
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(told[1], RefusedError)
        assert told[1].status == 499  # of who has left, which is no fault of the lab
        await asyncio.wait_for(asked(queue, Client(), done, 3), 5)
        queue.close()

    asyncio.run(run())
    assert done == [0, 2, 3]


def test_a_request_that_is_cancelled_while_waiting_holds_no_place() -> None:
    done: list[int] = []

    async def run() -> None:
        queue = Work(100, 1)
        tasks = [asked(queue, Client(), done, number) for number in range(4)]
        await asyncio.sleep(0.005)
        tasks[1].cancel()
        tasks[2].cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in told] == [False, True, True, False]
        await asyncio.wait_for(asked(queue, Client(), done, 4), 5)
        queue.close()

    asyncio.run(run())
    assert done == [0, 3, 4]
