"""What requests need now and then: warnings of their due times, an end to old ones, replies that were held."""

import time

from helpcenter.content import library
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import attachments, handling, service_levels
from helpcenter.web.asking import terms
from helpcenter.web.conversing import answer_in_chat
from helpcenter.web.services import services

# A file without a row may belong to a request that is being stored just now.
DAY_SECONDS = 24 * 3600


def note_due_requests() -> None:
    """Record which requests are due soon or too late."""
    with writing() as session:
        service_levels.note_due(session)


def close_old_requests() -> None:
    """Close requests that were solved long ago, and take away files that belong to nothing."""
    with writing() as session:
        handling.close_old(session, library.site(session), now=utcnow())
        attachments.remove_unknown(session, services().data_folder, older_than=time.time() - DAY_SECONDS)


def release_held_replies() -> None:
    """Let replies go whose agent may no longer take them back, also into the chat."""
    if not handling.has_held(db.session, now=utcnow()):
        db.session.rollback()
        return
    given = terms()
    with writing() as session:
        for request, message in handling.release_held(session, given, now=utcnow()):
            answer_in_chat(session, request, message.text)
