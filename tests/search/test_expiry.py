"""Articles that expire or leave: nothing finds them, and what left is not on the disk either."""

from datetime import UTC, datetime, timedelta

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine
from tests.moments import seen_before

NOW = datetime.now(UTC)
WORD = "quarkelzapf"


def document(key: str, *, body: str = "", expires: datetime | None = None, **more) -> Document:
    """Return an English article."""
    return Document(id=f"en:{key}", lang="en", key=key, slug=key, title=more.pop("title", key), body=body, expires=expires, **more)


def others() -> list[Document]:
    """Return articles that stay."""
    return [document(f"plain-{number}", body=f"How to pay invoice number {number} by card.") for number in range(12)]


@pytest.fixture
def engine(tmp_path):
    """Return an engine over an empty folder."""
    return WhooshEngine(tmp_path / "index")


def everything(engine, typed: str) -> list:
    """Return whatever the engine says to *typed*, its slips and its beginning."""
    found = []
    for text in (typed, typed[:-1] + "e", typed[:6]):
        results = engine.search(text, "en", languages=("lv",))
        found += [*results.hits, *results.other_languages, results.did_you_mean, *engine.suggest(text, "en"), *engine.passages(text, "en")]
    return [each for each in found if each and WORD in repr(each)]


@pytest.mark.parametrize(
    "part",
    [{"title": f"The {WORD}"}, {"body": f"About the {WORD}."}, {"keywords": (WORD,)}, {"tags": (WORD,), "keywords": (WORD,)}, {"description": WORD}],
    ids=["title", "body", "keywords", "tags", "description"],
)  # fmt: skip
def test_an_expired_article_is_found_by_nothing_from_that_moment_on(engine, part):
    def look(expires: datetime) -> list:
        engine.rebuild([*others(), document("soon-gone", expires=expires, **{"body": f"{WORD} words", **part})], 1)
        return everything(engine, WORD)

    before, _expired = seen_before(look)

    assert before
    assert everything(engine, WORD) == []
    assert engine.search("pay invoices", "en").total == 12


def test_another_article_with_the_same_word_is_still_found(engine):
    engine.rebuild([*others(), document("a", body=f"The {WORD}."), document("b", body=f"A {WORD}.", expires=NOW - timedelta(days=1))], 1)

    assert [hit.key for hit in engine.search(WORD, "en").hits] == ["a"]
    assert engine.search(WORD[:-1] + "e", "en").did_you_mean == WORD


def test_an_expired_article_has_neither_section_nor_tag(engine):
    gone = document("a", body="Pay by invoice.", section="pay", tags=("card",), expires=NOW - timedelta(days=1))
    engine.rebuild([*others(), gone], 1)

    assert engine.search("pay", "en", section="pay").total == engine.search("pay", "en", tag="card").total == 0


def test_what_left_is_not_in_the_files_any_more(engine, tmp_path):
    engine.rebuild([*others(), document("a", title=f"The {WORD}", body=f"{WORD} words", keywords=(WORD,))], 1)
    before = [path for path in (tmp_path / "index").rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]
    engine.apply([document("plain-1", body="Another text.")], ["en:a"], 2)
    after = [path for path in (tmp_path / "index").rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]

    assert before
    assert after == []
    assert everything(engine, WORD) == []
    assert engine.search("pay invoices", "en").total == 11
