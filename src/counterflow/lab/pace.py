"""How often one client may ask, and how much is in work at once."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class Pace:
    """A bucket for each client that fills at `rate` a second up to `burst`; every request takes one."""

    def __init__(self, rate: float, burst: int, *, most: int = 4096, clock: Callable[[], float] = time.monotonic):
        self._rate, self._burst, self._most, self._clock = rate, float(burst), most, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client: what is left, and as of when

    def wait(self, client: str) -> float:
        """Seconds until this client may ask; 0 where it may now, which then counts."""
        now = self._clock()
        left, seen = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - seen) * self._rate)
        missing = 1.0 - left
        self._left[client] = (left if missing > 0 else left - 1.0, now)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return max(0.0, missing / self._rate)


class Room:
    """Places for what is in work: whoever takes one gives it back."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.taken = 0

    @property
    def is_full(self) -> bool:
        """Whether no place is free."""
        return self.taken >= self.places

    def take(self) -> bool:
        """Take a place; whether one was free."""
        if self.is_full:
            return False
        self.taken += 1
        return True

    def leave(self) -> None:
        """Give a place back."""
        self.taken -= 1
