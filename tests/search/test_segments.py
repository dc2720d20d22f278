"""The files of the index: small segments, of which a withdrawal writes only its own anew."""

from pathlib import Path

import pytest

from helpcenter.search import whoosh_files
from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine

LARGEST = 8


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    """Return an engine over twenty articles in segments of eight at most."""
    monkeypatch.setattr(whoosh_files, "LARGEST", LARGEST)
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([article(number) for number in range(20)], 1)
    return engine


def article(number: int, words: str = "common") -> Document:
    """Return an article with a word and a text of its own."""
    return Document(f"en:a{number}", "en", f"a{number}", f"a{number}", f"Title{number}", f"{words} zanzibar{number} text")


def segments(engine: WhooshEngine) -> dict[str, int]:
    """Return how many articles are in each file of the index, those left out counted too."""
    reader = engine.current().reader
    return {leaf.segment().segment_id(): leaf.doc_count_all() for leaf, _ in reader.leaf_readers()}


def content(engine: WhooshEngine) -> bytes:
    """Return all bytes of the index."""
    return b"".join(path.read_bytes() for path in sorted(engine.files.current().iterdir()))


def found(engine: WhooshEngine) -> set[str]:
    """Return the keys of all articles."""
    return {hit.key for hit in engine.search("common", "en", limit=100).hits}


def scores(engine: WhooshEngine, text: str) -> list[tuple[float, str]]:
    """Return score and key of what *text* finds."""
    return sorted((hit.score, hit.key) for hit in engine.search(text, "en", limit=100).hits)


def test_no_segment_has_more_than_the_largest(engine: WhooshEngine) -> None:
    engine.apply([article(number) for number in range(20, 50)], [], 2)

    # The commit's own segment has the revision as well.
    assert max(segments(engine).values()) <= LARGEST + 1
    assert found(engine) == {f"a{number}" for number in range(50)}


def test_a_withdrawal_writes_only_its_segment_anew_and_leaves_nothing_on_the_disk(engine: WhooshEngine) -> None:
    before = segments(engine)
    assert b"zanzibar12" in content(engine)

    engine.apply([], ["en:a12"], 2)

    # The segment of the article, and the one in which the revision stands.
    assert len(before.keys() - segments(engine).keys()) <= 2
    assert b"zanzibar12" not in content(engine)
    assert found(engine) == {f"a{number}" for number in range(20) if number != 12}


def test_former_versions_of_what_is_withdrawn_leave_the_disk_too(engine: WhooshEngine) -> None:
    engine.apply([article(12, "common moved")], [], 2)
    assert content(engine).count(b"zanzibar12") > 1

    engine.apply([], ["en:a12"], 3)

    assert b"zanzibar12" not in content(engine)
    assert engine.search("moved", "en").hits == ()


def test_a_withdrawal_of_all_leaves_an_empty_index(engine: WhooshEngine) -> None:
    engine.apply([], [f"en:a{number}" for number in range(20)], 2)

    assert found(engine) == set()
    assert engine.revision == 2
    assert b"zanzibar" not in content(engine)


def test_small_changes_join_and_replaced_texts_leave_the_disk(engine: WhooshEngine) -> None:
    for revision in range(2, 80):
        engine.apply([article(revision % 20, f"common revision{revision}of")], [], revision)

    assert found(engine) == {f"a{number}" for number in range(20)}
    assert len(segments(engine)) < 20
    assert b"revision2of" not in content(engine)
    assert engine.search("revision79of", "en").hits[0].key == "a19"


def test_scores_do_not_depend_on_segments(engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_files, "LARGEST", 1_000)
    whole = WhooshEngine(tmp_path / "whole")
    whole.rebuild([article(number) for number in range(20)], 1)

    for text in ("common", "zanzibar7", "title3 zanzibar", "zanzibra12"):
        assert scores(engine, text) == scores(whole, text)
