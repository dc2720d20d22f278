"""One vote a visitor and article, whatever happens at once."""

import multiprocessing
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.feedback import votes
from helpcenter.feedback.models import Vote
from helpcenter.storage import db, writing

PROCESSES, VOTERS = 8, 200


@dataclass
class Article:
    """As much of an article as a vote needs."""

    lang: str = "en"
    key: str = "billing/invoice"
    version: int = 1


ARTICLE = Article()


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


def test_a_vote_is_counted(writer):
    votes.cast(writer, ARTICLE, "ann", helpful=True)
    votes.cast(writer, ARTICLE, "bob", helpful=False)

    assert votes.counts(writer, "en", "billing/invoice") == (1, 1)
    assert votes.counts(writer, "lv", "billing/invoice") == (0, 0)


def test_a_second_vote_replaces_the_first(writer):
    votes.cast(writer, ARTICLE, "ann", helpful=True, reason="clear")

    changed = votes.cast(writer, Article(version=2), "ann", helpful=False)

    assert votes.counts(writer, "en", "billing/invoice") == (0, 1)
    assert (changed.helpful, changed.version) == (False, 2)
    assert changed.reason is None, "the reason belonged to the other answer"


def test_the_same_answer_again_keeps_what_was_said_before(writer):
    votes.cast(writer, ARTICLE, "ann", helpful=False, reason="unclear", comment="Step 3?", query="pay", journey_id=7)

    again = votes.cast(writer, ARTICLE, "ann", helpful=False, reason="wrong")

    assert (again.reason, again.comment, again.query, again.journey_id) == ("wrong", "Step 3?", "pay", 7)


def test_an_unknown_reason_is_refused():
    with pytest.raises(votes.VoteRefused, match="because"):
        votes.known_reason("because", votes.REASONS)

    assert votes.known_reason("unclear", votes.REASONS) == "unclear"
    assert votes.known_reason("", votes.REASONS) is None


@pytest.mark.parametrize("reason", ["", None])
def test_no_reason_is_no_reason(writer, reason):
    assert votes.cast(writer, ARTICLE, "ann", helpful=False, reason=reason).reason is None


def test_a_long_comment_is_cut_and_cleaned(writer):
    vote = votes.cast(writer, ARTICLE, "ann", helpful=False, comment="\x00 a\u202e" + "ж" * 5000)

    assert len(vote.comment) == votes.LONGEST_COMMENT
    assert vote.comment.startswith("aж")


def test_an_empty_comment_is_none(writer):
    assert votes.cast(writer, ARTICLE, "ann", helpful=False, comment=" \n ").comment is None


def test_who_has_voted_is_known(writer):
    votes.cast(writer, ARTICLE, "ann", helpful=True)

    assert votes.has_voted(writer, "en", "billing/invoice", "ann")
    assert not votes.has_voted(writer, "lv", "billing/invoice", "ann")
    assert not votes.has_voted(writer, "en", "billing/invoice", "eve")


def test_counting_reads_an_index_and_no_rows(app):
    """On SQLite; PostgreSQL chooses by the size of the table."""
    with app.app_context():
        counting = votes.COUNTED.params(lang="en", key="x").compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {counting}").all()

    assert "COVERING INDEX ix_vote_lang_key_helpful" in str(plan)


def test_many_voters_in_many_processes_are_counted_exactly(storage_app):
    """Every voter votes twice, the second time with a changed mind, from two processes at once."""
    url = storage_app.config["SQLALCHEMY_DATABASE_URI"]
    # One process imports everything once; the eight are forked from it, without a connection of this one.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    parts = [[f"voter-{number}" for number in range(VOTERS) if number % (PROCESSES // 2) == part % (PROCESSES // 2)] for part in range(PROCESSES)]
    voting = [context.Process(target=vote_all, args=(url, voters, part)) for part, voters in enumerate(parts)]

    for process in voting:
        process.start()
    for process in voting:
        process.join(timeout=200)

    assert [process.exitcode for process in voting] == [0] * PROCESSES
    with storage_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == VOTERS
        assert votes.counts(db.session, "en", "billing/invoice") == (0, VOTERS)


def vote_all(url: str, voters: list[str], part: int) -> None:
    """Vote for each of *voters* in a process of its own."""
    app = Flask(__name__)
    storage.init_app(app, url)
    with app.app_context():
        for helpful in (True, False):
            for voter in voters:
                with writing() as session:
                    votes.cast(session, ARTICLE, voter, helpful=helpful and part < PROCESSES // 2)
    storage.close(app)
