"""The comments inbox: what is in it, what is done, and what comes back."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import update

from helpcenter.content.models import Article
from helpcenter.feedback import comments, votes
from helpcenter.feedback.comments import DONE, OPEN, Filter
from helpcenter.feedback.models import Vote
from helpcenter.feedback.moving import move_votes
from helpcenter.language.cleaning import TextRefused
from helpcenter.storage import db, writing

THEN = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Read(NamedTuple):
    """An article as somebody read it."""

    lang: str
    key: str
    version: int


def article(lang: str, key: str, *, section: str | None = None) -> Article:
    """Return a published article."""
    slug = key.rpartition("/")[2]
    return Article(
        lang=lang, key=key, slug=slug, section=section or key.rpartition("/")[0], title=slug.title(), html="", body_text="",
        source_path=f"{lang}/{key}.md", source_hash="x", published_at=THEN,
    )  # fmt: skip


def say(lang: str, key: str, visitor: str, *, at: datetime = THEN, version: int = 1, **said) -> int:
    """Store a vote and return its number."""
    with writing() as session:
        vote = votes.cast(session, Read(lang, key, version), visitor, helpful=said.pop("helpful", False), **said)
        session.execute(update(Vote).where(Vote.id == vote.id).values(changed_at=at))
        return vote.id


@pytest.fixture
def inbox(storage_app) -> dict[str, int]:
    """Return the numbers of four comments, and store a vote that says nothing."""
    with storage_app.app_context():
        with writing() as session:
            session.add_all([article("en", "payments/cards/fees"), article("lv", "internet/slow")])
        numbers = {
            "ann": say("en", "payments/cards/fees", "ann", comment="Which fees?", reason="incomplete", at=THEN),
            "bob": say("en", "payments/cards/fees", "bob", reason="clear", helpful=True, at=THEN + timedelta(days=1)),
            "eve": say("lv", "internet/slow", "eve", comment="Nedarbojas", at=THEN + timedelta(days=2)),
            "gone": say("en", "payments/left", "ann", comment="Where is it?", at=THEN - timedelta(days=9)),
        }
        say("en", "payments/cards/fees", "quiet")
        yield numbers


def found(**wanted) -> list[int]:
    """Return the numbers of the comments that are wanted."""
    return [one.id for one in comments.list_comments(db.session, Filter(**wanted))]


def test_a_vote_with_a_comment_or_a_reason_is_in_the_inbox_and_no_other(inbox):
    assert found() == [inbox["eve"], inbox["bob"], inbox["ann"], inbox["gone"]]


def test_the_inbox_is_filtered(inbox):
    assert found(key="internet/slow") == [inbox["eve"]]
    assert found(section="payments") == [inbox["bob"], inbox["ann"], inbox["gone"]]
    assert found(section="payments/cards") == [inbox["bob"], inbox["ann"]]
    assert found(section="pay") == []
    assert found(lang="lv") == [inbox["eve"]]
    assert found(reason="incomplete") == [inbox["ann"]]
    assert found(since=date(2026, 3, 11), until=date(2026, 3, 11)) == [inbox["bob"]]


def test_a_comment_knows_its_article_also_one_that_left(inbox):
    shown = {one.id: one for one in comments.list_comments(db.session, Filter())}

    assert (shown[inbox["ann"]].title, shown[inbox["ann"]].section) == ("Fees", "payments/cards")
    assert (shown[inbox["gone"]].title, shown[inbox["gone"]].section) == ("payments/left", "payments")


def test_a_done_comment_says_by_whom_and_by_which_version_and_can_be_reopened(inbox):
    with writing() as session:
        comments.mark_done(session, inbox["ann"], by="Ed", fixed_in=4, note="Named the fees.", now=THEN + timedelta(hours=1))

    done = comments.find_comment(db.session, inbox["ann"])
    assert (done.is_done, done.kept.done_by, done.kept.fixed_in, done.kept.note) == (True, "Ed", 4, "Named the fees.")
    assert found(state=DONE) == [inbox["ann"]]
    assert comments.count_by_state(db.session, Filter(state=OPEN)) == {OPEN: 3, DONE: 1}

    with writing() as session:
        comments.reopen(session, inbox["ann"])

    assert found(state=DONE) == []
    assert inbox["ann"] in found(state=OPEN)


def test_a_reader_who_writes_anew_opens_the_comment_again(inbox):
    with writing() as session:
        comments.mark_done(session, inbox["ann"], by="Ed", fixed_in=None, note="", now=THEN + timedelta(hours=1))
    say("en", "payments/cards/fees", "ann", comment="Still not there", at=THEN + timedelta(hours=2))

    assert not comments.find_comment(db.session, inbox["ann"]).is_done
    assert inbox["ann"] in found(state=OPEN)


def test_what_was_done_goes_along_with_a_vote_that_moves_and_away_with_one_that_is_deleted(inbox):
    with writing() as session:
        comments.mark_done(session, inbox["ann"], by="Ed", fixed_in=4, note="", now=THEN + timedelta(hours=1))
        comments.leave_address(session, inbox["ann"], "ann@example.org")
        move_votes(session, {("en", "payments/cards/fees"): "payments/fees"})
    moved = comments.find_comment(db.session, inbox["ann"])
    assert (moved.vote.key, moved.is_done, moved.kept.email) == ("payments/fees", True, "ann@example.org")

    with writing() as session:
        session.delete(session.get(Vote, inbox["ann"]))

    assert comments.find_comment(db.session, inbox["ann"]) is None
    assert db.session.get(comments.CommentState, inbox["ann"]) is None


def test_a_note_that_is_too_long_is_refused(inbox):
    with pytest.raises(TextRefused), writing() as session:
        comments.mark_done(session, inbox["ann"], by="Ed", fixed_in=None, note="x" * 2001, now=THEN)
