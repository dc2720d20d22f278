"""What insights need now and then: gaps found anew, and weekly letters to the staff."""

from flask import current_app

from helpcenter.insights import gaps
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import insight_letters


def find_gaps() -> None:
    """Group what the last weeks left without an answer; what is read is read before anything is written."""
    now = utcnow()
    found = gaps.find_gaps(db.session, now.date())
    db.session.rollback()
    with writing() as session:
        gaps.store_gaps(session, found, now)


def mail_insight_letters() -> None:
    """Mail last week's letter to those of the staff who want it."""
    # A context of its own: it reads site.yaml as it is now.
    with current_app.app_context():
        insight_letters.mail_letters()
