"""What insights need now and then: gaps found anew."""

from helpcenter.insights import gaps
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow


def find_gaps() -> None:
    """Group what the last weeks left without an answer; what is read is read before anything is written."""
    now = utcnow()
    found = gaps.find_gaps(db.session, now.date())
    db.session.rollback()
    with writing() as session:
        gaps.store_gaps(session, found, now)
