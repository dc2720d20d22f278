"""What each weight of the search does: off, a step down (half) and a step up (twice), on every collection.

    python benchmarks/search_weights.py FOLDER...                        every weight
    python benchmarks/search_weights.py FOLDER... --weights title nearby     some of them
    python benchmarks/search_weights.py FOLDER... --set title=3 nearby=0.5   this change only

Figures are MRR@10 and recall@5 in points, as the difference to the table of
helpcenter/search/weights.py. The indexes, made by the engine itself, are kept
in --cache until articles or analysis change; the scorer is the engine's own.
With --sample every n-th query is asked, so that a set gives at most that many.
"""

import argparse
import copy
import hashlib
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from helpcenter.paths import PACKAGE
from helpcenter.search import metrics, whoosh_postings
from helpcenter.search.collection import AskedQuery, Collection, load_collection
from helpcenter.search.query import build_query
from helpcenter.search.scoring import best
from helpcenter.search.snapshot import LanguageView, Postings, Snapshot
from helpcenter.search.weights import WEIGHTS, Weights
from helpcenter.search.whoosh_engine import WhooshEngine

DEPTH = 10
SAMPLE = 150
STEP = 2.0
# What an index depends on besides its articles.
ANALYSIS = ("language/**/*.py", "language/**/*.txt", "search/preparing.py", "search/letters.py", "search/whoosh_files.py")


class SharingView(LanguageView):
    """A view whose vocabulary and postings, which no weight changes, are read once for all weights."""

    def __init__(self, snapshot: Snapshot, shared: LanguageView, read: dict[str, tuple[array, bytes]]) -> None:
        super().__init__(snapshot, shared.lang)
        self.vocabulary = shared.vocabulary
        self.read = read

    def postings(self, key: str) -> Postings:
        """Return where *key* stands."""
        found = self.remembered.get(key)
        if found is None:
            if key not in self.read:
                self.read[key] = whoosh_postings.postings(self.snapshot.reader, "words", f"{self.lang}:{key}")
            found = self.weigh(*self.read[key])
            self.remembered.put(key, found, len(found) + 1)
        return found


class Bench:
    """A collection with its index, asked with any weights."""

    def __init__(self, folder: Path, cache: Path, sample: int) -> None:
        collection = load_collection(folder)
        self.name = folder.name if folder.parent.name == "data" else f"{folder.parent.name}/{folder.name}"
        self.name = self.name.removeprefix("retrieval-").replace("feedbackqa-", "fqa-")
        judged = [query for query in collection.queries if query.id in collection.judged]
        self.queries: list[AskedQuery] = judged[:: -(-len(judged) // sample)]
        self.judged = collection.judged
        self.engine = indexed(collection, cache)
        self.snapshot = self.engine.current()
        self.raw: dict[str, tuple[array, bytes]] = {}

    def ask(self, weights: Weights) -> tuple[float, float]:
        """Return MRR@10 and recall@5 in points."""
        variant = copy.copy(self.snapshot)
        variant.weights, variant.views = weights, {}
        shared = self.snapshot.language(self.queries[0].lang)
        view = SharingView(variant, shared, self.raw)
        found = []
        for query in self.queries:
            ranked, _ = best(build_query(query.text, view, {}), view, limit=DEPTH)
            found.append(([variant.article(each.number)["key"] for each in ranked], self.judged[query.id]))
        return (
            100 * metrics.mean([metrics.reciprocal_rank(*pair) for pair in found]),
            100 * metrics.mean([metrics.recall(*pair, 5) for pair in found]),
        )


def indexed(collection: Collection, cache: Path) -> WhooshEngine:
    """Return an engine over *collection*, with the index of an earlier run where nothing changed."""
    digest = hashlib.sha256(repr(collection.documents).encode())
    for pattern in ANALYSIS:
        for path in sorted(PACKAGE.glob(pattern)):
            digest.update(path.read_bytes())
    engine = WhooshEngine(cache / digest.hexdigest()[:20])
    if engine.current() is None:
        engine.rebuild(collection.documents, 1)
    return engine


def steps(names: Sequence[str], step: float) -> Iterator[tuple[str, Weights]]:
    """Yield each change that is measured, with its name; a *step* divides and multiplies."""
    for name in names:
        value = getattr(WEIGHTS, name)
        if not isinstance(value, int | float):
            continue
        down, up = value / step, value * step
        if isinstance(value, int):
            down, up = min(round(down), value - 1), max(round(up), value + 1)
        for changed in (0, round(down, 3), round(up, 3)):
            if changed or name not in NEVER_OFF:
                yield f"{name} {value:g} -> {changed:g}", replace(WEIGHTS, **{name: type(value)(changed)})


# Counts, limits and divisors, for which 0 means nothing.
NEVER_OFF = ("title", "saturation", "nearby_span", "stretch_words", "looked_at", "subword_shortest", "prefix_words")


def one_change(settings: Sequence[str]) -> Iterator[tuple[str, Weights]]:
    """Yield the table with *settings* (``title=3``) in it."""
    pairs = [setting.partition("=") for setting in settings]
    yield " ".join(settings), replace(WEIGHTS, **{name: type(getattr(WEIGHTS, name))(float(value)) for name, _, value in pairs})


def show(benches: Sequence[Bench], changes: Iterator[tuple[str, Weights]]) -> None:
    """Print a row for the table as it is, and one for each change."""
    cells = [bench.name for bench in benches]
    print("| | " + " | ".join(cells) + " | mean |\n|" + "---|" * (len(cells) + 2))
    base = [bench.ask(WEIGHTS) for bench in benches]
    print(row("as it is", base, "{:.1f} / {:.1f}"), flush=True)
    for name, weights in changes:
        asked = [bench.ask(weights) for bench in benches]
        moved = [(now[0] - was[0], now[1] - was[1]) for now, was in zip(asked, base, strict=True)]
        print(row(name, moved, "{:+.1f} / {:+.1f}"), flush=True)


def row(name: str, pairs: Sequence[tuple[float, float]], cell: str) -> str:
    """Return a row of the table, with the mean at its end."""
    average = metrics.mean([pair[0] for pair in pairs]), metrics.mean([pair[1] for pair in pairs])
    return f"| {name} | " + " | ".join(cell.format(*pair) for pair in (*pairs, average)) + " |"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--weights", nargs="+", default=[field.name for field in fields(WEIGHTS)])
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--step", type=float, default=STEP)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "helpcenter-search-weights")
    asked = parser.parse_args()
    benches = [Bench(folder, asked.cache, asked.sample) for folder in asked.folders]
    show(benches, one_change(asked.set) if asked.set else steps(asked.weights, asked.step))
    print(f"{time.process_time():.0f} CPU s, {sum(len(bench.queries) for bench in benches)} queries", file=sys.stderr)


if __name__ == "__main__":
    main()
