"""How good the search is: measured on questions with known answers, and tested by the editors' searches."""

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpcenter.search import metrics
from helpcenter.search.collection import AskedQuery, Collection
from helpcenter.search.engine import Document, SearchEngine
from helpcenter.search.search_tests import Failure, SearchTest, load_search_tests, run_search_tests
from helpcenter.search.whoosh_engine import WhooshEngine

__all__ = [
    "Failure",
    "Measured",
    "SearchTest",
    "evaluate_collection",
    "evaluate_search_tests",
    "load_search_tests",
    "run_search_tests",
    "write_run",
]

DEPTH = 10
RUN_NAME = "helpcenter"
PROGRESS_EVERY = 50

# Told as work goes on: what is done, how many of how many.
Progress = Callable[[str, int, int], None]


@dataclass
class Measured:
    """The answers to a set of queries, and the time they took (CPU milliseconds of the thread)."""

    ranked: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    took_ms: list[float] = field(default_factory=list)
    build_s: float = 0.0
    documents: int = 0

    def figures(self, judged: dict[str, dict[str, int]]) -> dict[str, float | int]:
        """Return the measures over the judged queries, and times and empty answers over all."""
        pairs = [([name for name, _ in ranked], judged[query]) for query, ranked in self.ranked.items() if judged.get(query)]
        return {
            "queries": len(pairs),
            **({"documents": self.documents} if self.documents else {}),
            "mrr@10": round(metrics.mean([metrics.reciprocal_rank(*pair, DEPTH) for pair in pairs]), 4),
            "ndcg@10": round(metrics.mean([metrics.ndcg(*pair, DEPTH) for pair in pairs]), 4),
            "recall@1": round(metrics.mean([metrics.recall(*pair, 1) for pair in pairs]), 4),
            "recall@5": round(metrics.mean([metrics.recall(*pair, 5) for pair in pairs]), 4),
            "recall@10": round(metrics.mean([metrics.recall(*pair, 10) for pair in pairs]), 4),
            "zero_results": sum(not ranked for ranked in self.ranked.values()),
            "p50_ms": round(metrics.percentile(self.took_ms, 0.50), 3),
            "p95_ms": round(metrics.percentile(self.took_ms, 0.95), 3),
            "build_s": round(self.build_s, 3),
        }


def evaluate_collection(collection: Collection, *, progress: Progress = lambda *_: None) -> Measured:
    """Return the answers of a new index over the articles of *collection*; the index is temporary."""
    with tempfile.TemporaryDirectory(prefix="helpcenter-evaluation-") as folder:
        engine = WhooshEngine(Path(folder))
        started = time.process_time()
        engine.rebuild(told(collection.documents, progress), revision=1)
        built = time.process_time() - started
        engine.warm({query.lang for query in collection.queries})
        measured = ask(engine, collection.queries, progress)
    measured.build_s = built
    measured.documents = len(collection.documents)
    return measured


def told(documents: Sequence[Document], progress: Progress) -> Iterable[Document]:
    """Yield *documents* and tell how far the index is."""
    for number, document in enumerate(documents, 1):
        yield document
        if number % PROGRESS_EVERY == 0 or number == len(documents):
            progress("indexing", number, len(documents))


def ask(engine: SearchEngine, queries: Sequence[AskedQuery], progress: Progress = lambda *_: None) -> Measured:
    """Return what *engine* answers to *queries*."""
    measured = Measured()
    for number, query in enumerate(queries, 1):
        started = time.thread_time()
        results = engine.search(query.text, query.lang, limit=DEPTH)
        measured.took_ms.append((time.thread_time() - started) * 1000)
        measured.ranked[query.id] = [(hit.key, hit.score) for hit in results.hits]
        if number % PROGRESS_EVERY == 0 or number == len(queries):
            progress("searching", number, len(queries))
    return measured


def evaluate_search_tests(
    engine: SearchEngine, tests: Sequence[SearchTest], *, progress: Progress = lambda *_: None
) -> tuple[Measured, dict[str, dict[str, int]]]:
    """Return the answers over the published articles to the editors' searches, and which are right."""
    queries = [AskedQuery(f"{test.path.name}:{test.line}", test.query, test.lang) for test in tests]
    judged = {query.id: {test.article: 1} for query, test in zip(queries, tests, strict=True)}
    return ask(engine, queries, progress), judged


def write_run(measured: Measured, path: Path) -> None:
    """Write the answers as a TREC run: query, Q0, article, place, score, name of the run."""
    with open(path, "w", encoding="utf-8") as file:
        for query, ranked in measured.ranked.items():
            for place, (name, score) in enumerate(ranked, 1):
                file.write(f"{query} Q0 {name} {place} {score:.6f} {RUN_NAME}\n")
