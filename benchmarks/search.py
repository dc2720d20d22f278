"""Measures the search beside SQLite FTS5 and tantivy, in one run.

    python benchmarks/search.py quality FOLDER...     collections with docs.jsonl, queries.jsonl, qrels.tsv
    python benchmarks/search.py speed FOLDER...       CPU milliseconds at 300, 3,000 and 10,000 articles
    python benchmarks/search.py memory FOLDER...      what a web worker holds of an index it did not build

tantivy is installed for this measurement only: ``pip install tantivy==0.27.0``.
Without it the column says so. Times are CPU milliseconds of the thread that
asks, the ten hits with their snippets included.
"""

import argparse
import random
import re
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from html import escape
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from helpcenter.search import metrics
from helpcenter.search.collection import Collection, load_collection
from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine

try:
    import tantivy
except ImportError:
    tantivy = None

DEPTH = 10
WORD = re.compile(r"\w+")
SIZES = (300, 3_000, 10_000)
SPEED_QUERIES = 200

# Returns the names of the best ten articles, having made a snippet of each.
Ask = Callable[[str, str], list[str]]


def ours(documents: Sequence[Document], folder: Path) -> Ask:
    """Return the search of this project over *documents*."""
    engine = WhooshEngine(folder / "ours")
    engine.rebuild(documents, 1)
    engine.warm({document.lang for document in documents})
    return lambda text, lang: [hit.key for hit in engine.search(text, lang, limit=DEPTH).hits]


def fts5(documents: Sequence[Document], folder: Path) -> Ask:
    """Return SQLite FTS5 over *documents*: words without diacritics, OR, title 3 and body 1."""
    base = sqlite3.connect(folder / "fts5.db")
    base.execute("CREATE VIRTUAL TABLE a USING fts5(key UNINDEXED, title, body, tokenize = 'unicode61 remove_diacritics 2')")
    base.executemany("INSERT INTO a VALUES (?, ?, ?)", [(each.key, each.title, each.body) for each in documents])
    base.commit()
    asked = (
        "SELECT key, snippet(a, 2, '<mark>', '</mark>', '…', 32) FROM a WHERE a MATCH ? ORDER BY bm25(a, 0, 3, 1) LIMIT 10"
    )

    def ask(text: str, lang: str) -> list[str]:
        words = dict.fromkeys(WORD.findall(text.lower()))
        if not words:
            return []
        return [row[0] for row in base.execute(asked, (" OR ".join(f'"{word}"' for word in words),))]

    return ask


def with_tantivy(documents: Sequence[Document], folder: Path) -> Ask:
    """Return tantivy over *documents*: its stemmer of the language where it has one, OR, title 3 and body 1."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        builder.add_text_field(name, stored=True, tokenizer_name="words")
    index = tantivy.Index(builder.build())
    index.register_tokenizer("words", tantivy_words(documents[0].lang))
    writer = index.writer(num_threads=1)
    for each in documents:
        writer.add_document(tantivy.Document(key=each.key, title=each.title, body=each.body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher, schema = index.searcher(), index.schema

    def ask(text: str, lang: str) -> list[str]:
        words = " ".join(dict.fromkeys(WORD.findall(text.lower())))
        if not words:
            return []
        query, _ = index.parse_query_lenient(words, ["title", "body"], field_boosts={"title": 3.0})
        snippets = tantivy.SnippetGenerator.create(searcher, query, schema, "body")
        found = []
        for _, address in searcher.search(query, DEPTH).hits:
            document = searcher.doc(address)
            snippets.snippet_from_doc(document).to_html()
            found.append(document["key"][0])
        return found

    return ask


def tantivy_words(lang: str) -> object:
    """Return tantivy's analyser of *lang*: lower case, stem where it can, fold."""
    stemmed = {"en": "english", "sv": "swedish", "ru": "russian", "de": "german", "fr": "french", "es": "spanish"}
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    if lang in stemmed:
        builder = builder.filter(tantivy.Filter.stemmer(stemmed[lang]))
    return builder.filter(tantivy.Filter.ascii_fold()).build()


def whoosh_as_documented(documents: Sequence[Document], folder: Path) -> Ask:
    """Return Whoosh as its documentation shows it: stemming analyser, MultifieldParser, OrGroup, highlights."""
    from whoosh import fields, qparser
    from whoosh.analysis import StemmingAnalyzer
    from whoosh.filedb.filestore import FileStorage

    (folder / "documented").mkdir()
    text = fields.TEXT(analyzer=StemmingAnalyzer(), stored=True)
    schema = fields.Schema(key=fields.ID(stored=True), title=text, body=text)
    index = FileStorage(str(folder / "documented")).create_index(schema)
    writer = index.writer(limitmb=256)
    for each in documents:
        writer.add_document(key=each.key, title=each.title, body=each.body)
    writer.commit()
    searcher = index.searcher()
    parser = qparser.MultifieldParser(
        ["title", "body"], schema, fieldboosts={"title": 3.0}, group=qparser.OrGroup.factory(0.9)
    )

    def ask(text: str, lang: str) -> list[str]:
        found = searcher.search(parser.parse(" ".join(WORD.findall(text))), limit=DEPTH)
        return [hit["key"] for hit in found if hit.highlights("body") is not None]

    return ask


def engines(*, documented: bool) -> dict[str, Callable[[Sequence[Document], Path], Ask]]:
    """Return the engines that are compared."""
    compared = {"ours": ours, "fts5": fts5}
    if tantivy:
        compared["tantivy"] = with_tantivy
    if documented:
        compared["whoosh as documented"] = whoosh_as_documented
    return compared


def timed(ask: Ask, queries: Iterable[tuple[str, str]]) -> tuple[list[list[str]], list[float]]:
    """Return the answers and the CPU milliseconds of each."""
    answers, took = [], []
    for text, lang in queries:
        started = time.thread_time()
        answers.append(ask(text, lang))
        took.append((time.thread_time() - started) * 1000)
    return answers, took


def judge(collection: Collection, build: Callable[[Sequence[Document], Path], Ask]) -> str:
    """Return the figures of one engine over *collection* as cells of a table."""
    with tempfile.TemporaryDirectory() as folder:
        ask = build(collection.documents, Path(folder))
        answers, took = timed(ask, [(query.text, query.lang) for query in collection.queries])
    pairs = [
        (ranked, collection.judged[query.id])
        for query, ranked in zip(collection.queries, answers, strict=True)
        if query.id in collection.judged
    ]
    figures = [
        metrics.mean([metrics.recall(*pair, 1) for pair in pairs]),
        metrics.mean([metrics.recall(*pair, 5) for pair in pairs]),
        metrics.mean([metrics.reciprocal_rank(*pair) for pair in pairs]),
        metrics.mean([metrics.ndcg(*pair) for pair in pairs]),
    ]
    times = [metrics.percentile(took, 0.5), metrics.percentile(took, 0.95)]
    shown = [f"{100 * figure:.1f}" for figure in figures] + [str(sum(not each for each in answers))]
    return " | ".join([*shown, *(f"{each:.1f}" for each in times)])


def measure_quality(folders: Sequence[Path]) -> None:
    """Print a table of figures of each engine over each collection."""
    print("| collection | articles | questions | engine | R@1 | R@5 | MRR@10 | nDCG@10 | no hit | p50 ms | p95 ms |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for folder in folders:
        collection = load_collection(folder)
        counts = f"{folder.parent.name}/{folder.name} | {len(collection.documents)} | {len(collection.queries)}"
        for name, build in engines(documented=False).items():
            print(f"| {counts} | {name} | {judge(collection, build)} |", flush=True)


def measure_speed(folders: Sequence[Path], sizes: Sequence[int]) -> None:
    """Print times at each size: words never asked before, and asked before; and of suggestions."""
    source = [document for folder in folders for document in load_collection(folder).documents if document.body]
    print("| articles | engine | build s | cold p50 / p95 | warm p50 / p95 |")
    print("|---|---|---|---|---|")
    for size in sizes:
        documents = list(enlarged(source, size))
        queries = [(text, documents[0].lang) for text in title_queries(documents)]
        for name, build in engines(documented=size <= 3_000).items():
            with tempfile.TemporaryDirectory() as folder:
                started = time.process_time()
                ask = build(documents, Path(folder))
                built = time.process_time() - started
                cold = timed(ask, queries)[1]
                warm = [min(times) for times in zip(*(timed(ask, queries)[1] for _ in range(3)), strict=True)]
                print(f"| {size} | {name} | {built:.1f} | {shown(cold)} | {shown(warm)} |", flush=True)
                if name == "ours":
                    measure_suggestions(Path(folder) / "ours", size, queries)


def measure_suggestions(folder: Path, size: int, queries: Sequence[tuple[str, str]]) -> None:
    """Print the times of suggestions for half-typed queries, of the very first one too, over the index in *folder*."""
    halves = [(text[: max(2, len(text) - 3)], lang) for text, lang in queries]
    # A process of its own: this one holds every article, which the collector of Python then walks over.
    with ProcessPoolExecutor(1, get_context("spawn")) as worker:
        cold, warm = worker.submit(suggestions_of_worker, folder, halves).result()
    print(f"| {size} | ours, suggestions (the first {cold[0]:.1f}, the slowest {max(cold):.1f}) | | {shown(cold)} | {shown(warm)} |", flush=True)


def suggestions_of_worker(folder: Path, halves: Sequence[tuple[str, str]]) -> tuple[list[float], list[float]]:
    """Return the times of suggestions asked for the first time, and again."""
    engine = WhooshEngine(folder)
    engine.warm([halves[0][1]])
    ask: Ask = lambda text, lang: [each.title for each in engine.suggest(text, lang)]  # noqa: E731
    return timed(ask, halves)[1], timed(ask, halves)[1]


def measure_memory(folders: Sequence[Path], sizes: Sequence[int]) -> None:
    """Print at each size the memory of a web worker: its code, then with the index open, then after 200 queries."""
    source = [document for folder in folders for document in load_collection(folder).documents if document.body]
    print("| articles | code MB | index open MB | after 200 queries MB | opening, CPU ms |\n|---|---|---|---|---|")
    for size in sizes:
        documents = list(enlarged(source, size))
        with tempfile.TemporaryDirectory() as folder:
            WhooshEngine(Path(folder)).rebuild(documents, 1)
            # A process of its own, which has neither built the index nor read the articles.
            with ProcessPoolExecutor(1, get_context("spawn")) as worker:
                code, opened, asked, took = worker.submit(
                    memory_of_worker, folder, title_queries(documents), documents[0].lang
                ).result()
        print(f"| {size} | {code:.0f} | {opened:.0f} | {asked:.0f} | {took:.0f} |", flush=True)


def memory_of_worker(folder: str, queries: Sequence[str], lang: str) -> tuple[float, float, float, float]:
    """Return the megabytes of this process before, with the index, and after *queries*; and how long it opened."""
    import_module("helpcenter.app")
    code = resident_mb()
    started = time.process_time()
    engine = WhooshEngine(Path(folder))
    engine.warm([lang])
    took = (time.process_time() - started) * 1000
    opened = resident_mb()
    for text in queries:
        engine.search(text, lang, limit=DEPTH)
    return code, opened, resident_mb(), took


def resident_mb() -> float:
    """Return the memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def enlarged(source: Sequence[Document], size: int) -> Iterable[Document]:
    """Yield *size* articles: those of *source*, then more made of their shuffled sentences (spread wider than real ones)."""
    chance = random.Random(7)
    yield from source[:size]
    sentences = [sentence for document in source for sentence in re.split(r"(?<=[.!?])\s+", document.body)]
    lengths = [document.body.count(" ") for document in source]
    titles = [document.title for document in source if document.title]
    for number in range(len(source), size):
        wanted, body = chance.choice(lengths), []
        while wanted > 0:
            body.append(chance.choice(sentences))
            wanted -= body[-1].count(" ") + 1
        name = f"made-{number}"
        title = " ".join(chance.sample((chance.choice(titles) + " " + chance.choice(titles)).split(), 3))
        yield Document(f"en:{name}", source[0].lang, name, name, title, " ".join(body))


def title_queries(documents: Sequence[Document]) -> list[str]:
    """Return 200 queries of two to five words out of titles."""
    chance = random.Random(11)
    titles = [words for document in documents if len(words := WORD.findall(document.title)) >= 2]
    return [" ".join(words[: chance.randint(2, 5)]) for words in chance.choices(titles, k=SPEED_QUERIES)]


def shown(took: Sequence[float]) -> str:
    """Return the median and the 95th percentile."""
    return f"{statistics.median(took):.1f} / {metrics.percentile(took, 0.95):.1f}"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=escape(__doc__ or ""), formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["quality", "speed", "memory"])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    asked = parser.parse_args()
    if not tantivy:
        print("tantivy is not installed: its rows are left out", file=sys.stderr)
    if asked.what == "quality":
        measure_quality(asked.folders)
    else:
        {"speed": measure_speed, "memory": measure_memory}[asked.what](asked.folders, asked.sizes)


if __name__ == "__main__":
    main()
