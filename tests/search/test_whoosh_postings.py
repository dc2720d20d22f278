"""Postings are read past Whoosh's own readers: the same articles, the same values, block for block."""

from pathlib import Path

import pytest

from helpcenter.search import whoosh_files, whoosh_postings
from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine

ARTICLES = 30


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    """Return an engine over thirty articles in segments of eight and blocks of three, some of them replaced or withdrawn."""
    monkeypatch.setattr(whoosh_files, "LARGEST", 8)
    monkeypatch.setattr(whoosh_files, "BLOCK", 3)
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([article(number) for number in range(ARTICLES)], 1)
    engine.apply([article(3, "common replaced"), article(17, "other")], [], 2)
    return engine


def article(number: int, words: str = "common common even") -> Document:
    """Return an article that says *words*, and a word of its own."""
    return Document(f"en:a{number}", "en", f"a{number}", f"a{number}", f"Title {number}", f"{words} single{number}")


def by_whoosh(reader: object, field: str, term: str) -> tuple[list[int], bytes]:
    """Return what Whoosh's own matcher walks over."""
    numbers, values = [], b""
    matcher = reader.postings(field, term.encode())
    while matcher.is_active():
        numbers.append(matcher.id())
        values += matcher.value() or b""
        matcher.next()
    return numbers, values


@pytest.mark.parametrize(
    ("field", "term"), [("words", "en:common"), ("words", "en:single5"), ("words", "en:replac"), ("lengths", "en"), ("forms", "en:common")]
)
def test_postings_are_those_that_whoosh_reads(engine: WhooshEngine, field: str, term: str) -> None:
    reader = engine.current().reader

    numbers, values = whoosh_postings.postings(reader, field, term)

    assert numbers
    assert (list(numbers), values) == by_whoosh(reader, field, term)


def test_a_word_of_replaced_articles_only_is_nowhere(engine: WhooshEngine) -> None:
    reader = engine.current().reader

    assert whoosh_postings.documents(reader, "words", "en:single17")
    engine.apply([article(17, "again")], [], 3)
    assert len(whoosh_postings.documents(engine.current().reader, "words", "en:single17")) == 1
    assert whoosh_postings.documents(engine.current().reader, "words", "en:other") == []


@pytest.mark.parametrize(("field", "term"), [("words", "en:nowhere"), ("words", "lv:common"), ("no-field", "en:common")])
def test_what_is_not_there_has_no_postings(engine: WhooshEngine, field: str, term: str) -> None:
    assert whoosh_postings.documents(engine.current().reader, field, term) == []


def test_what_is_no_list_of_postings_is_refused() -> None:
    with pytest.raises(ValueError, match="no postings"):
        list(whoosh_postings.unpacked(b"\0" * 40))


def test_terms_of_several_segments_are_counted_together_in_order(engine: WhooshEngine) -> None:
    found = dict(whoosh_postings.terms(engine.current().reader, "words", "en"))

    assert list(found) == sorted(found)
    # Each version of an article that was replaced counts until its segment is written anew.
    assert found["common"] >= ARTICLES - 1
    assert found["single5"] == 1
