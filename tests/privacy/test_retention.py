"""What is old enough is forgotten, on both databases, and nothing else."""

import os
from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import func, select

from helpcenter.cli import program
from helpcenter.feedback import comments, votes
from helpcenter.feedback.comment_models import CommentState
from helpcenter.feedback.models import Vote
from helpcenter.journeys import acts, trail
from helpcenter.journeys.acts import Act
from helpcenter.journeys.models import ActCount, Event, Journey
from helpcenter.privacy import retention
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.feedback.test_votes import ARTICLE

KEEP = {"visits": 400, "comments": 730, "chats": 400, "requests": 1095, "mail": 90}


def plant(app) -> None:
    """Leave a journey, a vote with a comment and a counter."""
    with app.app_context(), writing() as session:
        journey = trail.start(session, "en", "ann")
        trail.record(session, journey, "search", query="router")
        votes.cast(session, ARTICLE, "ann", helpful=True, comment="Thank you")
        acts.store(session, [Act(utcnow().date(), "en", "form-opened")])


def test_only_what_is_old_enough_goes(storage_app):
    plant(storage_app)

    for days, left in ((399, (1, 1, 1, 1)), (402, (0, 0, 1, 0)), (731, (0, 0, 0, 0))):
        with storage_app.app_context(), writing() as session:
            retention.run(session, KEEP, utcnow() + timedelta(days=days))
        with storage_app.app_context():
            comments = select(func.count()).select_from(Vote).where(Vote.comment.is_not(None))
            counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Journey, Event)]
            assert (*counts, db.session.scalar(comments), db.session.scalar(select(func.count()).select_from(ActCount))) == left
            assert votes.counts(db.session, "en", ARTICLE.key) == (1, 0)


def test_a_dry_run_counts_and_forgets_nothing(storage_app):
    plant(storage_app)
    later = utcnow() + timedelta(days=5000)

    with storage_app.app_context():
        with writing() as session:
            tried = retention.run(session, KEEP, later, dry_run=True)
        assert db.session.scalar(select(func.count()).select_from(Journey)) == 1
        with writing() as session:
            assert retention.run(session, KEEP, later) == tried
        assert (tried["visits"], tried["vote comments"], tried["acts"]) == (1, 1, 1)


def test_an_address_left_with_a_vote_goes_with_its_comment(storage_app):
    with storage_app.app_context():
        with writing() as session:
            vote = votes.cast(session, ARTICLE, "ann", helpful=False, comment="Where?")
            comments.leave_address(session, vote.id, "ann@example.org")
        for days, left in ((729, "ann@example.org"), (731, None)):
            with writing() as session:
                retention.run(session, KEEP, utcnow() + timedelta(days=days))
            assert db.session.scalar(select(CommentState.email)) == left


def test_zero_days_are_for_ever(storage_app):
    plant(storage_app)

    with storage_app.app_context(), writing() as session:
        done = retention.run(session, dict.fromkeys(KEEP, 0), utcnow() + timedelta(days=5000))

    assert set(done) == {"searches", "views", "articles read together", "acts"}


def test_old_mail_in_files_goes(tmp_path):
    (tmp_path / "mail").mkdir()
    old, new = (tmp_path / "mail" / name for name in ("old.eml", "new.eml"))
    for path, days in ((old, 91), (new, 89)):
        path.write_text("Subject: x")
        moment = (utcnow() - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))

    assert retention.old_mail_files(tmp_path, KEEP, utcnow()) == [old]
    assert retention.old_mail_files(tmp_path, {**KEEP, "mail": 0}, utcnow()) == []


def test_the_command_says_what_it_would_forget(settings, app, monkeypatch):
    monkeypatch.setenv("HELPCENTER_DATA", str(settings.data))
    monkeypatch.setenv("HELPCENTER_KEEP_VISITS_DAYS", "7")

    dry, real = (CliRunner().invoke(program, ["retention", *options]) for options in (["--dry-run"], []))

    assert dry.exit_code == real.exit_code == 0, dry.output + real.output
    assert "visits                   kept 7 days" in dry.output
    assert "Nothing was changed." in dry.output and "Forgotten." in real.output
