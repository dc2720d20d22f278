"""Publishing joins what does not know of each other: articles, chat rules, synonyms and the search index."""

from pathlib import Path

import pytest

from helpcenter.content import library
from helpcenter.publishing import publish
from helpcenter.storage import db
from helpcenter.web.services import services

INVOICE = "en/payments/find-an-invoice.md"
RULES = "bot/en/invoices.yaml"


@pytest.fixture
def publishing(published_app, settings):
    """Return the content folder of a published library, inside its application's context."""
    with published_app.app_context():
        yield settings.articles


def replace(path: Path, old: str, new: str) -> None:
    """Save *path* with *new* in place of *old*."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(query: str) -> list[str]:
    """Return the keys of the articles that *query* finds in English."""
    return [hit.key for hit in services().engine.search(query, "en").hits]


def published_rules() -> set[str]:
    """Return the English intents that web processes answer with."""
    return set(services().bot().of("en").rules)


def test_broken_rules_are_told_and_the_last_good_ones_stay(publishing):
    replace(publishing / RULES, "    examples:", "    exampels:")
    published = publish(publishing, services().index)

    assert published.has_errors and not published.rules_published
    assert [problem.path.rpartition("/")[2] for problem in published.rule_problems if problem.severity == "error"]
    assert published_rules() == {"invoice.copy"}


def test_changed_rules_are_a_new_revision_and_reach_the_bot(publishing):
    before = library.revision(db.session)
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    published = publish(publishing, services().index)

    assert published.rules_published and published.changes.revision == before + 1
    assert published_rules() == {"invoice.again"}
    assert services().index.revision == before + 1


def test_nothing_changed_is_no_revision(publishing):
    before = library.revision(db.session)

    assert publish(publishing, services().index).changes.revision is None
    assert library.revision(db.session) == before


def test_an_article_that_leaves_the_lists_leaves_the_index(publishing):
    assert "payments/find-an-invoice" in found("invoices")
    replace(publishing / INVOICE, "order: 1", "order: 1\nunlisted: true")
    publish(publishing, services().index)

    assert "payments/find-an-invoice" not in found("invoices")


def test_an_index_that_missed_a_publish_catches_up_with_the_next(publishing, published_app):
    class Unreachable:
        """An index whose disk is gone."""

        revision = 0

        def __getattr__(self, name):
            raise RuntimeError("the index is gone")

    replace(publishing / INVOICE, "Find your invoices", "Find your zebras")
    with pytest.raises(RuntimeError):
        publish(publishing, Unreachable())
    assert found("zebras") == []

    publish(publishing, services().index)

    assert found("zebras") == ["payments/find-an-invoice"]
