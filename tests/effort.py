"""How much work something is, counted instead of timed: a count is the same on every machine, however busy it is.

What costs too much is refused by its count of function calls, ours and those of C. One call of C may still be slow, a
regular expression above all: whoever hangs there is told so, after a time that no honest work comes near.
`benchmarks/hostile.py` measures the same inputs in seconds.
"""

import cProfile
import time
from collections.abc import Callable
from types import FunctionType

# What the tests count takes a second at most; more than this is a hang, on any machine.
HANGING_SECONDS = 60
# What Python calls in about a second of one core.
SECOND_OF_CALLS = 4_000_000


def calls(work: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, are called while *work* runs.

    Raises AssertionError when it took longer than any honest work, in seconds of the processor.
    """
    return sum(entry.callcount for entry in _profiled(work))


def calls_of(function: FunctionType, work: Callable[[], object]) -> int:
    """Return how often *work* calls *function*, which is written in Python."""
    return sum(entry.callcount for entry in _profiled(work) if entry.code is function.__code__)


def growth(work: Callable[[int], object], small: int, large: int) -> float:
    """Return how many times the calls of `work(small)` the calls of `work(large)` are."""
    return calls(lambda: work(large)) / calls(lambda: work(small))


def _profiled(work: Callable[[], object]) -> list:
    profile = cProfile.Profile()
    began = time.process_time()
    profile.runcall(work)
    took = time.process_time() - began
    if took > HANGING_SECONDS:
        raise AssertionError(f"this took {took:.0f} seconds of the processor")
    return profile.getstats()
