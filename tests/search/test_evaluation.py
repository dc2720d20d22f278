"""Measuring the search, and the editors' search tests."""

import json
from pathlib import Path

import ir_measures
import pytest
from click.testing import CliRunner
from ir_measures import RR, R, nDCG

from helpcenter.cli import program
from helpcenter.search.collection import CollectionBroken, load_collection
from helpcenter.search.evaluation import load_search_tests, run_search_tests
from helpcenter.search.whoosh_engine import WhooshEngine

DOCS = [
    {"id": "a", "title": "Invoices", "body": "Where invoices are.", "lang": "en"},
    {"id": "b", "title": "Passwords", "body": "Change it. Invoices too.", "lang": "en"},
    {"id": "c", "title": "", "body": "Parcels and their tracking numbers.", "lang": "en"},
]
QUERIES = [
    {"id": "q1", "text": "invoice", "lang": "en"},
    {"id": "q2", "text": "track a parcel", "lang": "en"},
    {"id": "q3", "text": "zzzz qqqq", "lang": "en"},
]
QRELS = "query_id\tdoc_id\tscore\nq1\tb\t1\nq1\ta\t2\nq2\tc\t1\nq3\ta\t1\n"


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Return a folder with a small collection, its questions in dev/."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in DOCS))
    (tmp_path / "dev" / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in QUERIES))
    (tmp_path / "dev" / "qrels.tsv").write_text(QRELS)
    return tmp_path


def test_the_figures_are_those_any_tool_recomputes_from_the_run(collection: Path, tmp_path: Path) -> None:
    run = tmp_path / "answers.run"

    result = CliRunner().invoke(program, ["evaluate", "search", "--collection", str(collection), "--run", str(run), "--json"])

    figures = json.loads(result.stdout)
    judged = [ir_measures.Qrel(*line.split("\t")[:2], int(line.split("\t")[2])) for line in QRELS.splitlines()[1:]]
    expected = ir_measures.calc_aggregate([RR @ 10, nDCG @ 10, R @ 5, R @ 10], judged, list(ir_measures.read_trec_run(str(run))))
    assert {str(name): pytest.approx(value, abs=1e-4) for name, value in expected.items()} == {
        "RR@10": figures["mrr@10"],
        "nDCG@10": figures["ndcg@10"],
        "R@5": figures["recall@5"],
        "R@10": figures["recall@10"],
    }
    assert figures["zero_results"] == 1
    assert figures["queries"] == 3
    assert {"p50_ms", "p95_ms", "build_s"} <= set(figures)
    assert "searching 3/3" in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("docs.jsonl", '{"title": "no id"}\n', "docs.jsonl:1: id missing"),
        ("docs.jsonl", "{\n", "docs.jsonl:1: no JSON"),
        ("dev/queries.jsonl", '{"id": "q"}\n', "queries.jsonl:1: text missing"),
        ("dev/qrels.tsv", "q1\ta\n", "qrels.tsv:1: expected query_id"),
    ],
)
def test_a_broken_collection_says_file_and_line(collection: Path, name: str, text: str, message: str) -> None:
    (collection / name).write_text(text)

    with pytest.raises(CollectionBroken, match=message):
        load_collection(collection)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectionBroken, match="has no docs.jsonl"):
        load_collection(tmp_path)


def test_one_language_of_a_collection_is_measured(collection: Path) -> None:
    with open(collection / "docs.jsonl", "a") as file:
        file.write(json.dumps({"id": "d", "title": "Rēķini", "body": "", "lang": "lv"}) + "\n")

    assert len(load_collection(collection).documents) == 4
    assert [each.key for each in load_collection(collection, lang="lv").documents] == ["d"]


def write(folder: Path, text: str) -> Path:
    """Write a file of search tests and return its folder."""
    (folder / "en.yaml").write_text(text)
    return folder


def test_a_search_that_misses_its_article_says_file_line_and_what_was_found(built: WhooshEngine, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        "- {query: invoices, lang: en, article: find-invoice, within: 1}\n"
        "- {query: invoices, lang: en, article: payments/find-invoice}\n"
        "- {query: invoices, lang: en, article: slow-wifi}\n"
        "- {query: your, lang: en, article: house, within: 1}\n",
    )
    tests, problems = load_search_tests(folder)

    failures = run_search_tests(built, tests)

    assert problems == []
    assert [str(failure).removeprefix(str(folder)) for failure in failures] == [
        "/en.yaml:3: 'invoices' (en) must find slow-wifi among the first 3; it was not found; found: find-invoice; why: helpcenter search invoices --lang en --explain",
        str(failures[1]).removeprefix(str(folder)),
    ]
    assert "/en.yaml:4:" in str(failures[1])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("- {query: invoices, lang: en}", "article missing"),
        ("- {query: a, lang: en, article: b, within: none}", "within is 'none'"),
        ("- {query: a, lang: en, article: b, withn: 2}", "unknown: withn"),
        ("- just text", "a row with query"),
        ("query: a", "a list of searches"),
        ("- [", "YAML"),
    ],
)
def test_a_row_that_is_no_test_is_reported(tmp_path: Path, row: str, message: str) -> None:
    tests, problems = load_search_tests(write(tmp_path, row + "\n"))

    assert tests == []
    assert message in str(problems[0])
    assert str(problems[0]).startswith(f"{tmp_path / 'en.yaml'}:")
