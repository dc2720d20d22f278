"""Publishing joins what does not know of each other: articles, chat rules, synonyms and the search index."""

from pathlib import Path

import pytest
from sqlalchemy import select

from helpcenter.cli.publishing import say
from helpcenter.content import library
from helpcenter.content.models import ContentProblem
from helpcenter.feedback.models import Vote
from helpcenter.journeys.models import ArticleViews
from helpcenter.journeys.reading import View, read_next, store
from helpcenter.publishing import publish
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
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


def test_a_bot_folder_that_is_gone_withdraws_its_rules_and_says_so(publishing, capsys):
    (publishing / "bot").rename(publishing / "not-bot")
    published = publish(publishing, services().index)
    say(published, 1)
    again = publish(publishing, services().index)

    assert published_rules() == set()
    assert (published.rules_withdrawn, again.rules_withdrawn) == (["en"], [])
    assert "The bot's rules of en were withdrawn" in capsys.readouterr().err
    assert not published.has_errors


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


class Unreachable:
    """An index whose disk is gone."""

    revision = 0

    def __getattr__(self, name):
        raise RuntimeError("the index is gone")


def test_an_index_that_missed_a_publish_catches_up_with_the_next(publishing):
    replace(publishing / INVOICE, "Find your invoices", "Find your zebras")
    with pytest.raises(RuntimeError):
        publish(publishing, Unreachable())
    assert found("zebras") == []

    publish(publishing, services().index)

    assert found("zebras") == ["payments/find-an-invoice"]


def test_an_index_that_missed_a_removal_loses_the_article_with_the_next_publish(publishing):
    (publishing / INVOICE).unlink()
    with pytest.raises(RuntimeError):
        publish(publishing, Unreachable())
    publish(publishing, services().index)

    assert services().index.revision == library.revision(db.session)
    assert "payments/find-an-invoice" not in found("invoices")


TEST = """- conversation: an invoice again
  turns:
    - say: send me the invoice again
      rule: {rule}
      article: payments/find-an-invoice
"""


def write_test(folder: Path, rule: str, lang: str = "en") -> None:
    """Save a conversation test that wants *rule* to answer."""
    path = folder / f"tests/conversations/{lang}/invoices.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEST.format(rule=rule), encoding="utf-8")


def test_rules_whose_conversations_fail_are_not_published(publishing):
    write_test(publishing, "invoice.copy")
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    published = publish(publishing, services().index)

    assert published.has_errors and published.rules_held == ["en"] and not published.rules_published
    assert published_rules() == {"invoice.copy"}
    assert [(problem.path, problem.line) for problem in db.session.scalars(select(ContentProblem))] == [
        ("tests/conversations/en/invoices.yaml", 3)
    ]


def test_rules_are_published_as_soon_as_their_conversations_pass(publishing):
    write_test(publishing, "invoice.copy")
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    publish(publishing, services().index)
    write_test(publishing, "invoice.again")
    published = publish(publishing, services().index)

    assert published.rules_published and not published.has_errors
    assert published_rules() == {"invoice.again"}
    assert db.session.scalars(select(ContentProblem)).all() == []


def test_one_language_whose_conversations_fail_does_not_hold_the_others(publishing):
    latvian = (publishing / RULES).read_text(encoding="utf-8").replace("invoice.copy", "rekins")
    (publishing / "bot/lv").mkdir()
    (publishing / "bot/lv/rekini.yaml").write_text(latvian, encoding="utf-8")
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    write_test(publishing, "something.else", "lv")
    published = publish(publishing, services().index)

    assert published.rules_held == ["lv"] and published.rules_published
    assert published_rules() == {"invoice.again"}
    assert not services().bot().of("lv").rules


def test_a_test_that_fails_now_does_not_take_published_rules_away(publishing):
    write_test(publishing, "something.else")
    published = publish(publishing, services().index)

    assert published.rules_held == [] and published_rules() == {"invoice.copy"}


def test_a_flow_whose_steps_change_places_is_another_revision(publishing):
    flow = "\nflows:\n  - flow: help\n    steps:\n      {}\n      {}\n"
    first, second = "one: {answer: First., choices: [{label: On, step: two}]}", "two: {answer: Second., choices: [{label: Back, step: one}]}"
    rules = (publishing / RULES).read_text(encoding="utf-8")
    (publishing / RULES).write_text(rules + flow.format(first, second), encoding="utf-8")
    assert not publish(publishing, services().index).has_errors
    before = services().bot().revision
    (publishing / RULES).write_text(rules + flow.format(second, first), encoding="utf-8")
    publish(publishing, services().index)

    assert services().bot().revision != before


def test_votes_and_readings_go_along_when_an_article_gets_another_key(publishing):
    today = utcnow().date()
    with writing() as session:
        for key, visitor in (("payments/find-an-invoice", "ann"), ("payments/find-an-invoice", "bob"), ("internet/invoices", "bob")):
            session.add(Vote(lang="en", key=key, version=1, visitor=visitor, helpful=key.startswith("payments")))
        views = [View(today, "en", "payments/find-an-invoice", "payments/payment-methods") for _ in range(3)]
        store(session, [*views, View(today, "en", "internet/invoices", "payments/payment-methods")])
    (publishing / INVOICE).rename(publishing / "en/internet/invoices.md")
    published = publish(publishing, services().index)

    assert published.changes.moves == {("en", "payments/find-an-invoice"): "internet/invoices"}
    votes = db.session.execute(select(Vote.key, Vote.visitor, Vote.helpful).order_by(Vote.visitor)).all()
    assert [tuple(vote) for vote in votes] == [("internet/invoices", "ann", True), ("internet/invoices", "bob", True)]
    assert db.session.execute(select(ArticleViews.key, ArticleViews.views)).all() == [("internet/invoices", 4)]
    assert read_next(db.session, "en", "payments/payment-methods") == {"internet/invoices": 4}


def test_votes_and_readings_are_swapped_with_the_files(publishing):
    one, other = publishing / INVOICE, publishing / "en/payments/payment-methods.md"
    keys = ("payments/find-an-invoice", "payments/payment-methods")
    with writing() as session:
        for key in keys:
            session.add(Vote(lang="en", key=key, version=1, visitor="ann", helpful=key == keys[0]))
        store(session, [View(utcnow().date(), "en", keys[0]) for _ in range(2)] + [View(utcnow().date(), "en", keys[1], keys[0])])
    text = one.read_text()
    one.write_text(other.read_text())
    other.write_text(text)
    publish(publishing, services().index)

    votes = db.session.execute(select(Vote.key, Vote.helpful).order_by(Vote.key)).all()
    assert [tuple(vote) for vote in votes] == [(keys[0], False), (keys[1], True)]
    assert dict(map(tuple, db.session.execute(select(ArticleViews.key, ArticleViews.views)))) == {keys[0]: 1, keys[1]: 2}
    assert read_next(db.session, "en", keys[1]) == {keys[0]: 1}


def test_tests_in_any_folder_and_of_another_language_hold_their_rules(publishing):
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    path = publishing / "tests/conversations/deep/er/any.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(TEST.format(rule="something.else").replace("  turns:", "  lang: en\n  turns:"), encoding="utf-8")

    assert publish(publishing, services().index).rules_held == ["en"]


def test_held_rules_are_still_held_by_the_next_publish(publishing):
    replace(publishing / RULES, "invoice.copy", "invoice.again")
    write_test(publishing, "something.else")
    publish(publishing, services().index)

    assert publish(publishing, services().index).rules_held == ["en"]
