"""Collections of questions with known answers: docs.jsonl, queries.jsonl and qrels.tsv in a folder."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpcenter.search.engine import Document, SearchError

__all__ = ["AskedQuery", "Collection", "CollectionBroken", "load_collection"]

DEVELOPMENT = "dev"


class CollectionBroken(SearchError):
    """A collection that cannot be read; the message says file and line."""


@dataclass(frozen=True)
class AskedQuery:
    """A query, and the language it is in."""

    id: str
    text: str
    lang: str


@dataclass(frozen=True)
class Collection:
    """Articles, queries, and for each judged query which articles are right (and how right)."""

    documents: list[Document]
    queries: list[AskedQuery]
    judged: dict[str, dict[str, int]]


def load_collection(folder: Path, *, lang: str | None = None) -> Collection:
    """Return the collection in *folder*; its files may be in a folder ``dev`` there.

    *lang* is taken for every row that says no other; without it the language
    most rows have. Raises CollectionBroken.
    """
    rows = read_rows(find_file(folder, "docs.jsonl"), "id")
    asked = read_rows(find_file(folder, "queries.jsonl"), "id", "text")
    usual = lang or most_frequent_language([row for _, row in (*rows, *asked)])
    documents = [document(row, usual) for _, row in rows]
    queries = [AskedQuery(str(row["id"]), str(row["text"]), str(row.get("lang") or usual)) for _, row in asked]
    if lang:
        documents = [each for each in documents if each.lang == lang]
        queries = [each for each in queries if each.lang == lang]
    return Collection(documents, queries, read_judged(find_file(folder, "qrels.tsv")))


def find_file(folder: Path, name: str) -> Path:
    """Return where *name* is in *folder* or in its ``dev``."""
    for path in (folder / name, folder / DEVELOPMENT / name):
        if path.is_file():
            return path
    raise CollectionBroken(f"{folder} has no {name}, and no {DEVELOPMENT}/{name}")


def read_rows(path: Path, *needed: str) -> list[tuple[int, dict]]:
    """Return the objects of a JSON lines file with their line numbers."""
    return list(iterate_rows(path, needed))


def iterate_rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict]]:
    """Yield the objects of a JSON lines file with their line numbers."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise CollectionBroken(f"{path}:{number}: no JSON: {error}") from error
            missing = [name for name in needed if not isinstance(row, dict) or row.get(name) is None]
            if missing:
                raise CollectionBroken(f"{path}:{number}: {', '.join(missing)} missing")
            yield number, row


def most_frequent_language(rows: list[dict]) -> str:
    """Return the language most of *rows* have."""
    counted = Counter(str(row["lang"]) for row in rows if row.get("lang"))
    return counted.most_common(1)[0][0] if counted else "en"


def document(row: dict, usual: str) -> Document:
    """Return a row of docs.jsonl as an article."""
    name, lang = str(row["id"]), str(row.get("lang") or usual)
    return Document(
        id=f"{lang}:{name}",
        lang=lang,
        key=name,
        slug=name,
        title=str(row.get("title") or ""),
        body=str(row.get("body") or ""),
        headings=tuple(map(str, row.get("headings") or ())),
        keywords=tuple(map(str, row.get("keywords") or ())),
        description=str(row.get("description") or ""),
    )


def read_judged(path: Path) -> dict[str, dict[str, int]]:
    """Return for each query the articles that were judged, with their score."""
    judged: dict[str, dict[str, int]] = {}
    with open(path, encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
            if number == 1 and row[:1] == ["query_id"] or not row:
                continue
            try:
                query, name, score = row
                judged.setdefault(query, {})[name] = int(score)
            except ValueError as error:
                raise CollectionBroken(f"{path}:{number}: expected query_id, doc_id and score") from error
    return judged
