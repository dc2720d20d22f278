"""Moments at which something changes by itself: what was before is looked at before, however busy the machine is."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from helpcenter.storage.columns import utcnow

Seen = TypeVar("Seen")
ROUNDS = 4


def seen_before(look: Callable[[datetime], Seen], *, seconds: float = 2) -> tuple[Seen, datetime]:
    """Return what *look* sees of a moment that lies *seconds* ahead, and the moment, as soon as it is over.

    Where looking takes longer than that, it is done again with four times as long ahead.
    """
    for _ in range(ROUNDS):
        moment = utcnow() + timedelta(seconds=seconds)
        seen = look(moment)
        if (left := (moment - utcnow()).total_seconds()) > 0:
            time.sleep(left + 0.05)
            return seen, moment
        seconds *= 4
    raise AssertionError("the machine is too busy to look in time")
