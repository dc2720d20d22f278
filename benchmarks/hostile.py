"""Measures hostile input: `python -m benchmarks.hostile`, from the checkout. The tests count calls of the same inputs; this says seconds.

One line for each input: CPU seconds for a part of it, for four times as much, and how many times as long that took (four is
linear, sixteen quadratic). Articles that are too heavy are refused, which takes no time at all; so larger may be quicker.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.content.importers.test_html_markdown import HOSTILE as HTML
from tests.content.importers.test_html_markdown import markdown
from tests.content.test_weight import HOSTILE as ARTICLES
from tests.content.test_weight import SIZE, rendered_or_refused

ROUNDS = 3
# Below this the clock says more of itself than of the work.
SHORTEST_SECONDS = 0.005


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that *work* takes, the least of some rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def show(kind: str, name: str, small: Callable[[], object], large: Callable[[], object]) -> None:
    """Print one row."""
    first, second = seconds(small), seconds(large)
    ratio = f"{second / first:5.1f}" if first >= SHORTEST_SECONDS else "     "
    print(f"{kind:8} {name:36} {first:8.3f} {second:8.3f} {ratio}", flush=True)


def main() -> None:
    """Measure articles, and the HTML of other help centers."""
    print(f"{'what':8} {'input':36} {'a part':>8} {'4 times':>8} times")
    for name, text in ARTICLES.items():
        text = text[:SIZE]
        show("article", name, lambda text=text: rendered_or_refused(text[: len(text) // 4]), lambda text=text: rendered_or_refused(text))
    for name, make in HTML.items():
        show("html", name, lambda make=make: markdown(make(2000)), lambda make=make: markdown(make(8000)))


if __name__ == "__main__":
    main()
