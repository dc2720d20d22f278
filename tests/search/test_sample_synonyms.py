"""The synonyms of the sample library: each leads to words that its articles have."""

import pytest

from helpcenter.content.checks import check_library
from helpcenter.content.models import Article
from helpcenter.paths import bundled
from helpcenter.search.following import document_of
from helpcenter.search.synonyms import keys, load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine

LANGUAGES = ("en", "lv", "pl", "sv", "kk")


@pytest.fixture(scope="module")
def sample_engine(tmp_path_factory) -> WhooshEngine:
    """Return an engine over the sample library with its synonyms."""
    engine = WhooshEngine(tmp_path_factory.mktemp("samples"), synonyms=load_synonyms(bundled("articles") / "synonyms")[0])
    engine.rebuild((document_of(Article(**each.row)) for each in check_library(bundled("articles")).compiled), 1)
    return engine


def test_every_line_can_be_used() -> None:
    synonyms, problems = load_synonyms(bundled("articles") / "synonyms")

    assert problems == []
    assert set(synonyms) == {*LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_synonym_leads_to_words_of_the_articles(sample_engine: WhooshEngine, lang: str) -> None:
    known = sample_engine.view(lang).vocabulary.keys
    pairs = load_synonyms(bundled("articles") / "synonyms")[0][lang]

    def is_found(term: str) -> bool:
        return all(key in known for key in keys(term, lang))

    assert [words for words, others in pairs if not is_found(words) and not any(map(is_found, others))] == []


@pytest.mark.parametrize(
    ("lang", "query", "article"),
    [
        ("en", "opt out", "account/move-or-cancel-a-contract"),
        ("en", "postman did not come", "orders/track-an-order"),
        ("lv", "pakomāts", "orders/delivery-times-and-costs"),
        ("pl", "doręczyciel", "orders/delivery-times-and-costs"),
        ("sv", "kvitto", "payments/find-an-invoice"),
        ("kk", "переезд", "account/move-or-cancel-a-contract"),
    ],
)
def test_a_word_that_no_article_has_finds_the_right_one(sample_engine: WhooshEngine, lang: str, query: str, article: str) -> None:
    assert article in [hit.key for hit in sample_engine.search(query, lang, limit=3).hits]
